package optimizer

import (
	"sparksql/sql/expr"
	"sparksql/sql/plan"
)

var mergeProjects = Rule{
	Name: "MergeProjects",
	Doc: `A projection of a projection becomes one, unless an expression would be computed more often: every item of the
inner one that is more than a column or a constant is read at most once above, and is deterministic. A projection that
puts out just its input goes.`,
	Apply: func(ctx *Ctx, n plan.Node) (plan.Node, error) {
		return plan.Rewrite(n, func(n plan.Node) (plan.Node, error) {
			p, ok := n.(*plan.Project)
			if !ok {
				return n, nil
			}
			if in, ok := p.Input.(*plan.Project); ok && canMerge(p, in) {
				p = &plan.Project{Input: in.Input, Items: mergedItems(p.Items, itemMap(in.Items))}
			}
			if isIdentity(p) {
				return p.Input, nil
			}
			if p != n {
				return p, nil
			}
			return n, nil
		})
	},
}

func isIdentity(p *plan.Project) bool {
	in := p.Input.Output()
	if len(in) != len(p.Items) {
		return false
	}
	for i, it := range p.Items {
		c, ok := it.(*expr.Column)
		if !ok || c.ID != in[i].ID || c.Name != in[i].Name || c.Col.Nullable != in[i].Nullable {
			return false
		}
	}
	return true
}

func canMerge(outer, inner *plan.Project) bool {
	uses := map[expr.ID]int{}
	for _, it := range outer.Items {
		expr.Columns(it, func(c *expr.Column) { uses[c.ID]++ })
		if hasSubquery(it) {
			return false
		}
	}
	for _, it := range inner.Items {
		a, ok := it.(*expr.Alias)
		if !ok {
			continue
		}
		switch a.X.(type) {
		case *expr.Column, *expr.Literal:
			continue
		}
		if uses[a.ID] > 1 || !deterministic(a.X) || insideLambda(outer.Items, a.ID) {
			return false
		}
	}
	return true
}

// insideLambda tells whether column id is read within a lambda's body, where it would be computed for every element.
func insideLambda(items []expr.Expr, id expr.ID) bool {
	found := false
	for _, it := range items {
		expr.Walk(it, func(e expr.Expr) bool {
			if l, ok := e.(*expr.Lambda); ok {
				found = found || refs(l).has(id)
				return false
			}
			return true
		})
	}
	return found
}

func mergedItems(items []expr.Expr, m map[expr.ID]expr.Expr) []expr.Expr {
	out := make([]expr.Expr, len(items))
	for i, it := range items {
		switch it := it.(type) {
		case *expr.Column:
			x, ok := m[it.ID]
			if c, isCol := x.(*expr.Column); ok && isCol && c.ID == it.ID {
				out[i] = it
			} else {
				out[i] = &expr.Alias{X: x, Name: it.Name, ID: it.ID, At: it.At}
			}
		default:
			out[i] = substitute(it, m)
		}
	}
	return out
}
