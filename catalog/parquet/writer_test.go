package parquet

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"testing"

	"sparksql/catalog"
	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// randomValue is a value of t in Go form, nil now and then; few makes values repeat.
func randomValue(r *rand.Rand, t types.Type, few bool, nullable bool) any {
	if nullable && r.IntN(7) == 0 {
		return nil
	}
	n := r.Int64N(1 << 40)
	if few {
		n = r.Int64N(20)
	}
	if r.IntN(2) == 0 {
		n = -n
	}
	switch t.Kind() {
	case types.Boolean:
		return n&1 == 0
	case types.TinyInt:
		return int8(n)
	case types.SmallInt:
		return int16(n)
	case types.Int, types.YearMonthInterval:
		return int32(n)
	case types.Date:
		return int32(n % 1e6)
	case types.BigInt, types.Timestamp, types.TimestampNTZ, types.DayTimeInterval:
		return n
	case types.Float:
		return float32(n) / 4
	case types.Double:
		return float64(n) / 8
	case types.Decimal:
		if t.Precision() <= 9 {
			n %= 1e8
		}
		v := types.FromInt64(n)
		if t.Precision() > 30 {
			v, _ = v.MulOverflow(types.Pow10(15))
		}
		return v
	case types.String:
		return fmt.Sprintf("s%d", n)[:1+r.IntN(2)] + fmt.Sprint(n*n)
	case types.Binary:
		return []byte(fmt.Sprint(n, "\x00\xff"))
	case types.Array:
		out := []any{}
		for range r.IntN(4) {
			out = append(out, randomValue(r, t.Elem(), few, true))
		}
		return out
	case types.Map:
		m := types.MapValue{Keys: []any{}, Vals: []any{}}
		for range r.IntN(3) {
			m.Keys = append(m.Keys, randomValue(r, t.Key(), few, false))
			m.Vals = append(m.Vals, randomValue(r, t.Elem(), few, true))
		}
		return m
	case types.Struct:
		var out []any
		for _, f := range t.Fields() {
			out = append(out, randomValue(r, f.Type, few, true))
		}
		return out
	}
	return nil
}

func testSchema() *types.Schema {
	arr := types.ArrayOf(types.StringType, true)
	st := types.StructOf(types.Field{Name: "x", Type: types.IntType, Nullable: true}, types.Field{Name: "y", Type: arr, Nullable: true})
	s := &types.Schema{}
	for i, t := range []types.Type{types.BooleanType, types.TinyIntType, types.SmallIntType, types.IntType, types.BigIntType, types.FloatType,
		types.DoubleType, types.StringType, types.BinaryType, types.DateType, types.TimestampType, types.TimestampNTZType,
		types.DecimalOf(7, 2), types.DecimalOf(18, 4), types.DecimalOf(38, 10), types.YearMonthOf(0, 1), types.DayTimeOf(0, 3),
		arr, st, types.MapOf(types.StringType, types.BigIntType, true), types.ArrayOf(types.ArrayOf(types.IntType, true), true), types.ArrayOf(st, true),
		types.MapOf(types.IntType, types.ArrayOf(types.DoubleType, true), true)} {
		s.Fields = append(s.Fields, types.Field{Name: fmt.Sprintf("Z%02d", 40-i), Type: t, Nullable: true})
	}
	return s
}

