package parquet

import (
	"encoding/binary"
	"math/bits"

	"github.com/parquet-go/bitpack"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// pack appends vals bit-packed, as one run, the last group filled with zeros.
func pack(dst []byte, vals []int32, width uint) []byte {
	if len(vals) == 0 {
		return dst
	}
	groups := (len(vals) + 7) / 8
	dst = binary.AppendUvarint(dst, uint64(groups)<<1|1)
	n := groups * int(width)
	at := len(dst)
	dst = append(dst, make([]byte, n+32)...)
	whole := len(vals) &^ 7
	if whole > 0 {
		bitpack.Pack(dst[at:], vals[:whole], width)
	}
	if whole < len(vals) {
		var last [8]int32
		copy(last[:], vals[whole:])
		bitpack.Pack(dst[at+whole*int(width)/8:], last[:], width)
	}
	return dst[:at+n]
}

// pageSink is what the leaves of a file share: the codec and scratch.
type pageSink struct {
	enc  *encoders
	raw  []byte
	tmp  []int32
	idx  [1024]int32
	live [1024]int32
	err  error
}

// chunkWriter holds the finished pages of a column chunk.
type chunkWriter struct {
	pages  []pageInfo
	size   int64 // of the pages, headers included
	values int64
	nulls  int64
	unc    int64
	bounds bounds
	plain  bool // some page is PLAIN
	coded  bool // some page has dictionary codes
}

type pageInfo struct {
	data  []byte // header and compressed page
	rows  int
	nulls int64
	empty bool // only NULLs
	known bool
	lo    []byte
	hi    []byte
}

func (c *chunkWriter) reset() {
	c.pages = nil
	c.size, c.values, c.nulls, c.unc, c.plain, c.coded = 0, 0, 0, 0, false, false
	c.bounds.reset()
}

// encoded is the size of the leaf's chunk in the file, roughly.
func (w *leafWriter) encoded() int64 {
	n := w.chunk.size + int64(len(w.values)+2*len(w.codes))
	if w.dict != nil {
		n += int64(w.dict.bytes)
	}
	return n
}

// memory is what the leaf holds for its chunk, in bytes.
func (w *leafWriter) memory() int64 {
	n := w.chunk.size + w.dict.memory() + w.kept.memory()
	return n + int64(cap(w.values)+4*cap(w.codes)+cap(w.reps)+cap(w.defs)+cap(w.usedAll)) + w.remapped
}

// flush finishes the page at hand.
func (w *leafWriter) flush() error {
	if w.count == 0 {
		return nil
	}
	coded := w.dict != nil
	if coded && len(w.chunk.pages) == 0 && !w.worth() || coded && w.dict.bytes > 4*dictBytes && len(w.chunk.pages) == 0 {
		w.undo()
		coded = false
	}
	if coded && !w.isFixed() {
		w.codedBounds()
	}
	raw := w.file.raw[:0]
	if w.rep > 0 {
		raw = w.levels(raw, w.reps, w.rep)
	}
	if w.def > 0 {
		raw = w.levels(raw, w.defs, w.def)
	}
	enc := format.Plain
	if coded {
		enc = format.PlainDictionary
		width := uint(max(1, bits.Len(uint(w.dict.len()-1))))
		if w.dict.len() <= 1 {
			width = 1
		}
		raw = append(raw, byte(width))
		raw = hybrid(raw, w.codes, width)
	} else {
		raw = append(raw, w.values...)
	}
	w.file.raw = raw
	if err := w.emit(raw, enc); err != nil {
		return err
	}
	if coded && w.dict.bytes > dictBytes {
		// Pages from here on are plain; the dictionary stays for those before.
		w.kept, w.dict = w.dict, nil
		w.kept.table = nil
		w.forgetCodes()
	}
	w.clearPage()
	return nil
}

func (w *leafWriter) clearPage() {
	w.rows, w.count, w.nulls, w.bools = 0, 0, 0, 0
	w.reps, w.defs, w.codes, w.values = w.reps[:0], w.defs[:0], w.codes[:0], w.values[:0]
	w.bounds.reset()
}

// worth tells whether the first page is smaller with its dictionary than without.
func (w *leafWriter) worth() bool {
	width := max(1, bits.Len(uint(max(0, w.dict.len()-1))))
	plain := len(w.codes) * w.size
	if w.phys == format.ByteArray {
		plain = 0
		for _, c := range w.codes {
			plain += 4 + len(w.dict.at(int(c)))
		}
	}
	return len(w.codes)*width/8+w.dict.bytes < plain || len(w.codes) == 0
}

// undo turns the codes of the page at hand into plain values and gives the dictionary up.
func (w *leafWriter) undo() {
	for _, c := range w.codes {
		if w.isFixed() {
			w.values = w.plainFixed(w.values, []int64{int64(w.dict.fixeds[c])})
		} else {
			b := w.dict.at(int(c))
			w.bounds.bytes(b)
			w.values = w.plainBytes(w.values, b)
		}
	}
	w.codes, w.dict = w.codes[:0], nil
	w.forgetCodes()
}

// forgetCodes drops what is known of the codes of input columns.
func (w *leafWriter) forgetCodes() {
	clear(w.remap)
	w.remapped = 0
}

// codedBounds finds the bounds of a page of codes, comparing each entry in use once.
func (w *leafWriter) codedBounds() {
	used := w.usedAll
	if len(used) < w.dict.len() {
		used = make([]bool, w.dict.len()*2)
	}
	w.usedAll = used
	for _, c := range w.codes {
		if !used[c] {
			used[c] = true
			w.bounds.bytes(w.dict.at(int(c)))
		}
	}
	for _, c := range w.codes {
		used[c] = false
	}
}

// levels appends levels with their length before them, as pages of version 1 have them.
func (w *leafWriter) levels(dst []byte, lv []uint8, most int) []byte {
	at := len(dst)
	dst = append(dst, 0, 0, 0, 0)
	width := uint(bits.Len(uint(most)))
	if len(lv) == 0 {
		dst = binary.AppendUvarint(dst, uint64(w.count)<<1)
		dst = append(dst, byte(most))
	} else {
		tmp := resize(w.file.tmp, len(lv))
		for i, x := range lv {
			tmp[i] = int32(x)
		}
		w.file.tmp = tmp
		dst = hybrid(dst, tmp, width)
	}
	binary.LittleEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
	return dst
}

// emit compresses a page and adds it to the chunk.
func (w *leafWriter) emit(raw []byte, enc format.Encoding) error {
	body, err := w.file.enc.compress(raw)
	if err != nil {
		return err
	}
	c := &w.chunk
	h := format.PageHeader{Type: format.DataPage, UncompressedPageSize: int32(len(raw)), CompressedPageSize: int32(len(body))}
	h.DataPageHeader = some(format.DataPageHeader{NumValues: int32(w.count), Encoding: enc, DefinitionLevelEncoding: format.RLE,
		RepetitionLevelEncoding: format.RLE, Statistics: format.Statistics{NullCount: int64(w.nulls)}})
	head, err := thrift.Marshal(new(thrift.CompactProtocol), &h)
	if err != nil {
		return err
	}
	page := append(append(make([]byte, 0, len(head)+len(body)), head...), body...)
	info := pageInfo{data: page, rows: w.rows, nulls: int64(w.nulls), empty: w.nulls == w.count}
	info.lo, info.hi = w.bounds.short()
	info.known = info.lo != nil || info.empty
	c.pages = append(c.pages, info)
	c.size += int64(len(page))
	c.values += int64(w.count)
	c.nulls += int64(w.nulls)
	c.unc += int64(len(head) + len(raw))
	c.bounds.merge(&w.bounds)
	if enc == format.Plain {
		c.plain = true
	} else {
		c.coded = true
	}
	return nil
}

// dictionary encodes the chunk's dictionary page; nil when no page uses one.
func (w *leafWriter) dictionary(d *dictWriter) (page []byte, unc int, err error) {
	if d == nil || !w.chunk.coded {
		return nil, 0, nil
	}
	raw := w.file.raw[:0]
	if d.fixed {
		for _, x := range d.fixeds {
			raw = w.plainFixed(raw, []int64{int64(x)})
		}
	} else {
		for c := range d.ends {
			raw = w.plainBytes(raw, d.at(c))
		}
	}
	w.file.raw = raw
	body, err := w.file.enc.compress(raw)
	if err != nil {
		return nil, 0, err
	}
	h := format.PageHeader{Type: format.DictionaryPage, UncompressedPageSize: int32(len(raw)), CompressedPageSize: int32(len(body))}
	h.DictionaryPageHeader = some(format.DictionaryPageHeader{NumValues: int32(d.len()), Encoding: format.PlainDictionary})
	head, err := thrift.Marshal(new(thrift.CompactProtocol), &h)
	if err != nil {
		return nil, 0, err
	}
	return append(head, body...), len(head) + len(raw), nil
}
