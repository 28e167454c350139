package vec

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/bitutil"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"sparksql/sql/types"
)

// ArrowType is the Arrow type of a column of type t, as Spark maps them: timestamps in microseconds with the zone given,
// intervals as months, as a duration, or as months, days and nanoseconds.
func ArrowType(t types.Type, zone string) arrow.DataType {
	switch t.Kind() {
	case types.Boolean:
		return arrow.FixedWidthTypes.Boolean
	case types.TinyInt:
		return arrow.PrimitiveTypes.Int8
	case types.SmallInt:
		return arrow.PrimitiveTypes.Int16
	case types.Int:
		return arrow.PrimitiveTypes.Int32
	case types.BigInt:
		return arrow.PrimitiveTypes.Int64
	case types.Float:
		return arrow.PrimitiveTypes.Float32
	case types.Double:
		return arrow.PrimitiveTypes.Float64
	case types.Decimal:
		return &arrow.Decimal128Type{Precision: int32(t.Precision()), Scale: int32(t.Scale())}
	case types.String, types.Char, types.Varchar:
		return arrow.BinaryTypes.String
	case types.Binary, types.Variant:
		return arrow.BinaryTypes.Binary
	case types.Date:
		return arrow.FixedWidthTypes.Date32
	case types.Timestamp:
		return &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: zone}
	case types.TimestampNTZ:
		return &arrow.TimestampType{Unit: arrow.Microsecond}
	case types.YearMonthInterval:
		return arrow.FixedWidthTypes.MonthInterval
	case types.DayTimeInterval:
		return arrow.FixedWidthTypes.Duration_us
	case types.CalendarInterval:
		return arrow.FixedWidthTypes.MonthDayNanoInterval
	case types.Array:
		return arrow.ListOfField(arrow.Field{Name: "element", Type: ArrowType(t.Elem(), zone), Nullable: t.ContainsNull()})
	case types.Map:
		m := arrow.MapOf(ArrowType(t.Key(), zone), ArrowType(t.Elem(), zone))
		m.SetItemNullable(t.ContainsNull())
		return m
	case types.Struct:
		return arrow.StructOf(ArrowFields(t.Fields(), zone)...)
	}
	return arrow.Null
}

// ArrowFields are the Arrow fields of columns.
func ArrowFields(fs []types.Field, zone string) []arrow.Field {
	out := make([]arrow.Field, len(fs))
	for i, f := range fs {
		out[i] = arrow.Field{Name: f.Name, Type: ArrowType(f.Type, zone), Nullable: f.Nullable}
	}
	return out
}

// ToArrow gives the live rows of v as an Arrow array. Fixed-width buffers of a Flat column without a selection are
// borrowed: the array is valid as long as v. The caller releases it.
func ToArrow(v *Vec, sel []int32, n int, zone string) arrow.Array {
	if v.Form != Flat || sel != nil {
		v = Copy(v, sel, n)
		if sel != nil {
			n = len(sel)
		}
		v = Flatten(v, New(v.Type, 0), nil)
	}
	d := arrowData(v, 0, n, zone)
	defer d.Release()
	return array.MakeFromData(d)
}

// arrowData makes Arrow data of rows lo..lo+n-1 of a Flat column.
func arrowData(v *Vec, lo, n int, zone string) arrow.ArrayData {
	t := ArrowType(v.Type, zone)
	if v.Type.Kind() == types.Null {
		return array.NewData(t, n, []*memory.Buffer{nil}, nil, n, 0)
	}
	valid, nulls := arrowValid(v, lo, n)
	bufs := []*memory.Buffer{valid}
	var kids []arrow.ArrayData
	switch v.Type.Kind() {
	case types.Boolean:
		bits := make([]byte, bitutil.BytesForBits(int64(n)))
		for i, x := range Values[bool](v)[lo : lo+n] {
			if x {
				bitutil.SetBit(bits, i)
			}
		}
		bufs = append(bufs, memory.NewBufferBytes(bits))
	case types.Decimal:
		vals := make([]decimal128.Num, n)
		for i := range vals {
			x := v.Decimal(lo + i)
			vals[i] = decimal128.New(x.Hi, x.Lo)
		}
		bufs = append(bufs, memory.NewBufferBytes(arrow.Decimal128Traits.CastToBytes(vals)))
	case types.CalendarInterval:
		vals := make([]arrow.MonthDayNanoInterval, n)
		for i, x := range Values[types.Interval](v)[lo : lo+n] {
			vals[i] = arrow.MonthDayNanoInterval{Months: x.Months, Days: x.Days, Nanoseconds: x.Micros * 1000}
		}
		bufs = append(bufs, memory.NewBufferBytes(arrow.MonthDayNanoIntervalTraits.CastToBytes(vals)))
	case types.String, types.Char, types.Varchar, types.Binary, types.Variant:
		offs := make([]int32, n+1)
		var text []byte
		for i := range n {
			if !v.IsNull(lo + i) {
				text = append(text, v.Bytes(lo+i)...)
			}
			offs[i+1] = int32(len(text))
		}
		bufs = append(bufs, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(offs)), memory.NewBufferBytes(text))
	case types.Struct:
		for _, k := range v.Kids {
			kids = append(kids, arrowData(flatKid(k), lo, n, zone))
		}
	case types.Array, types.Map:
		offs := make([]int32, n+1)
		first := v.Offs[lo]
		for i := range offs {
			offs[i] = v.Offs[lo+i] - first
		}
		bufs = append(bufs, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(offs)))
		kids = arrowKids(v, t, int(first), int(offs[n]), zone)
	default:
		w := v.Type.Width()
		bufs = append(bufs, memory.NewBufferBytes(v.Fixed[lo*w:(lo+n)*w]))
	}
	d := array.NewData(t, n, bufs, kids, nulls, 0)
	for _, k := range kids {
		k.Release()
	}
	return d
}

