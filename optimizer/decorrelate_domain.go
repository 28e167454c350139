package optimizer

import (
	"slices"

	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/types"
)

// domain carries the distinct outer values that a dependent plan is computed for.
type domain struct {
	ctx *Ctx
	def *plan.SharedDef // the distinct outer values
	ids []expr.ID       // the outer columns, in the order of def's output
	set colSet
}

// joinDomain makes j's right side of r, computed for the distinct outer values of j.L, and joins on these.
func joinDomain(ctx *Ctx, j *plan.Join, r plan.Node) (fixes, error) {
	free, lcols := freeOuter(r), j.L.Output()
	d := &domain{ctx: ctx, set: colSet{}}
	shared := &plan.SharedDef{Input: j.L}
	left := &plan.Shared{Def: shared, Cols: lcols}
	copyCols := make([]expr.Col, len(lcols))
	var keys []expr.Expr
	var outer []expr.Col
	for i, c := range lcols {
		copyCols[i] = fresh(c)
		if free.has(c.ID) {
			keys = append(keys, ref(copyCols[i]))
			outer = append(outer, c)
			d.ids = append(d.ids, c.ID)
			d.set.add(c.ID)
		}
	}
	d.def = &plan.SharedDef{Input: &plan.Aggregate{Input: &plan.Shared{Def: shared, Cols: copyCols}, Keys: keys}}
	right, dcols, err := d.push(r)
	if err != nil {
		return nil, err
	}
	conds := conjuncts(j.Cond)
	for i, c := range outer {
		e, err := ctx.Call("<=>", ref(c), ref(dcols[i]))
		if err != nil {
			return nil, err
		}
		conds = append(conds, e)
	}
	j.L, j.R = left, right
	j.Cond, err = ctx.and(conds)
	return nil, err
}

// values reads the domain once more, under new IDs.
func (d *domain) values() (plan.Node, []expr.Col) {
	var cols []expr.Col
	for _, c := range d.def.Input.Output() {
		cols = append(cols, fresh(c))
	}
	return &plan.Shared{Def: d.def, Cols: cols}, cols
}

// bind replaces the outer columns in e by the domain's.
func (d *domain) bind(e expr.Expr, dcols []expr.Col) expr.Expr {
	return mapOuterExpr(e, func(o *expr.Outer) expr.Expr {
		if i := slices.Index(d.ids, o.ID); i >= 0 {
			return &expr.Column{Col: dcols[i], At: o.At}
		}
		return o
	})
}

func (d *domain) bindAll(n plan.Node, dcols []expr.Col) plan.Node {
	return plan.RewriteExprs(n, func(e expr.Expr) expr.Expr { return d.bind(e, dcols) })
}

// push returns a plan that gives, for every combination of outer values, the rows n has for it, with those values in
// the columns it returns.
func (d *domain) push(n plan.Node) (plan.Node, []expr.Col, error) {
	if !dependsOn(n, d.set) {
		vals, dcols := d.values()
		return &plan.Join{L: vals, R: n, Kind: plan.Cross}, dcols, nil
	}
	switch n := n.(type) {
	case *plan.Filter, *plan.Sort, *plan.Sample, *plan.Generate:
		in, dcols, err := d.push(n.Inputs()[0])
		if err != nil {
			return nil, nil, err
		}
		return d.bindAll(n.WithInputs([]plan.Node{in}), dcols), dcols, nil
	case *plan.Project:
		in, dcols, err := d.push(n.Input)
		if err != nil {
			return nil, nil, err
		}
		p := d.bindAll(&plan.Project{Input: in, Items: n.Items}, dcols).(*plan.Project)
		p.Items = append(slices.Clone(p.Items), refCols(dcols)...)
		return p, dcols, nil
	case *plan.Window:
		in, dcols, err := d.push(n.Input)
		if err != nil {
			return nil, nil, err
		}
		return d.partition(d.bindAll(&plan.Window{Input: in, Funcs: n.Funcs}, dcols).(*plan.Window), dcols), dcols, nil
	case *plan.Aggregate:
		return d.pushAggregate(n)
	case *plan.Limit:
		return d.pushLimit(n)
	case *plan.Values:
		return d.pushValues(n)
	case *plan.Union:
		return d.pushUnion(n)
	case *plan.Join:
		return d.pushJoin(n)
	}
	return nil, nil, errs.Unsupported(errs.Pos{}, "a correlated subquery over "+n.Describe().Name)
}

// partition adds the domain's columns to the partitions of a window's functions.
func (d *domain) partition(w *plan.Window, dcols []expr.Col) *plan.Window {
	funcs := make([]expr.Expr, len(w.Funcs))
	for i, f := range w.Funcs {
		a := *f.(*expr.Alias)
		x := *a.X.(*expr.Window)
		x.PartitionBy = append(slices.Clone(x.PartitionBy), refCols(dcols)...)
		a.X = &x
		funcs[i] = &a
	}
	return &plan.Window{Input: w.Input, Funcs: funcs}
}

