package eval

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/types"
	"sparksql/udfs"
)

var (
	env    = &udfs.Env{ANSI: true}
	divDef = &udfs.Def{Name: "div_test", Traits: udfs.Strict | udfs.Deterministic | udfs.Fallible}
	addDef = &udfs.Def{Name: "add_test", Traits: udfs.Strict | udfs.Deterministic}
	catDef = &udfs.Def{Name: "cat_test", Traits: udfs.Strict | udfs.Deterministic}
	logDef = &udfs.Def{Name: "logic_test", Traits: udfs.Deterministic}
	isDef  = &udfs.Def{Name: "isnull_test", Traits: udfs.Deterministic}
	cmpDef = &udfs.Def{Name: "<", Operator: true, Traits: udfs.Strict | udfs.Deterministic}
	mapDef = &udfs.Def{Name: "transform_test", Traits: udfs.Strict | udfs.Deterministic}
	badDef = &udfs.Def{Name: "bad_test", Traits: udfs.Strict | udfs.Deterministic}
)

func bind(d *udfs.Def, out types.Type, k udfs.Kernel, args ...expr.Expr) *expr.Call {
	return &expr.Call{Def: d, Name: d.Name, Env: env, Args: args,
		Bind: udfs.Binding{Out: out, New: func(*udfs.Env) (udfs.Kernel, error) { return k, nil }}}
}

func ints(f func(a, b int64) (int64, error)) udfs.Kernel {
	return func(c *udfs.Call) error {
		a, b, o := vec.Values[int64](c.In[0]), vec.Values[int64](c.In[1]), vec.Values[int64](c.Out)
		return c.Each(func(i int) (err error) { o[i], err = f(a[i], b[i]); return err })
	}
}

func div(a, b expr.Expr) expr.Expr {
	return bind(divDef, types.BigIntType, ints(func(a, b int64) (int64, error) {
		if b == 0 {
			return 0, errs.Internal("divided by zero")
		}
		return a / b, nil
	}), a, b)
}

func add(a, b expr.Expr) expr.Expr {
	return bind(addDef, types.BigIntType, ints(func(a, b int64) (int64, error) { return a + b, nil }), a, b)
}

func cat(a, b expr.Expr) expr.Expr {
	return bind(catDef, types.StringType, func(c *udfs.Call) error {
		return c.Each(func(i int) error { c.Out.SetStr(i, c.In[0].Str(i)+c.In[1].Str(i)); return nil })
	}, a, b)
}

func less(a, b expr.Expr) expr.Expr {
	return bind(cmpDef, types.BooleanType, func(c *udfs.Call) error {
		a, b, o := vec.Values[int64](c.In[0]), vec.Values[int64](c.In[1]), vec.Values[bool](c.Out)
		return c.Each(func(i int) error { o[i] = a[i] < b[i]; return nil })
	}, a, b)
}

func isNull(a expr.Expr) expr.Expr {
	return bind(isDef, types.BooleanType, func(c *udfs.Call) error {
		o := vec.Values[bool](c.Out)
		return c.Each(func(i int) error { o[i] = c.In[0].IsNull(i); return nil })
	}, a)
}

func form(l udfs.Lazy, out types.Type, args ...expr.Expr) expr.Expr {
	return &expr.Call{Def: logDef, Name: "form", Env: env, Args: args, Bind: udfs.Binding{Out: out, Lazy: l}}
}

func lit(t types.Type, v any) expr.Expr { return &expr.Literal{Typ: t, Value: v} }
func num(v int64) expr.Expr             { return lit(types.BigIntType, v) }

