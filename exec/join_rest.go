package exec

import (
	"io"
	"sync/atomic"

	"sparksql/exec/vec"
	"sparksql/sql/plan"
	"sparksql/sql/types"
)

// joinRest is the source of what is put out after the probe: the build rows that matched, or did not.
type joinRest struct {
	j    *HashJoin
	next atomic.Int64
}

func (s *joinRest) Describe() plan.Desc { return s.j.node.Describe() }

func (s *joinRest) Open(t *Task) (Reader, error) {
	r := &joinRestReader{s: s, j: s.j}
	for range len(s.j.build) + len(s.j.probe) + 1 {
		r.cols = append(r.cols, &vec.Vec{})
	}
	return r, nil
}

type joinRestReader struct {
	s    *joinRest
	j    *HashJoin
	ids  []uint32
	cols []*vec.Vec
}

func (r *joinRestReader) Close() error { return nil }

func (r *joinRestReader) Next(t *Task, emit Emit) error {
	k := int(r.s.next.Add(1)) - 1
	if r.j.spill != nil {
		if k >= joinParts {
			return io.EOF
		}
		return r.joinPartition(t, k, emit)
	}
	if !r.j.marksBuild() || r.j.table == nil || k > len(r.j.table.segs)/restSegments {
		return io.EOF
	}
	segs := r.j.table.segs
	return r.put(r.j.table, r.j.matched, segs[k*restSegments:min(len(segs), (k+1)*restSegments)], uint64(k)<<20, emit)
}

// restSegments is the number of segments of build rows in a morsel.
const restSegments = 64

// put puts out what is wanted of some segments of build rows.
func (r *joinRestReader) put(table *joinTable, matched []atomic.Uint64, segs []segment, seq uint64, emit Emit) error {
	want := r.j.mode == keepMatched
	r.ids = r.ids[:0]
	flush := func() error {
		if len(r.ids) == 0 {
			return nil
		}
		seq++
		err := r.emit(table, seq, emit)
		r.ids = r.ids[:0]
		return err
	}
	for _, s := range segs {
		for i := range s.n {
			id := s.id + uint32(i)
			if isMatched(matched, id) != want {
				continue
			}
			if r.ids = append(r.ids, id); len(r.ids) == vec.BatchRows {
				if err := flush(); err != nil {
					return err
				}
			}
		}
	}
	return flush()
}

func (r *joinRestReader) emit(table *joinTable, seq uint64, emit Emit) error {
	out := vec.Batch{N: len(r.ids), Seq: seq}
	build := func() {
		for k := range r.j.build {
			table.rows.Gather(k, r.ids, r.cols[k])
			out.Cols = append(out.Cols, r.cols[k])
		}
	}
	probe := func() {
		for _, c := range r.j.probe {
			out.Cols = append(out.Cols, nullColumn(c.Type, out.N))
		}
	}
	switch {
	case !r.j.pairs:
		build()
	case r.j.buildLeft:
		build()
		probe()
	default:
		probe()
		build()
	}
	return emit(&out)
}

// nullColumn is a constant NULL.
func nullColumn(t types.Type, n int) *vec.Vec { return vec.Constant(t, nil, n) }
