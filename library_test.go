package sparksql_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	sparksql "sparksql"
)

// exampleModule builds the example WASM module once for all tests.
var exampleModule = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "sparksql-module-*")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "example.wasm")
	cmd := exec.Command("go", "build", "-buildmode=c-shared", "-ldflags=-s -w", "-o", path, "./udfs/examples/wasm")
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", &buildError{string(out)}
	}
	code, err := os.ReadFile(path)
	return string(code), err
})

type buildError struct{ text string }

func (e *buildError) Error() string { return e.text }

// module writes the example module to a folder of the test.
func module(t *testing.T) string {
	t.Helper()
	code, err := exampleModule()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "example.wasm")
	if err := os.WriteFile(path, []byte(code), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// rows are what a statement prints.
func rowsOf(t *testing.T, s *sparksql.Session, sql string) string {
	t.Helper()
	r, err := s.Query(context.Background(), sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	var b strings.Builder
	if _, err := r.Print(&b, sparksql.Format{Format: "spark", Rows: 1 << 30}); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return strings.TrimSpace(b.String())
}

func wantError(t *testing.T, s *sparksql.Session, sql, condition string, parts ...string) {
	t.Helper()
	err := s.Exec(context.Background(), sql)
	e, ok := sparksql.AsError(err)
	if !ok || e.Cond.Name != condition {
		t.Errorf("%s: %v, want %s", sql, err, condition)
		return
	}
	for _, p := range parts {
		if !strings.Contains(e.Message(), p) {
			t.Errorf("%s: %q does not say %q", sql, e.Message(), p)
		}
	}
}

func TestModuleExamplesAreTrue(t *testing.T) {
	s := open(t, sparksql.WithUDFFiles(module(t))).Session()
	n := 0
	for _, f := range s.UserFunctions(context.Background()) {
		text := rowsOf(t, s, "DESCRIBE FUNCTION EXTENDED "+f.Name)
		_, example, ok := strings.Cut(text, "> SELECT ")
		if !ok {
			t.Errorf("%s has no example", f.Name)
			continue
		}
		sql, out, _ := strings.Cut(example, ";\n")
		if got, want := rowsOf(t, s, "SELECT "+sql), strings.TrimSpace(strings.SplitN(out, "\n", 2)[0]); got != want {
			t.Errorf("SELECT %s gives %s, the example %s", sql, got, want)
		}
		n++
	}
	if n != 11 {
		t.Errorf("the module has %d functions", n)
	}
}

// Modules see every shape of a column: with NULLs, behind filters, with strings short and long, over more than a batch.
func TestModulesAgreeWithTheEngine(t *testing.T) {
	eng := open(t, sparksql.WithUDFFiles(module(t)), sparksql.WithWorkers(3))
	s := eng.Session()
	for _, q := range [][2]string{
		{"SELECT sum(scaled(id)) FROM range(100000)", "SELECT sum(id * 1.5D + 1) FROM range(100000)"},
		{"SELECT sum(scaled(if(id % 3 = 0, NULL, id))) FROM range(50000) WHERE id % 7 <> 2", "SELECT sum(if(id % 3 = 0, NULL, id * 1.5D + 1)) FROM range(50000) WHERE id % 7 <> 2"},
		{"SELECT sum(even_half(id)), count(even_half(id)) FROM range(20001)", "SELECT sum(id div 2), count(*) FROM range(20001) WHERE id % 2 = 0"},
		{"SELECT sum(or_zero(if(id % 2 = 0, id, NULL))), count(or_zero(NULL)) FROM range(9999)", "SELECT sum(id) FILTER (WHERE id % 2 = 0), count(*) FROM range(9999)"},
		{"SELECT sum(hash(slug(concat('Row  Number ', id, ' ', repeat('Xy', CAST(id % 40 AS INT)))))) FROM range(9000)",
			"SELECT sum(hash(concat('row-number-', id, if(id % 40 = 0, '', '-'), repeat('xy', CAST(id % 40 AS INT))))) FROM range(9000)"},
		{"SELECT count(slug(if(id % 2 = 0, NULL, '-'))), max(length(slug('!?'))) FROM range(5000)", "SELECT 2500, 0"},
		{"SELECT sum(checked_ratio(id, id - 5)) FROM range(9000) WHERE id <> 5", "SELECT sum(id / (id - 5)) FROM range(9000) WHERE id <> 5"},
		{"SELECT slug(s), count(*) FROM (SELECT CAST(id % 3 AS STRING) AS s FROM range(9000)) GROUP BY ALL ORDER BY 1", "SELECT * FROM VALUES ('0', 3000), ('1', 3000), ('2', 3000)"},
	} {
		if got, want := rowsOf(t, s, q[0]), rowsOf(t, s, q[1]); got != want {
			t.Errorf("%s\ngives %s, want %s", q[0], got, want)
		}
	}
}

func TestModulesFailLikeFunctions(t *testing.T) {
	s := open(t, sparksql.WithUDFFiles(module(t)), sparksql.WithConf("spark.sparksql.udf.timeout", "200ms")).Session()
	wantError(t, s, "SELECT checked_ratio(id, id - 5) FROM range(9)", "FAILED_EXECUTE_UDF", "checked_ratio", "the divisor is 0 (row 5 of its batch, arguments: 5, 0)")
	wantError(t, s, "SELECT at_index(id) FROM range(9)", "FAILED_EXECUTE_UDF", "at_index", "index out of range [3] with length 3", "arguments: 3")
	wantError(t, s, "SELECT collatz_steps(0)", "FAILED_EXECUTE_UDF", "collatz_steps", "200ms")
	if got := rowsOf(t, s, "SELECT at_index(2), collatz_steps(1), checked_ratio(1, 2)"); got != "30\t0\t0.5" {
		t.Errorf("after failures: %s", got)
	}
	s.Set("spark.sparksql.udf.redactArguments", "true")
	wantError(t, s, "SELECT at_index(id) FROM range(9)", "FAILED_EXECUTE_UDF", "arguments redacted")
}

func TestModulesHaveLittleMemory(t *testing.T) {
	s := open(t, sparksql.WithUDFFiles(module(t)), sparksql.WithConf("spark.sparksql.udf.wasm.memory", "16MB")).Session()
	wantError(t, s, "SELECT slug(repeat('a', 30000000))", "FAILED_EXECUTE_UDF", "slug", "memory")
	if got := rowsOf(t, s, "SELECT slug('A b')"); got != "a-b" {
		t.Errorf("after a failure: %s", got)
	}
}

func TestModulesRunOutOfFuel(t *testing.T) {
	s := open(t, sparksql.WithUDFFiles(module(t))).Session()
	s.Set("spark.sparksql.udf.wasm.fuel", "1000000")
	wantError(t, s, "SELECT collatz_steps(0)", "FAILED_EXECUTE_UDF", "collatz_steps", "out of fuel: spark.sparksql.udf.wasm.fuel allows 1000000 turns")
	if got := rowsOf(t, s, "SELECT collatz_steps(27), slug('A b')"); got != "111\ta-b" {
		t.Errorf("after a failure: %s", got)
	}
}

func TestQueriesStopModules(t *testing.T) {
	s := open(t, sparksql.WithUDFFiles(module(t))).Session()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	time.AfterFunc(50*time.Millisecond, cancel) // most likely while the module runs
	if err := s.Exec(ctx, "SELECT sum(collatz_steps(id - id)) FROM range(10)"); err == nil {
		t.Error("a module that never ends gave a result")
	}
}

// A function of a file belongs to a database and is found by the next process.
func TestFileFunctionsAreKept(t *testing.T) {
	path, dir := module(t), t.TempDir()
	eng := open(t, sparksql.WithWarehouse(dir))
	s := eng.Session()
	for _, sql := range []string{"CREATE DATABASE geo", "CREATE FUNCTION geo.distance AS 'haversine_km' USING WASM '" + path + "'",
		"CREATE FUNCTION slug USING WASM '" + path + "'", "CREATE FUNCTION IF NOT EXISTS slug USING WASM '" + path + "'"} {
		if err := s.Exec(context.Background(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	wantError(t, s, "CREATE FUNCTION slug USING WASM '"+path+"'", "ROUTINE_ALREADY_EXISTS")
	wantError(t, s, "CREATE FUNCTION slog USING WASM '"+path+"'", "CANNOT_LOAD_FUNCTION_FILE.NO_SUCH_FUNCTION", "`slog`", "`slug`")
	wantError(t, s, "CREATE FUNCTION slog USING PLUGIN '"+path+"'", "CANNOT_LOAD_FUNCTION_FILE.NO_PLUGINS")
	wantError(t, s, "DROP DATABASE geo", "SCHEMA_NOT_EMPTY")
	next := open(t, sparksql.WithWarehouse(dir)).Session()
	if got := rowsOf(t, next, "SELECT slug('A B'), round(geo.distance(0, 0, 0, 1)), spark_catalog.geo.distance(0, 0, 0, 0)"); got != "a-b\t111.0\t0.0" {
		t.Errorf("the next process gives %s", got)
	}
	if got := rowsOf(t, next, "SHOW USER FUNCTIONS IN geo"); got != "spark_catalog.geo.distance" {
		t.Errorf("SHOW USER FUNCTIONS: %s", got)
	}
	os.Remove(path)
	last := open(t, sparksql.WithWarehouse(dir)).Session()
	wantError(t, last, "SELECT slug('a')", "CANNOT_LOAD_FUNCTION_FILE.NOT_FOUND", path)
	if err := last.Exec(context.Background(), "DROP FUNCTION slug"); err != nil {
		t.Error(err)
	}
	wantError(t, next, "SELECT slug('a')", "UNRESOLVED_ROUTINE")
}

func TestFilesAreAddedAndReloaded(t *testing.T) {
	path := module(t)
	s := open(t).Session()
	add := "ADD WASM '" + path + "'"
	wantError(t, s, "RELOAD WASM '"+path+"'", "CANNOT_LOAD_FUNCTION_FILE.FAILED")
	for _, sql := range []string{add, add, "RELOAD WASM '" + path + "'"} {
		if err := s.Exec(context.Background(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	if got := rowsOf(t, s, "SELECT slug('A B'), session.slug('C')"); got != "a-b\tc" {
		t.Errorf("an added function gives %s", got)
	}
	if err := s.Exec(context.Background(), "DROP TEMPORARY FUNCTION slug"); err != nil {
		t.Fatal(err)
	}
	wantError(t, s, "SELECT slug('a')", "UNRESOLVED_ROUTINE")
	if err := os.WriteFile(path, []byte("\x00asm\x01\x00\x00\x00"), 0o644); err != nil {
		t.Fatal(err)
	}
	wantError(t, s, "RELOAD WASM '"+path+"'", "CANNOT_LOAD_FUNCTION_FILE.NOT_A_MODULE", "does not export")
	if got := rowsOf(t, s, "SELECT at_index(0)"); got != "10" {
		t.Errorf("what was loaded before gives %s", got)
	}
}

func TestFoldersOfFunctionsAreReadWhenNeeded(t *testing.T) {
	path := module(t)
	broken := filepath.Join(filepath.Dir(path), "broken.wasm")
	if err := os.WriteFile(broken, []byte("no module"), 0o644); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var warnings []string
	s := open(t, sparksql.WithConf("spark.sparksql.udf.path", filepath.Dir(path)), sparksql.WithWarnings(func(msg string) {
		mu.Lock()
		defer mu.Unlock()
		warnings = append(warnings, msg)
	})).Session()
	if got := rowsOf(t, s, "SELECT abs(-1)"); got != "1" || len(warnings) != 0 {
		t.Errorf("%s, with warnings %q", got, warnings)
	}
	if got := rowsOf(t, s, "SELECT slug('A B')"); got != "a-b" {
		t.Error(got)
	}
	if len(warnings) != 1 || !strings.Contains(warnings[0], "broken.wasm") {
		t.Errorf("warnings: %q", warnings)
	}
}

func TestOnlyAllowedFilesAreLoaded(t *testing.T) {
	path := module(t)
	_, err := sparksql.Open(sparksql.WithUDFFiles(path), sparksql.WithConf("spark.sparksql.udf.allow", strings.Repeat("0", 64)))
	e, ok := sparksql.AsError(err)
	if !ok || e.Cond.Name != "CANNOT_LOAD_FUNCTION_FILE.NOT_ALLOWED" {
		t.Fatalf("a file that is not allowed: %v", err)
	}
	list := filepath.Join(t.TempDir(), "allowed")
	if err := os.WriteFile(list, []byte("# modules\n"+e.Args["sum"]+"  example.wasm\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := open(t, sparksql.WithUDFFiles(path), sparksql.WithConf("spark.sparksql.udf.allow", list)).Session()
	if got := rowsOf(t, s, "SELECT slug('A B')"); got != "a-b" {
		t.Error(got)
	}
	wantError(t, s, "SET spark.sparksql.udf.allow=", "CANNOT_MODIFY_CONFIG")
	if _, err := sparksql.Open(sparksql.WithConf("spark.sparksql.udf.allow", "/no/such/file")); err == nil {
		t.Error("a list that is not there is taken for none")
	}
}

// What a program carries is all that is needed to build against it.
func TestSourceIsWhole(t *testing.T) {
	have := map[string]bool{}
	if err := sparksql.Source(func(path string, _ []byte) error { have[path] = true; return nil }); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "list", "-f", `{{$d := .Dir}}{{range .GoFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}{{range .EmbedFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	root, _ := os.Getwd()
	for file := range strings.Lines(string(out)) {
		rel, err := filepath.Rel(root, strings.TrimSpace(file))
		if err != nil || strings.HasSuffix(rel, "_test.go") || rel == "." {
			continue
		}
		if !have[filepath.ToSlash(rel)] {
			t.Errorf("%s is not in the program's source", rel)
		}
	}
	if !have["go.mod"] || !have["go.sum"] {
		t.Error("go.mod or go.sum is not in the program's source")
	}
}
