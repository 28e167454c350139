package types

import (
	"math"
	"math/big"
	"math/bits"
)

// Int128 is a signed 128-bit integer, the unscaled value of a decimal. Its memory is Arrow's
// decimal128: little-endian, low word first.
type Int128 struct {
	Lo uint64
	Hi int64
}

// FromInt64 widens v.
func FromInt64(v int64) Int128 { return Int128{uint64(v), v >> 63} }

func (a Int128) Add(b Int128) Int128 {
	lo, c := bits.Add64(a.Lo, b.Lo, 0)
	hi, _ := bits.Add64(uint64(a.Hi), uint64(b.Hi), c)
	return Int128{lo, int64(hi)}
}

func (a Int128) Sub(b Int128) Int128 {
	lo, c := bits.Sub64(a.Lo, b.Lo, 0)
	hi, _ := bits.Sub64(uint64(a.Hi), uint64(b.Hi), c)
	return Int128{lo, int64(hi)}
}

func (a Int128) Neg() Int128 { return Int128{}.Sub(a) }

// Abs returns |a|; the smallest value has none and is returned as it is.
func (a Int128) Abs() Int128 {
	if a.Hi < 0 {
		return a.Neg()
	}
	return a
}

// Sign is -1, 0 or 1.
func (a Int128) Sign() int {
	if a.Hi < 0 {
		return -1
	}
	if a.Hi == 0 && a.Lo == 0 {
		return 0
	}
	return 1
}

// Cmp is -1, 0 or 1.
func (a Int128) Cmp(b Int128) int {
	if a.Hi != b.Hi {
		if a.Hi < b.Hi {
			return -1
		}
		return 1
	}
	if a.Lo != b.Lo {
		if a.Lo < b.Lo {
			return -1
		}
		return 1
	}
	return 0
}

// Int64 gives a as an int64; ok is false when it does not fit.
func (a Int128) Int64() (v int64, ok bool) {
	v = int64(a.Lo)
	return v, v>>63 == a.Hi
}

// MulOverflow multiplies; ok is false when the product does not fit 127 bits.
func (a Int128) MulOverflow(b Int128) (p Int128, ok bool) {
	neg := (a.Hi < 0) != (b.Hi < 0)
	x, y := a.Abs(), b.Abs()
	if x.Hi != 0 && y.Hi != 0 {
		return Int128{}, false
	}
	if y.Hi != 0 {
		x, y = y, x
	}
	hi, lo := bits.Mul64(x.Lo, y.Lo)
	h2, l2 := bits.Mul64(uint64(x.Hi), y.Lo)
	if h2 != 0 {
		return Int128{}, false
	}
	sum, c := bits.Add64(hi, l2, 0)
	if c != 0 || sum>>63 != 0 {
		return Int128{}, false
	}
	p = Int128{lo, int64(sum)}
	if neg {
		p = p.Neg()
	}
	return p, true
}

// Big converts to a big.Int.
func (a Int128) Big() *big.Int {
	b := new(big.Int).SetInt64(a.Hi)
	return b.Add(b.Lsh(b, 64), new(big.Int).SetUint64(a.Lo))
}

// FromBig converts from a big.Int; ok is false when it does not fit.
func FromBig(b *big.Int) (v Int128, ok bool) {
	if b.BitLen() > 127 {
		return Int128{}, false
	}
	var m big.Int
	m.Abs(b)
	w := m.Bits()
	if len(w) > 0 {
		v.Lo = uint64(w[0])
	}
	if len(w) > 1 {
		v.Hi = int64(w[1])
	}
	if b.Sign() < 0 {
		v = v.Neg()
	}
	return v, true
}

// Float64 is the nearest double of the unscaled value.
func (a Int128) Float64() float64 {
	if v, ok := a.Int64(); ok {
		return float64(v)
	}
	f, _ := new(big.Float).SetInt(a.Big()).Float64()
	return f
}

// pow10 holds 10^0 .. 10^38.
var pow10 = func() (t [39]Int128) {
	t[0] = FromInt64(1)
	for i := 1; i < len(t); i++ {
		t[i], _ = t[i-1].MulOverflow(FromInt64(10))
	}
	return
}()

// Pow10 is 10^n for n in 0..38.
func Pow10(n int) Int128 { return pow10[n] }

// FitsPrecision tells whether |a| has at most p decimal digits.
func (a Int128) FitsPrecision(p int) bool {
	if a.Hi == math.MinInt64 {
		return false
	}
	return a.Abs().Cmp(pow10[p]) < 0
}

// DivRem divides, truncating toward zero. b must not be zero.
func (a Int128) DivRem(b Int128) (q, r Int128) {
	x, y := a.Abs(), b.Abs()
	var uq, ur Int128
	switch {
	case y.Hi == 0 && x.Hi == 0:
		uq, ur = Int128{Lo: x.Lo / y.Lo}, Int128{Lo: x.Lo % y.Lo}
	case y.Hi == 0:
		hi, rem := uint64(x.Hi)/y.Lo, uint64(x.Hi)%y.Lo
		lo, rem2 := bits.Div64(rem, x.Lo, y.Lo)
		uq, ur = Int128{lo, int64(hi)}, Int128{Lo: rem2}
	default:
		bq, br := new(big.Int).QuoRem(x.Big(), y.Big(), new(big.Int))
		uq, _ = FromBig(bq)
		ur, _ = FromBig(br)
	}
	if (a.Hi < 0) != (b.Hi < 0) {
		uq = uq.Neg()
	}
	if a.Hi < 0 {
		ur = ur.Neg()
	}
	return uq, ur
}

// Rescale changes the scale from..to of the unscaled value a, rounding half up (away from zero, Spark's
// ROUND_HALF_UP); ok is false when the result does not fit 38 digits.
func (a Int128) Rescale(from, to int) (v Int128, ok bool) {
	switch {
	case from == to:
		return a, a.FitsPrecision(MaxPrecision)
	case to > from:
		if to-from > MaxPrecision {
			return Int128{}, a.Sign() == 0
		}
		v, ok = a.MulOverflow(pow10[to-from])
		return v, ok && v.FitsPrecision(MaxPrecision)
	}
	if from-to > MaxPrecision {
		return Int128{}, true
	}
	d := pow10[from-to]
	q, r := a.DivRem(d)
	if r2 := r.Abs(); r2.Cmp(d.Sub(r2)) >= 0 {
		q = q.Add(FromInt64(int64(a.Sign())))
	}
	return q, true
}

// DecimalString prints the unscaled value with the given scale, in plain notation.
func (a Int128) DecimalString(scale int) string {
	var buf [48]byte
	i := len(buf)
	neg := a.Hi < 0
	m := a.Abs()
	digits := 0
	for digits <= scale || m.Sign() != 0 {
		if digits == scale && scale > 0 {
			i--
			buf[i] = '.'
		}
		var r Int128
		m, r = Int128{Lo: m.Lo, Hi: m.Hi}.udivrem10()
		i--
		buf[i] = byte('0' + r.Lo)
		digits++
	}
	if neg {
		i--
		buf[i] = '-'
	}
	return string(buf[i:])
}

// udivrem10 divides by ten, reading a as unsigned.
func (a Int128) udivrem10() (q, r Int128) {
	h := uint64(a.Hi)
	hi, rem := h/10, h%10
	lo, rem := bits.Div64(rem, a.Lo, 10)
	return Int128{lo, int64(hi)}, Int128{Lo: rem}
}
