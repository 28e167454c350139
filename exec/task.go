package exec

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"sparksql/exec/eval"
	"sparksql/exec/mem"
)

// ErrStop is what Emit returns when no more rows are wanted. Whoever gets it passes it up; the driver takes
// it as the end of the worker's part, not as an error.
var ErrStop = errors.New("exec: no more rows are wanted")

// Task is what an operator's part knows of the running query: context, worker, memory.
type Task struct {
	context.Context
	Worker, Workers int         // Worker is 0..Workers-1
	Mem             *mem.Budget // the operator's; parts take Mem.Part()
	Files           *mem.Files  // the query's spill files
	Slots           eval.Slots  // values of uncorrelated subqueries, for eval.Compile

	query *query
	stats *OpStats
	run   *pipeRun // nil outside a pipeline
}

// Spillable is a Part (or Reader) whose memory can be asked for: when Budget's SpillWanted says so, the driver calls
// Spill between two batches.
type Spillable interface {
	Budget() *mem.Budget
}

// Stop ends the running pipeline for every worker, each after its current batch. What it gave so far counts.
func (t *Task) Stop() {
	if t.run != nil {
		t.run.stopped.Store(true)
	}
}

// Progress is the least Seq that the pipeline's source can still emit: batches before it have all been passed on.
// It is the largest uint64 when the source has ended.
func (t *Task) Progress() uint64 {
	least := ^uint64(0)
	if t.run == nil {
		return least
	}
	for i := range t.run.progress {
		least = min(least, t.run.progress[i].Load())
	}
	return least
}

// Parallel calls f for 0..n-1 on the query's workers and waits; the first error ends it. The Task that f gets has
// its own Worker number, at most one call at a time for each.
func (t *Task) Parallel(n int, f func(t *Task, i int) error) error {
	workers := min(n, t.Workers)
	if workers <= 1 {
		for i := range n {
			if err := t.Err(); err != nil {
				return err
			}
			if err := f(t, i); err != nil {
				return err
			}
		}
		return nil
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	var once sync.Once
	var first error
	ctx, cancel := context.WithCancelCause(t.Context)
	defer cancel(nil)
	work := func(w int) (err error) {
		defer recovered(t.query, &err)
		c := *t
		c.Context, c.Worker = ctx, w
		for ctx.Err() == nil {
			i := int(next.Add(1)) - 1
			if i >= n {
				return nil
			}
			if err := f(&c, i); err != nil {
				return err
			}
		}
		return ctx.Err()
	}
	run := func(w int) {
		if err := work(w); err != nil {
			once.Do(func() { first = err })
			cancel(err)
		}
	}
	for w := 1; w < workers; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if t.query != nil {
				t.query.turn.enter()
				defer t.query.turn.leave()
			}
			if t.measured() {
				began := time.Now()
				defer func() { t.stats.spend(w, time.Since(began)) }()
			}
			run(w)
		}()
	}
	run(0)
	t.Wait(wg.Wait) // the helpers may have this worker's turn
	if err := t.Err(); err != nil {
		return context.Cause(t.Context)
	}
	return first
}

// Wait calls f, which waits for something other than the processor, and lets other queries run meanwhile. The time is
// not the operator's.
func (t *Task) Wait(f func()) {
	if t.query == nil {
		f()
		return
	}
	if t.measured() {
		began := time.Now()
		defer func() { t.stats.spend(t.Worker, -time.Since(began)) }()
	}
	t.query.turn.leave()
	defer t.query.turn.enter()
	f()
}
