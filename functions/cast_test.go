package functions

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

func condition(err error) string {
	var e *errs.Error
	if errors.As(err, &e) {
		return e.Cond.Name
	}
	return fmt.Sprint(err)
}

// callCast evaluates a built-in on one row, with the arguments cast to the types that it asks for.
func callCast(name string, env *udfs.Env, ts []types.Type, vals []any) (any, types.Type, error) {
	d, _ := Builtins().Lookup(name)
	args := make([]udfs.ArgInfo, len(ts))
	for i, t := range ts {
		args[i] = udfs.ArgInfo{Type: t}
	}
	b, err := d.Resolve(&udfs.ResolveCtx{Name: name, Env: env, Pretty: func() string { return name }}, args)
	if err != nil {
		return nil, b.Out, err
	}
	c := &udfs.Call{Env: env, Out: vec.New(b.Out, 1), N: 1}
	for i, t := range ts {
		v, err := CastValue(vals[i], t, b.In[i], env, false)
		if err != nil {
			return nil, b.Out, err
		}
		c.In = append(c.In, column(b.In[i], v))
	}
	k, err := b.New(env)
	if err == nil {
		err = k(c)
	}
	return c.Out.Value(0), b.Out, err
}

func TestCastsGiveSparksValues(t *testing.T) {
	la, _ := time.LoadLocation("America/Los_Angeles")
	ansi, legacy := &udfs.Env{ANSI: true, Zone: la}, &udfs.Env{Zone: la}
	d := types.DecimalOf
	dec := func(s string, t types.Type) types.Int128 {
		v, _, _ := ParseDecimal(s, t.Precision(), t.Scale())
		return v
	}
	ints := types.ArrayOf(types.IntType, true)
	pair := types.StructOf(types.Field{Name: "a", Type: types.IntType, Nullable: true}, types.Field{Name: "b", Type: types.StringType, Nullable: true})
	for _, c := range []struct {
		v        any
		from, to types.Type
		want     any // under ANSI: a value, or the condition's name as an error
		legacy   any // "same" for equal
	}{
		{" 12 ", types.StringType, types.IntType, int32(12), "same"},
		{"1.9", types.StringType, types.IntType, errors.New("CAST_INVALID_INPUT"), int32(1)},
		{"-", types.StringType, types.IntType, errors.New("CAST_INVALID_INPUT"), nil},
		{"128", types.StringType, types.TinyIntType, errors.New("CAST_INVALID_INPUT"), nil},
		{"1_000", types.StringType, types.IntType, errors.New("CAST_INVALID_INPUT"), nil},
		{" -inf", types.StringType, types.DoubleType, math.Inf(-1), "same"},
		{"1.5d", types.StringType, types.DoubleType, 1.5, "same"},
		{"1e400", types.StringType, types.DoubleType, math.Inf(1), "same"},
		{"abc", types.StringType, types.DoubleType, errors.New("CAST_INVALID_INPUT"), nil},
		{"1.005", types.StringType, d(3, 2), dec("1.01", d(3, 2)), "same"},
		{"1e2", types.StringType, d(5, 1), dec("100", d(5, 1)), "same"},
		{"12345", types.StringType, d(4, 1), errors.New("NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION"), nil},
		{"x", types.StringType, d(4, 1), errors.New("CAST_INVALID_INPUT"), nil},
		{"Yes", types.StringType, types.BooleanType, true, "same"},
		{"2", types.StringType, types.BooleanType, errors.New("CAST_INVALID_INPUT"), nil},
		{int32(300), types.IntType, types.TinyIntType, errors.New("CAST_OVERFLOW"), int8(44)},
		{int64(1) << 40, types.BigIntType, types.IntType, errors.New("CAST_OVERFLOW"), int32(0)},
		{-3.99, types.DoubleType, types.IntType, int32(-3), "same"},
		{math.NaN(), types.DoubleType, types.IntType, errors.New("CAST_OVERFLOW"), int32(0)},
		{1e20, types.DoubleType, types.BigIntType, errors.New("CAST_OVERFLOW"), int64(math.MaxInt64)},
		{0.125, types.DoubleType, d(3, 2), dec("0.13", d(3, 2)), "same"},
		{math.NaN(), types.DoubleType, d(3, 2), nil, nil},
		{dec("2.5", d(2, 1)), d(2, 1), types.IntType, int32(2), "same"},
		{dec("2.5", d(2, 1)), d(2, 1), d(2, 0), dec("3", d(2, 0)), "same"},
		{dec("123.45", d(5, 2)), d(5, 2), d(4, 2), errors.New("NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION"), nil},
		{dec("0.0000001", d(10, 7)), d(10, 7), types.StringType, "0.0000001", "1E-7"},
		{dec("1.1", d(20, 1)), d(20, 1), types.DoubleType, 1.1, "same"},
		{1e7, types.DoubleType, types.StringType, "1.0E7", "same"},
		{true, types.BooleanType, types.IntType, int32(1), "same"},
		{int32(0), types.IntType, types.BooleanType, false, "same"},
		{int32(18262), types.DateType, types.StringType, "2020-01-01", "same"},
		{int64(0), types.TimestampType, types.StringType, "1969-12-31 16:00:00", "same"},
		{int64(0), types.TimestampNTZType, types.StringType, "1970-01-01 00:00:00", "same"},
		{int32(0), types.DateType, types.TimestampType, int64(8 * 3600e6), "same"},
		{int64(0), types.TimestampType, types.DateType, int32(-1), "same"},
		{int64(0), types.TimestampType, types.TimestampNTZType, int64(-8 * 3600e6), "same"},
		{int64(-1), types.TimestampType, types.BigIntType, int64(-1), "same"},
		{int32(2), types.IntType, types.TimestampType, int64(2e6), "same"},
		{"2020-02-30", types.StringType, types.DateType, errors.New("CAST_INVALID_INPUT"), nil},
		{int32(-122), types.YearMonthOf(0, 1), types.SmallIntType, int16(-122), "same"},
		{int32(14), types.YearMonthOf(0, 1), types.StringType, "INTERVAL '1-2' YEAR TO MONTH", "same"},
		{int16(-122), types.SmallIntType, types.YearMonthOf(0, 1), int32(-122), "same"},
		{dec("10.654", d(5, 3)), d(5, 3), types.YearMonthOf(1, 1), int32(11), "same"},
		{dec("80.654", d(5, 3)), d(5, 3), types.DayTimeOf(1, 2), int64(80 * 60e6), "same"},
		{dec("10.5", d(3, 1)), d(3, 1), types.DayTimeOf(0, 3), int64(10.5e6), "same"},
		{[]any{"1", nil}, types.ArrayOf(types.StringType, true), ints, []any{int32(1), nil}, "same"},
		{[]any{"1", "x"}, types.ArrayOf(types.StringType, true), ints, errors.New("CAST_INVALID_INPUT"), []any{int32(1), nil}},
		{[]any{int32(1), nil}, ints, types.StringType, "[1, null]", "same"},
		{[]any{int32(1), "x"}, pair, types.StringType, "{1, x}", "same"},
		{types.MapValue{Keys: []any{"a"}, Vals: []any{int32(1)}}, types.MapOf(types.StringType, types.IntType, true), types.StringType, "{a -> 1}", "same"},
		{"ab", types.StringType, types.BinaryType, []byte("ab"), "same"},
	} {
		check := func(env *udfs.Env, try bool, want any) {
			t.Helper()
			got, err := CastValue(c.v, c.from, c.to, env, try)
			if e, ok := want.(error); ok {
				if condition(err) != e.Error() {
					t.Errorf("%v: %s to %s: got %v, %v; want %v", c.v, c.from, c.to, got, err, want)
				}
				return
			}
			if err != nil || fmt.Sprintf("%T%v", got, got) != fmt.Sprintf("%T%v", want, want) {
				t.Errorf("%v: %s to %s: got %v (%T), %v; want %v (%T)", c.v, c.from, c.to, got, got, err, want, want)
			}
		}
		check(ansi, false, c.want)
		if c.legacy == "same" {
			c.legacy = c.want
		}
		check(legacy, false, c.legacy)
		if _, fails := c.want.(error); fails && !c.from.IsNested() {
			check(ansi, true, nil)
		}
	}
}

