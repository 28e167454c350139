package exec

import (
	"sync/atomic"
	"time"

	"sparksql/catalog"
	"sparksql/exec/mem"
	"sparksql/exec/vec"
	"sparksql/sql/plan"
)

// OpStats are what a plan node did, for EXPLAIN ANALYZE. Rows and Batches are what it put out; Time is the processor
// time of all workers in the node itself; Notes say what it chose. Workers and Parts tell how evenly the work lay.
type OpStats struct {
	Rows, Batches, Time atomic.Int64
	Parts               PartStats
	workers             []WorkerStats // nil: not measured
	budget              *mem.Budget
	notes               atomic.Pointer[[]plan.Attr]
	scan                atomic.Pointer[catalog.ScanStats]
}

// WorkerStats are one worker's part of a node's rows and time.
type WorkerStats struct{ Rows, Time atomic.Int64 }

// PartStats are the sizes of the partitions that a node divided its rows into: how many partitions had rows, the rows
// of all, and those of the largest.
type PartStats struct{ Count, Rows, Largest atomic.Int64 }

// Workers are the parts of the workers, by number; nil where nothing was measured.
func (s *OpStats) Workers() []WorkerStats { return s.workers }

// spend adds to the time of a worker. What is below zero takes off time in which the worker only waited.
func (s *OpStats) spend(worker int, d time.Duration) {
	s.Time.Add(int64(d))
	if worker < len(s.workers) {
		s.workers[worker].Time.Add(int64(d))
	}
}

// give counts a batch that a worker put out.
func (s *OpStats) give(worker int, rows int64) {
	s.Rows.Add(rows)
	s.Batches.Add(1)
	if worker < len(s.workers) {
		s.workers[worker].Rows.Add(rows)
	}
}

func (p *PartStats) add(count, rows, largest int64) {
	p.Count.Add(count)
	p.Rows.Add(rows)
	for {
		if old := p.Largest.Load(); old >= largest || p.Largest.CompareAndSwap(old, largest) {
			return
		}
	}
}

// Memory is the most that the node held, Spilled what it wrote to spill files, in bytes.
func (s *OpStats) Memory() int64 {
	if s.budget == nil {
		return 0
	}
	return s.budget.Peak()
}
func (s *OpStats) Spilled() int64 {
	if s.budget == nil {
		return 0
	}
	return s.budget.Spilled()
}

// Duration is Time as a duration.
func (s *OpStats) Duration() time.Duration { return time.Duration(s.Time.Load()) }

// Scan is what a scan read and pruned, nil for other nodes.
func (s *OpStats) Scan() *catalog.ScanStats { return s.scan.Load() }

// Notes are what the node chose at run time.
func (s *OpStats) Notes() []plan.Attr {
	if p := s.notes.Load(); p != nil {
		return *p
	}
	return nil
}

// Note adds what an operator chose or saw to the node's statistics. It is shown by EXPLAIN ANALYZE.
func (t *Task) Note(key, value string) {
	if t.stats == nil {
		return
	}
	for {
		old := t.stats.notes.Load()
		var list []plan.Attr
		if old != nil {
			list = append(list, *old...)
		}
		list = append(list, plan.Attr{Key: key, Value: value})
		if t.stats.notes.CompareAndSwap(old, &list) {
			return
		}
	}
}

// measured tells whether what the task does is counted.
func (t *Task) measured() bool { return t.stats != nil && t.query != nil && t.query.analyze }

// Partitions notes the sizes of n partitions of the operator's rows. Each is noted once.
func (t *Task) Partitions(n int, rows func(i int) int64) {
	if !t.measured() {
		return
	}
	var count, sum, largest int64
	for i := range n {
		if r := rows(i); r > 0 {
			count, sum, largest = count+1, sum+r, max(largest, r)
		}
	}
	t.stats.Parts.add(count, sum, largest)
}

// face is a Source, Step or Sink with the node that it is a face of.
type face struct {
	node   plan.Node
	stats  *OpStats
	budget *mem.Budget
	inner  bool // another face of the node puts out its rows
}

// task is t as the face's operator sees it.
func (f *face) task(t *Task) *Task {
	c := *t
	c.Mem, c.stats = f.budget, f.stats
	return &c
}

// face finds what the builder said of x.
func (q *query) face(x any) *face {
	if f := q.faces[x]; f != nil {
		return f
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.other == nil {
		q.other = &face{stats: &OpStats{budget: q.budget}, budget: q.budget}
	}
	return q.other
}

// clock measures the time that a worker spends in each face, exclusively.
type clock struct {
	on     bool
	worker int
	cur    *face
	last   time.Time
}

func (c *clock) enter(f *face) (prev *face) {
	if !c.on {
		return nil
	}
	prev = c.cur
	c.change(f)
	return prev
}

func (c *clock) leave(prev *face) {
	if c.on {
		c.change(prev)
	}
}

func (c *clock) change(f *face) {
	now := time.Now()
	if c.cur != nil {
		c.cur.stats.spend(c.worker, now.Sub(c.last))
	}
	c.cur, c.last = f, now
}

// out hands a batch from f to next.
func (c *clock) out(f *face, next Emit, b *vec.Batch) error {
	if c.on && b != nil && !f.inner {
		f.stats.give(c.worker, int64(b.Rows()))
	}
	return next(b)
}
