package functions

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

var pow10Float = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// DecimalToDouble is the double nearest to the decimal.
func DecimalToDouble(v types.Int128, scale int) float64 {
	if n, ok := v.Int64(); ok && scale < len(pow10Float) && n < 1<<53 && n > -1<<53 {
		return float64(n) / pow10Float[scale] // both exact: one rounding
	}
	f, _ := strconv.ParseFloat(v.DecimalString(scale), 64)
	return f
}

func (k caster) toDecimal() udfs.Kernel {
	switch k.from.Kind() {
	case types.Decimal:
		return k.decimalToDecimal()
	case types.Boolean:
		return k.scaled(func(in *vec.Vec, i int) (types.Int128, bool) {
			if vec.Values[bool](in)[i] {
				return types.FromInt64(1), true
			}
			return types.Int128{}, true
		})
	case types.TinyInt:
		return k.scaled(intDecimal[int8])
	case types.SmallInt:
		return k.scaled(intDecimal[int16])
	case types.Int:
		return k.scaled(intDecimal[int32])
	case types.BigInt:
		return k.scaled(intDecimal[int64])
	case types.Float:
		return k.doubles(func(in *vec.Vec, i int) float64 { return float64(vec.Values[float32](in)[i]) })
	case types.Double:
		return k.doubles(func(in *vec.Vec, i int) float64 { return vec.Values[float64](in)[i] })
	case types.Timestamp:
		return k.doubles(func(in *vec.Vec, i int) float64 { return float64(vec.Values[int64](in)[i]) / types.MicrosPerSecond })
	case types.Date:
		return k.rows(func(*udfs.Call) func(int) bool { return func(int) bool { return false } }, k.invalid)
	case types.YearMonthInterval, types.DayTimeInterval:
		return k.intervalToDecimal()
	}
	return nil
}

func intDecimal[T integer](in *vec.Vec, i int) (types.Int128, bool) {
	return types.FromInt64(int64(vec.Values[T](in)[i])), true
}

func (k caster) noFit(in *vec.Vec, i int) error {
	text := ""
	switch v := in.Value(i).(type) {
	case types.Int128:
		text = v.DecimalString(in.Type.Scale())
	case float64:
		text = types.FormatDouble(v)
	case float32:
		text = types.FormatDouble(float64(v))
	case string:
		text = strings.TrimSpace(v)
	default:
		text = strings.Trim(sqlValue(in.Type, v), "LSY")
	}
	return decimalOverflow(text, k.to.Precision(), k.to.Scale())
}

// scaled casts whole numbers.
func (k caster) scaled(get func(in *vec.Vec, i int) (types.Int128, bool)) udfs.Kernel {
	p, s := k.to.Precision(), k.to.Scale()
	return k.rows(func(c *udfs.Call) func(int) bool {
		in, set := c.In[0], decimalSetter(c.Out, k.to)
		return func(i int) bool {
			v, _ := get(in, i)
			r, ok := v.Rescale(0, s)
			if ok = ok && r.FitsPrecision(p); ok {
				set(i, r)
			}
			return ok
		}
	}, k.noFit)
}

func (k caster) decimalToDecimal() udfs.Kernel {
	p, s, from := k.to.Precision(), k.to.Scale(), k.from.Scale()
	if k.to.WiderThan(k.from) && k.from.Width() == 8 {
		f, _ := types.Pow10(s - from).Int64()
		if k.to.Width() == 8 {
			return func(c *udfs.Call) error {
				_ = Map1(c, func(a int64) int64 { return a * f })
				return keepNulls(c)
			}
		}
	}
	return k.rows(func(c *udfs.Call) func(int) bool {
		in, set := c.In[0], decimalSetter(c.Out, k.to)
		return func(i int) bool {
			r, ok := in.Decimal(i).Rescale(from, s)
			if ok = ok && r.FitsPrecision(p); ok {
				set(i, r)
			}
			return ok
		}
	}, k.noFit)
}

