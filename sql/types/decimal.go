package types

import (
	"math/big"
	"strconv"
)

// minAdjustedScale is the number of fraction digits that survive when a result would need more than 38
// digits (DecimalType.MINIMUM_ADJUSTED_SCALE).
const minAdjustedScale = 6

// adjust fits precision and scale into 38 digits, giving up fraction digits beyond the sixth first
// (DecimalType.adjustPrecisionScale).
func adjust(p, s int) Type {
	if p <= MaxPrecision {
		return DecimalOf(max(p, 1), s)
	}
	intDigits := p - s
	return DecimalOf(MaxPrecision, max(MaxPrecision-intDigits, min(s, minAdjustedScale)))
}

// AddDecimal is the type of a + b and a - b.
func AddDecimal(a, b Type) Type {
	s := max(a.Scale(), b.Scale())
	return adjust(max(a.Precision()-a.Scale(), b.Precision()-b.Scale())+s+1, s)
}

// MulDecimal is the type of a * b.
func MulDecimal(a, b Type) Type {
	return adjust(a.Precision()+b.Precision()+1, a.Scale()+b.Scale())
}

// DivDecimal is the type of a / b.
func DivDecimal(a, b Type) Type {
	s := max(minAdjustedScale, a.Scale()+b.Precision()+1)
	return adjust(a.Precision()-a.Scale()+b.Scale()+s, s)
}

// ModDecimal is the type of a % b.
func ModDecimal(a, b Type) Type {
	s := max(a.Scale(), b.Scale())
	return adjust(min(a.Precision()-a.Scale(), b.Precision()-b.Scale())+s, s)
}

// WiderDecimal is the type that holds every a and every b; beyond 38 digits fraction digits are given up.
func WiderDecimal(a, b Type) Type {
	s := max(a.Scale(), b.Scale())
	return BoundedDecimal(max(a.Precision()-a.Scale(), b.Precision()-b.Scale())+s, s)
}

// BoundedDecimal is decimal(p,s), giving up fraction digits where p is more than 38
// (DecimalType.boundedPreferIntegralDigits).
func BoundedDecimal(p, s int) Type {
	if p > MaxPrecision {
		s = max(0, s-(p-MaxPrecision))
		p = MaxPrecision
	}
	return DecimalOf(max(p, 1), s)
}

// DecimalFor is the decimal type that holds every value of a numeric type (DecimalType.forType); ok is false
// for other types.
func DecimalFor(t Type) (d Type, ok bool) {
	switch t.Kind() {
	case TinyInt:
		return DecimalOf(3, 0), true
	case SmallInt:
		return DecimalOf(5, 0), true
	case Int:
		return DecimalOf(10, 0), true
	case BigInt:
		return DecimalOf(20, 0), true
	case Float:
		return DecimalOf(14, 7), true
	case Double:
		return DecimalOf(30, 15), true
	case Decimal:
		return t, true
	}
	return Type{}, false
}

// DecimalForValue is the smallest decimal type of an integral constant in Go form (DecimalType.fromLiteral).
func DecimalForValue(v any) (d Type, ok bool) {
	var n int64
	switch v := v.(type) {
	case int8:
		n = int64(v)
	case int16:
		n = int64(v)
	case int32:
		n = int64(v)
	case int64:
		n = v
	default:
		return Type{}, false
	}
	p := FromInt64(n).Digits()
	return DecimalOf(max(p, 1), 0), true
}

// Digits is the number of decimal digits of |a|, 1 for zero.
func (a Int128) Digits() int {
	m, n := a.Abs(), 1
	for n < MaxPrecision && m.Cmp(pow10[n]) >= 0 {
		n++
	}
	if n == MaxPrecision && m.Cmp(pow10[MaxPrecision]) >= 0 {
		n++
	}
	return n
}

// WiderThan tells whether the decimal type d holds every value of the numeric type t without loss.
func (d Type) WiderThan(t Type) bool {
	o, ok := DecimalFor(t)
	if !ok || t.Kind() == Float || t.Kind() == Double {
		return false
	}
	return d.Precision()-d.Scale() >= o.Precision()-o.Scale() && d.Scale() >= o.Scale()
}

// bigPow10 is 10^n.
func bigPow10(n int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

// RescaleBig turns an unscaled value of scale from into one of scale to, rounding half up (away from zero); ok
// is false when it has more than p digits.
func RescaleBig(x *big.Int, from, to, p int) (v Int128, ok bool) {
	switch {
	case to > from:
		x = new(big.Int).Mul(x, bigPow10(to-from))
	case to < from:
		d := bigPow10(from - to)
		q, r := new(big.Int).QuoRem(x, d, new(big.Int))
		if r.Abs(r).Lsh(r, 1).Cmp(d) >= 0 {
			q.Add(q, big.NewInt(int64(x.Sign())))
		}
		x = q
	}
	v, ok = FromBig(x)
	return v, ok && v.FitsPrecision(p)
}

// JavaString prints a decimal as the JVM's BigDecimal.toString does: with an exponent below 1e-6.
func (a Int128) JavaString(scale int) string {
	adjusted := a.Digits() - 1 - scale
	if scale == 0 || adjusted >= -6 {
		return a.DecimalString(scale)
	}
	digits := a.Abs().DecimalString(0)
	s := digits[:1]
	if len(digits) > 1 {
		s += "." + digits[1:]
	}
	if a.Sign() < 0 {
		s = "-" + s
	}
	return s + "E" + strconv.Itoa(adjusted)
}
