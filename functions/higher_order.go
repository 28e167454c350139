package functions

import (
	"slices"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// higherOrderFunctions apply lambdas to the elements of arrays and maps.
func higherOrderFunctions() []udfs.Def {
	def := func(name, since, params, usage, sql, out string, least, most int, traits udfs.Trait, resolve func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error)) udfs.Def {
		return udfs.Def{Name: name, Group: "lambda_funcs", Since: since, Usage: name + "(" + params + ") - " + usage, Examples: example(sql, out),
			Traits: traits | udfs.Fallible, MinArgs: least, MaxArgs: most, Resolve: resolve}
	}
	aggregate := def("aggregate", "2.4.0", "expr, start, merge[, finish]", "Puts the elements of an array together, one after the other, beginning with `start`.", "SELECT aggregate(array(1, 2, 3), 0, (acc, x) -> acc + x)", "6", 3, 4, udfs.Deterministic, aggregateResolve)
	aggregate.Aliases = []string{"reduce"}
	return []udfs.Def{
		aggregate,
		def("array_sort", "2.4.0", "expr[, func]", "Returns the elements in order, NULLs last, or in the order of a comparing function.", "SELECT array_sort(array('b', 'd', NULL, 'c'))", `["b","c","d",null]`, 1, 2, pure, arraySortResolve),
		def("exists", "2.4.0", "expr, pred", "Tells whether `pred` holds for an element.", "SELECT exists(array(1, 2, 3), x -> x % 2 == 0)", "true", 2, 2, pure|udfs.AlwaysNullable, anyAll(true)),
		def("filter", "2.4.0", "expr, func", "Returns the elements for which `func` holds.", "SELECT filter(array(1, 2, 3), x -> x % 2 == 1)", "[1,3]", 2, 2, pure, filterResolve),
		def("forall", "3.0.0", "expr, pred", "Tells whether `pred` holds for all elements.", "SELECT forall(array(2, 4, 8), x -> x % 2 == 0)", "true", 2, 2, pure|udfs.AlwaysNullable, anyAll(false)),
		def("map_filter", "3.0.0", "expr, func", "Returns the entries for which `func` holds.", "SELECT map_filter(map(1, 0, 2, 2), (k, v) -> k > v)", "{1:0}", 2, 2, pure, mapLambda("map_filter")),
		def("map_zip_with", "3.0.0", "map1, map2, function", "Returns a map of the keys of both maps with what `function` makes of their values.", "SELECT map_zip_with(map(1, 'a'), map(1, 'x'), (k, v1, v2) -> concat(v1, v2))", `{1:"ax"}`, 3, 3, pure, mapZipWith),
		def("transform", "2.4.0", "expr, func", "Returns what `func` makes of the elements.", "SELECT transform(array(1, 2, 3), x -> x + 1)", "[2,3,4]", 2, 2, pure, transformResolve),
		def("transform_keys", "3.0.0", "expr, func", "Returns the map with the keys that `func` makes.", "SELECT transform_keys(map(1, 1, 2, 2), (k, v) -> k + 1)", "{2:1,3:2}", 2, 2, pure, mapLambda("transform_keys")),
		def("transform_values", "3.0.0", "expr, func", "Returns the map with the values that `func` makes.", "SELECT transform_values(map(1, 1, 2, 2), (k, v) -> v + 1)", "{1:2,2:3}", 2, 2, pure, mapLambda("transform_values")),
		def("zip_with", "2.4.0", "left, right, func", "Returns what `func` makes of the elements of two arrays at each place, NULL where one is shorter.", "SELECT zip_with(array(1, 2), array(3, 4), (x, y) -> x + y)", "[4,6]", 3, 3, pure, zipWith),
	}
}

// lambdaArg is the lambda at argument i; one must be there.
func lambdaArg(ctx *udfs.ResolveCtx, args []udfs.ArgInfo, i int) (*udfs.LambdaInfo, error) {
	if args[i].Lambda != nil {
		return args[i].Lambda, nil
	}
	return nil, mismatch(ctx, "UNEXPECTED_INPUT_TYPE", "paramIndex", Ordinal(i), "requiredType", `"LAMBDAFUNCTION"`, "inputSql", quoted(args[i].SQL), "inputType", typeParam(args[i].Type))
}

