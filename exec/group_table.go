package exec

import (
	"math"
	"slices"
	"unsafe"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// keyMode is how a groupTable keeps its keys.
type keyMode uint8

const (
	oneWord   keyMode = iota // one column of 8 bytes
	packWord                 // all columns and their NULL bits in 8 bytes
	packWords                // in 16 bytes
	anyKeys                  // columns, compared one by one
)

// groupTable numbers the distinct keys that it meets: 0, 1, 2, ... It is open addressing over slots of 64 bits: the
// upper half of the hash, and the group's number plus one.
type groupTable struct {
	types  []types.Type
	mode   keyMode
	n      int
	slots  []uint64
	mask   uint64
	hashes []uint64
	words  []uint64     // oneWord, packWord: by group
	pairs  [][2]uint64  // packWords
	ident  keyIdent     // anyKeys: while it is on
	keys   []*vec.Vec   // anyKeys: else
	dense  denseGroups  // oneWord, packWord
	null   int32        // oneWord: the group of NULL, -1 none
	flat   []*vec.Vec   // scratch
	h      []uint64     // scratch: hashes of the batch
	w      []uint64     // scratch: packed keys
	p      [][2]uint64  //
	ins    []*vec.Vec   // scratch: the batch's keys
	known  int          // groups before the batch
	added  []int32      // rows of the batch's new groups
	lut    codeTable    // groups by dictionary codes
	fresh  []freshGroup // where groups first appeared, while they are few
}

// freshGroup is the place of a group's first row.
type freshGroup struct {
	seq uint64
	row int64
}

func (f freshGroup) before(g freshGroup) bool {
	return f.seq < g.seq || f.seq == g.seq && f.row < g.row
}

// orderedGroups is the number of groups up to which the order of first appearance is kept.
const orderedGroups = 1 << 16

func newGroupTable(ts []types.Type) *groupTable {
	t := &groupTable{types: ts, null: -1}
	if t.mode = packing(ts); t.mode == anyKeys {
		t.ident = newKeyIdent(ts)
	}
	for _, ty := range ts {
		t.flat = append(t.flat, &vec.Vec{Type: ty})
	}
	t.ins = make([]*vec.Vec, len(ts))
	t.reset()
	return t
}

// packing finds the densest mode for keys of the given types.
func packing(ts []types.Type) keyMode {
	width := 0
	for _, ty := range ts {
		if ty.Width() == 0 || ty.Kind() == types.CalendarInterval {
			return anyKeys
		}
		width += ty.Width()
	}
	switch {
	case len(ts) == 1 && width == 8:
		return oneWord
	case len(ts) <= 8 && width+1 <= 8:
		return packWord
	case len(ts) <= 8 && width+1 <= 16:
		return packWords
	}
	return anyKeys
}

// reset forgets all groups, keeping buffers, and the numbers of strings.
func (t *groupTable) reset() {
	t.n, t.null = 0, -1
	t.hashes, t.words, t.pairs, t.fresh = t.hashes[:0], t.words[:0], t.pairs[:0], t.fresh[:0]
	t.dense.groups = t.dense.groups[:0]
	if t.slots == nil {
		t.resize(256)
	} else {
		clear(t.slots)
	}
	t.lut.reset()
	if t.mode == anyKeys {
		if t.keys == nil {
			for _, ty := range t.types {
				t.keys = append(t.keys, vec.New(ty, 0))
			}
		}
		for _, k := range t.keys {
			k.Reset(0)
		}
		t.ident.keys = t.ident.keys[:0]
	}
}

func (t *groupTable) resize(size int) {
	t.slots = make([]uint64, size)
	t.mask = uint64(size - 1)
	more := size/2 - t.n // the groups that there will be room for: they grow at once, not step by step
	t.hashes = slices.Grow(t.hashes, more)
	switch {
	case t.mode == oneWord || t.mode == packWord:
		t.words = slices.Grow(t.words, more)
	case t.mode == packWords:
		t.pairs = slices.Grow(t.pairs, more)
	case t.ident.on:
		t.ident.keys = slices.Grow(t.ident.keys, more)
	}
	for g, h := range t.hashes {
		i := h & t.mask
		for t.slots[i] != 0 {
			i = (i + 1) & t.mask
		}
		t.slots[i] = h&^math.MaxUint32 | uint64(g+1)
	}
	if t.mode == oneWord || t.mode == packWord {
		t.dense.widen(t.words, t.null)
	}
}

// bytes is the memory held.
func (t *groupTable) bytes() int64 {
	n := int64(cap(t.slots)+cap(t.hashes)+cap(t.words))*8 + int64(cap(t.pairs))*16 + int64(cap(t.fresh))*16 + int64(cap(t.dense.groups))*4
	for _, k := range t.keys {
		n += k.Size()
	}
	return n + t.ident.bytes()
}

// find gives each live row its group: groups[k] is that of the k-th. New keys become new groups.
func (t *groupTable) find(cols []*vec.Vec, sel []int32, n int, seq uint64, groups []int32) {
	rows := n
	if sel != nil {
		rows = len(sel)
	}
	if rows == 0 {
		return
	}
	if t.lut.prepare(cols, rows) {
		t.findCodes(cols, sel, rows, seq, groups)
		return
	}
	t.findValues(cols, sel, n, rows, seq, groups)
}

func (t *groupTable) findValues(cols []*vec.Vec, sel []int32, n, rows int, seq uint64, groups []int32) {
	for len(t.slots) < 2*(t.n+rows) {
		t.resize(2 * len(t.slots))
	}
	old := t.n
	switch t.mode {
	case oneWord:
		t.findWord(cols[0], sel, rows, groups)
	case packWord:
		t.w = grown(t.w, rows)
		t.pack(cols, sel, rows)
		for k := range t.w {
			t.w[k] = t.p[k][0]
		}
		t.findWords(rows, groups)
	case packWords:
		t.pack(cols, sel, rows)
		t.findPairs(rows, groups)
	default:
		t.findAny(cols, sel, n, rows, groups)
	}
	if t.n > old && old < orderedGroups {
		t.noteFresh(sel, rows, seq, groups)
	}
}

// noteFresh keeps where the batch's new groups were first seen.
func (t *groupTable) noteFresh(sel []int32, rows int, seq uint64, groups []int32) {
	for k := range rows {
		if int(groups[k]) == len(t.fresh) {
			i := k
			if sel != nil {
				i = int(sel[k])
			}
			t.fresh = append(t.fresh, freshGroup{seq, int64(i)})
		}
	}
}

func grown[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/4)
	}
	return s[:n]
}

