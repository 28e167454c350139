package exec

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"strings"
	"sync"
	"time"

	"sparksql/catalog"
	"sparksql/exec/mem"
	"sparksql/exec/vec"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
)

// Engine runs queries: its workers, its memory and its spill folder are shared by all of them.
type Engine struct {
	workers int
	batch   int // rows that scans hand on at once; 0: as they come
	memory  *mem.Budget
	spill   *mem.Dir
	sched   *scheduler
}

// Config is what an Engine is opened with; the zero value takes every processor and has no limits.
type Config struct {
	Workers    int    // 0: GOMAXPROCS
	Memory     int64  // bytes; 0: no limit
	SpillDir   string // "": the system's temporary folder
	SpillLimit int64  // bytes; 0: no limit
	BatchRows  int    // rows that scans hand on at once; 0: vec.BatchRows, which is also the most
}

// New opens an engine.
func New(c Config) *Engine {
	if c.Workers <= 0 {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	return &Engine{workers: c.Workers, memory: mem.Root(c.Memory), spill: &mem.Dir{Path: c.SpillDir, Limit: c.SpillLimit},
		sched: newScheduler(c.Workers), batch: c.BatchRows}
}

// Workers is the number of workers; Memory the budget of all queries.
func (e *Engine) Workers() int        { return e.workers }
func (e *Engine) Memory() *mem.Budget { return e.memory }

// SpillFiles makes a set of spill files that outlives a query.
func (e *Engine) SpillFiles() *mem.Files { return mem.NewFiles(e.spill) }

// Options are those of one query.
type Options struct {
	Workers int  // 0: the engine's
	Analyze bool // collect statistics for EXPLAIN ANALYZE

	Progress *Progress // follows the query; nil: nobody
}

// query is a running query.
type query struct {
	ctx       context.Context
	cancel    context.CancelCauseFunc
	batchRows int
	workers   int
	analyze   bool
	turn      *turns
	budget    *mem.Budget
	files     *mem.Files
	slots     *slots
	text      string // the plan, for internal errors
	faces     map[any]*face
	nodes     map[plan.Node]*OpStats
	track     track
	mu        sync.Mutex
	other     *face
	shared    map[*plan.SharedDef]*Shared         // what subqueries have computed already
	rounds    map[*plan.RecursiveDef][]*vec.Batch // of recursive queries
}

// Result is a running query's result. Close it, whether or not its rows were read.
type Result struct {
	Columns []expr.Col
	q       *query
	out     *resultSink
	began   time.Time
	took    time.Duration // set when done
	done    chan struct{}
	err     error
	write   *writeSink
	closed  sync.Once
}

// Run starts n. Rows are delivered in source order; for a plan.Write, Batches gives none and returns when it is committed.
func (e *Engine) Run(ctx context.Context, n plan.Node, o Options) (*Result, error) {
	if o.Workers <= 0 {
		o.Workers = e.workers
	}
	q := &query{workers: o.Workers, analyze: o.Analyze, turn: e.sched.join(), budget: e.memory.Query(),
		files: mem.NewFiles(e.spill), text: planText(n), faces: map[any]*face{}, nodes: map[plan.Node]*OpStats{},
		batchRows: e.batch}
	q.ctx, q.cancel = context.WithCancelCause(ctx)
	q.shared = map[*plan.SharedDef]*Shared{}
	q.slots = &slots{values: map[expr.Plan]any{}, columns: map[expr.Plan]*vec.Vec{}}
	o.Progress.follow(q)
	r := &Result{Columns: n.Output(), q: q, began: time.Now(), done: make(chan struct{})}
	r.out = newResultSink(q, n)
	go func() {
		r.err = q.runResult(n, r)
		r.out.end(r.err)
		q.cancel(r.err)
		r.took = time.Since(r.began)
		close(r.done)
	}()
	return r, nil
}

// runResult is a query from its sub-queries to the last batch.
func (q *query) runResult(n plan.Node, r *Result) (err error) {
	defer recovered(q, &err)
	if err := q.fillSlots(n); err != nil {
		return err
	}
	b := newBuilder(q)
	if w, ok := n.(*plan.Write); ok {
		r.write, err = b.write(w)
	} else {
		err = b.result(n, r.out)
	}
	if err != nil {
		return err
	}
	return q.runAll(b.pipes)
}

// Batches gives the rows in order. A batch is the caller's own. It ends early when the caller stops.
func (r *Result) Batches() iter.Seq2[*vec.Batch, error] {
	return func(yield func(*vec.Batch, error) bool) {
		for {
			b, err := r.out.next()
			if err != nil {
				yield(nil, err)
				return
			}
			if b == nil {
				<-r.done
				return
			}
			if !yield(b, nil) {
				return
			}
		}
	}
}

// Close ends the query if it still runs, waits for it and frees what it holds.
func (r *Result) Close() error {
	var err error
	r.closed.Do(func() {
		r.q.cancel(context.Canceled)
		r.out.end(context.Canceled)
		<-r.done
		err = r.q.files.Close()
		r.q.budget.Close()
		r.q.turn.quit()
	})
	return err
}

// Wait lets a query without rows (a write) run to its end.
func (r *Result) Wait() error {
	for _, err := range r.Batches() {
		if err != nil {
			return err
		}
	}
	return r.err
}

// Written says what a plan.Write stored; it is complete when the batches have ended.
func (r *Result) Written() catalog.WriteStats {
	<-r.done
	if r.write == nil {
		return catalog.WriteStats{}
	}
	return r.write.stats
}

// Done tells whether the query has ended.
func (r *Result) Done() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}

// Began is when the query was started; Took how long it ran, complete when the batches have ended.
func (r *Result) Began() time.Time { return r.began }
func (r *Result) Took() time.Duration {
	<-r.done
	return r.took
}

// Rows is the number of rows of the result; complete when the batches have ended.
func (r *Result) Rows() int64 {
	<-r.done
	return r.out.given
}

// Stats are the statistics of a node, nil where it has none of its own; complete when the batches have ended.
func (r *Result) Stats(n plan.Node) *OpStats {
	<-r.done
	return r.q.nodes[n]
}

// Memory is the most that the query held, in bytes.
func (r *Result) Memory() int64 { return r.q.budget.Peak() }

// Spilled is what the query wrote to spill files so far, in bytes.
func (r *Result) Spilled() int64 { return r.q.budget.Spilled() }

// planText shows a plan in an internal error.
func planText(n plan.Node) string {
	var b strings.Builder
	var show func(n plan.Node, depth int)
	show = func(n plan.Node, depth int) {
		b.WriteString(strings.Repeat("  ", depth))
		d := n.Describe()
		b.WriteString(d.Name)
		for _, a := range d.Attrs {
			b.WriteString(" " + a.Key + "=" + a.Value)
		}
		b.WriteByte('\n')
		for _, in := range n.Inputs() {
			show(in, depth+1)
		}
	}
	show(n, 0)
	return b.String()
}

// isCancel tells whether err is the caller's own end of the query.
func isCancel(err error) bool { return errors.Is(err, context.Canceled) }
