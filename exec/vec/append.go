package vec

import (
	"slices"
	"unsafe"

	"sparksql/sql/types"
)

// AppendRows copies the live rows of src (sel nil: rows 0..n-1), in whatever form, to the end of the Flat column
// dst. Everything is copied: dst shares nothing with src.
func AppendRows(dst, src *Vec, sel []int32, n int) {
	if sel != nil {
		dst.appendIdx(src, sel)
		return
	}
	if src.Form == Flat && !src.Type.IsNested() && src.Type.Kind() != types.Null {
		dst.appendFlat(src, n)
		return
	}
	const step = 1024
	var buf [step]int32
	for lo := 0; lo < n; lo += step {
		idx := buf[:min(step, n-lo)]
		for k := range idx {
			idx[k] = int32(lo + k)
		}
		dst.appendIdx(src, idx)
	}
}

// appendFlat appends rows 0..n-1 of a Flat column that is not nested.
func (v *Vec) appendFlat(src *Vec, n int) {
	at := v.Len
	if w := src.Type.Width(); w > 0 {
		v.Len += n
		v.reserveFixed(v.Len * w)
		v.Fixed = v.Fixed[:v.Len*w]
		copy(v.Fixed[at*w:], src.Fixed[:n*w])
		v.extendValid(at)
	} else {
		v.Extend(n)
		for i := range n {
			if src.Valid == nil || Bit(src.Valid, i) {
				v.Views[at+i] = v.copyView(src, i)
			}
		}
	}
	if src.Valid != nil {
		for i := range n {
			if !Bit(src.Valid, i) {
				v.SetNull(at + i)
			}
		}
	}
}

// extendValid makes the rows from at on valid, where v has a bitmap.
func (v *Vec) extendValid(at int) {
	if v.Valid == nil {
		return
	}
	for len(v.Valid) < Words(v.Len) {
		v.Valid = append(v.Valid, 0)
	}
	for i := at; i < v.Len; i++ {
		SetBit(v.Valid, i)
	}
}

func (v *Vec) reserveFixed(size int) {
	if cap(v.Fixed) < size {
		old := v.Fixed
		v.Fixed = AlignedBytes(max(size, 2*cap(old)))[:len(old)]
		copy(v.Fixed, old)
	}
}

// Grow makes room for n more rows of a Flat column, of those buffers whose size is known.
func (v *Vec) Grow(n int) {
	switch w := v.Type.Width(); {
	case w > 0:
		if size := (v.Len + n) * w; cap(v.Fixed) < size {
			old := v.Fixed
			v.Fixed = AlignedBytes(size)[:len(old)]
			copy(v.Fixed, old)
		}
	case !v.Type.IsNested() && v.Type.Kind() != types.Null:
		v.Views = slices.Grow(v.Views, n)
	}
	for _, k := range v.Kids {
		if v.Type.Kind() == types.Struct {
			k.Grow(n)
		}
	}
}

func (v *Vec) copyView(src *Vec, i int) View {
	if w := src.Views[i]; w.Len <= 12 {
		return w
	}
	return v.hold(src.Bytes(i))
}

// appendIdx appends the rows idx of src, -1 giving NULL, copied in full.
func (v *Vec) appendIdx(src *Vec, idx []int32) {
	at := v.Len
	switch {
	case v.Type.Kind() == types.Null:
		v.Len += len(idx)
		return
	case src.Type.Kind() == types.Null:
		v.Extend(len(idx))
		for k := range idx {
			v.SetNull(at + k)
		}
		return
	case v.Type.IsNested():
		v.appendNested(src, idx)
		return
	}
	vals := src
	if src.Form == Coded {
		vals = src.Dict.Vals
	}
	if w := v.Type.Width(); w > 0 {
		v.Len += len(idx)
		v.reserveFixed(v.Len * w)
		v.Fixed = v.Fixed[:v.Len*w]
		v.extendValid(at)
		v.markNulls(src, idx, at)
		appendFixed(v, vals, src, idx, at, w)
		return
	}
	v.Extend(len(idx))
	v.markNulls(src, idx, at)
	for k, i := range idx {
		if v.Valid != nil && !Bit(v.Valid, at+k) {
			continue
		}
		_, j := src.At(int(i))
		v.Views[at+k] = v.copyView(vals, j)
	}
}

// markNulls sets the NULLs among the rows idx of src, stored from at on.
func (v *Vec) markNulls(src *Vec, idx []int32, at int) {
	switch {
	case src.Form == Const || src.Form == Coded && src.Dict.Vals.Valid != nil:
		for k, i := range idx {
			if i < 0 || src.IsNull(int(i)) {
				v.SetNull(at + k)
			}
		}
	case src.Valid != nil:
		for k, i := range idx {
			if i < 0 || !Bit(src.Valid, int(i)) {
				v.SetNull(at + k)
			}
		}
	default:
		for k, i := range idx {
			if i < 0 {
				v.SetNull(at + k)
			}
		}
	}
}

