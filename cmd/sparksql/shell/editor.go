package shell

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// lineEditor reads statements from a terminal.
type lineEditor interface {
	// Read shows a prompt and reads a text until whole says that it can be run. errInterrupt for Ctrl-C, which drops what is
	// typed; io.EOF for Ctrl-D on an empty line; errSignal when the terminal is gone.
	Read(prompt string, whole func(text string) bool) (string, error)
	// Remembered says that a statement was added to the history.
	Remembered(e historyEntry)
	// Close gives the terminal its former mode. It may be called while Read waits, which may then never return.
	Close() error
}

var errInterrupt = errors.New("interrupt")

// typing is what editors know of the session.
type typing struct {
	history  *history
	complete func(text string, cursor int) completion
	colour   bool
}

// editors are the values of --editor.
var editors = []string{"auto", "rich", "basic"}

// newEditor makes the editor that --editor names. auto is rich, but basic on terminals that can do little.
func newEditor(name string, t *typing) (lineEditor, error) {
	term := os.Getenv("TERM")
	switch {
	case name == "basic", name != "rich" && (term == "" || term == "dumb"):
		return newBasicEditor(t)
	case name == "", name == "auto", name == "rich":
		return newRichEditor(t), nil
	}
	return nil, errUsage{fmt.Errorf("--editor is one of %s, not %q", strings.Join(editors, ", "), name)}
}

// continued is the prompt of the lines after the first: as wide, and ending in the same mark.
func continued(prompt string) string {
	return strings.Repeat(" ", max(0, len([]rune(prompt))-2)) + "> "
}

// gather reads lines until they are a whole text.
func gather(prompt string, whole func(string) bool, line func(prompt string) (string, error)) (string, error) {
	var b strings.Builder
	for {
		l, err := line(prompt)
		if err != nil {
			return b.String() + l, err
		}
		b.WriteString(l)
		if whole(b.String()) {
			return b.String(), nil
		}
		b.WriteByte('\n')
		if strings.TrimSpace(b.String()) != "" {
			prompt = continued(prompt)
		} else {
			b.Reset()
		}
	}
}
