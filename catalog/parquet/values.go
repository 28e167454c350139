package parquet

import (
	"encoding/binary"
	"math"

	"github.com/parquet-go/parquet-go/format"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// conv turns a column's physical values into those of the type that was asked for.
type conv struct {
	typ  types.Type
	node *Node
	// fixed converts n values of width node bytes in src into dst, of typ's width; nil: they are the same.
	fixed func(dst, src []byte, n int) error
	// bytes converts byte arrays into fixed values; nil: they stay views.
	bytes func(dst []byte, d *decoder, n int) error
}

// newConv finds how leaf n is read as t; a mismatch is FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH.
func newConv(f *File, n *Node, t types.Type) (*conv, error) {
	c := &conv{typ: t, node: n}
	ok := false
	switch n.Phys {
	case format.Boolean:
		ok = t.Kind() == types.Boolean
	case format.Int32:
		ok = c.fromInt32(f)
	case format.Int64:
		ok = c.fromInt64(f)
	case format.Int96:
		ok = t.Kind() == types.Timestamp || t.Kind() == types.TimestampNTZ
		c.fixed = int96Micros(f.rebase96())
	case format.Float:
		ok = t.Kind() == types.Float || t.Kind() == types.Double
		if t.Kind() == types.Double {
			c.fixed = mapFixed(func(x float32) float64 { return float64(x) })
		}
	case format.Double:
		ok = t.Kind() == types.Double
	case format.ByteArray, format.FixedLenByteArray:
		ok = c.fromBytes()
	}
	if !ok {
		return nil, errs.New(errs.Pos{}, "FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH", "path", f.Path,
			"column", "["+n.Name+"]", "expectedType", t.String(), "actualType", n.String())
	}
	return c, nil
}

func (c *conv) fromInt32(f *File) bool {
	l := &c.node.Logical
	unsigned := l.kind == annInt && !l.signed && l.precision == 32
	switch c.typ.Kind() {
	case types.TinyInt:
		c.fixed = mapFixed(func(x int32) int8 { return int8(x) })
	case types.SmallInt:
		c.fixed = mapFixed(func(x int32) int16 { return int16(x) })
	case types.Int, types.YearMonthInterval:
		return !unsigned || c.typ.Kind() == types.Int
	case types.BigInt:
		c.fixed = mapFixed(func(x int32) int64 { return int64(x) })
		if unsigned {
			c.fixed = mapFixed(func(x uint32) int64 { return int64(x) })
		}
	case types.Double:
		c.fixed = mapFixed(func(x int32) float64 { return float64(x) })
		return l.kind == plain || l.kind == annInt
	case types.Date:
		if rb := f.rebaseDates(); rb != nil {
			c.fixed = mapFixed(rb.days)
		}
	case types.TimestampNTZ:
		c.fixed = mapFixed(func(x int32) int64 { return int64(x) * microsPerDay })
		return l.kind == annDate
	case types.Decimal:
		return c.decimalFrom(32, c.node.scale())
	default:
		return false
	}
	return l.kind != annDecimal || c.typ.Kind() == types.Decimal || l.scale == 0
}

func (c *conv) fromInt64(f *File) bool {
	l := &c.node.Logical
	switch c.typ.Kind() {
	case types.BigInt, types.DayTimeInterval:
		return l.kind == plain || l.kind == annInt || l.kind == annTimestamp || l.kind == annDecimal && l.scale == 0
	case types.Timestamp, types.TimestampNTZ:
		c.fixed = int64Micros(f, l, c.typ.Kind())
		return l.kind == annTimestamp && l.unit != 'n'
	case types.Decimal:
		if l.kind == annInt && !l.signed && l.precision == 64 {
			if c.typ.Scale() != 0 || c.typ.Precision() < 20 {
				return false
			}
			c.fixed = mapFixed128(func(x int64) types.Int128 { return types.Int128{Lo: uint64(x)} })
			return true
		}
		return l.kind != annTimestamp && c.decimalFrom(64, c.node.scale())
	}
	return false
}

// int64Micros converts timestamps of milliseconds, and those that were written with the old calendar.
func int64Micros(f *File, l *logical, k types.Kind) func(dst, src []byte, n int) error {
	var rb *rebase
	if k == types.Timestamp {
		rb = f.rebaseDates()
	}
	if l.unit == 'm' {
		return func(dst, src []byte, n int) error {
			s, d := asInts[int64](src)[:n], asInts[int64](dst)
			for i, x := range s {
				if x > math.MaxInt64/1000 || x < math.MinInt64/1000 {
					return corruptf("the timestamp of %d milliseconds is out of range", x)
				}
				d[i] = x * 1000
			}
			rb.all(d[:n])
			return nil
		}
	}
	if rb == nil {
		return nil
	}
	return mapFixed(rb.micros)
}

func (n *Node) scale() int {
	if n.Logical.kind == annDecimal {
		return n.Logical.scale
	}
	return 0
}

// decimalFrom reads integers of scale s as decimals; a smaller scale than the file's is refused, as Spark does.
func (c *conv) decimalFrom(bits, s int) bool {
	up := c.typ.Scale() - s
	digits := c.typ.Precision() - c.typ.Scale()
	have := c.node.Logical.precision - s
	if c.node.Logical.kind != annDecimal {
		have = map[int]int{32: 10, 64: 20}[bits]
		if bits == 32 && c.node.Logical.kind == annInt && c.node.Logical.precision < 32 {
			have = 5
		}
	}
	if up < 0 || digits < have && !(up == 0 && c.node.Logical.kind == annDecimal) {
		return false
	}
	wide := c.typ.Width() == 16
	switch {
	case !wide && bits == 32:
		m := int64(pow10(up))
		c.fixed = mapFixed(func(x int32) int64 { return int64(x) * m })
	case !wide && up > 0:
		m := int64(pow10(up))
		c.fixed = mapFixed(func(x int64) int64 { return x * m })
	case wide && bits == 32:
		m := types.Pow10(up)
		c.fixed = mapFixed128(func(x int32) types.Int128 { p, _ := types.FromInt64(int64(x)).MulOverflow(m); return p })
	case wide:
		m := types.Pow10(up)
		c.fixed = mapFixed128(func(x int64) types.Int128 { p, _ := types.FromInt64(x).MulOverflow(m); return p })
	}
	return true
}

func pow10(n int) uint64 {
	m := uint64(1)
	for range n {
		m *= 10
	}
	return m
}

func mapFixed[A, B int8 | int16 | int32 | int64 | uint32 | float32 | float64](f func(A) B) func(dst, src []byte, n int) error {
	return func(dst, src []byte, n int) error {
		s, d := asInts[A](src)[:n], asInts[B](dst)[:n]
		for i := range d {
			d[i] = f(s[i])
		}
		return nil
	}
}

func mapFixed128[A int32 | int64](f func(A) types.Int128) func(dst, src []byte, n int) error {
	return func(dst, src []byte, n int) error {
		s := asInts[A](src)[:n]
		d := vec.Values[types.Int128](&vec.Vec{Fixed: dst})
		for i := range s {
			d[i] = f(s[i])
		}
		return nil
	}
}

func (c *conv) fromBytes() bool {
	l := &c.node.Logical
	switch c.typ.Kind() {
	case types.String, types.Char, types.Varchar, types.Binary:
		return l.kind != annDecimal
	case types.Decimal:
	default:
		return false
	}
	if l.kind != annDecimal || c.typ.Scale() < l.scale {
		return false
	}
	up := types.Pow10(c.typ.Scale() - l.scale)
	wide := c.typ.Width() == 16
	put := func(dst []byte, i int, b []byte) error {
		x, ok := bigEndian(b)
		if ok && c.typ.Scale() > l.scale {
			x, ok = x.MulOverflow(up)
		}
		if !ok || !x.FitsPrecision(c.typ.Precision()) {
			return corruptf("a value of %s is longer than that", l.text)
		}
		if wide {
			binary.LittleEndian.PutUint64(dst[i*16:], x.Lo)
			binary.LittleEndian.PutUint64(dst[i*16+8:], uint64(x.Hi))
			return nil
		}
		binary.LittleEndian.PutUint64(dst[i*8:], x.Lo)
		return nil
	}
	if c.node.Phys == format.FixedLenByteArray {
		w := c.node.Len
		c.fixed = func(dst, src []byte, n int) error {
			for i := range n {
				if err := put(dst, i, src[i*w:i*w+w]); err != nil {
					return err
				}
			}
			return nil
		}
		return true
	}
	c.bytes = func(dst []byte, d *decoder, n int) error {
		v := vec.Vec{Views: d.views, Bufs: [][]byte{d.bytes}}
		for i := range n {
			if err := put(dst, i, v.Bytes(i)); err != nil {
				return err
			}
		}
		return nil
	}
	return true
}

// bigEndian reads a two's complement number of any length; ok is false when it does not fit 128 bits.
func bigEndian(b []byte) (x types.Int128, ok bool) {
	sign := byte(0)
	if len(b) > 0 && b[0]&0x80 != 0 {
		sign = 0xff
	}
	for len(b) > 16 {
		if b[0] != sign {
			return x, false
		}
		b = b[1:]
	}
	var buf [16]byte
	for i := range buf[:16-len(b)] {
		buf[i] = sign
	}
	copy(buf[16-len(b):], b)
	return types.Int128{Hi: int64(binary.BigEndian.Uint64(buf[:8])), Lo: binary.BigEndian.Uint64(buf[8:])}, true
}

// column makes out the Flat column, without NULLs, of the n values that d holds. It may share d's memory; own is
// memory for converted values, kept by the caller.
func (c *conv) column(out *vec.Vec, d *decoder, n int, own []byte) ([]byte, error) {
	*out = vec.Vec{Type: c.typ, Len: n, Bufs: out.Bufs[:0]}
	w := c.typ.Width()
	switch {
	case w > 0 && (c.fixed != nil || c.bytes != nil):
		own = grow(own, n*w)
		out.Fixed = own
		if c.fixed != nil {
			return own, c.fixed(own, d.fixed, n)
		}
		return own, c.bytes(own, d, n)
	case w > 0:
		out.Fixed = d.fixed
	case d.phys == format.FixedLenByteArray:
		d.views = resize(d.views, n)
		for i := range n {
			d.views[i] = vec.MakeView(d.fixed[i*d.width:(i+1)*d.width], 0, i*d.width)
		}
		out.Views = d.views
		out.Bufs = append(out.Bufs, d.fixed)
	default:
		out.Views = d.views
		out.Bufs = append(out.Bufs, d.bytes)
	}
	return own, nil
}
