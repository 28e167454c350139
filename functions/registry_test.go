package functions

import (
	"flag"
	"os"
	"strings"
	"testing"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

var update = flag.Bool("update", false, "write README.md again")

func TestReadmeIsUpToDate(t *testing.T) {
	want := Readme()
	if *update {
		if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("README.md")
	if err != nil || string(got) != want {
		t.Errorf("README.md is not what the records give (%v): run go test ./functions -update", err)
	}
}

func TestRecordsAreComplete(t *testing.T) {
	for _, d := range Builtins().Defs() {
		if d.Usage == "" || d.Group == "" || d.Since == "" || len(d.Examples) == 0 {
			t.Errorf("%s: usage %q, group %q, since %q, %d examples", d.Name, d.Usage, d.Group, d.Since, len(d.Examples))
		}
		if d.Name != strings.ToLower(d.Name) {
			t.Errorf("%s is not in lower case", d.Name)
		}
		if (d.Resolve == nil) == (len(d.Overloads) == 0) {
			t.Errorf("%s must have either Resolve or Overloads", d.Name)
		}
		if d.Resolve != nil && d.MaxArgs >= 0 && d.MaxArgs < d.MinArgs {
			t.Errorf("%s takes %d to %d arguments", d.Name, d.MinArgs, d.MaxArgs)
		}
		for _, o := range d.Overloads {
			n := 0
			for _, has := range []bool{o.Kernel != nil, o.New != nil, o.Agg != nil, o.Window != nil} {
				if has {
					n++
				}
			}
			if n != 1 && !(n == 2 && o.Agg != nil && o.Window != nil) {
				t.Errorf("%s: a signature with %d kernels", d.Name, n)
			}
		}
	}
}

// One NULL in a column of two rows must leave the other row's result as it is, and give NULL itself.
func TestStrictFunctionsGiveNullForNull(t *testing.T) {
	env := testEnv(true)
	for _, d := range Builtins().Defs() {
		if !d.Traits.Has(udfs.Strict) {
			continue
		}
		for _, o := range d.Overloads {
			if o.Kernel == nil || len(o.In) == 0 {
				continue
			}
			for k := range o.In {
				in := make([]*vec.Vec, len(o.In))
				out := vec.New(o.Out, 2)
				out.SetNull(1)
				for i, typ := range o.In {
					in[i] = vec.New(typ, 2)
					if i == k {
						nullCell(in[i], 1)
					}
				}
				c := &udfs.Call{Env: env, In: in, Out: out, N: 2}
				if d.Traits.Has(udfs.Fallible) {
					c.Sel = []int32{0}
				}
				if err := o.Kernel(c); err == nil && !out.IsNull(1) {
					t.Errorf("%s(%v): a NULL argument %d does not give NULL", d.Name, o.In, k)
				}
			}
		}
	}
}

func TestRegistriesNest(t *testing.T) {
	base := Builtins()
	r := base.Child()
	if err := r.Register(udfs.Def{Name: "mine", Aliases: []string{"my_own"}}); err != nil {
		t.Fatal(err)
	}
	if err := r.Register(udfs.Def{Name: "MINE"}); condition(err) != "ROUTINE_ALREADY_EXISTS" {
		t.Errorf("a second function of one name: %v", err)
	}
	if err := r.Register(udfs.Def{Name: "coalesce", Since: "hidden"}); err != nil {
		t.Errorf("hiding a built-in: %v", err)
	}
	if d, ok := r.Lookup("Coalesce"); !ok || d.Since != "hidden" {
		t.Error("the child's function does not hide the built-in")
	}
	if _, ok := base.Lookup("mine"); ok {
		t.Error("a child's function is seen by its parent")
	}
	if _, ok := r.Lookup("MY_OWN"); !ok || !r.Remove("my_own") {
		t.Error("a function is not found by its alias")
	}
	if _, ok := r.Lookup("mine"); ok {
		t.Error("a removed function is found")
	}
	if got := strings.Join(base.Suggest("coalesc"), " "); got != "coalesce" {
		t.Errorf("suggestions for coalesc: %s", got)
	}
}

func TestCoercionFindsSparksTypes(t *testing.T) {
	ansi, legacy := types.Coercion{}, types.Coercion{Legacy: true}
	d := types.DecimalOf
	arr := func(e types.Type) types.Type { return types.ArrayOf(e, false) }
	for _, c := range []struct{ a, b, ansi, legacy types.Type }{
		{types.IntType, types.BigIntType, types.BigIntType, types.BigIntType},
		{types.IntType, types.FloatType, types.DoubleType, types.FloatType},
		{types.IntType, d(10, 2), d(12, 2), d(12, 2)},
		{types.BigIntType, d(38, 10), d(38, 10), d(38, 10)},
		{d(38, 10), d(38, 20), d(38, 10), d(38, 10)},
		{d(5, 2), types.DoubleType, types.DoubleType, types.DoubleType},
		{types.StringType, types.IntType, types.BigIntType, types.StringType},
		{types.StringType, types.DateType, types.DateType, types.StringType},
		{types.DateType, types.TimestampType, types.TimestampType, types.TimestampType},
		{types.NullType, types.BinaryType, types.BinaryType, types.BinaryType},
		{arr(types.IntType), arr(types.BigIntType), arr(types.BigIntType), arr(types.BigIntType)},
		{types.YearMonthOf(0, 0), types.YearMonthOf(1, 1), types.YearMonthOf(0, 1), types.YearMonthOf(0, 1)},
	} {
		for i, co := range []types.Coercion{ansi, legacy} {
			want := c.ansi
			if i == 1 {
				want = c.legacy
			}
			for _, p := range [][2]types.Type{{c.a, c.b}, {c.b, c.a}} {
				if got, ok := co.Common(p[0], p[1]); !ok || got != want {
					t.Errorf("common type of %s and %s: %s %v, want %s", p[0], p[1], got, ok, want)
				}
			}
		}
	}
	for _, p := range [][2]types.Type{{types.IntType, types.BooleanType}, {types.IntType, types.DateType}, {arr(types.IntType), types.IntType}} {
		if got, ok := ansi.Common(p[0], p[1]); ok {
			t.Errorf("%s and %s have the common type %s", p[0], p[1], got)
		}
	}
}
