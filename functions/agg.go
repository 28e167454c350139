package functions

import (
	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// aggregate binds an aggregate with one kind of accumulator; a group without rows gives NULL.
func aggregate(in []types.Type, out types.Type, state []types.Type, make func(*udfs.Env) udfs.Accumulator) udfs.Binding {
	return udfs.Binding{In: in, Out: out, Nullable: true, Agg: &udfs.Agg{
		State: state,
		New:   func(env *udfs.Env) (udfs.Accumulator, error) { return make(env), nil },
	}}
}

// picker leaves out the rows that an aggregate ignores. It keeps its scratch from call to call.
type picker struct{ groups, rows []int32 }

// live gives the live rows of c in which no column of cols is NULL, and their groups. rows is nil when they
// are rows 0, 1, 2, ...: the two loops that accumulators have.
func (p *picker) live(groups []int32, c *udfs.Call, cols ...*vec.Vec) (g, rows []int32) {
	g, rows = groups, c.Sel
	for _, v := range cols {
		if v.Type.Kind() == types.Null {
			return nil, nil
		}
		if v.Valid != nil {
			g, rows = p.valid(g, rows, v)
		}
	}
	return g, rows
}

func (p *picker) valid(g, rows []int32, v *vec.Vec) (groups, out []int32) {
	if cap(p.groups) < len(g) {
		p.groups, p.rows = make([]int32, len(g), 2*len(g)), make([]int32, len(g), 2*len(g))
	}
	og, or, n := p.groups[:len(g)], p.rows[:len(g)], 0
	for k, x := range g {
		i := int32(k)
		if rows != nil {
			i = rows[k]
		}
		if vec.Bit(v.Valid, int(i)) {
			og[n], or[n] = x, i
			n++
		}
	}
	return og[:n], or[:n]
}

// rowAt is the row of the k-th picked one.
func rowAt(rows []int32, k int) int {
	if rows == nil {
		return k
	}
	return int(rows[k])
}

// grow makes s n long; new entries are zero.
func grow[T any](s []T, n int) []T {
	if n <= len(s) {
		return s
	}
	if n <= cap(s) {
		return s[:n]
	}
	t := make([]T, n, n+n/2)
	copy(t, s)
	return t
}

// oneGroup tells whether all of groups are group 0 because there is no other: then a loop can keep its
// state in registers.
func oneGroup(groups []int32, states int) bool { return states == 1 && len(groups) > 0 }

// notConstant is Spark's error for an argument that has to be constant.
func notConstant(ctx *udfs.ResolveCtx, arg udfs.ArgInfo, name, typ string) error {
	return mismatch(ctx, "NON_FOLDABLE_INPUT", "inputName", "`"+name+"`", "inputType", typ, "inputExpr", quoted(arg.SQL))
}

// outOfRange is Spark's error for a constant argument outside its range.
func outOfRange(ctx *udfs.ResolveCtx, name, rng, value string) error {
	return mismatch(ctx, "VALUE_OUT_OF_RANGE", "exprName", name, "valueRange", rng, "currentValue", value)
}

// badOrdering is Spark's error for values that have no order.
func badOrdering(ctx *udfs.ResolveCtx, name string, t types.Type) error {
	return mismatch(ctx, "INVALID_ORDERING_TYPE", "functionName", "`"+name+"`", "dataType", typeParam(t))
}

// isNullType tells whether t is the type of an untyped NULL.
func isNullType(t types.Type) bool { return t.Kind() == types.Null }

// orderable tells whether values of t can be ordered; maps, variants and calendar intervals cannot.
func orderable(t types.Type) bool {
	switch t.Kind() {
	case types.Map, types.Variant, types.CalendarInterval:
		return false
	case types.Array:
		return orderable(t.Elem())
	case types.Struct:
		for _, f := range t.Fields() {
			if !orderable(f.Type) {
				return false
			}
		}
	}
	return true
}
