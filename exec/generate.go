package exec

import (
	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/udfs"
)

// Generate runs a table function for every row and puts out the row beside each row that it gives; Outer keeps rows for
// which it gives none.
type Generate struct{ node *plan.Generate }

func (g *Generate) Describe() plan.Desc { return g.node.Describe() }

func (g *Generate) Open(t *Task) (StepFunc, error) {
	call, ok := g.node.Gen.(*expr.Call)
	if !ok || call.Bind.Table == nil {
		return nil, errs.Unsupported(g.node.Gen.Pos(), "generator "+g.node.Gen.String())
	}
	args, err := compileExprs(call.Args, g.node.Input.Output(), t.Slots)
	if err != nil {
		return nil, err
	}
	fn, err := call.Bind.Table(call.Env)
	if err != nil {
		return nil, err
	}
	w := &generator{node: g.node, args: args, fn: fn, call: udfs.Call{Env: call.Env, In: make([]*vec.Vec, len(call.Args))},
		flat: scratchColumns(len(call.Args)), pos: call}
	for range g.node.Output() {
		w.cols = append(w.cols, &vec.Vec{})
	}
	return func(b *vec.Batch, emit Emit) error {
		if b == nil || b.Rows() == 0 {
			return nil
		}
		return w.push(t, b, emit)
	}, nil
}

// generator is one worker's.
type generator struct {
	node *plan.Generate
	args *exprs
	fn   udfs.TableFunc
	call udfs.Call
	pos  *expr.Call
	flat []*vec.Vec
	cols []*vec.Vec
	rows []int32 // input row of each output row
	from []int32 // row of the generated columns, -1: none
	next int     // outer: the first live row, by place, that has had no output yet
}

func (w *generator) push(t *Task, b *vec.Batch, emit Emit) error {
	vals, err := w.args.eval(t, b)
	if err != nil {
		return err
	}
	for k, v := range vals {
		w.call.In[k] = vec.Flatten(v, w.flat[k], b.Sel)
	}
	w.call.Ctx, w.call.Sel, w.call.N, w.call.Seq = t, b.Sel, b.N, b.Seq
	w.next = 0
	err = w.fn.Eval(&w.call, func(rows []int32, cols []*vec.Vec) error { return w.put(b, rows, cols, emit) })
	if err != nil {
		return errs.At(err, w.pos.Pos())
	}
	if !w.node.Outer {
		return nil
	}
	w.rows, w.from = w.rows[:0], w.from[:0]
	w.missing(b, int32(b.N))
	return w.emit(b, nil, emit)
}

// put emits a batch of generated rows; between them, for Outer, the input rows that have none.
func (w *generator) put(b *vec.Batch, rows []int32, cols []*vec.Vec, emit Emit) error {
	w.rows, w.from = w.rows[:0], w.from[:0]
	live := eachRow{b.Sel, b.N}
	for k, r := range rows {
		if w.node.Outer {
			w.missing(b, r)
			if w.next < live.len() && live.at(w.next) == r {
				w.next++
			}
		}
		w.rows, w.from = append(w.rows, r), append(w.from, int32(k))
	}
	return w.emit(b, cols, emit)
}

// missing adds the live rows before row r that had no output.
func (w *generator) missing(b *vec.Batch, r int32) {
	live := eachRow{b.Sel, b.N}
	for w.next < live.len() && live.at(w.next) < r {
		w.rows, w.from = append(w.rows, live.at(w.next)), append(w.from, -1)
		w.next++
	}
}

func (w *generator) emit(b *vec.Batch, cols []*vec.Vec, emit Emit) error {
	n := len(b.Cols)
	for lo := 0; lo < len(w.rows); lo += vec.BatchRows {
		hi := min(len(w.rows), lo+vec.BatchRows)
		for k, v := range b.Cols {
			vec.Gather(w.cols[k], v, w.rows[lo:hi])
		}
		for k, c := range w.node.Cols {
			dst := w.cols[n+k]
			if cols == nil {
				*dst = *nullColumn(c.Type, hi-lo)
				continue
			}
			if dst.Form != vec.Flat {
				*dst = vec.Vec{}
			}
			vec.Gather(dst, cols[k], w.from[lo:hi])
		}
		if err := emit(&vec.Batch{Cols: w.cols, N: hi - lo, Seq: b.Seq}); err != nil {
			return err
		}
	}
	return nil
}
