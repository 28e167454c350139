package parquet

import (
	"context"
	"encoding/binary"
	"io"
	"math"
	"os"

	"github.com/parquet-go/parquet-go/format"

	"sparksql/catalog"
	"sparksql/sql/types"
)

// Stats adds up what the footers say; nil when they cannot be read.
func (p *Format) Stats(ctx context.Context, files []catalog.File, s *types.Schema) *catalog.Stats {
	fs, err := p.openAll(ctx, files)
	if err != nil {
		return nil
	}
	return statsOf(fs, s)
}

// statValue reads a bound in its PLAIN form as a value of t in Go form; nil when it is not known, or when its order
// is not that of t's values.
func statValue(f *File, leaf *Node, t types.Type, b []byte) any {
	l := &leaf.Logical
	switch leaf.Phys {
	case format.Boolean:
		if len(b) == 1 && t.Kind() == types.Boolean {
			return b[0] != 0
		}
	case format.Int32:
		if len(b) == 4 && !(l.kind == annInt && !l.signed) {
			return intValue(f, leaf, t, int64(int32(binary.LittleEndian.Uint32(b))))
		}
	case format.Int64:
		if len(b) == 8 && !(l.kind == annInt && !l.signed) {
			return intValue(f, leaf, t, int64(binary.LittleEndian.Uint64(b)))
		}
	case format.Float:
		if len(b) == 4 && t.Kind() == types.Float {
			return math.Float32frombits(binary.LittleEndian.Uint32(b))
		}
	case format.Double:
		if len(b) == 8 && t.Kind() == types.Double {
			return math.Float64frombits(binary.LittleEndian.Uint64(b))
		}
	case format.ByteArray:
		if b == nil {
			return nil
		}
		if t.IsString() && t.Collation() == "" {
			return string(b)
		}
		if t.Kind() == types.Binary {
			return b
		}
	case format.FixedLenByteArray:
		if l.kind == annDecimal && t.Kind() == types.Decimal && t.Scale() == l.scale && len(b) == leaf.Len {
			if x, ok := bigEndian(b); ok {
				return x
			}
		}
	}
	return nil
}

func intValue(f *File, leaf *Node, t types.Type, x int64) any {
	l := &leaf.Logical
	switch t.Kind() {
	case types.TinyInt:
		return int8(x)
	case types.SmallInt:
		return int16(x)
	case types.Int, types.YearMonthInterval:
		if l.kind != annDecimal {
			return int32(x)
		}
	case types.BigInt, types.DayTimeInterval:
		if l.kind != annDecimal {
			return x
		}
	case types.Date:
		if f.rebaseDates() == nil {
			return int32(x)
		}
	case types.Timestamp, types.TimestampNTZ:
		if l.kind != annTimestamp || f.rebaseDates() != nil {
			return nil
		}
		if l.unit == 'm' {
			if x > math.MaxInt64/1000 || x < math.MinInt64/1000 {
				return nil
			}
			x *= 1000
		}
		return x
	case types.Decimal:
		if l.kind == annDecimal && l.scale == t.Scale() {
			return types.FromInt64(x)
		}
	}
	return nil
}

// columnIndex reads the column index of a chunk, once; nil when there is none that can be used.
func (c *cached) columnIndex(r io.ReaderAt, g, leaf int) *format.ColumnIndex {
	x := c.index(r, g)
	c.mu.Lock()
	defer c.mu.Unlock()
	if x.columns[leaf] == nil {
		x.columns[leaf] = &columnIndex{idx: c.readColumnIndex(r, g, leaf)}
	}
	return x.columns[leaf].idx
}

func (c *cached) readColumnIndex(r io.ReaderAt, g, leaf int) (idx *format.ColumnIndex) {
	defer func() {
		if recover() != nil {
			idx = nil // an aid only
		}
	}()
	col := &c.Meta.RowGroups[g].Columns[leaf]
	b, err := c.section(r, col.ColumnIndexOffset, int64(col.ColumnIndexLength))
	if err != nil {
		return nil
	}
	idx = &format.ColumnIndex{}
	if decodeThrift(b, idx) != nil {
		return nil
	}
	return idx
}

// distinct is the number of entries of a chunk's dictionary, where all its pages use it; -1 when they do not. It is
// read from the head of the dictionary page, once.
func (c *cached) distinct(g, leaf int) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := [2]int{g, leaf}
	if n, ok := c.ndv[k]; ok {
		return n
	}
	n := c.readDistinct(g, leaf)
	if c.ndv == nil {
		c.ndv = map[[2]int]int64{}
	}
	c.ndv[k] = n
	return n
}

func (c *cached) readDistinct(g, leaf int) int64 {
	m := &c.Meta.RowGroups[g].Columns[leaf].MetaData
	if m.DictionaryPageOffset <= 0 || m.DictionaryPageOffset >= m.DataPageOffset || len(m.EncodingStats) == 0 {
		return -1
	}
	for _, e := range m.EncodingStats {
		if e.PageType != format.DictionaryPage && e.Encoding != format.PlainDictionary && e.Encoding != format.RLEDictionary {
			return -1
		}
	}
	fd, err := os.Open(c.Path)
	if err != nil {
		return -1
	}
	defer fd.Close()
	var head [64]byte
	n, _ := fd.ReadAt(head[:], m.DictionaryPageOffset)
	h, _, ok := parseHeader(head[:n])
	if !ok || h.typ != format.DictionaryPage || h.n < 0 {
		return -1
	}
	return int64(h.n)
}

// statsOf adds up what the footers say.
func statsOf(fs []*cached, s *types.Schema) *catalog.Stats {
	out := &catalog.Stats{Cols: make([]catalog.ColStats, len(s.Fields))}
	for _, f := range fs {
		out.Rows += f.Rows()
		out.Bytes += f.Size
	}
	for i, c := range s.Fields {
		out.Cols[i] = columnStats(fs, c, out.Rows)
	}
	return out
}

// columnStats joins the bounds of a column over all row groups; one group without them leaves them unknown.
func columnStats(fs []*cached, c types.Field, rows int64) catalog.ColStats {
	out := catalog.ColStats{NDV: -1, Nulls: 0}
	known, first := true, true
	var ndv distinctValues
	for _, f := range fs {
		n, ambiguous := f.Root.kid(c.Name)
		if n == nil || ambiguous || n.Kids != nil || n.RepLvl > 0 {
			return catalog.ColStats{NDV: -1, Nulls: -1}
		}
		for g := range f.Meta.RowGroups {
			rg := &f.Meta.RowGroups[g]
			if rg.NumRows == 0 {
				continue
			}
			b := groupBounds(f, rg, n, c.Type)
			if b.nulls < 0 || out.Nulls < 0 {
				out.Nulls = -1
			} else {
				out.Nulls += b.nulls
			}
			ndv.add(f.distinct(g, n.Leaf), rg.NumRows, b.lo, b.hi)
			if b.rows >= 0 && b.nulls == b.rows {
				continue
			}
			if b.lo == nil || b.hi == nil {
				known = false
				continue
			}
			if c, ok := compare(b.lo, out.Min); first || ok && c < 0 {
				out.Min = b.lo
			}
			if c, ok := compare(b.hi, out.Max); first || ok && c > 0 {
				out.Max = b.hi
			}
			first = false
		}
	}
	if !known {
		out.Min, out.Max = nil, nil
	}
	out.NDV = min(ndv.total(), rows)
	return out
}
