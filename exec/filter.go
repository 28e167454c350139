package exec

import (
	"sparksql/exec/eval"
	"sparksql/exec/vec"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
)

// Filter keeps the rows whose condition is true, by a selection: nothing is copied.
type Filter struct{ node *plan.Filter }

func (f *Filter) Describe() plan.Desc { return f.node.Describe() }

func (f *Filter) Open(t *Task) (StepFunc, error) {
	return filterAll(t, []expr.Expr{f.node.Cond}, f.node.Input.Output())
}

// filterAll keeps the rows for which all of conds are true.
func filterAll(t *Task, conds []expr.Expr, in []expr.Col) (StepFunc, error) {
	if len(conds) == 0 {
		return func(b *vec.Batch, emit Emit) error {
			if b == nil {
				return nil
			}
			return emit(b)
		}, nil
	}
	prog, err := eval.Compile(conds, in, t.Slots)
	if err != nil {
		return nil, err
	}
	var sel []int32
	var out vec.Batch
	return func(b *vec.Batch, emit Emit) error {
		if b == nil {
			return nil
		}
		var err error
		if sel, err = prog.Select(t, b, sel[:0]); err != nil || len(sel) == 0 {
			return err
		}
		out = *b
		if len(sel) < b.N {
			out.Sel = sel
		}
		return emit(&out)
	}, nil
}
