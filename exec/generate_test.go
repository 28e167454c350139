package exec

import (
	"fmt"
	"testing"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// countTo is a generator that gives 1..n for each row, a few rows at a time.
type countTo struct{}

func (countTo) Eval(c *udfs.Call, emit func(rows []int32, cols []*vec.Vec) error) error {
	var rows []int32
	out := vec.New(types.BigIntType, 0)
	flush := func() error {
		err := emit(rows, []*vec.Vec{out})
		rows = rows[:0]
		out.Reset(0)
		return err
	}
	err := c.Each(func(i int) error {
		if c.In[0].IsNull(i) {
			return nil
		}
		for n := range vec.Values[int64](c.In[0])[i] {
			rows = append(rows, int32(i))
			out.Append(n + 1)
		}
		if len(rows) >= 5 {
			return flush()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

func TestGenerateKeepsTheOrderOfRows(t *testing.T) {
	var rows [][]any
	for i := range 300 {
		rows = append(rows, []any{int64(i % 4), fmt.Sprint("row number ", i)})
		if i%7 == 0 {
			rows[i][0] = nil
		}
	}
	for _, outer := range []bool{false, true} {
		var want []string
		for _, r := range rows {
			n, _ := r[0].(int64)
			for k := range n {
				want = append(want, show([]any{r[0], r[1], k + 1}))
			}
			if n == 0 && outer {
				want = append(want, show([]any{r[0], r[1], nil}))
			}
		}
		for _, s := range setups {
			in := (&rowsTable{[]types.Type{types.BigIntType, types.StringType}, rows, s.size, 9}).scan()
			out := types.StructOf(types.Field{Name: "n", Type: types.BigIntType})
			gen := &expr.Call{Def: &udfs.Def{Name: "count_to"}, Args: []expr.Expr{col(in, 0)}, Bind: udfs.Binding{
				In: []types.Type{types.BigIntType}, Out: out, Table: func(*udfs.Env) (udfs.TableFunc, error) { return countTo{}, nil }}}
			g := &plan.Generate{Input: in, Gen: gen, Outer: outer, Cols: []expr.Col{{ID: expr.NewID(), Name: "n", Type: types.BigIntType}}}
			got, err := run(t, s, g)
			if err != nil {
				t.Fatal(err)
			}
			same(t, fmt.Sprint(outer, s), got, want, true)
		}
	}
}

// counting is a recursive query: 1, then n+1 while n < limit, over rows of n modulo wrap.
func counting(all bool, limit, wrap int64) *plan.Recursive {
	newCol := func() expr.Col { return expr.Col{ID: expr.NewID(), Name: "n", Type: types.BigIntType} }
	def := &plan.RecursiveDef{Name: "t"}
	ref := &plan.RecursiveRef{Def: def, Cols: []expr.Col{newCol()}}
	next := &expr.Call{Def: &udfs.Def{Name: "next", Traits: udfs.Strict | udfs.Deterministic}, Args: []expr.Expr{col(ref, 0)},
		Bind: udfs.Binding{In: []types.Type{types.BigIntType}, Out: types.BigIntType, New: func(*udfs.Env) (udfs.Kernel, error) {
			return func(c *udfs.Call) error {
				return c.Each(func(i int) error {
					vec.Values[int64](c.Out)[i] = (vec.Values[int64](c.In[0])[i] + 1) % wrap
					return nil
				})
			}, nil
		}}}
	step := &plan.Project{Input: &plan.Filter{Input: ref, Cond: less(col(ref, 0), bigint(limit))}, Items: []expr.Expr{&expr.Alias{X: next, Name: "n", ID: expr.NewID()}}}
	return &plan.Recursive{Def: def, All: all, Cols: []expr.Col{newCol()}, Step: step,
		Anchor: &plan.Values{Cols: []expr.Col{newCol()}, Rows: [][]expr.Expr{{bigint(1)}}}}
}

func TestRecursiveQueries(t *testing.T) {
	for _, s := range []setup{{workers: 1}, {workers: 3}} {
		got, err := run(t, s, counting(true, 5, 1000))
		if err != nil {
			t.Fatal(err)
		}
		same(t, "count to 5", got, []string{"1", "2", "3", "4", "5"}, true)
		got, err = run(t, s, counting(false, 1000, 4))
		if err != nil {
			t.Fatal(err)
		}
		same(t, "distinct", got, []string{"1", "2", "3", "0"}, true)
		if _, err = run(t, s, counting(true, 1000, 5000)); !errs.Is(err, "RECURSION_LEVEL_LIMIT_EXCEEDED") {
			t.Errorf("endless: %v", err)
		}
		got, err = run(t, s, &plan.Limit{Input: counting(true, 1000, 5000), N: 3})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "limited", got, []string{"1", "2", "3"}, true)
	}
}

func TestSharedPlanIsReadByAll(t *testing.T) {
	rows := [][]any{{int64(1)}, {int64(2)}, {int64(3)}}
	def := &plan.SharedDef{Input: (&rowsTable{[]types.Type{types.BigIntType}, rows, 2, 1}).scan()}
	reader := func() *plan.Shared {
		return &plan.Shared{Def: def, Cols: []expr.Col{{ID: expr.NewID(), Name: "n", Type: types.BigIntType}}}
	}
	l, r := reader(), reader()
	j := &plan.Join{L: l, R: r, Kind: plan.Inner, Strategy: plan.Adaptive, Keys: []plan.EquiKey{{L: col(l, 0), R: col(r, 0)}}}
	u := &plan.Union{Ins: []plan.Node{&plan.Project{Input: j, Items: []expr.Expr{col(j, 0)}}, reader()}, Cols: reader().Cols}
	for _, s := range setups {
		got, err := run(t, s, u)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "shared", got, []string{"1", "2", "3", "1", "2", "3"}, true)
	}
}

func TestSharedPlanSpills(t *testing.T) {
	rows := make([][]any, 20_000)
	for i := range rows {
		rows[i] = []any{fmt.Sprint("a string of some length ", i)}
	}
	ts := []types.Type{types.StringType}
	def := &plan.SharedDef{Input: (&rowsTable{ts, rows, 300, 1}).scan()}
	reader := func() *plan.Shared {
		return &plan.Shared{Def: def, Cols: []expr.Col{{ID: expr.NewID(), Name: "s", Type: types.StringType}}}
	}
	u := &plan.Union{Ins: []plan.Node{reader(), reader()}, Cols: reader().Cols}
	want := showAll(append(append([][]any(nil), rows...), rows...))
	for _, s := range []setup{{workers: 1, memory: 300 << 10}, {workers: 4, memory: 400 << 10}} {
		got, err := run(t, s, u)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "shared", got, want, true)
	}
}

func TestSampleDoesNotDependOnWorkers(t *testing.T) {
	rows := make([][]any, 5000)
	for i := range rows {
		rows[i] = []any{int64(i)}
	}
	sample := func(lo, hi float64, workers int) []string {
		in := (&rowsTable{[]types.Type{types.BigIntType}, rows, 64, 1}).scan()
		got, err := run(t, setup{workers: workers}, &plan.Sample{Input: in, Lo: lo, Hi: hi, Seed: 42})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	a, b := sample(0, 0.3, 1), sample(0.3, 1, 4)
	if len(a) < 1300 || len(a) > 1700 {
		t.Errorf("%d of 5000 rows in a sample of 0.3", len(a))
	}
	all := append(append([]string(nil), a...), b...)
	same(t, "both parts", all, showAll(rows), false)
}

// TestSharedPlanOfASubquery is computed for the subquery, and read again by the query.
func TestSharedPlanOfASubquery(t *testing.T) {
	ts := []types.Type{types.BigIntType}
	table := &rowsTable{ts, [][]any{{int64(4)}, {int64(7)}}, 1, 1}
	for _, s := range setups {
		def := &plan.SharedDef{Input: table.scan()}
		read := func() *plan.Shared {
			return &plan.Shared{Def: def, Cols: []expr.Col{{ID: expr.NewID(), Name: "n", Type: types.BigIntType}}}
		}
		outer := read()
		least := &expr.Subquery{Kind: expr.Scalar, Plan: &plan.Limit{Input: read(), N: 1}}
		got, err := run(t, s, &plan.Filter{Input: outer, Cond: less(least, col(outer, 0))})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "shared", got, []string{"7"}, true)
	}
}
