package functions

import (
	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

func conditionalFunctions() []udfs.Def {
	return []udfs.Def{
		{Name: "coalesce", Group: "conditional_funcs", Since: "1.0.0", Traits: udfs.Deterministic, MinArgs: 1, MaxArgs: -1,
			Usage:    "coalesce(expr1, expr2, ...) - Returns the first argument that is not NULL, NULL when there is none.",
			Examples: []udfs.Example{{SQL: "SELECT coalesce(NULL, 1, NULL)", Out: "1"}},
			Resolve:  resolveCoalesce},
		{Name: "greatest", Group: "math_funcs", Since: "1.5.0", Traits: udfs.Deterministic, MinArgs: 2, MaxArgs: -1,
			Usage:    "greatest(expr, ...) - Returns the greatest of its arguments, leaving out NULLs.",
			Examples: []udfs.Example{{SQL: "SELECT greatest(10, 9, 2, 4, 3)", Out: "10"}},
			Resolve:  resolveExtreme("greatest", 1)},
		{Name: "if", Group: "conditional_funcs", Since: "1.0.0", Traits: udfs.Deterministic, MinArgs: 3, MaxArgs: 3,
			Usage:    "if(expr1, expr2, expr3) - Returns `expr2` if `expr1` is true, otherwise `expr3`.",
			Examples: []udfs.Example{{SQL: "SELECT if(1 < 2, 'a', 'b')", Out: "a"}},
			Pretty:   func(a []string) string { return "(IF(" + a[0] + ", " + a[1] + ", " + a[2] + "))" }, Resolve: resolveIf},
		{Name: "ifnull", Group: "conditional_funcs", Since: "2.0.0", Traits: udfs.Deterministic, MinArgs: 2, MaxArgs: 2,
			Usage:    "ifnull(expr1, expr2) - Returns `expr2` if `expr1` is NULL, otherwise `expr1`.",
			Examples: []udfs.Example{{SQL: "SELECT ifnull(NULL, 'x')", Out: "x"}},
			Resolve:  resolveCoalesce},
		{Name: "least", Group: "math_funcs", Since: "1.5.0", Traits: udfs.Deterministic, MinArgs: 2, MaxArgs: -1,
			Usage:    "least(expr, ...) - Returns the least of its arguments, leaving out NULLs.",
			Examples: []udfs.Example{{SQL: "SELECT least(10, 9, 2, 4, 3)", Out: "2"}},
			Resolve:  resolveExtreme("least", -1)},
		{Name: "nanvl", Group: "conditional_funcs", Since: "1.5.0", Traits: udfs.Deterministic, MinArgs: 2, MaxArgs: 2,
			Usage:    "nanvl(expr1, expr2) - Returns `expr1` if it is not NaN, otherwise `expr2`.",
			Examples: []udfs.Example{{SQL: "SELECT nanvl(cast('NaN' as double), 123)", Out: "123.0"}},
			Overloads: []udfs.Overload{
				{In: []types.Type{types.DoubleType, types.DoubleType}, Out: types.DoubleType, Nullable: true, Kernel: nanvl[float64]},
				{In: []types.Type{types.FloatType, types.FloatType}, Out: types.FloatType, Nullable: true, Kernel: nanvl[float32]}}},
		{Name: "nullif", Group: "conditional_funcs", Since: "2.0.0", Traits: udfs.Deterministic, MinArgs: 2, MaxArgs: 2,
			Usage:    "nullif(expr1, expr2) - Returns NULL if `expr1` equals `expr2`, otherwise `expr1`.",
			Examples: []udfs.Example{{SQL: "SELECT nullif(2, 2)", Out: "NULL"}},
			Resolve:  resolveNullIf},
		{Name: "nullifzero", Group: "conditional_funcs", Since: "4.0.0", Traits: udfs.Deterministic, MinArgs: 1, MaxArgs: 1,
			Usage:    "nullifzero(expr) - Returns NULL if `expr` is 0, otherwise `expr`.",
			Examples: []udfs.Example{{SQL: "SELECT nullifzero(0)", Out: "NULL"}, {SQL: "SELECT nullifzero(2)", Out: "2"}},
			Resolve: func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
				b, err := resolveNullIf(ctx, append(args[:1:1], zeroArg))
				return hideArg(b, 0, 1), err
			}},
		{Name: "nvl", Group: "conditional_funcs", Since: "2.0.0", Traits: udfs.Deterministic, MinArgs: 2, MaxArgs: 2,
			Usage:    "nvl(expr1, expr2) - Returns `expr2` if `expr1` is NULL, otherwise `expr1`.",
			Examples: []udfs.Example{{SQL: "SELECT nvl(NULL, 'x')", Out: "x"}},
			Resolve:  resolveCoalesce},
		{Name: "nvl2", Group: "conditional_funcs", Since: "2.0.0", Traits: udfs.Deterministic, MinArgs: 3, MaxArgs: 3,
			Usage:    "nvl2(expr1, expr2, expr3) - Returns `expr2` if `expr1` is not NULL, otherwise `expr3`.",
			Examples: []udfs.Example{{SQL: "SELECT nvl2(NULL, 2, 1)", Out: "1"}},
			Resolve:  resolveNvl2},
		{Name: "when", Aliases: []string{"case"}, Group: "conditional_funcs", Since: "1.0.1", Traits: udfs.Deterministic, MinArgs: 2, MaxArgs: -1,
			Usage:    "CASE WHEN expr1 THEN expr2 [WHEN expr3 THEN expr4]* [ELSE expr5] END - Returns the value after the first condition that is true.",
			Examples: []udfs.Example{{SQL: "SELECT CASE WHEN 1 > 0 THEN 1 WHEN 2 > 0 THEN 2.0 ELSE 1.2 END", Out: "1.0"}},
			Pretty:   prettyCase, Resolve: resolveCase},
		{Name: "zeroifnull", Group: "conditional_funcs", Since: "4.0.0", Traits: udfs.Deterministic, MinArgs: 1, MaxArgs: 1,
			Usage:    "zeroifnull(expr) - Returns 0 if `expr` is NULL, otherwise `expr`.",
			Examples: []udfs.Example{{SQL: "SELECT zeroifnull(NULL)", Out: "0"}, {SQL: "SELECT zeroifnull(2)", Out: "2"}},
			Resolve:  resolveZeroIfNull},
	}
}

