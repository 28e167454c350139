package exec

import (
	"io"
	"slices"
	"sync/atomic"

	"sparksql/exec/eval"
	"sparksql/exec/mem"
	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/udfs"
)

// Window computes functions over windows of one specification: rows are sorted by the partition keys, then by the order
// keys; regions of whole partitions are then computed in parallel. Rows come out sorted.
type Window struct {
	node   *plan.Window
	layout sortLayout
	parts  int // how many of layout.keys are partition keys
	funcs  []*windowSpec
	out    *sortedRows
	held   reserved
	// regions are the bounds of the tasks within out.order; starts the first rows of the partitions.
	regions []int
	starts  []int
}

// windowSpec is one function: which columns of the layout it reads.
type windowSpec struct {
	over   *expr.Window
	call   *expr.Call
	agg    *expr.Agg // nil: a window function
	args   []int     // columns of the layout; -1: constant
	filter int       // -1: none
	lo, hi any       // offsets of the frame, in Go form
}

// NewWindow prepares a window node.
func NewWindow(n *plan.Window) (*Window, error) {
	w := &Window{node: n}
	first := n.Funcs[0].(*expr.Alias).X.(*expr.Window)
	var keys []expr.Order
	for _, e := range first.PartitionBy {
		if _, ok := e.(*expr.Literal); !ok {
			keys = append(keys, expr.Order{X: e, NullsFirst: true})
			w.parts++
		}
	}
	w.layout = newSortLayout(n.Input.Output(), append(keys, first.OrderBy...))
	for _, item := range n.Funcs {
		s, err := w.spec(item.(*expr.Alias).X.(*expr.Window))
		if err != nil {
			return nil, err
		}
		w.funcs = append(w.funcs, s)
	}
	return w, nil
}

func (w *Window) spec(over *expr.Window) (*windowSpec, error) {
	s := &windowSpec{over: over, filter: -1}
	switch f := over.Func.(type) {
	case *expr.Agg:
		s.agg, s.call = f, &f.Call
		if f.Distinct {
			return nil, errs.New(f.Pos(), "DISTINCT_WINDOW_FUNCTION_UNSUPPORTED", "windowExpr", over.String())
		}
		if f.Filter != nil {
			s.filter = w.layout.column(f.Filter)
		}
	case *expr.Call:
		s.call = f
	}
	if s.call == nil || s.call.Bind.Agg == nil && s.call.Bind.Window == nil {
		return nil, errs.Unsupported(over.Pos(), "window function "+over.Func.String())
	}
	for _, a := range s.call.Args {
		if _, ok := a.(*expr.Literal); ok {
			s.args = append(s.args, -1)
			continue
		}
		s.args = append(s.args, w.layout.column(a))
	}
	var err error
	if s.lo, err = boundOffset(over.Frame.Lo); err == nil {
		s.hi, err = boundOffset(over.Frame.Hi)
	}
	return s, err
}

func boundOffset(b expr.Bound) (any, error) {
	if b.Offset == nil {
		return nil, nil
	}
	return eval.Constant(b.Offset)
}

func (w *Window) Rows() Sink     { return windowSink{w} }
func (w *Window) Result() Source { return &windowSource{w: w} }

type windowSink struct{ w *Window }

func (s windowSink) Describe() plan.Desc        { return s.w.node.Describe() }
func (s windowSink) Open(t *Task) (Part, error) { return newSortPart(t, &s.w.layout) }
func (s windowSink) Finish(t *Task, parts []Part) (err error) {
	w := s.w
	if w.out, err = finishSort(t, &w.layout, parts, &w.held); err != nil {
		return err
	}
	if len(w.out.runs) > 0 {
		return nil
	}
	if err := w.cut(t); err != nil {
		return err
	}
	t.Partitions(len(w.starts), w.partitionRows)
	if w.held.more(t, w.regionBytes(t.Workers)) == nil {
		return nil
	}
	w.regions, w.starts = nil, nil
	return w.out.toRun(t, &w.held)
}

