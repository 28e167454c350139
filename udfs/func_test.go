package udfs

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// apply calls a function's first signature on columns, as the engine does: live are the rows to do, nil for all.
func apply(d Def, env *Env, live []int32, rows int, in ...*vec.Vec) (*vec.Vec, error) {
	o := &d.Overloads[0]
	k, err := o.New(env)
	if err != nil {
		return nil, err
	}
	c := &Call{Ctx: context.Background(), Env: env, In: in, N: rows, Sel: live, Out: vec.New(o.Out, rows)}
	if d.TraitsOf(o).Has(Strict) {
		for i := range rows {
			for _, v := range in {
				if v.IsNull(i) {
					c.Out.SetNull(i)
				}
			}
		}
	}
	return c.Out, k(c)
}

func mustApply(t *testing.T, d Def, rows int, in ...*vec.Vec) []any {
	t.Helper()
	out, err := apply(d, nil, nil, rows, in...)
	if err != nil {
		t.Fatal(err)
	}
	return values(out)
}

func values(v *vec.Vec) []any {
	out := make([]any, v.Len)
	for i := range out {
		out[i] = v.Value(i)
	}
	return out
}

func col(t types.Type, vals ...any) *vec.Vec {
	v := vec.New(t, 0)
	for _, x := range vals {
		v.Append(x)
	}
	return v
}

func settings(pairs ...string) *Env {
	return &Env{Conf: func(key string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == key {
				return pairs[i+1]
			}
		}
		return ""
	}}
}

