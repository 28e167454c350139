package parse

import (
	"fmt"
	"strings"
	"testing"
)

func TestLexemesOfUnfinishedText(t *testing.T) {
	for _, c := range []struct{ sql, want string }{
		{"select a1 -- x", "K:select W:a1 C?:-- x"},
		{"select 'it''s' || \"x\"", "K:select S:'it''s' O:|| S:\"x\""},
		{"select 'open; and", "K:select S?:'open; and"},
		{"select `a``b`, `open", "K:select Q:`a``b` O:, Q?:`open"},
		{"/* a */ 1.5e3 /* open", "C:/* a */ N:1.5e3 C?:/* open"},
		{"c = :day and y = ? and z = ${v}", "W:c O:= M::day K:and W:y O:= M:? K:and W:z O:= V:${v}"},
		{"j:a.b, j : c", "W:j O:: W:a O:. W:b O:, W:j O:: W:c"},
		{"ünï.日本 ", "W:ünï O:. W:日本"},
		{"\\d \x00", "O:\\ W:d O:\x00"},
	} {
		var got []string
		for _, x := range Lexemes(c.sql) {
			mark := string("WKQSNOCMV"[x.Kind])
			if !x.Closed {
				mark += "?"
			}
			got = append(got, mark+":"+c.sql[x.Start:x.End])
		}
		if c.want != strings.Join(got, " ") {
			t.Errorf("%q\n got %s\nwant %s", c.sql, strings.Join(got, " "), c.want)
		}
	}
}

func FuzzLexemes(f *testing.F) {
	f.Add("select 'a' -- b\n/* c */ ${x} :y")
	f.Fuzz(func(t *testing.T, sql string) {
		end := 0
		for _, x := range Lexemes(sql) {
			if x.Start < end || x.End <= x.Start || x.End > len(sql) {
				t.Fatal(fmt.Sprint(x))
			}
			end = x.End
		}
	})
}
