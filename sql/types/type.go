// Package types is the SQL type system: data types, schemas, decimal and interval values.
//
// Its one idea: a Type is an interned description, so two types are equal exactly when they compare
// equal with ==, and a Type costs one word. The package knows nothing of expressions, plans or storage.
package types

import (
	"strconv"
	"strings"
	"sync"
)

// Kind is the shape of a type without its parameters. The order is of no meaning.
type Kind uint8

const (
	Null    Kind = iota // NullType: the type of an untyped NULL ("void")
	Boolean             // BooleanType
	TinyInt             // ByteType, int8
	SmallInt
	Int
	BigInt
	Float
	Double
	Decimal   // precision 1..38, scale 0..precision
	String    // UTF-8, with an optional collation
	Char      // char(n): a string padded to n; only in schemas of tables
	Varchar   // varchar(n): a string of at most n; only in schemas of tables
	Binary    // bytes
	Date      // days since 1970-01-01, int32, proleptic Gregorian
	Timestamp // microseconds since 1970-01-01 00:00 UTC, int64; shown in the session time zone
	TimestampNTZ
	YearMonthInterval // months, int32; fields From..To of Year, Month
	DayTimeInterval   // microseconds, int64; fields From..To of Day..Second
	CalendarInterval  // months, days, microseconds
	Array
	Map
	Struct
	Variant
)

// Type is an interned, immutable data type. The zero Type is Null. Compare with ==.
type Type struct{ d *desc }

type desc struct {
	kind             Kind
	precision, scale int // decimal; char and varchar length in precision; interval fields from, to
	elem, key        Type
	nulls            bool // containsNull, valueContainsNull
	fields           []Field
	collation        string // "" for UTF8_BINARY
	ddl              string // catalog string, the interning key together with nulls
}

// Field is a named, typed member of a struct or a column of a schema.
type Field struct {
	Name     string
	Type     Type
	Nullable bool
	Comment  string
}

// Schema is an ordered list of columns. Names need not be unique.
type Schema struct{ Fields []Field }

// Struct returns the schema as a struct type.
func (s *Schema) Struct() Type { return StructOf(s.Fields...) }

// Names lists the column names in order.
func (s *Schema) Names() []string {
	out := make([]string, len(s.Fields))
	for i, f := range s.Fields {
		out[i] = f.Name
	}
	return out
}

// interned holds every composite or parameterised type made so far: the one package-level state,
// append-only and safe for concurrent use, which buys equality by ==.
var interned sync.Map

func intern(d desc) Type {
	if t, ok := interned.Load(d.internKey()); ok {
		return Type{t.(*desc)}
	}
	t, _ := interned.LoadOrStore(d.internKey(), &d)
	return Type{t.(*desc)}
}

func (d *desc) internKey() string {
	var b strings.Builder
	d.writeKey(&b)
	return b.String()
}

func (d *desc) writeKey(b *strings.Builder) {
	b.WriteString(strconv.Itoa(int(d.kind)))
	switch d.kind {
	case Array, Map:
		b.WriteByte('<')
		if d.kind == Map {
			d.key.desc().writeKey(b)
			b.WriteByte(',')
		}
		d.elem.desc().writeKey(b)
		if d.nulls {
			b.WriteByte('?')
		}
		b.WriteByte('>')
	case Struct:
		b.WriteByte('<')
		for _, f := range d.fields {
			b.WriteString(strconv.Quote(f.Name))
			f.Type.desc().writeKey(b)
			if f.Nullable {
				b.WriteByte('?')
			}
			if f.Comment != "" {
				b.WriteString(strconv.Quote(f.Comment))
			}
			b.WriteByte(',')
		}
		b.WriteByte('>')
	default:
		b.WriteByte('(')
		b.WriteString(strconv.Itoa(d.precision))
		b.WriteByte(',')
		b.WriteString(strconv.Itoa(d.scale))
		b.WriteString(d.collation)
		b.WriteByte(')')
	}
}

var nullDesc = &desc{kind: Null}

func (t Type) desc() *desc {
	if t.d == nil {
		return nullDesc
	}
	return t.d
}

func basic(k Kind) Type {
	if k == Null {
		return Type{}
	}
	return intern(desc{kind: k})
}

// The types without parameters.
var (
	NullType         = Type{}
	BooleanType      = basic(Boolean)
	TinyIntType      = basic(TinyInt)
	SmallIntType     = basic(SmallInt)
	IntType          = basic(Int)
	BigIntType       = basic(BigInt)
	FloatType        = basic(Float)
	DoubleType       = basic(Double)
	StringType       = basic(String)
	BinaryType       = basic(Binary)
	DateType         = basic(Date)
	TimestampType    = basic(Timestamp)
	TimestampNTZType = basic(TimestampNTZ)
	CalendarType     = basic(CalendarInterval)
	VariantType      = basic(Variant)
)

// MaxPrecision is the largest number of digits a decimal can have.
const MaxPrecision = 38

// MaxLongPrecision is the largest precision whose unscaled value always fits an int64; columns of
// such decimals are stored as int64.
const MaxLongPrecision = 18

// DecimalOf returns decimal(p,s). It panics when p is outside 1..38 or s outside 0..p: callers that
// take p and s from a user check them first.
func DecimalOf(p, s int) Type {
	if p < 1 || p > MaxPrecision || s < 0 || s > p {
		panic("types: decimal(" + strconv.Itoa(p) + "," + strconv.Itoa(s) + ")")
	}
	return intern(desc{kind: Decimal, precision: p, scale: s})
}

