// Package render prints results: as the spark-sql command line prints rows (Spark's HiveResult), as the grid of show(),
// and in the formats of the shell.
package render

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// Hive prints values as the spark-sql command line does: NULL at the top, null within; strings in quotes within;
// timestamps in the session's time zone.
type Hive struct {
	Zone   *time.Location
	Binary BinaryStyle
}

// BinaryStyle is spark.sql.binaryOutputStyle.
type BinaryStyle string

const (
	BinaryUTF8  BinaryStyle = "UTF-8"
	BinaryBasic BinaryStyle = "BASIC"
	BinaryB64   BinaryStyle = "BASE64"
	BinaryHex   BinaryStyle = "HEX"
	BinaryHexD  BinaryStyle = "HEX_DISCRETE"
)

// NewHive returns a printer for the given zone.
func NewHive(zone *time.Location, style BinaryStyle) *Hive {
	if zone == nil {
		zone = time.UTC
	}
	return &Hive{Zone: zone, Binary: style}
}

// Append appends row i of v.
func (h *Hive) Append(dst []byte, v *vec.Vec, i int) []byte {
	if v.IsNull(i) {
		return append(dst, "NULL"...)
	}
	v, i = v.At(i)
	return h.value(dst, v, i, false)
}

func (h *Hive) nested(dst []byte, v *vec.Vec, i int) []byte {
	if v.IsNull(i) {
		return append(dst, "null"...)
	}
	v, i = v.At(i)
	return h.value(dst, v, i, true)
}

func (h *Hive) value(dst []byte, v *vec.Vec, i int, nested bool) []byte {
	switch v.Type.Kind() {
	case types.String, types.Char, types.Varchar:
		if !nested {
			return append(dst, v.Bytes(i)...)
		}
		dst = append(dst, '"')
		return append(append(dst, v.Bytes(i)...), '"')
	case types.Binary:
		return h.binary(dst, v.Bytes(i))
	case types.Array:
		dst = append(dst, '[')
		lo, hi := v.Range(i)
		for k := lo; k < hi; k++ {
			if k > lo {
				dst = append(dst, ',')
			}
			dst = h.nested(dst, v.Kids[0], k)
		}
		return append(dst, ']')
	case types.Map:
		return h.mapValue(dst, v, i)
	case types.Struct:
		dst = append(dst, '{')
		for k, f := range v.Type.Fields() {
			if k > 0 {
				dst = append(dst, ',')
			}
			dst = append(append(append(dst, '"'), f.Name...), '"', ':')
			dst = h.nested(dst, v.Kids[k], i)
		}
		return append(dst, '}')
	}
	return h.scalar(dst, v, i)
}

func (h *Hive) scalar(dst []byte, v *vec.Vec, i int) []byte {
	switch v.Type.Kind() {
	case types.Boolean:
		return strconv.AppendBool(dst, vec.Values[bool](v)[i])
	case types.TinyInt:
		return strconv.AppendInt(dst, int64(vec.Values[int8](v)[i]), 10)
	case types.SmallInt:
		return strconv.AppendInt(dst, int64(vec.Values[int16](v)[i]), 10)
	case types.Int:
		return strconv.AppendInt(dst, int64(vec.Values[int32](v)[i]), 10)
	case types.BigInt:
		return strconv.AppendInt(dst, vec.Values[int64](v)[i], 10)
	case types.Float:
		return types.AppendFloat(dst, vec.Values[float32](v)[i])
	case types.Double:
		return types.AppendDouble(dst, vec.Values[float64](v)[i])
	case types.Decimal:
		return append(dst, v.Decimal(i).DecimalString(v.Type.Scale())...)
	case types.Date:
		return types.AppendDate(dst, int64(vec.Values[int32](v)[i]))
	case types.Timestamp:
		return types.AppendTimestamp(dst, types.ToLocal(vec.Values[int64](v)[i], h.Zone))
	case types.TimestampNTZ:
		return types.AppendTimestamp(dst, vec.Values[int64](v)[i])
	case types.YearMonthInterval:
		return append(dst, types.FormatYearMonth(vec.Values[int32](v)[i])...)
	case types.DayTimeInterval:
		return append(dst, types.FormatDayTime(vec.Values[int64](v)[i])...)
	case types.CalendarInterval:
		return append(dst, vec.Values[types.Interval](v)[i].String()...)
	}
	return dst
}

// mapValue prints the entries sorted as text, as Spark does.
func (h *Hive) mapValue(dst []byte, v *vec.Vec, i int) []byte {
	lo, hi := v.Range(i)
	entries := make([]string, 0, hi-lo)
	for k := lo; k < hi; k++ {
		e := h.nested(nil, v.Kids[0], k)
		entries = append(entries, string(h.nested(append(e, ':'), v.Kids[1], k)))
	}
	slices.Sort(entries)
	return append(append(append(dst, '{'), strings.Join(entries, ",")...), '}')
}

func (h *Hive) binary(dst, b []byte) []byte {
	const hexDigits = "0123456789ABCDEF"
	switch h.Binary {
	case BinaryHex:
		for _, c := range b {
			dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
		}
		return dst
	case BinaryHexD:
		dst = append(dst, '[')
		for k, c := range b {
			if k > 0 {
				dst = append(dst, ' ')
			}
			dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
		}
		return append(dst, ']')
	case BinaryBasic:
		dst = append(dst, '[')
		for k, c := range b {
			if k > 0 {
				dst = append(dst, ", "...)
			}
			dst = strconv.AppendInt(dst, int64(int8(c)), 10)
		}
		return append(dst, ']')
	case BinaryB64:
		return appendBase64(dst, b)
	}
	if utf8.Valid(b) {
		return append(dst, b...)
	}
	return append(dst, strings.ToValidUTF8(string(b), "\uFFFD")...)
}
