package functions

import (
	"slices"
	"strconv"
	"strings"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// arrayOf checks that argument i is an array, or NULL, and gives its type.
func arrayOf(ctx *udfs.ResolveCtx, args []udfs.ArgInfo, i int) (types.Type, error) {
	switch t := args[i].Type; t.Kind() {
	case types.Array:
		return t, nil
	case types.Null:
		return types.ArrayOf(types.NullType, true), nil
	}
	return types.Type{}, unexpected(ctx, args, i, `"ARRAY"`)
}

// arrayDef is the record of a function on arrays.
func arrayDef(name, since, params, usage, sql, out string, least, most int, traits udfs.Trait, resolve func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error)) udfs.Def {
	return udfs.Def{Name: name, Group: "array_funcs", Since: since, Usage: name + "(" + params + ") - " + usage, Examples: example(sql, out),
		Traits: traits, MinArgs: least, MaxArgs: most, Resolve: resolve}
}

// onArray types a function of one array: out gives the result's type for the array's.
func onArray(out func(t types.Type) types.Type, mayBeNull bool, f func(t types.Type, a []any) (any, error)) func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
	return func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
		t, err := arrayOf(ctx, args, 0)
		if err != nil {
			return udfs.Binding{}, err
		}
		b := bind(out(t), boxed(func(a []any) (any, error) { return f(t, a[0].([]any)) }), t)
		b.Nullable = mayBeNull
		return b, nil
	}
}

// withElement types a function of an array and a value of its element's type. The array is argument 0, the
// value argument at.
func withElement(at int, out func(t types.Type, value udfs.ArgInfo) types.Type, f func(t types.Type, a []any) (any, error)) func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
	return func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
		t, e, err := elementTypes(ctx, args, at)
		if err != nil {
			return udfs.Binding{}, err
		}
		in := argTypes(args)
		in[0], in[at] = t, e
		if at == 2 {
			if _, err := accept(ctx, args, 1, types.IntType); err != nil {
				return udfs.Binding{}, err
			}
			in[1] = types.IntType
		}
		return bind(out(t, args[at]), boxed(func(a []any) (any, error) { return f(t, a) }), in...), nil
	}
}

// elementTypes brings an array and a value together.
func elementTypes(ctx *udfs.ResolveCtx, args []udfs.ArgInfo, at int) (list, elem types.Type, err error) {
	a, v := args[0].Type, args[at].Type
	bad := func() error {
		return mismatch(ctx, "ARRAY_FUNCTION_DIFF_TYPES", "functionName", routine(ctx.Name), "dataType", `"ARRAY"`,
			"leftType", typeParam(a), "rightType", typeParam(v))
	}
	if a.Kind() == types.Null {
		return types.ArrayOf(v, true), v, nil
	}
	if a.Kind() != types.Array {
		return a, v, bad()
	}
	e, ok := coercion(ctx.Env).WiderExact(a.Elem(), v)
	if !ok {
		return a, v, bad()
	}
	return types.ArrayOf(e, a.ContainsNull()), e, nil
}

func sameArray(t types.Type) types.Type { return t }

func withNulls(t types.Type, v udfs.ArgInfo) types.Type {
	return types.ArrayOf(t.Elem(), t.ContainsNull() || v.Nullable)
}

// find is the place of x in list by equality, -1 for none.
func find(t types.Type, list []any, x any) int {
	return slices.IndexFunc(list, func(e any) bool { return e != nil && compareValues(t, e, x) == 0 })
}

