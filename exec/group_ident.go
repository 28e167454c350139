package exec

import (
	"encoding/binary"
	"math"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// keyIdent stands in for keys with strings, as long as these come with dictionaries: every distinct string gets a number,
// and the numbers and the other columns are packed, so that keys are compared as a few words.
type keyIdent struct {
	on    bool
	texts []*textNumbers // by column; nil: of fixed width
	keys  []packedKey    // by group
	rows  []packedKey    // scratch: of the batch's live rows
	flat  []*vec.Vec     // scratch
}

// packedKey is a key's columns one after the other, NULLs as zero; the last byte has a bit for each NULL.
type packedKey [32]byte

const maxIdentColumns = 8

// textNumbers numbers the strings of one column.
type textNumbers struct {
	known map[string]int32
	dict  *vec.Dict // the last one
	codes []int32   // by entry of dict; notNumbered: not met yet
	out   vec.Vec
}

const notNumbered = -1

// newKeyIdent decides for keys of the given types: they have to be strings and columns of fixed width, and to fit.
func newKeyIdent(ts []types.Type) keyIdent {
	id := keyIdent{texts: make([]*textNumbers, len(ts))}
	width := 0
	for c, t := range ts {
		id.flat = append(id.flat, &vec.Vec{Type: t})
		switch {
		case t.Kind() == types.String || t.Kind() == types.Binary:
			id.texts[c] = &textNumbers{known: map[string]int32{}, out: vec.Vec{Type: types.IntType}}
			id.on = true
			width += 4
		case t.Width() == 0 || t.Kind() == types.CalendarInterval:
			return keyIdent{}
		default:
			width += t.Width()
		}
	}
	id.on = id.on && len(ts) > 1 && len(ts) <= maxIdentColumns && width < len(packedKey{})
	return id
}

// reset forgets all keys.
func (id *keyIdent) reset() {
	id.keys = id.keys[:0]
	for _, x := range id.texts {
		if x != nil {
			clear(x.known)
			x.dict = nil
		}
	}
}

// pack packs the live rows. Strings without a dictionary end it for good; ok is false then.
func (id *keyIdent) pack(cols []*vec.Vec, sel []int32, rows int) (packed []packedKey, ok bool) {
	if !id.on {
		return nil, false
	}
	for c, v := range cols {
		if id.texts[c] != nil && v.Form == vec.Flat {
			*id = keyIdent{}
			return nil, false
		}
	}
	id.rows = grown(id.rows, rows)
	clear(id.rows)
	at := 0
	for c, v := range cols {
		if x := id.texts[c]; x != nil {
			v = x.number(v, sel, rows)
		} else {
			v = vec.Flatten(v, id.flat[c], sel)
		}
		id.column(v, sel, c, at)
		at += v.Type.Width()
	}
	return id.rows, true
}

// column packs column c, a Flat one, at byte at.
func (id *keyIdent) column(v *vec.Vec, sel []int32, c, at int) {
	set := id.setter(v, at)
	for k := range id.rows {
		if i := rowOf(sel, k); v.Valid == nil || vec.Bit(v.Valid, i) {
			set(&id.rows[k], i)
		} else {
			id.rows[k][len(packedKey{})-1] |= 1 << c
		}
	}
}

// setter puts a row's value into its key.
func (id *keyIdent) setter(v *vec.Vec, at int) func(p *packedKey, i int) {
	switch v.Type.Width() {
	case 1:
		return func(p *packedKey, i int) { p[at] = v.Fixed[i] }
	case 2:
		vals := fixed16(v)
		return func(p *packedKey, i int) { binary.LittleEndian.PutUint16(p[at:], vals[i]) }
	case 4:
		if v.Type.Kind() == types.Float {
			vals := vec.Values[float32](v)
			return func(p *packedKey, i int) {
				binary.LittleEndian.PutUint32(p[at:], math.Float32bits(float32(normal(float64(vals[i])))))
			}
		}
		vals := fixed32(v)
		return func(p *packedKey, i int) { binary.LittleEndian.PutUint32(p[at:], vals[i]) }
	case 8:
		if v.Type.Kind() == types.Double {
			vals := vec.Values[float64](v)
			return func(p *packedKey, i int) { binary.LittleEndian.PutUint64(p[at:], math.Float64bits(normal(vals[i]))) }
		}
		vals := vec.Values[uint64](v)
		return func(p *packedKey, i int) { binary.LittleEndian.PutUint64(p[at:], vals[i]) }
	}
	vals := vec.Values[types.Int128](v)
	return func(p *packedKey, i int) {
		binary.LittleEndian.PutUint64(p[at:], vals[i].Lo)
		binary.LittleEndian.PutUint64(p[at+8:], uint64(vals[i].Hi))
	}
}

// number gives the numbers of the live rows' strings as a Flat column.
func (x *textNumbers) number(v *vec.Vec, sel []int32, rows int) *vec.Vec {
	x.out.Reset(v.Len)
	out := vec.Values[int32](&x.out)
	if v.Form == vec.Const {
		n := int32(0)
		if v.IsNull(0) {
			x.out.SetValid(make([]uint64, vec.Words(max(1, v.Len))))
		} else {
			n = x.of(v.Bytes(0))
		}
		for i := range out {
			out[i] = n
		}
		return &x.out
	}
	x.prepare(v.Dict)
	if v.Valid != nil {
		x.out.SetValid(v.Valid)
	}
	for k := range rows {
		i := rowOf(sel, k)
		if v.Valid != nil && !vec.Bit(v.Valid, i) {
			continue
		}
		code := v.Codes[i]
		if x.codes[code] == notNumbered {
			if v.Dict.Vals.IsNull(int(code)) {
				x.out.SetNull(i)
				continue
			}
			x.codes[code] = x.of(v.Dict.Vals.Bytes(int(code)))
		}
		out[i] = x.codes[code]
	}
	return &x.out
}

func (x *textNumbers) prepare(d *vec.Dict) {
	if x.dict == d {
		return
	}
	x.dict = d
	x.codes = grown(x.codes, d.Vals.Len)
	for i := range x.codes {
		x.codes[i] = notNumbered
	}
}

func (x *textNumbers) of(s []byte) int32 {
	n, ok := x.known[string(s)]
	if !ok {
		n = int32(len(x.known))
		x.known[string(s)] = n
	}
	return n
}