func (d *domain) pushAggregate(n *plan.Aggregate) (plan.Node, []expr.Col, error) {
	in, dcols, err := d.push(n.Input)
	if err != nil {
		return nil, nil, err
	}
	agg := d.bindAll(&plan.Aggregate{Input: in, Keys: n.Keys, Aggs: n.Aggs}, dcols).(*plan.Aggregate)
	agg.Keys = append(slices.Clone(agg.Keys), refCols(dcols)...)
	if len(n.Keys) > 0 {
		return agg, dcols, nil
	}
	// A global aggregate has a row for every outer value, also for those without rows.
	missing := map[expr.ID]expr.Expr{}
	for _, a := range n.Aggs {
		al := a.(*expr.Alias)
		missing[al.ID] = literal(al.Type(), al.X.(*expr.Agg).Bind.Agg.NoInput)
	}
	vals, all := d.values()
	j := &plan.Join{L: vals, R: agg, Kind: plan.Left}
	var conds []expr.Expr
	for i := range all {
		e, err := d.ctx.Call("<=>", ref(all[i]), ref(dcols[i]))
		if err != nil {
			return nil, nil, err
		}
		conds = append(conds, e)
	}
	if j.Cond, err = d.ctx.and(conds); err != nil {
		return nil, nil, err
	}
	fix, err := fillMissing(d.ctx, j, missing)
	if err != nil {
		return nil, nil, err
	}
	return tidyJoin(j, append(n.Output(), all...), fix), all, nil
}

// pushLimit numbers the rows of each outer value and keeps the first.
func (d *domain) pushLimit(n *plan.Limit) (plan.Node, []expr.Col, error) {
	input := n.Input
	var keys []expr.Order
	if s, ok := input.(*plan.Sort); ok {
		input, keys = s.Input, s.Keys
	}
	in, dcols, err := d.push(input)
	if err != nil {
		return nil, nil, err
	}
	f, err := d.ctx.Call("row_number")
	if err != nil {
		return nil, nil, err
	}
	keys = slices.Clone(keys)
	for i := range keys {
		keys[i].X = d.bind(keys[i].X, dcols)
	}
	num := &expr.Alias{Name: "row_number", ID: expr.NewID(), X: &expr.Window{Func: f, OrderBy: keys, PartitionBy: refCols(dcols),
		Frame: expr.Frame{Rows: true, Lo: expr.Bound{Kind: expr.UnboundedPreceding}, Hi: expr.Bound{Kind: expr.CurrentRow}}}}
	w := &plan.Window{Input: in, Funcs: []expr.Expr{num}}
	var conds []expr.Expr
	add := func(op string, v int64) error {
		e, err := d.ctx.Call(op, ref(num.Col()), literal(types.IntType, int32(v)))
		conds = append(conds, e)
		return err
	}
	if err := add(">", n.Offset); err != nil {
		return nil, nil, err
	}
	if n.N >= 0 {
		if err := add("<=", n.N+n.Offset); err != nil {
			return nil, nil, err
		}
	}
	cond, err := d.ctx.and(conds)
	if err != nil {
		return nil, nil, err
	}
	return keepCols(&plan.Filter{Input: w, Cond: cond}, append(n.Output(), dcols...)), dcols, nil
}

// pushValues makes each row of an inline table a projection of the domain.
func (d *domain) pushValues(n *plan.Values) (plan.Node, []expr.Col, error) {
	u := &plan.Union{}
	for _, row := range n.Rows {
		vals, dcols := d.values()
		var items []expr.Expr
		for i, e := range row {
			items = append(items, &expr.Alias{X: d.bind(e, dcols), Name: n.Cols[i].Name, ID: expr.NewID()})
		}
		u.Ins = append(u.Ins, &plan.Project{Input: vals, Items: append(items, refCols(dcols)...)})
	}
	return d.closeUnion(u, n.Cols)
}

func (d *domain) pushUnion(n *plan.Union) (plan.Node, []expr.Col, error) {
	u := &plan.Union{}
	for _, in := range n.Ins {
		p, dcols, err := d.push(in)
		if err != nil {
			return nil, nil, err
		}
		u.Ins = append(u.Ins, keepCols(p, append(slices.Clone(in.Output()), dcols...)))
	}
	return d.closeUnion(u, n.Cols)
}

// closeUnion sets the output of u: cols, then the domain's columns.
func (d *domain) closeUnion(u *plan.Union, cols []expr.Col) (plan.Node, []expr.Col, error) {
	u.Cols = slices.Clone(cols)
	var dcols []expr.Col
	for _, c := range d.def.Input.Output() {
		dcols = append(dcols, fresh(c))
	}
	u.Cols = append(u.Cols, dcols...)
	return u, dcols, nil
}

func (d *domain) pushJoin(n *plan.Join) (plan.Node, []expr.Col, error) {
	c := *n
	left := dependsOn(n.L, d.set) || !dependsOn(n.R, d.set) || n.Kind != plan.Inner && n.Kind != plan.Cross
	right := dependsOn(n.R, d.set)
	if n.Kind == plan.Right || n.Kind == plan.Full {
		return nil, nil, errs.Unsupported(errs.Pos{}, "a correlated subquery over a "+n.Kind.String()+" join")
	}
	var lcols, rcols []expr.Col
	var err error
	if left {
		if c.L, lcols, err = d.push(n.L); err != nil {
			return nil, nil, err
		}
	}
	if right {
		if c.R, rcols, err = d.push(n.R); err != nil {
			return nil, nil, err
		}
	}
	dcols := lcols
	if !left {
		dcols = rcols
	}
	var conds []expr.Expr
	for _, e := range conjuncts(n.Cond) {
		conds = append(conds, d.bind(e, dcols))
	}
	if left && right {
		for i := range lcols {
			e, err := d.ctx.Call("<=>", ref(lcols[i]), ref(rcols[i]))
			if err != nil {
				return nil, nil, err
			}
			conds = append(conds, e)
		}
	}
	if c.Cond, err = d.ctx.and(conds); err != nil {
		return nil, nil, err
	}
	if c.Kind == plan.Cross && c.Cond != nil {
		c.Kind = plan.Inner
	}
	return keepCols(&c, append(slices.Clone(n.Output()), dcols...)), dcols, nil
}
