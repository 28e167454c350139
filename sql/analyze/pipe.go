package analyze

import (
	"slices"
	"strings"

	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/tree"
)

// pipeSelect is |> SELECT and |> WHERE, where aggregates are refused.
func (a *Analyzer) pipeSelect(x *tree.PipeSelect, b *block) (*rel, error) {
	s, ok := x.Input.(*tree.Select)
	if !ok {
		return a.relation(x.Input, b)
	}
	if s.Grouped || s.GroupAll {
		return a.relation(s, b)
	}
	in, err := a.pipeInput(s.From, &block{ctes: b.ctes, outer: b.outer, hints: s.Hints})
	if err != nil {
		return nil, err
	}
	return a.blockOver(s, in, b, x.Word)
}

// pipeInput is the input of a pipe operator: brackets around it are not a scope of their own.
func (a *Analyzer) pipeInput(r tree.Relation, b *block) (*rel, error) {
	return a.relation(unbracketed(r), b)
}

// blockOver analyses a query block over an analysed input, refusing aggregates in the named pipe operator.
func (a *Analyzer) blockOver(s *tree.Select, in *rel, b *block, word string) (*rel, error) {
	q := &selection{a: a, b: b, tree: s, lateral: map[expr.ID]*item{}, node: in.node, scope: a.rows(in.cols, b), pipe: word != "SELECT"}
	q.scope.windows = s.Windows
	if err := q.where(); err != nil {
		return nil, err
	}
	if err := q.list(); err != nil {
		return nil, err
	}
	for _, it := range q.items {
		if agg := findAgg(it.x); agg != nil {
			return nil, errs.New(agg.Pos(), "PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION", "expr", agg.String(), "clause", word)
		}
	}
	return q.project()
}

// extend is |> EXTEND: the input's columns, then the items.
func (a *Analyzer) extend(x *tree.Extend, b *block) (*rel, error) {
	in, err := a.pipeInput(x.Input, b)
	if err != nil {
		return nil, err
	}
	for _, e := range x.Items {
		if star, ok := e.(*tree.Star); ok {
			return nil, errs.New(star.P, "INVALID_USAGE_OF_STAR_OR_REGEX", "elem", "'*'", "prettyName", "expression `pipeexpression`")
		}
	}
	s := &tree.Select{Rel: x.Rel, Items: append([]tree.Expr{&tree.Star{At: tree.At{P: x.P}}}, x.Items...)}
	return a.blockOver(s, in, b.plain(), "EXTEND")
}

// setColumns is |> SET: columns get new values in place; a later item sees those of earlier ones.
func (a *Analyzer) setColumns(x *tree.SetColumns, b *block) (*rel, error) {
	in, err := a.pipeInput(x.Input, b)
	if err != nil {
		return nil, err
	}
	for _, e := range x.Items {
		if in, err = a.setColumn(e, in, b); err != nil {
			return nil, err
		}
	}
	return in, nil
}

func (a *Analyzer) setColumn(e tree.Expr, in *rel, b *block) (*rel, error) {
	al, ok := e.(*tree.Alias)
	if !ok || len(al.Names) != 1 {
		return nil, errs.Unsupported(e.Pos(), "this item of |> SET")
	}
	found := a.matches(in.cols, nil, al.Names[0])
	switch {
	case len(found) == 0:
		return nil, unresolved(al.Names, in.cols, e.Pos())
	case len(found) > 1:
		return nil, ambiguous(al.Names, found, e.Pos())
	}
	s := &tree.Select{Items: []tree.Expr{&tree.Star{}, al}}
	out, err := a.blockOver(s, in, b.plain(), "SET")
	if err != nil {
		return nil, err
	}
	shown := in.shown()
	last := out.cols[len(out.cols)-1]
	cols := slices.Clone(out.cols[:len(out.cols)-1])
	for i := range shown {
		if a.same(cols[i].Name, al.Names[0]) {
			q := cols[i].Qualifier
			cols[i] = last
			cols[i].Name, cols[i].Qualifier = shown[i].Name, q
		}
	}
	return &rel{node: out.node, cols: cols}, nil
}

