package exec

import (
	"sparksql/sql/errs"
	"sparksql/sql/plan"
)

// buildMore builds joins, sorting, windows and the nodes that add rows.
func (b *builder) buildMore(n plan.Node) ([]*stream, error) {
	switch n := n.(type) {
	case *plan.Join:
		return b.join(n)
	case *plan.Sort:
		s := NewSort(n)
		return b.breaker(n, n.Input, s.Rows(), s.Sorted())
	case *plan.TopN:
		return b.topN(n)
	case *plan.Window:
		w, err := NewWindow(n)
		if err != nil {
			return nil, err
		}
		return b.breaker(n, n.Input, w.Rows(), w.Result())
	case *plan.Generate:
		return b.stepOver(n, n.Input, &Generate{node: n})
	case *plan.Expand:
		return b.stepOver(n, n.Input, &Expand{node: n})
	case *plan.Sample:
		return b.stepOver(n, n.Input, &Sample{node: n})
	case *plan.Shared:
		return b.sharedPlan(n)
	case *plan.Recursive:
		return b.source(n, &Recursive{node: n, q: b.q}), nil
	case *plan.RecursiveRef:
		return b.recursiveRef(n), nil
	case *plan.SetOp, *plan.DependentJoin:
		return nil, errs.Internal("%s is left in a plan to be run", n.Describe().Name)
	}
	return nil, notYet(n)
}

// join ends the build side with the table, and goes on with the probe side and what comes after it.
func (b *builder) join(n *plan.Join) ([]*stream, error) {
	j := NewHashJoin(n)
	build, err := b.build(j.BuildNode())
	if err != nil {
		return nil, err
	}
	table := b.end(build, n, j.Build())
	probe, err := b.build(j.ProbeNode())
	if err != nil {
		return nil, err
	}
	probe = b.step(probe, n, j.Probe(), table...)
	probe = append(probe, b.source(n, j.Rest(), table...)...)
	for i, s := range probe {
		s.rank = uint64(i)
	}
	return probe, nil
}

func (b *builder) topN(n *plan.TopN) ([]*stream, error) {
	s, ok := NewTopN(n)
	if !ok {
		return b.build(&plan.Limit{Input: &plan.Sort{Input: n.Input, Keys: n.Keys}, N: n.N, Offset: n.Offset})
	}
	return b.breaker(n, n.Input, s.Rows(), s.Sorted())
}
