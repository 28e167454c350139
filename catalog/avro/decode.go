package avro

import (
	"fmt"
	"math/big"
	"strings"

	lib "github.com/hamba/avro/v2"

	"sparksql/sql/types"
)

// decoder reads one value in Go form; nil is NULL.
type decoder func(*cursor) any

// decoderOf makes the decoder of a schema for a column of type t, which is the schema's own or a wider number.
func decoderOf(s lib.Schema, t types.Type, depth int) (decoder, error) {
	if depth > deepest {
		return nil, errDeep
	}
	s = plain(s)
	switch s := s.(type) {
	case *lib.UnionSchema:
		return unionDecoder(s, t, depth)
	case *lib.RecordSchema:
		if t.Kind() == types.Struct {
			return recordDecoder(s, t.Fields(), depth)
		}
	case *lib.ArraySchema:
		if t.Kind() == types.Array {
			item, err := decoderOf(s.Items(), t.Elem(), depth+1)
			return func(c *cursor) any {
				out := []any{}
				c.items(func() { out = append(out, item(c)) })
				return out
			}, err
		}
	case *lib.MapSchema:
		if t.Kind() == types.Map && t.Key().IsString() {
			value, err := decoderOf(s.Values(), t.Elem(), depth+1)
			return mapDecoder(value), err
		}
	}
	own, err := scalarType(s)
	if err != nil {
		return nil, err
	}
	if d := scalarDecoder(s, own, t); d != nil {
		return d, nil
	}
	return nil, fmt.Errorf("the Avro type %s cannot be read as %s", own, t)
}

// mapDecoder keeps the last value of a key that occurs twice.
func mapDecoder(value decoder) decoder {
	return func(c *cursor) any {
		var out types.MapValue
		at := map[string]int{}
		c.items(func() {
			k := string(c.bytes())
			v := value(c)
			if i, twice := at[k]; twice {
				out.Vals[i] = v
				return
			}
			at[k] = len(out.Keys)
			out.Keys, out.Vals = append(out.Keys, k), append(out.Vals, v)
		})
		return out
	}
}

// natural is the decoder of a schema for the type that it has by itself.
func natural(s lib.Schema, depth int) (decoder, error) {
	t, _, err := typeOf(s, depth)
	if err != nil {
		return nil, err
	}
	return decoderOf(s, t, depth)
}

// recordDecoder finds fields by name, without regard to case where no other fits; fields that the record does not have
// are NULL.
func recordDecoder(s *lib.RecordSchema, want []types.Field, depth int) (decoder, error) {
	read, place, err := recordFields(s, want, depth)
	if err != nil {
		return nil, err
	}
	return func(c *cursor) any {
		out := make([]any, len(want))
		for i, d := range read {
			if v := d(c); place[i] >= 0 {
				out[place[i]] = v
			}
		}
		return out
	}, nil
}

