package optimizer

import (
	"strings"

	"sparksql/sql/expr"
	"sparksql/sql/plan"
)

var chooseJoin = Rule{
	Name: "ChooseJoin",
	Doc: `Equalities between the sides of a join become its keys, the rest of the condition its residual. The smaller side is
built where the kind of join allows either. It is broadcast, one shared table, when a hint says so or its estimated size
is within spark.sql.autoBroadcastJoinThreshold; else partitioned, or decided by the true size at run time when
spark.sql.adaptive.enabled. A join without keys is a nested loop.`,
	Apply: func(ctx *Ctx, n plan.Node) (plan.Node, error) {
		return plan.Rewrite(n, func(n plan.Node) (plan.Node, error) {
			j, ok := n.(*plan.Join)
			if !ok || j.Strategy != plan.Undecided {
				return n, nil
			}
			return choose(ctx, j)
		})
	},
}

func choose(ctx *Ctx, n *plan.Join) (plan.Node, error) {
	j := *n
	var rest []expr.Expr
	j.Keys, rest = equiKeys(n)
	var err error
	if j.Residual, err = ctx.and(rest); err != nil {
		return nil, err
	}
	j.Build = buildSide(ctx, n)
	if len(j.Keys) == 0 {
		j.Strategy = plan.NestedLoop
		return &j, nil
	}
	built, hint := n.R, n.Hint.Right
	if j.Build == plan.LeftSide {
		built, hint = n.L, n.Hint.Left
	}
	size := ctx.bytesOf(built)
	switch {
	case isBroadcast(hint), ctx.BroadcastBytes >= 0 && size <= float64(ctx.BroadcastBytes):
		j.Strategy = plan.Broadcast
	case ctx.Adaptive && ctx.BroadcastBytes >= 0:
		j.Strategy = plan.Adaptive
	default:
		j.Strategy = plan.Partitioned
	}
	return &j, nil
}

func isBroadcast(hint string) bool {
	switch strings.ToUpper(hint) {
	case "BROADCAST", "BROADCASTJOIN", "MAPJOIN":
		return true
	}
	return false
}

// equiKeys splits a join's condition into equalities between its sides and the rest.
func equiKeys(j *plan.Join) (keys []plan.EquiKey, rest []expr.Expr) {
	l, r := outputs(j.L), outputs(j.R)
	for _, c := range conjuncts(j.Cond) {
		a, b, safe, ok := equality(c)
		if ok && deterministic(c) && !hasSubquery(c) {
			ra, rb := refs(a), refs(b)
			if len(ra) > 0 && len(rb) > 0 {
				if ra.within(l) && rb.within(r) {
					keys = append(keys, plan.EquiKey{L: a, R: b, NullSafe: safe})
					continue
				}
				if ra.within(r) && rb.within(l) {
					keys = append(keys, plan.EquiKey{L: b, R: a, NullSafe: safe})
					continue
				}
			}
		}
		rest = append(rest, c)
	}
	return keys, rest
}

// buildSide is the side that is kept in memory. The side whose rows an outer, semi or anti join keeps probes, unless it
// is much the smaller.
func buildSide(ctx *Ctx, j *plan.Join) plan.Side {
	switch {
	case isBroadcast(j.Hint.Left) && !isBroadcast(j.Hint.Right) && j.Kind == plan.Inner:
		return plan.LeftSide
	case isBroadcast(j.Hint.Right):
		return plan.RightSide
	}
	switch j.Kind {
	case plan.Inner, plan.Cross:
		if ctx.bytesOf(j.L) < ctx.bytesOf(j.R) {
			return plan.LeftSide
		}
	case plan.Right:
		return plan.LeftSide
	case plan.Left, plan.Semi, plan.Anti:
		if !j.Single && !j.NullAware && j.Mark == nil && muchSmaller(ctx, j.L, j.R) {
			return plan.LeftSide
		}
	}
	return plan.RightSide
}

// muchSmaller tells whether building l in place of r pays although the join then has to put out l's rows at the end.
func muchSmaller(ctx *Ctx, l, r plan.Node) bool {
	const few, times = 1 << 16, 2
	return ctx.estimateOf(r).rows > few && times*ctx.estimateOf(l).rows < ctx.estimateOf(r).rows && ctx.bytesOf(l) < ctx.bytesOf(r)
}