func TestArithmeticFollowsTheMode(t *testing.T) {
	ansi, legacy := testEnv(true), testEnv(false)
	i32, i64, f64 := types.IntType, types.BigIntType, types.DoubleType
	d := types.DecimalOf
	big := func(s string) types.Int128 { v, _, _ := ParseDecimal(s, 38, 0); return v }
	for _, c := range []struct {
		op         string
		a, b       any
		ta, tb     types.Type
		want       any
		typ        types.Type
		wantLegacy any
	}{
		{"+", int32(math.MaxInt32), int32(1), i32, i32, errors.New("ARITHMETIC_OVERFLOW"), i32, int32(math.MinInt32)},
		{"+", int8(127), int8(1), types.TinyIntType, types.TinyIntType, errors.New("BINARY_ARITHMETIC_OVERFLOW"), types.TinyIntType, int8(-128)},
		{"-", int64(math.MinInt64), int64(1), i64, i64, errors.New("ARITHMETIC_OVERFLOW"), i64, int64(math.MaxInt64)},
		{"*", int64(math.MinInt64), int64(-1), i64, i64, errors.New("ARITHMETIC_OVERFLOW"), i64, int64(math.MinInt64)},
		{"*", int32(-1), int32(math.MinInt32), i32, i32, errors.New("ARITHMETIC_OVERFLOW"), i32, int32(math.MinInt32)},
		{"*", int32(46341), int32(46341), i32, i32, errors.New("ARITHMETIC_OVERFLOW"), i32, int32(-2147479015)},
		{"try_add", int32(math.MaxInt32), int32(1), i32, i32, nil, i32, nil},
		{"/", int32(3), int32(2), i32, i32, 1.5, f64, 1.5},
		{"/", int32(3), int32(0), i32, i32, errors.New("DIVIDE_BY_ZERO"), f64, nil},
		{"%", int64(-7), int64(3), i64, i64, int64(-1), i64, int64(-1)},
		{"%", int64(math.MinInt64), int64(-1), i64, i64, int64(0), i64, int64(0)},
		{"div", int32(-7), int32(2), i32, i32, int64(-3), i64, int64(-3)},
		{"+", types.FromInt64(15), types.FromInt64(225), d(3, 1), d(5, 2), types.FromInt64(375), d(6, 2), types.FromInt64(375)},
		{"*", types.FromInt64(15), types.FromInt64(-25), d(3, 1), d(3, 1), types.FromInt64(-375), d(7, 2), types.FromInt64(-375)},
		{"*", big("999999999999999999"), big("-999999999999999999"), d(18, 2), d(18, 0), big("-999999999999999998000000000000000001"), d(37, 2), big("-999999999999999998000000000000000001")},
		{"*", big("-99999999999999999999"), big("99999999999999999"), d(20, 0), d(17, 0), big("-9999999999999999899900000000000000001"), d(38, 0), big("-9999999999999999899900000000000000001")},
		{"-", big("-99999999999999999999"), big("99999999999999999"), d(20, 2), d(17, 3), big("-1000099999999999999989"), d(22, 3), big("-1000099999999999999989")},
		{"/", types.FromInt64(10), types.FromInt64(3), d(2, 0), d(1, 0), types.FromInt64(3333333), d(8, 6), types.FromInt64(3333333)},
		{"/", types.FromInt64(20), types.FromInt64(3), d(2, 0), d(1, 0), types.FromInt64(6666667), d(8, 6), types.FromInt64(6666667)},
		{"+", big("99999999999999999999999999999999999999"), types.FromInt64(1), d(38, 0), d(38, 0), errors.New("NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION"), d(38, 0), nil},
		{"*", big("12345678901234567890"), big("98765432109876543210"), d(38, 10), d(38, 10), big("12193263113702179522374638"), d(38, 6), big("12193263113702179522374638")},
	} {
		for _, env := range []*udfs.Env{ansi, legacy} {
			want := c.want
			if !env.ANSI {
				want = c.wantLegacy
			}
			got, typ, err := callCast(c.op, env, []types.Type{c.ta, c.tb}, []any{c.a, c.b})
			if e, ok := want.(error); ok {
				if condition(err) != e.Error() {
					t.Errorf("%v %s %v: got %v, %v; want %v", c.a, c.op, c.b, got, err, e)
				}
				continue
			}
			if err != nil || fmt.Sprintf("%T%v", got, got) != fmt.Sprintf("%T%v", want, want) || typ != c.typ {
				t.Errorf("%v %s %v: got %v (%s), %v; want %v (%s)", c.a, c.op, c.b, got, typ, err, want, c.typ)
			}
		}
	}
}

