// Package vec is the column batch that every layer passes around: columns in Arrow's memory layout, with
// constant and dictionary forms and a selection over the rows.
//
// Batches are lent: they are valid until the call they were passed to returns, and whoever keeps one
// copies it. There is no reference counting; Arrow arrays are made at the engine's edges only.
package vec

import (
	"encoding/binary"
	"sync/atomic"
	"unsafe"

	"sparksql/sql/types"
)

// BatchRows is the number of rows that sources aim at in a batch.
const BatchRows = 4096

// Form says how a column's rows are stored.
type Form uint8

const (
	Flat  Form = iota // a value for every row
	Const             // one value, at index 0, for every row
	Coded             // Codes into Dict; validity is the column's own, Dict.Vals may hold NULL as well
)

// Vec is one column. Which buffers are used depends on Type (see types.Type.Width):
//
//	fixed width   Fixed, Width bytes a row, 8-byte aligned, little-endian; bool one byte, 0 or 1;
//	              decimal(p<=18) int64, else types.Int128; calendar interval types.Interval
//	string kinds  Views and Bufs: Arrow string views; binary and variant alike
//	array         Offs (one more than rows) into Kids[0]
//	map           Offs into Kids[0] (keys) and Kids[1] (values)
//	struct        Kids, one for each field, with as many rows
//	Null          nothing: every row is NULL
//
// Kids are Flat or Coded and never carry a selection. Buffers of a NULL row hold any value, but a view or
// an offset there is always safe to follow.
type Vec struct {
	Type  types.Type
	Form  Form
	Len   int
	Valid []uint64 // bit i set: row i is not NULL; nil: no NULLs (but see Null)
	Fixed []byte
	Views []View
	Bufs  [][]byte
	Codes []int32
	Dict  *Dict
	Offs  []int32
	Kids  []*Vec

	borrowed int      // the first so many of Bufs are another column's
	own      []uint64 // a bitmap of this column's own, reused
	codes    []int32  // codes of this column's own, reused
}

// Dict is an immutable dictionary, never lent: it may be kept. IDs are never reused within a process.
type Dict struct {
	ID   uint64
	Vals *Vec // Flat

	hashes atomic.Pointer[[]uint64]
}

// Batch is a set of columns of N rows, of which Sel (nil: all) are live, in ascending order.
type Batch struct {
	Cols []*Vec
	Sel  []int32
	N    int
	Seq  uint64 // place of the batch in its source; a source's batches have ascending Seqs
}

// Rows is the number of live rows.
func (b *Batch) Rows() int {
	if b.Sel != nil {
		return len(b.Sel)
	}
	return b.N
}

// View is one string or binary value, in Arrow's string-view layout: up to 12 bytes are held inline, longer
// ones as their first four bytes, then the index of a buffer and the offset in it, each 32 bits.
type View struct {
	Len  uint32
	Data [12]byte
}

// Native are the Go types of fixed-width buffers.
type Native interface {
	~bool | ~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint64 | ~float32 | ~float64 | types.Int128 | types.Interval
}

// Values views the fixed-width buffer as a slice of T, without a copy.
func Values[T Native](v *Vec) []T {
	var z T
	n := len(v.Fixed) / int(unsafe.Sizeof(z))
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(v.Fixed))), n)
}

// index maps a row to its place in the value buffers of a Flat or Const column.
func (v *Vec) index(i int) int {
	if v.Form == Const {
		return 0
	}
	return i
}

// IsNull tells whether row i is NULL, whatever the form.
func (v *Vec) IsNull(i int) bool {
	switch v.Form {
	case Coded:
		if v.Valid != nil && !Bit(v.Valid, i) {
			return true
		}
		return v.Dict.Vals.IsNull(int(v.Codes[i]))
	case Const:
		i = 0
	}
	if v.Type.Kind() == types.Null {
		return true
	}
	return v.Valid != nil && !Bit(v.Valid, i)
}

// At resolves row i of any form to a Flat column and the row in it.
func (v *Vec) At(i int) (*Vec, int) {
	switch v.Form {
	case Coded:
		return v.Dict.Vals, int(v.Codes[i])
	case Const:
		return v, 0
	}
	return v, i
}

// Bytes is the value of row i of a Flat or Const string or binary column, without a copy.
func (v *Vec) Bytes(i int) []byte {
	w := &v.Views[v.index(i)]
	if w.Len <= 12 {
		return unsafe.Slice(&w.Data[0], 12)[:w.Len:w.Len]
	}
	off := binary.LittleEndian.Uint32(w.Data[8:])
	return v.Bufs[binary.LittleEndian.Uint32(w.Data[4:])][off : off+w.Len : off+w.Len]
}

// Str is Bytes as a string that shares the memory: valid as long as the column's buffers are not reused.
func (v *Vec) Str(i int) string {
	b := v.Bytes(i)
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// Range is the half-open range of elements of row i of a Flat or Const array or map.
func (v *Vec) Range(i int) (lo, hi int) {
	i = v.index(i)
	return int(v.Offs[i]), int(v.Offs[i+1])
}

// Bit reads bit i of a bitmap.
func Bit(m []uint64, i int) bool { return m[i>>6]&(1<<(i&63)) != 0 }

// SetBit sets bit i, ClearBit clears it.
func SetBit(m []uint64, i int)   { m[i>>6] |= 1 << (i & 63) }
func ClearBit(m []uint64, i int) { m[i>>6] &^= 1 << (i & 63) }

// Words is the number of words of a bitmap of n bits.
func Words(n int) int { return (n + 63) >> 6 }

// AlignedBytes returns n zero bytes that start at a multiple of 8.
func AlignedBytes(n int) []byte {
	if n == 0 {
		return nil
	}
	w := make([]uint64, (n+7)/8)
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(w))), len(w)*8)[:n]
}
