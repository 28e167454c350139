package vec

import (
	"encoding/binary"
	"math"
	"math/bits"
	"unsafe"

	"sparksql/sql/types"
)

// Multipliers of the hash: odd, with bits spread evenly.
const (
	mulA = 0x9E3779B97F4A7C15
	mulB = 0xD6E8FEB86659FD93
	nul  = 0x5851F42D4C957F2D // a NULL's value
)

// Mix spreads the bits of x over all 64.
func Mix(x uint64) uint64 {
	hi, lo := bits.Mul64(x^mulA, mulB)
	return hi ^ lo
}

// Hash folds the values of v's live rows into h: h[k] belongs to the k-th live row (sel nil: rows 0..n-1). Rows that
// are Equal get equal hashes, whatever their columns' forms. Begin with zeros in h, then call it for each column.
// The hash is this process's own; it is neither Spark's nor stored.
func Hash(v *Vec, sel []int32, n int, h []uint64) {
	if sel != nil {
		n = len(sel)
	}
	h = h[:n]
	switch v.Form {
	case Const:
		x := v.bits(0)
		for k := range h {
			h[k] = Mix(h[k] ^ x)
		}
		return
	case Coded:
		v.hashCoded(sel, h)
		return
	}
	switch v.Type.Kind() {
	case types.Float, types.Double, types.CalendarInterval:
	case types.String, types.Char, types.Varchar, types.Binary:
		hashStrings(v, sel, h)
		return
	default:
		switch v.Type.Width() {
		case 1:
			hashFixed(raw[uint8](v), v.Valid, sel, h)
			return
		case 2:
			hashFixed(raw[uint16](v), v.Valid, sel, h)
			return
		case 4:
			hashFixed(raw[uint32](v), v.Valid, sel, h)
			return
		case 8:
			hashFixed(raw[uint64](v), v.Valid, sel, h)
			return
		}
	}
	for k := range h {
		i := k
		if sel != nil {
			i = int(sel[k])
		}
		h[k] = Mix(h[k] ^ v.bits(i))
	}
}

// raw views the fixed-width buffer as unsigned integers of its width.
func raw[T uint8 | uint16 | uint32 | uint64](v *Vec) []T {
	var z T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(v.Fixed))), len(v.Fixed)/int(unsafe.Sizeof(z)))
}

func hashFixed[T uint8 | uint16 | uint32 | uint64](vals []T, valid []uint64, sel []int32, h []uint64) {
	switch {
	case sel == nil && valid == nil:
		vals = vals[:len(h)]
		for k := range h {
			h[k] = Mix(h[k] ^ uint64(vals[k]))
		}
	case valid == nil:
		for k, i := range sel {
			h[k] = Mix(h[k] ^ uint64(vals[i]))
		}
	default:
		for k := range h {
			i := k
			if sel != nil {
				i = int(sel[k])
			}
			x := uint64(nul)
			if Bit(valid, i) {
				x = uint64(vals[i])
			}
			h[k] = Mix(h[k] ^ x)
		}
	}
}

func hashStrings(v *Vec, sel []int32, h []uint64) {
	for k := range h {
		i := k
		if sel != nil {
			i = int(sel[k])
		}
		x := uint64(nul)
		if v.Valid == nil || Bit(v.Valid, i) {
			x = HashBytes(v.Bytes(i))
		}
		h[k] = Mix(h[k] ^ x)
	}
}

func (v *Vec) hashCoded(sel []int32, h []uint64) {
	var entries []uint64
	if d := v.Dict.Vals.Len; d <= 4*len(h) || v.Dict.hashes.Load() != nil {
		entries = v.Dict.Hashes()
	}
	for k := range h {
		i := k
		if sel != nil {
			i = int(sel[k])
		}
		x := uint64(nul)
		switch {
		case v.Valid != nil && !Bit(v.Valid, i):
		case entries != nil:
			x = entries[v.Codes[i]]
		default:
			x = v.Dict.Vals.bits(int(v.Codes[i]))
		}
		h[k] = Mix(h[k] ^ x)
	}
}

// Hashes are the entries' values as Hash folds them, computed once.
func (d *Dict) Hashes() []uint64 {
	if p := d.hashes.Load(); p != nil {
		return *p
	}
	out := make([]uint64, d.Vals.Len)
	for i := range out {
		out[i] = d.Vals.bits(i)
	}
	d.hashes.Store(&out)
	return out
}

// bits is the 64-bit value of row i of a Flat or Const column that Hash folds: the value itself where it fits.
func (v *Vec) bits(i int) uint64 {
	if v.IsNull(i) {
		return nul
	}
	v, i = v.At(i)
	switch k := v.Type.Kind(); k {
	case types.Float:
		return uint64(math.Float32bits(normal32(Values[float32](v)[i])))
	case types.Double:
		return math.Float64bits(normal64(Values[float64](v)[i]))
	case types.CalendarInterval:
		x := Values[types.Interval](v)[i]
		return Mix(uint64(x.Micros)) ^ Mix(uint64(uint32(x.Months))<<32|uint64(uint32(x.Days)))
	case types.String, types.Char, types.Varchar, types.Binary, types.Variant:
		return HashBytes(v.Bytes(i))
	case types.Map: // entries have no order
		lo, hi := v.Range(i)
		x := uint64(hi - lo)
		for e := lo; e < hi; e++ {
			x += Mix(Mix(v.Kids[0].bits(e)) ^ v.Kids[1].bits(e))
		}
		return x
	case types.Array:
		lo, hi := v.Range(i)
		x := uint64(hi - lo)
		for e := lo; e < hi; e++ {
			x = Mix(x ^ v.Kids[0].bits(e))
		}
		return x
	case types.Struct:
		x := uint64(len(v.Kids))
		for _, kid := range v.Kids {
			x = Mix(x ^ kid.bits(i))
		}
		return x
	}
	switch v.Type.Width() {
	case 1:
		return uint64(raw[uint8](v)[i])
	case 2:
		return uint64(raw[uint16](v)[i])
	case 4:
		return uint64(raw[uint32](v)[i])
	case 8:
		return raw[uint64](v)[i]
	case 16:
		x := Values[types.Int128](v)[i]
		return x.Lo ^ Mix(uint64(x.Hi))
	}
	return nul
}

func normal32(x float32) float32 {
	if x == 0 {
		return 0
	}
	if x != x {
		return float32(math.NaN())
	}
	return x
}

func normal64(x float64) float64 {
	if x == 0 {
		return 0
	}
	if x != x {
		return math.NaN()
	}
	return x
}

// HashBytes hashes b, as Hash does for strings.
func HashBytes(b []byte) uint64 {
	n := len(b)
	h := uint64(n) * mulA
	for len(b) > 16 {
		hi, lo := bits.Mul64(binary.LittleEndian.Uint64(b)^mulA, binary.LittleEndian.Uint64(b[8:])^h^mulB)
		h = hi ^ lo
		b = b[16:]
	}
	var x, y uint64
	switch n := len(b); {
	case n > 8:
		x, y = binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[n-8:])
	case n >= 4:
		x, y = uint64(binary.LittleEndian.Uint32(b)), uint64(binary.LittleEndian.Uint32(b[n-4:]))
	case n > 0:
		x = uint64(b[0])<<16 | uint64(b[n>>1])<<8 | uint64(b[n-1])
	}
	hi, lo := bits.Mul64(x^mulA, y^h^mulB)
	return hi ^ lo
}
