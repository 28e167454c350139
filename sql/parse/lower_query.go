package parse

import (
	"github.com/pingcap/tidb/pkg/parser/ast"

	"sparksql/sql/tree"
)

// relation lowers a query.
func (l *lowering) relation(n ast.Node) tree.Relation {
	switch n := n.(type) {
	case *ast.SubqueryExpr:
		return l.relation(n.Query)
	case *ast.SelectStmt:
		return l.with(n.With, l.tail(l.block(n), n.OrderBy, n.Limit))
	case *ast.SetOprStmt:
		return l.with(n.With, l.tail(l.setOps(n.SelectList.Selects), n.OrderBy, n.Limit))
	}
	panic(bail{l.broken("query", n)})
}

func (l *lowering) with(w *ast.WithClause, body tree.Relation) tree.Relation {
	if w == nil {
		return body
	}
	out := &tree.With{Recursive: w.IsRecursive, Body: body, Rel: tree.Rel{P: body.Pos()}}
	for _, c := range w.CTEs {
		p := find(l.core.places, c.Query.OriginTextPosition())
		if p == nil || p.slot == 0 {
			panic(bail{l.broken("CTE", c)})
		}
		f := l.core.slots[p.slot-1].(*cteForm)
		out.CTEs = append(out.CTEs, tree.CTE{Name: f.name, Columns: f.columns, Query: l.relation(c.Query.Query),
			P: l.pos(f.span), MaxRecursion: f.levels})
	}
	return out
}

// operand is one query of a set operation with the operator before it.
type operand struct {
	rel    tree.Relation
	op     ast.SetOprType
	byName bool
}

// setOps lowers a flat list of operands: INTERSECT binds tighter than UNION and EXCEPT, which go left to right.
func (l *lowering) setOps(nodes []ast.Node) tree.Relation {
	var terms []operand
	for i, n := range nodes {
		o := operand{}
		var op *ast.SetOprType
		switch n := n.(type) {
		case *ast.SelectStmt:
			op = n.AfterSetOperator
			if m := fieldMarkOf(n); m == mByName {
				o.byName = true
			}
			o.rel = l.relation(n)
		case *ast.SetOprSelectList:
			op = n.AfterSetOperator
			if len(n.Selects) == 1 {
				o.rel = l.relation(n.Selects[0])
			} else {
				o.rel = l.with(n.With, l.tail(l.setOps(n.Selects), n.OrderBy, n.Limit))
			}
		default:
			panic(bail{l.broken("operand", n)})
		}
		if i > 0 && op != nil {
			o.op = *op
			if last := len(terms) - 1; o.op == ast.Intersect || o.op == ast.IntersectAll {
				terms[last].rel = l.setOp(terms[last].rel, o)
				continue
			}
		}
		terms = append(terms, o)
	}
	r := terms[0].rel
	for _, t := range terms[1:] {
		r = l.setOp(r, t)
	}
	return r
}

func (l *lowering) setOp(left tree.Relation, o operand) tree.Relation {
	s := &tree.SetOp{L: left, R: o.rel, ByName: o.byName, Rel: tree.Rel{P: left.Pos().To(o.rel.Pos())}}
	switch o.op {
	case ast.UnionAll:
		s.All = true
	case ast.Except:
		s.Kind = tree.Except
	case ast.ExceptAll:
		s.Kind, s.All = tree.Except, true
	case ast.Intersect:
		s.Kind = tree.Intersect
	case ast.IntersectAll:
		s.Kind, s.All = tree.Intersect, true
	}
	return s
}

// fieldMarkOf is the mark that is the first item of a select, "" for none.
func fieldMarkOf(s *ast.SelectStmt) string {
	if s.Fields == nil || len(s.Fields.Fields) == 0 || s.Fields.Fields[0].Expr == nil {
		return ""
	}
	m, _ := markOf(s.Fields.Fields[0].Expr)
	return m
}

// tail puts ORDER BY and its relatives, LIMIT and OFFSET around a relation.
func (l *lowering) tail(r tree.Relation, order *ast.OrderByClause, limit *ast.Limit) tree.Relation {
	if order != nil {
		r = l.ordering(r, order.Items)
	}
	if limit == nil {
		return r
	}
	out := &tree.Limit{Input: r, Rel: tree.Rel{P: r.Pos()}}
	out.N = l.limitValue(limit.Count)
	if limit.Offset != nil {
		out.Offset = l.limitValue(limit.Offset)
	}
	if out.N == nil && out.Offset == nil {
		return r
	}
	return out
}

func (l *lowering) limitValue(n ast.ExprNode) tree.Expr {
	switch v := l.slot(n).(type) {
	case limitAll:
		return nil
	case tree.Expr:
		return v
	}
	panic(bail{l.broken("limit", n)})
}

func (l *lowering) ordering(r tree.Relation, items []*ast.ByItem) tree.Relation {
	at := tree.Rel{P: r.Pos()}
	var plain []*ast.ByItem
	for _, it := range items {
		m, args := markOf(it.Expr)
		switch m {
		case mSortBy:
			r = &tree.OrderBy{Rel: at, Input: r, Keys: l.keys(args)}
		case mCluster:
			keys := l.keys(args)
			r = &tree.Distribute{Rel: at, Input: r, By: keyExprs(keys)}
			r = &tree.OrderBy{Rel: at, Input: r, Keys: keys}
		case mDistribute:
			r = &tree.Distribute{Rel: at, Input: r, By: keyExprs(l.keys(args))}
		default:
			plain = append(plain, it)
		}
	}
	if len(plain) == 0 {
		return r
	}
	if len(plain) == 1 {
		if k, ok := l.orderAll(plain[0]); ok {
			return &tree.OrderBy{Rel: at, Input: r, Keys: []tree.SortKey{k}, Global: true, All: true}
		}
	}
	return &tree.OrderBy{Rel: at, Input: r, Keys: l.sortKeys(plain), Global: true}
}

