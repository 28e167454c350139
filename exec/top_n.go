package exec

import (
	"sync/atomic"

	"sparksql/exec/mem"
	"sparksql/exec/vec"
	"sparksql/sql/plan"
	"sparksql/sql/types"
)

// TopN is Sort and Limit in one: each worker keeps its best rows, and drops at once those that come after what any
// worker has found to be too late.
type TopN struct {
	node   *plan.TopN
	keep   int
	layout sortLayout
	out    *sortedRows
	// bound is the order-preserving word of the first key of a row that has keep rows before it, or MaxUint64.
	bound atomic.Uint64
}

// maxTopN is the most rows that a TopN keeps; above, sorting everything is as good.
const maxTopN = 1 << 20

// NewTopN prepares a top-N; ok is false when so many rows are wanted that Sort and Limit serve better.
func NewTopN(n *plan.TopN) (_ *TopN, ok bool) {
	if n.N < 0 || n.N+n.Offset > maxTopN || n.N+n.Offset < 0 {
		return nil, false
	}
	s := &TopN{node: n, keep: int(n.N + n.Offset), layout: newSortLayout(n.Input.Output(), n.Keys)}
	at := len(s.layout.types)
	s.layout.types = append(s.layout.types, types.BigIntType, types.IntType)
	s.layout.keys = append(s.layout.keys, sortKey{col: at}, sortKey{col: at + 1})
	s.bound.Store(^uint64(0))
	return s, true
}

func (s *TopN) Rows() Sink { return topSink{s} }
func (s *TopN) Sorted() Source {
	src := &topSource{s: s}
	return src
}

type topSink struct{ s *TopN }

func (s topSink) Describe() plan.Desc { return s.s.node.Describe() }

func (s topSink) Open(t *Task) (Part, error) {
	x, err := compileExprs(s.s.layout.computed, s.s.layout.in, t.Slots)
	if err != nil {
		return nil, err
	}
	return &topPart{s: s.s, x: x, mem: t.Mem.Child(), rows: mem.NewRows(s.s.layout.types),
		seq: vec.New(types.BigIntType, 0), pos: vec.New(types.IntType, 0)}, nil
}

type topPart struct {
	s        *TopN
	x        *exprs
	mem      *mem.Budget
	rows     *mem.Rows
	seq, pos *vec.Vec
	cols     []*vec.Vec
	words    []uint64
	sel      []int32
	ids      []uint32
}

func (p *topPart) Spill(*Task) (int64, error) { return 0, nil }
func (p *topPart) Close() error               { p.mem.Close(); return nil }

func (p *topPart) Consume(t *Task, b *vec.Batch) error {
	if p.s.keep == 0 {
		return ErrStop
	}
	computed, err := p.x.eval(t, b)
	if err != nil {
		return err
	}
	p.cols = append(append(p.cols[:0], b.Cols...), computed...)
	sel := b.Sel
	if bound := p.s.bound.Load(); bound != ^uint64(0) {
		if sel = p.below(bound, b); len(sel) == 0 {
			return nil
		}
	}
	p.seq.Reset(b.N)
	p.pos.Reset(b.N)
	seq, pos := vec.Values[int64](p.seq), vec.Values[int32](p.pos)
	for i := range b.N {
		seq[i], pos[i] = int64(b.Seq), int32(i)
	}
	p.rows.Append(append(p.cols, p.seq, p.pos), sel, b.N)
	if p.rows.Len() >= 2*p.s.keep+4*vec.BatchRows {
		if err := p.shrink(t); err != nil {
			return err
		}
	}
	return p.mem.Set(p.rows.Bytes())
}

// below selects the rows that do not come after the bound by their first key.
func (p *topPart) below(bound uint64, b *vec.Batch) []int32 {
	p.words = grow(p.words, b.N)
	firstWords(p.s.layout.keys[0], p.cols[p.s.layout.keys[0].col], b.Sel, b.N, p.words)
	p.sel = p.sel[:0]
	if b.Sel == nil {
		for i, w := range p.words {
			if w <= bound {
				p.sel = append(p.sel, int32(i))
			}
		}
		return p.sel
	}
	for _, i := range b.Sel {
		if p.words[i] <= bound {
			p.sel = append(p.sel, i)
		}
	}
	return p.sel
}

// firstWords gives words by which rows can be told to come later by one key: a smaller word is never a later row.
func firstWords(k sortKey, v *vec.Vec, sel []int32, n int, out []uint64) {
	orderWords(v, sel, n, out, 0)
	nullWord := ^uint64(0)
	if k.nullsFirst {
		nullWord = 0
	}
	nulls := mayNull(v)
	rows := eachRow{sel, n}
	if !nulls && !k.desc {
		return
	}
	for r := range rows.len() {
		i := rows.at(r)
		switch {
		case nulls && v.IsNull(int(i)):
			out[i] = nullWord
		case k.desc:
			out[i] = ^out[i]
		}
	}
}

// best sorts rows and gives the first keep.
func (s *TopN) best(t *Task, rows *mem.Rows) ([]wordID, error) {
	var segs []segment
	for _, c := range rows.Chunks() {
		segs = append(segs, segment{0, c.Base, c.N})
	}
	rows.Seal()
	ids, _, err := sortRows(t, rows, s.layout.keys, segs)
	return ids[:min(len(ids), s.keep)], err
}

// shrink drops all but the best rows and lowers the bound.
func (p *topPart) shrink(t *Task) error {
	one := *t
	one.Workers = 1
	ids, err := p.s.best(&one, p.rows)
	if err != nil {
		return err
	}
	kept, cols := mem.NewRows(p.s.layout.types), scratchColumns(len(p.s.layout.types))
	for lo := 0; lo < len(ids); lo += vec.BatchRows {
		part := ids[lo:min(len(ids), lo+vec.BatchRows)]
		gatherRows(p.rows, part, &p.ids, cols)
		kept.Append(cols, nil, len(part))
	}
	p.rows = kept
	if len(ids) < p.s.keep {
		return nil
	}
	last := kept.Chunks()[len(kept.Chunks())-1]
	k, w := p.s.layout.keys[0], make([]uint64, last.N)
	firstWords(k, last.Cols[k.col], []int32{int32(last.N - 1)}, last.N, w)
	for old := p.s.bound.Load(); w[last.N-1] < old; old = p.s.bound.Load() {
		if p.s.bound.CompareAndSwap(old, w[last.N-1]) {
			break
		}
	}
	return nil
}

func (s topSink) Finish(t *Task, parts []Part) error {
	all := mem.NewRows(s.s.layout.types)
	for _, p := range parts {
		all.Absorb(p.(*topPart).rows)
	}
	ids, err := s.s.best(t, all)
	s.s.out = &sortedRows{rows: all, order: ids[min(len(ids), int(s.s.node.Offset)):], l: &s.s.layout}
	return err
}

// topSource puts out what was kept.
type topSource struct {
	s    *TopN
	next atomic.Int64
}

func (s *topSource) Describe() plan.Desc { return s.s.node.Describe() }
func (s *topSource) Open(t *Task) (Reader, error) {
	return &sortReader{next: &s.next, out: s.s.out, cols: scratchColumns(len(s.s.layout.in))}, nil
}
