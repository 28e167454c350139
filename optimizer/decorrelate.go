package optimizer

import (
	"slices"

	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/types"
)

var decorrelate = Rule{
	Name: "Decorrelate",
	Doc: `A dependent join becomes a join. First choice: correlated conjuncts are pulled up out of the right side to the
join's condition; an aggregate on the way groups by their inner sides as well, which is right only for equalities. Where
that cannot be, the right side is joined with the distinct outer values it depends on (the domain) and carries them up
to the join (Neumann and Kemper, Unnesting Arbitrary Queries). Inner dependent joins go first.`,
	Apply: decorrelatePlan,
}

func decorrelatePlan(ctx *Ctx, n plan.Node) (plan.Node, error) {
	return plan.Rewrite(n, func(n plan.Node) (plan.Node, error) {
		d, ok := n.(*plan.DependentJoin)
		if !ok {
			return n, nil
		}
		return decorrelateJoin(ctx, d)
	})
}

func decorrelateJoin(ctx *Ctx, d *plan.DependentJoin) (plan.Node, error) {
	r, err := decorrelatePlan(ctx, d.R)
	if err != nil {
		return nil, err
	}
	join := &plan.Join{L: d.L, R: r, Kind: d.Kind, Cond: d.Cond, Single: d.Single, Mark: d.Mark}
	lcols := outputs(d.L)
	var fix fixes
	if dependsOn(r, lcols) {
		p := &puller{ctx: ctx, outer: lcols, exists: d.Kind == plan.Semi || d.Kind == plan.Anti}
		if pulled, ok := p.pull(r); ok {
			fix, err = p.finish(join, pulled)
		} else {
			fix, err = joinDomain(ctx, join, r)
		}
		if err != nil {
			return nil, err
		}
	}
	return tidyJoin(join, d.Output(), fix), nil
}

// tidyJoin gives the join the kind that its condition asks for, and its old output.
func tidyJoin(j *plan.Join, cols []expr.Col, fix fixes) plan.Node {
	if j.Kind == plan.Cross && j.Cond != nil {
		j.Kind = plan.Inner
	}
	if len(fix) == 0 {
		return keepCols(j, cols)
	}
	items := refCols(cols)
	for i, c := range cols {
		if x, ok := fix[c.ID]; ok {
			items[i] = x
		}
	}
	return &plan.Project{Input: j, Items: items}
}

// dependsOn tells whether n takes any of cols from outside.
func dependsOn(n plan.Node, cols colSet) bool {
	for id := range freeOuter(n) {
		if cols.has(id) {
			return true
		}
	}
	return false
}

func exprDependsOn(e expr.Expr, cols colSet) bool {
	s := colSet{}
	outerRefs(e, s)
	for id := range s {
		if cols.has(id) {
			return true
		}
	}
	return false
}

// puller pulls correlated conjuncts out of a plan.
type puller struct {
	ctx    *Ctx
	outer  colSet
	exists bool        // only whether there is a row matters
	preds  []expr.Expr // with outer columns as plain columns
	unique bool        // at most one row for each combination of the preds' inner sides
	// missing maps a result column of a global aggregate to its value where there is no row, when that is not NULL.
	missing map[expr.ID]expr.Expr
}

// asColumns turns references to the outer columns into plain columns.
func (p *puller) asColumns(e expr.Expr) expr.Expr {
	return mapOuterExpr(e, func(o *expr.Outer) expr.Expr {
		if p.outer.has(o.ID) {
			return &expr.Column{Col: o.Col, At: o.At}
		}
		return o
	})
}

func (p *puller) pull(n plan.Node) (plan.Node, bool) {
	if !dependsOn(n, p.outer) {
		return n, true
	}
	switch n := n.(type) {
	case *plan.Filter:
		return p.pullFilter(n)
	case *plan.Project:
		return p.pullProject(n)
	case *plan.Aggregate:
		return p.pullAggregate(n)
	case *plan.Join:
		return p.pullJoin(n)
	case *plan.Sort:
		in, ok := p.pullInput(n)
		if !ok {
			return nil, false
		}
		c := *n
		c.Input = in
		return &c, true
	case *plan.Limit:
		if p.exists && n.N != 0 && n.Offset == 0 {
			return p.pull(n.Input)
		}
	}
	return nil, false
}

