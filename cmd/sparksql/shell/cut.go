package shell

import (
	"strings"

	sparksql "sparksql"
)

// unit is one thing to run: a statement without its semicolon, a meta command, or both: select 1 \g file.
type unit struct {
	sql  string
	meta string // with its \ or dot
	line int    // where it begins, from 1
}

// cut takes what is complete from the front of a text: statements that end with a semicolon and meta commands that end with
// their line. rest is what is left, which at says where it begins.
func cut(text string) (units []unit, rest string, at int) {
	c := &cutter{text: text, line: 1}
	for {
		start := skipBlank(text, c.at)
		if start >= len(text) {
			return c.units, "", len(text)
		}
		next := skipComments(text, start)
		whole := false
		if isMetaLine(text[next:]) {
			whole = c.meta("", next, next)
		} else {
			whole = c.statement()
		}
		if !whole {
			return c.units, text[start:], start
		}
	}
}

// cutter cuts a text from at on. Its pieces are those of the text from base on; line is the number of the line at seen.
type cutter struct {
	text       string
	at         int
	units      []unit
	pieces     []sparksql.Piece
	base       int
	line, seen int
}

// meta takes the meta command at an offset, with the statement before it; false when its line has no end yet.
func (c *cutter) meta(sql string, from, at int) bool {
	end := strings.IndexByte(c.text[at:], '\n')
	if end < 0 {
		return false
	}
	c.units = append(c.units, unit{sql, strings.TrimSpace(c.text[at : at+end]), c.lineAt(from)})
	c.at, c.pieces = at+end+1, nil
	return true
}

// statement takes the next statement; false when it has no end yet.
func (c *cutter) statement() bool {
	if len(c.pieces) == 0 {
		c.pieces, c.base = sparksql.Split(c.text[c.at:]), c.at
	}
	if len(c.pieces) == 0 {
		c.at = len(c.text) // comments only
		return true
	}
	p := c.pieces[0]
	from := c.base + p.Start
	if i := metaWithin(p.Text); i >= 0 {
		return c.meta(trimStatement(p.Text[:i]), from, from+i)
	}
	if !p.Complete {
		return false
	}
	c.units = append(c.units, unit{sql: trimStatement(p.Text), line: c.lineAt(from)})
	c.pieces = c.pieces[1:]
	c.at = from + len(p.Text)
	for c.at < len(c.text) && c.text[c.at] != ';' {
		c.at++
	}
	c.at++
	return true
}

// lineAt is the line of an offset; offsets ascend.
func (c *cutter) lineAt(at int) int {
	c.line += strings.Count(c.text[c.seen:at], "\n")
	c.seen = at
	return c.line
}

// cutAll cuts a whole script: its last statement needs no semicolon, its last meta command no line end.
func cutAll(text string) []unit {
	units, rest, at := cut(text + "\n")
	last, _, _ := cut(rest + "\n;")
	for _, u := range last {
		u.line += lineOf(text, at) - 1
		if u.sql != "" || u.meta != "" {
			units = append(units, u)
		}
	}
	return units
}

// skipBlank is the offset of what is neither blank nor a stray semicolon.
func skipBlank(text string, at int) int {
	for at < len(text) && strings.IndexByte(" \t\r\n;", text[at]) >= 0 {
		at++
	}
	return at
}

// skipComments is the offset of what follows lines of comment.
func skipComments(text string, at int) int {
	for strings.HasPrefix(text[at:], "--") {
		end := strings.IndexByte(text[at:], '\n')
		if end < 0 {
			return at
		}
		at = skipBlank(text, at+end+1)
	}
	return at
}

func lineOf(text string, at int) int { return 1 + strings.Count(text[:min(at, len(text))], "\n") }

// isMetaLine tells whether a text begins with a meta command: \word, \? or .word.
func isMetaLine(text string) bool {
	return len(text) > 1 && (text[0] == '\\' && text[1] > ' ' || text[0] == '.' && isLetter(text[1]))
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// metaWithin is where a meta command begins behind a statement, -1 for nowhere.
func metaWithin(sql string) int {
	if !strings.Contains(sql, `\`) {
		return -1
	}
	for _, x := range sparksql.Lexemes(sql) {
		if x.Kind == sparksql.LexOperator && sql[x.Start] == '\\' && isMetaLine(sql[x.Start:]) {
			return x.Start
		}
	}
	return -1
}

// trimStatement takes off blanks and the semicolon.
func trimStatement(s string) string {
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), ";"))
}

// isWhole tells whether a text that is being typed can be run: nothing of it is left over, or it is a word of the shell,
// which needs no semicolon.
func isWhole(text string) bool {
	if isShellWord(text) {
		return true
	}
	_, rest, _ := cut(text + "\n")
	return strings.TrimSpace(rest) == "" || len(sparksql.Split(rest)) == 0 && !strings.Contains(rest, "/*")
}

// isShellWord tells whether a line is a word of the shell: quit, exit, !command.
func isShellWord(line string) bool {
	l := strings.ToLower(strings.TrimSpace(line))
	return l == "quit" || l == "exit" || strings.HasPrefix(l, "!")
}