func arrayFunctions() []udfs.Def {
	boolT, intT := types.BooleanType, types.IntType
	loose := udfs.Deterministic
	return []udfs.Def{
		arrayDef("array_append", "3.4.0", "array, element", "Returns `array` with `element` at its end.", "SELECT array_append(array('b', 'd'), 'd')", `["b","d","d"]`, 2, 2, loose,
			withElement(1, withNulls, func(_ types.Type, a []any) (any, error) {
				if a[0] == nil {
					return nil, nil
				}
				return append(slices.Clone(a[0].([]any)), a[1]), nil
			})),
		arrayDef("array_compact", "3.4.0", "array", "Returns `array` without its NULLs.", "SELECT array_compact(array(1, 2, NULL))", "[1,2]", 1, 1, pure,
			onArray(func(t types.Type) types.Type { return types.ArrayOf(t.Elem(), false) }, false, func(_ types.Type, a []any) (any, error) {
				return slices.DeleteFunc(a, func(e any) bool { return e == nil }), nil
			})),
		arrayDef("array_contains", "1.5.0", "array, value", "Tells whether `array` holds `value`; NULL when it does not but holds a NULL.", "SELECT array_contains(array(1, 2, 3), 2)", "true", 2, 2, pure|udfs.AlwaysNullable, arrayContains),
		arrayDef("array_distinct", "2.4.0", "array", "Returns `array` without the repetitions of values.", "SELECT array_distinct(array(1, 2, NULL, 1))", "[1,2,null]", 1, 1, pure,
			onArray(sameArray, false, func(_ types.Type, a []any) (any, error) { return unique(a), nil })),
		setDef("array_except", "those of `array1` that are not in `array2`", "SELECT array_except(array(1, 2, 3), array(1, 3, 5))", "[2]", func(a, b []any) []any { return unique(keep(a, b, false)) }),
		arrayDef("array_insert", "3.4.0", "x, pos, val", "Returns array `x` with `val` at place `pos`, which counts from 1, or from the end.", "SELECT array_insert(array(1, 2, 3), 2, 4)", "[1,4,2,3]", 3, 3, loose|udfs.Fallible,
			func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
				old := ctx.Env.Conf != nil && ctx.Env.Conf("spark.sql.legacy.negativeIndexInArrayInsert") == "true"
				return withElement(2, func(t types.Type, _ udfs.ArgInfo) types.Type { return types.ArrayOf(t.Elem(), true) },
					func(_ types.Type, a []any) (any, error) { return arrayInsert(a, old) })(ctx, args)
			}),
		setDef("array_intersect", "those of `array1` that are in `array2` too", "SELECT array_intersect(array(1, 2, 3), array(1, 3, 5))", "[1,3]", func(a, b []any) []any { return unique(keep(a, b, true)) }),
		arrayDef("array_join", "2.4.0", "array, delimiter[, nullReplacement]", "Returns the texts of `array` with `delimiter` between them; NULLs are left out or replaced.", "SELECT array_join(array('hello', 'world'), ' ')", "hello world", 2, 3, pure, arrayJoin),
		arrayDef("array_max", "2.4.0", "array", "Returns the largest element; NULLs are passed over.", "SELECT array_max(array(1, 20, NULL, 3))", "20", 1, 1, pure|udfs.AlwaysNullable, arrayExtreme(1)),
		arrayDef("array_min", "2.4.0", "array", "Returns the smallest element; NULLs are passed over.", "SELECT array_min(array(1, 20, NULL, 3))", "1", 1, 1, pure|udfs.AlwaysNullable, arrayExtreme(-1)),
		arrayDef("array_position", "2.4.0", "array, element", "Returns the place from 1 of the first such element, 0 when there is none.", "SELECT array_position(array(312, 773, 708), 708)", "3", 2, 2, pure,
			withElement(1, func(types.Type, udfs.ArgInfo) types.Type { return types.BigIntType }, func(t types.Type, a []any) (any, error) {
				return int64(find(t.Elem(), a[0].([]any), a[1]) + 1), nil
			})),
		arrayDef("array_prepend", "3.5.0", "array, element", "Returns `array` with `element` at its start.", "SELECT array_prepend(array('b', 'd'), 'a')", `["a","b","d"]`, 2, 2, loose,
			withElement(1, withNulls, func(_ types.Type, a []any) (any, error) {
				if a[0] == nil {
					return nil, nil
				}
				return append([]any{a[1]}, a[0].([]any)...), nil
			})),
		arrayDef("array_remove", "2.4.0", "array, element", "Returns `array` without the elements equal to `element`.", "SELECT array_remove(array(1, 2, 3, NULL, 3), 3)", "[1,2,null]", 2, 2, pure,
			withElement(1, func(t types.Type, _ udfs.ArgInfo) types.Type { return t }, func(t types.Type, a []any) (any, error) {
				return slices.DeleteFunc(a[0].([]any), func(e any) bool { return e != nil && compareValues(t.Elem(), e, a[1]) == 0 }), nil
			})),
		arrayDef("array_repeat", "2.4.0", "element, count", "Returns an array of `count` times `element`.", "SELECT array_repeat('123', 2)", `["123","123"]`, 2, 2, loose|udfs.Fallible, arrayRepeat),
		arrayDef("array_size", "3.3.0", "expr", "Returns the number of elements of an array.", "SELECT array_size(array('b', 'd', 'c', 'a'))", "4", 1, 1, pure,
			onArray(func(types.Type) types.Type { return intT }, false, func(_ types.Type, a []any) (any, error) { return int32(len(a)), nil })),
		setDef("array_union", "those of both", "SELECT array_union(array(1, 2, 3), array(1, 3, 5))", "[1,2,3,5]", func(a, b []any) []any { return unique(append(a, b...)) }),
		arrayDef("arrays_overlap", "2.4.0", "a1, a2", "Tells whether the arrays share an element that is not NULL; NULL when they do not but one holds a NULL and neither is empty.", "SELECT arrays_overlap(array(1, 2, 3), array(3, 4, 5))", "true", 2, 2, pure|udfs.AlwaysNullable,
			twoArrays(func(types.Type, types.Type, types.Type) types.Type { return boolT }, true, func(a, b []any) any {
				if len(keep(slices.DeleteFunc(slices.Clone(a), func(e any) bool { return e == nil }), b, true)) > 0 {
					return true
				}
				if len(a) > 0 && len(b) > 0 && (slices.Contains(a, nil) || slices.Contains(b, nil)) {
					return nil
				}
				return false
			})),
		arrayDef("arrays_zip", "2.4.0", "a1, a2, ...", "Returns an array of structs of the arrays' elements at each place, NULL where one is shorter.", "SELECT arrays_zip(array(1, 2), array(2, 3))", `[{"0":1,"1":2},{"0":2,"1":3}]`, 0, -1, pure, arraysZip),
		arrayDef("flatten", "2.4.0", "arrayOfArrays", "Returns the elements of the arrays as one array; NULL when one is NULL.", "SELECT flatten(array(array(1, 2), array(3, 4)))", "[1,2,3,4]", 1, 1, pure|udfs.AlwaysNullable, flattenResolve),
		arrayDef("get", "3.4.0", "array, index", "Returns the element at `index`, which counts from 0; NULL outside the array.", "SELECT get(array(1, 2, 3), 0)", "1", 2, 2, pure|udfs.AlwaysNullable,
			func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
				t, err := arrayOf(ctx, args, 0)
				if err == nil && !args[1].Type.IsIntegral() && args[1].Type.Kind() != types.Null {
					err = unexpected(ctx, args, 1, `"INTEGRAL"`)
				}
				if err != nil {
					return udfs.Binding{}, err
				}
				return nullable(bind(t.Elem(), boxed(func(a []any) (any, error) {
					if k, list := a[1].(int64), a[0].([]any); k >= 0 && k < int64(len(list)) {
						return list[k], nil
					}
					return nil, nil
				}), t, types.BigIntType)), nil
			}),
		arrayDef("sequence", "2.4.0", "start, stop[, step]", "Returns the numbers, dates or timestamps from `start` to `stop` by `step`.", "SELECT sequence(1, 5)", "[1,2,3,4,5]", 2, 3, partial, sequenceResolve),
		{Name: "shuffle", Group: "array_funcs", Since: "2.4.0", Usage: "shuffle(array[, seed]) - Returns the elements in a random order.",
			Examples: example("SELECT array_size(shuffle(array(1, 20, 3, 5)))", "4"), Traits: udfs.Strict, MinArgs: 1, MaxArgs: 2, Resolve: shuffleResolve},
		arrayDef("slice", "2.4.0", "x, start, length", "Returns `length` elements of array `x` from `start` on, which counts from 1, or from the end.", "SELECT slice(array(1, 2, 3, 4), -2, 2)", "[3,4]", 3, 3, partial, sliceResolve),
		{Name: "sort_array", Group: "array_funcs", Since: "1.5.0", Usage: "sort_array(array[, ascendingOrder]) - Returns the elements in order: NULLs first when it ascends, last when it descends.",
			Args:     []udfs.Arg{param("array", "array"), optional("ascendingOrder", "or descending", true)},
			Examples: example("SELECT sort_array(array('b', 'd', NULL, 'c', 'a'), true)", `[null,"a","b","c","d"]`), Traits: pure, MinArgs: 1, MaxArgs: 2, Resolve: sortArray},
	}
}

