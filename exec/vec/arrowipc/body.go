package arrowipc

import (
	"encoding/binary"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// body is a record batch's buffers, one behind the other, and what its metadata says of them.
type body struct {
	bytes   []byte
	nodes   [][2]int64 // of each column, nested ones after their own: rows, NULLs
	buffers [][2]int64 // offset, length
	begun   int
}

func (b *body) reset() { b.bytes, b.nodes, b.buffers = b.bytes[:0], b.nodes[:0], b.buffers[:0] }

// begin and end enclose what is appended to bytes as one buffer; buffers begin at multiples of the alignment.
func (b *body) begin() { b.begun = len(b.bytes) }
func (b *body) end() {
	b.buffers = append(b.buffers, [2]int64{int64(b.begun), int64(len(b.bytes) - b.begun)})
	for len(b.bytes)%alignmentBytes != 0 {
		b.bytes = append(b.bytes, 0)
	}
}

// column adds rows lo to lo+n of a Flat column.
func (b *body) column(v *vec.Vec, lo, n int) {
	if v.Type.Kind() == types.Null {
		b.nodes = append(b.nodes, [2]int64{int64(n), int64(n)})
		return
	}
	b.validity(v, lo, n)
	switch v.Type.Kind() {
	case types.String, types.Char, types.Varchar, types.Binary, types.Variant:
		b.texts(v, lo, n)
	case types.Array:
		first, count := b.offsets(v, lo, n)
		b.kid(v.Kids[0], first, count)
	case types.Map:
		first, count := b.offsets(v, lo, n)
		b.nodes = append(b.nodes, [2]int64{int64(count), 0}) // the entries
		b.begin()
		b.end()
		b.kid(v.Kids[0], first, count)
		b.kid(v.Kids[1], first, count)
	case types.Struct:
		for _, k := range v.Kids {
			b.kid(k, lo, n)
		}
	default:
		b.begin()
		b.fixed(v, lo, n)
		b.end()
	}
}

func (b *body) kid(k *vec.Vec, lo, n int) {
	if k.Form != vec.Flat {
		k = vec.Flatten(k, vec.New(k.Type, 0), nil)
	}
	b.column(k, lo, n)
}

// validity adds a column's node and its bitmap, which is empty when there are no NULLs.
func (b *body) validity(v *vec.Vec, lo, n int) {
	nulls := int64(0)
	if v.Valid != nil {
		for i := lo; i < lo+n; i++ {
			if !vec.Bit(v.Valid, i) {
				nulls++
			}
		}
	}
	b.nodes = append(b.nodes, [2]int64{int64(n), nulls})
	b.begin()
	if nulls > 0 {
		b.bits(n, func(i int) bool { return vec.Bit(v.Valid, lo+i) })
	}
	b.end()
}

func (b *body) bits(n int, set func(i int) bool) {
	at := len(b.bytes)
	b.bytes = append(b.bytes, make([]byte, (n+7)/8)...)
	for i := range n {
		if set(i) {
			b.bytes[at+i/8] |= 1 << (i % 8)
		}
	}
}

// texts adds the offsets and bytes of strings; NULLs are empty.
func (b *body) texts(v *vec.Vec, lo, n int) {
	b.begin()
	end := uint32(0)
	b.bytes = binary.LittleEndian.AppendUint32(b.bytes, 0)
	for i := lo; i < lo+n; i++ {
		if !v.IsNull(i) {
			end += uint32(len(v.Bytes(i)))
		}
		b.bytes = binary.LittleEndian.AppendUint32(b.bytes, end)
	}
	b.end()
	b.begin()
	for i := lo; i < lo+n; i++ {
		if !v.IsNull(i) {
			b.bytes = append(b.bytes, v.Bytes(i)...)
		}
	}
	b.end()
}

// offsets adds those of lists, from zero on, and gives the elements that they are about.
func (b *body) offsets(v *vec.Vec, lo, n int) (first, count int) {
	first = int(v.Offs[lo])
	b.begin()
	for i := lo; i <= lo+n; i++ {
		b.bytes = binary.LittleEndian.AppendUint32(b.bytes, uint32(int(v.Offs[i])-first))
	}
	b.end()
	return first, int(v.Offs[lo+n]) - first
}

// fixed adds values of fixed width.
func (b *body) fixed(v *vec.Vec, lo, n int) {
	le := binary.LittleEndian
	switch v.Type.Kind() {
	case types.Boolean:
		xs := vec.Values[bool](v)[lo:]
		b.bits(n, func(i int) bool { return xs[i] })
	case types.Decimal:
		for i := lo; i < lo+n; i++ {
			x := v.Decimal(i)
			b.bytes = le.AppendUint64(le.AppendUint64(b.bytes, x.Lo), uint64(x.Hi))
		}
	case types.CalendarInterval:
		for _, x := range vec.Values[types.Interval](v)[lo : lo+n] {
			b.bytes = le.AppendUint32(le.AppendUint32(b.bytes, uint32(x.Months)), uint32(x.Days))
			b.bytes = le.AppendUint64(b.bytes, uint64(x.Micros*1000))
		}
	default:
		w := v.Type.Width()
		b.bytes = append(b.bytes, v.Fixed[lo*w:(lo+n)*w]...)
	}
}
