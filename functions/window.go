package functions

import (
	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

func windowFunctions() []udfs.Def {
	defs := rankFunctions()
	return append(defs,
		offsetDef("lag", "before", "NULL\t1", -1), offsetDef("lead", "after", "2\tNULL", 1),
		udfs.Def{
			Name: "nth_value", Group: "window_funcs", Since: "3.1.0",
			Usage:    "nth_value(input, offset) - Returns `input` in row `offset` of the window frame, from 1; NULL when the frame is shorter. IGNORE NULLS counts only rows in which it is not NULL.",
			Examples: []udfs.Example{{SQL: "SELECT nth_value(b, 2) OVER (PARTITION BY a) FROM VALUES ('x', 1), ('x', 1) AS t(a, b)", Out: "1\n1"}},
			Traits:   udfs.Deterministic | udfs.IgnoresNulls, MinArgs: 2, MaxArgs: 2,
			Resolve: bindNthValue,
		})
}

func bindNthValue(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	if !args[1].Type.IsIntegral() {
		return udfs.Binding{}, unexpected(ctx, args, 1, `"INT"`)
	}
	if !args[1].Const {
		return udfs.Binding{}, notConstant(ctx, args[1], "offset", typeParam(args[1].Type))
	}
	n, ok := constInt(args[1].Value)
	if !ok || n <= 0 {
		return udfs.Binding{}, outOfRange(ctx, "offset", "(0, 9223372036854775807]", showInt(args[1].Value))
	}
	t := args[0].Type
	return udfs.Binding{In: []types.Type{t, types.IntType}, Out: t, Nullable: true,
		Window: func(*udfs.Env) (udfs.WindowFunc, error) { return nthValue(n), nil }}, nil
}

// constInt is a constant argument of an integer type.
func constInt(x any) (int64, bool) {
	switch x := x.(type) {
	case int8:
		return int64(x), true
	case int16:
		return int64(x), true
	case int32:
		return int64(x), true
	case int64:
		return x, true
	}
	return 0, false
}

func showInt(x any) string {
	if n, ok := constInt(x); ok {
		return types.FromInt64(n).DecimalString(0)
	}
	return "null"
}

// frame is the frame of row i.
func frame(c *udfs.WindowCall, i int) (lo, hi int) {
	if c.Lo == nil {
		return 0, c.N
	}
	return int(c.Lo[i]), int(c.Hi[i])
}

// emitRows stores src's rows idx, NULL for -1, as the output.
func emitRows(c *udfs.WindowCall, src *vec.Vec, idx []int32) {
	c.Out.Reset(0)
	vec.AppendRows(c.Out, src, idx, len(idx))
}

// nulls counts, up to each row, the rows of v that are not NULL; rows[k] is the k-th of them.
func notNulls(v *vec.Vec, n int) (before, rows []int32) {
	before = make([]int32, n+1)
	for i := range n {
		before[i] = int32(len(rows))
		if !v.IsNull(i) {
			rows = append(rows, int32(i))
		}
	}
	before[n] = int32(len(rows))
	return before, rows
}

// nthValue is the n-th row of the frame.
type nthValue int64

func (f nthValue) Eval(c *udfs.WindowCall) error {
	idx := make([]int32, c.N)
	var before, rows []int32
	if c.IgnoreNulls {
		before, rows = notNulls(c.In[0], c.N)
	}
	for i := range idx {
		lo, hi := frame(c, i)
		idx[i] = -1
		switch {
		case lo >= hi:
		case c.IgnoreNulls:
			if k := int64(before[lo]) + int64(f) - 1; k < int64(before[hi]) {
				idx[i] = rows[k]
			}
		case int64(lo)+int64(f) <= int64(hi):
			idx[i] = int32(int64(lo) + int64(f) - 1)
		}
	}
	emitRows(c, c.In[0], idx)
	return nil
}

// frameEdge is first_value or last_value over a frame.
type frameEdge struct{ last, ignoreNulls bool }

func (f frameEdge) Eval(c *udfs.WindowCall) error {
	idx := make([]int32, c.N)
	ignore := f.ignoreNulls || c.IgnoreNulls
	var before, rows []int32
	if ignore {
		before, rows = notNulls(c.In[0], c.N)
	}
	for i := range idx {
		lo, hi := frame(c, i)
		if lo < hi && ignore {
			lo, hi = int(before[lo]), int(before[hi])
		}
		k := lo
		if f.last {
			k = hi - 1
		}
		switch {
		case lo >= hi:
			idx[i] = -1
		case ignore:
			idx[i] = rows[k]
		default:
			idx[i] = int32(k)
		}
	}
	emitRows(c, c.In[0], idx)
	return nil
}
