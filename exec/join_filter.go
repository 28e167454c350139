package exec

import (
	"sparksql/catalog"
	"sparksql/exec/mem"
	"sparksql/exec/vec"
	"sparksql/sql/types"
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
		b.Keep = jt.keep()
	} else {
		b.Keep = keepOne(jt.rows, jt.keys[k])
	}
	return b
}

// keepOne narrows rows by one of several keys, an integer of a range not out of proportion to the rows: a bit for each
// value that there is. nil for others.
func keepOne(rows *mem.Rows, col int) func(v *vec.Vec, sel, out []int32) []int32 {
	if !packable([]types.Type{rows.Types()[col]}) || rows.Len() > 1<<20 {
		return nil
	}
	lo, hi, ok := keyRange(rows, col)
	span := uint64(hi-lo) + 1
	if !ok || span == 0 || span > uint64(64*rows.Len()+1<<20) {
		return nil
	}
	set := make([]uint64, vec.Words(int(span)))
	var buf [mem.ChunkRows]uint64
	for _, c := range rows.Chunks() {
		v := c.Cols[col]
		packKeys([]*vec.Vec{v}, nil, c.N, buf[:])
		for i, w := range buf[:c.N] {
			if v.Valid == nil || vec.Bit(v.Valid, i) {
				vec.SetBit(set, int(w-uint64(lo)))
			}
		}
	}
	return func(v *vec.Vec, sel, out []int32) []int32 {
		words := make([]uint64, v.Len)
		packKeys([]*vec.Vec{v}, sel, v.Len, words)
		live := eachRow{sel, v.Len}
		for k := range live.len() {
			i := live.at(k)
			if x := words[i] - uint64(lo); x < span && vec.Bit(set, int(x)) && !v.IsNull(int(i)) {
				out = append(out, i)
			}
		}
		return out
	}
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

// keep narrows rows to those whose value may be among the keys of a table of one key. It asks the directory alone, so
// that a few others stay as well. It is safe for concurrent use.
func (jt *joinTable) keep() func(v *vec.Vec, sel, out []int32) []int32 {
	if jt.mode != denseKeys && jt.mode != packedKeys && jt.mode != hashedKeys {
		return nil
	}
	return func(v *vec.Vec, sel, out []int32) []int32 {
		var buf [vec.BatchRows]uint64
		words := buf[:]
		if v.Len > len(words) {
			words = make([]uint64, v.Len)
		}
		words = words[:v.Len]
		if jt.mode == hashedKeys {
			vec.Hash(v, nil, v.Len, words)
		} else {
			packKeys([]*vec.Vec{v}, sel, v.Len, words)
		}
		if sel == nil {
			return jt.keepAll(v, words, out)
		}
		return jt.keepSome(v, words, sel, out)
	}
}

func (jt *joinTable) keepAll(v *vec.Vec, words []uint64, out []int32) []int32 {
	switch jt.mode {
	case denseKeys:
		for i, w := range words {
			if k := w - uint64(jt.min); k < uint64(len(jt.head)) && jt.head[k] != mem.NoRow && !v.IsNull(i) {
				out = append(out, int32(i))
			}
		}
	case packedKeys:
		for i, w := range words {
			h := mixKey(w)
			if jt.dir[h>>jt.shift]>>32&(1<<(h&31)) != 0 && !v.IsNull(i) {
				out = append(out, int32(i))
			}
		}
	default:
		for i, h := range words {
			if jt.dir[h>>jt.shift]>>32&(1<<(h&31)) != 0 && !v.IsNull(i) {
				out = append(out, int32(i))
			}
		}
	}
	return out
}

func (jt *joinTable) keepSome(v *vec.Vec, words []uint64, sel, out []int32) []int32 {
	for _, i := range sel {
		h := words[i]
		if jt.mode == denseKeys {
			if k := h - uint64(jt.min); k >= uint64(len(jt.head)) || jt.head[k] == mem.NoRow {
				continue
			}
		} else {
			if jt.mode == packedKeys {
				h = mixKey(h)
			}
			if jt.dir[h>>jt.shift]>>32&(1<<(h&31)) == 0 {
				continue
			}
		}
		if !v.IsNull(int(i)) {
			out = append(out, i)
		}
	}
	return out
}
