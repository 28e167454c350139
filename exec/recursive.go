package exec

import (
	"io"
	"strconv"
	"sync/atomic"

	"sparksql/exec/mem"
	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/types"
)

// Recursive is the loop of a recursive query: the anchor's rows, then round by round what the step makes of the
// last round's. One worker drives it; each round runs on all. A LIMIT above ends the loop.
type Recursive struct {
	node    *plan.Recursive
	q       *query
	started atomic.Bool
}

// Spark's limits: rounds (spark.sql.cteRecursionLevelLimit) and rows (spark.sql.cteRecursionRowLimit).
const (
	recursionLevels = 100
	recursionRows   = 1_000_000
)

func (r *Recursive) Describe() plan.Desc          { return r.node.Describe() }
func (r *Recursive) Open(t *Task) (Reader, error) { return &recursiveReader{r: r}, nil }

type recursiveReader struct {
	r    *Recursive
	seen *rowSet // UNION without ALL: the rows so far
	seq  uint64
	rows int64
}

func (r *recursiveReader) Close() error { return nil }

func (r *recursiveReader) Next(t *Task, emit Emit) error {
	if r.r.started.Swap(true) {
		return io.EOF
	}
	n := r.r.node
	levels := int64(recursionLevels)
	if n.Limit > 0 {
		levels = n.Limit
	}
	if !n.All {
		r.seen = newRowSet(n.Cols)
	}
	last, err := t.Collect(t, n.Anchor)
	if err != nil {
		return err
	}
	for level := int64(1); ; level++ {
		if last, err = r.put(last, emit); err != nil || len(last) == 0 {
			return err
		}
		if level > levels {
			return errs.New(errs.Pos{}, "RECURSION_LEVEL_LIMIT_EXCEEDED", "levelLimit", strconv.FormatInt(levels, 10))
		}
		r.r.q.setRound(n.Def, last)
		if last, err = t.Collect(t, n.Step); err != nil {
			return err
		}
	}
}

// put hands on the rows of a round and returns them, without those that were there before.
func (r *recursiveReader) put(round []*vec.Batch, emit Emit) (kept []*vec.Batch, err error) {
	for _, b := range round {
		if r.seen != nil {
			b = r.seen.add(b)
		}
		if b.N == 0 {
			continue
		}
		if r.rows += int64(b.N); r.rows > recursionRows {
			return nil, errs.New(errs.Pos{}, "RECURSION_ROW_LIMIT_EXCEEDED", "rowLimit", strconv.Itoa(recursionRows))
		}
		kept = append(kept, b)
		out := *b
		out.Seq = r.seq
		r.seq++
		if err := emit(&out); err != nil {
			return nil, err
		}
	}
	return kept, nil
}

// recursiveRef reads the last round.
func (b *builder) recursiveRef(n *plan.RecursiveRef) []*stream {
	src := &batchSource{desc: n.Describe(), batches: func() []*vec.Batch { return b.q.round(n.Def) }}
	return b.source(n, src)
}

// setRound makes batches the last round of a recursive query.
func (q *query) setRound(d *plan.RecursiveDef, round []*vec.Batch) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.rounds == nil {
		q.rounds = map[*plan.RecursiveDef][]*vec.Batch{}
	}
	q.rounds[d] = round
}

func (q *query) round(d *plan.RecursiveDef) []*vec.Batch {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.rounds[d]
}

// rowSet remembers rows.
type rowSet struct {
	rows *mem.Rows
	ids  map[uint64][]uint32
	hash []uint64
}

func newRowSet(cols []expr.Col) *rowSet {
	var ts []types.Type
	for _, c := range cols {
		ts = append(ts, c.Type)
	}
	return &rowSet{rows: mem.NewRows(ts), ids: map[uint64][]uint32{}}
}

// add gives the rows of b that are new.
func (s *rowSet) add(b *vec.Batch) *vec.Batch {
	s.hash = grow(s.hash, b.N)
	clear(s.hash)
	for _, c := range b.Cols {
		vec.Hash(c, nil, b.N, s.hash)
	}
	sel := []int32{}
	for i, h := range s.hash {
		if s.has(h, b.Cols, i) {
			continue
		}
		sel = append(sel, int32(i))
		s.ids[h] = append(s.ids[h], s.rows.Append(b.Cols, []int32{int32(i)}, b.N))
	}
	c := *b
	c.Sel = sel
	return vec.CopyBatch(&c)
}

func (s *rowSet) has(h uint64, cols []*vec.Vec, i int) bool {
next:
	for _, id := range s.ids[h] {
		c := s.rows.Chunks()[id/mem.ChunkRows]
		for k, v := range cols {
			if !vec.Equal(v, i, c.Cols[k], int(id%mem.ChunkRows)) {
				continue next
			}
		}
		return true
	}
	return false
}
