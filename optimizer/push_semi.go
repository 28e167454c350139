package optimizer

import (
	"sparksql/sql/plan"
)

var pushSemi = Rule{
	Name: "PushSemiJoin",
	Doc: `A semi or anti join over a group of inner joins goes down to the relations whose columns it reads, where these have
no more rows than the group: the joins above then see fewer rows, and their order knows it. Safe because it only drops
rows, by columns that the inner joins pass on; not when its condition can fail.`,
	Apply: func(ctx *Ctx, n plan.Node) (plan.Node, error) {
		return plan.Rewrite(n, func(n plan.Node) (plan.Node, error) {
			if j, ok := n.(*plan.Join); ok {
				return sinkSemi(ctx, j), nil
			}
			return n, nil
		})
	},
}

// sinkSemi gives j's place to what it filtered, if it goes down.
func sinkSemi(ctx *Ctx, j *plan.Join) plan.Node {
	if j.Kind != plan.Semi && j.Kind != plan.Anti || j.Mark != nil || j.NullAware || j.Strategy != plan.Undecided || j.Cond == nil {
		return j
	}
	if (j.Hint != plan.JoinHint{}) || !deterministic(j.Cond) || hasSubquery(j.Cond) || traitsOf(j.Cond).fallible {
		return j
	}
	need, keyed := colSet{}, false
	right := outputs(j.R)
	for id := range refs(j.Cond) {
		if !right.has(id) {
			need[id] = struct{}{}
		}
	}
	for _, c := range conjuncts(j.Cond) {
		_, _, _, ok := equality(c)
		keyed = keyed || ok
	}
	if !keyed || len(need) == 0 {
		return j
	}
	if out, ok := sinkInto(ctx, j, j.L, need, ctx.estimateOf(j.L).rows); ok {
		return out
	}
	return j
}

// sinkInto puts j over the part of n, a group of inner joins, that has the columns of need.
func sinkInto(ctx *Ctx, j *plan.Join, n plan.Node, need colSet, most float64) (plan.Node, bool) {
	switch x := n.(type) {
	case *plan.Project:
		if in, ok := x.Input.(*plan.Join); ok && isFree(in) && onlyColumns(x.Items) {
			if out, ok := sinkInto(ctx, j, in, need, most); ok {
				return x.WithInputs([]plan.Node{out}), true
			}
		}
	case *plan.Join:
		if !isFree(x) {
			return nil, false
		}
		for i, side := range []plan.Node{x.L, x.R} {
			if !need.within(outputs(side)) {
				continue
			}
			out, ok := sinkInto(ctx, j, side, need, most)
			if !ok {
				if ctx.estimateOf(side).rows > most {
					return nil, false
				}
				c := *j
				c.L = side
				out = &c
			}
			ins := []plan.Node{x.L, x.R}
			ins[i] = out
			return x.WithInputs(ins), true
		}
	}
	return nil, false
}
