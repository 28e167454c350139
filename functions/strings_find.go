package functions

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// findFunctions look for text in text and measure it.
func findFunctions() []udfs.Def {
	intT, boolT, binT := types.IntType, types.BooleanType, types.BinaryType
	within := func(name, since, usage, sql, out string, f func(a, b []byte) bool) udfs.Def {
		k := func(c *udfs.Call) error {
			res, a, b := vec.Values[bool](c.Out), c.In[0], c.In[1]
			return c.Each(func(i int) error {
				res[i] = f(a.Bytes(i), b.Bytes(i))
				return nil
			})
		}
		return udfs.Def{Name: name, Group: "string_funcs", Since: since, Usage: name + usage, Examples: example(sql, out),
			Traits: pure, Overloads: []udfs.Overload{sig(boolT, k, str, str), sig(boolT, k, binT, binT)}}
	}
	size := func(name string, aliases []string, since, usage, sql, out string, f func(c *vec.Vec, i int) int) udfs.Def {
		k := func(c *udfs.Call) error {
			res := vec.Values[int32](c.Out)
			return c.Each(func(i int) error {
				res[i] = int32(f(c.In[0], i))
				return nil
			})
		}
		return udfs.Def{Name: name, Aliases: aliases, Group: "string_funcs", Since: since, Usage: name + usage, Examples: example(sql, out),
			Traits: pure, Overloads: []udfs.Overload{sig(intT, k, str), sig(intT, k, binT)}}
	}
	return []udfs.Def{
		size("bit_length", nil, "2.3.0", "(expr) - Returns the length of text or binary in bits.", "SELECT bit_length('Spark SQL')", "72",
			func(v *vec.Vec, i int) int { return 8 * len(v.Bytes(i)) }),
		within("contains", "3.3.0", "(left, right) - Tells whether `left` holds `right`.", "SELECT contains('Spark SQL', 'SQL')", "true", bytes.Contains),
		{
			Name: "elt", Group: "string_funcs", Since: "2.0.0",
			Usage:    "elt(n, input1, input2, ...) - Returns the `n`th of the inputs.",
			Examples: example("SELECT elt(1, 'scala', 'java')", "scala"), Traits: udfs.Deterministic | udfs.Fallible, MinArgs: 2, MaxArgs: -1,
			Resolve: eltResolve,
		},
		within("endswith", "3.3.0", "(left, right) - Tells whether `left` ends with `right`.", "SELECT endswith('Spark SQL', 'SQL')", "true", hasSuffix),
		{
			Name: "find_in_set", Group: "string_funcs", Since: "1.5.0",
			Usage:    "find_in_set(str, list) - Returns the place from 1 of `str` among the parts of `list`, which commas separate; 0 when it is not there or holds a comma.",
			Examples: example("SELECT find_in_set('ab', 'abc,b,ab,c,def')", "3"), Traits: pure,
			Overloads: []udfs.Overload{sig(intT, func(c *udfs.Call) error { return StrTo2(c, findInSet) }, str, str)},
		},
		{
			Name: "instr", Group: "string_funcs", Since: "1.5.0",
			Usage:    "instr(str, substr) - Returns the place from 1 of the first `substr` in `str`, 0 when there is none.",
			Examples: example("SELECT instr('SparkSQL', 'SQL')", "6"), Traits: pure,
			Overloads: []udfs.Overload{sig(intT, func(c *udfs.Call) error {
				return StrTo2(c, func(s, sub string) int32 { return locate(sub, s, 1) })
			}, str, str)},
		},
		size("length", []string{"char_length", "character_length", "len"}, "1.5.0",
			"(expr) - Returns the number of characters of text, of bytes of binary.", "SELECT length('Spark SQL ')", "10",
			func(v *vec.Vec, i int) int {
				if v.Type.IsString() {
					return charCount(v.Bytes(i))
				}
				return len(v.Bytes(i))
			}),
		{
			Name: "levenshtein", Group: "string_funcs", Since: "1.5.0",
			Usage:    "levenshtein(str1, str2[, threshold]) - Returns how many characters must change to make one text of the other; -1 when more than `threshold`.",
			Examples: example("SELECT levenshtein('kitten', 'sitting')", "3"), Traits: pure,
			Overloads: []udfs.Overload{
				sig(intT, func(c *udfs.Call) error {
					return StrTo2(c, func(a, b string) int32 { return int32(levenshtein([]rune(a), []rune(b))) })
				}, str, str),
				sig(intT, func(c *udfs.Call) error {
					limit, out := vec.Values[int32](c.In[2]), vec.Values[int32](c.Out)
					return live(c, func(i int) error {
						if out[i] = int32(levenshtein([]rune(c.In[0].Str(i)), []rune(c.In[1].Str(i)))); out[i] > limit[i] {
							out[i] = -1
						}
						return nil
					})
				}, str, str, intT),
			},
		},
		{
			Name: "locate", Aliases: []string{"position"}, Group: "string_funcs", Since: "1.5.0",
			Usage:    "locate(substr, str[, pos]) - Returns the place from 1 of the first `substr` in `str` from place `pos` on, 0 when there is none.",
			Args:     []udfs.Arg{param("substr", "what is looked for"), param("str", "text"), optional("pos", "from 1", int32(1))},
			Examples: example("SELECT locate('bar', 'foobarbar', 5)", "7"), Traits: udfs.Deterministic,
			Overloads: []udfs.Overload{sig(intT, locateKernel, str, str, intT)},
		},
		size("octet_length", nil, "2.3.0", "(expr) - Returns the length of text or binary in bytes.", "SELECT octet_length('Spark SQL')", "9",
			func(v *vec.Vec, i int) int { return len(v.Bytes(i)) }),
		within("startswith", "3.3.0", "(left, right) - Tells whether `left` begins with `right`.", "SELECT startswith('Spark SQL', 'Spark')", "true", hasPrefix),
	}
}

