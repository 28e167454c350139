package exec

import (
	"cmp"
	"math"
	"time"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/types"
)

// rangeFrames computes RANGE frames with an offset: rows whose key lies within a distance of the row's own. Rows with a
// NULL key have the NULLs as their frame, as far as its ends are not unbounded.
func (f *frameCalc) rangeFrames(g *windowRegion, key sortKey) error {
	v := g.cols[key.col]
	frame := f.s.over.Frame
	sides := []struct {
		b      expr.Bound
		offset any
		out    []int32
		end    int32
	}{{frame.Lo, f.s.lo, f.lo, 0}, {frame.Hi, f.s.hi, f.hi, 1}}
	for _, side := range sides {
		b := side.b
		if !isOffset(b) {
			for p := range len(g.starts) - 1 {
				for i := g.starts[p]; i < g.starts[p+1]; i++ {
					side.out[i] = f.bound(g, false, b, nil, i, g.starts[p], g.starts[p+1], side.end)
				}
			}
			continue
		}
		back := (b.Kind == expr.Preceding) != key.desc // the distance is taken off the key
		var err error
		switch {
		case v.Type.Kind() == types.Float:
			x := vec.Values[float32](v)
			d := floatOffset(side.offset, b.Offset.Type(), back)
			slide(g, key, v, side.out, side.end, func(i int) float64 { return float64(x[i]) }, func(i int) float64 { return float64(x[i]) + d }, vec.CompareFloat)
		case v.Type.Kind() == types.Double:
			x := vec.Values[float64](v)
			d := floatOffset(side.offset, b.Offset.Type(), back)
			slide(g, key, v, side.out, side.end, func(i int) float64 { return x[i] }, func(i int) float64 { return x[i] + d }, vec.CompareFloat)
		case v.Type.Kind() == types.Decimal:
			scale := max(v.Type.Scale(), b.Offset.Type().Scale())
			d := wideOffset(side.offset, b.Offset.Type(), scale, back)
			at := func(i int) types.Int128 { return rescaled(v.Decimal(i), v.Type.Scale(), scale) }
			slide(g, key, v, side.out, side.end, at, func(i int) types.Int128 { return at(i).Add(d) }, types.Int128.Cmp)
		default:
			err = f.slideInts(g, key, v, side.offset, b, back, side.out, side.end)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// slideInts is for keys that are integers in memory: numbers, dates, timestamps, intervals.
func (f *frameCalc) slideInts(g *windowRegion, key sortKey, v *vec.Vec, offset any, b expr.Bound, back bool, out []int32, end int32) error {
	at, ok := intKeys(v)
	if !ok {
		return errs.Unsupported(f.s.over.Pos(), "RANGE frame over "+v.Type.SQL())
	}
	sign := int64(1)
	if back {
		sign = -1
	}
	zone := time.UTC
	if v.Type.Kind() == types.Timestamp && f.s.call.Env != nil && f.s.call.Env.Zone != nil {
		zone = f.s.call.Env.Zone
	}
	var move func(i int) int64
	switch x := offset.(type) {
	case int8, int16, int32, int64:
		d := intOffset(x) * sign
		switch b.Offset.Type().Kind() {
		case types.YearMonthInterval:
			if v.Type.Kind() == types.YearMonthInterval {
				break
			}
			unit := timeUnit(v.Type)
			move = func(i int) int64 { return addMonths(at(i), unit, int(d), zone) }
		case types.DayTimeInterval:
			if v.Type.Kind() == types.Date {
				days := at
				at = func(i int) int64 { return days(i) * 86400e6 }
			}
		}
		if move == nil {
			key := at
			move = func(i int) int64 { return addClamped(key(i), d) }
		}
	case types.Interval:
		unit := timeUnit(v.Type)
		if unit == 1 {
			days := at
			at = func(i int) int64 { return days(i) * 86400e6 }
			unit = 1e6
			move = func(i int) int64 {
				return addMonths(at(i), 1e6, int(int64(x.Months)*sign), time.UTC) + sign*(int64(x.Days)*86400e6+x.Micros)
			}
			break
		}
		move = func(i int) int64 {
			return addMonths(at(i), 1e6, int(int64(x.Months)*sign), zone) + sign*(int64(x.Days)*86400e6+x.Micros)
		}
	default:
		return errs.Unsupported(f.s.over.Pos(), "RANGE frame with an offset of "+b.Offset.Type().SQL())
	}
	slide(g, key, v, out, end, at, move, cmp.Compare[int64])
	return nil
}

// intKeys reads a column of integers.
func intKeys(v *vec.Vec) (func(i int) int64, bool) {
	switch v.Type.Width() {
	case 1:
		x := vec.Values[int8](v)
		return func(i int) int64 { return int64(x[i]) }, true
	case 2:
		x := vec.Values[int16](v)
		return func(i int) int64 { return int64(x[i]) }, true
	case 4:
		x := vec.Values[int32](v)
		return func(i int) int64 { return int64(x[i]) }, true
	case 8:
		x := vec.Values[int64](v)
		return func(i int) int64 { return x[i] }, true
	}
	return nil, false
}

// timeUnit is 1 for dates, which count days, else a million: microseconds in a second.
func timeUnit(t types.Type) int64 {
	if t.Kind() == types.Date {
		return 1
	}
	return 1e6
}

// addMonths moves a date (unit 1) or a timestamp (unit 1e6) by months, to the last day of the month where it is too short.
func addMonths(x, unit int64, months int, zone *time.Location) int64 {
	if months == 0 {
		return x
	}
	t := time.Unix(x*86400, 0).UTC()
	if unit != 1 {
		t = time.UnixMicro(x).In(zone)
	}
	y, m, d := t.Date()
	first := time.Date(y, m+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	if unit == 1 {
		return first.AddDate(0, 0, min(d, last)-1).Unix() / 86400
	}
	return time.Date(first.Year(), first.Month(), min(d, last), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone).UnixMicro()
}

func addClamped(a, b int64) int64 {
	c := a + b
	switch {
	case b > 0 && c < a:
		return math.MaxInt64
	case b < 0 && c > a:
		return math.MinInt64
	}
	return c
}

func floatOffset(x any, t types.Type, back bool) float64 {
	d := 0.0
	switch x := x.(type) {
	case float32:
		d = float64(x)
	case float64:
		d = x
	case types.Int128:
		d = x.Float64() / math.Pow10(t.Scale())
	default:
		d = float64(intOffset(x))
	}
	if back {
		return -d
	}
	return d
}

func wideOffset(x any, t types.Type, scale int, back bool) types.Int128 {
	d, ok := x.(types.Int128)
	if ok {
		d = rescaled(d, t.Scale(), scale)
	} else {
		d = rescaled(types.FromInt64(intOffset(x)), 0, scale)
	}
	if back {
		return d.Neg()
	}
	return d
}

func rescaled(x types.Int128, from, to int) types.Int128 {
	y, _ := x.Rescale(from, to)
	return y
}

// slide finds one end of every row's frame: the first row whose key is not before the moved key (end 0), or the first
// that is after it (end 1). Keys ascend, or descend, so the end moves on with the row.
func slide[T any](g *windowRegion, key sortKey, v *vec.Vec, out []int32, end int32, at, move func(i int) T, compare func(a, b T) int) {
	for p := range len(g.starts) - 1 {
		s, e := int(g.starts[p]), int(g.starts[p+1])
		lo, hi := s, e // rows with a key
		for lo < e && v.IsNull(lo) {
			lo++
		}
		for hi > lo && v.IsNull(hi-1) {
			hi--
		}
		for i := s; i < lo; i++ {
			out[i] = int32(lo-s) * end
		}
		for i := hi; i < e; i++ {
			out[i] = int32(hi - s)
			if end == 1 {
				out[i] = int32(e - s)
			}
		}
		j := lo
		for i := lo; i < hi; i++ {
			bound := move(i)
			for j < hi {
				c := compare(at(j), bound)
				if key.desc {
					c = -c
				}
				if c > 0 || c == 0 && end == 0 {
					break
				}
				j++
			}
			out[i] = int32(j - s)
		}
	}
}
