package optimizer

import (
	"slices"

	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/types"
)

var rewriteSubquery = Rule{
	Name: "RewriteSubquery",
	Doc: `Subqueries in expressions become joins: EXISTS and IN as conjuncts of a filter become semi joins (NOT: anti
joins, null-aware for NOT IN); elsewhere they become a mark, a boolean column of a join; correlated scalar subqueries
become a left join that refuses a second match. Uncorrelated scalar and EXISTS subqueries stay: they are computed once
before the query. Safe because each join keeps the rows of its left side as they are.`,
	Apply: rewriteSubqueries,
}

func rewriteSubqueries(ctx *Ctx, n plan.Node) (plan.Node, error) {
	return plan.Rewrite(n, func(n plan.Node) (plan.Node, error) {
		if f, ok := n.(*plan.Filter); ok {
			return filterSubqueries(ctx, f)
		}
		return valueSubqueries(ctx, n)
	})
}

// stays tells whether q is computed once, before the query.
func stays(q *expr.Subquery) bool {
	return q.Kind != expr.In && len(freeOuter(q.Plan.(plan.Node))) == 0
}

func filterSubqueries(ctx *Ctx, f *plan.Filter) (plan.Node, error) {
	input, rest := f.Input, []expr.Expr(nil)
	changed := false
	for _, c := range conjuncts(f.Cond) {
		inner, not := c, false
		for {
			call, ok := callOf(inner, "!")
			if !ok {
				break
			}
			inner, not = call.Args[0], !not
		}
		q, ok := inner.(*expr.Subquery)
		if !ok || stays(q) || q.Kind == expr.Scalar || q.Kind == expr.ArrayOf {
			rest = append(rest, c)
			continue
		}
		j, err := semiJoin(ctx, input, q, not)
		if err != nil {
			return nil, err
		}
		input, changed = j, true
	}
	if !changed {
		return valueSubqueries(ctx, f)
	}
	cond, err := ctx.and(rest)
	if err != nil || cond == nil {
		return input, err
	}
	return valueSubqueries(ctx, &plan.Filter{Input: input, Cond: cond})
}

// semiJoin makes a semi or anti join of EXISTS or IN.
func semiJoin(ctx *Ctx, l plan.Node, q *expr.Subquery, not bool) (plan.Node, error) {
	r, err := subplan(ctx, q)
	if err != nil {
		return nil, err
	}
	kind := plan.Semi
	if not {
		kind = plan.Anti
	}
	if q.Kind == expr.Exists {
		return &plan.DependentJoin{L: l, R: r, Kind: kind}, nil
	}
	eqs, nullable, err := needleEquals(ctx, q, r)
	if err != nil {
		return nil, err
	}
	cond, err := ctx.and(eqs)
	if err != nil {
		return nil, err
	}
	if !not || !nullable {
		return &plan.DependentJoin{L: l, R: r, Kind: kind, Cond: cond}, nil
	}
	if len(eqs) == 1 && len(freeOuter(r)) == 0 {
		return &plan.Join{L: l, R: r, Kind: plan.Anti, Cond: cond, NullAware: true}, nil
	}
	unknown, err := ctx.Call("isnull", cond)
	if err != nil {
		return nil, err
	}
	if cond, err = ctx.Call("or", cond, unknown); err != nil {
		return nil, err
	}
	return &plan.DependentJoin{L: l, R: r, Kind: plan.Anti, Cond: cond}, nil
}

// subplan is the subquery's plan, with its own subqueries rewritten.
func subplan(ctx *Ctx, q *expr.Subquery) (plan.Node, error) {
	return rewriteSubqueries(ctx, q.Plan.(plan.Node))
}

func needleEquals(ctx *Ctx, q *expr.Subquery, r plan.Node) (eqs []expr.Expr, nullable bool, err error) {
	for i, c := range r.Output() {
		e, err := ctx.Call("=", q.Needle[i], ref(c))
		if err != nil {
			return nil, false, err
		}
		eqs = append(eqs, e)
		nullable = nullable || c.Nullable || q.Needle[i].Nullable()
	}
	return eqs, nullable, nil
}

