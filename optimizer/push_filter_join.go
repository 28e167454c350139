package optimizer

import (
	"sparksql/sql/expr"
	"sparksql/sql/plan"
)

// sides sorts conjuncts by the side of a join that they read.
type sides struct{ left, right, both []expr.Expr }

func (p *filterPusher) pushJoin(n *plan.Join, preds []expr.Expr) plan.Node {
	if n.Strategy != plan.Undecided || n.NullAware {
		return p.semiJoinPreds(n, preds)
	}
	l, r := outputs(n.L), outputs(n.R)
	kind := outerToInner(n.Kind, preds, l, r)
	if n.Single && kind != n.Kind {
		kind = n.Kind
	}
	p.changed = p.changed || kind != n.Kind
	switch kind {
	case plan.Inner, plan.Cross:
		return p.pushInner(n, preds, l, r)
	case plan.Semi, plan.Anti:
		return p.semiJoinPreds(n, preds)
	}
	return p.pushOuter(n, kind, preds, l, r)
}

// outerToInner is the kind of join that gives the same rows under preds.
func outerToInner(kind plan.JoinKind, preds []expr.Expr, l, r colSet) plan.JoinKind {
	noLeft, noRight := false, false
	for _, e := range preds {
		noLeft = noLeft || rejectsNulls(e, l)
		noRight = noRight || rejectsNulls(e, r)
	}
	switch {
	case kind == plan.Left && noRight, kind == plan.Right && noLeft, kind == plan.Full && noLeft && noRight:
		return plan.Inner
	case kind == plan.Full && noLeft:
		return plan.Left
	case kind == plan.Full && noRight:
		return plan.Right
	}
	return kind
}

func (p *filterPusher) pushInner(n *plan.Join, preds []expr.Expr, l, r colSet) plan.Node {
	own := conjuncts(n.Cond)
	var s sides
	var stay []expr.Expr
	sort := func(e expr.Expr, fromCond bool) {
		t, need := traitsOf(e), refs(e)
		switch {
		case !t.deterministic || hasSubquery(e) && !fromCond:
			stay = append(stay, e)
		case len(need) == 0 || t.fallible && (need.within(l) || need.within(r)):
			if fromCond {
				s.both = append(s.both, e)
			} else {
				stay = append(stay, e)
			}
		case need.within(l):
			s.left = append(s.left, e)
		case need.within(r):
			s.right = append(s.right, e)
		default:
			s.both = append(s.both, e)
		}
	}
	for _, e := range own {
		sort(e, true)
	}
	for _, e := range preds {
		sort(e, false)
	}
	lin, rin := p.push(n.L, s.left), p.push(n.R, s.right)
	if lin == n.L && rin == n.R && len(s.both) == len(own) && len(s.left)+len(s.right) == 0 && (len(own) > 0) == (n.Kind == plan.Inner) {
		return p.filter(n, stay)
	}
	p.changed = true
	c := *n
	c.L, c.R, c.Cond, c.Kind = lin, rin, p.and(s.both), plan.Inner
	if c.Cond == nil {
		c.Kind = plan.Cross
	}
	return p.filter(&c, stay)
}

// pushOuter: conjuncts on the kept side go below it; what the condition asks of the other side alone goes there.
func (p *filterPusher) pushOuter(n *plan.Join, kind plan.JoinKind, preds []expr.Expr, l, r colSet) plan.Node {
	var s sides
	var stay, cond []expr.Expr
	for _, e := range preds {
		t, need := traitsOf(e), refs(e)
		movable := t.deterministic && !t.fallible && !hasSubquery(e)
		switch {
		case movable && kind == plan.Left && need.within(l):
			s.left = append(s.left, e)
		case movable && kind == plan.Right && need.within(r):
			s.right = append(s.right, e)
		default:
			stay = append(stay, e)
		}
	}
	for _, e := range conjuncts(n.Cond) {
		t, need := traitsOf(e), refs(e)
		movable := t.deterministic && !t.fallible && len(need) > 0
		switch {
		case movable && kind == plan.Left && need.within(r):
			s.right = append(s.right, e)
		case movable && kind == plan.Right && need.within(l):
			s.left = append(s.left, e)
		default:
			cond = append(cond, e)
		}
	}
	return p.rejoin(n, kind, s, cond, stay)
}

// semiJoinPreds handles semi and anti joins, whose output is their left side's.
func (p *filterPusher) semiJoinPreds(n *plan.Join, preds []expr.Expr) plan.Node {
	l, r := outputs(n.L), outputs(n.R)
	var s sides
	var stay, cond []expr.Expr
	for _, e := range preds {
		t := traitsOf(e)
		if t.deterministic && !t.fallible && refs(e).within(l) && (n.Kind == plan.Semi || n.Kind == plan.Anti) {
			s.left = append(s.left, e)
		} else {
			stay = append(stay, e)
		}
	}
	for _, e := range conjuncts(n.Cond) {
		t, need := traitsOf(e), refs(e)
		movable := t.deterministic && !t.fallible && len(need) > 0 && !n.NullAware
		switch {
		case movable && need.within(r):
			s.right = append(s.right, e)
		case movable && need.within(l) && n.Kind == plan.Semi && n.Mark == nil:
			s.left = append(s.left, e)
		default:
			cond = append(cond, e)
		}
	}
	return p.rejoin(n, n.Kind, s, cond, stay)
}

func (p *filterPusher) rejoin(n *plan.Join, kind plan.JoinKind, s sides, cond, stay []expr.Expr) plan.Node {
	lin, rin := p.push(n.L, s.left), p.push(n.R, s.right)
	p.changed = p.changed || len(s.left)+len(s.right) > 0
	if lin == n.L && rin == n.R && kind == n.Kind && len(cond) == len(conjuncts(n.Cond)) {
		return p.filter(n, stay)
	}
	c := *n
	c.L, c.R, c.Kind, c.Cond = lin, rin, kind, p.and(cond)
	return p.filter(&c, stay)
}
