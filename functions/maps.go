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

// mapOf checks that argument i is a map, or NULL.
func mapOf(ctx *udfs.ResolveCtx, args []udfs.ArgInfo, i int) (types.Type, error) {
	switch t := args[i].Type; t.Kind() {
	case types.Map:
		return t, nil
	case types.Null:
		return types.MapOf(types.NullType, types.NullType, true), nil
	}
	return types.Type{}, unexpected(ctx, args, i, `"MAP"`)
}

// buildMap makes a map of keys and values, which must not repeat nor be NULL.
func buildMap(key types.Type, keys, vals []any, last bool) (any, error) {
	out := types.MapValue{Keys: make([]any, 0, len(keys)), Vals: make([]any, 0, len(vals))}
	at := make(map[string]int, len(keys))
	for i, k := range keys {
		if k == nil {
			return nil, errs.New(errs.Pos{}, "NULL_MAP_KEY")
		}
		id := valueKey(k)
		if j, ok := at[id]; ok {
			if !last {
				return nil, errs.New(errs.Pos{}, "DUPLICATED_MAP_KEY", "key", sqlValue(key, k), "mapKeyDedupPolicy", `"spark.sql.mapKeyDedupPolicy"`)
			}
			out.Vals[j] = vals[i]
			continue
		}
		at[id] = len(out.Keys)
		out.Keys, out.Vals = append(out.Keys, k), append(out.Vals, vals[i])
	}
	return out, nil
}

// newMaps binds a function that makes maps of type t.
func newMaps(t types.Type, f func(a []any) (keys, vals []any, ok bool, err error), in ...types.Type) udfs.Binding {
	return udfs.Binding{In: in, Out: t, New: func(env *udfs.Env) (udfs.Kernel, error) {
		last := lastWins(env)
		return boxed(func(a []any) (any, error) {
			k, v, ok, err := f(a)
			if !ok || err != nil {
				return nil, err
			}
			return buildMap(t.Key(), k, v, last)
		}), nil
	}}
}

