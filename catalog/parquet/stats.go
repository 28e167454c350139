package parquet

import (
	"context"
	"encoding/binary"
	"math"
	"os"
	"strings"

	"github.com/parquet-go/parquet-go/format"

	"sparksql/catalog"
	"sparksql/sql/types"
)

// maxStatsFiles is the number of files whose dictionaries are looked at for the number of distinct values.
const maxStatsFiles = 8

// Stats are the rows and bytes of the files and, of the flat columns, the smallest and largest value as the footers have
// them, the NULLs, and the number of distinct values as the dictionaries of the first files have it. A chunk whose
// dictionary was given up half-way has more distinct values than it says: then half of its values count as distinct.
func (p *Format) Stats(ctx context.Context, files []catalog.File, s *types.Schema) *catalog.Stats {
	fs, err := p.openAll(ctx, files)
	if err != nil {
		return nil
	}
	out := &catalog.Stats{Cols: make([]catalog.ColStats, len(s.Fields))}
	for i := range out.Cols {
		out.Cols[i] = catalog.ColStats{NDV: -1, Nulls: -1}
	}
	for i, f := range fs {
		out.Rows += f.Rows()
		out.Bytes += f.Size
		f.columnStats(out, s, i == 0, i < maxStatsFiles)
	}
	return out
}

// columnStats adds what one file says to the statistics of the columns.
func (f *File) columnStats(out *catalog.Stats, s *types.Schema, first, dictionaries bool) {
	var fd *os.File
	if dictionaries {
		var err error
		if fd, err = os.Open(f.Path); err == nil {
			defer fd.Close()
		}
	}
	for i := range s.Fields {
		c := &out.Cols[i]
		leaf := f.flatLeaf(s.Fields[i].Name)
		if leaf == nil {
			c.Min, c.Max = nil, nil
			continue
		}
		for g := range f.Meta.RowGroups {
			if leaf.Leaf >= len(f.Meta.RowGroups[g].Columns) {
				continue
			}
			m := &f.Meta.RowGroups[g].Columns[leaf.Leaf].MetaData
			if fd != nil {
				c.NDV = max(c.NDV, f.distinct(fd, m, f.Meta.RowGroups[g].NumRows))
			}
			lo, hi, ok := numberBounds(leaf, s.Fields[i].Type, m)
			switch {
			case !ok:
				c.Min, c.Max = nil, nil
				first = false
			case first && g == 0:
				c.Min, c.Max = lo, hi
			case c.Min != nil:
				if less(lo, c.Min) {
					c.Min = lo
				}
				if less(c.Max, hi) {
					c.Max = hi
				}
			}
		}
	}
}

// flatLeaf finds a top-level column that is neither nested nor repeated.
func (f *File) flatLeaf(name string) *Node {
	for _, n := range f.Root.Kids {
		if strings.EqualFold(n.Name, name) && n.Kids == nil && n.RepLvl == 0 {
			return n
		}
	}
	return nil
}

// distinct is the number of values in a chunk's dictionary; -1 when it has none.
func (f *File) distinct(fd *os.File, m *format.ColumnMetaData, rows int64) int64 {
	off := m.DictionaryPageOffset
	if off <= 0 || off >= f.Size {
		return -1
	}
	var buf [256]byte
	n, _ := fd.ReadAt(buf[:min(int64(len(buf)), f.Size-off)], off)
	h, _, ok := parseHeader(buf[:n])
	if !ok || h.typ != format.DictionaryPage || h.n < 0 {
		return -1
	}
	for _, e := range m.EncodingStats {
		if e.PageType != format.DictionaryPage && e.Encoding != format.PlainDictionary && e.Encoding != format.RLEDictionary && e.Count > 0 {
			return max(int64(h.n), rows/2)
		}
	}
	return int64(h.n)
}

// numberBounds are a chunk's smallest and largest value in Go form, for numbers and dates stored as such.
func numberBounds(leaf *Node, t types.Type, m *format.ColumnMetaData) (lo, hi any, ok bool) {
	st := &m.Statistics
	if lo, ok = numberOf(leaf, t, st.MinValue); !ok {
		return nil, nil, false
	}
	hi, ok = numberOf(leaf, t, st.MaxValue)
	return lo, hi, ok
}

func numberOf(leaf *Node, t types.Type, b []byte) (any, bool) {
	switch {
	case leaf.Phys == format.Int32 && len(b) == 4:
		v := int32(binary.LittleEndian.Uint32(b))
		switch t.Kind() {
		case types.TinyInt:
			return int8(v), true
		case types.SmallInt:
			return int16(v), true
		case types.Int, types.Date:
			return v, true
		case types.BigInt:
			return int64(v), true
		case types.Decimal:
			return types.FromInt64(int64(v)), true
		}
	case leaf.Phys == format.Int64 && len(b) == 8:
		v := int64(binary.LittleEndian.Uint64(b))
		switch t.Kind() {
		case types.BigInt:
			return v, true
		case types.Timestamp, types.TimestampNTZ:
			return v, leaf.Logical.unit == 'u'
		case types.Decimal:
			return types.FromInt64(v), true
		}
	case leaf.Phys == format.Double && len(b) == 8 && t.Kind() == types.Double:
		v := math.Float64frombits(binary.LittleEndian.Uint64(b))
		return v, !math.IsNaN(v)
	}
	return nil, false
}

// less compares two values of one type that numberOf gave.
func less(a, b any) bool {
	switch a := a.(type) {
	case int8:
		return a < b.(int8)
	case int16:
		return a < b.(int16)
	case int32:
		return a < b.(int32)
	case int64:
		return a < b.(int64)
	case float64:
		return a < b.(float64)
	case types.Int128:
		return a.Cmp(b.(types.Int128)) < 0
	}
	return false
}
