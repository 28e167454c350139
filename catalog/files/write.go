package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/google/uuid"

	"sparksql/catalog"
	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

const (
	maxBuffered = 256 << 20 // memory that several open files of one worker may hold
	maxHeld     = 16 << 20  // rows that a worker holds back before it starts files of its own
)

// Write starts a write of the table's folder. Nothing of it is seen before Commit.
func (t *Table) Write(ctx context.Context, s catalog.WriteSpec) (catalog.Job, error) {
	if t.root == "" {
		return nil, errs.Unsupported(errs.Pos{}, "writing to more than one path")
	}
	if s.Schema == nil {
		s.Schema = t.schema
	}
	if s.PartitionBy == nil {
		s.PartitionBy = t.parts
	}
	ext, err := t.format.Extension(s.Options)
	if err != nil {
		return nil, err
	}
	data := len(s.Schema.Fields) - len(s.PartitionBy)
	if data <= 0 {
		return nil, errs.New(errs.Pos{}, "ALL_PARTITION_COLUMNS_NOT_ALLOWED")
	}
	j := &job{table: t, spec: s, ext: ext, id: uuid.NewString(), data: &types.Schema{Fields: s.Schema.Fields[:data]}, tx: transactionOf(ctx)}
	if _, err := os.Lstat(t.root); err == nil {
		switch s.Mode {
		case catalog.ErrorIfExists:
			return nil, errs.New(errs.Pos{}, "PATH_ALREADY_EXISTS", "outputPath", uri(t.root))
		case catalog.Ignore:
			j.ignored = true
			return j, nil
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, writeError(t.root, err)
	}
	if j.bucketCols, err = j.ordinals(s.BucketBy); err != nil {
		return nil, err
	}
	if j.sortCols, err = j.ordinals(s.SortBy); err != nil {
		return nil, err
	}
	if j.stage, err = newStage(t.root, t.step); err != nil {
		return nil, writeError(t.root, err)
	}
	return j, nil
}

// ordinals finds columns of the files by name.
func (j *job) ordinals(names []string) ([]int, error) {
	var out []int
	for _, name := range names {
		c := slices.IndexFunc(j.data.Fields, func(f types.Field) bool { return strings.EqualFold(f.Name, name) })
		if c < 0 {
			return nil, errs.Internal("the column %s is not in the table", name)
		}
		out = append(out, c)
	}
	return out, nil
}

func writeError(path string, err error) error {
	var e *errs.Error
	if err == nil || errors.As(err, &e) {
		return err
	}
	out := errs.New(errs.Pos{}, "TASK_WRITE_FAILED", "path", uri(path), "reason", err.Error())
	out.Err = err
	return out
}

// job is one write into a folder.
type job struct {
	table      *Table
	spec       catalog.WriteSpec
	data       *types.Schema // the columns in the files
	ext, id    string
	stage      *stage
	tx         *Transaction
	ignored    bool
	bucketCols []int
	sortCols   []int

	mu      sync.Mutex
	writers []*jobWriter
	names   map[string]bool // partition folders written to
	stats   catalog.WriteStats
}

// Open gives a worker its writer.
func (j *job) Open() (catalog.Writer, error) {
	w := &jobWriter{job: j, files: map[string]*openFile{}}
	j.mu.Lock()
	defer j.mu.Unlock()
	w.task = len(j.writers)
	j.writers = append(j.writers, w)
	return w, nil
}

// jobWriter writes the files of one worker: one, or one for each partition and bucket.
type jobWriter struct {
	job    *job
	task   int
	first  uint64 // Seq of the first batch
	wrote  bool
	files  map[string]*openFile
	ended  map[string]int // by key: files that were ended to free memory
	keys   partitioner
	done   []*openFile
	failed bool
	batch  vec.Batch

	// Rows are held back at first: a small result goes to one file, or one a partition, in source order, whatever
	// the number of workers.
	held      []*vec.Batch
	heldBytes int64
	own       bool // has files of its own
}

type openFile struct {
	dir    string // partition folders, "" for none
	bucket int    // -1: none
	part   int    // c000, c001, ...
	path   string
	w      catalog.FileWriter
	rows   int64
}

// Write stores the live rows of a batch.
func (w *jobWriter) Write(ctx context.Context, b *vec.Batch) error {
	if w.job.ignored || b.Rows() == 0 {
		return ctx.Err()
	}
	if !w.wrote {
		w.first, w.wrote = b.Seq, true
	}
	if !w.own {
		c := vec.CopyBatch(b)
		w.held = append(w.held, c)
		if w.heldBytes += c.Size(); w.heldBytes < maxHeld {
			return ctx.Err()
		}
		return w.release(ctx)
	}
	return w.store(ctx, b)
}

// release writes the rows held back.
func (w *jobWriter) release(ctx context.Context) error {
	w.own = true
	held := w.held
	w.held = nil
	for _, b := range held {
		if err := w.store(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

func (w *jobWriter) store(ctx context.Context, b *vec.Batch) error {
	err := w.write(b)
	if err == nil && (len(w.files) > 1 || len(w.job.sortCols) > 0) {
		err = w.relieve(maxBuffered)
	}
	return w.noted(ctx, err)
}

// noted gives err its condition and remembers that the files are of no use.
func (w *jobWriter) noted(ctx context.Context, err error) error {
	if err != nil {
		w.failed = true
		return writeError(w.job.table.root, err)
	}
	return ctx.Err()
}

// Held is the memory of the rows held back and of the open files.
func (w *jobWriter) Held() int64 {
	total := int64(0)
	if !w.own {
		total = w.heldBytes
	}
	for _, f := range w.files {
		total += f.w.Buffered()
	}
	return total
}

// Relieve writes out the larger half of what is held.
func (w *jobWriter) Relieve() error {
	ctx := context.Background()
	if !w.own && len(w.held) > 0 {
		if err := w.release(ctx); err != nil {
			return err
		}
	}
	return w.noted(ctx, w.relieve(w.Held()/2))
}

// together writes what the workers still hold back as one worker's rows, in source order.
func (j *job) together(ctx context.Context) error {
	var first *jobWriter
	var all []*vec.Batch
	for _, w := range j.writers {
		if len(w.held) == 0 {
			continue
		}
		all = append(all, w.held...)
		w.held = nil
		if first == nil {
			first = w
		} else {
			w.wrote = false
			first.first = min(first.first, w.first)
		}
	}
	if first == nil {
		return nil
	}
	sort.SliceStable(all, func(a, b int) bool { return all[a].Seq < all[b].Seq })
	first.held, first.files = all, map[string]*openFile{}
	if err := first.release(ctx); err != nil {
		return err
	}
	return first.end()
}

func (w *jobWriter) write(b *vec.Batch) error {
	j := w.job
	n := len(j.data.Fields)
	if len(j.spec.PartitionBy) == 0 && j.spec.Buckets == 0 {
		f, err := w.file("", -1)
		if err != nil {
			return err
		}
		w.batch = vec.Batch{Cols: b.Cols[:n], Sel: b.Sel, N: b.N, Seq: b.Seq}
		f.rows += int64(b.Rows())
		return f.w.Write(&w.batch)
	}
	for _, g := range w.keys.split(j, b) {
		f, err := w.file(g.dir, g.bucket)
		if err != nil {
			return err
		}
		w.batch = vec.Batch{Cols: b.Cols[:n], Sel: g.rows, N: b.N, Seq: b.Seq}
		f.rows += int64(len(g.rows))
		if err := f.w.Write(&w.batch); err != nil {
			return err
		}
	}
	return nil
}

// file gives the open file of a partition and bucket.
func (w *jobWriter) file(dir string, bucket int) (*openFile, error) {
	key := dir
	if bucket >= 0 {
		key = fmt.Sprintf("%s\x00%d", dir, bucket)
	}
	if f := w.files[key]; f != nil {
		return f, nil
	}
	j := w.job
	f := &openFile{dir: dir, bucket: bucket, part: w.ended[key]}
	parent := filepath.Join(j.stage.work(), dir)
	if err := os.MkdirAll(parent, 0o777); err != nil {
		return nil, err
	}
	f.path = filepath.Join(parent, j.fileName(w.task, f))
	var err error
	if f.w, err = j.table.format.Create(f.path, j.data, j.spec.Options, j.spec.Zone); err != nil {
		return nil, err
	}
	if len(j.sortCols) > 0 {
		f.w = newSortedFile(f.w, j.data, j.sortCols)
	}
	w.files[key] = f
	return f, nil
}

// fileName is Spark's: part-TASK-UUID[_BUCKET]-c000.EXT, with a dot before c000 in partitions and buckets.
func (j *job) fileName(task int, f *openFile) string {
	switch {
	case f.bucket >= 0:
		return fmt.Sprintf("part-%05d-%s_%05d.c%03d%s", task, j.id, f.bucket, f.part, j.ext)
	case f.dir != "":
		return fmt.Sprintf("part-%05d-%s.c%03d%s", task, j.id, f.part, j.ext)
	}
	return fmt.Sprintf("part-%05d-%s-c%03d%s", task, j.id, f.part, j.ext)
}

// relieve frees memory down to limit bytes: row groups are written out early, the largest first, and files that are
// being sorted are ended, so that the rows to come go to another one.
func (w *jobWriter) relieve(limit int64) error {
	total := int64(0)
	for _, f := range w.files {
		total += f.w.Buffered()
	}
	for total > limit {
		var most *openFile
		var key string
		for k, f := range w.files {
			if most == nil || f.w.Buffered() > most.w.Buffered() {
				most, key = f, k
			}
		}
		total -= most.w.Buffered()
		if len(w.job.sortCols) == 0 {
			if err := most.w.Flush(); err != nil {
				return err
			}
			continue
		}
		delete(w.files, key)
		if w.ended == nil {
			w.ended = map[string]int{}
		}
		w.ended[key]++
		if err := w.endFile(most); err != nil {
			return err
		}
	}
	return nil
}

// Close ends the worker's files; rows held back are written by Commit.
func (w *jobWriter) Close() error { return w.end() }

func (w *jobWriter) end() error {
	for _, k := range slices.Sorted(maps.Keys(w.files)) {
		f := w.files[k]
		if w.failed {
			f.w.Abort()
			continue
		}
		if err := w.endFile(f); err != nil {
			return writeError(w.job.table.root, err)
		}
	}
	w.files = nil
	return nil
}

// endFile completes a file and counts it.
func (w *jobWriter) endFile(f *openFile) error {
	bytes, err := f.w.Close()
	if err != nil {
		w.failed = true
		return err
	}
	w.done = append(w.done, f)
	j := w.job
	j.mu.Lock()
	defer j.mu.Unlock()
	j.stats.Rows += f.rows
	j.stats.Bytes += bytes
	j.stats.Files++
	if j.names == nil {
		j.names = map[string]bool{}
	}
	j.names[f.dir] = true
	return nil
}

// Commit makes the write visible; within a Transaction it is only made ready.
func (j *job) Commit(ctx context.Context) (catalog.WriteStats, error) {
	if j.ignored {
		return catalog.WriteStats{}, nil
	}
	if err := j.together(ctx); err != nil {
		return catalog.WriteStats{}, err
	}
	if err := j.ready(); err != nil {
		return catalog.WriteStats{}, writeError(j.table.root, err)
	}
	c := &commit{stage: j.stage, plan: j.plan()}
	if around := j.spec.Around; around != nil {
		c.around = func(ctx context.Context, publish func() error) error { return around(ctx, j.written(), publish) }
	}
	if j.tx != nil {
		j.tx.add(c)
		return j.stats, nil
	}
	if err := commitAll(ctx, []*commit{c}, j.table.step); err != nil {
		return catalog.WriteStats{}, writeError(j.table.root, err)
	}
	return j.stats, nil
}

// written are the partitions that rows were written to.
func (j *job) written() []string {
	if len(j.spec.PartitionBy) == 0 {
		return nil
	}
	return slices.Sorted(maps.Keys(j.names))
}

// ready completes what is staged: files numbered in source order, an empty file for no rows, _SUCCESS.
func (j *job) ready() error {
	for _, w := range j.writers {
		if w.failed || w.files != nil && len(w.files) > 0 {
			return errors.New("a worker did not finish its files")
		}
	}
	order := append([]*jobWriter(nil), j.writers...)
	sort.SliceStable(order, func(a, b int) bool {
		if order[a].wrote != order[b].wrote {
			return order[a].wrote
		}
		return order[a].first < order[b].first
	})
	if err := j.renumber(order); err != nil {
		return err
	}
	if j.stats.Files == 0 && len(j.spec.PartitionBy) == 0 {
		f := &openFile{bucket: -1}
		path := filepath.Join(j.stage.work(), j.fileName(0, f))
		w, err := j.table.format.Create(path, j.data, j.spec.Options, j.spec.Zone)
		if err != nil {
			return err
		}
		n, err := w.Close()
		if err != nil {
			return err
		}
		j.stats.Files, j.stats.Bytes = 1, n
		j.names = map[string]bool{"": true}
	}
	return os.WriteFile(filepath.Join(j.stage.work(), success), nil, 0o644)
}

// renumber gives the files of the workers numbers in the order of their first rows.
func (j *job) renumber(order []*jobWriter) error {
	type move struct{ from, to string }
	var second []move
	for n, w := range order {
		if w.task == n {
			continue
		}
		for _, f := range w.done {
			to := filepath.Join(filepath.Dir(f.path), j.fileName(n, f))
			if err := os.Rename(f.path, to+".moving"); err != nil {
				return err
			}
			second = append(second, move{to + ".moving", to})
		}
	}
	for _, m := range second {
		if err := os.Rename(m.from, m.to); err != nil {
			return err
		}
	}
	return nil
}

// Abort drops what was staged.
func (j *job) Abort() error {
	if j.ignored || j.stage == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, w := range j.writers {
		for _, f := range w.files {
			f.w.Abort()
		}
		w.files = nil
	}
	if j.tx != nil && j.tx.holds(j.stage) {
		return nil // the transaction decides
	}
	return j.stage.drop()
}

// plan says which of the old files stay.
func (j *job) plan() keep {
	switch j.spec.Mode {
	case catalog.Append:
		return keep{all: true}
	case catalog.OverwriteDynamic:
		if len(j.spec.PartitionBy) > 0 {
			return keep{all: true, except: j.names}
		}
	case catalog.Overwrite:
		if len(j.spec.Static) > 0 {
			return keep{all: true, beneath: j.staticDirs()}
		}
	}
	return keep{}
}

// staticDirs are the folders that PARTITION (a = 1) names: the leading ones, as far as they are given.
func (j *job) staticDirs() []string {
	var dirs []string
	for i, name := range j.spec.PartitionBy {
		f := j.spec.Schema.Fields[len(j.data.Fields)+i]
		v, ok := staticValue(j.spec.Static, name)
		if !ok {
			dirs = append(dirs, "")
			continue
		}
		dirs = append(dirs, PartitionFolder(f, v, zoneOf(j.spec.Zone)))
	}
	return dirs
}

func staticValue(m map[string]any, name string) (any, bool) {
	for k, v := range m {
		if strings.EqualFold(k, name) {
			return v, true
		}
	}
	return nil, false
}
