package functions

import (
	"strings"
	"unicode"

	"sparksql/sql/types"
	"sparksql/udfs"
)

// maskFunctions are odds and ends on text: masks, check digits, sounds, sentences.
func maskFunctions() []udfs.Def {
	return []udfs.Def{
		{
			Name: "luhn_check", Group: "string_funcs", Since: "3.5.0",
			Usage:    "luhn_check(str) - Tells whether the digits of `str` pass Luhn's check.",
			Examples: example("SELECT luhn_check('8112189876')", "true"), Traits: pure,
			Overloads: []udfs.Overload{sig(types.BooleanType, func(c *udfs.Call) error { return StrTo1(c, luhn) }, str)},
		},
		{
			Name: "mask", Group: "string_funcs", Since: "3.4.0",
			Usage: "mask(input[, upperChar, lowerChar, digitChar, otherChar]) - Replaces letters and digits by the given characters; NULL leaves the kind as it is.",
			Args: []udfs.Arg{param("str", "text"), optional("upperChar", "for upper-case letters", "X"), optional("lowerChar", "for lower-case letters", "x"),
				optional("digitChar", "for digits", "n"), optional("otherChar", "for the rest", nil)},
			Examples: example("SELECT mask('AbCD123-@$#')", "XxXXnnn-@$#"), Traits: udfs.Deterministic, MinArgs: 1, MaxArgs: 5, Resolve: maskResolve,
		},
		{
			Name: "sentences", Group: "string_funcs", Since: "2.0.0",
			Usage:    "sentences(str[, lang[, country]]) - Returns the words of the sentences of `str`, an array for each sentence.",
			Args:     []udfs.Arg{param("str", "text"), optional("lang", "language", ""), optional("country", "country", "")},
			Examples: example("SELECT sentences('Hi there! Good morning.')", `[["Hi","there"],["Good","morning"]]`), Traits: udfs.Deterministic,
			MinArgs: 1, MaxArgs: 3,
			Resolve: func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
				for i := range args {
					if _, err := accept(ctx, args, i, str); err != nil {
						return udfs.Binding{}, err
					}
				}
				b := bind(types.ArrayOf(types.ArrayOf(str, false), false), boxed(func(a []any) (any, error) {
					if a[0] == nil {
						return nil, nil
					}
					return sentences(a[0].(string)), nil
				}), repeated(str, len(args))...)
				b.Nullable = args[0].Nullable
				return b, nil
			},
		},
		{
			Name: "soundex", Group: "string_funcs", Since: "1.5.0",
			Usage:    "soundex(str) - Returns the Soundex code of `str`.",
			Examples: example("SELECT soundex('Miller')", "M460"), Traits: pure,
			Overloads: []udfs.Overload{sig(str, func(c *udfs.Call) error { return StrMap1(c, soundex) }, str)},
		},
	}
}

func luhn(s string) bool {
	if s == "" {
		return false
	}
	sum, double := 0, false
	for i := len(s) - 1; i >= 0; i-- {
		d := int(s[i]) - '0'
		if d < 0 || d > 9 {
			return false
		}
		if double {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
		double = !double
	}
	return sum%10 == 0
}

func maskResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	for i := range args {
		if _, err := accept(ctx, args, i, str); err != nil {
			return udfs.Binding{}, err
		}
		if i == 0 {
			continue
		}
		if !args[i].Const {
			return udfs.Binding{}, mismatch(ctx, "NON_FOLDABLE_INPUT", "inputName", "`"+[]string{"", "upperChar", "lowerChar", "digitChar", "otherChar"}[i]+"`",
				"inputType", `"STRING"`, "inputExpr", quoted(args[i].SQL))
		}
		if v, ok := args[i].Value.(string); ok && len([]rune(v)) != 1 {
			return udfs.Binding{}, mismatch(ctx, "INPUT_SIZE_NOT_ONE", "exprName", []string{"", "upperChar", "lowerChar", "digitChar", "otherChar"}[i])
		}
	}
	b := bind(str, func(c *udfs.Call) error {
		return c.Each(func(i int) error {
			if c.In[0].IsNull(i) {
				c.Out.SetNull(i)
				return nil
			}
			by := func(k int, r rune) rune {
				if k >= len(c.In) || c.In[k].IsNull(i) {
					return r
				}
				return []rune(c.In[k].Str(i))[0]
			}
			c.Out.SetStr(i, strings.Map(func(r rune) rune {
				switch {
				case unicode.IsUpper(r):
					return by(1, r)
				case unicode.IsLower(r):
					return by(2, r)
				case unicode.IsDigit(r):
					return by(3, r)
				}
				return by(4, r)
			}, c.In[0].Str(i)))
			return nil
		})
	}, repeated(str, len(args))...)
	b.Nullable = args[0].Nullable
	return b, nil
}

// soundex keeps the first letter and three digits; text that begins with no letter stays as it is.
func soundex(s string) string {
	const code = "01230127022455012623017202" // 7: h and w, which do not part equal codes
	if s == "" || !isLetter(s[0]) {
		return s
	}
	out := []byte{upperByte(s[0])}
	last := code[out[0]-'A']
	for i := 1; i < len(s) && len(out) < 4; i++ {
		c := upperByte(s[i])
		if c < 'A' || c > 'Z' {
			last = '0'
			continue
		}
		k := code[c-'A']
		if k == '7' {
			continue
		}
		if k != '0' && k != last {
			out = append(out, k)
		}
		last = k
	}
	for len(out) < 4 {
		out = append(out, '0')
	}
	return string(out)
}

// sentences splits at . ! ? that blanks or the end follow, and sentences into words of letters and digits.
func sentences(s string) []any {
	out := []any{}
	words := []any{}
	var word []rune
	flush := func() {
		if len(word) > 0 {
			words = append(words, strings.Trim(string(word), "'"))
			word = word[:0]
		}
	}
	rs := []rune(s)
	for i, r := range rs {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) || r == '_',
			(r == '\'' || r == '.' || r == ',') && len(word) > 0 && i+1 < len(rs) && (unicode.IsLetter(rs[i+1]) || unicode.IsDigit(rs[i+1])):
			word = append(word, r)
			continue
		}
		flush()
		if (r == '.' || r == '!' || r == '?') && (i+1 == len(rs) || unicode.IsSpace(rs[i+1])) && len(words) > 0 {
			out, words = append(out, words), []any{}
		}
	}
	flush()
	if len(words) > 0 {
		out = append(out, words)
	}
	return out
}