func mapFunctions() []udfs.Def {
	def := func(name, since, params, usage, sql, out string, least, most int, traits udfs.Trait, resolve func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error)) udfs.Def {
		return udfs.Def{Name: name, Group: "map_funcs", Since: since, Usage: name + "(" + params + ") - " + usage, Examples: example(sql, out),
			Traits: traits, MinArgs: least, MaxArgs: most, Resolve: resolve}
	}
	part := func(out func(t types.Type) types.Type, f func(m types.MapValue) any) func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
		return func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
			t, err := mapOf(ctx, args, 0)
			if err != nil {
				return udfs.Binding{}, err
			}
			return bind(out(t), boxed(func(a []any) (any, error) { return f(a[0].(types.MapValue)), nil }), t), nil
		}
	}
	entry := func(t types.Type) types.Type {
		return types.StructOf(types.Field{Name: "key", Type: t.Key()}, types.Field{Name: "value", Type: t.Elem(), Nullable: t.ContainsNull()})
	}
	return []udfs.Def{
		{Name: "element_at", Group: "map_funcs", Since: "2.4.0", Usage: "element_at(collection, index) - Returns the element of an array at `index`, which counts from 1 or from the end, or the value of a map at a key, NULL when it has none.",
			Examples: example("SELECT element_at(array(1, 2, 3), 2)", "2"), Traits: partial | udfs.AlwaysNullable, MinArgs: 2, MaxArgs: 2, Resolve: elementAt(false)},
		def("map_concat", "2.4.0", "map, ...", "Returns a map of the entries of the maps.", "SELECT map_concat(map(1, 'a'), map(3, 'c'))", `{1:"a",3:"c"}`, 0, -1, partial, mapConcat),
		def("map_contains_key", "3.3.0", "map, key", "Tells whether `map` has `key`.", "SELECT map_contains_key(map(1, 'a', 2, 'b'), 1)", "true", 2, 2, pure, mapContainsKey),
		def("map_entries", "3.0.0", "map", "Returns an array of the entries as structs.", "SELECT map_entries(map(1, 'a'))", `[{"key":1,"value":"a"}]`, 1, 1, pure,
			part(func(t types.Type) types.Type { return types.ArrayOf(entry(t), false) }, func(m types.MapValue) any {
				out := make([]any, len(m.Keys))
				for i := range out {
					out[i] = []any{m.Keys[i], m.Vals[i]}
				}
				return out
			})),
		def("map_from_arrays", "2.4.0", "keys, values", "Returns a map of the arrays' elements.", "SELECT map_from_arrays(array(1.0, 3.0), array('2', '4'))", `{1.0:"2",3.0:"4"}`, 2, 2, partial, mapFromArrays),
		def("map_from_entries", "2.4.0", "arrayOfEntries", "Returns a map of an array of structs of a key and a value.", "SELECT map_from_entries(array(struct(1, 'a'), struct(2, 'b')))", `{1:"a",2:"b"}`, 1, 1, partial, mapFromEntries),
		def("map_keys", "2.0.0", "map", "Returns the keys as an array.", "SELECT map_keys(map(1, 'a', 2, 'b'))", "[1,2]", 1, 1, pure,
			part(func(t types.Type) types.Type { return types.ArrayOf(t.Key(), false) }, func(m types.MapValue) any { return m.Keys })),
		def("map_values", "2.0.0", "map", "Returns the values as an array.", "SELECT map_values(map(1, 'a', 2, 'b'))", `["a","b"]`, 1, 1, pure,
			part(func(t types.Type) types.Type { return types.ArrayOf(t.Elem(), t.ContainsNull()) }, func(m types.MapValue) any { return m.Vals })),
		{Name: "size", Aliases: []string{"cardinality"}, Group: "collection_funcs", Since: "1.5.0", Usage: "size(expr) - Returns the number of elements of an array or entries of a map.",
			Examples: example("SELECT size(map('a', 1, 'b', 2))", "2"), Traits: pure, MinArgs: 1, MaxArgs: 1, Resolve: sizeResolve},
		{Name: "str_to_map", Group: "map_funcs", Since: "2.0.1", Usage: "str_to_map(text[, pairDelim[, keyValueDelim]]) - Returns a map of text that is split into pairs and these into key and value by regular expressions.",
			Args:     []udfs.Arg{param("text", "text"), optional("pairDelim", "between pairs", ","), optional("keyValueDelim", "between key and value", ":")},
			Examples: example("SELECT str_to_map('a:1,b:2,c:3', ',', ':')", `{"a":"1","b":"2","c":"3"}`), Traits: partial, MinArgs: 1, MaxArgs: 3, Resolve: strToMap},
		{Name: "try_element_at", Group: "map_funcs", Since: "3.5.0", Usage: "try_element_at(collection, index) - Is element_at, with NULL outside the array.",
			Examples: example("SELECT try_element_at(array(1, 2, 3), 5)", "NULL"), Traits: partial | udfs.AlwaysNullable, MinArgs: 2, MaxArgs: 2, Resolve: elementAt(true)},
	}
}

func sizeResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t := args[0].Type
	if k := t.Kind(); k != types.Array && k != types.Map && k != types.Null {
		return udfs.Binding{}, unexpected(ctx, args, 0, `("ARRAY" or "MAP")`)
	}
	if t.Kind() == types.Null {
		t = types.ArrayOf(types.NullType, true)
	}
	legacy := !ctx.Env.ANSI && (ctx.Env.Conf == nil || ctx.Env.Conf("spark.sql.legacy.sizeOfNull") != "false")
	b := bind(types.IntType, func(c *udfs.Call) error {
		out := vec.Values[int32](c.Out)
		return c.Each(func(i int) error {
			if c.In[0].IsNull(i) {
				if out[i] = -1; !legacy {
					c.Out.SetNull(i)
				}
				return nil
			}
			lo, hi := c.In[0].Range(i)
			out[i] = int32(hi - lo)
			return nil
		})
	}, t)
	if legacy {
		tr := udfs.Deterministic
		b.Traits = &tr
	}
	return b, nil
}

