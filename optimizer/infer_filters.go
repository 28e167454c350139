package optimizer

import (
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/udfs"
)

var extractCommon = Rule{
	Name: "ExtractCommonConjuncts",
	Doc: `A conjunct that every branch of an OR has is taken out of it: (a AND b) OR (a AND c) is a AND (b OR c). A join
condition hidden in an OR becomes one that can be hashed. Only for deterministic conjuncts that raise no error.`,
	Apply: func(ctx *Ctx, n plan.Node) (plan.Node, error) {
		return rewriteConds(ctx, n, func(e expr.Expr) ([]expr.Expr, error) { return extract(ctx, e) })
	},
}

var inferSides = Rule{
	Name: "InferSideFilters",
	Doc: `Where every branch of an OR over several relations asks something of one of them, the OR of these parts is added as a
conjunct, which can move to that relation: (x.a = 1 AND y.b = 2) OR (x.a = 3 AND y.b = 4) adds x.a = 1 OR x.a = 3. Run
once. Only for deterministic parts that raise no error.`,
	Apply: func(ctx *Ctx, n plan.Node) (plan.Node, error) {
		owner := columnOwners(n)
		return rewriteConds(ctx, n, func(e expr.Expr) ([]expr.Expr, error) { return sideParts(ctx, e, owner) })
	},
}

// rewriteConds replaces each conjunct of filters and inner joins by those that f gives for it.
func rewriteConds(ctx *Ctx, n plan.Node, f func(expr.Expr) ([]expr.Expr, error)) (plan.Node, error) {
	return plan.Rewrite(n, func(n plan.Node) (plan.Node, error) {
		var cond expr.Expr
		switch n := n.(type) {
		case *plan.Filter:
			cond = n.Cond
		case *plan.Join:
			if n.Kind == plan.Inner && n.Strategy == plan.Undecided {
				cond = n.Cond
			}
		}
		if cond == nil {
			return n, nil
		}
		var out []expr.Expr
		changed := false
		for _, c := range conjuncts(cond) {
			more, err := f(c)
			if err != nil {
				return nil, err
			}
			if more == nil {
				more = []expr.Expr{c}
			} else {
				changed = true
			}
			out = append(out, more...)
		}
		if !changed {
			return n, nil
		}
		e, err := ctx.and(out)
		return n.WithExprs([]expr.Expr{e}), err
	})
}

func disjuncts(e expr.Expr) []expr.Expr {
	if c, ok := isLazy(e, udfs.Or); ok {
		return append(disjuncts(c.Args[0]), disjuncts(c.Args[1])...)
	}
	return []expr.Expr{e}
}

func (ctx *Ctx) or(es []expr.Expr) (expr.Expr, error) {
	out := es[0]
	for _, e := range es[1:] {
		var err error
		if out, err = ctx.Call("or", out, e); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func pure(e expr.Expr) bool {
	t := traitsOf(e)
	return t.deterministic && !t.fallible
}

func extract(ctx *Ctx, e expr.Expr) ([]expr.Expr, error) {
	branches := disjuncts(e)
	if len(branches) < 2 {
		return nil, nil
	}
	count := map[string]int{}
	for _, b := range branches {
		seen := map[string]bool{}
		for _, c := range conjuncts(b) {
			if k := expr.Key(c); pure(c) && !seen[k] {
				seen[k] = true
				count[k]++
			}
		}
	}
	var common []expr.Expr
	taken := map[string]bool{}
	for _, c := range conjuncts(branches[0]) {
		if k := expr.Key(c); count[k] == len(branches) && !taken[k] {
			common, taken[k] = append(common, c), true
		}
	}
	if len(common) == 0 {
		return nil, nil
	}
	var rest []expr.Expr
	for _, b := range branches {
		var mine []expr.Expr
		for _, c := range conjuncts(b) {
			if !taken[expr.Key(c)] {
				mine = append(mine, c)
			}
		}
		if len(mine) == 0 { // this branch is just the common part
			return common, nil
		}
		x, err := ctx.and(mine)
		if err != nil {
			return nil, err
		}
		rest = append(rest, x)
	}
	or, err := ctx.or(rest)
	return append(common, or), err
}

// columnOwners numbers the relations that columns come from.
func columnOwners(n plan.Node) map[expr.ID]int {
	m := map[expr.ID]int{}
	k := 0
	plan.Walk(n, func(n plan.Node) bool {
		if len(n.Inputs()) == 0 {
			k++
			for _, c := range n.Output() {
				m[c.ID] = k
			}
		}
		return true
	})
	return m
}

func sideParts(ctx *Ctx, e expr.Expr, owner map[expr.ID]int) ([]expr.Expr, error) {
	branches := disjuncts(e)
	all := map[int]bool{}
	for id := range refs(e) {
		all[owner[id]] = true
	}
	if len(branches) < 2 || len(all) < 2 || all[0] {
		return nil, nil
	}
	out := []expr.Expr{e}
	for rel := range len(owner) + 1 {
		if !all[rel] {
			continue
		}
		var parts []expr.Expr
		for _, b := range branches {
			var mine []expr.Expr
			for _, c := range conjuncts(b) {
				if pure(c) && readsOnly(c, rel, owner) {
					mine = append(mine, c)
				}
			}
			if len(mine) == 0 {
				break
			}
			x, err := ctx.and(mine)
			if err != nil {
				return nil, err
			}
			parts = append(parts, x)
		}
		if len(parts) < len(branches) {
			continue
		}
		or, err := ctx.or(parts)
		if err != nil {
			return nil, err
		}
		out = append(out, or)
	}
	if len(out) == 1 {
		return nil, nil
	}
	return out, nil
}

func readsOnly(e expr.Expr, rel int, owner map[expr.ID]int) bool {
	r := refs(e)
	for id := range r {
		if owner[id] != rel {
			return false
		}
	}
	return len(r) > 0
}
