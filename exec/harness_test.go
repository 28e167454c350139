package exec

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"sparksql/catalog"
	"sparksql/exec/vec"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/types"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeTable is a table of rows in Go form. Its batches take turns in form (flat, dictionary, constant where they can be),
// carry dead rows among the live ones, and are overwritten when Emit has returned.
type fakeTable struct {
	schema  *types.Schema
	rows    [][]any
	batch   int  // rows of a batch
	plain   bool // flat batches without dead rows
	filters bool // says that it has applied the filters, and does not
}

func (f *fakeTable) Schema() *types.Schema  { return f.schema }
func (f *fakeTable) Partitioning() []string { return nil }
func (f *fakeTable) Stats() *catalog.Stats  { return nil }
func (f *fakeTable) Write(context.Context, catalog.WriteSpec) (catalog.Job, error) {
	return nil, fmt.Errorf("read only")
}

const batchesPerSplit = 3

func (f *fakeTable) Scan(_ context.Context, r catalog.Request) (*catalog.Scan, error) {
	per := f.batch * batchesPerSplit
	return &catalog.Scan{Splits: (len(f.rows) + per - 1) / per, Rows: int64(len(f.rows)), Stats: &catalog.ScanStats{},
		Open: func() (catalog.Reader, error) { return &fakeReader{f: f, r: r}, nil }}, nil
}

type fakeReader struct {
	f *fakeTable
	r catalog.Request
}

func (r *fakeReader) Close() error { return nil }
func (r *fakeReader) Held() int64  { return 1 << 10 }

func (r *fakeReader) Read(ctx context.Context, split int, emit func(*vec.Batch) error) error {
	f := r.f
	for k := range batchesPerSplit {
		n := split*batchesPerSplit + k
		lo := n * f.batch
		if lo >= len(f.rows) {
			return nil
		}
		b := r.make(f.rows[lo:min(lo+f.batch, len(f.rows))], n)
		if err := emit(b); err != nil {
			return err
		}
		for _, c := range b.Cols { // what was lent is gone
			for i := range c.Fixed {
				c.Fixed[i] = 0xAB
			}
			for i := range c.Codes {
				c.Codes[i] = 0
			}
			clear(c.Views)
			for _, buf := range c.Bufs {
				clear(buf)
			}
		}
	}
	return nil
}

func (r *fakeReader) make(rows [][]any, n int) *vec.Batch {
	b := &vec.Batch{Seq: uint64(n)}
	dead := !r.f.plain && n%2 == 1
	for _, row := range rows {
		if dead {
			b.N++
		}
		b.Sel = append(b.Sel, int32(b.N))
		b.N++
		_ = row
	}
	if !dead {
		b.Sel = nil
	}
	for i, at := range r.r.Columns {
		t := r.r.Cols[i].Type
		flat := vec.New(t, 0)
		for _, row := range rows {
			if dead {
				flat.Append(row[at]) // any value
			}
			flat.Append(row[at])
		}
		v := flat
		if !r.f.plain && (n+i)%3 == 1 && !t.IsNested() {
			vals := vec.New(t, 0)
			seen := map[string]int32{}
			v = &vec.Vec{Type: t, Form: vec.Coded, Len: b.N}
			for k := range b.N {
				key := fmt.Sprint(flat.Value(k))
				c, ok := seen[key]
				if !ok {
					c = int32(vals.Len)
					seen[key] = c
					vals.Append(flat.Value(k))
				}
				v.Codes = append(v.Codes, c)
			}
			v.Dict = vec.NewDict(vals)
		}
		b.Cols = append(b.Cols, v)
	}
	return b
}

// scanOf is a scan of all columns.
func scanOf(f *fakeTable) *plan.Scan {
	s := &plan.Scan{Table: f, Name: "t", Limit: -1}
	for i, c := range f.schema.Fields {
		s.Cols = append(s.Cols, expr.Col{ID: expr.NewID(), Name: c.Name, Type: c.Type, Nullable: true})
		s.Ordinals = append(s.Ordinals, i)
	}
	return s
}

func table(batch int, fields []types.Field, rows ...[]any) *fakeTable {
	return &fakeTable{schema: &types.Schema{Fields: fields}, rows: rows, batch: batch}
}

func ref(c expr.Col) expr.Expr { return &expr.Column{Col: c} }

func as(e expr.Expr, name string) expr.Expr { return &expr.Alias{X: e, Name: name, ID: expr.NewID()} }

// rowsOf runs a plan and gives its rows as text, in order.
func rowsOf(t *testing.T, e *Engine, n plan.Node) ([]string, error) {
	t.Helper()
	r, err := e.Run(context.Background(), n, Options{})
	if err != nil {
		return nil, err
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	var out []string
	for b, err := range r.Batches() {
		if err != nil {
			return nil, err
		}
		for i := range b.N {
			var cells []string
			for _, c := range b.Cols {
				cells = append(cells, text(c.Value(i)))
			}
			out = append(out, strings.Join(cells, "|"))
		}
	}
	return out, nil
}

func text(x any) string {
	if d, ok := x.(types.Int128); ok {
		return d.DecimalString(0)
	}
	return fmt.Sprint(x)
}

// engines are those that every operator is tested with.
func engines(t *testing.T) map[string]*Engine {
	dir := t.TempDir()
	return map[string]*Engine{
		"1 worker":   New(Config{Workers: 1}),
		"4 workers":  New(Config{Workers: 4}),
		"no memory":  New(Config{Workers: 2, Memory: 200 << 10, SpillDir: dir}),
		"no memory1": New(Config{Workers: 1, Memory: 200 << 10, SpillDir: dir}),
	}
}

// expect runs a plan with every engine; sorted compares without order.
func expect(t *testing.T, n func() plan.Node, want []string, sorted bool) {
	t.Helper()
	want = append([]string(nil), want...)
	if sorted {
		sort.Strings(want)
	}
	for name, e := range engines(t) {
		got, err := rowsOf(t, e, n())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if sorted {
			sort.Strings(got)
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Fatalf("%s: got\n%s\nwant\n%s", name, head(got), head(want))
		}
		if e.memory.Used() != 0 {
			t.Fatalf("%s: %d bytes are still reserved", name, e.memory.Used())
		}
	}
}

func head(rows []string) string {
	if len(rows) > 30 {
		return strings.Join(rows[:30], "\n") + fmt.Sprintf("\n... %d rows", len(rows))
	}
	return strings.Join(rows, "\n")
}
