package sparksql_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	sparksql "sparksql"
	"sparksql/sql/profile"
	"sparksql/udfs"
)

// operators lists a profile's operators by name.
func operators(p *sparksql.Profile) map[string][]*profile.Operator {
	out := map[string][]*profile.Operator{}
	p.Each(func(o *profile.Operator) { out[o.Name] = append(out[o.Name], o) })
	return out
}

// The three renderings are of one record, whose numbers are those of the run.
func TestExplainAnalyzeFormats(t *testing.T) {
	s := open(t, sparksql.WithWorkers(2), sparksql.With(udfs.Scalar("twice", func(x int64) int64 { return 2 * x }))).Session()
	query := "SELECT k, count(*) AS n FROM (SELECT twice(id) % 10 AS k FROM range(20000) WHERE id < 15000) GROUP BY k LIMIT 4"
	text, _ := one(t, s, "EXPLAIN ANALYZE "+query)
	if again, _ := one(t, s, "EXPLAIN ANALYZE FORMAT TEXT "+query); lines(again) != lines(text) {
		t.Errorf("FORMAT TEXT has %d lines, none has %d", lines(again), lines(text))
	}
	page, _ := one(t, s, "explain analyze format html "+query)
	if !strings.HasPrefix(page, "<!DOCTYPE html>") || !strings.Contains(page, "twice(id) % 10 AS k FROM range(20000) WHERE id &lt; 15000") {
		t.Errorf("no page of the statement: %.300s", page)
	}
	record, _ := one(t, s, "EXPLAIN ANALYZE FORMAT JSON "+query)
	var p sparksql.Profile
	if err := json.Unmarshal([]byte(record), &p); err != nil {
		t.Fatalf("%v in %s", err, record)
	}
	ops := operators(&p)
	if p.Statement != query || p.Rows != 4 || p.Workers != 2 || len(p.Plans) != 1 || p.Busy <= 0 || p.Elapsed <= 0 || p.Planning <= 0 || p.PeakMemory <= 0 {
		t.Errorf("%+v", p)
	}
	for name, rows := range map[string]int64{"Limit": 4, "HashAggregate": 5, "Filter": 15000, "Range": 20000} {
		o := ops[name]
		if len(o) != 1 || o[0].Ran == nil || o[0].Ran.Rows != rows {
			t.Errorf("%s has not put out %d rows: %s", name, rows, record)
			continue
		}
		var sum int64
		for _, w := range o[0].Ran.Workers {
			sum += w.Rows
		}
		if name != "Limit" && (sum != rows || len(o[0].Ran.Workers) != 2) {
			t.Errorf("the workers' rows of %s are %d of %d", name, sum, rows)
		}
		if !strings.Contains(text, fmt.Sprintf("(rows: %d, estimated: %.0f,", rows, o[0].Estimated)) {
			t.Errorf("the text has other rows for %s:\n%s", name, text)
		}
	}
	if ops["Range"][0].Estimated != 20000 || !ops["HashAggregate"][0].Bounded || ops["Range"][0].Bounded {
		t.Errorf("estimates: %+v %+v", ops["Range"][0], ops["HashAggregate"][0])
	}
	f := p.Functions
	if len(f) != 1 || f[0].Name != "twice" || f[0].Calls != 15000 || len(f[0].Operators) != 1 {
		t.Errorf("functions: %+v", f)
	}
	p.Each(func(o *profile.Operator) {
		if len(f) > 0 && o.ID == f[0].Operators[0] && !strings.Contains(fmt.Sprint(o.Attributes), "twice") {
			t.Errorf("operator %d does not call twice: %v", o.ID, o.Attributes)
		}
	})
}

func lines(s string) int { return strings.Count(s, "\n") }

