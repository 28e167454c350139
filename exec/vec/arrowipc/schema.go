package arrowipc

import (
	flatbuffers "github.com/google/flatbuffers/go"

	"sparksql/sql/types"
)

// Numbers of the format's types.
const (
	typeNull      = 1
	typeInt       = 2
	typeFloat     = 3
	typeBinary    = 4
	typeText      = 5
	typeBool      = 6
	typeDecimal   = 7
	typeDate      = 8
	typeTimestamp = 10
	typeInterval  = 11
	typeList      = 12
	typeStruct    = 13
	typeMap       = 17
	typeDuration  = 18
)

// Units of time of the format.
const (
	unitMicro       = 2
	unitYearMonth   = 0
	unitMonthDay    = 2
	defaultDateUnit = 1 // milliseconds; ours is 0, days
)

func schema(b *flatbuffers.Builder, fields []types.Field, zone string) flatbuffers.UOffsetT {
	list := fieldList(b, fields, zone)
	b.StartObject(4)
	b.PrependUOffsetTSlot(1, list, 0)
	return b.EndObject()
}

func fieldList(b *flatbuffers.Builder, fields []types.Field, zone string) flatbuffers.UOffsetT {
	offs := make([]flatbuffers.UOffsetT, len(fields))
	for i, f := range fields {
		offs[i] = field(b, f, zone)
	}
	b.StartVector(4, len(offs), 4)
	for i := len(offs) - 1; i >= 0; i-- {
		b.PrependUOffsetT(offs[i])
	}
	return b.EndVector(len(offs))
}

func field(b *flatbuffers.Builder, f types.Field, zone string) flatbuffers.UOffsetT {
	kids := fieldList(b, kidsOf(f.Type), zone)
	name := b.CreateString(f.Name)
	kind, table := typeTable(b, f.Type, zone)
	b.StartObject(7)
	b.PrependUOffsetTSlot(0, name, 0)
	b.PrependBoolSlot(1, f.Nullable, false)
	b.PrependByteSlot(2, kind, 0)
	b.PrependUOffsetTSlot(3, table, 0)
	b.PrependUOffsetTSlot(5, kids, 0)
	return b.EndObject()
}

// kidsOf are the fields within a type. A map is a list of entries.
func kidsOf(t types.Type) []types.Field {
	switch t.Kind() {
	case types.Array:
		return []types.Field{{Name: "element", Type: t.Elem(), Nullable: t.ContainsNull()}}
	case types.Map:
		entry := types.StructOf(types.Field{Name: "key", Type: t.Key()}, types.Field{Name: "value", Type: t.Elem(), Nullable: t.ContainsNull()})
		return []types.Field{{Name: "entries", Type: entry}}
	case types.Struct:
		return t.Fields()
	}
	return nil
}

// widths are the bits of integers and the precisions of floats.
var widths = map[types.Kind]int32{types.TinyInt: 8, types.SmallInt: 16, types.Int: 32, types.BigInt: 64, types.Float: 1, types.Double: 2}

// plain are the types without parameters.
var plain = map[types.Kind]byte{types.Null: typeNull, types.Boolean: typeBool, types.String: typeText, types.Char: typeText, types.Varchar: typeText,
	types.Binary: typeBinary, types.Variant: typeBinary, types.Array: typeList, types.Struct: typeStruct, types.Map: typeMap}

// typeTable is a type's number and its table of parameters.
func typeTable(b *flatbuffers.Builder, t types.Type, zone string) (kind byte, table flatbuffers.UOffsetT) {
	k := t.Kind()
	if kind, ok := plain[k]; ok {
		b.StartObject(1)
		return kind, b.EndObject()
	}
	name := flatbuffers.UOffsetT(0)
	if k == types.Timestamp {
		name = b.CreateString(zone)
	}
	b.StartObject(3)
	switch k {
	case types.TinyInt, types.SmallInt, types.Int, types.BigInt:
		kind = typeInt
		b.PrependInt32Slot(0, widths[k], 0)
		b.PrependBoolSlot(1, true, false)
	case types.Float, types.Double:
		kind = typeFloat
		b.PrependInt16Slot(0, int16(widths[k]), 0)
	case types.Decimal:
		kind = typeDecimal
		b.PrependInt32Slot(0, int32(t.Precision()), 0)
		b.PrependInt32Slot(1, int32(t.Scale()), 0)
	case types.Date:
		kind = typeDate
		b.PrependInt16Slot(0, 0, defaultDateUnit)
	case types.Timestamp, types.TimestampNTZ:
		kind = typeTimestamp
		b.PrependInt16Slot(0, unitMicro, 0)
		b.PrependUOffsetTSlot(1, name, 0)
	case types.DayTimeInterval:
		kind = typeDuration
		b.PrependInt16Slot(0, unitMicro, 1)
	case types.YearMonthInterval:
		kind = typeInterval
		b.PrependInt16Slot(0, unitYearMonth, 0)
	case types.CalendarInterval:
		kind = typeInterval
		b.PrependInt16Slot(0, unitMonthDay, 0)
	}
	return kind, b.EndObject()
}
