package analyze

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"sparksql/sql/errs"
	"sparksql/sql/plan"
	"sparksql/sql/types"
)

// goldenCase is one file of statements with Spark's answers.
type goldenCase struct {
	File       string
	Tables     []string
	Needs      []string
	Conf       map[string]string
	Statements []struct {
		SQL, Schema, Tag, Skip string
		Error                  *struct{ Class, Exception string }
	}
}

// goldenTables are the columns of the tables that cases use.
var goldenTables = map[string]string{
	"testdata": "key int, value string", "arraydata": "arraycol array<int>, nestedarraycol array<array<int>>", "mapdata": "mapcol map<int,string>",
	"aggtest": "a int, b float",
	"tenk1":   "unique1 int, unique2 int, two int, four int, ten int, twenty int, hundred int, thousand int, twothousand int, fivethous int, tenthous int, odd int, even int, stringu1 string, stringu2 string, string4 string",
}

// TestGolden analyses the core statements of the reference cases: schemas, names included, and error classes of
// analysis must be Spark's for a share that may only grow.
func TestGolden(t *testing.T) {
	score := map[string][2]int{}
	failures := map[string][]string{}
	for _, c := range readGolden(t) {
		runGolden(t, c, score, failures)
	}
	for k, v := range score {
		t.Logf("%s: %d of %d (%.1f %%)", k, v[0], v[1], 100*float64(v[0])/float64(v[1]))
	}
	if out := os.Getenv("GOLDEN_FAILURES"); out != "" {
		writeFailures(t, out, failures)
	}
	if q := score["schema"]; q[0]*100 < q[1]*goldenShare {
		t.Errorf("schemas: %d of %d, expected %d %%", q[0], q[1], goldenShare)
	}
}

// goldenShare is the percentage of schemas that must be Spark's.
const goldenShare = 90

func readGolden(t *testing.T) []goldenCase {
	dir := os.Getenv("SPARKSQL_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	f, err := os.Open(filepath.Join(dir, "conformance", "open", "golden.jsonl.gz"))
	if err != nil {
		t.Skipf("no reference cases: %v", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var out []goldenCase
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, 64<<20)
	for sc.Scan() {
		var c goldenCase
		if err := json.Unmarshal(sc.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

func runGolden(t *testing.T, c goldenCase, score map[string][2]int, failures map[string][]string) {
	s := newFake()
	for k, v := range c.Conf {
		s.conf.Set(k, v)
	}
	for _, name := range c.Tables {
		ddl := goldenTables[name]
		if name == "onek" {
			ddl = goldenTables["tenk1"]
		}
		if _, err := s.run("CREATE TABLE " + name + " (" + ddl + ")"); err != nil {
			t.Fatal(err)
		}
	}
	for _, st := range c.Statements {
		n, err := tryGolden(s, st.SQL)
		if st.Tag != "core" || st.Skip != "" || len(c.Needs) > 0 {
			continue
		}
		kind, ok, got := judge(n, err, st.Schema, st.Error != nil, func() string { return st.Error.Class })
		if kind == "" {
			continue
		}
		v := score[kind]
		v[1]++
		if ok {
			v[0]++
		} else {
			failures[kind] = append(failures[kind], fmt.Sprintf("%s\n%s\n   want %s\n   got  %s\n", c.File, st.SQL, want(st.Schema, st.Error), got))
		}
		score[kind] = v
	}
}

func want(schema string, e *struct{ Class, Exception string }) string {
	if e != nil {
		return e.Class
	}
	return schema
}

// tryGolden turns a panic into an error, so that one statement does not hide the others.
func tryGolden(s *fakeSession, sql string) (n plan.Node, err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("PANIC %v", x)
		}
	}()
	if n, err = s.run(sql); err == nil && n != nil {
		if bad := checkPlan(n, nil); bad != nil {
			return nil, fmt.Errorf("BROKEN PLAN %w", bad)
		}
	}
	return n, err
}

// judge compares one answer. Errors that Spark raises while running are no matter of analysis.
func judge(n plan.Node, err error, schema string, fails bool, class func() string) (kind string, ok bool, got string) {
	var e *errs.Error
	switch {
	case err != nil && errors.As(err, &e):
		got = e.Cond.Name + ": " + err.Error()
	case err != nil:
		got = err.Error()
	case n != nil:
		got = schemaText(n)
	}
	switch {
	case fails && e != nil:
		return "class", e.Cond.Name == class(), got
	case fails:
		return "accepted", false, "accepted"
	case schema == "struct<>", n == nil && err == nil:
		return "", false, ""
	}
	return "schema", err == nil && got == schema, got
}

func schemaText(n plan.Node) string { return types.StructOf(plan.Schema(n).Fields...).String() }

func writeFailures(t *testing.T, path string, failures map[string][]string) {
	var b strings.Builder
	keys := make([]string, 0)
	for k := range failures {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		fmt.Fprintf(&b, "##### %s %d\n", k, len(failures[k]))
		b.WriteString(strings.Join(failures[k], "\n"))
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
