package plan

import (
	"slices"

	"sparksql/sql/expr"
)

// Renew copies a plan under fresh column IDs, so that one sub-plan can stand in several places of a query; ids
// tells the new ID of each old one. What the plan shares by address (SharedDef) stays shared; a recursive query
// within is copied whole. Columns of enclosing queries keep their IDs.
func Renew(n Node) (out Node, ids map[expr.ID]expr.ID) {
	r := renewal{ids: map[expr.ID]expr.ID{}, defs: map[*RecursiveDef]*RecursiveDef{}}
	return r.node(n), r.ids
}

type renewal struct {
	ids  map[expr.ID]expr.ID
	defs map[*RecursiveDef]*RecursiveDef
}

func (r *renewal) fresh(id expr.ID) expr.ID {
	if n, ok := r.ids[id]; ok {
		return n
	}
	n := expr.NewID()
	r.ids[id] = n
	return n
}

func (r *renewal) cols(cs []expr.Col) []expr.Col {
	out := slices.Clone(cs)
	for i := range out {
		out[i].ID = r.fresh(out[i].ID)
	}
	return out
}

func (r *renewal) mark(c *expr.Col) *expr.Col {
	if c == nil {
		return nil
	}
	m := *c
	m.ID = r.fresh(m.ID)
	return &m
}

func (r *renewal) def(d *RecursiveDef) *RecursiveDef {
	if n, ok := r.defs[d]; ok {
		return n
	}
	n := &RecursiveDef{Name: d.Name}
	r.defs[d] = n
	return n
}

// node renews inputs first, so that every column is known before it is used.
func (r *renewal) node(n Node) Node {
	if x, ok := n.(*Recursive); ok {
		r.def(x.Def)
	}
	if ins := n.Inputs(); len(ins) > 0 {
		out := make([]Node, len(ins))
		for i, in := range ins {
			out[i] = r.node(in)
		}
		n = n.WithInputs(out)
	}
	n = r.own(n)
	return RewriteExprs(n, r.expr)
}

// own renews the columns that a node itself makes, on a copy.
func (r *renewal) own(n Node) Node {
	switch x := n.(type) {
	case *Scan:
		c := *x
		c.Cols = r.cols(x.Cols)
		return &c
	case *Values:
		c := *x
		c.Cols = r.cols(x.Cols)
		return &c
	case *Range:
		c := *x
		c.Col.ID = r.fresh(c.Col.ID)
		return &c
	case *Expand:
		c := *x
		c.Cols = r.cols(x.Cols)
		return &c
	case *Union:
		c := *x
		c.Cols = r.cols(x.Cols)
		return &c
	case *SetOp:
		c := *x
		c.Cols = r.cols(x.Cols)
		return &c
	case *Generate:
		c := *x
		c.Cols = r.cols(x.Cols)
		return &c
	case *Shared:
		c := *x
		c.Cols = r.cols(x.Cols)
		return &c
	case *Recursive:
		c := *x
		c.Cols, c.Def = r.cols(x.Cols), r.def(x.Def)
		return &c
	case *RecursiveRef:
		c := *x
		c.Cols = r.cols(x.Cols)
		if d, ok := r.defs[x.Def]; ok {
			c.Def = d
		}
		return &c
	case *Join:
		c := *x
		c.Mark = r.mark(x.Mark)
		return &c
	case *DependentJoin:
		c := *x
		c.Mark = r.mark(x.Mark)
		return &c
	}
	return n
}

func (r *renewal) expr(e expr.Expr) expr.Expr {
	return expr.Rewrite(e, func(e expr.Expr) expr.Expr {
		switch x := e.(type) {
		case *expr.Column:
			if id, ok := r.ids[x.ID]; ok {
				c := *x
				c.ID = id
				return &c
			}
		case *expr.Outer:
			if id, ok := r.ids[x.ID]; ok {
				c := *x
				c.ID = id
				return &c
			}
		case *expr.Alias:
			c := *x
			c.ID = r.fresh(x.ID)
			return &c
		case *expr.Lambda:
			return r.lambda(x)
		case *expr.Subquery:
			c := *x
			c.Plan = r.node(x.Plan.(Node))
			c.Outer = slices.Clone(x.Outer)
			for i, o := range c.Outer {
				if id, ok := r.ids[o.ID]; ok {
					c.Outer[i].ID = id
				}
			}
			return &c
		}
		return e
	})
}

// lambda renews parameters; the body was rewritten before they were known, so it is done again.
func (r *renewal) lambda(x *expr.Lambda) expr.Expr {
	c := *x
	c.Params = r.cols(x.Params)
	c.Body = r.expr(x.Body)
	return &c
}
