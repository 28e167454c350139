package functions

import (
	"strconv"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

func constructors() []udfs.Def {
	return []udfs.Def{
		{Name: "array", Group: "array_funcs", Since: "1.1.0", Traits: udfs.Deterministic, MinArgs: 0, MaxArgs: -1,
			Usage:    "array(expr, ...) - Returns an array of its arguments.",
			Examples: []udfs.Example{{SQL: "SELECT array(1, 2, 3)", Out: "[1,2,3]"}},
			Resolve:  resolveArray},
		{Name: "map", Group: "map_funcs", Since: "2.0.0", Traits: udfs.Deterministic | udfs.Fallible, MinArgs: 0, MaxArgs: -1,
			Usage:    "map(key0, value0, key1, value1, ...) - Returns a map of the given keys and values.",
			Examples: []udfs.Example{{SQL: "SELECT map(1.0, '2', 3.0, '4')", Out: `{1.0:"2",3.0:"4"}`}},
			Resolve:  resolveMap},
		{Name: "named_struct", Group: "struct_funcs", Since: "1.5.0", Traits: udfs.Deterministic, MinArgs: 2, MaxArgs: -1,
			Usage:    "named_struct(name1, val1, name2, val2, ...) - Returns a struct of the given field names and values.",
			Examples: []udfs.Example{{SQL: "SELECT named_struct('a', 1, 'b', 2)", Out: `{"a":1,"b":2}`}},
			Resolve:  resolveNamedStruct},
		{Name: "struct", Group: "struct_funcs", Since: "1.4.0", Traits: udfs.Deterministic, MinArgs: 1, MaxArgs: -1,
			Usage:    "struct(col1, col2, ...) - Returns a struct of its arguments, named after them where they have names, else col1, col2, ...",
			Examples: []udfs.Example{{SQL: "SELECT struct(1, 2, 3)", Out: `{"col1":1,"col2":2,"col3":3}`}},
			Resolve:  resolveStruct},
	}
}

func resolveArray(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t, ok := coercion(ctx.Env).Common(argTypes(args)...)
	if !ok {
		return udfs.Binding{}, differentTypes(ctx, "array", args)
	}
	out := types.ArrayOf(t, anyNullable(args))
	return udfs.Binding{In: repeated(t, len(args)), Out: out, New: fixed(func(c *udfs.Call) error {
		kid := c.Out.Kids[0]
		return eachRow(c, func(i int) error {
			at := kid.Extend(len(c.In))
			for k, in := range c.In {
				copyCell(kid, at+k, in, i)
			}
			c.Out.CloseRow(i)
			return nil
		})
	})}, nil
}

func resolveMap(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	if len(args)%2 != 0 {
		return udfs.Binding{}, errs.New(ctx.Env.Pos, "WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "functionName", "`map`", "expectedNum", "2n (n > 0)",
			"actualNum", strconv.Itoa(len(args)), "docroot", docRoot)
	}
	var keys, vals []udfs.ArgInfo
	for i, a := range args {
		if i%2 == 0 {
			keys = append(keys, a)
		} else {
			vals = append(vals, a)
		}
	}
	co := coercion(ctx.Env)
	kt, ok := co.Common(argTypes(keys)...)
	if !ok {
		return udfs.Binding{}, mismatch(ctx, "CREATE_MAP_KEY_DIFF_TYPES", "functionName", "`map`", "dataType", typeParams(keys))
	}
	vt, ok := co.Common(argTypes(vals)...)
	if !ok {
		return udfs.Binding{}, mismatch(ctx, "CREATE_MAP_VALUE_DIFF_TYPES", "functionName", "`map`", "dataType", typeParams(vals))
	}
	if hasKind(kt, types.Map) {
		return udfs.Binding{}, mismatch(ctx, "INVALID_MAP_KEY_TYPE", "keyType", typeParam(kt))
	}
	in := make([]types.Type, len(args))
	for i := range in {
		if in[i] = kt; i%2 == 1 {
			in[i] = vt
		}
	}
	lastWins := lastWins(ctx.Env)
	return udfs.Binding{In: in, Out: types.MapOf(kt, vt, anyNullable(vals)), New: fixed(func(c *udfs.Call) error {
		add := mapAdder(c.Out, lastWins)
		return eachRow(c, func(i int) error {
			for k := 0; k < len(c.In); k += 2 {
				if err := add(c.In[k], i, c.In[k+1], i); err != nil {
					return err
				}
			}
			c.Out.CloseRow(i)
			return nil
		})
	})}, nil
}

func typeParams(args []udfs.ArgInfo) string {
	s := "["
	for i, a := range args {
		if i > 0 {
			s += ", "
		}
		s += typeParam(a.Type)
	}
	return s + "]"
}

// lastWins tells whether of equal map keys the last is kept, instead of an error.
func lastWins(env *udfs.Env) bool {
	return env != nil && env.Conf != nil && env.Conf("spark.sql.mapKeyDedupPolicy") == "LAST_WIN"
}

// mapAdder adds entries to the row of a map column that is being built; CloseRow ends the row. Keys must not
// be NULL; a key that is there already is an error, or takes the new value.
func mapAdder(m *vec.Vec, lastWins bool) func(k *vec.Vec, i int, v *vec.Vec, j int) error {
	f := comparer(m.Type.Key())
	keys, vals := m.Kids[0], m.Kids[1]
	row, start := -1, 0
	return func(k *vec.Vec, i int, v *vec.Vec, j int) error {
		if row != i {
			row, start = i, keys.Len
		}
		if k.IsNull(i) {
			return errs.New(errs.Pos{}, "NULL_MAP_KEY")
		}
		kv, ki := k.At(i)
		for e := start; e < keys.Len; e++ {
			if f(keys, e, kv, ki) != 0 {
				continue
			}
			if !lastWins {
				return errs.New(errs.Pos{}, "DUPLICATED_MAP_KEY", "key", sqlValue(k.Type, k.Value(i)), "mapKeyDedupPolicy", `"spark.sql.mapKeyDedupPolicy"`)
			}
			return replaceValue(vals, e, v, j)
		}
		appendCell(keys, k, i)
		appendCell(vals, v, j)
		return nil
	}
}

// replaceValue overwrites an element; nested ones are rebuilt.
func replaceValue(vals *vec.Vec, e int, v *vec.Vec, j int) error {
	if !vals.Type.IsNested() {
		if v.IsNull(j) {
			vals.SetNull(e)
			return nil
		}
		if vals.Valid != nil {
			vec.SetBit(vals.Valid, e)
		}
		copyCell(vals, e, v, j)
		return nil
	}
	tmp := vec.New(vals.Type, 0)
	for i := range vals.Len {
		if i == e {
			appendCell(tmp, v, j)
		} else {
			appendCell(tmp, vals, i)
		}
	}
	*vals = *tmp
	return nil
}

func resolveNamedStruct(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	if len(args)%2 != 0 {
		return udfs.Binding{}, errs.New(ctx.Env.Pos, "WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "functionName", "`named_struct`", "expectedNum", "2n (n > 0)",
			"actualNum", strconv.Itoa(len(args)), "docroot", docRoot)
	}
	var fields []types.Field
	for i := 0; i < len(args); i += 2 {
		name, ok := args[i].Value.(string)
		if !ok {
			if args[i].Const && args[i].Value == nil {
				return udfs.Binding{}, mismatch(ctx, "UNEXPECTED_NULL", "exprName", "`"+args[i].SQL+"`")
			}
			return udfs.Binding{}, mismatch(ctx, "CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING", "inputExprs", "["+quoted(args[i].SQL)+"]")
		}
		fields = append(fields, types.Field{Name: name, Type: args[i+1].Type, Nullable: args[i+1].Nullable})
	}
	return udfs.Binding{In: argTypes(args), Out: types.StructOf(fields...), New: fixed(func(c *udfs.Call) error {
		return makeStruct(c, func(k int) *vec.Vec { return c.In[2*k+1] })
	})}, nil
}

// resolveStruct is for calls that bring no names; analysis turns calls in SQL into named_struct.
func resolveStruct(_ *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	return udfs.Binding{In: argTypes(args), Out: structOf(args), New: fixed(func(c *udfs.Call) error {
		return makeStruct(c, func(k int) *vec.Vec { return c.In[k] })
	})}, nil
}

// structOf is the type of a struct of values without names.
func structOf(args []udfs.ArgInfo) types.Type {
	fields := make([]types.Field, len(args))
	for i, a := range args {
		fields[i] = types.Field{Name: "col" + strconv.Itoa(i+1), Type: a.Type, Nullable: a.Nullable}
	}
	return types.StructOf(fields...)
}

func makeStruct(c *udfs.Call, field func(k int) *vec.Vec) error {
	for k, kid := range c.Out.Kids {
		sub := udfs.Call{In: []*vec.Vec{field(k)}, Out: kid, Sel: c.Sel, N: c.N}
		if err := copyColumn(&sub); err != nil {
			return err
		}
	}
	return nil
}