func elementAt(try bool) func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
	return func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
		t := args[0].Type
		switch t.Kind() {
		case types.Array:
			if k := args[1].Type; !k.IsIntegral() && k.Kind() != types.Null || k.Kind() == types.BigInt {
				return udfs.Binding{}, unexpected(ctx, args, 1, `"INT"`)
			}
			return nullable(bind(t.Elem(), boxed(func(a []any) (any, error) {
				list, k := a[0].([]any), int(a[1].(int32))
				switch {
				case k == 0:
					return nil, errs.New(errs.Pos{}, "INVALID_INDEX_OF_ZERO")
				case k > len(list) || -k > len(list):
					if try || !ctx.Env.ANSI {
						return nil, nil
					}
					return nil, errs.New(errs.Pos{}, "INVALID_ARRAY_INDEX_IN_ELEMENT_AT", "indexValue", strconv.Itoa(k), "arraySize", strconv.Itoa(len(list)), "ansiConfig", ansiConfig)
				case k < 0:
					return list[len(list)+k], nil
				}
				return list[k-1], nil
			}), t, types.IntType)), nil
		case types.Map:
			kt, ok := coercion(ctx.Env).WiderExact(t.Key(), args[1].Type)
			if !ok {
				return udfs.Binding{}, mismatch(ctx, "MAP_FUNCTION_DIFF_TYPES", "functionName", routine(ctx.Name), "dataType", `"MAP"`,
					"leftType", typeParam(t), "rightType", typeParam(args[1].Type))
			}
			m := types.MapOf(kt, t.Elem(), t.ContainsNull())
			return nullable(bind(t.Elem(), boxed(func(a []any) (any, error) {
				v := a[0].(types.MapValue)
				if i := find(kt, v.Keys, a[1]); i >= 0 {
					return v.Vals[i], nil
				}
				return nil, nil
			}), m, kt)), nil
		case types.Null:
			return nullable(udfs.Binding{In: argTypes(args), Out: types.NullType, New: fixed(func(*udfs.Call) error { return nil })}), nil
		}
		return udfs.Binding{}, unexpected(ctx, args, 0, `("ARRAY" or "MAP")`)
	}
}

func mapConcat(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	if len(args) == 0 {
		return newMaps(types.MapOf(str, str, false), func([]any) ([]any, []any, bool, error) { return nil, nil, true, nil }), nil
	}
	for _, a := range args {
		if k := a.Type.Kind(); k != types.Map && k != types.Null {
			return udfs.Binding{}, mismatch(ctx, "MAP_CONCAT_DIFF_TYPES", "functionName", "`map_concat`", "dataType", typeParams(args))
		}
	}
	t, ok := coercion(ctx.Env).CommonExact(argTypes(args)...)
	if !ok || t.Kind() != types.Map {
		return udfs.Binding{}, mismatch(ctx, "MAP_CONCAT_DIFF_TYPES", "functionName", "`map_concat`", "dataType", typeParams(args))
	}
	return newMaps(t, func(a []any) (k, v []any, ok bool, err error) {
		for _, x := range a {
			m := x.(types.MapValue)
			k, v = append(k, m.Keys...), append(v, m.Vals...)
		}
		return k, v, true, nil
	}, repeated(t, len(args))...), nil
}

func mapContainsKey(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t := args[0].Type
	if args[1].Type.Kind() == types.Null || t.Kind() == types.Null {
		return udfs.Binding{}, mismatch(ctx, "NULL_TYPE", "functionName", routine(ctx.Name))
	}
	kt, ok := types.Type{}, false
	if t.Kind() == types.Map {
		kt, ok = coercion(ctx.Env).WiderExact(t.Key(), args[1].Type)
	}
	if !ok {
		return udfs.Binding{}, mismatch(ctx, "MAP_FUNCTION_DIFF_TYPES", "functionName", routine(ctx.Name), "dataType", `"MAP"`,
			"leftType", typeParam(t), "rightType", typeParam(args[1].Type))
	}
	return bind(types.BooleanType, boxed(func(a []any) (any, error) {
		return find(kt, a[0].(types.MapValue).Keys, a[1]) >= 0, nil
	}), types.MapOf(kt, t.Elem(), t.ContainsNull()), kt), nil
}

