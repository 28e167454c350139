package parse

import (
	"os"
	"strings"
	"testing"

	"sparksql/sql/errs"
)

// FuzzCore sees that the front writes no core SQL which the inner parser refuses or the lowering does not know, and
// that no text makes it panic.
func FuzzCore(f *testing.F) {
	for _, name := range []string{"queries", "expressions", "commands", "errors"} {
		b, err := os.ReadFile("testdata/" + name + ".txt")
		if err != nil {
			f.Fatal(err)
		}
		for _, block := range strings.Split(string(b), "\n\n") {
			sql, _, _ := strings.Cut(block, "\n=> ")
			if name == "expressions" {
				sql = "SELECT " + sql
			}
			f.Add(sql)
		}
	}
	f.Fuzz(func(t *testing.T, sql string) {
		_, err := Statement(&errs.Text{SQL: sql}, Options{})
		if errs.Is(err, "INTERNAL_ERROR") {
			t.Errorf("%q: %v", sql, err)
		}
		Split(sql)
	})
}

// TestMutations drops, doubles and swaps tokens of good statements: whatever the front still takes must be lowered.
func TestMutations(t *testing.T) {
	n := 0
	for _, name := range []string{"queries", "expressions", "commands"} {
		b, err := os.ReadFile("testdata/" + name + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range strings.Split(string(b), "\n\n") {
			sql, _, _ := strings.Cut(block, "\n=> ")
			if name == "expressions" {
				sql = "SELECT " + sql + " FROM t"
			}
			toks, err := lex(&errs.Text{SQL: sql}, false)
			if err != nil {
				t.Fatal(err)
			}
			for i := 0; i+2 < len(toks); i++ {
				a, b := toks[i], toks[i+1]
				for _, m := range []string{
					sql[:a.start] + sql[a.end:],
					sql[:a.end] + " " + sql[a.start:],
					sql[:a.start] + sql[b.start:b.end] + " " + sql[a.start:a.end] + sql[b.end:],
				} {
					n++
					if _, err := Statement(&errs.Text{SQL: m}, Options{}); errs.Is(err, "INTERNAL_ERROR") {
						t.Errorf("%s\n %v", m, err)
					}
				}
			}
		}
	}
	t.Logf("%d statements", n)
}
