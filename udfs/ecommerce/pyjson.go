package ecommerce

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxNesting is about where Python's reader gives up.
const maxNesting = 990

// maxDigits is the longest integer that Python converts.
const maxDigits = 4300

// pyReader reads JSON as Python's json.loads does: NaN and infinities are numbers, integers are exact, control
// characters in strings and a byte order mark are errors.
type pyReader struct {
	s  string
	at int
}

func (p *pyReader) peek() byte {
	if p.at < len(p.s) {
		return p.s[p.at]
	}
	return 0
}

func (p *pyReader) take(c byte) bool {
	if p.at < len(p.s) && p.s[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *pyReader) word(w string) bool {
	if strings.HasPrefix(p.s[p.at:], w) {
		p.at += len(w)
		return true
	}
	return false
}

func (p *pyReader) space() {
	for p.at < len(p.s) && strings.IndexByte(" \t\n\r", p.s[p.at]) >= 0 {
		p.at++
	}
}

func (p *pyReader) value(depth int) (pyValue, bool) {
	if depth > maxNesting {
		return pyValue{}, false
	}
	switch c := p.peek(); {
	case c == '"':
		p.at++
		s, ok := p.text()
		return pyValue{kind: pyText, text: s}, ok
	case c == '{':
		p.at++
		m, ok := p.object(depth + 1)
		return pyValue{kind: pyDict, members: m}, ok
	case c == '[':
		p.at++
		l, ok := p.list(depth + 1)
		return pyValue{kind: pyList, list: l}, ok
	}
	for _, w := range [...]struct{ json, python string }{{"true", "True"}, {"false", "False"}, {"null", "None"}, {"NaN", "nan"}, {"Infinity", "inf"}, {"-Infinity", "-inf"}} {
		if p.word(w.json) {
			return pyValue{text: w.python}, true
		}
	}
	return p.number()
}

// object reads what follows a brace.
func (p *pyReader) object(depth int) ([]pyMember, bool) {
	var out []pyMember
	place := map[string]int{}
	if p.space(); p.take('}') {
		return nil, true
	}
	for {
		if p.space(); !p.take('"') {
			return nil, false
		}
		key, ok := p.text()
		if p.space(); !ok || !p.take(':') {
			return nil, false
		}
		p.space()
		v, ok := p.value(depth)
		if !ok {
			return nil, false
		}
		if i, seen := place[key]; seen {
			out[i].val = v
		} else {
			place[key] = len(out)
			out = append(out, pyMember{key, v})
		}
		if p.space(); p.take('}') {
			return out, true
		}
		if !p.take(',') {
			return nil, false
		}
	}
}

// list reads what follows a bracket.
func (p *pyReader) list(depth int) ([]pyValue, bool) {
	var out []pyValue
	if p.space(); p.take(']') {
		return nil, true
	}
	for {
		p.space()
		v, ok := p.value(depth)
		if !ok {
			return nil, false
		}
		out = append(out, v)
		if p.space(); p.take(']') {
			return out, true
		}
		if !p.take(',') {
			return nil, false
		}
	}
}

// text reads what follows a quote.
func (p *pyReader) text() (string, bool) {
	var b strings.Builder
	for p.at < len(p.s) {
		c := p.s[p.at]
		p.at++
		switch {
		case c == '"':
			return b.String(), true
		case c < 0x20:
			return "", false
		case c != '\\':
			b.WriteByte(c)
			continue
		}
		e := p.peek()
		p.at++
		if e == 'u' {
			r, ok := p.escaped()
			if !ok {
				return "", false
			}
			b.WriteRune(r)
			continue
		}
		k := strings.IndexByte(`"\/bfnrt`, e)
		if k < 0 || e == 0 {
			return "", false
		}
		b.WriteByte("\"\\/\b\f\n\r\t"[k])
	}
	return "", false
}

// escaped reads the digits after \u, and of the second half of a pair; half a pair reads as a question mark.
func (p *pyReader) escaped() (rune, bool) {
	r, ok := p.hex4()
	if !ok {
		return 0, false
	}
	if !utf16.IsSurrogate(r) {
		return r, true
	}
	if at := p.at; p.word(`\u`) {
		if low, ok := p.hex4(); ok {
			if full := utf16.DecodeRune(r, low); full != utf8.RuneError {
				return full, true
			}
		}
		p.at = at
	}
	return '?', true
}

func (p *pyReader) hex4() (rune, bool) {
	if p.at+4 > len(p.s) {
		return 0, false
	}
	n, err := strconv.ParseUint(p.s[p.at:p.at+4], 16, 16)
	p.at += 4
	return rune(n), err == nil
}

func (p *pyReader) digits() int {
	n := 0
	for p.peek() >= '0' && p.peek() <= '9' {
		p.at++
		n++
	}
	return n
}

func (p *pyReader) number() (pyValue, bool) {
	from := p.at
	p.take('-')
	first := p.at
	if !p.take('0') && p.digits() == 0 {
		return pyValue{}, false
	}
	whole := p.at
	if p.take('.') && p.digits() == 0 {
		p.at = whole
	}
	if at := p.at; p.take('e') || p.take('E') {
		if !p.take('-') {
			p.take('+')
		}
		if p.digits() == 0 {
			p.at = at
		}
	}
	if p.at > whole {
		f, _ := strconv.ParseFloat(p.s[from:p.at], 64)
		return pyValue{text: pyFloat(f)}, true
	}
	if whole-first > maxDigits {
		return pyValue{}, false
	}
	if p.s[first:whole] == "0" {
		return pyValue{text: "0"}, true
	}
	return pyValue{text: p.s[from:whole]}, true
}

// pyFloat is repr of a float: the shortest digits, with an exponent from 1e16 on and below 1e-4.
func pyFloat(f float64) string {
	if math.IsInf(f, 0) {
		return map[bool]string{true: "inf", false: "-inf"}[f > 0]
	}
	if a := math.Abs(f); a != 0 && (a >= 1e16 || a < 1e-4) {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}
