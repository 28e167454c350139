package parquet

import (
	"context"
	"io"
	"sync/atomic"

	"sparksql/catalog"
)

// splitRows is the number of rows that a split aims at.
const splitRows = 80_000

// split is a range of rows of a row group.
type split struct {
	file  int
	group int
	from  int64
	to    int64
}

// scan is what the readers of one scan share.
type scan struct {
	spec   *catalog.FileScan
	files  []*cached
	splits []split
	dicts  dictCache
	prune  *pruner
	stages []stage
	left   map[[2]int]*atomic.Int32 // splits to come, by file and row group
}

// Scan plans the splits: page-aligned row ranges where a file has an offset index, else its row groups.
func (p *Format) Scan(ctx context.Context, spec *catalog.FileScan) (*catalog.Scan, error) {
	var files []*cached
	var err error
	files, spec.Files, err = p.openSome(ctx, spec.Files, spec.Broken)
	if err != nil {
		return nil, err
	}
	if spec.Stats == nil {
		spec.Stats = &catalog.ScanStats{}
	}
	s := &scan{spec: spec, files: files}
	done, err := s.filters()
	if err != nil {
		return nil, err
	}
	rows := int64(0)
	for i, f := range files {
		n, err := s.plan(i, f)
		if err != nil {
			return nil, readError(f.Path, err)
		}
		rows += n
	}
	s.left = map[[2]int]*atomic.Int32{}
	for _, sp := range s.splits {
		k := [2]int{sp.file, sp.group}
		if s.left[k] == nil {
			s.left[k] = &atomic.Int32{}
		}
		s.left[k].Add(1)
	}
	return &catalog.Scan{Splits: len(s.splits), Rows: rows, Done: done, Stats: spec.Stats,
		Open: func() (catalog.Reader, error) { return s.open() }}, nil
}

// plan adds the splits of file i and gives its number of rows.
func (s *scan) plan(i int, f *cached) (rows int64, err error) {
	s.spec.Stats.Files.Add(1)
	lead := s.lead(f)
	var fd *catalog.OpenFile
	defer func() {
		if fd != nil {
			fd.Close()
		}
	}()
	for g := range f.Meta.RowGroups {
		n := f.Meta.RowGroups[g].NumRows
		if n == 0 {
			continue
		}
		s.spec.Stats.RowGroups.Add(1)
		s.spec.Stats.BytesTotal.Add(s.groupBytes(f, g))
		if s.prune.group(f, g) || s.prune.bloomExcludes(s.spec.Files[i], f, g) {
			s.spec.Stats.RowGroupsPruned.Add(1)
			continue
		}
		rows += n
		if n <= splitRows*3/2 || lead < 0 {
			s.splits = append(s.splits, split{i, g, 0, n})
			continue
		}
		if fd == nil {
			if fd, err = s.spec.Files[i].Open(); err != nil {
				return 0, readError(f.Path, err)
			}
		}
		s.cut(i, f, fd, g, lead)
	}
	return rows, nil
}

// cut splits a row group at page boundaries of the leading column.
func (s *scan) cut(i int, f *cached, fd io.ReaderAt, g, lead int) {
	n := f.Meta.RowGroups[g].NumRows
	idx := f.index(fd, g).offsets
	whole := idx[lead] == nil
	for _, leaf := range s.leaves(f) {
		if idx[leaf] == nil { // this column's pages can be found only from the start
			whole = true
		}
	}
	if whole {
		s.splits = append(s.splits, split{i, g, 0, n})
		return
	}
	from := int64(0)
	for _, l := range idx[lead].PageLocations {
		if l.FirstRowIndex-from >= splitRows && n-l.FirstRowIndex >= splitRows/4 {
			s.splits = append(s.splits, split{i, g, from, l.FirstRowIndex})
			from = l.FirstRowIndex
		}
	}
	s.splits = append(s.splits, split{i, g, from, n})
}

// leaves are the leaves beneath the columns that are asked for.
func (s *scan) leaves(f *cached) []int {
	var out []int
	for _, c := range s.spec.Columns {
		if c.Part >= 0 {
			continue
		}
		if n, _ := f.Root.kid(c.Name); n != nil {
			out = appendLeaves(out, n)
		}
	}
	return out
}

func appendLeaves(out []int, n *Node) []int {
	if n.Kids == nil {
		return append(out, n.Leaf)
	}
	for _, k := range n.Kids {
		out = appendLeaves(out, k)
	}
	return out
}

// lead is the leaf whose pages decide where splits are cut: the one with most bytes; -1 when no column is read.
func (s *scan) lead(f *cached) int {
	best, most := -1, int64(-1)
	if len(f.Meta.RowGroups) == 0 {
		return best
	}
	for _, l := range s.leaves(f) {
		if b := f.Meta.RowGroups[0].Columns[l].MetaData.TotalCompressedSize; b > most {
			best, most = l, b
		}
	}
	return best
}

func (s *scan) groupBytes(f *cached, g int) (n int64) {
	for _, l := range s.leaves(f) {
		n += f.Meta.RowGroups[g].Columns[l].MetaData.TotalCompressedSize
	}
	return n
}
