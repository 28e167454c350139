package files

import (
	"slices"

	"sparksql/catalog"
	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// sortedFile keeps the rows of a file until its end and writes them in the order of some columns, NULLs first.
type sortedFile struct {
	catalog.FileWriter
	by   []int
	cols []*vec.Vec
	n    int
	size int64
}

func newSortedFile(w catalog.FileWriter, s *types.Schema, by []int) *sortedFile {
	f := &sortedFile{FileWriter: w, by: by}
	for _, c := range s.Fields {
		f.cols = append(f.cols, vec.New(c.Type, 0))
	}
	return f
}

// Write takes a copy of the rows.
func (f *sortedFile) Write(b *vec.Batch) error {
	f.size = 0
	for i, c := range f.cols {
		vec.AppendRows(c, b.Cols[i], b.Sel, b.N)
		f.size += c.Size()
	}
	f.n += b.Rows()
	return nil
}

func (f *sortedFile) Buffered() int64 { return f.size }

// Flush does nothing: only the end of the file lets its rows go.
func (f *sortedFile) Flush() error { return nil }

// Close sorts and writes the rows.
func (f *sortedFile) Close() (bytes int64, err error) {
	order := make([]int32, f.n)
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		for _, k := range f.by {
			if c := vec.Compare(f.cols[k], int(a), f.cols[k], int(b)); c != 0 {
				return c
			}
		}
		return 0
	})
	out := vec.Batch{Cols: make([]*vec.Vec, len(f.cols))}
	for i := range out.Cols {
		out.Cols[i] = &vec.Vec{}
	}
	for part := range slices.Chunk(order, vec.BatchRows) {
		for i, c := range f.cols {
			vec.Gather(out.Cols[i], c, part)
		}
		out.N = len(part)
		if err := f.FileWriter.Write(&out); err != nil {
			f.FileWriter.Abort()
			return 0, err
		}
	}
	f.cols = nil
	return f.FileWriter.Close()
}
