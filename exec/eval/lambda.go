package eval

import (
	"sparksql/exec/vec"
	"sparksql/sql/expr"
	"sparksql/udfs"
)

// lambda is a compiled lambda argument: a program over its parameters, then the outer columns that it reads.
type lambda struct {
	prog   *Program
	params int
	cols   []int // of the enclosing program's input
	outer  *run  // of the call that is running
	batch  vec.Batch
	kept   []vec.Vec
	flat   vec.Vec
	out    [1]*vec.Vec
}

// lambdas compiles the lambda arguments of e. kids are the other arguments in order; the result has nil at lambdas.
func (c *compiler) lambdas(x *call, e *expr.Call, kids []*node) ([]*node, error) {
	var all []*node
	x.lambdas = make([]*lambda, len(e.Args))
	x.call.Lambdas = make([]udfs.Lambda, len(e.Args))
	for i, a := range e.Args {
		l, ok := a.(*expr.Lambda)
		if !ok {
			all, kids = append(all, kids[0]), kids[1:]
			continue
		}
		all = append(all, nil)
		y, err := c.lambda(l)
		if err != nil {
			return nil, err
		}
		x.lambdas[i], x.call.Lambdas[i] = y, y.eval
	}
	return all, nil
}

func (c *compiler) lambda(l *expr.Lambda) (*lambda, error) {
	y := &lambda{params: len(l.Params)}
	in := append([]expr.Col(nil), l.Params...)
	seen := map[expr.ID]bool{}
	for _, p := range l.Params {
		seen[p.ID] = true
	}
	expr.Columns(l.Body, func(col *expr.Column) {
		if at, ok := c.at[col.ID]; ok && !seen[col.ID] {
			seen[col.ID] = true
			in = append(in, col.Col)
			y.cols = append(y.cols, at)
		}
	})
	var err error
	y.prog, err = Compile([]expr.Expr{l.Body}, in, c.slots)
	y.kept = make([]vec.Vec, len(y.cols))
	return y, err
}

// eval runs the body for n rows of parameters; see udfs.Lambda.
func (y *lambda) eval(params []*vec.Vec, outer []int32, n int) (*vec.Vec, error) {
	b := &y.batch
	b.Cols = append(b.Cols[:0], params[:y.params]...)
	for k, at := range y.cols {
		vec.Gather(&y.kept[k], y.outer.cols[at], outer[:n])
		b.Cols = append(b.Cols, &y.kept[k])
	}
	b.N, b.Sel, b.Seq = n, nil, y.outer.seq
	if err := y.prog.Eval(y.outer.ctx, b, y.out[:]); err != nil {
		return nil, err
	}
	y.flat.Type = y.out[0].Type
	return vec.Flatten(y.out[0], &y.flat, nil), nil
}
