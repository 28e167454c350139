package functions

import (
	"strconv"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

func accessOperators() []udfs.Def {
	return []udfs.Def{
		{Name: "[]", Operator: true, Group: "collection_funcs", Since: "1.0.0", Traits: udfs.Strict | udfs.Deterministic | udfs.Fallible,
			Usage:    "expr[index] - Returns an element of an array, from 0, or the value of a key of a map.",
			Examples: []udfs.Example{{SQL: "SELECT array(1, 2)[0]", Out: "1"}, {SQL: "SELECT map('a', 1)['a']", Out: "1"}},
			MinArgs:  2, MaxArgs: 2, Pretty: func(a []string) string { return a[0] + "[" + a[1] + "]" }, Resolve: resolveIndex},
	}
}

func resolveIndex(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t := args[0].Type
	switch t.Kind() {
	case types.Array:
		if !args[1].Type.IsIntegral() && args[1].Type.Kind() != types.Null {
			return udfs.Binding{}, unexpected(ctx, args, 1, `"INTEGRAL"`)
		}
		it := args[1].Type
		if it.Kind() != types.BigInt {
			it = types.IntType
		}
		return udfs.Binding{In: []types.Type{t, it}, Out: t.Elem(), Nullable: true, New: fixed(itemKernel(ctx.Env.ANSI))}, nil
	case types.Map:
		kt, ok := coercion(ctx.Env).Tightest(t.Key(), args[1].Type)
		if !ok || kt != t.Key() && !types.SameType(kt, t.Key()) {
			if !coercion(ctx.Env).Implicit(args[1].Type, t.Key()) {
				return udfs.Binding{}, unexpected(ctx, args, 1, typeParam(t.Key()))
			}
		}
		return udfs.Binding{In: []types.Type{t, t.Key()}, Out: t.Elem(), Nullable: true, New: fixed(lookupKernel(t.Key()))}, nil
	}
	return udfs.Binding{}, errs.New(ctx.Env.Pos, "INVALID_EXTRACT_BASE_FIELD_TYPE", "base", quoted(args[0].SQL), "other", typeParam(t))
}

func itemKernel(ansi bool) udfs.Kernel {
	return func(c *udfs.Call) error {
		arr, wide := c.In[0], c.In[1].Type.Width() == 8
		return eachRow(c, func(i int) error {
			if arr.IsNull(i) || c.In[1].IsNull(i) {
				nullCell(c.Out, i)
				return nil
			}
			var at int64
			if wide {
				at = vec.Values[int64](c.In[1])[i]
			} else {
				at = int64(vec.Values[int32](c.In[1])[i])
			}
			lo, hi := arr.Range(i)
			if at < 0 || at >= int64(hi-lo) {
				if ansi {
					return errs.New(errs.Pos{}, "INVALID_ARRAY_INDEX", "indexValue", strconv.FormatInt(at, 10), "arraySize", strconv.Itoa(hi-lo), "ansiConfig", ansiConfig)
				}
				nullCell(c.Out, i)
				return nil
			}
			copyCell(c.Out, i, arr.Kids[0], lo+int(at))
			return nil
		})
	}
}

// lookupKernel gives the value of a key, NULL when there is none.
func lookupKernel(key types.Type) udfs.Kernel {
	f := comparer(key)
	return func(c *udfs.Call) error {
		m, k := c.In[0], c.In[1]
		return eachRow(c, func(i int) error {
			if m.IsNull(i) || k.IsNull(i) {
				nullCell(c.Out, i)
				return nil
			}
			lo, hi := m.Range(i)
			for e := lo; e < hi; e++ {
				kv, ke := m.Kids[0].At(e)
				if f(kv, ke, k, i) == 0 {
					copyCell(c.Out, i, m.Kids[1], e)
					return nil
				}
			}
			nullCell(c.Out, i)
			return nil
		})
	}
}

// FieldAccess is the function that takes field k of a struct of type t, or of every struct of an array.
func FieldAccess(t types.Type, k int) *udfs.Def {
	d := &udfs.Def{Name: "getstructfield", Operator: true, Group: "struct_funcs", Since: "1.0.0", Traits: udfs.Strict | udfs.Deterministic, MinArgs: 1, MaxArgs: 1,
		Usage: "expr.name - Returns a field of a struct."}
	if t.Kind() == types.Array {
		f := t.Elem().Fields()[k]
		out := types.ArrayOf(f.Type, f.Nullable || t.ContainsNull())
		d.Resolve = func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
			return udfs.Binding{In: []types.Type{t}, Out: out, New: fixed(func(c *udfs.Call) error { return fieldOfItems(c, k) })}, nil
		}
		return d
	}
	f := t.Fields()[k]
	d.Resolve = func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
		return udfs.Binding{In: []types.Type{t}, Out: f.Type, Nullable: f.Nullable, New: fixed(func(c *udfs.Call) error {
			return fieldOf(c, k)
		})}, nil
	}
	return d
}

// fieldOf gives field k of a struct.
func fieldOf(c *udfs.Call, k int) error {
	in, kid := c.In[0], c.In[0].Kids[k]
	if w := c.Out.Type.Width(); w > 0 && kid.Form == vec.Flat && kid.Len >= c.N {
		copy(c.Out.Fixed[:c.N*w], kid.Fixed)
		if in.Valid == nil && kid.Valid == nil {
			return nil
		}
		return eachRow(c, func(i int) error {
			if in.Valid != nil && !vec.Bit(in.Valid, i) || kid.Valid != nil && !vec.Bit(kid.Valid, i) {
				c.Out.SetNull(i)
			}
			return nil
		})
	}
	return eachRow(c, func(i int) error {
		if in.IsNull(i) {
			nullCell(c.Out, i)
		} else {
			copyCell(c.Out, i, kid, i)
		}
		return nil
	})
}

func fieldOfItems(c *udfs.Call, k int) error {
	in, kid := c.In[0], c.Out.Kids[0]
	return eachRow(c, func(i int) error {
		if in.IsNull(i) {
			nullCell(c.Out, i)
			return nil
		}
		lo, hi := in.Range(i)
		at := kid.Extend(hi - lo)
		for e := lo; e < hi; e++ {
			if in.Kids[0].IsNull(e) {
				nullCell(kid, at+e-lo)
				continue
			}
			s, j := in.Kids[0].At(e)
			copyCell(kid, at+e-lo, s.Kids[k], j)
		}
		c.Out.CloseRow(i)
		return nil
	})
}
