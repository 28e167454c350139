package exec

import (
	"context"
	"errors"
	"io"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"

	"sparksql/exec/mem"
	"sparksql/exec/vec"
	"sparksql/sql/errs"
)

// pipeRun is a pipeline at work.
type pipeRun struct {
	p        *Pipeline
	stopped  atomic.Bool
	rows     atomic.Int64    // given by the source
	progress []atomic.Uint64 // by worker: Seq of the source's last batch; the largest value when it has ended

	// What workers hold that have ended: those that go on spill it when it is asked for.
	mu     sync.Mutex
	parked []spiller
	some   atomic.Bool
}

// park leaves the memory of a worker that has ended to the others.
func (r *pipeRun) park(all []spiller) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.parked = append(r.parked, all...)
	r.some.Store(len(r.parked) > 0)
}

// spillParked spills what was parked, where it is asked for.
func (r *pipeRun) spillParked() error {
	if !r.some.Load() {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return spillWanted(r.parked)
}

// seqBits is the part of a Seq that is the source's own; above is the pipeline's Rank.
const seqBits = 44

// sinkRun is a sink with the parts of all workers of all its pipelines.
type sinkRun struct {
	sink  Sink
	parts []Part
	left  int // pipelines that still feed it
}

// runAll runs pipelines in an order that their After allows; those that share a sink in the order given.
func (q *query) runAll(pipes []*Pipeline) (err error) {
	q.track.begin(pipes)
	sinks := map[Sink]*sinkRun{}
	for _, p := range pipes {
		if sinks[p.Sink] == nil {
			sinks[p.Sink] = &sinkRun{sink: p.Sink}
		}
		sinks[p.Sink].left++
	}
	defer func() {
		for _, s := range sinks {
			for _, part := range s.parts {
				err = errors.Join(err, part.Close())
			}
			if a, ok := s.sink.(aborter); ok && err != nil {
				err = errors.Join(err, a.Abort())
			}
		}
	}()
	done, held := map[*Pipeline]bool{}, countHolders(pipes)
	var run func(p *Pipeline) error
	run = func(p *Pipeline) error {
		if done[p] {
			return nil
		}
		done[p] = true
		for _, a := range p.After {
			if err := run(a); err != nil {
				return err
			}
		}
		err := q.runPipeline(p, sinks[p.Sink])
		held.ended(p)
		return err
	}
	for _, p := range pipes {
		if err := run(p); err != nil {
			return err
		}
	}
	return nil
}

// aborter is a Sink that has to know when its query fails.
type aborter interface{ Abort() error }

// watcher is a Sink that puts out rows in source order: it is told whenever a worker has ended a morsel.
type watcher interface{ Progressed(*Task) }

// runPipeline runs p on all workers, then finishes its sink if p was the last to feed it.
func (q *query) runPipeline(p *Pipeline, s *sinkRun) error {
	run := &pipeRun{p: p, progress: make([]atomic.Uint64, q.workers)}
	for w := range run.progress {
		run.progress[w].Store(p.Rank << seqBits)
	}
	q.track.at(p, run, false)
	defer q.track.at(p, run, true)
	parts := make([]Part, q.workers)
	errors := make([]error, q.workers)
	ctx, cancel := context.WithCancelCause(q.ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	for w := range q.workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			q.turn.enter()
			defer q.turn.leave()
			t := &Task{Context: ctx, Worker: w, Workers: q.workers, Files: q.files, Slots: q.slots, Mem: q.budget, query: q, run: run}
			if errors[w] = q.work(t, p, &parts[w]); errors[w] != nil {
				cancel(errors[w])
			}
			run.progress[w].Store(^uint64(0))
			if w, ok := p.Sink.(watcher); ok {
				w.Progressed(t)
			}
		}()
	}
	wg.Wait()
	for _, part := range parts {
		if part != nil {
			s.parts = append(s.parts, part)
		}
	}
	if err := firstError(q.ctx, errors); err != nil {
		return err
	}
	if s.left--; s.left > 0 {
		return nil
	}
	return q.finish(s)
}

// firstError prefers the error that made the others stop.
func firstError(ctx context.Context, all []error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var first error
	for _, err := range all {
		if err != nil && (first == nil || errors.Is(first, context.Canceled)) {
			first = err
		}
	}
	return first
}

