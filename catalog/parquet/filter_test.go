package parquet

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"sparksql/catalog"
	"sparksql/exec/vec"
	"sparksql/sql/expr"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// comparison is column op constant, by the meaning of values in Go form.
func comparison(op string, c expr.Col, x any) expr.Expr {
	d := &udfs.Def{Name: op, Operator: true, Traits: udfs.Strict | udfs.Deterministic}
	return &expr.Call{Def: d, Name: op, Env: &udfs.Env{}, Args: []expr.Expr{&expr.Column{Col: c}, &expr.Literal{Typ: c.Type, Value: x}},
		Bind: udfs.Binding{Out: types.BooleanType, New: func(*udfs.Env) (udfs.Kernel, error) {
			return func(c *udfs.Call) error {
				return c.Each(func(i int) error {
					vec.Values[bool](c.Out)[i] = holds(op, c.In[0].Value(i), c.In[1].Value(i))
					return nil
				})
			}, nil
		}}}
}

func holds(op string, a, b any) bool {
	if a == nil || b == nil {
		return false
	}
	c, _ := compare(a, b)
	switch op {
	case "=":
		return c == 0
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	}
	return c >= 0
}

// keeping makes a run-time filter of a test of values in Go form.
func keeping(f func(any) bool) func(v *vec.Vec, sel, out []int32) []int32 {
	return func(v *vec.Vec, sel, out []int32) []int32 {
		if sel == nil {
			for i := range v.Len {
				sel = append(sel, int32(i))
			}
		}
		for _, i := range sel {
			if f(v.Value(int(i))) {
				out = append(out, i)
			}
		}
		return out
	}
}

