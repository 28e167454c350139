package optimizer

import (
	"slices"

	"sparksql/sql/expr"
	"sparksql/sql/plan"
)

var reorderJoins = Rule{
	Name: "ReorderJoins",
	Doc: `A group of inner joins is joined anew in the order that greedily makes the smallest intermediate results (greedy
operator ordering): of all pairs connected by a condition, the one with the fewest rows is joined first, and so on; what
is not connected comes last. Safe because inner joins commute and associate; a join with a hint keeps its place.`,
	Apply: func(ctx *Ctx, n plan.Node) (plan.Node, error) {
		return reorder(ctx, n)
	},
}

// reorder works top down, so that a group is taken whole.
func reorder(ctx *Ctx, n plan.Node) (plan.Node, error) {
	if j, ok := n.(*plan.Join); ok && isFree(j) {
		g := &joinGroup{ctx: ctx}
		g.collect(j)
		if len(g.rels) > 2 {
			out, err := g.join()
			if err != nil {
				return nil, err
			}
			if sameShape(out, j) {
				return n, nil
			}
			return keepCols(out, j.Output()), nil
		}
	}
	ins := n.Inputs()
	out := make([]plan.Node, len(ins))
	same := true
	for i, in := range ins {
		var err error
		if out[i], err = reorder(ctx, in); err != nil {
			return nil, err
		}
		same = same && out[i] == in
	}
	if same {
		return n, nil
	}
	return n.WithInputs(out), nil
}

func isFree(j *plan.Join) bool {
	return (j.Kind == plan.Inner || j.Kind == plan.Cross) && j.Hint == plan.JoinHint{} && !j.Single && j.Strategy == plan.Undecided
}

// joinGroup is a maximal group of inner joins: its relations and conditions.
type joinGroup struct {
	ctx   *Ctx
	rels  []plan.Node
	conds []expr.Expr
}

func (g *joinGroup) collect(n plan.Node) {
	switch x := n.(type) {
	case *plan.Join:
		if isFree(x) {
			g.conds = append(g.conds, conjuncts(x.Cond)...)
			g.collect(x.L)
			g.collect(x.R)
			return
		}
	case *plan.Project: // a projection that only drops columns is no border
		if j, ok := x.Input.(*plan.Join); ok && isFree(j) && onlyColumns(x.Items) {
			g.collect(j)
			return
		}
	}
	g.rels = append(g.rels, n)
}

func onlyColumns(items []expr.Expr) bool {
	for _, it := range items {
		if _, ok := it.(*expr.Column); !ok {
			return false
		}
	}
	return true
}

func (g *joinGroup) join() (plan.Node, error) {
	rels := slices.Clone(g.rels)
	for i, r := range rels {
		var err error
		if rels[i], err = reorder(g.ctx, r); err != nil {
			return nil, err
		}
	}
	conds := slices.Clone(g.conds)
	for len(rels) > 1 {
		bi, bj, err := g.cheapest(rels, conds)
		if err != nil {
			return nil, err
		}
		var j *plan.Join
		if j, conds, err = g.pair(rels[bi], rels[bj], conds); err != nil {
			return nil, err
		}
		rels[bi] = j
		rels = slices.Delete(rels, bj, bj+1)
	}
	if cond, err := g.ctx.and(conds); err != nil || cond == nil {
		return rels[0], err
	} else {
		return &plan.Filter{Input: rels[0], Cond: cond}, nil
	}
}

// cheapest finds the pair whose join has the fewest rows; unconnected pairs only when there are no others.
func (g *joinGroup) cheapest(rels []plan.Node, conds []expr.Expr) (bi, bj int, err error) {
	best, bestConnected := -1.0, false
	bi, bj = 0, 1
	for i := range rels {
		for j := i + 1; j < len(rels); j++ {
			p, rest, err := g.pair(rels[i], rels[j], conds)
			if err != nil {
				return 0, 0, err
			}
			connected := len(rest) < len(conds)
			if !connected && bestConnected {
				continue
			}
			cost := g.ctx.compute(p).rows
			if best < 0 || connected && !bestConnected || cost < best {
				best, bestConnected, bi, bj = cost, connected, i, j
			}
		}
	}
	return bi, bj, nil
}

// pair joins two relations under the conditions that they can answer, and returns the other conditions.
func (g *joinGroup) pair(l, r plan.Node, conds []expr.Expr) (*plan.Join, []expr.Expr, error) {
	have := outputs(l)
	have.addAll(r.Output())
	var here, rest []expr.Expr
	for _, c := range conds {
		if refs(c).within(have) {
			here = append(here, c)
		} else {
			rest = append(rest, c)
		}
	}
	cond, err := g.ctx.and(here)
	j := &plan.Join{L: l, R: r, Kind: plan.Inner, Cond: cond}
	if cond == nil {
		j.Kind = plan.Cross
	}
	return j, rest, err
}

// sameShape tells whether two join trees join the same relations in the same way.
func sameShape(a, b plan.Node) bool {
	x, ok1 := a.(*plan.Join)
	y, ok2 := b.(*plan.Join)
	if ok1 && ok2 {
		return sameShape(x.L, y.L) && sameShape(x.R, y.R)
	}
	return a == b
}
