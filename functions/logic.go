package functions

import (
	"strings"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

func logicOperators() []udfs.Def {
	return []udfs.Def{
		{Name: "!", Aliases: []string{"not"}, Group: "predicate_funcs", Since: "1.0.0", Traits: compareTraits, MinArgs: 1, MaxArgs: 1,
			Usage:    "not expr - Returns the logical negation of `expr`.",
			Examples: []udfs.Example{{SQL: "SELECT not true", Out: "false"}},
			Pretty:   func(a []string) string { return "(NOT " + a[0] + ")" }, Resolve: resolveNot},
		{Name: "and", Group: "predicate_funcs", Since: "1.0.0", Traits: udfs.Deterministic | udfs.Commutative, MinArgs: 2, MaxArgs: 2,
			Usage:    "expr1 and expr2 - Returns true if both are true.",
			Examples: []udfs.Example{{SQL: "SELECT true and false", Out: "false"}, {SQL: "SELECT true and NULL", Out: "NULL"}},
			Pretty:   infix("AND"), Resolve: resolveLogic("AND", udfs.And)},
		{Name: "isnan", Group: "predicate_funcs", Since: "1.5.0", Traits: udfs.Deterministic, MinArgs: 1, MaxArgs: 1,
			Usage:    "isnan(expr) - Returns true if `expr` is NaN, false otherwise, for NULL as well.",
			Examples: []udfs.Example{{SQL: "SELECT isnan(cast('NaN' as double))", Out: "true"}},
			Overloads: []udfs.Overload{
				{In: []types.Type{types.DoubleType}, Out: types.BooleanType, Kernel: isNaN[float64]},
				{In: []types.Type{types.FloatType}, Out: types.BooleanType, Kernel: isNaN[float32]}}},
		{Name: "isnotnull", Group: "predicate_funcs", Since: "1.0.0", Traits: udfs.Deterministic, MinArgs: 1, MaxArgs: 1,
			Usage:    "isnotnull(expr) - Returns true if `expr` is not NULL.",
			Examples: []udfs.Example{{SQL: "SELECT isnotnull(1)", Out: "true"}},
			Pretty:   func(a []string) string { return "(" + a[0] + " IS NOT NULL)" }, Resolve: resolveIsNull(false)},
		{Name: "isnull", Group: "predicate_funcs", Since: "1.0.0", Traits: udfs.Deterministic, MinArgs: 1, MaxArgs: 1,
			Usage:    "isnull(expr) - Returns true if `expr` is NULL.",
			Examples: []udfs.Example{{SQL: "SELECT isnull(1)", Out: "false"}},
			Pretty:   func(a []string) string { return "(" + a[0] + " IS NULL)" }, Resolve: resolveIsNull(true)},
		{Name: "or", Group: "predicate_funcs", Since: "1.0.0", Traits: udfs.Deterministic | udfs.Commutative, MinArgs: 2, MaxArgs: 2,
			Usage:    "expr1 or expr2 - Returns true if either is true.",
			Examples: []udfs.Example{{SQL: "SELECT true or false", Out: "true"}, {SQL: "SELECT false or NULL", Out: "NULL"}},
			Pretty:   infix("OR"), Resolve: resolveLogic("OR", udfs.Or)},
	}
}

func isNaN[T float](c *udfs.Call) error {
	x, out := vec.Values[T](c.In[0]), vec.Values[bool](c.Out)
	return c.Each(func(i int) error {
		out[i] = x[i] != x[i] && !c.In[0].IsNull(i)
		return nil
	})
}

func isBool(t types.Type) bool { return t.Kind() == types.Boolean || t.Kind() == types.Null }

func resolveLogic(name string, lazy udfs.Lazy) func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
	return func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
		a, b := args[0].Type, args[1].Type
		stringToo := ctx.Env.ANSI && (a.IsString() && isBool(b) || isBool(a) && b.IsString())
		switch {
		case isBool(a) && isBool(b), stringToo:
		case a == b:
			return udfs.Binding{}, mismatch(ctx, "BINARY_OP_WRONG_TYPE", "inputType", `"BOOLEAN"`, "actualDataType", typeParam(a))
		default:
			return udfs.Binding{}, mismatch(ctx, "BINARY_OP_DIFF_TYPES", "left", typeParam(a), "right", typeParam(b))
		}
		return udfs.Binding{In: []types.Type{types.BooleanType, types.BooleanType}, Out: types.BooleanType,
			Nullable: anyNullable(args), Lazy: lazy}, nil
	}
}

func resolveNot(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	if t := args[0].Type; !isBool(t) && !(ctx.Env.ANSI && t.IsString()) {
		return udfs.Binding{}, unexpected(ctx, args, 0, `"BOOLEAN"`)
	}
	return udfs.Binding{In: []types.Type{types.BooleanType}, Out: types.BooleanType, New: fixed(func(c *udfs.Call) error {
		return Map1(c, func(a bool) bool { return !a })
	})}, nil
}

func resolveIsNull(want bool) func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
	return func(_ *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
		return udfs.Binding{In: []types.Type{args[0].Type}, Out: types.BooleanType, New: fixed(func(c *udfs.Call) error {
			out := vec.Values[bool](c.Out)
			return c.Each(func(i int) error {
				out[i] = c.In[0].IsNull(i) == want
				return nil
			})
		})}, nil
	}
}

// prettyCase prints c1, v1, c2, v2, ..., [else].
func prettyCase(args []string) string {
	var b strings.Builder
	b.WriteString("CASE")
	i := 0
	for ; i+1 < len(args); i += 2 {
		b.WriteString(" WHEN " + args[i] + " THEN " + args[i+1])
	}
	if i < len(args) {
		b.WriteString(" ELSE " + args[i])
	}
	return b.String() + " END"
}
