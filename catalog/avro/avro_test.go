package avro

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/hamba/avro/v2/ocf"

	"sparksql/catalog"
	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// everything has a column of every type that Avro files hold.
var everything = &types.Schema{Fields: []types.Field{
	{Name: "i", Type: types.IntType, Nullable: true}, {Name: "y", Type: types.TinyIntType, Nullable: true}, {Name: "l", Type: types.BigIntType, Nullable: true},
	{Name: "f", Type: types.FloatType, Nullable: true}, {Name: "d", Type: types.DoubleType, Nullable: true}, {Name: "s", Type: types.StringType, Nullable: true},
	{Name: "b", Type: types.BinaryType, Nullable: true}, {Name: "o", Type: types.BooleanType, Nullable: true},
	{Name: "dec", Type: types.DecimalOf(10, 2), Nullable: true}, {Name: "day", Type: types.DateType, Nullable: true}, {Name: "ts", Type: types.TimestampType, Nullable: true},
	{Name: "ntz", Type: types.TimestampNTZType, Nullable: true}, {Name: "a", Type: types.ArrayOf(types.IntType, true), Nullable: true},
	{Name: "m", Type: types.MapOf(types.StringType, types.BigIntType, true), Nullable: true},
	{Name: "st", Type: types.StructOf(types.Field{Name: "x", Type: types.ArrayOf(types.StringType, false), Nullable: true}, types.Field{Name: "z", Type: types.IntType}), Nullable: true},
}}

func rows() [][]any {
	full := []any{int32(-7), int8(-8), int64(1 << 40), float32(1.5), -2.5, "ünï", []byte{0, 255}, true, types.FromInt64(-12345), int32(-1), int64(-1), int64(1e15),
		[]any{int32(1), nil}, types.MapValue{Keys: []any{"k", "l"}, Vals: []any{int64(5), nil}}, []any{[]any{"p", "q"}, int32(3)}}
	out := [][]any{full, make([]any, len(full))}
	for i := range 5000 {
		r := append([]any(nil), full...)
		r[0] = int32(i)
		out = append(out, r)
	}
	return out
}

// write stores rows in a file.
func write(t testing.TB, s *types.Schema, rows [][]any, codec string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f.avro")
	w, err := Format{}.Create(path, s, map[string]string{"compression": codec}, "UTC")
	if err != nil {
		t.Fatal(err)
	}
	b := &vec.Batch{N: len(rows)}
	for c, f := range s.Fields {
		v := vec.New(f.Type, 0)
		for _, r := range rows {
			v.Append(r[c])
		}
		b.Cols = append(b.Cols, v)
	}
	if err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	n, err := w.Close()
	if st, e := os.Stat(path); err != nil || e != nil || st.Size() != n {
		t.Fatal(n, err, e)
	}
	return path
}

// read gives a file's rows in Go form.
func read(path string, s *types.Schema) (out [][]any, err error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	spec := &catalog.FileScan{Files: []catalog.File{{Path: path, Size: st.Size()}}, Schema: s}
	for _, f := range s.Fields {
		spec.Columns = append(spec.Columns, catalog.FileColumn{Name: f.Name, Type: f.Type, Part: -1})
	}
	scan, err := Format{}.Scan(context.Background(), spec)
	if err != nil {
		return nil, err
	}
	r, err := scan.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	err = r.Read(context.Background(), 0, func(b *vec.Batch) error {
		for i := range b.N {
			row := make([]any, len(b.Cols))
			for c, v := range b.Cols {
				row[c] = v.Value(i)
			}
			out = append(out, row)
		}
		return nil
	})
	return out, err
}

func TestRoundTrip(t *testing.T) {
	want := rows()
	for codec := range written {
		path := write(t, everything, want, codec)
		got, err := read(path, everything)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%s: %v, %d rows", codec, err, len(got))
		}
		s, err := Format{}.Infer(context.Background(), []catalog.File{{Path: path}}, nil)
		if err != nil || s.Fields[8].Type != types.DecimalOf(10, 2) || s.Fields[1].Type != types.IntType || s.Fields[14].Type.Fields()[1].Nullable {
			t.Errorf("%s: %v %v", codec, s, err)
		}
	}
}

