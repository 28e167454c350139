package shell

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"unicode/utf8"

	"github.com/reeflective/readline"
	"github.com/reeflective/readline/inputrc"
)

// richEditor edits whole statements, with colours, menus and suggestions from the history: github.com/reeflective/readline.
//
// The library can ask the terminal for its cursor at every key, but loses keys that come with an answer. So that is off, and
// the editor itself keeps what the library then needs: a free row below what is typed.
type richEditor struct {
	shell         *readline.Shell
	typing        *typing
	prompt        string
	whole         func(string) bool
	raw           rawMode
	mute          bool // the terminal does not say where its cursor is
	asked         bool
	row           int // of the screen where the prompt is, from 1
	width, height int // of the screen then
}

// editorSettings make the editor keep what is typed and pasted as it is; the user's .inputrc may change the rest.
var editorSettings = map[string]any{
	"enable-bracketed-paste": true, "input-meta": true, "output-meta": true, "convert-meta": false, "history-autosuggest": true,
	"multiline-column": false, "completion-ignore-case": true, "bell-style": "none", "completion-query-items": 0,
	"menu-complete-display-prefix": true, "cursor-position-probe": false, "echo-control-characters": false,
}

// editorKeys move between the lines of a statement before they leave it for another; Ctrl-Z stops the process.
var editorKeys = map[string]string{`\M-[A`: "up-line-or-history", `\M-OA`: "up-line-or-history", `\M-[B`: "down-line-or-history",
	`\M-OB`: "down-line-or-history", `\C-z`: "suspend"}

func newRichEditor(t *typing) lineEditor {
	e := &richEditor{shell: readline.NewShell(), typing: t, whole: isWhole, raw: rawMode{in: os.Stdin}}
	s := e.shell
	for k, v := range editorSettings {
		s.Config.Set(k, v)
	}
	for _, keymap := range []string{"emacs", "vi-insert"} {
		for keys, action := range editorKeys {
			s.Config.Bind(keymap, inputrc.Unescape(keys), action, false)
		}
	}
	s.Prompt.Primary(func() string { return painter{t.colour}.paint(colourBold, e.prompt) })
	s.Prompt.Secondary(func() string { return continued(e.prompt) })
	s.AcceptMultiline = func(line []rune) bool { return e.whole(string(line)) }
	s.SyntaxHighlighter = func(line []rune) string {
		text := string(line)
		e.makeRoom(e.rowsOf(text))
		e.hint(text)
		if t.colour {
			return highlight(text)
		}
		return text
	}
	s.Completer = e.menu
	s.History.Delete()
	s.History.Add("history", pastStatements{t.history})
	s.Keymap.Register(map[string]func(){"reverse-search-history": e.search, "forward-search-history": e.search, "clear-screen": e.clear,
		"abort": e.abort(s.Keymap.Commands()["abort"]), "suspend": e.suspend})
	return e
}

func (e *richEditor) Read(prompt string, whole func(string) bool) (string, error) {
	e.prompt, e.whole = prompt, whole
	typed, err := e.raw.enter()
	if err != nil {
		return "", err
	}
	defer e.raw.leave()
	e.begin(typed)
	text, err := e.shell.Readline() // it enters the mode as well, and goes back to what it found
	switch {
	case errors.Is(err, readline.ErrInterrupt):
		return strings.TrimSuffix(text, interruptMark), errInterrupt
	case err != nil && hungUp(os.Stdin):
		return "", errSignal{syscall.SIGHUP}
	}
	return text, err
}

func (e *richEditor) Remembered(historyEntry) {} // it reads the history itself

// Close leaves a Read that waits as it is: the library has no way to end it wherever it waits.
func (e *richEditor) Close() error {
	os.Stdout.WriteString("\x1b[J\r\n" + pasteOff)
	return e.raw.end()
}

// Pastes come between marks, or as if typed.
const (
	pasteOn  = "\x1b[?2004h"
	pasteOff = "\x1b[?2004l"
)

// begin finds the prompt's place on the screen, and hands on what was typed while a statement ran.
func (e *richEditor) begin(typed []byte) {
	e.width, e.height = terminalSize(os.Stdout)
	e.row = e.height // as if at the end of the screen, unless the terminal says
	if !e.mute {
		row, col, more := e.raw.cursorPlace(os.Stdout)
		typed = append(typed, more...)
		if row > 0 {
			e.row = row
		}
		e.mute = !e.asked && row == 0
		if col > 1 { // what ran did not end its line
			os.Stdout.WriteString("\r\n")
			e.row = min(e.row+1, e.height)
		}
	}
	e.asked = true
	e.shell.Keys.Feed(false, []rune(string(typed))...)
	e.makeRoom(1)
}

// interruptMark is what Ctrl-C leaves behind a text.
const interruptMark = "^C"

// abort drops what is typed, which stays on the screen with a mark. What else Ctrl-C ends is the library's.
func (e *richEditor) abort(library func()) func() {
	return func() {
		if e.shell.Keymap.Local() == "" {
			e.shell.History.SkipSave()
			e.put(string(*e.shell.Line()) + interruptMark)
			e.shell.Display.Refresh()
		}
		library()
	}
}

