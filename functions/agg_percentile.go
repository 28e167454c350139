package functions

import (
	"math"
	"math/bits"
	"slices"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

func percentileAggregates() []udfs.Def {
	ordered := func(name, how, out string, discrete bool) udfs.Def {
		return udfs.Def{
			Name: name, Group: "agg_funcs", Since: "4.0.0", MinArgs: 3, MaxArgs: 3,
			Usage:    name + "(percentage) WITHIN GROUP (ORDER BY v) - Returns the percentile of `v` at `percentage` between 0.0 and 1.0, or at each of an array; " + how + ".",
			Examples: example("SELECT "+name+"(0.25) WITHIN GROUP (ORDER BY v) FROM VALUES (0), (10) AS t(v)", out),
			Traits:   udfs.Deterministic | udfs.OrderedSet,
			Resolve: func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
				desc, _ := args[2].Value.(bool)
				return bindPercentile(ctx, args[:2], percentileOf{discrete: discrete, desc: desc, legacy: setting(ctx.Env, "spark.sql.legacy.percentileDiscCalculation") == "true"}, types.BooleanType)
			},
		}
	}
	return []udfs.Def{
		{
			Name: "percentile", Group: "agg_funcs", Since: "2.1.0", MinArgs: 2, MaxArgs: 3,
			Usage:    "percentile(col, percentage[, frequency]) - Returns the exact percentile of `col` at `percentage` between 0.0 and 1.0, or at each of an array, between two values in proportion; each value counts `frequency` times.",
			Examples: example("SELECT percentile(c, 0.3) FROM VALUES (0), (10) AS t(c)", "3.0"),
			Traits:   udfs.Deterministic,
			Pretty: func(args []string) string {
				if len(args) == 2 {
					return "percentile(" + args[0] + ", " + args[1] + ", 1)"
				}
				return "percentile(" + args[0] + ", " + args[1] + ", " + args[2] + ")"
			},
			Resolve: resolvePercentile,
		},
		{
			Name: "median", Group: "agg_funcs", Since: "3.4.0", MinArgs: 1, MaxArgs: 1,
			Usage:    "median(col) - Returns the median of numbers or intervals, of two middle values their mean.",
			Examples: example("SELECT median(c) FROM VALUES (0), (10) AS t(c)", "5.0"),
			Traits:   udfs.Deterministic,
			Resolve: func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
				return bindPercentile(ctx, args, percentileOf{at: []float64{0.5}})
			},
		},
		ordered("percentile_cont", "between two values in proportion", "2.5", false),
		ordered("percentile_disc", "the first value whose share of the rows reaches it", "0.0", true),
	}
}

// percentileOf says what to take from the sorted values.
type percentileOf struct {
	at       []float64
	array    bool // the result is an array of them
	null     bool // the percentage is NULL
	discrete bool
	legacy   bool // percentile_disc as before Spark 4: the value at or below the place
	desc     bool
}

func resolvePercentile(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	if len(args) == 2 {
		return bindPercentile(ctx, args, percentileOf{})
	}
	if !args[2].Type.IsIntegral() && !isNullType(args[2].Type) {
		return udfs.Binding{}, unexpected(ctx, args, 2, `"INTEGRAL"`)
	}
	return bindPercentile(ctx, args[:2], percentileOf{}, types.BigIntType)
}

// bindPercentile types the value and the percentage; extra are the types of the arguments after them.
func bindPercentile(ctx *udfs.ResolveCtx, args []udfs.ArgInfo, p percentileOf, extra ...types.Type) (udfs.Binding, error) {
	t, out := args[0].Type, types.DoubleType
	switch t.Kind() {
	case types.YearMonthInterval:
		out = types.YearMonthOf(types.YearField, types.MonthField)
	case types.DayTimeInterval:
		out = types.DayTimeOf(types.DayField, types.SecondField)
	default:
		if !t.IsNumeric() && !isNullType(t) && !t.IsString() {
			return udfs.Binding{}, unexpected(ctx, args, 0, `("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH")`)
		}
		t = types.DoubleType
	}
	in := []types.Type{t}
	if len(args) > 1 {
		pt, err := percentages(ctx, args, &p)
		if err != nil {
			return udfs.Binding{}, err
		}
		in = append(in, pt)
	}
	freq := len(extra) > 0 && extra[0] == types.BigIntType
	elem := out
	if p.array {
		out = types.ArrayOf(out, false)
	}
	return aggregate(append(in, extra...), out, valueState(), func(*udfs.Env) udfs.Accumulator {
		return &percentile{values: values{freqCol: boolInt(freq) * 2}, of: p, elem: elem}
	}), nil
}

