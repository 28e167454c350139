package functions

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math"
	"strings"

	"sparksql/sql/types"
)

// compareValues orders two values of type t in Go form, neither of them nil: as ORDER BY does, NaN above all
// numbers, -0.0 equal to 0.0, NULLs inside arrays and structs first.
func compareValues(t types.Type, a, b any) int {
	switch x := a.(type) {
	case bool:
		return cmp.Compare(boolInt(x), boolInt(b.(bool)))
	case int8:
		return cmp.Compare(x, b.(int8))
	case int16:
		return cmp.Compare(x, b.(int16))
	case int32:
		return cmp.Compare(x, b.(int32))
	case int64:
		return cmp.Compare(x, b.(int64))
	case float32:
		return compareFloat(float64(x), float64(b.(float32)))
	case float64:
		return compareFloat(x, b.(float64))
	case types.Int128:
		return x.Cmp(b.(types.Int128))
	case string:
		return strings.Compare(x, b.(string))
	case []byte:
		return bytes.Compare(x, b.([]byte))
	case types.Interval:
		y := b.(types.Interval)
		return cmp.Or(cmp.Compare(x.Months, y.Months), cmp.Compare(x.Days, y.Days), cmp.Compare(x.Micros, y.Micros))
	case []any:
		return compareLists(t, x, b.([]any))
	case types.MapValue:
		y := b.(types.MapValue)
		return cmp.Or(compareLists(types.ArrayOf(t.Key(), true), x.Keys, y.Keys), compareLists(types.ArrayOf(t.Elem(), true), x.Vals, y.Vals))
	}
	return 0
}

func compareLists(t types.Type, a, b []any) int {
	for i := 0; i < len(a) && i < len(b); i++ {
		var e types.Type
		if t.Kind() == types.Struct {
			e = t.Fields()[i].Type
		} else {
			e = t.Elem()
		}
		switch {
		case a[i] == nil && b[i] == nil:
		case a[i] == nil:
			return -1
		case b[i] == nil:
			return 1
		default:
			if c := compareValues(e, a[i], b[i]); c != 0 {
				return c
			}
		}
	}
	return cmp.Compare(len(a), len(b))
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func compareFloat(a, b float64) int {
	switch {
	case a == b:
		return 0
	case math.IsNaN(a):
		if math.IsNaN(b) {
			return 0
		}
		return 1
	case math.IsNaN(b) || a < b:
		return -1
	}
	return 1
}

// valueKey encodes a value in Go form so that two values are the same for DISTINCT exactly when their keys are.
func valueKey(x any) string { return string(encodeValue(nil, x)) }

func encodeValue(b []byte, x any) []byte {
	switch x := x.(type) {
	case nil:
		return append(b, 0)
	case bool:
		return append(b, 1, byte(boolInt(x)))
	case int8:
		return append(b, 1, byte(x))
	case int16:
		return binary.BigEndian.AppendUint16(append(b, 1), uint16(x))
	case int32:
		return binary.BigEndian.AppendUint32(append(b, 1), uint32(x))
	case int64:
		return binary.BigEndian.AppendUint64(append(b, 1), uint64(x))
	case float32:
		return encodeValue(b, float64(x))
	case float64:
		if x == 0 {
			x = 0
		}
		if math.IsNaN(x) {
			x = math.NaN()
		}
		return binary.BigEndian.AppendUint64(append(b, 1), math.Float64bits(x))
	case types.Int128:
		b = binary.BigEndian.AppendUint64(append(b, 1), uint64(x.Hi))
		return binary.BigEndian.AppendUint64(b, x.Lo)
	case types.Interval:
		b = binary.BigEndian.AppendUint32(append(b, 1), uint32(x.Months))
		b = binary.BigEndian.AppendUint32(b, uint32(x.Days))
		return binary.BigEndian.AppendUint64(b, uint64(x.Micros))
	case string:
		b = binary.AppendUvarint(append(b, 1), uint64(len(x)))
		return append(b, x...)
	case []byte:
		b = binary.AppendUvarint(append(b, 1), uint64(len(x)))
		return append(b, x...)
	case []any:
		b = binary.AppendUvarint(append(b, 1), uint64(len(x)))
		for _, e := range x {
			b = encodeValue(b, e)
		}
		return b
	case types.MapValue:
		b = binary.AppendUvarint(append(b, 1), uint64(len(x.Keys)))
		for i := range x.Keys {
			b = encodeValue(encodeValue(b, x.Keys[i]), x.Vals[i])
		}
	}
	return b
}
