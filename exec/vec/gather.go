package vec

import (
	"sync/atomic"

	"sparksql/sql/types"
)

var lastDict atomic.Uint64

// NewDict wraps the Flat column vals, which must not change any more, as a dictionary with a fresh ID.
func NewDict(vals *Vec) *Dict { return &Dict{ID: lastDict.Add(1), Vals: vals} }

// Gather makes dst the rows idx of src, an index of -1 giving NULL. The result has src's dictionary where src is
// Coded, else it is Flat. Strings are not copied: dst shares src's buffers and is valid as long as they are.
// dst's buffers of fixed width are reused; dst must not be src.
func Gather(dst, src *Vec, idx []int32) {
	n := len(idx)
	switch {
	case src.Form == Coded:
		gatherCodes(dst, src, idx)
		return
	case src.Type.Kind() == types.Null:
		dst.Type = src.Type
		dst.Reset(n)
		return
	}
	dst.Type = src.Type
	if src.Type.IsNested() {
		dst.Reset(0)
		dst.appendIdx(src, idx)
		return
	}
	dst.Reset(n)
	gatherValid(dst, src, idx)
	switch src.Type.Width() {
	case 0:
		dst.borrow(src)
		gather(dst.Views, src.Views, idx, src.Form)
	case 1:
		gather(raw[uint8](dst), raw[uint8](src), idx, src.Form)
	case 2:
		gather(raw[uint16](dst), raw[uint16](src), idx, src.Form)
	case 4:
		gather(raw[uint32](dst), raw[uint32](src), idx, src.Form)
	case 8:
		gather(raw[uint64](dst), raw[uint64](src), idx, src.Form)
	case 16:
		gather(Values[types.Int128](dst), Values[types.Int128](src), idx, src.Form)
	}
}

// borrow makes v's strings lie in src's buffers.
func (v *Vec) borrow(src *Vec) {
	n := len(src.Bufs)
	v.Bufs, v.borrowed = src.Bufs[:n:n], n
}

func gather[T any](dst, src []T, idx []int32, form Form) {
	if form == Const {
		if len(src) > 0 {
			for k := range dst[:len(idx)] {
				dst[k] = src[0]
			}
		}
		return
	}
	var zero T
	dst = dst[:len(idx)]
	for k, i := range idx {
		if i >= 0 {
			dst[k] = src[i]
		} else {
			dst[k] = zero
		}
	}
}

// gatherValid sets the NULLs of dst, which has none yet.
func gatherValid(dst, src *Vec, idx []int32) {
	if src.Form == Const {
		null := src.IsNull(0)
		for k, i := range idx {
			if i < 0 || null {
				dst.SetNull(k)
			}
		}
		return
	}
	if src.Valid == nil {
		for k, i := range idx {
			if i < 0 {
				dst.SetNull(k)
			}
		}
		return
	}
	for k, i := range idx {
		if i < 0 || !Bit(src.Valid, int(i)) {
			dst.SetNull(k)
		}
	}
}

func gatherCodes(dst, src *Vec, idx []int32) {
	dst.Type, dst.Form, dst.Len, dst.Valid, dst.Dict = src.Type, Coded, len(idx), nil, src.Dict
	dst.Codes = resize(dst.codes, len(idx))
	dst.codes = dst.Codes
	gather(dst.Codes, src.Codes, idx, Flat)
	gatherValid(dst, src, idx)
}

// Flatten gives v as a Flat column whose kids are Flat at every depth: v itself if it is one, else scratch, filled
// for the live rows (sel nil: all). Strings share v's buffers.
func Flatten(v, scratch *Vec, sel []int32) *Vec {
	if v.Form == Flat {
		if len(v.Kids) == 0 || flatKids(v) {
			return v
		}
		scratch.Type = v.Type
		scratch.Reset(0)
		AppendRows(scratch, v, nil, v.Len)
		return scratch
	}
	n := v.Len
	scratch.Type = v.Type
	if v.Type.IsNested() {
		scratch.Reset(0)
		AppendRows(scratch, v, nil, n)
		return scratch
	}
	scratch.Reset(n)
	if v.Type.Kind() == types.Null {
		return scratch
	}
	src, codes := v, []int32(nil)
	if v.Form == Coded {
		src, codes = v.Dict.Vals, v.Codes
		flattenNulls(v, scratch)
	} else if v.IsNull(0) {
		scratch.Valid = make([]uint64, Words(max(n, 1)))
		return scratch
	}
	switch src.Type.Width() {
	case 0:
		scratch.borrow(src)
		decode(scratch.Views, src.Views, codes, scratch.Valid, sel, n)
	case 1:
		decode(raw[uint8](scratch), raw[uint8](src), codes, scratch.Valid, sel, n)
	case 2:
		decode(raw[uint16](scratch), raw[uint16](src), codes, scratch.Valid, sel, n)
	case 4:
		decode(raw[uint32](scratch), raw[uint32](src), codes, scratch.Valid, sel, n)
	case 8:
		decode(raw[uint64](scratch), raw[uint64](src), codes, scratch.Valid, sel, n)
	case 16:
		decode(Values[types.Int128](scratch), Values[types.Int128](src), codes, scratch.Valid, sel, n)
	}
	return scratch
}