// scanValues reads a file back in Go form, by column.
func scanValues(t *testing.T, path string, want *types.Schema) [][]any {
	t.Helper()
	p := New()
	f := fileOf(t, path)
	got, err := p.Infer(context.Background(), []catalog.File{f}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !types.SameType(got.Struct(), want.Struct()) {
		t.Fatalf("schema %s, not %s", got.Struct(), want.Struct())
	}
	spec := &catalog.FileScan{Files: []catalog.File{f}}
	for _, c := range got.Fields {
		spec.Columns = append(spec.Columns, catalog.FileColumn{Name: c.Name, Type: c.Type, Part: -1})
	}
	sc, err := p.Scan(context.Background(), spec)
	if err != nil {
		t.Fatal(err)
	}
	rd, err := sc.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer rd.Close()
	out := make([][]any, len(got.Fields))
	last := uint64(0)
	for i := range sc.Splits {
		err := rd.Read(context.Background(), i, func(b *vec.Batch) error {
			if b.Seq < last || b.N > vec.BatchRows {
				t.Errorf("a batch of %d rows with Seq %d after %d", b.N, b.Seq, last)
			}
			last = b.Seq
			for c, v := range b.Cols {
				for k := range b.N {
					out[c] = append(out[c], v.Value(k))
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestEveryTypeComesBackAsWritten(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, codec := range []string{"snappy", "none", "gzip", "zstd", "lz4", "lz4_raw", "brotli"} {
		for _, few := range []bool{true, false} {
			rows := 3000
			if codec == "snappy" {
				rows = 45_000
			}
			t.Run(fmt.Sprint(codec, few), func(t *testing.T) { roundTrip(t, r, codec, few, rows) })
		}
	}
}

func roundTrip(t *testing.T, r *rand.Rand, codec string, few bool, rows int) {
	s := testSchema()
	path := filepath.Join(t.TempDir(), "x.parquet")
	w, err := New().Create(path, s, map[string]string{"compression": codec, "outputtimestamptype": []string{"INT96", "TIMESTAMP_MICROS"}[r.IntN(2)]}, "UTC")
	if err != nil {
		t.Fatal(err)
	}
	want := make([][]any, len(s.Fields))
	for left := rows; left > 0; {
		n := min(left, 1+r.IntN(5000))
		left -= n
		b := &vec.Batch{N: n}
		if r.IntN(2) == 0 {
			b.Sel = []int32{}
			for i := range n {
				if r.IntN(3) > 0 {
					b.Sel = append(b.Sel, int32(i))
				}
			}
		}
		nullable := r.IntN(3) > 0
		for c, f := range s.Fields {
			v := randomColumn(r, f.Type, n, few, nullable)
			b.Cols = append(b.Cols, v)
			for i := range n {
				if b.Sel == nil {
					want[c] = append(want[c], v.Value(i))
				}
			}
			for _, i := range b.Sel {
				want[c] = append(want[c], v.Value(int(i)))
			}
		}
		if err := w.Write(b); err != nil {
			t.Fatal(err)
		}
		if r.IntN(8) == 0 {
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got := scanValues(t, path, s)
	for c := range want {
		if len(got[c]) != len(want[c]) {
			t.Fatalf("%s: %d rows, not %d", s.Fields[c].Type, len(got[c]), len(want[c]))
		}
		for i := range want[c] {
			if !reflect.DeepEqual(got[c][i], want[c][i]) {
				t.Fatalf("%s row %d: %v, not %v", s.Fields[c].Type, i, got[c][i], want[c][i])
			}
		}
	}
}

// randomColumn is a column of any form.
func randomColumn(r *rand.Rand, t types.Type, n int, few, nullable bool) *vec.Vec {
	switch r.IntN(4) {
	case 0:
		return vec.Constant(t, randomValue(r, t, few, nullable), n)
	case 1:
		d := vec.New(t, 0)
		for range 50 {
			d.Append(randomValue(r, t, few, nullable))
		}
		v := &vec.Vec{Type: t, Form: vec.Coded, Len: n, Dict: vec.NewDict(d)}
		for range n {
			v.Codes = append(v.Codes, int32(r.IntN(50)))
		}
		return v
	}
	v := vec.New(t, 0)
	for range n {
		v.Append(randomValue(r, t, few, nullable))
	}
	return v
}

func TestEmptyFile(t *testing.T) {
	s := testSchema()
	path := filepath.Join(t.TempDir(), "x.parquet")
	w, err := New().Create(path, s, nil, "UTC")
	if err == nil {
		_, err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := scanValues(t, path, s); len(got[0]) != 0 {
		t.Errorf("%d rows", len(got[0]))
	}
}

// writeOwn writes a small file of every type.
func writeOwn(t *testing.T, r *rand.Rand, path string) {
	t.Helper()
	s := testSchema()
	w, err := New().Create(path, s, map[string]string{"compression": "none"}, "UTC")
	if err != nil {
		t.Fatal(err)
	}
	b := &vec.Batch{N: 300}
	for _, f := range s.Fields {
		b.Cols = append(b.Cols, randomColumn(r, f.Type, b.N, true, true))
	}
	if err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
}
