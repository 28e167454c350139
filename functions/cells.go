package functions

import (
	"bytes"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// copyCell sets row i of the Flat column dst to row j of src, of the same type and any form. Nested rows are
// set in ascending order and closed.
func copyCell(dst *vec.Vec, i int, src *vec.Vec, j int) {
	if src.IsNull(j) {
		nullCell(dst, i)
		return
	}
	src, j = src.At(j)
	if w := dst.Type.Width(); w > 0 {
		copy(dst.Fixed[i*w:(i+1)*w], src.Fixed[j*w:(j+1)*w])
		return
	}
	switch dst.Type.Kind() {
	case types.Null:
	case types.Struct:
		for k, kid := range dst.Kids {
			copyCell(kid, i, src.Kids[k], j)
		}
	case types.Array, types.Map:
		lo, hi := src.Range(j)
		for k, kid := range dst.Kids {
			at := kid.Extend(hi - lo)
			for e := lo; e < hi; e++ {
				copyCell(kid, at+e-lo, src.Kids[k], e)
			}
		}
		dst.CloseRow(i)
	default:
		dst.SetBytes(i, src.Bytes(j))
	}
}

// appendCell is copyCell to a new row at the end.
func appendCell(dst, src *vec.Vec, j int) { copyCell(dst, dst.Extend(1), src, j) }

// nullCell makes row i NULL and closes it.
func nullCell(v *vec.Vec, i int) {
	v.SetNull(i)
	closeCell(v, i)
}

// closeCell ends row i of a nested column that holds nothing there.
func closeCell(v *vec.Vec, i int) {
	switch v.Type.Kind() {
	case types.Array, types.Map:
		v.CloseRow(i)
	case types.Struct:
		for _, kid := range v.Kids {
			closeCell(kid, i)
		}
	}
}

// eachRow runs f for the live rows; of a nested output it closes the other rows in order, as must be.
func eachRow(c *udfs.Call, f func(i int) error) error {
	if c.Out == nil || !c.Out.Type.IsNested() {
		return c.Each(f)
	}
	next := 0
	err := c.Each(func(i int) error {
		for ; next < i; next++ {
			closeCell(c.Out, next)
		}
		next = i + 1
		return f(i)
	})
	for ; next < c.N; next++ {
		closeCell(c.Out, next)
	}
	return err
}

// compareCells orders row i of a and row j of b, Flat or Const columns of one type, neither NULL at the top.
// Within nested values NULL comes first. NaN is the largest number and equals itself; -0.0 equals 0.0.
type compareCells func(a *vec.Vec, i int, b *vec.Vec, j int) int

func comparer(t types.Type) compareCells {
	switch t.Kind() {
	case types.Boolean, types.TinyInt:
		return compareAs[int8]
	case types.SmallInt:
		return compareAs[int16]
	case types.Int, types.Date, types.YearMonthInterval:
		return compareAs[int32]
	case types.BigInt, types.Timestamp, types.TimestampNTZ, types.DayTimeInterval:
		return compareAs[int64]
	case types.Float:
		return func(a *vec.Vec, i int, b *vec.Vec, j int) int {
			return compareFloats(vec.Values[float32](a)[i], vec.Values[float32](b)[j])
		}
	case types.Double:
		return func(a *vec.Vec, i int, b *vec.Vec, j int) int {
			return compareFloats(vec.Values[float64](a)[i], vec.Values[float64](b)[j])
		}
	case types.Decimal:
		if t.Width() == 8 {
			return compareAs[int64]
		}
		return func(a *vec.Vec, i int, b *vec.Vec, j int) int { return a.Decimal(i).Cmp(b.Decimal(j)) }
	case types.CalendarInterval:
		return compareIntervals
	case types.Array:
		return listComparer(comparer(t.Elem()))
	case types.Map:
		return mapComparer(comparer(t.Key()), comparer(t.Elem()))
	case types.Struct:
		return structComparer(t)
	}
	return func(a *vec.Vec, i int, b *vec.Vec, j int) int { return bytes.Compare(a.Bytes(i), b.Bytes(j)) }
}

func compareAs[T integer](a *vec.Vec, i int, b *vec.Vec, j int) int {
	x, y := vec.Values[T](a)[i], vec.Values[T](b)[j]
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

func compareFloats[T float](x, y T) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	case x == y:
		return 0
	case x != x && y != y:
		return 0
	case x != x:
		return 1
	}
	return -1
}

func compareIntervals(a *vec.Vec, i int, b *vec.Vec, j int) int {
	x, y := vec.Values[types.Interval](a)[i], vec.Values[types.Interval](b)[j]
	for _, d := range [...]int64{int64(x.Months) - int64(y.Months), int64(x.Days) - int64(y.Days)} {
		if d != 0 {
			return int(d>>63) | 1
		}
	}
	switch {
	case x.Micros < y.Micros:
		return -1
	case x.Micros > y.Micros:
		return 1
	}
	return 0
}

// compareNulls wraps f for rows that may be NULL or Coded: NULL first.
func compareNulls(f compareCells) compareCells {
	return func(a *vec.Vec, i int, b *vec.Vec, j int) int {
		an, bn := a.IsNull(i), b.IsNull(j)
		switch {
		case an && bn:
			return 0
		case an:
			return -1
		case bn:
			return 1
		}
		a, i = a.At(i)
		b, j = b.At(j)
		return f(a, i, b, j)
	}
}

func listComparer(elem compareCells) compareCells {
	elem = compareNulls(elem)
	return func(a *vec.Vec, i int, b *vec.Vec, j int) int {
		al, ah := a.Range(i)
		bl, bh := b.Range(j)
		for ; al < ah && bl < bh; al, bl = al+1, bl+1 {
			if d := elem(a.Kids[0], al, b.Kids[0], bl); d != 0 {
				return d
			}
		}
		return (ah - al) - (bh - bl)
	}
}

func mapComparer(key, val compareCells) compareCells {
	key, val = compareNulls(key), compareNulls(val)
	return func(a *vec.Vec, i int, b *vec.Vec, j int) int {
		al, ah := a.Range(i)
		bl, bh := b.Range(j)
		for ; al < ah && bl < bh; al, bl = al+1, bl+1 {
			if d := key(a.Kids[0], al, b.Kids[0], bl); d != 0 {
				return d
			}
			if d := val(a.Kids[1], al, b.Kids[1], bl); d != 0 {
				return d
			}
		}
		return (ah - al) - (bh - bl)
	}
}

func structComparer(t types.Type) compareCells {
	fs := make([]compareCells, len(t.Fields()))
	for k, f := range t.Fields() {
		fs[k] = compareNulls(comparer(f.Type))
	}
	return func(a *vec.Vec, i int, b *vec.Vec, j int) int {
		for k, f := range fs {
			if d := f(a.Kids[k], i, b.Kids[k], j); d != 0 {
				return d
			}
		}
		return 0
	}
}