func flatKids(v *Vec) bool {
	for _, k := range v.Kids {
		if k.Form != Flat || !flatKids(k) {
			return false
		}
	}
	return true
}

// flattenNulls sets scratch's NULLs from a Coded column: its own and its dictionary's.
func flattenNulls(v, scratch *Vec) {
	if v.Valid != nil {
		scratch.setValid(v.Valid)
	}
	if d := v.Dict.Vals; d.Valid != nil {
		for i, c := range v.Codes[:v.Len] {
			if !Bit(d.Valid, int(c)) {
				scratch.SetNull(i)
			}
		}
	}
}

// setValid gives v a copy of the bitmap m.
func (v *Vec) setValid(m []uint64) {
	v.own = append(v.own[:0], m[:Words(max(v.Len, 1))]...)
	v.Valid = v.own
}

func decode[T any](dst, vals []T, codes []int32, valid []uint64, sel []int32, n int) {
	switch {
	case codes == nil && sel == nil:
		for i := range dst[:n] {
			dst[i] = vals[0]
		}
	case codes == nil:
		for _, i := range sel {
			dst[i] = vals[0]
		}
	case valid != nil:
		for i := range n {
			if Bit(valid, i) {
				dst[i] = vals[codes[i]]
			}
		}
	case sel == nil:
		codes = codes[:n]
		dst = dst[:n]
		for i, c := range codes {
			dst[i] = vals[c]
		}
	default:
		for _, i := range sel {
			dst[i] = vals[codes[i]]
		}
	}
}

// Scatter sets the rows sel of the Flat column dst, whose type is not nested, to the same rows of src. Strings are
// copied.
func Scatter(dst, src *Vec, sel []int32) {
	nulls := src.Valid != nil || src.Form == Coded && src.Dict.Vals.Valid != nil || src.Type.Kind() == types.Null
	if dst.Valid != nil || nulls {
		for _, i := range sel {
			if nulls && src.IsNull(int(i)) {
				dst.SetNull(int(i))
			} else if dst.Valid != nil {
				SetBit(dst.Valid, int(i))
			}
		}
	}
	if src.Type.Kind() == types.Null || dst.Type.Kind() == types.Null {
		return
	}
	vals := src
	if src.Form == Coded {
		vals = src.Dict.Vals
	}
	switch dst.Type.Width() {
	case 0:
		for _, i := range sel {
			if nulls && dst.Valid != nil && !Bit(dst.Valid, int(i)) {
				continue
			}
			_, j := src.At(int(i))
			dst.Views[i] = dst.copyView(vals, j)
		}
	case 1:
		scatter(raw[uint8](dst), raw[uint8](vals), src, sel)
	case 2:
		scatter(raw[uint16](dst), raw[uint16](vals), src, sel)
	case 4:
		scatter(raw[uint32](dst), raw[uint32](vals), src, sel)
	case 8:
		scatter(raw[uint64](dst), raw[uint64](vals), src, sel)
	case 16:
		scatter(Values[types.Int128](dst), Values[types.Int128](vals), src, sel)
	}
}

func scatter[T any](dst, vals []T, src *Vec, sel []int32) {
	switch src.Form {
	case Flat:
		for _, i := range sel {
			dst[i] = vals[i]
		}
	case Const:
		for _, i := range sel {
			dst[i] = vals[0]
		}
	case Coded:
		for _, i := range sel {
			if c := src.Codes[i]; int(c) < len(vals) {
				dst[i] = vals[c]
			}
		}
	}
}

// SetValid gives v a copy of the bitmap m; nil is no NULLs.
func (v *Vec) SetValid(m []uint64) {
	if m == nil {
		v.Valid = nil
		return
	}
	v.setValid(m)
}
