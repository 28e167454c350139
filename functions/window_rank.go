package functions

import (
	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

func rankFunctions() []udfs.Def {
	over := func(f, order string) string {
		return "SELECT " + f + " OVER (" + order + ") FROM VALUES (1), (1), (2) AS t(b)"
	}
	rank := func(name, label, usage, out string, t types.Type, f func(*udfs.WindowCall) error, args int) udfs.Def {
		d := udfs.Def{
			Name: name, Group: "window_funcs", Since: "2.0.0", Usage: name + "() - " + usage,
			Examples: []udfs.Example{{SQL: over(name+"()", "ORDER BY b"), Out: out}},
			Traits:   udfs.Deterministic | udfs.NeedsOrder, MaxArgs: args,
			Resolve: func(_ *udfs.ResolveCtx, a []udfs.ArgInfo) (udfs.Binding, error) {
				return udfs.Binding{In: argTypes(a), Out: t, Window: func(*udfs.Env) (udfs.WindowFunc, error) { return windowEval(f), nil }}, nil
			},
		}
		if label != "" {
			d.Pretty = func([]string) string { return label }
		}
		return d
	}
	return []udfs.Def{
		rank("row_number", "row_number()", "Returns the number of the row in its partition, from 1.", "1\n2\n3", types.IntType, rowNumber, 0),
		rank("rank", "RANK()", "Returns one plus the number of rows that come before the row's peers.", "1\n1\n3", types.IntType, rankOf, -1),
		rank("dense_rank", "DENSE_RANK()", "Returns the number of the row's peers among the different sort keys, from 1.", "1\n1\n2", types.IntType, denseRank, -1),
		rank("percent_rank", "PERCENT_RANK()", "Returns (rank - 1) / (rows - 1), 0.0 in a partition of one row.", "0.0\n0.0\n1.0", types.DoubleType, percentRank, -1),
		rank("cume_dist", "cume_dist()", "Returns the share of rows that come before the row or are its peers.", "0.6666666666666666\n0.6666666666666666\n1.0", types.DoubleType, cumeDist, 0),
		{
			Name: "ntile", Group: "window_funcs", Since: "2.0.0",
			Usage:    "ntile(n) - Deals the rows of a partition to `n` buckets of nearly equal size, the first ones larger, and returns the row's bucket from 1; 1 bucket when `n` is not given.",
			Examples: []udfs.Example{{SQL: over("ntile(2)", "ORDER BY b"), Out: "1\n1\n2"}},
			Traits:   udfs.Deterministic | udfs.NeedsOrder, MaxArgs: 1,
			Pretty: func(args []string) string {
				if len(args) == 0 {
					return "ntile(1)"
				}
				return "ntile(" + args[0] + ")"
			},
			Resolve: bindNtile,
		},
	}
}

// windowEval is a window function without state.
type windowEval func(*udfs.WindowCall) error

func (f windowEval) Eval(c *udfs.WindowCall) error { return f(c) }

// peers calls f for each group of rows with equal sort keys, in order.
func peers(c *udfs.WindowCall, f func(lo, hi, nth int)) {
	if c.PeerLo == nil {
		f(0, c.N, 0)
		return
	}
	for lo, nth := 0, 0; lo < c.N; nth++ {
		hi := int(c.PeerHi[lo])
		f(lo, hi, nth)
		lo = hi
	}
}

func fill[T any](s []T, x T) {
	for i := range s {
		s[i] = x
	}
}

func rowNumber(c *udfs.WindowCall) error {
	out := vec.Values[int32](c.Out)
	for i := range out[:c.N] {
		out[i] = int32(i) + 1
	}
	return nil
}

func rankOf(c *udfs.WindowCall) error {
	out := vec.Values[int32](c.Out)
	peers(c, func(lo, hi, _ int) { fill(out[lo:hi], int32(lo)+1) })
	return nil
}

func denseRank(c *udfs.WindowCall) error {
	out := vec.Values[int32](c.Out)
	peers(c, func(lo, hi, nth int) { fill(out[lo:hi], int32(nth)+1) })
	return nil
}

func percentRank(c *udfs.WindowCall) error {
	out := vec.Values[float64](c.Out)
	peers(c, func(lo, hi, _ int) {
		x := 0.0
		if c.N > 1 {
			x = float64(lo) / float64(c.N-1)
		}
		fill(out[lo:hi], x)
	})
	return nil
}

func cumeDist(c *udfs.WindowCall) error {
	out := vec.Values[float64](c.Out)
	peers(c, func(lo, hi, _ int) { fill(out[lo:hi], float64(hi)/float64(c.N)) })
	return nil
}

func bindNtile(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	n := int64(1)
	if len(args) == 1 {
		if !args[0].Const {
			return udfs.Binding{}, notConstant(ctx, args[0], "buckets", typeParam(args[0].Type))
		}
		if args[0].Type.Kind() != types.Int && args[0].Type.Kind() != types.SmallInt && args[0].Type.Kind() != types.TinyInt {
			return udfs.Binding{}, unexpected(ctx, args, 0, `"INT"`)
		}
		var ok bool
		if n, ok = constInt(args[0].Value); !ok || n <= 0 {
			return udfs.Binding{}, outOfRange(ctx, "buckets", "(0, 2147483647]", showInt(args[0].Value))
		}
	}
	return udfs.Binding{In: argTypes(args), Out: types.IntType,
		Window: func(*udfs.Env) (udfs.WindowFunc, error) { return ntile(n), nil }}, nil
}

type ntile int64

func (f ntile) Eval(c *udfs.WindowCall) error {
	out := vec.Values[int32](c.Out)
	size, larger := int64(c.N)/int64(f), int64(c.N)%int64(f)
	bucket, left := int32(0), int64(0)
	for i := range out[:c.N] {
		if left == 0 {
			bucket++
			left = size
			if int64(bucket) <= larger {
				left++
			}
		}
		out[i] = bucket
		left--
	}
	return nil
}
