package udfs

import (
	"context"
	"fmt"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// Vector makes a scalar function of whole columns: k fills c.Out, of type out, for the live rows of c.In, of types in.
// It sees NULLs, and sets them with c.Out.SetNull, unless SkipNulls is given. Package arrowudf has the same over Arrow
// arrays. An error of k, a panic, and a result of another type or length end the query.
func Vector(name string, k Kernel, out types.Type, in []types.Type, opts ...Option) Def {
	d := Def{Name: name, Traits: Deterministic | Fallible | Columnar, Group: "udf"}
	d.Overloads = []Overload{{In: in, Out: out, Nullable: true, New: func(env *Env) (Kernel, error) {
		g := newGuard(name, env)
		return func(c *Call) error { return g.vector(c, k) }, nil
	}}}
	for _, o := range opts {
		o(&d)
	}
	return d.finish()
}

// SkipNulls makes a NULL argument of a Vector give NULL: such rows are not live.
func SkipNulls() Option { return func(d *Def) { d.Traits |= Strict } }

// NeverNull says that a Vector gives no NULL of its own.
func NeverNull() Option { return func(d *Def) { d.Overloads[len(d.Overloads)-1].Nullable = false } }

func (g *guard) vector(c *Call, k Kernel) error {
	rows, typ := c.N, c.Out.Type
	if c.Sel != nil {
		rows = len(c.Sel)
	}
	return g.run(c, rows, &walk{at: -1}, func(ctx context.Context) error {
		inner := *c
		inner.Ctx = ctx
		if err := k(&inner); err != nil {
			return err
		}
		*c.Out = *inner.Out
		return checkColumn(c.Out, typ, c.N)
	})
}

// checkColumn tells whether v is a column that the engine can go through: of the type and length expected.
func checkColumn(v *vec.Vec, t types.Type, n int) error {
	if v.Type != t {
		return fmt.Errorf("it gave a column of %s instead of %s", v.Type.SQL(), t.SQL())
	}
	if v.Form != vec.Flat || v.Len != n {
		return fmt.Errorf("it gave %d rows instead of %d", v.Len, n)
	}
	whole := v.Valid == nil || len(v.Valid) >= vec.Words(n)
	kid := n
	switch t.Kind() {
	case types.String, types.Char, types.Varchar, types.Binary, types.Variant:
		whole = whole && len(v.Views) >= n
	case types.Array, types.Map:
		whole = whole && len(v.Offs) > n
		if whole && n > 0 {
			kid = v.Kids[0].Len
			whole = int(v.Offs[n]) <= kid
		}
	case types.Struct, types.Null:
	default:
		whole = whole && len(v.Fixed) >= n*t.Width()
	}
	if !whole {
		return fmt.Errorf("it gave a column of %s whose buffers are too short for %d rows", t.SQL(), n)
	}
	for i, k := range v.Kids {
		if err := checkColumn(k, vec.KidTypes(t)[i], kid); err != nil {
			return err
		}
	}
	return nil
}
