package mem

import (
	"encoding/binary"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// The form of a column of n rows in a spill file, by type:
//
//	nulls         a byte: 0 none, 1 the bitmap's words follow
//	fixed width   n values as they lie in memory
//	strings       n lengths of 32 bits, then the bytes, those of NULLs left out
//	array, map    n lengths of 32 bits, then the kids
//	struct        the kids, n rows each

// encode appends the rows sel, or lo..hi-1 where sel is nil, of v.
func encode(out []byte, v *vec.Vec, sel []int32, lo, hi int) []byte {
	n := hi - lo
	row := func(k int) int {
		if sel != nil {
			return int(sel[k])
		}
		return lo + k
	}
	k := v.Type.Kind()
	if k == types.Null {
		return out
	}
	out = encodeNulls(out, v, n, row)
	src := v
	if v.Form == vec.Coded {
		src = v.Dict.Vals
	}
	switch w := v.Type.Width(); {
	case w > 0:
		if v.Form == vec.Flat && sel == nil {
			return append(out, v.Fixed[lo*w:hi*w]...)
		}
		for r := range n {
			if i := row(r); v.IsNull(i) {
				out = append(out, zeros[:w]...)
			} else {
				_, j := v.At(i)
				out = append(out, src.Fixed[j*w:(j+1)*w]...)
			}
		}
	case isBytes(v.Type):
		for r := range n {
			size := uint32(0)
			if i := row(r); !v.IsNull(i) {
				_, j := v.At(i)
				size = src.Views[j].Len
			}
			out = binary.LittleEndian.AppendUint32(out, size)
		}
		for r := range n {
			if i := row(r); !v.IsNull(i) {
				_, j := v.At(i)
				out = append(out, src.Bytes(j)...)
			}
		}
	default:
		return encodeNested(out, v, src, n, row)
	}
	return out
}

var zeros [16]byte

func encodeNulls(out []byte, v *vec.Vec, n int, row func(int) int) []byte {
	any := false
	for r := 0; r < n && !any; r++ {
		any = v.IsNull(row(r))
	}
	if !any {
		return append(out, 0)
	}
	out = append(out, 1)
	at := len(out)
	out = append(out, make([]byte, 8*vec.Words(n))...)
	for r := range n {
		if !v.IsNull(row(r)) {
			out[at+r>>3] |= 1 << (r & 7)
		}
	}
	return out
}

func encodeNested(out []byte, v, src *vec.Vec, n int, row func(int) int) []byte {
	var rows []int32
	if v.Type.Kind() == types.Struct {
		for r := range n {
			j := 0
			if i := row(r); !v.IsNull(i) {
				_, j = v.At(i)
			}
			rows = append(rows, int32(j))
		}
	} else {
		for r := range n {
			lo, hi := 0, 0
			if i := row(r); !v.IsNull(i) {
				_, j := v.At(i)
				lo, hi = src.Range(j)
			}
			out = binary.LittleEndian.AppendUint32(out, uint32(hi-lo))
			for e := lo; e < hi; e++ {
				rows = append(rows, int32(e))
			}
		}
	}
	for _, kid := range src.Kids {
		if len(rows) == 0 || kid.Len == 0 {
			kid, rows := vec.New(kid.Type, len(rows)), []int32(nil)
			out = encode(out, kid, rows, 0, kid.Len)
			continue
		}
		out = encode(out, kid, rows, 0, len(rows))
	}
	return out
}

// decode reads n rows into v and returns the rest of in.
func decode(in []byte, v *vec.Vec, n int) []byte {
	k := v.Type.Kind()
	if k == types.Array || k == types.Map {
		v.Reset(0)
	} else {
		v.Reset(n)
	}
	if k == types.Null {
		return in
	}
	var valid []byte
	nulls := in[0] == 1
	if in = in[1:]; nulls {
		valid, in = in[:8*vec.Words(n)], in[8*vec.Words(n):]
	}
	switch w := v.Type.Width(); {
	case w > 0:
		in = in[copy(v.Fixed, in[:n*w]):]
	case isBytes(v.Type):
		lens := in[:4*n]
		in = in[4*n:]
		for i := range n {
			size := binary.LittleEndian.Uint32(lens[4*i:])
			v.SetBytes(i, in[:size])
			in = in[size:]
		}
	case k == types.Struct:
		for _, kid := range v.Kids {
			in = decode(in, kid, n)
		}
	default:
		v.Extend(n)
		end := int32(0)
		for i := range n {
			end += int32(binary.LittleEndian.Uint32(in[4*i:]))
			v.Offs[i+1] = end
		}
		in = in[4*n:]
		for _, kid := range v.Kids {
			in = decode(in, kid, int(end))
		}
	}
	if valid != nil {
		for i := range n {
			if valid[i>>3]&(1<<(i&7)) == 0 {
				v.SetNull(i)
			}
		}
	}
	return in
}
