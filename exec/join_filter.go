package exec

import (
	"sparksql/catalog"
	"sparksql/exec/mem"
	"sparksql/exec/vec"
)

// setFilters tells the probe side's scans what the build side has.
func (j *HashJoin) setFilters() {
	for k, f := range j.node.Filters { // Filters[k], where there is one, belongs to Keys[k]
		if f != nil && !j.nullSafe[k] && !j.looseNulls && f.Col.Type == j.types[j.keyCols[k]] {
			f.Bounds.Store(j.table.bounds(k))
		}
	}
}

// bounds are what the table knows of key k.
func (jt *joinTable) bounds(k int) *catalog.Bounds {
	b := &catalog.Bounds{Empty: jt.n == 0}
	if b.Empty {
		return b
	}
	var lo, hi *vec.Vec
	var at, end int
	for _, c := range jt.rows.Chunks() {
		v := c.Cols[jt.keys[k]]
		if v.Type.IsNested() {
			return b
		}
		for i := range c.N {
			if v.IsNull(i) {
				continue
			}
			if lo == nil {
				lo, hi, at, end = v, v, i, i
				continue
			}
			if vec.Compare(v, i, lo, at) < 0 {
				lo, at = v, i
			} else if vec.Compare(v, i, hi, end) > 0 {
				hi, end = v, i
			}
		}
	}
	if lo != nil {
		b.Min, b.Max = lo.Value(at), hi.Value(end)
	}
	if len(jt.keys) == 1 {
		b.Has = jt.has()
	}
	return b
}

// has tells whether a value is among the keys of a table of one key; safe for concurrent use.
func (jt *joinTable) has() func(v *vec.Vec, i int) bool {
	word := func(v *vec.Vec, i int) uint64 {
		var w [1]uint64
		one := vec.Vec{Type: v.Type, Len: 1, Form: vec.Const, Fixed: v.Fixed[i*v.Type.Width():]}
		packKeys([]*vec.Vec{&one}, nil, 1, w[:])
		return w[0]
	}
	switch jt.mode {
	case denseKeys:
		return func(v *vec.Vec, i int) bool {
			if v.IsNull(i) {
				return false
			}
			v, i = v.At(i)
			k := word(v, i) - uint64(jt.min)
			return k < uint64(len(jt.head)) && jt.head[k] != mem.NoRow
		}
	case packedKeys:
		return func(v *vec.Vec, i int) bool {
			if v.IsNull(i) {
				return false
			}
			v, i = v.At(i)
			w := word(v, i)
			d := jt.dir[mixKey(w)>>jt.shift]
			return d>>32&(1<<(mixKey(w)&31)) != 0 && jt.holds(d, w)
		}
	case hashedKeys:
		return func(v *vec.Vec, i int) bool {
			if v.IsNull(i) {
				return false
			}
			var h [1]uint64
			vec.Hash(v, []int32{int32(i)}, 1, h[:])
			d := jt.dir[h[0]>>jt.shift]
			return d>>32&(1<<(h[0]&31)) != 0 && jt.holds(d, h[0])
		}
	}
	return nil
}