func flatKid(k *Vec) *Vec { return Flatten(k, New(k.Type, 0), nil) }

func arrowKids(v *Vec, t arrow.DataType, first, n int, zone string) []arrow.ArrayData {
	var kids []arrow.ArrayData
	for _, k := range v.Kids {
		kids = append(kids, arrowData(flatKid(k), first, n, zone))
	}
	m, ok := t.(*arrow.MapType)
	if !ok {
		return kids
	}
	entries := array.NewData(m.Elem(), n, []*memory.Buffer{nil}, kids, 0, 0)
	for _, k := range kids {
		k.Release()
	}
	return []arrow.ArrayData{entries}
}

// arrowValid is the validity bitmap, nil without NULLs, and their number.
func arrowValid(v *Vec, lo, n int) (*memory.Buffer, int) {
	if v.Valid == nil {
		return nil, 0
	}
	bits := make([]byte, bitutil.BytesForBits(int64(n)))
	nulls := n
	for i := range n {
		if Bit(v.Valid, lo+i) {
			bitutil.SetBit(bits, i)
			nulls--
		}
	}
	return memory.NewBufferBytes(bits), nulls
}

// FromArrow appends the values of an Arrow array, of the type that ArrowType gives for v, to the Flat column v.
// Everything is copied.
func FromArrow(v *Vec, a arrow.Array) {
	at, n := v.Extend(a.Len()), a.Len()
	if k := v.Type.Kind(); k == types.Struct {
		for i, kid := range v.Kids {
			kid.truncate(at)
			FromArrow(kid, a.(*array.Struct).Field(i))
		}
	}
	switch a := a.(type) {
	case *array.Boolean:
		for i := range n {
			Values[bool](v)[at+i] = a.Value(i)
		}
	case *array.Decimal128:
		for i := range n {
			x := a.Value(i)
			if v.Type.Width() == 8 {
				Values[int64](v)[at+i] = int64(x.LowBits())
			} else {
				Values[types.Int128](v)[at+i] = types.Int128{Lo: x.LowBits(), Hi: x.HighBits()}
			}
		}
	case *array.MonthDayNanoInterval:
		for i := range n {
			x := a.Value(i)
			Values[types.Interval](v)[at+i] = types.Interval{Months: x.Months, Days: x.Days, Micros: x.Nanoseconds / 1000}
		}
	case *array.String:
		for i := range n {
			v.SetStr(at+i, a.Value(i))
		}
	case *array.Binary:
		for i := range n {
			v.SetBytes(at+i, a.Value(i))
		}
	case *array.List:
		fromLists(v, at, a.Offsets()[a.Data().Offset():], n, a.ListValues())
	case *array.Map:
		fromLists(v, at, a.Offsets()[a.Data().Offset():], n, a.Keys(), a.Items())
	case *array.Null, *array.Struct:
	default:
		w := v.Type.Width()
		off := a.Data().Offset()
		copy(v.Fixed[at*w:], a.Data().Buffers()[1].Bytes()[off*w:(off+n)*w])
	}
	for i := range n {
		if a.IsNull(i) && v.Type.Kind() != types.Null {
			v.SetNull(at + i)
		}
	}
}

func fromLists(v *Vec, at int, offs []int32, n int, kids ...arrow.Array) {
	base := int32(v.Kids[0].Len)
	for i := range n {
		v.Offs[at+i+1] = base + offs[i+1] - offs[0]
	}
	for i, kid := range kids {
		s := array.NewSlice(kid, int64(offs[0]), int64(offs[n]))
		FromArrow(v.Kids[i], s)
		s.Release()
	}
}
