package avro

import (
	"encoding/binary"
	"math"
	"math/big"

	"sparksql/sql/types"
)

// appendLong appends a number in Avro's variable length.
func appendLong(b []byte, n int64) []byte {
	return binary.AppendUvarint(b, uint64(n<<1)^uint64(n>>63))
}

// appendField appends a value in Go form as schemaOf describes its type: behind its place in the union with null.
func appendField(b []byte, t types.Type, nullable bool, v any) []byte {
	if t.Kind() == types.Null {
		return b
	}
	if nullable {
		if v == nil {
			return appendLong(b, 1)
		}
		b = appendLong(b, 0)
	}
	return appendValue(b, t, v)
}

func appendValue(b []byte, t types.Type, v any) []byte {
	switch v := v.(type) {
	case bool:
		if v {
			return append(b, 1)
		}
		return append(b, 0)
	case int8:
		return appendLong(b, int64(v))
	case int16:
		return appendLong(b, int64(v))
	case int32:
		return appendLong(b, int64(v))
	case int64:
		return appendLong(b, v)
	case float32:
		return binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	case float64:
		return binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	case string:
		return append(appendLong(b, int64(len(v))), v...)
	case []byte:
		return append(appendLong(b, int64(len(v))), v...)
	case types.Int128:
		return appendDecimal(b, v, decimalBytes(t.Precision()))
	case types.MapValue:
		return appendMap(b, t, v)
	case []any:
		if t.Kind() == types.Struct {
			for i, f := range t.Fields() {
				b = appendField(b, f.Type, f.Nullable, v[i])
			}
			return b
		}
		return appendArray(b, t, v)
	}
	return b
}

// appendDecimal appends a number as size bytes, big-endian two's complement.
func appendDecimal(b []byte, v types.Int128, size int) []byte {
	x := v.Big()
	if x.Sign() < 0 {
		x = new(big.Int).Add(x, new(big.Int).Lsh(big.NewInt(1), uint(8*size)))
	}
	n := len(b)
	b = append(b, make([]byte, size)...)
	x.FillBytes(b[n:])
	return b
}

func appendArray(b []byte, t types.Type, v []any) []byte {
	if len(v) > 0 {
		b = appendLong(b, int64(len(v)))
		for _, e := range v {
			b = appendField(b, t.Elem(), t.ContainsNull(), e)
		}
	}
	return appendLong(b, 0)
}

func appendMap(b []byte, t types.Type, v types.MapValue) []byte {
	if len(v.Keys) > 0 {
		b = appendLong(b, int64(len(v.Keys)))
		for i, k := range v.Keys {
			b = appendValue(b, t.Key(), k)
			b = appendField(b, t.Elem(), t.ContainsNull(), v.Vals[i])
		}
	}
	return appendLong(b, 0)
}
