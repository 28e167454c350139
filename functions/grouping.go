package functions

import (
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// groupingFunctions have a meaning above grouping sets only, where analysis replaces them by constants of each set.
func groupingFunctions() []udfs.Def {
	kernel := func(env *udfs.Env) (udfs.Kernel, error) {
		return nil, errs.New(env.Pos, "UNSUPPORTED_GROUPING_EXPRESSION")
	}
	return []udfs.Def{
		{
			Name: "grouping", Group: "agg_funcs", Since: "2.0.0",
			Usage: "grouping(col) - Returns 1 where the grouping set leaves `col` out, else 0.",
			Examples: []udfs.Example{{SQL: "SELECT name, grouping(name), sum(age) FROM VALUES (2, 'Alice'), (5, 'Bob') people(age, name) GROUP BY CUBE(name) ORDER BY 3",
				Out: "Alice\t0\t2\nBob\t0\t5\nNULL\t1\t7"}},
			Traits: udfs.Deterministic, MinArgs: 1, MaxArgs: 1,
			Resolve: func(_ *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
				return udfs.Binding{In: []types.Type{args[0].Type}, Out: types.TinyIntType, New: kernel}, nil
			},
		},
		{
			Name: "grouping_id", Group: "agg_funcs", Since: "2.0.0",
			Usage: "grouping_id([col1[, col2 ..]]) - Returns the grouping set as a number: a bit for each column, 1 where the set leaves it out.",
			Examples: []udfs.Example{{SQL: "SELECT name, grouping_id(), sum(age) FROM VALUES (2, 'Alice'), (5, 'Bob') people(age, name) GROUP BY CUBE(name) ORDER BY 3",
				Out: "Alice\t0\t2\nBob\t0\t5\nNULL\t1\t7"}},
			Traits: udfs.Deterministic, MinArgs: 0, MaxArgs: -1,
			Resolve: func(_ *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
				in := make([]types.Type, len(args))
				for i, a := range args {
					in[i] = a.Type
				}
				return udfs.Binding{In: in, Out: types.BigIntType, New: kernel}, nil
			},
		},
	}
}
