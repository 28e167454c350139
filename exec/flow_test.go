package exec

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/types"
	"sparksql/udfs"
)

var (
	modDef  = &udfs.Def{Name: "mod_test", Traits: udfs.Strict | udfs.Deterministic}
	failDef = &udfs.Def{Name: "fail_test", Traits: udfs.Strict | udfs.Deterministic | udfs.Fallible}
)

// longs calls f for each row of bigint arguments.
func longs(d *udfs.Def, out types.Type, f func(c *udfs.Call, i int) error, args ...expr.Expr) expr.Expr {
	return &expr.Call{Def: d, Name: d.Name, Args: args, Env: &udfs.Env{}, Bind: udfs.Binding{Out: out,
		New: func(*udfs.Env) (udfs.Kernel, error) {
			return func(c *udfs.Call) error { return c.Each(func(i int) error { return f(c, i) }) }, nil
		}}}
}

// multiple is x % m = 0.
func multiple(x expr.Expr, m int64) expr.Expr {
	return longs(modDef, types.BooleanType, func(c *udfs.Call, i int) error {
		vec.Values[bool](c.Out)[i] = vec.Values[int64](c.In[0])[i]%m == 0
		return nil
	}, x)
}

func failsAt(x expr.Expr, at int64) expr.Expr {
	return longs(failDef, types.BigIntType, func(c *udfs.Call, i int) error {
		v := vec.Values[int64](c.In[0])[i]
		if vec.Values[int64](c.Out)[i] = v; v == at {
			return errs.New(errs.Pos{}, "SCALAR_SUBQUERY_TOO_MANY_ROWS")
		}
		return nil
	}, x)
}

func numbered(batch, n int) *fakeTable {
	f := table(batch, []types.Field{{Name: "n", Type: types.BigIntType}, {Name: "s", Type: types.StringType}})
	for i := range n {
		var s any = fmt.Sprintf("text number %d", i%7)
		if i%5 == 0 {
			s = nil
		}
		f.rows = append(f.rows, []any{int64(i), s})
	}
	return f
}

func lines(f *fakeTable, keep func(i int) bool) (out []string) {
	for i, r := range f.rows {
		if keep(i) {
			out = append(out, text(r[0])+"|"+text(r[1]))
		}
	}
	return out
}

func TestRowsComeInSourceOrder(t *testing.T) {
	for _, batch := range []int{1, 3, 100} {
		f := numbered(batch, 1000)
		expect(t, func() plan.Node { return scanOf(f) }, lines(f, func(int) bool { return true }), false)
		expect(t, func() plan.Node {
			s := scanOf(f)
			return &plan.Filter{Input: s, Cond: multiple(ref(s.Cols[0]), 3)}
		}, lines(f, func(i int) bool { return i%3 == 0 }), false)
		expect(t, func() plan.Node {
			s := scanOf(f)
			s.Filters = []expr.Expr{multiple(ref(s.Cols[0]), 10)}
			return &plan.Project{Input: s, Items: []expr.Expr{ref(s.Cols[0]), as(ref(s.Cols[1]), "x")}}
		}, lines(f, func(i int) bool { return i%10 == 0 }), false)
	}
}

func TestLimitTakesTheFirstRows(t *testing.T) {
	f := numbered(7, 1000)
	for _, c := range []struct{ n, offset int64 }{{10, 0}, {0, 0}, {25, 13}, {-1, 990}, {5, 2000}, {2000, 0}} {
		want := lines(f, func(i int) bool { return int64(i) >= c.offset && (c.n < 0 || int64(i) < c.offset+c.n) })
		expect(t, func() plan.Node { return &plan.Limit{Input: scanOf(f), N: c.n, Offset: c.offset} }, want, false)
		expect(t, func() plan.Node { // not at the top
			l := &plan.Limit{Input: scanOf(f), N: c.n, Offset: c.offset}
			return &plan.Filter{Input: l, Cond: multiple(ref(l.Output()[0]), 1)}
		}, want, false)
	}
}

func TestUnionKeepsTheOrderOfItsInputs(t *testing.T) {
	a, b := numbered(3, 100), numbered(20, 50)
	union := func() *plan.Union {
		x, y := scanOf(a), scanOf(b)
		in := &plan.Union{Ins: []plan.Node{y, scanOf(a)}, Cols: y.Cols}
		return &plan.Union{Ins: []plan.Node{x, in}, Cols: x.Cols}
	}
	all := lines(a, func(int) bool { return true })
	all = append(append(append([]string(nil), all...), lines(b, func(int) bool { return true })...), all...)
	expect(t, func() plan.Node { return union() }, all, false)
	expect(t, func() plan.Node { return &plan.Limit{Input: union(), N: 120, Offset: 10} }, all[10:130], false)
	expect(t, func() plan.Node {
		l := &plan.Limit{Input: union(), N: 120, Offset: 10}
		return &plan.Filter{Input: l, Cond: multiple(ref(l.Output()[0]), 1)}
	}, all[10:130], false)
}

