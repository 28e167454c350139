package functions

import (
	"bytes"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

func minMaxAggregates() []udfs.Def {
	return []udfs.Def{
		extremeDef("max", "largest", "15", true), extremeDef("min", "smallest", "5", false),
		extremeByDef("max_by", "largest", "b", true), extremeByDef("min_by", "smallest", "a", false),
	}
}

func extremeDef(name, word, example string, max bool) udfs.Def {
	return udfs.Def{
		Name: name, Group: "agg_funcs", Since: "1.0.0",
		Usage:    name + "(expr) - Returns the " + word + " value of `expr`; NULLs are left out, NaN is larger than any number.",
		Examples: []udfs.Example{{SQL: "SELECT " + name + "(c) FROM VALUES (10), (5), (NULL), (15) AS t(c)", Out: example}},
		Traits:   udfs.Deterministic, MinArgs: 1, MaxArgs: 1,
		Resolve: func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
			t := args[0].Type
			if !orderable(t) {
				return udfs.Binding{}, badOrdering(ctx, name, t)
			}
			return aggregate([]types.Type{t}, t, []types.Type{t}, func(*udfs.Env) udfs.Accumulator { return newExtreme(t, max) }), nil
		},
	}
}

func extremeByDef(name, word, example string, max bool) udfs.Def {
	return udfs.Def{
		Name: name, Group: "agg_funcs", Since: "3.0.0",
		Usage:    name + "(x, y) - Returns the `x` of the row with the " + word + " `y`; of several the first.",
		Examples: []udfs.Example{{SQL: "SELECT " + name + "(x, y) FROM VALUES ('a', 10), ('b', 50), ('c', 20) AS t(x, y)", Out: example}},
		Traits:   udfs.Deterministic | udfs.OrderSensitive, MinArgs: 2, MaxArgs: 2,
		Resolve: func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
			x, y := args[0].Type, args[1].Type
			if !orderable(y) {
				return udfs.Binding{}, badOrdering(ctx, name, y)
			}
			state := []types.Type{x, y, types.BigIntType, types.BigIntType}
			return aggregate([]types.Type{x, y}, x, state, func(*udfs.Env) udfs.Accumulator {
				return &extremeBy{x: newRowStore(x), y: newRowStore(y), max: max}
			}), nil
		},
	}
}

func newExtreme(t types.Type, max bool) udfs.Accumulator {
	switch t.Kind() {
	case types.Boolean:
		return &extreme[uint8]{max: max}
	case types.TinyInt:
		return &extreme[int8]{max: max}
	case types.SmallInt:
		return &extreme[int16]{max: max}
	case types.Int, types.Date, types.YearMonthInterval:
		return &extreme[int32]{max: max}
	case types.BigInt, types.Timestamp, types.TimestampNTZ, types.DayTimeInterval:
		return &extreme[int64]{max: max}
	case types.Float:
		return &extreme[float32]{max: max}
	case types.Double:
		return &extreme[float64]{max: max}
	case types.Decimal:
		if t.Width() == 8 {
			return &extreme[int64]{max: max}
		}
	}
	return &extremeRow{rowStore: newRowStore(t), max: max}
}

type ordered interface {
	uint8 | int8 | int16 | int32 | int64 | float32 | float64
}

// greater is Spark's order: NaN is larger than any number and equal to itself.
func greater[T ordered](x, y T) bool { return x > y || x != x && y == y }

// extreme is min or max of a type with an ordered Go type.
type extreme[T ordered] struct {
	picker
	v   []T
	has []bool
	max bool
}

func (a *extreme[T]) Resize(n int) { a.v, a.has = grow(a.v, n), grow(a.has, n) }

func (a *extreme[T]) Update(groups []int32, c *udfs.Call) error {
	g, rows := a.live(groups, c, c.In[0])
	a.fold(g, rows, c.In[0])
	return nil
}

func (a *extreme[T]) fold(g, rows []int32, in *vec.Vec) {
	v := vec.Values[T](in)
	if rows == nil && oneGroup(g, len(a.v)) {
		a.single(v[:len(g)])
		return
	}
	if a.max {
		for k, x := range g {
			if y := v[rowAt(rows, k)]; !a.has[x] || greater(y, a.v[x]) {
				a.v[x], a.has[x] = y, true
			}
		}
		return
	}
	for k, x := range g {
		if y := v[rowAt(rows, k)]; !a.has[x] || greater(a.v[x], y) {
			a.v[x], a.has[x] = y, true
		}
	}
}

// single offers values to the only group.
func (a *extreme[T]) single(v []T) {
	best := v[0]
	if a.has[0] {
		best = a.v[0]
	}
	if a.max {
		for _, y := range v {
			if greater(y, best) {
				best = y
			}
		}
	} else {
		for _, y := range v {
			if greater(best, y) {
				best = y
			}
		}
	}
	a.v[0], a.has[0] = best, true
}