// pullInput pulls out of the one input of a node whose own expressions are not correlated.
func (p *puller) pullInput(n plan.Node) (plan.Node, bool) {
	for _, e := range n.Exprs() {
		if exprDependsOn(e, p.outer) {
			return nil, false
		}
	}
	return p.pull(n.Inputs()[0])
}

func (p *puller) pullFilter(n *plan.Filter) (plan.Node, bool) {
	if p.missing != nil {
		return nil, false
	}
	in, ok := p.pull(n.Input)
	if !ok || p.missing != nil {
		return nil, false // a HAVING over a global aggregate sees the row that is not there
	}
	var rest []expr.Expr
	for _, c := range conjuncts(n.Cond) {
		if exprDependsOn(c, p.outer) {
			p.preds = append(p.preds, p.asColumns(c))
		} else {
			rest = append(rest, c)
		}
	}
	cond, err := p.ctx.and(rest)
	if err != nil {
		return nil, false
	}
	if cond == nil {
		return in, true
	}
	return &plan.Filter{Input: in, Cond: cond}, true
}

// innerCols are the columns of the pulled plan that the preds read.
func (p *puller) innerCols(n plan.Node) []expr.Col {
	need := refsAll(p.preds)
	var out []expr.Col
	for _, c := range n.Output() {
		if need.has(c.ID) && !p.outer.has(c.ID) {
			out = append(out, c)
		}
	}
	return out
}

func (p *puller) pullProject(n *plan.Project) (plan.Node, bool) {
	for _, e := range n.Items {
		if exprDependsOn(e, p.outer) && !p.exists {
			return nil, false
		}
	}
	in, ok := p.pull(n.Input)
	if !ok {
		return nil, false
	}
	items := make([]expr.Expr, 0, len(n.Items))
	have := colSet{}
	for _, it := range n.Items {
		if exprDependsOn(it, p.outer) {
			return nil, false
		}
		items = append(items, it)
		have.add(plan.ItemCol(it).ID)
	}
	for _, c := range p.innerCols(in) {
		if !have.has(c.ID) {
			items = append(items, ref(c))
		}
	}
	if p.missing != nil && !p.projectMissing(n) {
		return nil, false
	}
	return &plan.Project{Input: in, Items: items}, true
}

// projectMissing works out what the project's items are where the aggregate beneath has no row.
func (p *puller) projectMissing(n *plan.Project) bool {
	m := map[expr.ID]expr.Expr{}
	for id, v := range p.missing {
		m[id] = v
	}
	out := map[expr.ID]expr.Expr{}
	for _, it := range n.Items {
		c := plan.ItemCol(it)
		x := it
		if a, ok := it.(*expr.Alias); ok {
			x = a.X
		}
		x = substitute(x, m)
		if len(refs(x)) > 0 {
			return false
		}
		out[c.ID] = x
	}
	p.missing = out
	return true
}

func (p *puller) pullAggregate(n *plan.Aggregate) (plan.Node, bool) {
	if len(n.Keys) == 0 && p.exists {
		return nil, false // always one row
	}
	before := len(p.preds)
	in, ok := p.pullInput(n)
	if !ok || p.missing != nil || before != 0 {
		return nil, false
	}
	agg := &plan.Aggregate{Input: in, Keys: slices.Clone(n.Keys), Aggs: n.Aggs}
	if !p.groupByInner(agg) {
		return nil, false
	}
	if len(n.Keys) == 0 {
		p.unique = true
		p.missing = map[expr.ID]expr.Expr{}
		for _, a := range n.Aggs {
			al := a.(*expr.Alias)
			p.missing[al.ID] = literal(al.Type(), al.X.(*expr.Agg).Bind.Agg.NoInput)
		}
	}
	return agg, true
}

