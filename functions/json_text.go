package functions

import (
	"math/big"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"sparksql/sql/types"
)

// jsonKind is the first character of a value of that kind: { [ " 0 t f n.
type jsonKind byte

// jsonValue is a parsed JSON value.
type jsonValue struct {
	kind jsonKind
	text string // of a string, its characters; of a number, its digits as written
	keys []string
	kids []jsonValue
}

// jsonOptions are the liberties that a reader takes.
type jsonOptions struct {
	singleQuotes, leadingZeros, comments, bareNames, notNumbers, backslashAny, controls bool
}

// lenientJSON are those that JSON functions take by default.
var lenientJSON = jsonOptions{singleQuotes: true}

// jsonReader reads JSON text. Its methods give false at the first error.
type jsonReader struct {
	s    string
	at   int
	opts jsonOptions
	deep int
}

const maxJSONDepth = 1000

// parseJSON reads one value; what stands behind it is not looked at, as Spark's readers do.
func parseJSON(s string, opts jsonOptions) (v jsonValue, ok bool) {
	r := jsonReader{s: s, opts: opts}
	ok = r.value(&v)
	return v, ok
}

func (r *jsonReader) blanks() {
	for r.at < len(r.s) {
		switch r.s[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
			continue
		case '/':
			if r.opts.comments && r.at+1 < len(r.s) {
				if r.s[r.at+1] == '/' {
					if n := strings.IndexByte(r.s[r.at:], '\n'); n >= 0 {
						r.at += n
						continue
					}
				} else if n := strings.Index(r.s[r.at:], "*/"); r.s[r.at+1] == '*' && n >= 0 {
					r.at += n + 2
					continue
				}
			}
		}
		return
	}
}

func (r *jsonReader) eat(c byte) bool {
	r.blanks()
	if r.at < len(r.s) && r.s[r.at] == c {
		r.at++
		return true
	}
	return false
}

func (r *jsonReader) word(w string) bool {
	if !strings.HasPrefix(r.s[r.at:], w) {
		return false
	}
	if end := r.at + len(w); end < len(r.s) && (isLetter(r.s[end]) || r.s[end] >= '0' && r.s[end] <= '9' || r.s[end] == '_') {
		return false
	}
	r.at += len(w)
	return true
}

// value reads a value into v; a nil v passes over it.
func (r *jsonReader) value(v *jsonValue) bool {
	r.blanks()
	if r.at >= len(r.s) {
		return false
	}
	set := func(k jsonKind, text string) bool {
		if v != nil {
			*v = jsonValue{kind: k, text: text}
		}
		return true
	}
	switch c := r.s[r.at]; {
	case c == '{':
		return r.object(v)
	case c == '[':
		return r.array(v)
	case c == '"' || c == '\'' && r.opts.singleQuotes:
		text, ok := r.str()
		return ok && set('"', text)
	case c == 't':
		return r.word("true") && set('t', "true")
	case c == 'f':
		return r.word("false") && set('f', "false")
	case c == 'n':
		return r.word("null") && set('n', "null")
	case c == '-' || c >= '0' && c <= '9':
		if text, ok := r.number(); ok {
			return set('0', text)
		}
	}
	if r.opts.notNumbers {
		for _, w := range [...]string{"NaN", "Infinity", "-Infinity", "+Infinity", "-INF", "+INF", "INF"} {
			if r.word(w) {
				return set('0', w)
			}
		}
	}
	return false
}

func (r *jsonReader) number() (string, bool) {
	start := r.at
	if r.s[r.at] == '-' {
		r.at++
	}
	digits := func() int {
		n := r.at
		for r.at < len(r.s) && r.s[r.at] >= '0' && r.s[r.at] <= '9' {
			r.at++
		}
		return r.at - n
	}
	first := r.at
	n := digits()
	if n == 0 || n > 1 && r.s[first] == '0' && !r.opts.leadingZeros {
		r.at = start
		return "", false
	}
	if r.at < len(r.s) && r.s[r.at] == '.' {
		r.at++
		if digits() == 0 {
			return "", false
		}
	}
	if r.at < len(r.s) && (r.s[r.at] == 'e' || r.s[r.at] == 'E') {
		r.at++
		if r.at < len(r.s) && (r.s[r.at] == '+' || r.s[r.at] == '-') {
			r.at++
		}
		if digits() == 0 {
			return "", false
		}
	}
	if r.at < len(r.s) && (isLetter(r.s[r.at]) || r.s[r.at] == '_') {
		return "", false
	}
	text := r.s[start:r.at]
	if r.opts.leadingZeros && n > 1 {
		neg := strings.HasPrefix(text, "-")
		t := strings.TrimLeft(strings.TrimPrefix(text, "-"), "0")
		if t == "" || t[0] < '0' || t[0] > '9' {
			t = "0" + t
		}
		if neg {
			t = "-" + t
		}
		return t, true
	}
	return text, true
}

// str reads a text in quotes.
func (r *jsonReader) str() (string, bool) {
	quote := r.s[r.at]
	r.at++
	start := r.at
	for r.at < len(r.s) {
		switch c := r.s[r.at]; {
		case c == quote:
			r.at++
			return r.s[start : r.at-1], true
		case c == '\\':
			return r.escaped(start, quote)
		case c < 0x20 && !r.opts.controls:
			return "", false
		default:
			r.at++
		}
	}
	return "", false
}

