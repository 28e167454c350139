package analyze

import (
	"strings"

	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// frame is the enclosing query as a subquery sees it: one level, as in Spark. It collects what was used of it.
type frame struct {
	find func(n *tree.Name) (expr.Expr, error)
	star func(x *tree.Star) ([]starItem, error) // nil: not allowed
	refs []expr.Col
}

// column resolves a name in the enclosing query; nil when there is none.
func (f *frame) column(n *tree.Name) (expr.Expr, error) {
	if f == nil {
		return nil, nil
	}
	e, err := f.find(n)
	if e == nil || err != nil {
		return nil, err
	}
	return f.outer(e), nil
}

// outer turns the columns of e into references to the enclosing query.
func (f *frame) outer(e expr.Expr) expr.Expr {
	return expr.Rewrite(e, func(e expr.Expr) expr.Expr {
		c, ok := e.(*expr.Column)
		if !ok {
			return e
		}
		f.use(c.Col)
		return &expr.Outer{Col: c.Col, At: c.At}
	})
}

func (f *frame) use(c expr.Col) {
	for _, r := range f.refs {
		if r.ID == c.ID {
			return
		}
	}
	f.refs = append(f.refs, c)
}

// inner is the block of a subquery of s.
func (s *rowScope) inner() *block {
	f := &frame{}
	f.find = func(n *tree.Name) (expr.Expr, error) {
		for _, look := range []func(*tree.Name) (expr.Expr, error){s.before, s.own, s.after} {
			if look == nil {
				continue
			}
			if e, err := look(n); e != nil || err != nil {
				return e, err
			}
		}
		return nil, nil
	}
	return &block{ctes: s.b.ctes, outer: f, start: true}
}

// Query analyses a subquery used as an expression.
func (s *rowScope) Query(e tree.Expr) (expr.Expr, error) {
	switch x := e.(type) {
	case *tree.ScalarQuery:
		q, err := s.subquery(expr.Scalar, x.Query, x.P)
		if err != nil {
			return nil, err
		}
		if n := len(q.Plan.Output()); n != 1 {
			return nil, errs.New(x.P, "INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN", "number", itoa(n))
		}
		q.Label = "scalarsubquery(" + q.Label + ")"
		return q, nil
	case *tree.Exists:
		q, err := s.subquery(expr.Exists, x.Query, x.P)
		if err != nil {
			return nil, err
		}
		q.Label = "exists(" + q.Label + ")"
		return q, nil
	case *tree.InQuery:
		return s.inQuery(x)
	}
	return nil, errs.Unsupported(e.Pos(), "this subquery")
}

// subquery analyses a query; Label lists what it uses of the enclosing one.
func (s *rowScope) subquery(kind expr.SubqueryKind, r tree.Relation, at errs.Pos) (*expr.Subquery, error) {
	b := s.inner()
	in, err := s.a.relation(r, b)
	if err != nil {
		return nil, err
	}
	q := &expr.Subquery{Kind: kind, Plan: in.visible(), Outer: b.outer.refs, At: at}
	if text := at.Fragment(); strings.HasSuffix(text, ")") { // the whole of it, not a part
		q.Source = text
	}
	q.Label = outerNames(q)
	if q.Label == "" { // what used the columns is not part of the plan
		names := make([]string, len(q.Outer))
		for i, o := range q.Outer {
			names[i] = o.Name
		}
		q.Label, q.Outer = strings.Join(names, ", "), nil
	}
	return q, s.a.checkCorrelated(q)
}

// outerNames lists the uses of the enclosing query's columns, in the order of the plan, for a subquery's text.
func outerNames(q *expr.Subquery) string {
	if len(q.Outer) == 0 {
		return ""
	}
	var names []string
	plan.Walk(q.Plan.(plan.Node), func(n plan.Node) bool {
		for _, e := range n.Exprs() {
			expr.Walk(e, func(e expr.Expr) bool {
				if o, ok := e.(*expr.Outer); ok {
					names = append(names, o.Name)
				}
				return true
			})
		}
		return true
	})
	return strings.Join(names, ", ")
}

// inQuery is X IN (query): needle and query get a common type column by column.
func (s *rowScope) inQuery(x *tree.InQuery) (expr.Expr, error) {
	items := []tree.Expr{x.X}
	row, isRow := x.X.(*tree.Row)
	if isRow {
		items = row.Items
	}
	q, err := s.subquery(expr.In, x.Query, x.P)
	if err != nil {
		return nil, err
	}
	for _, it := range items {
		if al, ok := it.(*tree.Alias); ok {
			it = al.X
		}
		n, err := s.a.typeExpr(it, s)
		if err != nil {
			return nil, err
		}
		q.Needle = append(q.Needle, n)
	}
	if len(q.Needle) == 1 && q.Needle[0].Type().Kind() == types.Struct && len(q.Plan.Output()) > 1 {
		if q.Needle, err = s.spread(q.Needle[0]); err != nil {
			return nil, err
		}
	}
	q.Label = "(" + needleText(q.Needle) + " IN (listquery(" + q.Label + ")))"
	out := q.Plan.Output()
	if len(out) != len(q.Needle) {
		left, right := make([]string, len(q.Needle)), make([]string, len(out))
		for i, n := range q.Needle {
			left[i] = quoteExpr(n.String())
		}
		for i, c := range out {
			right[i] = quoteExpr(c.Name)
		}
		return nil, errs.New(x.P, "DATATYPE_MISMATCH.IN_SUBQUERY_LENGTH_MISMATCH", "sqlExpr", quoteExpr(q.Label),
			"leftLength", itoa(len(left)), "leftColumns", strings.Join(left, ", "),
			"rightLength", itoa(len(right)), "rightColumns", strings.Join(right, ", "))
	}
	return q, s.matchTypes(q, x.P)
}

// spread makes the fields of a struct the columns of a needle.
func (s *rowScope) spread(e expr.Expr) ([]expr.Expr, error) {
	var out []expr.Expr
	for _, f := range e.Type().Fields() {
		x, err := s.a.field(e.Pos(), e, f.Name)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// matchTypes casts both sides of an IN to their common types.
func (s *rowScope) matchTypes(q *expr.Subquery, at errs.Pos) error {
	out := q.Plan.Output()
	want := make([]types.Type, len(out))
	for i, c := range out {
		n := q.Needle[i]
		t, ok := s.a.coercion().Wider(n.Type(), c.Type)
		if !ok {
			return errs.New(at, "DATATYPE_MISMATCH.IN_SUBQUERY_DATA_TYPE_MISMATCH", "sqlExpr", quoteExpr(q.Label),
				"mismatchedColumns", quoteExpr(n.String()+":"+n.Type().SQL()+", "+c.Name+":"+c.Type.SQL()),
				"leftType", quoteExpr(n.Type().SQL()), "rightType", quoteExpr(c.Type.SQL()))
		}
		want[i] = t
		q.Needle[i] = s.a.castTo(n, t)
	}
	q.Plan = s.a.castColumns(q.Plan.(plan.Node), want)
	return nil
}

// castColumns is n with its columns cast to the types want; n itself where they have them.
func (a *Analyzer) castColumns(n plan.Node, want []types.Type) plan.Node {
	p := &plan.Project{Input: n}
	changed := false
	for i, c := range n.Output() {
		ref := &expr.Column{Col: c}
		if types.SameType(c.Type, want[i]) {
			p.Items = append(p.Items, ref)
			continue
		}
		changed = true
		p.Items = append(p.Items, &expr.Alias{X: a.castTo(ref, want[i]), Name: c.Name, ID: expr.NewID()})
	}
	if !changed {
		return n
	}
	return p
}

func needleText(ns []expr.Expr) string {
	if len(ns) == 1 {
		return ns[0].String()
	}
	parts := make([]string, len(ns))
	for i, n := range ns {
		parts[i] = n.String() + ", " + n.String()
		if _, ok := n.(*expr.Column); !ok {
			parts[i] = "col" + itoa(i+1) + ", " + n.String()
		}
	}
	return "named_struct(" + strings.Join(parts, ", ") + ")"
}
