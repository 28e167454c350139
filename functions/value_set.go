package functions

import (
	"math"

	"sparksql/exec/vec"
)

// valueSet finds the entries that groups have for values: open addressing over slots of 64 bits, the upper half of
// the hash and the entry's number plus one. The values of the entries are columns of whoever uses it.
type valueSet struct {
	slots  []uint64
	owner  []int32  // by entry: the group; -1: forgotten
	hashes []uint64 // by entry

	// of the rows that are looked for
	kept  *vec.Vec
	in    *vec.Vec
	flat  vec.Vec
	known int     // entries that are in kept
	added []int32 // rows of the entries after those
	h     []uint64
}

// begin prepares for finding rows of v; kept are the values of the entries so far.
func (s *valueSet) begin(kept, v *vec.Vec, rows, groups []int32) {
	if v.Form == vec.Coded && v.Type.IsNested() {
		s.flat.Type = v.Type
		v = vec.Flatten(v, &s.flat, rows)
	}
	s.kept, s.in, s.known, s.added = kept, v, len(s.owner), s.added[:0]
	if cap(s.h) < len(groups) {
		s.h = make([]uint64, len(groups)+len(groups)/4)
	}
	s.h = s.h[:len(groups)]
	clear(s.h)
	vec.Hash(v, rows, len(groups), s.h)
	for k, g := range groups {
		s.h[k] = vec.Mix(s.h[k] + uint64(uint32(g))*0x9E3779B97F4A7C15)
	}
	size := max(64, len(s.slots))
	for size < 2*(len(s.owner)+len(groups)) {
		size *= 2
	}
	if size > len(s.slots) {
		s.place(size)
	}
}

func (s *valueSet) place(size int) {
	s.slots = make([]uint64, size)
	mask := uint64(size - 1)
	for e, h := range s.hashes {
		if s.owner[e] < 0 {
			continue
		}
		i := h & mask
		for s.slots[i] != 0 {
			i = (i + 1) & mask
		}
		s.slots[i] = h&^math.MaxUint32 | uint64(e+1)
	}
}

// find gives the entry of group g with the value of a row, whose hash is h; one that is new gets the next number.
func (s *valueSet) find(g int32, row int, h uint64) (entry int32, found bool) {
	mask, tagged := uint64(len(s.slots)-1), h&^math.MaxUint32
	for i := h & mask; ; i = (i + 1) & mask {
		x := s.slots[i]
		if x == 0 {
			s.owner, s.hashes, s.added = append(s.owner, g), append(s.hashes, h), append(s.added, int32(row))
			s.slots[i] = tagged | uint64(len(s.owner))
			return int32(len(s.owner) - 1), false
		}
		if x&^math.MaxUint32 == tagged {
			if e := int32(uint32(x)) - 1; s.owner[e] == g && s.equal(int(e), row) {
				return e, true
			}
		}
	}
}

func (s *valueSet) equal(e, row int) bool {
	if e >= s.known {
		return vec.Equal(s.in, int(s.added[e-s.known]), s.in, row)
	}
	return vec.Equal(s.kept, e, s.in, row)
}

// forget removes entries; their numbers are not used again.
func (s *valueSet) forget(entries []int32) {
	for _, e := range entries {
		s.owner[e] = -1
	}
}

// renumber makes the entries old[0], old[1], ... the entries 0, 1, ... and drops the others.
func (s *valueSet) renumber(old []int32) {
	owner, hashes := make([]int32, len(old)), make([]uint64, len(old))
	for k, e := range old {
		owner[k], hashes[k] = s.owner[e], s.hashes[e]
	}
	s.owner, s.hashes = owner, hashes
	s.place(len(s.slots))
}

// reset removes all entries; a set that was large gives its slots back.
func (s *valueSet) reset() {
	if len(s.slots) > 8*len(s.owner)+64 {
		s.slots = nil
	}
	clear(s.slots)
	s.owner, s.hashes = s.owner[:0], s.hashes[:0]
}

func (s *valueSet) bytes() int64 { return 8*int64(len(s.slots)+cap(s.hashes)) + 4*int64(cap(s.owner)) }