func (q *query) finish(s *sinkRun) (err error) {
	defer recovered(q, &err)
	q.turn.enter()
	defer q.turn.leave()
	t := &Task{Context: q.ctx, Workers: q.workers, Files: q.files, Slots: q.slots, Mem: q.budget, query: q}
	f := q.face(s.sink)
	c := clock{on: q.analyze}
	c.enter(f)
	defer c.leave(nil)
	return s.sink.Finish(f.task(t), s.parts)
}

// work is one worker's run of p: the only loop that moves batches.
func (q *query) work(t *Task, p *Pipeline, part *Part) (err error) {
	defer recovered(q, &err)
	sink := q.face(p.Sink)
	clock := &clock{on: q.analyze, worker: t.Worker}
	sinkTask := sink.task(t)
	if *part, err = p.Sink.Open(sinkTask); err != nil {
		return err
	}
	budgets := budgetsOf(nil, *part, *part, sinkTask)
	emit := func(b *vec.Batch) error {
		prev := clock.enter(sink)
		err := (*part).Consume(sinkTask, b)
		clock.leave(prev)
		return err
	}
	flush := make([]func() error, len(p.Steps))
	for i, step := range slices.Backward(p.Steps) {
		f := q.face(step)
		fn, err := step.Open(f.task(t))
		if err != nil {
			return err
		}
		e := q.stepped(f, fn, emit, clock)
		emit, flush[i] = e, func() error { return e(nil) }
	}
	source := q.face(p.Source)
	sourceTask := source.task(t)
	reader, err := p.Source.Open(sourceTask)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	budgets = budgetsOf(budgets, reader, nil, sourceTask)
	head := func(b *vec.Batch) error {
		if err := t.Err(); err != nil {
			return context.Cause(t.Context)
		}
		if t.run.stopped.Load() {
			return ErrStop
		}
		b.Seq = p.Rank<<seqBits | b.Seq&(1<<seqBits-1)
		t.run.progress[t.Worker].Store(b.Seq)
		t.run.rows.Add(int64(b.Rows()))
		if err := clock.out(source, emit, b); err != nil {
			return err
		}
		return t.run.spillWanted(budgets)
	}
	clock.enter(source)
	defer clock.leave(nil)
	for {
		if err := t.Err(); err != nil {
			return context.Cause(t.Context)
		}
		if t.run.stopped.Load() {
			break
		}
		err := reader.Next(sourceTask, head)
		if err == io.EOF || errors.Is(err, ErrStop) {
			break
		}
		if err != nil {
			return err
		}
		if err := t.run.spillWanted(budgets); err != nil {
			return err
		}
		if w, ok := p.Sink.(watcher); ok {
			w.Progressed(sinkTask)
		}
		q.turn.pass()
	}
	for _, f := range flush {
		if err := f(); err != nil && !errors.Is(err, ErrStop) {
			return err
		}
	}
	t.run.park(budgets)
	return t.run.spillParked()
}

// stepped is the Emit that runs a step and hands its batches to next.
func (q *query) stepped(f *face, fn StepFunc, next Emit, c *clock) Emit {
	if !q.analyze {
		return func(b *vec.Batch) error { return fn(b, next) }
	}
	out := func(b *vec.Batch) error { return c.out(f, next, b) }
	return func(b *vec.Batch) error {
		prev := c.enter(f)
		err := fn(b, out)
		c.leave(prev)
		return err
	}
}

// spiller is something that can be asked for its memory.
type spiller struct {
	budget *mem.Budget
	part   Part
	task   *Task
}

func budgetsOf(all []spiller, x any, part Part, t *Task) []spiller {
	if s, ok := x.(Spillable); ok && part != nil && s.Budget() != nil {
		all = append(all, spiller{s.Budget(), part, t})
	}
	return all
}

// spillWanted spills a worker's own parts, and those of workers that have ended, where it is asked for.
func (r *pipeRun) spillWanted(own []spiller) error {
	if err := spillWanted(own); err != nil {
		return err
	}
	return r.spillParked()
}

func spillWanted(all []spiller) error {
	for _, s := range all {
		if s.budget.SpillWanted() {
			if _, err := s.part.Spill(s.task); err != nil {
				return err
			}
		}
	}
	return nil
}

// recovered turns a panic into an error that shows the plan.
func recovered(q *query, err *error) {
	x := recover()
	if x == nil {
		return
	}
	text := ""
	if q != nil {
		text = q.text
	}
	*err = errs.Internal("%v\n%s\n%s", x, text, debug.Stack())
}
