package functions

import (
	"strconv"
	"strings"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// jsonFunctions read and write JSON text.
func jsonFunctions() []udfs.Def {
	def := func(name, since, params, usage, sql, out string, least, most int, traits udfs.Trait, resolve func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error)) udfs.Def {
		return udfs.Def{Name: name, Group: "json_funcs", Since: since, Usage: name + "(" + params + ") - " + usage, Examples: example(sql, out),
			Traits: traits, MinArgs: least, MaxArgs: most, Resolve: resolve}
	}
	return []udfs.Def{
		def("from_json", "2.2.0", "jsonStr, schema[, options]", "Returns the struct, array or map that JSON text holds.", `SELECT from_json('{"a":1, "b":0.8}', 'a INT, b DOUBLE')`, `{"a":1,"b":0.8}`, 2, 3, partial|udfs.AlwaysNullable, fromJSONResolve),
		{
			Name: "get_json_object", Group: "json_funcs", Since: "1.5.0",
			Usage:    "get_json_object(json_txt, path) - Returns what the path $.a.b[0][*] reaches in JSON text; NULL when it is nothing.",
			Examples: example(`SELECT get_json_object('{"a":"b"}', '$.a')`, "b"), Traits: pure | udfs.AlwaysNullable,
			Overloads: []udfs.Overload{{In: []types.Type{str, str}, Out: str, Nullable: true, New: func(*udfs.Env) (udfs.Kernel, error) {
				path := compilePath("")
				return func(c *udfs.Call) error {
					return live(c, func(i int) error {
						if text := c.In[1].Str(i); path.text != text || text == "" {
							path = compilePath(strings.Clone(text))
						}
						if v, ok := path.get(c.In[0].Str(i)); ok {
							c.Out.SetStr(i, v)
						} else {
							c.Out.SetNull(i)
						}
						return nil
					})
				}, nil
			}}},
		},
		{
			Name: "json_array_length", Group: "json_funcs", Since: "3.1.0",
			Usage:    "json_array_length(jsonArray) - Returns the number of elements of a JSON array; NULL for other text.",
			Examples: example("SELECT json_array_length('[1,2,3,4]')", "4"), Traits: pure | udfs.AlwaysNullable, MinArgs: 1, MaxArgs: 1,
			Resolve: onJSON(types.IntType, func(v *jsonValue) (any, bool) { return int32(len(v.kids)), v.kind == '[' }),
		},
		{
			Name: "json_object_keys", Group: "json_funcs", Since: "3.1.0",
			Usage:    "json_object_keys(json_object) - Returns the names of a JSON object's members; NULL for other text.",
			Examples: example(`SELECT json_object_keys('{"f1":"abc","f2":{"f3":"a"}}')`, `["f1","f2"]`), Traits: pure | udfs.AlwaysNullable, MinArgs: 1, MaxArgs: 1,
			Resolve: onJSON(types.ArrayOf(str, true), func(v *jsonValue) (any, bool) {
				out := make([]any, len(v.keys))
				for i, k := range v.keys {
					out[i] = k
				}
				return out, v.kind == '{'
			}),
		},
		def("json_tuple", "1.6.0", "jsonStr, p1, p2, ..., pn", "Makes a row of the named members of a JSON object.", `SELECT json_tuple('{"a":1, "b":2}', 'a', 'b')`, "1\t2", 2, -1, udfs.Deterministic, jsonTupleResolve),
		def("schema_of_json", "2.4.0", "json[, options]", "Returns the type of a constant JSON text in DDL form.", `SELECT schema_of_json('[{"col":0}]')`, "ARRAY<STRUCT<col: BIGINT>>", 1, 2, partial, schemaOfJSON),
		def("to_json", "2.2.0", "expr[, options]", "Returns a struct, array or map as JSON text.", "SELECT to_json(named_struct('a', 1, 'b', 2))", `{"a":1,"b":2}`, 1, 2, partial, toJSONResolve),
	}
}

// onJSON types a function of JSON text alone, which must be written as text.
func onJSON(out types.Type, f func(v *jsonValue) (any, bool)) func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
	return func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
		if t := args[0].Type; !t.IsString() && t.Kind() != types.Null {
			return udfs.Binding{}, unexpected(ctx, args, 0, `"STRING"`)
		}
		return nullable(bind(out, boxed(func(a []any) (any, error) {
			if v, ok := parseJSON(a[0].(string), lenientJSON); ok {
				if x, ok := f(&v); ok {
					return x, nil
				}
			}
			return nil, nil
		}), str)), nil
	}
}

func jsonTupleResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	for _, a := range args {
		if !a.Type.IsString() {
			return udfs.Binding{}, mismatch(ctx, "NON_STRING_TYPE", "funcName", routine(ctx.Name))
		}
	}
	fields := make([]types.Field, len(args)-1)
	for i := range fields {
		fields[i] = types.Field{Name: "c" + strconv.Itoa(i), Type: str, Nullable: true}
	}
	return table(fields, func(*udfs.Env) udfs.TableFunc { return jsonTuple{} }, repeated(str, len(args))...), nil
}

type jsonTuple struct{}

func (jsonTuple) Eval(c *udfs.Call, emit func(rows []int32, cols []*vec.Vec) error) error {
	cols := make([]*vec.Vec, len(c.In)-1)
	for i := range cols {
		cols[i] = vec.New(str, 0)
	}
	var rows []int32
	_ = c.Each(func(i int) error {
		rows = append(rows, int32(i))
		var v jsonValue
		if !c.In[0].IsNull(i) {
			if x, ok := parseJSON(c.In[0].Str(i), lenientJSON); ok && x.kind == '{' {
				v = x
			}
		}
		for f, col := range cols {
			var found any
			if !c.In[f+1].IsNull(i) {
				name := c.In[f+1].Str(i)
				for k := range v.keys {
					if v.keys[k] != name || v.kids[k].kind == 'n' {
						continue
					}
					if v.kids[k].kind == '"' {
						found = v.kids[k].text
					} else {
						found = string(appendJSON(nil, &v.kids[k]))
					}
				}
			}
			col.Append(found)
		}
		return nil
	})
	return emit(rows, cols)
}
