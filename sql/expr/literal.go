package expr

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"sparksql/sql/types"
)

// LiteralText is a constant as it appears in column names: strings bare, numbers without suffix, other types
// as typed literals. Timestamps are shown in UTC; analysis gives its literals a text in the session's zone.
func LiteralText(t types.Type, v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case bool:
		return strconv.FormatBool(v)
	case float32:
		return types.FormatFloat(v)
	case float64:
		return types.FormatDouble(v)
	case types.Int128:
		return v.JavaString(t.Scale())
	case string:
		return v
	case []byte:
		return fmt.Sprintf("X'%X'", v)
	case types.Interval:
		return "INTERVAL '" + v.String() + "'"
	case int32:
		if t.Kind() == types.Date {
			return "DATE '" + types.FormatDate(v) + "'"
		}
	case int64:
		switch t.Kind() {
		case types.Timestamp:
			return "TIMESTAMP '" + types.FormatTimestamp(v, time.UTC) + "'"
		case types.TimestampNTZ:
			return "TIMESTAMP_NTZ '" + types.FormatTimestamp(v, time.UTC) + "'"
		}
	case []any, types.MapValue:
		return nestedText(t, v)
	}
	if t.IsInterval() {
		return types.IntervalSQL(v, t)
	}
	return fmt.Sprint(v)
}

// nestedText is a constant array, map or struct as the call that makes it.
func nestedText(t types.Type, v any) string {
	var parts []string
	switch t.Kind() {
	case types.Array:
		for _, x := range v.([]any) {
			parts = append(parts, LiteralText(t.Elem(), x))
		}
		return "ARRAY(" + strings.Join(parts, ", ") + ")"
	case types.Map:
		m := v.(types.MapValue)
		for i := range m.Keys {
			parts = append(parts, LiteralText(t.Key(), m.Keys[i]), LiteralText(t.Elem(), m.Vals[i]))
		}
		return "MAP(" + strings.Join(parts, ", ") + ")"
	}
	for i, x := range v.([]any) {
		f := t.Fields()[i]
		parts = append(parts, "'"+f.Name+"'", LiteralText(f.Type, x))
	}
	return "NAMED_STRUCT(" + strings.Join(parts, ", ") + ")"
}
