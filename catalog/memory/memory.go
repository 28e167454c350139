// Package memory is the table that lives in memory: what CACHE TABLE keeps, and what is small enough to be given as
// batches. Batches are copied when they are added and never change; a scan lends them.
package memory

import (
	"cmp"
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

// Table holds rows in memory, and on disk what does not fit there. It is safe for concurrent use: a scan sees the rows
// that were there when it began.
type Table struct {
	schema *types.Schema
	types  []types.Type
	level  Level
	budget *mem.Budget // nil: not accounted
	files  *mem.Files  // nil: everything stays in memory

	mu     sync.RWMutex
	blocks []*mem.Block
	rows   int64
	bytes  int64

	keep  sync.Mutex
	held  []*mem.Block // those in memory, the oldest first
	used  int64        // their bytes
	file  *mem.File
	quiet func() // ends the calls of the budget
}

// mostHeld is the most memory of a table that can spill, in bytes, within a quarter of the budget's limit.
const mostHeld = 512 << 20

// New makes an empty table; its memory counts for budget, which may be nil.
func New(schema *types.Schema, budget *mem.Budget) *Table {
	t := &Table{schema: schema, budget: budget}
	for _, f := range schema.Fields {
		t.types = append(t.types, f.Type)
	}
	return t
}

// NewKept makes an empty table that keeps its rows at a storage level: in memory, on disk, or in memory and what does not
// fit there, or is wanted for something else, on disk. One in memory alone fails where there is no room.
func NewKept(schema *types.Schema, budget *mem.Budget, files *mem.Files, level Level) *Table {
	t := New(schema, budget)
	t.level = level
	if level.Disk {
		t.files = files
	}
	return t
}

// StorageLevel is the level that the table was made with; "" for none.
func (t *Table) StorageLevel() string { return t.level.Name }

// Add appends copies of the live rows of batches.
func (t *Table) Add(batches ...*vec.Batch) error {
	blocks := make([]*mem.Block, 0, len(batches))
	for _, b := range batches {
		k, err := t.store(b)
		if err != nil {
			t.forget(blocks)
			return err
		}
		if k != nil {
			blocks = append(blocks, k)
		}
	}
	t.append(blocks)
	return nil
}

// store makes a block of b's live rows, nil when there are none.
func (t *Table) store(b *vec.Batch) (*mem.Block, error) {
	if b.Rows() == 0 {
		return nil, nil
	}
	k := mem.NewBlock(vec.CopyBatch(b))
	if t.budget != nil {
		if err := t.budget.Reserve(k.Size()); err != nil {
			return nil, err
		}
	}
	t.keep.Lock()
	defer t.keep.Unlock()
	t.held = append(t.held, k)
	t.used += k.Size()
	if t.files == nil || t.budget == nil {
		return k, nil
	}
	if !t.level.Memory && t.level.Disk {
		return k, t.spill(t.used)
	}
	if t.quiet == nil {
		t.quiet = t.budget.OnPressure(t.shed)
	}
	most := int64(mostHeld)
	if l := t.budget.Limit(); l > 0 {
		most = min(most, l/4)
	}
	if t.used > most {
		return k, t.spill(t.used - most)
	}
	return k, nil
}

// shed makes room for others. A full disk is an error of those who need the room.
func (t *Table) shed(over int64) {
	t.keep.Lock()
	defer t.keep.Unlock()
	_ = t.spill(over)
}

// spill moves the oldest blocks of at least n bytes to disk.
func (t *Table) spill(n int64) (err error) {
	if t.file == nil {
		if t.file, err = t.files.Create(t.budget); err != nil {
			return err
		}
	}
	for n > 0 && len(t.held) > 0 {
		k := t.held[0]
		if err := k.Move(t.file); err != nil {
			return err
		}
		t.held[0] = nil
		t.held = t.held[1:]
		n -= k.Size()
		t.used -= k.Size()
		t.budget.Release(k.Size())
	}
	return nil
}

// append makes stored blocks visible.
func (t *Table) append(blocks []*mem.Block) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.blocks = append(t.blocks, blocks...)
	for _, k := range blocks {
		t.rows, t.bytes = t.rows+int64(k.Rows()), t.bytes+k.Size()
	}
}