func (t *groupTable) findWord(v *vec.Vec, sel []int32, rows int, groups []int32) {
	v = vec.Flatten(v, t.flat[0], sel)
	t.w = grown(t.w, rows)
	if v.Type.Kind() == types.Double {
		vals := vec.Values[float64](v)
		for k := range t.w {
			t.w[k] = math.Float64bits(normal(vals[rowOf(sel, k)]))
		}
	} else {
		vals := vec.Values[uint64](v)
		if sel == nil {
			copy(t.w, vals[:rows])
		} else {
			for k, i := range sel {
				t.w[k] = vals[i]
			}
		}
	}
	if v.Valid == nil {
		t.findWords(rows, groups)
		return
	}
	for k, x := range t.w[:rows] {
		if vec.Bit(v.Valid, rowOf(sel, k)) {
			groups[k] = t.word(x)
			continue
		}
		if t.null < 0 {
			t.null = int32(t.n)
			t.add(nullHash)
			t.words = append(t.words, 0)
		}
		groups[k] = t.null
	}
}

// nullHash is the hash of a single NULL key; it has no slot.
const nullHash = 0x6A09E667F3BCC908

func rowOf(sel []int32, k int) int {
	if sel == nil {
		return k
	}
	return int(sel[k])
}

func normal(x float64) float64 {
	if x == 0 {
		return 0
	}
	if x != x {
		return math.NaN()
	}
	return x
}

