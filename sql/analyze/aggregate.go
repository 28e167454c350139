package analyze

import (
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/tree"
)

// havingClause types HAVING: columns of the rows first, then those of the list.
func (q *selection) havingClause() error {
	if q.tree.Having == nil {
		return nil
	}
	if !q.tree.Grouped && !q.tree.GroupAll && q.a.Conf.Bool("spark.sql.legacy.parser.havingWithoutGroupByAsWhere") {
		s := *q.tree
		s.Where, s.Having = s.Having, nil
		q.tree = &s
		return q.where()
	}
	rows, list := *q.scope, *q.scope
	rows.after, list.before = q.definition, q.definition
	x, err := q.a.typeExpr(q.tree.Having, &rows)
	if err != nil || nested(x) || !q.covered(x) {
		y, err2 := q.a.typeExpr(q.tree.Having, &list)
		if err2 == nil && (err != nil || q.covered(y) && !nested(y)) {
			x, err = y, nil
		}
	}
	if err != nil {
		return err
	}
	if w := find(x, isWindow); w != nil {
		return errs.New(x.Pos(), "_LEGACY_ERROR_TEMP_1034", "clauseName", "HAVING")
	}
	if g := find(x, isGenerator); g != nil {
		return invalidWhere(x, g)
	}
	q.having, err = q.a.boolean(x, "FILTER")
	return err
}

// definition resolves a name to the definition of the list's column of that name.
func (q *selection) definition(n *tree.Name) (expr.Expr, error) {
	e, err := q.a.lookup(q.outputs(), n.Parts, n.P)
	if e == nil || err != nil {
		return nil, err
	}
	return q.substitute(e), nil
}

// grouping is the aggregate of a block while it is made.
type grouping struct {
	q      *selection
	node   *plan.Aggregate
	keys   map[string]expr.Col // by expr.Key: the key's column above the aggregate
	aggs   map[string]expr.Col
	expand *plan.Expand // of grouping sets; nil: none
	marks  map[string]expr.Col
	moved  map[expr.ID]expr.Col // columns of the rows that are keys under another ID
	above  bool                 // rewriting HAVING or a sort key, whose columns are the list's
}

// aggregate groups, when the block does, and rewrites list, HAVING and sort keys to the columns above.
func (q *selection) aggregate() error {
	if !q.isGrouped() {
		return q.noGrouping()
	}
	g := &grouping{q: q, node: &plan.Aggregate{}, keys: map[string]expr.Col{}, aggs: map[string]expr.Col{},
		marks: map[string]expr.Col{}, moved: map[expr.ID]expr.Col{}}
	if err := q.noOuter(); err != nil {
		return err
	}
	g.addKeys()
	for i, it := range append(append([]*item(nil), q.items...), q.hidden...) {
		g.above = i >= len(q.items)
		x, err := g.rewrite(it.x)
		if err != nil {
			return err
		}
		it.x = x
	}
	var having expr.Expr
	if q.having != nil {
		var err error
		g.above = true
		if having, err = g.rewrite(q.having); err != nil {
			return err
		}
	}
	if g.expand != nil {
		g.pruneExpand()
		g.node.Input = g.expand
	} else {
		g.node.Input = q.node
	}
	q.node = g.node
	if having != nil {
		q.node = &plan.Filter{Input: q.node, Cond: having}
	}
	return nil
}

// noOuter refuses columns of an enclosing query in keys and in the list of a block that groups.
func (q *selection) noOuter() error {
	xs := append([]expr.Expr(nil), q.keys...)
	for _, it := range q.items {
		xs = append(xs, it.x)
	}
	for _, x := range xs {
		if o := find(x, func(e expr.Expr) bool { _, ok := e.(*expr.Outer); return ok }); o != nil {
			if agg, ok := find(x, isAgg).(*expr.Agg); ok {
				if err := mixed(agg); err != nil {
					return err
				}
			}
			return errs.New(o.Pos(), "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_REFERENCE", "sqlExprs", quoteExpr(x.String()))
		}
	}
	return nil
}

