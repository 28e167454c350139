package parquet

import "math"

// pruner decides from statistics which rows cannot match.
type pruner struct{}

func (s *scan) newPruner(done []bool) *pruner { return &pruner{} }

// group tells whether no row of row group g can match.
func (p *pruner) group(f *cached, g int) bool { return false }

// skips are the row ranges of a split that need not be read.
type skips struct {
	all    bool
	ranges []rowRange
}

type rowRange struct{ from, to int64 }

func (p *pruner) pages(r *reader, sp split) skips { return skips{} }

// from tells whether row lies in a range to skip, and where that ends.
func (s skips) from(row int64) (to int64, ok bool) {
	for _, x := range s.ranges {
		if x.from <= row && row < x.to {
			return x.to, true
		}
	}
	return 0, false
}

// until is where the next range to skip begins.
func (s skips) until(row int64) int64 {
	for _, x := range s.ranges {
		if x.from > row {
			return x.from
		}
	}
	return math.MaxInt64
}
