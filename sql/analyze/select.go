package analyze

import (
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// item is one column of a select list while its block is analysed.
type item struct {
	x      expr.Expr
	name   string
	id     expr.ID // of the output column
	from   *col    // a column passed through under its own name; nil: computed
	unseen bool    // a hidden column of a join, carried along
	alias  bool    // named by the user: later items and GROUP BY may use it
	names  []string
	at     errs.Pos
}

func (it *item) col() expr.Col {
	return (&expr.Alias{X: it.x, Name: it.name, ID: it.id}).Col()
}

// selection is one query block: FROM, WHERE, GROUP BY, HAVING, the list, and the ORDER BY around it.
type selection struct {
	a       *Analyzer
	b       *block
	tree    *tree.Select
	order   *tree.OrderBy // nil: none
	node    plan.Node
	scope   *rowScope // of the rows after WHERE
	items   []*item
	lateral map[expr.ID]*item // items used by others through their alias
	keys    []expr.Expr       // GROUP BY
	sets    [][]int           // grouping sets, as indexes of keys; nil: none
	having  expr.Expr
	sort    []expr.Order
	hidden  []*item // computed for ORDER BY only
	pipe    bool    // a pipe operator that keeps its input's columns, hidden ones too
}

func (a *Analyzer) selectBlock(s *tree.Select, b *block, order *tree.OrderBy) (*rel, error) {
	q := &selection{a: a, b: b, tree: s, order: order, lateral: map[expr.ID]*item{}}
	for _, step := range []func() error{q.from, q.where, q.list, q.groupBy, q.havingClause, q.orderKeys, q.aggregate} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return q.project()
}

func (q *selection) from() error {
	in, err := q.a.relation(q.tree.From, &block{ctes: q.b.ctes, outer: q.b.outer, hints: q.tree.Hints})
	if err != nil {
		return err
	}
	q.node = in.node
	q.scope = q.a.rows(in.cols, q.b)
	q.scope.windows = q.tree.Windows
	return nil
}

func (q *selection) where() error {
	if q.tree.Where == nil {
		return nil
	}
	cond, err := q.a.condition(q.tree.Where, q.scope)
	if err != nil {
		return err
	}
	q.node = &plan.Filter{Input: q.node, Cond: cond}
	return nil
}

// condition types a WHERE condition: a boolean without aggregates, windows and generators.
func (a *Analyzer) condition(e tree.Expr, sc Scope) (expr.Expr, error) {
	cond, err := a.typeExpr(e, sc)
	if err != nil {
		return nil, err
	}
	if w := find(cond, isWindow); w != nil {
		return nil, errs.New(cond.Pos(), "_LEGACY_ERROR_TEMP_1034", "clauseName", "WHERE")
	}
	if x := find(cond, isAgg); x != nil {
		if err := mixed(x.(*expr.Agg)); err != nil {
			return nil, err
		}
		return nil, invalidWhere(cond, x)
	}
	if g := find(cond, isGenerator); g != nil {
		return nil, invalidWhere(cond, g)
	}
	return a.boolean(cond, "FILTER")
}

func invalidWhere(cond, x expr.Expr) error {
	return errs.New(cond.Pos(), "INVALID_WHERE_CONDITION", "condition", quoteExpr(cond.String()), "expressionList", x.String())
}

// boolean checks the type of a condition: of a filter, or of a join.
func (a *Analyzer) boolean(e expr.Expr, of string) (expr.Expr, error) {
	switch e.Type().Kind() {
	case types.Boolean:
		return e, nil
	case types.Null:
		return a.castTo(e, types.BooleanType), nil
	}
	if of == "JOIN" {
		return nil, errs.New(e.Pos(), "JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE", "joinCondition", quoteExpr(e.String()),
			"conditionType", quoteExpr(e.Type().SQL()))
	}
	return nil, errs.New(e.Pos(), "DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN", "sqlExpr", quoteExpr(e.String()),
		"filter", quoteExpr(e.String()), "type", quoteExpr(e.Type().SQL()))
}

// list types the select list. An item may use the aliases of those before it.
func (q *selection) list() error {
	sc := *q.scope
	sc.after = q.lateralAlias
	for _, e := range q.tree.Items {
		if star, ok := e.(*tree.Star); ok {
			if err := q.starItems(star); err != nil {
				return err
			}
			continue
		}
		it, err := q.a.item(e, &sc)
		if err != nil {
			return err
		}
		q.items = append(q.items, it)
	}
	return nil
}

func (q *selection) starItems(s *tree.Star) error {
	cols, err := q.a.star(s, q.scope.cols)
	if err != nil && s.Qualifier != nil && q.b.outer != nil && q.b.outer.star != nil {
		if outer, err2 := q.b.outer.star(s); err2 == nil {
			for i := range outer {
				outer[i].x, outer[i].from = q.b.outer.outer(outer[i].x), nil
			}
			cols, err = outer, nil
		}
	}
	if err != nil {
		return err
	}
	if q.pipe && s.Qualifier == nil {
		for i, c := range q.scope.cols {
			if c.Hidden {
				cols = append(cols, starItem{x: c.ref(s.P), name: c.Name, from: &q.scope.cols[i]})
			}
		}
	}
	for _, c := range cols {
		it := &item{x: c.x, name: c.name, from: c.from, at: s.P}
		it.unseen = c.from != nil && c.from.Hidden && s.Qualifier == nil
		if c.from != nil {
			it.id = c.from.ID
		} else {
			it.id = expr.NewID()
		}
		q.items = append(q.items, it)
	}
	return nil
}

// item types one item and names it.
func (a *Analyzer) item(e tree.Expr, sc *rowScope) (*item, error) {
	it := &item{at: e.Pos(), id: expr.NewID()}
	inner := e
	if al, ok := e.(*tree.Alias); ok {
		inner = al.X
		it.names = al.Names
	}
	if c, ok := inner.(*tree.Call); ok {
		if err := a.flatCall(c); err != nil {
			return nil, err
		}
	}
	x, err := a.typeExpr(inner, sc)
	if errs.Is(err, "DATATYPE_MISMATCH") && a.nestsGenerator(inner) {
		return nil, errs.New(inner.Pos(), "UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", "expression", quoteExpr(inner.Pos().Fragment()))
	}
	if err != nil {
		return nil, err
	}
	it.x = x
	switch {
	case len(it.names) > 0:
		it.name, it.alias = it.names[0], true
	default:
		it.name = a.autoName(inner, x)
	}
	if c, ok := x.(*expr.Column); ok && !it.alias && it.names == nil {
		for i := range sc.cols {
			if sc.cols[i].ID == c.ID {
				from := sc.cols[i]
				from.Name = c.Name
				it.from, it.id = &from, c.ID
			}
		}
	}
	return it, nil
}

// autoName is the name of a column without an alias: a name's last part, of a cast name too, else the expression's
// text.
func (a *Analyzer) autoName(e tree.Expr, x expr.Expr) string {
	if c, ok := e.(*tree.Cast); ok {
		e = c.X
		if _, ok := e.(*tree.Name); !ok {
			return x.String()
		}
	}
	if n, ok := e.(*tree.Name); ok {
		return n.Parts[len(n.Parts)-1]
	}
	if al, ok := x.(*expr.Alias); ok {
		return al.Name
	}
	return x.String()
}

// lateralAlias resolves a name among the aliases of the items typed so far.
func (q *selection) lateralAlias(n *tree.Name) (expr.Expr, error) {
	var found *item
	count := 0
	for _, it := range q.items {
		if it.alias && q.a.same(it.name, n.Parts[0]) {
			found = it
			count++
		}
	}
	if found == nil {
		return nil, nil
	}
	if count > 1 {
		return nil, errs.New(n.P, "AMBIGUOUS_LATERAL_COLUMN_ALIAS", "name", quoteParts(n.Parts[:1]), "n", itoa(count))
	}
	q.lateral[found.id] = found
	c := found.col()
	return q.a.fields(&expr.Column{Col: c, At: n.P}, n.Parts[1:], n.P)
}

// usesLateral tells whether e refers to an item by its alias.
func (q *selection) usesLateral(e expr.Expr) bool {
	return find(e, func(e expr.Expr) bool {
		c, ok := e.(*expr.Column)
		return ok && q.lateral[c.ID] != nil
	}) != nil
}

// find is the first expression within e, parents first, for which f is true; nil: none.
func find(e expr.Expr, f func(expr.Expr) bool) expr.Expr {
	var found expr.Expr
	expr.Walk(e, func(e expr.Expr) bool {
		if found == nil && f(e) {
			found = e
		}
		return found == nil
	})
	return found
}

func isWindow(e expr.Expr) bool { _, ok := e.(*expr.Window); return ok }

// isAgg matches aggregate calls; not one that a window calls, but those within it.
func isAgg(e expr.Expr) bool { _, ok := e.(*expr.Agg); return ok }

func isGenerator(e expr.Expr) bool {
	c, ok := e.(*expr.Call)
	return ok && c.Bind.Table != nil
}

// findAgg is the first aggregate of e that groups rows: the function of a window does not.
func findAgg(e expr.Expr) expr.Expr {
	if w, ok := e.(*expr.Window); ok {
		for _, c := range append(w.Func.Children(), w.Children()[1:]...) {
			if x := findAgg(c); x != nil {
				return x
			}
		}
		return nil
	}
	if isAgg(e) {
		return e
	}
	for _, c := range e.Children() {
		if x := findAgg(c); x != nil {
			return x
		}
	}
	return nil
}
