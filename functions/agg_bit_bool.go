package functions

import (
	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

func bitBoolAggregates() []udfs.Def {
	return []udfs.Def{
		boolDef("bool_and", "3.0.0", "all values are", false, "false"), boolDef("every", "3.0.0", "all values are", false, "false"),
		boolDef("bool_or", "3.0.0", "a value is", true, "true"), boolDef("some", "3.0.0", "a value is", true, "true"),
		boolDef("any", "3.0.0", "a value is", true, "true"),
		bitDef("bit_and", "AND", "1", func(x, y uint64) uint64 { return x & y }),
		bitDef("bit_or", "OR", "7", func(x, y uint64) uint64 { return x | y }),
		bitDef("bit_xor", "XOR", "6", func(x, y uint64) uint64 { return x ^ y }),
	}
}

func boolDef(name, since, when string, max bool, out string) udfs.Def {
	return udfs.Def{
		Name: name, Group: "agg_funcs", Since: since,
		Usage:    name + "(expr) - Returns true when " + when + " true; NULLs are left out.",
		Examples: []udfs.Example{{SQL: "SELECT " + name + "(c) FROM VALUES (true), (NULL), (false) AS t(c)", Out: out}},
		Traits:   udfs.Deterministic, MinArgs: 1, MaxArgs: 1,
		Resolve: func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
			t := types.BooleanType
			if _, err := accept(ctx, args, 0, t); err != nil {
				return udfs.Binding{}, err
			}
			return aggregate([]types.Type{t}, t, []types.Type{t}, func(*udfs.Env) udfs.Accumulator {
				return &extreme[uint8]{max: max}
			}), nil
		},
	}
}

func bitDef(name, word, out string, f func(x, y uint64) uint64) udfs.Def {
	return udfs.Def{
		Name: name, Group: "agg_funcs", Since: "3.0.0",
		Usage:    name + "(expr) - Returns the bitwise " + word + " of the values of a group; NULLs are left out.",
		Examples: []udfs.Example{{SQL: "SELECT " + name + "(c) FROM VALUES (3), (5) AS t(c)", Out: out}},
		Traits:   udfs.Deterministic, MinArgs: 1, MaxArgs: 1,
		Resolve: func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
			t := args[0].Type
			if isNullType(t) {
				t = types.IntType
			}
			if !t.IsIntegral() {
				return udfs.Binding{}, unexpected(ctx, args, 0, `"INTEGRAL"`)
			}
			return aggregate([]types.Type{t}, t, []types.Type{t}, func(*udfs.Env) udfs.Accumulator { return newBitAgg(t, f) }), nil
		},
	}
}

func newBitAgg(t types.Type, f func(x, y uint64) uint64) udfs.Accumulator {
	switch t.Kind() {
	case types.TinyInt:
		return &bitAgg[int8]{f: f}
	case types.SmallInt:
		return &bitAgg[int16]{f: f}
	case types.Int:
		return &bitAgg[int32]{f: f}
	}
	return &bitAgg[int64]{f: f}
}

// bitAgg folds integers bit by bit.
type bitAgg[T int8 | int16 | int32 | int64] struct {
	picker
	v   []uint64
	has []bool
	f   func(x, y uint64) uint64
}

func (a *bitAgg[T]) Resize(n int) { a.v, a.has = grow(a.v, n), grow(a.has, n) }

func (a *bitAgg[T]) Update(groups []int32, c *udfs.Call) error {
	g, rows := a.live(groups, c, c.In[0])
	a.fold(g, rows, c.In[0])
	return nil
}

func (a *bitAgg[T]) fold(g, rows []int32, in *vec.Vec) {
	v := vec.Values[T](in)
	for k, x := range g {
		y := uint64(v[rowAt(rows, k)])
		if a.has[x] {
			y = a.f(a.v[x], y)
		}
		a.v[x], a.has[x] = y, true
	}
}

func (a *bitAgg[T]) Merge(groups []int32, partial []*vec.Vec) error {
	g, rows := groups, []int32(nil)
	if partial[0].Valid != nil {
		g, rows = a.valid(groups, nil, partial[0])
	}
	a.fold(g, rows, partial[0])
	return nil
}

func (a *bitAgg[T]) Partial(groups []int32, out []*vec.Vec) error { return a.Result(groups, out[0]) }

func (a *bitAgg[T]) Result(groups []int32, out *vec.Vec) error {
	at := out.Extend(len(groups))
	v := vec.Values[T](out)[at:]
	for k, g := range groups {
		if v[k] = T(a.v[g]); !a.has[g] {
			out.SetNull(at + k)
		}
	}
	return nil
}

func (a *bitAgg[T]) Clear(groups []int32) { clearAt(a.has, groups) }
func (a *bitAgg[T]) Bytes() int64         { return 9 * int64(cap(a.v)) }
