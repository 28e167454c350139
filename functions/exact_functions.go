package functions

import "math"

// The functions below round rightly within a range that covers common values, and are Go's outside of it.

const trigLimit = 1 << 20

func inTrigRange(x float64) bool { return x != 0 && math.Abs(x) < trigLimit }

func exactSin(x float64) float64 {
	if !inTrigRange(x) {
		return math.Sin(x)
	}
	s, _ := sincosPair(x)
	return s.value()
}

func exactCos(x float64) float64 {
	if !inTrigRange(x) {
		return math.Cos(x)
	}
	_, c := sincosPair(x)
	return c.value()
}

func exactTan(x float64) float64 {
	if !inTrigRange(x) {
		return math.Tan(x)
	}
	s, c := sincosPair(x)
	return s.div(c).value()
}

// The inverses take Go's angle and correct it by what its sine and cosine leave over.

func exactAsin(x float64) float64 {
	t := math.Asin(x)
	if !(math.Abs(x) < 0.999) || x == 0 {
		return t
	}
	s, c := sincosPair(t)
	return t + s.neg().plus(x).div(c).hi
}

func exactAcos(x float64) float64 {
	t := math.Acos(x)
	if !(math.Abs(x) < 0.999) {
		return t
	}
	s, c := sincosPair(t)
	return t + c.plus(-x).div(s).hi
}

func exactAtan(x float64) float64 {
	t := math.Atan(x)
	if a := math.Abs(x); !(a < 1e8 && a > 1e-8) {
		return t
	}
	s, c := sincosPair(t)
	return t + c.times(x).sub(s).div(c.add(s.times(x))).hi
}

func exactExp(x float64) float64 {
	if !expRange(x) {
		return math.Exp(x)
	}
	return pair{x, 0}.exp().value()
}

func exactPow(x, y float64) float64 {
	if x < 0 && y == math.Trunc(y) && math.Abs(y) < 1<<53 {
		if r := exactPow(-x, y); math.Mod(y, 2) != 0 {
			return -r
		} else {
			return r
		}
	}
	if !(x > 0) || x == 1 || y == 0 || math.IsInf(x, 0) || math.IsInf(y, 0) || y != y {
		return math.Pow(x, y)
	}
	if y == math.Trunc(y) && math.Abs(y) <= 64 {
		if r, ok := wholePower(x, int(math.Abs(y))); ok {
			if y < 0 {
				r = pair{1, 0}.div(r)
			}
			return r.value()
		}
	}
	t := logPair(x).times(y)
	if !expRange(t.hi) {
		return math.Pow(x, y)
	}
	return t.exp().value()
}

// wholePower multiplies; ok is false near the ends of the range.
func wholePower(x float64, n int) (r pair, ok bool) {
	r = pair{1, 0}
	for b := (pair{x, 0}); n > 0; n >>= 1 {
		if n&1 == 1 {
			r = r.mul(b)
		}
		b = b.mul(b)
	}
	return r, r.hi > 1e-290 && r.hi < 1e290
}

func exactCbrt(x float64) float64 {
	t := math.Cbrt(x)
	if x == 0 || !(math.Abs(x) < 1e100 && math.Abs(x) > 1e-100) {
		return t
	}
	cube := productPair(t, t).times(t)
	return t + cube.neg().plus(x).hi/(3*t*t)
}

// The hyperbolic functions keep their digits where e^x is far from 1; near zero Go's series do.

func exactSinh(x float64) float64 {
	if a := math.Abs(x); !(a < 700 && a > 1e-3) {
		return math.Sinh(x)
	}
	e := pair{x, 0}.exp()
	return e.sub(pair{1, 0}.div(e)).half(1).value()
}

func exactCosh(x float64) float64 {
	if !(math.Abs(x) < 700) {
		return math.Cosh(x)
	}
	e := pair{x, 0}.exp()
	return e.add(pair{1, 0}.div(e)).half(1).value()
}

func exactTanh(x float64) float64 {
	if a := math.Abs(x); !(a < 22 && a > 1e-3) {
		return math.Tanh(x)
	}
	e := pair{x, 0}.exp()
	inv := pair{1, 0}.div(e)
	return e.sub(inv).div(e.add(inv)).value()
}

func exactLog10(x float64) float64 {
	if !(x > 0) || math.IsInf(x, 1) {
		return math.Log10(x)
	}
	return logPair(x).div(pairLn10).value()
}