// reference evaluates row by row.
func reference(e expr.Expr, row map[expr.ID]any) (any, error) {
	switch e := e.(type) {
	case *expr.Literal:
		return e.Value, nil
	case *expr.Column:
		return row[e.ID], nil
	}
	c := e.(*expr.Call)
	arg := func(i int) (any, error) { return reference(c.Args[i], row) }
	switch c.Bind.Lazy {
	case udfs.And, udfs.Or:
		decided := c.Bind.Lazy == udfs.Or
		var out any = !decided
		for i := range c.Args {
			v, err := arg(i)
			if err != nil || v == decided {
				return v, err
			}
			if v == nil {
				out = nil
			}
		}
		return out, nil
	case udfs.If, udfs.Case:
		for i := 0; i < len(c.Args); i += 2 {
			if i+1 == len(c.Args) {
				return arg(i)
			}
			if v, err := arg(i); err != nil || v == true {
				if err != nil {
					return nil, err
				}
				return arg(i + 1)
			}
		}
		return nil, nil
	case udfs.Coalesce:
		for i := range c.Args {
			if v, err := arg(i); err != nil || v != nil {
				return v, err
			}
		}
		return nil, nil
	}
	var vals []any
	for i := range c.Args {
		v, err := arg(i)
		if err != nil {
			return nil, err
		}
		if v == nil && c.Def != isDef {
			return nil, nil
		}
		vals = append(vals, v)
	}
	switch c.Def {
	case divDef:
		if vals[1] == int64(0) {
			return nil, fmt.Errorf("divided by zero")
		}
		return vals[0].(int64) / vals[1].(int64), nil
	case addDef:
		return vals[0].(int64) + vals[1].(int64), nil
	case catDef:
		return vals[0].(string) + vals[1].(string), nil
	case cmpDef:
		return vals[0].(int64) < vals[1].(int64), nil
	}
	return vals[0] == nil, nil
}

// conjunction is a condition as a filter reads it: an operand of AND that is not true ends it.
func conjunction(e expr.Expr, row map[expr.ID]any) (bool, error) {
	c, ok := e.(*expr.Call)
	if !ok || c.Bind.Lazy != udfs.And {
		v, err := reference(e, row)
		return v == true, err
	}
	for _, a := range c.Args {
		if ok, err := conjunction(a, row); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

var inCols = []expr.Col{{ID: 1, Name: "a", Type: types.BigIntType}, {ID: 2, Name: "b", Type: types.BigIntType}, {ID: 3, Name: "s", Type: types.StringType}}

func column(i int) expr.Expr { return &expr.Column{Col: inCols[i]} }

// drawExpr makes an expression; shared sub-expressions come from pool.
func drawExpr(t *rapid.T, k types.Kind, depth int, pool map[types.Kind][]expr.Expr) expr.Expr {
	if p := pool[k]; len(p) > 0 && rapid.IntRange(0, 4).Draw(t, "shared") == 0 {
		return rapid.SampledFrom(p).Draw(t, "which")
	}
	sub := func(k types.Kind) expr.Expr { return drawExpr(t, k, depth-1, pool) }
	var e expr.Expr
	typ := map[types.Kind]types.Type{types.BigInt: types.BigIntType, types.String: types.StringType, types.Boolean: types.BooleanType}[k]
	n := rapid.IntRange(0, 6).Draw(t, "kind")
	switch {
	case depth <= 0 || n == 0:
		switch k {
		case types.BigInt:
			e = []expr.Expr{column(0), column(1), num(0), num(3), lit(types.BigIntType, nil)}[rapid.IntRange(0, 4).Draw(t, "leaf")]
		case types.String:
			e = []expr.Expr{column(2), lit(types.StringType, "x"), lit(types.StringType, "a rather long text")}[rapid.IntRange(0, 2).Draw(t, "leaf")]
		default:
			e = []expr.Expr{less(column(0), num(2)), isNull(column(1)), lit(types.BooleanType, true), lit(types.BooleanType, nil)}[rapid.IntRange(0, 3).Draw(t, "leaf")]
		}
		return e
	case n == 1:
		e = form(udfs.Case, typ, sub(types.Boolean), sub(k), sub(types.Boolean), sub(k))
	case n == 2:
		e = form(udfs.If, typ, sub(types.Boolean), sub(k), sub(k))
	case n == 3:
		e = form(udfs.Coalesce, typ, sub(k), sub(k))
	case k == types.BigInt && n < 5:
		e = add(sub(k), sub(k))
	case k == types.BigInt:
		e = div(sub(k), sub(k))
	case k == types.String:
		e = cat(sub(k), sub(k))
	case n == 4:
		e = form(udfs.And, typ, sub(k), sub(k))
	case n == 5:
		e = form(udfs.Or, typ, sub(k), sub(k))
	default:
		e = less(sub(types.BigInt), sub(types.BigInt))
	}
	pool[k] = append(pool[k], e)
	return e
}

// drawColumn gives a column of any form with few different values.
func drawColumn(t *rapid.T, typ types.Type, n int, dicts map[types.Type]*vec.Dict) *vec.Vec {
	value := func() any {
		x := rapid.IntRange(-1, 3).Draw(t, "v")
		switch {
		case x < 0:
			return nil
		case typ == types.StringType:
			return strings.Repeat("text", x*2)
		}
		return int64(x)
	}
	switch rapid.IntRange(0, 2).Draw(t, "form") {
	case 0:
		v := vec.New(typ, 0)
		for range n {
			v.Append(value())
		}
		return v
	case 1:
		return vec.Constant(typ, value(), n)
	}
	if dicts[typ] == nil {
		d := vec.New(typ, 0)
		for range 4 {
			d.Append(value())
		}
		dicts[typ] = vec.NewDict(d)
	}
	v := &vec.Vec{Type: typ, Form: vec.Coded, Len: n, Dict: dicts[typ]}
	for range n {
		v.Codes = append(v.Codes, rapid.Int32Range(0, 3).Draw(t, "code"))
	}
	for i := range n {
		if rapid.IntRange(0, 3).Draw(t, "null") == 0 {
			v.SetNull(i)
		}
	}
	return v
}

func TestProgramsAgreeWithEvaluationByRow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pool := map[types.Kind][]expr.Expr{}
		es := []expr.Expr{drawExpr(t, types.BigInt, 4, pool), drawExpr(t, types.String, 3, pool), drawExpr(t, types.Boolean, 4, pool)}
		cond := drawExpr(t, types.Boolean, 3, pool)
		t.Log(es, cond)
		p, err := Compile(es, inCols, nil)
		if err != nil {
			t.Fatal(err)
		}
		sp, err := Compile([]expr.Expr{cond}, inCols, nil)
		if err != nil {
			t.Fatal(err)
		}
		dicts := map[types.Type]*vec.Dict{}
		out := make([]*vec.Vec, len(es))
		for range 3 {
			n := rapid.SampledFrom([]int{1, 3, 20}).Draw(t, "n")
			b := &vec.Batch{N: n}
			for _, c := range inCols {
				b.Cols = append(b.Cols, drawColumn(t, c.Type, n, dicts))
			}
			if rapid.Bool().Draw(t, "select") {
				b.Sel = []int32{}
				for i := range n {
					if rapid.Bool().Draw(t, "live") {
						b.Sel = append(b.Sel, int32(i))
					}
				}
			}
			check(t, p, sp, es, cond, b, out)
		}
	})
}

