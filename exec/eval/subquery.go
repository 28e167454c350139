package eval

import (
	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// inSet is the rows of an uncorrelated IN subquery, to be looked up.
type inSet struct {
	rows  *vec.Vec
	find  map[uint64][]int32
	null  bool // one of the rows has a NULL
	kids  []*node
	flat  []*vec.Vec
	pair  vec.Vec
	out   vec.Vec
	hash  []uint64
	wide  bool // several columns: rows is a struct
	typed types.Type
}

// inSubquery is needle IN (query), three-valued.
func (c *compiler) inSubquery(e *expr.Subquery) (*node, error) {
	rows, err := c.slots.Column(e)
	if err != nil {
		return nil, errs.At(err, e.At)
	}
	if rows == nil {
		return nil, errs.Unsupported(e.At, "IN subquery in this place")
	}
	kids, _, err := c.kidsOf(e.Needle)
	if err != nil {
		return nil, err
	}
	n := &node{typ: types.BooleanType, kids: kids}
	n.sum(udfs.Deterministic)
	n.strict, n.dictable = false, n.dictable && len(kids) == 1
	x := &inSet{rows: rows, find: map[uint64][]int32{}, kids: kids, wide: len(kids) > 1, out: vec.Vec{Type: types.BooleanType}}
	h := make([]uint64, rows.Len)
	vec.Hash(rows, nil, rows.Len, h)
	for i := range rows.Len {
		if x.hasNull(rows, i) {
			x.null = true
			continue
		}
		x.find[h[i]] = append(x.find[h[i]], int32(i))
	}
	for _, k := range kids {
		x.flat = append(x.flat, &vec.Vec{Type: k.typ})
	}
	n.do = x.eval
	return n, nil
}

// hasNull tells whether row i, or one of its fields where the subquery has several columns, is NULL.
func (x *inSet) hasNull(v *vec.Vec, i int) bool {
	if v.IsNull(i) {
		return true
	}
	if x.wide {
		for _, k := range v.Kids {
			if k.IsNull(i) {
				return true
			}
		}
	}
	return false
}

func (x *inSet) eval(r *run, s *scope) (*vec.Vec, error) {
	needle := &x.pair
	needle.Kids = needle.Kids[:0]
	for i, k := range x.kids {
		v, err := r.eval(k, s)
		if err != nil {
			return nil, err
		}
		if k.constant {
			v = k.fold.expand(r.n)
		}
		needle.Kids = append(needle.Kids, vec.Flatten(v, x.flat[i], s.sel))
	}
	if x.wide {
		needle.Type, needle.Len = x.rows.Type, r.n
	} else {
		needle = needle.Kids[0]
	}
	if n := s.rows(); cap(x.hash) < n {
		x.hash = make([]uint64, n)
	}
	h := x.hash[:s.rows()]
	clear(h)
	vec.Hash(needle, s.sel, r.n, h)
	x.out.Reset(r.n)
	for k := range h {
		i := k
		if s.sel != nil {
			i = int(s.sel[k])
		}
		x.out.Fixed[i] = 0
		switch {
		case x.rows.Len == 0:
		case x.hasNull(needle, i):
			x.out.SetNull(i)
		case x.has(needle, i, h[k]):
			x.out.Fixed[i] = 1
		case x.null:
			x.out.SetNull(i)
		}
	}
	return &x.out, nil
}

func (x *inSet) has(v *vec.Vec, i int, h uint64) bool {
	for _, j := range x.find[h] {
		if vec.Equal(v, i, x.rows, int(j)) {
			return true
		}
	}
	return false
}
