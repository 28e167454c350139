package functions

import (
	"encoding/base64"
	"math"
	"strconv"
	"strings"
	"time"

	"sparksql/sql/types"
	"sparksql/udfs"
)

// fieldWriter writes values as JSON or as fields of CSV.
type fieldWriter struct {
	env       *udfs.Env
	formats   textFormats
	keepNulls bool
}

// timeText writes a date or timestamp in its form, the default being that of ISO 8601.
func (w *fieldWriter) timeText(b []byte, t types.Type, x any) []byte {
	if d, ok := x.(int32); ok {
		if w.formats.date == nil {
			return types.AppendDate(b, int64(d))
		}
		m := momentAt(int64(d)*types.MicrosPerDay, time.UTC, "Z")
		return w.formats.date.write(b, &m)
	}
	zone, name, p := w.env.Zone, w.env.ZoneName, w.formats.stamp
	if t.Kind() == types.TimestampNTZ {
		zone, name, p = time.UTC, "Z", w.formats.ntz
	}
	m := momentAt(x.(int64), zone, name)
	if p != nil {
		return p.write(b, &m)
	}
	b = append(types.AppendDate(b, m.days), 'T')
	for i, unit := range []int64{types.MicrosPerHour, types.MicrosPerMinute, types.MicrosPerSecond} {
		if i > 0 {
			b = append(b, ':')
		}
		b = padNumber(b, int(m.tod/unit%60), 2)
	}
	b = padNumber(append(b, '.'), int(m.tod%types.MicrosPerSecond/types.MicrosPerMilli), 3)
	if t.Kind() == types.Timestamp {
		b = writeOffset(b, 'X', 3, m.offset)
	}
	return b
}

// plain writes a value that is neither nested nor NULL, and tells whether JSON puts it into quotes.
func (w *fieldWriter) plain(b []byte, t types.Type, x any) (out []byte, quote bool) {
	switch x := x.(type) {
	case bool:
		return strconv.AppendBool(b, x), false
	case float32:
		return types.AppendFloat(b, x), math.IsNaN(float64(x)) || math.IsInf(float64(x), 0)
	case float64:
		return types.AppendDouble(b, x), math.IsNaN(x) || math.IsInf(x, 0)
	case types.Int128:
		return append(b, x.DecimalString(t.Scale())...), false
	case string:
		return append(b, x...), true
	case []byte:
		return base64.StdEncoding.AppendEncode(b, x), true
	case types.Interval:
		return append(b, x.String()...), true
	}
	switch {
	case t.IsDatetime():
		return w.timeText(b, t, x), true
	case t.IsInterval():
		return append(b, types.IntervalSQL(x, t)...), true
	}
	return strconv.AppendInt(b, toInt64(x), 10), false
}

// json appends a value as JSON.
func (w *fieldWriter) json(b []byte, t types.Type, x any) []byte {
	if x == nil {
		return append(b, "null"...)
	}
	switch t.Kind() {
	case types.Array:
		b = append(b, '[')
		for i, e := range x.([]any) {
			if i > 0 {
				b = append(b, ',')
			}
			b = w.json(b, t.Elem(), e)
		}
		return append(b, ']')
	case types.Map:
		m := x.(types.MapValue)
		b = append(b, '{')
		for i, k := range m.Keys {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendQuoted(b, w.key(t.Key(), k)), ':')
			b = w.json(b, t.Elem(), m.Vals[i])
		}
		return append(b, '}')
	case types.Struct:
		b = append(b, '{')
		first := true
		for i, f := range t.Fields() {
			e := x.([]any)[i]
			if e == nil && !w.keepNulls {
				continue
			}
			if !first {
				b = append(b, ',')
			}
			first = false
			b = append(appendQuoted(b, f.Name), ':')
			b = w.json(b, f.Type, e)
		}
		return append(b, '}')
	}
	text, quote := w.plain(nil, t, x)
	if quote {
		return appendQuoted(b, string(text))
	}
	return append(b, text...)
}

// key is a map's key as the name of a member: of structs and arrays, the values in brackets.
func (w *fieldWriter) key(t types.Type, x any) string {
	switch t.Kind() {
	case types.Struct, types.Array:
		parts := make([]string, len(x.([]any)))
		for i, e := range x.([]any) {
			et := types.Type{}
			if t.Kind() == types.Struct {
				et = t.Fields()[i].Type
			} else {
				et = t.Elem()
			}
			if parts[i] = "null"; e != nil {
				parts[i] = w.key(et, e)
			}
		}
		return "[" + strings.Join(parts, ",") + "]"
	case types.Date:
		return strconv.Itoa(int(x.(int32)))
	case types.Timestamp, types.TimestampNTZ:
		return strconv.FormatInt(x.(int64), 10)
	}
	text, _ := w.plain(nil, t, x)
	return string(text)
}

func toJSONResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t := args[0].Type
	opts := map[string]string{}
	var err error
	if len(args) == 2 {
		if opts, err = optionsOf(ctx, args[1]); err != nil {
			return udfs.Binding{}, err
		}
	}
	if !t.IsNested() {
		return udfs.Binding{}, unexpected(ctx, args, 0, `("STRUCT" or "ARRAY" or "MAP")`)
	}
	formats, err := readFormats(opts, forWriting)
	if err != nil {
		return udfs.Binding{}, err
	}
	keep := strings.EqualFold(opts["ignorenullfields"], "false")
	return udfs.Binding{In: argTypes(args), Out: str, Pretty: func(s []string) string { return ctx.Name + "(" + s[0] + ")" },
		New: func(env *udfs.Env) (udfs.Kernel, error) {
			w := &fieldWriter{env: env, formats: formats, keepNulls: keep}
			var buf []byte
			return func(c *udfs.Call) error {
				return live(c, func(i int) error {
					buf = w.json(buf[:0], t, c.In[0].Value(i))
					c.Out.SetBytes(i, buf)
					return nil
				})
			}, nil
		}}, nil
}
