package render

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// sparkLines are the lines of the spark-sql command line: tabs between values, nothing escaped.
func sparkLines(o Options, in *Input) *lineFormat {
	f := &lineFormat{sep: '\t', style: cellStyle{null: "NULL"}}
	if o.Header && len(in.Schema.Fields) > 0 {
		f.header = []byte(strings.Join(in.Schema.Names(), "\t") + "\n")
	}
	return f
}

// csvLines are RFC 4180 lines under a header; NULL is an empty field, an empty text "".
func csvLines(_ Options, in *Input) *lineFormat {
	return &lineFormat{sep: ',', style: cellStyle{text: csvText}, header: headerLine(in, ",", csvText)}
}

// tsvLines are lines with tabs under a header, with tabs, line ends and backslashes escaped; NULL is \N.
func tsvLines(_ Options, in *Input) *lineFormat {
	return &lineFormat{sep: '\t', style: cellStyle{null: `\N`, text: tsvText}, header: headerLine(in, "\t", tsvText)}
}

func headerLine(in *Input, sep string, text func(dst, b []byte) []byte) []byte {
	var out []byte
	for i, n := range in.Schema.Names() {
		if i > 0 {
			out = append(out, sep...)
		}
		out = text(out, []byte(n))
	}
	if out != nil {
		out = append(out, '\n')
	}
	return out
}

// csvText quotes a text that holds separators, quotes or line ends, that begins with a blank, or is empty.
func csvText(dst, b []byte) []byte {
	if !csvQuotes(b) {
		return append(dst, b...)
	}
	dst = append(dst, '"')
	for {
		i := bytes.IndexByte(b, '"')
		if i < 0 {
			return append(append(dst, b...), '"')
		}
		dst = append(append(dst, b[:i+1]...), '"')
		b = b[i+1:]
	}
}

func csvQuotes(b []byte) bool {
	if len(b) == 0 || string(b) == `\.` {
		return true
	}
	for _, c := range b {
		if c == ',' || c == '"' || c == '\n' || c == '\r' {
			return true
		}
	}
	if b[0] < utf8.RuneSelf {
		return b[0] == ' ' || b[0] >= '\t' && b[0] <= '\r'
	}
	r, _ := utf8.DecodeRune(b)
	return unicode.IsSpace(r)
}

func tsvText(dst, b []byte) []byte {
	for _, c := range b {
		switch c {
		case '\\':
			dst = append(dst, `\\`...)
		case '\t':
			dst = append(dst, `\t`...)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
