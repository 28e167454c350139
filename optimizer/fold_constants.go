package optimizer

import (
	"sparksql/exec/eval"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/types"
	"sparksql/udfs"
)

var foldConstants = Rule{
	Name: "FoldConstants",
	Doc: `Deterministic expressions over constants are computed once. One that raises an error is left as it is, so that the
error comes only if a row is reached. TRUE conjuncts go; a FALSE or NULL one leaves an empty relation.`,
	Apply: func(ctx *Ctx, n plan.Node) (plan.Node, error) {
		return plan.Rewrite(n, func(n plan.Node) (plan.Node, error) {
			n = plan.RewriteExprs(n, func(e expr.Expr) expr.Expr { return expr.Rewrite(e, fold) })
			if f, ok := n.(*plan.Filter); ok {
				return simplifyFilter(ctx, f)
			}
			return n, nil
		})
	},
}

func fold(e expr.Expr) expr.Expr {
	switch x := e.(type) {
	case *expr.Call:
		if x.Bind.Table != nil || x.Bind.Agg != nil || x.Bind.Window != nil {
			return e
		}
		if !x.Traits().Has(udfs.Deterministic) && x.Bind.Lazy == udfs.Eager {
			return e
		}
		if s := simplify(x); s != nil {
			return s
		}
	case *expr.Cast:
	default:
		return e
	}
	for _, c := range e.Children() {
		if _, ok := c.(*expr.Literal); !ok {
			return e
		}
	}
	v, err := eval.Constant(e)
	if err != nil {
		return e
	}
	return &expr.Literal{Typ: e.Type(), Value: v, At: e.Pos(), Text: e.String()}
}

func isBool(e expr.Expr, v bool) bool {
	l, ok := e.(*expr.Literal)
	return ok && l.Value == v
}

// simplify resolves AND and OR with a constant side.
func simplify(c *expr.Call) expr.Expr {
	if c.Bind.Lazy != udfs.And && c.Bind.Lazy != udfs.Or || len(c.Args) != 2 {
		return nil
	}
	neutral := c.Bind.Lazy == udfs.And
	for i, a := range c.Args {
		if isBool(a, neutral) {
			return c.Args[1-i]
		}
	}
	if isBool(c.Args[0], !neutral) {
		return literal(types.BooleanType, !neutral)
	}
	return nil
}

func simplifyFilter(ctx *Ctx, f *plan.Filter) (plan.Node, error) {
	l, ok := f.Cond.(*expr.Literal)
	if !ok {
		return f, nil
	}
	if l.Value == true {
		return f.Input, nil
	}
	return &plan.Values{Cols: f.Output()}, nil
}
