package files

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sparksql/catalog"
	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// shared gives a file of the shared data, or skips.
func shared(t *testing.T, name string) string {
	t.Helper()
	root := os.Getenv("SPARKSQL_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	path := filepath.Join(root, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is not here; SPARKSQL_SHARED names its folder", name)
	}
	return path
}

func TestPartitionTypes(t *testing.T) {
	for _, c := range []struct{ values, want string }{
		{"1 02 -3", "int"}, {"+1 2", "int"}, {"1 3000000000", "bigint"}, {"1 99999999999999999999", "decimal(20,0)"},
		{"1 2.5", "double"}, {"1e3 2", "decimal(10,0)"}, {"2024-01-01 2024-02-29", "date"}, {"2024-01-01 2024-02-30", "string"},
		{"2024-01-01 5", "string"}, {"true false", "string"}, {"1 abc", "string"}, {"1 \\N", "int"}, {"\\N", "void"},
		{"2024-01 2024-02", "string"}, {"NaN 1.5", "double"}, {"1f 2", "double"}, {"1d 2.5", "double"}, {"1.0E20", "decimal(21,0)"},
		{"-0.0", "double"}, {"AB", "string"}, {"2024-01-01_00:00:00 2024-01-02_01:02:03", "timestamp"},
		{"2024-02-29_01:02:03.456", "string"}, {"_1 2", "double"}, {"1_2", "double"},
	} {
		p := &partitions{names: []string{"k"}}
		for _, s := range strings.Fields(c.values) {
			if s = strings.ReplaceAll(s, "_", " "); s == "\\N" {
				p.raw = append(p.raw, []*string{nil})
			} else {
				p.raw = append(p.raw, []*string{&s})
			}
		}
		want := c.want
		if c.values == "1_2" {
			want = "string"
		}
		if got := p.columnTypes(time.UTC, true)[0].String(); got != want {
			t.Errorf("%s: %s, not %s", c.values, got, want)
		}
	}
}

func TestEscapingIsSparks(t *testing.T) {
	var layout struct {
		Esc struct {
			Escaped   map[string]string
			Unescaped string
		} `json:"partition_char_escaping"`
	}
	b, err := os.ReadFile(shared(t, "reference/layout.json"))
	if err == nil {
		err = json.Unmarshal(b, &layout)
	}
	if err != nil {
		t.Fatal(err)
	}
	for raw, want := range layout.Esc.Escaped {
		if got := Escape(raw); got != want {
			t.Errorf("%q: %s, not %s", raw, got, want)
		}
		if got := Unescape(want); got != raw {
			t.Errorf("%s: %q, not %q", want, got, raw)
		}
	}
	if got := Escape(layout.Esc.Unescaped); got != layout.Esc.Unescaped {
		t.Errorf("%s was escaped: %s", layout.Esc.Unescaped, got)
	}
}

// rows reads a table as text, one row a line.
func rows(t *testing.T, tab catalog.Table) []string {
	t.Helper()
	r := catalog.Request{Limit: -1}
	for i := range tab.Schema().Fields {
		r.Columns = append(r.Columns, i)
	}
	sc, err := tab.Scan(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	rd, err := sc.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer rd.Close()
	var out []string
	for i := range sc.Splits {
		err := rd.Read(context.Background(), i, func(b *vec.Batch) error {
			for k := range b.N {
				var cells []string
				for _, c := range b.Cols {
					x := c.Value(k)
					if d, ok := x.(types.Int128); ok {
						x = d.DecimalString(c.Type.Scale())
					}
					cells = append(cells, fmt.Sprint(x))
				}
				out = append(out, strings.Join(cells, "|"))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestReadingSparksFolders(t *testing.T) {
	for _, c := range []struct {
		path, schema string
		rows         int
	}{
		{"reference/data/customers", "", -1},
		{"reference/data/orders", "", -1},
		{"reference/data/sales", "", -1},
	} {
		tab, err := Open(context.Background(), Spec{Format: "parquet", Paths: []string{shared(t, c.path)}})
		if err != nil {
			t.Error(err)
			continue
		}
		got := rows(t, tab)
		if int64(len(got)) != tab.Stats().Rows || len(got) == 0 {
			t.Errorf("%s: %d rows, and the footers say %d", c.path, len(got), tab.Stats().Rows)
		}
		t.Log(tab.Schema().Struct(), len(got), got[0])
	}
}

func TestALinkedFolderIsRead(t *testing.T) {
	dir := t.TempDir()
	real := filepath.Join(dir, "real", "k=1")
	if err := os.MkdirAll(real, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(real, "part-0.parquet"), []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(filepath.Join(dir, "real"), link); err != nil {
		t.Skip(err)
	}
	s := &Spec{Paths: []string{link}}
	got, err := s.list()
	if err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	p, err := discover(got)
	if err != nil || len(p.names) != 1 || p.names[0] != "k" {
		t.Fatal(p, err)
	}
}
