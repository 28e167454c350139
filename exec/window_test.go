package exec

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"sparksql/functions"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// callOf binds a built-in function.
func callOf(t testing.TB, name string, args ...expr.Expr) expr.Call {
	t.Helper()
	d, ok := functions.Builtins().Lookup(name)
	if !ok {
		t.Fatal("no function ", name)
	}
	env := &udfs.Env{ANSI: true}
	var infos []udfs.ArgInfo
	for _, a := range args {
		info := udfs.ArgInfo{Type: a.Type(), Nullable: true, SQL: a.String()}
		if l, ok := a.(*expr.Literal); ok {
			info.Const, info.Value = true, l.Value
		}
		infos = append(infos, info)
	}
	c := expr.Call{Def: d, Name: name, Env: env, Args: args}
	if d.Resolve == nil {
		for _, o := range d.Overloads {
			if len(o.In) == len(args) {
				c.Bind = udfs.Binding{In: o.In, Out: o.Out, Nullable: o.Nullable, New: o.New, Agg: o.Agg, Window: o.Window}
				return c
			}
		}
	}
	b, err := d.Resolve(&udfs.ResolveCtx{Name: name, Env: env, Pretty: func() string { return name }}, infos)
	if err != nil {
		t.Fatal(err)
	}
	c.Bind = b
	return c
}

func window(t testing.TB, f expr.Expr, partition []expr.Expr, order []expr.Order, frame expr.Frame) *expr.Alias {
	return &expr.Alias{ID: expr.NewID(), Name: "w", X: &expr.Window{Func: f, PartitionBy: partition, OrderBy: order, Frame: frame}}
}

func bigint(n int64) expr.Expr { return &expr.Literal{Typ: types.BigIntType, Value: n} }

// naiveFrame is the frame of row i of a sorted partition, by its definition.
func naiveFrame(rows [][]any, i, key int, desc bool, f expr.Frame) (lo, hi int) {
	at := func(b expr.Bound, r int, low bool) bool { // whether row r is within the bound
		var d int64
		if b.Offset != nil {
			d = b.Offset.(*expr.Literal).Value.(int64)
		}
		if b.Kind == expr.Preceding {
			d = -d
		}
		switch b.Kind {
		case expr.UnboundedPreceding, expr.UnboundedFollowing:
			return true
		}
		if f.Rows {
			return low == (int64(r) >= int64(i)+d) || int64(r) == int64(i)+d
		}
		x, y := rows[r][key], rows[i][key]
		if x == nil || y == nil {
			if x == nil && y == nil {
				return true
			}
			return low == (r > i)
		}
		c := x.(int64) - y.(int64)
		if desc {
			c = -c
		}
		return low == (c >= d) || c == d
	}
	lo, hi = len(rows), 0
	for r := range rows {
		if at(f.Lo, r, true) && at(f.Hi, r, false) {
			lo, hi = min(lo, r), max(hi, r+1)
		}
	}
	return lo, hi
}

func naiveWindow(name string, rows [][]any, lo, hi, i int) any {
	var vals []any
	var sum int64
	for r := lo; r < hi; r++ {
		if rows[r][2] != nil {
			vals = append(vals, rows[r][2])
			sum += rows[r][2].(int64)
		}
	}
	switch name {
	case "count":
		return int64(len(vals))
	case "collect_list":
		if vals == nil {
			return []any{}
		}
		return vals
	case "row_number":
		return int32(i + 1)
	case "first_value":
		if lo >= hi {
			return nil
		}
		return rows[lo][2]
	}
	if len(vals) == 0 {
		return nil
	}
	if name == "max" {
		return slices.MaxFunc(vals, order)
	}
	return sum
}

