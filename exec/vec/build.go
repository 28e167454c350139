package vec

import (
	"encoding/binary"
	"unsafe"

	"sparksql/sql/types"
)

// New returns a Flat column of n rows of type t, all valid, zero or empty. Rows of fixed width are set
// through Values; strings through SetBytes; arrays, maps and structs by appending (Append*, Close).
func New(t types.Type, n int) *Vec {
	v := &Vec{Type: t}
	v.Reset(n)
	return v
}

// Reset makes v a Flat column of n valid rows again, keeping its buffers. For nested types the kids are
// reset as well: of a struct to n rows, of an array or map to none.
func (v *Vec) Reset(n int) {
	v.Form, v.Len, v.Valid, v.Codes, v.Dict = Flat, n, nil, nil, nil
	switch k := v.Type.Kind(); k {
	case types.Null:
	case types.String, types.Char, types.Varchar, types.Binary, types.Variant:
		v.Views = resize(v.Views, n)
		clear(v.Views)
		if v.borrowed > 0 {
			v.Bufs, v.borrowed = nil, 0
		}
		if len(v.Bufs) > 0 {
			v.Bufs = v.Bufs[:1]
			v.Bufs[0] = v.Bufs[0][:0]
		}
	case types.Array, types.Map, types.Struct:
		v.resetNested(k, n)
	default:
		size := n * v.Type.Width()
		if cap(v.Fixed) < size {
			v.Fixed = AlignedBytes(size + size/4)
		}
		v.Fixed = v.Fixed[:size]
	}
}

// ResetCoded makes v a Coded column of n rows, without NULLs, and gives its codes to be set; they are those of the first
// entry. The buffer is reused.
func (v *Vec) ResetCoded(d *Dict, n int) []int32 {
	v.codes = resize(v.codes, n)
	clear(v.codes)
	v.Form, v.Len, v.Valid, v.Codes, v.Dict = Coded, n, nil, v.codes, d
	return v.codes
}

func (v *Vec) resetNested(k types.Kind, n int) {
	if v.Kids == nil {
		v.Kids = make([]*Vec, len(KidTypes(v.Type)))
		for i, t := range KidTypes(v.Type) {
			v.Kids[i] = &Vec{Type: t}
		}
	}
	rows := n
	if k != types.Struct {
		rows = 0
		v.Offs = resize(v.Offs, n+1)
		clear(v.Offs)
	}
	for _, kid := range v.Kids {
		kid.Reset(rows)
	}
}

// KidTypes are the types of a nested column's kids.
func KidTypes(t types.Type) []types.Type {
	switch t.Kind() {
	case types.Array:
		return []types.Type{t.Elem()}
	case types.Map:
		return []types.Type{t.Key(), t.Elem()}
	case types.Struct:
		out := make([]types.Type, len(t.Fields()))
		for i, f := range t.Fields() {
			out[i] = f.Type
		}
		return out
	}
	return nil
}

func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return append(s[:cap(s)], make([]T, n-cap(s))...)
	}
	return s[:n]
}

// SetNull makes row i of a Flat column NULL.
func (v *Vec) SetNull(i int) {
	if v.Valid == nil {
		v.own = resize(v.own, Words(max(v.Len, 1)))
		for w := range v.own {
			v.own[w] = ^uint64(0)
		}
		v.Valid = v.own
	}
	ClearBit(v.Valid, i)
}

// AllValid is a bitmap of n set bits.
func AllValid(n int) []uint64 {
	m := make([]uint64, Words(max(n, 1)))
	for i := range m {
		m[i] = ^uint64(0)
	}
	return m
}

const maxBuf = 1 << 26

// SetBytes stores a copy of b as row i of a Flat string or binary column.
func (v *Vec) SetBytes(i int, b []byte) { v.Views[i] = v.hold(b) }

// SetStr is SetBytes for a string.
func (v *Vec) SetStr(i int, s string) {
	v.SetBytes(i, unsafe.Slice(unsafe.StringData(s), len(s)))
}

// hold copies b into the column's memory and returns its view.
func (v *Vec) hold(b []byte) View {
	w := View{Len: uint32(len(b))}
	if len(b) <= 12 {
		copy(w.Data[:], b)
		return w
	}
	last := len(v.Bufs) - 1
	if last < v.borrowed || len(v.Bufs[last])+len(b) > maxBuf && len(v.Bufs[last]) > 0 {
		v.Bufs = append(v.Bufs, nil)
		last++
	}
	copy(w.Data[:4], b)
	binary.LittleEndian.PutUint32(w.Data[4:], uint32(last))
	binary.LittleEndian.PutUint32(w.Data[8:], uint32(len(v.Bufs[last])))
	v.Bufs[last] = append(v.Bufs[last], b...)
	return w
}

// MakeView builds the view of b, which lies at offset off of buffer buf.
func MakeView(b []byte, buf, off int) View {
	w := View{Len: uint32(len(b))}
	if len(b) <= 12 {
		copy(w.Data[:], b)
		return w
	}
	copy(w.Data[:4], b)
	binary.LittleEndian.PutUint32(w.Data[4:], uint32(buf))
	binary.LittleEndian.PutUint32(w.Data[8:], uint32(off))
	return w
}

