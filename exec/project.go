package exec

import (
	"sparksql/exec/eval"
	"sparksql/exec/vec"
	"sparksql/sql/plan"
)

// Project computes its columns; those that are only passed through are not copied.
type Project struct{ node *plan.Project }

func (p *Project) Describe() plan.Desc { return p.node.Describe() }

func (p *Project) Open(t *Task) (StepFunc, error) {
	prog, err := eval.Compile(p.node.Items, p.node.Input.Output(), t.Slots)
	if err != nil {
		return nil, err
	}
	out := vec.Batch{Cols: make([]*vec.Vec, len(p.node.Items))}
	return func(b *vec.Batch, emit Emit) error {
		if b == nil {
			return nil
		}
		if err := prog.Eval(t, b, out.Cols); err != nil {
			return err
		}
		out.Sel, out.N, out.Seq = b.Sel, b.N, b.Seq
		return emit(&out)
	}, nil
}
