package analyze

import (
	"slices"

	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// pivot is PIVOT (aggregates FOR columns IN (values)): rows are grouped by the columns that neither names, and every
// value with every aggregate is a column. The rows are first grouped by the pivot columns too, so that a value
// without rows gives NULL whatever the aggregate.
func (a *Analyzer) pivot(x *tree.Pivot, b *block) (*rel, error) {
	in, err := a.relation(x.Input, b)
	if err != nil {
		return nil, err
	}
	sc := a.rows(in.cols, b)
	p := &pivoting{a: a, tree: x, in: in}
	if err := p.aggregates(sc); err != nil {
		return nil, err
	}
	if err := p.pivotColumns(sc); err != nil {
		return nil, err
	}
	if err := p.pivotValues(sc); err != nil {
		return nil, err
	}
	return p.build()
}

type pivoting struct {
	a      *Analyzer
	tree   *tree.Pivot
	in     *rel
	aggs   []*item
	on     []*expr.Column
	values []pivotValue
}

// pivotValue is one value: a constant for each pivot column, and its name.
type pivotValue struct {
	xs   []expr.Expr
	name string
}

func (p *pivoting) aggregates(sc *rowScope) error {
	for _, e := range p.tree.Aggs {
		it, err := p.a.item(e, sc)
		if err != nil {
			return err
		}
		if findAgg(it.x) == nil {
			return errs.New(it.at, "_LEGACY_ERROR_TEMP_1006", "sql", it.x.String())
		}
		if !it.alias {
			it.name = it.x.String()
		}
		p.aggs = append(p.aggs, it)
	}
	return nil
}

func (p *pivoting) pivotColumns(sc *rowScope) error {
	for _, e := range p.tree.For {
		x, err := p.a.typeExpr(e, sc)
		if err != nil {
			return err
		}
		c, ok := x.(*expr.Column)
		if !ok {
			return errs.Unsupported(e.Pos(), "PIVOT by an expression")
		}
		if holds(c.Col.Type, types.Map) || holds(c.Col.Type, types.Variant) {
			return errs.New(e.Pos(), "INCOMPARABLE_PIVOT_COLUMN", "columnName", quoteParts([]string{c.Name}))
		}
		p.on = append(p.on, c)
	}
	return nil
}

// pivotValues types the values and casts them to the pivot columns.
func (p *pivoting) pivotValues(sc *rowScope) error {
	for _, e := range p.tree.Values {
		var v pivotValue
		inner := e
		if al, ok := e.(*tree.Alias); ok {
			inner, v.name = al.X, al.Names[0]
		}
		items := []tree.Expr{inner}
		row, isRow := inner.(*tree.Row)
		if isRow && len(p.on) > 1 {
			items = row.Items
		}
		whole, err := p.a.typeExpr(inner, sc)
		if err != nil {
			return err
		}
		if !foldable(whole) {
			return errs.New(e.Pos(), "NON_LITERAL_PIVOT_VALUES", "expression", quoteExpr(whole.String()))
		}
		if len(items) != len(p.on) {
			return p.mismatch(whole)
		}
		for i, it := range items {
			c, err := p.value(it, p.on[i], sc)
			if err != nil {
				return err
			}
			v.xs = append(v.xs, c)
		}
		if v.name == "" {
			if v.name, err = p.nameOf(whole); err != nil {
				return err
			}
		}
		p.values = append(p.values, v)
	}
	return nil
}

func (p *pivoting) value(e tree.Expr, on *expr.Column, sc *rowScope) (expr.Expr, error) {
	if al, ok := e.(*tree.Alias); ok {
		e = al.X
	}
	x, err := p.a.typeExpr(e, sc)
	if err != nil {
		return nil, err
	}
	if t, ok := p.a.coercion().Wider(x.Type(), on.Col.Type); !ok || t.Kind() != on.Col.Type.Kind() && !p.a.coercion().Implicit(x.Type(), on.Col.Type) {
		return nil, p.mismatch(x)
	}
	return p.a.castTo(x, on.Col.Type), nil
}

func (p *pivoting) mismatch(x expr.Expr) error {
	t := p.on[0].Col.Type
	if len(p.on) > 1 {
		fs := make([]types.Field, len(p.on))
		for i, c := range p.on {
			fs[i] = types.Field{Name: c.Name, Type: c.Col.Type, Nullable: true}
		}
		t = types.StructOf(fs...)
	}
	return errs.New(x.Pos(), "PIVOT_VALUE_DATA_TYPE_MISMATCH", "value", x.String(), "valueType", x.Type().String(), "pivotType", t.String())
}

// nameOf is the text of a value, as a cast to a string gives it.
func (p *pivoting) nameOf(x expr.Expr) (string, error) {
	v, _, err := p.a.constant(p.a.castTo(x, types.StringType))
	if err != nil {
		return "", err
	}
	s, ok := v.(string)
	if !ok {
		return "null", nil
	}
	return s, nil
}

// build makes the two aggregates and the list.
func (p *pivoting) build() (*rel, error) {
	a, at := p.a, p.tree.P
	used := map[expr.ID]bool{}
	for _, c := range p.on {
		used[c.ID] = true
	}
	for _, it := range p.aggs {
		expr.Columns(it.x, func(c *expr.Column) { used[c.ID] = true })
	}
	q := &selection{a: a, b: &block{}, tree: &tree.Select{Grouped: true}, lateral: map[expr.ID]*item{}, node: p.in.node,
		scope: a.rows(p.in.cols, &block{})}
	var rest []col
	for _, c := range p.in.shown() {
		if !used[c.ID] {
			rest = append(rest, c)
			q.keys = append(q.keys, c.ref(at))
		}
	}
	for _, c := range p.on {
		q.keys = append(q.keys, c)
	}
	for _, k := range q.keys {
		c := k.(*expr.Column)
		q.items = append(q.items, &item{x: c, name: c.Name, id: c.ID, from: &col{Col: c.Col, origin: c.ID}, at: at})
	}
	q.items = append(q.items, p.aggs...)
	if err := q.aggregate(); err != nil {
		return nil, err
	}
	first, err := q.project()
	if err != nil {
		return nil, err
	}
	return p.spread(first.fix(), rest)
}

// spread is the second aggregate: one column for each value and aggregate.
func (p *pivoting) spread(in *rel, rest []col) (*rel, error) {
	a, at := p.a, p.tree.P
	agg := &plan.Aggregate{Input: in.node}
	out := &rel{node: agg}
	for _, c := range rest {
		agg.Keys = append(agg.Keys, c.ref(at))
		out.cols = append(out.cols, c)
	}
	results := in.cols[len(in.cols)-len(p.aggs):]
	for _, v := range p.values {
		cond, err := p.matches(v)
		if err != nil {
			return nil, err
		}
		for i, r := range results {
			f, err := a.call(at, "first", r.ref(at))
			if err != nil {
				return nil, err
			}
			g, ok := f.(*expr.Agg)
			if !ok {
				return nil, errs.Internal("first is no aggregate")
			}
			g.Filter = cond
			name := v.name
			if len(p.aggs) > 1 {
				name += "_" + p.aggs[i].name
			}
			al := &expr.Alias{X: g, Name: name, ID: expr.NewID(), At: at}
			agg.Aggs = append(agg.Aggs, al)
			c := colOf(al.Col())
			c.Nullable = true
			out.cols = append(out.cols, c)
		}
	}
	return out, nil
}

// matches is the condition that a row has the value.
func (p *pivoting) matches(v pivotValue) (expr.Expr, error) {
	var cond expr.Expr
	for i, c := range p.on {
		eq, err := p.a.binary(p.tree.P, tree.NullSafeEq, c, v.xs[i])
		if err != nil {
			return nil, err
		}
		if cond == nil {
			cond = eq
		} else if cond, err = p.a.binary(p.tree.P, tree.And, cond, eq); err != nil {
			return nil, err
		}
	}
	return cond, nil
}

// unpivot is UNPIVOT: each group of columns becomes a row with the group's name.
func (a *Analyzer) unpivot(x *tree.Unpivot, b *block) (*rel, error) {
	in, err := a.relation(x.Input, b)
	if err != nil {
		return nil, err
	}
	groups := make([][]expr.Expr, len(x.Groups))
	used := map[expr.ID]bool{}
	for i, g := range x.Groups {
		if len(g.Columns) != len(x.ValueNames) {
			return nil, errs.New(x.P, "UNPIVOT_VALUE_SIZE_MISMATCH", "names", joinQuoted(x.ValueNames))
		}
		for _, parts := range g.Columns {
			c, err := a.lookup(in.cols, parts, x.P)
			if err == nil && c == nil {
				err = unresolved(parts, in.cols, x.P)
			}
			if err != nil {
				return nil, err
			}
			expr.Columns(c, func(k *expr.Column) { used[k.ID] = true })
			groups[i] = append(groups[i], c)
		}
	}
	if err := a.unpivotTypes(x, groups); err != nil {
		return nil, err
	}
	keep := slices.DeleteFunc(in.shown(), func(c col) bool { return used[c.ID] })
	return a.unpivotRows(x, in, keep, groups)
}

func joinQuoted(names []string) string {
	s := ""
	for i, n := range names {
		if i > 0 {
			s += ", "
		}
		s += quoteParts([]string{n})
	}
	return s
}

// unpivotTypes casts the columns that go into one value column to a common type.
func (a *Analyzer) unpivotTypes(x *tree.Unpivot, groups [][]expr.Expr) error {
	for j := range x.ValueNames {
		column := make([]expr.Expr, len(groups))
		shown := ""
		for i := range groups {
			column[i] = groups[i][j]
			if i > 0 {
				shown += ", "
			}
			shown += quoteExpr(column[i].Type().SQL()) + " (" + quoteParts([]string{column[i].String()}) + ")"
		}
		wide, ok := a.widen(column)
		if !ok {
			return errs.New(x.P, "UNPIVOT_VALUE_DATA_TYPE_MISMATCH", "types", shown)
		}
		for i := range groups {
			groups[i][j] = wide[i]
		}
	}
	return nil
}

func (a *Analyzer) unpivotRows(x *tree.Unpivot, in *rel, keep []col, groups [][]expr.Expr) (*rel, error) {
	n := &plan.Expand{Input: in.node, Sets: make([][]expr.Expr, len(groups))}
	out := &rel{}
	for _, c := range keep {
		k := c
		k.ID = expr.NewID()
		k.origin = k.ID
		n.Cols = append(n.Cols, k.Col)
		out.cols = append(out.cols, k)
	}
	name := expr.Col{ID: expr.NewID(), Name: x.NameColumn, Type: types.StringType}
	n.Cols = append(n.Cols, name)
	var cond expr.Expr
	for j, v := range x.ValueNames {
		c := expr.Col{ID: expr.NewID(), Name: v, Type: groups[0][j].Type()}
		for _, g := range groups {
			c.Nullable = c.Nullable || g[j].Nullable()
		}
		n.Cols = append(n.Cols, c)
		test, err := a.typeExpr(&tree.IsTest{X: arg(0), Test: tree.IsNull, Not: true}, given{xs: []expr.Expr{&expr.Column{Col: c}}})
		if err != nil {
			return nil, err
		}
		if cond == nil {
			cond = test
		} else if cond, err = a.binary(x.P, tree.Or, cond, test); err != nil {
			return nil, err
		}
	}
	for _, c := range n.Cols[len(keep):] {
		out.cols = append(out.cols, colOf(c))
	}
	for i, g := range groups {
		for _, c := range keep {
			n.Sets[i] = append(n.Sets[i], c.ref(x.P))
		}
		label := x.Groups[i].Alias
		if label == "" {
			for k, parts := range x.Groups[i].Columns {
				if k > 0 {
					label += "_"
				}
				label += parts[len(parts)-1]
			}
		}
		n.Sets[i] = append(n.Sets[i], &expr.Literal{Typ: types.StringType, Value: label})
		n.Sets[i] = append(n.Sets[i], g...)
	}
	out.node = n
	if !x.IncludeNulls {
		out.filter(cond)
	}
	return out, nil
}
