package functions

import (
	"math"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// toNumber casts to the integer and floating point types.
func (k caster) toNumber() udfs.Kernel {
	switch k.to.Kind() {
	case types.TinyInt:
		return toInteger[int8](k, math.MinInt8, math.MaxInt8)
	case types.SmallInt:
		return toInteger[int16](k, math.MinInt16, math.MaxInt16)
	case types.Int:
		return toInteger[int32](k, math.MinInt32, math.MaxInt32)
	case types.BigInt:
		return toInteger[int64](k, math.MinInt64, math.MaxInt64)
	case types.Float:
		return toFloat[float32](k)
	}
	return toFloat[float64](k)
}

func toInteger[R integer](k caster, lo, hi int64) udfs.Kernel {
	switch k.from.Kind() {
	case types.Boolean:
		return boolTo[R]
	case types.TinyInt:
		return intTo[int8, R](k, lo, hi)
	case types.SmallInt:
		return intTo[int16, R](k, lo, hi)
	case types.Int:
		return intTo[int32, R](k, lo, hi)
	case types.BigInt:
		return intTo[int64, R](k, lo, hi)
	case types.Float:
		return floatTo[float32, R](k, lo, hi)
	case types.Double:
		return floatTo[float64, R](k, lo, hi)
	case types.Decimal:
		return decimalTo[R](k, lo, hi)
	case types.Timestamp:
		return longTo[R](k, lo, hi, func(in *vec.Vec, i int) int64 {
			return types.FloorDiv(vec.Values[int64](in)[i], types.MicrosPerSecond)
		})
	case types.Date:
		return k.rows(func(*udfs.Call) func(int) bool { return func(int) bool { return false } }, k.invalid)
	case types.YearMonthInterval:
		div := int64(1)
		if k.from.To() == types.YearField {
			div = 12
		}
		return longTo[R](k, lo, hi, func(in *vec.Vec, i int) int64 { return int64(vec.Values[int32](in)[i]) / div })
	case types.DayTimeInterval:
		div := fieldMicros[k.from.To()]
		return longTo[R](k, lo, hi, func(in *vec.Vec, i int) int64 { return vec.Values[int64](in)[i] / div })
	}
	return nil
}

// fieldMicros is the length of the fields of day-time intervals.
var fieldMicros = [...]int64{types.DayField: types.MicrosPerDay, types.HourField: types.MicrosPerHour,
	types.MinuteField: types.MicrosPerMinute, types.SecondField: types.MicrosPerSecond}

func boolTo[R integer | float](c *udfs.Call) error {
	a, out := vec.Values[bool](c.In[0]), valuesOf[R](c.Out)
	_ = c.Each(func(i int) error {
		if out[i] = 0; a[i] {
			out[i] = 1
		}
		return nil
	})
	return keepNulls(c)
}

func intTo[A, R integer](k caster, lo, hi int64) udfs.Kernel {
	if k.from.Width() <= k.to.Width() || k.m == wrap {
		return func(c *udfs.Call) error {
			if err := Map1(c, func(a A) R { return R(a) }); err != nil {
				return err
			}
			return keepNulls(c)
		}
	}
	return longTo[R](k, lo, hi, func(in *vec.Vec, i int) int64 { return int64(vec.Values[A](in)[i]) })
}

// longTo narrows an int64 taken from each row.
func longTo[R integer](k caster, lo, hi int64, get func(in *vec.Vec, i int) int64) udfs.Kernel {
	return k.rows(func(c *udfs.Call) func(int) bool {
		in, out := c.In[0], vec.Values[R](c.Out)
		return func(i int) bool {
			v := get(in, i)
			out[i] = R(v)
			return v >= lo && v <= hi || k.m == wrap && !k.from.IsInterval()
		}
	}, k.overflowed)
}

// floatTo cuts off the fraction. In legacy mode values beyond the type saturate at int32 or int64 and then
// wrap, and NaN is 0, as on the JVM.
func floatTo[A float, R integer](k caster, lo, hi int64) udfs.Kernel {
	return k.rows(func(c *udfs.Call) func(int) bool {
		a, out := valuesOf[A](c.In[0]), vec.Values[R](c.Out)
		return func(i int) bool {
			x := math.Trunc(float64(a[i]))
			if x >= float64(lo) && x <= float64(hi) && x < math.MaxInt64 {
				out[i] = R(int64(x))
				return true
			}
			if lo == math.MinInt64 && x == math.MaxInt64 { // 2^63: Spark's test lets it through and the cast saturates
				out[i] = R(hi)
				return true
			}
			if k.m == wrap {
				out[i] = R(saturate(x, lo == math.MinInt64))
			}
			return k.m == wrap
		}
	}, k.overflowed)
}

func saturate(x float64, long bool) int64 {
	lo, hi := int64(math.MinInt32), int64(math.MaxInt32)
	if long {
		lo, hi = math.MinInt64, math.MaxInt64
	}
	switch {
	case x != x:
		return 0
	case x <= float64(lo):
		return lo
	case x >= float64(hi):
		return hi
	}
	return int64(x)
}

func decimalTo[R integer](k caster, lo, hi int64) udfs.Kernel {
	unit := types.Pow10(k.from.Scale())
	return k.rows(func(c *udfs.Call) func(int) bool {
		in, out := c.In[0], vec.Values[R](c.Out)
		return func(i int) bool {
			q, _ := in.Decimal(i).DivRem(unit)
			v, ok := q.Int64()
			out[i] = R(v)
			return ok && v >= lo && v <= hi || k.m == wrap
		}
	}, k.overflowed)
}

func toFloat[R float](k caster) udfs.Kernel {
	switch k.from.Kind() {
	case types.Boolean:
		return boolTo[R]
	case types.TinyInt:
		return numTo[int8, R]
	case types.SmallInt:
		return numTo[int16, R]
	case types.Int:
		return numTo[int32, R]
	case types.BigInt:
		return numTo[int64, R]
	case types.Float:
		return numTo[float32, R]
	case types.Double:
		return numTo[float64, R]
	case types.Date:
		return k.rows(func(*udfs.Call) func(int) bool { return func(int) bool { return false } }, k.invalid)
	case types.Timestamp:
		return k.rows(func(c *udfs.Call) func(int) bool {
			a, out := vec.Values[int64](c.In[0]), valuesOf[R](c.Out)
			return func(i int) bool { out[i] = R(float64(a[i]) / types.MicrosPerSecond); return true }
		}, nil)
	case types.Decimal:
		scale := k.from.Scale()
		return k.rows(func(c *udfs.Call) func(int) bool {
			in, out := c.In[0], valuesOf[R](c.Out)
			return func(i int) bool { out[i] = R(DecimalToDouble(in.Decimal(i), scale)); return true }
		}, nil)
	}
	return nil
}

func numTo[A integer | float, R float](c *udfs.Call) error {
	a, out := valuesOf[A](c.In[0]), valuesOf[R](c.Out)
	if c.Sel == nil {
		a, out = a[:c.N], out[:c.N]
		for i, x := range a {
			out[i] = R(x)
		}
	} else {
		for _, i := range c.Sel {
			out[i] = R(a[i])
		}
	}
	return keepNulls(c)
}
