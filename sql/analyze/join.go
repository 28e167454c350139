package analyze

import (
	"slices"
	"strings"

	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/tree"
)

// join joins two relations.
func (a *Analyzer) join(x *tree.Join, b *block) (*rel, error) {
	l, err := a.relation(x.L, b)
	if err != nil {
		return nil, err
	}
	if x.Lateral {
		return a.lateralJoin(x, l, b)
	}
	r, err := a.relation(x.R, b)
	if err != nil {
		return nil, err
	}
	using := x.Using
	if x.Natural {
		using = a.common(l, r)
	}
	if using != nil {
		return a.joinUsing(x, l, r, using, b)
	}
	n := &plan.Join{Kind: joinKind(x.Kind), Hint: a.joinHint(b.hints, l, r)}
	if x.On != nil {
		if n.Cond, err = a.joinCondition(x.On, l, r, b); err != nil {
			return nil, err
		}
		n.Cond = aside(aside(n.Cond, l), r)
	}
	n.L, n.R = l.node, r.node
	return joined(n, l, r), nil
}

// aside makes columns of r of those subqueries in a join's condition that use r alone, so that the condition holds
// none. Each gives its value for every row of r, whatever the join makes of the row.
func aside(cond expr.Expr, r *rel) expr.Expr {
	if find(cond, isSubquery) == nil {
		return cond
	}
	p := &plan.Project{Input: r.node}
	ids := map[expr.ID]bool{}
	for _, c := range r.node.Output() {
		ids[c.ID] = true
		p.Items = append(p.Items, &expr.Column{Col: c})
	}
	out := expr.Rewrite(cond, func(e expr.Expr) expr.Expr {
		q, ok := e.(*expr.Subquery)
		if !ok || !within(q, ids) {
			return e
		}
		al := &expr.Alias{X: q, Name: q.String(), ID: expr.NewID(), At: q.At}
		p.Items = append(p.Items, al)
		return &expr.Column{Col: al.Col(), At: q.At}
	})
	if out != cond {
		r.node = p
	}
	return out
}

func isSubquery(e expr.Expr) bool { _, ok := e.(*expr.Subquery); return ok }

// within tells whether q uses columns, and those of ids only.
func within(q *expr.Subquery, ids map[expr.ID]bool) bool {
	used := len(q.Outer) > 0
	for _, o := range q.Outer {
		if !ids[o.ID] {
			return false
		}
	}
	for _, n := range q.Needle {
		ok := true
		expr.Columns(n, func(c *expr.Column) { ok, used = ok && ids[c.ID], true })
		if !ok {
			return false
		}
	}
	return used
}

func joinKind(k tree.JoinKind) plan.JoinKind {
	if k == tree.CrossJoin {
		return plan.Cross
	}
	return plan.JoinKind(k)
}

// joined are the columns in sight of a join.
func joined(n plan.Node, l, r *rel) *rel {
	cols := slices.Clone(l.cols)
	kind := plan.Inner
	switch j := n.(type) {
	case *plan.Join:
		kind = j.Kind
	case *plan.DependentJoin:
		kind = j.Kind
	}
	if kind != plan.Semi && kind != plan.Anti {
		cols = append(cols, r.cols...)
	}
	return &rel{node: n, cols: refreshed(cols, n)}
}

// refreshed takes over whether columns can be NULL from the plan.
func refreshed(cols []col, n plan.Node) []col {
	null := map[expr.ID]bool{}
	for _, c := range n.Output() {
		null[c.ID] = c.Nullable
	}
	for i := range cols {
		cols[i].Nullable = null[cols[i].ID]
	}
	return cols
}

// joinCondition types an ON condition over both sides.
func (a *Analyzer) joinCondition(on tree.Expr, l, r *rel, b *block) (expr.Expr, error) {
	cond, err := a.typeExpr(on, a.rows(slices.Concat(l.cols, r.cols), b))
	if err != nil {
		return nil, err
	}
	if bad := find(cond, func(e expr.Expr) bool { return isAgg(e) || isWindow(e) || isGenerator(e) }); bad != nil {
		return nil, errs.New(cond.Pos(), "UNSUPPORTED_EXPR_FOR_OPERATOR", "invalidExprSqls", quoteExpr(bad.String()))
	}
	if cond, err = a.boolean(cond, "JOIN"); err != nil {
		return nil, err
	}
	if !deterministicExpr(cond) {
		return nil, errs.New(cond.Pos(), "INVALID_NON_DETERMINISTIC_EXPRESSIONS", "sqlExprs", quoteExpr(cond.String()))
	}
	bad := find(cond, func(e expr.Expr) bool {
		q, ok := e.(*expr.Subquery)
		return ok && usesAny(q, l) && usesAny(q, r)
	})
	if bad != nil {
		return nil, errs.New(bad.Pos(), "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_EXPRESSION_IN_JOIN_CONDITION",
			"subqueryExpression", bad.String())
	}
	return cond, nil
}

