package functions

import (
	"slices"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

func collectAggregates() []udfs.Def {
	return []udfs.Def{
		{
			Name: "collect_list", Aliases: []string{"array_agg"}, Group: "agg_funcs", Since: "2.0.0",
			Usage:    "collect_list(expr) - Returns the values of `expr` that are not NULL as an array, in the order of the rows.",
			Examples: []udfs.Example{{SQL: "SELECT collect_list(c) FROM VALUES (1), (2), (NULL), (1) AS t(c)", Out: "[1,2,1]"}},
			Traits:   udfs.Deterministic | udfs.OrderSensitive, MinArgs: 1, MaxArgs: 1,
			Pretty: func(args []string) string { return "collect_list(" + args[0] + ")" },
			Resolve: func(_ *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
				return collecting(args[0].Type, false), nil
			},
		},
		{
			Name: "collect_set", Group: "agg_funcs", Since: "2.0.0",
			Usage:    "collect_set(expr) - Returns the different values of `expr` that are not NULL as an array, in the order of their first rows.",
			Examples: []udfs.Example{{SQL: "SELECT collect_set(c) FROM VALUES (1), (2), (NULL), (1) AS t(c)", Out: "[1,2]"}},
			Traits:   udfs.Deterministic | udfs.OrderSensitive, MinArgs: 1, MaxArgs: 1,
			Resolve: func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
				if t := args[0].Type; hasMap(t) {
					return udfs.Binding{}, mismatch(ctx, "UNSUPPORTED_INPUT_TYPE", "functionName", "`collect_set`", "dataType", `"MAP"`)
				}
				return collecting(args[0].Type, true), nil
			},
		},
		listaggDef(),
	}
}

func hasMap(t types.Type) bool {
	switch t.Kind() {
	case types.Map:
		return true
	case types.Array:
		return hasMap(t.Elem())
	case types.Struct:
		return slices.ContainsFunc(t.Fields(), func(f types.Field) bool { return hasMap(f.Type) })
	}
	return false
}

func collecting(t types.Type, set bool) udfs.Binding {
	b := aggregate([]types.Type{t}, types.ArrayOf(t, false), collectState(t), func(*udfs.Env) udfs.Accumulator {
		a := &collect{vals: vec.New(t, 0), set: set}
		if set {
			a.seen = map[string]int32{}
		}
		return a
	})
	b.Nullable = false
	b.Agg.NoInput = []any{}
	return b
}

func collectState(t types.Type) []types.Type {
	longs := types.ArrayOf(types.BigIntType, false)
	return []types.Type{types.ArrayOf(t, false), longs, longs}
}

// collect keeps the values of all groups in one column and links those of a group. With set it keeps the
// first of equal values.
type collect struct {
	picker
	arrival
	lists
	vals *vec.Vec
	tags []tag
	set  bool
	seen map[string]int32 // group and value -> entry
	key  []byte
	buf  []int32
}

func (a *collect) Resize(n int) { a.lists.resize(n) }

func (a *collect) Update(groups []int32, c *udfs.Call) error {
	base := a.batch(c)
	g, rows := a.live(groups, c, c.In[0])
	if !a.set {
		vec.AppendRows(a.vals, c.In[0], rows, len(g))
	}
	for k, x := range g {
		i := rowAt(rows, k)
		if a.set {
			a.put(x, c.In[0], i, base.row(i))
			continue
		}
		a.push(x)
		a.tags = append(a.tags, base.row(i))
	}
	return nil
}

func (a *collect) put(g int32, v *vec.Vec, i int, t tag) {
	if a.set {
		a.key = appendKey(append(a.key[:0], byte(g), byte(g>>8), byte(g>>16), byte(g>>24)), v, i)
		if e, ok := a.seen[string(a.key)]; ok {
			if t.before(a.tags[e]) {
				a.tags[e] = t
			}
			return
		}
		a.seen[string(a.key)] = int32(len(a.tags))
	}
	a.push(g)
	appendRow(a.vals, v, i)
	a.tags = append(a.tags, t)
}

// order lists a group's entries in the order of the source.
func (a *collect) order(g int32) []int32 {
	a.buf = a.entries(g, a.buf[:0])
	byTag := func(x, y int32) int {
		switch t, u := a.tags[x], a.tags[y]; {
		case t.before(u):
			return -1
		case u.before(t):
			return 1
		}
		return 0
	}
	if !slices.IsSortedFunc(a.buf, byTag) {
		slices.SortStableFunc(a.buf, byTag)
	}
	return a.buf
}

func (a *collect) Merge(groups []int32, partial []*vec.Vec) error {
	vals := partial[0].Kids[0]
	seq, ord := vec.Values[int64](partial[1].Kids[0]), vec.Values[int64](partial[2].Kids[0])
	for k, g := range groups {
		lo, hi := partial[0].Range(k)
		tl, _ := partial[1].Range(k)
		ol, _ := partial[2].Range(k)
		for e := lo; e < hi; e++ {
			a.put(g, vals, e, tag{uint64(seq[tl+e-lo]), ord[ol+e-lo]})
		}
	}
	return nil
}

func (a *collect) Partial(groups []int32, out []*vec.Vec) error {
	for _, g := range groups {
		row := out[0].Extend(1)
		out[1].Extend(1)
		out[2].Extend(1)
		idx := a.order(g)
		vec.AppendRows(out[0].Kids[0], a.vals, idx, len(idx))
		for _, e := range idx {
			n := out[1].Kids[0].Extend(1)
			out[2].Kids[0].Extend(1)
			vec.Values[int64](out[1].Kids[0])[n] = int64(a.tags[e].seq)
			vec.Values[int64](out[2].Kids[0])[n] = a.tags[e].ord
		}
		for _, v := range out {
			v.CloseRow(row)
		}
	}
	return nil
}

func (a *collect) Result(groups []int32, out *vec.Vec) error {
	for _, g := range groups {
		row := out.Extend(1)
		idx := a.order(g)
		vec.AppendRows(out.Kids[0], a.vals, idx, len(idx))
		out.CloseRow(row)
	}
	return nil
}

func (a *collect) Clear(groups []int32) {
	for _, g := range groups {
		if a.set {
			a.forget(g)
		}
		a.drop(g)
	}
	if a.used == 0 {
		a.lists.reset()
		a.vals.Reset(0)
		a.tags = a.tags[:0]
		clear(a.seen)
	} else if len(a.tags) > 4096 && len(a.tags) > 4*a.used {
		a.compact()
	}
}

// forget removes a group's values from seen.
func (a *collect) forget(g int32) {
	a.buf = a.entries(g, a.buf[:0])
	for _, e := range a.buf {
		a.key = appendKey(append(a.key[:0], byte(g), byte(g>>8), byte(g>>16), byte(g>>24)), a.vals, int(e))
		delete(a.seen, string(a.key))
	}
}

func (a *collect) compact() {
	vals, tags := a.vals, a.tags
	a.vals, a.tags = vec.New(vals.Type, 0), nil
	moved := map[int32]int32{}
	a.lists.compact(func(e int32) {
		moved[e] = int32(len(a.tags))
		appendRow(a.vals, vals, int(e))
		a.tags = append(a.tags, tags[e])
	})
	for k, e := range a.seen {
		a.seen[k] = moved[e]
	}
}

func (a *collect) Bytes() int64 {
	return a.lists.bytes() + a.vals.Size() + 16*int64(cap(a.tags)) + 48*int64(len(a.seen))
}
