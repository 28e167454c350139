package parquet

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"sparksql/catalog"
	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// shared gives a folder of the shared data, or skips.
func shared(t *testing.T, name string) string {
	t.Helper()
	root := os.Getenv("SPARKSQL_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	dir := filepath.Join(root, name)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("%s is not here; SPARKSQL_SHARED names its folder", name)
	}
	return dir
}

func fileOf(t *testing.T, path string) catalog.File {
	t.Helper()
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return catalog.File{Path: path, Size: st.Size(), Mod: st.ModTime()}
}

// readAll reads every column of a file into rows of text, as Spark casts to string.
func readAll(f catalog.File, limit int) (schema string, rows [][]string, total int, err error) {
	p := New()
	s, err := p.Infer(context.Background(), []catalog.File{f}, nil)
	if err != nil {
		return "", nil, 0, err
	}
	spec := &catalog.FileScan{Files: []catalog.File{f}}
	for _, c := range s.Fields {
		spec.Columns = append(spec.Columns, catalog.FileColumn{Name: c.Name, Type: c.Type, Part: -1})
	}
	sc, err := p.Scan(context.Background(), spec)
	if err != nil {
		return "", nil, 0, err
	}
	r, err := sc.Open()
	if err != nil {
		return "", nil, 0, err
	}
	defer r.Close()
	for i := range sc.Splits {
		err := r.Read(context.Background(), i, func(b *vec.Batch) error {
			for k := range b.N {
				if total++; len(rows) >= limit {
					continue
				}
				row := make([]string, len(b.Cols))
				for c, v := range b.Cols {
					row[c] = text(v.Type, v.Value(k))
				}
				rows = append(rows, row)
			}
			return nil
		})
		if err != nil {
			return "", nil, total, err
		}
	}
	return s.Struct().String(), rows, total, nil
}

// text is CAST(x AS STRING), NULL as <null>.
func text(t types.Type, x any) string {
	if x == nil {
		return "<null>"
	}
	inner := func(t types.Type, x any) string {
		if x == nil {
			return "null"
		}
		return text(t, x)
	}
	switch t.Kind() {
	case types.Float:
		return types.FormatFloat(x.(float32))
	case types.Double:
		return types.FormatDouble(x.(float64))
	case types.Decimal:
		return x.(types.Int128).DecimalString(t.Scale())
	case types.Date:
		return types.FormatDate(x.(int32))
	case types.Timestamp, types.TimestampNTZ:
		return types.FormatTimestamp(x.(int64), time.UTC)
	case types.Binary:
		var b strings.Builder
		for _, r := range string(x.([]byte)) { // a mark for every byte that is no UTF-8, as Java has it
			b.WriteRune(r)
		}
		return b.String()
	case types.Array:
		var out []string
		for _, e := range x.([]any) {
			out = append(out, inner(t.Elem(), e))
		}
		return "[" + strings.Join(out, ", ") + "]"
	case types.Struct:
		var out []string
		for i, e := range x.([]any) {
			out = append(out, inner(t.Fields()[i].Type, e))
		}
		return "{" + strings.Join(out, ", ") + "}"
	case types.Map:
		m := x.(types.MapValue)
		var out []string
		for i := range m.Keys {
			out = append(out, inner(t.Key(), m.Keys[i])+" -> "+inner(t.Elem(), m.Vals[i]))
		}
		return "{" + strings.Join(out, ", ") + "}"
	}
	return fmt.Sprint(x)
}

type expected struct {
	File, Schema, Error string
	Rows_total          int
	Rows_as_string      [][]*string
}

func TestForeignFilesAreReadAsSparkReadsThem(t *testing.T) {
	readForeign(t, filepath.Join("testdata", "foreign"))
}

func TestSharedFilesAreReadAsSparkReadsThem(t *testing.T) {
	readForeign(t, shared(t, "parquet-files"))
}

func readForeign(t *testing.T, dir string) {
	for _, set := range []string{"spark", "parquet-testing"} {
		list, err := os.Open(filepath.Join(dir, set+".expected.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		sc := bufio.NewScanner(list)
		sc.Buffer(nil, 1<<24)
		for sc.Scan() {
			var want expected
			if err := json.Unmarshal(sc.Bytes(), &want); err != nil {
				t.Fatal(err)
			}
			t.Run(set+"/"+want.File, func(t *testing.T) {
				compareForeign(t, filepath.Join(dir, set, want.File), &want)
			})
		}
		list.Close()
	}
}

func compareForeign(t *testing.T, path string, want *expected) {
	schema, rows, total, err := readAll(fileOf(t, path), 200)
	if want.Error != "" {
		cond, _, _ := strings.Cut(strings.TrimPrefix(want.Error, "["), "]")
		switch {
		case want.Rows_total > 0 && err == nil: // Spark cannot decode it; we may
		case err == nil:
			t.Fatalf("read %d rows where Spark says %s", total, want.Error)
		case strings.HasPrefix(want.Error, "[") && want.Rows_total == 0 && !strings.Contains(err.Error(), "["+cond+"]"):
			t.Fatalf("%v where Spark says %s", err, want.Error)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if schema != want.Schema {
		t.Errorf("schema %s, not %s", schema, want.Schema)
	}
	if total != want.Rows_total {
		t.Errorf("%d rows, not %d", total, want.Rows_total)
	}
	for i, row := range want.Rows_as_string {
		if i >= len(rows) {
			break
		}
		for c, x := range row {
			w := "<null>"
			if x != nil {
				w = *x
			}
			if rows[i][c] != w {
				t.Fatalf("row %d column %d: %q, not %q", i, c, rows[i][c], w)
			}
		}
	}
}

func TestBrokenFilesAreErrors(t *testing.T) {
	readBroken(t, filepath.Join("testdata", "foreign", "fuzzed"))
}

func TestSharedBrokenFilesAreErrors(t *testing.T) {
	readBroken(t, filepath.Join(shared(t, "parquet-files"), "fuzzed"))
}

func readBroken(t *testing.T, dir string) {
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		t.Run(f.Name(), func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			_, _, total, err := readAll(fileOf(t, filepath.Join(dir, f.Name())), 10)
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if err != nil && !strings.Contains(err.Error(), f.Name()) && !strings.Contains(err.Error(), "[PARQUET_TYPE") {
				t.Errorf("the error does not name the file: %v", err)
			}
			if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 256 {
				t.Errorf("%d MiB were allocated", mb)
			}
			if took > 2*time.Second {
				t.Errorf("it took %v", took)
			}
			t.Logf("%d rows, %v, %v", total, took.Round(time.Millisecond), err)
		})
	}
}
