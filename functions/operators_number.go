package functions

import (
	"math"
	"math/bits"
	"strconv"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

type integer interface {
	~int8 | ~int16 | ~int32 | ~int64
}
type float interface{ ~float32 | ~float64 }

// numberKernel is op on two columns of the same integer or floating point type.
func numberKernel(op arithmetic, t types.Type, m onFail) udfs.Kernel {
	switch t.Kind() {
	case types.TinyInt:
		return intKernel[int8](op, m)
	case types.SmallInt:
		return intKernel[int16](op, m)
	case types.Int:
		return intKernel[int32](op, m)
	case types.BigInt:
		return intKernel[int64](op, m)
	case types.Float:
		return floatKernel[float32](op, m)
	}
	return floatKernel[float64](op, m)
}

func intKernel[T integer](op arithmetic, m onFail) udfs.Kernel {
	switch op.name {
	case "+":
		return checked(op, m, addInts[T], func(a, b T) (T, bool) { r := a + b; return r, (a^r)&(b^r) >= 0 })
	case "-":
		return checked(op, m, subInts[T], func(a, b T) (T, bool) { r := a - b; return r, (a^b)&(a^r) >= 0 })
	case "*":
		return checked(op, m, mulInts[T], mulInt[T])
	case "%":
		return divided(m, func(a, b T) T {
			if b == -1 {
				return 0
			}
			return a % b
		})
	}
	return intDivide[T](op, m)
}

// mulInt multiplies through 128 bits, which for narrow types cost nothing.
func mulInt[T integer](a, b T) (T, bool) {
	hi, lo := mulSigned(int64(a), int64(b))
	r := T(lo)
	return r, hi == lo>>63 && int64(r) == lo
}

// mulSigned is the product of a and b in two words.
func mulSigned(a, b int64) (hi, lo int64) {
	h, l := bits.Mul64(uint64(a), uint64(b))
	return int64(h) - a>>63&b - b>>63&a, int64(l)
}

func mulInts[T integer](a, b, out []T) bool {
	b, out = b[:len(a)], out[:len(a)]
	ok := true
	for i, x := range a {
		r, fits := mulInt(x, b[i])
		out[i] = r
		ok = ok && fits
	}
	return ok
}

// checked runs f on all live rows; fast does all rows of a full batch and tells whether none overflowed.
func checked[T integer](op arithmetic, m onFail, fast func(a, b, out []T) bool, f func(a, b T) (T, bool)) udfs.Kernel {
	return func(c *udfs.Call) error {
		a, b, out := vec.Values[T](c.In[0])[:c.N], vec.Values[T](c.In[1])[:c.N], vec.Values[T](c.Out)[:c.N]
		if c.Sel == nil && (fast(a, b, out) || m == wrap) {
			return nil
		}
		return c.Each(func(i int) error {
			r, ok := f(a[i], b[i])
			out[i] = r
			if ok || m == wrap {
				return nil
			}
			if m == null {
				c.Out.SetNull(i)
				return nil
			}
			return intOverflow(op, a[i], b[i])
		})
	}
}

func addInts[T integer](a, b, out []T) bool {
	var bad T
	b, out = b[:len(a)], out[:len(a)]
	for i, x := range a {
		y := b[i]
		r := x + y
		bad |= (x ^ r) & (y ^ r)
		out[i] = r
	}
	return bad >= 0
}

func subInts[T integer](a, b, out []T) bool {
	var bad T
	b, out = b[:len(a)], out[:len(a)]
	for i, x := range a {
		y := b[i]
		r := x - y
		bad |= (x ^ y) & (x ^ r)
		out[i] = r
	}
	return bad >= 0
}

func intOverflow[T integer](op arithmetic, a, b T) error {
	switch any(a).(type) {
	case int8:
		return binaryOverflow(op, int64(a), int64(b), "Y")
	case int16:
		return binaryOverflow(op, int64(a), int64(b), "S")
	case int32:
		return overflow("integer overflow", op.try)
	}
	return overflow("long overflow", op.try)
}

func binaryOverflow(op arithmetic, a, b int64, suffix string) error {
	return errs.New(errs.Pos{}, "BINARY_ARITHMETIC_OVERFLOW", "value1", strconv.FormatInt(a, 10)+suffix, "symbol", op.name,
		"value2", strconv.FormatInt(b, 10)+suffix, "functionName", "`"+op.try+"`")
}

// divided is a division or remainder: 0 as divisor fails.
func divided[T integer | float](m onFail, f func(a, b T) T) udfs.Kernel {
	return func(c *udfs.Call) error {
		a, b, out := valuesOf[T](c.In[0]), valuesOf[T](c.In[1]), valuesOf[T](c.Out)
		return c.Each(func(i int) error {
			if b[i] == 0 {
				if m == raise {
					return divideByZero()
				}
				c.Out.SetNull(i)
				return nil
			}
			out[i] = f(a[i], b[i])
			return nil
		})
	}
}

func valuesOf[T vec.Native](v *vec.Vec) []T { return vec.Values[T](v) }

// intDivide is DIV on bigints; the operands were widened.
func intDivide[T integer](op arithmetic, m onFail) udfs.Kernel {
	return func(c *udfs.Call) error {
		a, b, out := vec.Values[T](c.In[0]), vec.Values[T](c.In[1]), vec.Values[T](c.Out)
		return c.Each(func(i int) error {
			switch {
			case b[i] == 0 && m == raise:
				return divideByZero()
			case b[i] == 0:
				c.Out.SetNull(i)
			case b[i] == -1:
				if out[i] = -a[i]; a[i] < 0 && out[i] < 0 && m == raise {
					return overflow("Overflow in integral divide", op.try)
				}
			default:
				out[i] = a[i] / b[i]
			}
			return nil
		})
	}
}

func floatKernel[T float](op arithmetic, m onFail) udfs.Kernel {
	switch op.name {
	case "+":
		return func(c *udfs.Call) error { return Map2(c, func(a, b T) T { return a + b }) }
	case "-":
		return func(c *udfs.Call) error { return Map2(c, func(a, b T) T { return a - b }) }
	case "*":
		return func(c *udfs.Call) error { return Map2(c, func(a, b T) T { return a * b }) }
	}
	return divided(m, func(a, b T) T { return T(math.Mod(float64(a), float64(b))) })
}

func divideDoubles(m onFail) udfs.Kernel {
	rows := divided(m, func(a, b float64) float64 { return a / b })
	return func(c *udfs.Call) error {
		if c.Sel != nil {
			return rows(c)
		}
		a, b, out := vec.Values[float64](c.In[0])[:c.N], vec.Values[float64](c.In[1])[:c.N], vec.Values[float64](c.Out)[:c.N]
		zero := false
		for i, x := range a {
			y := b[i]
			zero = zero || y == 0
			out[i] = x / y
		}
		if zero {
			return rows(c)
		}
		return nil
	}
}

// negateKernel negates numbers and intervals.
func negateKernel(t types.Type, m onFail) udfs.Kernel {
	switch t.Kind() {
	case types.TinyInt:
		return negateInts[int8](m)
	case types.SmallInt:
		return negateInts[int16](m)
	case types.Int, types.YearMonthInterval:
		return negateInts[int32](m)
	case types.BigInt, types.DayTimeInterval:
		return negateInts[int64](m)
	case types.Float:
		return func(c *udfs.Call) error { return Map1(c, func(a float32) float32 { return -a }) }
	case types.Double:
		return func(c *udfs.Call) error { return Map1(c, func(a float64) float64 { return -a }) }
	case types.CalendarInterval:
		return func(c *udfs.Call) error {
			return Map1(c, func(a types.Interval) types.Interval {
				return types.Interval{Months: -a.Months, Days: -a.Days, Micros: -a.Micros}
			})
		}
	}
	if t.Width() == 8 {
		return func(c *udfs.Call) error { return Map1(c, func(a int64) int64 { return -a }) }
	}
	return func(c *udfs.Call) error { return Map1(c, types.Int128.Neg) }
}

func negateInts[T integer](m onFail) udfs.Kernel {
	return func(c *udfs.Call) error {
		a, out := vec.Values[T](c.In[0]), vec.Values[T](c.Out)
		return c.Each(func(i int) error {
			out[i] = -a[i]
			if m == raise && a[i] < 0 && out[i] < 0 {
				return negateOverflow(a[i])
			}
			return nil
		})
	}
}

func negateOverflow[T integer](a T) error {
	switch any(a).(type) {
	case int8, int16:
		return overflow("- "+strconv.FormatInt(int64(a), 10)+" caused overflow", "")
	case int32:
		return overflow("integer overflow", "")
	}
	return overflow("long overflow", "")
}