// groupByInner adds the inner sides of the pulled equalities to the aggregate's keys, and points the preds at them.
func (p *puller) groupByInner(agg *plan.Aggregate) bool {
	inner := outputs(agg.Input)
	for i, pred := range p.preds {
		if refs(pred).within(p.outer) {
			continue // asks nothing of the inner side: all groups or none
		}
		l, r, safe, ok := equality(pred)
		if !ok {
			return false
		}
		if refs(r).within(p.outer) {
			l, r = r, l
		}
		if !refs(l).within(p.outer) || !refs(r).within(inner) {
			return false
		}
		var key expr.Expr = r
		col, isCol := r.(*expr.Column)
		if !isCol {
			a := &expr.Alias{X: r, Name: "key", ID: expr.NewID()}
			key, col = a, ref(a.Col())
		}
		have := slices.ContainsFunc(agg.Keys, func(k expr.Expr) bool { return plan.ItemCol(k).ID == col.ID })
		if !have {
			agg.Keys = append(agg.Keys, key)
		}
		op := "="
		if safe {
			op = "<=>"
		}
		e, err := p.ctx.Call(op, l, col)
		if err != nil {
			return false
		}
		p.preds[i] = e
	}
	return true
}

func (p *puller) pullJoin(n *plan.Join) (plan.Node, bool) {
	c := *n
	ok := true
	switch n.Kind {
	case plan.Inner, plan.Cross:
		if c.L, ok = p.pull(n.L); !ok {
			return nil, false
		}
		if c.R, ok = p.pull(n.R); !ok || p.missing != nil {
			return nil, false
		}
		return p.pullInnerCond(&c)
	case plan.Left, plan.Semi, plan.Anti:
		if dependsOn(n.R, p.outer) || n.Cond != nil && exprDependsOn(n.Cond, p.outer) {
			return nil, false
		}
		if c.L, ok = p.pull(n.L); !ok || p.missing != nil {
			return nil, false
		}
		return &c, true
	}
	return nil, false
}

func (p *puller) pullInnerCond(c *plan.Join) (plan.Node, bool) {
	var rest []expr.Expr
	for _, e := range conjuncts(c.Cond) {
		if exprDependsOn(e, p.outer) {
			p.preds = append(p.preds, p.asColumns(e))
		} else {
			rest = append(rest, e)
		}
	}
	var err error
	c.Cond, err = p.ctx.and(rest)
	return c, err == nil
}

// finish puts the pulled plan and the preds into the join.
func (p *puller) finish(j *plan.Join, r plan.Node) (fixes, error) {
	cond, err := p.ctx.and(append(conjuncts(j.Cond), p.preds...))
	if err != nil {
		return nil, err
	}
	if p.unique {
		j.Single = false
	}
	j.R, j.Cond = r, cond
	if p.missing == nil {
		return nil, nil
	}
	if j.Kind == plan.Inner || j.Kind == plan.Cross {
		j.Kind = plan.Left // a global aggregate has a row for every outer row
	}
	return fillMissing(p.ctx, j, p.missing)
}

// fixes maps columns of a join's output to what they are above the join.
type fixes map[expr.ID]expr.Expr

// fillMissing gives columns of the right side their value for left rows without a match, where that is not NULL: the
// right side gets a marker column, and the columns new IDs.
func fillMissing(ctx *Ctx, j *plan.Join, missing map[expr.ID]expr.Expr) (fixes, error) {
	marker := &expr.Alias{X: literal(types.BooleanType, true), Name: "matched", ID: expr.NewID()}
	items, out := []expr.Expr{marker}, fixes{}
	mark := marker.Col()
	mark.Nullable = true
	for _, c := range j.R.Output() {
		v, ok := missing[c.ID]
		if l, isLit := v.(*expr.Literal); !ok || isLit && l.Value == nil {
			items = append(items, ref(c))
			continue
		}
		a := &expr.Alias{X: ref(c), Name: c.Name, ID: expr.NewID()}
		items = append(items, a)
		unmatched, err := ctx.Call("isnull", ref(mark))
		if err != nil {
			return nil, err
		}
		col := a.Col()
		col.Nullable = true
		x, err := ctx.Call("if", unmatched, v, ref(col))
		if err != nil {
			return nil, err
		}
		out[c.ID] = &expr.Alias{X: x, Name: c.Name, ID: c.ID}
	}
	if len(out) == 0 {
		return nil, nil
	}
	j.R = &plan.Project{Input: j.R, Items: items}
	return out, nil
}
