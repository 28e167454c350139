package main

import (
	"sparksql/udfs"
)

// functions are those that Spark's test cases call.
func functions() []udfs.Def {
	same := func(name string) udfs.Def {
		return udfs.Def{Name: name, Group: "test_funcs", Since: "0.1", Usage: name + "(expr) - Returns `expr`.",
			Traits: udfs.Deterministic, MinArgs: 1, MaxArgs: 1, Resolve: identity}
	}
	return []udfs.Def{same("udf"), same("vol"), compare("booleq", true), compare("boolne", false)}
}

// identity binds f(x) of any type to a copy of x.
func identity(_ *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t := args[0].Type
	return udfs.Binding{In: []udfs.Type{t}, Out: t, Nullable: args[0].Nullable, New: func(*udfs.Env) (udfs.Kernel, error) {
		return func(c *udfs.Call) error { return c.CopyInput(0) }, nil
	}}, nil
}

// compare is a function of two booleans.
func compare(name string, equal bool) udfs.Def {
	b := udfs.Boolean
	return udfs.Def{Name: name, Group: "test_funcs", Since: "0.1", Usage: name + "(a, b) - Compares two booleans.",
		Traits: udfs.Strict | udfs.Deterministic,
		Overloads: []udfs.Overload{{In: []udfs.Type{b, b}, Out: b, Kernel: func(c *udfs.Call) error {
			l, r, out := c.Bools(0), c.Bools(1), c.OutBools()
			for i := range out {
				out[i] = (l[i] == r[i]) == equal
			}
			return nil
		}}}}
}