func (r *jsonReader) escaped(start int, quote byte) (string, bool) {
	b := append(make([]byte, 0, 2*(r.at-start)+16), r.s[start:r.at]...)
	for r.at < len(r.s) {
		c := r.s[r.at]
		r.at++
		switch {
		case c == quote:
			return string(b), true
		case c < 0x20 && !r.opts.controls:
			return "", false
		case c != '\\':
			b = append(b, c)
			continue
		}
		if r.at >= len(r.s) {
			return "", false
		}
		c = r.s[r.at]
		r.at++
		switch c {
		case '"', '\\', '/':
			b = append(b, c)
		case 'b':
			b = append(b, '\b')
		case 'f':
			b = append(b, '\f')
		case 'n':
			b = append(b, '\n')
		case 'r':
			b = append(b, '\r')
		case 't':
			b = append(b, '\t')
		case 'u':
			u, ok := r.hex4()
			if !ok {
				return "", false
			}
			if utf16.IsSurrogate(u) && strings.HasPrefix(r.s[r.at:], `\u`) {
				save := r.at
				r.at += 2
				low, ok := r.hex4()
				if !ok {
					return "", false
				}
				if pair := utf16.DecodeRune(u, low); pair != utf8.RuneError {
					u = pair
				} else {
					r.at = save
				}
			}
			b = utf8.AppendRune(b, u)
		default:
			if c != '\'' && !r.opts.backslashAny || c == '\'' && !r.opts.singleQuotes {
				return "", false
			}
			b = append(b, c)
		}
	}
	return "", false
}

func (r *jsonReader) hex4() (rune, bool) {
	if r.at+4 > len(r.s) {
		return 0, false
	}
	v, err := strconv.ParseUint(r.s[r.at:r.at+4], 16, 16)
	r.at += 4
	return rune(v), err == nil
}

func (r *jsonReader) array(v *jsonValue) bool {
	if r.deep++; r.deep > maxJSONDepth {
		return false
	}
	r.at++
	if v != nil {
		*v = jsonValue{kind: '['}
	}
	for first := true; ; first = false {
		if first && r.eat(']') {
			break
		}
		var kid *jsonValue
		if v != nil {
			v.kids = append(v.kids, jsonValue{})
			kid = &v.kids[len(v.kids)-1]
		}
		if !r.value(kid) {
			return false
		}
		if r.eat(']') {
			break
		}
		if !r.eat(',') {
			return false
		}
	}
	r.deep--
	return true
}

// key reads the name of a member and the colon behind it.
func (r *jsonReader) key() (string, bool) {
	r.blanks()
	if r.at >= len(r.s) {
		return "", false
	}
	c := r.s[r.at]
	if c == '"' || c == '\'' && r.opts.singleQuotes {
		k, ok := r.str()
		return k, ok && r.eat(':')
	}
	if !r.opts.bareNames {
		return "", false
	}
	start := r.at
	for r.at < len(r.s) && (isLetter(r.s[r.at]) || r.s[r.at] >= '0' && r.s[r.at] <= '9' || r.s[r.at] == '_' || r.s[r.at] == '$') {
		r.at++
	}
	k := r.s[start:r.at]
	return k, k != "" && r.eat(':')
}

func (r *jsonReader) object(v *jsonValue) bool {
	if r.deep++; r.deep > maxJSONDepth {
		return false
	}
	r.at++
	if v != nil {
		*v = jsonValue{kind: '{'}
	}
	for first := true; ; first = false {
		if first && r.eat('}') {
			break
		}
		k, ok := r.key()
		if !ok {
			return false
		}
		var kid *jsonValue
		if v != nil {
			v.keys, v.kids = append(v.keys, k), append(v.kids, jsonValue{})
			kid = &v.kids[len(v.kids)-1]
		}
		if !r.value(kid) {
			return false
		}
		if r.eat('}') {
			break
		}
		if !r.eat(',') {
			return false
		}
	}
	r.deep--
	return true
}

// appendJSON writes a parsed value again: without blanks, numbers with a fraction as Java writes doubles.
func appendJSON(b []byte, v *jsonValue) []byte {
	switch v.kind {
	case '"':
		return appendQuoted(b, v.text)
	case '0':
		if strings.ContainsAny(v.text, ".eE") {
			if f, err := strconv.ParseFloat(v.text, 64); err == nil {
				return types.AppendDouble(b, f)
			}
		}
		if v.text == "-0" {
			return append(b, '0')
		}
		return append(b, v.text...)
	case '[':
		b = append(b, '[')
		for i := range v.kids {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, &v.kids[i])
		}
		return append(b, ']')
	case '{':
		b = append(b, '{')
		for i := range v.kids {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendQuoted(b, v.keys[i]), ':')
			b = appendJSON(b, &v.kids[i])
		}
		return append(b, '}')
	}
	return append(b, v.text...)
}

// appendQuoted writes a text in quotes, with the escapes that JSON needs and no others.
func appendQuoted(b []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= 0x20:
			b = append(b, c)
		case c == '\b':
			b = append(b, '\\', 'b')
		case c == '\f':
			b = append(b, '\\', 'f')
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\r':
			b = append(b, '\\', 'r')
		case c == '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(b, '"')
}

// exactNumber reads a number as an exact decimal: its unscaled value and its scale.
func exactNumber(s string) (unscaled *big.Int, scale int, ok bool) {
	mant, exp := s, 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		e, err := strconv.Atoi(s[i+1:])
		if err != nil || e > 1000 || e < -1000 {
			return nil, 0, false
		}
		mant, exp = s[:i], e
	}
	whole, frac, _ := strings.Cut(mant, ".")
	unscaled, ok = new(big.Int).SetString(whole+frac, 10)
	return unscaled, len(frac) - exp, ok
}