// filterTable is a file of 100,000 rows: id ascending, s and d of few values, x random, all with NULLs but id.
func filterTable(t *testing.T) (catalog.File, *types.Schema, [][]any) {
	s := &types.Schema{Fields: []types.Field{{Name: "id", Type: types.BigIntType}, {Name: "s", Type: types.StringType}, {Name: "x", Type: types.IntType},
		{Name: "d", Type: types.DecimalOf(10, 2)}, {Name: "a", Type: types.ArrayOf(types.IntType, true)}}}
	path := filepath.Join(t.TempDir(), "x.parquet")
	w, err := New().Create(path, s, nil, "UTC")
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	var data [][]any
	for len(data) < 100_000 {
		b := &vec.Batch{N: 4000}
		for _, f := range s.Fields {
			b.Cols = append(b.Cols, vec.New(f.Type, 0))
		}
		for range b.N {
			n := int64(len(data))
			row := []any{n, fmt.Sprint("value number ", n/9000), randomValue(r, types.IntType, false, true), types.FromInt64(r.Int64N(100)), []any{int32(n)}}
			if r.IntN(10) == 0 {
				row[1], row[3] = nil, nil
			}
			data = append(data, row)
			for c, x := range row {
				b.Cols[c].Append(x)
			}
		}
		if err := w.Write(b); err != nil {
			t.Fatal(err)
		}
		if len(data) == 60_000 {
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return fileOf(t, path), s, data
}

func TestFiltersAndPruningKeepTheRightRows(t *testing.T) {
	f, s, data := filterTable(t)
	r := rand.New(rand.NewPCG(5, 6))
	p := New()
	ops := []string{"=", "<", "<=", ">", ">="}
	for range 60 {
		spec := &catalog.FileScan{Files: []catalog.File{f}}
		for _, c := range s.Fields {
			spec.Columns = append(spec.Columns, catalog.FileColumn{Name: c.Name, Type: c.Type, Part: -1})
			spec.Cols = append(spec.Cols, expr.Col{ID: expr.NewID(), Name: c.Name, Type: c.Type, Nullable: true})
		}
		type test struct {
			c  int
			op string
			x  any
		}
		var tests []test
		for range 1 + r.IntN(3) {
			c := r.IntN(4)
			x := data[r.IntN(len(data))][c]
			if x == nil {
				continue
			}
			tests = append(tests, test{c, ops[r.IntN(len(ops))], x})
			k := tests[len(tests)-1]
			spec.Filters = append(spec.Filters, comparison(k.op, spec.Cols[c], x))
		}
		lo, hi := int64(0), int64(1<<40)
		if r.IntN(2) == 0 {
			lo, hi = r.Int64N(50_000), 50_000+r.Int64N(50_000)
			d := &catalog.DynFilter{Col: spec.Cols[0]}
			d.Bounds.Store(&catalog.Bounds{Min: lo, Max: hi, Keep: keepIf(func(v any) bool {
				x := v.(int64)
				return x >= lo && x <= hi && x%7 == 0
			})})
			spec.Dynamic = append(spec.Dynamic, d)
		}
		got := scanIDs(t, p, spec)
		want := 0
		for _, row := range data {
			ok := true
			for _, k := range tests {
				ok = ok && holds(k.op, row[k.c], k.x)
			}
			id := row[0].(int64)
			if len(spec.Dynamic) > 0 {
				ok = ok && id%7 == 0 && id >= lo && id <= hi
			}
			if !ok {
				delete(got, id)
				continue
			}
			want++
			if !got[id] {
				t.Fatalf("%v: row %d is missing", tests, id)
			}
		}
		for id := range got {
			row := data[id]
			for _, k := range tests { // rows beyond may pass a run-time filter, never a filter of the query
				if !holds(k.op, row[k.c], k.x) {
					t.Fatalf("%v: row %d passed", tests, id)
				}
			}
		}
	}
}

func scanIDs(t *testing.T, p *Format, spec *catalog.FileScan) map[int64]bool {
	t.Helper()
	sc, err := p.Scan(context.Background(), spec)
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range sc.Done {
		if !d {
			t.Errorf("filter %d is not applied", i)
		}
	}
	rd, err := sc.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer rd.Close()
	got := map[int64]bool{}
	for i := range sc.Splits {
		err := rd.Read(context.Background(), i, func(b *vec.Batch) error {
			for k := range b.Rows() {
				i := k
				if b.Sel != nil {
					i = int(b.Sel[k])
				}
				id := b.Cols[0].Value(i).(int64)
				if a := b.Cols[4].Value(i).([]any); a[0] != int32(id) {
					t.Fatalf("row %d has the array %v", id, a)
				}
				got[id] = true
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return got
}

func TestPagesThatCannotMatchAreNotRead(t *testing.T) {
	f, s, _ := filterTable(t)
	col := expr.Col{ID: expr.NewID(), Name: "id", Type: types.BigIntType}
	spec := &catalog.FileScan{Files: []catalog.File{f}, Cols: []expr.Col{col}, Filters: []expr.Expr{comparison("=", col, int64(70_000))}}
	spec.Columns = append(spec.Columns, catalog.FileColumn{Name: "id", Type: s.Fields[0].Type, Part: -1})
	sc, err := New().Scan(context.Background(), spec)
	if err != nil {
		t.Fatal(err)
	}
	rd, _ := sc.Open()
	defer rd.Close()
	n := 0
	for i := range sc.Splits {
		if err := rd.Read(context.Background(), i, func(b *vec.Batch) error { n += b.Rows(); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if st := sc.Stats; n != 1 || st.RowGroupsPruned.Load() != 1 || st.PagesPruned.Load() != 1 || st.Pages.Load() != 1 {
		t.Errorf("%d rows, %d groups and %d pages pruned, %d pages read", n, st.RowGroupsPruned.Load(), st.PagesPruned.Load(), st.Pages.Load())
	}
	stats := New().Stats(context.Background(), []catalog.File{f}, s)
	if c := stats.Cols[0]; stats.Rows != 100_000 || c.Min != int64(0) || c.Max != int64(99_999) || c.Nulls != 0 {
		t.Errorf("%+v", stats)
	}
	if c := stats.Cols[3]; c.NDV != 100 || c.Nulls <= 0 {
		t.Errorf("%+v", c)
	}
}

func TestJoinsPruneFilesByPartition(t *testing.T) {
	f, s, data := filterTable(t)
	p := New()
	files := []catalog.File{f, f, f}
	for i := range files {
		files[i].Parts = []any{[]any{int32(1), int32(2), nil}[i]}
	}
	col := expr.Col{ID: expr.NewID(), Name: "p", Type: types.IntType}
	d := &catalog.DynFilter{Col: col}
	d.Bounds.Store(&catalog.Bounds{Keep: keepIf(func(x any) bool { return x == int32(2) })})
	spec := &catalog.FileScan{Files: files, Cols: []expr.Col{{}, col}, Dynamic: []*catalog.DynFilter{d},
		Columns: []catalog.FileColumn{{Name: "id", Type: s.Fields[0].Type, Part: -1}, {Name: "p", Type: types.IntType, Part: 0}}}
	sc, err := p.Scan(context.Background(), spec)
	if err != nil {
		t.Fatal(err)
	}
	rd, _ := sc.Open()
	defer rd.Close()
	n := 0
	for i := range sc.Splits {
		err := rd.Read(context.Background(), i, func(b *vec.Batch) error {
			if n += b.Rows(); b.Cols[1].Value(0) != int32(2) {
				t.Fatal(b.Cols[1].Value(0))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n != len(data) || sc.Stats.FilesPruned.Load() != 2 {
		t.Errorf("%d rows, %d files pruned", n, sc.Stats.FilesPruned.Load())
	}
}

func TestBloomFiltersPruneEqualities(t *testing.T) {
	f := fileOf(t, filepath.Join("testdata", "foreign", "parquet-testing", "data_index_bloom_encoding_with_length.parquet"))
	col := expr.Col{ID: expr.NewID(), Name: "String", Type: types.StringType}
	for _, c := range []struct {
		value  string
		pruned int64
	}{{"Hello", 0}, {"test", 0}, {"between", 1}, {"exam", 1}} {
		spec := &catalog.FileScan{Files: []catalog.File{f}, Cols: []expr.Col{col}, Filters: []expr.Expr{comparison("=", col, c.value)},
			Columns: []catalog.FileColumn{{Name: "String", Type: types.StringType, Part: -1}}}
		sc, err := New().Scan(context.Background(), spec)
		if err != nil {
			t.Fatal(err)
		}
		if got := sc.Stats.RowGroupsPruned.Load(); got != c.pruned {
			t.Errorf("%s: %d row groups pruned, not %d", c.value, got, c.pruned)
		}
	}
}

// keepIf is a run-time filter of a test on values; NULL never matches.
func keepIf(f func(any) bool) func(v *vec.Vec, sel, out []int32) []int32 {
	return func(v *vec.Vec, sel, out []int32) []int32 {
		if sel == nil {
			for i := range v.Len {
				sel = append(sel, int32(i))
			}
		}
		for _, i := range sel {
			if x := v.Value(int(i)); x != nil && f(x) {
				out = append(out, i)
			}
		}
		return out
	}
}