func appendFixed(v, vals, src *Vec, idx []int32, at, w int) {
	switch w {
	case 1:
		place(raw[uint8](v)[at:], raw[uint8](vals), src, idx)
	case 2:
		place(raw[uint16](v)[at:], raw[uint16](vals), src, idx)
	case 4:
		place(raw[uint32](v)[at:], raw[uint32](vals), src, idx)
	case 8:
		place(raw[uint64](v)[at:], raw[uint64](vals), src, idx)
	case 16:
		place(Values[types.Int128](v)[at:], Values[types.Int128](vals), src, idx)
	}
}

func place[T any](dst, vals []T, src *Vec, idx []int32) {
	dst = dst[:len(idx)]
	var zero T
	switch src.Form {
	case Flat:
		for k, i := range idx {
			if i >= 0 {
				dst[k] = vals[i]
			} else {
				dst[k] = zero
			}
		}
	case Const:
		for k := range dst {
			dst[k] = vals[0]
		}
	case Coded:
		for k, i := range idx {
			dst[k] = zero
			if i >= 0 && (src.Valid == nil || Bit(src.Valid, int(i))) {
				dst[k] = vals[src.Codes[i]]
			}
		}
	}
}

func (v *Vec) appendNested(src *Vec, idx []int32) {
	from := src
	if src.Form == Coded {
		from = src.Dict.Vals
	}
	if v.Type.Kind() == types.Struct {
		rows := v.appendStructs(src, idx)
		for f, kid := range v.Kids {
			kid.appendIdx(from.Kids[f], rows)
		}
		return
	}
	at := v.Extend(len(idx))
	rows := make([]int32, 0, len(idx))
	end := int32(v.Kids[0].Len)
	for k, i := range idx {
		if i < 0 || src.IsNull(int(i)) {
			v.SetNull(at + k)
		} else {
			_, j := src.At(int(i))
			lo, hi := from.Range(j)
			for e := lo; e < hi; e++ {
				rows = append(rows, int32(e))
			}
			end += int32(hi - lo)
		}
		v.Offs[at+k+1] = end
	}
	for f, kid := range v.Kids {
		kid.appendIdx(from.Kids[f], rows)
	}
}

// appendStructs appends the rows idx of a column of structs without their fields, and gives the rows of these, -1 where
// the struct is NULL.
func (v *Vec) appendStructs(src *Vec, idx []int32) []int32 {
	at := v.Len
	v.Len += len(idx)
	v.extendValid(at)
	v.markNulls(src, idx, at)
	if src.Form == Flat && src.Valid == nil {
		return idx
	}
	rows := make([]int32, len(idx))
	for k, i := range idx {
		rows[k] = -1
		if v.Valid == nil || Bit(v.Valid, at+k) {
			_, j := src.At(int(i))
			rows[k] = int32(j)
		}
	}
	return rows
}

// truncate drops the rows from n on of a Flat column.
func (v *Vec) truncate(n int) {
	v.Len = n
	switch v.Type.Kind() {
	case types.Null:
	case types.String, types.Char, types.Varchar, types.Binary, types.Variant:
		v.Views = v.Views[:n]
	case types.Array, types.Map:
		v.Offs = v.Offs[:n+1]
		for _, k := range v.Kids {
			k.truncate(int(v.Offs[n]))
		}
	case types.Struct:
		for _, k := range v.Kids {
			k.truncate(n)
		}
	default:
		v.Fixed = v.Fixed[:n*v.Type.Width()]
	}
}

// Copy gives the live rows of v as a column of their own, dense. A constant stays one, a dictionary is kept.
func Copy(v *Vec, sel []int32, n int) *Vec {
	rows := n
	if sel != nil {
		rows = len(sel)
	}
	switch v.Form {
	case Const:
		out := New(v.Type, 0)
		if rows > 0 {
			AppendRows(out, v, nil, 1)
			out.Form, out.Len = Const, rows
		}
		return out
	case Coded:
		out := &Vec{Type: v.Type}
		if sel == nil {
			out.Form, out.Len, out.Dict = Coded, n, v.Dict
			out.Codes = append([]int32(nil), v.Codes[:n]...)
			if v.Valid != nil {
				out.setValid(v.Valid)
			}
			return out
		}
		gatherCodes(out, v, sel)
		return out
	}
	out := New(v.Type, 0)
	AppendRows(out, v, sel, n)
	return out
}

// CopyBatch gives the live rows of b as a dense batch of its own.
func CopyBatch(b *Batch) *Batch {
	out := &Batch{Cols: make([]*Vec, len(b.Cols)), N: b.Rows(), Seq: b.Seq}
	for i, c := range b.Cols {
		out.Cols[i] = Copy(c, b.Sel, b.N)
	}
	return out
}

// Size is the memory of a column's buffers in bytes, roughly; a dictionary is not counted.
func (v *Vec) Size() int64 {
	n := int64(cap(v.Valid))*8 + int64(cap(v.Fixed)) + int64(cap(v.Views))*int64(unsafe.Sizeof(View{})) + int64(cap(v.Codes))*4 + int64(cap(v.Offs))*4
	for _, b := range v.Bufs[v.borrowed:] {
		n += int64(cap(b))
	}
	for _, k := range v.Kids {
		n += k.Size()
	}
	return n
}

// Size is the memory of the batch's columns.
func (b *Batch) Size() int64 {
	n := int64(cap(b.Sel)) * 4
	for _, c := range b.Cols {
		n += c.Size()
	}
	return n
}
