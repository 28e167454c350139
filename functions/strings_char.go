package functions

import (
	"strings"
	"unicode/utf8"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// charFunctions work on single characters.
func charFunctions() []udfs.Def {
	return []udfs.Def{
		{
			Name: "ascii", Group: "string_funcs", Since: "1.5.0",
			Usage:    "ascii(str) - Returns the code of the first character of `str`, 0 when it is empty.",
			Examples: example("SELECT ascii('222')", "50"), Traits: pure,
			Overloads: []udfs.Overload{sig(types.IntType, func(c *udfs.Call) error {
				return StrTo1(c, func(s string) int32 {
					if s == "" {
						return 0
					}
					r, _ := utf8.DecodeRuneInString(s)
					return r
				})
			}, str)},
		},
		{
			Name: "chr", Aliases: []string{"char"}, Group: "string_funcs", Since: "2.3.0",
			Usage:    "chr(expr) - Returns the character of code `expr` modulo 256; '' when it is negative.",
			Examples: example("SELECT chr(65)", "A"), Traits: pure,
			Overloads: []udfs.Overload{sig(str, func(c *udfs.Call) error {
				n := vec.Values[int64](c.In[0])
				return live(c, func(i int) error {
					if n[i] >= 0 {
						c.Out.SetStr(i, string(rune(n[i]&0xff)))
					}
					return nil
				})
			}, types.BigIntType)},
		},
		{
			Name: "space", Group: "string_funcs", Since: "1.5.0",
			Usage:    "space(n) - Returns `n` blanks.",
			Examples: example("SELECT concat(space(2), '1')", "  1"), Traits: partial,
			Overloads: []udfs.Overload{sig(str, func(c *udfs.Call) error {
				n := vec.Values[int32](c.In[0])
				return live(c, func(i int) error {
					if n[i] > maxStringBytes {
						return longText("space", int64(n[i]))
					}
					c.Out.SetStr(i, strings.Repeat(" ", max(int(n[i]), 0)))
					return nil
				})
			}, types.IntType)},
		},
		{
			Name: "translate", Group: "string_funcs", Since: "1.5.0",
			Usage:    "translate(input, from, to) - Replaces each character of `input` that is in `from` by the one at its place in `to`; without one it goes.",
			Examples: example("SELECT translate('AaBbCc', 'abc', '123')", "A1B2C3"), Traits: pure,
			Overloads: []udfs.Overload{sig(str, func(c *udfs.Call) error {
				return live(c, func(i int) error {
					c.Out.SetStr(i, translate(c.In[0].Str(i), c.In[1].Str(i), c.In[2].Str(i)))
					return nil
				})
			}, str, str, str)},
		},
	}
}

// translate maps the characters of s that are in from to those at their places in to.
func translate(s, from, to string) string {
	target := []rune(to)
	moves := make(map[rune]rune, len(from))
	k := 0
	for _, r := range from {
		if _, seen := moves[r]; !seen {
			moves[r] = -1
			if k < len(target) {
				moves[r] = target[k]
			}
		}
		k++
	}
	return strings.Map(func(r rune) rune {
		if t, ok := moves[r]; ok {
			return t
		}
		return r
	}, s)
}
