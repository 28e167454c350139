package analyze

import (
	"slices"
	"strings"

	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// params are the arguments of a SQL function as columns: its body refers to them by name, or by the function's
// name and theirs.
type params struct {
	cols []col
	vals map[expr.ID]expr.Expr
}

// bindParams types the arguments of a call and casts them to the types of the parameters.
func (a *Analyzer) bindParams(f *SQLFunction, c *tree.Call, sc Scope) (*params, error) {
	name := f.Name[len(f.Name)-1]
	args := make([]tree.Expr, len(f.Params))
	for i, e := range c.Args {
		at := i
		if n, ok := e.(*tree.NamedArg); ok {
			at = slices.IndexFunc(f.Params, func(p tree.ColumnDef) bool { return a.same(p.Name, n.Name) })
			if at < 0 {
				return nil, errs.New(n.P, "UNRECOGNIZED_PARAMETER_NAME", "routineName", quoteParts([]string{name}),
					"argumentName", quoteParts([]string{n.Name}), "proposal", "")
			}
			if args[at] != nil {
				return nil, errs.New(n.P, "DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.DOUBLE_NAMED_ARGUMENT_REFERENCE",
					"routineName", quoteParts([]string{name}), "parameterName", quoteParts([]string{n.Name}))
			}
			e = n.Value
		}
		if at >= len(args) {
			return nil, wrongArgs(c.P, name, itoa(len(f.Params)), len(c.Args))
		}
		args[at] = e
	}
	p := &params{vals: map[expr.ID]expr.Expr{}}
	for i, d := range f.Params {
		scope, e := sc, args[i]
		if e == nil {
			if d.Default == nil {
				return nil, wrongArgs(c.P, name, itoa(len(f.Params)), len(c.Args))
			}
			scope, e = a.constants(&block{}), d.Default
		}
		x, err := a.typeExpr(e, scope)
		if err != nil {
			return nil, err
		}
		t := PlainStrings(d.Type)
		v, err := a.cast(c.P, x, t, false)
		if err != nil {
			return nil, err
		}
		if k, ok := v.(*expr.Cast); ok {
			k.Implicit = true
		}
		k := expr.Col{ID: expr.NewID(), Name: d.Name, Qualifier: []string{name}, Type: t, Nullable: true}
		p.cols = append(p.cols, colOf(k))
		p.vals[k.ID] = v
	}
	return p, nil
}

// callSQL expands a call of a SQL function: its body, with the arguments in place of the parameters.
func (a *Analyzer) callSQL(f *SQLFunction, c *tree.Call, sc Scope) (expr.Expr, error) {
	if f.IsTable {
		return nil, errs.New(c.P, "NOT_A_SCALAR_FUNCTION", "functionName", quoteParts(f.Name))
	}
	if a.node != "" {
		return nil, errs.New(c.P, "UNSUPPORTED_SQL_UDF_USAGE", "functionName", quoteParts(f.Name), "nodeName", a.node)
	}
	sub, err := a.function(f, c.P)
	if err != nil {
		return nil, err
	}
	p, err := a.bindParams(f, c, sc)
	if err != nil {
		return nil, err
	}
	var body expr.Expr
	scope := sub.rows(p.cols, &block{})
	if e := f.value(); e != nil {
		body, err = sub.typeExpr(e, scope)
	} else {
		body, err = scope.Query(&tree.ScalarQuery{At: tree.At{P: c.P}, Query: f.Query})
	}
	if err != nil {
		return nil, err
	}
	a.seed = sub.seed
	out, err := p.replace(body)
	if err != nil {
		return nil, err
	}
	if f.Returns.Kind() != types.Null {
		out = a.castTo(out, PlainStrings(f.Returns))
	}
	args := make([]string, len(c.Args))
	for i := range c.Args {
		args[i] = p.vals[p.cols[i].ID].String()
	}
	return a.labelled(out, strings.Join(f.Name, ".")+"("+strings.Join(args, ", ")+")", c.P)
}

// value is the body as an expression, which a query of one value is too; nil when it is another query.
func (f *SQLFunction) value() tree.Expr {
	s, ok := f.Query.(*tree.Select)
	if f.Expr != nil || !ok {
		return f.Expr
	}
	if _, ok := s.From.(*tree.OneRow); !ok || len(s.Items) != 1 || s.Where != nil || s.Having != nil || s.Grouped || s.GroupAll {
		return nil
	}
	switch x := s.Items[0].(type) {
	case *tree.Star:
		return nil
	case *tree.Alias:
		return x.X
	case *tree.Call:
		return nil // perhaps an aggregate or a generator
	default:
		return x
	}
}

// function is the analyzer of a function's body.
func (a *Analyzer) function(f *SQLFunction, at errs.Pos) (*Analyzer, error) {
	name := identText(f.Name)
	if slices.Contains(a.within, name) {
		return nil, errs.New(at, "CYCLIC_FUNCTION_REFERENCE", "path", strings.Join(append(slices.Clone(a.within), name), " -> "))
	}
	if p := a.Persistent; p != nil && len(f.Name) == 1 {
		return nil, errs.New(at, "INVALID_TEMP_OBJ_REFERENCE", "obj", p.Kind, "objName", p.Name, "tempObj", "FUNCTION", "tempObjName", quoteParts(f.Name))
	}
	sub, err := a.nested(name, f.Conf, f.Database, at)
	if sub != nil {
		sub.Persistent = a.creating
	}
	a.creating = nil
	return sub, err
}

// replace puts arguments in the place of parameters, within subqueries too.
func (p *params) replace(e expr.Expr) (expr.Expr, error) {
	var failed error
	out := expr.Rewrite(e, func(e expr.Expr) expr.Expr {
		switch x := e.(type) {
		case *expr.Column:
			if v, ok := p.vals[x.ID]; ok {
				return v
			}
		case *expr.Subquery:
			q, err := p.subquery(x)
			if err != nil {
				failed = err
				return e
			}
			return q
		}
		return e
	})
	return out, failed
}

// subquery replaces parameters that a body's query uses: what they stand for becomes a use of the caller's columns.
func (p *params) subquery(q *expr.Subquery) (expr.Expr, error) {
	f := &frame{}
	for _, o := range q.Outer {
		if v, ok := p.vals[o.ID]; ok {
			if find(v, func(e expr.Expr) bool {
				switch e.(type) {
				case *expr.Agg, *expr.Outer, *expr.Subquery, *expr.Window:
					return true
				}
				return false
			}) != nil {
				return nil, errs.Unsupported(q.At, "this argument of a SQL function with a query")
			}
			f.outer(v)
			continue
		}
		f.use(o)
	}
	n, err := plan.Rewrite(q.Plan.(plan.Node), func(n plan.Node) (plan.Node, error) {
		return plan.RewriteExprs(n, func(e expr.Expr) expr.Expr {
			return expr.Rewrite(e, func(e expr.Expr) expr.Expr {
				if o, ok := e.(*expr.Outer); ok {
					if v, ok := p.vals[o.ID]; ok {
						return f.outer(v)
					}
				}
				return e
			})
		}), nil
	})
	c := *q
	c.Plan, c.Outer = n, f.refs
	return &c, err
}

// labelled gives an expression a name of its own as a column.
func (a *Analyzer) labelled(e expr.Expr, label string, at errs.Pos) (expr.Expr, error) {
	switch x := e.(type) {
	case *expr.Call:
		c := *x
		c.Label = label
		return &c, nil
	case *expr.Literal:
		c := *x
		c.Text = label
		return &c, nil
	case *expr.Subquery:
		c := *x
		c.Label = label
		return &c, nil
	case *expr.Agg:
		c := *x
		c.Label = label
		return &c, nil
	case *expr.Cast:
		if _, ok := x.X.(*expr.Column); x.Implicit && !ok {
			c := *x
			var err error
			c.X, err = a.labelled(x.X, label, at)
			return &c, err
		}
	}
	once, err := a.op(at, "coalesce", e)
	if c, ok := once.(*expr.Call); ok {
		c.Label = label
	}
	return once, err
}

// tableSQL expands a SQL table function: its query, with the arguments as one row to its left.
func (a *Analyzer) tableSQL(f *SQLFunction, c *tree.Call, b *block) (*rel, error) {
	sub, err := a.function(f, c.P)
	if err != nil {
		return nil, err
	}
	p, err := a.bindParams(f, c, a.rows(nil, b))
	if err != nil {
		return nil, err
	}
	inner := &frame{find: func(n *tree.Name) (expr.Expr, error) { return a.lookup(p.cols, n.Parts, n.P) }}
	in, err := sub.relation(f.Query, &block{outer: inner})
	if err != nil {
		return nil, err
	}
	in = (&rel{node: in.node, cols: in.shown()}).fix()
	a.seed = sub.seed
	if len(f.Table) > 0 && len(f.Table) != len(in.cols) {
		return nil, errs.New(c.P, "USER_DEFINED_FUNCTIONS.RETURN_COLUMN_COUNT_MISMATCH", "outputSize", itoa(len(in.cols)),
			"returnParamSize", itoa(len(f.Table)), "name", strings.Join(f.Name, "."))
	}
	for i, t := range f.Table {
		in.cols[i].Name = t.Name
	}
	want := outputTypes(in)
	for i, t := range f.Table {
		want[i] = PlainStrings(t.Type)
	}
	names := in.cols
	in = relOf(a.castColumns(in.node, want))
	for i := range in.cols {
		in.cols[i].Name, in.cols[i].Qualifier = names[i].Name, []string{f.Name[len(f.Name)-1]}
	}
	n, err := plan.Rewrite(in.node, func(n plan.Node) (plan.Node, error) {
		return plan.RewriteExprs(n, func(e expr.Expr) expr.Expr { return p.within(e) }), nil
	})
	return &rel{node: n, cols: in.cols}, err
}

// within replaces parameters in the plan of a table function: their values are constants or columns of the query
// around the call, which are outer references already.
func (p *params) within(e expr.Expr) expr.Expr {
	return expr.Rewrite(e, func(e expr.Expr) expr.Expr {
		if o, ok := e.(*expr.Outer); ok {
			if v, ok := p.vals[o.ID]; ok {
				return v
			}
		}
		return e
	})
}