// noGrouping refuses grouping() and grouping_id() where nothing is grouped.
func (q *selection) noGrouping() error {
	for _, it := range q.items {
		if x := find(it.x, func(e expr.Expr) bool { c, ok := e.(*expr.Call); return ok && isGroupingCall(c) }); x != nil {
			return errs.New(x.Pos(), "UNSUPPORTED_GROUPING_EXPRESSION")
		}
	}
	return nil
}

func (q *selection) isGrouped() bool {
	if q.tree.Grouped || q.tree.GroupAll || len(q.tree.GroupBy) > 0 || q.tree.Having != nil {
		return true
	}
	for _, it := range q.items {
		if findAgg(it.x) != nil {
			return true
		}
	}
	for _, it := range q.hidden {
		if findAgg(it.x) != nil {
			return true
		}
	}
	return false
}

// addKeys gives every key its column.
func (g *grouping) addKeys() {
	if g.q.sets != nil {
		g.addSets()
		return
	}
	for _, k := range g.q.keys {
		if c, ok := k.(*expr.Column); ok {
			g.node.Keys = append(g.node.Keys, c)
			g.keys[expr.Key(k)] = c.Col
			continue
		}
		al := &expr.Alias{X: k, Name: k.String(), ID: expr.NewID(), At: k.Pos()}
		g.node.Keys = append(g.node.Keys, al)
		g.keys[expr.Key(k)] = al.Col()
	}
}

// rewrite turns an expression over the rows into one over the aggregate's columns.
func (g *grouping) rewrite(e expr.Expr) (expr.Expr, error) {
	if len(g.keys) > 0 {
		if c, ok := g.keys[expr.Key(e)]; ok {
			if k, isCol := e.(*expr.Column); isCol {
				c.Name = k.Name
			}
			return &expr.Column{Col: c, At: e.Pos()}, nil
		}
	}
	switch x := e.(type) {
	case *expr.Agg:
		return g.agg(x)
	case *expr.Window:
		return g.window(x)
	case *expr.Column:
		if g.q.lateral[x.ID] != nil {
			return x, nil
		}
		return nil, g.missing(x)
	case *expr.Lambda:
		return g.lambda(x)
	case *expr.Subquery:
		return g.subquery(x)
	case *expr.Call:
		if isGroupingCall(x) {
			return g.groupingCall(x)
		}
	}
	return g.children(e)
}

func (g *grouping) children(e expr.Expr) (expr.Expr, error) {
	old := e.Children()
	if len(old) == 0 {
		return e, nil
	}
	cs := make([]expr.Expr, len(old))
	for i, c := range old {
		x, err := g.rewrite(c)
		if err != nil {
			return nil, err
		}
		cs[i] = x
	}
	return e.WithChildren(cs), nil
}

func (g *grouping) missing(c *expr.Column) error {
	if g.above {
		return unresolved([]string{c.Name}, g.q.outputs(), c.At)
	}
	if len(g.q.keys) == 0 && g.q.sets == nil {
		return errs.New(c.At, "MISSING_GROUP_BY")
	}
	return errs.New(c.At, "MISSING_AGGREGATION", "expression", quoteExpr(c.Name), "expressionAnyValue", quoteExpr("any_value("+c.Name+")"))
}

// lambda keeps its parameters, which are no columns of the rows.
func (g *grouping) lambda(x *expr.Lambda) (expr.Expr, error) {
	for _, p := range x.Params {
		g.keys[expr.Key(&expr.Column{Col: p})] = p
	}
	return g.children(x)
}

