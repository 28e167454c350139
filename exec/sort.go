package exec

import (
	"io"
	"sync/atomic"

	"sparksql/exec/mem"
	"sparksql/exec/vec"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/types"
)

// Sort orders all rows, keeping those with equal keys in source order. Rows is the sink that takes them, Sorted the
// source that gives them back.
type Sort struct {
	desc   plan.Desc
	layout sortLayout
	out    *sortedRows
	held   reserved
}

// NewSort prepares a sort.
func NewSort(n *plan.Sort) *Sort {
	return &Sort{desc: n.Describe(), layout: newSortLayout(n.Input.Output(), n.Keys)}
}

func (s *Sort) Rows() Sink     { return sortSink{s} }
func (s *Sort) Sorted() Source { return &sortSource{s: s} }

// sortLayout says how rows to be sorted are kept: the input's columns, then computed keys, then for the order among
// equals the Seq of the batch and the place in it, where the operator needs them.
type sortLayout struct {
	in       []expr.Col
	types    []types.Type
	computed []expr.Expr
	keys     []sortKey
}

func newSortLayout(in []expr.Col, keys []expr.Order) sortLayout {
	l := sortLayout{in: in}
	for _, c := range in {
		l.types = append(l.types, c.Type)
	}
	for _, k := range keys {
		if _, ok := k.X.(*expr.Literal); ok {
			continue
		}
		l.keys = append(l.keys, sortKey{col: l.column(k.X), desc: k.Desc, nullsFirst: k.NullsFirst})
	}
	return l
}

// column is the place of e, which is added when the input does not have it.
func (l *sortLayout) column(e expr.Expr) int {
	if at := columnOf(e, l.in); at >= 0 {
		return at
	}
	l.computed = append(l.computed, e)
	l.types = append(l.types, e.Type())
	return len(l.types) - 1
}

type sortSink struct{ s *Sort }

func (s sortSink) Describe() plan.Desc { return s.s.desc }

func (s sortSink) Open(t *Task) (Part, error) { return newSortPart(t, &s.s.layout) }

// Finish sorts what the workers collected.
func (s sortSink) Finish(t *Task, parts []Part) (err error) {
	s.s.out, err = finishSort(t, &s.s.layout, parts, &s.s.held)
	return err
}

// sortPart is a worker's rows, and the runs it had to write to disk.
type sortPart struct {
	l    *sortLayout
	mem  *mem.Budget
	rows *mem.Rows
	segs []segment
	x    *exprs
	cols []*vec.Vec
	runs []*mem.File
}

func newSortPart(t *Task, l *sortLayout) (*sortPart, error) {
	x, err := compileExprs(l.computed, l.in, t.Slots)
	if err != nil {
		return nil, err
	}
	return &sortPart{l: l, mem: t.Mem.Part(), rows: mem.NewRows(l.types), x: x}, nil
}

func (p *sortPart) Budget() *mem.Budget { return p.mem }
func (p *sortPart) Close() error        { p.mem.Close(); return nil }

func (p *sortPart) Consume(t *Task, b *vec.Batch) error {
	computed, err := p.x.eval(t, b)
	if err != nil {
		return err
	}
	p.cols = append(append(p.cols[:0], b.Cols...), computed...)
	n := p.rows.Len()
	id := p.rows.Append(p.cols, b.Sel, b.N)
	if n = p.rows.Len() - n; n > 0 {
		p.segs = append(p.segs, segment{b.Seq, id, n})
	}
	return p.mem.Set(p.rows.Bytes() + 32*int64(p.rows.Len()))
}

// Spill sorts what is held and writes it as one run.
func (p *sortPart) Spill(t *Task) (int64, error) {
	if p.rows.Len() == 0 {
		return 0, nil
	}
	run, err := p.sorted(t)
	if err != nil {
		return 0, err
	}
	p.runs = append(p.runs, run)
	freed := p.mem.Used()
	p.rows, p.segs = mem.NewRows(p.l.types), nil
	return freed, p.mem.Set(0)
}

// sorted writes what is held as a run.
func (p *sortPart) sorted(t *Task) (*mem.File, error) {
	p.rows.Seal()
	sortSegments(p.segs)
	one := *t
	one.Workers = 1
	ids, _, err := sortRows(&one, p.rows, p.l.keys, p.segs)
	if err != nil {
		return nil, err
	}
	seqs := make([]int64, p.rows.Span())
	for _, s := range p.segs {
		for i := range s.n {
			seqs[int(s.id)+i] = int64(s.seq)
		}
	}
	return writeRun(t, p.mem, p.rows, ids, func(id uint32) int64 { return seqs[id] })
}