// unique keeps the first of equal values.
func unique(a []any) []any {
	seen := make(map[string]bool, len(a))
	out := make([]any, 0, len(a))
	for _, e := range a {
		if k := valueKey(e); !seen[k] {
			seen[k] = true
			out = append(out, e)
		}
	}
	return out
}

// keep are the elements of a that are in b, or those that are not.
func keep(a, b []any, in bool) []any {
	has := make(map[string]bool, len(b))
	for _, e := range b {
		has[valueKey(e)] = true
	}
	var out []any
	for _, e := range a {
		if has[valueKey(e)] == in {
			out = append(out, e)
		}
	}
	return out
}

// setDef is a set operation on two arrays.
func setDef(name, which, sql, out string, f func(a, b []any) []any) udfs.Def {
	nulls := func(t, a, b types.Type) types.Type {
		n := a.ContainsNull()
		switch name {
		case "array_union":
			n = n || b.ContainsNull()
		case "array_intersect":
			n = n && b.ContainsNull()
		}
		return types.ArrayOf(t, n)
	}
	return arrayDef(name, "2.4.0", "array1, array2", "Returns an array of the elements without repetitions: "+which+".", sql, out, 2, 2, pure,
		twoArrays(nulls, false, func(a, b []any) any {
			if r := f(a, b); r != nil {
				return r
			}
			return []any{}
		}))
}

