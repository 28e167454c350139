package shell

import (
	"bytes"
	"io"
	"strings"
	"testing"

	sparksql "sparksql"
)

// typist is an editor whose lines are written down; "^C" is Ctrl-C.
type typist struct {
	lines, prompts, history []string
}

func (e *typist) Read(prompt string, whole func(string) bool) (string, error) {
	return gather(prompt, whole, e.line)
}

func (e *typist) line(prompt string) (string, error) {
	e.prompts = append(e.prompts, prompt)
	if len(e.lines) == 0 {
		return "", io.EOF
	}
	line := e.lines[0]
	e.lines = e.lines[1:]
	if line == "^C" {
		return "", errInterrupt
	}
	return line, nil
}

func (e *typist) Remembered(x historyEntry) { e.history = append(e.history, x.SQL) }
func (e *typist) Close() error              { return nil }

func interactiveRunner(t *testing.T) (r *runner, out, errs *bytes.Buffer) {
	t.Helper()
	eng, err := sparksql.Open(sparksql.WithWarehouse(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { eng.Close() })
	out, errs = &bytes.Buffer{}, &bytes.Buffer{}
	if r, err = newRunner(&App{Stdout: out, Stderr: errs}, &flags{silent: true, output: "spark"}, eng.Session()); err != nil {
		t.Fatal(err)
	}
	r.becomeInteractive(&history{})
	return r, out, errs
}

func TestStatementsOverSeveralLines(t *testing.T) {
	r, out, errs := interactiveRunner(t)
	ed := &typist{lines: []string{"select 1,", "  ';'", "; select 2; select", "3;", "", "selec 4;", "select 5", "^C", "select 6;", "quit", "select 7;"}}
	if err := r.loop(ed); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "1\t;\n2\n3\n6\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if !strings.Contains(errs.String(), "PARSE_SYNTAX_ERROR") {
		t.Errorf("the syntax error is missing: %q", errs.String())
	}
	if want := "spark-sql (default)> "; ed.prompts[0] != want || strings.TrimSpace(ed.prompts[1]) != ">" || len(ed.prompts[1]) != len(want) || ed.prompts[5] != want {
		t.Errorf("prompts are %q", ed.prompts)
	}
	if len(ed.lines) != 1 {
		t.Errorf("quit did not leave: %q", ed.lines)
	}
}

func TestEndOfInputLeaves(t *testing.T) {
	r, _, _ := interactiveRunner(t)
	if err := r.loop(&typist{lines: []string{"select"}}); err != nil {
		t.Error(err)
	}
}

func TestHistoryKeepsStatementsAsTheyAre(t *testing.T) {
	for _, c := range []struct{ stmt, want string }{
		{"select 'a  b',\n  2;", "select 'a  b',   2;"},
		{"-- first\nselect 1;", "select 1;"},
		{"select 1, -- one\n 2;", ""},
		{"select 1; -- one", "select 1; -- one"},
	} {
		if got := historyLine(c.stmt); got != c.want {
			t.Errorf("%q: got %q, want %q", c.stmt, got, c.want)
		}
	}
}

func TestBasicEditorCompletesTheRest(t *testing.T) {
	r, _, _ := interactiveRunner(t)
	if err := r.session.Exec(t.Context(), "create temporary view MyView as select 1 as my_column"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ line, want string }{
		{"selec", "t"}, {"SELEC", "T"}, {"select my_c", "olumn"}, {"select * from MyV", "iew"}, {"select json_tu", "ple("}, {`\tim`, "ing"}, {".tab", "les"},
		{`\d myv`, "iew"}, {"set spark.sql.ansi.ena", "bled"},
	} {
		rests, n := basicCompleter{&typing{complete: r.complete}}.Do([]rune(c.line), len([]rune(c.line)))
		found := false
		for _, rest := range rests {
			found = found || strings.EqualFold(string(rest), c.want)
		}
		if !found || !strings.HasSuffix(c.line, c.line[len(c.line)-n:]) {
			t.Errorf("%q: %q is not among %q (%d)", c.line, c.want, rests, n)
		}
	}
}
