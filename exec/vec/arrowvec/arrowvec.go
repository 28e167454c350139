// Package arrowvec makes Arrow arrays of columns and columns of Arrow arrays, without a copy where the layouts are the
// same. It stands apart so that who needs columns alone does not link Arrow.
package arrowvec

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/bitutil"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/endian"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// Type is the Arrow type of a column of type t, as Spark maps them: timestamps in microseconds with the zone given,
// intervals as months, as a duration, or as months, days and nanoseconds.
func Type(t types.Type, zone string) arrow.DataType {
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
		return arrow.ListOfField(arrow.Field{Name: "element", Type: Type(t.Elem(), zone), Nullable: t.ContainsNull()})
	case types.Map:
		m := arrow.MapOf(Type(t.Key(), zone), Type(t.Elem(), zone))
		m.SetItemNullable(t.ContainsNull())
		return m
	case types.Struct:
		return arrow.StructOf(Fields(t.Fields(), zone)...)
	}
	return arrow.Null
}

// Fields are the Arrow fields of columns.
func Fields(fs []types.Field, zone string) []arrow.Field {
	out := make([]arrow.Field, len(fs))
	for i, f := range fs {
		out[i] = arrow.Field{Name: f.Name, Type: Type(f.Type, zone), Nullable: f.Nullable}
	}
	return out
}

// FromVec gives the live rows of v as an Arrow array. Fixed-width buffers of a Flat column without a selection are
// borrowed: the array is valid as long as v. The caller releases it.
func FromVec(v *vec.Vec, sel []int32, n int, zone string) arrow.Array {
	if v.Form != vec.Flat || sel != nil {
		v = vec.Copy(v, sel, n)
		if sel != nil {
			n = len(sel)
		}
		v = vec.Flatten(v, vec.New(v.Type, 0), nil)
	}
	d := data(v, 0, n, zone)
	defer d.Release()
	return array.MakeFromData(d)
}

// data makes Arrow data of rows lo..lo+n-1 of a Flat column.
func data(v *vec.Vec, lo, n int, zone string) arrow.ArrayData {
	t := Type(v.Type, zone)
	if v.Type.Kind() == types.Null {
		return array.NewData(t, n, []*memory.Buffer{nil}, nil, n, 0)
	}
	valid, nulls := validity(v, lo, n)
	bufs := []*memory.Buffer{valid}
	var kids []arrow.ArrayData
	switch v.Type.Kind() {
	case types.Boolean:
		bits := make([]byte, bitutil.BytesForBits(int64(n)))
		for i, x := range vec.Values[bool](v)[lo : lo+n] {
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
		for i, x := range vec.Values[types.Interval](v)[lo : lo+n] {
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
			kids = append(kids, data(flatKid(k), lo, n, zone))
		}
	case types.Array, types.Map:
		offs := make([]int32, n+1)
		first := v.Offs[lo]
		for i := range offs {
			offs[i] = v.Offs[lo+i] - first
		}
		bufs = append(bufs, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(offs)))
		kids = kidsOf(v, t, int(first), int(offs[n]), zone)
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

func flatKid(k *vec.Vec) *vec.Vec { return vec.Flatten(k, vec.New(k.Type, 0), nil) }

func kidsOf(v *vec.Vec, t arrow.DataType, first, n int, zone string) []arrow.ArrayData {
	var kids []arrow.ArrayData
	for _, k := range v.Kids {
		kids = append(kids, data(flatKid(k), first, n, zone))
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

// validity is the validity bitmap, nil without NULLs, and their number. It is the column's own where it starts at a
// byte: both number bits from the lowest.
func validity(v *vec.Vec, lo, n int) (*memory.Buffer, int) {
	if v.Valid == nil {
		return nil, 0
	}
	if lo%8 == 0 && littleEndian {
		b := arrow.Uint64Traits.CastToBytes(v.Valid)[lo/8:][:bitutil.BytesForBits(int64(n))]
		return memory.NewBufferBytes(b), n - bitutil.CountSetBits(b, 0, n)
	}
	bits := make([]byte, bitutil.BytesForBits(int64(n)))
	nulls := n
	for i := range n {
		if vec.Bit(v.Valid, lo+i) {
			bitutil.SetBit(bits, i)
			nulls--
		}
	}
	return memory.NewBufferBytes(bits), nulls
}

const littleEndian = !endian.IsBigEndian

// Append adds the values of an Arrow array, of the type that Type gives for v, to the Flat column v. Everything is
// copied.
func Append(v *vec.Vec, a arrow.Array) { Fill(v, v.Extend(a.Len()), a) }

// Fill sets the rows of v from at on, which exist, to the values of an Arrow array; rows of arrays and maps in
// ascending order.
func Fill(v *vec.Vec, at int, a arrow.Array) {
	if a.Len() == 0 {
		return // its buffers may be missing
	}
	n := a.Len()
	switch a := a.(type) {
	case *array.Boolean:
		for i := range n {
			vec.Values[bool](v)[at+i] = a.Value(i)
		}
	case *array.Decimal128:
		for i := range n {
			x := a.Value(i)
			v.Set(at+i, types.Int128{Lo: x.LowBits(), Hi: x.HighBits()})
		}
	case *array.MonthDayNanoInterval:
		for i := range n {
			x := a.Value(i)
			vec.Values[types.Interval](v)[at+i] = types.Interval{Months: x.Months, Days: x.Days, Micros: x.Nanoseconds / 1000}
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
		fillLists(v, at, a.Offsets()[a.Data().Offset():], n, a.ListValues())
	case *array.Map:
		fillLists(v, at, a.Offsets()[a.Data().Offset():], n, a.Keys(), a.Items())
	case *array.Struct:
		for i, kid := range v.Kids {
			Fill(kid, at, a.Field(i))
		}
	case *array.Null:
	default:
		w := v.Type.Width()
		off := a.Data().Offset()
		copy(v.Fixed[at*w:], a.Data().Buffers()[1].Bytes()[off*w:(off+n)*w])
	}
	if a.NullN() == 0 || v.Type.Kind() == types.Null {
		return
	}
	for i := range n {
		if a.IsNull(i) {
			v.SetNull(at + i)
		}
	}
}

func fillLists(v *vec.Vec, at int, offs []int32, n int, kids ...arrow.Array) {
	base := int32(v.Kids[0].Len)
	for i := range n {
		v.Offs[at+i+1] = base + offs[i+1] - offs[0]
	}
	for i, kid := range kids {
		s := array.NewSlice(kid, int64(offs[0]), int64(offs[n]))
		Append(v.Kids[i], s)
		s.Release()
	}
}