// locateKernel is not strict: a NULL place gives 0.
func locateKernel(c *udfs.Call) error {
	pos, out := vec.Values[int32](c.In[2]), vec.Values[int32](c.Out)
	return c.Each(func(i int) error {
		switch {
		case c.In[2].IsNull(i):
			out[i] = 0
		case c.In[0].IsNull(i) || c.In[1].IsNull(i):
			c.Out.SetNull(i)
		default:
			out[i] = locate(c.In[0].Str(i), c.In[1].Str(i), int(pos[i]))
		}
		return nil
	})
}

// locate is the place, in characters from 1, of sub in s from place pos on; 0 for none.
func locate(sub, s string, pos int) int32 {
	if pos < 1 {
		return 0
	}
	b := []byte(nil)
	from := 0
	if pos > 1 {
		b = []byte(s)
		if from = charOffset(b, pos-1); from == len(s) && charCount(b) < pos-1 {
			return 0
		}
	}
	k := strings.Index(s[from:], sub)
	if k < 0 {
		return 0
	}
	return int32(pos + utf8.RuneCountInString(s[from:from+k]))
}

func findInSet(s, list string) int32 {
	if strings.Contains(s, ",") {
		return 0
	}
	for n := int32(1); ; n++ {
		part, rest, more := strings.Cut(list, ",")
		if part == s {
			return n
		}
		if !more {
			return 0
		}
		list = rest
	}
}

func levenshtein(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diag := row[0]
		row[0] = i + 1
		for j := range b {
			cost := diag
			if a[i] != b[j] {
				cost = 1 + min(diag, row[j], row[j+1])
			}
			diag, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

// eltResolve types elt: binary when all inputs are, else text. Only the input that is chosen may be NULL.
func eltResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	if _, err := accept(ctx, args, 0, types.IntType); err != nil {
		return udfs.Binding{}, err
	}
	t := types.BinaryType
	for _, a := range args[1:] {
		if a.Type.Kind() != types.Binary {
			t = str
		}
	}
	for i := range args[1:] {
		if !coercion(ctx.Env).Implicit(args[i+1].Type, t) {
			return udfs.Binding{}, unexpected(ctx, args, i+1, `"STRING" or "BINARY"`)
		}
	}
	in := repeated(t, len(args))
	in[0] = types.IntType
	k := func(c *udfs.Call) error {
		n := vec.Values[int32](c.In[0])
		return c.Each(func(i int) error {
			if c.In[0].IsNull(i) {
				c.Out.SetNull(i)
				return nil
			}
			at := int(n[i])
			if at < 1 || at >= len(c.In) {
				if c.Env != nil && !c.Env.ANSI {
					c.Out.SetNull(i)
					return nil
				}
				return errs.New(c.Env.Pos, "INVALID_ARRAY_INDEX", "indexValue", strconv.Itoa(at), "arraySize", strconv.Itoa(len(c.In)-1), "ansiConfig", ansiConfig)
			}
			if c.In[at].IsNull(i) {
				c.Out.SetNull(i)
			} else {
				c.Out.SetBytes(i, c.In[at].Bytes(i))
			}
			return nil
		})
	}
	return nullable(bind(t, k, in...)), nil
}
