package functions

import (
	"strings"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"sparksql/sql/types"
	"sparksql/udfs"
)

var str = types.StringType

// caseFunctions change the case of text, with Unicode's full mappings: 'ß' becomes 'SS', a final sigma 'ς'.
func caseFunctions() []udfs.Def {
	return []udfs.Def{
		{
			Name: "initcap", Group: "string_funcs", Since: "1.5.0",
			Usage:    "initcap(str) - Returns `str` with the first letter of each word in upper case and the others in lower case; words are separated by blanks.",
			Examples: example("SELECT initcap('sPark sql')", "Spark Sql"), Traits: pure,
			Overloads: []udfs.Overload{{In: []types.Type{str}, Out: str, New: caseKernel(newInitcap)}},
		},
		{
			Name: "lower", Aliases: []string{"lcase"}, Group: "string_funcs", Since: "1.0.1",
			Usage:    "lower(str) - Returns `str` in lower case.",
			Examples: example("SELECT lower('SparkSql')", "sparksql"), Traits: pure,
			Overloads: []udfs.Overload{{In: []types.Type{str}, Out: str, New: caseKernel(newLower)}},
		},
		{
			Name: "upper", Aliases: []string{"ucase"}, Group: "string_funcs", Since: "1.0.1",
			Usage:    "upper(str) - Returns `str` in upper case.",
			Examples: example("SELECT upper('SparkSql')", "SPARKSQL"), Traits: pure,
			Overloads: []udfs.Overload{{In: []types.Type{str}, Out: str, New: caseKernel(newUpper)}},
		},
	}
}

// caseKernel makes a kernel of a converter that has an ASCII form, which fills a buffer, and a full one.
func caseKernel(make func() (ascii func(dst, src []byte), full func(string) string)) func(*udfs.Env) (udfs.Kernel, error) {
	return func(*udfs.Env) (udfs.Kernel, error) {
		ascii, full := make()
		var buf []byte
		return func(c *udfs.Call) error {
			in, out := c.In[0], c.Out
			return c.Each(func(i int) error {
				b := in.Bytes(i)
				if !isASCII(b) {
					out.SetStr(i, full(unsafe.String(unsafe.SliceData(b), len(b))))
					return nil
				}
				if cap(buf) < len(b) {
					buf = append(buf[:0], b...)
				}
				buf = buf[:len(b)]
				ascii(buf, b)
				out.SetBytes(i, buf)
				return nil
			})
		}, nil
	}
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func lowerByte(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func upperByte(c byte) byte {
	if 'a' <= c && c <= 'z' {
		return c - ('a' - 'A')
	}
	return c
}

func newLower() (func(dst, src []byte), func(string) string) {
	c := cases.Lower(language.Und)
	return func(dst, src []byte) {
		for i, b := range src {
			dst[i] = lowerByte(b)
		}
	}, c.String
}

func newUpper() (func(dst, src []byte), func(string) string) {
	c := cases.Upper(language.Und)
	return func(dst, src []byte) {
		for i, b := range src {
			dst[i] = upperByte(b)
		}
	}, c.String
}

func newInitcap() (func(dst, src []byte), func(string) string) {
	lower, title := cases.Lower(language.Und), cases.Title(language.Und, cases.NoLower)
	return func(dst, src []byte) {
			start := true
			for i, b := range src {
				if dst[i] = lowerByte(b); start {
					dst[i] = upperByte(b)
				}
				start = b == ' '
			}
		}, func(s string) string {
			words := strings.Split(s, " ")
			for i, w := range words {
				_, n := utf8.DecodeRuneInString(w)
				if n == 0 {
					continue
				}
				rest := strings.TrimPrefix(lower.String(w), lower.String(w[:n]))
				words[i] = title.String(w[:n]) + rest
			}
			return strings.Join(words, " ")
		}
}
