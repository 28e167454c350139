package functions

import (
	"fmt"
	"math"
	"reflect"
	"testing"
	"time"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

func testEnv(ansi bool) *udfs.Env {
	return &udfs.Env{ANSI: ansi, Zone: time.UTC, ZoneName: "UTC", Conf: func(string) string { return "" }}
}

// column makes a Flat column of values in Go form.
func column(t types.Type, vals ...any) *vec.Vec {
	v := vec.New(t, 0)
	for _, x := range vals {
		v.Append(x)
	}
	return v
}

// resolveCall resolves a call of a built-in; constants are the arguments of one row.
func resolveCall(name string, env *udfs.Env, cols []*vec.Vec, consts map[int]any) (udfs.Binding, *udfs.Def, error) {
	d, ok := Builtins().Lookup(name)
	if !ok {
		return udfs.Binding{}, nil, fmt.Errorf("no function %s", name)
	}
	args := make([]udfs.ArgInfo, len(cols))
	for i, c := range cols {
		x, isConst := consts[i]
		args[i] = udfs.ArgInfo{Type: c.Type, Nullable: true, SQL: fmt.Sprintf("c%d", i), Const: isConst, Value: x}
	}
	ctx := &udfs.ResolveCtx{Name: name, Env: env, Pretty: func() string { return name + "(...)" }}
	if d.Resolve == nil {
		o := d.Overloads[0]
		for _, x := range d.Overloads {
			if len(x.In) == len(cols) {
				o = x
			}
		}
		b := udfs.Binding{In: o.In, Out: o.Out, Nullable: o.Nullable, New: o.New, Agg: o.Agg, Window: o.Window}
		if o.Kernel != nil {
			b.New = fixed(o.Kernel)
		}
		return b, d, nil
	}
	b, err := d.Resolve(ctx, args)
	return b, d, err
}

// feed updates an accumulator with rows lo..hi of the columns, batch rows at a time, group i%groups.
func feed(t *testing.T, a udfs.Accumulator, env *udfs.Env, cols []*vec.Vec, lo, hi, batch, groups int) error {
	for at := lo; at < hi; at += batch {
		end := min(at+batch, hi)
		c := &udfs.Call{Env: env, N: end - at, Seq: uint64(at)}
		idx := make([]int32, end-at)
		g := make([]int32, end-at)
		for k := range idx {
			idx[k], g[k] = int32(at+k), int32((at+k)%groups)
		}
		for _, col := range cols {
			v := vec.New(col.Type, 0)
			vec.AppendRows(v, col, idx, len(idx))
			c.In = append(c.In, v)
		}
		if at%2 == 1 { // as a selection of all rows
			c.Sel = make([]int32, c.N)
			for k := range c.Sel {
				c.Sel[k] = int32(k)
			}
		}
		if err := a.Update(g, c); err != nil {
			return err
		}
	}
	return nil
}

// aggResult runs the aggregate in one pass and over partial states merged in the wrong order, checks that both
// agree, and gives the results of the groups.
func aggResult(t *testing.T, name string, env *udfs.Env, groups int, cols []*vec.Vec, consts map[int]any) ([]any, error) {
	t.Helper()
	b, _, err := resolveCall(name, env, cols, consts)
	if err != nil {
		return nil, err
	}
	fresh := func() udfs.Accumulator {
		a, err := b.Agg.New(env)
		if err != nil {
			t.Fatal(err)
		}
		a.Resize(groups)
		return a
	}
	all := make([]int32, groups)
	for g := range all {
		all[g] = int32(g)
	}
	result := func(a udfs.Accumulator) ([]any, error) {
		out := vec.New(b.Out, 0)
		if err := a.Result(all, out); err != nil {
			return nil, err
		}
		vals := make([]any, groups)
		for g := range vals {
			vals[g] = out.Value(g)
		}
		return vals, nil
	}
	n := cols[0].Len
	one := fresh()
	if err := feed(t, one, env, cols, 0, n, 3, groups); err != nil {
		return nil, err
	}
	want, err := result(one)
	merged := fresh()
	for _, part := range [][2]int{{n / 2, n}, {0, n / 2}} {
		p := fresh()
		if err := feed(t, p, env, cols, 0, n, 2, groups); err != nil {
			return nil, err
		}
		p.Clear(all)
		if err := feed(t, p, env, cols, part[0], part[1], 2, groups); err != nil {
			return nil, err
		}
		state := make([]*vec.Vec, len(b.Agg.State))
		for i, s := range b.Agg.State {
			state[i] = vec.New(s, 0)
		}
		if err := p.Partial(all, state); err != nil {
			t.Fatal(err)
		}
		if err := merged.Merge(all, state); err != nil {
			t.Fatal(err)
		}
	}
	got, err2 := result(merged)
	if (err == nil) != (err2 == nil) || err == nil && !nearlyEqual(got, want) {
		t.Errorf("%s: merged %v (%v), in one pass %v (%v)", name, got, err2, want, err)
	}
	if one.Bytes() <= 0 {
		t.Errorf("%s: no memory", name)
	}
	return want, err
}

func nearlyEqual(a, b any) bool {
	x, xok := a.([]any)
	y, yok := b.([]any)
	if xok && yok && len(x) == len(y) {
		for i := range x {
			if !nearlyEqual(x[i], y[i]) {
				return false
			}
		}
		return true
	}
	if f, ok := a.(float64); ok {
		g, ok := b.(float64)
		return ok && (f == g || f != f && g != g || math.Abs(f-g) <= 1e-9*max(math.Abs(f), math.Abs(g)))
	}
	return reflect.DeepEqual(a, b)
}

func dec(x int64) types.Int128 { return types.FromInt64(x) }

func TestAggregatesGiveSparksResults(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	ints := column(types.IntType, int32(5), int32(10), nil, int32(15), int32(-1))
	longs := column(types.BigIntType, int64(math.MaxInt64), int64(1), int64(-1))
	none := column(types.IntType, nil, nil)
	strs := column(types.StringType, "b", nil, "a string that is not inlined", "zz", "b")
	dbl := column(types.DoubleType, 1.5, nan, nil, -inf, 2.5)
	dec72 := column(types.DecimalOf(7, 2), dec(101), dec(200), nil, dec(-1))
	dec38 := column(types.DecimalOf(38, 0), types.Pow10(37), types.Pow10(37).Neg(), types.Pow10(37))
	pair := types.StructOf(types.Field{Name: "a", Type: types.IntType, Nullable: true}, types.Field{Name: "b", Type: types.StringType, Nullable: true})
	structs := column(pair, []any{int32(1), "x"}, nil, []any{int32(1), "y"}, []any{nil, "z"})
	bools := column(types.BooleanType, true, nil, false, true)
	for _, c := range []struct {
		name string
		want any
		cols []*vec.Vec
	}{
		{"count", int64(4), []*vec.Vec{ints}},
		{"count", int64(3), []*vec.Vec{ints, strs}},
		{"count", int64(0), []*vec.Vec{none}},
		{"count_if", int64(2), []*vec.Vec{bools}},
		{"sum", int64(29), []*vec.Vec{ints}},
		{"sum", int64(math.MaxInt64), []*vec.Vec{longs}},
		{"sum", nil, []*vec.Vec{none}},
		{"sum", nan, []*vec.Vec{dbl}},
		{"sum", dec(300), []*vec.Vec{dec72}},
		{"sum", types.Pow10(37), []*vec.Vec{dec38}},
		{"avg", 7.25, []*vec.Vec{ints}},
		{"avg", dec(1000000), []*vec.Vec{dec72}},
		{"min", int32(-1), []*vec.Vec{ints}},
		{"max", int32(15), []*vec.Vec{ints}},
		{"max", nan, []*vec.Vec{dbl}},
		{"min", -inf, []*vec.Vec{dbl}},
		{"min", "a string that is not inlined", []*vec.Vec{strs}},
		{"max", "zz", []*vec.Vec{strs}},
		{"max", []any{int32(1), "y"}, []*vec.Vec{structs}},
		{"min", []any{nil, "z"}, []*vec.Vec{structs}},
		{"min", types.Pow10(37).Neg(), []*vec.Vec{dec38}},
		{"max", true, []*vec.Vec{bools}},
		{"max_by", "zz", []*vec.Vec{strs, ints}},
		{"min_by", "b", []*vec.Vec{strs, ints}},
		{"first", int32(5), []*vec.Vec{ints}},
		{"last", int32(-1), []*vec.Vec{ints}},
		{"first", []any{int32(1), "x"}, []*vec.Vec{structs}},
		{"last", true, []*vec.Vec{bools}},
		{"collect_list", []any{int32(5), int32(10), int32(15), int32(-1)}, []*vec.Vec{ints}},
		{"collect_list", []any{}, []*vec.Vec{none}},
		{"collect_list", []any{[]any{int32(1), "x"}, []any{int32(1), "y"}, []any{nil, "z"}}, []*vec.Vec{structs}},
		{"collect_set", []any{"b", "a string that is not inlined", "zz"}, []*vec.Vec{strs}},
		{"listagg", "ba string that is not inlinedzzb", []*vec.Vec{strs}},
	} {
		got, err := aggResult(t, c.name, testEnv(true), 1, c.cols, nil)
		if err != nil || !nearlyEqual(got[0], c.want) {
			t.Errorf("%s(%s): got %v, %v, want %v", c.name, c.cols[0].Type, got, err, c.want)
		}
	}
}

func TestAggregatesKeepGroupsApart(t *testing.T) {
	ints := column(types.IntType, int32(1), int32(2), int32(3), nil, int32(5), int32(6), int32(7))
	for name, want := range map[string][]any{
		"sum":          {int64(8), int64(7), int64(9)},
		"count":        {int64(2), int64(2), int64(2)},
		"max":          {int32(7), int32(5), int32(6)},
		"first":        {int32(1), int32(2), int32(3)},
		"last":         {int32(7), int32(5), int32(6)},
		"collect_list": {[]any{int32(1), int32(7)}, []any{int32(2), int32(5)}, []any{int32(3), int32(6)}},
		"collect_set":  {[]any{int32(1), int32(7)}, []any{int32(2), int32(5)}, []any{int32(3), int32(6)}},
	} {
		got, err := aggResult(t, name, testEnv(true), 3, []*vec.Vec{ints}, nil)
		if err != nil || !nearlyEqual(got, want) {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, want)
		}
	}
}

