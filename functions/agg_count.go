package functions

import (
	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

func countAggregates() []udfs.Def {
	return []udfs.Def{
		{
			Name: "count", Group: "agg_funcs", Since: "1.0.0",
			Usage:    "count(expr[, expr...]) - Returns the number of rows in which every argument is not NULL; count(*) counts all rows.",
			Examples: []udfs.Example{{SQL: "SELECT count(*), count(c) FROM VALUES (NULL), (5), (5) AS t(c)", Out: "3\t2"}},
			Traits:   udfs.Deterministic, MinArgs: 1, MaxArgs: -1,
			Resolve: func(_ *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
				in := make([]types.Type, len(args))
				for i := range args {
					in[i] = args[i].Type
				}
				return counting(in, func() udfs.Accumulator { return &countAgg{} }), nil
			},
		},
		{
			Name: "count_if", Group: "agg_funcs", Since: "3.0.0",
			Usage:    "count_if(expr) - Returns the number of rows in which `expr` is true.",
			Examples: []udfs.Example{{SQL: "SELECT count_if(c > 1) FROM VALUES (NULL), (1), (2), (3) AS t(c)", Out: "2"}},
			Traits:   udfs.Deterministic, MinArgs: 1, MaxArgs: 1,
			Resolve: func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
				if _, err := accept(ctx, args, 0, types.BooleanType); err != nil {
					return udfs.Binding{}, err
				}
				return counting([]types.Type{types.BooleanType}, func() udfs.Accumulator { return &countAgg{onlyTrue: true} }), nil
			},
		},
		{
			Name: "regr_count", Group: "agg_funcs", Since: "3.3.0",
			Usage:    "regr_count(y, x) - Returns the number of rows in which both arguments are not NULL.",
			Examples: []udfs.Example{{SQL: "SELECT regr_count(y, x) FROM VALUES (1, 2), (2, NULL), (3, 4) AS t(y, x)", Out: "2"}},
			Traits:   udfs.Deterministic, MinArgs: 2, MaxArgs: 2,
			Resolve: func(_ *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
				return counting([]types.Type{types.DoubleType, types.DoubleType}, func() udfs.Accumulator { return &countAgg{} }), nil
			},
		},
	}
}

func counting(in []types.Type, make func() udfs.Accumulator) udfs.Binding {
	return udfs.Binding{In: in, Out: types.BigIntType, Agg: &udfs.Agg{
		State: []types.Type{types.BigIntType}, NoInput: int64(0),
		New: func(*udfs.Env) (udfs.Accumulator, error) { return make(), nil },
	}}
}

// countAgg counts the rows without NULLs, or those that are true.
type countAgg struct {
	picker
	n        []int64
	onlyTrue bool
}

func (a *countAgg) Resize(n int) { a.n = grow(a.n, n) }

func (a *countAgg) Update(groups []int32, c *udfs.Call) error {
	g, rows := a.live(groups, c, c.In...)
	if a.onlyTrue {
		v := vec.Values[bool](c.In[0])
		for k, x := range g {
			if v[rowAt(rows, k)] {
				a.n[x]++
			}
		}
		return nil
	}
	if oneGroup(g, len(a.n)) {
		a.n[0] += int64(len(g))
		return nil
	}
	for _, x := range g {
		a.n[x]++
	}
	return nil
}

func (a *countAgg) Merge(groups []int32, partial []*vec.Vec) error {
	for k, x := range vec.Values[int64](partial[0])[:len(groups)] {
		a.n[groups[k]] += x
	}
	return nil
}

func (a *countAgg) Partial(groups []int32, out []*vec.Vec) error { return a.Result(groups, out[0]) }

func (a *countAgg) Result(groups []int32, out *vec.Vec) error {
	at := out.Extend(len(groups))
	v := vec.Values[int64](out)[at:]
	for k, g := range groups {
		v[k] = a.n[g]
	}
	return nil
}

func (a *countAgg) Clear(groups []int32) { clearAt(a.n, groups) }
func (a *countAgg) Bytes() int64         { return int64(cap(a.n)) * 8 }

// clearAt zeroes the entries of the given groups.
func clearAt[T any](s []T, groups []int32) {
	var zero T
	for _, g := range groups {
		s[g] = zero
	}
}