func mapFromArrays(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	k, err := arrayOf(ctx, args, 0)
	if err != nil {
		return udfs.Binding{}, err
	}
	v, err := arrayOf(ctx, args, 1)
	if err != nil {
		return udfs.Binding{}, err
	}
	if hasKind(k.Elem(), types.Map) {
		return udfs.Binding{}, mismatch(ctx, "INVALID_MAP_KEY_TYPE", "keyType", typeParam(k.Elem()))
	}
	return newMaps(types.MapOf(k.Elem(), v.Elem(), v.ContainsNull()), func(a []any) ([]any, []any, bool, error) {
		x, y := a[0].([]any), a[1].([]any)
		if len(x) != len(y) {
			return nil, nil, false, errs.New(errs.Pos{}, "MAP_KEY_VALUE_DIFF_SIZES")
		}
		return x, y, true, nil
	}, k, v), nil
}

func mapFromEntries(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t := args[0].Type
	if t.Kind() != types.Array || t.Elem().Kind() != types.Struct || len(t.Elem().Fields()) != 2 {
		return udfs.Binding{}, unexpected(ctx, args, 0, `"ARRAY" of pair "STRUCT"`)
	}
	f := t.Elem().Fields()
	if hasKind(f[0].Type, types.Map) {
		return udfs.Binding{}, mismatch(ctx, "INVALID_MAP_KEY_TYPE", "keyType", typeParam(f[0].Type))
	}
	b := newMaps(types.MapOf(f[0].Type, f[1].Type, f[1].Nullable), func(a []any) (k, v []any, ok bool, err error) {
		for _, e := range a[0].([]any) {
			if e == nil {
				return nil, nil, false, nil
			}
			k, v = append(k, e.([]any)[0]), append(v, e.([]any)[1])
		}
		return k, v, true, nil
	}, t)
	b.Nullable = t.ContainsNull()
	return b, nil
}

func strToMap(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	for i := range args {
		if _, err := accept(ctx, args, i, str); err != nil {
			return udfs.Binding{}, err
		}
	}
	t := types.MapOf(str, str, true)
	return udfs.Binding{In: repeated(str, 3), Out: t, New: func(env *udfs.Env) (udfs.Kernel, error) {
		pair, kv, last := &RegexCache{}, &RegexCache{}, lastWins(env)
		return boxed(func(a []any) (any, error) {
			var keys, vals []any
			pairs, err := splitText(a[0].(string), a[1].(string), -1, pair)
			if err != nil {
				return nil, err
			}
			for _, p := range pairs {
				parts, err := splitText(p, a[2].(string), 2, kv)
				if err != nil {
					return nil, err
				}
				keys = append(keys, parts[0])
				if len(parts) == 2 {
					vals = append(vals, parts[1])
				} else {
					vals = append(vals, nil)
				}
			}
			return buildMap(str, keys, vals, last)
		}), nil
	}}, nil
}

// splitText is split of one text, for str_to_map.
func splitText(s, p string, most int, cache *RegexCache) ([]string, error) {
	if p == "" {
		parts := strings.Split(s, "")
		if most > 0 && len(parts) > most {
			parts = slices.Clip(parts[:most])
		}
		return parts, nil
	}
	re, err := cache.Get(p, "str_to_map")
	if err != nil {
		return nil, err
	}
	var out []string
	done := 0
	err = re.All(s, func(at []int) bool {
		if len(out)+1 == most {
			return false
		}
		if at[1] > 0 {
			out = append(out, s[done:at[0]])
			done = at[1]
		}
		return true
	})
	return append(out, s[done:]), err
}