// twoArrays types a function of two arrays of one element type; out gets it and the arrays' types.
func twoArrays(out func(elem, a, b types.Type) types.Type, mayBeNull bool, f func(a, b []any) any) func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
	return func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
		a, b := args[0].Type, args[1].Type
		if a.Kind() == types.Null {
			a = b
		}
		if b.Kind() == types.Null {
			b = a
		}
		t, ok := coercion(ctx.Env).WiderExact(a, b)
		if a.Kind() != types.Array || b.Kind() != types.Array || !ok {
			return udfs.Binding{}, mismatch(ctx, "BINARY_ARRAY_DIFF_TYPES", "functionName", routine(ctx.Name), "arrayType", `"ARRAY"`,
				"leftType", typeParam(args[0].Type), "rightType", typeParam(args[1].Type))
		}
		r := bind(out(t.Elem(), a, b), boxed(func(x []any) (any, error) { return f(x[0].([]any), x[1].([]any)), nil }), t, t)
		r.Nullable = mayBeNull
		return r, nil
	}
}

// arrayContains compares in place: it is used in filters.
func arrayContains(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	if args[1].Type.Kind() == types.Null {
		return udfs.Binding{}, mismatch(ctx, "NULL_TYPE", "functionName", routine(ctx.Name))
	}
	t, e, err := elementTypes(ctx, args, 1)
	if err != nil {
		return udfs.Binding{}, err
	}
	b := bind(types.BooleanType, func(c *udfs.Call) error {
		out, kid, value := vec.Values[bool](c.Out), c.In[0].Kids[0], c.In[1]
		return live(c, func(i int) error {
			lo, hi := c.In[0].Range(i)
			nulls := false
			for k := lo; k < hi; k++ {
				if kid.IsNull(k) {
					nulls = true
				} else if vec.Equal(kid, k, value, i) {
					out[i] = true
					return nil
				}
			}
			if out[i] = false; nulls {
				c.Out.SetNull(i)
			}
			return nil
		})
	}, t, e)
	b.Nullable = t.ContainsNull()
	return b, nil
}

