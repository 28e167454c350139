package analyze

import (
	"slices"

	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// groupBy types the GROUP BY clause: expressions, ordinals, aliases, ALL, and grouping sets.
func (q *selection) groupBy() error {
	if q.tree.GroupAll {
		all := &tree.Name{At: tree.At{P: q.tree.P}, Parts: []string{"all"}}
		for _, look := range []func(*tree.Name) (expr.Expr, error){q.scope.own, q.groupAlias} {
			if key, err := look(all); key != nil && err == nil {
				q.keys = []expr.Expr{key}
				return q.checkKey(key, key)
			}
		}
		return q.groupAll()
	}
	var err error
	q.keys, q.sets, err = q.groupItems(q.tree.GroupBy)
	if q.sets != nil {
		for _, it := range q.items { // keys are other columns above grouping sets
			if it.from != nil {
				it.id = expr.NewID()
			}
		}
	}
	return err
}

// groupItems gives the different keys of a GROUP BY list and, where it has grouping sets, the sets.
func (q *selection) groupItems(list []tree.Expr) (keys []expr.Expr, sets [][]int, err error) {
	g := &grouper{q: q, index: map[string]int{}}
	grouped := slices.ContainsFunc(list, func(e tree.Expr) bool { _, ok := e.(*tree.Grouping); return ok })
	all := [][]int{{}}
	for _, e := range list {
		alts, err := g.alternatives(e)
		if err != nil {
			return nil, nil, err
		}
		all = cross(all, alts)
	}
	if !grouped {
		return g.keys, nil, nil
	}
	for i, s := range all {
		all[i] = unique(s)
	}
	return g.keys, all, nil
}

// grouper collects grouping keys.
type grouper struct {
	q     *selection
	keys  []expr.Expr
	index map[string]int
}

func (g *grouper) key(e tree.Expr) (int, error) {
	x, err := g.q.groupKey(e)
	if err != nil {
		return 0, err
	}
	k := expr.Key(x)
	if i, ok := g.index[k]; ok && deterministicExpr(x) {
		return i, nil
	}
	g.index[k] = len(g.keys)
	g.keys = append(g.keys, x)
	return len(g.keys) - 1, nil
}

// alternatives are the sets that one item of GROUP BY stands for: one of one key for an expression.
func (g *grouper) alternatives(e tree.Expr) ([][]int, error) {
	gr, ok := e.(*tree.Grouping)
	if !ok {
		return g.plain(e)
	}
	var parts [][]int
	if gr.Kind == tree.GroupingSets {
		return g.groupingSets(gr)
	}
	for _, set := range gr.Sets {
		p, err := g.set(set)
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	var out [][]int
	if gr.Kind == tree.Rollup {
		for n := len(parts); n >= 0; n-- {
			out = append(out, slices.Concat(parts[:n]...))
		}
		return out, nil
	}
	if len(parts) > 12 {
		return nil, errs.New(gr.P, "GROUPING_SIZE_LIMIT_EXCEEDED", "maxSize", "12")
	}
	for n := 1<<len(parts) - 1; n >= 0; n-- {
		var s []int
		for i, p := range parts {
			if n&(1<<(len(parts)-1-i)) != 0 {
				s = append(s, p...)
			}
		}
		out = append(out, s)
	}
	return out, nil
}

func (g *grouper) plain(e tree.Expr) ([][]int, error) {
	if row, ok := e.(*tree.Row); ok && len(row.Items) == 0 {
		return [][]int{{}}, nil
	}
	i, err := g.key(e)
	return [][]int{{i}}, err
}

func (g *grouper) groupingSets(gr *tree.Grouping) ([][]int, error) {
	var out [][]int
	for _, set := range gr.Sets {
		if len(set) == 1 {
			if nested, ok := set[0].(*tree.Grouping); ok {
				alts, err := g.alternatives(nested)
				if err != nil {
					return nil, err
				}
				out = append(out, alts...)
				continue
			}
		}
		s, err := g.set(set)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func (g *grouper) set(es []tree.Expr) ([]int, error) {
	out := []int{}
	for _, e := range es {
		if row, ok := e.(*tree.Row); ok {
			in, err := g.set(row.Items)
			if err != nil {
				return nil, err
			}
			out = append(out, in...)
			continue
		}
		i, err := g.key(e)
		if err != nil {
			return nil, err
		}
		out = append(out, i)
	}
	return out, nil
}

func cross(a, b [][]int) [][]int {
	var out [][]int
	for _, x := range a {
		for _, y := range b {
			out = append(out, slices.Concat(x, y))
		}
	}
	return out
}

func unique(s []int) []int {
	out := []int{}
	for _, i := range s {
		if !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	return out
}

// groupKey types one grouping expression.
func (q *selection) groupKey(e tree.Expr) (expr.Expr, error) {
	if n, ok := ordinal(e); ok && q.a.enabled("spark.sql.groupByOrdinal") {
		return q.groupOrdinal(n, e.Pos())
	}
	sc := *q.scope
	sc.after = q.groupAlias
	x, err := q.a.typeExpr(e, &sc)
	if err != nil {
		return nil, err
	}
	return x, q.checkKey(x, x)
}

// checkKey refuses what cannot be grouped by.
func (q *selection) checkKey(x, shown expr.Expr) error {
	if q.usesLateral(x) {
		return errs.New(x.Pos(), "UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_GROUP_BY")
	}
	if agg := findAgg(x); agg != nil {
		return errs.New(x.Pos(), "GROUP_BY_AGGREGATE", "sqlExpr", agg.String())
	}
	if w := find(x, isWindow); w != nil {
		return errs.New(x.Pos(), "UNSUPPORTED_EXPR_FOR_OPERATOR", "invalidExprSqls", quoteExpr(w.String()))
	}
	if g := find(x, isGenerator); g != nil {
		return errs.New(x.Pos(), "UNSUPPORTED_GENERATOR.OUTSIDE_SELECT", "plan", "Aggregate")
	}
	if holds(x.Type(), types.Variant) {
		return errs.New(x.Pos(), "GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE", "sqlExpr", quoteExpr(x.String()), "dataType", quoteExpr(x.Type().SQL()))
	}
	return nil
}

// ordinal tells whether e is the number of a select item.
func ordinal(e tree.Expr) (int, bool) {
	switch x := e.(type) {
	case *tree.Literal:
		if n, ok := x.Value.(int32); ok && x.Type == types.IntType {
			return int(n), true
		}
	case *tree.Unary:
		if n, ok := ordinal(x.X); ok && x.Op == tree.Neg {
			return -n, true
		}
	}
	return 0, false
}

func (q *selection) groupOrdinal(n int, at errs.Pos) (expr.Expr, error) {
	if n < 1 || n > len(q.items) {
		return nil, errs.New(at, "GROUP_BY_POS_OUT_OF_RANGE", "index", itoa(n), "size", itoa(len(q.items)))
	}
	it := q.items[n-1]
	if x := findAgg(it.x); x != nil {
		return nil, errs.New(at, "GROUP_BY_POS_AGGREGATE", "index", itoa(n), "aggExpr", aliasText(it))
	}
	return it.x, q.checkKey(it.x, it.x)
}

func aliasText(it *item) string {
	if it.alias {
		return it.x.String() + " AS " + types.QuoteIdent(it.name)
	}
	return it.x.String()
}

// groupAlias resolves a name among the names of the select list (spark.sql.groupByAliases).
func (q *selection) groupAlias(n *tree.Name) (expr.Expr, error) {
	if !q.a.enabled("spark.sql.groupByAliases") {
		return nil, nil
	}
	for _, it := range q.items {
		if q.a.same(it.name, n.Parts[0]) {
			return q.a.fields(it.x, n.Parts[1:], n.P)
		}
	}
	return nil, nil
}

// groupAll is GROUP BY ALL: every item without an aggregate is a key.
func (q *selection) groupAll() error {
	for _, it := range q.items {
		if findAgg(it.x) != nil {
			continue
		}
		if q.usesLateral(it.x) {
			return errs.New(it.at, "UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_GROUP_BY")
		}
		if err := q.checkKey(it.x, it.x); err != nil {
			return err
		}
		q.keys = append(q.keys, it.x)
	}
	for _, it := range q.items {
		if findAgg(it.x) != nil && !q.covered(it.x) {
			return errs.New(q.tree.P, "UNRESOLVED_ALL_IN_GROUP_BY")
		}
	}
	return nil
}

// covered tells whether the columns of e outside aggregates are keys.
func (q *selection) covered(e expr.Expr) bool {
	k := expr.Key(e)
	for _, x := range q.keys {
		if expr.Key(x) == k {
			return true
		}
	}
	switch c := e.(type) {
	case *expr.Agg:
		return true
	case *expr.Column:
		return q.lateral[c.ID] != nil
	case *expr.Window:
		return true
	case *expr.Subquery:
		for _, o := range c.Outer {
			if !q.covered(&expr.Column{Col: o}) {
				return false
			}
		}
	}
	for _, c := range e.Children() {
		if !q.covered(c) {
			return false
		}
	}
	return true
}
