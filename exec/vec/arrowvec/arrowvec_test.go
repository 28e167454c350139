package arrowvec

import (
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// forms gives the values as a Flat and as a Coded column.
func forms(t types.Type, vals []any) []*vec.Vec {
	flat, entries, coded := vec.New(t, 0), vec.New(t, 0), &vec.Vec{Type: t, Form: vec.Coded, Len: len(vals)}
	for i, x := range vals {
		flat.Append(x)
		entries.Append(x)
		coded.Codes = append(coded.Codes, int32(i))
	}
	if coded.Dict = vec.NewDict(entries); t.IsNested() {
		return []*vec.Vec{flat}
	}
	return []*vec.Vec{flat, coded}
}

func columns() map[types.Type][]any {
	pair := types.StructOf(types.Field{Name: "n", Type: types.IntType, Nullable: true}, types.Field{Name: "s", Type: types.StringType, Nullable: true})
	return map[types.Type][]any{
		types.BooleanType:         {true, nil, false},
		types.TinyIntType:         {int8(1), nil},
		types.BigIntType:          {int64(1), int64(-2)},
		types.DoubleType:          {1.5, nil, -2.5},
		types.StringType:          {"short", nil, "one that is longer than twelve bytes", ""},
		types.BinaryType:          {[]byte{1, 2}, nil},
		types.DecimalOf(38, 4):    {types.Int128{Lo: 7, Hi: 1}, nil},
		pair:                      {[]any{int32(1), nil}, nil, []any{nil, "x"}},
		types.ArrayOf(pair, true): {[]any{[]any{int32(1), "a"}, nil}, nil, []any{}},
		types.MapOf(types.StringType, types.IntType, true): {types.MapValue{Keys: []any{"a"}, Vals: []any{nil}}, nil},
	}
}

func TestArrowAndBack(t *testing.T) {
	all := columns()
	all[types.CalendarType] = []any{types.Interval{Months: 1, Days: -2, Micros: 3}, nil}
	all[types.DecimalOf(9, 2)] = []any{types.FromInt64(-5), nil}
	all[types.DateType] = []any{int32(20000), nil}
	all[types.TimestampType] = []any{int64(1e15), nil}
	all[types.ArrayOf(types.ArrayOf(types.IntType, true), true)] = []any{[]any{[]any{int32(1)}, nil}, nil, []any{}, []any{[]any{int32(2), nil}}}
	for typ, vals := range all {
		for _, v := range append(forms(typ, vals), vec.Constant(typ, vals[0], len(vals))) {
			sel := []int32{int32(len(vals) - 1)}
			for _, s := range [][]int32{nil, sel} {
				a := FromVec(v, s, v.Len, "UTC")
				if !arrow.TypeEqual(a.DataType(), Type(typ, "UTC")) {
					t.Fatalf("%s became %s", typ, a.DataType())
				}
				back := vec.New(typ, 0)
				back.Append(vals[0])
				Append(back, a)
				Append(back, array.NewSlice(a, int64(a.Len()-1), int64(a.Len())))
				want := v.Len
				if s != nil {
					want = 1
				}
				if back.Len != want+2 {
					t.Fatalf("%s: %d rows", typ, back.Len)
				}
				for i := range want {
					row := i
					if s != nil {
						row = int(s[i])
					}
					if !vec.Equal(back, i+1, v, row) {
						t.Errorf("%s form %d row %d: %v, want %v", typ, v.Form, i, back.Value(i+1), v.Value(row))
					}
				}
				if !vec.Equal(back, want, back, want+1) {
					t.Errorf("%s: last row of a slice %v, want %v", typ, back.Value(want+1), back.Value(want))
				}
				a.Release()
			}
		}
	}
}
