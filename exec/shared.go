package exec

import (
	"sparksql/exec/vec"
	"sparksql/sql/plan"
)

// sharedRows are the rows of a sub-plan that several parents read: computed once, kept in memory.
type sharedRows struct {
	rows  *bufferSink
	pipes []*Pipeline
}

// sharedPlan reads a shared sub-plan, which its first reader builds.
func (b *builder) sharedPlan(n *plan.Shared) ([]*stream, error) {
	s := b.shared[n.Def]
	if s == nil {
		s = &sharedRows{rows: &bufferSink{node: n.Def.Input}}
		b.shared[n.Def] = s
		in, err := b.build(n.Def.Input)
		if err != nil {
			return nil, err
		}
		s.pipes = b.end(in, n.Def.Input, s.rows)
	}
	src := &batchSource{desc: n.Describe(), batches: func() []*vec.Batch { return s.rows.batches }}
	return b.source(n, src, s.pipes...), nil
}
