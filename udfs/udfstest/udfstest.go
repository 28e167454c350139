// Package udfstest tests the functions of a package in a real engine. A package's test is
//
//	func TestFunctions(t *testing.T) { udfstest.Run(t, Functions()) }
package udfstest

import (
	"context"
	"errors"
	"strings"
	"testing"

	sparksql "sparksql"
	"sparksql/sql/errs"
	"sparksql/udfs"
)

// Run is Examples and Fuzz.
func Run(t *testing.T, defs []udfs.Def, opts ...sparksql.Option) {
	Examples(t, defs, opts...)
	Fuzz(t, defs, opts...)
}

// Examples tests that every function is documented, and that its examples print what they say.
func Examples(t *testing.T, defs []udfs.Def, opts ...sparksql.Option) {
	s := session(t, defs, opts)
	for _, d := range defs {
		t.Run(d.Name+"/examples", func(t *testing.T) {
			if _, doc, _ := strings.Cut(d.Usage, " - "); doc == "" {
				t.Error("there is no description: add udfs.Doc")
			}
			if len(d.Examples) == 0 {
				t.Error("there is no example: add udfs.Shows")
			}
			for _, e := range d.Examples {
				got, err := output(s, e.SQL)
				if err != nil {
					t.Errorf("%s: %v", e.SQL, err)
				} else if got != strings.TrimRight(e.Out, "\n") {
					t.Errorf("%s\nprints\n%s\ninstead of\n%s", e.SQL, got, e.Out)
				}
			}
		})
	}
}

// rounds is the number of sets of rows that a function gets, rowsOf the rows in one.
const (
	rounds = 12
	rowsOf = 40
)

// Fuzz calls every function with made-up arguments, the same in every run: NULLs, the ends of ranges, NaN, long texts
// and bytes that are none. A panic fails the test, and so does a deterministic function that gives other rows the
// second time. Errors that a function gives are its own affair.
func Fuzz(t *testing.T, defs []udfs.Def, opts ...sparksql.Option) {
	s := session(t, defs, opts)
	for i := range defs {
		d := &defs[i]
		t.Run(d.Name+"/fuzz", func(t *testing.T) {
			for k := range d.Overloads {
				for round := range rounds {
					fuzzRound(t, s, d, &d.Overloads[k], uint64(round))
				}
			}
		})
	}
}

// reporter is what is used of a *testing.T.
type reporter interface {
	Errorf(format string, args ...any)
}

func fuzzRound(t reporter, s *sparksql.Session, d *udfs.Def, o *udfs.Overload, seed uint64) {
	g := newGenerator(seed)
	in := o.In
	if o.Variadic { // none, one or two of the last
		last := in[len(in)-1]
		in = append(in[:len(in)-1:len(in)-1], []udfs.Type{last, last}[:seed%3]...)
	}
	rows := make([]string, rowsOf)
	for i := range rows {
		rows[i] = g.row(in)
	}
	if tried(t, s, d, o, len(in), rows) {
		return
	}
	for _, r := range rows { // one of them fails: the others had no turn
		tried(t, s, d, o, len(in), []string{r})
	}
}

// tried runs the function over rows; false when it gave an error.
func tried(t reporter, s *sparksql.Session, d *udfs.Def, o *udfs.Overload, args int, rows []string) bool {
	q := query(d, o, args, rows)
	first, err := output(s, q)
	if err != nil {
		p := (*udfs.Panic)(nil)
		if e := (*errs.Error)(nil); errors.As(err, &p) || !errors.As(err, &e) || e.Cond.Name == "INTERNAL_ERROR" {
			t.Errorf("%s: %v", q, err)
		}
		return false
	}
	if d.Traits.Has(udfs.Deterministic) {
		if second, err := output(s, q); err != nil || second != first {
			t.Errorf("%s gives other rows the second time (%v): it may want udfs.Volatile", q, err)
		}
	}
	return true
}

// session makes a session of an engine with the functions.
func session(t *testing.T, defs []udfs.Def, opts []sparksql.Option) *sparksql.Session {
	t.Helper()
	opts = append([]sparksql.Option{sparksql.With(defs...), sparksql.WithWarehouse(t.TempDir()), sparksql.WithSpillDir(t.TempDir()),
		sparksql.WithConf("spark.sql.session.timeZone", "UTC")}, opts...)
	eng, err := sparksql.Open(opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := eng.Close(); err != nil {
			t.Error(err)
		}
	})
	return eng.Session()
}

// output is what a statement prints.
func output(s *sparksql.Session, sql string) (string, error) {
	rows, err := s.Query(context.Background(), sql)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	_, err = rows.Print(&b, sparksql.Format{Format: "spark"})
	return strings.TrimRight(b.String(), "\n"), err
}
