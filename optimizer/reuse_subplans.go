package optimizer

import (
	"fmt"
	"strings"

	"sparksql/sql/expr"
	"sparksql/sql/plan"
)

var reuseSubplans = Rule{
	Name: "ReuseSubplans",
	Doc: `Sub-plans that compute the same rows (equal but for the IDs of their columns) are computed once and shared, when
they hold a join, an aggregate, a window or a sort; reading a table twice is left to the scans. Not for plans that are
not deterministic. Subqueries that run before the query take part when all plans are done.`,
	Apply: func(ctx *Ctx, n plan.Node) (plan.Node, error) {
		r := &reuser{seen: map[string]int{}, defs: map[string]*plan.SharedDef{}}
		r.count(n)
		for _, c := range r.seen {
			if c > 1 {
				return r.replace(n), nil
			}
		}
		return n, nil
	},
}

type reuser struct {
	seen map[string]int
	defs map[string]*plan.SharedDef
}

func worthSharing(n plan.Node) bool {
	switch n.(type) {
	case *plan.Shared, *plan.Project, *plan.Limit:
		return false
	}
	heavy := false
	plan.Walk(n, func(n plan.Node) bool {
		switch n.(type) {
		case *plan.Join, *plan.Aggregate, *plan.Window, *plan.Sort, *plan.TopN, *plan.Generate:
			heavy = true
		}
		return !heavy
	})
	return heavy
}

// count notes the keys of n and what is beneath; beneath a plan that was seen before nothing new is to be found.
func (r *reuser) count(n plan.Node) {
	if worthSharing(n) {
		if k, ok := planKey(n); ok {
			r.seen[k]++
			if r.seen[k] > 1 {
				return
			}
		}
	}
	for _, in := range n.Inputs() {
		r.count(in)
	}
}

func (r *reuser) replace(n plan.Node) plan.Node {
	if worthSharing(n) {
		if k, ok := planKey(n); ok && r.seen[k] > 1 {
			if r.defs[k] == nil {
				r.defs[k] = &plan.SharedDef{Input: r.inputs(n)}
			}
			return &plan.Shared{Def: r.defs[k], Cols: n.Output()}
		}
	}
	return r.inputs(n)
}

func (r *reuser) inputs(n plan.Node) plan.Node {
	ins := n.Inputs()
	out := make([]plan.Node, len(ins))
	same := true
	for i, in := range ins {
		out[i] = r.replace(in)
		same = same && out[i] == in
	}
	if same {
		return n
	}
	return n.WithInputs(out)
}

// planKey identifies a plan up to the IDs of its columns, which are numbered in order of appearance. ok is false for
// plans that must not be shared.
func planKey(n plan.Node) (key string, ok bool) {
	k := &keyer{ids: map[expr.ID]int{}, ok: true}
	k.node(n)
	return k.b.String(), k.ok
}

type keyer struct {
	b   strings.Builder
	ids map[expr.ID]int
	ok  bool
}

func (k *keyer) cols(cols []expr.Col) {
	for _, c := range cols {
		if _, ok := k.ids[c.ID]; !ok {
			k.ids[c.ID] = len(k.ids)
		}
		fmt.Fprintf(&k.b, "%d ", k.ids[c.ID])
	}
}

func (k *keyer) node(n plan.Node) {
	fmt.Fprintf(&k.b, "%s(", n.Describe().Name)
	for _, in := range n.Inputs() {
		k.node(in)
	}
	switch n := n.(type) {
	case *plan.Scan:
		fmt.Fprintf(&k.b, "%p %v %d ", n.Table, n.Ordinals, n.Limit)
		k.cols(n.Cols)
		k.ok = k.ok && len(n.Dynamic) == 0
	case *plan.Join:
		fmt.Fprintf(&k.b, "%d %t %t %v %d %d ", n.Kind, n.Single, n.NullAware, n.Hint, n.Build, len(n.Keys))
		for _, e := range n.Keys {
			fmt.Fprintf(&k.b, "%t ", e.NullSafe)
		}
	case *plan.Limit:
		fmt.Fprintf(&k.b, "%d %d ", n.N, n.Offset)
	case *plan.TopN:
		fmt.Fprintf(&k.b, "%d %d %s", n.N, n.Offset, orderFlags(n.Keys))
	case *plan.Sort:
		k.b.WriteString(orderFlags(n.Keys))
	case *plan.Generate:
		fmt.Fprintf(&k.b, "%t ", n.Outer)
	case *plan.Shared:
		fmt.Fprintf(&k.b, "%p ", n.Def)
	case *plan.Range:
		fmt.Fprintf(&k.b, "%d %d %d ", n.Start, n.End, n.Step)
	case *plan.Values:
		fmt.Fprintf(&k.b, "%d ", len(n.Rows))
	case *plan.Aggregate:
		fmt.Fprintf(&k.b, "%d ", len(n.Keys))
	case *plan.Expand:
		fmt.Fprintf(&k.b, "%d ", len(n.Sets))
	case *plan.Sample, *plan.Recursive, *plan.RecursiveRef, *plan.Write, *plan.DependentJoin, *plan.SetOp:
		k.ok = false
	}
	for _, e := range n.Exprs() {
		if !deterministic(e) || hasSubquery(e) {
			k.ok = false
		}
		k.b.WriteString(expr.Key(k.numbered(e)))
		k.b.WriteByte(' ')
	}
	k.cols(n.Output())
	k.b.WriteByte(')')
}

// numbered replaces column IDs by their numbers.
func (k *keyer) numbered(e expr.Expr) expr.Expr {
	return expr.Rewrite(e, func(x expr.Expr) expr.Expr {
		c, ok := x.(*expr.Column)
		if !ok {
			return x
		}
		if _, ok := k.ids[c.ID]; !ok {
			k.ids[c.ID] = len(k.ids)
		}
		d := *c
		d.ID = expr.ID(k.ids[c.ID])
		return &d
	})
}

func orderFlags(keys []expr.Order) string {
	var b strings.Builder
	for _, o := range keys {
		fmt.Fprintf(&b, "%t%t ", o.Desc, o.NullsFirst)
	}
	return b.String()
}
