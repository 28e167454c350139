package exec

import (
	"sparksql/exec/vec"
	"sparksql/sql/plan"
)

// Expand puts out every batch once for each of its sets of expressions.
type Expand struct{ node *plan.Expand }

func (e *Expand) Describe() plan.Desc { return e.node.Describe() }

func (e *Expand) Open(t *Task) (StepFunc, error) {
	sets := make([]*exprs, len(e.node.Sets))
	for i, set := range e.node.Sets {
		var err error
		if sets[i], err = compileExprs(set, e.node.Input.Output(), t.Slots); err != nil {
			return nil, err
		}
	}
	return func(b *vec.Batch, emit Emit) error {
		if b == nil {
			return nil
		}
		for _, s := range sets {
			cols, err := s.eval(t, b)
			if err != nil {
				return err
			}
			if err := emit(&vec.Batch{Cols: cols, Sel: b.Sel, N: b.N, Seq: b.Seq}); err != nil {
				return err
			}
		}
		return nil
	}, nil
}
