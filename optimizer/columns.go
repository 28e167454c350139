package optimizer

import (
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/udfs"
)

// colSet is a set of columns.
type colSet map[expr.ID]struct{}

func (s colSet) add(id expr.ID)      { s[id] = struct{}{} }
func (s colSet) has(id expr.ID) bool { _, ok := s[id]; return ok }
func (s colSet) addAll(cols []expr.Col) {
	for _, c := range cols {
		s.add(c.ID)
	}
}
func (s colSet) union(t colSet) {
	for id := range t {
		s.add(id)
	}
}

// within tells whether every column of s is in t.
func (s colSet) within(t colSet) bool {
	for id := range s {
		if !t.has(id) {
			return false
		}
	}
	return true
}

func outputs(n plan.Node) colSet {
	s := colSet{}
	s.addAll(n.Output())
	return s
}

// refs are the columns that e reads: its own Columns that are not lambda parameters, and those that subqueries in it
// take from outside.
func refs(e expr.Expr) colSet {
	s, params := colSet{}, colSet{}
	expr.Walk(e, func(x expr.Expr) bool {
		switch x := x.(type) {
		case *expr.Column:
			s.add(x.ID)
		case *expr.Lambda:
			params.addAll(x.Params)
		case *expr.Subquery:
			s.union(freeOuter(x.Plan.(plan.Node)))
		}
		return true
	})
	for id := range params {
		delete(s, id)
	}
	return s
}

func refsAll(es []expr.Expr) colSet {
	s := colSet{}
	for _, e := range es {
		s.union(refs(e))
	}
	return s
}

// outerRefs are the outer columns in e, those that nested subqueries pass through included.
func outerRefs(e expr.Expr, s colSet) {
	expr.Walk(e, func(x expr.Expr) bool {
		switch x := x.(type) {
		case *expr.Outer:
			s.add(x.ID)
		case *expr.Subquery:
			s.union(freeOuter(x.Plan.(plan.Node)))
		}
		return true
	})
}

// freeOuter are the outer columns that n and everything beneath take from outside of n.
func freeOuter(n plan.Node) colSet {
	s := colSet{}
	ins := colSet{}
	for _, in := range n.Inputs() {
		ins.addAll(in.Output())
	}
	for _, e := range n.Exprs() {
		outerRefs(e, s)
	}
	for id := range ins { // a subquery in this node's expressions refers to this node's input
		delete(s, id)
	}
	for i, in := range n.Inputs() {
		f := freeOuter(in)
		if d, ok := n.(*plan.DependentJoin); ok && i == 1 {
			for _, c := range d.L.Output() {
				delete(f, c.ID)
			}
		}
		s.union(f)
	}
	if sh, ok := n.(*plan.Shared); ok {
		s.union(freeOuter(sh.Def.Input))
	}
	return s
}

// ref is a column expression for c.
func ref(c expr.Col) *expr.Column { return &expr.Column{Col: c} }

func refCols(cols []expr.Col) []expr.Expr {
	out := make([]expr.Expr, len(cols))
	for i, c := range cols {
		out[i] = ref(c)
	}
	return out
}

// fresh is a copy of c under a new ID.
func fresh(c expr.Col) expr.Col { c.ID = expr.NewID(); return c }

// callOf returns e as a call of the named operator.
func callOf(e expr.Expr, name string) (*expr.Call, bool) {
	c, ok := e.(*expr.Call)
	return c, ok && c.Def != nil && c.Def.Name == name
}

func isLazy(e expr.Expr, l udfs.Lazy) (*expr.Call, bool) {
	c, ok := e.(*expr.Call)
	return c, ok && c.Bind.Lazy == l
}

// conjuncts splits e at its ANDs. A nil e has none.
func conjuncts(e expr.Expr) []expr.Expr {
	if e == nil {
		return nil
	}
	if c, ok := isLazy(e, udfs.And); ok {
		return append(conjuncts(c.Args[0]), conjuncts(c.Args[1])...)
	}
	return []expr.Expr{e}
}

// and joins conjuncts again; nil for none.
func (ctx *Ctx) and(es []expr.Expr) (expr.Expr, error) {
	var out expr.Expr
	for _, e := range es {
		if out == nil {
			out = e
			continue
		}
		x, err := ctx.Call("and", out, e)
		if err != nil {
			return nil, err
		}
		out = x
	}
	return out, nil
}