func check(t *rapid.T, p, sp *Program, es []expr.Expr, cond expr.Expr, b *vec.Batch, out []*vec.Vec) {
	rows := b.Sel
	if rows == nil {
		for i := range b.N {
			rows = append(rows, int32(i))
		}
	}
	row := func(i int32) map[expr.ID]any {
		m := map[expr.ID]any{}
		for k, c := range inCols {
			m[c.ID] = b.Cols[k].Value(int(i))
		}
		return m
	}
	var want [][]any
	var fails bool
	for _, i := range rows {
		var vals []any
		for _, e := range es {
			v, err := reference(e, row(i))
			fails = fails || err != nil
			vals = append(vals, v)
		}
		want = append(want, vals)
	}
	t.Log(want, b.Sel, forms(b))
	err := p.Eval(context.Background(), b, out)
	if (err != nil) != fails {
		t.Fatalf("error %v, by row: %v", err, fails)
	}
	if err == nil {
		for k, i := range rows {
			for e := range es {
				if got := out[e].Value(int(i)); got != want[k][e] {
					t.Fatalf("expression %d row %d: %v, want %v", e, i, got, want[k][e])
				}
			}
		}
	}
	var pick []int32
	fails = false
	for _, i := range rows {
		v, err := conjunction(cond, row(i))
		fails = fails || err != nil
		if v {
			pick = append(pick, i)
		}
	}
	sel, err := sp.Select(context.Background(), b, nil)
	if (err != nil) != fails {
		t.Fatalf("select: error %v, by row: %v", err, fails)
	}
	if err == nil && fmt.Sprint(sel) != fmt.Sprint(pick) {
		t.Fatalf("select: %v, want %v", sel, pick)
	}
}

