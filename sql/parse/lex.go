package parse

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"sparksql/sql/errs"
)

type kind uint8

const (
	kEOF    kind = iota
	kWord        // an identifier or keyword
	kQuoted      // a quoted identifier
	kString      // a string literal, raw or not
	kNumber
	kOp
)

// token is one lexeme. word is the keyword in upper case, "" for other identifiers; op the operator or
// bracket; mate the index of the matching bracket, 0 for none.
type token struct {
	kind       kind
	start, end int
	word, op   string
	mate       int
	holds      hold
}

// hold is what a bracket has been found to hold.
type hold uint8

const (
	unknownHold hold = iota
	holdsQuery
	holdsOther
)

// operators are tried in order, so a longer one stands before its prefixes.
var operators = []string{"<=>", ">>>", "||", "|>", "<<", ">>", "<=", ">=", "<>", "!=", "!>", "!<", "==", "::", "->", "=>",
	"(", ")", ",", ".", "=", "+", "-", "*", "/", "%", "<", ">", "[", "]", "!", "~", "&", "|", "^", ":", "?", ";", "{", "}", "$", "@", "#", "\\"}

type lexer struct {
	text   *errs.Text
	s      string
	i      int
	toks   []token
	open   []int // indexes of open brackets
	hint   bool
	dquote bool // double quotes make identifiers
}

func lex(text *errs.Text, doubleQuotedIdentifiers bool) ([]token, error) {
	l := &lexer{text: text, s: text.SQL, dquote: doubleQuotedIdentifiers, toks: make([]token, 0, len(text.SQL)/4+4)}
	for l.i < len(l.s) {
		if err := l.next(); err != nil {
			return nil, err
		}
	}
	l.toks = append(l.toks, token{kind: kEOF, start: len(l.s), end: len(l.s)})
	return l.toks, nil
}

func (l *lexer) next() error {
	c := l.s[l.i]
	switch {
	case c == ' ' || c >= '\t' && c <= '\r':
		l.i++
	case c == '-' && strings.HasPrefix(l.s[l.i:], "--"):
		l.i = lineComment(l.s, l.i)
	case c == '/' && strings.HasPrefix(l.s[l.i:], "/*+"):
		l.hint = true
		l.op("/*+")
	case c == '/' && strings.HasPrefix(l.s[l.i:], "/*"):
		end, closed := blockComment(l.s, l.i)
		if !closed {
			return errs.New(errs.Pos{Text: l.text, Start: l.i, End: len(l.s)}, "UNCLOSED_BRACKETED_COMMENT")
		}
		l.i = end
	case l.hint && strings.HasPrefix(l.s[l.i:], "*/"):
		l.hint = false
		l.op("*/")
	case c == '\'' || c == '"' || (c == 'r' || c == 'R') && l.i+1 < len(l.s) && (l.s[l.i+1] == '\'' || l.s[l.i+1] == '"'):
		l.quoted()
	case c == '`':
		l.backquoted()
	case isDigit(c) || c == '.' && l.i+1 < len(l.s) && isDigit(l.s[l.i+1]):
		l.number()
	case isWordByte(c):
		l.wordToken(wordEnd(l.s, l.i))
	default:
		return l.other()
	}
	return nil
}

func (l *lexer) add(t token) {
	l.toks = append(l.toks, t)
	l.i = t.end
}

func (l *lexer) op(o string) {
	t := token{kind: kOp, start: l.i, end: l.i + len(o), op: o}
	switch o {
	case "(", "[":
		l.open = append(l.open, len(l.toks))
	case ")", "]":
		if n := len(l.open); n > 0 && (l.toks[l.open[n-1]].op == "(") == (o == ")") {
			t.mate = l.open[n-1]
			l.toks[t.mate].mate = len(l.toks)
			l.open = l.open[:n-1]
		}
	}
	l.add(t)
}

// other handles operators, non-ASCII words and spaces, and what is none of these.
func (l *lexer) other() error {
	if l.s[l.i] >= utf8.RuneSelf {
		r, n := utf8.DecodeRuneInString(l.s[l.i:])
		switch {
		case unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff':
			l.i += n
		case unicode.IsLetter(r):
			l.wordToken(wordEnd(l.s, l.i))
		default:
			l.add(token{kind: kOp, start: l.i, end: l.i + n, op: l.s[l.i : l.i+n]})
		}
		return nil
	}
	for _, o := range operators {
		if strings.HasPrefix(l.s[l.i:], o) {
			l.op(o)
			return nil
		}
	}
	l.op(l.s[l.i : l.i+1])
	return nil
}

func (l *lexer) wordToken(end int) {
	l.add(token{kind: kWord, start: l.i, end: end, word: keyword(l.s[l.i:end])})
}

