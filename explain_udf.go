package sparksql

import (
	"slices"
	"strings"

	"sparksql/exec/eval"
	"sparksql/functions"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/udfs"
)

// describe is a node's description, with the users' functions in it and the way that each runs.
func describe(n plan.Node) plan.Desc {
	d := n.Describe()
	var ways []string
	for _, e := range n.Exprs() {
		expr.Walk(e, func(e expr.Expr) bool {
			if c := callIn(e); c != nil && c.Def != nil && !functions.IsBuiltin(c.Def) {
				if w := c.Name + " [" + way(e, c) + "]"; !slices.Contains(ways, w) {
					ways = append(ways, w)
				}
			}
			return true
		})
	}
	if len(ways) > 0 {
		d.Attrs = append(slices.Clone(d.Attrs), plan.Attr{Key: "udf", Value: strings.Join(ways, ", ")})
	}
	return d
}

func callIn(e expr.Expr) *expr.Call {
	switch e := e.(type) {
	case *expr.Call:
		return e
	case *expr.Agg:
		return &e.Call
	}
	return nil
}

// way is how a user's function runs. Whether a column comes as a dictionary is seen when it comes.
func way(e expr.Expr, c *expr.Call) string {
	switch {
	case c.Bind.Agg != nil:
		return "per row into a state"
	case c.Bind.Table != nil:
		return "rows per row"
	case !c.Traits().Has(udfs.Deterministic):
		return "volatile, per row"
	case eval.PerEntry(e):
		return "per dictionary entry, else per " + unit(c)
	}
	return "per " + unit(c)
}

func unit(c *expr.Call) string {
	if c.Traits().Has(udfs.Columnar) {
		return "batch"
	}
	return "row"
}
