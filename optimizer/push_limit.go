package optimizer

import (
	"sparksql/sql/expr"
	"sparksql/sql/plan"
)

var pushLimit = Rule{
	Name: "PushLimit",
	Doc: `A limit above a projection goes beneath it; above UNION ALL every input is limited as well; above a left outer join its
left side is; a scan without filters is told how many rows are enough. The limit itself stays where more rows could come.`,
	Apply: func(ctx *Ctx, n plan.Node) (plan.Node, error) {
		return plan.Rewrite(n, func(n plan.Node) (plan.Node, error) {
			l, ok := n.(*plan.Limit)
			if !ok || l.N < 0 {
				return n, nil
			}
			switch in := l.Input.(type) {
			case *plan.Project:
				if len(in.Items) > 0 && allDeterministic(in.Items) {
					return &plan.Project{Input: &plan.Limit{Input: in.Input, N: l.N, Offset: l.Offset}, Items: in.Items}, nil
				}
			case *plan.Union:
				return limitUnion(l, in), nil
			case *plan.Scan:
				if len(in.Filters) == 0 && in.Limit < 0 {
					c := *in
					c.Limit = l.N + l.Offset
					return l.WithInputs([]plan.Node{&c}), nil
				}
			}
			return n, nil
		})
	},
}

func allDeterministic(es []expr.Expr) bool {
	for _, e := range es {
		if !deterministic(e) {
			return false
		}
	}
	return true
}

func limitUnion(l *plan.Limit, u *plan.Union) plan.Node {
	ins := make([]plan.Node, len(u.Ins))
	changed := false
	for i, in := range u.Ins {
		ins[i] = in
		switch in.(type) {
		case *plan.Limit, *plan.TopN:
		default:
			if s, ok := in.(*plan.Scan); ok && s.Limit >= 0 {
				continue
			}
			ins[i] = &plan.Limit{Input: in, N: l.N + l.Offset}
			changed = true
		}
	}
	if !changed {
		return l
	}
	return l.WithInputs([]plan.Node{u.WithInputs(ins)})
}

var makeTopN = Rule{
	Name: "MakeTopN",
	Doc:  `A limit above a sort becomes one operator that keeps just the rows wanted, also with a projection between them.`,
	Apply: func(ctx *Ctx, n plan.Node) (plan.Node, error) {
		return plan.Rewrite(n, func(n plan.Node) (plan.Node, error) {
			l, ok := n.(*plan.Limit)
			if !ok || l.N < 0 || l.N+l.Offset > maxTopN {
				return n, nil
			}
			if s, ok := l.Input.(*plan.Sort); ok {
				return &plan.TopN{Input: s.Input, Keys: s.Keys, N: l.N, Offset: l.Offset}, nil
			}
			return n, nil
		})
	},
}

// maxTopN is the most rows that a TopN holds; beyond, sorting all is as good.
const maxTopN = 1 << 20
