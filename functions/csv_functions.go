package functions

import (
	"strconv"
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

// csvForm is how records are written.
type csvForm struct {
	sep, null     string
	quote, escape byte
	trimL, trimR  bool
}

func csvFormOf(opts map[string]string) csvForm {
	f := csvForm{sep: ",", quote: '"', escape: '\\'}
	for _, k := range [...]string{"sep", "delimiter"} {
		if v := opts[k]; v != "" {
			f.sep = strings.ReplaceAll(v, `\t`, "\t")
		}
	}
	if v := opts["quote"]; v != "" {
		f.quote = v[0]
	}
	if v := opts["escape"]; v != "" {
		f.escape = v[0]
	}
	f.null = opts["nullvalue"]
	f.trimL, f.trimR = opts["ignoreleadingwhitespace"] == "true", opts["ignoretrailingwhitespace"] == "true"
	return f
}

// split takes a record apart; quoted tells which fields stood in quotes.
func (f csvForm) split(s string) (fields []string, quoted []bool) {
	for {
		var b strings.Builder
		inQuotes := false
		t := s
		if f.trimL {
			t = strings.TrimLeft(s, " ")
		}
		if t != "" && t[0] == f.quote {
			inQuotes = true
			t = t[1:]
			for t != "" && t[0] != f.quote {
				if t[0] == f.escape && len(t) > 1 && (t[1] == f.quote || t[1] == f.escape) {
					t = t[1:]
				}
				b.WriteByte(t[0])
				t = t[1:]
				if len(t) > 1 && t[0] == f.quote && t[1] == f.quote {
					b.WriteByte(f.quote)
					t = t[2:]
				}
			}
			t = strings.TrimPrefix(t, string(f.quote))
			s = t
		}
		field, rest, more := strings.Cut(s, f.sep)
		if inQuotes {
			field = b.String()
		} else {
			if f.trimL {
				field = strings.TrimLeft(field, " ")
			}
			if f.trimR {
				field = strings.TrimRight(field, " ")
			}
		}
		fields, quoted = append(fields, field), append(quoted, inQuotes)
		if !more {
			return fields, quoted
		}
		s = rest
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
	formats, err := readFormats(opts, forReading)
	if err != nil {
		return udfs.Binding{}, err
	}
	form, corrupt := csvFormOf(opts), corruptField(t, opts)
	in := argTypes(args)
	in[0] = str
	return udfs.Binding{In: in, Out: t, Nullable: true, Pretty: func(s []string) string { return ctx.Name + "(" + s[0] + ")" },
		New: func(env *udfs.Env) (udfs.Kernel, error) {
			r := &fieldReader{env: env, formats: formats}
			return boxed(func(a []any) (any, error) {
				text := a[0].(string)
				if text == "" {
					return nil, nil
				}
				fields, inQuotes := form.split(text)
				out, good, at := make([]any, len(t.Fields())), true, 0
				for i, f := range t.Fields() {
					if i == corrupt {
						continue
					}
					if at < len(fields) && (fields[at] != form.null || inQuotes[at]) {
						x, ok := r.csv(fields[at], f.Type)
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

// csv reads a field as a value of type t; nil and false when it is none.
func (r *fieldReader) csv(s string, t types.Type) (any, bool) {
	var x any
	ok := false
	switch k := t.Kind(); {
	case t.IsString():
		return s, true
	case k == types.Boolean:
		x, ok = strings.EqualFold(s, "true"), strings.EqualFold(s, "true") || strings.EqualFold(s, "false")
	case t.IsIntegral():
		x, ok = integerValue(s, t)
	case k == types.Float || k == types.Double:
		if s == "Inf" || s == "-Inf" {
			s = strings.Replace(s, "Inf", "Infinity", 1)
		}
		x, ok = floatValue(strings.TrimSpace(s), t, false)
	case k == types.Decimal:
		x, ok = decimalValue(strings.ReplaceAll(s, ",", ""), t)
	case t.IsDatetime():
		x, ok = r.timeValue(s, t)
	case k == types.Binary:
		return []byte(s), true
	case t.IsInterval() || isCalendar(t):
		x, ok = intervalValue(s, t)
	}
	if !ok {
		return nil, false
	}
	return x, true
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
	form := csvFormOf(opts)
	b := bind(str, func(c *udfs.Call) error {
		return live(c, func(i int) error {
			parts, _ := form.split(c.In[0].Str(i))
			fields := make([]types.Field, len(parts))
			for k, s := range parts {
				fields[k] = types.Field{Name: "_c" + strconv.Itoa(k), Type: csvType(s, form), Nullable: true}
			}
			c.Out.SetStr(i, types.StructOf(fields...).SQL())
			return nil
		})
	}, argTypes(args)...)
	b.Pretty = func(s []string) string { return ctx.Name + "(" + s[0] + ")" }
	return b, nil
}

// csvType is the type that a field looks like.
func csvType(s string, form csvForm) types.Type {
	if s == form.null || s == "" {
		return str
	}
	for _, t := range [...]types.Type{types.IntType, types.BigIntType} {
		if _, ok := integerValue(s, t); ok {
			return t
		}
	}
	if u, scale, ok := exactNumber(s); ok && scale <= 0 && len(u.String()) <= types.MaxPrecision && !strings.ContainsAny(s, "eE.") {
		return types.DecimalOf(len(strings.TrimPrefix(u.String(), "-")), 0)
	}
	if _, ok := floatValue(s, types.DoubleType, false); ok {
		return types.DoubleType
	}
	if _, ok := types.ParseDate(s); ok && len(s) == 10 {
		return dateT
	}
	if _, ok := types.ParseTimestampNTZ(s, true); ok && len(s) > 10 {
		return timestampT
	}
	if strings.EqualFold(s, "true") || strings.EqualFold(s, "false") {
		return types.BooleanType
	}
	return str
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
	formats, err := readFormats(opts, forWriting)
	if err != nil {
		return udfs.Binding{}, err
	}
	form := csvFormOf(opts)
	return udfs.Binding{In: argTypes(args), Out: str, Pretty: func(s []string) string { return ctx.Name + "(" + s[0] + ")" },
		New: func(env *udfs.Env) (udfs.Kernel, error) {
			w := &fieldWriter{env: env, formats: formats}
			return boxed(func(a []any) (any, error) {
				parts := make([]string, len(t.Fields()))
				for i, f := range t.Fields() {
					if x := a[0].([]any)[i]; x == nil {
						parts[i] = form.null
					} else {
						parts[i] = form.field(w, f.Type, x)
					}
				}
				return strings.Join(parts, form.sep), nil
			}), nil
		}}, nil
}

// field writes one value, in quotes where it needs them.
func (f csvForm) field(w *fieldWriter, t types.Type, x any) string {
	if t.IsNested() {
		return w.key(t, x)
	}
	b, _ := w.plain(nil, t, x)
	s := string(b)
	if s == "" && t.IsString() {
		return `""`
	}
	s = strings.Trim(s, " \t")
	if strings.Contains(s, f.sep) || strings.IndexByte(s, f.quote) >= 0 || strings.ContainsAny(s, "\r\n") {
		q := string(f.quote)
		s = q + strings.ReplaceAll(s, q, string(f.escape)+q) + q
	}
	return s
}
