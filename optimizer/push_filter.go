package optimizer

import (
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/udfs"
)

var pushFilter = Rule{
	Name: "PushFilter",
	Doc: `Filters move down: through projections, aggregates (on keys), windows (on partition columns), unions and joins,
and into scans. Conjuncts over both sides of an inner join become its condition. An outer join whose missing side a
filter would refuse becomes an inner one. A conjunct that can raise an error stays above joins, aggregates and windows,
where the rows it must not see are already gone; one that is not deterministic stays where it is.`,
	Apply: func(ctx *Ctx, n plan.Node) (plan.Node, error) {
		p := &filterPusher{ctx: ctx}
		out := p.push(n, nil)
		if p.err != nil || !p.changed {
			return n, p.err
		}
		return out, nil
	},
}

// filterPusher carries conjuncts down a plan. changed tells whether any moved.
type filterPusher struct {
	ctx     *Ctx
	changed bool
	err     error
}

func (p *filterPusher) and(es []expr.Expr) expr.Expr {
	e, err := p.ctx.and(es)
	if err != nil && p.err == nil {
		p.err = err
	}
	return e
}

// filter puts preds above n; fromFilter is how many stood just there before.
func (p *filterPusher) filter(n plan.Node, preds []expr.Expr) plan.Node {
	if len(preds) == 0 {
		return n
	}
	return &plan.Filter{Input: n, Cond: p.and(preds)}
}

// divide sorts preds by a test: those that move down and those that stay.
func divide(preds []expr.Expr, moves func(expr.Expr) bool) (down, stay []expr.Expr) {
	for _, e := range preds {
		if moves(e) {
			down = append(down, e)
		} else {
			stay = append(stay, e)
		}
	}
	return down, stay
}

// below pushes down into the one input of n and leaves stay above it.
func (p *filterPusher) below(n plan.Node, down, stay []expr.Expr) plan.Node {
	old := n.Inputs()[0]
	in := p.push(old, down)
	p.changed = p.changed || len(down) > 0
	if in == old {
		return p.filter(n, stay)
	}
	return p.filter(n.WithInputs([]plan.Node{in}), stay)
}

// through is preds with the columns of m replaced by what computes them.
func through(preds []expr.Expr, m map[expr.ID]expr.Expr) []expr.Expr {
	out := make([]expr.Expr, len(preds))
	for i, e := range preds {
		out[i] = substitute(e, m)
	}
	return out
}

// inputs pushes nothing into the inputs of n.
func (p *filterPusher) inputs(n plan.Node) plan.Node {
	ins := n.Inputs()
	out := make([]plan.Node, len(ins))
	same := true
	for i, in := range ins {
		out[i] = p.push(in, nil)
		same = same && out[i] == in
	}
	if same {
		return n
	}
	return n.WithInputs(out)
}

// push returns n with preds applied to its rows.
func (p *filterPusher) push(n plan.Node, preds []expr.Expr) plan.Node {
	switch n := n.(type) {
	case *plan.Filter:
		return p.pushFilter(n, preds)
	case *plan.Project:
		return p.pushProject(n, preds)
	case *plan.Aggregate:
		return p.pushAggregate(n, preds)
	case *plan.Window:
		return p.pushWindow(n, preds)
	case *plan.Sort:
		p.changed = p.changed || len(preds) > 0
		in := p.push(n.Input, preds)
		if in == n.Input {
			return n
		}
		return n.WithInputs([]plan.Node{in})
	case *plan.Union:
		return p.pushUnion(n, preds)
	case *plan.Generate:
		return p.pushGenerate(n, preds)
	case *plan.Join:
		return p.pushJoin(n, preds)
	case *plan.Scan:
		return p.pushScan(n, preds)
	}
	return p.filter(p.inputs(n), preds)
}

func (p *filterPusher) pushFilter(n *plan.Filter, preds []expr.Expr) plan.Node {
	mine := conjuncts(n.Cond)
	for i, c := range mine {
		if !deterministic(c) { // this one and those after it stay
			in := p.push(n.Input, mine[:i])
			return p.filter(in, append(append([]expr.Expr(nil), mine[i:]...), preds...))
		}
	}
	p.changed = p.changed || len(preds) > 0
	out := p.push(n.Input, append(append([]expr.Expr(nil), mine...), preds...))
	if f, ok := out.(*plan.Filter); ok && f.Input == n.Input && len(preds) == 0 && len(conjuncts(f.Cond)) == len(mine) {
		return n
	}
	p.changed = true
	return out
}

