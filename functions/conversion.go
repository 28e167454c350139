package functions

import (
	"sparksql/sql/types"
	"sparksql/udfs"
)

// conversions are the types that are functions as well: int(x) is CAST(x AS INT).
var conversions = []struct {
	name        string
	to          types.Type
	sql, result string
}{
	{"bigint", types.BigIntType, "SELECT bigint('12')", "12"},
	{"binary", types.BinaryType, "SELECT binary('abc')", "abc"},
	{"boolean", types.BooleanType, "SELECT boolean('yes')", "true"},
	{"date", types.DateType, "SELECT date('2020-01-02')", "2020-01-02"},
	{"decimal", types.DecimalOf(10, 0), "SELECT decimal('2.5')", "3"},
	{"double", types.DoubleType, "SELECT double('1')", "1.0"},
	{"float", types.FloatType, "SELECT float('1.5')", "1.5"},
	{"int", types.IntType, "SELECT int('12')", "12"},
	{"smallint", types.SmallIntType, "SELECT smallint('12')", "12"},
	{"string", types.StringType, "SELECT string(1)", "1"},
	{"timestamp", types.TimestampType, "SELECT timestamp('2020-01-02 03:04:05')", "2020-01-02 03:04:05"},
	{"tinyint", types.TinyIntType, "SELECT tinyint('12')", "12"},
}

func conversionFunctions() []udfs.Def {
	out := make([]udfs.Def, len(conversions))
	for i, c := range conversions {
		out[i] = udfs.Def{Name: c.name, Group: "conversion_funcs", Since: "2.0.1", MinArgs: 1, MaxArgs: 1,
			Traits:   udfs.Strict | udfs.Deterministic | udfs.Fallible,
			Usage:    c.name + "(expr) - Casts `expr` to the type " + c.name + ".",
			Examples: []udfs.Example{{SQL: c.sql, Out: c.result}},
			Pretty:   func(args []string) string { return args[0] },
			Resolve: func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
				k, err := CastKernel(args[0].Type, c.to, ctx.Env, false)
				return udfs.Binding{In: []types.Type{args[0].Type}, Out: c.to, Nullable: !ctx.Env.ANSI, New: fixed(k)}, err
			}}
	}
	return out
}

// Conversion is the type to which the named function casts; ok is false for other functions.
func Conversion(name string) (to types.Type, ok bool) {
	for _, c := range conversions {
		if c.name == name {
			return c.to, true
		}
	}
	return types.Type{}, false
}
