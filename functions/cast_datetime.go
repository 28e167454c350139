package functions

import (
	"math"
	"math/bits"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// toDatetime casts to dates and timestamps from each other and from numbers.
func (k caster) toDatetime() udfs.Kernel {
	loc := zoneOf(k.env)
	from, to := k.from.Kind(), k.to.Kind()
	switch {
	case from == types.Date && to == types.Timestamp:
		return k.instants(func(in *vec.Vec, i int) int64 {
			return types.FromLocal(int64(vec.Values[int32](in)[i])*types.MicrosPerDay, loc)
		})
	case from == types.Date:
		return k.instants(func(in *vec.Vec, i int) int64 { return int64(vec.Values[int32](in)[i]) * types.MicrosPerDay })
	case from == types.Timestamp && to == types.TimestampNTZ:
		return k.instants(func(in *vec.Vec, i int) int64 { return types.ToLocal(vec.Values[int64](in)[i], loc) })
	case from == types.TimestampNTZ && to == types.Timestamp:
		return k.instants(func(in *vec.Vec, i int) int64 { return types.FromLocal(vec.Values[int64](in)[i], loc) })
	case from == types.Timestamp:
		return k.days(func(t int64) int64 { return types.ToLocal(t, loc) })
	case from == types.TimestampNTZ:
		return k.days(func(t int64) int64 { return t })
	case to == types.Timestamp:
		return k.numberToTimestamp()
	}
	return nil
}

func (k caster) instants(get func(in *vec.Vec, i int) int64) udfs.Kernel {
	return k.rows(func(c *udfs.Call) func(int) bool {
		out := vec.Values[int64](c.Out)
		return func(i int) bool { out[i] = get(c.In[0], i); return true }
	}, nil)
}

func (k caster) days(local func(int64) int64) udfs.Kernel {
	return k.rows(func(c *udfs.Call) func(int) bool {
		in, out := vec.Values[int64](c.In[0]), vec.Values[int32](c.Out)
		return func(i int) bool { out[i] = int32(types.FloorDiv(local(in[i]), types.MicrosPerDay)); return true }
	}, nil)
}

func (k caster) numberToTimestamp() udfs.Kernel {
	switch k.from.Kind() {
	case types.Boolean:
		return k.instants(func(in *vec.Vec, i int) int64 {
			if vec.Values[bool](in)[i] {
				return 1
			}
			return 0
		})
	case types.TinyInt:
		return k.instants(func(in *vec.Vec, i int) int64 { return seconds(int64(vec.Values[int8](in)[i])) })
	case types.SmallInt:
		return k.instants(func(in *vec.Vec, i int) int64 { return seconds(int64(vec.Values[int16](in)[i])) })
	case types.Int:
		return k.instants(func(in *vec.Vec, i int) int64 { return seconds(int64(vec.Values[int32](in)[i])) })
	case types.BigInt:
		return k.instants(func(in *vec.Vec, i int) int64 { return seconds(vec.Values[int64](in)[i]) })
	case types.Decimal:
		unit := types.Pow10(k.from.Scale())
		return k.instants(func(in *vec.Vec, i int) int64 {
			micros, ok := in.Decimal(i).MulOverflow(types.FromInt64(types.MicrosPerSecond))
			if !ok {
				return math.MaxInt64
			}
			q, _ := micros.DivRem(unit)
			return int64(q.Lo)
		})
	case types.Float:
		return k.doubleSeconds(func(in *vec.Vec, i int) float64 { return float64(vec.Values[float32](in)[i]) })
	case types.Double:
		return k.doubleSeconds(func(in *vec.Vec, i int) float64 { return vec.Values[float64](in)[i] })
	}
	return nil
}

// seconds are microseconds, saturating.
func seconds(s int64) int64 {
	hi, lo := bits.Mul64(uint64(max(s, -s)), types.MicrosPerSecond)
	if hi != 0 || lo > math.MaxInt64 {
		if s < 0 {
			return math.MinInt64
		}
		return math.MaxInt64
	}
	return s * types.MicrosPerSecond
}

func (k caster) doubleSeconds(get func(in *vec.Vec, i int) float64) udfs.Kernel {
	return k.rows(func(c *udfs.Call) func(int) bool {
		out := vec.Values[int64](c.Out)
		return func(i int) bool {
			f := get(c.In[0], i)
			if math.IsNaN(f) || math.IsInf(f, 0) {
				return false
			}
			out[i] = saturate(f*types.MicrosPerSecond, true)
			return true
		}
	}, k.invalid)
}

// toInterval casts numbers, in units of the last field, and intervals of other fields, which are cut off.
func (k caster) toInterval() udfs.Kernel {
	unit := int64(1)
	if k.to.Kind() == types.DayTimeInterval {
		unit = fieldMicros[k.to.To()]
	} else if k.to.To() == types.YearField {
		unit = 12
	}
	if k.from.Kind() == k.to.Kind() {
		return k.cutInterval(unit)
	}
	get := k.wholeUnits(unit)
	if get == nil {
		return nil
	}
	if k.to.Kind() == types.YearMonthInterval {
		return k.rows(func(c *udfs.Call) func(int) bool {
			out := vec.Values[int32](c.Out)
			return func(i int) bool {
				v, ok := get(c.In[0], i)
				n, fits := v.Int64()
				out[i] = int32(n)
				return ok && fits && n == int64(int32(n))
			}
		}, k.overflowed)
	}
	return k.rows(func(c *udfs.Call) func(int) bool {
		out := vec.Values[int64](c.Out)
		return func(i int) bool {
			v, ok := get(c.In[0], i)
			n, fits := v.Int64()
			out[i] = n
			return ok && fits
		}
	}, k.overflowed)
}

// wholeUnits gives a number times unit: months rounded half up, fractions of days to minutes cut off.
func (k caster) wholeUnits(unit int64) func(in *vec.Vec, i int) (types.Int128, bool) {
	whole := func(n int64) (types.Int128, bool) { return types.FromInt64(n).MulOverflow(types.FromInt64(unit)) }
	switch k.from.Kind() {
	case types.TinyInt:
		return func(in *vec.Vec, i int) (types.Int128, bool) { return whole(int64(vec.Values[int8](in)[i])) }
	case types.SmallInt:
		return func(in *vec.Vec, i int) (types.Int128, bool) { return whole(int64(vec.Values[int16](in)[i])) }
	case types.Int:
		return func(in *vec.Vec, i int) (types.Int128, bool) { return whole(int64(vec.Values[int32](in)[i])) }
	case types.BigInt:
		return func(in *vec.Vec, i int) (types.Int128, bool) { return whole(vec.Values[int64](in)[i]) }
	case types.Decimal:
		return func(in *vec.Vec, i int) (types.Int128, bool) {
			v := in.Decimal(i)
			if k.to.Kind() == types.DayTimeInterval && k.to.To() != types.SecondField {
				v, _ = v.DivRem(types.Pow10(k.from.Scale()))
				return v.MulOverflow(types.FromInt64(unit))
			}
			v, ok := v.MulOverflow(types.FromInt64(unit))
			if ok && k.to.Kind() == types.YearMonthInterval {
				return v.Rescale(k.from.Scale(), 0)
			}
			v, _ = v.DivRem(types.Pow10(k.from.Scale()))
			return v, ok
		}
	}
	return nil
}

func (k caster) cutInterval(unit int64) udfs.Kernel {
	return k.rows(func(c *udfs.Call) func(int) bool {
		if k.to.Kind() == types.YearMonthInterval {
			in, out := vec.Values[int32](c.In[0]), vec.Values[int32](c.Out)
			return func(i int) bool { out[i] = in[i] - in[i]%int32(unit); return true }
		}
		in, out := vec.Values[int64](c.In[0]), vec.Values[int64](c.Out)
		if k.to.To() == types.SecondField {
			unit = 1
		}
		return func(i int) bool { out[i] = in[i] - in[i]%unit; return true }
	}, nil)
}
