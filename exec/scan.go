package exec

import (
	"io"
	"sync"
	"sync/atomic"

	"sparksql/catalog"
	"sparksql/exec/mem"
	"sparksql/exec/vec"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
)

// Scan reads a table: the workers take its splits from a counter, each with a reader of its own.
type Scan struct {
	node *plan.Scan
	once sync.Once
	scan *catalog.Scan
	err  error
	next atomic.Int64

	splits atomic.Int64 // known once the scan is started
}

// scan is the source, with a filter for what the table does not apply itself.
func (b *builder) scan(n *plan.Scan) ([]*stream, error) {
	ss := b.source(n, &Scan{node: n})
	if len(n.Filters) > 0 {
		b.q.faces[ss[0].source].inner = true
		ss = b.step(ss, n, &restFilter{scan: ss[0].source.(*Scan)})
	}
	return ss, nil
}

func (s *Scan) Describe() plan.Desc { return s.node.Describe() }
func (s *Scan) reads() holder       { return s }

// letGo ends the scan: workers open their readers when it suits them, so none of these knows that it is the last.
func (s *Scan) letGo() {
	if s.scan != nil {
		s.scan.End()
	}
}

// start asks the table for the scan, when the pipeline starts: dynamic filters are known by then.
func (s *Scan) start(t *Task) (*catalog.Scan, error) {
	s.once.Do(func() {
		n := s.node
		s.scan, s.err = n.Table.Scan(t, catalog.Request{Columns: n.Ordinals, Cols: n.Cols, Filters: n.Filters, Dynamic: n.Dynamic,
			Limit: n.Limit, Workers: t.Workers})
		if s.scan != nil {
			s.splits.Store(int64(s.scan.Splits))
		}
		if t.stats != nil && s.scan != nil {
			t.stats.scan.Store(s.scan.Stats)
		}
	})
	return s.scan, s.err
}

func (s *Scan) Open(t *Task) (Reader, error) {
	c, err := s.start(t)
	if err != nil {
		return nil, err
	}
	if int64(c.Splits) <= s.next.Load() {
		return emptyReader{}, nil
	}
	r, err := c.Open()
	if err != nil {
		return nil, err
	}
	return &scanReader{s: s, c: c, r: r, mem: t.Mem.Child()}, nil
}

type emptyReader struct{}

func (emptyReader) Next(*Task, Emit) error { return io.EOF }
func (emptyReader) Close() error           { return nil }

type scanReader struct {
	s   *Scan
	c   *catalog.Scan
	r   catalog.Reader
	mem *mem.Budget
}

func (r *scanReader) Next(t *Task, emit Emit) error {
	i := int(r.s.next.Add(1)) - 1
	if i >= r.c.Splits {
		return io.EOF
	}
	if n := t.query.batchRows; n > 0 {
		whole := emit
		emit = func(b *vec.Batch) error { return inParts(b, n, whole) }
	}
	err := r.r.Read(t, i, emit)
	r.mem.Require(r.r.Held())
	return err
}

// inParts hands b on in parts of at most n live rows.
func inParts(b *vec.Batch, n int, emit Emit) error {
	if b.Rows() <= n {
		return emit(b)
	}
	sel := b.Sel
	if sel == nil {
		sel = make([]int32, b.N)
		for i := range sel {
			sel[i] = int32(i)
		}
	}
	for len(sel) > 0 {
		part := *b
		part.Sel = sel[:min(n, len(sel))]
		if err := emit(&part); err != nil {
			return err
		}
		sel = sel[len(part.Sel):]
	}
	return nil
}

func (r *scanReader) Close() error {
	r.mem.Close()
	return r.r.Close()
}

// restFilter applies the filters that the table left.
type restFilter struct{ scan *Scan }

func (f *restFilter) Describe() plan.Desc { return f.scan.node.Describe() }

func (f *restFilter) Open(t *Task) (StepFunc, error) {
	c, err := f.scan.start(t)
	if err != nil {
		return nil, err
	}
	var rest []expr.Expr
	for i, e := range f.scan.node.Filters {
		if i >= len(c.Done) || !c.Done[i] {
			rest = append(rest, e)
		}
	}
	return filterAll(t, rest, f.scan.node.Cols)
}
