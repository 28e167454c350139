package functions

import (
	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// tag is a row's place in the source: the batch's, then, within batches of one place, which one worker gets
// in order, the row's arrival there.
type tag struct {
	seq uint64
	ord int64
}

func (t tag) before(u tag) bool { return t.seq < u.seq || t.seq == u.seq && t.ord < u.ord }
func (t tag) row(i int) tag     { return tag{t.seq, t.ord + int64(i)} }

// arrival counts the rows that a worker's accumulator has seen.
type arrival struct{ next int64 }

// batch is the tag of the first row of c.
func (a *arrival) batch(c *udfs.Call) tag {
	t := tag{c.Seq, a.next}
	a.next += int64(c.N)
	return t
}

// appendTags appends the tags of the groups to two bigint columns.
func appendTags(tags []tag, groups []int32, seqs, ords *vec.Vec) {
	at := seqs.Extend(len(groups))
	ords.Extend(len(groups))
	s, o := vec.Values[int64](seqs)[at:], vec.Values[int64](ords)[at:]
	for k, g := range groups {
		s[k], o[k] = int64(tags[g].seq), tags[g].ord
	}
}

const (
	firstUsage = "Returns the value of `expr` in the first row of a group, with `isIgnoreNull` true the first that is not NULL."
	lastUsage  = "Returns the value of `expr` in the last row of a group, with `isIgnoreNull` true the last that is not NULL."
)

func firstLastAggregates() []udfs.Def {
	return []udfs.Def{
		firstLastDef("first", "2.0.0", firstUsage, "10", false),
		firstLastDef("first_value", "2.0.0", firstUsage, "10", false),
		firstLastDef("last", "2.0.0", lastUsage, "20", true),
		firstLastDef("last_value", "2.0.0", lastUsage, "20", true),
		firstLastDef("any_value", "3.4.0", "Returns some value of `expr` in a group, here the first; with `isIgnoreNull` true one that is not NULL.", "10", false),
		rowPickDef(firstRow, "Returns the arguments' values in the first row of a group, as a struct.", false),
		rowPickDef(lastRow, "Returns the arguments' values in the last row of a group, as a struct.", true),
	}
}

// The operators that pick several columns of one row.
const (
	firstRow = "first_row"
	lastRow  = "last_row"
)

func rowPickDef(name, usage string, last bool) udfs.Def {
	return udfs.Def{
		Name: name, Operator: true, Group: "agg_funcs", Since: "1.0.0", Usage: name + "(expr1, expr2, ...) - " + usage,
		Traits: udfs.Deterministic | udfs.OrderSensitive, MinArgs: 1, MaxArgs: -1,
		Resolve: func(_ *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
			t := structOf(args)
			return aggregate(argTypes(args), t, []types.Type{t, types.BigIntType, types.BigIntType}, func(*udfs.Env) udfs.Accumulator {
				return &firstLast{rowStore: newRowStore(t), last: last, row: &vec.Vec{Type: t}}
			}), nil
		},
	}
}

func firstLastDef(name, since, usage, example string, last bool) udfs.Def {
	return udfs.Def{
		Name: name, Group: "agg_funcs", Since: since,
		Usage:    name + "(expr[, isIgnoreNull]) - " + usage,
		Examples: []udfs.Example{{SQL: "SELECT " + name + "(c) FROM VALUES (10), (5), (20) AS t(c)", Out: example}},
		Traits:   udfs.Deterministic | udfs.OrderSensitive | udfs.IgnoresNulls, MinArgs: 1, MaxArgs: 2,
		Pretty: func(args []string) string { return name + "(" + args[0] + ")" },
		Resolve: func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
			in := []types.Type{args[0].Type}
			ignore := ctx.IgnoreNulls
			if len(args) == 2 {
				if args[1].Type.Kind() != types.Boolean {
					return udfs.Binding{}, unexpected(ctx, args, 1, `"BOOLEAN"`)
				}
				if !args[1].Const || args[1].Value == nil {
					return udfs.Binding{}, notConstant(ctx, args[1], "ignoreNulls", `"BOOLEAN"`)
				}
				ignore = ignore || args[1].Value.(bool)
				in = append(in, types.BooleanType)
			}
			t := args[0].Type
			b := aggregate(in, t, []types.Type{t, types.BigIntType, types.BigIntType}, func(*udfs.Env) udfs.Accumulator {
				return &firstLast{rowStore: newRowStore(t), last: last, ignoreNulls: ignore}
			})
			if !ignore {
				b.RowPick = firstRow
				if last {
					b.RowPick = lastRow
				}
			}
			b.Window = func(*udfs.Env) (udfs.WindowFunc, error) { return frameEdge{last: last, ignoreNulls: ignore}, nil }
			return b, nil
		},
	}
}

