package exec

import (
	"slices"

	"sparksql/exec/mem"
	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// joinMode is how a joinTable finds rows by their keys.
type joinMode uint8

const (
	// denseKeys: one integer key of a small range: an array by key, and a list of the rows of each key.
	denseKeys joinMode = iota
	// packedKeys: keys that fit a word: a directory by hash, and lists of rows that hold the word.
	packedKeys
	// hashedKeys: any keys: as packedKeys with the hash in place of the word, and the columns compared.
	hashedKeys
	// anyRow: every row is a candidate for every probe (no equality).
	anyRow
)

// joinTable finds the rows of a join's build side. It is immutable once built.
type joinTable struct {
	rows     *mem.Rows // sealed
	keys     []int     // the columns of rows that are keys
	nullSafe []bool
	mode     joinMode
	segs     []segment // in the order of the source
	n        int       // rows that can be found
	unique   bool      // no two rows have equal keys
	nulls    bool      // a row has a NULL in a key (that is not null-safe)
	some     bool      // there are rows on the build side

	min  int64    // denseKeys: the smallest key
	head []uint32 // denseKeys: the first row by key-min; anyRow: the first row
	next []uint32 // denseKeys and anyRow: the following row by id; nil when unique

	// dir is the directory of packedKeys and hashedKeys, by the top bits of the hash: the id of the first row plus one
	// in the low half, in the high half a bit for each row in the list, picked by the hash.
	dir     []uint64
	shift   uint
	entries []joinEntry // by id
}

type joinEntry struct {
	key  uint64 // the word, or the hash
	next uint32
}

// segment is a run of rows that came from one batch: ids id..id+n-1.
type segment struct {
	seq uint64
	id  uint32
	n   int
}

// sortSegments puts rows into the order of their source.
func sortSegments(s []segment) {
	slices.SortStableFunc(s, func(a, b segment) int {
		switch {
		case a.seq < b.seq:
			return -1
		case a.seq > b.seq:
			return 1
		}
		return 0
	})
}

// newJoinTable builds the table over sealed rows. Rows with equal keys are found in the order of segs.
func newJoinTable(t *Task, rows *mem.Rows, keys []int, nullSafe []bool, segs []segment) (*joinTable, error) {
	jt := &joinTable{rows: rows, keys: keys, nullSafe: nullSafe, segs: segs, unique: true, some: rows.Len() > 0}
	if len(keys) == 0 {
		jt.listAll(segs)
		return jt, nil
	}
	ts := make([]types.Type, len(keys))
	for i, k := range keys {
		ts[i] = rows.Types()[k]
	}
	jt.mode = hashedKeys
	if packable(ts) && !slices.Contains(nullSafe, true) {
		jt.mode = packedKeys
		if len(keys) == 1 {
			if lo, hi, ok := keyRange(rows, keys[0]); ok && uint64(hi-lo) <= uint64(4*rows.Len()+1<<12) {
				jt.mode = denseKeys
				jt.buildDense(lo, hi, segs)
				return jt, nil
			}
		}
	}
	return jt, jt.buildHash(t, segs)
}

// listAll makes every row a candidate.
func (jt *joinTable) listAll(segs []segment) {
	jt.mode, jt.n, jt.unique = anyRow, jt.rows.Len(), jt.rows.Len() <= 1
	jt.head, jt.next = []uint32{mem.NoRow}, make([]uint32, jt.rows.Span())
	for k := len(segs) - 1; k >= 0; k-- {
		for i := segs[k].n - 1; i >= 0; i-- {
			id := segs[k].id + uint32(i)
			jt.next[id] = jt.head[0]
			jt.head[0] = id
		}
	}
}

// keyRange is the range of an integer column; ok is false when all rows are NULL.
func keyRange(rows *mem.Rows, col int) (lo, hi int64, ok bool) {
	var buf [mem.ChunkRows]uint64
	for _, c := range rows.Chunks() {
		v := c.Cols[col]
		packKeys([]*vec.Vec{v}, nil, c.N, buf[:])
		for i, w := range buf[:c.N] {
			if v.Valid != nil && !vec.Bit(v.Valid, i) {
				continue
			}
			x := int64(w)
			if !ok {
				lo, hi, ok = x, x, true
			}
			lo, hi = min(lo, x), max(hi, x)
		}
	}
	return lo, hi, ok
}

func (jt *joinTable) buildDense(lo, hi int64, segs []segment) {
	jt.min = lo
	jt.head = make([]uint32, hi-lo+1)
	for i := range jt.head {
		jt.head[i] = mem.NoRow
	}
	var buf [mem.ChunkRows]uint64
	jt.eachChunkBackwards(segs, func(c *mem.Chunk, from, to int) {
		v := c.Cols[jt.keys[0]]
		packKeys([]*vec.Vec{v}, nil, to, buf[:])
		for i := to - 1; i >= from; i-- {
			if v.Valid != nil && !vec.Bit(v.Valid, i) {
				jt.nulls = true
				continue
			}
			jt.n++
			h := &jt.head[int64(buf[i])-lo]
			if *h != mem.NoRow {
				jt.unique = false
				if jt.next == nil {
					jt.next = make([]uint32, jt.rows.Span())
					for k := range jt.next {
						jt.next[k] = mem.NoRow
					}
				}
				jt.next[c.Base+uint32(i)] = *h
			}
			*h = c.Base + uint32(i)
		}
	})
}

// eachChunkBackwards calls f for the pieces of segs that lie in one chunk, the last first.
func (jt *joinTable) eachChunkBackwards(segs []segment, f func(c *mem.Chunk, from, to int)) {
	chunks := jt.rows.Chunks()
	for k := len(segs) - 1; k >= 0; k-- {
		s := segs[k]
		for hi := int(s.id) + s.n; hi > int(s.id); {
			c := chunks[(hi-1)/mem.ChunkRows]
			lo := max(int(s.id), int(c.Base))
			f(c, lo-int(c.Base), hi-int(c.Base))
			hi = lo
		}
	}
}

func (jt *joinTable) buildHash(t *Task, segs []segment) error {
	jt.entries = make([]joinEntry, jt.rows.Span())
	skip := make([][]uint64, len(jt.rows.Chunks())) // by chunk: rows with NULL keys
	err := t.Parallel(len(skip), func(_ *Task, k int) error {
		skip[k] = jt.hashChunk(jt.rows.Chunks()[k])
		return nil
	})
	if err != nil {
		return err
	}
	for _, s := range skip {
		jt.nulls = jt.nulls || s != nil
	}
	bits := uint(10) // sparse even for few rows: filters rely on the directory alone
	for 1<<bits < 2*jt.rows.Len() {
		bits++
	}
	jt.dir, jt.shift = make([]uint64, 1<<bits), 64-bits
	parts := 1
	if jt.rows.Len() > 1<<15 {
		parts = 1 << 2
	}
	ns, unique := make([]int, parts), make([]bool, parts)
	err = t.Parallel(parts, func(_ *Task, p int) error {
		ns[p], unique[p] = jt.insert(segs, skip, uint64(p), uint64(parts))
		return nil
	})
	for p := range parts {
		jt.n += ns[p]
		jt.unique = jt.unique && unique[p]
	}
	return err
}

// hashChunk fills in the keys of a chunk's entries and returns the bitmap of rows that no probe finds, nil for none.
func (jt *joinTable) hashChunk(c *mem.Chunk) []uint64 {
	cols := make([]*vec.Vec, len(jt.keys))
	for i, k := range jt.keys {
		cols[i] = c.Cols[k]
	}
	buf := make([]uint64, c.N)
	if jt.mode == packedKeys {
		packKeys(cols, nil, c.N, buf)
	} else {
		hashKeys(cols, nil, c.N, buf, nil)
	}
	for i, h := range buf {
		jt.entries[int(c.Base)+i].key = h
	}
	var skip []uint64
	for k, v := range cols {
		if v.Type.Kind() == types.Null && !jt.nullSafe[k] {
			return vec.AllValid(c.N)
		}
		if v.Valid == nil || jt.nullSafe[k] {
			continue
		}
		if skip == nil {
			skip = make([]uint64, vec.Words(c.N))
		}
		for w := range skip {
			skip[w] |= ^v.Valid[w]
		}
	}
	return skip
}

// insert adds the rows whose hash lies in the given part of the directory.
func (jt *joinTable) insert(segs []segment, skip [][]uint64, part, parts uint64) (n int, unique bool) {
	unique = true
	packed := jt.mode == packedKeys
	size := uint64(len(jt.dir)) / parts
	lo := part * size
	jt.eachChunkBackwards(segs, func(c *mem.Chunk, from, to int) {
		bad := skip[c.Base/mem.ChunkRows]
		for i := to - 1; i >= from; i-- {
			id := c.Base + uint32(i)
			e := &jt.entries[id]
			h := e.key
			if packed {
				h = mixKey(h)
			}
			slot := h >> jt.shift
			if slot-lo >= size || bad != nil && vec.Bit(bad, i) {
				continue
			}
			n++
			d, bit := jt.dir[slot], uint64(1)<<(32+h&31)
			if unique && d&bit != 0 && jt.holds(d, e.key) {
				unique = false
			}
			e.next = uint32(d) - 1 // an empty list: NoRow
			jt.dir[slot] = d&^0xffffffff | bit | uint64(id+1)
		}
	})
	return n, unique
}

// holds tells whether the list of directory entry d has the given word.
func (jt *joinTable) holds(d, key uint64) bool {
	for id := uint32(d) - 1; id != mem.NoRow; id = jt.entries[id].next {
		if jt.entries[id].key == key {
			return true
		}
	}
	return false
}
