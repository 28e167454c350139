package parquet

import (
	"encoding/binary"
	"math"

	"github.com/parquet-go/parquet-go/format"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

const (
	pageRows   = 20_000  // as parquet-mr closes pages
	pageBytes  = 1 << 20 // of values
	dictBytes  = 1 << 20 // a larger dictionary is given up
	statsBytes = 64      // longest minimum and maximum in a column index
)

// leafWriter encodes the values of one leaf into pages.
type leafWriter struct {
	typ    types.Type
	phys   format.Type
	size   int // bytes of an encoded fixed value
	def    int // levels of a value that is there
	rep    int
	path   []string
	millis bool

	// The page at hand.
	rows   int
	count  int     // entries, NULLs included
	reps   []uint8 // only when rep > 0
	defs   []uint8 // empty while every entry has the level def
	nulls  int
	codes  []int32 // dictionary codes, while there is a dictionary
	values []byte  // PLAIN values otherwise
	bools  int     // booleans in values
	bits   []int64 // scratch: fixed values of a batch
	bounds bounds
	one    [1]int32

	dict    *dictWriter // nil: given up, or of no use
	kept    *dictWriter // the dictionary of earlier pages, when it was given up
	usedAll []bool
	chunk   chunkWriter
	file    *pageSink
	// remap are the codes of the entries of input columns' dictionaries, remapped its size in bytes.
	remap    map[uint64][]int32
	remapped int64
}

func newLeafWriter(t types.Type, e *format.SchemaElement, def, rep int, path []string) *leafWriter {
	w := &leafWriter{typ: t, phys: e.Type.V, def: def, rep: rep, path: path}
	w.size = map[format.Type]int{format.Int32: 4, format.Float: 4, format.Int64: 8, format.Double: 8, format.Int96: 12,
		format.FixedLenByteArray: int(e.TypeLength.V)}[w.phys]
	if ts, ok := e.LogicalType.Value.(*format.TimestampType); ok {
		_, w.millis = ts.Unit.Value.(*format.MilliSeconds)
	}
	w.bounds.leaf = w
	w.chunk.bounds.leaf = w
	w.start()
	return w
}

// start begins a column chunk.
func (w *leafWriter) start() {
	w.chunk.reset()
	w.dict, w.kept = nil, nil
	if w.phys != format.Boolean {
		w.dict = &dictWriter{fixed: w.isFixed()}
	}
	w.forgetCodes()
}

// isFixed tells whether values are handled as 64-bit numbers; else as bytes.
func (w *leafWriter) isFixed() bool {
	return w.phys != format.ByteArray && w.phys != format.FixedLenByteArray
}

// flat appends the rows sel (nil: 0..n-1) of a column that is not nested.
func (w *leafWriter) flat(v *vec.Vec, sel []int32, n int) error {
	rows := n
	if sel != nil {
		rows = len(sel)
	}
	for at := 0; at < rows; {
		k := min(rows-at, pageRows-w.rows, 1024)
		var part []int32
		if sel != nil {
			part = sel[at : at+k]
		} else {
			part = w.rowsFrom(at, k)
		}
		present := w.present(v, part)
		w.rows += k
		w.count += k
		w.append(v, present)
		if at += k; w.full() {
			if err := w.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *leafWriter) full() bool {
	return w.rows >= pageRows || len(w.values) >= pageBytes || w.dict != nil && w.dict.bytes > dictBytes
}

func (w *leafWriter) rowsFrom(at, n int) []int32 {
	idx := w.file.idx[:n]
	for i := range idx {
		idx[i] = int32(at + i)
	}
	return idx
}

// present notes the levels of the rows and gives those that are not NULL.
func (w *leafWriter) present(v *vec.Vec, rows []int32) []int32 {
	if v.Type.Kind() != types.Null && v.Valid == nil && (v.Form != vec.Coded || v.Dict.Vals.Valid == nil) {
		if len(w.defs) > 0 {
			for range rows {
				w.defs = append(w.defs, uint8(w.def))
			}
		}
		return rows
	}
	out := w.file.live[:0]
	for i, r := range rows {
		if !v.IsNull(int(r)) {
			if len(w.defs) > 0 {
				w.defs = append(w.defs, uint8(w.def))
			}
			out = append(out, r)
			continue
		}
		w.fill(w.count + i)
		w.defs = append(w.defs, uint8(w.def-1))
		w.nulls++
	}
	return out
}

// fill writes out the levels of the n entries before the first that is NULL.
func (w *leafWriter) fill(n int) {
	for len(w.defs) < n {
		w.defs = append(w.defs, uint8(w.def))
	}
}

// level appends the levels of one entry of a nested column, which has a value when def is the leaf's.
func (w *leafWriter) level(rep, def int) {
	if w.rep > 0 {
		w.reps = append(w.reps, uint8(rep))
	}
	if def < w.def {
		w.fill(w.count)
		w.nulls++
	}
	if def < w.def || len(w.defs) > 0 {
		w.defs = append(w.defs, uint8(def))
	}
	w.count++
	if rep == 0 {
		w.rows++
	}
}

// append adds the values of rows, none of them NULL.
func (w *leafWriter) append(v *vec.Vec, rows []int32) {
	if len(rows) == 0 {
		return
	}
	if v.Form == vec.Coded && w.dict != nil {
		w.appendCoded(v, rows)
		return
	}
	if w.phys == format.Boolean {
		w.appendBools(v, rows)
		return
	}
	if w.isFixed() {
		w.bits = w.toBits(w.bits[:0], v, rows)
		w.bounds.fixed(w.bits)
		if w.dict != nil {
			w.codes = w.dict.addFixed(w.codes, w.bits)
			return
		}
		w.values = w.plainFixed(w.values, w.bits)
		return
	}
	var buf [16]byte
	for _, r := range rows {
		b := w.bytesOf(v, int(r), &buf)
		if w.dict != nil {
			w.codes = append(w.codes, w.dict.addBytes(b))
			continue
		}
		w.bounds.bytes(b)
		w.values = w.plainBytes(w.values, b)
	}
}

// appendCoded takes over codes of the input's dictionary, each entry looked up once.
func (w *leafWriter) appendCoded(v *vec.Vec, rows []int32) {
	m := w.remap[v.Dict.ID]
	if m == nil {
		if w.remap == nil || len(w.remap) > 8 {
			w.remap, w.remapped = map[uint64][]int32{}, 0
		}
		m = make([]int32, v.Dict.Vals.Len)
		for i := range m {
			m[i] = -1
		}
		w.remap[v.Dict.ID] = m
		w.remapped += 4 * int64(len(m))
	}
	var buf [16]byte
	for _, r := range rows {
		k := v.Codes[r]
		c := m[k]
		if c < 0 {
			if w.isFixed() {
				w.bits = w.toBits(w.bits[:0], v.Dict.Vals, []int32{k})
				c = w.dict.add(uint64(w.bits[0]))
			} else {
				c = w.dict.addBytes(w.bytesOf(v.Dict.Vals, int(k), &buf))
			}
			m[k] = c
		}
		w.codes = append(w.codes, c)
	}
	if w.isFixed() {
		w.bits = w.bits[:0]
		for _, c := range w.codes[len(w.codes)-len(rows):] {
			w.bits = append(w.bits, int64(w.dict.fixeds[c]))
		}
		w.bounds.fixed(w.bits)
	}
}

func (w *leafWriter) appendBools(v *vec.Vec, rows []int32) {
	for _, r := range rows {
		u, i := v.At(int(r))
		b := u.Fixed[i] & 1
		if w.bools&7 == 0 {
			w.values = append(w.values, 0)
		}
		w.values[len(w.values)-1] |= b << (w.bools & 7)
		w.bools++
		w.bounds.bool(b)
	}
}

// toBits gives values of fixed width as 64-bit numbers: integers signed, floating-point ones by their bits.
func (w *leafWriter) toBits(dst []int64, v *vec.Vec, rows []int32) []int64 {
	coded := v.Form == vec.Coded
	vals := v
	if coded {
		vals = v.Dict.Vals
	}
	at := func(r int32) int32 {
		switch {
		case coded:
			return v.Codes[r]
		case v.Form == vec.Const:
			return 0
		}
		return r
	}
	switch v.Type.Width() {
	case 1:
		s := asInts[int8](vals.Fixed)
		for _, r := range rows {
			dst = append(dst, int64(s[at(r)]))
		}
	case 2:
		s := asInts[int16](vals.Fixed)
		for _, r := range rows {
			dst = append(dst, int64(s[at(r)]))
		}
	case 4:
		s := asInts[int32](vals.Fixed)
		for _, r := range rows {
			dst = append(dst, int64(s[at(r)]))
		}
	case 8:
		s := asInts[int64](vals.Fixed)
		if v.Form == vec.Flat {
			for _, r := range rows {
				dst = append(dst, s[r])
			}
		} else {
			for _, r := range rows {
				dst = append(dst, s[at(r)])
			}
		}
	}
	if w.millis {
		for i := range dst {
			dst[i] = types.FloorDiv(dst[i], 1000)
		}
	}
	return dst
}

// bytesOf gives a string, a binary value, or a decimal as big-endian bytes in buf.
func (w *leafWriter) bytesOf(v *vec.Vec, r int, buf *[16]byte) []byte {
	v, r = v.At(r)
	if v.Form == vec.Const {
		r = 0
	}
	if w.phys == format.ByteArray {
		return v.Bytes(r)
	}
	x := vec.Values[types.Int128](v)[r]
	binary.BigEndian.PutUint64(buf[:8], uint64(x.Hi))
	binary.BigEndian.PutUint64(buf[8:], x.Lo)
	return buf[16-w.size:]
}

func (w *leafWriter) plainFixed(dst []byte, bits []int64) []byte {
	switch w.size {
	case 4:
		for _, x := range bits {
			dst = binary.LittleEndian.AppendUint32(dst, uint32(x))
		}
	case 8:
		for _, x := range bits {
			dst = binary.LittleEndian.AppendUint64(dst, uint64(x))
		}
	case 12:
		for _, x := range bits {
			day := types.FloorDiv(x, microsPerDay)
			dst = binary.LittleEndian.AppendUint64(dst, uint64((x-day*microsPerDay)*1000))
			dst = binary.LittleEndian.AppendUint32(dst, uint32(day+julianEpochDay))
		}
	}
	return dst
}

func (w *leafWriter) plainBytes(dst, b []byte) []byte {
	if w.phys == format.ByteArray {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(len(b)))
	}
	return append(dst, b...)
}

// float gives the number behind the bits of a floating-point leaf.
func (w *leafWriter) float(bits int64) float64 {
	if w.phys == format.Float {
		return float64(math.Float32frombits(uint32(bits)))
	}
	return math.Float64frombits(uint64(bits))
}
