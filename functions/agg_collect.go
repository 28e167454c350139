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
		a := &collect{vals: vec.New(t, 0)}
		if set {
			a.seen = &valueSet{}
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

// collect keeps the values of all groups in one column and links those of a group. With seen it keeps the
// first of equal values.
type collect struct {
	picker
	arrival
	lists
	vals  *vec.Vec
	tags  []tag
	seen  *valueSet
	times []tag   // scratch: of the rows that are added
	buf   []int32 // scratch: entries
	owner []int32 // scratch: groups of rows
}

func (a *collect) Resize(n int) { a.lists.resize(n) }

func (a *collect) Update(groups []int32, c *udfs.Call) error {
	base := a.batch(c)
	g, rows := a.live(groups, c, c.In[0])
	a.times = grow(a.times[:0], len(g))
	for k := range g {
		a.times[k] = base.row(rowAt(rows, k))
	}
	a.add(g, c.In[0], rows)
	return nil
}

// add adds rows of v, none of them NULL, to groups; a.times are their places.
func (a *collect) add(g []int32, v *vec.Vec, rows []int32) {
	if len(g) == 0 {
		return
	}
	if a.seen != nil {
		a.addNew(g, v, rows)
		return
	}
	vec.AppendRows(a.vals, v, rows, len(g))
	for _, x := range g {
		a.push(x)
	}
	a.tags = append(a.tags, a.times...)
}

// addNew adds the rows whose values their groups do not have.
func (a *collect) addNew(g []int32, v *vec.Vec, rows []int32) {
	s := a.seen
	s.begin(a.vals, v, rows, g)
	for k, x := range g {
		e, found := s.find(x, rowAt(rows, k), s.h[k])
		switch {
		case !found:
			a.push(x)
			a.tags = append(a.tags, a.times[k])
		case a.times[k].before(a.tags[e]):
			a.tags[e] = a.times[k]
		}
	}
	if len(s.added) > 0 {
		vec.AppendRows(a.vals, v, s.added, 0)
	}
}

// order gives a group's entries in the order of the source, lent until the next use.
func (a *collect) order(g int32) []int32 {
	a.buf = a.entries(g, a.buf[:0])
	a.arrange(a.buf)
	return a.buf
}

// arrange puts a group's entries into the order of the source.
func (a *collect) arrange(list []int32) {
	for i := 1; i < len(list); i++ {
		if a.tags[list[i]].before(a.tags[list[i-1]]) {
			slices.SortStableFunc(list, a.byTag)
			return
		}
	}
}

func (a *collect) byTag(x, y int32) int {
	switch t, u := a.tags[x], a.tags[y]; {
	case t.before(u):
		return -1
	case u.before(t):
		return 1
	}
	return 0
}

func (a *collect) Merge(groups []int32, partial []*vec.Vec) error {
	seq, ord := vec.Values[int64](partial[1].Kids[0]), vec.Values[int64](partial[2].Kids[0])
	a.owner, a.buf, a.times = a.owner[:0], a.buf[:0], a.times[:0]
	for k, g := range groups {
		lo, hi := partial[0].Range(k)
		tl, _ := partial[1].Range(k)
		ol, _ := partial[2].Range(k)
		for e := lo; e < hi; e++ {
			a.owner, a.buf = append(a.owner, g), append(a.buf, int32(e))
			a.times = append(a.times, tag{uint64(seq[tl+e-lo]), ord[ol+e-lo]})
		}
	}
	a.add(a.owner, partial[0].Kids[0], a.buf)
	return nil
}

func (a *collect) Partial(groups []int32, out []*vec.Vec) error {
	a.close(groups, out[0])
	for i, v := range out[1:] {
		at := v.Kids[0].Extend(len(a.buf))
		to := vec.Values[int64](v.Kids[0])[at:]
		for k, e := range a.buf {
			if to[k] = a.tags[e].ord; i == 0 {
				to[k] = int64(a.tags[e].seq)
			}
		}
		a.offsets(groups, v, at)
	}
	return nil
}

func (a *collect) Result(groups []int32, out *vec.Vec) error {
	a.close(groups, out)
	return nil
}

// close appends the arrays of groups to out; a.buf are then the entries of all of them.
func (a *collect) close(groups []int32, out *vec.Vec) {
	a.buf = a.entriesOf(groups, a.buf[:0])
	lo := int32(0)
	for _, g := range groups {
		a.arrange(a.buf[lo : lo+a.count[g]])
		lo += a.count[g]
	}
	out.Extend(0)
	at := out.Kids[0].Len
	if len(a.buf) > 0 {
		out.Kids[0].Grow(len(a.buf))
		vec.AppendRows(out.Kids[0], a.vals, a.buf, 0)
	}
	a.offsets(groups, out, at)
}

// offsets appends rows to the array column out, whose elements from at on are the groups' entries.
func (a *collect) offsets(groups []int32, out *vec.Vec, at int) {
	row := out.Extend(len(groups))
	for k, g := range groups {
		at += int(a.count[g])
		out.Offs[row+k+1] = int32(at)
	}
}

func (a *collect) Clear(groups []int32) {
	for _, g := range groups {
		if a.seen != nil {
			a.buf = a.entries(g, a.buf[:0])
			a.seen.forget(a.buf)
		}
		a.drop(g)
	}
	if a.used == 0 {
		a.lists.reset()
		a.vals.Reset(0)
		a.tags = a.tags[:0]
		if a.seen != nil {
			a.seen.reset()
		}
	} else if len(a.tags) > 4096 && len(a.tags) > 4*a.used {
		a.compact()
	}
}

func (a *collect) compact() {
	vals, tags := a.vals, a.tags
	a.vals, a.tags, a.buf = vec.New(vals.Type, 0), nil, a.buf[:0]
	a.lists.compact(func(e int32) {
		a.buf = append(a.buf, e)
		a.tags = append(a.tags, tags[e])
	})
	vec.AppendRows(a.vals, vals, a.buf, 0)
	if a.seen != nil {
		a.seen.renumber(a.buf)
	}
}

func (a *collect) Bytes() int64 {
	n := a.lists.bytes() + a.vals.Size() + 16*int64(cap(a.tags))
	if a.seen != nil {
		n += a.seen.bytes()
	}
	return n
}
