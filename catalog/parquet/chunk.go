package parquet

import (
	"encoding/binary"
	"io"

	"github.com/parquet-go/parquet-go/format"

	"sparksql/exec/vec"
)

// span is where one data page lies and which rows it holds. Without an offset index the rows of repeated columns are
// not known before the page is read: first and end then count values.
type span struct {
	off        int64
	size       int64
	first, end int64
}

// chunk reads the pages of one column in one row group. It is used by one goroutine.
type chunk struct {
	file  *File
	src   io.ReaderAt
	group int
	leaf  *Node
	meta  *format.ColumnMetaData
	conv  *conv
	codec *codecs
	dicts *dictCache
	stats counter

	indexed bool
	spans   []span // all of them when indexed, else those found so far
	next    int64  // not indexed: where the next header lies
	end     int64  // where the chunk ends
	seen    int64  // not indexed: values found so far
	dictOff int64  // 0: none known
	dict    *vec.Dict
	large   bool // the dictionary has more entries than a batch has rows

	in  []byte // compressed bytes
	out []byte // decompressed bytes
	ofs int    // how far into out the values of the last page began, to align those of the next
	dec decoder
}

// counter takes what a reader did.
type counter struct{ pages, bytes *int64 }

// open makes c read the chunk of row group g.
func (c *chunk) open(f *File, src io.ReaderAt, g int, leaf *Node, idx *format.OffsetIndex) {
	m := &f.Meta.RowGroups[g].Columns[leaf.Leaf].MetaData
	c.file, c.src, c.group, c.leaf, c.meta = f, src, g, leaf, m
	c.spans, c.seen, c.dictOff, c.dict = c.spans[:0], 0, 0, nil
	c.dec = decoder{phys: leaf.Phys, width: newDecoder(leaf).width, own: c.dec.own, views: c.dec.views}
	c.next = chunkStart(m)
	c.end = min(f.Size-8, c.next+m.TotalCompressedSize)
	c.indexed = idx != nil
	if !c.indexed {
		return
	}
	rows := f.Meta.RowGroups[g].NumRows
	locs := idx.PageLocations
	for i := range locs {
		end := rows
		if i+1 < len(locs) {
			end = locs[i+1].FirstRowIndex
		}
		c.spans = append(c.spans, span{locs[i].Offset, int64(locs[i].CompressedPageSize), locs[i].FirstRowIndex, end})
	}
	if len(c.spans) > 0 && c.spans[0].off > c.next {
		c.dictOff = c.next
	}
}

// held is the memory of the buffers.
func (c *chunk) held() int64 {
	return int64(cap(c.in) + cap(c.out) + cap(c.dec.own) + 16*cap(c.dec.views))
}

// usable tells whether an offset index can be relied on.
func usable(idx *format.OffsetIndex, rows, size int64) bool {
	locs := idx.PageLocations
	if len(locs) == 0 || locs[0].FirstRowIndex != 0 {
		return false
	}
	for i := range locs {
		l := &locs[i]
		if l.Offset < 4 || l.CompressedPageSize <= 0 || l.Offset+int64(l.CompressedPageSize) > size || l.FirstRowIndex >= rows && rows > 0 {
			return false
		}
		if i > 0 && l.FirstRowIndex <= locs[i-1].FirstRowIndex {
			return false
		}
	}
	return true
}

// find gives the page that holds row (or value), finding page headers as needed; ok is false behind the last one.
func (c *chunk) find(row int64) (i int, ok bool, err error) {
	for {
		n := len(c.spans)
		if n > 0 && row < c.spans[n-1].end {
			lo, hi := 0, n
			for lo < hi {
				if m := (lo + hi) / 2; c.spans[m].end <= row {
					lo = m + 1
				} else {
					hi = m
				}
			}
			return lo, true, nil
		}
		if c.indexed {
			return 0, false, nil
		}
		more, err := c.discover()
		if err != nil || !more {
			return 0, false, err
		}
	}
}

