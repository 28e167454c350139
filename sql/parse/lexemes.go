package parse

import (
	"strings"

	"sparksql/sql/errs"
)

// LexemeKind is what a Lexeme is.
type LexemeKind uint8

const (
	Word     LexemeKind = iota // an identifier that is no keyword
	Keyword                    // a word of Spark's grammar; most of them may be identifiers, too
	Quoted                     // `an identifier`, or "one" where double quotes make identifiers
	String                     // 'a string' of any form
	Number                     // 1, 1.5e3, 10L
	Operator                   // operators, brackets, commas
	Comment                    // -- to the end of the line, or /* bracketed */
	Marker                     // a parameter marker: :name or ?
	Variable                   // ${name}
)

// Lexeme is one piece of a text: the half-open byte range [Start,End). Closed is false for a string, quoted name or
// comment that the text ends in.
type Lexeme struct {
	Kind       LexemeKind
	Start, End int
	Closed     bool
}

// Lexemes cuts any text, finished or not, into pieces: what colours and completes what a user types. Blanks between them
// are left out. The lexer is the parser's own.
func Lexemes(sql string) []Lexeme {
	l := &lexer{text: &errs.Text{SQL: sql}, s: sql}
	var out []Lexeme
	for l.i < len(sql) {
		from, had := l.i, len(l.toks)
		err := l.next()
		switch {
		case err != nil:
			return append(out, Lexeme{Comment, from, len(sql), false})
		case len(l.toks) > had:
			x := lexeme(sql, l.toks[had], out)
			out, l.i = append(out, x), x.End
		case strings.HasPrefix(sql[from:], "--"), strings.HasPrefix(sql[from:], "/*"):
			out = append(out, Lexeme{Comment, from, l.i, sql[from] == '/'})
		}
	}
	return out
}

// lexeme is a token with what the parser finds out later: open quotes, markers, variables.
func lexeme(sql string, t token, before []Lexeme) Lexeme {
	x := Lexeme{Operator, t.start, t.end, true}
	switch t.kind {
	case kWord:
		x.Kind = Word
		if t.word != "" {
			x.Kind = Keyword
		}
	case kQuoted:
		x.Kind = Quoted
	case kString:
		x.Kind = String
	case kNumber:
		x.Kind = Number
	case kOp:
		return operatorLexeme(sql, t, before)
	}
	return x
}

func operatorLexeme(sql string, t token, before []Lexeme) Lexeme {
	x := Lexeme{Operator, t.start, t.end, true}
	rest := sql[t.start:]
	switch t.op {
	case "'", `"`:
		return Lexeme{String, t.start, len(sql), false}
	case "`":
		return Lexeme{Quoted, t.start, len(sql), false}
	case "?":
		x.Kind = Marker
	case "$":
		if end := strings.IndexByte(rest, '}'); strings.HasPrefix(rest, "${") && end > 0 {
			return Lexeme{Variable, t.start, t.start + end + 1, true}
		}
	case ":":
		if end := wordEnd(sql, t.end); end > t.end && !endsOperand(sql, t.start, before) {
			return Lexeme{Marker, t.start, end, true}
		}
	}
	return x
}

// endsOperand tells whether what stands right before a colon can be divided by it: a:b is a field, :b a marker.
func endsOperand(sql string, at int, before []Lexeme) bool {
	if len(before) == 0 {
		return false
	}
	p := before[len(before)-1]
	return p.End == at && (p.Kind != Operator || strings.HasSuffix(sql[:at], ")") || strings.HasSuffix(sql[:at], "]"))
}
