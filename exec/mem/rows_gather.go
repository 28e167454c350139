package mem

import (
	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// column is one column of all chunks, as gathering wants it.
type column struct {
	nulls bool
	valid [][]uint64 // by chunk; nil: no NULLs there
	w1    [][]int8
	w2    [][]int16
	w4    [][]int32
	w8    [][]int64
	w16   [][]types.Int128
	views [][]vec.View
	bufs  [][]byte
	codes [][]int32 // after Encode
	dict  *vec.Dict
}

// Seal ends appending and makes the rows ready to be gathered.
func (r *Rows) Seal() {
	r.cols = make([]column, len(r.types))
	for k, t := range r.types {
		c := &r.cols[k]
		c.valid = make([][]uint64, len(r.chunks))
		for i, ch := range r.chunks {
			v := ch.Cols[k]
			c.valid[i] = v.Valid
			c.nulls = c.nulls || v.Valid != nil
			switch {
			case isBytes(t):
				c.sealBytes(v)
			default:
				c.sealFixed(v, t.Width())
			}
		}
		if isBytes(t) {
			for _, ch := range r.chunks {
				ch.Cols[k].Bufs = c.bufs
			}
		}
	}
}

// sealBytes makes the views of all chunks point into one list of buffers.
func (c *column) sealBytes(v *vec.Vec) {
	if base := uint32(len(c.bufs)); base > 0 && len(v.Bufs) > 0 {
		for i := range v.Views {
			v.Views[i] = moveView(v.Views[i], base)
		}
	}
	for _, b := range v.Bufs {
		c.bufs = append(c.bufs, b[:len(b):len(b)])
	}
	c.views = append(c.views, v.Views)
}

func (c *column) sealFixed(v *vec.Vec, width int) {
	switch width {
	case 1:
		c.w1 = append(c.w1, vec.Values[int8](v))
	case 2:
		c.w2 = append(c.w2, vec.Values[int16](v))
	case 4:
		c.w4 = append(c.w4, vec.Values[int32](v))
	case 8:
		c.w8 = append(c.w8, vec.Values[int64](v))
	case 16:
		c.w16 = append(c.w16, vec.Values[types.Int128](v))
	}
}

// Gather makes dst the rows with the given ids, Flat or, of a column that Encode was called for, Coded; NoRow gives NULL. Long strings are not copied: dst
// shares the container's memory, and must not be written to but by another Gather.
func (r *Rows) Gather(col int, ids []uint32, dst *vec.Vec) { r.gather(col, ids, nil, len(ids), dst) }

// Scatter makes dst n rows, row at[k] being the row with id ids[k]; the others hold anything.
func (r *Rows) Scatter(col int, ids []uint32, at []int32, n int, dst *vec.Vec) {
	r.gather(col, ids, at, n, dst)
}

func (r *Rows) gather(col int, ids []uint32, at []int32, n int, dst *vec.Vec) {
	c, t := &r.cols[col], r.types[col]
	dst.Type = t
	if isBytes(t) {
		dst.Bufs = nil
	}
	if c.dict != nil {
		gatherFixed(dst.ResetCoded(c.dict, n), c.codes, ids, at)
		c.gatherNulls(ids, at, dst)
		return
	}
	dst.Reset(n)
	switch w := t.Width(); {
	case w == 1:
		gatherFixed(vec.Values[int8](dst), c.w1, ids, at)
	case w == 2:
		gatherFixed(vec.Values[int16](dst), c.w2, ids, at)
	case w == 4:
		gatherFixed(vec.Values[int32](dst), c.w4, ids, at)
	case w == 8:
		gatherFixed(vec.Values[int64](dst), c.w8, ids, at)
	case w == 16:
		gatherFixed(vec.Values[types.Int128](dst), c.w16, ids, at)
	case isBytes(t):
		gatherFixed(dst.Views, c.views, ids, at)
		dst.Bufs = c.bufs
	case t.IsNested():
		r.gatherNested(col, ids, at, n, dst)
		return
	}
	c.gatherNulls(ids, at, dst)
}

func gatherFixed[T any](dst []T, src [][]T, ids []uint32, at []int32) {
	if at == nil {
		for k, id := range ids {
			if id != NoRow {
				dst[k] = src[id>>chunkBits][id&chunkMask]
			}
		}
		return
	}
	for k, id := range ids {
		if id != NoRow {
			dst[at[k]] = src[id>>chunkBits][id&chunkMask]
		}
	}
}

func (c *column) gatherNulls(ids []uint32, at []int32, dst *vec.Vec) {
	for k, id := range ids {
		if id != NoRow {
			if !c.nulls {
				continue
			}
			m := c.valid[id>>chunkBits]
			if m == nil || vec.Bit(m, int(id&chunkMask)) {
				continue
			}
		}
		if at != nil {
			k = int(at[k])
		}
		dst.SetNull(k)
	}
}

// gatherNested copies the rows, at once those that follow each other in one chunk.
func (r *Rows) gatherNested(col int, ids []uint32, at []int32, n int, dst *vec.Vec) {
	if at != nil {
		full := make([]uint32, n)
		for i := range full {
			full[i] = NoRow
		}
		for k, id := range ids {
			full[at[k]] = id
		}
		ids = full
	}
	dst.Reset(0)
	var sel []int32
	for lo := 0; lo < len(ids); {
		if ids[lo] == NoRow {
			dst.Append(nil)
			lo++
			continue
		}
		chunk, hi := ids[lo]>>chunkBits, lo
		sel = sel[:0]
		for hi < len(ids) && ids[hi] != NoRow && ids[hi]>>chunkBits == chunk {
			sel = append(sel, int32(ids[hi]&chunkMask))
			hi++
		}
		vec.AppendRows(dst, r.chunks[chunk].Cols[col], sel, len(sel))
		lo = hi
	}
}
