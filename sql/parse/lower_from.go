package parse

import (
	"github.com/pingcap/tidb/pkg/parser/ast"

	"sparksql/sql/tree"
)

// from lowers what stands in FROM.
func (l *lowering) from(n ast.ResultSetNode) tree.Relation {
	switch n := n.(type) {
	case *ast.Join:
		if n.Right == nil {
			return l.from(n.Left)
		}
		return l.join(n)
	case *ast.TableSource:
		return l.source(n)
	}
	panic(bail{l.broken("relation", n)})
}

// relForm is what the front noted about a table or derived table.
func (l *lowering) relForm(n ast.ResultSetNode) *relForm {
	t, ok := n.(*ast.TableSource)
	if !ok {
		return nil
	}
	name := t.AsName.O
	if tn, ok := t.Source.(*ast.TableName); ok {
		name = tn.Schema.O
	}
	v, _ := l.kept(name)
	f, _ := v.(*relForm)
	return f
}

func (l *lowering) source(t *ast.TableSource) tree.Relation {
	f := l.relForm(t)
	tn, isTable := t.Source.(*ast.TableName)
	if f == nil {
		if isTable && tn.Name.O == "$none" {
			return &tree.OneRow{}
		}
		panic(bail{l.broken("relation", t)})
	}
	at := l.rel(f.span)
	var r tree.Relation
	switch f.kind {
	case relTable:
		r = &tree.Table{Rel: l.rel(span{f.span.start, f.nameEnd}), Parts: f.parts, Ident: f.ident, Options: f.options, AsOf: f.asOf}
	case relFunc:
		call, ok := l.onlyCall(t.Source)
		if !ok {
			panic(bail{l.broken("table function", t)})
		}
		r = &tree.TableFunc{Rel: at, Call: call}
	case relPivot:
		r = l.pivot(t.Source, f)
	case relUnpivot:
		u := *f.unpivot
		u.Rel, u.Input = at, l.wholeOf(t.Source)
		r = &u
	case relValues:
		r = l.inline(t.Source.(*ast.SelectStmt).Lists, f.span)
	default:
		r = l.relation(t.Source)
	}
	if f.sample != nil {
		s := *f.sample
		s.Input = r
		r = &s
	}
	switch {
	case f.alias != "":
		return &tree.Aliased{Rel: at, Input: r, Name: f.alias, Columns: f.columns}
	case f.kind == relQuery:
		return &tree.Brackets{Rel: at, Input: r}
	}
	return r
}

// onlyCall is the call of SELECT f(...).
func (l *lowering) onlyCall(n ast.Node) (*tree.Call, bool) {
	s, ok := n.(*ast.SelectStmt)
	if !ok || len(s.Fields.Fields) != 1 || s.Fields.Fields[0].Expr == nil {
		return nil, false
	}
	e, _ := l.value(s.Fields.Fields[0].Expr)
	c, ok := e.(*tree.Call)
	return c, ok
}

// wholeOf is the FROM of a derived table whose select list is a mark.
func (l *lowering) wholeOf(n ast.Node) tree.Relation {
	s, ok := n.(*ast.SelectStmt)
	if !ok || s.From == nil {
		panic(bail{l.broken("derived table", n)})
	}
	return l.from(s.From.TableRefs)
}

func (l *lowering) pivot(n ast.Node, f *relForm) tree.Relation {
	s := n.(*ast.SelectStmt)
	_, args := markOf(s.Fields.Fields[0].Expr)
	out := &tree.Pivot{Rel: l.rel(f.span), Input: l.wholeOf(n)}
	for i, list := range []*[]tree.Expr{&out.Aggs, &out.For, &out.Values} {
		_, items := markOf(args[i])
		*list, _ = l.values(items)
	}
	return out
}