// add makes a new group, whose key the caller appends.
func (t *groupTable) add(hash uint64) {
	t.hashes = append(t.hashes, hash)
	t.n++
}

func (t *groupTable) findWords(rows int, groups []int32) {
	if len(t.dense.groups) > 0 {
		t.dense.find(t, t.w[:rows], groups)
		return
	}
	words := t.w[:rows]
	for k, x := range words {
		if k > 0 && x == words[k-1] { // rows of a key often follow each other
			groups[k] = groups[k-1]
			continue
		}
		groups[k] = t.word(x)
	}
}

// word is the group of a packed key.
func (t *groupTable) word(x uint64) int32 {
	h := vec.Mix(x)
	tag := h &^ math.MaxUint32
	for i := h & t.mask; ; i = (i + 1) & t.mask {
		s := t.slots[i]
		if s == 0 {
			t.add(h)
			t.words = append(t.words, x)
			t.slots[i] = tag | uint64(t.n)
			return int32(t.n - 1)
		}
		if s&^math.MaxUint32 == tag {
			if g := int32(uint32(s)) - 1; t.words[g] == x {
				return g
			}
		}
	}
}

func (t *groupTable) findPairs(rows int, groups []int32) {
	for k := range groups[:rows] {
		x := t.p[k]
		h := vec.Mix(vec.Mix(x[0]) ^ x[1])
		tag := h &^ math.MaxUint32
		for i := h & t.mask; ; i = (i + 1) & t.mask {
			s := t.slots[i]
			if s == 0 {
				t.add(h)
				t.pairs = append(t.pairs, x)
				t.slots[i] = tag | uint64(t.n)
				groups[k] = int32(t.n - 1)
				break
			}
			if s&^math.MaxUint32 == tag {
				if g := int32(uint32(s)) - 1; t.pairs[g] == x {
					groups[k] = g
					break
				}
			}
		}
	}
}

func (t *groupTable) findAny(cols []*vec.Vec, sel []int32, n, rows int, groups []int32) {
	t.h = grown(t.h, rows)
	clear(t.h)
	for c, v := range cols {
		if v.Form == vec.Coded && v.Type.IsNested() {
			v = vec.Flatten(v, t.flat[c], sel)
		}
		t.ins[c] = v
		vec.Hash(v, sel, n, t.h)
	}
	if t.ident.on && t.ident.fits(cols) {
		t.findPacked(t.ident.pack(cols, sel, rows), groups)
		return
	}
	if t.ident.on {
		t.unpack()
	}
	t.known, t.added = t.n, t.added[:0]
	t.findEqual(sel, groups)
	if len(t.added) > 0 {
		for c, v := range t.ins {
			vec.AppendRows(t.keys[c], v, t.added, 0)
			normalFrom(t.keys[c], t.known)
		}
	}
}

// unpack makes columns of packed keys, for good.
func (t *groupTable) unpack() {
	all := make([]int32, t.n)
	for i := range all {
		all[i] = int32(i)
	}
	for c, k := range t.keys {
		packed := vec.New(t.types[c], 0)
		t.ident.take(c, all, packed)
		vec.AppendRows(k, packed, nil, t.n)
	}
	t.ident = keyIdent{}
}

// findPacked finds the groups by t.h and the keys as t.ident packed them.
func (t *groupTable) findPacked(packed []packedKey, groups []int32) {
	for k, h := range t.h {
		x := &packed[k]
		tag := h &^ math.MaxUint32
		for i := h & t.mask; ; i = (i + 1) & t.mask {
			s := t.slots[i]
			if s == 0 {
				t.add(h)
				t.ident.keys = append(t.ident.keys, *x)
				t.slots[i] = tag | uint64(t.n)
				groups[k] = int32(t.n - 1)
				break
			}
			if s&^math.MaxUint32 == tag {
				if g := int32(uint32(s)) - 1; t.ident.keys[g] == *x {
					groups[k] = g
					break
				}
			}
		}
	}
}

