package sparksql_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	sparksql "sparksql"
)

var update = flag.Bool("update", false, "rewrite the expected answers of testdata/sql")

// script is one file of the corpus with its statements and what each is expected to print.
type script struct {
	path       string
	statements []string
	want       []string
}

// corpus reads testdata/sql: every AREA/NAME.sql with NAME.out beside it.
func corpus(t *testing.T) []*script {
	t.Helper()
	paths, err := filepath.Glob("testdata/sql/*/*.sql")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	var out []*script
	for _, p := range paths {
		s := &script{path: p}
		for _, piece := range sparksql.Split(readFile(t, p)) {
			if text := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(piece.Text), ";")); text != "" {
				s.statements = append(s.statements, text)
			}
		}
		if !*update {
			s.want = strings.Split(readFile(t, expectedPath(p)), answerMark)[1:]
			if len(s.want) != len(s.statements) {
				t.Errorf("%s has %d statements, its expected answers are %d: run with -update and look at the difference", p, len(s.statements), len(s.want))
				continue
			}
		}
		out = append(out, s)
	}
	return out
}

// answerMark begins the answer of a statement; the statement itself follows, then a line "--", then what it gave.
const answerMark = "==== "

func expectedPath(sql string) string { return strings.TrimSuffix(sql, ".sql") + ".out" }

func readFile(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// clock is the time of every statement in the corpus.
func clock() time.Time { return time.Date(2024, 12, 31, 12, 30, 45, 123456000, time.UTC) }

// open opens an engine on an empty warehouse for one test.
func open(t *testing.T, opts ...sparksql.Option) *sparksql.Engine {
	t.Helper()
	opts = append([]sparksql.Option{sparksql.WithWarehouse(filepath.Join(t.TempDir(), "warehouse")),
		sparksql.WithSpillDir(t.TempDir()), sparksql.WithConf("spark.sql.session.timeZone", "UTC")}, opts...)
	eng, err := sparksql.Open(opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := eng.Close(); err != nil {
			t.Error(err)
		}
	})
	return eng
}

// answers runs a script in a session of its own and gives what each statement prints.
func answers(t *testing.T, sc *script, opts ...sparksql.Option) []string {
	t.Helper()
	s := open(t, opts...).Session()
	s.SetClock(clock)
	dir := t.TempDir()
	s.Define("dir", dir)
	out := make([]string, len(sc.statements))
	for i, stmt := range sc.statements {
		out[i] = strings.ReplaceAll(answer(s, stmt), dir, "${dir}")
	}
	return out
}

// answer is a statement and what it prints: a line of columns with their types and the rows, or the error.
func answer(s *sparksql.Session, stmt string) string {
	var b strings.Builder
	b.WriteString(stmt + "\n--\n")
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	rows, err := s.Query(ctx, stmt)
	if err == nil {
		var text strings.Builder
		fields := rows.Schema().Fields
		if _, err = rows.Print(&text, sparksql.Format{Format: "spark"}); err == nil {
			for i, f := range fields {
				fmt.Fprintf(&b, "%s%s:%v", map[bool]string{true: "# ", false: ", "}[i == 0], f.Name, f.Type)
			}
			if len(fields) > 0 {
				b.WriteString("\n")
			}
			b.WriteString(text.String())
		}
	}
	if err != nil {
		b.WriteString(errorLine(err) + "\n")
	}
	return b.String() + "\n"
}

// errorLine is an error without its wording: condition, SQLSTATE, place, and the view or function that the place is in.
func errorLine(err error) string {
	e, ok := sparksql.AsError(err)
	if !ok {
		return "! " + err.Error()
	}
	out := "[" + e.Cond.Name + "] " + e.Cond.State
	if e.Cond.Name == "INTERNAL_ERROR" || e.Cond.Name == "UNSUPPORTED_FEATURE" {
		out += " " + e.Message()
	}
	if e.At.Known() {
		line, pos := e.At.LineCol()
		out += fmt.Sprintf(" (line %d, pos %d)", line, pos)
		if e.At.Text.Kind != "" {
			out += " in " + e.At.Text.Kind + " " + e.At.Text.Name
		}
	}
	return out
}

// The corpus prints what is expected.
func TestCorpus(t *testing.T) {
	for _, sc := range corpus(t) {
		t.Run(strings.TrimPrefix(sc.path, "testdata/sql/"), func(t *testing.T) {
			got := answers(t, sc, sparksql.WithWorkers(1))
			if *update {
				text := "The answers of " + filepath.Base(sc.path) + ", written by go test -update.\n\n" + answerMark + strings.Join(got, answerMark)
				if err := os.WriteFile(expectedPath(sc.path), []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			for i := range got {
				if got[i] != sc.want[i] {
					t.Errorf("statement %d (- want, + got):\n%s", i+1, cmp.Diff(sc.want[i], got[i]))
				}
			}
		})
	}
}

// The corpus prints the same under every configuration: the rows in their order where the statement gives one.
func TestCorpusUnderEveryConfiguration(t *testing.T) {
	if *update {
		t.Skip("answers are being written")
	}
	scripts := corpus(t)
	type config struct {
		name string
		opts []sparksql.Option
	}
	configs := []config{
		{"four workers", []sparksql.Option{sparksql.WithWorkers(4)}},
		{"little memory", []sparksql.Option{sparksql.WithWorkers(2), sparksql.WithMemoryLimit(1 << 20)}},
		{"partitioned joins", []sparksql.Option{sparksql.WithWorkers(2), sparksql.WithConf("spark.sql.autoBroadcastJoinThreshold", "-1"),
			sparksql.WithConf("spark.sql.adaptive.enabled", "false")}},
	}
	for _, rule := range sparksql.Rules() {
		configs = append(configs, config{"without " + rule, []sparksql.Option{sparksql.WithWorkers(2), sparksql.WithoutRules(rule)}})
	}
	for _, c := range configs {
		t.Run(c.name, func(t *testing.T) {
			for _, sc := range scripts {
				if strings.Contains(sc.path, "/explain/") {
					continue // shows the configuration
				}
				for i, got := range answers(t, sc, c.opts...) {
					if needs(sc.statements[i], c.name) {
						continue
					}
					if unordered(got, sc.statements[i]) != unordered(sc.want[i], sc.statements[i]) {
						t.Errorf("%s, statement %d (- want, + got):\n%s", sc.path, i+1, cmp.Diff(sc.want[i], got))
					}
				}
			}
		})
	}
}

// needs tells whether a statement says in a comment, "-- needs X", that its answer depends on what the configuration takes away.
func needs(stmt, config string) bool {
	_, what, ok := strings.Cut(stmt, "-- needs ")
	what, _, _ = strings.Cut(what, "\n")
	what, _, _ = strings.Cut(what, ":")
	return ok && strings.HasSuffix(config, " "+what)
}

// unordered sorts the rows of an answer to a statement that does not say their order.
func unordered(answer, stmt string) string {
	if strings.Contains(strings.ToUpper(stmt), "ORDER BY") || strings.Contains(strings.ToUpper(stmt), "LIMIT") {
		return answer
	}
	lines := strings.Split(answer, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
