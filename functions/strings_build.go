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

// maxStringBytes is the largest text that a function makes.
const maxStringBytes = 1 << 30

// longText says that a text would be longer than that.
func longText(function string, n int64) error {
	return errs.New(errs.Pos{}, "COLLECTION_SIZE_LIMIT_EXCEEDED.FUNCTION", "functionName", routine(function),
		"numberOfElements", strconv.FormatInt(n, 10), "maxRoundedArrayLength", strconv.Itoa(maxStringBytes))
}

// buildFunctions put text together.
func buildFunctions() []udfs.Def {
	intT := types.IntType
	return []udfs.Def{
		{
			Name: "concat", Group: "collection_funcs", Since: "1.5.0",
			Usage:    "concat(col1, col2, ..., colN) - Returns the texts, binaries or arrays one behind the other.",
			Examples: []udfs.Example{{SQL: "SELECT concat('Spark', 'SQL')", Out: "SparkSQL"}, {SQL: "SELECT concat(array(1, 2), array(3))", Out: "[1,2,3]"}},
			Traits:   pure, MinArgs: 0, MaxArgs: -1, Resolve: concatResolve,
		},
		{
			Name: "concat_ws", Group: "string_funcs", Since: "1.5.0",
			Usage:    "concat_ws(sep[, str | array(str)]+) - Returns the texts, and those in the arrays, with `sep` between them; NULLs are left out.",
			Examples: example("SELECT concat_ws('/', 'foo', NULL, 'bar')", "foo/bar"), Traits: udfs.Deterministic, MinArgs: 1, MaxArgs: -1,
			Resolve: concatWSResolve,
		},
		{
			Name: "lpad", Group: "string_funcs", Since: "1.5.0",
			Usage:    "lpad(str, len[, pad]) - Returns `str` filled up on the left with `pad` to `len` characters, or cut to it.",
			Args:     []udfs.Arg{param("str", "text or binary"), param("len", "characters"), optional("pad", "what is filled in", " ")},
			Examples: example("SELECT lpad('hi', 5, '??')", "???hi"), Traits: partial, MinArgs: 2, MaxArgs: 3, Resolve: padResolve(atStart),
		},
		{
			Name: "repeat", Group: "string_funcs", Since: "1.5.0",
			Usage:    "repeat(str, n) - Returns `str` `n` times.",
			Examples: example("SELECT repeat('123', 2)", "123123"), Traits: partial,
			Overloads: []udfs.Overload{sig(str, func(c *udfs.Call) error {
				n := vec.Values[int32](c.In[1])
				return live(c, func(i int) error {
					s := c.In[0].Bytes(i)
					if n[i] > 0 && int64(len(s))*int64(n[i]) > maxStringBytes {
						return longText("repeat", int64(len(s))*int64(n[i]))
					}
					c.Out.SetBytes(i, bytes.Repeat(s, max(int(n[i]), 0)))
					return nil
				})
			}, str, intT)},
		},
		{
			Name: "replace", Group: "string_funcs", Since: "2.3.0",
			Usage:    "replace(str, search[, replace]) - Replaces every `search` in `str` by `replace`.",
			Args:     []udfs.Arg{param("str", "text"), param("search", "what goes"), optional("replace", "what comes", "")},
			Examples: example("SELECT replace('ABCabc', 'abc', 'DEF')", "ABCDEF"), Traits: pure,
			Overloads: []udfs.Overload{sig(str, func(c *udfs.Call) error {
				return live(c, func(i int) error {
					s, search := c.In[0].Str(i), c.In[1].Str(i)
					if search != "" {
						s = strings.ReplaceAll(s, search, c.In[2].Str(i))
					}
					c.Out.SetStr(i, s)
					return nil
				})
			}, str, str, str)},
		},
		{
			Name: "reverse", Group: "collection_funcs", Since: "1.5.0",
			Usage:    "reverse(array) - Returns a text or an array in reverse order.",
			Examples: []udfs.Example{{SQL: "SELECT reverse('Spark SQL')", Out: "LQS krapS"}, {SQL: "SELECT reverse(array(2, 1, 4))", Out: "[4,1,2]"}},
			Traits:   pure, MinArgs: 1, MaxArgs: 1, Resolve: reverseResolve,
		},
		{
			Name: "rpad", Group: "string_funcs", Since: "1.5.0",
			Usage:    "rpad(str, len[, pad]) - Returns `str` filled up on the right with `pad` to `len` characters, or cut to it.",
			Args:     []udfs.Arg{param("str", "text or binary"), param("len", "characters"), optional("pad", "what is filled in", " ")},
			Examples: example("SELECT rpad('hi', 5, '??')", "hi???"), Traits: partial, MinArgs: 2, MaxArgs: 3, Resolve: padResolve(atEnd),
		},
	}
}

// concatResolve types concat: arrays when there is one, binary when all are, else text.
func concatResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	ts := argTypes(args)
	arrays, binary := false, len(args) > 0
	for _, t := range ts {
		arrays = arrays || t.Kind() == types.Array
		binary = binary && t.Kind() == types.Binary
	}
	if arrays {
		t, ok := coercion(ctx.Env).CommonExact(ts...)
		if !ok || t.Kind() != types.Array {
			return udfs.Binding{}, differentTypes(ctx, ctx.Name, args)
		}
		return bind(t, concatArrays, repeated(t, len(args))...), nil
	}
	t := str
	if binary {
		t = types.BinaryType
	}
	for i := range args {
		if k := args[i].Type; k.IsNested() || !types.SameType(k, t) && !coercion(ctx.Env).Implicit(k, t) && k.Kind() != types.Binary {
			return udfs.Binding{}, unexpected(ctx, args, i, `("STRING" or "BINARY" or "ARRAY")`)
		}
	}
	return bind(t, concatText, repeated(t, len(args))...), nil
}