func frames() []expr.Frame {
	u, c, v := expr.Bound{Kind: expr.UnboundedPreceding}, expr.Bound{Kind: expr.CurrentRow}, expr.Bound{Kind: expr.UnboundedFollowing}
	p := func(n int64) expr.Bound { return expr.Bound{Kind: expr.Preceding, Offset: bigint(n)} }
	f := func(n int64) expr.Bound { return expr.Bound{Kind: expr.Following, Offset: bigint(n)} }
	var out []expr.Frame
	for _, rows := range []bool{true, false} {
		for _, b := range [][2]expr.Bound{{u, c}, {u, v}, {c, v}, {c, c}, {p(2), f(1)}, {p(5), p(2)}, {f(1), f(3)}, {u, p(1)}, {p(1), v}, {p(60), f(60)}, {f(2), v}} {
			out = append(out, expr.Frame{Rows: rows, Lo: b[0], Hi: b[1]})
		}
	}
	return out
}

// TestWindowsAgreeWithTheirDefinition has rows of partition, order key, value and number.
func TestWindowsAgreeWithTheirDefinition(t *testing.T) {
	ts := []types.Type{types.StringType, types.BigIntType, types.BigIntType, types.BigIntType}
	for seed := range uint64(3) {
		rnd := rand.New(rand.NewPCG(seed, 2))
		rows := make([][]any, []int{0, 60, 6000}[seed])
		for i := range rows {
			rows[i] = []any{fmt.Sprint("p", rnd.IntN(1+len(rows)/25)), int64(rnd.IntN(40)), int64(rnd.IntN(100)), int64(i)}
			for k := range 3 {
				if rnd.IntN(9) == 0 {
					rows[i][k] = nil
				}
			}
		}
		for n, frame := range frames() {
			s := setups[(n+int(seed))%len(setups)]
			if len(rows) > 500 {
				s.size = max(s.size, 50)
			}
			for _, desc := range []bool{false, true} {
				tab := &rowsTable{ts, rows, s.size, seed}
				in := tab.scan()
				by := []expr.Order{{X: col(in, 1), Desc: desc, NullsFirst: n%2 == 0}}
				node := &plan.Window{Input: in}
				names := []string{"sum", "count", "max", "collect_list", "first_value", "row_number"}
				for _, name := range names {
					args := []expr.Expr{col(in, 2)}
					if name == "row_number" {
						args = nil
					}
					call := callOf(t, name, args...)
					var f expr.Expr = &expr.Agg{Call: call}
					if call.Bind.Agg == nil {
						f = &call
					}
					node.Funcs = append(node.Funcs, window(t, f, []expr.Expr{col(in, 0)}, by, frame))
				}
				want := naiveRows(rows, names, frame, by[0])
				for _, memory := range []int64{0, 384 << 10} {
					if memory > 0 && (len(rows) < 500 || n%4 != 0) {
						continue
					}
					got, err := run(t, setup{s.size, s.workers, memory}, node)
					if err != nil {
						t.Fatal(err)
					}
					same(t, fmt.Sprint(frame, desc, s, memory), got, want, true)
				}
			}
		}
	}
}

func naiveRows(rows [][]any, names []string, frame expr.Frame, by expr.Order) (out []string) {
	sorted := slices.Clone(rows)
	slices.SortStableFunc(sorted, func(a, b []any) int {
		if c := orderNulls(a[0], b[0], true); c != 0 {
			return c
		}
		c := orderNulls(a[1], b[1], by.NullsFirst)
		if by.Desc && a[1] != nil && b[1] != nil {
			return -c
		}
		return c
	})
	for s := 0; s < len(sorted); {
		e := s + 1
		for e < len(sorted) && sorted[e][0] == sorted[s][0] {
			e++
		}
		part := sorted[s:e]
		for i, r := range part {
			lo, hi := naiveFrame(part, i, 1, by.Desc, frame)
			row := slices.Clone(r)
			for _, name := range names {
				row = append(row, naiveWindow(name, part, lo, hi, i))
			}
			out = append(out, show(row))
		}
		s = e
	}
	return out
}
