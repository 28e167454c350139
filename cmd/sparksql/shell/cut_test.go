package shell

import (
	"fmt"
	"strings"
	"testing"
)

func TestScriptsAreCutIntoUnits(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"select 1; select 2", "1:select 1|1:select 2"},
		{"\n-- note\nselect 1\n;\n\n  select ';' as s;", "2:-- note\nselect 1|6:select ';' as s"},
		{"\\d t\nselect 1;", "1:\\d t|2:select 1"},
		{".tables a*\n.mode csv", "1:.tables a*|2:.mode csv"},
		{"select 1 \\g out.csv\nselect 2;", "1:select 1\\g out.csv|2:select 2"},
		{"select '\\\\g' as s;", "1:select '\\\\g' as s"},
		{"select 1; \\x on\nselect\n2 \\gx", "1:select 1|1:\\x on|2:select\n2\\gx"},
		{"-- a\n -- b\n\\x on\nselect 1;", "3:\\x on|4:select 1"},
		{"select .5;", "1:select .5"},
		{";;", ""}, {"-- only a comment", ""}, {"", ""},
		{"select /* ; \n \\d */ 1;\nselect 2;", "1:select /* ; \n \\d */ 1|3:select 2"},
	} {
		var got []string
		for _, u := range cutAll(c.text) {
			got = append(got, fmt.Sprintf("%d:%s%s", u.line, u.sql, u.meta))
		}
		if s := strings.Join(got, "|"); s != c.want {
			t.Errorf("%q\n got %q\nwant %q", c.text, s, c.want)
		}
	}
}

// BenchmarkCut cuts a script of ten thousand statements: its time grows with the length, not with its square.
func BenchmarkCut(b *testing.B) {
	script := strings.Repeat("insert into t values (1, 'a;b'); -- note\n", 10_000)
	for b.Loop() {
		if n := len(cutAll(script)); n != 10_000 {
			b.Fatal(n)
		}
	}
}

func TestWholeTexts(t *testing.T) {
	for text, whole := range map[string]bool{
		"select 1": false, "select 1;": true, "select 1; select": false, "": true, "  ": true, "-- note": true, "/* open": false, "quit": true,
		"EXIT": true, "!ls": true, `\d t`: true, ".tables": true, "select ';": false, "select 1 -- ;": false, "select 1; -- done": true, `select 1 \g`: true,
	} {
		if isWhole(text) != whole {
			t.Errorf("%q: whole is %v", text, !whole)
		}
	}
}