func TestValuesAndRange(t *testing.T) {
	cols := []expr.Col{{ID: expr.NewID(), Name: "a", Type: types.BigIntType}}
	lit := func(x int64) expr.Expr { return &expr.Literal{Typ: types.BigIntType, Value: x} }
	expect(t, func() plan.Node { return &plan.Values{Cols: cols, Rows: [][]expr.Expr{{lit(3)}, {lit(1)}}} }, []string{"3", "1"}, false)
	expect(t, func() plan.Node { return &plan.Values{Rows: [][]expr.Expr{{}}} }, []string{""}, false)
	for _, c := range []struct {
		a, b, step int64
		want       string
	}{{0, 5, 2, "0 2 4"}, {5, 0, -2, "5 3 1"}, {3, 3, 1, ""}, {0, 5, -1, ""}, {-1 << 63, 1<<63 - 1, 1 << 62, "-9223372036854775808 -4611686018427387904 0 4611686018427387904"}} {
		expect(t, func() plan.Node { return &plan.Range{Col: cols[0], Start: c.a, End: c.b, Step: c.step} }, strings.Fields(c.want), false)
	}
	got, err := rowsOf(t, New(Config{Workers: 3}), &plan.Range{Col: cols[0], End: 1_000_000, Step: 1})
	if err != nil || len(got) != 1_000_000 || got[999_999] != "999999" {
		t.Fatalf("%d rows, %v", len(got), err)
	}
}

func TestSubqueriesFillTheirSlots(t *testing.T) {
	f := numbered(3, 20)
	sub := func(kind expr.SubqueryKind, n plan.Node, needle ...expr.Expr) expr.Expr {
		return &expr.Subquery{Kind: kind, Plan: n, Needle: needle}
	}
	one := func(keep int64) plan.Node {
		s := scanOf(f)
		return &plan.Project{Input: &plan.Filter{Input: s, Cond: multiple(ref(s.Cols[0]), keep)}, Items: []expr.Expr{ref(s.Cols[0])}}
	}
	expect(t, func() plan.Node {
		s := scanOf(f)
		l := &plan.Limit{Input: s, N: 1}
		return &plan.Project{Input: l, Items: []expr.Expr{
			as(sub(expr.Scalar, &plan.Limit{Input: one(1), N: 1, Offset: 4}), "a"), as(sub(expr.Exists, one(3)), "b"),
			as(sub(expr.ArrayOf, one(9)), "c"), as(sub(expr.In, one(9), ref(s.Cols[0])), "d"), as(sub(expr.Scalar, &plan.Limit{Input: one(1), N: 0}), "e")}}
	}, []string{"4|true|[0 9 18]|true|<nil>"}, false)
	_, err := rowsOf(t, New(Config{Workers: 2}), &plan.Project{Input: scanOf(f), Items: []expr.Expr{as(sub(expr.Scalar, one(1)), "a")}})
	if !errs.Is(err, "SCALAR_SUBQUERY_TOO_MANY_ROWS") {
		t.Fatal(err)
	}
}

func TestErrorsEndTheQuery(t *testing.T) {
	f := numbered(5, 10_000)
	for name, e := range engines(t) {
		s := scanOf(f)
		_, err := rowsOf(t, e, &plan.Project{Input: s, Items: []expr.Expr{as(failsAt(ref(s.Cols[0]), 5000), "x")}})
		if !errs.Is(err, "SCALAR_SUBQUERY_TOO_MANY_ROWS") {
			t.Fatalf("%s: %v", name, err)
		}
		s = scanOf(f)
		got, err := rowsOf(t, e, &plan.Limit{N: 3, Input: &plan.Project{Input: s, Items: []expr.Expr{as(failsAt(ref(s.Cols[0]), 9999), "x")}}})
		if err != nil || len(got) != 3 {
			t.Fatalf("%s: rows behind the limit were evaluated: %v, %v", name, got, err)
		}
	}
}

func TestQueryCanBeLeftAndCancelled(t *testing.T) {
	e := New(Config{Workers: 4})
	col := expr.Col{ID: expr.NewID(), Type: types.BigIntType}
	endless := &plan.Range{Col: col, End: 1 << 60, Step: 1}
	r, err := e.Run(context.Background(), endless, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range r.Batches() {
		break
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, cancel)
	r, err = e.Run(ctx, &plan.Filter{Input: endless, Cond: multiple(ref(col), 1<<59)}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, err = range r.Batches() {
		if err != nil {
			break
		}
	}
	if err == nil || !isCancel(err) {
		t.Fatalf("cancelled query gave %v", err)
	}
	r.Close()
	if e.memory.Used() != 0 {
		t.Fatalf("%d bytes are still reserved", e.memory.Used())
	}
}

func TestQueriesShareTheWorkers(t *testing.T) {
	e := New(Config{Workers: 2})
	f := numbered(9, 3000)
	want := lines(f, func(int) bool { return true })
	done := make(chan error)
	for range 6 {
		go func() {
			got, err := rowsOf(t, e, scanOf(f))
			if err == nil && strings.Join(got, "") != strings.Join(want, "") {
				err = fmt.Errorf("%d rows", len(got))
			}
			done <- err
		}()
	}
	for range 6 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestStatisticsOfNodes(t *testing.T) {
	f := numbered(10, 1000)
	s := scanOf(f)
	n := &plan.Filter{Input: s, Cond: multiple(ref(s.Cols[0]), 4)}
	r, err := New(Config{Workers: 2}).Run(context.Background(), n, Options{Analyze: true})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Wait(); err != nil {
		t.Fatal(err)
	}
	if a, b := r.Stats(s).Rows.Load(), r.Stats(n).Rows.Load(); a != 1000 || b != 250 || r.Stats(s).Duration() <= 0 {
		t.Fatalf("scan %d rows in %v, filter %d", a, r.Stats(s).Duration(), b)
	}
}
