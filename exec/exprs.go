package exec

import (
	"context"

	"sparksql/exec/eval"
	"sparksql/exec/vec"
	"sparksql/sql/expr"
)

// exprs evaluates a list of expressions over batches; plain columns are handed on. It is one worker's.
type exprs struct {
	prog *eval.Program
	cols []int // by expression: the input's column; -1: computed
	out  []*vec.Vec
	vals []*vec.Vec // what prog gives
}

// compileExprs prepares es over the columns in.
func compileExprs(es []expr.Expr, in []expr.Col, slots eval.Slots) (*exprs, error) {
	x := &exprs{out: make([]*vec.Vec, len(es))}
	var computed []expr.Expr
	for _, e := range es {
		at := columnOf(e, in)
		x.cols = append(x.cols, at)
		if at < 0 {
			computed = append(computed, e)
		}
	}
	if len(computed) == 0 {
		return x, nil
	}
	var err error
	x.vals = make([]*vec.Vec, len(computed))
	x.prog, err = eval.Compile(computed, in, slots)
	return x, err
}

// eval gives the values for the live rows of b, lent until the next call.
func (x *exprs) eval(ctx context.Context, b *vec.Batch) ([]*vec.Vec, error) {
	if x.prog != nil {
		if err := x.prog.Eval(ctx, b, x.vals); err != nil {
			return nil, err
		}
	}
	k := 0
	for i, at := range x.cols {
		if at >= 0 {
			x.out[i] = b.Cols[at]
			continue
		}
		x.out[i] = x.vals[k]
		k++
	}
	return x.out, nil
}
