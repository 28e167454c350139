package vec

import (
	"bytes"
	"cmp"

	"sparksql/sql/types"
)

// Equal tells whether row i of a and row j of b, columns of one type in any forms, are one group: NULL equals NULL,
// NaN equals NaN, -0.0 equals 0.0, at every depth; maps are equal whatever the order of their entries.
func Equal(a *Vec, i int, b *Vec, j int) bool {
	an, bn := a.IsNull(i), b.IsNull(j)
	if an || bn {
		return an && bn
	}
	a, i = a.At(i)
	b, j = b.At(j)
	switch a.Type.Kind() {
	case types.Float, types.Double:
		return compareValues(a, i, b, j) == 0
	case types.String, types.Char, types.Varchar, types.Binary, types.Variant:
		return equalViews(a, i, b, j)
	case types.Array, types.Map:
		lo, hi := a.Range(i)
		at, end := b.Range(j)
		if hi-lo != end-at {
			return false
		}
		if a.Type.Kind() == types.Map {
			return equalMaps(a, lo, hi, b, at)
		}
		for e := range hi - lo {
			if !Equal(a.Kids[0], lo+e, b.Kids[0], at+e) {
				return false
			}
		}
		return true
	case types.Struct:
		for k := range a.Kids {
			if !Equal(a.Kids[k], i, b.Kids[k], j) {
				return false
			}
		}
		return true
	}
	switch a.Type.Width() {
	case 1:
		return a.Fixed[i] == b.Fixed[j]
	case 2:
		return raw[uint16](a)[i] == raw[uint16](b)[j]
	case 4:
		return raw[uint32](a)[i] == raw[uint32](b)[j]
	case 8:
		return raw[uint64](a)[i] == raw[uint64](b)[j]
	case 16:
		return Values[types.Int128](a)[i] == Values[types.Int128](b)[j]
	}
	return true
}

// equalMaps compares maps of one size, whose entries have no order: each of a must be in b.
func equalMaps(a *Vec, lo, hi int, b *Vec, at int) bool {
	for e := lo; e < hi; e++ {
		found := false
		for k := range hi - lo { // most maps are in the same order: begin there
			j := at + (e-lo+k)%(hi-lo)
			if Equal(a.Kids[0], e, b.Kids[0], j) {
				found = Equal(a.Kids[1], e, b.Kids[1], j)
				break
			}
		}
		if !found {
			return false
		}
	}
	return true
}

func equalViews(a *Vec, i int, b *Vec, j int) bool {
	x, y := &a.Views[a.index(i)], &b.Views[b.index(j)]
	if x.Len != y.Len {
		return false
	}
	if x.Len <= 12 {
		return x.Data == y.Data || bytes.Equal(x.Data[:x.Len], y.Data[:x.Len])
	}
	return [4]byte(x.Data[:4]) == [4]byte(y.Data[:4]) && bytes.Equal(a.Bytes(i), b.Bytes(j))
}

// Compare orders row i of a and row j of b, columns of one type in any forms, by Spark's order: NULL before
// everything, NaN after every number, -0.0 as 0.0, strings and binary by unsigned bytes, arrays and structs by their
// elements, a shorter array before a longer one that it begins.
func Compare(a *Vec, i int, b *Vec, j int) int {
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
	return compareValues(a, i, b, j)
}

func compareValues(a *Vec, i int, b *Vec, j int) int {
	switch a.Type.Kind() {
	case types.Boolean:
		return cmp.Compare(a.Fixed[i], b.Fixed[j])
	case types.TinyInt:
		return cmp.Compare(Values[int8](a)[i], Values[int8](b)[j])
	case types.SmallInt:
		return cmp.Compare(Values[int16](a)[i], Values[int16](b)[j])
	case types.Int, types.Date, types.YearMonthInterval:
		return cmp.Compare(Values[int32](a)[i], Values[int32](b)[j])
	case types.BigInt, types.Timestamp, types.TimestampNTZ, types.DayTimeInterval:
		return cmp.Compare(Values[int64](a)[i], Values[int64](b)[j])
	case types.Float:
		return CompareFloat(float64(Values[float32](a)[i]), float64(Values[float32](b)[j]))
	case types.Double:
		return CompareFloat(Values[float64](a)[i], Values[float64](b)[j])
	case types.Decimal:
		if a.Type.Width() == 8 {
			return cmp.Compare(Values[int64](a)[i], Values[int64](b)[j])
		}
		return Values[types.Int128](a)[i].Cmp(Values[types.Int128](b)[j])
	case types.String, types.Char, types.Varchar, types.Binary, types.Variant:
		return bytes.Compare(a.Bytes(i), b.Bytes(j))
	case types.CalendarInterval:
		x, y := Values[types.Interval](a)[i], Values[types.Interval](b)[j]
		return cmp.Or(cmp.Compare(x.Months, y.Months), cmp.Compare(x.Days, y.Days), cmp.Compare(x.Micros, y.Micros))
	case types.Array, types.Map:
		return compareRanges(a, i, b, j)
	case types.Struct:
		for k := range a.Kids {
			if c := Compare(a.Kids[k], i, b.Kids[k], j); c != 0 {
				return c
			}
		}
	}
	return 0
}

func compareRanges(a *Vec, i int, b *Vec, j int) int {
	lo, hi := a.Range(i)
	at, end := b.Range(j)
	for e := range min(hi-lo, end-at) {
		for k := range a.Kids {
			if c := Compare(a.Kids[k], lo+e, b.Kids[k], at+e); c != 0 {
				return c
			}
		}
	}
	return cmp.Compare(hi-lo, end-at)
}

// CompareFloat orders doubles as Spark does: NaN equals itself and is the largest, -0.0 equals 0.0.
func CompareFloat(x, y float64) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	case x == y:
		return 0
	case x == x:
		return -1
	case y == y:
		return 1
	}
	return 0
}