func concatText(c *udfs.Call) error {
	var buf []byte
	return live(c, func(i int) error {
		buf = buf[:0]
		for _, v := range c.In {
			buf = append(buf, v.Bytes(i)...)
		}
		c.Out.SetBytes(i, buf)
		return nil
	})
}

func concatArrays(c *udfs.Call) error {
	return liveRows(c, func(i int) error {
		for _, v := range c.In {
			lo, hi := v.Range(i)
			for k := lo; k < hi; k++ {
				appendRow(c.Out.Kids[0], v.Kids[0], k)
			}
		}
		return nil
	})
}

func concatWSResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	in := repeated(str, len(args))
	list := types.ArrayOf(str, true)
	for i := range args {
		if i > 0 && args[i].Type.Kind() == types.Array && coercion(ctx.Env).Implicit(args[i].Type, list) {
			in[i] = list
		} else if !coercion(ctx.Env).Implicit(args[i].Type, str) {
			required := `("STRING" or "ARRAY<STRING>")`
			if i == 0 {
				required = `"STRING"`
			}
			return udfs.Binding{}, unexpected(ctx, args, i, required)
		}
	}
	b := bind(str, concatWS, in...)
	b.Nullable = args[0].Nullable
	return b, nil
}

func concatWS(c *udfs.Call) error {
	var buf []byte
	return c.Each(func(i int) error {
		if c.In[0].IsNull(i) {
			c.Out.SetNull(i)
			return nil
		}
		buf = buf[:0]
		sep, first := c.In[0].Bytes(i), true
		add := func(b []byte) {
			if !first {
				buf = append(buf, sep...)
			}
			buf, first = append(buf, b...), false
		}
		for _, v := range c.In[1:] {
			switch {
			case v.IsNull(i):
			case v.Type.Kind() == types.Array:
				lo, hi := v.Range(i)
				for k := lo; k < hi; k++ {
					if e, at := v.Kids[0].At(k); !v.Kids[0].IsNull(k) {
						add(e.Bytes(at))
					}
				}
			default:
				add(v.Bytes(i))
			}
		}
		c.Out.SetBytes(i, buf)
		return nil
	})
}

func padResolve(end trimEnds) func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
	return func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
		defaultPad := len(args) == 3 && args[2].Literal && args[2].Type == str && args[2].Value == " " && args[2].Pos == ctx.Env.Pos
		t := str
		if args[0].Type == types.BinaryType && (defaultPad || args[2].Type == types.BinaryType) {
			t = types.BinaryType
		}
		for _, i := range []int{0, 2} {
			if k := args[i].Type; k != types.BinaryType && !coercion(ctx.Env).Implicit(k, str) {
				return udfs.Binding{}, unexpected(ctx, args, i, `("STRING" or "BINARY")`)
			}
		}
		if _, err := accept(ctx, args, 1, types.IntType); err != nil {
			return udfs.Binding{}, err
		}
		zeros := t == types.BinaryType && defaultPad
		b := bind(t, padKernel(end, zeros), t, types.IntType, t)
		if zeros {
			b.Pretty = func(s []string) string { return ctx.Name + "(" + s[0] + ", " + s[1] + ", X'00')" }
		}
		return b, nil
	}
}

// padKernel fills up; zeros says that binary is filled with zero bytes.
func padKernel(end trimEnds, zeros bool) udfs.Kernel {
	return func(c *udfs.Call) error {
		size := vec.Values[int32](c.In[1])
		count, prefix := charCount, charPrefix
		if c.Out.Type == types.BinaryType {
			count, prefix = func(b []byte) int { return len(b) }, bytePrefix
		}
		var buf []byte
		return live(c, func(i int) error {
			s, pad, n := c.In[0].Bytes(i), c.In[2].Bytes(i), int(size[i])
			if zeros {
				pad = []byte{0}
			}
			if n > maxStringBytes/4 {
				return longText("pad", int64(n))
			}
			missing := n - count(s)
			if missing <= 0 || len(pad) == 0 {
				c.Out.SetBytes(i, prefix(s, n))
				return nil
			}
			buf = buf[:0]
			if end == atEnd {
				buf = append(buf, s...)
			}
			for w := count(pad); missing >= w; missing -= w {
				buf = append(buf, pad...)
			}
			buf = append(buf, prefix(pad, missing)...)
			if end == atStart {
				buf = append(buf, s...)
			}
			c.Out.SetBytes(i, buf)
			return nil
		})
	}
}

func reverseResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	if t := args[0].Type; t.Kind() == types.Array {
		return bind(t, func(c *udfs.Call) error {
			return liveRows(c, func(i int) error {
				lo, hi := c.In[0].Range(i)
				for k := hi - 1; k >= lo; k-- {
					appendRow(c.Out.Kids[0], c.In[0].Kids[0], k)
				}
				return nil
			})
		}, t), nil
	}
	if !coercion(ctx.Env).Implicit(args[0].Type, str) {
		return udfs.Binding{}, unexpected(ctx, args, 0, `("STRING" or "ARRAY")`)
	}
	return bind(str, func(c *udfs.Call) error {
		return live(c, func(i int) error {
			c.Out.SetStr(i, reverseText(c.In[0].Str(i)))
			return nil
		})
	}, str), nil
}

func reverseText(s string) string {
	out, at := make([]byte, len(s)), len(s)
	for i := 0; i < len(s); {
		_, n := utf8.DecodeRuneInString(s[i:])
		at -= n
		copy(out[at:], s[i:i+n])
		i += n
	}
	return string(out)
}