// recordFields are the decoders of a record's fields in order, and where in want each goes, -1: nowhere.
func recordFields(s *lib.RecordSchema, want []types.Field, depth int) (read []decoder, place []int, err error) {
	for _, f := range s.Fields() {
		at := -1
		for i, w := range want {
			if w.Name == f.Name() || at < 0 && strings.EqualFold(w.Name, f.Name()) {
				at = i
			}
		}
		var d decoder
		if at < 0 {
			d, err = natural(f.Type(), depth+1)
		} else {
			d, err = decoderOf(f.Type(), want[at].Type, depth+1)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
		read, place = append(read, d), append(place, at)
	}
	return read, place, nil
}

func unionDecoder(u *lib.UnionSchema, t types.Type, depth int) (decoder, error) {
	branches := u.Types()
	read := make([]decoder, len(branches))
	rest, _ := withoutNull(u)
	_, wide := widened(rest)
	members := len(rest) > 1 && !wide
	n := 0
	for i, b := range branches {
		if b.Type() == lib.Null {
			read[i] = func(*cursor) any { return nil }
			continue
		}
		want := t
		if members {
			if t.Kind() != types.Struct || len(t.Fields()) != len(rest) {
				return nil, fmt.Errorf("an Avro union of %d types cannot be read as %s", len(rest), t)
			}
			want = t.Fields()[n].Type
		}
		d, err := decoderOf(b, want, depth+1)
		if err != nil {
			return nil, err
		}
		if read[i] = d; members {
			read[i] = memberDecoder(d, n, len(rest))
		}
		n++
	}
	return func(c *cursor) any {
		i := c.long()
		if i < 0 || i >= int64(len(read)) {
			c.fail()
			return nil
		}
		return read[i](c)
	}, nil
}

func memberDecoder(d decoder, at, n int) decoder {
	return func(c *cursor) any {
		out := make([]any, n)
		out[at] = d(c)
		return out
	}
}

// scalarDecoder reads values of the type own as values of t; nil when that is not possible.
func scalarDecoder(s lib.Schema, own, t types.Type) decoder {
	switch k := t.Kind(); {
	case own.Kind() == types.Null:
		return func(*cursor) any { return nil }
	case own == t && k == types.Decimal:
		return decimalDecoder(s)
	case (own.Kind() == types.Timestamp || own.Kind() == types.TimestampNTZ) && own == t:
		scale := int64(1)
		if l := logical(s).Type(); l == lib.TimestampMillis || l == lib.LocalTimestampMillis {
			scale = 1000
		}
		return func(c *cursor) any { return c.long() * scale }
	case s.Type() == lib.Enum && t.IsString():
		return enumDecoder(s.(*lib.EnumSchema))
	case s.Type() == lib.Fixed && k == types.Binary:
		size := int64(s.(*lib.FixedSchema).Size())
		return func(c *cursor) any { return append([]byte{}, c.take(size)...) }
	case own.IsString() && t.IsString():
		return func(c *cursor) any { return string(c.bytes()) }
	}
	return numbers[[2]types.Kind{own.Kind(), t.Kind()}]
}

// numbers are the decoders by own and wanted type.
var numbers = map[[2]types.Kind]decoder{
	{types.Boolean, types.Boolean}: func(c *cursor) any { return c.bool() },
	{types.Int, types.Int}:         func(c *cursor) any { return int32(c.long()) },
	{types.Int, types.BigInt}:      func(c *cursor) any { return c.long() },
	{types.Int, types.Double}:      func(c *cursor) any { return float64(c.long()) },
	{types.Int, types.TinyInt}:     func(c *cursor) any { return int8(c.long()) },
	{types.Int, types.SmallInt}:    func(c *cursor) any { return int16(c.long()) },
	{types.BigInt, types.BigInt}:   func(c *cursor) any { return c.long() },
	{types.Float, types.Float}:     func(c *cursor) any { return c.float() },
	{types.Float, types.Double}:    func(c *cursor) any { return float64(c.float()) },
	{types.Double, types.Double}:   func(c *cursor) any { return c.double() },
	{types.Date, types.Date}:       func(c *cursor) any { return int32(c.long()) },
	{types.Binary, types.Binary}:   func(c *cursor) any { return append([]byte{}, c.bytes()...) },
}

func enumDecoder(s *lib.EnumSchema) decoder {
	symbols := s.Symbols()
	return func(c *cursor) any {
		i := c.long()
		if i < 0 || i >= int64(len(symbols)) {
			c.fail()
			return nil
		}
		return symbols[i]
	}
}

// decimalDecoder reads big-endian two's complement numbers, of a fixed size or behind their length.
func decimalDecoder(s lib.Schema) decoder {
	next := (*cursor).bytes
	if f, ok := s.(*lib.FixedSchema); ok {
		size := int64(f.Size())
		next = func(c *cursor) []byte { return c.take(size) }
	}
	return func(c *cursor) any {
		b := next(c)
		x := new(big.Int).SetBytes(b)
		if len(b) > 0 && b[0] >= 0x80 {
			x.Sub(x, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
		}
		v, ok := types.FromBig(x)
		if !ok {
			c.fail()
			return nil
		}
		return v
	}
}