// arrayInsert puts a[2] at place a[1] of a[0]; a negative place counts from the end, and so that -1 is the last
// place of the result, or with old set the place before the last element.
func arrayInsert(a []any, old bool) (any, error) {
	if a[0] == nil || a[1] == nil {
		return nil, nil
	}
	list, pos := a[0].([]any), int(a[1].(int32))
	if pos == 0 {
		return nil, errs.New(errs.Pos{}, "INVALID_INDEX_OF_ZERO")
	}
	if n := max(pos, -pos); n > maxArray {
		return nil, tooLong("array_insert", uint64(n))
	}
	if pos > 0 {
		for len(list) < pos-1 {
			list = append(list, nil)
		}
		return slices.Insert(list, pos-1, a[2]), nil
	}
	if old {
		pos--
	}
	if at := len(list) + pos + 1; at >= 0 {
		return slices.Insert(list, at, a[2]), nil
	}
	out := []any{a[2]}
	for n := -pos - 1 - len(list); n > 0; n-- {
		out = append(out, nil)
	}
	return append(out, list...), nil
}

func arrayJoin(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	in := repeated(str, len(args))
	in[0] = types.ArrayOf(str, true)
	for i := range args {
		if _, err := accept(ctx, args, i, in[i]); err != nil {
			return udfs.Binding{}, err
		}
	}
	return bind(str, boxed(func(a []any) (any, error) {
		var parts []string
		for _, e := range a[0].([]any) {
			switch {
			case e != nil:
				parts = append(parts, e.(string))
			case len(a) == 3:
				parts = append(parts, a[2].(string))
			}
		}
		return strings.Join(parts, a[1].(string)), nil
	}), in...), nil
}

func arrayExtreme(sign int) func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
	return func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
		t, err := arrayOf(ctx, args, 0)
		if err != nil {
			return udfs.Binding{}, err
		}
		if !orderable(t.Elem()) {
			return udfs.Binding{}, mismatch(ctx, "INVALID_ORDERING_TYPE", "functionName", routine(ctx.Name), "dataType", typeParam(t))
		}
		return onArray(types.Type.Elem, true, func(t types.Type, a []any) (any, error) {
			var best any
			for _, e := range a {
				if e != nil && (best == nil || compareValues(t.Elem(), e, best)*sign > 0) {
					best = e
				}
			}
			return best, nil
		})(ctx, args)
	}
}

func arrayRepeat(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	if _, err := accept(ctx, args, 1, types.IntType); err != nil {
		return udfs.Binding{}, err
	}
	t := args[0].Type
	b := bind(types.ArrayOf(t, args[0].Nullable), boxed(func(a []any) (any, error) {
		if a[1] == nil {
			return nil, nil
		}
		if a[1].(int32) > maxArray {
			return nil, tooLong("array_repeat", uint64(a[1].(int32)))
		}
		out := make([]any, max(a[1].(int32), 0))
		for i := range out {
			out[i] = a[0]
		}
		return out, nil
	}), t, types.IntType)
	b.Nullable = args[1].Nullable
	return b, nil
}

