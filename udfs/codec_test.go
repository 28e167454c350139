package udfs

import (
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"

	"sparksql/sql/errs"
	"sparksql/sql/types"
)

type place struct {
	Name string
	Lat  Null[float64] `sql:"latitude"`
	Tags []string
	note string
	Skip chan int `sql:"-"`
}

// same takes values through a function and back.
func same[T any](t *testing.T, want types.Type, vals ...any) {
	t.Helper()
	d := Scalar("same", Fn1(func(x T) T { return x }))
	if o := d.Overloads[0]; o.In[0] != lenient(want) || o.Out != want {
		t.Errorf("%s is %s", reflect.TypeFor[T](), o.In[0].SQL())
		return
	}
	for _, live := range [][]int32{nil, {0}, {int32(len(vals)) - 1}} {
		out, err := apply(d, nil, live, len(vals), col(lenient(want), vals...))
		if err != nil {
			t.Errorf("%s: %v", want.SQL(), err)
			continue
		}
		rows := live
		for i := range int32(len(vals)) {
			if live == nil {
				rows = append(rows, i)
			}
		}
		for _, i := range rows {
			if got := out.Value(int(i)); !reflect.DeepEqual(got, vals[i]) {
				t.Errorf("%s, row %d: %#v, want %#v", want.SQL(), i, got, vals[i])
			}
		}
	}
}

func TestEveryCarriedType(t *testing.T) {
	same[bool](t, types.BooleanType, true, nil, false)
	same[int8](t, types.TinyIntType, int8(-1), nil)
	same[int16](t, types.SmallIntType, int16(-1), nil)
	same[int32](t, types.IntType, int32(-1), nil)
	same[int64](t, types.BigIntType, int64(-1), nil)
	same[int](t, types.BigIntType, int64(-1), nil)
	same[float32](t, types.FloatType, float32(1.5), nil)
	same[float64](t, types.DoubleType, 1.5, nil)
	same[string](t, types.StringType, "", nil, "a text of more than twelve bytes")
	same[[]byte](t, types.BinaryType, []byte{}, nil, []byte{0, 255})
	same[Date](t, types.DateType, int32(-1), nil)
	same[time.Time](t, types.TimestampType, int64(-1), nil)
	same[time.Duration](t, types.DayTimeOf(types.DayField, types.SecondField), int64(-1), nil)
	same[Decimal](t, types.DecimalOf(38, 18), types.FromInt64(-5), nil)

	same[Null[int32]](t, types.IntType, int32(1), nil)
	same[Null[string]](t, types.StringType, "x", nil, "a text of more than twelve bytes")
	same[*float64](t, types.DoubleType, 1.0, nil)
	same[*string](t, types.StringType, "x", nil)
	same[Null[time.Time]](t, types.TimestampType, nil, int64(5))

	list := types.ArrayOf(types.BigIntType, true)
	same[[]int64](t, list, []any{int64(1), int64(2)}, nil, []any{}, []any{int64(3)})
	same[Null[[]Null[int64]]](t, list, []any{int64(1), nil}, nil, []any{})
	same[*[]*int64](t, list, []any{int64(1), nil}, nil, []any{})
	same[[][]string](t, types.ArrayOf(types.ArrayOf(types.StringType, true), true), []any{[]any{"a"}, []any{}}, nil, []any{[]any{"b", "c"}})

	table := types.MapOf(types.StringType, types.DoubleType, true)
	same[map[string]float64](t, table, types.MapValue{Keys: []any{"a", "b"}, Vals: []any{1.0, 2.0}}, nil)
	same[Pairs[string, Null[float64]]](t, table, types.MapValue{Keys: []any{"b", "a"}, Vals: []any{nil, 2.0}}, nil)

	at := types.StructOf(types.Field{Name: "name", Type: types.StringType}, types.Field{Name: "latitude", Type: types.DoubleType, Nullable: true},
		types.Field{Name: "tags", Type: types.ArrayOf(types.StringType, true)}, types.Field{Name: "note", Type: types.StringType})
	home := []any{"home", 52.5, []any{"a", "b"}, "kept"}
	same[place](t, at, home, nil, []any{"", nil, []any{}, ""})
	same[*place](t, at, home, nil)
	same[[]place](t, types.ArrayOf(at, true), []any{home, home}, nil, []any{})
	same[[]*place](t, types.ArrayOf(at, true), []any{home, nil}, nil)
}

