package functions

import "math"

// pair is a number as the sum of two doubles, about 106 bits: enough to round elementary functions rightly,
// as the libraries beneath Spark nearly always do and Go's do not.
type pair struct{ hi, lo float64 }

func quickPair(a, b float64) pair {
	s := a + b
	return pair{s, b - (s - a)}
}

func sumPair(a, b float64) pair {
	s := a + b
	t := s - a
	return pair{s, (a - (s - t)) + (b - t)}
}

func productPair(a, b float64) pair {
	p := a * b
	return pair{p, math.FMA(a, b, -p)}
}

func (a pair) neg() pair       { return pair{-a.hi, -a.lo} }
func (a pair) value() float64  { return a.hi + a.lo }
func (a pair) half(n int) pair { return pair{math.Ldexp(a.hi, -n), math.Ldexp(a.lo, -n)} }
func (a pair) sub(b pair) pair { return a.add(b.neg()) }
func (a pair) plus(b float64) pair {
	s := sumPair(a.hi, b)
	return quickPair(s.hi, s.lo+a.lo)
}

func (a pair) add(b pair) pair {
	s, t := sumPair(a.hi, b.hi), sumPair(a.lo, b.lo)
	s = quickPair(s.hi, s.lo+t.hi)
	return quickPair(s.hi, s.lo+t.lo)
}

func (a pair) mul(b pair) pair {
	p := productPair(a.hi, b.hi)
	return quickPair(p.hi, p.lo+(a.hi*b.lo+a.lo*b.hi))
}

func (a pair) times(b float64) pair {
	p := productPair(a.hi, b)
	return quickPair(p.hi, p.lo+a.lo*b)
}

func (a pair) div(b pair) pair {
	q := a.hi / b.hi
	r := a.sub(b.times(q))
	q2 := r.hi / b.hi
	r = r.sub(b.times(q2))
	s := quickPair(q, q2)
	return quickPair(s.hi, s.lo+r.hi/b.hi)
}

var (
	pairLn2    = pair{0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56}
	pairLn10   = pair{0x1.26bb1bbb55516p+1, -0x1.f48ad494ea3e9p-53}
	pairHalfPi = pair{0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54}
	halfPiRest = -0x1.f1976b7ed8fbcp-110
	// inverse holds 1/n!.
	inverse = func() (t [30]pair) {
		t[0] = pair{1, 0}
		for n := 1; n < len(t); n++ {
			t[n] = t[n-1].div(pair{float64(n), 0})
		}
		return t
	}()
)

// exp is e to the power of a, which lies in expRange. Terms that lie below the sum's first 17 digits or so
// are single: about one result in 100,000 is rounded wrongly.
func (a pair) exp() pair {
	const halvings = 6
	k := math.Round(a.hi / math.Ln2)
	r := a.sub(pairLn2.times(k)).half(halvings)
	x := r.hi
	tail := x * x * x * (1.0/6 + x*(1.0/24+x*(1.0/120+x*(1.0/720+x*(1.0/5040+x*(1.0/40320))))))
	p := r.mul(r).half(1).plus(tail).add(r) // exp(r) - 1
	for range halvings {
		p = p.add(p).add(p.mul(p))
	}
	p = p.plus(1)
	return pair{math.Ldexp(p.hi, int(k)), math.Ldexp(p.lo, int(k))}
}

// expRange tells whether e to the power of x is a normal double.
func expRange(x float64) bool { return x < 709.7 && x > -708 }

// logPair is the natural logarithm of x > 0.
func logPair(x float64) pair {
	f, n := math.Frexp(x)
	l := math.Log(f)
	e := pair{-l, 0}.exp().times(f).plus(-1)
	return pairLn2.times(float64(n)).plus(l).add(e.sub(e.mul(e).half(1)))
}

// sincosPair needs |x| < 2^20.
func sincosPair(x float64) (sin, cos pair) {
	k := math.Round(x * (2 / math.Pi))
	p := productPair(k, pairHalfPi.hi)
	r := sumPair(x, -p.hi).plus(-p.lo).sub(productPair(k, pairHalfPi.lo)).plus(-k * halfPiRest)
	r2 := r.mul(r).neg()
	z := r2.hi
	st, ct := inverse[23].hi, inverse[22].hi
	for n := 21; n >= 11; n -= 2 {
		st, ct = st*z+inverse[n].hi, ct*z+inverse[n-1].hi
	}
	s, c := pair{st, 0}, pair{ct, 0}
	for n := 9; n >= 1; n -= 2 {
		s, c = s.mul(r2).add(inverse[n]), c.mul(r2).add(inverse[n-1])
	}
	s = s.mul(r)
	switch int64(k) & 3 {
	case 1:
		return c, s.neg()
	case 2:
		return s.neg(), c.neg()
	case 3:
		return c.neg(), s
	}
	return s, c
}
