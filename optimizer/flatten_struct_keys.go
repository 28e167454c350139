package optimizer

import (
	"sparksql/sql/expr"
	"sparksql/sql/plan"
)

var flattenStructKeys = Rule{
	Name: "FlattenStructKeys",
	Doc: `A sort key that is a struct built on the spot becomes its fields: structs are ordered field by field, NULLs as sort
keys have them by default. A key that stands before already, or is one of a window's partition keys, goes. Not with NULLS
FIRST or LAST against the default: a struct that is built is never NULL, its fields may be.`,
	Apply: func(ctx *Ctx, n plan.Node) (plan.Node, error) {
		return plan.Rewrite(n, func(n plan.Node) (plan.Node, error) {
			switch n := n.(type) {
			case *plan.Sort:
				if keys, ok := flatKeys(n.Keys, nil); ok {
					return &plan.Sort{Input: n.Input, Keys: keys}, nil
				}
			case *plan.TopN:
				if keys, ok := flatKeys(n.Keys, nil); ok {
					c := *n
					c.Keys = keys
					return &c, nil
				}
			case *plan.Window:
				return flattenWindow(n), nil
			}
			return n, nil
		})
	},
}

func flattenWindow(n *plan.Window) plan.Node {
	funcs := make([]expr.Expr, len(n.Funcs))
	for i, f := range n.Funcs {
		a := *f.(*expr.Alias)
		w := *a.X.(*expr.Window)
		keys, ok := flatKeys(w.OrderBy, w.PartitionBy)
		if !ok {
			return n
		}
		w.OrderBy = keys
		a.X = &w
		funcs[i] = &a
	}
	return &plan.Window{Input: n.Input, Funcs: funcs}
}

// flatKeys is keys without structs; ok is false when there are none.
func flatKeys(keys []expr.Order, partition []expr.Expr) (out []expr.Order, ok bool) {
	seen := map[string]bool{}
	for _, p := range partition {
		seen[expr.Key(p)] = true
	}
	var add func(o expr.Order)
	add = func(o expr.Order) {
		if fields, is := structFields(o.X); is && o.NullsFirst == !o.Desc {
			ok = true
			for _, f := range fields {
				add(expr.Order{X: f, Desc: o.Desc, NullsFirst: o.NullsFirst})
			}
			return
		}
		if k := expr.Key(o.X); !seen[k] || !deterministic(o.X) {
			seen[k] = true
			out = append(out, o)
		}
	}
	for _, o := range keys {
		add(o)
	}
	if len(out) == 0 && ok {
		return keys, false
	}
	return out, ok
}

// structFields are the values that a call puts together as a struct.
func structFields(e expr.Expr) ([]expr.Expr, bool) {
	if c, ok := callOf(e, "struct"); ok {
		return c.Args, true
	}
	c, ok := callOf(e, "named_struct")
	if !ok {
		return nil, false
	}
	var out []expr.Expr
	for i := 1; i < len(c.Args); i += 2 {
		out = append(out, c.Args[i])
	}
	return out, true
}
