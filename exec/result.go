package exec

import (
	"container/heap"
	"context"
	"math"
	"sync"

	"sparksql/exec/vec"
	"sparksql/sql/plan"
)

// resultSink hands the batches of all workers to the caller, in source order. A worker that is ahead waits while too
// much is held; the one that has the earliest rows never waits for another, only for the caller.
type resultSink struct {
	node  plan.Node
	limit int64 // rows still wanted; below 0: all
	skip  int64
	given int64 // rows that are ready or taken

	mu    sync.Mutex
	room  *sync.Cond // for workers: something was taken
	more  *sync.Cond // for the caller: something is ready
	held  seqHeap    // not yet known to be next
	bytes int64      // of held
	count int64      // batches that came, to keep equal Seqs in order
	ready []*vec.Batch
	ended bool
	full  bool // the limit is reached
	err   error
}

// What may wait for the caller, and what may wait for earlier rows.
const (
	readyBatches = 16
	heldBytes    = 32 << 20
)

func newResultSink(q *query, n plan.Node) *resultSink {
	r := &resultSink{node: n, limit: -1}
	r.room, r.more = sync.NewCond(&r.mu), sync.NewCond(&r.mu)
	return r
}

func (r *resultSink) Describe() plan.Desc { return plan.Desc{Name: "Result"} }

type resultPart struct {
	sink *resultSink
	stop func() bool
}

// Open also lets a waiting worker see that the query was cancelled.
func (r *resultSink) Open(t *Task) (Part, error) {
	return &resultPart{r, context.AfterFunc(t.Context, r.wake)}, nil
}

func (r *resultSink) wake() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.room.Broadcast()
}

// Progressed passes on what has become next by another worker's progress.
func (r *resultSink) Progressed(t *Task) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.release(t.Progress())
	r.room.Broadcast()
}

// Finish releases what is still held: every row before has come.
func (r *resultSink) Finish(t *Task, _ []Part) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.release(math.MaxUint64)
	r.more.Broadcast()
	if _, ok := r.node.(*plan.Limit); ok {
		t.stats.Rows.Store(r.given) // the limit at the top is the result's own
	}
	return nil
}

func (p *resultPart) Consume(t *Task, b *vec.Batch) error {
	if b.Rows() == 0 {
		return nil
	}
	r := p.sink
	c := vec.CopyBatch(b)
	size := c.Size()
	r.mu.Lock()
	defer r.mu.Unlock()
	heap.Push(&r.held, seqBatch{c, r.count, size})
	r.count++
	r.bytes += size
	r.release(t.Progress())
	ok := func() bool {
		return r.ended || r.full || t.Err() != nil || len(r.ready) < readyBatches &&
			(r.bytes < heldBytes || t.run.progress[t.Worker].Load() <= t.Progress())
	}
	for !ok() {
		r.mu.Unlock()
		t.Wait(func() {
			r.mu.Lock()
			defer r.mu.Unlock()
			for !ok() {
				r.room.Wait()
			}
		})
		r.mu.Lock()
		r.release(t.Progress())
	}
	if r.ended {
		return r.err
	}
	if r.full {
		t.Stop()
		return ErrStop
	}
	return nil
}

// release makes everything up to upTo ready.
func (r *resultSink) release(upTo uint64) {
	moved := false
	for len(r.held) > 0 && r.held[0].b.Seq <= upTo && !r.full {
		x := heap.Pop(&r.held).(seqBatch)
		r.bytes -= x.size
		moved = true
		r.take(x.b)
	}
	if moved {
		r.more.Signal()
		r.room.Broadcast()
	}
}

// take makes b ready, within the offset and the limit.
func (r *resultSink) take(b *vec.Batch) {
	n := int64(b.N)
	if r.skip >= n {
		r.skip -= n
		return
	}
	lo := r.skip
	r.skip = 0
	hi := n
	if r.limit >= 0 && hi-lo >= r.limit {
		hi = lo + r.limit
		r.full = true
	}
	r.given += hi - lo
	if r.limit >= 0 {
		r.limit -= hi - lo
	}
	if hi == lo {
		return
	}
	if lo > 0 || hi < n {
		sel := make([]int32, hi-lo)
		for k := range sel {
			sel[k] = int32(lo) + int32(k)
		}
		b.Sel = sel
		b = vec.CopyBatch(b)
	}
	r.ready = append(r.ready, b)
}

// end makes the caller see err after what is ready, and lets waiting workers go.
func (r *resultSink) end(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.ended {
		r.ended, r.err = true, err
		if err != nil {
			r.ready = nil
		}
	}
	r.room.Broadcast()
	r.more.Broadcast()
}

// next is the next batch, nil after the last.
func (r *resultSink) next() (*vec.Batch, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.ready) == 0 && !r.ended {
		r.more.Wait()
	}
	if len(r.ready) > 0 {
		b := r.ready[0]
		r.ready = r.ready[1:]
		r.room.Broadcast()
		return b, nil
	}
	return nil, r.err
}

// Spill does nothing: what is held is bounded.
func (p *resultPart) Spill(*Task) (int64, error) { return 0, nil }
func (p *resultPart) Close() error               { p.stop(); return nil }

// seqHeap orders batches by Seq, those of one Seq as they came.
type seqBatch struct {
	b    *vec.Batch
	came int64
	size int64
}
type seqHeap []seqBatch

func (h seqHeap) Len() int { return len(h) }
func (h seqHeap) Less(i, j int) bool {
	if h[i].b.Seq != h[j].b.Seq {
		return h[i].b.Seq < h[j].b.Seq
	}
	return h[i].came < h[j].came
}
func (h seqHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *seqHeap) Push(x any)   { *h = append(*h, x.(seqBatch)) }
func (h *seqHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	old[len(old)-1] = seqBatch{}
	*h = old[:len(old)-1]
	return x
}
