// Package memory is the table that lives in memory: what CACHE TABLE keeps, and what is small enough to be given as
// batches. Batches are copied when they are added and never change; a scan lends them.
package memory

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"sparksql/catalog"
	"sparksql/exec/mem"
	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// Table holds rows in memory. It is safe for concurrent use: a scan sees the rows that were there when it began.
type Table struct {
	schema *types.Schema
	budget *mem.Budget // nil: not accounted

	mu      sync.RWMutex
	batches []*vec.Batch
	rows    int64
	bytes   int64
}

// New makes an empty table; its memory counts for budget, which may be nil.
func New(schema *types.Schema, budget *mem.Budget) *Table {
	return &Table{schema: schema, budget: budget}
}

// Add appends copies of the live rows of batches.
func (t *Table) Add(batches ...*vec.Batch) error {
	var size, rows int64
	own := make([]*vec.Batch, 0, len(batches))
	for _, b := range batches {
		if b.Rows() == 0 {
			continue
		}
		c := vec.CopyBatch(b)
		size, rows = size+c.Size(), rows+int64(c.N)
		own = append(own, c)
	}
	if t.budget != nil {
		if err := t.budget.Reserve(size); err != nil {
			return err
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.batches = append(t.batches, own...)
	t.rows, t.bytes = t.rows+rows, t.bytes+size
	return nil
}

// Clear drops all rows. Scans that have begun keep theirs.
func (t *Table) Clear() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.budget != nil {
		t.budget.Release(t.bytes)
	}
	t.batches, t.rows, t.bytes = nil, 0, 0
}

// Bytes is the memory of the rows.
func (t *Table) Bytes() int64 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.bytes
}

func (t *Table) Schema() *types.Schema  { return t.schema }
func (t *Table) Partitioning() []string { return nil }

func (t *Table) Stats() *catalog.Stats {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return &catalog.Stats{Rows: t.rows, Bytes: t.bytes}
}

// Scan reads a batch a split. Filters are left to the caller.
func (t *Table) Scan(_ context.Context, r catalog.Request) (*catalog.Scan, error) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	batches := slices.Clone(t.batches)
	s := &catalog.Scan{Splits: len(batches), Rows: t.rows, Done: make([]bool, len(r.Filters)), Stats: &catalog.ScanStats{}}
	s.Stats.BytesTotal.Store(t.bytes)
	s.Open = func() (catalog.Reader, error) {
		return &reader{batches: batches, columns: r.Columns, stats: s.Stats, out: vec.Batch{Cols: make([]*vec.Vec, len(r.Columns))}}, nil
	}
	return s, nil
}

type reader struct {
	batches []*vec.Batch
	columns []int
	stats   *catalog.ScanStats
	out     vec.Batch
}

func (r *reader) Close() error { return nil }

func (r *reader) Read(_ context.Context, split int, emit func(*vec.Batch) error) error {
	b := r.batches[split]
	r.out.N, r.out.Sel, r.out.Seq = b.N, b.Sel, uint64(split)
	for i, c := range r.columns {
		r.out.Cols[i] = b.Cols[c]
	}
	r.stats.Rows.Add(int64(b.N))
	return emit(&r.out)
}

// Write adds rows, or replaces them, when the job is committed.
func (t *Table) Write(_ context.Context, s catalog.WriteSpec) (catalog.Job, error) {
	switch s.Mode {
	case catalog.Append, catalog.Overwrite, catalog.OverwriteDynamic:
		return &job{t: t, replace: s.Mode != catalog.Append}, nil
	}
	return nil, errs.Unsupported(errs.Pos{}, "creating a table in memory by writing")
}

type job struct {
	t       *Table
	replace bool
	rows    atomic.Int64
	mu      sync.Mutex
	batches []*vec.Batch
}

func (j *job) Open() (catalog.Writer, error) { return &writer{j: j}, nil }
func (j *job) Abort() error                  { j.batches = nil; return nil }

func (j *job) Commit(context.Context) (catalog.WriteStats, error) {
	slices.SortStableFunc(j.batches, func(a, b *vec.Batch) int {
		if a.Seq < b.Seq {
			return -1
		}
		return int(min(a.Seq-b.Seq, 1))
	})
	if j.replace {
		j.t.Clear()
	}
	before := j.t.Bytes()
	err := j.t.Add(j.batches...)
	return catalog.WriteStats{Rows: j.rows.Load(), Bytes: j.t.Bytes() - before}, err
}

type writer struct {
	j       *job
	batches []*vec.Batch
}

func (w *writer) Write(_ context.Context, b *vec.Batch) error {
	w.batches = append(w.batches, vec.CopyBatch(b))
	w.j.rows.Add(int64(b.Rows()))
	return nil
}

func (w *writer) Close() error {
	w.j.mu.Lock()
	defer w.j.mu.Unlock()
	w.j.batches = append(w.j.batches, w.batches...)
	w.batches = nil
	return nil
}
