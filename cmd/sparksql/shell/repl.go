package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"sort"
	"strings"

	"github.com/chzyer/readline"

	sparksql "sparksql"
)

// editor reads lines from a terminal.
type editor interface {
	// Line reads a line; errInterrupt for Ctrl-C, io.EOF for Ctrl-D.
	Line(prompt string) (string, error)
	// Remember adds a whole statement to the history.
	Remember(stmt string)
	Close() error
}

var errInterrupt = errors.New("interrupt")

// plainEditor is the editor on chzyer/readline.
type plainEditor struct{ rl *readline.Instance }

func newPlainEditor(c readline.AutoCompleter) (*plainEditor, error) {
	rl, err := readline.NewEx(&readline.Config{HistoryFile: historyFile(), DisableAutoSaveHistory: true, AutoComplete: c,
		HistorySearchFold: true, InterruptPrompt: "^C", EOFPrompt: ""})
	if err != nil {
		return nil, err
	}
	return &plainEditor{rl}, nil
}

func (e *plainEditor) Line(prompt string) (string, error) {
	e.rl.SetPrompt(prompt)
	line, err := e.rl.Readline()
	if errors.Is(err, readline.ErrInterrupt) {
		return line, errInterrupt
	}
	return line, err
}

func (e *plainEditor) Remember(stmt string) {
	if line := historyLine(stmt); line != "" {
		e.rl.SaveHistory(line)
	}
}

// historyLine is a statement on one line, "" when that would change it: its strings stay as they are, lines of comment go.
func historyLine(stmt string) string {
	var out []string
	lines := strings.Split(strings.TrimSpace(stmt), "\n")
	for i, l := range lines {
		l = strings.TrimRight(l, " \t\r")
		switch {
		case strings.HasPrefix(strings.TrimSpace(l), "--"), l == "":
			continue
		case strings.Contains(l, "--") && i < len(lines)-1:
			return ""
		}
		out = append(out, l)
	}
	return strings.Join(out, " ")
}
func (e *plainEditor) Close() error { return e.rl.Close() }

// historyFile is where statements are remembered; "" when there is no home.
func historyFile() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".sparksql_history")
}

// repl is the interactive shell.
func (r *runner) repl() error {
	if r.flags.output == "" {
		r.format.Format = "table"
	}
	ed, err := newPlainEditor(&completer{r})
	if err != nil {
		return err
	}
	defer ed.Close()
	fmt.Fprintf(r.errs, "sparksql %s, the SQL of Apache Spark %s. End statements with a semicolon; quit or Ctrl-D leaves.\n",
		sparksql.Version, sparksql.SparkVersion)
	return r.loop(ed)
}

func (r *runner) loop(ed editor) error {
	var buf strings.Builder
	for {
		prompt := fmt.Sprintf("spark-sql (%s)> ", r.session.Database())
		if buf.Len() > 0 {
			prompt = strings.Repeat(" ", len(prompt)-2) + "> "
		}
		line, err := ed.Line(prompt)
		switch {
		case errors.Is(err, errInterrupt):
			if buf.Len() == 0 && line == "" {
				fmt.Fprintln(r.errs, "To leave, type quit; or press Ctrl-D.")
			}
			buf.Reset()
			continue
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if buf.Len() == 0 && r.isWord(line) {
			line += ";"
		}
		buf.WriteString(line + "\n")
		rest := ""
		for _, p := range sparksql.Split(buf.String()) {
			if !p.Complete {
				rest = p.Text
				continue
			}
			if t := trimStatement(p.Text); t != "" {
				ed.Remember(t + ";")
			}
			if quit := r.interactive(trimStatement(p.Text)); quit {
				return nil
			}
		}
		buf.Reset()
		if strings.TrimSpace(rest) != "" {
			buf.WriteString(rest + "\n")
		}
	}
}

// isWord tells whether a line is a word of the shell, which needs no semicolon.
func (r *runner) isWord(line string) bool {
	l := strings.ToLower(strings.TrimSpace(line))
	return l == "quit" || l == "exit" || strings.HasPrefix(l, "!")
}

// interactive runs a statement that Ctrl-C cancels.
func (r *runner) interactive(stmt string) (quit bool) {
	if stmt == "" {
		return false
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	done, err := r.shellWord(ctx, stmt)
	if errors.Is(err, errQuit) {
		return true
	}
	if !done {
		err = r.statement(ctx, stmt)
	}
	switch {
	case err == nil:
	case ctx.Err() != nil:
		fmt.Fprintln(r.errs, "Cancelled")
	default:
		fmt.Fprintln(r.errs, errorText(err))
	}
	return false
}

// completer offers keywords, functions, tables and their columns.
type completer struct{ r *runner }

// Do implements readline.AutoCompleter: the rests of the words that begin as the one before the cursor.
func (c *completer) Do(line []rune, pos int) ([][]rune, int) {
	start := pos
	for start > 0 && isWordRune(line[start-1]) {
		start--
	}
	prefix := string(line[start:pos])
	if prefix == "" {
		return nil, 0
	}
	var out [][]rune
	seen := map[string]bool{}
	for _, w := range c.r.session.Words() {
		if len(w) >= len(prefix) && strings.EqualFold(w[:len(prefix)], prefix) && !seen[strings.ToLower(w)] {
			seen[strings.ToLower(w)] = true
			if strings.ToUpper(w) == w && strings.ToLower(prefix) == prefix {
				w = strings.ToLower(w) // keywords as the user writes them
			}
			out = append(out, []rune(w[len(prefix):]))
		}
	}
	sort.Slice(out, func(i, j int) bool { return string(out[i]) < string(out[j]) })
	return out, len([]rune(prefix))
}

func isWordRune(r rune) bool {
	return r == '_' || r == '.' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 127
}
