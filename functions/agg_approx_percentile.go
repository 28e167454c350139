package functions

import (
	"math"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

func approxPercentileAggregates() []udfs.Def {
	one := func(name string) udfs.Def {
		return udfs.Def{
			Name: name, Group: "agg_funcs", Since: "2.1.0", MinArgs: 2, MaxArgs: 3,
			Usage:    name + "(col, percentage[, accuracy]) - Returns the value of `col` at about the share `percentage` of the sorted rows, or at each of an array; the rank is off by at most rows / `accuracy` (10000).",
			Examples: example("SELECT "+name+"(c, 0.5, 100) FROM VALUES (0), (6), (7), (9), (10) AS t(c)", "7"),
			Traits:   udfs.Deterministic,
			Pretty: func(args []string) string {
				if len(args) == 2 {
					args = append(args[:2:2], "10000")
				}
				return labelled(name)(args)
			},
			Resolve: resolveApproxPercentile,
		}
	}
	return []udfs.Def{one("approx_percentile"), one("percentile_approx")}
}

func resolveApproxPercentile(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t := args[0].Type
	switch {
	case t.IsString() || isNullType(t):
		t = types.DoubleType
	case !t.IsNumeric() && !t.IsDatetime() && !t.IsInterval():
		return udfs.Binding{}, unexpected(ctx, args, 0, `("NUMERIC" or "DATE" or "TIMESTAMP" or "TIMESTAMP_NTZ" or "INTERVAL YEAR TO MONTH" or "INTERVAL DAY TO SECOND")`)
	}
	var p percentileOf
	pt, err := percentages(ctx, args, &p)
	if err != nil {
		return udfs.Binding{}, err
	}
	if p.null {
		return udfs.Binding{}, mismatch(ctx, "UNEXPECTED_NULL", "exprName", "percentage(s)")
	}
	in, accuracy := []types.Type{t, pt}, int64(10000)
	if len(args) == 3 {
		if !args[2].Const {
			return udfs.Binding{}, notConstant(ctx, args[2], "accuracy", typeParam(args[2].Type))
		}
		n, ok := constInt(args[2].Value)
		if !args[2].Type.IsIntegral() && !isNullType(args[2].Type) {
			return udfs.Binding{}, unexpected(ctx, args, 2, `"INTEGRAL"`)
		}
		if !ok {
			return udfs.Binding{}, mismatch(ctx, "UNEXPECTED_NULL", "exprName", "accuracy")
		}
		if n <= 0 || n > math.MaxInt32 {
			return udfs.Binding{}, outOfRange(ctx, "accuracy", "(0, 2147483647]", args[2].SQL)
		}
		accuracy, in = n, append(in, types.BigIntType)
	}
	out := t
	if p.array {
		out = types.ArrayOf(t, false)
	}
	return aggregate(in, out, []types.Type{types.BinaryType}, func(*udfs.Env) udfs.Accumulator {
		return &approxPercentile{of: p, err: 1 / float64(accuracy)}
	}), nil
}

// approxPercentile keeps a summary for each group.
type approxPercentile struct {
	picker
	of  percentileOf
	err float64
	s   []*summary
}

func (a *approxPercentile) Resize(n int) { a.s = grow(a.s, n) }

func (a *approxPercentile) of1(g int32) *summary {
	if a.s[g] == nil {
		a.s[g] = &summary{err: a.err}
	}
	return a.s[g]
}

func (a *approxPercentile) Update(groups []int32, c *udfs.Call) error {
	g, rows := a.live(groups, c, c.In[0])
	get := doubleGetter(c.In[0])
	for k, x := range g {
		a.of1(x).add(get(rowAt(rows, k)))
	}
	return nil
}

func (a *approxPercentile) Merge(groups []int32, partial []*vec.Vec) error {
	for k, g := range groups {
		if partial[0].IsNull(k) {
			continue
		}
		o := &summary{err: a.err}
		o.decode(partial[0].Bytes(k))
		a.of1(g).merge(o)
	}
	return nil
}

func (a *approxPercentile) Partial(groups []int32, out []*vec.Vec) error {
	at := out[0].Extend(len(groups))
	for k, g := range groups {
		if a.s[g] == nil {
			out[0].SetNull(at + k)
		} else {
			out[0].SetBytes(at+k, a.s[g].encode(nil))
		}
	}
	return nil
}

func (a *approxPercentile) Result(groups []int32, out *vec.Vec) error {
	for _, g := range groups {
		i := out.Extend(1)
		s := a.s[g]
		if s == nil || s.count == 0 && len(s.head) == 0 {
			out.SetNull(i)
			if a.of.array {
				out.CloseRow(i)
			}
			continue
		}
		if !s.tight {
			s.compress()
		}
		if !a.of.array {
			putOrdinal(out, i, s.quantile(a.of.at[0]))
			continue
		}
		for _, p := range a.of.at {
			putOrdinal(out.Kids[0], out.Kids[0].Extend(1), s.quantile(p))
		}
		out.CloseRow(i)
	}
	return nil
}

// putOrdinal stores a number that stands for a value of v's type: a number, date, timestamp or interval.
func putOrdinal(v *vec.Vec, i int, x float64) {
	switch v.Type.Kind() {
	case types.Date, types.YearMonthInterval:
		vec.Values[int32](v)[i] = int32(x)
	case types.Timestamp, types.TimestampNTZ, types.DayTimeInterval:
		vec.Values[int64](v)[i] = int64(x)
	default:
		setNumber(v, i, x)
	}
}

func (a *approxPercentile) Clear(groups []int32) { clearAt(a.s, groups) }

func (a *approxPercentile) Bytes() int64 {
	n := 8 * int64(cap(a.s))
	for _, s := range a.s {
		if s != nil {
			n += 24*int64(cap(s.sample)) + 8*int64(cap(s.head))
		}
	}
	return n
}