func usesAny(q *expr.Subquery, r *rel) bool {
	return slices.ContainsFunc(q.Outer, func(o expr.Col) bool {
		return slices.ContainsFunc(r.cols, func(c col) bool { return c.ID == o.ID })
	})
}

// common are the names that both sides of a NATURAL join have, in the left side's order; not nil.
func (a *Analyzer) common(l, r *rel) []string {
	names := []string{}
	for _, c := range l.shown() {
		if slices.ContainsFunc(r.shown(), func(d col) bool { return a.same(c.Name, d.Name) }) {
			names = append(names, c.Name)
		}
	}
	return names
}

// joinUsing joins on equal names. The result has the common columns first, then the rest; what a name stood for on
// the other side stays reachable by its qualifier.
func (a *Analyzer) joinUsing(x *tree.Join, l, r *rel, using []string, b *block) (*rel, error) {
	var cond expr.Expr
	var ls, rs []col
	for _, name := range using {
		lc, err := a.usingColumn(l, name, "left", x.P)
		if err != nil {
			return nil, err
		}
		rc, err := a.usingColumn(r, name, "right", x.P)
		if err != nil {
			return nil, err
		}
		eq, err := a.binary(x.P, tree.Eq, lc.ref(x.P), rc.ref(x.P))
		if err != nil {
			return nil, err
		}
		if cond == nil {
			cond = eq
		} else if cond, err = a.binary(x.P, tree.And, cond, eq); err != nil {
			return nil, err
		}
		ls, rs = append(ls, lc), append(rs, rc)
	}
	n := &plan.Join{L: l.node, R: r.node, Kind: joinKind(x.Kind), Cond: cond, Hint: a.joinHint(b.hints, l, r)}
	if cond != nil && n.Kind == plan.Cross {
		n.Kind = plan.Inner
	}
	out := joined(n, l, r)
	return a.usingOutput(n, out, ls, rs, x.P)
}

func (a *Analyzer) usingColumn(r *rel, name, side string, at errs.Pos) (col, error) {
	found := a.matches(r.cols, nil, name)
	switch len(found) {
	case 0:
		names := make([]string, 0, len(r.cols))
		for _, c := range r.shown() {
			names = append(names, quoteParts([]string{c.Name}))
		}
		slices.Sort(names)
		return col{}, errs.New(at, "UNRESOLVED_USING_COLUMN_FOR_JOIN", "colName", quoteParts([]string{name}), "side", side,
			"suggestion", "["+strings.Join(names, ", ")+"]")
	case 1:
		return found[0], nil
	}
	return col{}, ambiguous([]string{name}, found, at)
}

// usingOutput orders the columns of a USING join.
func (a *Analyzer) usingOutput(n *plan.Join, out *rel, ls, rs []col, at errs.Pos) (*rel, error) {
	var first, rest []col
	is := func(c col, of []col) bool {
		return slices.ContainsFunc(of, func(k col) bool { return k.ID == c.ID && a.same(k.Name, c.Name) })
	}
	for _, c := range out.cols {
		switch {
		case is(c, ls):
			c.Hidden = n.Kind == plan.Right || n.Kind == plan.Full
			if !c.Hidden {
				first = append(first, c)
				continue
			}
		case is(c, rs):
			c.Hidden = n.Kind != plan.Right
			if !c.Hidden {
				first = append(first, c)
				continue
			}
		}
		rest = append(rest, c)
	}
	first = inOrder(first, ls, rs)
	if n.Kind != plan.Full || len(ls) == 0 {
		out.cols = append(first, rest...)
		return out, nil
	}
	return a.fullUsing(n, out, rest, ls, rs, at)
}

// inOrder brings the common columns into the order of the USING list.
func inOrder(first, ls, rs []col) []col {
	out := make([]col, 0, len(first))
	for i := range ls {
		for _, c := range first {
			if c.ID == ls[i].ID || c.ID == rs[i].ID {
				out = append(out, c)
				break
			}
		}
	}
	return out
}

// fullUsing computes the common columns of a FULL join: the left value, else the right one.
func (a *Analyzer) fullUsing(n *plan.Join, out *rel, rest, ls, rs []col, at errs.Pos) (*rel, error) {
	p := &plan.Project{Input: n}
	res := &rel{node: p}
	null := func(c col) expr.Expr { c.Nullable = true; return c.ref(at) }
	for i := range ls {
		v, err := a.call(at, "coalesce", null(ls[i]), null(rs[i]))
		if err != nil {
			return nil, err
		}
		al := &expr.Alias{X: v, Name: ls[i].Name, ID: expr.NewID(), At: at}
		p.Items = append(p.Items, al)
		res.cols = append(res.cols, colOf(al.Col()))
	}
	for _, c := range n.Output() {
		p.Items = append(p.Items, &expr.Column{Col: c, At: at})
	}
	res.cols = append(res.cols, rest...)
	return res, nil
}