// orderAll recognises ORDER BY ALL.
func (l *lowering) orderAll(it *ast.ByItem) (tree.SortKey, bool) {
	k := tree.SortKey{Desc: it.Desc, NullsFirst: !it.Desc}
	m, args := markOf(it.Expr)
	if m == mNullsFirst || m == mNullsLast {
		k.NullsFirst = m == mNullsFirst
		m, args = markOf(args[0])
	}
	return k, m == mOrderAll && len(args) == 0
}

func (l *lowering) keys(args []ast.ExprNode) []tree.SortKey {
	out := make([]tree.SortKey, len(args))
	for i, a := range args {
		out[i] = l.sortKey(a, false)
	}
	return out
}

func keyExprs(keys []tree.SortKey) []tree.Expr {
	out := make([]tree.Expr, len(keys))
	for i, k := range keys {
		out[i] = k.X
	}
	return out
}

// block lowers one SELECT without ORDER BY and LIMIT.
func (l *lowering) block(s *ast.SelectStmt) tree.Relation {
	if s.Kind == ast.SelectStmtKindValues {
		return l.inline(s.Lists, span{})
	}
	m := fieldMarkOf(s)
	if f, src := l.pipeSource(s.From); f != nil && f.word != "RELATION" {
		return l.pipe(s, f, src)
	}
	if m == mWhole || m == mByName {
		return l.from(s.From.TableRefs)
	}
	return l.selectBlock(s)
}

func (l *lowering) selectBlock(s *ast.SelectStmt) *tree.Select {
	out := &tree.Select{Distinct: s.Distinct}
	if s.From != nil {
		out.From = l.from(s.From.TableRefs)
	} else {
		out.From = &tree.OneRow{}
	}
	l.selectClauses(out, s)
	return out
}

// selectClauses lowers all but FROM.
func (l *lowering) selectClauses(out *tree.Select, s *ast.SelectStmt) {
	var all span
	out.Items, out.Hints, all = l.items(s.Fields.Fields)
	if s.Where != nil {
		var ws span
		out.Where, ws = l.value(s.Where)
		all = all.join(ws)
	}
	if s.GroupBy != nil {
		out.Grouped = true
		out.GroupBy, out.GroupAll = l.groupBy(s.GroupBy)
	}
	if s.Having != nil {
		out.Having, _ = l.value(s.Having.Expr)
	}
	for i := range s.WindowSpecs {
		w := &s.WindowSpecs[i]
		out.Windows = append(out.Windows, tree.NamedWindow{Name: l.name(w.Name.O), Spec: l.window(w, span{})})
	}
	out.Rel = l.rel(all)
	if !out.P.Known() && out.From != nil {
		out.P = out.From.Pos()
	}
}

func (l *lowering) groupBy(g *ast.GroupByClause) (keys []tree.Expr, all bool) {
	for _, it := range g.Items {
		if m, _ := markOf(it.Expr); m == mGroupAll {
			return nil, true
		}
		x, _ := l.value(it.Expr)
		keys = append(keys, x)
	}
	return keys, false
}

// items lowers a select list; hints come first in it.
func (l *lowering) items(fields []*ast.SelectField) (items []tree.Expr, hints []tree.Hint, all span) {
	for _, f := range fields {
		if f.WildCard != nil {
			s := l.place(f.Offset)
			items = append(items, &tree.Star{At: l.at(s)})
			all = all.join(s)
			continue
		}
		if m, args := markOf(f.Expr); m == mHint {
			for _, h := range l.form(args[0]).(hintForm) {
				hint := tree.Hint{Name: h.name, P: l.pos(h.span)}
				for _, a := range h.args {
					hint.Args = append(hint.Args, a.(tree.Expr))
				}
				hints = append(hints, hint)
			}
			continue
		}
		x, s := l.value(f.Expr)
		all = all.join(s)
		if f.AsName.O != "" {
			x = &tree.Alias{At: l.at(s), X: x, Names: []string{l.name(f.AsName.O)}}
		}
		items = append(items, x)
	}
	return items, hints, all
}

// inline lowers VALUES: a row is what the struct in it holds.
func (l *lowering) inline(rows []*ast.RowExpr, s span) tree.Relation {
	out := &tree.Inline{}
	all := s
	for _, r := range rows {
		vals, rs := l.values(r.Values)
		all = all.join(rs)
		if len(vals) == 1 {
			vals = rowValues(vals[0])
		}
		for i, v := range vals {
			if a, ok := v.(*tree.Alias); ok {
				vals[i] = a.X
			}
		}
		out.Rows = append(out.Rows, vals)
	}
	out.Rel = l.rel(all)
	return out
}

// rowValues are the columns of one row of VALUES.
func rowValues(e tree.Expr) []tree.Expr {
	switch e := e.(type) {
	case *tree.Row:
		return e.Items
	case *tree.Call:
		if len(e.Func) == 1 && lower(e.Func[0]) == "struct" && len(e.Args) > 0 {
			return e.Args
		}
	}
	return []tree.Expr{e}
}
