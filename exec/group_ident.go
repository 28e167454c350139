package exec

import (
	"encoding/binary"
	"math"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// keyIdent holds keys with strings, as long as these come with dictionaries: every distinct string gets a number, and the
// numbers and the other columns are packed, so that keys are compared, kept and moved as a few words.
type keyIdent struct {
	on    bool
	texts []*textNumbers // by column; nil: of fixed width
	at    []int          // by column: its first byte in a key
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
	vals  *vec.Dict // the strings by number. Until they are forgotten it grows: no other may look at it before
	dict  *vec.Dict // of the batch before
	codes []int32   // by entry of dict; notNumbered: not met yet
	out   vec.Vec
}

const notNumbered = -1

// maxTexts is the number of strings of a column after which their numbers are forgotten when a table is emptied.
const maxTexts = 1 << 16

func newTextNumbers(t types.Type) *textNumbers {
	return &textNumbers{known: map[string]int32{}, vals: vec.NewDict(vec.New(t, 0)), out: vec.Vec{Type: types.IntType}}
}

// newKeyIdent decides for keys of the given types: they have to be strings and columns of fixed width, and to fit.
func newKeyIdent(ts []types.Type) keyIdent {
	id := keyIdent{texts: make([]*textNumbers, len(ts))}
	width := 0
	for c, t := range ts {
		id.flat, id.at = append(id.flat, &vec.Vec{Type: t}), append(id.at, width)
		switch {
		case t.Kind() == types.String || t.Kind() == types.Binary:
			id.texts[c] = newTextNumbers(t)
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

// forget forgets the numbers of strings where there are more than so many, and gives the memory of these.
func (id *keyIdent) forget(most int) (freed int64) {
	for c, x := range id.texts {
		if x != nil && len(x.known) > most {
			freed += x.vals.Vals.Size()
			id.texts[c] = newTextNumbers(x.vals.Vals.Type)
		}
	}
	return freed
}

// bytes is the memory held.
func (id *keyIdent) bytes() int64 {
	n := int64(cap(id.keys) * len(packedKey{}))
	for _, x := range id.texts {
		if x != nil {
			n += 2*x.vals.Vals.Size() + int64(len(x.known))*32
		}
	}
	return n
}

// fits tells whether the columns can be packed: strings have to have a dictionary.
func (id *keyIdent) fits(cols []*vec.Vec) bool {
	for c, v := range cols {
		if id.texts[c] != nil && v.Form == vec.Flat {
			return false
		}
	}
	return true
}

// pack packs the live rows.
func (id *keyIdent) pack(cols []*vec.Vec, sel []int32, rows int) []packedKey {
	id.rows = grown(id.rows, rows)
	clear(id.rows)
	for c, v := range cols {
		if x := id.texts[c]; x != nil {
			v = x.number(v, sel, rows)
		} else {
			v = vec.Flatten(v, id.flat[c], sel)
		}
		id.column(v, sel, c, id.at[c])
	}
	return id.rows
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
		n = int32(x.vals.Vals.Extend(1))
		x.vals.Vals.SetBytes(int(n), s)
		x.known[string(s)] = n
	}
	return n
}

// take makes out, which is empty, column c of the groups' keys: of strings a Coded one.
func (id *keyIdent) take(c int, groups []int32, out *vec.Vec) {
	at := id.at[c]
	if x := id.texts[c]; x != nil {
		if x.vals.Vals.Len == 0 {
			x.of(nil) // codes of NULLs have to lie within the dictionary
		}
		takeFixed(id.keys, groups, out.ResetCoded(x.vals, len(groups)), func(p *packedKey) int32 { return int32(binary.LittleEndian.Uint32(p[at:])) })
	} else {
		id.takeValues(at, groups, out)
	}
	for k, g := range groups {
		if id.keys[g][len(packedKey{})-1]>>c&1 != 0 {
			out.SetNull(k)
		}
	}
}

// takeValues makes out the values of fixed width at byte at of the groups' keys.
func (id *keyIdent) takeValues(at int, groups []int32, out *vec.Vec) {
	out.Extend(len(groups))
	switch out.Type.Width() {
	case 1:
		takeFixed(id.keys, groups, vec.Values[uint8](out), func(p *packedKey) uint8 { return p[at] })
	case 2:
		takeFixed(id.keys, groups, fixed16(out), func(p *packedKey) uint16 { return binary.LittleEndian.Uint16(p[at:]) })
	case 4:
		takeFixed(id.keys, groups, fixed32(out), func(p *packedKey) uint32 { return binary.LittleEndian.Uint32(p[at:]) })
	case 8:
		takeFixed(id.keys, groups, vec.Values[uint64](out), func(p *packedKey) uint64 { return binary.LittleEndian.Uint64(p[at:]) })
	case 16:
		takeFixed(id.keys, groups, vec.Values[types.Int128](out), func(p *packedKey) types.Int128 {
			return types.Int128{Lo: binary.LittleEndian.Uint64(p[at:]), Hi: int64(binary.LittleEndian.Uint64(p[at+8:]))}
		})
	}
}

func takeFixed[T any](keys []packedKey, groups []int32, out []T, get func(p *packedKey) T) {
	for k, g := range groups {
		out[k] = get(&keys[g])
	}
}