// discover reads the next page header of a chunk without an index.
func (c *chunk) discover() (more bool, err error) {
	for c.seen < c.meta.NumValues {
		if c.next >= c.end && c.next >= c.file.Size-8 {
			return false, corruptf("the column chunk ends before its last page")
		}
		h, size, err := c.header(c.next)
		if err != nil {
			return false, err
		}
		total := int64(size + h.comp)
		at := c.next
		c.next += total
		switch {
		case h.typ == format.DictionaryPage:
			if c.dictOff == 0 {
				c.dictOff = at
			}
		case h.typ == format.DataPage || h.typ == format.DataPageV2:
			if h.n == 0 {
				continue
			}
			c.spans = append(c.spans, span{at, total, c.seen, c.seen + int64(h.n)})
			c.seen += int64(h.n)
			return true, nil
		}
	}
	return false, nil
}

// header reads a page header at off, of a length not known beforehand.
func (c *chunk) header(off int64) (h header, size int, err error) {
	var small [512]byte
	buf := small[:]
	for {
		n := min(int64(len(buf)), c.file.Size-off)
		if n <= 0 {
			return h, 0, corruptf("a page lies outside of the file")
		}
		if _, err := c.src.ReadAt(buf[:n], off); err != nil {
			return h, 0, err
		}
		var ok bool
		if h, size, ok = parseHeader(buf[:n]); ok {
			if err = h.check(); err == nil && int64(size+h.comp) > c.file.Size-off {
				err = corruptf("a page goes beyond the end of the file")
			}
			return h, size, err
		}
		if n < int64(len(buf)) || len(buf) >= 1<<24 {
			return h, 0, corruptf("a page header is broken")
		}
		buf = make([]byte, len(buf)*16)
	}
}

// body reads the page at s and gives its header and the bytes behind it.
func (c *chunk) body(s span) (h header, body []byte, err error) {
	if s.off < 0 || s.size <= 0 || s.size > maxPageBytes || s.off > c.file.Size-s.size {
		return h, nil, corruptf("a page lies outside of the file")
	}
	c.in = grow(c.in, int(s.size))
	if _, err := c.src.ReadAt(c.in, s.off); err != nil {
		return h, nil, err
	}
	*c.stats.pages++
	*c.stats.bytes += s.size
	h, size, ok := parseHeader(c.in)
	if !ok {
		return h, nil, corruptf("a page header is broken")
	}
	if err := h.check(); err != nil {
		return h, nil, err
	}
	if h.comp > len(c.in)-size {
		return h, nil, corruptf("a page is longer than the index says")
	}
	return h, c.in[size : size+h.comp], nil
}

// levels are a page's repetition and definition levels, encoded, and the bytes of its values.
type levels struct{ rep, def, values []byte }

// unpackPage decompresses a data page and finds its parts.
func (c *chunk) unpackPage(h *header, body []byte) (l levels, err error) {
	if h.v2 {
		return c.unpackV2(h, body)
	}
	if !plausible(c.meta.Codec, len(body), h.unc) {
		return l, corruptf("a page of %d bytes cannot hold %d", len(body), h.unc)
	}
	raw := body
	if c.meta.Codec != format.Uncompressed {
		c.out = grow(c.out, h.unc+8)
		shift := -c.ofs & 7
		if raw, err = c.codec.decode(c.meta.Codec, c.out[shift:shift+h.unc], body); err != nil {
			return l, err
		}
	}
	rest := raw
	part := func(max int, enc format.Encoding) ([]byte, error) {
		if max == 0 {
			return nil, nil
		}
		if enc != format.RLE {
			return nil, corruptf("levels of the encoding %s are not supported", enc)
		}
		if len(rest) < 4 {
			return nil, corruptf("a page is too short for its levels")
		}
		n := int(binary.LittleEndian.Uint32(rest))
		if n > len(rest)-4 {
			return nil, corruptf("a page's levels are longer than the page")
		}
		out := rest[4 : 4+n : 4+n]
		rest = rest[4+n:]
		return out, nil
	}
	if l.rep, err = part(c.leaf.RepLvl, h.repEnc); err != nil {
		return l, err
	}
	if l.def, err = part(c.leaf.Def, h.defEnc); err != nil {
		return l, err
	}
	l.values, c.ofs = rest, len(raw)-len(rest)
	return l, nil
}

