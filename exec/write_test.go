package exec

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"sparksql/catalog"
	"sparksql/exec/vec"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
)

// fakeStore is a table that counts what is done to it.
type fakeStore struct {
	fakeTable
	mu                         sync.Mutex
	rows                       int
	open, commits, aborts      int
	each, relieved             int64 // bytes that a batch takes in a writer; how often writers were relieved
	failWrite, failClose, fail error
}

func (f *fakeStore) Write(context.Context, catalog.WriteSpec) (catalog.Job, error) { return f, nil }

func (f *fakeStore) Open() (catalog.Writer, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open++
	return &fakeWriter{f: f}, nil
}

func (f *fakeStore) Commit(context.Context) (catalog.WriteStats, error) {
	if f.open != 0 {
		return catalog.WriteStats{}, fmt.Errorf("%d writers are open", f.open)
	}
	f.commits++
	return catalog.WriteStats{Rows: int64(f.rows)}, f.fail
}

func (f *fakeStore) Abort() error {
	f.aborts++
	return nil
}

type fakeWriter struct {
	f    *fakeStore
	held int64
}

func (w *fakeWriter) Write(_ context.Context, b *vec.Batch) error {
	w.f.mu.Lock()
	defer w.f.mu.Unlock()
	w.f.rows += b.Rows()
	w.held += w.f.each
	return w.f.failWrite
}

func (w *fakeWriter) Held() int64 { return w.held }

func (w *fakeWriter) Relieve() error {
	w.f.mu.Lock()
	defer w.f.mu.Unlock()
	w.f.relieved++
	w.held = 0
	return nil
}

func (w *fakeWriter) Close() error {
	w.f.mu.Lock()
	defer w.f.mu.Unlock()
	w.f.open--
	return w.f.failClose
}

func TestWritesCommitOnceOrAbort(t *testing.T) {
	bad := errors.New("bad disk")
	f := numbered(7, 500)
	for _, w := range []int{1, 4} {
		for name, c := range map[string]struct {
			store *fakeStore
			at    int64 // row whose evaluation fails
			want  bool
		}{
			"good":       {&fakeStore{}, -1, true},
			"bad row":    {&fakeStore{}, 400, false},
			"bad write":  {&fakeStore{failWrite: bad}, -1, false},
			"bad close":  {&fakeStore{failClose: bad}, -1, false},
			"bad commit": {&fakeStore{fail: bad}, -1, false},
		} {
			s := scanOf(f)
			in := &plan.Project{Input: s, Items: []expr.Expr{as(failsAt(ref(s.Cols[0]), c.at), "x")}}
			r, err := New(Config{Workers: w}).Run(context.Background(), &plan.Write{Input: in, Table: c.store}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			err = r.Wait()
			stats := r.Written()
			r.Close()
			if (err == nil) != c.want || c.store.open != 0 {
				t.Errorf("%s, %d workers: error %v, %d writers open", name, w, err, c.store.open)
			}
			if c.want && (c.store.commits != 1 || c.store.aborts != 0 || stats.Rows != 500) || !c.want && c.store.aborts != 1 {
				t.Errorf("%s, %d workers: %d commits, %d aborts, %d rows", name, w, c.store.commits, c.store.aborts, stats.Rows)
			}
		}
	}
}

func TestWritersAreRelievedWhenMemoryIsShort(t *testing.T) {
	e := New(Config{Workers: 2, Memory: 1 << 20})
	store := &fakeStore{each: 300 << 10}
	r, err := e.Run(context.Background(), &plan.Write{Input: scanOf(numbered(50, 1000)), Table: store}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Wait(); err != nil {
		t.Fatal(err)
	}
	if store.rows != 1000 || store.relieved == 0 || e.memory.Used() != 0 || e.memory.Peak() > 2<<20 {
		t.Errorf("%d rows, relieved %d times, %d bytes still held, %d at most", store.rows, store.relieved, e.memory.Used(), e.memory.Peak())
	}
}

func TestQueriesShareTheMemory(t *testing.T) {
	e := New(Config{Workers: 2, Memory: 3 << 20, SpillDir: t.TempDir()})
	f := groupTest(1000, 60_000, 40_000)
	var wg sync.WaitGroup
	for range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			s := scanOf(f)
			n := &plan.Aggregate{Input: s, Keys: []expr.Expr{ref(s.Cols[2])}, Aggs: []expr.Expr{as(sumOf(ref(s.Cols[5])), "sum")}}
			r, err := e.Run(context.Background(), n, Options{Analyze: true})
			if err != nil {
				t.Error(err)
				return
			}
			defer r.Close()
			rows := 0
			for b, err := range r.Batches() {
				if err != nil {
					t.Error(err)
					return
				}
				rows += b.N
			}
			if rows != 36_364 || r.Stats(n).Spilled() == 0 {
				t.Errorf("%d groups, %d bytes spilled", rows, r.Stats(n).Spilled())
			}
		}()
	}
	wg.Wait()
	if e.memory.Used() != 0 || e.memory.Peak() > 12<<20 {
		t.Errorf("%d bytes still held, %d at most", e.memory.Used(), e.memory.Peak())
	}
}
