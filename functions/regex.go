package functions

import (
	"regexp"
	"strings"
	"time"

	"github.com/dlclark/regexp2/v2"
)

// Regex is a Java regular expression. Patterns without look-around, back-references and possessive
// quantifiers run in linear time; the others backtrack, at most for a second a text.
type Regex struct {
	fast *regexp.Regexp
	slow *regexp2.Regexp
}

const regexTimeout = time.Second

// CompileRegex translates a pattern of java.util.regex.
func CompileRegex(pattern string) (*Regex, error) {
	text, simple := translateRegex(pattern)
	if simple {
		if re, err := regexp.Compile(text); err == nil {
			return &Regex{fast: re}, nil
		}
	}
	re, err := regexp2.Compile(text)
	if err != nil {
		return nil, err
	}
	re.MatchTimeout = regexTimeout
	return &Regex{slow: re}, nil
}

// Match tells whether the pattern occurs in s.
func (r *Regex) Match(s string) (bool, error) {
	if r.fast != nil {
		return r.fast.MatchString(s), nil
	}
	return r.slow.MatchString(s)
}

// Groups is the number of groups.
func (r *Regex) Groups() int {
	if r.fast != nil {
		return r.fast.NumSubexp()
	}
	return len(r.slow.GetGroupNumbers()) - 1
}

// All calls f for the matches in s from left to right: at[2*g] and at[2*g+1] are the bounds in bytes of
// group g, -1 when it took no part; at is reused. f returns false to stop.
func (r *Regex) All(s string, f func(at []int) bool) error {
	if r.fast != nil {
		for _, at := range r.fast.FindAllStringSubmatchIndex(s, -1) {
			if !f(at) {
				return nil
			}
		}
		return nil
	}
	offsets := runeOffsets(s)
	at := make([]int, 2*(r.Groups()+1))
	m, err := r.slow.FindStringMatch(s)
	for ; m != nil && err == nil; m, err = r.slow.FindNextMatch(m) {
		r.bounds(m, offsets, at)
		if !f(at) {
			return nil
		}
	}
	return err
}

// First is the first match, nil when there is none; see All.
func (r *Regex) First(s string) (at []int, err error) {
	if r.fast != nil {
		return r.fast.FindStringSubmatchIndex(s), nil
	}
	err = r.All(s, func(m []int) bool { at = append([]int(nil), m...); return false })
	return at, err
}

func (r *Regex) bounds(m *regexp2.Match, offsets, at []int) {
	for g := range at[:len(at)/2] {
		at[2*g], at[2*g+1] = -1, -1
		if grp := m.GroupByNumber(g); grp != nil && len(grp.Captures) > 0 {
			at[2*g], at[2*g+1] = offsets[grp.RuneIndex], offsets[grp.RuneIndex+grp.RuneLength]
		}
	}
}

// runeOffsets is where each character of s begins, and its end.
func runeOffsets(s string) []int {
	out := make([]int, 0, len(s)+1)
	for i := range s {
		out = append(out, i)
	}
	return append(out, len(s))
}

// javaClasses are \p{...} classes by names that only Java has, as the inside of a bracket class.
var javaClasses = map[string]string{"Alpha": "a-zA-Z", "Lower": "a-z", "Upper": "A-Z", "Digit": "0-9", "Alnum": "a-zA-Z0-9",
	"Punct": "!-/:-@\\[-`{-~", "Graph": "!-~", "Print": " -~", "Blank": " \\t", "Cntrl": "\\x00-\\x1f\\x7f", "XDigit": "0-9a-fA-F", "Space": " \\t\\n\\x0b\\f\\r",
	"ASCII": "\\x00-\\x7f", "IsAlphabetic": "\\p{L}\\p{Nl}", "IsDigit": "\\p{Nd}", "IsLetter": "\\p{L}", "IsUppercase": "\\p{Lu}", "IsLowercase": "\\p{Ll}",
	"IsPunctuation": "\\p{P}", "IsWhite_Space": "\\s", "javaLowerCase": "\\p{Ll}", "javaUpperCase": "\\p{Lu}"}