func (c *chunk) unpackV2(h *header, body []byte) (l levels, err error) {
	skip := h.repLen + h.defLen
	if skip > len(body) {
		return l, corruptf("a page's levels are longer than the page")
	}
	if c.leaf.RepLvl > 0 {
		l.rep = body[:h.repLen]
	}
	if c.leaf.Def > 0 {
		l.def = body[h.repLen:skip]
	}
	l.values = body[skip:]
	if h.uncompressed || c.meta.Codec == format.Uncompressed || h.unc == skip {
		return l, nil
	}
	if len(l.values) == 0 {
		return l, nil // every value is NULL
	}
	if !plausible(c.meta.Codec, len(l.values), h.unc-skip) {
		return l, corruptf("a page of %d bytes cannot hold %d", len(body), h.unc)
	}
	c.out = grow(c.out, h.unc-skip)
	l.values, err = c.codec.decode(c.meta.Codec, c.out, l.values)
	return l, err
}

// dictionary reads the chunk's dictionary page, once for all readers of the scan.
func (c *chunk) dictionary() error {
	if c.dict != nil {
		return nil
	}
	if c.dictOff == 0 {
		return corruptf("a page refers to a dictionary that is not there")
	}
	d, err := c.dicts.get(c.file, c.group, c.leaf.Leaf, c.readDictionary)
	c.dict = d
	if err == nil {
		c.large = d.Vals.Len > vec.BatchRows
	}
	return err
}

func (c *chunk) readDictionary() (*vec.Dict, error) {
	h, size, err := c.header(c.dictOff)
	if err != nil {
		return nil, err
	}
	if h.typ != format.DictionaryPage || h.enc != format.Plain && h.enc != format.PlainDictionary {
		return nil, corruptf("the dictionary page is broken")
	}
	body := make([]byte, h.comp, h.comp+pad)
	if _, err := c.src.ReadAt(body, c.dictOff+int64(size)); err != nil {
		return nil, err
	}
	*c.stats.bytes += int64(h.comp)
	if !plausible(c.meta.Codec, len(body), h.unc) {
		return nil, corruptf("a page of %d bytes cannot hold %d", len(body), h.unc)
	}
	raw := body
	if c.meta.Codec != format.Uncompressed {
		raw = vec.AlignedBytes(h.unc + pad)[:h.unc]
		if raw, err = c.codec.decode(c.meta.Codec, raw, body); err != nil {
			return nil, err
		}
	}
	dec := newDecoder(c.leaf)
	if err := dec.values(format.Plain, raw, h.n); err != nil {
		return nil, err
	}
	vals := &vec.Vec{}
	if _, err := c.conv.column(vals, &dec, h.n, nil); err != nil {
		return nil, err
	}
	if h.n == 0 { // codes of NULL rows point somewhere
		vals = vec.New(c.conv.typ, 1)
	}
	return vec.NewDict(vals), nil
}

// codes reads n dictionary codes from src, checked to lie in the dictionary.
func (c *chunk) codes(dst []int32, src []byte) error {
	if len(dst) == 0 {
		return nil
	}
	if err := c.dictionary(); err != nil {
		return err
	}
	if len(src) == 0 || src[0] > 32 {
		return corruptf("a page's dictionary codes are broken")
	}
	if err := decodeCodes(dst, src[1:], uint(src[0])); err != nil {
		return err
	}
	most := uint32(0)
	for _, x := range dst {
		most = max(most, uint32(x))
	}
	if most >= uint32(c.dict.Vals.Len) {
		return corruptf("a page refers to entry %d of a dictionary of %d", most, c.dict.Vals.Len)
	}
	return nil
}