func TestSumOverflowFollowsTheMode(t *testing.T) {
	longs := column(types.BigIntType, int64(math.MaxInt64), int64(1))
	decs := column(types.DecimalOf(38, 0), types.Pow10(38).Sub(dec(1)), types.Pow10(38).Sub(dec(1)))
	months := column(types.YearMonthOf(1, 1), int32(math.MaxInt32), int32(1))
	for _, c := range []struct {
		name string
		ansi bool
		col  *vec.Vec
		want any
		cond string
	}{
		{"sum", true, longs, nil, "ARITHMETIC_OVERFLOW"},
		{"sum", false, longs, int64(math.MinInt64), ""},
		{"try_sum", true, longs, nil, ""},
		{"avg", true, longs, 4.6116860184273879e18, ""},
		{"sum", true, decs, nil, "ARITHMETIC_OVERFLOW"},
		{"sum", false, decs, nil, ""},
		{"avg", true, decs, nil, "ARITHMETIC_OVERFLOW"},
		{"try_avg", true, decs, nil, ""},
		{"sum", false, months, nil, "INTERVAL_ARITHMETIC_OVERFLOW"},
		{"try_sum", true, months, nil, ""},
	} {
		got, err := aggResult(t, c.name, testEnv(c.ansi), 1, []*vec.Vec{c.col}, nil)
		if c.cond != "" {
			if !errs.Is(err, c.cond) {
				t.Errorf("%s(%s) ansi %v: %v, %v", c.name, c.col.Type, c.ansi, got, err)
			}
		} else if err != nil || !nearlyEqual(got[0], c.want) {
			t.Errorf("%s(%s) ansi %v: %v, %v, want %v", c.name, c.col.Type, c.ansi, got, err, c.want)
		}
	}
}

func TestCancellingDoublesAgreeInAnyOrder(t *testing.T) {
	vals := make([]any, 0, 3000)
	for i := range 1000 {
		x := float64(i+1) * 1e12
		vals = append(vals, x, 1e-3*float64(i), -x)
	}
	if _, err := aggResult(t, "sum", testEnv(true), 1, []*vec.Vec{column(types.DoubleType, vals...)}, nil); err != nil {
		t.Fatal(err)
	}
}