// translateRegex rewrites what Java spells differently. simple tells whether the linear engine may try.
func translateRegex(p string) (text string, simple bool) {
	var b strings.Builder
	simple = true
	class := 0
	for i := 0; i < len(p); i++ {
		switch c := p[i]; {
		case c == '\\' && i+1 < len(p):
			n, plain := translateEscape(&b, p[i:], class > 0)
			simple = simple && plain
			i += n - 1
		case class > 0 && c == '[':
			if strings.HasPrefix(p[i:], "[:") {
				b.WriteByte(c)
			} else { // a union: [a[bc]] is [abc]
				class++
			}
		case class > 0 && c == ']':
			class--
			if class == 0 {
				b.WriteByte(c)
			}
		case class > 0:
			b.WriteByte(c)
		case c == '[':
			class = 1
			b.WriteByte(c)
			if i+1 < len(p) && p[i+1] == '^' {
				b.WriteByte('^')
				i++
			}
			if i+1 < len(p) && p[i+1] == ']' {
				b.WriteString("\\]")
				i++
			}
		case c == '(' && strings.HasPrefix(p[i:], "(?"):
			if len(p) > i+2 && (p[i+2] == '=' || p[i+2] == '!' || p[i+2] == '>' || p[i+2] == '<' && len(p) > i+3 && (p[i+3] == '=' || p[i+3] == '!')) {
				simple = false
			}
			b.WriteByte(c)
		case c == '+' && i > 0 && (p[i-1] == '*' || p[i-1] == '+' || p[i-1] == '?' || p[i-1] == '}') && !escapedAt(p, i-1):
			// a possessive quantifier; the greedy one finds the same but for patterns that rely on failing
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), simple
}

// escapedAt tells whether the character at i is behind a backslash.
func escapedAt(p string, i int) bool {
	n := 0
	for i--; i >= 0 && p[i] == '\\'; i-- {
		n++
	}
	return n%2 == 1
}

// translateEscape writes the escape that p begins with, and gives its length.
func translateEscape(b *strings.Builder, p string, inClass bool) (n int, simple bool) {
	switch c := p[1]; {
	case c >= '1' && c <= '9', c == 'k':
		b.WriteString(p[:2])
		return 2, inClass
	case c == 'Q':
		rest, _, found := strings.Cut(p[2:], "\\E")
		b.WriteString(regexp.QuoteMeta(rest))
		if !found {
			return len(p), true
		}
		return 2 + len(rest) + 2, true
	case c == 'u' && len(p) >= 6:
		b.WriteString("\\x{" + p[2:6] + "}")
		return 6, true
	case c == 'h' || c == 'R' || c == 'e' || c == 'Z':
		b.WriteString(map[byte]string{'h': classText("\\t \\x{a0}", inClass), 'R': "(?:\\r\\n|[\\n\\x0b\\f\\r])", 'e': "\\x1b", 'Z': "(?:\\n?\\z)"}[c])
		return 2, true
	case c == 'G' || c == 'X':
		b.WriteString(p[:2])
		return 2, false
	case (c == 'p' || c == 'P') && len(p) > 2 && p[2] == '{':
		end := strings.IndexByte(p, '}')
		if end < 0 {
			break
		}
		name := p[3:end]
		if set, ok := javaClasses[name]; ok && (c == 'p' || !inClass) {
			if c == 'P' {
				b.WriteString("[^" + set + "]")
			} else {
				b.WriteString(classText(set, inClass))
			}
			return end + 1, true
		}
		b.WriteString(p[:2] + "{" + strings.TrimPrefix(strings.TrimPrefix(name, "IsScript="), "Is") + "}")
		return end + 1, true
	}
	b.WriteString(p[:2])
	return 2, true
}

func classText(set string, inClass bool) string {
	if inClass {
		return set
	}
	return "[" + set + "]"
}