func TestNullsWithinArguments(t *testing.T) {
	d := Scalar("sum", Fn1(func(xs []float64) float64 { return 0 }))
	_, err := apply(d, nil, nil, 1, col(types.ArrayOf(types.DoubleType, true), []any{1.0, nil}))
	if !errs.Is(err, "FAILED_EXECUTE_UDF") || !strings.Contains(err.Error(), "use udfs.Null[float64]") {
		t.Errorf("%v", err)
	}
	if !d.TraitsOf(&d.Overloads[0]).Has(Fallible) {
		t.Error("it can fail")
	}
}

func TestKeysOfMapsAreUnique(t *testing.T) {
	d := Scalar("twice", Fn1(func(k string) Pairs[string, int32] { return Pairs[string, int32]{{k, 1}, {k, 2}} }))
	if _, err := apply(d, nil, nil, 1, col(types.StringType, "a")); !errs.Is(err, "DUPLICATED_MAP_KEY") {
		t.Errorf("%v", err)
	}
}

func TestDecimalsFromRationals(t *testing.T) {
	for text, want := range map[string]string{"1/3": "0.33", "-1/200": "-0.01", "2/3": "0.67", "7": "7.00"} {
		r, _ := new(big.Rat).SetString(text)
		if d, err := DecimalFrom(r, 2); err != nil || d.String() != want {
			t.Errorf("%s: %s %v", text, d, err)
		}
	}
	r, _ := new(big.Rat).SetString("1e37")
	if d, err := DecimalFrom(r, 2); err == nil {
		t.Errorf("%s", d)
	}
	if d := DecimalOf(-12345, 3); d.Rat().Cmp(big.NewRat(-12345, 1000)) != 0 {
		t.Errorf("%s", d.Rat())
	}
}

func TestDecimalsFitTheirTypes(t *testing.T) {
	d := Scalar("share", Fn1(func(x Decimal) Decimal { return Decimal{x.Unscaled, x.Scale + 1} }),
		Types(types.DecimalOf(4, 2), types.DecimalOf(6, 2)))
	in := types.DecimalOf(6, 2)
	if got := mustApply(t, d, 2, col(in, types.FromInt64(1234), types.FromInt64(-1235))); got[0] != types.FromInt64(123) || got[1] != types.FromInt64(-124) {
		t.Errorf("%v", got)
	}
	if _, err := apply(d, nil, nil, 1, col(in, types.FromInt64(999999))); !errs.Is(err, "NUMERIC_VALUE_OUT_OF_RANGE") {
		t.Errorf("%v", err)
	}
	if x := DecimalOf(-12345, 3); x.String() != "-12.345" || x.Float64() != -12.345 {
		t.Errorf("%s %v", x, x.Float64())
	}
}

func TestTimesAreInTheSessionsZone(t *testing.T) {
	zone := time.FixedZone("", 2*60*60)
	d := Scalar("hour", Fn1(func(at time.Time) int32 { return int32(at.Hour()) }))
	out, err := apply(d, &Env{Zone: zone}, nil, 1, col(types.TimestampType, int64(0)))
	if err != nil || out.Value(0) != int32(2) {
		t.Errorf("%v %v", out.Value(0), err)
	}
	if day := DateOf(time.Unix(-1, 0).In(zone)); day != 0 || day.String() != "1970-01-01" || DateOf(time.Unix(-1, 0).UTC()) != -1 {
		t.Errorf("%v", day)
	}
}
