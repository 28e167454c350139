package sparksql_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	sparksql "sparksql"
	"sparksql/udfs"
	"sparksql/udfs/examples"
)

// counted is a function that counts its calls.
type counted struct{ calls atomic.Int64 }

func (c *counted) upper(s string) string { c.calls.Add(1); return strings.ToUpper(s) }

// since runs a query and gives its rows and the calls that it took.
func (c *counted) since(t *testing.T, s *sparksql.Session, q string) (string, int64) {
	t.Helper()
	before := c.calls.Load()
	got, _ := one(t, s, q)
	return got, c.calls.Load() - before
}

const manyRows = 20000

// codedTable makes tables in Parquet: t of many rows with three texts in k, names of k and a text for each.
func codedTable(t *testing.T, s *sparksql.Session) {
	t.Helper()
	for _, q := range []string{
		fmt.Sprintf("CREATE TABLE t USING parquet AS SELECT id, concat('key', id %% 3) AS k FROM range(%d)", manyRows),
		"CREATE TABLE names USING parquet AS SELECT id AS n, concat('key', id % 3) AS k, concat('name', id % 2) AS name FROM range(6000)",
	} {
		if err := s.Exec(context.Background(), q); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCallsAreSaved counts the calls of a deterministic function and of a volatile one, in every place where the former
// need not be called for each row.
func TestCallsAreSaved(t *testing.T) {
	det, fails, vol := &counted{}, &counted{}, &counted{}
	s := open(t, sparksql.WithWorkers(1), sparksql.With(udfs.Scalar("up", det.upper), udfs.Scalar("up_anew", vol.upper, udfs.Volatile()),
		udfs.Scalar("up_or_fail", func(s string) (string, error) { return fails.upper(s), nil }))).Session()
	codedTable(t, s)
	for _, c := range []struct {
		what, query, rows string
		most, every       int64 // calls of the one, and at least of the other
	}{
		{"a dictionary's entries", "SELECT count(u) FROM (SELECT %s(k) AS u FROM t)", "20000", 4, manyRows},
		{"in a filter", "SELECT count(*) FROM t WHERE %s(k) = 'KEY1'", "6667", 4, manyRows},
		{"through a projection", "SELECT count(u) FROM (SELECT %s(j) AS u FROM (SELECT lower(k) AS j, id FROM t) WHERE id >= 0)", "20000", 4, manyRows},
		{"after a join", "SELECT count(u), count(name) FROM (SELECT %s(t.k) AS u, n.name FROM t JOIN names n ON t.id = n.n)", "6000\t6000", 4, 6000},
		{"of the other side of a join", "SELECT count(u) FROM (SELECT %s(n.name) AS u FROM t JOIN names n ON t.id = n.n)", "6000", 4, 6000},
		{"as a key", "SELECT max(n) FROM (SELECT %s(k), count(*) AS n FROM t GROUP BY 1)", "6667", 4, manyRows},
		{"constants", "SELECT count(u) FROM (SELECT %s('x') AS u FROM t)", "20000", 1, manyRows},
		{"common parts", "SELECT max(a + b), max(c) FROM (SELECT length(%[1]s(k)) AS a, length(%[1]s(k)) AS b, %[1]s(k) AS c FROM (SELECT concat(k, id) AS k FROM t))", "18\tKEY29998", manyRows, 2 * manyRows},
	} {
		got, calls := det.since(t, s, fmt.Sprintf(c.query, "up"))
		if got != c.rows || calls == 0 || calls > c.most {
			t.Errorf("%s: %s, %d calls", c.what, got, calls)
		}
		if got, calls := fails.since(t, s, fmt.Sprintf(c.query, "up_or_fail")); got != c.rows || calls == 0 || calls > c.most {
			t.Errorf("%s, one that may fail: %s, %d calls", c.what, got, calls)
		}
		if _, calls := vol.since(t, s, fmt.Sprintf(c.query, "up_anew")); calls < c.every {
			t.Errorf("%s, volatile: %d calls", c.what, calls)
		}
	}
}

// TestGuardsHold: a function that cannot take every value sees only those that the query lets through, in every form.
func TestGuardsHold(t *testing.T) {
	third := func(s string) string { return s[3:] } // promises a value for every text, and breaks it
	s := open(t, sparksql.With(udfs.Scalar("rest", third))).Session()
	for _, q := range []string{
		"CREATE TABLE t USING parquet AS SELECT id, CASE WHEN id % 4 = 0 THEN 'x' ELSE concat('key', id % 3) END AS k FROM range(4000)",
	} {
		if err := s.Exec(context.Background(), q); err != nil {
			t.Fatal(err)
		}
	}
	for q, want := range map[string]string{
		"SELECT count(*) FROM t WHERE length(k) > 3 AND rest(k) = '1'":                                        "1000",
		"SELECT count(CASE WHEN length(k) > 3 THEN rest(k) END) FROM t":                                       "3000",
		"SELECT count(rest(k)) FROM t WHERE id % 4 > 0":                                                       "3000",
		"SELECT count(CASE WHEN length(j) > 3 THEN rest(j) END) FROM (SELECT concat(k, '') AS j FROM t)":      "3000",
		"SELECT count(*) FROM (SELECT k FROM t WHERE length(k) > 3) x JOIN (SELECT 1 AS one) ON rest(k) > ''": "3000",
	} {
		if got, _ := one(t, s, q); got != want {
			t.Errorf("%s: %s, want %s", q, got, want)
		}
	}
	if err := s.Exec(context.Background(), "SELECT rest(k) FROM t"); err == nil || !strings.Contains(err.Error(), "slice bounds out of range") {
		t.Errorf("%v", err)
	}
}

func TestSettingsReachFunctions(t *testing.T) {
	s := open(t, sparksql.With(
		udfs.Scalar("wait", udfs.Fn1C(func(ctx context.Context, n int64) (int64, error) { <-ctx.Done(); return 0, ctx.Err() })),
		udfs.Scalar("fail", func(s string) (string, error) { return "", errors.New("no") }),
		udfs.Aggregate("fail_all", udfs.Agg1(func() int64 { return 0 }, func(n *int64, s string) error { return errors.New("no") },
			func(n, o *int64) error { return nil }, func(n *int64) (int64, error) { return *n, nil })),
		udfs.Table("fail_rows", udfs.Rows1E(func(s string) iter.Seq2[string, error] {
			return func(yield func(string, error) bool) { yield("", errors.New("no")) }
		})),
	)).Session()
	for _, q := range []string{"SELECT fail('secret')", "SELECT fail_all('secret')", "SELECT * FROM fail_rows('secret')"} {
		for setting, shown := range map[string]bool{"false": true, "true": false} {
			if err := s.Set(udfs.RedactKey, setting); err != nil {
				t.Fatal(err)
			}
			err := s.Exec(context.Background(), q)
			if e, ok := sparksql.AsError(err); !ok || !e.At.Known() || e.At.Fragment() == "" || strings.Contains(e.Error(), "secret") != shown {
				t.Errorf("%s with redaction %s: %v", q, setting, err)
			}
		}
	}
	if err := s.Set(udfs.TimeoutKey, "20ms"); err != nil {
		t.Fatal(err)
	}
	if err := s.Exec(context.Background(), "SELECT wait(id) FROM range(3)"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	if err := s.Set(udfs.TimeoutKey, "soon"); err == nil {
		t.Error("a time-out of soon")
	}
	if err := s.Set(udfs.TimeoutKey, "0"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, cancel)
	if err := s.Exec(ctx, "SELECT wait(id) FROM range(3)"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// longest is an aggregate whose states are large.
func longest() udfs.Def {
	return udfs.Aggregate("longest", udfs.Agg1(func() []string { return nil },
		func(s *[]string, x string) error { *s = append(*s, x); return nil },
		func(s, o *[]string) error { *s = append(*s, *o...); return nil },
		func(s *[]string) (string, error) {
			return slices.MaxFunc(*s, func(a, b string) int { return len(a) - len(b) }), nil
		}))
}

func TestAggregatesSpill(t *testing.T) {
	const q = `SELECT count(*), max(length(l)), sum(length(l)) FROM (
		SELECT id % 50000 AS k, longest(repeat('x', 20 + int(id / 50000))) AS l FROM range(400000) GROUP BY 1)`
	want, m := one(t, open(t, sparksql.With(longest()), sparksql.WithWorkers(2)).Session(), q)
	if m.Spilled != 0 {
		t.Fatalf("%d bytes spilled without a need", m.Spilled)
	}
	got, m := one(t, open(t, sparksql.With(longest()), sparksql.WithWorkers(2), sparksql.WithMemoryLimit(24<<20)).Session(), q)
	if got != want || m.Spilled == 0 {
		t.Errorf("%s with %d bytes spilled, want %s", got, m.Spilled, want)
	}
}

func TestFunctionsAreSafeForManyQueries(t *testing.T) {
	var builds atomic.Int64
	table := udfs.Once(func() (map[int64]string, error) {
		builds.Add(1)
		return map[int64]string{1: "one", 2: "two"}, nil
	})
	eng := open(t, sparksql.WithWorkers(2), sparksql.With(udfs.Scalar("named", udfs.Fn1E(func(n int64) (udfs.Null[string], error) {
		m, err := table()
		s, ok := m[n%4]
		return udfs.Null[string]{V: s, OK: ok}, err
	})), longest()))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			s := eng.Session()
			rows, err := s.Query(context.Background(), "SELECT count(named(id)), longest(named(id)) FROM range(20000)")
			if err != nil {
				t.Error(err)
				return
			}
			all, err := rows.All()
			if err != nil || fmt.Sprint(all) != "[[10000 one]]" {
				t.Errorf("%v %v", all, err)
			}
			if l := s.FunctionStats(); len(l) != 2 || l[1].Name != "named" || l[1].Errors != 0 {
				t.Errorf("%+v", l)
			}
		})
	}
	wg.Wait()
	if builds.Load() != 1 {
		t.Errorf("built %d times", builds.Load())
	}
	if l := eng.FunctionStats(); len(l) != 2 || l[0].Rows != 8*10000 {
		t.Errorf("%+v", l)
	}
}

// TestAggregatesAndTableFunctionsInQueries has them wherever SQL allows.
func TestAggregatesAndTableFunctionsInQueries(t *testing.T) {
	s := open(t, sparksql.With(examples.Functions()...), sparksql.With(udfs.Table("naturals", udfs.Rows0(func() iter.Seq[int64] {
		return func(yield func(int64) bool) {
			for i := int64(0); yield(i); i++ {
			}
		}
	})))).Session()
	for q, want := range map[string]string{
		"SELECT median_of(DISTINCT x), median_of(x) FILTER (WHERE x > 2), median_of(x) FROM VALUES (1), (1), (1), (5), (9) AS t(x)": "5.0\t7.0\t1.0",
		"SELECT k, median_of(x) OVER (PARTITION BY k ORDER BY x) FROM VALUES (1, 2), (1, 4), (2, 9) AS t(k, x)":                     "1\t2.0\n1\t3.0\n2\t9.0",
		"SELECT (SELECT median_of(x) FROM VALUES (1, 10), (1, 20) AS t(k, x) WHERE t.k = r.id) FROM range(3) r":                     "NULL\n15.0\nNULL",
		"SELECT k, median_of(x) FROM VALUES (1, 2), (1, 4), (2, 9) AS t(k, x) GROUP BY ROLLUP(k) ORDER BY k NULLS LAST":             "1\t3.0\n2\t9.0\nNULL\t4.0",
		"SELECT median_of(x) FROM VALUES (1) AS t(x) WHERE x > 1":                                                                   "NULL",
		"SELECT * FROM naturals() LIMIT 2":                                                                           "0\n1",
		"SELECT sum(col) FROM (SELECT * FROM naturals() LIMIT 10000)":                                                "49995000",
		"SELECT id, w.word FROM VALUES (1, 'a b'), (2, 'c') AS t(id, x), LATERAL words(t.x) w":                       "1\ta\n1\tb\n2\tc",
		"SELECT id, words(x) FROM VALUES (1, 'a b') AS t(id, x)":                                                     "1\t1\ta\n1\t2\tb",
		"SELECT id, p, s FROM VALUES (1, 'a'), (2, ''), (3, NULL) AS t(id, x) LATERAL VIEW OUTER words(x) w AS p, s": "1\t1\ta\n2\tNULL\tNULL\n3\tNULL\tNULL",
	} {
		if got, _ := one(t, s, q); got != want {
			t.Errorf("%s\n%s\nwant\n%s", q, got, want)
		}
	}
	for q, want := range map[string]string{
		"SELECT words(x) + 1 FROM VALUES ('a') AS t(x)":          "UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS",
		"SELECT * FROM tidy_text('x')":                           "NOT_A_TABLE_FUNCTION",
		"SELECT median_of(median_of(x)) FROM VALUES (1) AS t(x)": "NESTED_AGGREGATE_FUNCTION",
	} {
		if e, ok := sparksql.AsError(s.Exec(context.Background(), q)); !ok || e.Cond.Name != want {
			t.Errorf("%s: %v", q, e)
		}
	}
}

func TestCallsThatFitNoSignature(t *testing.T) {
	s := open(t, sparksql.With(
		udfs.Scalar("area", func(w, h float64) float64 { return w * h }, udfs.Params("w", "h"), udfs.Also(func(r float64) float64 { return r * r })),
		udfs.Scalar("joined", udfs.Fn2V(func(sep string, parts ...string) string { return strings.Join(parts, sep) }), udfs.Params("sep", "parts")),
	)).Session()
	for q, want := range map[string]string{
		"SELECT area(2, 3)":                           "6.0",
		"SELECT area('2', CAST(3 AS DECIMAL(3,1)))":   "6.0",
		"SELECT area(3)":                              "9.0",
		"SELECT area(h => 2, w => CAST(NULL AS INT))": "NULL",
		"SELECT joined('-', 1, 'b', 2.5)":             "1-b-2.5",
		"SELECT joined('-')":                          "",
	} {
		if got, _ := one(t, s, q); got != want {
			t.Errorf("%s: %s, want %s", q, got, want)
		}
	}
	for q, want := range map[string][]string{
		"SELECT area(1, 2, 3)":    {"WRONG_NUM_ARGS", "[1, 2]", "area(w DOUBLE, h DOUBLE); area(w DOUBLE)"},
		"SELECT area(true)":       {"DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", `"DOUBLE"`, "area(w DOUBLE)"},
		"SELECT area(1, array())": {"DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "second", "area(w DOUBLE, h DOUBLE)"},
		"SELECT joined()":         {"WRONG_NUM_ARGS", "> 0", "joined(sep STRING, parts STRING...)"},
		"SELECT areas(1)":         {"UNRESOLVED_ROUTINE", "`area`"},
	} {
		err := s.Exec(context.Background(), q)
		e, ok := sparksql.AsError(err)
		for _, w := range want {
			if !ok || !e.At.Known() || !strings.Contains(e.Error(), w) {
				t.Errorf("%s: %v, want %s", q, err, w)
			}
		}
	}
}

func TestExplainShowsHowFunctionsRun(t *testing.T) {
	up := &counted{}
	s := open(t, sparksql.WithWorkers(1), sparksql.With(udfs.Scalar("up", up.upper), udfs.Scalar("up_anew", up.upper, udfs.Volatile()),
		udfs.Scalar("both", func(a, b string) string { return a + b }), longest(),
		udfs.Table("letters", udfs.Rows1(func(s string) iter.Seq[string] { return slices.Values(strings.Split(s, "")) })),
		udfs.Vector("same", func(c *udfs.Call) error { return c.CopyInput(0) }, udfs.String, []udfs.Type{udfs.String}))).Session()
	codedTable(t, s)
	for q, want := range map[string]string{
		"SELECT up(k) FROM t":                         "udf: up [per dictionary entry, else per row]",
		"SELECT up_anew(k) FROM t":                    "udf: up_anew [volatile, per row]",
		"SELECT both(k, id) FROM t":                   "udf: both [per row]",
		"SELECT same(k), up(k) FROM t":                "udf: same [per dictionary entry, else per batch], up [per dictionary entry, else per row]",
		"SELECT longest(k) FROM t":                    "udf: longest [per row into a state]",
		"SELECT l.* FROM t LATERAL VIEW letters(k) l": "udf: letters [rows per row]",
		"SELECT upper(up('x')) FROM t":                "AS `upper(up(x))`]\n",
	} {
		if got, _ := one(t, s, "EXPLAIN "+q); !strings.Contains(got, want) {
			t.Errorf("%s: no %q in\n%s", q, want, got)
		}
	}
	got, _ := one(t, s, "EXPLAIN ANALYZE SELECT count(a), count(b) FROM (SELECT up(k) AS a, up_anew(k) AS b FROM t)")
	if !strings.Contains(got, "\n== Functions ==\nup: calls: 3, time: ") || !strings.Contains(got, fmt.Sprintf("\nup_anew: calls: %d, time: ", manyRows)) {
		t.Errorf("%s", got)
	}
}
