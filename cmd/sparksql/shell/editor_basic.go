package shell

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/chzyer/readline"
)

// basicEditor edits line by line, for terminals that know little: github.com/chzyer/readline.
type basicEditor struct {
	rl   *readline.Instance
	keys *keyboard
}

func newBasicEditor(t *typing) (lineEditor, error) {
	keys := &keyboard{CancelableStdin: readline.NewCancelableStdin(os.Stdin), raw: rawMode{in: os.Stdin}}
	rl, err := readline.NewEx(&readline.Config{DisableAutoSaveHistory: true, AutoComplete: basicCompleter{t}, HistorySearchFold: true,
		HistoryLimit: maxHistory, InterruptPrompt: "^C", Stdin: keys, FuncMakeRaw: keys.enter, FuncExitRaw: keys.raw.leave})
	if err != nil {
		return nil, err
	}
	keys.refresh = rl.Refresh
	e := &basicEditor{rl, keys}
	for _, x := range t.history.entries {
		e.Remembered(x)
	}
	return e, nil
}

func (e *basicEditor) Read(prompt string, whole func(string) bool) (string, error) {
	return gather(prompt, whole, func(prompt string) (string, error) {
		e.rl.SetPrompt(prompt)
		line, err := e.rl.Readline()
		switch {
		case errors.Is(err, readline.ErrInterrupt):
			err = errInterrupt
		case e.keys.ended.Load(): // the library takes that for Enter
			return "", errSignal{syscall.SIGHUP}
		}
		return line, err
	})
}

func (e *basicEditor) Remembered(x historyEntry) {
	if line := historyLine(x.SQL); line != "" {
		e.rl.SaveHistory(line)
	}
}

// Close closes the keyboard first: the library waits for its reader, and does not close what that reads.
func (e *basicEditor) Close() error {
	e.keys.Close()
	return errors.Join(e.rl.Close(), e.keys.raw.end())
}

// keyboard is what the library reads: what was typed ahead, then the terminal. Close ends it, also for a read that waits.
type keyboard struct {
	*readline.CancelableStdin
	raw     rawMode
	refresh func() // draws the line again
	ended   atomic.Bool

	mu    sync.Mutex
	ahead []byte
}

func (k *keyboard) enter() error {
	typed, err := k.raw.enter()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.ahead = append(k.ahead, typed...)
	return err
}

// Read gives at least one key. Ctrl-Z it does itself, for the library stops its parent as well; Ctrl-Space it leaves out, which
// the library takes for the end.
func (k *keyboard) Read(b []byte) (int, error) {
	for {
		n, err := k.take(b), error(nil)
		if n == 0 {
			n, err = k.CancelableStdin.Read(b)
		}
		if err != nil {
			k.ended.Store(true)
			return 0, io.EOF
		}
		if bytes.IndexByte(b[:n], keySuspend) >= 0 {
			k.suspend()
		}
		if n = len(slices.DeleteFunc(b[:n], func(c byte) bool { return c == 0 || c == keySuspend })); n > 0 {
			return n, nil
		}
	}
}

// take takes what was typed ahead.
func (k *keyboard) take(b []byte) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := copy(b, k.ahead)
	k.ahead = k.ahead[n:]
	return n
}

func (k *keyboard) suspend() {
	os.Stdout.WriteString("\r\n")
	typed, _ := k.raw.suspend()
	k.mu.Lock()
	k.ahead = append(k.ahead, typed...)
	k.mu.Unlock()
	k.refresh()
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
