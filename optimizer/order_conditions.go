package optimizer

import (
	"slices"

	"sparksql/sql/expr"
	"sparksql/sql/plan"
)

var orderConditions = Rule{
	Name: "OrderConditions",
	Doc: `Of the conditions of a filter those that cost more, as their functions' records say, come later. Only those move
that are deterministic and cannot fail, and none passes one that can or is not: it may be there to guard it.`,
	Apply: func(ctx *Ctx, n plan.Node) (plan.Node, error) {
		return plan.Rewrite(n, func(n plan.Node) (plan.Node, error) {
			switch x := n.(type) {
			case *plan.Filter:
				es := conjuncts(x.Cond)
				if !orderByCost(es) {
					return n, nil
				}
				cond, err := ctx.and(es)
				return &plan.Filter{Input: x.Input, Cond: cond}, err
			case *plan.Scan:
				es := slices.Clone(x.Filters)
				if !orderByCost(es) {
					return n, nil
				}
				c := *x
				c.Filters = es
				return &c, nil
			}
			return n, nil
		})
	},
}

// orderByCost sorts the runs of movable conditions in es and tells whether any moved.
func orderByCost(es []expr.Expr) (moved bool) {
	for lo := 0; lo < len(es); {
		hi := lo
		for hi < len(es) && pure(es[hi]) {
			hi++
		}
		byCost := func(a, b expr.Expr) int { return cost(a) - cost(b) }
		if run := es[lo:hi]; !slices.IsSortedFunc(run, byCost) {
			slices.SortStableFunc(run, byCost)
			moved = true
		}
		lo = hi + 1
	}
	return moved
}

// cost is about what a row takes, in nanoseconds.
func cost(e expr.Expr) (nanos int) {
	expr.Walk(e, func(x expr.Expr) bool {
		if c, ok := x.(*expr.Call); ok && c.Def != nil {
			nanos += c.Def.Cost
		}
		return true
	})
	return nanos
}
