package vec

import (
	"reflect"
	"strings"
	"testing"

	"sparksql/sql/types"
)

func TestValuesComeBack(t *testing.T) {
	st := types.StructOf(types.Field{Name: "a", Type: types.IntType, Nullable: true}, types.Field{Name: "b", Type: types.ArrayOf(types.StringType, true), Nullable: true})
	long := strings.Repeat("long text ", 9)
	for _, c := range []struct {
		t    types.Type
		vals []any
	}{
		{types.IntType, []any{int32(1), nil, int32(-3)}},
		{types.DecimalOf(38, 2), []any{types.Int128{Lo: 7, Hi: -1}, nil}},
		{types.DecimalOf(9, 2), []any{types.FromInt64(-12)}},
		{types.StringType, []any{"", "short", long, nil, long + "!"}},
		{types.ArrayOf(types.IntType, true), []any{[]any{int32(1), nil}, nil, []any{}, []any{int32(2)}}},
		{types.MapOf(types.StringType, types.DoubleType, true), []any{types.MapValue{Keys: []any{"k"}, Vals: []any{1.5}}, nil}},
		{st, []any{[]any{int32(1), []any{"x", nil}}, nil, []any{nil, nil}}},
	} {
		v := New(c.t, 0)
		for _, x := range c.vals {
			v.Append(x)
		}
		for i, x := range c.vals {
			if got := v.Value(i); !reflect.DeepEqual(got, x) {
				t.Errorf("%s row %d: got %#v, want %#v", c.t, i, got, x)
			}
		}
		k := Constant(c.t, c.vals[0], 5)
		if got := k.Value(4); !reflect.DeepEqual(got, c.vals[0]) {
			t.Errorf("%s constant: %#v", c.t, got)
		}
	}
}