var joinKinds = map[string]tree.JoinKind{mOnInner: tree.Inner, mOnCross: tree.CrossJoin, mOnLeft: tree.Left, mOnRight: tree.Right,
	mOnFull: tree.Full, mOnSemi: tree.Semi, mOnAnti: tree.Anti}

func (l *lowering) join(n *ast.Join) tree.Relation {
	left := l.from(n.Left)
	f := l.relForm(n.Right)
	if f != nil && f.kind == relLateralView {
		call, ok := l.onlyCall(n.Right.(*ast.TableSource).Source)
		if !ok {
			panic(bail{l.broken("generator", n)})
		}
		return &tree.LateralView{Rel: l.rel(f.span), Input: left, Call: call, Outer: f.outer, Name: f.alias, Columns: f.columns}
	}
	right := l.from(n.Right)
	j := &tree.Join{Rel: tree.Rel{P: left.Pos().To(right.Pos())}, L: left, R: right, Lateral: f != nil && f.lateral}
	switch n.Tp {
	case ast.LeftJoin:
		j.Kind = tree.Left
	case ast.RightJoin:
		j.Kind = tree.Right
	}
	for _, c := range n.Using {
		j.Using = append(j.Using, l.name(c.Name.O))
	}
	if n.On == nil {
		return j
	}
	m, args := markOf(n.On.Expr)
	kind, ok := joinKinds[m]
	if !ok {
		j.On, _ = l.value(n.On.Expr)
		return j
	}
	j.Kind = kind
	if len(args) == 0 {
		return j
	}
	switch inner, names := markOf(args[0]); inner {
	case mOnNatural:
		j.Natural = true
	case mOnUsing:
		for _, a := range names {
			j.Using = append(j.Using, l.bareName(a))
		}
	default:
		j.On, _ = l.value(args[0])
	}
	return j
}

// pipeSource is the input of a pipe operator, when FROM holds just that.
func (l *lowering) pipeSource(from *ast.TableRefsClause) (*relForm, ast.Node) {
	if from == nil || from.TableRefs == nil || from.TableRefs.Right != nil {
		return nil, nil
	}
	f := l.relForm(from.TableRefs.Left)
	if f == nil || f.kind != relPipe {
		return nil, nil
	}
	return f, from.TableRefs.Left.(*ast.TableSource).Source
}

// pipe lowers the operators of |> that change columns.
func (l *lowering) pipe(s *ast.SelectStmt, f *relForm, src ast.Node) tree.Relation {
	input := l.relation(src)
	at := l.rel(f.span)
	switch f.word {
	case "DROP":
		return &tree.DropColumns{Rel: at, Input: input, Columns: f.columns}
	case "AS":
		return &tree.Aliased{Rel: at, Input: input, Name: f.alias}
	}
	switch input.(type) {
	case *tree.Table, *tree.Aliased, *tree.Brackets:
	default:
		input = &tree.Brackets{Rel: tree.Rel{P: input.Pos()}, Input: input}
	}
	switch f.word {
	case "EXTEND", "SET":
		items, _, _ := l.items(s.Fields.Fields)
		if f.word == "SET" {
			return &tree.SetColumns{Rel: at, Input: input, Items: items}
		}
		return &tree.Extend{Rel: at, Input: input, Items: items}
	case "AGGREGATE":
		out := &tree.PipeAggregate{Rel: at, Input: input}
		if fieldMarkOf(s) != mWhole {
			out.Items, _, _ = l.items(s.Fields.Fields)
		}
		if s.GroupBy != nil {
			out.GroupBy, _ = l.groupBy(s.GroupBy)
		}
		return out
	}
	sel := &tree.Select{From: input, Distinct: s.Distinct}
	if f.word == "WHERE" {
		sel.Items = []tree.Expr{&tree.Star{}}
		sel.Where, _ = l.value(s.Where)
		sel.Rel = at
	} else {
		l.selectClauses(sel, s)
	}
	return &tree.PipeSelect{Rel: at, Input: sel, Word: f.word}
}