// lateralJoin joins with a relation that may use columns of the left side.
func (a *Analyzer) lateralJoin(x *tree.Join, l *rel, b *block) (*rel, error) {
	if x.Using != nil {
		return nil, errs.New(x.P, "UNSUPPORTED_FEATURE.LATERAL_JOIN_USING")
	}
	if x.Natural {
		return nil, errs.New(x.P, "UNSUPPORTED_FEATURE.LATERAL_NATURAL_JOIN")
	}
	kind := joinKind(x.Kind)
	if kind == plan.Cross {
		kind = plan.Inner
	}
	if kind != plan.Inner && kind != plan.Left {
		return nil, errs.New(x.P, "UNSUPPORTED_JOIN_TYPE", "typ", kind.String(), "supported", "'INNER', 'LEFT OUTER', 'CROSS'")
	}
	f := &frame{
		find: func(n *tree.Name) (expr.Expr, error) { return a.lookup(l.cols, n.Parts, n.P) },
		star: func(s *tree.Star) ([]starItem, error) { return a.star(s, l.cols) },
	}
	r, err := a.relation(x.R, &block{ctes: b.ctes, outer: f, hints: b.hints})
	if err != nil {
		return nil, err
	}
	var cond expr.Expr
	if x.On != nil {
		if cond, err = a.joinCondition(x.On, l, r, b); err != nil {
			return nil, err
		}
	}
	if len(f.refs) == 0 {
		return joined(&plan.Join{L: l.node, R: r.node, Kind: kind, Cond: cond, Hint: a.joinHint(b.hints, l, r)}, l, r), nil
	}
	if !deterministic(r.node) {
		return nil, errs.New(x.P, "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.NON_DETERMINISTIC_LATERAL_SUBQUERIES", "treeNode", "LateralJoin")
	}
	if g := unnested(r.node, l.node); g != nil && kind == plan.Inner && cond == nil {
		return joined(g, l, r), nil
	}
	return joined(&plan.DependentJoin{L: l.node, R: r.node, Kind: kind, Cond: cond}, l, r), nil
}

// unnested is a lateral generator over one row as a Generate over the left side; nil when r is something else.
func unnested(r, l plan.Node) plan.Node {
	g, ok := r.(*plan.Generate)
	if !ok {
		return nil
	}
	if v, ok := g.Input.(*plan.Values); !ok || len(v.Rows) != 1 || len(v.Cols) != 0 {
		return nil
	}
	return &plan.Generate{Input: l, Gen: inward(g.Gen), Cols: g.Cols, Outer: g.Outer}
}

// inward makes outer references columns again.
func inward(e expr.Expr) expr.Expr {
	return expr.Rewrite(e, func(e expr.Expr) expr.Expr {
		if o, ok := e.(*expr.Outer); ok {
			return &expr.Column{Col: o.Col, At: o.At}
		}
		return e
	})
}

// joinHint is the strategy that hints of the block ask for, for each side.
func (a *Analyzer) joinHint(hints []tree.Hint, l, r *rel) plan.JoinHint {
	return plan.JoinHint{Left: a.sideHint(hints, l), Right: a.sideHint(hints, r)}
}

// strategyOf is the join strategy that a hint asks for; "" for other hints.
func strategyOf(hint string) string {
	switch h := strings.ToUpper(hint); h {
	case "BROADCAST", "BROADCASTJOIN", "MAPJOIN":
		return "BROADCAST"
	case "MERGE", "SHUFFLE_MERGE", "MERGEJOIN":
		return "MERGE"
	case "SHUFFLE_HASH", "SHUFFLE_REPLICATE_NL":
		return h
	}
	return ""
}

// sideHint finds a hint that names the relation of a side, when the side is one relation.
func (a *Analyzer) sideHint(hints []tree.Hint, r *rel) string {
	if len(hints) == 0 || len(r.cols) == 0 {
		return ""
	}
	q := r.cols[0].Qualifier
	for _, c := range r.cols {
		if !slices.Equal(c.Qualifier, q) {
			return ""
		}
	}
	for _, h := range hints {
		strategy := strategyOf(h.Name)
		for _, arg := range h.Args {
			if n, ok := arg.(*tree.Name); ok && strategy != "" && a.qualifies(q, n.Parts) {
				return strategy
			}
		}
	}
	return ""
}