// valueSubqueries replaces the subqueries in n's expressions by columns of joins beneath it.
func valueSubqueries(ctx *Ctx, n plan.Node) (plan.Node, error) {
	ins := n.Inputs()
	if len(ins) != 1 {
		return joinCondSubqueries(ctx, n)
	}
	v := &subqueryValues{ctx: ctx, input: ins[0]}
	out := plan.RewriteExprs(n, v.rewrite)
	if v.err != nil || v.input == ins[0] {
		return out, v.err
	}
	return keepCols(out.WithInputs([]plan.Node{v.input}), n.Output()), nil
}

// subqueryValues joins subqueries to input one after another.
type subqueryValues struct {
	ctx   *Ctx
	input plan.Node
	err   error
}

// rewrite works from the top down: NOT IN is another join than IN.
func (v *subqueryValues) rewrite(e expr.Expr) expr.Expr {
	if v.err != nil {
		return e
	}
	if q, ok := e.(*expr.Subquery); ok && !stays(q) {
		return v.value(q, false)
	}
	if c, ok := callOf(e, "!"); ok {
		if q, ok := c.Args[0].(*expr.Subquery); ok && q.Kind == expr.In {
			return c.WithChildren([]expr.Expr{v.value(q, true)})
		}
	}
	old := e.Children()
	var changed []expr.Expr
	for i, c := range old {
		if x := v.rewrite(c); x != c {
			if changed == nil {
				changed = slices.Clone(old)
			}
			changed[i] = x
		}
	}
	if changed == nil {
		return e
	}
	return e.WithChildren(changed)
}

// joinCondSubqueries moves a subquery in an inner join's condition to a filter above the join.
func joinCondSubqueries(ctx *Ctx, n plan.Node) (plan.Node, error) {
	j, ok := n.(*plan.Join)
	if !ok || j.Cond == nil || j.Kind != plan.Inner && j.Kind != plan.Cross {
		return n, nil
	}
	var here, above []expr.Expr
	for _, c := range conjuncts(j.Cond) {
		has := false
		expr.Walk(c, func(e expr.Expr) bool {
			if q, ok := e.(*expr.Subquery); ok && !stays(q) {
				has = true
			}
			return true
		})
		if has {
			above = append(above, c)
		} else {
			here = append(here, c)
		}
	}
	if len(above) == 0 {
		return n, nil
	}
	k := *j
	var err error
	if k.Cond, err = ctx.and(here); err != nil {
		return nil, err
	}
	cond, err := ctx.and(above)
	if err != nil {
		return nil, err
	}
	return filterSubqueries(ctx, &plan.Filter{Input: &k, Cond: cond})
}

// value joins q to the input and returns the expression of its value; not tells that it stands under a NOT.
func (v *subqueryValues) value(q *expr.Subquery, not bool) expr.Expr {
	r, err := subplan(v.ctx, q)
	if err != nil {
		v.err = err
		return q
	}
	switch q.Kind {
	case expr.Scalar:
		v.input = &plan.DependentJoin{L: v.input, R: r, Kind: plan.Left, Single: true}
		c := r.Output()[0]
		c.Nullable = true
		return ref(c)
	case expr.Exists:
		var x expr.Expr
		x, v.input = markJoin(v.input, r, nil)
		return x
	case expr.In:
		return v.inValue(q, r, not)
	}
	v.err = errs.Unsupported(q.At, "a correlated subquery of this kind")
	return q
}

func markJoin(l, r plan.Node, cond expr.Expr) (expr.Expr, plan.Node) {
	m := expr.Col{ID: expr.NewID(), Name: "exists", Type: types.BooleanType}
	return ref(m), &plan.DependentJoin{L: l, R: r, Kind: plan.Semi, Cond: cond, Mark: &m}
}

// inValue is IN as a value. As in Spark it is true or false: a comparison that gives NULL counts as no match, and under
// a NOT as a match.
func (v *subqueryValues) inValue(q *expr.Subquery, r plan.Node, not bool) expr.Expr {
	cond, err := func() (expr.Expr, error) {
		eqs, nullable, err := needleEquals(v.ctx, q, r)
		if err != nil {
			return nil, err
		}
		cond, err := v.ctx.and(eqs)
		if err != nil || !not || !nullable {
			return cond, err
		}
		unknown, err := v.ctx.Call("isnull", cond)
		if err != nil {
			return nil, err
		}
		return v.ctx.Call("or", cond, unknown)
	}()
	if err != nil {
		v.err = err
		return q
	}
	var x expr.Expr
	x, v.input = markJoin(v.input, r, cond)
	return x
}