// dropColumns is |> DROP.
func (a *Analyzer) dropColumns(x *tree.DropColumns, b *block) (*rel, error) {
	in, err := a.pipeInput(x.Input, b)
	if err != nil {
		return nil, err
	}
	out := &rel{node: in.node, cols: slices.Clone(in.cols)}
	for i, name := range x.Columns {
		if slices.ContainsFunc(x.Columns[:i], func(n string) bool { return a.same(n, name) }) {
			return nil, errs.New(x.P, "EXCEPT_OVERLAPPING_COLUMNS", "columns", strings.Join(x.Columns, ", "))
		}
		if len(a.matches(in.cols, nil, name)) == 0 {
			return nil, unresolved([]string{name}, in.cols, x.P)
		}
		out.cols = slices.DeleteFunc(out.cols, func(c col) bool { return a.same(c.Name, name) })
	}
	return out, nil
}

// pipeAggregate is |> AGGREGATE: the keys, then the aggregates.
func (a *Analyzer) pipeAggregate(x *tree.PipeAggregate, b *block) (*rel, error) {
	s := &tree.Select{Rel: x.Rel, From: unbracketed(x.Input), Grouped: true}
	for _, k := range x.GroupBy {
		if _, ok := k.(*tree.Grouping); ok {
			return nil, errs.New(k.Pos(), "UNSUPPORTED_FEATURE.PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE", "case", "GROUPING SETS, CUBE and ROLLUP")
		}
		s.Items = append(s.Items, k)
		g := k
		if al, ok := k.(*tree.Alias); ok {
			g = al.X
		}
		s.GroupBy = append(s.GroupBy, g)
	}
	s.Items = append(s.Items, x.Items...)
	q := &selection{a: a, b: b, tree: s, lateral: map[expr.ID]*item{}}
	for _, step := range []func() error{q.from, q.pipeKeys, q.list} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	for _, it := range q.items[len(x.GroupBy):] {
		if w := find(it.x, isWindow); w != nil {
			return nil, errs.New(w.Pos(), "UNSUPPORTED_FEATURE.PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE", "case", "window functions")
		}
		if findAgg(it.x) == nil {
			return nil, errs.New(it.at, "PIPE_OPERATOR_AGGREGATE_EXPRESSION_CONTAINS_NO_AGGREGATE_FUNCTION", "expr", it.x.String())
		}
	}
	for _, step := range []func() error{q.groupBy, q.aggregate} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return q.project()
}

func unbracketed(r tree.Relation) tree.Relation {
	for {
		x, ok := r.(*tree.Brackets)
		if !ok {
			return r
		}
		r = x.Input
	}
}

// pipeKeys puts the input's columns in place of ordinals, which count those, not the list's.
func (q *selection) pipeKeys() error {
	shown := (&rel{cols: q.scope.cols}).shown()
	s := *q.tree
	s.Items, s.GroupBy = slices.Clone(s.Items), slices.Clone(s.GroupBy)
	for i, g := range s.GroupBy {
		n, ok := ordinal(g)
		if !ok {
			continue
		}
		if n < 1 || n > len(shown) {
			return errs.New(g.Pos(), "GROUP_BY_POS_OUT_OF_RANGE", "index", itoa(n), "size", itoa(len(shown)))
		}
		name := &tree.Name{At: tree.At{P: g.Pos()}, Parts: []string{shown[n-1].Name}}
		if al, ok := s.Items[i].(*tree.Alias); ok {
			s.Items[i] = &tree.Alias{At: al.At, X: name, Names: al.Names}
		} else {
			s.Items[i] = name
		}
		s.GroupBy[i] = name
	}
	q.tree = &s
	return nil
}
