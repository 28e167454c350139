package ecommerce

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"sparksql/udfs"
)

// pythonSpace tells what str.strip takes off; U+200B, U+FEFF and U+180E are none.
func pythonSpace(r rune) bool {
	switch {
	case r >= 0x09 && r <= 0x0D, r >= 0x1C && r <= 0x20, r == 0x85, r == 0xA0, r == 0x1680,
		r >= 0x2000 && r <= 0x200A, r == 0x2028, r == 0x2029, r == 0x202F, r == 0x205F, r == 0x3000:
		return true
	}
	return false
}

// cleanText is strip, lower and one pass over pairs of blanks: of three blanks two remain.
func cleanText(s string) string {
	return strings.ReplaceAll(lower(strings.TrimFunc(s, pythonSpace)), "  ", " ")
}

// processText is upper; the empty text counts as missing.
func processText(s string) udfs.Null[string] {
	if s == "" {
		return udfs.None[string]()
	}
	return udfs.Some(upper(s))
}

// lower and upper map whole texts by Unicode's full mappings, final sigma and sharp s included. Most texts
// are ASCII.
func lower(s string) string {
	if ascii(s) {
		return strings.ToLower(s)
	}
	return cases.Lower(language.Und).String(s)
}

func upper(s string) string {
	if ascii(s) {
		return strings.ToUpper(s)
	}
	return cases.Upper(language.Und).String(s)
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