// element is the parameter for the elements of an array.
func element(name string, t types.Type) types.Field {
	return types.Field{Name: name, Type: t.Elem(), Nullable: t.ContainsNull()}
}

// withIndex adds the index parameter that transform and filter take.
func withIndex(l *udfs.LambdaInfo, t types.Type) []types.Field {
	p := []types.Field{element("x", t)}
	if l.Params == 2 {
		p = append(p, types.Field{Name: "i", Type: types.IntType})
	}
	return p
}

// spread lists the elements of the live rows of an array or map column: their places among the kids and the rows.
func spread(c *udfs.Call, v *vec.Vec) (at, rows []int32) {
	_ = live(c, func(i int) error {
		lo, hi := v.Range(i)
		for k := lo; k < hi; k++ {
			at, rows = append(at, int32(k)), append(rows, int32(i))
		}
		return nil
	})
	return at, rows
}

// chosen copies rows at of a column.
func chosen(src *vec.Vec, at []int32) *vec.Vec {
	out := vec.New(src.Type, 0)
	vec.AppendRows(out, src, at, len(at))
	return out
}

// overElements runs the lambda of argument 1 over the elements of argument 0.
func overElements(c *udfs.Call, params int) (res *vec.Vec, at []int32, err error) {
	at, rows := spread(c, c.In[0])
	if len(at) == 0 {
		return nil, nil, nil
	}
	ps := []*vec.Vec{chosen(c.In[0].Kids[0], at)}
	if params == 2 {
		idx := vec.New(types.IntType, len(at))
		vals := vec.Values[int32](idx)
		for k := range at {
			lo, _ := c.In[0].Range(int(rows[k]))
			vals[k] = at[k] - int32(lo)
		}
		ps = append(ps, idx)
	}
	res, err = c.Lambdas[1](ps, rows, len(at))
	return res, at, err
}

func transformResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t, err := arrayOf(ctx, args, 0)
	if err != nil {
		return udfs.Binding{}, err
	}
	l, err := lambdaArg(ctx, args, 1)
	if err != nil {
		return udfs.Binding{}, err
	}
	body, nulls, err := l.Bind(withIndex(l, t))
	if err != nil {
		return udfs.Binding{}, err
	}
	return bind(types.ArrayOf(body, nulls), func(c *udfs.Call) error {
		res, at, err := overElements(c, l.Params)
		if err != nil {
			return err
		}
		if res != nil {
			vec.AppendRows(c.Out.Kids[0], res, nil, len(at))
		}
		end := 0
		return closeRuns(c, func(i int) int {
			lo, hi := c.In[0].Range(i)
			end += hi - lo
			return end
		})
	}, t, types.NullType), nil
}

// closeRuns ends the rows of an array or map whose elements are all there: end gives where a live row's end.
func closeRuns(c *udfs.Call, end func(i int) int) error {
	next, at := 0, int32(0)
	err := live(c, func(i int) error {
		for ; next <= i; next++ {
			c.Out.Offs[next] = at
		}
		at = int32(end(i))
		return nil
	})
	for ; next <= c.N; next++ {
		c.Out.Offs[next] = at
	}
	return err
}

func isTrue(v *vec.Vec, k int) bool { return !v.IsNull(k) && vec.Values[bool](v)[k] }

// predicate types a lambda that tells.
func predicate(ctx *udfs.ResolveCtx, args []udfs.ArgInfo, l *udfs.LambdaInfo, at int, params []types.Field) (nulls bool, err error) {
	body, nulls, err := l.Bind(params)
	if err == nil && body.Kind() != types.Boolean && body.Kind() != types.Null {
		err = mismatch(ctx, "UNEXPECTED_INPUT_TYPE", "paramIndex", Ordinal(at), "requiredType", `"BOOLEAN"`, "inputSql", quoted(args[at].SQL), "inputType", typeParam(body))
	}
	return nulls, err
}

func filterResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t, err := arrayOf(ctx, args, 0)
	if err != nil {
		return udfs.Binding{}, err
	}
	l, err := lambdaArg(ctx, args, 1)
	if err != nil {
		return udfs.Binding{}, err
	}
	if _, err := predicate(ctx, args, l, 1, withIndex(l, t)); err != nil {
		return udfs.Binding{}, err
	}
	return bind(t, func(c *udfs.Call) error {
		res, at, err := overElements(c, l.Params)
		if err != nil {
			return err
		}
		k := 0
		return liveRows(c, func(i int) error {
			lo, hi := c.In[0].Range(i)
			for range hi - lo {
				if isTrue(res, k) {
					appendRow(c.Out.Kids[0], c.In[0].Kids[0], int(at[k]))
				}
				k++
			}
			return nil
		})
	}, t, types.NullType), nil
}

// anyAll types exists (want true: some element) and forall (none is false).
func anyAll(want bool) func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
	return func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
		t, err := arrayOf(ctx, args, 0)
		if err != nil {
			return udfs.Binding{}, err
		}
		l, err := lambdaArg(ctx, args, 1)
		if err != nil {
			return udfs.Binding{}, err
		}
		nulls, err := predicate(ctx, args, l, 1, []types.Field{element("x", t)})
		if err != nil {
			return udfs.Binding{}, err
		}
		b := bind(types.BooleanType, func(c *udfs.Call) error {
			res, _, err := overElements(c, 1)
			if err != nil {
				return err
			}
			out, k := vec.Values[bool](c.Out), 0
			return live(c, func(i int) error {
				lo, hi := c.In[0].Range(i)
				found, unknown := false, false
				for range hi - lo {
					if res.IsNull(k) {
						unknown = true
					} else if vec.Values[bool](res)[k] == want {
						found = true
					}
					k++
				}
				if out[i] = found == want; !found && unknown {
					c.Out.SetNull(i)
				}
				return nil
			})
		}, t, types.NullType)
		b.Nullable = nulls
		return b, nil
	}
}

// aggregateResolve types aggregate: the state keeps the type of the start value.
func aggregateResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t, err := arrayOf(ctx, args, 0)
	if err != nil {
		return udfs.Binding{}, err
	}
	merge, err := lambdaArg(ctx, args, 2)
	if err != nil {
		return udfs.Binding{}, err
	}
	state := args[1].Type
	body, _, err := merge.Bind([]types.Field{{Name: "acc", Type: state, Nullable: true}, element("x", t)})
	if err != nil {
		return udfs.Binding{}, err
	}
	if !types.SameType(body, state) {
		if state.Kind() == types.Null {
			state = body
			body, _, err = merge.Bind([]types.Field{{Name: "acc", Type: state, Nullable: true}, element("x", t)})
		}
		if err != nil || !types.SameType(body, state) {
			return udfs.Binding{}, mismatch(ctx, "UNEXPECTED_INPUT_TYPE", "paramIndex", "third", "requiredType", typeParam(state), "inputSql", quoted(args[2].SQL), "inputType", typeParam(body))
		}
	}
	out, in := state, []types.Type{t, state, types.NullType}
	if len(args) == 4 {
		finish, err := lambdaArg(ctx, args, 3)
		if err != nil {
			return udfs.Binding{}, err
		}
		if out, _, err = finish.Bind([]types.Field{{Name: "acc", Type: state, Nullable: true}}); err != nil {
			return udfs.Binding{}, err
		}
		in = append(in, types.NullType)
	}
	return nullable(bind(out, func(c *udfs.Call) error { return foldRows(c, state) }, in...)), nil
}