// doubles casts floating point numbers by their shortest decimal text, as the JVM's BigDecimal does. NaN and
// infinities have no decimal and give NULL in every mode.
func (k caster) doubles(get func(in *vec.Vec, i int) float64) udfs.Kernel {
	return k.rows(func(c *udfs.Call) func(int) bool {
		in, set := c.In[0], decimalSetter(c.Out, k.to)
		return func(i int) bool {
			f := get(in, i)
			if math.IsNaN(f) || math.IsInf(f, 0) {
				c.Out.SetNull(i)
				return true
			}
			var buf [32]byte
			v, ok, _ := ParseDecimal(string(strconv.AppendFloat(buf[:0], f, 'e', -1, 64)), k.to.Precision(), k.to.Scale())
			if ok {
				set(i, v)
			}
			return ok
		}
	}, k.noFit)
}

func (k caster) intervalToDecimal() udfs.Kernel {
	p, s := k.to.Precision(), k.to.Scale()
	return k.rows(func(c *udfs.Call) func(int) bool {
		in, set := c.In[0], decimalSetter(c.Out, k.to)
		return func(i int) bool {
			var n, d int64
			if k.from.Kind() == types.YearMonthInterval {
				n, d = int64(vec.Values[int32](in)[i]), 1
				if k.from.To() == types.YearField {
					d = 12
				}
			} else {
				n, d = vec.Values[int64](in)[i], fieldMicros[k.from.To()]
			}
			num := new(big.Int).Mul(big.NewInt(n), pow10Big(s))
			q, r := num.QuoRem(num, big.NewInt(d), new(big.Int))
			if r.Abs(r).Lsh(r, 1).Cmp(big.NewInt(d)) >= 0 {
				q.Add(q, big.NewInt(n>>63|1))
			}
			v, ok := types.FromBig(q)
			if ok = ok && v.FitsPrecision(p); ok {
				set(i, v)
			}
			return ok
		}
	}, k.noFit)
}

// ParseDecimal reads a number in plain or scientific notation as decimal(p,s), rounding half up. ok is false
// when it is no number or does not fit; number tells which.
func ParseDecimal(text string, p, s int) (v types.Int128, ok, number bool) {
	digits, exp, neg, number := splitDecimal(text)
	if !number {
		return v, false, false
	}
	if len(digits) == 0 {
		return v, true, true
	}
	// The value is digits * 10^exp; wanted is the nearest integer to digits * 10^(exp+s).
	shift := exp + s
	switch {
	case len(digits)+shift > types.MaxPrecision+1:
		return v, false, true
	case len(digits)+shift < 0:
		return v, true, true
	}
	up := false
	if shift < 0 {
		cut := len(digits) + shift
		up = digits[cut] >= '5'
		digits = digits[:cut]
		shift = 0
	}
	v = digitsValue(digits)
	if shift > 0 {
		if v, ok = v.MulOverflow(types.Pow10(min(shift, types.MaxPrecision))); !ok {
			return v, false, true
		}
	}
	if up {
		v = v.Add(types.FromInt64(1))
	}
	if neg {
		v = v.Neg()
	}
	return v, v.FitsPrecision(p), true
}

func digitsValue(digits string) types.Int128 {
	if len(digits) <= 18 {
		n := int64(0)
		for i := 0; i < len(digits); i++ {
			n = n*10 + int64(digits[i]-'0')
		}
		return types.FromInt64(n)
	}
	b, _ := new(big.Int).SetString(digits, 10)
	v, _ := types.FromBig(b)
	return v
}

// splitDecimal takes a number apart: its digits without leading zeros and the exponent of the last one.
func splitDecimal(text string) (digits string, exp int, neg, ok bool) {
	i := 0
	if i < len(text) && (text[i] == '+' || text[i] == '-') {
		neg = text[i] == '-'
		i++
	}
	start := i
	for i < len(text) && isDigit(text[i]) {
		i++
	}
	digits = text[start:i]
	seen := i > start
	if i < len(text) && text[i] == '.' {
		i++
		frac := i
		for i < len(text) && isDigit(text[i]) {
			i++
		}
		seen = seen || i > frac
		digits += text[frac:i]
		exp = -(i - frac)
	}
	if !seen {
		return "", 0, false, false
	}
	if i < len(text) && (text[i] == 'e' || text[i] == 'E') {
		e, err := strconv.ParseInt(text[i+1:], 10, 32)
		if err != nil {
			return "", 0, false, false
		}
		exp += int(e)
		i = len(text)
	}
	return strings.TrimLeft(digits, "0"), exp, neg, i == len(text)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
