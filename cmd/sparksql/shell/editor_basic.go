package shell

import (
	"errors"
	"strings"

	"github.com/chzyer/readline"
)

// basicEditor edits line by line, for terminals that know little: github.com/chzyer/readline.
type basicEditor struct{ rl *readline.Instance }

func newBasicEditor(t *typing) (lineEditor, error) {
	rl, err := readline.NewEx(&readline.Config{DisableAutoSaveHistory: true, AutoComplete: basicCompleter{t}, HistorySearchFold: true,
		HistoryLimit: maxHistory, InterruptPrompt: "^C"})
	if err != nil {
		return nil, err
	}
	e := &basicEditor{rl}
	for _, x := range t.history.entries {
		e.Remembered(x)
	}
	return e, nil
}

func (e *basicEditor) Read(prompt string, whole func(string) bool) (string, error) {
	return gather(prompt, whole, func(prompt string) (string, error) {
		e.rl.SetPrompt(prompt)
		line, err := e.rl.Readline()
		if errors.Is(err, readline.ErrInterrupt) {
			err = errInterrupt
		}
		return line, err
	})
}

func (e *basicEditor) Remembered(x historyEntry) {
	if line := historyLine(x.SQL); line != "" {
		e.rl.SaveHistory(line)
	}
}

func (e *basicEditor) Close() error { return e.rl.Close() }

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

// basicCompleter completes a line: it gives the rests of the words that begin as the one before the cursor.
type basicCompleter struct{ t *typing }

func (c basicCompleter) Do(line []rune, pos int) ([][]rune, int) {
	text := string(line)
	cursor := len(string(line[:pos]))
	found := c.t.complete(text, cursor)
	typed := text[found.start:cursor]
	var out [][]rune
	for _, s := range found.items {
		if len(s.text) >= len(typed) && strings.EqualFold(s.text[:len(typed)], typed) {
			out = append(out, []rune(s.text[len(typed):]))
		}
	}
	return out, len([]rune(typed))
}