func (a *extreme[T]) Merge(groups []int32, partial []*vec.Vec) error {
	g, rows := groups, []int32(nil)
	if partial[0].Valid != nil {
		g, rows = a.valid(groups, nil, partial[0])
	}
	a.fold(g, rows, partial[0])
	return nil
}

func (a *extreme[T]) Partial(groups []int32, out []*vec.Vec) error { return a.Result(groups, out[0]) }

func (a *extreme[T]) Result(groups []int32, out *vec.Vec) error {
	at := out.Extend(len(groups))
	v := vec.Values[T](out)[at:]
	for k, g := range groups {
		if v[k] = a.v[g]; !a.has[g] {
			out.SetNull(at + k)
		}
	}
	return nil
}

func (a *extreme[T]) Clear(groups []int32) { clearAt(a.has, groups) }
func (a *extreme[T]) Bytes() int64         { return int64(cap(a.v)) * 9 }

// extremeRow is min or max of strings, wide decimals and nested types.
type extremeRow struct {
	picker
	rowStore
	max bool
}

func (a *extremeRow) Resize(n int) { a.resize(n) }

func (a *extremeRow) Update(groups []int32, c *udfs.Call) error {
	g, rows := a.live(groups, c, c.In[0])
	a.fold(g, rows, c.In[0])
	return nil
}

func (a *extremeRow) fold(g, rows []int32, in *vec.Vec) {
	if k := in.Type.Kind(); (k == types.String || k == types.Binary) && in.Type.Collation() == "" {
		for k, x := range g {
			i := rowAt(rows, k)
			if !a.has(x) {
				a.set(x, in, i)
			} else if d := bytes.Compare(in.Bytes(i), a.kept.Bytes(a.row(x))); d > 0 && a.max || d < 0 && !a.max {
				a.set(x, in, i)
			}
		}
		return
	}
	for k, x := range g {
		i := rowAt(rows, k)
		if !a.has(x) {
			a.set(x, in, i)
		} else if d := vec.Compare(in, i, a.kept, a.row(x)); d > 0 && a.max || d < 0 && !a.max {
			a.set(x, in, i)
		}
	}
}

func (a *extremeRow) Merge(groups []int32, partial []*vec.Vec) error {
	g, rows := groups, []int32(nil)
	if partial[0].Valid != nil {
		g, rows = a.valid(groups, nil, partial[0])
	}
	a.fold(g, rows, partial[0])
	return nil
}

func (a *extremeRow) Partial(groups []int32, out []*vec.Vec) error { return a.Result(groups, out[0]) }

func (a *extremeRow) Result(groups []int32, out *vec.Vec) error {
	a.appendTo(groups, out)
	return nil
}

func (a *extremeRow) Clear(groups []int32) { a.clear(groups) }
func (a *extremeRow) Bytes() int64         { return a.bytes() }

// extremeBy is min_by and max_by: of rows with equal y the first one of the source wins, whatever the workers.
type extremeBy struct {
	picker
	arrival
	x, y rowStore
	tags []tag
	max  bool
}

func (a *extremeBy) Resize(n int) {
	a.x.resize(n)
	a.y.resize(n)
	a.tags = grow(a.tags, n)
}

func (a *extremeBy) Update(groups []int32, c *udfs.Call) error {
	g, rows := a.live(groups, c, c.In[1])
	base := a.batch(c)
	for k, x := range g {
		i := rowAt(rows, k)
		a.offer(x, c.In[0], c.In[1], i, base.row(i))
	}
	return nil
}

func (a *extremeBy) offer(g int32, x, y *vec.Vec, i int, t tag) {
	if a.y.has(g) {
		d := vec.Compare(y, i, a.y.kept, a.y.row(g))
		if !a.max {
			d = -d
		}
		if d < 0 || d == 0 && !t.before(a.tags[g]) {
			return
		}
	}
	a.x.set(g, x, i)
	a.y.set(g, y, i)
	a.tags[g] = t
}

func (a *extremeBy) Merge(groups []int32, partial []*vec.Vec) error {
	seq, ord := vec.Values[int64](partial[2]), vec.Values[int64](partial[3])
	for k, g := range groups {
		if !partial[1].IsNull(k) {
			a.offer(g, partial[0], partial[1], k, tag{uint64(seq[k]), ord[k]})
		}
	}
	return nil
}

func (a *extremeBy) Partial(groups []int32, out []*vec.Vec) error {
	a.x.appendTo(groups, out[0])
	a.y.appendTo(groups, out[1])
	appendTags(a.tags, groups, out[2], out[3])
	return nil
}

func (a *extremeBy) Result(groups []int32, out *vec.Vec) error {
	a.x.appendTo(groups, out)
	return nil
}

func (a *extremeBy) Clear(groups []int32) {
	a.x.clear(groups)
	a.y.clear(groups)
}
func (a *extremeBy) Bytes() int64 { return a.x.bytes() + a.y.bytes() + 16*int64(cap(a.tags)) }
