package shell

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	sparksql "sparksql"
)

var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

func TestColoursLeaveTheTextAsItIs(t *testing.T) {
	for _, text := range []string{"select 'a\nb' as `x`, 1.5 -- note\nfrom t where :p = ${v}", "  sel", "/* open", "'", "\\d table", ".mode csv", "日本 \t\n", ""} {
		got := highlight(text)
		if plain := colours.ReplaceAllString(got, ""); plain != text {
			t.Errorf("%q became %q", text, plain)
		}
		for line := range strings.SplitSeq(got, "\n") {
			if n := strings.Count(line, colourReset); strings.Count(line, "\x1b[")-n < n {
				t.Errorf("a line of %q ends colours that it did not begin", got)
			}
		}
	}
	if got := highlight("select f(y), 'a'"); got != colourBold+colourBlue+"select"+colourReset+" "+colourYellow+"f"+colourReset+"(y), "+colourGreen+"'a'"+colourReset {
		t.Errorf("got %q", got)
	}
}

func TestProgressFitsTheLine(t *testing.T) {
	s := sparksql.Progress{Fraction: 0.25, Pipeline: "Scan → HashAggregate", Done: 1, Pipelines: 4, Rows: 12_345_678, Memory: 3 << 20, Spilled: 5 << 30}
	got := progressText(s, 10*time.Second, 200)
	if want := "████░░░░░░░░░░░░  25% · 12.3M rows, 1.23M/s · 3.0 MiB · 5.0 GiB spilled · 10s · 30s left · 2/4 Scan → HashAggregate"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for width := range 120 {
		if n := len([]rune(progressText(s, time.Second, width))); n > width {
			t.Fatalf("%d cells are wider than %d", n, width)
		}
	}
	progressText(sparksql.Progress{}, 0, 80)
}

func TestErrorsAreColouredOnly(t *testing.T) {
	eng, err := sparksql.Open(sparksql.WithWarehouse(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	defer eng.Close()
	_, err = eng.Session().Query(t.Context(), "select 1 as a,\n  nope +\n 2")
	got := painter{true}.errorText(err)
	if plain := colours.ReplaceAllString(got, ""); plain != errorText(err) || got == plain {
		t.Errorf("got %q", got)
	}
	if !strings.Contains(got, colourBold+colourRed+"^^^^") {
		t.Errorf("the caret has no colour: %q", got)
	}
	if got := errorText(errors.New("plain")); got != "plain" {
		t.Errorf("got %q", got)
	}
}

func TestMetaCommandsHaveNamesOfTheirOwn(t *testing.T) {
	seen := map[string]bool{}
	help := metaHelp(painter{})
	for _, m := range metaCommands() {
		if m.help == "" || m.group == "" || m.run == nil || !strings.Contains(help, strings.Join(m.names, ", ")) {
			t.Errorf("%v is not complete", m.names)
		}
		for _, n := range m.names {
			if seen[n] || n[0] != '\\' && n[0] != '.' {
				t.Errorf("the name %s is taken, or none", n)
			}
			seen[n] = true
		}
	}
	for typed, want := range map[string]string{`\dtt`: `\dt`, ".tabels": ".tables", `\timeing`: `\timing`, ".histroy": ".history", ".char": ".chart"} {
		if err := unknownMeta(typed); !strings.Contains(err.Error(), "Did you mean "+want+"?") {
			t.Errorf("%s: %v", typed, err)
		}
	}
	if err := unknownMeta(".xyzzyplugh"); strings.Contains(err.Error(), "Did you mean") {
		t.Error(err)
	}
}
