package plan

import (
	"slices"

	"sparksql/sql/expr"
)

// Walk calls f for n and everything beneath, parents first; f returns false to leave out what is beneath. It does not
// enter the plans of subqueries.
func Walk(n Node, f func(Node) bool) {
	if !f(n) {
		return
	}
	for _, in := range n.Inputs() {
		Walk(in, f)
	}
}

// Rewrite applies f to every node, inputs first. Where nothing changes the same pointers come back.
func Rewrite(n Node, f func(Node) (Node, error)) (Node, error) {
	ins := n.Inputs()
	var changed []Node
	for i, in := range ins {
		m, err := Rewrite(in, f)
		if err != nil {
			return nil, err
		}
		if m != in {
			if changed == nil {
				changed = slices.Clone(ins)
			}
			changed[i] = m
		}
	}
	if changed != nil {
		n = n.WithInputs(changed)
	}
	return f(n)
}

// RewriteExprs applies f to every expression of n (whole expressions; use expr.Rewrite within).
func RewriteExprs(n Node, f func(expr.Expr) expr.Expr) Node {
	es := n.Exprs()
	var changed []expr.Expr
	for i, e := range es {
		if x := f(e); x != e {
			if changed == nil {
				changed = slices.Clone(es)
			}
			changed[i] = x
		}
	}
	if changed == nil {
		return n
	}
	return n.WithExprs(changed)
}

// ItemCol is the output column of an item of Project, Aggregate or Window: an *expr.Alias or *expr.Column.
func ItemCol(e expr.Expr) expr.Col {
	if a, ok := e.(*expr.Alias); ok {
		return a.Col()
	}
	return e.(*expr.Column).Col
}

func itemCols(es []expr.Expr) []expr.Col {
	out := make([]expr.Col, len(es))
	for i, e := range es {
		out[i] = ItemCol(e)
	}
	return out
}

func nullable(cols []expr.Col) []expr.Col {
	out := slices.Clone(cols)
	for i := range out {
		out[i].Nullable = true
	}
	return out
}
