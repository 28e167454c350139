package vec

import (
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"sparksql/sql/types"
)

func TestArrowAndBack(t *testing.T) {
	all := columns()
	all[types.CalendarType] = []any{types.Interval{Months: 1, Days: -2, Micros: 3}, nil}
	all[types.DecimalOf(9, 2)] = []any{types.FromInt64(-5), nil}
	all[types.DateType] = []any{int32(20000), nil}
	all[types.TimestampType] = []any{int64(1e15), nil}
	all[types.ArrayOf(types.ArrayOf(types.IntType, true), true)] = []any{[]any{[]any{int32(1)}, nil}, nil, []any{}, []any{[]any{int32(2), nil}}}
	for typ, vals := range all {
		for _, v := range append(forms(typ, vals), Constant(typ, vals[0], len(vals))) {
			sel := []int32{int32(len(vals) - 1)}
			for _, s := range [][]int32{nil, sel} {
				a := ToArrow(v, s, v.Len, "UTC")
				if !arrow.TypeEqual(a.DataType(), ArrowType(typ, "UTC")) {
					t.Fatalf("%s became %s", typ, a.DataType())
				}
				back := New(typ, 0)
				back.Append(vals[0])
				FromArrow(back, a)
				FromArrow(back, array.NewSlice(a, int64(a.Len()-1), int64(a.Len())))
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
					if !Equal(back, i+1, v, row) {
						t.Errorf("%s form %d row %d: %v, want %v", typ, v.Form, i, back.Value(i+1), v.Value(row))
					}
				}
				if !Equal(back, want, back, want+1) {
					t.Errorf("%s: last row of a slice %v, want %v", typ, back.Value(want+1), back.Value(want))
				}
				a.Release()
			}
		}
	}
}