// forget gives back the memory of blocks.
func (t *Table) forget(blocks []*mem.Block) {
	gone := make(map[*mem.Block]bool, len(blocks))
	for _, k := range blocks {
		gone[k] = true
	}
	t.keep.Lock()
	defer t.keep.Unlock()
	t.held = slices.DeleteFunc(slices.Clone(t.held), func(k *mem.Block) bool {
		if !gone[k] {
			return false
		}
		t.used -= k.Size()
		if t.budget != nil {
			t.budget.Release(k.Size())
		}
		return true
	})
	if len(t.held) == 0 && t.quiet != nil {
		t.quiet()
		t.quiet = nil
	}
}

// Clear drops all rows. Scans that have begun keep theirs.
func (t *Table) Clear() { t.replace(nil) }

// replace drops all rows for those of blocks.
func (t *Table) replace(blocks []*mem.Block) {
	t.mu.Lock()
	old := t.blocks
	t.blocks, t.rows, t.bytes = nil, 0, 0
	t.mu.Unlock()
	t.forget(old)
	if len(blocks) > 0 {
		t.append(blocks)
		return
	}
	t.keep.Lock()
	defer t.keep.Unlock()
	if t.file != nil {
		t.file.Forget()
		t.file = nil
	}
}

// Bytes is the size of the rows, wherever they are.
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
	blocks := slices.Clone(t.blocks)
	s := &catalog.Scan{Splits: len(blocks), Rows: t.rows, Done: make([]bool, len(r.Filters)), Stats: &catalog.ScanStats{}}
	s.Stats.BytesTotal.Store(t.bytes)
	s.Open = func() (catalog.Reader, error) {
		return &reader{blocks: blocks, in: mem.NewBlockReader(t.types), columns: r.Columns, stats: s.Stats,
			out: vec.Batch{Cols: make([]*vec.Vec, len(r.Columns))}}, nil
	}
	return s, nil
}

type reader struct {
	blocks  []*mem.Block
	in      *mem.BlockReader
	columns []int
	stats   *catalog.ScanStats
	out     vec.Batch
}

// Held is nothing: what blocks on disk are read into is small.
func (r *reader) Held() int64 { return 0 }

func (r *reader) Close() error { return nil }

func (r *reader) Read(_ context.Context, split int, emit func(*vec.Batch) error) error {
	return r.in.Read(r.blocks[split], func(cols []*vec.Vec, sel []int32, n int) error {
		r.out.N, r.out.Sel, r.out.Seq = n, sel, uint64(split)
		for i, c := range r.columns {
			r.out.Cols[i] = cols[c]
		}
		r.stats.Rows.Add(int64(n))
		return emit(&r.out)
	})
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
	blocks  []*mem.Block
}

func (j *job) Open() (catalog.Writer, error) { return &writer{j: j}, nil }

func (j *job) Abort() error {
	j.t.forget(j.blocks)
	j.blocks = nil
	return nil
}

func (j *job) Commit(context.Context) (catalog.WriteStats, error) {
	slices.SortStableFunc(j.blocks, func(a, b *mem.Block) int { return cmp.Compare(a.Seq, b.Seq) })
	stats := catalog.WriteStats{Rows: j.rows.Load()}
	for _, k := range j.blocks {
		stats.Bytes += k.Size()
	}
	if j.replace {
		j.t.replace(j.blocks)
	} else {
		j.t.append(j.blocks)
	}
	j.blocks = nil
	return stats, nil
}

type writer struct {
	j      *job
	blocks []*mem.Block
}

func (w *writer) Write(_ context.Context, b *vec.Batch) error {
	k, err := w.j.t.store(b)
	if k != nil {
		w.blocks = append(w.blocks, k)
		w.j.rows.Add(int64(k.Rows()))
	}
	return err
}

// Held is nothing: the table accounts for its rows itself.
func (w *writer) Held() int64    { return 0 }
func (w *writer) Relieve() error { return nil }

func (w *writer) Close() error {
	w.j.mu.Lock()
	defer w.j.mu.Unlock()
	w.j.blocks = append(w.j.blocks, w.blocks...)
	w.blocks = nil
	return nil
}
