package render

import (
	"math/bits"
	"strconv"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// cell appends the text of row i of one column of a batch.
type cell func(dst []byte, i int) []byte

// cellStyle is how a format writes what is no plain number: NULL, and text that may hold its separators.
type cellStyle struct {
	null string
	text func(dst, text []byte) []byte // nil: as it is
}

// columns make the cells of batch after batch. One goroutine uses it: it keeps the texts of dictionaries.
type columns struct {
	hive  *Hive
	style cellStyle
	dicts []dictTexts
	cells []cell
}

// dictTexts are the texts of a dictionary's entries, made once.
type dictTexts struct {
	id   uint64
	ends []int32
	text []byte
}

// maxDictTexts is the number of entries up to which a dictionary is written out before its rows are.
const maxDictTexts = 1 << 16

// of gives the cells of a batch.
func (c *columns) of(b *vec.Batch) []cell {
	if c.cells == nil {
		c.cells, c.dicts = make([]cell, len(b.Cols)), make([]dictTexts, len(b.Cols))
	}
	for k, v := range b.Cols {
		c.cells[k] = c.column(k, v)
	}
	return c.cells
}

func (c *columns) column(k int, v *vec.Vec) cell {
	switch v.Form {
	case vec.Const:
		text := c.flat(v)(nil, 0)
		return func(dst []byte, _ int) []byte { return append(dst, text...) }
	case vec.Coded:
		return c.coded(k, v)
	}
	return c.flat(v)
}

// coded writes codes by the texts of their entries.
func (c *columns) coded(k int, v *vec.Vec) cell {
	d := &c.dicts[k]
	var entry cell
	switch n := v.Dict.Vals.Len; {
	case n > maxDictTexts:
		entry = c.flat(v.Dict.Vals)
	case d.id != v.Dict.ID || d.ends == nil:
		d.id, d.ends, d.text = v.Dict.ID, append(d.ends[:0], 0), d.text[:0]
		one := c.flat(v.Dict.Vals)
		for i := range n {
			d.text = one(d.text, i)
			d.ends = append(d.ends, int32(len(d.text)))
		}
	}
	codes, valid, null := v.Codes, v.Valid, c.style.null
	text, ends := d.text, d.ends
	return func(dst []byte, i int) []byte {
		if valid != nil && !vec.Bit(valid, i) {
			return append(dst, null...)
		}
		code := codes[i]
		if entry != nil {
			return entry(dst, int(code))
		}
		return append(dst, text[ends[code]:ends[code+1]]...)
	}
}

// flat writes a Flat column, or the one value of a Const.
func (c *columns) flat(v *vec.Vec) cell {
	value := c.value(v)
	valid, null := v.Valid, c.style.null
	switch {
	case v.Type.Kind() == types.Null:
		return func(dst []byte, _ int) []byte { return append(dst, null...) }
	case valid == nil:
		return value
	}
	return func(dst []byte, i int) []byte {
		if !vec.Bit(valid, i) {
			return append(dst, null...)
		}
		return value(dst, i)
	}
}

// value writes the values that are not NULL.
func (c *columns) value(v *vec.Vec) cell {
	switch v.Type.Kind() {
	case types.Int:
		xs := vec.Values[int32](v)
		return func(dst []byte, i int) []byte { return strconv.AppendInt(dst, int64(xs[i]), 10) }
	case types.BigInt:
		xs := vec.Values[int64](v)
		return func(dst []byte, i int) []byte { return strconv.AppendInt(dst, xs[i], 10) }
	case types.Decimal:
		if v.Type.Precision() <= 18 {
			xs, scale := vec.Values[int64](v), v.Type.Scale()
			return func(dst []byte, i int) []byte { return appendScaled(dst, xs[i], scale) }
		}
	case types.Date:
		return dates(vec.Values[int32](v))
	case types.String, types.Char, types.Varchar:
		if text := c.style.text; text != nil {
			return func(dst []byte, i int) []byte { return text(dst, v.Bytes(i)) }
		}
		return func(dst []byte, i int) []byte { return append(dst, v.Bytes(i)...) }
	}
	return c.other(v)
}

// other writes what needs no loop of its own; only text, binary and nested values can hold separators.
func (c *columns) other(v *vec.Vec) cell {
	h, text := c.hive, c.style.text
	switch v.Type.Kind() {
	case types.Binary, types.Array, types.Map, types.Struct, types.Variant, types.CalendarInterval:
		if text == nil {
			break
		}
		var buf []byte
		return func(dst []byte, i int) []byte {
			buf = h.value(buf[:0], v, i, false)
			return text(dst, buf)
		}
	}
	return func(dst []byte, i int) []byte { return h.value(dst, v, i, false) }
}

// dates writes days; the same day after itself is not worked out again.
func dates(days []int32) cell {
	last, text := int32(-1<<31), make([]byte, 0, 16)
	return func(dst []byte, i int) []byte {
		if d := days[i]; d != last || len(text) == 0 {
			last, text = d, types.AppendDate(text[:0], int64(d))
		}
		return append(dst, text...)
	}
}

// digitPairs are 00 to 99.
const digitPairs = "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899"

// appendScaled writes a decimal of up to 18 digits.
func appendScaled(dst []byte, x int64, scale int) []byte {
	u := uint64(x)
	if x < 0 {
		dst, u = append(dst, '-'), -u
	}
	if scale == 0 {
		return strconv.AppendUint(dst, u, 10)
	}
	pow := pow10[scale]
	whole, rest := bits.Div64(0, u, pow)
	dst = append(strconv.AppendUint(dst, whole, 10), '.')
	if scale == 2 {
		return append(dst, digitPairs[2*rest:2*rest+2]...)
	}
	at := len(dst)
	for range scale {
		dst = append(dst, '0')
	}
	for k := at + scale - 1; rest > 0; k-- {
		dst[k] = byte('0' + rest%10)
		rest /= 10
	}
	return dst
}

var pow10 = [19]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}
