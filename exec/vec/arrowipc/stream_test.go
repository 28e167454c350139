package arrowipc_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"

	"sparksql/exec/vec"
	"sparksql/exec/vec/arrowipc"
	"sparksql/exec/vec/arrowvec"
	"sparksql/sql/types"
)

// columns are values of every type, three of each.
func columns() (fields []types.Field, cols []*vec.Vec) {
	pair := types.StructOf(types.Field{Name: "n", Type: types.IntType, Nullable: true}, types.Field{Name: "s", Type: types.StringType, Nullable: true})
	add := func(t types.Type, vals ...any) {
		v := vec.New(t, 0)
		for _, x := range vals {
			v.Append(x)
		}
		fields, cols = append(fields, types.Field{Name: fmt.Sprint("c", len(fields)), Type: t, Nullable: true}), append(cols, v)
	}
	add(types.NullType, nil, nil, nil)
	add(types.BooleanType, true, nil, false)
	add(types.TinyIntType, int8(-1), nil, int8(7))
	add(types.SmallIntType, int16(-300), nil, int16(7))
	add(types.IntType, int32(1), int32(2), int32(3)) // no NULLs: no bitmap
	add(types.BigIntType, int64(1)<<40, nil, int64(-2))
	add(types.FloatType, float32(1.5), nil, float32(-2))
	add(types.DoubleType, 1.5, nil, -2.5)
	add(types.DecimalOf(9, 2), types.FromInt64(-5), nil, types.FromInt64(12345))
	add(types.DecimalOf(38, 4), types.Int128{Lo: 7, Hi: 1}, nil, types.FromInt64(-1))
	add(types.StringType, "one that is longer than twelve bytes", nil, "")
	add(types.BinaryType, []byte{0, 255}, nil, []byte{})
	add(types.DateType, int32(-1), nil, int32(20000))
	add(types.TimestampType, int64(1e15), nil, int64(-1))
	add(types.TimestampNTZType, int64(1e15), nil, int64(-1))
	add(types.YearMonthOf(0, 1), int32(14), nil, int32(-1))
	add(types.DayTimeOf(0, 3), int64(86_400_000_000), nil, int64(-1))
	add(types.CalendarType, types.Interval{Months: 1, Days: -2, Micros: 3}, nil, types.Interval{})
	add(pair, []any{int32(1), nil}, nil, []any{nil, "x"})
	add(types.ArrayOf(pair, true), []any{[]any{int32(1), "a"}, nil}, nil, []any{})
	add(types.ArrayOf(types.ArrayOf(types.IntType, true), true), []any{[]any{int32(1)}, nil}, []any{}, []any{[]any{int32(2), nil}})
	add(types.MapOf(types.StringType, types.IntType, true), types.MapValue{Keys: []any{"a", "b"}, Vals: []any{nil, int32(2)}}, nil, types.MapValue{})
	return fields, cols
}

// What is written is read by Arrow's own library: schema, rows, NULLs, whatever the form and the selection.
func TestStreamsAreReadByArrow(t *testing.T) {
	fields, cols := columns()
	var out bytes.Buffer
	s, err := arrowipc.NewStream(&out, fields, "Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	constant := make([]*vec.Vec, len(cols))
	for k, v := range cols {
		constant[k] = vec.Constant(v.Type, v.Value(2), 2)
	}
	batches := []*vec.Batch{{Cols: cols, N: 3}, {Cols: cols, N: 3, Sel: []int32{1, 2}}, {Cols: constant, N: 2}, {Cols: cols, N: 3, Sel: []int32{}}}
	for _, b := range batches {
		if err := s.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := ipc.NewReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	if want := arrow.NewSchema(arrowvec.Fields(fields, "Asia/Tokyo"), nil); !r.Schema().Equal(want) {
		t.Fatalf("the schema is\n%v\nwant\n%v", r.Schema(), want)
	}
	for n, b := range batches {
		if !r.Next() {
			t.Fatalf("no batch %d: %v", n, r.Err())
		}
		rec := r.Record()
		if rec.NumRows() != int64(b.Rows()) {
			t.Fatalf("batch %d has %d rows, want %d", n, rec.NumRows(), b.Rows())
		}
		for k, v := range b.Cols {
			back := vec.New(v.Type, 0)
			arrowvec.Append(back, rec.Column(k))
			for i := range b.Rows() {
				row := i
				if b.Sel != nil {
					row = int(b.Sel[i])
				}
				if !vec.Equal(back, i, v, row) {
					t.Errorf("batch %d, %s, row %d: %v, want %v", n, v.Type, i, back.Value(i), v.Value(row))
				}
			}
		}
	}
	if r.Next() || r.Err() != nil || out.Len() != 0 {
		t.Errorf("after the last batch: %v, %d bytes", r.Err(), out.Len())
	}
}
