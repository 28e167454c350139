package parquet

// filters says which of the scan's filters the readers apply in full.
func (s *scan) filters() (done []bool, err error) {
	s.prune = &pruner{}
	return make([]bool, len(s.spec.Filters)), nil
}

// filter is a reader's compiled filters.
type filter struct{ cols []int }

func (s *scan) newFilter() (*filter, error) { return &filter{}, nil }

// columns are the columns that the filters look at.
func (f *filter) columns() []int { return f.cols }

func (f *filter) has(i int) bool { return false }

// run applies the filters to the reader's batch and tells whether any row is left.
func (f *filter) run(r *reader, n int) (bool, error) { return true, nil }