func TestLikeMatchesWholeText(t *testing.T) {
	for _, c := range []struct {
		s, p string
		want bool
	}{
		{"abc", "abc", true}, {"abc", "ab", false}, {"abc", "a%", true}, {"abc", "%c", true}, {"abc", "%b%", true},
		{"abc", "a_c", true}, {"abc", "a__c", false}, {"äöü", "___", true}, {"abcbc", "a%bc", true}, {"abab", "ab%ab", true},
		{"aba", "ab%ba", false}, {"a%c", `a\%c`, true}, {"abc", `a\%c`, false}, {"", "%", true}, {"", "_", false}, {"xaybz", "%a_b%", true},
		{"a\nb", "a%b", true}, {"aXbXc", "%X_X%", true}, {"ab", "%_%_%", true}, {"a", "%_%_%", false},
	} {
		m, err := CompileLike(c.p, '\\')
		if err != nil {
			t.Fatal(err)
		}
		if m.Match(c.s) != c.want {
			t.Errorf("%q LIKE %q is not %v", c.s, c.p, c.want)
		}
	}
	for p, want := range map[string]string{`a\`: "INVALID_FORMAT.ESC_AT_THE_END", `a\b`: "INVALID_FORMAT.ESC_IN_THE_MIDDLE"} {
		if _, err := CompileLike(p, '\\'); condition(err) != want {
			t.Errorf("%q: %v, want %s", p, err, want)
		}
	}
}

func TestRegexesAreJavas(t *testing.T) {
	for _, c := range []struct {
		p, s string
		want bool
	}{
		{`\d{3}`, "a123", true}, {`(?<=a)b`, "ab", true}, {`(a)\1`, "aa", true}, {`(a)\1`, "ab", false}, {`\p{Alpha}+`, "1x", true},
		{`^[\p{Punct}]$`, "!", true}, {`\Qa.b\E`, "a.b", true}, {`\Qa.b\E`, "axb", false}, {`a++b`, "aab", true}, {`[a[bc]]+$`, "cab", true},
		{`[]a]`, "]", true}, {`\u0041`, "A", true}, {`(?i)ABC`, "abc", true}, {`\h`, "\t", true},
	} {
		re, err := CompileRegex(c.p)
		if err != nil {
			t.Errorf("%s: %v", c.p, err)
			continue
		}
		if got, err := re.Match(c.s); err != nil || got != c.want {
			t.Errorf("%s in %q: %v, %v", c.p, c.s, got, err)
		}
	}
	re, _ := CompileRegex(`(?<=ä)(b)(c)?`)
	if at, err := re.First("xäb"); err != nil || fmt.Sprint(at) != "[3 4 3 4 -1 -1]" {
		t.Errorf("bounds in bytes: %v, %v", at, err)
	}
}
