package functions

import (
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// overflowTo says what a sum or average outside its type gives.
type overflowTo uint8

const (
	overflowError overflowTo = iota // ANSI
	overflowNull                    // try_ variants, and decimals without ANSI
	overflowWrap                    // integers without ANSI
)

func sumAggregates() []udfs.Def {
	return []udfs.Def{
		sumDef("sum", "1.0.0", "Returns the sum of the values of a group; NULLs are left out.", false),
		sumDef("try_sum", "3.3.0", "Returns the sum of the values of a group, NULL when it does not fit its type.", true),
		avgDef("avg", []string{"mean"}, "1.0.0", "Returns the mean of the values of a group; NULLs are left out.", false),
		avgDef("try_avg", nil, "3.3.0", "Returns the mean of the values of a group, NULL when their sum does not fit its type.", true),
	}
}

func sumDef(name, since, usage string, try bool) udfs.Def {
	return udfs.Def{
		Name: name, Group: "agg_funcs", Since: since, Usage: name + "(expr) - " + usage,
		Examples: []udfs.Example{{SQL: "SELECT " + name + "(c) FROM VALUES (NULL), (10), (15) AS t(c)", Out: "25"}},
		Traits:   udfs.Deterministic, MinArgs: 1, MaxArgs: 1,
		Resolve: func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
			in, err := numericOrInterval(ctx, args)
			if err != nil {
				return udfs.Binding{}, err
			}
			return bindSum(ctx, in, try), nil
		},
	}
}

func avgDef(name string, aliases []string, since, usage string, try bool) udfs.Def {
	return udfs.Def{
		Name: name, Aliases: aliases, Group: "agg_funcs", Since: since, Usage: name + "(expr) - " + usage,
		Examples: []udfs.Example{{SQL: "SELECT " + name + "(c) FROM VALUES (NULL), (1), (2) AS t(c)", Out: "1.5"}},
		Traits:   udfs.Deterministic, MinArgs: 1, MaxArgs: 1,
		Resolve: func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
			in, err := numericOrInterval(ctx, args)
			if err != nil {
				return udfs.Binding{}, err
			}
			return bindAvg(ctx, in, try), nil
		},
	}
}

// numericOrInterval is the input type of sum and avg: strings, timestamps and untyped NULLs become doubles.
func numericOrInterval(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (types.Type, error) {
	t := args[0].Type
	switch {
	case t.IsNumeric() || t.IsInterval():
		return t, nil
	case t.IsString() || isNullType(t) || t.Kind() == types.Timestamp:
		return types.DoubleType, nil
	}
	return t, unexpected(ctx, args, 0, `"NUMERIC" or "ANSI INTERVAL"`)
}

func overflowMode(ctx *udfs.ResolveCtx, in types.Type, try bool) overflowTo {
	switch {
	case try:
		return overflowNull
	case ctx.Env.ANSI || in.IsInterval():
		return overflowError
	case in.IsIntegral():
		return overflowWrap
	}
	return overflowNull
}

func bindSum(ctx *udfs.ResolveCtx, in types.Type, try bool) udfs.Binding {
	out := in
	switch k := in.Kind(); {
	case in.IsIntegral():
		out = types.BigIntType
	case k == types.Decimal:
		out = types.DecimalOf(min(in.Precision()+10, types.MaxPrecision), in.Scale())
	case k == types.Float || k == types.Double:
		return floatTotals(in, false)
	}
	mode := overflowMode(ctx, in, try)
	return exactTotals(in, out, func(pos errs.Pos) finish { return sumFinish(pos, out, mode) })
}

func bindAvg(ctx *udfs.ResolveCtx, in types.Type, try bool) udfs.Binding {
	mode := overflowMode(ctx, in, try)
	switch in.Kind() {
	case types.Float, types.Double:
		return floatTotals(in, true)
	case types.Decimal:
		p, s := min(in.Precision()+4, types.MaxPrecision), min(in.Scale()+4, types.MaxPrecision)
		sumPrec := min(in.Precision()+10, types.MaxPrecision)
		return exactTotals(in, types.DecimalOf(p, s), func(pos errs.Pos) finish {
			return avgDecimal(pos, sumPrec, in.Scale(), p, s, mode)
		})
	case types.YearMonthInterval:
		return exactTotals(in, types.YearMonthOf(types.YearField, types.MonthField), func(pos errs.Pos) finish { return avgInterval(pos, 32, mode) })
	case types.DayTimeInterval:
		return exactTotals(in, types.DayTimeOf(types.DayField, types.SecondField), func(pos errs.Pos) finish { return avgInterval(pos, 64, mode) })
	}
	return exactTotals(in, types.DoubleType, func(errs.Pos) finish { return avgDouble })
}