// What we write is what the library reads.
func TestTheLibraryReadsWhatWeWrite(t *testing.T) {
	fd, err := os.Open(write(t, everything, rows(), "snappy"))
	if err != nil {
		t.Fatal(err)
	}
	defer fd.Close()
	d, err := ocf.NewDecoder(fd)
	if err != nil {
		t.Fatal(err)
	}
	var got []map[string]any
	for d.HasNext() {
		var m map[string]any
		if err := d.Decode(&m); err != nil {
			t.Fatal(err)
		}
		got = append(got, m)
	}
	if d.Error() != nil || len(got) != len(rows()) {
		t.Fatal(d.Error(), len(got))
	}
	text := fmt.Sprint(got[0])
	if want := "map[a:map[array:[1 <nil>]] b:[0 255] d:-2.5 day:1969-12-31 00:00:00 +0000 UTC dec:map[topLevelRecord.dec.fixed:-2469/20] f:1.5 i:-7 " +
		"l:1099511627776 m:map[map:map[k:5 l:<nil>]] ntz:map[long.local-timestamp-micros:2001-09-09 01:46:40 +0000 UTC] o:true s:ünï " +
		"st:map[topLevelRecord.st:map[x:map[array:[p q]] z:3]] ts:1969-12-31 23:59:59.999999 +0000 UTC y:-8]"; text != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
	if fmt.Sprint(got[1]["i"], got[1]["st"], got[1]["dec"]) != "<nil> <nil> <nil>" {
		t.Errorf("NULLs: %v", got[1])
	}
}

// TestForeignSchemas reads what others write: enums, fixed, unions, names that refer to others, milliseconds.
func TestForeignSchemas(t *testing.T) {
	const schema = `{"type": "record", "name": "r", "fields": [
		{"name": "e", "type": {"type": "enum", "name": "suit", "symbols": ["A", "B"]}},
		{"name": "again", "type": ["null", "suit"]},
		{"name": "fx", "type": {"type": "fixed", "name": "four", "size": 4}},
		{"name": "ms", "type": {"type": "long", "logicalType": "timestamp-millis"}},
		{"name": "wide", "type": ["int", "long"]},
		{"name": "either", "type": ["null", "string", "double"]},
		{"name": "dec", "type": {"type": "bytes", "logicalType": "decimal", "precision": 6, "scale": 2}}]}`
	path := filepath.Join(t.TempDir(), "f.avro")
	fd, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	enc, err := ocf.NewEncoder(schema, fd)
	if err != nil {
		t.Fatal(err)
	}
	record := append([]byte{2, 2, 0}, "wxyz"...)     // B, union branch 1 and A, fixed
	record = append(record, 6, 2, 8, 2, 4, 'h', 'i') // 3 ms, long 4, the string hi
	record = append(record, 4, 0xff, 0x9c)           // two bytes: -100
	if _, err := enc.Write(record); err != nil {
		t.Fatal(err)
	}
	if err := enc.Close(); err != nil {
		t.Fatal(err)
	}
	fd.Close()
	s, err := Format{}.Infer(context.Background(), []catalog.File{{Path: path}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := read(path, s)
	want := [][]any{{"B", "A", []byte("wxyz"), int64(3000), int64(4), []any{"hi", nil}, types.FromInt64(-100)}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v %v", got, err)
	}
}

// TestBrokenFiles gives errors, not panics, whatever the bytes are.
func TestBrokenFiles(t *testing.T) {
	good, err := os.ReadFile(write(t, everything, rows()[:50], "uncompressed"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "f.avro")
	r := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		b := append([]byte(nil), good...)
		for range 1 + r.IntN(4) {
			b[r.IntN(len(b))] = byte(r.Uint32())
		}
		if r.IntN(4) == 0 {
			b = b[:r.IntN(len(b))]
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if s, err := (Format{}).Infer(context.Background(), []catalog.File{{Path: path}}, nil); err == nil {
			read(path, s)
		}
		read(path, everything)
	}
	recursive := `{"type":"record","name":"r","fields":[{"name":"next","type":["null","r"]}]}`
	fd, _ := os.Create(path)
	if _, err := ocf.NewEncoder(recursive, fd); err != nil {
		t.Fatal(err)
	}
	fd.Close()
	if _, err := (Format{}).Infer(context.Background(), []catalog.File{{Path: path}}, nil); err == nil {
		t.Error("a schema that refers to itself was read")
	}
}