// suspend stops the process until it is continued.
func (e *richEditor) suspend() {
	e.shell.History.SkipSave()
	e.shell.Display.CursorBelowLine()
	os.Stdout.WriteString(pasteOff)
	typed, err := e.raw.suspend()
	if err != nil {
		return // the next read says it
	}
	os.Stdout.WriteString(pasteOn)
	e.begin(typed)
	e.shell.Display.PrintPrimaryPrompt()
}

// clear empties the screen but for what is typed.
func (e *richEditor) clear() {
	e.shell.History.SkipSave()
	os.Stdout.WriteString("\x1b[H\x1b[2J")
	e.row = 1
	e.shell.Display.PrintPrimaryPrompt()
}

// makeRoom scrolls the screen so that so many rows from the prompt's on, and one more, are on it. The cursor stays where it
// is in the text.
func (e *richEditor) makeRoom(rows int) {
	if w, h := terminalSize(os.Stdout); w != e.width || h != e.height {
		e.width, e.height, e.row = w, h, h // resized: the place is not known any more
	}
	n := min(e.row+rows-e.height, e.row-1)
	if n <= 0 {
		return
	}
	fmt.Fprintf(os.Stdout, "\x1b7\x1b[%d;1H%s\x1b8\x1b[%dA", e.height, strings.Repeat("\n", n), n)
	e.row -= n
}

// rowsOf is the number of rows that a text, or the suggestion for it, takes behind the prompt.
func (e *richEditor) rowsOf(text string) int {
	return max(e.rows(text), e.rows(e.suggestion(text)))
}

func (e *richEditor) rows(text string) int {
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n += 1 + (len(e.prompt)+textWidth(line)+4*strings.Count(line, "\t"))/max(1, e.width)
	}
	return n
}

// suggestion is the last statement of the history that begins as the text does, as the library finds it.
func (e *richEditor) suggestion(text string) string {
	if text == "" {
		return ""
	}
	all := e.typing.history.entries
	for i := len(all) - 1; i >= 0; i-- {
		if strings.HasPrefix(all[i].SQL, text) {
			return all[i].SQL
		}
	}
	return ""
}

// hintLetters is the number of letters after which a hint is shown.
const hintLetters = 3

// hint shows behind the cursor how the word may go on, by the catalog, where the history has no statement that does.
func (e *richEditor) hint(text string) {
	e.shell.ClearInlineSuggestion()
	if text == "" || e.shell.Cursor().Pos() < e.shell.Line().Len() || e.suggestion(text) != "" {
		return
	}
	found := e.typing.complete(text, len(text))
	typed := text[found.start:]
	if len(typed) < hintLetters || len(found.items) == 0 || !strings.HasPrefix(found.items[0].text, typed) {
		return
	}
	if whole := text + found.items[0].text[len(typed):]; e.rows(whole) == e.rows(text) { // the library loses its row else
		e.shell.SetInlineSuggestion(whole)
	}
}

// menu offers what fits at the cursor, in groups by kind, with types and signatures, as many as there is room for.
func (e *richEditor) menu(line []rune, cursor int) readline.Completions {
	text := string(line)
	at := len(string(line[:cursor]))
	found := e.typing.complete(text, at)
	typed := text[found.start:at]
	kept := ""
	if typed == "" {
		kept = wordBefore(text[:at])
	}
	room := max(3, e.height-e.rowsOf(text)-6)
	var list []readline.Completion
	for i, s := range found.items[:min(room, len(found.items))] {
		list = append(list, readline.Completion{Value: kept + s.text, Display: s.text, Description: distinct(s.detail, i), Tag: s.kind})
	}
	c := readline.CompleteRaw(list).NoSort().DisplayList().JustifyDescriptions()
	c.PREFIX = kept + typed
	return c
}

// distinct makes a description differ from all others by marks of no width: the library puts those that are the same on one
// line, as aliases of each other.
func distinct(detail string, i int) string {
	if detail == "" {
		return ""
	}
	for ; i > 0; i /= 2 {
		detail += string([]rune{'\u200b', '\u200c'}[i%2])
	}
	return detail
}

// wordBefore is the ASCII text up to the last blank. The library takes an empty prefix for the word before the cursor, so
// that word is made part of what is completed; it counts bytes there, hence ASCII.
func wordBefore(text string) string {
	i := len(text)
	for i > 0 && text[i-1] > ' ' && text[i-1] < utf8.RuneSelf {
		i--
	}
	return text[i:]
}

// pastStatements is the history as the editor walks it. Statements are added after they have run, by the shell.
type pastStatements struct{ h *history }

func (p pastStatements) Write(string) (int, error) { return len(p.h.entries), nil }
func (p pastStatements) Len() int                  { return len(p.h.entries) }
func (p pastStatements) Dump() any                 { return p.h.entries }
func (p pastStatements) GetLine(i int) (string, error) {
	if i < 0 || i >= len(p.h.entries) {
		return "", errors.New("no such statement in the history")
	}
	return strings.TrimRight(p.h.entries[i].SQL, "\n"), nil
}
