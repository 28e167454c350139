package csv

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
	path := filepath.Join(t.TempDir(), "f.csv")
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

// read gives the rows as text: fields between |, rows between spaces.
func read(spec *catalog.FileScan, cols ...string) (string, error) {
	for _, f := range spec.Schema.Fields {
		for _, c := range cols {
			if c == f.Name {
				spec.Columns = append(spec.Columns, catalog.FileColumn{Name: f.Name, Type: f.Type, Part: -1})
			}
		}
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
	last := int64(-1)
	for i := range sc.Splits {
		err := r.Read(context.Background(), i, func(b *vec.Batch) error {
			if b.N > vec.BatchRows || int64(b.Seq) <= last {
				return fmt.Errorf("a batch of %d rows, Seq %d after %d", b.N, b.Seq, last)
			}
			last = int64(b.Seq)
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
	return strings.Join(rows, " "), r.Close()
}

func schema(cols ...any) *types.Schema {
	s := &types.Schema{}
	for i := 0; i < len(cols); i += 2 {
		s.Fields = append(s.Fields, types.Field{Name: cols[i].(string), Type: cols[i+1].(types.Type), Nullable: true})
	}
	return s
}

func TestModes(t *testing.T) {
	ab := schema("a", types.IntType, "b", types.IntType)
	abc := schema("a", types.IntType, "b", types.IntType, "_corrupt_record", types.StringType)
	for _, c := range []struct {
		text, opts, cols string
		schema           *types.Schema
		want             string
	}{
		{"1,2\nx,3\n4\n5,6,7\n\n", "", "a b", ab, "1|2 <nil>|3 4|<nil> 5|6"},
		{"1,2\nx,3\n4\n5,6,7\n", "mode=dropmalformed", "a b", ab, "1|2"},
		{"1,2\nx,3\n4\n5,6,7\n", "mode=DROPMALFORMED", "b", ab, "2 3 <nil> 6"},
		{"1,2\nx,3\n4\n5,6,7\n", "", "a b _corrupt_record", abc, "1|2|<nil> <nil>|3|x,3 4|<nil>|4 5|6|5,6,7"},
		{"1,2\nx,3\n", "", "b _corrupt_record", abc, "2|<nil> 3|x,3"},
		{"1,2\n3,4\n", "header=true", "b a", ab, "3|4"},
		{"#c\n\na,b\n3,4\n", "header=true comment=#", "a", ab, "3"},
		{"1,2\n3,4\n", "", "", ab, " "},
		{"1,\"2\n\"\n3,4\n", "multiline=true", "a b", ab, "1|<nil> 3|4"},
	} {
		got, err := read(&catalog.FileScan{Files: fileOf(t, c.text), Schema: c.schema, Options: optionsOf(c.opts)}, strings.Fields(c.cols)...)
		if err != nil || got != c.want {
			t.Errorf("%q %s %s: %q, %v; want %q", c.text, c.opts, c.cols, got, err, c.want)
		}
	}
	_, err := read(&catalog.FileScan{Files: fileOf(t, "1,x\n"), Schema: ab, Options: optionsOf("mode=FAILFAST")}, "a", "b")
	if !errs.Is(err, "FAILED_READ_FILE.NO_HINT") || !strings.Contains(err.Error(), "MALFORMED_RECORD_IN_PARSING") {
		t.Error(err)
	}
	_, err = read(&catalog.FileScan{Files: fileOf(t, "1,x\n"), Schema: abc}, "_corrupt_record")
	if !errs.Is(err, "UNSUPPORTED_FEATURE.QUERY_ONLY_CORRUPT_RECORD_COLUMN") {
		t.Error(err)
	}
}

func TestSchemas(t *testing.T) {
	for _, c := range []struct{ text, opts, want string }{
		{"1,x\n2,y\n", "", "_c0:STRING _c1:STRING"},
		{"a,b\n1,x\n", "header=true", "a:STRING b:STRING"},
		{"a,A,\n1,x,\n", "header=true inferschema=true", "a0:INT A1:STRING _c2:STRING"},
		{"a,b\n1,2024-01-01\n,\n2.5,2024-01-01 10:00:00\n", "header=true inferschema=true", "a:DOUBLE b:TIMESTAMP"},
		{"01/02/2024\n", "inferschema=true dateformat=dd/MM/yyyy", "_c0:DATE"},
		{"\"a\nb\",1\n", "inferschema=true multiline=true", "_c0:STRING _c1:INT"},
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

// TestSplits reads a file of several ranges: every row once, the header not at all.
func TestSplits(t *testing.T) {
	var b, want strings.Builder
	b.WriteString("id,s\n")
	const rows = 400_000
	for i := range rows {
		fmt.Fprintf(&b, "%d,text %d\n", i, i)
	}
	spec := &catalog.FileScan{Files: fileOf(t, b.String()), Schema: schema("id", types.IntType, "s", types.StringType), Options: optionsOf("header=true"), Workers: 4}
	got, err := read(spec, "id")
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		fmt.Fprintf(&want, "%d ", i)
	}
	if got+" " != want.String() {
		t.Fatal("rows are missing, doubled or out of order")
	}
	if sc, _ := (Format{}).Scan(context.Background(), spec); sc.Splits < 4 {
		t.Fatalf("%d splits", sc.Splits)
	}
}