func TestPlainArgumentsNeverSeeNulls(t *testing.T) {
	d := Scalar("head", func(s string, n int64) string { return s[:1] + s[:n] })
	o := d.Overloads[0]
	if traits := d.TraitsOf(&o); !traits.Has(Strict|Deterministic) || traits.Has(Fallible) || o.Out != types.StringType || o.Nullable {
		t.Errorf("%+v", d)
	}
	got := mustApply(t, d, 3, col(types.StringType, "abc", nil, "xyz"), col(types.BigIntType, int64(2), int64(1), nil))
	if want := []any{"aab", nil, nil}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestArgumentsAndResultsThatMayBeMissing(t *testing.T) {
	flip := Fn1(func(x Null[int32]) Null[int32] {
		if !x.OK {
			return Some(int32(7))
		}
		return None[int32]()
	})
	byPointer := Fn1(func(x *int32) *int32 {
		if x != nil {
			return nil
		}
		seven := int32(7)
		return &seven
	})
	for _, f := range []Func{flip, byPointer} {
		d := Scalar("flip", f)
		if d.TraitsOf(&d.Overloads[0]).Has(Strict) || !d.Overloads[0].Nullable {
			t.Errorf("%+v", d)
		}
		if got := mustApply(t, d, 2, col(types.IntType, int32(1), nil)); !reflect.DeepEqual(got, []any{nil, int32(7)}) {
			t.Errorf("%v", got)
		}
	}
}

func TestOnlyLiveRowsAreCalled(t *testing.T) {
	var seen []string
	d := Scalar("note", func(s string) int64 { seen = append(seen, s); return int64(len(s)) })
	out, err := apply(d, nil, []int32{1, 2, 4}, 6, col(types.StringType, "no", "a", nil, "no", "bcd", "no"))
	if err != nil || fmt.Sprint(seen) != "[a bcd]" || out.Value(1) != int64(1) || out.Value(2) != nil || out.Value(4) != int64(3) {
		t.Errorf("%v %v %v", seen, values(out), err)
	}
}

func TestVariadicArguments(t *testing.T) {
	d := Scalar("join", Fn2V(func(sep string, parts ...string) string { return strings.Join(parts, sep) }))
	if o := d.Overloads[0]; !o.Variadic || len(o.In) != 2 {
		t.Errorf("%+v", o)
	}
	sep := col(types.StringType, "-", "+")
	if got := mustApply(t, d, 2, sep, col(types.StringType, "a", "b"), col(types.StringType, "c", nil)); !reflect.DeepEqual(got, []any{"a-c", nil}) {
		t.Errorf("%v", got)
	}
	if got := mustApply(t, d, 2, sep); !reflect.DeepEqual(got, []any{"", ""}) {
		t.Errorf("%v", got)
	}
}

func TestArgumentsMayBeKept(t *testing.T) {
	var kept []string
	var lists [][]int64
	d := Scalar("keep", Fn3V(func(s string, list []int64, rest ...string) bool {
		kept, lists = append(append(kept, s), rest...), append(lists, list)
		return true
	}))
	long := strings.Repeat("x", 40)
	texts, more, nums := col(types.StringType, long+"1", "2"), col(types.StringType, "3", long+"4"), col(types.ArrayOf(types.BigIntType, true), []any{int64(1)}, []any{int64(2), int64(3)})
	mustApply(t, d, 2, texts, nums, more)
	for _, v := range []*vec.Vec{texts, more, nums} { // the engine uses its memory again
		for _, b := range v.Bufs {
			clear(b)
		}
		clear(v.Views)
		for _, k := range v.Kids {
			clear(k.Fixed)
		}
	}
	if want := []string{long + "1", "3", "2", long + "4"}; !reflect.DeepEqual(kept, want) || !reflect.DeepEqual(lists, [][]int64{{1}, {2, 3}}) {
		t.Errorf("%q %v", kept, lists)
	}
}

func TestErrorsNameFunctionRowAndArguments(t *testing.T) {
	cause := errors.New("out of luck")
	d := Scalar("unlucky", func(n int64, s string) (bool, error) {
		if n == 13 {
			return false, cause
		}
		return true, nil
	})
	in := []*vec.Vec{col(types.BigIntType, int64(7), int64(13)), col(types.StringType, "a", "secret")}
	_, err := apply(d, nil, nil, 2, in...)
	if !errs.Is(err, "FAILED_EXECUTE_UDF") || !errors.Is(err, cause) {
		t.Fatal(err)
	}
	for _, want := range []string{"`unlucky` (BIGINT, STRING => BOOLEAN)", "out of luck", "row 1", `13, "secret"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %s in: %v", want, err)
		}
	}
	_, err = apply(d, settings(RedactKey, "true"), nil, 2, in...)
	if s := err.Error(); strings.Contains(s, "secret") || strings.Contains(s, "13") || !strings.Contains(s, "redacted") {
		t.Errorf("redacted: %v", err)
	}
}

func TestPanicsAreErrorsWithTheirPlace(t *testing.T) {
	d := Scalar("third", func(s string) string { return s[2:3] })
	_, err := apply(d, nil, nil, 3, col(types.StringType, "abc", "ab", "abc"))
	p := (*Panic)(nil)
	if !errors.As(err, &p) || !strings.HasPrefix(p.At, "func_test.go:") || !strings.Contains(err.Error(), `row 1 of its batch, arguments: "ab"`) {
		t.Errorf("%v", err)
	}
}

func TestTimeAndCancellation(t *testing.T) {
	// A function that waits for its context, and one that has none and is looked at between rows.
	wait := Scalar("wait", Fn1C(func(ctx context.Context, _ int64) (int64, error) { <-ctx.Done(); return 0, ctx.Err() }))
	slow := Scalar("slow", func(n int64) int64 { time.Sleep(time.Millisecond); return n })
	rows := vec.New(types.BigIntType, 2000)
	for _, d := range []Def{wait, slow} {
		_, err := apply(d, settings(TimeoutKey, "5ms"), nil, rows.Len, rows)
		if !errs.Is(err, "FAILED_EXECUTE_UDF") || !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), TimeoutKey) {
			t.Errorf("%s: %v", d.Name, err)
		}
		ctx, cancel := context.WithCancelCause(context.Background())
		stopped := errors.New("stopped")
		time.AfterFunc(5*time.Millisecond, func() { cancel(stopped) })
		k, _ := d.Overloads[0].New(nil)
		if err := k(&Call{Ctx: ctx, In: []*vec.Vec{rows}, N: rows.Len, Out: vec.New(types.BigIntType, rows.Len)}); err != stopped {
			t.Errorf("%s: %v", d.Name, err)
		}
	}
}

func TestMistakesAreSeenWhenTheProgramStarts(t *testing.T) {
	type loop struct{ Next *loop }
	for _, c := range []struct {
		make func()
		want string
	}{
		{func() { Scalar("f", func(a int8) int8 { return a }) }, "udfs: f: Scalar does not know the signature func(int8) int8 by itself: write udfs.Fn1(f)"},
		{func() { Scalar("f", func(a int8, b ...string) (int8, error) { return a, nil }) }, "write udfs.Fn2VE(f)"},
		{func() { Scalar("f", func(ctx context.Context, a int8) (int8, error) { return a, nil }) }, "write udfs.Fn1C(f)"},
		{func() { Scalar("f", func(a int8) {}) }, "a function gives one result"},
		{func() { Scalar("f", 3) }, "it is no function"},
		{func() { Scalar("f", nil) }, "it is no function"},
		{func() { Scalar("f", Fn2(func(a string, b uint32) string { return a })) }, "udfs: f: argument 2: uint32 has no SQL type: use int64"},
		{func() { Scalar("f", Fn1(func(a string) chan int { return nil })) }, "the result: chan int has no SQL type"},
		{func() { Scalar("f", Fn1(func(a loop) bool { return true })) }, "holds itself"},
		{func() { Scalar("f", Fn1(func(a map[int32]string) bool { return true })) }, "use udfs.Pairs[int32, string]"},
		{func() { Scalar("f", Fn1(func(a struct{}) bool { return true })) }, "has no fields"},
		{func() { Scalar("f", Fn1(func(a Null[*string]) bool { return true })) }, "can be NULL by itself"},
		{func() {
			Scalar("f", Fn1(func(a Decimal) Decimal { return a }), Types(types.DoubleType, types.DoubleType))
		}, "Types has DOUBLE where the Go type is carried as DECIMAL(38,18)"},
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, c.want) {
					t.Errorf("%q, want %q", got, c.want)
				}
			}()
			c.make()
		}()
	}
}

// TestAdvisedAdaptersExist compiles what advice writes.
func TestAdvisedAdaptersExist(t *testing.T) {
	Scalar("f", Fn1(func(a int8) int8 { return a }))
	Scalar("f", Fn2VE(func(a int8, b ...string) (int8, error) { return a, nil }))
	Scalar("f", Fn1C(func(ctx context.Context, a int8) (int8, error) { return a, nil }))
}

func TestOnceFailsEveryCallAlike(t *testing.T) {
	builds := 0
	get := Once(func() (int, error) { builds++; panic("no model") })
	for range 3 {
		if _, err := get(); err == nil || !strings.Contains(err.Error(), "panic: no model at func_test.go:") {
			t.Errorf("%v", err)
		}
	}
	if builds != 1 {
		t.Errorf("built %d times", builds)
	}
}

func TestOptionsFillTheRecord(t *testing.T) {
	d := Scalar("Area", func(w, h float64) float64 { return w * h }, Doc("Returns an area."), Params("w the width", "h"),
		Shows("SELECT area(2, 3)", "6.0"), Note("No units."), Group("shapes"), Since("2.0"), Alias("surface"), Cost(3),
		Also(func(r float64) float64 { return r * r }), Volatile())
	if d.Name != "area" || d.Usage != "Area(w, h) - Returns an area." || d.Args[0] != (Arg{Name: "w", Doc: "the width"}) || len(d.Overloads) != 2 ||
		d.Note == "" || d.Group != "shapes" || d.Since != "2.0" || d.Aliases[0] != "surface" || d.Cost != 3 || d.Traits.Has(Deterministic) || len(d.Examples) != 1 {
		t.Errorf("%+v", d)
	}
}

func TestVectorsAreChecked(t *testing.T) {
	for want, k := range map[string]Kernel{
		"a column of STRING instead of DOUBLE": func(c *Call) error { c.Out = vec.New(types.StringType, c.N); return nil },
		"1 rows instead of 2":                  func(c *Call) error { c.Out = vec.New(types.DoubleType, 1); return nil },
		"buffers are too short":                func(c *Call) error { c.Out.Fixed = c.Out.Fixed[:8]; return nil },
		"panic: boom":                          func(c *Call) error { panic("boom") },
		"sorry":                                func(c *Call) error { return errors.New("sorry") },
	} {
		d := Vector("v", k, types.DoubleType, []types.Type{types.DoubleType})
		if _, err := apply(d, nil, nil, 2, col(types.DoubleType, 1.0, 2.0)); !errs.Is(err, "FAILED_EXECUTE_UDF") || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestCallsAreCounted(t *testing.T) {
	all := NewStats(nil)
	one, two := NewStats(all), NewStats(all)
	d := Scalar("half", func(x float64) (float64, error) {
		if x < 0 {
			return 0, errors.New("negative")
		}
		return x / 2, nil
	})
	apply(d, &Env{Stats: one}, nil, 2, col(types.DoubleType, 1.0, 2.0))
	apply(d, &Env{Stats: two}, nil, 3, col(types.DoubleType, 1.0, nil, -2.0))
	for _, c := range []struct {
		s           *Stats
		rows, fails int64
	}{{one, 2, 0}, {two, 2, 1}, {all, 4, 1}} {
		if l := c.s.List(); len(l) != 1 || l[0].Name != "half" || l[0].Rows != c.rows || l[0].Errors != c.fails || l[0].Time <= 0 {
			t.Errorf("%+v, want %d rows, %d errors", l, c.rows, c.fails)
		}
	}
}
