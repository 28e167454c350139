package udfs

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"
	"unsafe"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// codec moves values of one Go type between columns and Go memory. It is made once, when a function is
// registered, from the type's shape; moving values looks at offsets only.
//
// What is loaded is a copy, made a batch at a time: a function may keep its arguments.
type codec struct {
	typ    types.Type
	gotype reflect.Type
	// missing: the Go type can hold NULL.
	missing bool
	// native: a column's fixed-width buffer is a []T as it is.
	native bool
	// fails: a value can be one that the other side does not hold.
	fails bool
	// load copies rows lo..lo+n-1 of a Flat column; of NULL rows any value, where the type cannot be missing.
	load func(e *Env, v *vec.Vec, lo, n int, dst cells) error
	// store sets rows lo..lo+n-1, which exist, of a Flat column; of arrays and maps in ascending order.
	store func(v *vec.Vec, lo, n int, src cells) error
	// heap is what a value holds beyond its own size, in bytes; nil: nothing.
	heap func(p unsafe.Pointer) int64
}

// cells are places for values, stride bytes apart: a slice, or one field of a slice of structs.
type cells struct {
	p      unsafe.Pointer
	stride uintptr
}

func (c cells) at(i int) unsafe.Pointer { return unsafe.Add(c.p, uintptr(i)*c.stride) }

func cellsOf[T any](s []T) cells {
	var z T
	return cells{unsafe.Pointer(unsafe.SliceData(s)), unsafe.Sizeof(z)}
}

// slots are n cells as a slice; nil when they are not next to each other.
func slots[T any](c cells, n int) []T {
	var z T
	if c.stride != unsafe.Sizeof(z) {
		return nil
	}
	return unsafe.Slice((*T)(c.p), n)
}

func (c *codec) size() uintptr { return c.gotype.Size() }

// builder makes codecs; open are the types being looked at, to notice those that hold themselves.
type builder struct{ open []reflect.Type }

// selfCoding is a generic type of this package that knows its static type.
type selfCoding interface {
	codec(b *builder) (*codec, error)
}

func codecFor[T any]() (*codec, error) { return (&builder{}).of(reflect.TypeFor[T]()) }

// of makes the codec of a type; the error says what cannot be carried.
func (b *builder) of(t reflect.Type) (*codec, error) {
	if slices.Contains(b.open, t) {
		return nil, fmt.Errorf("%s holds itself, and no SQL type does", t)
	}
	b.open = append(b.open, t)
	defer func() { b.open = b.open[:len(b.open)-1] }()
	c, err := b.make(t)
	if err != nil {
		return nil, err
	}
	c.gotype = t
	return c, nil
}

func (b *builder) make(t reflect.Type) (*codec, error) {
	switch t {
	case reflect.TypeFor[time.Time]():
		return timeCodec(), nil
	case reflect.TypeFor[time.Duration]():
		return durationCodec(), nil
	case reflect.TypeFor[Decimal]():
		return decimalCodec(), nil
	case reflect.TypeFor[Date]():
		return fixedCodec[int32](types.DateType), nil
	case reflect.TypeFor[map[string]string]():
		return mapCodec[string](b)
	case reflect.TypeFor[map[string]bool]():
		return mapCodec[bool](b)
	case reflect.TypeFor[map[string]int64]():
		return mapCodec[int64](b)
	case reflect.TypeFor[map[string]float64]():
		return mapCodec[float64](b)
	}
	if t.Kind() == reflect.Struct || t.Kind() == reflect.Slice {
		if s, ok := reflect.Zero(t).Interface().(selfCoding); ok {
			return s.codec(b)
		}
	}
	switch t.Kind() {
	case reflect.Bool:
		return fixedCodec[bool](types.BooleanType), nil
	case reflect.Int8:
		return fixedCodec[int8](types.TinyIntType), nil
	case reflect.Int16:
		return fixedCodec[int16](types.SmallIntType), nil
	case reflect.Int32:
		return fixedCodec[int32](types.IntType), nil
	case reflect.Int64:
		return fixedCodec[int64](types.BigIntType), nil
	case reflect.Int:
		return intCodec(), nil
	case reflect.Float32:
		return fixedCodec[float32](types.FloatType), nil
	case reflect.Float64:
		return fixedCodec[float64](types.DoubleType), nil
	case reflect.String:
		return textCodec(types.StringType), nil
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return binaryCodec(), nil
		}
		return b.slice(t)
	case reflect.Pointer:
		return b.pointer(t)
	case reflect.Struct:
		return b.structure(t)
	}
	return nil, fmt.Errorf("%s has no SQL type%s", t, instead(t))
}

// instead names a carried type that can stand for t.
func instead(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Uint8, reflect.Uint16:
		return ": use int32"
	case reflect.Uint, reflect.Uint32, reflect.Uint64:
		return ": use int64"
	case reflect.Map:
		return fmt.Sprintf(": use udfs.Pairs[%s, %s]", t.Key(), t.Elem())
	case reflect.Array:
		return fmt.Sprintf(": use []%s", t.Elem())
	}
	return "; there are bool, int8 to int64, float32, float64, string, []byte, time.Time, time.Duration, udfs.Date " +
		"and udfs.Decimal, and slices, structs, pointers, udfs.Null and udfs.Pairs of these"
}

func fixedCodec[T vec.Native](t types.Type) *codec {
	return &codec{typ: t, native: true,
		load: func(_ *Env, v *vec.Vec, lo, n int, dst cells) error {
			for i, x := range vec.Values[T](v)[lo : lo+n] {
				*(*T)(dst.at(i)) = x
			}
			return nil
		},
		store: func(v *vec.Vec, lo, n int, src cells) error {
			out := vec.Values[T](v)[lo : lo+n]
			for i := range out {
				out[i] = *(*T)(src.at(i))
			}
			return nil
		}}
}

