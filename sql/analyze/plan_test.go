package analyze

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"sparksql/sql/errs"
	"sparksql/sql/plan"
)

var update = flag.Bool("update", false, "write the plans as they are")

// planSetup makes what the queries of testdata/plans.txt refer to.
const planSetup = `CREATE TABLE t (a INT NOT NULL, b BIGINT, s STRING);
CREATE TABLE u (a INT, c DOUBLE, m ARRAY<INT>);
CREATE TEMP VIEW v AS SELECT a, b + 1 AS b1 FROM t;
CREATE TABLE n (p STRUCT<x: INT, y: STRUCT<z: STRING>>)`

// TestPlans compares the plans of queries with those written down: pieces of a query, a line of dashes, its plan.
func TestPlans(t *testing.T) {
	const file = "testdata/plans.txt"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, piece := range strings.Split(strings.TrimSpace(string(text)), "\n\n") {
		sql, want, _ := strings.Cut(piece, "\n----\n")
		sql = strings.TrimSpace(sql)
		got := planText(t, sql)
		if strings.TrimSpace(want) != got && !*update {
			t.Errorf("%s\n--- got\n%s\n--- want\n%s", sql, got, want)
		}
		fmt.Fprintf(&out, "%s\n----\n%s\n\n", sql, got)
	}
	if *update {
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func planText(t *testing.T, sql string) string {
	s := newFake()
	for _, ddl := range strings.Split(planSetup, ";\n") {
		if _, err := s.run(ddl); err != nil {
			t.Fatal(err)
		}
	}
	n, err := s.run(sql)
	if err != nil {
		return errorText(err)
	}
	if err := checkPlan(n, nil); err != nil {
		t.Errorf("%s: %v", sql, err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", schemaText(n))
	dump(&b, n, 0)
	return strings.TrimSpace(b.String())
}

// errorText is a condition with its parameters and the text that it points at.
func errorText(err error) string {
	var e *errs.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	args := fmt.Sprint(e.Args)
	return "error " + e.Cond.Name + " " + strings.TrimPrefix(args, "map") + " at " + e.At.Fragment()
}

func dump(b *strings.Builder, n plan.Node, depth int) {
	d := n.Describe()
	b.WriteString(strings.Repeat("  ", depth) + d.Name)
	for _, a := range d.Attrs {
		b.WriteString(" " + a.Key + "=" + a.Value)
	}
	b.WriteByte('\n')
	for _, in := range n.Inputs() {
		dump(b, in, depth+1)
	}
}