// foldRows merges the k-th elements of all rows in one step, for k = 0, 1, ...
func foldRows(c *udfs.Call, state types.Type) error {
	acc := map[int32]any{}
	var rows []int32
	_ = c.Each(func(i int) error {
		if !c.In[0].IsNull(i) {
			rows = append(rows, int32(i))
			acc[int32(i)] = c.In[1].Value(i)
		}
		return nil
	})
	for k := 0; ; k++ {
		var todo, at []int32
		states := vec.New(state, 0)
		for _, i := range rows {
			if lo, hi := c.In[0].Range(int(i)); lo+k < hi {
				todo, at = append(todo, i), append(at, int32(lo+k))
				states.Append(acc[i])
			}
		}
		if len(todo) == 0 {
			break
		}
		res, err := c.Lambdas[2]([]*vec.Vec{states, chosen(c.In[0].Kids[0], at)}, todo, len(todo))
		if err != nil {
			return err
		}
		for n, i := range todo {
			acc[i] = res.Value(n)
		}
	}
	result := acc
	if len(c.Lambdas) > 3 && c.Lambdas[3] != nil && len(rows) > 0 {
		states := vec.New(state, 0)
		for _, i := range rows {
			states.Append(acc[i])
		}
		res, err := c.Lambdas[3]([]*vec.Vec{states}, rows, len(rows))
		if err != nil {
			return err
		}
		result = make(map[int32]any, len(rows))
		for n, i := range rows {
			result[i] = res.Value(n)
		}
	}
	tmp := vec.New(c.Out.Type, 0)
	for i := range int32(c.N) {
		tmp.Append(result[i])
	}
	*c.Out = *tmp
	return nil
}

// arraySortResolve types array_sort, with the order of the type or with a comparing lambda.
func arraySortResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t, err := arrayOf(ctx, args, 0)
	if err != nil {
		return udfs.Binding{}, err
	}
	if len(args) == 1 {
		if !orderable(t.Elem()) {
			return udfs.Binding{}, mismatch(ctx, "INVALID_ORDERING_TYPE", "functionName", routine(ctx.Name), "dataType", typeParam(t.Elem()))
		}
		b := bind(t, boxed(func(a []any) (any, error) {
			list := a[0].([]any)
			slices.SortStableFunc(list, func(x, y any) int {
				switch {
				case x == nil && y == nil:
					return 0
				case x == nil:
					return 1
				case y == nil:
					return -1
				}
				return compareValues(t.Elem(), x, y)
			})
			return list, nil
		}), t)
		b.Pretty = func(s []string) string { return "array_sort(" + s[0] + ", " + defaultComparator + ")" }
		return b, nil
	}
	l, err := lambdaArg(ctx, args, 1)
	if err != nil {
		return udfs.Binding{}, err
	}
	p := element("left", t)
	p.Nullable = true
	body, _, err := l.Bind([]types.Field{p, p})
	if err == nil && body.Kind() != types.Int {
		err = mismatch(ctx, "UNEXPECTED_RETURN_TYPE", "functionName", routine(ctx.Name), "expectedType", `"INT"`, "actualType", typeParam(body))
	}
	if err != nil {
		return udfs.Binding{}, err
	}
	return bind(t, func(c *udfs.Call) error { return sortByLambda(c, t) }, t, types.NullType), nil
}

// defaultComparator is how Spark shows the order of array_sort without a lambda.
const defaultComparator = "lambdafunction((IF(((namedlambdavariable() IS NULL) AND (namedlambdavariable() IS NULL)), 0, (IF((namedlambdavariable() IS NULL), 1, (IF((namedlambdavariable() IS NULL), -1, (IF((namedlambdavariable() < namedlambdavariable()), -1, (IF((namedlambdavariable() > namedlambdavariable()), 1, 0)))))))))), namedlambdavariable(), namedlambdavariable())"

