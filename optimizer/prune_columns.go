package optimizer

import (
	"slices"

	"sparksql/sql/expr"
	"sparksql/sql/plan"
)

var pruneColumns = Rule{
	Name: "PruneColumns",
	Doc: `Every node is asked for just the columns that something above reads: projections, aggregates and windows drop
items, scans read fewer columns. The output of the whole plan stays.`,
	Apply: func(ctx *Ctx, n plan.Node) (plan.Node, error) {
		return prune(n, outputs(n)), nil
	},
}

// prune returns n putting out at least the columns of need, and few others.
func prune(n plan.Node, need colSet) plan.Node {
	switch n := n.(type) {
	case *plan.Scan:
		return pruneScan(n, need)
	case *plan.Project:
		items := keepItems(n.Items, need)
		in := prune(n.Input, refsAll(items))
		if in == n.Input && len(items) == len(n.Items) {
			return n
		}
		return &plan.Project{Input: in, Items: items}
	case *plan.Aggregate:
		aggs := keepItems(n.Aggs, need)
		in := prune(n.Input, refsAll(slices.Concat(n.Keys, aggs)))
		if in == n.Input && len(aggs) == len(n.Aggs) {
			return n
		}
		return &plan.Aggregate{Input: in, Keys: n.Keys, Aggs: aggs}
	case *plan.Window:
		return pruneWindow(n, need)
	case *plan.Join:
		return pruneJoin(n, need)
	case *plan.Union:
		return pruneUnion(n, need)
	case *plan.Values:
		return pruneValues(n, need)
	case *plan.Expand:
		return pruneExpand(n, need)
	case *plan.Filter, *plan.Sort, *plan.TopN, *plan.Generate, *plan.Limit, *plan.Sample:
		below := colSet{}
		below.union(need)
		below.union(refsAll(n.Exprs()))
		return pruneInput(n, below)
	}
	// Write, Recursive, SetOp: all of their inputs' columns.
	ins := n.Inputs()
	out := make([]plan.Node, len(ins))
	same := true
	for i, in := range ins {
		out[i] = keepCols(prune(in, outputs(in)), in.Output())
		same = same && out[i] == in
	}
	if same {
		return n
	}
	return n.WithInputs(out)
}

func pruneInput(n plan.Node, need colSet) plan.Node {
	old := n.Inputs()[0]
	in := prune(old, need)
	if in == old {
		return n
	}
	return n.WithInputs([]plan.Node{in})
}

func keepItems(items []expr.Expr, need colSet) []expr.Expr {
	var out []expr.Expr
	for _, it := range items {
		if need.has(plan.ItemCol(it).ID) {
			out = append(out, it)
		}
	}
	return out
}

func pruneScan(n *plan.Scan, need colSet) plan.Node {
	used := refsAll(n.Filters)
	for _, d := range n.Dynamic {
		used.add(d.Col.ID)
	}
	var cols []expr.Col
	var ords []int
	for i, c := range n.Cols {
		if need.has(c.ID) || used.has(c.ID) {
			cols, ords = append(cols, c), append(ords, n.Ordinals[i])
		}
	}
	if len(cols) == len(n.Cols) {
		return n
	}
	c := *n
	c.Cols, c.Ordinals = cols, ords
	return &c
}

func pruneWindow(n *plan.Window, need colSet) plan.Node {
	funcs := keepItems(n.Funcs, need)
	below := colSet{}
	below.union(need)
	below.union(refsAll(funcs))
	in := prune(n.Input, below)
	if len(funcs) == 0 {
		return in
	}
	if in == n.Input && len(funcs) == len(n.Funcs) {
		return n
	}
	return &plan.Window{Input: in, Funcs: funcs}
}

// pruneJoin drops what only the condition reads above the join.
func pruneJoin(n *plan.Join, need colSet) plan.Node {
	below := colSet{}
	below.union(need)
	below.union(refsAll(n.Exprs()))
	l, r := narrow(prune(n.L, below), below), narrow(prune(n.R, below), below)
	if l == n.L && r == n.R {
		return n
	}
	return n.WithInputs([]plan.Node{l, r})
}

// narrow puts a projection above n when it puts out columns that are not needed: rows that a join keeps are copied.
func narrow(n plan.Node, need colSet) plan.Node {
	var cols []expr.Col
	out := n.Output()
	for _, c := range out {
		if need.has(c.ID) {
			cols = append(cols, c)
		}
	}
	if len(cols) == len(out) {
		return n
	}
	return &plan.Project{Input: n, Items: refCols(cols)}
}

func pruneUnion(n *plan.Union, need colSet) plan.Node {
	var keep []int
	for i, c := range n.Cols {
		if need.has(c.ID) {
			keep = append(keep, i)
		}
	}
	ins := make([]plan.Node, len(n.Ins))
	same := len(keep) == len(n.Cols)
	cols := make([]expr.Col, len(keep))
	for k, i := range keep {
		cols[k] = n.Cols[i]
	}
	for i, in := range n.Ins {
		out := in.Output()
		want := make([]expr.Col, len(keep))
		mine := colSet{}
		for k, j := range keep {
			want[k] = out[j]
			mine.add(out[j].ID)
		}
		ins[i] = keepCols(prune(in, mine), want)
		same = same && ins[i] == in
	}
	if same {
		return n
	}
	return &plan.Union{Ins: ins, Cols: cols}
}

func pruneValues(n *plan.Values, need colSet) plan.Node {
	var cols []expr.Col
	rows := make([][]expr.Expr, len(n.Rows))
	for i, c := range n.Cols {
		if !need.has(c.ID) {
			continue
		}
		cols = append(cols, c)
		for k := range rows {
			rows[k] = append(rows[k], n.Rows[k][i])
		}
	}
	if len(cols) == len(n.Cols) {
		return n
	}
	return &plan.Values{Cols: cols, Rows: rows}
}

func pruneExpand(n *plan.Expand, need colSet) plan.Node {
	var cols []expr.Col
	sets := make([][]expr.Expr, len(n.Sets))
	for i, c := range n.Cols {
		if !need.has(c.ID) {
			continue
		}
		cols = append(cols, c)
		for k := range sets {
			sets[k] = append(sets[k], n.Sets[k][i])
		}
	}
	below := refsAll(slices.Concat(sets...))
	in := prune(n.Input, below)
	if in == n.Input && len(cols) == len(n.Cols) {
		return n
	}
	return &plan.Expand{Input: in, Cols: cols, Sets: sets}
}
