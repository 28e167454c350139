package exec

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/types"
)

var sortTypes = []types.Type{types.IntType, types.BigIntType, types.DoubleType, types.StringType, types.BooleanType,
	types.DecimalOf(30, 2), types.ArrayOf(types.IntType, true), types.BigIntType}

func sortRowsOf(rnd *rand.Rand, n int) [][]any {
	rows := make([][]any, n)
	for i := range rows {
		v := rnd.IntN(9) - 4
		rows[i] = []any{int32(v), []int64{math.MinInt64, math.MaxInt64, int64(v)}[rnd.IntN(3)],
			[]float64{math.NaN(), math.Inf(-1), 0, math.Copysign(0, -1), float64(v)}[rnd.IntN(5)],
			strings.Repeat("same prefix ", rnd.IntN(2)) + fmt.Sprint(v) + "\x00\x00"[:rnd.IntN(3)], v > 0,
			types.Int128{Lo: uint64(rnd.IntN(3)), Hi: int64(v) >> 1}, []any{int32(v), nil, int32(1)}[:rnd.IntN(3)], int64(i)}
		for c := range 7 {
			if rnd.IntN(6) == 0 {
				rows[i][c] = nil
			}
		}
	}
	return rows
}

// order compares values in Go form by Spark's order.
func order(a, b any) int {
	switch x := a.(type) {
	case bool:
		return order(map[bool]int64{true: 1}[x], map[bool]int64{true: 1}[b.(bool)])
	case int32:
		return cmp.Compare(x, b.(int32))
	case int64:
		return cmp.Compare(x, b.(int64))
	case float64:
		y := b.(float64)
		if x != x || y != y {
			return order(x != x, y != y)
		}
		return cmp.Compare(x+0, y+0)
	case string:
		return strings.Compare(x, b.(string))
	case types.Int128:
		return x.Cmp(b.(types.Int128))
	case []any:
		y := b.([]any)
		for i := range min(len(x), len(y)) {
			if c := orderNulls(x[i], y[i], true); c != 0 {
				return c
			}
		}
		return cmp.Compare(len(x), len(y))
	}
	return 0
}

func orderNulls(a, b any, nullsFirst bool) int {
	if a == nil || b == nil {
		c := order(a != nil, b != nil)
		if !nullsFirst {
			c = -c
		}
		return c
	}
	return order(a, b)
}

func drawKeys(rnd *rand.Rand, n plan.Node) (keys []expr.Order, compare func(a, b []any) int) {
	var cols []int
	for range 1 + rnd.IntN(3) {
		cols = append(cols, rnd.IntN(7))
		keys = append(keys, expr.Order{X: col(n, cols[len(cols)-1]), Desc: rnd.IntN(2) == 0, NullsFirst: rnd.IntN(2) == 0})
	}
	return keys, func(a, b []any) int {
		for i, k := range keys {
			x, y := a[cols[i]], b[cols[i]]
			c := orderNulls(x, y, k.NullsFirst)
			if k.Desc && x != nil && y != nil {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return 0
	}
}

func showAll(rows [][]any) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = show(r)
	}
	return out
}

func TestSortIsStable(t *testing.T) {
	for seed := range uint64(40) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		rows := sortRowsOf(rnd, []int{0, 1, 40, 700}[seed%4])
		for _, s := range setups {
			tab := &rowsTable{sortTypes, rows, s.size, seed}
			in := tab.scan()
			keys, compare := drawKeys(rnd, in)
			want := slices.Clone(rows)
			slices.SortStableFunc(want, compare)
			got, err := run(t, s, &plan.Sort{Input: in, Keys: keys})
			if err != nil {
				t.Fatal(err)
			}
			same(t, fmt.Sprint("sort ", seed, s, keys), got, showAll(want), true)
			n, skip := int64(rnd.IntN(50)), int64(rnd.IntN(3)*rnd.IntN(40))
			top, err := run(t, s, &plan.TopN{Input: in, Keys: keys, N: n, Offset: skip})
			if err != nil {
				t.Fatal(err)
			}
			lo := min(int64(len(want)), skip)
			same(t, fmt.Sprint("top ", seed, s, keys), top, showAll(want[lo:min(int64(len(want)), lo+n)]), true)
		}
	}
}

// TestSortOfMany is large enough for buckets in parallel, for a top-N to drop rows early, and to spill.
func TestSortOfMany(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 5))
	ts := []types.Type{types.BigIntType, types.StringType}
	rows := make([][]any, 200_000)
	for i := range rows {
		rows[i] = []any{int64(rnd.IntN(5000)), fmt.Sprint("row ", i)}
		if i%1000 == 0 {
			rows[i][0] = nil
		}
	}
	want := slices.Clone(rows)
	slices.SortStableFunc(want, func(a, b []any) int { return -orderNulls(a[0], b[0], true) })
	tab := &rowsTable{ts, rows, 4096, 1}
	in := tab.scan()
	keys := []expr.Order{{X: col(in, 0), Desc: true}}
	for _, memory := range []int64{0, 2 << 20} {
		got, err := run(t, setup{workers: 4, memory: memory}, &plan.Sort{Input: in, Keys: keys})
		if err != nil {
			t.Fatal(err)
		}
		same(t, fmt.Sprint("sort with ", memory), got, showAll(want), true)
	}
	got, err := run(t, setup{workers: 4}, &plan.TopN{Input: in, Keys: keys, N: 500, Offset: 7})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "top", got, showAll(want[7:507]), true)
}
