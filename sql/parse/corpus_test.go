package parse

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sparksql/sql/errs"
)

type goldenStatement struct {
	SQL   string `json:"sql"`
	Error *struct {
		Class     string            `json:"class"`
		Exception string            `json:"exception"`
		Params    map[string]string `json:"params"`
	} `json:"error"`
}

type goldenCase struct {
	File       string            `json:"file"`
	Conf       map[string]string `json:"conf"`
	Statements []goldenStatement `json:"statements"`
}

func goldenCases(t testing.TB, file string) []goldenCase {
	f, err := os.Open(shared(t, "conformance", "open", file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var out []goldenCase
	sc := bufio.NewScanner(z)
	sc.Buffer(make([]byte, 1<<20), 1<<26)
	for sc.Scan() {
		var c goldenCase
		if err := json.Unmarshal(sc.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

func goldenOptions(c goldenCase) Options {
	zone, _ := time.LoadLocation("America/Los_Angeles")
	return Options{Ansi: c.Conf["spark.sql.ansi.enabled"] == "true", Zone: zone,
		EnforceReserved:         c.Conf["spark.sql.ansi.enforceReservedKeywords"] == "true",
		DoubleQuotedIdentifiers: c.Conf["spark.sql.ansi.doubleQuotedIdentifiers"] == "true",
		TimestampNTZ:            c.Conf["spark.sql.timestampType"] == "TIMESTAMP_NTZ"}
}

// TestGoldenStatementsParse sees that what Spark parses is parsed here, and what it refuses is refused.
func TestGoldenStatementsParse(t *testing.T) {
	var total, ok, refused, raised, sameClass int
	shown := 0
	for _, c := range append(goldenCases(t, "golden.jsonl.gz"), goldenCases(t, "examples.jsonl.gz")...) {
		opts := goldenOptions(c)
		for _, s := range c.Statements {
			_, err := Statement(&errs.Text{SQL: s.SQL}, opts)
			if errs.Is(err, "INTERNAL_ERROR") {
				t.Errorf("%s: %s\n %v", c.File, s.SQL, err)
			}
			if s.Error != nil && strings.HasSuffix(s.Error.Exception, "ParseException") {
				refused++
				if err != nil {
					raised++
				}
				if err != nil && className(err) == s.Error.Class {
					sameClass++
					if e := err.(*errs.Error); !maps.Equal(e.Args, s.Error.Params) && !strings.HasPrefix(e.Cond.Name, "_LEGACY") {
						t.Logf("%s: parameters of %s: %v, not %v: %s", c.File, e.Cond.Name, e.Args, s.Error.Params, s.SQL)
					}
				} else if os.Getenv("SPARKSQL_VERBOSE") != "" {
					t.Logf("%s: refusal %s, got %v: %s", c.File, s.Error.Class, className(err), s.SQL)
				}
				continue
			}
			total++
			if err == nil || s.Error != nil && className(err) == s.Error.Class {
				ok++
			} else if shown++; shown < 100 {
				want := "success"
				if s.Error != nil {
					want = s.Error.Class
				}
				t.Logf("%s: wants %s: %v\n  %s", c.File, want, err, s.SQL)
			}
		}
	}
	t.Logf("parsed %d of %d (%.2f %%); of %d refusals %d raised, %d of the same class", ok, total, 100*float64(ok)/float64(total), refused, raised, sameClass)
	if float64(ok) < 0.99*float64(total) {
		t.Errorf("fewer than 99 %% parse")
	}
	if 100*sameClass < 98*refused {
		t.Errorf("fewer than 98 %% of the refusals have Spark's condition")
	}
}

func className(err error) string {
	if e, ok := err.(*errs.Error); ok {
		return e.Cond.Name
	}
	return ""
}

// TestQueryFilesParse reads every query of the benchmarks and of the reference work.
func TestQueryFilesParse(t *testing.T) {
	n := 0
	for _, dir := range []string{"bench/queries", "reference/sql"} {
		err := filepath.Walk(shared(t, strings.Split(dir, "/")...), func(path string, info os.FileInfo, err error) error {
			if err != nil || info.IsDir() || !strings.HasSuffix(path, ".sql") {
				return err
			}
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, p := range Split(strings.NewReplacer("@", "", "${ref_date}", "2025-01-01").Replace(string(b))) { // macros of the drivers
				n++
				if _, err := Statement(&errs.Text{SQL: p.Text}, Options{}); err != nil {
					t.Errorf("%s: %v\n%s", path, err, p.Text)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d statements", n)
}