func sortByLambda(c *udfs.Call, t types.Type) error {
	return liveRows(c, func(i int) error {
		lo, hi := c.In[0].Range(i)
		order := make([]int32, 0, hi-lo)
		for k := lo; k < hi; k++ {
			order = append(order, int32(k))
		}
		kid := c.In[0].Kids[0]
		var failed error
		slices.SortStableFunc(order, func(a, b int32) int {
			if failed != nil {
				return 0
			}
			res, err := c.Lambdas[1]([]*vec.Vec{chosen(kid, []int32{a}), chosen(kid, []int32{b})}, []int32{int32(i)}, 1)
			if err == nil && res.IsNull(0) {
				err = errs.New(c.Env.Pos, "COMPARATOR_RETURNS_NULL", "firstValue", sqlValue(t.Elem(), kid.Value(int(a))), "secondValue", sqlValue(t.Elem(), kid.Value(int(b))))
			}
			if failed = err; err != nil {
				return 0
			}
			return int(vec.Values[int32](res)[0])
		})
		for _, k := range order {
			appendRow(c.Out.Kids[0], kid, int(k))
		}
		return failed
	})
}

// zipWith types zip_with.
func zipWith(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	a, err := arrayOf(ctx, args, 0)
	if err != nil {
		return udfs.Binding{}, err
	}
	b, err := arrayOf(ctx, args, 1)
	if err != nil {
		return udfs.Binding{}, err
	}
	l, err := lambdaArg(ctx, args, 2)
	if err != nil {
		return udfs.Binding{}, err
	}
	body, nulls, err := l.Bind([]types.Field{{Name: "x", Type: a.Elem(), Nullable: true}, {Name: "y", Type: b.Elem(), Nullable: true}})
	if err != nil {
		return udfs.Binding{}, err
	}
	return bind(types.ArrayOf(body, nulls), func(c *udfs.Call) error {
		x, y := vec.New(a.Elem(), 0), vec.New(b.Elem(), 0)
		var rows []int32
		size := func(i int) int {
			lo, hi := c.In[0].Range(i)
			lo2, hi2 := c.In[1].Range(i)
			return max(hi-lo, hi2-lo2)
		}
		put := func(dst, v *vec.Vec, i, k int) {
			if lo, hi := v.Range(i); lo+k < hi {
				appendRow(dst, v.Kids[0], lo+k)
			} else {
				dst.Append(nil)
			}
		}
		_ = live(c, func(i int) error {
			for k := range size(i) {
				put(x, c.In[0], i, k)
				put(y, c.In[1], i, k)
				rows = append(rows, int32(i))
			}
			return nil
		})
		if len(rows) > 0 {
			res, err := c.Lambdas[2]([]*vec.Vec{x, y}, rows, len(rows))
			if err != nil {
				return err
			}
			vec.AppendRows(c.Out.Kids[0], res, nil, len(rows))
		}
		end := 0
		return closeRuns(c, func(i int) int { end += size(i); return end })
	}, a, b, types.NullType), nil
}

// mapLambda types the functions of a map and a lambda of key and value.
func mapLambda(name string) func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
	return func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
		t, err := mapOf(ctx, args, 0)
		if err != nil {
			return udfs.Binding{}, err
		}
		l, err := lambdaArg(ctx, args, 1)
		if err != nil {
			return udfs.Binding{}, err
		}
		params := []types.Field{{Name: "k", Type: t.Key()}, {Name: "v", Type: t.Elem(), Nullable: t.ContainsNull()}}
		out := t
		if name == "map_filter" {
			_, err = predicate(ctx, args, l, 1, params)
		} else {
			var body types.Type
			var nulls bool
			if body, nulls, err = l.Bind(params); err == nil {
				if name == "transform_values" {
					out = types.MapOf(t.Key(), body, nulls)
				} else if out = types.MapOf(body, t.Elem(), t.ContainsNull()); hasKind(body, types.Map) {
					err = mismatch(ctx, "INVALID_MAP_KEY_TYPE", "keyType", typeParam(body))
				}
			}
		}
		if err != nil {
			return udfs.Binding{}, err
		}
		return bind(out, func(c *udfs.Call) error { return mapRows(c, name, out) }, t, types.NullType), nil
	}
}

