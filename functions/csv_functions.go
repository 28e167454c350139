package functions

import (
	"strings"

	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// csvFunctions read and write one record of CSV text.
func csvFunctions() []udfs.Def {
	def := func(name, params, usage, sql, out string, least, most int, resolve func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error)) udfs.Def {
		return udfs.Def{Name: name, Group: "csv_funcs", Since: "3.0.0", Usage: name + "(" + params + ") - " + usage, Examples: example(sql, out),
			Traits: partial | udfs.AlwaysNullable, MinArgs: least, MaxArgs: most, Resolve: resolve}
	}
	return []udfs.Def{
		def("from_csv", "csvStr, schema[, options]", "Returns the struct that a CSV record holds.", "SELECT from_csv('1, 0.8', 'a INT, b DOUBLE')", `{"a":1,"b":0.8}`, 2, 3, fromCSVResolve),
		def("schema_of_csv", "csv[, options]", "Returns the type of a constant CSV record in DDL form.", "SELECT schema_of_csv('1,abc')", "STRUCT<_c0: INT, _c1: STRING>", 1, 2, schemaOfCSV),
		def("to_csv", "expr[, options]", "Returns a struct as a CSV record.", "SELECT to_csv(named_struct('a', 1, 'b', 2))", "1,2", 1, 2, toCSVResolve),
	}
}

func fromCSVResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	if _, err := accept(ctx, args, 0, str); err != nil {
		return udfs.Binding{}, err
	}
	t, err := schemaOf(ctx, args[1])
	if err != nil {
		return udfs.Binding{}, err
	}
	if t.Kind() != types.Struct {
		return udfs.Binding{}, errs.New(ctx.Env.Pos, "INVALID_SCHEMA.NON_STRUCT_TYPE", "inputSchema", quoted(args[1].SQL), "dataType", typeParam(t))
	}
	opts := map[string]string{}
	if len(args) == 3 {
		if opts, err = optionsOf(ctx, args[2]); err != nil {
			return udfs.Binding{}, err
		}
	}
	if _, err := NewCSV(opts, ctx.Env, false); err != nil {
		return udfs.Binding{}, err
	}
	corrupt := corruptField(t, opts)
	in := argTypes(args)
	in[0] = str
	return udfs.Binding{In: in, Out: t, Nullable: true, Pretty: func(s []string) string { return ctx.Name + "(" + s[0] + ")" },
		New: func(env *udfs.Env) (udfs.Kernel, error) {
			r, err := NewCSV(opts, env, false)
			if err != nil {
				return nil, err
			}
			var fields []CSVField
			return boxed(func(a []any) (any, error) {
				text := a[0].(string)
				if text == "" {
					return nil, nil
				}
				fields = r.Split(text, fields[:0])
				out, good, at := make([]any, len(t.Fields())), true, 0
				for i, f := range t.Fields() {
					if i == corrupt {
						continue
					}
					if at < len(fields) {
						x, ok := r.Value(fields[at], f.Type)
						out[i] = x
						good = good && ok
					}
					at++
				}
				good = good && at == len(fields)
				if !good && strings.EqualFold(opts["mode"], "FAILFAST") {
					return nil, errs.New(env.Pos, "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "badRecord", text, "failFastMode", "FAILFAST")
				}
				if corrupt >= 0 && !good {
					out[corrupt] = text
				}
				return out, nil
			}), nil
		}}, nil
}

func schemaOfCSV(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	opts := map[string]string{}
	var err error
	switch {
	case !args[0].Const:
		return udfs.Binding{}, mismatch(ctx, "NON_FOLDABLE_INPUT", "inputName", "`csv`", "inputType", `"STRING"`, "inputExpr", quoted(args[0].SQL))
	case args[0].Value == nil:
		return udfs.Binding{}, mismatch(ctx, "UNEXPECTED_NULL", "exprName", "csv")
	case !args[0].Type.IsString():
		return udfs.Binding{}, unexpected(ctx, args, 0, `"STRING"`)
	case len(args) == 2:
		if opts, err = optionsOf(ctx, args[1]); err != nil {
			return udfs.Binding{}, err
		}
	}
	form, err := NewCSV(opts, ctx.Env, false)
	if err != nil {
		return udfs.Binding{}, err
	}
	b := bind(str, func(c *udfs.Call) error {
		return live(c, func(i int) error {
			parts := form.Split(c.In[0].Str(i), nil)
			fields := make([]types.Field, len(parts))
			for k, x := range parts {
				t := form.Infer(types.NullType, x)
				if t.Kind() == types.Null {
					t = str
				}
				fields[k] = types.Field{Name: DefaultName(k), Type: t, Nullable: true}
			}
			c.Out.SetStr(i, types.StructOf(fields...).SQL())
			return nil
		})
	}, argTypes(args)...)
	b.Pretty = func(s []string) string { return ctx.Name + "(" + s[0] + ")" }
	return b, nil
}

func toCSVResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t := args[0].Type
	if t.Kind() != types.Struct {
		return udfs.Binding{}, unexpected(ctx, args, 0, `"STRUCT"`)
	}
	opts := map[string]string{}
	var err error
	if len(args) == 2 {
		if opts, err = optionsOf(ctx, args[1]); err != nil {
			return udfs.Binding{}, err
		}
	}
	if _, err := NewCSV(opts, ctx.Env, true); err != nil {
		return udfs.Binding{}, err
	}
	return udfs.Binding{In: argTypes(args), Out: str, Pretty: func(s []string) string { return ctx.Name + "(" + s[0] + ")" },
		New: func(env *udfs.Env) (udfs.Kernel, error) {
			w, err := NewCSV(opts, env, true)
			if err != nil {
				return nil, err
			}
			return boxed(func(a []any) (any, error) {
				return string(w.AppendRow(nil, t.Fields(), a[0].([]any))), nil
			}), nil
		}}, nil
}
