package functions

import (
	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

func bitOperators() []udfs.Def {
	var out []udfs.Def
	for _, o := range []struct{ name, word, sql, result string }{
		{"&", "AND", "SELECT 3 & 5", "1"}, {"^", "exclusive OR", "SELECT 3 ^ 5", "6"}, {"|", "OR", "SELECT 3 | 5", "7"},
	} {
		out = append(out, udfs.Def{Name: o.name, Group: "bitwise_funcs", Since: "1.4.0", Traits: compareTraits | udfs.Commutative, MinArgs: 2, MaxArgs: 2,
			Usage:    "expr1 " + o.name + " expr2 - Returns the bitwise " + o.word + " of `expr1` and `expr2`.",
			Examples: []udfs.Example{{SQL: o.sql, Out: o.result}}, Pretty: infix(o.name), Resolve: resolveBits(o.name)})
	}
	for _, o := range []struct{ name, alias, usage, sql, result string }{
		{"<<", "shiftleft", "shifted left", "SELECT 2 << 1", "4"},
		{">>", "shiftright", "shifted right, keeping the sign,", "SELECT 4 >> 1", "2"},
		{">>>", "shiftrightunsigned", "shifted right, filling with zeros,", "SELECT 4 >>> 1", "2"},
	} {
		for _, name := range []string{o.name, o.alias} {
			d := udfs.Def{Name: name, Group: "bitwise_funcs", Since: "1.5.0", Traits: compareTraits, MinArgs: 2, MaxArgs: 2,
				Usage:    name + " - Returns the first argument " + o.usage + " by the second.",
				Examples: []udfs.Example{{SQL: o.sql, Out: o.result}}, Resolve: resolveShift(o.name)}
			if name == o.name {
				d.Pretty = infix(name)
			}
			out = append(out, d)
		}
	}
	return append(out, udfs.Def{Name: "~", Group: "bitwise_funcs", Since: "1.4.0", Traits: compareTraits, MinArgs: 1, MaxArgs: 1,
		Usage:    "~ expr - Returns the bitwise NOT of `expr`.",
		Examples: []udfs.Example{{SQL: "SELECT ~ 0", Out: "-1"}},
		Pretty:   func(a []string) string { return "~" + a[0] }, Resolve: resolveBits("~")})
}

func resolveBits(op string) func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
	return func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
		t := args[0].Type
		if len(args) == 2 {
			a, b := args[0].Type, args[1].Type
			if a.IsString() != b.IsString() && ctx.Env.ANSI {
				a, b = promoteOperand(coercion(ctx.Env), a, b)
			}
			var ok bool
			if t, ok = coercion(ctx.Env).Tightest(a, b); !ok {
				return udfs.Binding{}, mismatch(ctx, "BINARY_OP_DIFF_TYPES", "left", typeParam(args[0].Type), "right", typeParam(args[1].Type))
			}
		}
		if t.Kind() == types.Null {
			t = types.IntType
		}
		if !t.IsIntegral() {
			if len(args) == 1 {
				return udfs.Binding{}, unexpected(ctx, args, 0, `"INTEGRAL"`)
			}
			return udfs.Binding{}, mismatch(ctx, "BINARY_OP_WRONG_TYPE", "inputType", `"INTEGRAL"`, "actualDataType", typeParam(t))
		}
		return udfs.Binding{In: repeated(t, len(args)), Out: t, New: fixed(bitKernel(t, op))}, nil
	}
}

func bitKernel(t types.Type, op string) udfs.Kernel {
	switch t.Kind() {
	case types.TinyInt:
		return bitsOf[int8](op)
	case types.SmallInt:
		return bitsOf[int16](op)
	case types.Int:
		return bitsOf[int32](op)
	}
	return bitsOf[int64](op)
}

func bitsOf[T integer](op string) udfs.Kernel {
	switch op {
	case "&":
		return func(c *udfs.Call) error { return Map2(c, func(a, b T) T { return a & b }) }
	case "|":
		return func(c *udfs.Call) error { return Map2(c, func(a, b T) T { return a | b }) }
	case "^":
		return func(c *udfs.Call) error { return Map2(c, func(a, b T) T { return a ^ b }) }
	}
	return func(c *udfs.Call) error { return Map1(c, func(a T) T { return ^a }) }
}

func resolveShift(op string) func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
	return func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
		t := types.IntType
		if args[0].Type.Kind() == types.BigInt {
			t = types.BigIntType
		} else if !coercion(ctx.Env).Implicit(args[0].Type, types.IntType) {
			return udfs.Binding{}, unexpected(ctx, args, 0, `("INT" or "BIGINT")`)
		}
		if !coercion(ctx.Env).Implicit(args[1].Type, types.IntType) {
			return udfs.Binding{}, unexpected(ctx, args, 1, `"INT"`)
		}
		k := shiftKernel[int32, uint32](op, 31)
		if t == types.BigIntType {
			k = shiftKernel[int64, uint64](op, 63)
		}
		return udfs.Binding{In: []types.Type{t, types.IntType}, Out: t, New: fixed(k)}, nil
	}
}

// shiftKernel shifts by the low bits of the second operand, as the JVM does.
func shiftKernel[T integer, U uint32 | uint64](op string, mask int32) udfs.Kernel {
	f := func(a T, b int32) T { return a << (b & mask) }
	switch op {
	case ">>":
		f = func(a T, b int32) T { return a >> (b & mask) }
	case ">>>":
		f = func(a T, b int32) T { return T(U(a) >> (b & mask)) }
	}
	return func(c *udfs.Call) error {
		a, b, out := vec.Values[T](c.In[0]), vec.Values[int32](c.In[1]), vec.Values[T](c.Out)
		return c.Each(func(i int) error { out[i] = f(a[i], b[i]); return nil })
	}
}
