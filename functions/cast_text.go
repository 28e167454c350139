package functions

import (
	"math"
	"strconv"
	"strings"
	"time"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// fromText casts strings.
func (k caster) fromText() udfs.Kernel {
	switch k.to.Kind() {
	case types.Boolean:
		return parseTo(k, func(s string) (bool, bool) { return parseBool(types.TrimSpaceControl(s)) })
	case types.TinyInt:
		return parseTo(k, func(s string) (int8, bool) { n, ok := k.integer(s, 8); return int8(n), ok })
	case types.SmallInt:
		return parseTo(k, func(s string) (int16, bool) { n, ok := k.integer(s, 16); return int16(n), ok })
	case types.Int:
		return parseTo(k, func(s string) (int32, bool) { n, ok := k.integer(s, 32); return int32(n), ok })
	case types.BigInt:
		return parseTo(k, func(s string) (int64, bool) { return k.integer(s, 64) })
	case types.Float:
		return parseTo(k, func(s string) (float32, bool) { f, ok := ParseDouble(s, 32); return float32(f), ok })
	case types.Double:
		return parseTo(k, func(s string) (float64, bool) { return ParseDouble(s, 64) })
	case types.Decimal:
		return k.textToDecimal()
	case types.Date:
		return parseTo(k, types.ParseDate)
	case types.Timestamp:
		loc, now := zoneOf(k.env), nowOf(k.env)
		return parseTo(k, func(s string) (int64, bool) { return types.ParseTimestamp(s, loc, now) })
	case types.TimestampNTZ:
		return parseTo(k, func(s string) (int64, bool) { return types.ParseTimestampNTZ(s, true) })
	case types.Binary:
		return copyColumn
	case types.YearMonthInterval:
		return parseInterval(k, func(s string) (int32, error) { return types.ParseYearMonth(s, k.to) })
	case types.DayTimeInterval:
		return parseInterval(k, func(s string) (int64, error) { return types.ParseDayTime(s, k.to) })
	case types.CalendarInterval:
		return parseInterval(k, func(s string) (types.Interval, error) { iv, _, err := types.ParseInterval(s); return iv, err })
	}
	return nil
}

func zoneOf(env *udfs.Env) *time.Location {
	if env == nil || env.Zone == nil {
		return time.UTC
	}
	return env.Zone
}

func nowOf(env *udfs.Env) int64 {
	if env == nil {
		return 0
	}
	return env.Now
}

func parseTo[R vec.Native](k caster, parse func(s string) (R, bool)) udfs.Kernel {
	return k.rows(func(c *udfs.Call) func(int) bool {
		in, out := c.In[0], vec.Values[R](c.Out)
		return func(i int) (ok bool) { out[i], ok = parse(in.Str(i)); return ok }
	}, k.invalid)
}

func parseInterval[R vec.Native](k caster, parse func(s string) (R, error)) udfs.Kernel {
	return k.rows(func(c *udfs.Call) func(int) bool {
		in, out := c.In[0], vec.Values[R](c.Out)
		return func(i int) bool {
			v, err := parse(in.Str(i))
			out[i] = v
			return err == nil
		}
	}, func(in *vec.Vec, i int) error {
		_, err := parse(in.Str(i))
		return intervalError(k, in, i, err)
	})
}

// intervalError is the condition of text that is no interval.
func intervalError(k caster, in *vec.Vec, i int, err error) error {
	if e, ok := err.(*types.IntervalError); ok {
		if cond := "INVALID_INTERVAL_FORMAT." + e.Sub; errs.Lookup(cond) != nil {
			return errs.New(errs.Pos{}, cond, e.Args...)
		}
	}
	return k.invalid(in, i)
}

func parseBool(s string) (v, ok bool) {
	switch strings.ToLower(s) {
	case "t", "true", "y", "yes", "1":
		return true, true
	case "f", "false", "n", "no", "0":
		return false, true
	}
	return false, false
}

// integer reads a whole number of the given bits. In legacy mode a fraction is allowed and cut off.
func (k caster) integer(s string, bits int) (int64, bool) {
	s = types.TrimSpaceControl(s)
	if k.m == wrap {
		if dot := strings.IndexByte(s, '.'); dot >= 0 {
			for _, c := range []byte(s[dot+1:]) {
				if !isDigit(c) {
					return 0, false
				}
			}
			s = s[:dot]
			if s == "" || s == "+" || s == "-" {
				s += "0"
			}
		}
	}
	if strings.IndexByte(s, '_') >= 0 {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, bits)
	return n, err == nil
}

// ParseDouble reads a number as the JVM does, and inf, infinity and nan in any case.
func ParseDouble(s string, bits int) (float64, bool) {
	s = types.TrimSpaceControl(s)
	if s == "" {
		return 0, false
	}
	switch c := s[len(s)-1]; {
	case c == 'd' || c == 'D' || c == 'f' && len(s) > 1 && (isDigit(s[len(s)-2]) || s[len(s)-2] == '.') || c == 'F' && len(s) > 1 && (isDigit(s[len(s)-2]) || s[len(s)-2] == '.'):
		if !strings.HasPrefix(strings.ToLower(s), "0x") {
			s = s[:len(s)-1]
		}
	case c == 'n' || c == 'N':
		if !strings.EqualFold(s, "nan") {
			return 0, false
		}
		return math.NaN(), true
	}
	if strings.IndexByte(s, '_') >= 0 || strings.EqualFold(s, "+nan") || strings.EqualFold(s, "-nan") {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, bits)
	if err != nil {
		if ne, ok := err.(*strconv.NumError); ok && ne.Err == strconv.ErrRange {
			return f, true
		}
		return 0, false
	}
	return f, true
}

func (k caster) textToDecimal() udfs.Kernel {
	p, s := k.to.Precision(), k.to.Scale()
	return k.rows(func(c *udfs.Call) func(int) bool {
		in, set := c.In[0], decimalSetter(c.Out, k.to)
		return func(i int) bool {
			v, ok, _ := ParseDecimal(types.TrimSpaceControl(in.Str(i)), p, s)
			if ok {
				set(i, v)
			}
			return ok
		}
	}, func(in *vec.Vec, i int) error {
		if _, _, number := ParseDecimal(types.TrimSpaceControl(in.Str(i)), p, s); number {
			return k.noFit(in, i)
		}
		return k.invalid(in, i)
	})
}

// toText casts to strings.
func (k caster) toText() udfs.Kernel {
	if k.from.Kind() == types.Binary {
		return copyColumn
	}
	f := textOf(k.from, k.env)
	if f == nil {
		return nil
	}
	return k.rows(func(c *udfs.Call) func(int) bool {
		var buf []byte
		return func(i int) bool {
			buf = f(buf[:0], c.In[0], i)
			c.Out.SetBytes(i, buf)
			return true
		}
	}, nil)
}

// appendText appends the text of row i of a Flat or Const column, which is not NULL.
type appendText func(dst []byte, v *vec.Vec, i int) []byte

// textOf gives the text of values as CAST to a string makes it.
func textOf(t types.Type, env *udfs.Env) appendText {
	switch t.Kind() {
	case types.Boolean:
		return func(dst []byte, v *vec.Vec, i int) []byte { return strconv.AppendBool(dst, vec.Values[bool](v)[i]) }
	case types.TinyInt:
		return appendInt[int8]
	case types.SmallInt:
		return appendInt[int16]
	case types.Int:
		return appendInt[int32]
	case types.BigInt:
		return appendInt[int64]
	case types.Float:
		return func(dst []byte, v *vec.Vec, i int) []byte { return types.AppendFloat(dst, vec.Values[float32](v)[i]) }
	case types.Double:
		return func(dst []byte, v *vec.Vec, i int) []byte { return types.AppendDouble(dst, vec.Values[float64](v)[i]) }
	case types.Decimal:
		plain := env == nil || env.ANSI
		return func(dst []byte, v *vec.Vec, i int) []byte {
			return append(dst, decimalText(v.Decimal(i), t.Scale(), plain)...)
		}
	case types.String, types.Char, types.Varchar, types.Binary:
		return func(dst []byte, v *vec.Vec, i int) []byte { return append(dst, v.Bytes(i)...) }
	case types.Date:
		return func(dst []byte, v *vec.Vec, i int) []byte {
			return types.AppendDate(dst, int64(vec.Values[int32](v)[i]))
		}
	case types.Timestamp:
		loc := zoneOf(env)
		return func(dst []byte, v *vec.Vec, i int) []byte {
			return types.AppendTimestamp(dst, types.ToLocal(vec.Values[int64](v)[i], loc))
		}
	case types.TimestampNTZ:
		return func(dst []byte, v *vec.Vec, i int) []byte { return types.AppendTimestamp(dst, vec.Values[int64](v)[i]) }
	case types.YearMonthInterval:
		return func(dst []byte, v *vec.Vec, i int) []byte {
			return append(dst, types.YearMonthSQL(vec.Values[int32](v)[i], t)...)
		}
	case types.DayTimeInterval:
		return func(dst []byte, v *vec.Vec, i int) []byte {
			return append(dst, types.DayTimeSQL(vec.Values[int64](v)[i], t)...)
		}
	case types.CalendarInterval:
		return func(dst []byte, v *vec.Vec, i int) []byte {
			return append(dst, vec.Values[types.Interval](v)[i].String()...)
		}
	case types.Null:
		return func(dst []byte, _ *vec.Vec, _ int) []byte { return append(dst, "null"...) }
	case types.Array, types.Map, types.Struct:
		return nestedText(t, env)
	}
	return nil
}

func appendInt[T integer](dst []byte, v *vec.Vec, i int) []byte {
	return strconv.AppendInt(dst, int64(vec.Values[T](v)[i]), 10)
}

// decimalText is plain; legacy mode prints small numbers with an exponent.
func decimalText(v types.Int128, scale int, plain bool) string {
	if plain {
		return v.DecimalString(scale)
	}
	return v.JavaString(scale)
}

// nestedText prints [a, b], {k -> v} and {a, b}, with null for NULL.
func nestedText(t types.Type, env *udfs.Env) appendText {
	kids := vec.KidTypes(t)
	parts := make([]appendText, len(kids))
	for i, kt := range kids {
		f := textOf(kt, env)
		if f == nil {
			return nil
		}
		parts[i] = func(dst []byte, v *vec.Vec, i int) []byte {
			if v.IsNull(i) {
				return append(dst, "null"...)
			}
			v, i = v.At(i)
			return f(dst, v, i)
		}
	}
	switch t.Kind() {
	case types.Struct:
		return func(dst []byte, v *vec.Vec, i int) []byte {
			dst = append(dst, '{')
			for k, f := range parts {
				if k > 0 {
					dst = append(dst, ", "...)
				}
				dst = f(dst, v.Kids[k], i)
			}
			return append(dst, '}')
		}
	case types.Map:
		return func(dst []byte, v *vec.Vec, i int) []byte {
			dst = append(dst, '{')
			lo, hi := v.Range(i)
			for e := lo; e < hi; e++ {
				if e > lo {
					dst = append(dst, ", "...)
				}
				dst = append(parts[0](dst, v.Kids[0], e), " -> "...)
				dst = parts[1](dst, v.Kids[1], e)
			}
			return append(dst, '}')
		}
	}
	return func(dst []byte, v *vec.Vec, i int) []byte {
		dst = append(dst, '[')
		lo, hi := v.Range(i)
		for e := lo; e < hi; e++ {
			if e > lo {
				dst = append(dst, ", "...)
			}
			dst = parts[0](dst, v.Kids[0], e)
		}
		return append(dst, ']')
	}
}

// sqlValue is a constant as error parameters show it: 1L, 2.0D, 'x', DATE '2020-01-01'.
func sqlValue(t types.Type, v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case string:
		return "'" + v + "'"
	case int8:
		return strconv.Itoa(int(v)) + "Y"
	case int16:
		return strconv.Itoa(int(v)) + "S"
	case int32:
		if t.Kind() == types.Int {
			return strconv.Itoa(int(v))
		}
	case int64:
		if t.Kind() == types.BigInt {
			return strconv.FormatInt(v, 10) + "L"
		}
	case float64:
		return types.FormatDouble(v) + "D"
	case types.Int128:
		return v.DecimalString(t.Scale()) + "BD"
	}
	if t.IsInterval() {
		return types.IntervalSQL(v, t)
	}
	col := vec.New(t, 0)
	col.Append(v)
	text := ""
	if f := textOf(t, nil); f != nil {
		text = string(f(nil, col, 0))
	}
	if t.IsDatetime() {
		return t.SQL() + " '" + text + "'"
	}
	return text
}
