package shell_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	sparksql "sparksql"
	"sparksql/cmd/sparksql/shell"
	"sparksql/udfs/ecommerce"
)

// TestReadmeShowsWhatHappens runs the commands of the README and compares what they print.
func TestReadmeShowsWhatHappens(t *testing.T) {
	t.Chdir("../../..")
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	const prompt = "    $ sparksql "
	n := 0
	for _, block := range strings.Split(string(text), prompt)[1:] {
		end := strings.LastIndex(strings.SplitN(block, "\n\n", 2)[0], "'\n") + 1
		args := split(block[:end])
		var want []string
		for line := range strings.Lines(block[end+1:]) {
			if line = strings.TrimSuffix(line, "\n"); line != "" && !strings.HasPrefix(line, "    ") {
				break
			}
			want = append(want, strings.TrimSpace(line))
		}
		var out bytes.Buffer
		app := &shell.App{Args: args, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Options: []sparksql.Option{sparksql.With(ecommerce.Functions()...)}}
		app.Run()
		if got, w := squeeze(out.String()), squeeze(strings.Join(want, "\n")); got != w {
			t.Errorf("%q prints\n%s\nthe README shows\n%s", args, got, w)
		}
		n++
	}
	if n < 2 {
		t.Errorf("found %d commands in the README", n)
	}
}

// split cuts a command line at blanks outside of single quotes.
func split(s string) []string {
	var out []string
	for i, part := range strings.Split(s, "'") {
		if i%2 == 1 {
			out = append(out, part)
			continue
		}
		out = append(out, strings.Fields(part)...)
	}
	return out
}

// squeeze trims the lines and drops empty ones.
func squeeze(s string) string {
	var out []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}
