package exec

import (
	"sparksql/catalog"
	"sparksql/exec/mem"
	"sparksql/exec/vec"
	"sparksql/sql/plan"
)

// writeSink stores rows; it commits when all are there and aborts when the query fails.
type writeSink struct {
	node  *plan.Write
	job   catalog.Job
	stats catalog.WriteStats
	done  bool
}

// write ends the streams of a plan.Write with its sink.
func (b *builder) write(n *plan.Write) (*writeSink, error) {
	ss, err := b.build(n.Input)
	if err != nil {
		return nil, err
	}
	spec := n.Spec
	if spec.Workers == 0 {
		spec.Workers = b.q.workers
	}
	job, err := n.Table.Write(b.q.ctx, spec)
	if err != nil {
		return nil, err
	}
	s := &writeSink{node: n, job: job}
	b.end(ss, n, s)
	return s, nil
}

func (s *writeSink) Describe() plan.Desc { return s.node.Describe() }

func (s *writeSink) Open(t *Task) (Part, error) {
	w, err := s.job.Open()
	if err != nil {
		return nil, err
	}
	return &writePart{w: w, mem: t.Mem.Part()}, nil
}

// Finish closes the workers' writers and commits.
func (s *writeSink) Finish(t *Task, parts []Part) error {
	for _, p := range parts {
		if err := p.Close(); err != nil {
			return err
		}
	}
	var err error
	s.stats, err = s.job.Commit(t)
	s.done = err == nil
	return err
}

// Abort undoes what was stored.
func (s *writeSink) Abort() error {
	if s.done {
		return nil
	}
	return s.job.Abort()
}

// writePart is a worker's writer and the memory it holds.
type writePart struct {
	w      catalog.Writer
	mem    *mem.Budget
	closed bool
}

func (p *writePart) Budget() *mem.Budget { return p.mem }

func (p *writePart) Consume(t *Task, b *vec.Batch) error {
	if b.Rows() == 0 {
		return nil
	}
	if err := p.w.Write(t, b); err != nil {
		return err
	}
	if p.mem.Set(p.w.Held()) == nil {
		return nil
	}
	_, err := p.Spill(t)
	return err
}

// Spill writes out row groups early.
func (p *writePart) Spill(*Task) (freed int64, err error) {
	before := p.w.Held()
	if err := p.w.Relieve(); err != nil {
		return 0, err
	}
	now := p.w.Held()
	p.mem.Require(now)
	return before - now, nil
}

func (p *writePart) Close() error {
	if p.closed {
		return nil
	}
	p.closed = true
	defer p.mem.Close()
	return p.w.Close()
}