// A plan that several read is run, and shown, once; subqueries stand beneath the operators that ask for them.
func TestProfileOfSharedPlansAndSubqueries(t *testing.T) {
	s := open(t).Session()
	p := profiled(t, s, `WITH c AS (SELECT id % 7 AS k, sum(id) AS s FROM range(1000) GROUP BY 1)
		SELECT x.s - y.s, (SELECT max(s) FROM c) FROM c x JOIN c y ON x.k = y.k + 1`)
	ops := operators(p)
	seen := map[profile.Role]int{}
	ids, again := 0, 0
	p.Each(func(o *profile.Operator) {
		seen[o.Role]++
		if o.ReusedFrom != 0 {
			again++
		}
		if ids++; o.ID != ids {
			t.Errorf("operator %d is number %d", o.ID, ids)
		}
	})
	if again != 1 || strings.Count(p.Text(), "[id 9]") != 2 || seen[profile.Shared] != 1 || seen[profile.Subquery] != 1 || len(ops["Range"]) != 2 || ops["Range"][1].Ran.Rows != 1000 || p.Rows != 6 {
		t.Errorf("%v %s", seen, p.Text())
	}
}

// profiled runs a statement under a context that asks for its profile.
func profiled(t *testing.T, s *sparksql.Session, sql string) *sparksql.Profile {
	t.Helper()
	rows, err := s.Query(sparksql.Profiled(context.Background()), sql)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rows.All(); err != nil {
		t.Fatal(err)
	}
	p := rows.Profile()
	if p == nil {
		t.Fatalf("%s: no profile", sql)
	}
	return p
}

// A program asks for the profile by the context, and gets its rows as well.
func TestProfiledQuery(t *testing.T) {
	s := open(t).Session()
	rows, err := s.Query(sparksql.Profiled(context.Background()), "SELECT * FROM range(100) WHERE id >= 40")
	if err != nil {
		t.Fatal(err)
	}
	all, err := rows.All()
	if p := rows.Profile(); err != nil || len(all) != 60 || p == nil || p.Rows != 60 || operators(p)["Range"][0].Ran.Rows != 100 {
		t.Errorf("%v, %d rows, %+v", err, len(all), p)
	}
	rows, err = s.Query(context.Background(), "SELECT 1")
	if err != nil || rows.Profile() != nil {
		t.Errorf("a profile that nobody asked for: %v", err)
	}
	rows.Close()
	rows, err = s.Query(sparksql.Profiled(context.Background()), "SHOW TABLES")
	if err != nil || rows.Profile() != nil {
		t.Errorf("a profile of no plan: %v", err)
	}
}

// What writes is run as well: it writes.
func TestExplainAnalyzeOfWrites(t *testing.T) {
	s := open(t).Session()
	dir := t.TempDir()
	for sql, want := range map[string]struct {
		rows, plans int
		count       string
	}{
		"CREATE TABLE t USING parquet AS SELECT id FROM range(50)":                                           {50, 1, "SELECT count(*) FROM t"},
		"INSERT OVERWRITE DIRECTORY '" + filepath.Join(dir, "d") + "' USING parquet SELECT id FROM range(7)": {7, 1, "SELECT count(*) FROM parquet.`" + filepath.Join(dir, "d") + "`"},
	} {
		text, _ := one(t, s, "EXPLAIN ANALYZE FORMAT JSON "+sql)
		var p sparksql.Profile
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			t.Fatal(err)
		}
		if w := operators(&p)["Write"]; len(w) != want.plans || w[0].Ran.Rows != int64(want.rows) || p.Rows != int64(want.rows) || !strings.Contains(text, "bytes written") {
			t.Errorf("%s: %s", sql, text)
		}
		if n := must(t, s, want.count); fmt.Sprint(n) != fmt.Sprintf("[[%d]]", want.rows) {
			t.Errorf("%s wrote %v rows", sql, n)
		}
	}
	must(t, s, "CREATE TABLE u (id BIGINT) USING parquet")
	p := profiled(t, s, "FROM t INSERT INTO u SELECT id WHERE id < 10 INSERT INTO u SELECT id WHERE id > 40")
	if len(p.Plans) != 2 || p.Rows != 19 {
		t.Errorf("%d plans, %d rows", len(p.Plans), p.Rows)
	}
}

