package functions

import (
	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

func modeAggregates() []udfs.Def {
	return []udfs.Def{{
		Name: "mode", Group: "agg_funcs", Since: "3.4.0", MinArgs: 1, MaxArgs: 2,
		Usage:    "mode(col[, deterministic]) - Returns the value that is most frequent in a group; of several the smallest. mode() WITHIN GROUP (ORDER BY col [DESC]) takes the first in that order.",
		Examples: example("SELECT mode(c) FROM VALUES (0), (10), (10) AS t(c)", "10"),
		Traits:   udfs.Deterministic | udfs.OrderedSet,
		Pretty:   func(args []string) string { return labelled("mode")(args) },
		Resolve: func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
			t := args[0].Type
			if hasMap(t) {
				return udfs.Binding{}, mismatch(ctx, "UNSUPPORTED_INPUT_TYPE", "functionName", "`mode`", "dataType", `"MAP"`)
			}
			in, desc := []types.Type{t}, false
			if len(args) == 2 {
				if args[1].Type.Kind() != types.Boolean {
					return udfs.Binding{}, unexpected(ctx, args, 1, `"BOOLEAN"`)
				}
				if !args[1].Const {
					return udfs.Binding{}, notConstant(ctx, args[1], "deterministic", `"BOOLEAN"`)
				}
				// WITHIN GROUP gives "descending" here, a call the wish for one answer, which it always gets.
				if b, _ := args[1].Value.(bool); b && ctx.WithinGroup {
					desc = true
				}
				in = append(in, types.BooleanType)
			}
			state := []types.Type{types.ArrayOf(t, false), types.ArrayOf(types.BigIntType, false)}
			return aggregate(in, t, state, func(*udfs.Env) udfs.Accumulator {
				return &mode{valueCounts: newValueCounts(t), desc: desc}
			}), nil
		},
	}}
}

// valueCounts keeps the different values of each group with their numbers.
type valueCounts struct {
	picker
	lists
	vals   *vec.Vec
	counts []int64
	seen   map[string]int32
	key    []byte
	idx    []int32
}

func newValueCounts(t types.Type) valueCounts {
	return valueCounts{vals: vec.New(t, 0), seen: map[string]int32{}}
}

func (a *valueCounts) Resize(n int) { a.lists.resize(n) }

func (a *valueCounts) Update(groups []int32, c *udfs.Call) error {
	g, rows := a.live(groups, c, c.In[0])
	for k, x := range g {
		a.put(x, c.In[0], rowAt(rows, k), 1)
	}
	return nil
}

func (a *valueCounts) groupKey(g int32, v *vec.Vec, i int) []byte {
	a.key = appendKey(append(a.key[:0], byte(g), byte(g>>8), byte(g>>16), byte(g>>24)), v, i)
	return a.key
}

func (a *valueCounts) put(g int32, v *vec.Vec, i int, n int64) {
	if e, ok := a.seen[string(a.groupKey(g, v, i))]; ok {
		a.counts[e] += n
		return
	}
	a.seen[string(a.key)] = int32(len(a.counts))
	a.push(g)
	appendRow(a.vals, v, i)
	a.counts = append(a.counts, n)
}

func (a *valueCounts) Merge(groups []int32, partial []*vec.Vec) error {
	counts := vec.Values[int64](partial[1].Kids[0])
	for k, g := range groups {
		lo, hi := partial[0].Range(k)
		at, _ := partial[1].Range(k)
		for e := lo; e < hi; e++ {
			a.put(g, partial[0].Kids[0], e, counts[at+e-lo])
		}
	}
	return nil
}

func (a *valueCounts) Partial(groups []int32, out []*vec.Vec) error {
	for _, g := range groups {
		i := out[0].Extend(1)
		out[1].Extend(1)
		a.idx = a.entries(g, a.idx[:0])
		vec.AppendRows(out[0].Kids[0], a.vals, a.idx, len(a.idx))
		at := out[1].Kids[0].Extend(len(a.idx))
		for k, e := range a.idx {
			vec.Values[int64](out[1].Kids[0])[at+k] = a.counts[e]
		}
		out[0].CloseRow(i)
		out[1].CloseRow(i)
	}
	return nil
}

func (a *valueCounts) Clear(groups []int32) {
	for _, g := range groups {
		a.idx = a.entries(g, a.idx[:0])
		for _, e := range a.idx {
			delete(a.seen, string(a.groupKey(g, a.vals, int(e))))
		}
		a.drop(g)
	}
	if a.used == 0 {
		a.lists.reset()
		a.vals.Reset(0)
		a.counts = a.counts[:0]
	}
}

func (a *valueCounts) Bytes() int64 {
	return a.lists.bytes() + a.vals.Size() + 8*int64(cap(a.counts)) + 48*int64(len(a.seen))
}

type mode struct {
	valueCounts
	desc bool
}

func (a *mode) Result(groups []int32, out *vec.Vec) error {
	for _, g := range groups {
		best := int32(-1)
		a.idx = a.entries(g, a.idx[:0])
		for _, e := range a.idx {
			if best < 0 || a.counts[e] > a.counts[best] || a.counts[e] == a.counts[best] &&
				(vec.Compare(a.vals, int(e), a.vals, int(best)) < 0) != a.desc {
				best = e
			}
		}
		if best < 0 {
			out.Append(nil)
		} else {
			appendRow(out, a.vals, int(best))
		}
	}
	return nil
}