// percentages reads the constant argument args[1], which may have been written as any number.
func percentages(ctx *udfs.ResolveCtx, args []udfs.ArgInfo, p *percentileOf) (types.Type, error) {
	a := args[1]
	p.array = a.Type.Kind() == types.Array
	want := types.DoubleType
	if p.array {
		want = types.ArrayOf(types.DoubleType, false)
		if !a.Type.Elem().IsNumeric() {
			return want, unexpected(ctx, args, 1, `("DOUBLE" or "ARRAY")`)
		}
	} else if !a.Type.IsNumeric() && !isNullType(a.Type) && !a.Type.IsString() {
		return want, unexpected(ctx, args, 1, `"DOUBLE"`)
	}
	if !a.Const {
		return want, notConstant(ctx, a, "percentage", typeParam(want))
	}
	list, elem := []any{a.Value}, a.Type
	if p.array {
		list, _ = a.Value.([]any)
		elem = a.Type.Elem()
	}
	for _, x := range list {
		f, ok := asDouble(x, elem)
		if !ok {
			if a.Value != nil {
				return want, mismatch(ctx, "UNEXPECTED_NULL", "exprName", "percentage(s)")
			}
			p.null = true
			return want, nil
		}
		if !(f >= 0 && f <= 1) {
			return want, outOfRange(ctx, "percentage", "[0.0, 1.0]", a.SQL)
		}
		p.at = append(p.at, f)
	}
	return want, nil
}

// asDouble is a number in Go form as a double.
func asDouble(x any, t types.Type) (float64, bool) {
	switch x := x.(type) {
	case float64:
		return x, true
	case float32:
		return float64(x), true
	case types.Int128:
		return decimalDouble(x, t.Scale()), true
	case string:
		return parseFloat(x)
	}
	n, ok := constInt(x)
	return float64(n), ok
}

// decimalDouble is the double nearest to an unscaled value of the given scale.
func decimalDouble(x types.Int128, scale int) float64 {
	f, _ := parseFloat(x.DecimalString(scale))
	return f
}

// percentile takes percentiles of the values of a group.
type percentile struct {
	values
	of   percentileOf
	elem types.Type
}

func (a *percentile) Result(groups []int32, out *vec.Vec) error {
	for _, g := range groups {
		vals, freqs, n := a.sorted(g, a.of.desc, len(a.of.at) > mostSelected)
		i := out.Extend(1)
		if n == 0 || a.of.null {
			out.SetNull(i)
			if a.of.array {
				out.CloseRow(i)
			}
			continue
		}
		if !a.of.array {
			a.put(out, i, a.pick(vals, freqs, n, a.of.at[0]))
			continue
		}
		for _, p := range a.of.at {
			a.put(out.Kids[0], out.Kids[0].Extend(1), a.pick(vals, freqs, n, p))
		}
		out.CloseRow(i)
	}
	return nil
}

func (a *percentile) put(v *vec.Vec, i int, x float64) {
	switch a.elem.Kind() {
	case types.YearMonthInterval:
		vec.Values[int32](v)[i] = int32(x)
	case types.DayTimeInterval:
		vec.Values[int64](v)[i] = int64(x)
	default:
		vec.Values[float64](v)[i] = x
	}
}

// mostSelected is the number of percentages up to which values are selected by their rank, instead of sorted.
const mostSelected = 4

// pick is the percentile p of n values, of which vals[k] stands for freqs[k]; without freqs they need not be sorted.
func (a *percentile) pick(vals []float64, freqs []int64, n int64, p float64) float64 {
	at := func(rank int64) float64 {
		switch {
		case len(a.of.at) > mostSelected:
			return vals[rank]
		case a.of.desc:
			rank = n - 1 - rank
		}
		return selectRank(vals, int(rank))
	}
	if freqs != nil {
		at = func(rank int64) float64 {
			for k, f := range freqs {
				if rank < f {
					return vals[k]
				}
				rank -= f
			}
			return vals[len(vals)-1]
		}
	}
	if a.of.discrete && a.of.legacy {
		return at(int64(p * float64(n-1)))
	}
	if a.of.discrete {
		return at(max(int64(math.Ceil(p*float64(n))), 1) - 1)
	}
	pos := float64(n-1) * p
	lo, hi := math.Floor(pos), math.Ceil(pos)
	x := at(int64(lo))
	if lo == hi {
		return x
	}
	y := at(int64(hi))
	if x == y {
		return x
	}
	return (hi-pos)*x + (pos-lo)*y
}

// sortFloats orders by Spark's order, NaN last.
func sortFloats(v []float64) { slices.SortFunc(v, vec.CompareFloat) }

// selectRank is the value that is at k when v is in order, NaN last. It moves the values: those before k are not larger,
// those behind not smaller (Hoare, "Algorithm 65: find", 1961; the pivot is the median of three).
func selectRank(v []float64, k int) float64 {
	lo, hi := 0, len(v)-1
	for i := 0; i <= hi; {
		if v[i] != v[i] {
			v[i], v[hi] = v[hi], v[i]
			hi--
			continue
		}
		i++
	}
	for rounds := 4 * bits.Len(uint(len(v))); lo < hi && k <= hi; rounds-- {
		if rounds == 0 { // the pivots were bad
			slices.Sort(v[lo : hi+1])
			break
		}
		p := middle(v[lo], v[lo+(hi-lo)/2], v[hi])
		i, j := lo, hi
		for i <= j {
			for v[i] < p {
				i++
			}
			for v[j] > p {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return v[k]
		}
	}
	return v[k]
}

func middle(a, b, c float64) float64 { return max(min(a, b), min(max(a, b), c)) }

// setting is the value of a session setting, "" where there are none.
func setting(env *udfs.Env, key string) string {
	if env == nil || env.Conf == nil {
		return ""
	}
	return env.Conf(key)
}