// writeRun writes rows in the given order; seq orders rows with equal keys of several runs.
func writeRun(t *Task, b *mem.Budget, rows *mem.Rows, order []wordID, seq func(id uint32) int64) (*mem.File, error) {
	run, err := t.Files.Create(b)
	if err != nil {
		return nil, err
	}
	n := len(rows.Types())
	cols := scratchColumns(n + 1)
	cols[n].Type = types.BigIntType
	var scratch []uint32
	for lo := 0; lo < len(order); lo += vec.BatchRows {
		part := order[lo:min(len(order), lo+vec.BatchRows)]
		gatherRows(rows, part, &scratch, cols[:n])
		cols[n].Reset(len(part))
		for i, x := range part {
			vec.Values[int64](cols[n])[i] = seq(x.id)
		}
		if err := run.Append(cols, nil, len(part)); err != nil {
			return nil, err
		}
	}
	run.Done()
	return run, nil
}

func scratchColumns(n int) []*vec.Vec {
	cols := make([]*vec.Vec, n)
	for i := range cols {
		cols[i] = &vec.Vec{}
	}
	return cols
}

// sortedRows is what a sort gives: rows in memory and the order of their ids, or runs to be merged.
type sortedRows struct {
	rows   *mem.Rows
	order  []wordID
	fields []sortField // of the words
	runs   []*mem.File
	l      *sortLayout
}

// finishSort brings the workers' rows together. Once one of them has spilled, all become runs.
func finishSort(t *Task, l *sortLayout, parts []Part, held *reserved) (*sortedRows, error) {
	out := &sortedRows{rows: mem.NewRows(l.types), l: l}
	spilled := false
	for _, part := range parts {
		spilled = spilled || len(part.(*sortPart).runs) > 0
	}
	var segs []segment
	for _, part := range parts {
		p := part.(*sortPart)
		if spilled {
			if _, err := p.Spill(t); err != nil {
				return nil, err
			}
			out.runs = append(out.runs, p.runs...)
			continue
		}
		shift := out.rows.Absorb(p.rows)
		for _, s := range p.segs {
			s.id += shift
			segs = append(segs, s)
		}
		if err := held.take(t, p.mem); err != nil {
			return nil, err
		}
	}
	if spilled {
		return out, nil
	}
	out.rows.Seal()
	sortSegments(segs)
	var err error
	out.order, out.fields, err = sortRows(t, out.rows, l.keys, segs)
	return out, err
}

// toRun writes the rows in memory as the only run and lets them go.
func (s *sortedRows) toRun(t *Task, held *reserved) error {
	run, err := writeRun(t, t.Mem, s.rows, s.order, func(uint32) int64 { return 0 })
	if err != nil {
		return err
	}
	s.rows, s.order, s.runs = nil, nil, []*mem.File{run}
	held.free()
	return nil
}

// sortSource puts out sorted rows, a batch a morsel; merged runs by one worker.
type sortSource struct {
	s    *Sort
	next atomic.Int64
}

func (s *sortSource) Describe() plan.Desc { return s.s.desc }

func (s *sortSource) Open(t *Task) (Reader, error) {
	return &sortReader{next: &s.next, out: s.s.out, cols: scratchColumns(len(s.s.layout.in))}, nil
}

type sortReader struct {
	next *atomic.Int64
	out  *sortedRows
	cols []*vec.Vec
	ids  []uint32
}

func (r *sortReader) Close() error { return nil }

func (r *sortReader) Next(t *Task, emit Emit) error {
	k := int(r.next.Add(1)) - 1
	if r.out == nil {
		return io.EOF
	}
	if len(r.out.runs) > 0 {
		if k > 0 {
			return io.EOF
		}
		return r.out.merge(t, func(cols []*vec.Vec, n int, seq uint64) error {
			return emit(&vec.Batch{Cols: cols[:len(r.cols)], N: n, Seq: seq})
		})
	}
	lo := k * vec.BatchRows
	if lo >= len(r.out.order) {
		return io.EOF
	}
	ids := r.out.order[lo:min(len(r.out.order), lo+vec.BatchRows)]
	gatherRows(r.out.rows, ids, &r.ids, r.cols)
	return emit(&vec.Batch{Cols: r.cols, N: len(ids), Seq: uint64(lo)})
}