// findEqual finds the groups by t.h and the keys in t.ins.
func (t *groupTable) findEqual(sel []int32, groups []int32) {
	for k, h := range t.h {
		row := rowOf(sel, k)
		tag := h &^ math.MaxUint32
		for i := h & t.mask; ; i = (i + 1) & t.mask {
			s := t.slots[i]
			if s == 0 {
				t.add(h)
				t.added = append(t.added, int32(row))
				t.slots[i] = tag | uint64(t.n)
				groups[k] = int32(t.n - 1)
				break
			}
			if s&^math.MaxUint32 == tag {
				if g := int32(uint32(s)) - 1; t.equal(int(g), row) {
					groups[k] = g
					break
				}
			}
		}
	}
}

// normalFrom makes -0.0 to 0.0 in the rows from at on.
func normalFrom(v *vec.Vec, at int) {
	switch v.Type.Kind() {
	case types.Float:
		for i, x := range vec.Values[float32](v)[at:] {
			vec.Values[float32](v)[at+i] = float32(normal(float64(x)))
		}
	case types.Double:
		for i, x := range vec.Values[float64](v)[at:] {
			vec.Values[float64](v)[at+i] = normal(x)
		}
	}
}

// equal compares a group with a row of the batch; the batch's new groups are rows of it themselves.
func (t *groupTable) equal(g, row int) bool {
	if g >= t.known {
		other := int(t.added[g-t.known])
		for _, v := range t.ins {
			if !vec.Equal(v, other, v, row) {
				return false
			}
		}
		return true
	}
	for c, v := range t.ins {
		if !vec.Equal(t.keys[c], g, v, row) {
			return false
		}
	}
	return true
}

// pack puts the keys of live rows into t.p: the columns from the lowest byte on, NULLs as zero, and a byte of NULL bits
// in the last one that is used.
func (t *groupTable) pack(cols []*vec.Vec, sel []int32, rows int) {
	t.p = grown(t.p, rows)
	clear(t.p)
	at := 0
	for c, v := range cols {
		v = vec.Flatten(v, t.flat[c], sel)
		w := t.types[c].Width()
		switch w {
		case 1:
			packFixed(t.p, vec.Values[uint8](v), v.Valid, sel, at)
		case 2:
			packFixed(t.p, fixed16(v), v.Valid, sel, at)
		case 4:
			if v.Type.Kind() == types.Float {
				t.packFloats(v, sel, at)
			} else {
				packFixed(t.p, fixed32(v), v.Valid, sel, at)
			}
		case 8:
			if v.Type.Kind() == types.Double {
				t.packDoubles(v, sel, at)
			} else {
				packFixed(t.p, vec.Values[uint64](v), v.Valid, sel, at)
			}
		}
		if v.Valid != nil {
			bit := uint64(1) << c
			for k := range t.p {
				if !vec.Bit(v.Valid, rowOf(sel, k)) {
					if t.mode == packWord {
						t.p[k][0] |= bit << 56
					} else {
						t.p[k][1] |= bit << 56
					}
				}
			}
		}
		at += w
	}
}

func fixed16(v *vec.Vec) []uint16 {
	s := vec.Values[int16](v)
	return unsafe.Slice((*uint16)(unsafe.Pointer(unsafe.SliceData(s))), len(s))
}

func fixed32(v *vec.Vec) []uint32 {
	s := vec.Values[int32](v)
	return unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(s))), len(s))
}

// put adds the bits x of a column that starts at byte at.
func put(p *[2]uint64, x uint64, at int) {
	if at < 8 {
		p[0] |= x << (8 * at)
		if at > 0 {
			p[1] |= x >> (64 - 8*at)
		}
		return
	}
	p[1] |= x << (8 * (at - 8))
}

func packFixed[T uint8 | uint16 | uint32 | uint64](p [][2]uint64, vals []T, valid []uint64, sel []int32, at int) {
	for k := range p {
		i := k
		if sel != nil {
			i = int(sel[k])
		}
		if valid == nil || vec.Bit(valid, i) {
			put(&p[k], uint64(vals[i]), at)
		}
	}
}

