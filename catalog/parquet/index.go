package parquet

import (
	"io"

	"github.com/parquet-go/parquet-go/format"
)

// groupIndex holds the offset indexes of a row group by leaf; nil where there is none that can be used.
type groupIndex struct {
	offsets []*format.OffsetIndex
	columns []*columnIndex
}

// columnIndex is a column index that was looked for; idx nil: there is none.
type columnIndex struct{ idx *format.ColumnIndex }

// index reads the offset indexes of a row group. They lie side by side, so that one read gives them all; broken or
// missing ones are done without.
func (c *cached) index(r io.ReaderAt, g int) *groupIndex {
	c.mu.Lock()
	defer c.mu.Unlock()
	if x := c.indexes[g]; x != nil {
		return x
	}
	x := &groupIndex{offsets: make([]*format.OffsetIndex, len(c.Leaves)), columns: make([]*columnIndex, len(c.Leaves))}
	rg := &c.Meta.RowGroups[g]
	lo, hi := int64(0), int64(0)
	for i := range rg.Columns {
		col := &rg.Columns[i]
		if off, n := col.OffsetIndexOffset, int64(col.OffsetIndexLength); off > 0 && n > 0 && off < c.Size && n < c.Size-off {
			if lo == 0 || off < lo {
				lo = off
			}
			hi = max(hi, off+n)
		}
	}
	if lo > 0 && hi-lo < 1<<26 {
		if all, err := c.section(r, lo, hi-lo); err == nil {
			for i := range rg.Columns {
				col := &rg.Columns[i]
				from := col.OffsetIndexOffset - lo
				to := from + int64(col.OffsetIndexLength)
				if col.OffsetIndexOffset <= 0 || from < 0 || to > int64(len(all)) || from >= to {
					continue
				}
				x.offsets[i] = parseOffsets(all[from:to], rg.NumRows, c.Size)
			}
		}
	}
	c.indexes[g] = x
	return x
}

func parseOffsets(b []byte, rows, size int64) (idx *format.OffsetIndex) {
	defer func() {
		if recover() != nil {
			idx = nil // an index is an aid only: the pages are found without it
		}
	}()
	idx = &format.OffsetIndex{}
	if decodeThrift(b, idx) != nil || !usable(idx, rows, size) {
		return nil
	}
	return idx
}