// regionBytes is the memory of the largest regions, as many as there are workers.
func (w *Window) regionBytes(workers int) int64 {
	sizes := make([]int, len(w.regions))
	for k := range w.regions {
		lo, hi := w.region(k)
		sizes[k] = hi - lo
	}
	slices.Sort(sizes)
	n := 0
	for _, size := range sizes[max(0, len(sizes)-workers):] {
		n += size
	}
	return int64(n) * w.rowBytes()
}

// region is the range of region k in the sorted order.
func (w *Window) region(k int) (lo, hi int) {
	lo, hi = w.starts[w.regions[k]], len(w.out.order)
	if k+1 < len(w.regions) {
		hi = w.starts[w.regions[k+1]]
	}
	return lo, hi
}

// About how many rows a task has, in whole partitions: of rows in memory, and of rows that are read from disk.
const (
	regionRows = 1 << 14
	streamRows = 1 << 11
)

// cut finds the partitions and puts them together to regions.
func (w *Window) cut(t *Task) error {
	order := w.out.order
	const piece = 1 << 17
	found := make([][]int, (len(order)+piece-1)/piece)
	differ := w.differ()
	err := t.Parallel(len(found), func(_ *Task, k int) error {
		for i := k * piece; i < min(len(order), (k+1)*piece); i++ {
			if i == 0 || differ(order[i-1], order[i]) {
				found[k] = append(found[k], i)
			}
		}
		return nil
	})
	for _, starts := range found {
		for _, i := range starts {
			w.starts = append(w.starts, i)
			if k := len(w.regions); k == 0 || i-w.starts[w.regions[k-1]] >= regionRows {
				w.regions = append(w.regions, len(w.starts)-1)
			}
		}
	}
	return err
}

// partitionRows is the number of rows of partition k.
func (w *Window) partitionRows(k int) int64 {
	if k+1 < len(w.starts) {
		return int64(w.starts[k+1] - w.starts[k])
	}
	return int64(len(w.out.order) - w.starts[k])
}

// differ tells whether two rows are of different partitions: by their sort words where these hold all partition keys.
func (w *Window) differ() func(a, b wordID) bool {
	if w.parts == 0 {
		return func(a, b wordID) bool { return false }
	}
	fields := w.out.fields
	o := rowOrder{w.out.rows, w.layout.keys[:w.parts]}
	if len(fields) > w.parts || len(fields) == w.parts && fields[w.parts-1].exact {
		shift := fields[w.parts-1].shift
		return func(a, b wordID) bool { return a.word>>shift != b.word>>shift }
	}
	return func(a, b wordID) bool { return o.compare(a.id, b.id, 0) != 0 }
}

// windowSource computes and puts out a region a morsel.
type windowSource struct {
	w    *Window
	next atomic.Int64
}

func (s *windowSource) Describe() plan.Desc { return s.w.node.Describe() }
func (s *windowSource) Open(t *Task) (Reader, error) {
	r := &windowReader{s: s, w: s.w, mem: t.Mem.Child()}
	for _, f := range s.w.funcs {
		c, err := newWindowCalc(s.w, f)
		if err != nil {
			return nil, err
		}
		r.calcs = append(r.calcs, c)
	}
	r.region.cols = scratchColumns(len(s.w.layout.types))
	return r, nil
}

type windowReader struct {
	s      *windowSource
	w      *Window
	mem    *mem.Budget
	calcs  []*windowCalc
	region windowRegion
	ids    []uint32
}

func (r *windowReader) Close() error { r.mem.Close(); return nil }

