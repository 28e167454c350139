package parquet

import (
	"math/big"

	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// shape is how values of a column are taken apart into leaves.
type shape struct {
	typ      types.Type
	optional bool
	kids     []*shape // struct: members; array: the element; map: key and value
	leaf     *leafWriter
}

// layout makes the elements of a file's schema, in Spark's order and form, and the writers of its leaves.
type layout struct {
	elements []format.SchemaElement
	leaves   []*leafWriter
	stamps   string // INT96, TIMESTAMP_MICROS or TIMESTAMP_MILLIS
}

func some[T any](v T) thrift.Null[T] { return thrift.Null[T]{V: v, Valid: true} }

func (l *layout) group(name string, rep format.FieldRepetitionType, kids int) *format.SchemaElement {
	l.elements = append(l.elements, format.SchemaElement{Name: name, RepetitionType: some(rep), NumChildren: some(int32(kids))})
	return &l.elements[len(l.elements)-1]
}

// add lays out a field; def and rep are the levels of what holds it.
func (l *layout) add(name string, t types.Type, nullable bool, def, rep int, path []string) (*shape, error) {
	s := &shape{typ: t, optional: nullable}
	r := format.Required
	if nullable {
		r = format.Optional
		def++
	}
	path = append(path[:len(path):len(path)], name)
	child := func(name string, t types.Type, nullable bool, def, rep int, path []string) error {
		k, err := l.add(name, t, nullable, def, rep, path)
		s.kids = append(s.kids, k)
		return err
	}
	switch t.Kind() {
	case types.Struct:
		l.group(name, r, len(t.Fields()))
		for _, f := range t.Fields() {
			if err := child(f.Name, f.Type, f.Nullable, def, rep, path); err != nil {
				return nil, err
			}
		}
		return s, nil
	case types.Array:
		e := l.group(name, r, 1)
		e.ConvertedType, e.LogicalType.Value = some(deprecated.List), &format.ListType{}
		l.group("list", format.Repeated, 1)
		path = append(path, "list")
		return s, child("element", t.Elem(), t.ContainsNull(), def+1, rep+1, path)
	case types.Map:
		e := l.group(name, r, 1)
		e.ConvertedType, e.LogicalType.Value = some(deprecated.Map), &format.MapType{}
		l.group("key_value", format.Repeated, 2)
		path = append(path, "key_value")
		if err := child("key", t.Key(), false, def+1, rep+1, path); err != nil {
			return nil, err
		}
		return s, child("value", t.Elem(), t.ContainsNull(), def+1, rep+1, path)
	}
	e, err := leafElement(t, l.stamps)
	if err != nil {
		return nil, err
	}
	e.Name, e.RepetitionType = name, some(r)
	l.elements = append(l.elements, e)
	s.leaf = newLeafWriter(t, &l.elements[len(l.elements)-1], def, rep, path)
	l.leaves = append(l.leaves, s.leaf)
	return s, nil
}

// leafElement is the physical type and annotation that Spark writes a type as.
func leafElement(t types.Type, stamps string) (e format.SchemaElement, err error) {
	phys := func(p format.Type) { e.Type = some(p) }
	integer := func(bits int8, c deprecated.ConvertedType) {
		phys(format.Int32)
		e.ConvertedType, e.LogicalType.Value = some(c), &format.IntType{BitWidth: bits, IsSigned: true}
	}
	switch t.Kind() {
	case types.Boolean:
		phys(format.Boolean)
	case types.TinyInt:
		integer(8, deprecated.Int8)
	case types.SmallInt:
		integer(16, deprecated.Int16)
	case types.Int, types.YearMonthInterval:
		phys(format.Int32)
	case types.BigInt, types.DayTimeInterval:
		phys(format.Int64)
	case types.Float:
		phys(format.Float)
	case types.Double:
		phys(format.Double)
	case types.String, types.Char, types.Varchar:
		phys(format.ByteArray)
		e.ConvertedType, e.LogicalType.Value = some(deprecated.UTF8), &format.StringType{}
	case types.Binary:
		phys(format.ByteArray)
	case types.Date:
		phys(format.Int32)
		e.ConvertedType, e.LogicalType.Value = some(deprecated.Date), &format.DateType{}
	case types.Timestamp:
		stampElement(&e, stamps)
	case types.TimestampNTZ:
		phys(format.Int64)
		e.LogicalType.Value = &format.TimestampType{Unit: format.TimeUnit{Value: &format.MicroSeconds{}}}
	case types.Decimal:
		p, s := t.Precision(), t.Scale()
		switch {
		case p <= 9:
			phys(format.Int32)
		case p <= types.MaxLongPrecision:
			phys(format.Int64)
		default:
			phys(format.FixedLenByteArray)
			e.TypeLength = some(int32(decimalBytes(p)))
		}
		e.ConvertedType, e.Precision, e.Scale = some(deprecated.Decimal), some(int32(p)), some(int32(s))
		e.LogicalType.Value = &format.DecimalType{Precision: int32(p), Scale: int32(s)}
	default:
		return e, errs.New(errs.Pos{}, "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE", "format", "Parquet", "columnName", "", "columnType", t.SQL())
	}
	return e, nil
}

func stampElement(e *format.SchemaElement, stamps string) {
	e.Type = some(format.Int64)
	switch stamps {
	case "TIMESTAMP_MICROS":
		e.ConvertedType = some(deprecated.TimestampMicros)
		e.LogicalType.Value = &format.TimestampType{IsAdjustedToUTC: true, Unit: format.TimeUnit{Value: &format.MicroSeconds{}}}
	case "TIMESTAMP_MILLIS":
		e.ConvertedType = some(deprecated.TimestampMillis)
		e.LogicalType.Value = &format.TimestampType{IsAdjustedToUTC: true, Unit: format.TimeUnit{Value: &format.MilliSeconds{}}}
	default:
		e.Type = some(format.Int96)
	}
}

// decimalBytes is the least number of bytes that holds p digits and a sign.
func decimalBytes(p int) int {
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(p)), nil)
	n := 1
	for new(big.Int).Lsh(big.NewInt(1), uint(8*n-1)).Cmp(limit) < 0 {
		n++
	}
	return n
}
