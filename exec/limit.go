package exec

import (
	"sync"

	"sparksql/exec/mem"
	"sparksql/exec/vec"
	"sparksql/sql/plan"
)

// Limit keeps the first rows in source order. A worker ends as soon as enough rows lie before its own.
type Limit struct {
	node *plan.Limit
	mu   sync.Mutex
	held []*vec.Batch // in order
	rows int64        // of held
	out  []*vec.Batch
}

func (b *builder) limit(n *plan.Limit) ([]*stream, error) {
	l := &Limit{node: n}
	src := &batchSource{desc: n.Describe(), batches: func() []*vec.Batch { return l.out }}
	return b.breaker(n, n.Input, l, src)
}

func (l *Limit) Describe() plan.Desc { return l.node.Describe() }

// want is the number of rows to hold; below 0 all.
func (l *Limit) want() int64 {
	if l.node.N < 0 {
		return -1
	}
	return l.node.N + l.node.Offset
}

func (l *Limit) Open(t *Task) (Part, error) { return &limitPart{l, t.Mem.Child()}, nil }

type limitPart struct {
	l      *Limit
	budget *mem.Budget
}

func (p *limitPart) Consume(t *Task, b *vec.Batch) error {
	l, want := p.l, p.l.want()
	if want == 0 {
		t.Stop()
		return ErrStop
	}
	l.mu.Lock()
	before := l.before(b.Seq)
	l.mu.Unlock()
	if want > 0 && before >= want {
		return ErrStop
	}
	c := vec.CopyBatch(b)
	if err := p.budget.Reserve(c.Size()); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	at := len(l.held)
	for at > 0 && l.held[at-1].Seq > c.Seq {
		at--
	}
	l.held = append(l.held, nil)
	copy(l.held[at+1:], l.held[at:])
	l.held[at] = c
	l.rows += int64(c.N)
	for k := len(l.held) - 1; want > 0 && k > 0 && l.rows-int64(l.held[k].N) >= want; k-- {
		l.rows -= int64(l.held[k].N)
		l.held = l.held[:k]
	}
	return nil
}

// before counts the held rows of batches up to seq.
func (l *Limit) before(seq uint64) int64 {
	n := int64(0)
	for _, b := range l.held {
		if b.Seq > seq {
			break
		}
		n += int64(b.N)
	}
	return n
}

func (l *Limit) Finish(*Task, []Part) error {
	skip, left := l.node.Offset, l.node.N
	for _, b := range l.held {
		lo := min(skip, int64(b.N))
		skip -= lo
		hi := int64(b.N)
		if left >= 0 {
			hi = min(hi, lo+left)
			left -= hi - lo
		}
		if lo == hi {
			continue
		}
		if lo > 0 || hi < int64(b.N) {
			b.Sel = nil
			for i := lo; i < hi; i++ {
				b.Sel = append(b.Sel, int32(i))
			}
		}
		l.out = append(l.out, b)
	}
	l.held = nil
	return nil
}

func (p *limitPart) Spill(*Task) (int64, error) { return 0, nil }
func (p *limitPart) Close() error {
	p.budget.Close()
	return nil
}