func mapRows(c *udfs.Call, name string, out types.Type) error {
	m := c.In[0]
	at, rows := spread(c, m)
	var res *vec.Vec
	if len(at) > 0 {
		var err error
		if res, err = c.Lambdas[1]([]*vec.Vec{chosen(m.Kids[0], at), chosen(m.Kids[1], at)}, rows, len(at)); err != nil {
			return err
		}
	}
	k, last := 0, lastWins(c.Env)
	tmp := vec.New(out, 0)
	err := live(c, func(i int) error {
		for tmp.Len < i {
			tmp.Append(nil)
		}
		var keys, vals []any
		lo, hi := m.Range(i)
		for e := lo; e < hi; e++ {
			switch {
			case name == "transform_values":
				keys, vals = append(keys, m.Kids[0].Value(e)), append(vals, res.Value(k))
			case name == "transform_keys":
				keys, vals = append(keys, res.Value(k)), append(vals, m.Kids[1].Value(e))
			case isTrue(res, k):
				keys, vals = append(keys, m.Kids[0].Value(e)), append(vals, m.Kids[1].Value(e))
			}
			k++
		}
		x, err := buildMap(out.Key(), keys, vals, last)
		if err == nil {
			tmp.Append(x)
		}
		return err
	})
	for tmp.Len < c.N {
		tmp.Append(nil)
	}
	*c.Out = *tmp
	return err
}

// mapZipWith types map_zip_with: the keys of the first map come first.
func mapZipWith(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	a, err := mapOf(ctx, args, 0)
	if err != nil {
		return udfs.Binding{}, err
	}
	b, err := mapOf(ctx, args, 1)
	if err != nil {
		return udfs.Binding{}, err
	}
	key, ok := coercion(ctx.Env).WiderExact(a.Key(), b.Key())
	if !ok {
		return udfs.Binding{}, mismatch(ctx, "MAP_ZIP_WITH_DIFF_TYPES", "functionName", routine(ctx.Name), "leftType", typeParam(a.Key()), "rightType", typeParam(b.Key()))
	}
	l, err := lambdaArg(ctx, args, 2)
	if err != nil {
		return udfs.Binding{}, err
	}
	body, nulls, err := l.Bind([]types.Field{{Name: "k", Type: key}, {Name: "v1", Type: a.Elem(), Nullable: true}, {Name: "v2", Type: b.Elem(), Nullable: true}})
	if err != nil {
		return udfs.Binding{}, err
	}
	out := types.MapOf(key, body, nulls)
	return bind(out, func(c *udfs.Call) error {
		tmp := vec.New(out, 0)
		err := live(c, func(i int) error {
			for tmp.Len < i {
				tmp.Append(nil)
			}
			x, y := c.In[0].Value(i).(types.MapValue), c.In[1].Value(i).(types.MapValue)
			keys := unique(append(slices.Clone(x.Keys), y.Keys...))
			k, v1, v2 := vec.New(key, 0), vec.New(a.Elem(), 0), vec.New(b.Elem(), 0)
			lookup := func(m types.MapValue, e any) any {
				if at := find(key, m.Keys, e); at >= 0 {
					return m.Vals[at]
				}
				return nil
			}
			rows := make([]int32, len(keys))
			for n, e := range keys {
				k.Append(e)
				v1.Append(lookup(x, e))
				v2.Append(lookup(y, e))
				rows[n] = int32(i)
			}
			vals := make([]any, len(keys))
			if len(keys) > 0 {
				res, err := c.Lambdas[2]([]*vec.Vec{k, v1, v2}, rows, len(keys))
				if err != nil {
					return err
				}
				for n := range vals {
					vals[n] = res.Value(n)
				}
			}
			tmp.Append(types.MapValue{Keys: keys, Vals: vals})
			return nil
		})
		for tmp.Len < c.N {
			tmp.Append(nil)
		}
		*c.Out = *tmp
		return err
	}, types.MapOf(key, a.Elem(), a.ContainsNull()), types.MapOf(key, b.Elem(), b.ContainsNull()), types.NullType), nil
}
