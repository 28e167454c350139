package exec

import (
	"encoding/binary"
	"math"
	"math/bits"

	"sparksql/exec/mem"
	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// sortKey is a column of a container of rows to sort by.
type sortKey struct {
	col              int
	desc, nullsFirst bool
	kind             types.Kind // of the column, set by planWord
}

// compare orders row i of a and row j of b by one key.
func (k sortKey) compare(a *vec.Vec, i int, b *vec.Vec, j int) int {
	an, bn := a.IsNull(i), b.IsNull(j)
	if an || bn {
		switch {
		case an && bn:
			return 0
		case an == k.nullsFirst:
			return -1
		}
		return 1
	}
	c := vec.Compare(a, i, b, j)
	if k.desc {
		return -c
	}
	return c
}

// sortField is a key's place in the 64-bit word by which rows are sorted first: a bit for NULL, when there are any, above
// the value's distance from the smallest one (or from the largest, when descending).
type sortField struct {
	key       sortKey
	nulls     bool
	low, high uint64 // the range of the values in order-preserving form
	shift     uint   // the place of the lowest bit
	bits      uint   // of the value
	drop      uint   // low bits of the value that did not fit
	exact     bool   // equal words are equal values
	skip      int    // strings: the bytes that all values begin with, left out
}

// covered is the number of bytes of strings that rows with equal words have in common.
func (f *sortField) covered() int {
	if !isText(f.key.kind) || f.drop > 0 {
		return f.skip
	}
	return f.skip + 8
}

func isText(k types.Kind) bool {
	return k == types.String || k == types.Char || k == types.Varchar || k == types.Binary
}

// planWord packs as many keys into a word as fit. From key rest on the word does not decide: rows with equal words
// have to be compared by those.
func planWord(t *Task, rows *mem.Rows, keys []sortKey) (fields []sortField, rest int) {
	left := uint(64)
	for i, k := range keys {
		f := sortField{key: k}
		f.key.kind = rows.Types()[k.col].Kind()
		f.skip = commonPrefix(rows, k.col)
		f.low, f.high, f.nulls, f.exact = keySpan(t, rows, k.col, f.skip)
		f.bits = uint(bits.Len64(f.high - f.low))
		flag := uint(0)
		if f.nulls {
			flag = 1
		}
		if need := f.bits + flag; need > left {
			if left < 8 {
				return fields, i
			}
			f.exact = false
			f.drop = need - left
			f.bits -= f.drop
		}
		left -= f.bits + flag
		f.shift = left
		fields = append(fields, f)
		if !f.exact {
			return fields, i
		}
	}
	return fields, len(keys)
}

// keySpan is the range of a column's order-preserving words; exact when equal words are equal values.
func keySpan(t *Task, rows *mem.Rows, col, skip int) (lo, hi uint64, nulls, exact bool) {
	var buf [mem.ChunkRows]uint64
	first := true
	exact = true
	for _, c := range rows.Chunks() {
		if t.Err() != nil {
			break // whoever sorts sees it
		}
		v := c.Cols[col]
		if !orderWords(v, nil, c.N, buf[:], skip) {
			exact = false
		}
		nulls = nulls || v.Valid != nil || v.Type.Kind() == types.Null
		for i, w := range buf[:c.N] {
			if v.Valid != nil && !vec.Bit(v.Valid, i) {
				continue
			}
			if first {
				lo, hi, first = w, w, false
			}
			lo, hi = min(lo, w), max(hi, w)
		}
	}
	return lo, hi, nulls, exact
}

// add puts the field of the rows of a chunk into their words.
func (f *sortField) add(c *mem.Chunk, words, buf []uint64) {
	v := c.Cols[f.key.col]
	orderWords(v, nil, c.N, buf, f.skip)
	if !f.nulls {
		if f.key.desc {
			for i, w := range buf[:c.N] {
				words[i] |= (f.high - w) >> f.drop << f.shift
			}
			return
		}
		for i, w := range buf[:c.N] {
			words[i] |= (w - f.low) >> f.drop << f.shift
		}
		return
	}
	nullWord, valueFlag := uint64(0), uint64(1)
	if !f.key.nullsFirst {
		nullWord, valueFlag = 1, 0
	}
	for i, w := range buf[:c.N] {
		if v.IsNull(i) {
			words[i] |= nullWord << f.bits << f.shift
			continue
		}
		x := w - f.low
		if f.key.desc {
			x = f.high - w
		}
		words[i] |= (x>>f.drop | valueFlag<<f.bits) << f.shift
	}
}

// orderWords gives words whose unsigned order is the order of the values of a column in any form, by row; NULL rows hold
// anything. Of strings it takes the bytes after the first skip. It tells whether equal words are equal values.
func orderWords(v *vec.Vec, sel []int32, n int, out []uint64, skip int) (exact bool) {
	src := v
	if v.Form == vec.Coded {
		src = v.Dict.Vals
	}
	const sign = 1 << 63
	switch v.Type.Kind() {
	case types.Boolean:
		eachValue(vec.Values[uint8](src), v, sel, n, out, func(x uint8) uint64 { return uint64(x) })
	case types.TinyInt:
		eachValue(vec.Values[int8](src), v, sel, n, out, func(x int8) uint64 { return uint64(int64(x)) ^ sign })
	case types.SmallInt:
		eachValue(vec.Values[int16](src), v, sel, n, out, func(x int16) uint64 { return uint64(int64(x)) ^ sign })
	case types.Int, types.Date, types.YearMonthInterval:
		eachValue(vec.Values[int32](src), v, sel, n, out, func(x int32) uint64 { return uint64(int64(x)) ^ sign })
	case types.BigInt, types.Timestamp, types.TimestampNTZ, types.DayTimeInterval:
		eachValue(vec.Values[int64](src), v, sel, n, out, func(x int64) uint64 { return uint64(x) ^ sign })
	case types.Float:
		eachValue(vec.Values[float32](src), v, sel, n, out, func(x float32) uint64 { return floatWord(float64(x)) })
	case types.Double:
		eachValue(vec.Values[float64](src), v, sel, n, out, floatWord)
	case types.Decimal:
		if v.Type.Width() == 8 {
			eachValue(vec.Values[int64](src), v, sel, n, out, func(x int64) uint64 { return uint64(x) ^ sign })
			return true
		}
		eachValue(vec.Values[types.Int128](src), v, sel, n, out, wideWord)
		return false
	case types.String, types.Char, types.Varchar, types.Binary:
		if v.Type.Collation() != "" {
			clear(out[:n])
			return false
		}
		stringWords(src, v, sel, n, out, skip)
		return false
	default:
		clear(out[:n])
		return v.Type.Kind() == types.Null
	}
	return true
}

// floatWord keeps the order of doubles: NaN is the largest, -0.0 is 0.0.
func floatWord(x float64) uint64 {
	if x != x {
		return math.MaxUint64
	}
	if x == 0 {
		x = 0
	}
	u := math.Float64bits(x)
	if u>>63 != 0 {
		return ^u
	}
	return u | 1<<63
}

// wideWord clamps a 128-bit integer to 64 bits.
func wideWord(x types.Int128) uint64 {
	if v, ok := x.Int64(); ok {
		return uint64(v) ^ 1<<63
	}
	if x.Hi < 0 {
		return 0
	}
	return math.MaxUint64
}

func eachValue[T any](src []T, v *vec.Vec, sel []int32, n int, out []uint64, f func(T) uint64) {
	if len(src) == 0 {
		return
	}
	switch {
	case v.Form == vec.Const:
		x := f(src[0])
		for i := range out[:n] {
			out[i] = x
		}
	case sel == nil && v.Form == vec.Flat:
		for i, x := range src[:n] {
			out[i] = f(x)
		}
	case sel == nil:
		for i, c := range v.Codes[:n] {
			out[i] = f(src[c])
		}
	default:
		for _, i := range sel {
			_, j := v.At(int(i))
			out[i] = f(src[j])
		}
	}
}

// stringWords takes eight bytes.
func stringWords(src, v *vec.Vec, sel []int32, n int, out []uint64, skip int) {
	rows := eachRow{sel, n}
	for k := range rows.len() {
		i := rows.at(k)
		if v.IsNull(int(i)) {
			continue
		}
		_, j := v.At(int(i))
		out[i] = stringWord(src.Bytes(j), skip)
	}
}

// stringWord is the eight bytes of b after skip, with zeros after its end.
func stringWord(b []byte, skip int) uint64 {
	if len(b) >= skip+8 {
		return binary.BigEndian.Uint64(b[skip:])
	}
	var w [8]byte
	if len(b) > skip {
		copy(w[:], b[skip:])
	}
	return binary.BigEndian.Uint64(w[:])
}

// commonPrefix is the number of bytes that all strings of a column begin with; 0 for other types.
func commonPrefix(rows *mem.Rows, col int) int {
	if t := rows.Types()[col]; !isText(t.Kind()) || t.Collation() != "" {
		return 0
	}
	var first []byte
	n := -1
	for _, c := range rows.Chunks() {
		v := c.Cols[col]
		for i := range c.N {
			if v.IsNull(i) {
				continue
			}
			b := v.Bytes(i)
			if n < 0 {
				first, n = b, len(b)
				continue
			}
			n = min(n, len(b))
			for k := range n {
				if b[k] != first[k] {
					n = k
					break
				}
			}
			if n == 0 {
				return 0
			}
		}
	}
	return max(n, 0)
}
