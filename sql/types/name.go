package types

import (
	"cmp"
	"strconv"
	"strings"
)

var simpleNames = [...]string{
	Null: "void", Boolean: "boolean", TinyInt: "tinyint", SmallInt: "smallint", Int: "int", BigInt: "bigint",
	Float: "float", Double: "double", String: "string", Binary: "binary", Date: "date", Timestamp: "timestamp",
	TimestampNTZ: "timestamp_ntz", CalendarInterval: "interval", Variant: "variant",
}

var yearMonthFields = [...]string{"year", "month"}
var dayTimeFields = [...]string{"day", "hour", "minute", "second"}

// String is Spark's DataType.catalogString, in full: struct<a:int,b:array<string>>.
func (t Type) String() string {
	d := t.desc()
	switch d.kind {
	case Decimal:
		return "decimal(" + strconv.Itoa(d.precision) + "," + strconv.Itoa(d.scale) + ")"
	case Char:
		return "char(" + strconv.Itoa(d.precision) + ")"
	case Varchar:
		return "varchar(" + strconv.Itoa(d.precision) + ")"
	case YearMonthInterval, DayTimeInterval:
		from, to := t.IntervalFields()
		if from == to {
			return "interval " + from
		}
		return "interval " + from + " to " + to
	case Array:
		return "array<" + d.elem.String() + ">"
	case Map:
		return "map<" + d.key.String() + "," + d.elem.String() + ">"
	case Struct:
		var b strings.Builder
		b.WriteString("struct<")
		for i, f := range d.fields {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(f.Name)
			b.WriteByte(':')
			b.WriteString(f.Type.String())
		}
		b.WriteByte('>')
		return b.String()
	case String:
		if d.collation != "" {
			return "string collate " + d.collation
		}
	}
	return simpleNames[d.kind]
}

// IntervalFields are the words of the first and the last field of a year-month or day-time interval, "" for other types.
func (t Type) IntervalFields() (from, to string) {
	switch t.Kind() {
	case YearMonthInterval:
		return yearMonthFields[t.From()], yearMonthFields[t.To()]
	case DayTimeInterval:
		return dayTimeFields[t.From()], dayTimeFields[t.To()]
	}
	return "", ""
}

// typeNames are the words of TypeName that differ from those of String.
var typeNames = [...]string{TinyInt: "byte", SmallInt: "short", Int: "integer", BigInt: "long", Array: "array", Map: "map", Struct: "struct", Variant: ""}

// TypeName is Spark's DataType.typeName, the word that schemas have in JSON and in printed trees: long, decimal(10,2),
// array. It does not say what a type is made of.
func (t Type) TypeName() string {
	if name := typeNames[t.Kind()]; name != "" {
		return name
	}
	return t.String()
}

// BasicNamed is the type without parameters that has a TypeName.
func BasicNamed(name string) (Type, bool) {
	for k, simple := range simpleNames {
		if simple != "" && cmp.Or(typeNames[k], simple) == name {
			return basic(Kind(k)), true
		}
	}
	return Type{}, false
}

// SQL is Spark's DataType.sql: upper case, as in CAST(x AS INT) and in error messages.
func (t Type) SQL() string {
	d := t.desc()
	switch d.kind {
	case Array:
		return "ARRAY<" + d.elem.SQL() + ">"
	case Map:
		return "MAP<" + d.key.SQL() + ", " + d.elem.SQL() + ">"
	case Struct:
		parts := make([]string, len(d.fields))
		for i, f := range d.fields {
			parts[i] = QuoteIdent(f.Name) + ": " + f.Type.SQL()
			if !f.Nullable {
				parts[i] += " NOT NULL"
			}
			if f.Comment != "" {
				parts[i] += " COMMENT '" + strings.ReplaceAll(f.Comment, "'", "\\'") + "'"
			}
		}
		return "STRUCT<" + strings.Join(parts, ", ") + ">"
	case String:
		if d.collation != "" {
			return "STRING COLLATE " + d.collation
		}
	}
	return strings.ToUpper(t.String())
}

// QuoteIdent returns name as it must be written in SQL: bare when it is a plain identifier
// (letters, digits and underscore, not all digits), else in backquotes (Spark's quoteIfNeeded).
func QuoteIdent(name string) string {
	plain, digits := name != "", true
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case c >= '0' && c <= '9':
		case c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			digits = false
		default:
			plain = false
		}
	}
	if plain && !digits {
		return name
	}
	return "`" + strings.ReplaceAll(name, "`", "``") + "`"
}