// zeroArg is the constant 0.
var zeroArg = udfs.ArgInfo{Type: types.IntType, Const: true, Literal: true, Value: int32(0), SQL: "0"}

// hideArg turns a binding of two arguments into one of one: the other is the constant 0.
func hideArg(b udfs.Binding, keep, hide int) udfs.Binding {
	if b.New == nil {
		return b
	}
	inner, t := b.New, b.In[hide]
	b.In = []types.Type{b.In[keep]}
	b.New = func(env *udfs.Env) (udfs.Kernel, error) {
		k, err := inner(env)
		if err != nil {
			return nil, err
		}
		zero := vec.New(t, 0)
		return func(c *udfs.Call) error {
			zero.Reset(c.N) // all bits zero: 0 in every type of number
			clear(zero.Fixed)
			sub := *c
			sub.In = []*vec.Vec{c.In[0], zero}
			return k(&sub)
		}, nil
	}
	return b
}

func resolveZeroIfNull(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t, ok := coercion(ctx.Env).Common(args[0].Type, types.IntType)
	if !ok || !t.IsNumeric() {
		return udfs.Binding{}, differentTypes(ctx, "coalesce", append(args[:1:1], zeroArg))
	}
	return udfs.Binding{In: []types.Type{t}, Out: t, New: fixed(func(c *udfs.Call) error {
		w := t.Width()
		return c.Each(func(i int) error {
			if c.In[0].IsNull(i) {
				clear(c.Out.Fixed[i*w : (i+1)*w])
			} else {
				copyCell(c.Out, i, c.In[0], i)
			}
			return nil
		})
	})}, nil
}

func nanvl[T float](c *udfs.Call) error {
	a, b, out := vec.Values[T](c.In[0]), vec.Values[T](c.In[1]), vec.Values[T](c.Out)
	return c.Each(func(i int) error {
		switch {
		case c.In[0].IsNull(i):
			c.Out.SetNull(i)
		case a[i] == a[i]:
			out[i] = a[i]
		case c.In[1].IsNull(i):
			c.Out.SetNull(i)
		default:
			out[i] = b[i]
		}
		return nil
	})
}

func repeated(t types.Type, n int) []types.Type {
	out := make([]types.Type, n)
	for i := range out {
		out[i] = t
	}
	return out
}

func resolveCoalesce(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t, ok := coercion(ctx.Env).Common(argTypes(args)...)
	if !ok {
		return udfs.Binding{}, differentTypes(ctx, "coalesce", args)
	}
	nullable := true
	for _, a := range args {
		nullable = nullable && a.Nullable
	}
	return udfs.Binding{In: repeated(t, len(args)), Out: t, Nullable: nullable, Lazy: udfs.Coalesce}, nil
}

