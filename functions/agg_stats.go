package functions

import (
	"sparksql/sql/types"
	"sparksql/udfs"
)

func statsAggregates() []udfs.Def {
	const vals = " FROM VALUES (1), (2), (3) AS t(c)"
	one := func(name string, aliases []string, since, usage, out string, high bool, done func(*moments) (float64, bool)) udfs.Def {
		return momentsDef(name, aliases, since, usage, "SELECT "+name+"(c)"+vals, out, 1, 0, high, done)
	}
	const vals2 = " FROM VALUES (1, 2), (2, 2), (2, 3), (2, 4) AS t(y, x)"
	avg := func(name string, col int, out string) udfs.Def {
		return regressionMean(name, col, "SELECT "+name+"(y, x)"+vals2, out)
	}
	return []udfs.Def{
		one("stddev", []string{"std"}, "1.6.0", "Returns the sample standard deviation of a group.", "1.0", false, stddevSamp),
		one("stddev_samp", nil, "1.6.0", "Returns the sample standard deviation of a group.", "1.0", false, stddevSamp),
		one("stddev_pop", nil, "1.6.0", "Returns the population standard deviation of a group.", "0.816496580927726", false, stddevPop),
		one("variance", nil, "1.6.0", "Returns the sample variance of a group.", "1.0", false, varianceSamp),
		one("var_samp", nil, "1.6.0", "Returns the sample variance of a group.", "1.0", false, varianceSamp),
		one("var_pop", nil, "1.6.0", "Returns the population variance of a group.", "0.6666666666666666", false, variancePop),
		one("skewness", nil, "1.6.0", "Returns the skewness of a group.", "0.0", true, skewness),
		one("kurtosis", nil, "1.6.0", "Returns the excess kurtosis of a group.", "-1.5", true, kurtosis),
		momentsDef("regr_sxx", nil, "3.4.0", "Returns the sum of squared differences of `x` from its mean.", "SELECT regr_sxx(y, x)"+vals2, "2.75", 2, 1, false, squareSum),
		momentsDef("regr_syy", nil, "3.4.0", "Returns the sum of squared differences of `y` from its mean.", "SELECT regr_syy(y, x)"+vals2, "0.75", 2, 0, false, squareSum),
		avg("regr_avgx", 1, "2.75"), avg("regr_avgy", 0, "1.75"),
		pairsDef("corr", "1.6.0", "(x, y) - Returns Pearson's correlation of the pairs.", "SELECT corr(x, y) FROM VALUES (3, 2), (3, 3), (6, 4) AS t(x, y)", "0.8660254037844387", corr, false),
		pairsDef("covar_pop", "2.0.0", "(x, y) - Returns the population covariance of the pairs.", "SELECT covar_pop(x, y) FROM VALUES (1, 1), (2, 2), (3, 3) AS t(x, y)", "0.6666666666666666", covarPop, false),
		pairsDef("covar_samp", "2.0.0", "(x, y) - Returns the sample covariance of the pairs.", "SELECT covar_samp(x, y) FROM VALUES (1, 1), (2, 2), (3, 3) AS t(x, y)", "1.0", covarSamp, false),
		pairsDef("regr_r2", "3.3.0", "(y, x) - Returns the coefficient of determination of the pairs.", "SELECT regr_r2(y, x)"+vals2, "0.2727272727272726", regrR2, false),
		pairsDef("regr_sxy", "3.4.0", "(y, x) - Returns the sum of products of the differences of `x` and `y` from their means.", "SELECT regr_sxy(y, x)"+vals2, "0.7499999999999998", regrSxy, false),
		pairsDef("regr_slope", "3.4.0", "(y, x) - Returns the slope of the line of least squares.", "SELECT regr_slope(y, x) FROM VALUES (1, 1), (2, 2), (3, 3) AS t(y, x)", "1.0", regrSlope, true),
		pairsDef("regr_intercept", "3.4.0", "(y, x) - Returns the intercept of the line of least squares.", "SELECT regr_intercept(y, x) FROM VALUES (1, 1), (2, 2), (3, 3) AS t(y, x)", "0.0", regrIntercept, true),
	}
}

func doubleTypes(n int) []types.Type {
	t := make([]types.Type, n)
	for i := range t {
		t[i] = types.DoubleType
	}
	return t
}

// doubleArgs refuses arguments that do not become doubles.
func doubleArgs(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) error {
	for i, a := range args {
		if !a.Type.IsNumeric() && !a.Type.IsString() && !isNullType(a.Type) {
			return unexpected(ctx, args, i, `"DOUBLE"`)
		}
	}
	return nil
}

func doubleAggregate(args int, state []types.Type, f func(*udfs.Env) udfs.Accumulator) func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
	return func(ctx *udfs.ResolveCtx, a []udfs.ArgInfo) (udfs.Binding, error) {
		if err := doubleArgs(ctx, a); err != nil {
			return udfs.Binding{}, err
		}
		return aggregate(doubleTypes(args), types.DoubleType, state, f), nil
	}
}

func momentsDef(name string, aliases []string, since, usage, example, out string, args, col int, high bool, done func(*moments) (float64, bool)) udfs.Def {
	sig := "(expr) - "
	if args == 2 {
		sig = "(y, x) - "
	}
	return udfs.Def{
		Name: name, Aliases: aliases, Group: "agg_funcs", Since: since, Usage: name + sig + usage,
		Examples: []udfs.Example{{SQL: example, Out: out}},
		Traits:   udfs.Deterministic, MinArgs: args, MaxArgs: args,
		Resolve: doubleAggregate(args, momentState(), func(*udfs.Env) udfs.Accumulator {
			return &momentsAgg{col: col, high: high, done: done}
		}),
	}
}

func pairsDef(name, since, usage, example, out string, done pairResult, swapped bool) udfs.Def {
	return udfs.Def{
		Name: name, Group: "agg_funcs", Since: since, Usage: name + usage,
		Examples: []udfs.Example{{SQL: example, Out: out}},
		Traits:   udfs.Deterministic, MinArgs: 2, MaxArgs: 2,
		Resolve: doubleAggregate(2, doubleTypes(8), func(env *udfs.Env) udfs.Accumulator {
			return &pairsAgg{env: env, swapped: swapped, done: done}
		}),
	}
}

// regressionMean is the mean of one argument over the rows in which both are there.
func regressionMean(name string, col int, example, out string) udfs.Def {
	state := []types.Type{types.DoubleType, types.DoubleType, types.BigIntType}
	return udfs.Def{
		Name: name, Group: "agg_funcs", Since: "3.3.0",
		Usage:    name + "(y, x) - Returns the mean of `" + name[len(name)-1:] + "` over the rows in which neither argument is NULL.",
		Examples: []udfs.Example{{SQL: example, Out: out}},
		Traits:   udfs.Deterministic, MinArgs: 2, MaxArgs: 2,
		Resolve: doubleAggregate(2, state, func(*udfs.Env) udfs.Accumulator {
			return &floatSum[float64]{mean: true, col: col}
		}),
	}
}
