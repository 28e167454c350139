package parse

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sparksql/sql/errs"
	"sparksql/sql/tree"
)

// shared finds a file of the shared data folder, or skips.
func shared(t testing.TB, parts ...string) string {
	dir := os.Getenv("SPARKSQL_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	p := filepath.Join(append([]string{dir}, parts...)...)
	if _, err := os.Stat(p); err != nil {
		t.Skipf("shared data is absent: %v", err)
	}
	return p
}

// TestOperatorsLikeSpark compares the trees of random operator expressions with those of Spark's own parser.
func TestOperatorsLikeSpark(t *testing.T) {
	read := func(name string) []string {
		b, err := os.ReadFile(shared(t, "parser-oracle", name))
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(strings.TrimRight(string(b), "\n"), "\n")
	}
	exprs, want := read("exprs.txt"), read("spark_exprs.txt")
	bad := 0
	for i, x := range exprs {
		got := "ERR"
		st, err := Statement(&errs.Text{SQL: "SELECT " + x}, Options{})
		if err == nil {
			sel := st.(*tree.Query).Rel.(*tree.Select)
			got = sexpr(sel.Items[0])
		} else if errs.Is(err, "INTERNAL_ERROR") {
			t.Errorf("%s: %v", x, err)
		}
		if got != want[i] {
			if bad++; bad <= 25 {
				t.Errorf("%s\n got  %s (%v)\n want %s", x, got, err, want[i])
			}
		}
	}
	t.Logf("%d of %d agree", len(exprs)-bad, len(exprs))
}
