package analyze

import (
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// orderBy sorts. Around a query block the keys may use what the block's list leaves out.
func (a *Analyzer) orderBy(x *tree.OrderBy, b *block) (*rel, error) {
	if s, ok := x.Input.(*tree.Select); ok {
		return a.selectBlock(s, b, x)
	}
	in, err := a.relation(x.Input, b)
	if err != nil {
		return nil, err
	}
	q := &selection{a: a, b: b, tree: &tree.Select{}, order: x, node: in.node, scope: a.rows(in.cols, b), lateral: map[expr.ID]*item{}}
	for _, c := range append(in.shown(), in.unseen()...) {
		from := c
		q.items = append(q.items, &item{x: c.ref(x.P), name: c.Name, id: c.ID, from: &from, unseen: c.Hidden, at: x.P})
	}
	if err := q.orderKeys(); err != nil {
		return nil, err
	}
	for _, h := range q.hidden {
		if agg := findAgg(h.x); agg != nil {
			return nil, errs.New(agg.Pos(), "UNSUPPORTED_EXPR_FOR_OPERATOR", "invalidExprSqls", quoteExpr(agg.String()))
		}
	}
	if q.hidden == nil {
		return &rel{node: &plan.Sort{Input: in.node, Keys: q.sort}, cols: in.cols}, nil
	}
	return q.project()
}

// orderKeys types the ORDER BY around the block. A key that needs more than the list gives becomes a hidden item.
func (q *selection) orderKeys() error {
	if q.order == nil {
		return nil
	}
	keys := q.order.Keys
	if q.order.All {
		return q.orderAll(keys)
	}
	for _, k := range keys {
		x, err := q.orderKey(k.X)
		if err != nil {
			return err
		}
		o := expr.Order{X: x, Desc: k.Desc, NullsFirst: k.NullsFirst}
		if !orderable(x.Type()) {
			return errs.New(k.X.Pos(), "DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "functionName", "`sortorder`",
				"dataType", quoteExpr(x.Type().SQL()), "sqlExpr", quoteExpr(o.String()))
		}
		q.sort = append(q.sort, o)
	}
	return nil
}

func (q *selection) orderAll(keys []tree.SortKey) error {
	k := tree.SortKey{NullsFirst: true}
	if len(keys) > 0 {
		k = keys[0]
	}
	for _, it := range q.seen() {
		q.sort = append(q.sort, expr.Order{X: it.out(), Desc: k.Desc, NullsFirst: k.NullsFirst})
	}
	return nil
}

// seen are the items that are not hidden columns of a join.
func (q *selection) seen() []*item {
	out := make([]*item, 0, len(q.items))
	for _, it := range q.items {
		if !it.unseen {
			out = append(out, it)
		}
	}
	return out
}

// orderable tells whether values of t have an order.
func orderable(t types.Type) bool {
	return !holds(t, types.Map) && !holds(t, types.Variant) && !holds(t, types.CalendarInterval)
}

// out refers to the item's output column.
func (it *item) out() *expr.Column { return &expr.Column{Col: it.col(), At: it.at} }

func (q *selection) orderKey(e tree.Expr) (expr.Expr, error) {
	q.a.node = "Sort"
	defer func() { q.a.node = "" }()
	if n, ok := ordinal(e); ok && q.a.enabled("spark.sql.orderByOrdinal") {
		items := q.seen()
		if n < 1 || n > len(items) {
			return nil, errs.New(e.Pos(), "ORDER_BY_POS_OUT_OF_RANGE", "index", itoa(n), "size", itoa(len(items)))
		}
		return items[n-1].out(), nil
	}
	sc := *q.scope
	outputs := q.outputs()
	fromOutput := func(n *tree.Name) (expr.Expr, error) { return q.a.lookup(outputs, n.Parts, n.P) }
	sc.before, sc.suggest = fromOutput, outputs
	x, err := q.a.typeExpr(e, &sc)
	if err != nil {
		return nil, err
	}
	if nested(q.substitute(x)) {
		sc.before, sc.after = nil, fromOutput
		if x, err = q.a.typeExpr(e, &sc); err != nil {
			return nil, err
		}
	}
	return q.place(x)
}

// nested tells whether e has an aggregate within an aggregate.
func nested(e expr.Expr) bool {
	return find(e, func(e expr.Expr) bool {
		if w, ok := e.(*expr.Window); ok {
			e = w.Func
			for _, c := range e.Children() {
				if nested(c) {
					return true
				}
			}
			return false
		}
		if !isAgg(e) {
			return false
		}
		for _, c := range e.Children() {
			if find(c, isAgg) != nil {
				return true
			}
		}
		return false
	}) != nil
}

// outputs are the columns of the list as ORDER BY sees them.
func (q *selection) outputs() []col {
	out := make([]col, len(q.items))
	for i, it := range q.items {
		out[i] = colOf(it.col())
		if it.from != nil {
			out[i].Qualifier, out[i].origin, out[i].Hidden = it.from.Qualifier, it.from.origin, it.unseen
		}
	}
	return out
}

// place makes a sort key computable above the list, adding a hidden item where it needs more than the list.
func (q *selection) place(x expr.Expr) (expr.Expr, error) {
	missing := q.beyond(x)
	if missing == nil {
		return x, nil
	}
	y := q.substitute(x)
	k := expr.Key(y)
	for _, it := range q.items {
		if deterministicExpr(y) && expr.Key(it.x) == k {
			return it.out(), nil
		}
	}
	if q.tree.Distinct {
		if c, ok := missing.(*expr.Column); ok {
			return nil, unresolved(append(c.Qualifier, c.Name)[len(c.Qualifier):], q.outputs(), c.At)
		}
		return nil, errs.New(x.Pos(), "UNSUPPORTED_EXPR_FOR_OPERATOR", "invalidExprSqls", quoteExpr(missing.String()))
	}
	if isGenerator(y) || find(y, isGenerator) != nil {
		return nil, errs.New(x.Pos(), "UNSUPPORTED_GENERATOR.OUTSIDE_SELECT", "plan", "Sort")
	}
	it := &item{x: y, name: y.String(), id: expr.NewID(), at: x.Pos()}
	q.hidden = append(q.hidden, it)
	return it.out(), nil
}

// beyond is a part of x that the output columns do not give; nil: none.
func (q *selection) beyond(x expr.Expr) expr.Expr {
	params := lambdaParams(x)
	return find(x, func(e expr.Expr) bool {
		switch c := e.(type) {
		case *expr.Agg, *expr.Window:
			return true
		case *expr.Column:
			return !params[c.ID] && q.itemOf(c.ID) == nil
		case *expr.Call:
			return c.Bind.Table != nil || isGroupingCall(c)
		}
		return false
	})
}

func (q *selection) itemOf(id expr.ID) *item {
	for _, it := range q.items {
		if it.id == id {
			return it
		}
	}
	return nil
}

// substitute puts the definitions of the list's columns in their place, and in these those of lateral aliases.
func (q *selection) substitute(x expr.Expr) expr.Expr {
	return expr.Rewrite(x, func(e expr.Expr) expr.Expr {
		if c, ok := e.(*expr.Column); ok {
			if it := q.itemOf(c.ID); it != nil && it.x != e {
				if own, ok := it.x.(*expr.Column); ok && own.ID == c.ID {
					return it.x
				}
				return q.substitute(it.x)
			}
		}
		return e
	})
}

// lambdaParams are the IDs of the parameters of all lambdas in e.
func lambdaParams(e expr.Expr) map[expr.ID]bool {
	var ids map[expr.ID]bool
	expr.Walk(e, func(e expr.Expr) bool {
		if l, ok := e.(*expr.Lambda); ok {
			if ids == nil {
				ids = map[expr.ID]bool{}
			}
			for _, p := range l.Params {
				ids[p.ID] = true
			}
		}
		return true
	})
	return ids
}
