package shell

import (
	"fmt"
	"os"
	"strings"
	"time"
	"unicode/utf8"
)

// searchRows is the number of statements that a search of the history shows.
const searchRows = 8

// search finds a statement of the history while a part of it is typed (Ctrl-R): Ctrl-R or up goes to an older one, down to a
// newer one, Enter and the arrow keys take it for editing, Ctrl-C and Escape leave the line as it was.
func (e *richEditor) search() {
	e.shell.History.SkipSave()
	before, query, at := string(*e.shell.Line()), "", 0
	keys := &keyReader{e: e}
	defer keys.giveBack()
	defer e.shell.Hint.Reset()
	for {
		found := e.typing.history.search(query)
		at = max(0, min(at, len(found)-1))
		e.makeRoom(e.rowsOf(before) + searchRows + 1)
		e.shell.Hint.Set(searchText(found, query, at, e.width, painter{e.typing.colour}))
		e.shell.Display.Refresh()
		switch key := keys.next(); key {
		case "\x12", "\x1b[A", "\x1bOA":
			at++
		case "\x13", "\x1b[B", "\x1bOB":
			at--
		case "\x7f", "\b":
			_, n := utf8.DecodeLastRuneInString(query)
			query, at = query[:len(query)-n], 0
		case "\r", "\n", "\t", "\x1b[C", "\x1b[D":
			if len(found) > 0 {
				e.put(found[len(found)-1-at].SQL)
			}
			return
		default:
			if key == "" || key[0] < ' ' {
				return
			}
			query, at = query+key, 0
		}
	}
}

// put replaces the line.
func (e *richEditor) put(text string) {
	line := []rune(strings.TrimRight(text, "\n"))
	e.shell.Line().Set(line...)
	e.shell.Cursor().Set(len(line))
}

// searchText is what a search shows: what is typed, then the newest statements that hold it, with when and how long they ran.
func searchText(found []historyEntry, query string, at, width int, p painter) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s%s", p.paint(colourBold, "search: "), query)
	if len(found) == 0 {
		return b.String() + p.paint(colourDim, "  (nothing)")
	}
	first := max(0, at-searchRows+1)
	for i := first; i < min(len(found), first+searchRows); i++ {
		x := found[len(found)-1-i]
		mark, colour := "  ", ""
		if i == at {
			mark, colour = "> ", colourBold
		}
		note := fmt.Sprintf("%s %7.3f s %6d rows  ", x.At.Local().Format(time.DateTime), x.Seconds, x.Rows)
		text := []rune(strings.Join(strings.Fields(x.SQL), " "))
		for len(text) > 0 && textWidth(mark+note+string(text)) >= width-1 {
			text = text[:len(text)-1]
		}
		line := p.paint(colourDim, note) + string(text)
		if colour != "" {
			line = p.paint(colourDim, note) + p.paint(colour, string(text))
		}
		b.WriteString("\n" + mark + line)
	}
	return b.String()
}

// keyReader reads keys of a terminal in raw mode: those that the library has read already, then from the terminal.
type keyReader struct {
	e    *richEditor
	held []byte
}

// next is one key: a character, or the sequence of an arrow key. "" when the terminal is gone.
func (k *keyReader) next() string {
	for {
		b, empty := k.e.shell.Keys.Pop()
		if empty {
			break
		}
		k.held = append(k.held, b)
	}
	if len(k.held) == 0 {
		buf := make([]byte, 4096)
		n, err := os.Stdin.Read(buf)
		if err != nil {
			return ""
		}
		k.held = buf[:n]
	}
	n := 1
	switch {
	case len(k.held) >= 3 && k.held[0] == 0x1b && (k.held[1] == '[' || k.held[1] == 'O'):
		n = 3
	case k.held[0] >= utf8.RuneSelf:
		_, n = utf8.DecodeRune(k.held)
	}
	key := string(k.held[:n])
	k.held = k.held[n:]
	return key
}

// giveBack lets the library have the keys that are left.
func (k *keyReader) giveBack() {
	k.e.shell.Keys.Feed(false, []rune(string(k.held))...)
}