// equality returns the sides of a = b or a <=> b.
func equality(e expr.Expr) (l, r expr.Expr, nullSafe, ok bool) {
	if c, ok := callOf(e, "="); ok {
		return c.Args[0], c.Args[1], false, true
	}
	if c, ok := callOf(e, "<=>"); ok {
		return c.Args[0], c.Args[1], true, true
	}
	return nil, nil, false, false
}

// traits collects what holds of every call in e.
type exprTraits struct{ deterministic, fallible bool }

func traitsOf(e expr.Expr) exprTraits {
	t := exprTraits{deterministic: expr.Deterministic(e)}
	expr.Walk(e, func(x expr.Expr) bool {
		switch x := x.(type) {
		case *expr.Call:
			t.fallible = t.fallible || x.Traits().Has(udfs.Fallible)
		case *expr.Cast:
			t.fallible = t.fallible || x.Env != nil && x.Env.ANSI && !x.Try && !x.To.IsString()
		case *expr.Subquery:
			t.fallible = true
		}
		return true
	})
	return t
}

func deterministic(e expr.Expr) bool { return expr.Deterministic(e) }

// substitute replaces columns by the expressions that m has for them.
func substitute(e expr.Expr, m map[expr.ID]expr.Expr) expr.Expr {
	return expr.Rewrite(e, func(x expr.Expr) expr.Expr {
		switch x := x.(type) {
		case *expr.Column:
			if y, ok := m[x.ID]; ok {
				return y
			}
		case *expr.Subquery:
			return substituteOuter(x, m)
		}
		return x
	})
}

// substituteOuter replaces outer columns in a subquery's plan where m maps them to plain columns.
func substituteOuter(q *expr.Subquery, m map[expr.ID]expr.Expr) expr.Expr {
	free := freeOuter(q.Plan.(plan.Node))
	hit := false
	for id := range free {
		if _, ok := m[id]; ok {
			hit = true
		}
	}
	if !hit {
		return q
	}
	c := *q
	c.Plan = mapOuter(q.Plan.(plan.Node), func(o *expr.Outer) expr.Expr {
		switch y := m[o.ID].(type) {
		case *expr.Column:
			return &expr.Outer{Col: y.Col, At: o.At}
		case *expr.Outer:
			return y
		}
		return o
	})
	return &c
}

// mapOuter applies f to every outer column in n, in nested subqueries too.
func mapOuter(n plan.Node, f func(*expr.Outer) expr.Expr) plan.Node {
	out, _ := plan.Rewrite(n, func(n plan.Node) (plan.Node, error) {
		return plan.RewriteExprs(n, func(e expr.Expr) expr.Expr { return mapOuterExpr(e, f) }), nil
	})
	return out
}

func mapOuterExpr(e expr.Expr, f func(*expr.Outer) expr.Expr) expr.Expr {
	return expr.Rewrite(e, func(x expr.Expr) expr.Expr {
		switch x := x.(type) {
		case *expr.Outer:
			return f(x)
		case *expr.Subquery:
			p := x.Plan.(plan.Node)
			q := mapOuter(p, func(o *expr.Outer) expr.Expr {
				// Inside the subquery the replacement is still an outer column.
				if c, ok := f(o).(*expr.Column); ok {
					return &expr.Outer{Col: c.Col, At: o.At}
				}
				return o
			})
			if q != p {
				c := *x
				c.Plan = q
				return &c
			}
		}
		return x
	})
}

// itemMap maps the output IDs of Project or Aggregate items to what computes them.
func itemMap(items []expr.Expr) map[expr.ID]expr.Expr {
	m := map[expr.ID]expr.Expr{}
	for _, it := range items {
		switch it := it.(type) {
		case *expr.Alias:
			m[it.ID] = it.X
		case *expr.Column:
			m[it.ID] = it
		}
	}
	return m
}

// keepCols projects n to cols, unless it puts out just those.
func keepCols(n plan.Node, cols []expr.Col) plan.Node {
	out := n.Output()
	same := len(out) == len(cols)
	for i := 0; same && i < len(cols); i++ {
		same = out[i].ID == cols[i].ID
	}
	if same {
		return n
	}
	return &plan.Project{Input: n, Items: refCols(cols)}
}
