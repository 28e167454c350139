package optimizer

import (
	"sparksql/sql/expr"
	"sparksql/sql/plan"
)

// reuseAcross shares what a query and its uncorrelated subqueries, which run before it, have in common: ReuseSubplans
// over all of them at once. It works on finished plans: what a join's run-time filter reads is not the same any more.
func reuseAcross(n plan.Node) plan.Node {
	subs := subqueryPlans(n)
	if len(subs) == 0 {
		return n
	}
	r := &reuser{seen: map[string]int{}, defs: map[string]*plan.SharedDef{}}
	r.count(n)
	for _, p := range subs {
		r.count(p)
	}
	repeated := false
	for _, c := range r.seen {
		repeated = repeated || c > 1
	}
	if !repeated {
		return n
	}
	swap := map[expr.Plan]expr.Plan{}
	for _, p := range subs {
		swap[p] = r.replace(p)
	}
	out, _ := plan.Rewrite(r.replace(n), func(n plan.Node) (plan.Node, error) {
		return plan.RewriteExprs(n, func(e expr.Expr) expr.Expr {
			return expr.Rewrite(e, func(e expr.Expr) expr.Expr {
				q, ok := e.(*expr.Subquery)
				if !ok || swap[q.Plan] == nil || swap[q.Plan] == q.Plan {
					return e
				}
				c := *q
				c.Plan = swap[q.Plan]
				return &c
			})
		}), nil
	})
	return out
}

// subqueryPlans are the plans of the subqueries in n's own expressions, each once.
func subqueryPlans(n plan.Node) (out []plan.Node) {
	seen := map[plan.Node]bool{}
	plan.Walk(n, func(n plan.Node) bool {
		for _, e := range n.Exprs() {
			expr.Walk(e, func(e expr.Expr) bool {
				if q, ok := e.(*expr.Subquery); ok && len(q.Outer) == 0 {
					if p, ok := q.Plan.(plan.Node); ok && !seen[p] {
						seen[p] = true
						out = append(out, p)
					}
				}
				return true
			})
		}
		return true
	})
	return out
}