// What runs no query is refused before it is run; a query that fails fails.
func TestExplainAnalyzeRefuses(t *testing.T) {
	s := open(t).Session()
	must(t, s, "CREATE TABLE t (a INT) USING parquet")
	for sql, condition := range map[string]string{
		"EXPLAIN ANALYZE DROP TABLE t":                      "UNSUPPORTED_FEATURE",
		"EXPLAIN ANALYZE SHOW TABLES":                       "UNSUPPORTED_FEATURE",
		"EXPLAIN ANALYZE FORMAT JSON CACHE TABLE t":         "UNSUPPORTED_FEATURE",
		"EXPLAIN ANALYZE FORMAT XML SELECT 1":               "PARSE_SYNTAX_ERROR",
		"EXPLAIN FORMAT JSON SELECT 1":                      "PARSE_SYNTAX_ERROR",
		"EXPLAIN ANALYZE SELECT 1 / (id - 7) FROM range(9)": "DIVIDE_BY_ZERO",
		"EXPLAIN ANALYZE SELECT nope":                       "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION",
	} {
		e, ok := sparksql.AsError(s.Exec(context.Background(), sql))
		if !ok || e.Cond.Name != condition {
			t.Errorf("%s: %v, want %s", sql, e, condition)
		}
	}
	if n := must(t, s, "SHOW TABLES"); len(n) != 1 {
		t.Errorf("tables: %v", n)
	}
}

// With little memory operators spill, and say so.
func TestProfileFlagsSpilling(t *testing.T) {
	s := open(t, sparksql.WithWorkers(2), sparksql.WithMemoryLimit(4<<20)).Session()
	p := profiled(t, s, "SELECT id, row_number() OVER (PARTITION BY id % 3 ORDER BY id DESC) AS n FROM range(300000)")
	w := operators(p)["Window"]
	if p.Spilled == 0 || len(w) != 1 || w[0].Ran.Spilled == 0 || len(w[0].Flags) == 0 || w[0].Flags[0].Kind != profile.Spill && w[0].Flags[0].Kind != profile.Skew {
		t.Errorf("%s", p.Text())
	}
}

// One value of a window's PARTITION BY with most of the rows is found.
func TestProfileFlagsSkewedPartitions(t *testing.T) {
	s := open(t, sparksql.WithWorkers(2)).Session()
	p := profiled(t, s, "SELECT max(n) FROM (SELECT sum(id) OVER (PARTITION BY if(id % 10 < 9, 0, id % 100) ORDER BY id) AS n FROM range(200000))")
	w := operators(p)["Window"][0]
	if r := w.Ran.Partitions; r == nil || r.Count != 11 || r.Rows != 200000 || r.Largest != 180000 {
		t.Errorf("%+v", w.Ran.Partitions)
	}
	if !strings.Contains(p.Text(), "! skew: the largest of 11 partitions has 90 % of the rows") {
		t.Errorf("%s", p.Text())
	}
}

// A limit that ends a scan early is no wrong estimate.
func TestProfileKnowsLimits(t *testing.T) {
	s := open(t, sparksql.WithWorkers(1)).Session()
	dir := filepath.Join(t.TempDir(), "d")
	must(t, s, "INSERT OVERWRITE DIRECTORY '"+dir+"' USING parquet SELECT id FROM range(300000)")
	p := profiled(t, s, "SELECT id + 1 FROM parquet.`"+dir+"` LIMIT 3")
	p.Each(func(o *profile.Operator) {
		if len(o.Flags) > 0 {
			t.Errorf("%s: %v", o.Name, o.Flags)
		}
	})
	if entries, err := os.ReadDir(dir); err != nil || len(entries) < 2 {
		t.Errorf("%v %v", entries, err)
	}
}

// A plan does not go into a cell of the shell's grid.
func TestPlansAreNotPutIntoGrids(t *testing.T) {
	s := open(t).Session()
	for _, sql := range []string{"EXPLAIN ANALYZE FORMAT HTML SELECT 1", "EXPLAIN SELECT 1", "EXPLAIN SHOW TABLES"} {
		rows, err := s.Query(context.Background(), sql)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if _, err := rows.Print(&b, sparksql.Format{Format: "table"}); err != nil || !strings.HasPrefix(b.String(), "== Physical Plan ==\n") && !strings.HasPrefix(b.String(), "<!DOCTYPE html>\n") {
			t.Errorf("%s: %v %.60s", sql, err, b.String())
		}
	}
}
