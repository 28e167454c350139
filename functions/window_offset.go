package functions

import (
	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// offsetDef is lag or lead: sign is the direction of a positive offset.
func offsetDef(name, word, example string, sign int64) udfs.Def {
	return udfs.Def{
		Name: name, Group: "window_funcs", Since: "2.0.0",
		Usage:    name + "(input[, offset[, default]]) - Returns `input` in the row `offset` rows " + word + " the current one (1 when not given); `default`, else NULL, where the partition has no such row. IGNORE NULLS counts only rows in which it is not NULL.",
		Examples: []udfs.Example{{SQL: "SELECT concat_ws('\\t', coalesce(string(" + name + "(b) OVER (ORDER BY b)), 'NULL')) FROM VALUES (1), (2) AS t(b)", Out: offsetExample(example)}},
		Traits:   udfs.Deterministic | udfs.NeedsOrder | udfs.IgnoresNulls, MinArgs: 1, MaxArgs: 3,
		Pretty: func(args []string) string { return offsetLabel(name, args) },
		Resolve: func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
			return bindOffset(ctx, args, sign)
		},
	}
}

func offsetExample(s string) string {
	out := []byte(s)
	for i := range out {
		if out[i] == '\t' {
			out[i] = '\n'
		}
	}
	return string(out)
}

// offsetLabel shows all three arguments, as Spark does.
func offsetLabel(name string, args []string) string {
	for _, d := range []string{"1", "NULL"}[min(max(len(args)-1, 0), 2):] {
		args = append(args[:len(args):len(args)], d)
	}
	return name + "(" + args[0] + ", " + args[1] + ", " + args[2] + ")"
}

func bindOffset(ctx *udfs.ResolveCtx, args []udfs.ArgInfo, sign int64) (udfs.Binding, error) {
	n, t := int64(1), args[0].Type
	in := []types.Type{t}
	if len(args) > 1 {
		if !args[1].Type.IsIntegral() && !isNullType(args[1].Type) {
			return udfs.Binding{}, unexpected(ctx, args, 1, `"INT"`)
		}
		if !args[1].Const {
			return udfs.Binding{}, notConstant(ctx, args[1], "offset", typeParam(args[1].Type))
		}
		n, _ = constInt(args[1].Value)
		in = append(in, types.IntType)
	}
	if len(args) > 2 {
		if isNullType(t) {
			t = args[2].Type
			in[0] = t
		}
		in = append(in, t)
	}
	return udfs.Binding{In: in, Out: t, Nullable: true,
		Window: func(*udfs.Env) (udfs.WindowFunc, error) { return rowOffset(n * sign), nil }}, nil
}

// rowOffset is the row so many rows after the current one, before it when negative.
type rowOffset int64

func (f rowOffset) Eval(c *udfs.WindowCall) error {
	idx := make([]int32, c.N)
	if c.IgnoreNulls && f != 0 {
		f.ignoringNulls(c, idx)
	} else {
		for i := range idx {
			idx[i] = -1
			if j := int64(i) + int64(f); j >= 0 && j < int64(c.N) {
				idx[i] = int32(j)
			}
		}
	}
	if len(c.In) < 3 {
		emitRows(c, c.In[0], idx)
		return nil
	}
	return f.withDefault(c, idx)
}

func (f rowOffset) ignoringNulls(c *udfs.WindowCall, idx []int32) {
	before, rows := notNulls(c.In[0], c.N)
	for i := range idx {
		idx[i] = -1
		k := int64(before[i]) + int64(f) // lag: rows[k] is the -f-th before row i
		if f > 0 {
			k = int64(before[i+1]) + int64(f) - 1
		}
		if k >= 0 && k < int64(len(rows)) {
			idx[i] = rows[k]
		}
	}
}

// withDefault takes the default of the current row where there is no row at the offset.
func (f rowOffset) withDefault(c *udfs.WindowCall, idx []int32) error {
	c.Out.Reset(0)
	one := [1]int32{}
	for i, j := range idx {
		src := c.In[0]
		if j < 0 {
			src, j = c.In[2], int32(i)
		}
		one[0] = j
		vec.AppendRows(c.Out, src, one[:], 1)
	}
	return nil
}
