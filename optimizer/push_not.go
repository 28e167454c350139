package optimizer

import (
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/udfs"
)

var pushNot = Rule{
	Name: "PushNot",
	Doc: `NOT moves down through AND and OR (De Morgan), and two of them vanish. It holds in three-valued logic. It comes
before subqueries become joins: NOT IN under a NOT is IN, and the other way round, and the two treat NULL differently.`,
	Apply: func(ctx *Ctx, n plan.Node) (plan.Node, error) {
		return plan.Rewrite(n, func(n plan.Node) (plan.Node, error) {
			var failed error
			out := plan.RewriteExprs(n, func(e expr.Expr) expr.Expr {
				if !hasSubquery(e) {
					return e
				}
				x, err := ctx.pushNot(e)
				if err != nil {
					failed = err
					return e
				}
				return x
			})
			return out, failed
		})
	},
}

// pushNot rewrites e from the top down.
func (ctx *Ctx) pushNot(e expr.Expr) (expr.Expr, error) {
	if c, ok := callOf(e, "!"); ok {
		if x, err := ctx.negated(c.Args[0]); x != nil || err != nil {
			return x, err
		}
	}
	var failed error
	kids := e.Children()
	var changed []expr.Expr
	for i, k := range kids {
		x, err := ctx.pushNot(k)
		if err != nil {
			failed = err
		}
		if x != k {
			if changed == nil {
				changed = append([]expr.Expr(nil), kids...)
			}
			changed[i] = x
		}
	}
	if changed == nil || failed != nil {
		return e, failed
	}
	return e.WithChildren(changed), nil
}

// negated is NOT e without the NOT; nil where there is no such form.
func (ctx *Ctx) negated(e expr.Expr) (expr.Expr, error) {
	if c, ok := callOf(e, "!"); ok {
		return ctx.pushNot(c.Args[0])
	}
	op := ""
	c, ok := isLazy(e, udfs.And)
	if ok {
		op = "or"
	} else if c, ok = isLazy(e, udfs.Or); ok {
		op = "and"
	} else {
		return nil, nil
	}
	var sides [2]expr.Expr
	for i, a := range c.Args {
		n, err := ctx.Call("!", a)
		if err != nil {
			return nil, err
		}
		if sides[i], err = ctx.pushNot(n); err != nil {
			return nil, err
		}
	}
	return ctx.Call(op, sides[0], sides[1])
}
