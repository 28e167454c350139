package parquet

import (
	"github.com/parquet-go/parquet-go/format"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// flat reads a column that is neither nested nor repeated: a page at a time, of which batches are slices.
type flat struct {
	chunk
	page int // index of the decoded page, -1: none
	span span

	valid  []uint64 // of the page; nil: no NULLs
	bitmap []uint64
	codes  []int32 // of the page, when coded
	coded  bool
	vals   vec.Vec // of the page, when not coded
	conved []byte
	spread []byte // values moved to their rows
	views  []vec.View
	dense  []int32

	out   vec.Vec
	words []uint64
}

// held is the memory of the buffers.
func (c *flat) held() int64 {
	return c.chunk.held() + c.vals.Size() + c.out.Size() + int64(8*cap(c.bitmap)+4*cap(c.codes)+cap(c.conved)+cap(c.spread)+
		16*cap(c.views)+4*cap(c.dense)+8*cap(c.words))
}

// start forgets the page when the chunk changes.
func (c *flat) start() { c.page = -1 }

// until is the row where the page that holds row ends.
func (c *flat) until(row int64) (int64, error) {
	i, ok, err := c.find(row)
	if err != nil {
		return 0, err
	}
	if !ok {
		return 0, corruptf("column %s ends before row %d", c.leaf.Name, row)
	}
	return c.spans[i].end, nil
}

// take gives the rows row to row+n-1, which lie in one page. The column is lent until the next call.
func (c *flat) take(row int64, n int) (*vec.Vec, error) {
	if c.page < 0 || row < c.span.first || row >= c.span.end {
		i, ok, err := c.find(row)
		if err == nil && !ok {
			err = corruptf("column %s ends before row %d", c.leaf.Name, row)
		}
		if err == nil {
			err = c.load(i)
		}
		if err != nil {
			c.page = -1
			return nil, err
		}
	}
	at := int(row - c.span.first)
	o := &c.out
	*o = vec.Vec{Type: c.conv.typ, Len: n}
	if c.valid != nil {
		o.Valid, c.words = sliceBits(c.valid, at, n, c.words)
	}
	switch w := c.conv.typ.Width(); {
	case c.coded:
		o.Form, o.Codes, o.Dict = vec.Coded, c.codes[at:at+n], c.dict
	case w > 0:
		o.Fixed = c.vals.Fixed[at*w : (at+n)*w]
	default:
		o.Views, o.Bufs = c.vals.Views[at:at+n], c.vals.Bufs
	}
	return o, nil
}

// load decodes page i.
func (c *flat) load(i int) error {
	s := c.spans[i]
	h, body, err := c.body(s)
	if err != nil {
		return err
	}
	rows := int(s.end - s.first)
	if h.n != rows {
		return corruptf("a page of column %s has %d rows, not %d", c.leaf.Name, h.n, rows)
	}
	l, err := c.unpackPage(&h, body)
	if err != nil {
		return err
	}
	present := rows
	c.valid = nil
	if c.leaf.Def > 0 {
		if c.bitmap, present, err = decodePresence(c.bitmap, l.def, rows); err != nil {
			return err
		}
		if present < rows {
			c.valid = c.bitmap
		}
	}
	c.coded = h.enc == format.PlainDictionary || h.enc == format.RLEDictionary
	if c.coded && present == 0 && c.dictOff == 0 {
		c.coded, h.enc = false, format.Plain
	}
	if c.coded {
		err = c.loadCodes(l.values, rows, present)
	} else {
		err = c.loadValues(h.enc, l.values, rows, present)
	}
	c.page, c.span = i, s
	return err
}

func (c *flat) loadCodes(src []byte, rows, present int) error {
	c.codes = resize(c.codes, rows)
	if present == rows {
		if err := c.chunk.codes(c.codes, src); err != nil {
			return err
		}
	} else {
		if err := c.dictionary(); err != nil {
			return err
		}
		c.dense = resize(c.dense, present)
		if err := c.chunk.codes(c.dense, src); err != nil {
			return err
		}
		spread(c.codes, c.dense, c.valid)
	}
	if w := c.conv.typ.Width(); c.large && w > 0 {
		c.materialise(rows, w)
	}
	return nil
}

// materialise looks up the values of codes into a dictionary too large to be worth keeping.
func (c *flat) materialise(rows, w int) {
	c.coded = false
	c.spread = grow(c.spread, rows*w)
	c.vals = vec.Vec{Type: c.conv.typ, Len: rows, Fixed: c.spread}
	d := c.dict.Vals
	switch w {
	case 1:
		look(asInts[int8](c.spread), asInts[int8](d.Fixed), c.codes)
	case 2:
		look(asInts[int16](c.spread), asInts[int16](d.Fixed), c.codes)
	case 4:
		look(asInts[int32](c.spread), asInts[int32](d.Fixed), c.codes)
	case 8:
		look(asInts[int64](c.spread), asInts[int64](d.Fixed), c.codes)
	case 16:
		look(vec.Values[types.Int128](&c.vals), vec.Values[types.Int128](d), c.codes)
	}
}

func look[T any](dst, vals []T, codes []int32) {
	dst = dst[:len(codes)]
	for i, k := range codes {
		dst[i] = vals[k]
	}
}

func (c *flat) loadValues(enc format.Encoding, src []byte, rows, present int) (err error) {
	if err := c.dec.values(enc, src, present); err != nil {
		return err
	}
	if c.conved, err = c.conv.column(&c.vals, &c.dec, present, c.conved); err != nil {
		return err
	}
	if present == rows {
		return nil
	}
	c.vals.Len = rows
	w := c.conv.typ.Width()
	if w == 0 {
		c.views = resize(c.views, rows)
		spread(c.views, c.vals.Views, c.valid)
		c.vals.Views = c.views
		return nil
	}
	c.spread = grow(c.spread, rows*w)
	dense := c.vals.Fixed
	c.vals.Fixed = c.spread
	switch w {
	case 1:
		spread(asInts[int8](c.spread), asInts[int8](dense), c.valid)
	case 2:
		spread(asInts[int16](c.spread), asInts[int16](dense), c.valid)
	case 4:
		spread(asInts[int32](c.spread), asInts[int32](dense), c.valid)
	case 8:
		spread(asInts[int64](c.spread), asInts[int64](dense), c.valid)
	case 16:
		spread(vec.Values[types.Int128](&c.vals), vec.Values[types.Int128](&vec.Vec{Fixed: dense}), c.valid)
	}
	return nil
}

// spread moves dense values to the rows that are valid; the others get zero values.
func spread[T any](dst, dense []T, valid []uint64) {
	var zero T
	k := 0
	for i := range dst {
		if valid[i>>6]&(1<<(i&63)) != 0 {
			dst[i] = dense[k]
			k++
		} else {
			dst[i] = zero
		}
	}
}