// wordEnd is the end of the run of letters, digits and underscores at i.
func wordEnd(s string, i int) int {
	for i < len(s) {
		if isWordByte(s[i]) {
			i++
			continue
		}
		if s[i] < utf8.RuneSelf {
			break
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if !unicode.IsLetter(r) {
			break
		}
		i += n
	}
	return i
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isWordByte(c byte) bool {
	return isDigit(c) || c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func lineComment(s string, i int) int {
	for i < len(s) && s[i] != '\n' && s[i] != '\r' {
		if s[i] == '\\' && i+1 < len(s) && s[i+1] == '\n' {
			i++
		}
		i++
	}
	return i
}

// blockComment gives the end of the nested comment at i.
func blockComment(s string, i int) (end int, closed bool) {
	depth := 0
	for i < len(s) {
		switch {
		case strings.HasPrefix(s[i:], "/*"):
			depth++
			i += 2
		case strings.HasPrefix(s[i:], "*/"):
			depth--
			i += 2
			if depth == 0 {
				return i, true
			}
		default:
			i++
		}
	}
	return i, false
}

// stringEnd is the end of the string literal at i (with its r prefix, if any).
func stringEnd(s string, i int) (end int, closed bool) {
	raw := s[i] == 'r' || s[i] == 'R'
	if raw {
		i++
	}
	q := s[i]
	for i++; i < len(s); i++ {
		switch {
		case s[i] == '\\' && !raw:
			i++
		case s[i] == q:
			if !raw && i+1 < len(s) && s[i+1] == q {
				i++
				continue
			}
			return i + 1, true
		}
	}
	return len(s), false
}

// quoted reads a string. A quote that is not closed is a token of its own, which SET and its like may hold.
func (l *lexer) quoted() {
	end, closed := stringEnd(l.s, l.i)
	switch c := l.s[l.i]; {
	case !closed && (c == 'r' || c == 'R'):
		l.wordToken(wordEnd(l.s, l.i))
		return
	case !closed:
		l.op(l.s[l.i : l.i+1])
		return
	}
	k := kString
	if l.dquote && l.s[l.i] == '"' {
		k = kQuoted
	}
	l.add(token{kind: k, start: l.i, end: end})
}

func (l *lexer) backquoted() {
	for j := l.i + 1; j < len(l.s); j++ {
		if l.s[j] != '`' {
			continue
		}
		if j+1 < len(l.s) && l.s[j+1] == '`' {
			j++
			continue
		}
		l.add(token{kind: kQuoted, start: l.i, end: j + 1})
		return
	}
	l.op("`")
}

// number takes the longest of a number and a word that starts with a digit, as Spark's lexer does.
func (l *lexer) number() {
	s, i := l.s, l.i
	if end := decimalEnd(s, i); end > i {
		l.add(token{kind: kNumber, start: i, end: end})
		return
	}
	if s[i] == '.' {
		l.op(".")
		return
	}
	digits := digitsEnd(s, i)
	num := digits
	if e := exponentEnd(s, digits); e > digits {
		num = suffixEnd(s, e, "BD", "F", "D")
	} else {
		num = suffixEnd(s, digits, "BD", "F", "D", "L", "S", "Y")
	}
	if w := wordEnd(s, i); w > num {
		l.wordToken(w)
		return
	}
	l.add(token{kind: kNumber, start: i, end: num})
}

func digitsEnd(s string, i int) int {
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return i
}

func exponentEnd(s string, i int) int {
	if i >= len(s) || s[i]|0x20 != 'e' {
		return i
	}
	j := i + 1
	if j < len(s) && (s[j] == '+' || s[j] == '-') {
		j++
	}
	if k := digitsEnd(s, j); k > j {
		return k
	}
	return i
}

func suffixEnd(s string, i int, suffixes ...string) int {
	for _, x := range suffixes {
		if len(s)-i >= len(x) && strings.EqualFold(s[i:i+len(x)], x) {
			return i + len(x)
		}
	}
	return i
}

// decimalEnd is the end of the number with a decimal point at i, or i: no letter, digit or underscore may
// follow it.
func decimalEnd(s string, i int) int {
	j := digitsEnd(s, i)
	if j >= len(s) || s[j] != '.' {
		return i
	}
	point := j
	j = digitsEnd(s, j+1)
	if point == i && j == point+1 {
		return i
	}
	free := func(k int) bool { return k >= len(s) || !isWordByte(s[k]) }
	e := exponentEnd(s, j)
	for _, k := range []int{suffixEnd(s, e, "BD", "F", "D"), e, suffixEnd(s, j, "BD", "F", "D"), j} {
		if free(k) {
			return k
		}
	}
	return i
}
