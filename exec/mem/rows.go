package mem

import (
	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// A row of Rows is known by its id: the number of its chunk, then its place in the chunk.
const (
	chunkBits = 14
	ChunkRows = 1 << chunkBits
	chunkMask = ChunkRows - 1
	// NoRow is the id of no row: gathering it gives NULL.
	NoRow = ^uint32(0)
)

// Rows is the one container of rows that operators keep: columns in chunks of a fixed number of rows, all Flat,
// gathered by row id. It is filled by one goroutine; once sealed it is immutable and read by any number.
//
// Ids have gaps where a chunk was not filled up: Chunks gives the ids that exist.
type Rows struct {
	types  []types.Type
	chunks []*Chunk
	n      int
	bytes  int64
	cols   []column // after Seal
}

// Chunk is up to ChunkRows rows. Its row i has the id Base+i.
type Chunk struct {
	Cols  []*vec.Vec
	N     int
	Base  uint32
	dicts []dictBufs
}

// dictBufs says where the buffers of a dictionary lie in a chunk's column of strings: the values of a Coded column
// are not copied, since dictionaries are never lent.
type dictBufs struct {
	dict *vec.Dict
	base uint32
	last bool // the column's last buffer is a dictionary's: do not write to it
}

// NewRows makes an empty container of columns of the given types.
func NewRows(ts []types.Type) *Rows { return &Rows{types: ts} }

// Types are those of the columns.
func (r *Rows) Types() []types.Type { return r.types }

// Len is the number of rows; Bytes the memory they take, roughly; Span one more than the largest id.
func (r *Rows) Len() int     { return r.n }
func (r *Rows) Bytes() int64 { return r.bytes }
func (r *Rows) Span() int    { return len(r.chunks) << chunkBits }

// Chunks are the chunks in order.
func (r *Rows) Chunks() []*Chunk { return r.chunks }

// Append copies the live rows of columns in any form. It returns the id of the first; ids of rows appended
// one after the other follow each other.
func (r *Rows) Append(cols []*vec.Vec, sel []int32, n int) uint32 {
	if sel != nil {
		n = len(sel)
	}
	var first uint32
	for lo := 0; lo < n; {
		c := r.tail()
		hi := min(n, lo+ChunkRows-c.N)
		if lo == 0 {
			first = c.Base + uint32(c.N)
		}
		for k, v := range cols {
			r.bytes += c.appendColumn(k, v, sel, lo, hi)
		}
		c.N += hi - lo
		lo = hi
	}
	r.n += n
	return first
}

// tail is the chunk that takes the next row.
func (r *Rows) tail() *Chunk {
	if k := len(r.chunks); k > 0 && r.chunks[k-1].N < ChunkRows {
		return r.chunks[k-1]
	}
	c := &Chunk{Cols: make([]*vec.Vec, len(r.types)), Base: uint32(len(r.chunks)) << chunkBits, dicts: make([]dictBufs, len(r.types))}
	for i, t := range r.types {
		v := vec.New(t, 0)
		if len(r.chunks) > 0 { // it will be filled: do not grow by steps
			if w := t.Width(); w > 0 {
				v.Fixed = vec.AlignedBytes(w << chunkBits)[:0]
			} else if isBytes(t) {
				v.Views = make([]vec.View, 0, ChunkRows)
			}
		}
		c.Cols[i] = v
	}
	r.chunks = append(r.chunks, c)
	return c
}

// Absorb moves the rows of o to the end, leaving o empty, and returns what has to be added to their ids.
func (r *Rows) Absorb(o *Rows) uint32 {
	shift := uint32(len(r.chunks)) << chunkBits
	for _, c := range o.chunks {
		c.Base += shift
		r.chunks = append(r.chunks, c)
	}
	r.n += o.n
	r.bytes += o.bytes
	o.Reset()
	return shift
}

// Reset forgets all rows.
func (r *Rows) Reset() { r.chunks, r.n, r.bytes, r.cols = nil, 0, 0, nil }

func isBytes(t types.Type) bool {
	switch t.Kind() {
	case types.String, types.Char, types.Varchar, types.Binary, types.Variant:
		return true
	}
	return false
}