// CharOf returns char(n), VarcharOf varchar(n).
func CharOf(n int) Type    { return intern(desc{kind: Char, precision: n}) }
func VarcharOf(n int) Type { return intern(desc{kind: Varchar, precision: n}) }

// CollatedString returns a string type with the given collation; UTF8_BINARY is the plain string.
func CollatedString(collation string) Type {
	if collation == "" || strings.EqualFold(collation, "UTF8_BINARY") {
		return StringType
	}
	return intern(desc{kind: String, collation: strings.ToUpper(collation)})
}

// The fields of interval types.
const (
	YearField = iota
	MonthField
)
const (
	DayField = iota
	HourField
	MinuteField
	SecondField
)

// YearMonthOf returns interval FROM to TO, with YearField and MonthField; DayTimeOf with DayField..SecondField.
func YearMonthOf(from, to int) Type {
	return intern(desc{kind: YearMonthInterval, precision: from, scale: to})
}
func DayTimeOf(from, to int) Type {
	return intern(desc{kind: DayTimeInterval, precision: from, scale: to})
}

// ArrayOf returns array<elem>.
func ArrayOf(elem Type, containsNull bool) Type {
	return intern(desc{kind: Array, elem: elem, nulls: containsNull})
}

// MapOf returns map<key,value>. Keys are never NULL.
func MapOf(key, value Type, valueContainsNull bool) Type {
	return intern(desc{kind: Map, key: key, elem: value, nulls: valueContainsNull})
}

// StructOf returns struct<fields>.
func StructOf(fields ...Field) Type {
	return intern(desc{kind: Struct, fields: append([]Field(nil), fields...)})
}

func (t Type) Kind() Kind { return t.desc().kind }

// Precision and Scale are those of a decimal; Length is that of char and varchar.
func (t Type) Precision() int { return t.desc().precision }
func (t Type) Scale() int     { return t.desc().scale }
func (t Type) Length() int    { return t.desc().precision }

// From and To are the first and last field of an interval type.
func (t Type) From() int { return t.desc().precision }
func (t Type) To() int   { return t.desc().scale }

// Elem is the element type of an array or the value type of a map; Key the key type of a map.
func (t Type) Elem() Type { return t.desc().elem }
func (t Type) Key() Type  { return t.desc().key }

// ContainsNull tells whether elements of an array or values of a map may be NULL.
func (t Type) ContainsNull() bool { return t.desc().nulls }

// Fields are those of a struct. The caller must not change them.
func (t Type) Fields() []Field { return t.desc().fields }

// Collation is the name of a string's collation, "" for UTF8_BINARY.
func (t Type) Collation() string { return t.desc().collation }

func (t Type) IsIntegral() bool {
	switch t.Kind() {
	case TinyInt, SmallInt, Int, BigInt:
		return true
	}
	return false
}
func (t Type) IsFractional() bool {
	k := t.Kind()
	return k == Float || k == Double || k == Decimal
}
func (t Type) IsNumeric() bool { return t.IsIntegral() || t.IsFractional() }

// IsString is true for string, char and varchar.
func (t Type) IsString() bool {
	k := t.Kind()
	return k == String || k == Char || k == Varchar
}
func (t Type) IsDatetime() bool {
	k := t.Kind()
	return k == Date || k == Timestamp || k == TimestampNTZ
}

// IsInterval is true for the two ANSI interval types.
func (t Type) IsInterval() bool {
	k := t.Kind()
	return k == YearMonthInterval || k == DayTimeInterval
}
func (t Type) IsNested() bool {
	k := t.Kind()
	return k == Array || k == Map || k == Struct
}

// Width is the size in bytes of one value in a column's fixed buffer (see exec/vec), 0 for types that
// have none: Null, strings, binary, variant and the nested types.
func (t Type) Width() int {
	switch t.Kind() {
	case Boolean, TinyInt:
		return 1
	case SmallInt:
		return 2
	case Int, Date, YearMonthInterval, Float:
		return 4
	case BigInt, Double, Timestamp, TimestampNTZ, DayTimeInterval:
		return 8
	case Decimal:
		if t.Precision() <= MaxLongPrecision {
			return 8
		}
		return 16
	case CalendarInterval:
		return 16
	}
	return 0
}

// DefaultSize is Spark's estimate of the bytes of a value, used by statistics.
func (t Type) DefaultSize() int {
	switch t.Kind() {
	case Null:
		return 1
	case String, Char, Varchar:
		return 20
	case Binary, Variant:
		return 100
	case Array:
		return t.Elem().DefaultSize()
	case Map:
		return t.Key().DefaultSize() + t.Elem().DefaultSize()
	case Struct:
		n := 0
		for _, f := range t.Fields() {
			n += f.Type.DefaultSize()
		}
		return n
	}
	return t.Width()
}

// AsNullable returns t with every nested value nullable.
func (t Type) AsNullable() Type {
	switch t.Kind() {
	case Array:
		return ArrayOf(t.Elem().AsNullable(), true)
	case Map:
		return MapOf(t.Key().AsNullable(), t.Elem().AsNullable(), true)
	case Struct:
		fs := append([]Field(nil), t.Fields()...)
		for i := range fs {
			fs[i].Type, fs[i].Nullable = fs[i].Type.AsNullable(), true
		}
		return StructOf(fs...)
	}
	return t
}

// SameType tells whether a and b are the same apart from the nullability of nested values.
func SameType(a, b Type) bool { return a == b || a.AsNullable() == b.AsNullable() }
