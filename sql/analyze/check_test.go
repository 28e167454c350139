package analyze

import (
	"fmt"

	"sparksql/sql/expr"
	"sparksql/sql/plan"
)

// checkPlan finds columns that no input gives, IDs given twice, aggregates and windows out of place.
func checkPlan(n plan.Node, outer map[expr.ID]bool) error {
	for i, in := range n.Inputs() {
		o := outer
		if d, ok := n.(*plan.DependentJoin); ok && i == 1 {
			o = ids(outer, d.L)
		}
		if err := checkPlan(in, o); err != nil {
			return err
		}
	}
	have := ids(nil, n.Inputs()...)
	for _, e := range n.Exprs() {
		if err := checkExpr(n, e, have, outer); err != nil {
			return err
		}
	}
	seen := map[expr.ID]bool{}
	for _, c := range n.Output() {
		if seen[c.ID] {
			return fmt.Errorf("%s puts out column %s twice", n.Describe().Name, c.Name)
		}
		seen[c.ID] = true
	}
	return nil
}

func ids(more map[expr.ID]bool, ns ...plan.Node) map[expr.ID]bool {
	out := map[expr.ID]bool{}
	for id := range more {
		out[id] = true
	}
	for _, n := range ns {
		for _, c := range n.Output() {
			out[c.ID] = true
		}
	}
	return out
}

func checkExpr(n plan.Node, e expr.Expr, have, outer map[expr.ID]bool) (err error) {
	params := lambdaParams(e)
	_, agg := n.(*plan.Aggregate)
	_, win := n.(*plan.Window)
	expr.Walk(e, func(e expr.Expr) bool {
		switch x := e.(type) {
		case *expr.Column:
			if !have[x.ID] && !params[x.ID] {
				err = fmt.Errorf("%s: no input gives column %s (%d) of %s", n.Describe().Name, x.Name, x.ID, e)
			}
		case *expr.Outer:
			if !outer[x.ID] {
				err = fmt.Errorf("%s: no enclosing query gives %s", n.Describe().Name, x)
			}
		case *expr.Agg:
			if !agg && !win {
				err = fmt.Errorf("%s holds the aggregate %s", n.Describe().Name, x)
			}
		case *expr.Window:
			if !win {
				err = fmt.Errorf("%s holds the window %s", n.Describe().Name, x)
			}
		case *expr.Subquery:
			for _, o := range x.Outer {
				if !have[o.ID] {
					err = fmt.Errorf("%s: no input gives column %s of a subquery", n.Describe().Name, o.Name)
				}
			}
			if err == nil {
				err = checkPlan(x.Plan.(plan.Node), have)
			}
		}
		return err == nil
	})
	return err
}