func (r *windowReader) Next(t *Task, emit Emit) error {
	k := int(r.s.next.Add(1)) - 1
	w := r.w
	if w.out != nil && len(w.out.runs) > 0 && k == 0 {
		return r.stream(t, emit)
	}
	if k >= len(w.regions) {
		return io.EOF
	}
	first, last := w.regions[k], len(w.starts)
	if k+1 < len(w.regions) {
		last = w.regions[k+1]
	}
	lo, hi := w.region(k)
	g := &r.region
	g.n, g.starts = hi-lo, g.starts[:0]
	for _, s := range w.starts[first:last] {
		g.starts = append(g.starts, int32(s-lo))
	}
	g.starts = append(g.starts, int32(g.n))
	r.ids = idsOf(w.out.order[lo:hi], r.ids)
	for c := range g.cols {
		if t.Err() != nil { // a partition may be large
			return t.Err()
		}
		w.out.rows.Gather(c, r.ids, g.cols[c])
	}
	return r.compute(t, uint64(lo), emit)
}

// compute runs all functions over the region and puts it out in batches.
func (r *windowReader) compute(t *Task, seq uint64, emit Emit) error {
	g := &r.region
	if err := g.prepare(t, r.w); err != nil {
		return err
	}
	cols := append([]*vec.Vec(nil), g.cols[:len(r.w.layout.in)]...)
	for _, c := range r.calcs {
		if t.Err() != nil {
			return t.Err()
		}
		out, err := c.run(t, g)
		if err != nil {
			return err
		}
		cols = append(cols, out)
	}
	piece := make([]*vec.Vec, len(cols))
	for lo := 0; lo < g.n; lo += vec.BatchRows {
		hi := min(g.n, lo+vec.BatchRows)
		for k, v := range cols {
			piece[k] = sliceFlat(v, lo, hi)
		}
		if err := emit(&vec.Batch{Cols: piece, N: hi - lo, Seq: seq + uint64(lo)}); err != nil {
			return err
		}
	}
	return nil
}

// stream computes regions of rows that come from merging runs on disk.
func (r *windowReader) stream(t *Task, emit Emit) error {
	g, w := &r.region, r.w
	at := uint64(0)
	clearRegion := func() {
		g.n, g.starts = 0, g.starts[:0]
		for k, ty := range w.layout.types {
			g.cols[k] = vec.New(ty, 0)
		}
	}
	clearRegion()
	flush := func() error {
		if g.n == 0 {
			return nil
		}
		g.starts = append(g.starts, int32(g.n))
		err := r.compute(t, at, emit)
		at += uint64(g.n)
		clearRegion()
		return err
	}
	keys := w.layout.keys[:w.parts]
	add := func(cols []*vec.Vec, lo, hi int) {
		sel := make([]int32, hi-lo)
		for i := range sel {
			sel[i] = int32(lo + i)
		}
		for k, v := range g.cols {
			vec.AppendRows(v, cols[k], sel, len(sel))
		}
		g.n += hi - lo
	}
	err := w.out.merge(t, func(cols []*vec.Vec, n int, _ uint64) error {
		from := 0
		for i := range n {
			same := true
			for _, k := range keys {
				switch {
				case i > from:
					same = same && k.compare(cols[k.col], i-1, cols[k.col], i) == 0
				case g.n > 0:
					same = same && k.compare(g.cols[k.col], g.n-1, cols[k.col], i) == 0
				}
			}
			if same && (g.n > 0 || i > from) {
				continue
			}
			add(cols, from, i)
			from = i
			if g.n >= streamRows {
				if err := flush(); err != nil {
					return err
				}
			}
			g.starts = append(g.starts, int32(g.n))
		}
		add(cols, from, n)
		return r.mem.Set(int64(g.n) * w.rowBytes())
	})
	if err != nil {
		return err
	}
	return flush()
}

// rowBytes is the memory of a row of a region, roughly.
func (w *Window) rowBytes() int64 {
	n := 8 + 12*len(w.funcs)
	for _, t := range w.layout.types {
		if t.Width() > 0 {
			n += t.Width()
		} else {
			n += 16
		}
	}
	return int64(n)
}

// needsFrame tells whether the function looks at frames.
func (s *windowSpec) needsFrame() bool {
	return s.agg != nil || !s.call.Traits().Has(udfs.NeedsOrder)
}
