package exec

import (
	"maps"

	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
)

// builder makes pipelines of a plan.
type builder struct {
	q      *query
	pipes  []*Pipeline
	shared map[*plan.SharedDef]*Shared
}

func newBuilder(q *query) *builder {
	b := &builder{q: q, shared: map[*plan.SharedDef]*Shared{}}
	maps.Copy(b.shared, q.shared)
	return b
}

// stream is a pipeline that has no sink yet. A node's rows are those of its streams, one after the other.
type stream struct {
	source Source
	steps  []Step
	after  []*Pipeline
	rank   uint64
}

// build gives the streams of n's rows.
func (b *builder) build(n plan.Node) ([]*stream, error) {
	switch n := n.(type) {
	case *plan.Scan:
		return b.scan(n)
	case *plan.Values:
		return b.source(n, &Values{node: n}), nil
	case *plan.Range:
		return b.source(n, newRange(n)), nil
	case *plan.Project:
		return b.stepOver(n, n.Input, &Project{node: n})
	case *plan.Filter:
		return b.stepOver(n, n.Input, &Filter{node: n})
	case *plan.Limit:
		return b.limit(n)
	case *plan.Union:
		return b.union(n)
	case *plan.Aggregate:
		return b.aggregate(n)
	}
	return b.buildMore(n)
}

// note says that x is a face of n, so that statistics and memory are counted for it.
func (b *builder) note(n plan.Node, x any) {
	b.q.mu.Lock()
	defer b.q.mu.Unlock()
	s := b.q.nodes[n]
	if s == nil {
		s = &OpStats{budget: b.q.budget.Child()}
		if b.q.analyze {
			s.workers = make([]WorkerStats, b.q.workers)
		}
		b.q.nodes[n] = s
	}
	b.q.faces[x] = &face{node: n, stats: s, budget: s.budget}
}

// source is one stream that starts at s, after the given pipelines.
func (b *builder) source(n plan.Node, s Source, after ...*Pipeline) []*stream {
	b.note(n, s)
	return []*stream{{source: s, after: after}}
}

// stepOver adds a step to the streams of in.
func (b *builder) stepOver(n, in plan.Node, s Step) ([]*stream, error) {
	ss, err := b.build(in)
	if err != nil {
		return nil, err
	}
	return b.step(ss, n, s), nil
}

// step adds s to every stream, to run after the given pipelines.
func (b *builder) step(ss []*stream, n plan.Node, s Step, after ...*Pipeline) []*stream {
	b.note(n, s)
	for _, x := range ss {
		x.steps = append(x.steps, s)
		x.after = append(x.after, after...)
	}
	return ss
}

// end closes streams with a sink, of which n is the node, and returns the pipelines.
func (b *builder) end(ss []*stream, n plan.Node, s Sink) []*Pipeline {
	b.note(n, s)
	var out []*Pipeline
	for _, x := range ss {
		p := &Pipeline{Source: x.source, Steps: x.steps, Sink: s, After: x.after, Rank: x.rank}
		out = append(out, p)
		b.pipes = append(b.pipes, p)
	}
	return out
}

// breaker builds in, ends it with the sink s, and starts anew with the source.
func (b *builder) breaker(n, in plan.Node, s Sink, source Source) ([]*stream, error) {
	ss, err := b.build(in)
	if err != nil {
		return nil, err
	}
	return b.source(n, source, b.end(ss, n, s)...), nil
}

// result ends n's streams with the result, which applies a limit at the top itself.
func (b *builder) result(n plan.Node, r *resultSink) error {
	in := n
	if l, ok := n.(*plan.Limit); ok {
		in = l.Input
		r.limit, r.skip = l.N, l.Offset
		r.full = l.N == 0
	}
	ss, err := b.build(in)
	if err != nil {
		return err
	}
	b.end(ss, n, r)
	return nil
}

// union puts streams one after the other; each is a rank of its own.
func (b *builder) union(n *plan.Union) ([]*stream, error) {
	var all []*stream
	for _, in := range n.Ins {
		ss, err := b.build(in)
		if err != nil {
			return nil, err
		}
		all = append(all, ss...)
	}
	for i, s := range all {
		s.rank = uint64(i)
	}
	return all, nil
}

// notYet is the error for a node that is not run.
func notYet(n plan.Node) error {
	var at errs.Pos
	for _, e := range n.Exprs() {
		expr.Walk(e, func(x expr.Expr) bool {
			if !at.Known() {
				at = x.Pos()
			}
			return !at.Known()
		})
	}
	return errs.Unsupported(at, n.Describe().Name)
}
