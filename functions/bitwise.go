package functions

import (
	"math/bits"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

func bitwiseFunctions() []udfs.Def {
	get := func(name string) udfs.Def {
		return udfs.Def{
			Name: name, Group: "bitwise_funcs", Since: "3.2.0", Traits: partial, MinArgs: 2, MaxArgs: 2,
			Usage:    name + "(expr, pos) - Returns bit `pos` of an integer, 0 or 1, counted from the right from 0.",
			Examples: example("SELECT "+name+"(11, 2)", "0"),
			Resolve: func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
				return resolveGetBit(ctx, name, args)
			},
		}
	}
	return []udfs.Def{
		{
			Name: "bit_count", Group: "bitwise_funcs", Since: "3.0.0", Traits: pure, MinArgs: 1, MaxArgs: 1,
			Usage:    "bit_count(expr) - Returns the number of bits set in an integer, of a negative one in 64 bits, or in a boolean.",
			Examples: example("SELECT bit_count(11)", "3"),
			Resolve: func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
				t := args[0].Type
				switch {
				case t.Kind() == types.Boolean:
					return bind(types.IntType, func(c *udfs.Call) error { return Map1(c, func(x uint8) int32 { return int32(x) }) }, t), nil
				case t.IsIntegral() || isNullType(t):
					return bind(types.IntType, func(c *udfs.Call) error {
						return Map1(c, func(x int64) int32 { return int32(bits.OnesCount64(uint64(x))) })
					}, types.BigIntType), nil
				}
				return udfs.Binding{}, unexpected(ctx, args, 0, `("INTEGRAL" or "BOOLEAN")`)
			},
		},
		get("bit_get"), get("getbit"),
	}
}

func resolveGetBit(ctx *udfs.ResolveCtx, name string, args []udfs.ArgInfo) (udfs.Binding, error) {
	t := args[0].Type
	if isNullType(t) {
		t = types.BigIntType
	}
	if !t.IsIntegral() {
		return udfs.Binding{}, unexpected(ctx, args, 0, `"INTEGRAL"`)
	}
	if _, err := accept(ctx, args, 1, types.IntType); err != nil {
		return udfs.Binding{}, err
	}
	size := int32(8 * t.Width())
	return bind(types.TinyIntType, func(c *udfs.Call) error {
		x, pos, out := vec.Values[int64](c.In[0]), vec.Values[int32](c.In[1]), vec.Values[int8](c.Out)
		return live(c, func(i int) error {
			if pos[i] < 0 || pos[i] >= size {
				return errs.New(c.Env.Pos, "INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE", "functionName", routine(name), "parameter", "`pos`",
					"upper", types.FromInt64(int64(size)).DecimalString(0), "invalidValue", types.FromInt64(int64(pos[i])).DecimalString(0))
			}
			out[i] = int8(x[i] >> pos[i] & 1)
			return nil
		})
	}, types.BigIntType, types.IntType), nil
}