// firstLast keeps the first or last row of each group by its place in the source.
type firstLast struct {
	picker
	arrival
	rowStore
	tags        []tag
	last        bool
	ignoreNulls bool
	row         *vec.Vec // the arguments as a struct; nil: there is but one
	winner      []int32  // by group: 1 + the row of the current batch that won
	touched     []int32  // groups with a winner
	won         []int32  // their rows
}

func (a *firstLast) Resize(n int) {
	a.resize(n)
	a.tags, a.winner = grow(a.tags, n), grow(a.winner, n)
}

func (a *firstLast) Update(groups []int32, c *udfs.Call) error {
	base := a.batch(c)
	g, rows := groups, c.Sel
	if a.ignoreNulls {
		g, rows = a.live(groups, c, c.In[0])
	}
	for k, x := range g {
		i := rowAt(rows, k)
		switch {
		case a.winner[x] != 0:
			if a.last {
				a.winner[x] = int32(i) + 1
			}
		case !a.has(x) || base.row(i).before(a.tags[x]) != a.last:
			a.winner[x] = int32(i) + 1
			a.touched = append(a.touched, x)
		}
	}
	a.won = a.won[:0]
	for _, x := range a.touched {
		i := a.winner[x] - 1
		a.winner[x] = 0
		a.tags[x] = base.row(int(i))
		a.won = append(a.won, i)
	}
	a.setAll(a.touched, a.value(c), a.won)
	a.touched = a.touched[:0]
	return nil
}

// value is what is kept of a batch's rows.
func (a *firstLast) value(c *udfs.Call) *vec.Vec {
	if a.row == nil {
		return c.In[0]
	}
	a.row.Len, a.row.Kids = c.N, c.In
	return a.row
}

func (a *firstLast) Merge(groups []int32, partial []*vec.Vec) error {
	seq, ord := vec.Values[int64](partial[1]), vec.Values[int64](partial[2])
	a.won = a.won[:0]
	for k, g := range groups {
		if partial[1].IsNull(k) {
			continue
		}
		t := tag{uint64(seq[k]), ord[k]}
		known := a.winner[g] != 0
		if !known && !a.has(g) || t.before(a.tags[g]) != a.last {
			a.tags[g] = t
			a.winner[g] = int32(k) + 1
			if !known {
				a.touched = append(a.touched, g)
			}
		}
	}
	for _, g := range a.touched {
		a.won = append(a.won, a.winner[g]-1)
		a.winner[g] = 0
	}
	a.setAll(a.touched, partial[0], a.won)
	a.touched = a.touched[:0]
	return nil
}

func (a *firstLast) Partial(groups []int32, out []*vec.Vec) error {
	at := out[1].Len
	a.appendTo(groups, out[0])
	appendTags(a.tags, groups, out[1], out[2])
	for k, g := range groups {
		if !a.has(g) {
			out[1].SetNull(at + k)
		}
	}
	return nil
}

func (a *firstLast) Result(groups []int32, out *vec.Vec) error {
	a.appendTo(groups, out)
	return nil
}

func (a *firstLast) Clear(groups []int32) { a.clear(groups) }
func (a *firstLast) Bytes() int64         { return a.bytes() + 20*int64(cap(a.tags)) }