// arraysZip names the fields after the columns, or by their place.
func arraysZip(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	in, fields := make([]types.Type, len(args)), make([]types.Field, len(args))
	for i := range args {
		t, err := arrayOf(ctx, args, i)
		if err != nil {
			return udfs.Binding{}, err
		}
		name := strconv.Itoa(i)
		if args[i].Column != "" {
			name = args[i].Column
		}
		in[i], fields[i] = t, types.Field{Name: name, Type: t.Elem(), Nullable: true}
	}
	return bind(types.ArrayOf(types.StructOf(fields...), false), boxed(func(a []any) (any, error) {
		n := 0
		for _, x := range a {
			n = max(n, len(x.([]any)))
		}
		out := make([]any, n)
		for k := range out {
			row := make([]any, len(a))
			for i, x := range a {
				if list := x.([]any); k < len(list) {
					row[i] = list[k]
				}
			}
			out[k] = row
		}
		return out, nil
	}), in...), nil
}

func flattenResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t, err := arrayOf(ctx, args, 0)
	if err != nil || t.Elem().Kind() != types.Array {
		if args[0].Type.Kind() == types.Null {
			return udfs.Binding{In: []types.Type{types.NullType}, Out: types.NullType, Nullable: true, New: fixed(func(*udfs.Call) error { return nil })}, nil
		}
		return udfs.Binding{}, unexpected(ctx, args, 0, `"ARRAY" of "ARRAY"`)
	}
	return onArray(types.Type.Elem, t.ContainsNull(), func(_ types.Type, a []any) (any, error) {
		out := []any{}
		for _, e := range a {
			if e == nil {
				return nil, nil
			}
			out = append(out, e.([]any)...)
		}
		return out, nil
	})(ctx, args)
}

func sliceResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t, err := arrayOf(ctx, args, 0)
	if err != nil {
		return udfs.Binding{}, err
	}
	for i := 1; i < 3; i++ {
		if _, err := accept(ctx, args, i, types.IntType); err != nil {
			return udfs.Binding{}, err
		}
	}
	return bind(t, boxed(func(a []any) (any, error) {
		list, start, n := a[0].([]any), int(a[1].(int32)), int(a[2].(int32))
		switch {
		case start == 0:
			return nil, errs.New(errs.Pos{}, "INVALID_PARAMETER_VALUE.START", "parameter", "`start`", "functionName", "`slice`")
		case n < 0:
			return nil, errs.New(errs.Pos{}, "INVALID_PARAMETER_VALUE.LENGTH", "parameter", "`length`", "length", strconv.Itoa(n), "functionName", "`slice`")
		case start < 0:
			start += len(list)
		default:
			start--
		}
		if start < 0 || start >= len(list) {
			return []any{}, nil
		}
		return list[start:min(start+n, len(list))], nil
	}), t, types.IntType, types.IntType), nil
}

func sortArray(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t, err := arrayOf(ctx, args, 0)
	if err != nil {
		return udfs.Binding{}, err
	}
	if k := args[1].Type.Kind(); k != types.Boolean && k != types.Null {
		return udfs.Binding{}, unexpected(ctx, args, 1, `"BOOLEAN"`)
	}
	if !orderable(t.Elem()) {
		return udfs.Binding{}, mismatch(ctx, "INVALID_ORDERING_TYPE", "functionName", routine(ctx.Name), "dataType", typeParam(t))
	}
	return bind(t, boxed(func(a []any) (any, error) {
		list, sign := a[0].([]any), 1
		if !a[1].(bool) {
			sign = -1
		}
		slices.SortStableFunc(list, func(x, y any) int {
			switch {
			case x == nil && y == nil:
				return 0
			case x == nil:
				return -sign
			case y == nil:
				return sign
			}
			return sign * compareValues(t.Elem(), x, y)
		})
		return list, nil
	}), t, types.BooleanType), nil
}
