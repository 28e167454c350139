package mem

import (
	"encoding/binary"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// appendColumn copies rows sel[lo:hi], or lo..hi when sel is nil, to column k and returns the bytes that took.
func (c *Chunk) appendColumn(k int, src *vec.Vec, sel []int32, lo, hi int) int64 {
	dst := c.Cols[k]
	switch w := dst.Type.Width(); {
	case w > 0:
		appendFixed(dst, src, sel, lo, hi, w)
		return int64(w * (hi - lo))
	case isBytes(dst.Type):
		return 16*int64(hi-lo) + c.appendBytes(k, src, sel, lo, hi)
	case dst.Type.Kind() == types.Null:
		dst.Extend(hi - lo)
		return 0
	}
	return appendNested(dst, src, sel, lo, hi)
}

// appendNested copies arrays, maps and structs, and returns the bytes that took.
func appendNested(dst, src *vec.Vec, sel []int32, lo, hi int) int64 {
	before := dst.Size()
	if sel == nil && lo == 0 {
		vec.AppendRows(dst, src, nil, hi)
		return dst.Size() - before
	}
	if sel == nil {
		sel = make([]int32, hi)
		for i := lo; i < hi; i++ {
			sel[i] = int32(i)
		}
	}
	vec.AppendRows(dst, src, sel[lo:hi], hi-lo)
	return dst.Size() - before
}

func appendFixed(dst, src *vec.Vec, sel []int32, lo, hi, width int) {
	at := dst.Extend(hi - lo)
	switch width {
	case 1:
		copyFixed(vec.Values[int8](dst)[at:], vec.Values[int8](values(src)), src, sel, lo, hi)
	case 2:
		copyFixed(vec.Values[int16](dst)[at:], vec.Values[int16](values(src)), src, sel, lo, hi)
	case 4:
		copyFixed(vec.Values[int32](dst)[at:], vec.Values[int32](values(src)), src, sel, lo, hi)
	case 8:
		copyFixed(vec.Values[int64](dst)[at:], vec.Values[int64](values(src)), src, sel, lo, hi)
	case 16:
		copyFixed(vec.Values[types.Int128](dst)[at:], vec.Values[types.Int128](values(src)), src, sel, lo, hi)
	}
	copyNulls(dst, at, src, sel, lo, hi)
}

// values is the Flat or Const column that holds the values of v.
func values(v *vec.Vec) *vec.Vec {
	if v.Form == vec.Coded {
		return v.Dict.Vals
	}
	return v
}

func copyFixed[T any](dst, src []T, v *vec.Vec, sel []int32, lo, hi int) {
	if len(src) == 0 {
		return // an empty dictionary: every row is NULL
	}
	switch {
	case v.Form == vec.Const:
		for i := range dst[:hi-lo] {
			dst[i] = src[0]
		}
	case v.Form == vec.Coded && sel == nil:
		for i, c := range v.Codes[lo:hi] {
			dst[i] = src[c]
		}
	case v.Form == vec.Coded:
		for i, r := range sel[lo:hi] {
			dst[i] = src[v.Codes[r]]
		}
	case sel == nil:
		copy(dst, src[lo:hi])
	default:
		for i, r := range sel[lo:hi] {
			dst[i] = src[r]
		}
	}
}

// copyNulls carries NULLs over to rows at.. of dst.
func copyNulls(dst *vec.Vec, at int, src *vec.Vec, sel []int32, lo, hi int) {
	if !mayNull(src) {
		return
	}
	for i := lo; i < hi; i++ {
		r := i
		if sel != nil {
			r = int(sel[i])
		}
		if src.IsNull(r) {
			dst.SetNull(at + i - lo)
		}
	}
}

func mayNull(v *vec.Vec) bool {
	return v.Valid != nil || v.Type.Kind() == types.Null || v.Form == vec.Coded && v.Dict.Vals.Valid != nil
}

// appendBytes copies strings and returns the bytes that lie outside the views. Dictionaries are shared, not copied.
func (c *Chunk) appendBytes(k int, src *vec.Vec, sel []int32, lo, hi int) int64 {
	dst := c.Cols[k]
	at := dst.Extend(hi - lo)
	copyNulls(dst, at, src, sel, lo, hi)
	if src.Type.Kind() == types.Null {
		return 0
	}
	if src.Form == vec.Coded {
		c.shareDict(k, src.Dict)
		base := c.dicts[k].base
		for i := lo; i < hi; i++ {
			r := i
			if sel != nil {
				r = int(sel[i])
			}
			if dst.Valid != nil && !vec.Bit(dst.Valid, at+i-lo) {
				continue
			}
			dst.Views[at+i-lo] = moveView(src.Dict.Vals.Views[src.Codes[r]], base)
		}
		return 0
	}
	if c.dicts[k].last {
		dst.Bufs = append(dst.Bufs, nil)
		c.dicts[k].last = false
	}
	long := int64(0)
	for i := lo; i < hi; i++ {
		r := i
		switch {
		case src.Form == vec.Const:
			r = 0
		case sel != nil:
			r = int(sel[i])
		}
		w := &src.Views[r]
		if w.Len <= 12 {
			dst.Views[at+i-lo] = *w
			continue
		}
		if dst.Valid != nil && !vec.Bit(dst.Valid, at+i-lo) {
			continue
		}
		dst.SetBytes(at+i-lo, src.Bytes(r))
		long += int64(w.Len)
	}
	return long
}

// shareDict adds the dictionary's buffers to column k, unless it was the last one added.
func (c *Chunk) shareDict(k int, d *vec.Dict) {
	s, dst := &c.dicts[k], c.Cols[k]
	if s.dict == d {
		return
	}
	s.dict, s.base = d, uint32(len(dst.Bufs))
	for _, b := range d.Vals.Bufs {
		dst.Bufs = append(dst.Bufs, b[:len(b):len(b)])
		s.last = true
	}
}

// moveView is w for a column whose buffers start at base.
func moveView(w vec.View, base uint32) vec.View {
	if w.Len > 12 && base > 0 {
		binary.LittleEndian.PutUint32(w.Data[4:], binary.LittleEndian.Uint32(w.Data[4:])+base)
	}
	return w
}
