package optimizer

import (
	"sparksql/sql/expr"
	"sparksql/sql/plan"
)

var shareRowPicks = Rule{
	Name: "ShareRowPicks",
	Doc: `Aggregates that give their arguments in the same row of a group become one that gives all of them as a struct, so
that the row is found and its place carried along once: first(a), first(b) is first_row(a, b). Safe where the row does not
depend on the values, which RowPick of the binding says: not with IGNORE NULLS. Aggregates with DISTINCT or ORDER BY stay,
and FILTERs have to be equal.`,
	Apply: func(ctx *Ctx, n plan.Node) (plan.Node, error) {
		return plan.Rewrite(n, func(n plan.Node) (plan.Node, error) {
			if g, ok := n.(*plan.Aggregate); ok {
				return shareRows(ctx, g)
			}
			return n, nil
		})
	},
}

// rowPick is several aggregates of one row.
type rowPick struct {
	aggs []*expr.Alias
	args []expr.Expr
	at   map[string]int // of an argument in args, by its key
}

func shareRows(ctx *Ctx, n *plan.Aggregate) (plan.Node, error) {
	picks := map[string]*rowPick{}
	for _, item := range n.Aggs {
		a := item.(*expr.Alias)
		g := a.X.(*expr.Agg)
		if g.Bind.RowPick == "" || g.Distinct || len(g.OrderBy) > 0 || !deterministic(g) {
			continue
		}
		key := g.Bind.RowPick
		if g.Filter != nil {
			key += " " + expr.Key(g.Filter)
		}
		p := picks[key]
		if p == nil {
			p = &rowPick{at: map[string]int{}}
			picks[key] = p
		}
		p.aggs = append(p.aggs, a)
		if k := expr.Key(g.Args[0]); p.at[k] == 0 {
			p.args = append(p.args, g.Args[0])
			p.at[k] = len(p.args)
		}
	}
	fields := map[expr.ID]expr.Expr{} // by the aggregate that the field stands for
	out := &plan.Aggregate{Input: n.Input, Keys: n.Keys}
	for _, item := range n.Aggs {
		a := item.(*expr.Alias)
		if fields[a.ID] != nil {
			continue
		}
		p := pickOf(picks, a)
		if p == nil || len(p.args) < 2 {
			out.Aggs = append(out.Aggs, a)
			continue
		}
		row, err := p.row(ctx)
		if err != nil {
			return nil, err
		}
		out.Aggs = append(out.Aggs, row)
		for _, x := range p.aggs {
			k := p.at[expr.Key(x.X.(*expr.Agg).Args[0])]
			if fields[x.ID], err = ctx.Field(ref(row.Col()), k-1); err != nil {
				return nil, err
			}
		}
	}
	if len(fields) == 0 {
		return n, nil
	}
	project := &plan.Project{Input: out}
	for _, c := range n.Output() {
		if f := fields[c.ID]; f != nil {
			project.Items = append(project.Items, &expr.Alias{X: f, Name: c.Name, ID: c.ID})
		} else {
			project.Items = append(project.Items, ref(c))
		}
	}
	return project, nil
}

func pickOf(picks map[string]*rowPick, a *expr.Alias) *rowPick {
	for _, p := range picks {
		for _, x := range p.aggs {
			if x == a {
				return p
			}
		}
	}
	return nil
}

// row is the aggregate for all of p.
func (p *rowPick) row(ctx *Ctx) (*expr.Alias, error) {
	first := p.aggs[0].X.(*expr.Agg)
	x, err := ctx.Call(first.Bind.RowPick, p.args...)
	if err != nil {
		return nil, err
	}
	g := *x.(*expr.Agg)
	g.Filter = first.Filter
	return &expr.Alias{X: &g, Name: first.Bind.RowPick, ID: expr.NewID(), At: p.aggs[0].At}, nil
}