// agg gives an aggregate call its column.
func (g *grouping) agg(x *expr.Agg) (expr.Expr, error) {
	if err := mixed(x); err != nil {
		return nil, err
	}
	for _, c := range x.Children() {
		if find(c, isAgg) != nil && findAgg(c) != nil {
			return nil, errs.New(x.At, "NESTED_AGGREGATE_FUNCTION")
		}
		if find(c, isGenerator) != nil {
			return nil, errs.New(x.At, "UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", "expression", quoteExpr(x.String()))
		}
		if !deterministicExpr(c) {
			return nil, errs.New(x.At, "AGGREGATE_FUNCTION_WITH_NONDETERMINISTIC_EXPRESSION", "sqlExpr", quoteExpr(x.String()))
		}
		if g.q.usesLateral(c) {
			return nil, errs.New(x.At, "UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_AGGREGATE_FUNC", "lca", lateralName(g.q, c), "aggFunc", quoteExpr(x.String()))
		}
	}
	k := expr.Key(x)
	c, ok := g.aggs[k]
	if !ok {
		al := &expr.Alias{X: x, Name: x.String(), ID: expr.NewID(), At: x.At}
		g.node.Aggs = append(g.node.Aggs, al)
		c = al.Col()
		g.aggs[k] = c
	}
	return &expr.Column{Col: c, At: x.At}, nil
}

func lateralName(q *selection, e expr.Expr) string {
	x := find(e, func(e expr.Expr) bool {
		c, ok := e.(*expr.Column)
		return ok && q.lateral[c.ID] != nil
	})
	return quoteParts([]string{x.(*expr.Column).Name})
}

// window rewrites what a window function reads; the function itself runs above the aggregate.
func (g *grouping) window(x *expr.Window) (expr.Expr, error) {
	f, err := g.children(x.Func)
	if err != nil {
		return nil, err
	}
	cs := append([]expr.Expr{f}, x.Children()[1:]...)
	for i := 1; i < len(cs); i++ {
		if cs[i], err = g.rewrite(cs[i]); err != nil {
			return nil, err
		}
	}
	return x.WithChildren(cs), nil
}

// subquery checks that what a correlated subquery uses of the rows are keys, and lets it use their columns.
func (g *grouping) subquery(x *expr.Subquery) (expr.Expr, error) {
	e, err := g.children(x)
	if err != nil {
		return nil, err
	}
	s := e.(*expr.Subquery)
	moved := false
	for _, o := range s.Outer {
		c, ok := g.keys[expr.Key(&expr.Column{Col: o})]
		if !ok {
			if x.Kind == expr.Scalar {
				return nil, errs.New(x.At, "SCALAR_SUBQUERY_IS_IN_GROUP_BY_OR_AGGREGATE_FUNCTION", "sqlExpr", quoteExpr(x.String()))
			}
			return nil, g.missing(&expr.Column{Col: o, At: x.At})
		}
		moved = moved || c.ID != o.ID
	}
	if !moved {
		return s, nil
	}
	c := *s
	c.Plan = moveOuter(s.Plan.(plan.Node), g.moved)
	c.Outer = append([]expr.Col(nil), s.Outer...)
	for i, o := range c.Outer {
		if n, ok := g.moved[o.ID]; ok {
			c.Outer[i] = n
		}
	}
	return &c, nil
}

// moveOuter replaces references to enclosing columns.
func moveOuter(n plan.Node, to map[expr.ID]expr.Col) plan.Node {
	out, _ := plan.Rewrite(n, func(n plan.Node) (plan.Node, error) {
		return plan.RewriteExprs(n, func(e expr.Expr) expr.Expr {
			return expr.Rewrite(e, func(e expr.Expr) expr.Expr {
				if o, ok := e.(*expr.Outer); ok {
					if c, ok := to[o.ID]; ok {
						return &expr.Outer{Col: c, At: o.At}
					}
				}
				return e
			})
		}), nil
	})
	return out
}

// mixed refuses columns of an enclosing query in an aggregate.
func mixed(x *expr.Agg) error {
	outer := find(x, func(e expr.Expr) bool { _, ok := e.(*expr.Outer); return ok })
	if outer == nil {
		return nil
	}
	if find(x, func(e expr.Expr) bool { _, ok := e.(*expr.Column); return ok }) != nil {
		return errs.New(x.At, "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES", "function", x.String())
	}
	return errs.New(x.At, "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_REFERENCE", "sqlExprs", quoteExpr(x.String()))
}
