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
	b.Min, b.Max = extremes(jt.rows, jt.keys[k])
	if len(jt.keys) == 1 {
		b.Has = jt.has()
	}
	return b
}

// extremes are the smallest and the largest value of a column, nil for types whose words do not order them.
func extremes(rows *mem.Rows, col int) (lo, hi any) {
	var low, high *vec.Vec
	var at, end int
	var least, most uint64
	var words [mem.ChunkRows]uint64
	for _, c := range rows.Chunks() {
		v := c.Cols[col]
		exact := orderWords(v, nil, c.N, words[:], 0)
		if !exact && !isText(v.Type.Kind()) {
			return nil, nil
		}
		for i, w := range words[:c.N] {
			if v.IsNull(i) {
				continue
			}
			if low == nil {
				low, high, at, end, least, most = v, v, i, i, w, w
				continue
			}
			if w < least || !exact && w == least && vec.Compare(v, i, low, at) < 0 {
				low, at, least = v, i, w
			}
			if w > most || !exact && w == most && vec.Compare(v, i, high, end) > 0 {
				high, end, most = v, i, w
			}
		}
	}
	if low == nil {
		return nil, nil
	}
	return low.Value(at), high.Value(end)
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
