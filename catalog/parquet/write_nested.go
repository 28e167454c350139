package parquet

import (
	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// nested appends the rows sel (nil: 0..n-1) of a nested column: each leaf beneath gets for every row its levels, and
// the value where there is one.
func (s *shape) nested(v *vec.Vec, sel []int32, n int) error {
	if sel != nil {
		n = len(sel)
	}
	for i := range n {
		row := i
		if sel != nil {
			row = int(sel[i])
		}
		s.shred(v, row, 0, 0, 0)
		if err := s.flush(); err != nil {
			return err
		}
	}
	return nil
}

// flush ends the pages that are full: pages end with a row.
func (s *shape) flush() error {
	if s.leaf != nil {
		if s.leaf.full() {
			return s.leaf.flush()
		}
		return nil
	}
	for _, k := range s.kids {
		if err := k.flush(); err != nil {
			return err
		}
	}
	return nil
}

// shred appends row i of v. rep is the level at which the value repeats, lists the number of lists around it, def the
// level of what holds it.
func (s *shape) shred(v *vec.Vec, i, rep, lists, def int) {
	if v.IsNull(i) {
		s.missing(rep, def)
		return
	}
	if s.optional {
		def++
	}
	if s.leaf != nil {
		s.leaf.level(rep, def)
		s.leaf.one[0] = int32(i)
		s.leaf.append(v, s.leaf.one[:])
		return
	}
	v, i = v.At(i)
	if s.typ.Kind() == types.Struct {
		if v.Form == vec.Const {
			i = 0
		}
		for k, kid := range s.kids {
			kid.shred(v.Kids[k], i, rep, lists, def)
		}
		return
	}
	lo, hi := v.Range(i)
	if lo == hi {
		for _, kid := range s.kids {
			kid.missing(rep, def)
		}
		return
	}
	for k, kid := range s.kids {
		r := rep
		for e := lo; e < hi; e++ {
			kid.shred(v.Kids[k], e, r, lists+1, def+1)
			r = lists + 1
		}
	}
}

// missing appends a place without a value to every leaf.
func (s *shape) missing(rep, def int) {
	if s.leaf != nil {
		s.leaf.level(rep, def)
		return
	}
	for _, k := range s.kids {
		k.missing(rep, def)
	}
}