func resolveIf(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	if !isBool(args[0].Type) && !(ctx.Env.ANSI && args[0].Type.IsString()) {
		return udfs.Binding{}, unexpected(ctx, args, 0, `"BOOLEAN"`)
	}
	t, ok := coercion(ctx.Env).Common(args[1].Type, args[2].Type)
	if !ok {
		return udfs.Binding{}, differentTypes(ctx, "if", args[1:])
	}
	return udfs.Binding{In: []types.Type{types.BooleanType, t, t}, Out: t,
		Nullable: args[1].Nullable || args[2].Nullable, Lazy: udfs.If}, nil
}

func resolveCase(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	var values []udfs.ArgInfo
	b := udfs.Binding{In: make([]types.Type, len(args)), Lazy: udfs.Case, Nullable: len(args)%2 == 0}
	for i, a := range args {
		if i%2 == 1 || i == len(args)-1 {
			values = append(values, a)
			b.Nullable = b.Nullable || a.Nullable
			continue
		}
		if !isBool(a.Type) && !(ctx.Env.ANSI && a.Type.IsString()) {
			return b, mismatch(ctx, "UNEXPECTED_INPUT_TYPE", "paramIndex", Ordinal(i/2), "inputSql", quoted(a.SQL),
				"inputType", typeParam(a.Type), "requiredType", `"BOOLEAN"`)
		}
		b.In[i] = types.BooleanType
	}
	t, ok := coercion(ctx.Env).Common(argTypes(values)...)
	if !ok {
		return b, differentTypes(ctx, "casewhen", values)
	}
	for i := range args {
		if i%2 == 1 || i == len(args)-1 {
			b.In[i] = t
		}
	}
	b.Out = t
	return b, nil
}

// resolveNullIf compares in the common type, but gives the first argument as it is.
func resolveNullIf(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t, err := comparisonType(ctx, "=", args)
	if err != nil {
		return udfs.Binding{}, err
	}
	cast, err := CastKernel(args[0].Type, t, ctx.Env, false)
	if err != nil {
		return udfs.Binding{}, err
	}
	same := t == args[0].Type
	f := comparer(t)
	return udfs.Binding{In: []types.Type{args[0].Type, t}, Out: args[0].Type, Nullable: true, New: func(*udfs.Env) (udfs.Kernel, error) {
		tmp := vec.New(t, 0)
		return func(c *udfs.Call) error {
			x := c.In[0]
			if !same {
				var err error
				if x, err = castColumn(c, x, tmp, cast); err != nil {
					return err
				}
			}
			return eachRow(c, func(i int) error {
				if !x.IsNull(i) && !c.In[1].IsNull(i) && f(x, i, c.In[1], i) == 0 {
					nullCell(c.Out, i)
				} else {
					copyCell(c.Out, i, c.In[0], i)
				}
				return nil
			})
		}, nil
	}}, nil
}

func resolveNvl2(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t, ok := coercion(ctx.Env).Common(args[1].Type, args[2].Type)
	if !ok {
		return udfs.Binding{}, differentTypes(ctx, "if", args[1:])
	}
	return udfs.Binding{In: []types.Type{args[0].Type, t, t}, Out: t, Nullable: args[1].Nullable || args[2].Nullable,
		New: fixed(func(c *udfs.Call) error {
			return eachRow(c, func(i int) error {
				from := c.In[1]
				if c.In[0].IsNull(i) {
					from = c.In[2]
				}
				copyCell(c.Out, i, from, i)
				return nil
			})
		})}, nil
}

func resolveExtreme(name string, sign int) func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
	return func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
		t, ok := coercion(ctx.Env).CommonExact(argTypes(args)...)
		if !ok {
			return udfs.Binding{}, differentTypes(ctx, name, args)
		}
		if hasKind(t, types.Map) || hasKind(t, types.CalendarInterval) {
			return udfs.Binding{}, mismatch(ctx, "INVALID_ORDERING_TYPE", "functionName", "`"+name+"`", "dataType", typeParam(t))
		}
		nullable := true
		for _, a := range args {
			nullable = nullable && a.Nullable
		}
		f := comparer(t)
		return udfs.Binding{In: repeated(t, len(args)), Out: t, Nullable: nullable, New: fixed(func(c *udfs.Call) error {
			return eachRow(c, func(i int) error {
				var best *vec.Vec
				for _, in := range c.In {
					if !in.IsNull(i) && (best == nil || f(in, i, best, i)*sign > 0) {
						best = in
					}
				}
				if best == nil {
					nullCell(c.Out, i)
				} else {
					copyCell(c.Out, i, best, i)
				}
				return nil
			})
		})}, nil
	}
}
