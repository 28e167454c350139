package optimizer

import (
	"sparksql/sql/expr"
	"sparksql/sql/plan"
)

var addDynamicFilters = Rule{
	Name: "AddDynamicFilters",
	Doc: `A join that drops probe rows without a match tells the scan of its probe side which keys it holds: the scan skips
partitions, row groups, pages and rows (dynamic partition pruning is the case of a partition column). The probe key must
be a scan's column, passed up unchanged. Join.Filters[i] belongs to Join.Keys[i].`,
	Apply: func(ctx *Ctx, n plan.Node) (plan.Node, error) {
		return addDynamic(ctx, n), nil
	},
}

func addDynamic(ctx *Ctx, n plan.Node) plan.Node {
	if j, ok := n.(*plan.Join); ok && len(j.Keys) > 0 && j.Filters == nil && dropsProbeRows(j) {
		c := *j
		c.Filters = make([]*plan.DynFilter, len(j.Keys))
		for i, k := range j.Keys {
			probe, side := k.L, &c.L
			if j.Build == plan.LeftSide {
				probe, side = k.R, &c.R
			}
			col, ok := probe.(*expr.Column)
			if !ok || k.NullSafe {
				continue
			}
			f := &plan.DynFilter{}
			if s, ok := attach(*side, col.ID, f); ok {
				*side, c.Filters[i] = s, f
			}
		}
		n = &c
	}
	ins := n.Inputs()
	out := make([]plan.Node, len(ins))
	same := true
	for i, in := range ins {
		out[i] = addDynamic(ctx, in)
		same = same && out[i] == in
	}
	if same {
		return n
	}
	return n.WithInputs(out)
}

func dropsProbeRows(j *plan.Join) bool {
	switch j.Kind {
	case plan.Inner:
		return !j.Single
	case plan.Semi:
		return j.Mark == nil
	case plan.Anti: // the right side only tells which rows of the left go
		return j.Mark == nil && j.Build == plan.LeftSide
	case plan.Right:
		return j.Build == plan.RightSide
	case plan.Left:
		return j.Build == plan.LeftSide
	}
	return false
}

// attach gives f to the scan beneath n whose column id it is.
func attach(n plan.Node, id expr.ID, f *plan.DynFilter) (plan.Node, bool) {
	switch n := n.(type) {
	case *plan.Scan:
		for _, c := range n.Cols {
			if c.ID == id {
				f.Col = c
				s := *n
				s.Dynamic = append(append([]*plan.DynFilter(nil), n.Dynamic...), f)
				return &s, true
			}
		}
	case *plan.Filter:
		return attachInput(n, id, f)
	case *plan.Project:
		for _, it := range n.Items {
			if plan.ItemCol(it).ID != id {
				continue
			}
			x := it
			if a, ok := it.(*expr.Alias); ok {
				x = a.X
			}
			if c, ok := x.(*expr.Column); ok {
				return attachInput(n, c.ID, f)
			}
		}
	case *plan.Aggregate:
		for _, it := range n.Keys {
			if c, ok := it.(*expr.Column); ok && c.ID == id {
				return attachInput(n, id, f)
			}
		}
	case *plan.Join:
		return attachJoin(n, id, f)
	}
	return n, false
}

func attachInput(n plan.Node, id expr.ID, f *plan.DynFilter) (plan.Node, bool) {
	in, ok := attach(n.Inputs()[0], id, f)
	if !ok {
		return n, false
	}
	return n.WithInputs([]plan.Node{in}), true
}

// attachJoin goes on into a side whose rows the join passes on as they are, and only into the probe side: the other is
// read before the filter is known.
func attachJoin(n *plan.Join, id expr.ID, f *plan.DynFilter) (plan.Node, bool) {
	if n.Build == plan.RightSide && (n.Kind == plan.Inner || n.Kind == plan.Left || n.Kind == plan.Semi || n.Kind == plan.Anti) {
		if l, ok := attach(n.L, id, f); ok {
			return n.WithInputs([]plan.Node{l, n.R}), true
		}
	}
	if n.Build == plan.LeftSide && (n.Kind == plan.Inner || n.Kind == plan.Right) {
		if r, ok := attach(n.R, id, f); ok {
			return n.WithInputs([]plan.Node{n.L, r}), true
		}
	}
	return n, false
}