// Extend adds n valid rows (zero values; empty arrays) to a Flat column and returns the index of the first.
func (v *Vec) Extend(n int) int {
	at := v.Len
	v.Len += n
	if v.Valid != nil {
		for len(v.Valid) < Words(v.Len) {
			v.Valid = append(v.Valid, 0)
		}
		for i := at; i < v.Len; i++ {
			SetBit(v.Valid, i)
		}
	}
	switch v.Type.Kind() {
	case types.Null:
	case types.String, types.Char, types.Varchar, types.Binary, types.Variant:
		v.Views = append(v.Views, make([]View, n)...)
	case types.Array, types.Map:
		if len(v.Offs) == 0 {
			v.resetNested(v.Type.Kind(), 0)
		}
		end := int32(v.Kids[0].Len)
		for range n {
			v.Offs = append(v.Offs, end)
		}
	case types.Struct:
		if v.Kids == nil {
			v.resetNested(types.Struct, 0)
		}
		for _, k := range v.Kids {
			k.Extend(n)
		}
	default:
		v.growFixed(v.Len * v.Type.Width())
	}
	return at
}

func (v *Vec) growFixed(size int) {
	if cap(v.Fixed) < size {
		old := v.Fixed
		v.Fixed = AlignedBytes(max(size, 2*cap(old)))
		copy(v.Fixed, old)
	}
	from := len(v.Fixed)
	v.Fixed = v.Fixed[:size]
	if from < size {
		clear(v.Fixed[from:])
	}
}

// CloseRow ends row i of an array or map whose elements were appended to the kids: rows are closed in
// ascending order, and every row must be closed (a NULL or empty row as well).
func (v *Vec) CloseRow(i int) { v.Offs[i+1] = int32(v.Kids[0].Len) }

// Append adds one value in Go form (types/value.go), nil for NULL, to a Flat column.
func (v *Vec) Append(x any) {
	i := v.Extend(1)
	if v.Type.Kind() == types.Array || v.Type.Kind() == types.Map {
		v.setElems(i, x)
		return
	}
	v.Set(i, x)
}

func (v *Vec) setElems(i int, x any) {
	switch x := x.(type) {
	case nil:
		v.SetNull(i)
	case []any:
		for _, e := range x {
			v.Kids[0].Append(e)
		}
	case types.MapValue:
		for k := range x.Keys {
			v.Kids[0].Append(x.Keys[k])
			v.Kids[1].Append(x.Vals[k])
		}
	}
	v.CloseRow(i)
}

// Set stores a value in Go form, nil for NULL, in row i of a Flat column. Rows of arrays and maps are set in
// ascending order.
func (v *Vec) Set(i int, x any) {
	if x == nil {
		v.SetNull(i)
		if k := v.Type.Kind(); k == types.Array || k == types.Map {
			v.CloseRow(i)
		}
		return
	}
	switch x := x.(type) {
	case bool:
		Values[bool](v)[i] = x
	case int8:
		Values[int8](v)[i] = x
	case int16:
		Values[int16](v)[i] = x
	case int32:
		Values[int32](v)[i] = x
	case int64:
		Values[int64](v)[i] = x
	case float32:
		Values[float32](v)[i] = x
	case float64:
		Values[float64](v)[i] = x
	case types.Int128:
		if v.Type.Width() == 8 {
			Values[int64](v)[i] = int64(x.Lo)
		} else {
			Values[types.Int128](v)[i] = x
		}
	case types.Interval:
		Values[types.Interval](v)[i] = x
	case string:
		v.SetStr(i, x)
	case []byte:
		v.SetBytes(i, x)
	case types.MapValue:
		v.setElems(i, x)
	case []any:
		if v.Type.Kind() == types.Array {
			v.setElems(i, x)
			return
		}
		for k, e := range x {
			v.Kids[k].Set(i, e)
		}
	}
}

// Value is row i in Go form, nil for NULL, copied out, whatever the form.
func (v *Vec) Value(i int) any {
	if v.IsNull(i) {
		return nil
	}
	v, i = v.At(i)
	switch v.Type.Kind() {
	case types.Boolean:
		return Values[bool](v)[i]
	case types.TinyInt:
		return Values[int8](v)[i]
	case types.SmallInt:
		return Values[int16](v)[i]
	case types.Int, types.Date, types.YearMonthInterval:
		return Values[int32](v)[i]
	case types.BigInt, types.Timestamp, types.TimestampNTZ, types.DayTimeInterval:
		return Values[int64](v)[i]
	case types.Float:
		return Values[float32](v)[i]
	case types.Double:
		return Values[float64](v)[i]
	case types.Decimal:
		return v.Decimal(i)
	case types.CalendarInterval:
		return Values[types.Interval](v)[i]
	case types.String, types.Char, types.Varchar:
		return string(v.Bytes(i))
	case types.Binary, types.Variant:
		return append([]byte{}, v.Bytes(i)...)
	case types.Array:
		lo, hi := v.Range(i)
		return v.Kids[0].slice(lo, hi)
	case types.Map:
		lo, hi := v.Range(i)
		return types.MapValue{Keys: v.Kids[0].slice(lo, hi), Vals: v.Kids[1].slice(lo, hi)}
	case types.Struct:
		out := make([]any, len(v.Kids))
		for k, kid := range v.Kids {
			out[k] = kid.Value(i)
		}
		return out
	}
	return nil
}

func (v *Vec) slice(lo, hi int) []any {
	out := make([]any, 0, hi-lo)
	for i := lo; i < hi; i++ {
		out = append(out, v.Value(i))
	}
	return out
}

// Decimal is the unscaled value of row i of a Flat or Const decimal column of either width.
func (v *Vec) Decimal(i int) types.Int128 {
	i = v.index(i)
	if v.Type.Width() == 8 {
		return types.FromInt64(Values[int64](v)[i])
	}
	return Values[types.Int128](v)[i]
}

// Constant is a Const column of n rows of the value x in Go form.
func Constant(t types.Type, x any, n int) *Vec {
	v := New(t, 0)
	v.Append(x)
	v.Form, v.Len = Const, n
	return v
}
