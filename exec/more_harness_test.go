package exec

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"sparksql/catalog"
	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// rowsTable is a table of rows in Go form that gives them in all manners: in batches of a given size, in any form of
// column, with rows that a selection leaves out, and overwrites what it lent.
type rowsTable struct {
	types []types.Type
	rows  [][]any
	size  int
	seed  uint64
}

func (t *rowsTable) Schema() *types.Schema  { return &types.Schema{} }
func (t *rowsTable) Partitioning() []string { return nil }
func (t *rowsTable) Stats() *catalog.Stats  { return nil }
func (t *rowsTable) Write(context.Context, catalog.WriteSpec) (catalog.Job, error) {
	return nil, errs.Internal("no writing")
}
func (t *rowsTable) Scan(context.Context, catalog.Request) (*catalog.Scan, error) {
	n := (len(t.rows) + t.size - 1) / t.size
	return &catalog.Scan{Splits: n, Rows: -1, Open: func() (catalog.Reader, error) { return t, nil }}, nil
}
func (t *rowsTable) Close() error { return nil }
func (t *rowsTable) Held() int64  { return 0 }

func (t *rowsTable) Read(_ context.Context, k int, emit func(*vec.Batch) error) error {
	rnd := rand.New(rand.NewPCG(t.seed, uint64(k)))
	rows := t.rows[k*t.size : min(len(t.rows), (k+1)*t.size)]
	b := &vec.Batch{Seq: uint64(k)}
	if rnd.IntN(2) == 0 { // junk between the rows
		b.Sel = []int32{}
		var wide [][]any
		for _, r := range rows {
			for rnd.IntN(3) == 0 {
				wide = append(wide, t.rows[rnd.IntN(len(t.rows))])
			}
			b.Sel = append(b.Sel, int32(len(wide)))
			wide = append(wide, r)
		}
		rows = wide
	}
	b.N = len(rows)
	for c, ty := range t.types {
		b.Cols = append(b.Cols, t.column(rnd, ty, rows, c))
	}
	err := emit(b)
	for _, v := range b.Cols { // what was lent is no longer there
		for i := range v.Fixed {
			v.Fixed[i] = 0xA5
		}
		for i := range v.Codes {
			v.Codes[i] = -1 << 30
		}
		for _, buf := range v.Bufs {
			for i := range buf {
				buf[i] = '#'
			}
		}
	}
	return err
}

func (t *rowsTable) column(rnd *rand.Rand, ty types.Type, rows [][]any, c int) *vec.Vec {
	same := true
	for _, r := range rows {
		same = same && fmt.Sprint(r[c]) == fmt.Sprint(rows[0][c])
	}
	if same && rnd.IntN(2) == 0 {
		return vec.Constant(ty, rows[0][c], len(rows))
	}
	if rnd.IntN(2) == 0 {
		v := &vec.Vec{Type: ty, Form: vec.Coded, Len: len(rows)}
		vals, at := vec.New(ty, 0), map[string]int32{}
		for _, r := range rows {
			key := fmt.Sprint(r[c])
			if _, ok := at[key]; !ok {
				at[key] = int32(vals.Len)
				vals.Append(r[c])
			}
			v.Codes = append(v.Codes, at[key])
		}
		v.Dict = vec.NewDict(vals)
		return v
	}
	v := vec.New(ty, 0)
	for _, r := range rows {
		v.Append(r[c])
	}
	return v
}

// scan is a plan over t, with fresh columns.
func (t *rowsTable) scan() *plan.Scan {
	s := &plan.Scan{Table: t, Limit: -1}
	for i, ty := range t.types {
		s.Cols = append(s.Cols, expr.Col{ID: expr.NewID(), Name: fmt.Sprint("c", i), Type: ty, Nullable: true})
		s.Ordinals = append(s.Ordinals, i)
	}
	return s
}

func col(n plan.Node, i int) expr.Expr { return &expr.Column{Col: n.Output()[i]} }

// setup is a way in which every test is run.
type setup struct {
	size, workers int
	memory        int64
}

var setups = []setup{{1, 1, 0}, {3, 4, 0}, {4096, 1, 0}, {100, 4, 0}}

// run gives the rows of a plan as text.
func run(t testing.TB, s setup, n plan.Node) ([]string, error) {
	t.Helper()
	e := New(Config{Workers: s.workers, Memory: s.memory, SpillDir: t.TempDir()})
	r, err := e.Run(context.Background(), n, Options{})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var out []string
	for b, err := range r.Batches() {
		if err != nil {
			return nil, err
		}
		for i := range b.N {
			k := i
			if b.Sel != nil {
				k = int(b.Sel[i])
			}
			row := make([]any, len(b.Cols))
			for c, v := range b.Cols {
				row[c] = v.Value(k)
			}
			out = append(out, show(row))
		}
	}
	if s.memory > 0 && e.Memory().Spilled() == 0 {
		t.Errorf("nothing was spilled within %d bytes", s.memory)
	}
	return out, nil
}

func show(row []any) string {
	parts := make([]string, len(row))
	for i, x := range row {
		parts[i] = fmt.Sprint(x)
	}
	return strings.Join(parts, "|")
}

// same compares rows, in order or as a bag.
func same(t testing.TB, what string, got, want []string, ordered bool) {
	t.Helper()
	if !ordered {
		got, want = slices.Clone(got), slices.Clone(want)
		slices.Sort(got)
		slices.Sort(want)
	}
	if slices.Equal(got, want) {
		return
	}
	for i := range max(len(got), len(want)) {
		g, w := "(none)", "(none)"
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			t.Fatalf("%s: %d rows, want %d; row %d is %s, want %s", what, len(got), len(want), i, g, w)
		}
	}
}

// less is x < y of two bigints.
func less(x, y expr.Expr) expr.Expr {
	def := &udfs.Def{Name: "less", Traits: udfs.Strict | udfs.Deterministic}
	return &expr.Call{Def: def, Name: "less", Args: []expr.Expr{x, y}, Bind: udfs.Binding{
		In: []types.Type{types.BigIntType, types.BigIntType}, Out: types.BooleanType,
		New: func(*udfs.Env) (udfs.Kernel, error) {
			return func(c *udfs.Call) error {
				a, b, out := vec.Values[int64](c.In[0]), vec.Values[int64](c.In[1]), vec.Values[bool](c.Out)
				return c.Each(func(i int) error { out[i] = a[i] < b[i]; return nil })
			}, nil
		}}}
}
