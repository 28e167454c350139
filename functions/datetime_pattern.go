package functions

import (
	"strings"

	"sparksql/sql/errs"
)

// pattern is a datetime pattern taken apart: Java's letters, texts in quotes and optional sections.
type pattern struct {
	text  string
	items []patternItem
}

// patternItem is a run of one letter, a literal text, or an optional section.
type patternItem struct {
	letter   byte // 0: literal; '[': section
	count    int
	literal  string
	optional []patternItem
	// reserved is the width that number fields directly behind this one need: adjacent values in reading.
	reserved int
	fixed    bool // a number of exactly count digits, since another follows directly
}

// patternUse says what a pattern is for: reading knows fewer letters.
type patternUse uint8

const (
	forWriting patternUse = iota
	forReading
)

// maxLetters are the longest runs that a letter may have.
var maxLetters = map[byte]int{
	'G': 4, 'y': 6, 'u': 6, 'Q': 4, 'q': 4, 'M': 4, 'L': 4, 'E': 4, 'F': 1, 'd': 2, 'D': 3, 'H': 2, 'h': 2, 'k': 2, 'K': 2,
	'm': 2, 's': 2, 'S': 9, 'a': 1, 'V': 2, 'z': 4, 'O': 4, 'X': 5, 'x': 5, 'Z': 5,
}

// oldLetters are those that the pattern language before Spark 3 knew, any number of each.
const oldLetters = "GyYMLwWDdFEuaHkKhmsSzZX"

// compilePattern reads a pattern. One that only the old language knows has its own error, as in Spark.
func compilePattern(text string, use patternUse) (*pattern, error) {
	p := patternReader{s: text, use: use}
	items, err := p.items(false)
	if err == nil {
		linkNumbers(items)
		return &pattern{text: text, items: items}, nil
	}
	if oldPattern(text) {
		return nil, errs.New(errs.Pos{}, "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION",
			"pattern", "'"+text+"'", "config", `"spark.sql.legacy.timeParserPolicy"`, "docroot", "https://spark.apache.org/docs/latest")
	}
	return nil, err
}

// oldPattern tells whether the old language takes the pattern.
func oldPattern(text string) bool {
	quoted := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\'':
			quoted = !quoted
		case quoted || !isLetter(c):
		case !strings.ContainsRune(oldLetters, rune(c)):
			return false
		case c == 'X':
			n := 1
			for i+1 < len(text) && text[i+1] == 'X' {
				i++
				n++
			}
			if n > 3 {
				return false
			}
		}
	}
	return !quoted
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

type patternReader struct {
	s   string
	at  int
	use patternUse
}

func (p *patternReader) items(inner bool) ([]patternItem, error) {
	var out []patternItem
	text := func(s string) {
		if n := len(out); n > 0 && out[n-1].letter == 0 {
			out[n-1].literal += s
		} else {
			out = append(out, patternItem{literal: s})
		}
	}
	for p.at < len(p.s) {
		c := p.s[p.at]
		switch {
		case c == '\'':
			s, err := p.quoted()
			if err != nil {
				return nil, err
			}
			text(s)
		case c == '[':
			p.at++
			sub, err := p.items(true)
			if err != nil {
				return nil, err
			}
			out = append(out, patternItem{letter: '[', optional: sub})
		case c == ']':
			if !inner {
				return nil, badPattern(p.s, "]")
			}
			p.at++
			return out, nil
		case c == '{' || c == '}' || c == '#':
			return nil, badPattern(p.s, string(c))
		case isLetter(c):
			n := 1
			for p.at+n < len(p.s) && p.s[p.at+n] == c {
				n++
			}
			if err := p.check(c, n); err != nil {
				return nil, err
			}
			p.at += n
			out = append(out, patternItem{letter: c, count: n})
		default:
			text(p.s[p.at : p.at+1])
			p.at++
		}
	}
	return out, nil
}

func badPattern(text, c string) error {
	return errs.New(errs.Pos{}, "INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER", "c", c, "pattern", text)
}

func (p *patternReader) quoted() (string, error) {
	p.at++
	var b strings.Builder
	for first := true; p.at < len(p.s); first = false {
		c := p.s[p.at]
		p.at++
		if c != '\'' {
			b.WriteByte(c)
			continue
		}
		if first {
			return "'", nil
		}
		if p.at < len(p.s) && p.s[p.at] == '\'' {
			b.WriteByte('\'')
			p.at++
			continue
		}
		return b.String(), nil
	}
	return "", badPattern(p.s, "'")
}

// check refuses letters and lengths.
func (p *patternReader) check(c byte, n int) error {
	if strings.IndexByte("YWwuec", c) >= 0 {
		return errs.New(errs.Pos{}, "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN", "c", string(c))
	}
	limit, ok := maxLetters[c]
	if !ok || p.use == forReading && strings.IndexByte("EFqQ", c) >= 0 {
		return badPattern(p.s, string(c))
	}
	if n > limit || c == 'V' && n != 2 || c == 'O' && n != 1 && n != 4 {
		return errs.New(errs.Pos{}, "INVALID_DATETIME_PATTERN.LENGTH", "pattern", p.s)
	}
	return nil
}

// linkNumbers works out which number fields stand directly behind one another: then all but the first have
// the width of their letters, and the first leaves room for them.
func linkNumbers(items []patternItem) {
	base := -1
	for i := range items {
		it := &items[i]
		if it.letter == '[' {
			linkNumbers(it.optional)
		}
		if !it.isNumber() {
			base = -1
			continue
		}
		if base < 0 {
			base = i
			continue
		}
		if it.letter == 'y' && it.count != 2 || it.count == 1 && it.letter != 'y' {
			items[base].fixed = items[base].count > 1
			base = i
			continue
		}
		it.fixed = true
		items[base].reserved += it.count
	}
}

// isNumber tells whether the item is read as digits and nothing else.
func (it *patternItem) isNumber() bool {
	switch it.letter {
	case 'y', 'd', 'D', 'H', 'h', 'k', 'K', 'm', 's':
		return true
	case 'M', 'L':
		return it.count <= 2
	}
	return false
}
