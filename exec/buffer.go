package exec

import (
	"io"
	"slices"
	"sync"
	"sync/atomic"

	"sparksql/exec/mem"
	"sparksql/exec/vec"
	"sparksql/sql/plan"
)

// bufferSink keeps all rows in memory, in source order.
type bufferSink struct {
	node    plan.Node
	batches []*vec.Batch
}

type bufferPart struct {
	batches []*vec.Batch
	budget  *mem.Budget
}

func (s *bufferSink) Describe() plan.Desc { return plan.Desc{Name: "Buffer"} }

func (s *bufferSink) Open(t *Task) (Part, error) { return &bufferPart{budget: t.Mem.Child()}, nil }

func (p *bufferPart) Consume(t *Task, b *vec.Batch) error {
	if b.Rows() == 0 {
		return nil
	}
	c := vec.CopyBatch(b)
	p.batches = append(p.batches, c)
	return p.budget.Reserve(c.Size())
}

func (s *bufferSink) Finish(t *Task, parts []Part) error {
	for _, p := range parts {
		s.batches = append(s.batches, p.(*bufferPart).batches...)
	}
	sortBatches(s.batches)
	return nil
}

func (p *bufferPart) Spill(*Task) (int64, error) { return 0, nil }

func (p *bufferPart) Close() error {
	p.budget.Close()
	return nil
}

func sortBatches(bs []*vec.Batch) {
	slices.SortStableFunc(bs, func(a, b *vec.Batch) int {
		switch {
		case a.Seq < b.Seq:
			return -1
		case a.Seq > b.Seq:
			return 1
		}
		return 0
	})
}

// batchSource emits batches that are known when its pipeline starts, numbered anew.
type batchSource struct {
	desc    plan.Desc
	batches func() []*vec.Batch
	once    sync.Once
	list    []*vec.Batch
	next    atomic.Int64
}

func (s *batchSource) Describe() plan.Desc { return s.desc }

func (s *batchSource) Open(*Task) (Reader, error) {
	s.once.Do(func() { s.list = s.batches() })
	return (*batchReader)(s), nil
}

type batchReader batchSource

func (r *batchReader) Next(t *Task, emit Emit) error {
	i := int(r.next.Add(1)) - 1
	if i >= len(r.list) {
		return io.EOF
	}
	b := *r.list[i]
	b.Seq = uint64(i)
	return emit(&b)
}

func (r *batchReader) Close() error { return nil }