func TestLambdaSeesOuterColumns(t *testing.T) {
	arr := types.ArrayOf(types.BigIntType, true)
	in := []expr.Col{{ID: 1, Type: arr}, {ID: 2, Type: types.BigIntType}}
	param := expr.Col{ID: 9, Type: types.BigIntType}
	body := add(&expr.Column{Col: param}, &expr.Column{Col: in[1]})
	e := bind(mapDef, arr, func(c *udfs.Call) error {
		var outer []int32
		kids := vec.New(types.BigIntType, 0)
		c.Each(func(i int) error {
			lo, hi := c.In[0].Range(i)
			for k := lo; k < hi; k++ {
				outer = append(outer, int32(i))
				kids.Append(c.In[0].Kids[0].Value(k))
			}
			return nil
		})
		got, err := c.Lambdas[1]([]*vec.Vec{kids}, outer, len(outer))
		if err != nil {
			return err
		}
		at := 0
		return c.Each(func(i int) error {
			for lo, hi := c.In[0].Range(i); lo < hi; lo++ {
				c.Out.Kids[0].Append(got.Value(at))
				at++
			}
			c.Out.CloseRow(i)
			return nil
		})
	}, &expr.Column{Col: in[0]}, &expr.Lambda{Params: []expr.Col{param}, Body: body})
	p, err := Compile([]expr.Expr{e}, in, nil)
	if err != nil {
		t.Fatal(err)
	}
	a, c := vec.New(arr, 0), vec.New(types.BigIntType, 0)
	for i, x := range []any{[]any{int64(1), nil}, nil, []any{}, []any{int64(5), int64(6)}} {
		a.Append(x)
		c.Append(int64(10 * i))
	}
	out := make([]*vec.Vec, 1)
	if err := p.Eval(context.Background(), &vec.Batch{Cols: []*vec.Vec{a, c}, N: 4, Sel: []int32{0, 1, 3}}, out); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(out[0].Value(0), out[0].Value(1), out[0].Value(3)); got != "[1 <nil>] <nil> [35 36]" {
		t.Fatal(got)
	}
}

func TestPanicNamesFunction(t *testing.T) {
	e := bind(badDef, types.BigIntType, ints(func(a, b int64) (int64, error) {
		if a == 7 {
			panic("seven")
		}
		return a, nil
	}), column(0), column(1))
	p, err := Compile([]expr.Expr{e}, inCols, nil)
	if err != nil {
		t.Fatal(err)
	}
	a, s := vec.New(types.BigIntType, 0), vec.New(types.StringType, 3)
	for _, x := range []any{int64(1), int64(7), int64(2)} {
		a.Append(x)
	}
	err = p.Eval(context.Background(), &vec.Batch{Cols: []*vec.Vec{a, a, s}, N: 3}, make([]*vec.Vec, 1))
	if !errs.Is(err, "FAILED_EXECUTE_UDF") || !strings.Contains(err.Error(), "bad_test") || !strings.Contains(err.Error(), "panic: seven") {
		t.Fatal(err)
	}
}

func TestSteadyStateDoesNotAllocate(t *testing.T) {
	e := form(udfs.Case, types.BigIntType, less(column(0), num(2)), add(column(0), num(1)), div(column(1), num(2)))
	p, _ := Compile([]expr.Expr{e, less(column(0), num(2))}, inCols, nil)
	sp, _ := Compile([]expr.Expr{less(column(0), num(2)), less(column(1), num(5))}, inCols, nil)
	a, s := vec.New(types.BigIntType, 4096), vec.New(types.StringType, 4096)
	for i := range vec.Values[int64](a) {
		vec.Values[int64](a)[i] = int64(i % 5)
	}
	b := &vec.Batch{Cols: []*vec.Vec{a, a, s}, N: 4096}
	out := make([]*vec.Vec, 2)
	var sel []int32
	run := func() {
		if err := p.Eval(context.Background(), b, out); err != nil {
			t.Fatal(err)
		}
		sel, _ = sp.Select(context.Background(), b, sel[:0])
	}
	run()
	if n := testing.AllocsPerRun(20, run); n > 12 {
		t.Fatalf("%v allocations a batch", n)
	}
}

// forms shows the columns of a batch.
func forms(b *vec.Batch) (out []string) {
	for _, c := range b.Cols {
		s := fmt.Sprint("form ", c.Form, ":")
		for i := range b.N {
			s += fmt.Sprint(" ", c.Value(i))
		}
		out = append(out, s)
	}
	return out
}
