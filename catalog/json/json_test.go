package json

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sparksql/catalog"
	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

func fileOf(t *testing.T, text string) []catalog.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f.json")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return []catalog.File{{Path: path, Size: int64(len(text))}}
}

func optionsOf(s string) map[string]string {
	out := map[string]string{}
	for _, kv := range strings.Fields(s) {
		k, v, _ := strings.Cut(kv, "=")
		out[k] = v
	}
	return out
}

func read(files []catalog.File, opts map[string]string, cols []types.Field) (string, error) {
	spec := &catalog.FileScan{Files: files, Options: opts}
	for _, f := range cols {
		spec.Columns = append(spec.Columns, catalog.FileColumn{Name: f.Name, Type: f.Type, Part: -1})
	}
	sc, err := (Format{}).Scan(context.Background(), spec)
	if err != nil {
		return "", err
	}
	r, err := sc.Open()
	if err != nil {
		return "", err
	}
	var rows []string
	for i := range sc.Splits {
		err := r.Read(context.Background(), i, func(b *vec.Batch) error {
			for k := range b.N {
				var row []string
				for _, c := range b.Cols {
					row = append(row, fmt.Sprint(c.Value(k)))
				}
				rows = append(rows, strings.Join(row, "|"))
			}
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	return strings.Join(rows, " "), nil
}

func TestSchemas(t *testing.T) {
	for _, c := range []struct{ text, opts, want string }{
		{`{"b":1,"a":"x"}`, "", "a:STRING b:BIGINT"},
		{"{\"a\":1}\n\n{\"a\":2.5}\n{\"b\":null}", "", "a:DOUBLE b:STRING"},
		{"{\"a\":1}\n{\"a\":\"x\"}", "", "a:STRING"},
		{"{\"a\":{\"x\":1}}\n{\"a\":{\"y\":[true]}}", "", "a:STRUCT<x: BIGINT, y: ARRAY<BOOLEAN>>"},
		{"{\"a\":1}\nnope", "", "_corrupt_record:STRING a:BIGINT"},
		{"{\"a\":1}\nnope", "columnnameofcorruptrecord=bad", "a:BIGINT bad:STRING"},
		{"{\"a\":1}\nnope", "mode=DROPMALFORMED", "a:BIGINT"},
		{`{"a":{},"b":1}`, "", "b:BIGINT"},
		{`[{"a":1},{"b":2}]`, "", "a:BIGINT b:BIGINT"},
		{"[\n{\"a\":1},\n{\"a\":2}]", "multiline=true", "a:BIGINT"},
		{`{"a":1,"b":true}`, "primitivesasstring=true", "a:STRING b:STRING"},
		{`{"a":1,"b":null}`, "dropfieldifallnull=true", "a:BIGINT"},
	} {
		s, err := (Format{}).Infer(context.Background(), fileOf(t, c.text), optionsOf(c.opts))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range s.Fields {
			got = append(got, f.Name+":"+f.Type.SQL())
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q %s: %s, want %s", c.text, c.opts, strings.Join(got, " "), c.want)
		}
	}
}

func TestModes(t *testing.T) {
	a := []types.Field{{Name: "a", Type: types.IntType}, {Name: "b", Type: types.StringType}}
	corrupt := append(a[:1:1], types.Field{Name: "_corrupt_record", Type: types.StringType})
	for _, c := range []struct {
		text, opts string
		cols       []types.Field
		want       string
	}{
		{"{\"a\":1,\"b\":{\"x\":[1]}}\n\n{\"a\":\"x\",\"b\":2}\nno", "", a, `1|{"x":[1]} <nil>|2 <nil>|<nil>`},
		{"{\"a\":1}\n{\"a\":\"x\"}\nno", "mode=DROPMALFORMED", a[:1], "1"},
		{"{\"a\":1}\n{\"a\":\"x\"}\nno", "", corrupt, `1|<nil> <nil>|{"a":"x"} <nil>|no`},
		{`[{"a":1},{"a":2}]`, "", a[:1], "1 2"},
		{"[\n{\"a\":1},\n{\"a\":2}\n]", "multiline=true", a[:1], "1 2"},
		{"{\"a\":1}\n{\"c\":2}", "", nil, " "},
	} {
		got, err := read(fileOf(t, c.text), optionsOf(c.opts), c.cols)
		if err != nil || got != c.want {
			t.Errorf("%q %s: %q, %v; want %q", c.text, c.opts, got, err, c.want)
		}
	}
	_, err := read(fileOf(t, "no"), optionsOf("mode=FAILFAST"), a)
	if !errs.Is(err, "FAILED_READ_FILE.NO_HINT") {
		t.Error(err)
	}
}

func TestRoundTrip(t *testing.T) {
	s := &types.Schema{Fields: []types.Field{{Name: "a", Type: types.BigIntType}, {Name: "t", Type: types.TimestampType},
		{Name: "m", Type: types.MapOf(types.StringType, types.ArrayOf(types.DateType, true), true)}}}
	rows := [][]any{{int64(1), int64(1_700_000_000_123_000), types.MapValue{Keys: []any{"k"}, Vals: []any{[]any{int32(5), nil}}}}, {nil, nil, nil}}
	path := filepath.Join(t.TempDir(), "x.json")
	w, err := (Format{}).Create(path, s, nil, "Asia/Kolkata")
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
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(path)
	const want = `{"a":1,"t":"2023-11-15T03:43:20.123+05:30","m":{"k":["1970-01-06",null]}}` + "\n{}\n"
	if string(text) != want {
		t.Errorf("%s", text)
	}
	got, err := read([]catalog.File{{Path: path, Size: int64(len(text))}}, nil, s.Fields)
	if err != nil || got != "1|1700000000123000|{[k] [[5 <nil>]]} <nil>|<nil>|<nil>" {
		t.Error(got, err)
	}
}
