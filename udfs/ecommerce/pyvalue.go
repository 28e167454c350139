package ecommerce

import (
	"fmt"
	"strings"
	"unicode"
)

type pyKind uint8

const (
	pyPlain pyKind = iota // text is what both str and repr print
	pyText
	pyList
	pyDict
)

// pyValue is a JSON value as Python holds it.
type pyValue struct {
	kind    pyKind
	text    string
	list    []pyValue
	members []pyMember
}

type pyMember struct {
	key string
	val pyValue
}

// str is Python's str(v).
func (v pyValue) str() string {
	if v.kind == pyPlain || v.kind == pyText {
		return v.text
	}
	var b strings.Builder
	v.repr(&b)
	return b.String()
}

// repr writes Python's repr(v).
func (v pyValue) repr(b *strings.Builder) {
	switch v.kind {
	case pyPlain:
		b.WriteString(v.text)
	case pyText:
		reprText(b, v.text)
	case pyList:
		b.WriteByte('[')
		for i, x := range v.list {
			if i > 0 {
				b.WriteString(", ")
			}
			x.repr(b)
		}
		b.WriteByte(']')
	case pyDict:
		b.WriteByte('{')
		for i, m := range v.members {
			if i > 0 {
				b.WriteString(", ")
			}
			reprText(b, m.key)
			b.WriteString(": ")
			m.val.repr(b)
		}
		b.WriteByte('}')
	}
}

// reprText quotes with ', with " when the text has only the former, and escapes what cannot be printed.
func reprText(b *strings.Builder, s string) {
	quote := '\''
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = '"'
	}
	b.WriteRune(quote)
	for _, r := range s {
		switch {
		case r == quote || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(b, `\u%04x`, r)
		default:
			fmt.Fprintf(b, `\U%08x`, r)
		}
	}
	b.WriteRune(quote)
}
