package functions

import (
	"strings"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// pure are the traits of most functions: NULL for a NULL argument, nothing random, no errors.
const pure = udfs.Strict | udfs.Deterministic

// partial are those of functions that can fail on a value.
const partial = pure | udfs.Fallible

// example is one example of a record.
func example(sql, out string) []udfs.Example { return []udfs.Example{{SQL: sql, Out: out}} }

// sig is one signature of a function with a kernel without state.
func sig(out types.Type, k udfs.Kernel, in ...types.Type) udfs.Overload {
	return udfs.Overload{In: in, Out: out, Kernel: k}
}

// optional is the parameter that has the default value v when a call leaves it out.
func optional(name, doc string, v any) udfs.Arg { return udfs.Arg{Name: name, Doc: doc, Default: &v} }

// param is a parameter without default.
func param(name, doc string) udfs.Arg { return udfs.Arg{Name: name, Doc: doc} }

// accept checks argument i against the types that the function takes there, the preferred first, and
// gives the one to cast it to.
func accept(ctx *udfs.ResolveCtx, args []udfs.ArgInfo, i int, want ...types.Type) (types.Type, error) {
	for _, t := range want {
		if types.SameType(args[i].Type, t) || t == types.StringType && args[i].Type.IsString() {
			return t, nil
		}
	}
	for _, t := range want {
		if coercion(ctx.Env).Implicit(args[i].Type, t) {
			return t, nil
		}
	}
	return types.Type{}, unexpected(ctx, args, i, typeList(want))
}

// typeList is a list of types as error parameters show it: "INT", ("INT" or "STRING").
func typeList(want []types.Type) string {
	parts := make([]string, len(want))
	for i, t := range want {
		parts[i] = typeParam(t)
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return "(" + strings.Join(parts, " or ") + ")"
}

// bind is a binding of a kernel without state.
func bind(out types.Type, k udfs.Kernel, in ...types.Type) udfs.Binding {
	return udfs.Binding{In: in, Out: out, New: fixed(k)}
}

// nullable marks a binding whose result may be NULL although no argument is.
func nullable(b udfs.Binding) udfs.Binding {
	b.Nullable = true
	return b
}

// live runs f for the live rows whose result is not NULL yet: for kernels of Strict functions that had
// better not see the garbage in NULL rows.
func live(c *udfs.Call, f func(i int) error) error {
	valid := c.Out.Valid
	return c.Each(func(i int) error {
		if valid != nil && !vec.Bit(valid, i) {
			return nil
		}
		return f(i)
	})
}

// liveRows is live for array and map results: f appends the elements of row i to the kids, and all rows
// are closed in order, as they have to be.
func liveRows(c *udfs.Call, f func(i int) error) error {
	next := 0
	err := live(c, func(i int) error {
		for ; next < i; next++ {
			c.Out.CloseRow(next)
		}
		err := f(i)
		c.Out.CloseRow(i)
		next = i + 1
		return err
	})
	for ; next < c.N; next++ {
		c.Out.CloseRow(next)
	}
	return err
}

// boxed is the lift of functions on values in Go form, for results of any type; the arguments of row i
// are given as args, which is reused. A nil result is NULL. With Strict functions no argument is nil.
func boxed(f func(args []any) (any, error)) udfs.Kernel {
	return func(c *udfs.Call) error {
		args := make([]any, len(c.In))
		nested := c.Out.Type.IsNested()
		tmp := c.Out
		if nested {
			tmp = vec.New(c.Out.Type, 0)
		}
		valid, next := c.Out.Valid, 0
		put := func(i int, x any) {
			if !nested {
				tmp.Set(i, x)
				return
			}
			for ; next < i; next++ {
				tmp.Append(nil)
			}
			tmp.Append(x)
			next++
		}
		err := c.Each(func(i int) error {
			if valid != nil && !vec.Bit(valid, i) {
				return nil
			}
			for k, v := range c.In {
				args[k] = v.Value(i)
			}
			x, err := f(args)
			if err != nil {
				return err
			}
			put(i, x)
			return nil
		})
		if err == nil && nested {
			for ; next < c.N; next++ {
				tmp.Append(nil)
			}
			*c.Out = *tmp
		}
		return err
	}
}

// routine is a function's name as error parameters show it: `name`.
func routine(name string) string { return "`" + name + "`" }
