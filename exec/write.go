package exec

import (
	"sparksql/catalog"
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

func (s *writeSink) Open(*Task) (Part, error) {
	w, err := s.job.Open()
	if err != nil {
		return nil, err
	}
	return &writePart{w: w}, nil
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

type writePart struct {
	w      catalog.Writer
	closed bool
}

func (p *writePart) Consume(t *Task, b *vec.Batch) error {
	if b.Rows() == 0 {
		return nil
	}
	return p.w.Write(t, b)
}

func (p *writePart) Spill(*Task) (int64, error) { return 0, nil }

func (p *writePart) Close() error {
	if p.closed {
		return nil
	}
	p.closed = true
	return p.w.Close()
}