func (t *groupTable) packFloats(v *vec.Vec, sel []int32, at int) {
	vals := vec.Values[float32](v)
	for k := range t.p {
		if i := rowOf(sel, k); v.Valid == nil || vec.Bit(v.Valid, i) {
			put(&t.p[k], uint64(math.Float32bits(float32(normal(float64(vals[i]))))), at)
		}
	}
}

func (t *groupTable) packDoubles(v *vec.Vec, sel []int32, at int) {
	vals := vec.Values[float64](v)
	for k := range t.p {
		if i := rowOf(sel, k); v.Valid == nil || vec.Bit(v.Valid, i) {
			put(&t.p[k], math.Float64bits(normal(vals[i])), at)
		}
	}
}

// hash gives the hashes that n keys have in the table, lent until its next use.
func (t *groupTable) hash(cols []*vec.Vec, n int) []uint64 {
	t.h = grown(t.h, n)
	switch t.mode {
	case oneWord:
		vals := vec.Values[uint64](cols[0])
		for k := range t.h {
			if t.h[k] = vec.Mix(vals[k]); cols[0].IsNull(k) {
				t.h[k] = nullHash
			}
		}
	case packWord, packWords:
		t.pack(cols, nil, n)
		for k, x := range t.p {
			if t.h[k] = vec.Mix(x[0]); t.mode == packWords {
				t.h[k] = vec.Mix(t.h[k] ^ x[1])
			}
		}
	default:
		clear(t.h)
		for _, v := range cols {
			vec.Hash(v, nil, n, t.h)
		}
	}
	return t.h
}

// takeKeys makes columns, which are empty, the keys of groups. Strings may be Coded: their dictionary is complete when the
// table has forgotten their numbers, or is not used any more.
func (t *groupTable) takeKeys(groups []int32, out []*vec.Vec) {
	switch {
	case t.ident.on:
		for c := range out {
			t.ident.take(c, groups, out[c])
		}
		return
	case t.mode == anyKeys:
		for c := range out {
			vec.AppendRows(out[c], t.keys[c], groups, 0)
		}
		return
	}
	at := 0
	for c, v := range out {
		w := t.types[c].Width()
		base := v.Extend(len(groups))
		switch w {
		case 1:
			takePart(t, vec.Values[uint8](v)[base:], v, groups, base, c, at)
		case 2:
			takePart(t, vec.Values[int16](v)[base:], v, groups, base, c, at)
		case 4:
			takePart(t, vec.Values[int32](v)[base:], v, groups, base, c, at)
		case 8:
			takePart(t, vec.Values[int64](v)[base:], v, groups, base, c, at)
		}
		at += w
	}
}

// takePart sets out to column c, at byte at, of the keys of groups; v is the column of out, whose rows from base they are.
func takePart[T uint8 | int16 | int32 | int64](t *groupTable, out []T, v *vec.Vec, groups []int32, base, c, at int) {
	switch {
	case t.mode == oneWord:
		for k, g := range groups {
			out[k] = T(t.words[g])
		}
	case t.mode == packWord:
		for k, g := range groups {
			out[k] = T(t.words[g] >> (8 * at))
		}
	case at == 0:
		for k, g := range groups {
			out[k] = T(t.pairs[g][0])
		}
	case at >= 8:
		for k, g := range groups {
			out[k] = T(t.pairs[g][1] >> (8 * (at - 8)))
		}
	default:
		for k, g := range groups {
			p := &t.pairs[g]
			out[k] = T(p[0]>>(8*at) | p[1]<<(64-8*at))
		}
	}
	for k, g := range groups {
		if t.nullPart(int(g), c) {
			v.SetNull(base + k)
		}
	}
}

// nullPart tells whether column c of a group's key is NULL.
func (t *groupTable) nullPart(g, c int) bool {
	switch t.mode {
	case oneWord:
		return int32(g) == t.null
	case packWord:
		return t.words[g]>>(56+c)&1 != 0
	}
	return t.pairs[g][1]>>(56+c)&1 != 0
}
