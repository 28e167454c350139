package functions

import (
	"encoding/base64"
	"math"
	"sort"
	"strconv"
	"strings"

	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// optionsOf reads the constant map of options that the functions of JSON and CSV take.
func optionsOf(ctx *udfs.ResolveCtx, a udfs.ArgInfo) (map[string]string, error) {
	if a.Type.Kind() != types.Map {
		return nil, errs.New(ctx.Env.Pos, "INVALID_OPTIONS.NON_MAP_FUNCTION")
	}
	if !a.Type.Key().IsString() || !a.Type.Elem().IsString() {
		return nil, errs.New(ctx.Env.Pos, "INVALID_OPTIONS.NON_STRING_TYPE", "mapType", typeParam(a.Type))
	}
	m, ok := a.Value.(types.MapValue)
	if !ok {
		return nil, errs.New(ctx.Env.Pos, "INVALID_OPTIONS.NON_MAP_FUNCTION")
	}
	out := map[string]string{}
	for i, k := range m.Keys {
		if v, ok := m.Vals[i].(string); ok {
			out[strings.ToLower(k.(string))] = v
		}
	}
	return out, nil
}

// schemaOf reads the constant schema of argument 1.
func schemaOf(ctx *udfs.ResolveCtx, a udfs.ArgInfo) (types.Type, error) {
	ddl, ok := a.Value.(string)
	if !ok || !a.Const {
		return types.Type{}, errs.New(ctx.Env.Pos, "INVALID_SCHEMA.NON_STRING_LITERAL", "inputSchema", quoted(a.SQL))
	}
	t, err := ctx.ParseType(ddl)
	if err != nil {
		return t, errs.At(err, ctx.Env.Pos)
	}
	return t.AsNullable(), nil
}

// textFormats are the forms of dates and timestamps within JSON and CSV; nil stands for the default.
type textFormats struct {
	date, stamp, ntz *pattern
}

func readFormats(opts map[string]string, use patternUse) (f textFormats, err error) {
	get := func(name string) *pattern {
		if s, ok := opts[name]; ok && err == nil {
			var p *pattern
			p, err = compilePattern(s, use)
			return p
		}
		return nil
	}
	f.date, f.stamp, f.ntz = get("dateformat"), get("timestampformat"), get("timestampntzformat")
	return f, err
}

// fieldReader turns text of JSON or CSV into values.
type fieldReader struct {
	env     *udfs.Env
	formats textFormats
}

// timeValue reads a date or timestamp.
func (r *fieldReader) timeValue(s string, t types.Type) (any, bool) {
	p := map[types.Kind]*pattern{types.Date: r.formats.date, types.Timestamp: r.formats.stamp, types.TimestampNTZ: r.formats.ntz}[t.Kind()]
	if p != nil {
		v, err := p.readStamp(s, t, r.env.Zone)
		if t == dateT {
			return int32(v), err == nil
		}
		return v, err == nil
	}
	switch t.Kind() {
	case types.Date:
		v, ok := types.ParseDate(s)
		return v, ok
	case types.TimestampNTZ:
		v, ok := types.ParseTimestampNTZ(s, false)
		return v, ok
	}
	v, ok := types.ParseTimestamp(s, r.env.Zone, r.env.Now)
	return v, ok
}

// decimalValue rounds an exact number to the scale of t; ok is false when it does not fit.
func decimalValue(s string, t types.Type) (any, bool) {
	u, scale, ok := exactNumber(s)
	if !ok {
		return nil, false
	}
	v, ok := types.FromBig(u)
	if !ok {
		return nil, false
	}
	if scale < 0 {
		if v, ok = v.Rescale(0, min(-scale, 38)); !ok || -scale > 38 {
			return nil, false
		}
		scale = 0
	}
	if scale > 76 {
		return nil, false
	}
	v, ok = v.Rescale(min(scale, 38), t.Scale())
	return v, ok && scale <= 38 && v.FitsPrecision(t.Precision())
}

// integerValue reads digits as an integer of type t.
func integerValue(s string, t types.Type) (any, bool) {
	bits := map[types.Kind]int{types.TinyInt: 8, types.SmallInt: 16, types.Int: 32, types.BigInt: 64}[t.Kind()]
	n, err := strconv.ParseInt(s, 10, bits)
	if err != nil {
		return nil, false
	}
	switch bits {
	case 8:
		return int8(n), true
	case 16:
		return int16(n), true
	case 32:
		return int32(n), true
	}
	return n, true
}

// intervalValue reads an interval of any type.
func intervalValue(s string, t types.Type) (any, bool) {
	switch {
	case isYearMonth(t):
		v, err := types.ParseYearMonth(s, t)
		return v, err == nil
	case isDayTime(t):
		v, err := types.ParseDayTime(s, t)
		return v, err == nil
	}
	v, _, err := types.ParseInterval(s)
	return v, err == nil
}

// floatValue reads a number, or the words for those that are not finite.
func floatValue(s string, t types.Type, words bool) (any, bool) {
	f, err := strconv.ParseFloat(s, 64)
	switch s {
	case "NaN":
		f = math.NaN()
	case "Infinity", "+Infinity", "INF", "+INF":
		f = math.Inf(1)
	case "-Infinity", "-INF":
		f = math.Inf(-1)
	default:
		if words || err != nil && !math.IsInf(f, 0) {
			return nil, false
		}
	}
	if t.Kind() == types.Float {
		return float32(f), true
	}
	return f, true
}

// json turns a JSON value into one of type t. A member of a struct that does not fit is NULL and ok false
// is told beside the value, so that the others are kept.
func (r *fieldReader) json(v *jsonValue, t types.Type) (x any, ok bool) {
	if v.kind == 'n' {
		return nil, true
	}
	switch k := t.Kind(); {
	case k == types.Struct:
		if v.kind == '{' {
			return r.jsonStruct(v, t)
		}
		return nil, false
	case k == types.Map:
		if v.kind != '{' {
			return nil, false
		}
		m := types.MapValue{}
		for i := range v.keys {
			e, ok := r.json(&v.kids[i], t.Elem())
			if !ok {
				return nil, false
			}
			m.Keys, m.Vals = append(m.Keys, v.keys[i]), append(m.Vals, e)
		}
		return m, true
	case k == types.Array:
		if v.kind != '[' {
			return nil, false
		}
		out := make([]any, len(v.kids))
		good := true
		for i := range v.kids {
			e, ok := r.json(&v.kids[i], t.Elem())
			if good = good && ok; !ok && t.Elem().Kind() != types.Struct {
				return nil, false
			}
			out[i] = e
		}
		return out, good
	case t.IsString():
		if v.kind == '"' {
			return v.text, true
		}
		return string(appendJSON(nil, v)), true
	case k == types.Boolean:
		return v.kind == 't', v.kind == 't' || v.kind == 'f'
	case v.kind == '"' && v.text == "":
		return nil, false
	case t.IsIntegral():
		if v.kind != '0' {
			return nil, false
		}
		return integerValue(v.text, t)
	case k == types.Float || k == types.Double:
		if v.kind != '0' && v.kind != '"' {
			return nil, false
		}
		return floatValue(v.text, t, v.kind == '"')
	case k == types.Decimal:
		if v.kind != '0' && v.kind != '"' {
			return nil, false
		}
		return decimalValue(v.text, t)
	case t.IsDatetime():
		if v.kind == '0' && k == types.Timestamp {
			n, err := strconv.ParseInt(v.text, 10, 64)
			return n * types.MicrosPerSecond, err == nil
		}
		if v.kind != '"' {
			return nil, false
		}
		return r.timeValue(v.text, t)
	case k == types.Binary:
		b, err := base64.StdEncoding.DecodeString(v.text)
		return b, v.kind == '"' && err == nil
	case t.IsInterval() || isCalendar(t):
		if v.kind != '"' {
			return nil, false
		}
		return intervalValue(v.text, t)
	}
	return nil, false
}

func (r *fieldReader) jsonStruct(v *jsonValue, t types.Type) (any, bool) {
	fields := t.Fields()
	out, good := make([]any, len(fields)), true
	for i, key := range v.keys {
		for f := range fields {
			if fields[f].Name == key {
				x, ok := r.json(&v.kids[i], fields[f].Type)
				good = good && ok
				if out[f] = x; !ok && !fields[f].Type.IsNested() {
					out[f] = nil
				}
				break
			}
		}
	}
	return out, good
}

// jsonOptionsOf are the liberties that options ask for.
func jsonOptionsOf(opts map[string]string) jsonOptions {
	on := func(name string, otherwise bool) bool {
		if v, ok := opts[name]; ok {
			return strings.EqualFold(v, "true")
		}
		return otherwise
	}
	return jsonOptions{singleQuotes: on("allowsinglequotes", true), leadingZeros: on("allownumericleadingzeros", false), comments: on("allowcomments", false),
		bareNames: on("allowunquotedfieldnames", false), notNumbers: on("allownonnumericnumbers", true), backslashAny: on("allowbackslashescapinganycharacter", false), controls: on("allowunquotedcontrolchars", false)}
}

func fromJSONResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	if _, err := accept(ctx, args, 0, str); err != nil {
		return udfs.Binding{}, err
	}
	t, err := schemaOf(ctx, args[1])
	if err != nil {
		return udfs.Binding{}, err
	}
	if !t.IsNested() && t.Kind() != types.Variant {
		return udfs.Binding{}, mismatch(ctx, "INVALID_JSON_SCHEMA", "schema", typeParam(t))
	}
	if t.Kind() == types.Map && !t.Key().IsString() {
		return udfs.Binding{}, errs.New(ctx.Env.Pos, "INVALID_JSON_SCHEMA_MAP_TYPE", "jsonSchema", typeParam(t))
	}
	opts := map[string]string{}
	in := []types.Type{str, args[1].Type}
	if len(args) == 3 {
		if opts, err = optionsOf(ctx, args[2]); err != nil {
			return udfs.Binding{}, err
		}
		in = append(in, args[2].Type)
	}
	mode := strings.ToUpper(opts["mode"])
	if mode != "" && mode != "PERMISSIVE" && mode != "FAILFAST" {
		return udfs.Binding{}, errs.New(ctx.Env.Pos, "PARSE_MODE_UNSUPPORTED", "funcName", "`from_json`", "mode", opts["mode"])
	}
	formats, err := readFormats(opts, forReading)
	if err != nil {
		return udfs.Binding{}, err
	}
	liberties, corrupt := jsonOptionsOf(opts), corruptField(t, opts)
	return udfs.Binding{In: in, Out: t, Nullable: true,
		Pretty: func(s []string) string {
			if t.Kind() == types.Map {
				return "entries"
			}
			return ctx.Name + "(" + s[0] + ")"
		},
		New: func(env *udfs.Env) (udfs.Kernel, error) {
			r := &fieldReader{env: env, formats: formats}
			return boxed(func(a []any) (any, error) {
				text := a[0].(string)
				if strings.TrimSpace(text) == "" {
					return nil, nil
				}
				v, ok := parseJSON(text, liberties)
				if ok && t.Kind() == types.Array && v.kind == '{' && t.Elem().Kind() == types.Struct {
					v = jsonValue{kind: '[', kids: []jsonValue{v}}
				}
				if ok && t.Kind() == types.Struct && v.kind == '[' && len(v.kids) == 1 {
					v = v.kids[0]
				}
				var x any
				if ok {
					x, ok = r.json(&v, t)
				}
				if !ok && mode == "FAILFAST" {
					return nil, errs.New(env.Pos, "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "badRecord", text, "failFastMode", "FAILFAST")
				}
				if t.Kind() == types.Struct {
					row, _ := x.([]any)
					if row == nil {
						row = make([]any, len(t.Fields()))
					}
					if corrupt >= 0 && !ok {
						row[corrupt] = text
					}
					return row, nil
				}
				if !ok && !(t.Kind() == types.Array && t.Elem().Kind() == types.Struct && allowPartial(x)) {
					return nil, nil
				}
				return x, nil
			}), nil
		}}, nil
}

// allowPartial tells whether an array of structs came out but for some members.
func allowPartial(x any) bool {
	list, ok := x.([]any)
	if !ok {
		return false
	}
	for _, e := range list {
		if e == nil {
			return false
		}
	}
	return true
}

// corruptField is the place of the column that gets malformed records, -1 for none.
func corruptField(t types.Type, opts map[string]string) int {
	name := opts["columnnameofcorruptrecord"]
	if name == "" {
		name = "_corrupt_record"
	}
	for i, f := range t.Fields() {
		if f.Name == name && f.Type.IsString() {
			return i
		}
	}
	return -1
}

func schemaOfJSON(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	opts := map[string]string{}
	var err error
	switch {
	case !args[0].Const:
		return udfs.Binding{}, mismatch(ctx, "NON_FOLDABLE_INPUT", "inputName", "`json`", "inputType", `"STRING"`, "inputExpr", quoted(args[0].SQL))
	case args[0].Value == nil:
		return udfs.Binding{}, mismatch(ctx, "UNEXPECTED_NULL", "exprName", "json")
	case !args[0].Type.IsString():
		return udfs.Binding{}, unexpected(ctx, args, 0, `"STRING"`)
	case len(args) == 2:
		if opts, err = optionsOf(ctx, args[1]); err != nil {
			return udfs.Binding{}, err
		}
	}
	b := bind(str, func(c *udfs.Call) error {
		return live(c, func(i int) error {
			v, ok := parseJSON(c.In[0].Str(i), jsonOptionsOf(opts))
			if !ok {
				return errs.New(c.Env.Pos, "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "badRecord", strings.Clone(c.In[0].Str(i)), "failFastMode", "FAILFAST")
			}
			c.Out.SetStr(i, noNulls(inferJSON(&v, jsonInferenceOf(opts))).SQL())
			return nil
		})
	}, argTypes(args)...)
	b.Pretty = func(s []string) string { return ctx.Name + "(" + s[0] + ")" }
	return b, nil
}

// jsonInference says which types JSON values may have.
type jsonInference struct {
	asText, decimals bool
	text             func(s string) types.Type // of a text; nil: string
}

func jsonInferenceOf(opts map[string]string) jsonInference {
	return jsonInference{asText: strings.EqualFold(opts["primitivesasstring"], "true"), decimals: strings.EqualFold(opts["prefersdecimal"], "true")}
}

// inferJSON is the type that a JSON value has, Null for null.
func inferJSON(v *jsonValue, in jsonInference) types.Type {
	switch v.kind {
	case '{':
		fields := map[string]types.Type{}
		for i, k := range v.keys {
			fields[k] = mergeJSON(fields[k], inferJSON(&v.kids[i], in))
		}
		out := make([]types.Field, 0, len(fields))
		for k, t := range fields {
			out = append(out, types.Field{Name: k, Type: t, Nullable: true})
		}
		sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
		return types.StructOf(out...)
	case '[':
		var t types.Type
		for i := range v.kids {
			t = mergeJSON(t, inferJSON(&v.kids[i], in))
		}
		return types.ArrayOf(t, true)
	case 'n':
		return types.NullType
	case '"':
		if in.text != nil && !in.asText {
			return in.text(v.text)
		}
		return str
	case '0':
		if in.asText {
			return str
		}
		u, scale, ok := exactNumber(v.text)
		if !strings.ContainsAny(v.text, ".eE") && ok {
			if u.IsInt64() {
				return types.BigIntType
			}
			if n := len(u.Text(10)); n <= types.MaxPrecision {
				return types.DecimalOf(n, 0)
			}
			return types.DoubleType
		}
		if digits := 0; in.decimals && ok {
			if digits = len(strings.TrimPrefix(u.Text(10), "-")); max(digits, scale) <= types.MaxPrecision && scale >= 0 {
				return types.DecimalOf(max(digits, scale), scale)
			}
		}
		return types.DoubleType
	}
	if in.asText {
		return str
	}
	return types.BooleanType
}

// mergeJSON is the type that takes values of both; text when nothing else does.
func mergeJSON(a, b types.Type) types.Type {
	switch {
	case a.Kind() == types.Null || a == b:
		return b
	case b.Kind() == types.Null:
		return a
	case a.IsNumeric() && b.IsNumeric():
		if t, ok := (types.Coercion{}).WiderExact(a, b); ok {
			return t
		}
	case a.Kind() == types.Array && b.Kind() == types.Array:
		return types.ArrayOf(mergeJSON(a.Elem(), b.Elem()), true)
	case a.Kind() == types.Struct && b.Kind() == types.Struct:
		fields := append([]types.Field(nil), a.Fields()...)
		for _, f := range b.Fields() {
			at := sort.Search(len(fields), func(i int) bool { return fields[i].Name >= f.Name })
			if at < len(fields) && fields[at].Name == f.Name {
				fields[at].Type = mergeJSON(fields[at].Type, f.Type)
				continue
			}
			fields = append(fields, types.Field{})
			copy(fields[at+1:], fields[at:])
			fields[at] = f
		}
		return types.StructOf(fields...)
	}
	return str
}

// noNulls makes text of what was null throughout.
func noNulls(t types.Type) types.Type {
	switch t.Kind() {
	case types.Null:
		return str
	case types.Array:
		return types.ArrayOf(noNulls(t.Elem()), true)
	case types.Struct:
		fields := append([]types.Field(nil), t.Fields()...)
		for i := range fields {
			fields[i].Type = noNulls(fields[i].Type)
		}
		return types.StructOf(fields...)
	}
	return t
}
