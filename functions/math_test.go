package functions

import (
	"math"
	"testing"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// callScalar evaluates one row; consts says which arguments are constant.
func callScalar(name string, env *udfs.Env, cols []*vec.Vec, consts map[int]any) (any, types.Type, error) {
	b, d, err := resolveCall(name, env, cols, consts)
	if err != nil {
		return nil, b.Out, err
	}
	k, err := b.New(env)
	if err != nil {
		return nil, b.Out, err
	}
	c := &udfs.Call{Env: env, In: cols, Out: vec.New(b.Out, 1), N: 1}
	if d.Traits.Has(udfs.Strict) {
		for _, v := range cols {
			if v.IsNull(0) {
				c.Out.SetNull(0)
				c.Sel = []int32{}
			}
		}
	}
	if err := k(c); err != nil {
		return nil, b.Out, err
	}
	return c.Out.Value(0), b.Out, nil
}

func TestRoundingOfEveryType(t *testing.T) {
	d := func(p, s int, v int64) *vec.Vec { return column(types.DecimalOf(p, s), dec(v)) }
	f := func(x float64) *vec.Vec { return column(types.DoubleType, x) }
	i := func(x int32) *vec.Vec { return column(types.IntType, x) }
	for _, c := range []struct {
		name  string
		in    *vec.Vec
		scale any // nil: not given
		want  any
		typ   string
	}{
		{"round", d(2, 1, 25), int32(0), dec(3), "decimal(2,0)"},
		{"round", d(3, 2, -125), int32(1), dec(-13), "decimal(3,1)"},
		{"round", d(4, 2, 9999), int32(-1), dec(100), "decimal(3,0)"},
		{"bround", d(2, 1, 25), int32(0), dec(2), "decimal(2,0)"},
		{"bround", i(25), int32(-1), int32(20), "int"},
		{"round", i(25), int32(-1), int32(30), "int"},
		{"round", i(25), nil, int32(25), "int"},
		{"round", f(2.5), nil, 3.0, "double"},
		{"round", f(-2.5), nil, -3.0, "double"},
		{"round", f(1.005), int32(2), 1.01, "double"},
		{"round", f(2.675), int32(2), 2.68, "double"},
		{"bround", f(2.5), nil, 2.0, "double"},
		{"round", f(123456.789), int32(-3), 123000.0, "double"},
		{"round", f(1e300), int32(2), 1e300, "double"},
		{"round", f(5e-324), int32(2), 0.0, "double"},
		{"round", f(math.Inf(1)), int32(2), math.Inf(1), "double"},
		{"ceil", d(1, 1, -1), nil, dec(0), "decimal(1,0)"},
		{"floor", d(1, 1, -1), nil, dec(-1), "decimal(1,0)"},
		{"ceil", f(-1e30), nil, int64(math.MinInt64), "bigint"},
		{"ceil", d(2, 2, -35), int32(1), dec(-3), "decimal(2,1)"},
		{"ceil", i(-35), int32(-1), dec(-30), "decimal(11,0)"},
		{"ceil", d(6, 5, 314115), int32(-3), dec(1000), "decimal(4,0)"},
		{"ceil", d(2, 0, 99), int32(-1), dec(100), "decimal(3,0)"},
		{"floor", d(2, 0, -99), int32(-1), dec(-100), "decimal(3,0)"},
		{"floor", d(5, 4, 31411), int32(3), dec(3141), "decimal(5,3)"},
	} {
		cols, consts := []*vec.Vec{c.in}, map[int]any{}
		if c.scale != nil {
			cols, consts[1] = append(cols, column(types.IntType, c.scale)), c.scale
		}
		if c.in.Type.IsIntegral() && (c.name == "ceil" || c.name == "floor") {
			cols[0] = column(types.DecimalOf(10, 0), dec(int64(c.in.Value(0).(int32))))
		}
		got, typ, err := callScalar(c.name, testEnv(true), cols, consts)
		if err != nil || !nearlyEqual(got, c.want) || typ.String() != c.typ {
			t.Errorf("%s(%v %s, %v): got %v %s, %v, want %v %s", c.name, c.in.Value(0), c.in.Type, c.scale, got, typ, err, c.want, c.typ)
		}
	}
}

func TestMathFunctions(t *testing.T) {
	dbl := func(xs ...float64) (cols []*vec.Vec) {
		for _, x := range xs {
			cols = append(cols, column(types.DoubleType, x))
		}
		return cols
	}
	s := func(x string) *vec.Vec { return column(types.StringType, x) }
	n := func(x int32) *vec.Vec { return column(types.IntType, x) }
	l := func(x int64) *vec.Vec { return column(types.BigIntType, x) }
	for _, c := range []struct {
		name string
		cols []*vec.Vec
		want any
	}{
		{"ln", dbl(0), nil}, {"log1p", dbl(-1), nil}, {"ln", dbl(math.NaN()), math.NaN()},
		{"sqrt", dbl(-1), math.NaN()}, {"sign", dbl(-3), -1.0}, {"pow", dbl(2, 10), 1024.0},
		{"abs", []*vec.Vec{n(-5)}, int32(5)}, {"abs", dbl(math.Inf(-1)), math.Inf(1)},
		{"factorial", []*vec.Vec{n(20)}, int64(2432902008176640000)}, {"factorial", []*vec.Vec{n(21)}, nil},
		{"bin", []*vec.Vec{l(-1)}, "1111111111111111111111111111111111111111111111111111111111111111"},
		{"hex", []*vec.Vec{l(-1)}, "FFFFFFFFFFFFFFFF"}, {"hex", []*vec.Vec{s("é")}, "C3A9"},
		{"unhex", []*vec.Vec{s("F")}, []byte{15}}, {"unhex", []*vec.Vec{s("GG")}, nil},
		{"conv", []*vec.Vec{s("-10"), n(16), n(-10)}, "-16"}, {"conv", []*vec.Vec{s("-1"), n(10), n(16)}, "FFFFFFFFFFFFFFFF"},
		{"conv", []*vec.Vec{s(" 1z"), n(10), n(2)}, "1"}, {"conv", []*vec.Vec{s("9"), n(37), n(2)}, nil},
		{"pmod", []*vec.Vec{n(-10), n(3)}, int32(2)}, {"pmod", []*vec.Vec{n(-10), n(-3)}, int32(-1)},
		{"width_bucket", append(dbl(5.3, 0.2, 10.6), l(5)), int64(3)}, {"width_bucket", append(dbl(-0.9, 5.2, 0.5), l(2)), int64(3)},
		{"width_bucket", append(dbl(8.1, 0, 5.7), l(4)), int64(5)}, {"width_bucket", append(dbl(1, 2, 2), l(4)), nil},
		{"atan2", dbl(math.Copysign(0, -1), -1), math.Pi},
	} {
		got, _, err := callScalar(c.name, testEnv(true), c.cols, nil)
		if err != nil || !nearlyEqual(got, c.want) {
			t.Errorf("%s: got %v, %v, want %v", c.name, got, err, c.want)
		}
	}
	for _, c := range []struct {
		name string
		cols []*vec.Vec
		cond string
	}{
		{"abs", []*vec.Vec{n(math.MinInt32)}, "ARITHMETIC_OVERFLOW"},
		{"pmod", []*vec.Vec{n(1), n(0)}, "DIVIDE_BY_ZERO"},
		{"conv", []*vec.Vec{s("18446744073709551616"), n(10), n(10)}, "ARITHMETIC_OVERFLOW"},
	} {
		if _, _, err := callScalar(c.name, testEnv(true), c.cols, nil); !errs.Is(err, c.cond) {
			t.Errorf("%s: %v, want %s", c.name, err, c.cond)
		}
	}
}