// intCodec is that of int, a BIGINT of the width of the machine.
func intCodec() *codec {
	c := fixedCodec[int64](types.BigIntType)
	if unsafe.Sizeof(int(0)) == 8 {
		return c
	}
	return &codec{typ: c.typ, fails: true,
		load: func(_ *Env, v *vec.Vec, lo, n int, dst cells) error {
			for i, x := range vec.Values[int64](v)[lo : lo+n] {
				if int64(int(x)) != x {
					return fmt.Errorf("%d does not fit an int of this machine", x)
				}
				*(*int)(dst.at(i)) = int(x)
			}
			return nil
		},
		store: func(v *vec.Vec, lo, n int, src cells) error {
			out := vec.Values[int64](v)[lo : lo+n]
			for i := range out {
				out[i] = int64(*(*int)(src.at(i)))
			}
			return nil
		}}
}

// arena copies the values of rows of a string or binary column into one piece of memory.
func arena(v *vec.Vec, lo, n int, put func(i int, b []byte)) {
	total := 0
	for i := lo; i < lo+n; i++ {
		total += int(v.Views[i].Len)
	}
	mem := make([]byte, 0, total)
	for i := range n {
		at := len(mem)
		mem = append(mem, v.Bytes(lo+i)...)
		put(i, mem[at:len(mem):len(mem)])
	}
}

func textCodec(t types.Type) *codec {
	return &codec{typ: t,
		load: func(_ *Env, v *vec.Vec, lo, n int, dst cells) error {
			arena(v, lo, n, func(i int, b []byte) {
				*(*string)(dst.at(i)) = unsafe.String(unsafe.SliceData(b), len(b))
			})
			return nil
		},
		store: func(v *vec.Vec, lo, n int, src cells) error {
			for i := range n {
				v.SetStr(lo+i, *(*string)(src.at(i)))
			}
			return nil
		},
		heap: func(p unsafe.Pointer) int64 { return int64(len(*(*string)(p))) }}
}

func binaryCodec() *codec {
	return &codec{typ: types.BinaryType,
		load: func(_ *Env, v *vec.Vec, lo, n int, dst cells) error {
			arena(v, lo, n, func(i int, b []byte) { *(*[]byte)(dst.at(i)) = b })
			return nil
		},
		store: func(v *vec.Vec, lo, n int, src cells) error {
			for i := range n {
				v.SetBytes(lo+i, *(*[]byte)(src.at(i)))
			}
			return nil
		},
		heap: func(p unsafe.Pointer) int64 { return int64(cap(*(*[]byte)(p))) }}
}

// timeCodec is that of instants, shown in the session's time zone.
func timeCodec() *codec {
	return &codec{typ: types.TimestampType,
		load: func(e *Env, v *vec.Vec, lo, n int, dst cells) error {
			zone := e.zone()
			for i, x := range vec.Values[int64](v)[lo : lo+n] {
				*(*time.Time)(dst.at(i)) = time.UnixMicro(x).In(zone)
			}
			return nil
		},
		store: func(v *vec.Vec, lo, n int, src cells) error {
			out := vec.Values[int64](v)[lo : lo+n]
			for i := range out {
				out[i] = (*time.Time)(src.at(i)).UnixMicro()
			}
			return nil
		}}
}

// durationCodec is that of intervals of days to seconds.
func durationCodec() *codec {
	return &codec{typ: types.DayTimeOf(types.DayField, types.SecondField), fails: true,
		load: func(_ *Env, v *vec.Vec, lo, n int, dst cells) error {
			for i, x := range vec.Values[int64](v)[lo : lo+n] {
				if x > math.MaxInt64/1000 || x < math.MinInt64/1000 {
					return fmt.Errorf("an interval of %d microseconds does not fit a time.Duration", x)
				}
				*(*time.Duration)(dst.at(i)) = time.Duration(x) * time.Microsecond
			}
			return nil
		},
		store: func(v *vec.Vec, lo, n int, src cells) error {
			out := vec.Values[int64](v)[lo : lo+n]
			for i := range out {
				out[i] = (*time.Duration)(src.at(i)).Microseconds()
			}
			return nil
		}}
}

func (e *Env) zone() *time.Location {
	if e == nil || e.Zone == nil {
		return time.UTC
	}
	return e.Zone
}

func decimalCodec() *codec {
	return &codec{typ: types.DecimalOf(types.MaxPrecision, 18), fails: true,
		load: func(_ *Env, v *vec.Vec, lo, n int, dst cells) error {
			for i := range n {
				*(*Decimal)(dst.at(i)) = Decimal{v.Decimal(lo + i), v.Type.Scale()}
			}
			return nil
		},
		store: func(v *vec.Vec, lo, n int, src cells) error {
			for i := range n {
				d := *(*Decimal)(src.at(i))
				x, ok := types.RescaleBig(d.Unscaled.Big(), d.Scale, v.Type.Scale(), v.Type.Precision())
				if !ok {
					return errs.New(errs.Pos{}, "NUMERIC_VALUE_OUT_OF_RANGE.WITHOUT_SUGGESTION", "roundedValue", d.String(), "originalValue", d.String(),
						"precision", fmt.Sprint(v.Type.Precision()), "scale", fmt.Sprint(v.Type.Scale()))
				}
				v.Set(lo+i, x)
			}
			return nil
		}}
}

// fieldName is the SQL name of a field: its tag, else its name in lower case; "" for one left out.
func fieldName(f reflect.StructField) string {
	tag := f.Tag.Get("sql")
	switch {
	case tag == "-" || f.Name == "_":
		return ""
	case tag != "":
		return tag
	}
	return strings.ToLower(f.Name)
}
