package functions

import (
	"encoding/binary"
	"math"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// appendKey appends bytes that are equal exactly when values are: every NaN is one value, and -0.0 is 0.0.
func appendKey(b []byte, v *vec.Vec, i int) []byte {
	if v.IsNull(i) {
		return append(b, 0)
	}
	b = append(b, 1)
	v, i = v.At(i)
	switch v.Type.Kind() {
	case types.Float:
		f := vec.Values[float32](v)[i]
		switch {
		case f != f:
			f = float32(math.NaN())
		case f == 0:
			f = 0
		}
		return binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
	case types.Double:
		f := vec.Values[float64](v)[i]
		switch {
		case f != f:
			f = math.NaN()
		case f == 0:
			f = 0
		}
		return binary.LittleEndian.AppendUint64(b, math.Float64bits(f))
	case types.String, types.Char, types.Varchar, types.Binary, types.Variant:
		s := v.Bytes(i)
		return append(binary.AppendUvarint(b, uint64(len(s))), s...)
	case types.Array, types.Map:
		lo, hi := v.Range(i)
		b = binary.AppendUvarint(b, uint64(hi-lo))
		for e := lo; e < hi; e++ {
			for _, k := range v.Kids {
				b = appendKey(b, k, e)
			}
		}
	case types.Struct:
		for _, k := range v.Kids {
			b = appendKey(b, k, i)
		}
	default:
		w := v.Type.Width()
		return append(b, v.Fixed[i*w:i*w+w]...)
	}
	return b
}