func (p *filterPusher) pushProject(n *plan.Project, preds []expr.Expr) plan.Node {
	m := itemMap(n.Items)
	down, stay := divide(preds, func(e expr.Expr) bool {
		ok := deterministic(e)
		for id := range refs(e) {
			ok = ok && deterministic(m[id])
		}
		return ok
	})
	return p.below(n, through(down, m), stay)
}

func (p *filterPusher) pushAggregate(n *plan.Aggregate, preds []expr.Expr) plan.Node {
	keys := itemMap(n.Keys)
	down, stay := divide(preds, func(e expr.Expr) bool {
		ok := pure(e) && len(n.Keys) > 0
		for id := range refs(e) {
			x, isKey := keys[id]
			ok = ok && isKey && deterministic(x)
		}
		return ok
	})
	return p.below(n, through(down, keys), stay)
}

// pushWindow passes on what reads partition columns only: it drops whole partitions.
func (p *filterPusher) pushWindow(n *plan.Window, preds []expr.Expr) plan.Node {
	parts := colSet{}
	for i, f := range n.Funcs {
		mine := colSet{}
		for _, e := range f.(*expr.Alias).X.(*expr.Window).PartitionBy {
			if c, ok := e.(*expr.Column); ok && (i == 0 || parts.has(c.ID)) {
				mine.add(c.ID)
			}
		}
		parts = mine
	}
	down, stay := divide(preds, func(e expr.Expr) bool {
		r := refs(e)
		return pure(e) && len(r) > 0 && r.within(parts)
	})
	return p.below(n, down, stay)
}

func (p *filterPusher) pushUnion(n *plan.Union, preds []expr.Expr) plan.Node {
	down, stay := divide(preds, deterministic)
	ins := make([]plan.Node, len(n.Ins))
	same := true
	for i, in := range n.Ins {
		m := map[expr.ID]expr.Expr{}
		for k, c := range in.Output() {
			m[n.Cols[k].ID] = ref(c)
		}
		ins[i] = p.push(in, through(down, m))
		same = same && ins[i] == in
	}
	p.changed = p.changed || len(down) > 0
	if same {
		return p.filter(n, stay)
	}
	return p.filter(n.WithInputs(ins), stay)
}

func (p *filterPusher) pushGenerate(n *plan.Generate, preds []expr.Expr) plan.Node {
	have := outputs(n.Input)
	down, stay := divide(preds, func(e expr.Expr) bool { return deterministic(e) && refs(e).within(have) })
	return p.below(n, down, stay)
}

// pushScan gives the scan what it can evaluate by itself.
func (p *filterPusher) pushScan(n *plan.Scan, preds []expr.Expr) plan.Node {
	down, stay := divide(preds, func(e expr.Expr) bool { return deterministic(e) && !hasSubquery(e) && n.Table != nil })
	if len(down) == 0 {
		return p.filter(n, stay)
	}
	p.changed = true
	c := *n
	c.Filters = append(append([]expr.Expr(nil), n.Filters...), down...)
	return p.filter(&c, stay)
}

func hasSubquery(e expr.Expr) bool {
	found := false
	expr.Walk(e, func(x expr.Expr) bool {
		_, ok := x.(*expr.Subquery)
		found = found || ok
		return !found
	})
	return found
}

// rejectsNulls tells whether pred is not true when all of cols are NULL.
func rejectsNulls(pred expr.Expr, cols colSet) bool {
	c, ok := pred.(*expr.Call)
	if !ok {
		return strictOn(pred, cols)
	}
	switch c.Bind.Lazy {
	case udfs.And:
		return rejectsNulls(c.Args[0], cols) || rejectsNulls(c.Args[1], cols)
	case udfs.Or:
		return rejectsNulls(c.Args[0], cols) && rejectsNulls(c.Args[1], cols)
	}
	switch c.Def.Name {
	case "isnotnull", "in":
		return strictOn(c.Args[0], cols)
	}
	return strictOn(pred, cols)
}

// strictOn tells whether e is NULL when all of cols are.
func strictOn(e expr.Expr, cols colSet) bool {
	switch e := e.(type) {
	case *expr.Column:
		return cols.has(e.ID)
	case *expr.Cast:
		return strictOn(e.X, cols)
	case *expr.Call:
		if e.Bind.Lazy != udfs.Eager || !e.Traits().Has(udfs.Strict) {
			return false
		}
		for _, a := range e.Args {
			if strictOn(a, cols) {
				return true
			}
		}
	}
	return false
}
