package analyze

import (
	"strings"

	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/types"
)

// checkCorrelated refuses what a correlated subquery cannot have: columns of types without equality, and for a scalar
// subquery that is not joined as it is, grouping by columns that the correlation does not fix.
func (a *Analyzer) checkCorrelated(q *expr.Subquery) error {
	if o := incomparable(q); o != nil {
		return errs.New(q.At, "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_REFERENCE_DATA_TYPE",
			"expr", o.String(), "dataType", o.Type().String())
	}
	single := a.enabled("spark.sql.optimizer.scalarSubqueryUseSingleJoin")
	allowed := a.Conf.Bool("spark.sql.legacy.scalarSubqueryAllowGroupByNonEqualityCorrelatedPredicate")
	if q.Kind != expr.Scalar || len(q.Outer) == 0 || single || allowed {
		return nil
	}
	agg := topAggregate(q.Plan.(plan.Node))
	if agg == nil || len(agg.Keys) == 0 {
		return nil
	}
	fixed := map[string]bool{}
	fixedBy(agg.Input, fixed)
	var free []string
	for _, k := range agg.Keys {
		if fixed[expr.Key(bare(k))] {
			continue
		}
		expr.Columns(k, func(c *expr.Column) {
			if !fixed[expr.Key(c)] {
				free = append(free, c.Name)
			}
		})
	}
	if free == nil {
		return nil
	}
	return errs.New(q.At, "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.NON_CORRELATED_COLUMNS_IN_GROUP_BY", "value", strings.Join(free, ","))
}

// topAggregate is the aggregate that gives a query's rows; nil when something else does.
func topAggregate(n plan.Node) *plan.Aggregate {
	for {
		switch x := n.(type) {
		case *plan.Project:
			n = x.Input
		case *plan.Filter:
			n = x.Input
		case *plan.Aggregate:
			return x
		default:
			return nil
		}
	}
}

// fixedBy collects the keys of inner expressions that filters equate with the enclosing query's values.
func fixedBy(n plan.Node, fixed map[string]bool) {
	plan.Walk(n, func(n plan.Node) bool {
		if f, ok := n.(*plan.Filter); ok {
			conjuncts(f.Cond, func(e expr.Expr) {
				c, ok := e.(*expr.Call)
				if !ok || c.Def == nil || len(c.Args) != 2 || c.Def.Name != "=" && c.Def.Name != "<=>" {
					return
				}
				for i, x := range c.Args {
					if !hasColumn(c.Args[1-i]) && hasColumn(x) {
						fixed[expr.Key(bare(x))] = true
					}
				}
			})
		}
		return true
	})
}

func conjuncts(e expr.Expr, f func(expr.Expr)) {
	if c, ok := e.(*expr.Call); ok && c.Def != nil && c.Def.Name == "and" {
		for _, x := range c.Args {
			conjuncts(x, f)
		}
		return
	}
	f(e)
}

func hasColumn(e expr.Expr) bool {
	return find(e, func(e expr.Expr) bool { _, ok := e.(*expr.Column); return ok }) != nil
}

// bare is e without the name and the implicit casts around it.
func bare(e expr.Expr) expr.Expr {
	for {
		switch x := e.(type) {
		case *expr.Alias:
			e = x.X
		case *expr.Cast:
			if !x.Implicit {
				return e
			}
			e = x.X
		default:
			return e
		}
	}
}

// incomparable is an expression over columns of the enclosing query alone, as large as can be, whose type has no
// equality; nil when there is none.
func incomparable(q *expr.Subquery) (found expr.Expr) {
	if len(q.Outer) == 0 {
		return nil
	}
	plan.Walk(q.Plan.(plan.Node), func(n plan.Node) bool {
		for _, e := range n.Exprs() {
			expr.Walk(e, func(e expr.Expr) bool {
				_, alias := e.(*expr.Alias)
				if alias || hasColumn(e) {
					return found == nil
				}
				o := find(e, func(e expr.Expr) bool { _, ok := e.(*expr.Outer); return ok })
				if t := e.Type(); o != nil && found == nil && (holds(t, types.Map) || holds(t, types.Variant)) {
					found = e
				}
				return false
			})
		}
		return found == nil
	})
	return found
}
