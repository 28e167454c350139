package exec

import (
	"bytes"

	"sparksql/exec/mem"
	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// probeKeys are the keys of a batch of probe rows, ready to be looked up. One worker's; reused.
type probeKeys struct {
	cols  []*vec.Vec
	words []uint64 // by row: packed keys, or hashes
	live  []int32  // rows whose keys can match
	buf   []int32
	cand  []int32 // rows that may have a match
	tmp   []uint64
	dict  dictHeads
}

// dictHeads keeps, for one dictionary, the word and the first build row of each entry.
type dictHeads struct {
	table *joinTable
	dict  *vec.Dict
	words []uint64
	heads []uint32
}

// load takes the key columns of n rows, of which those in sel (nil: all) are live, and finds for each row of p.live
// the first build row with an equal key: heads[row], NoRow when there is none. heads of other live rows are NoRow.
func (jt *joinTable) load(p *probeKeys, cols []*vec.Vec, sel []int32, n int, heads []uint32) {
	for i := range heads[:n] {
		heads[i] = mem.NoRow
	}
	p.cols = cols
	if jt.mode == anyRow {
		jt.loadAny(sel, n, heads)
		return
	}
	p.words = grow(p.words, n)
	p.live = withoutNulls(cols, jt.nullSafe, sel, n, p.buf)
	if p.live != nil && len(p.live) > 0 && (sel == nil || &p.live[0] != &sel[0]) {
		p.buf = p.live[:0]
	}
	if len(cols) == 1 && cols[0].Form == vec.Coded && cols[0].Dict.Vals.Len <= 1<<16 && !jt.nullSafe[0] {
		jt.loadCoded(p, cols[0], n, heads)
		return
	}
	jt.find(p, cols, p.live, n, heads)
}

func (jt *joinTable) loadAny(sel []int32, n int, heads []uint32) {
	first := jt.head[0]
	if sel == nil {
		for i := range n {
			heads[i] = first
		}
	}
	for _, i := range sel {
		heads[i] = first
	}
}

// loadCoded looks up a dictionary's entries once.
func (jt *joinTable) loadCoded(p *probeKeys, v *vec.Vec, n int, heads []uint32) {
	d := &p.dict
	if d.dict != v.Dict || d.table != jt {
		m := v.Dict.Vals.Len
		d.table, d.dict, d.words, d.heads = jt, v.Dict, grow(d.words, m), grow(d.heads, m)
		for i := range d.heads {
			d.heads[i] = mem.NoRow
		}
		entries := &probeKeys{words: d.words}
		cols := []*vec.Vec{v.Dict.Vals}
		live := withoutNulls(cols, jt.nullSafe, nil, m, nil)
		jt.find(entries, cols, live, m, d.heads)
	}
	if p.live == nil {
		for i, c := range v.Codes[:n] {
			heads[i], p.words[i] = d.heads[c], d.words[c]
		}
		return
	}
	for _, i := range p.live {
		c := v.Codes[i]
		heads[i], p.words[i] = d.heads[c], d.words[c]
	}
}

// find fills in the words and heads of the rows of live (nil: all).
func (jt *joinTable) find(p *probeKeys, cols []*vec.Vec, live []int32, n int, heads []uint32) {
	switch jt.mode {
	case denseKeys:
		packKeys(cols, live, n, p.words)
		jt.findDense(p.words, live, n, heads)
	case packedKeys:
		packKeys(cols, live, n, p.words)
		jt.findWords(p, live, n, heads)
	default:
		p.tmp = grow(p.tmp, n)
		hashKeys(cols, live, n, p.words, p.tmp)
		p.cols = cols
		jt.findHashes(p, live, n, heads)
	}
}

func (jt *joinTable) findDense(words []uint64, live []int32, n int, heads []uint32) {
	lo, head := uint64(jt.min), jt.head
	if live == nil {
		for i, w := range words[:n] {
			if k := w - lo; k < uint64(len(head)) {
				heads[i] = head[k]
			}
		}
		return
	}
	for _, i := range live {
		if k := words[i] - lo; k < uint64(len(head)) {
			heads[i] = head[k]
		}
	}
}

// findWords looks at the directory for all rows before it follows any list: the loads overlap.
func (jt *joinTable) findWords(p *probeKeys, live []int32, n int, heads []uint32) {
	cand := p.cand[:0]
	if live == nil {
		for i, w := range p.words[:n] {
			h := mixKey(w)
			if d := jt.dir[h>>jt.shift]; d>>32&(1<<(h&31)) != 0 {
				heads[i] = uint32(d) - 1
				cand = append(cand, int32(i))
			}
		}
	} else {
		for _, i := range live {
			h := mixKey(p.words[i])
			if d := jt.dir[h>>jt.shift]; d>>32&(1<<(h&31)) != 0 {
				heads[i] = uint32(d) - 1
				cand = append(cand, i)
			}
		}
	}
	p.cand = cand
	for _, i := range cand {
		id, w := heads[i], p.words[i]
		for id != mem.NoRow && jt.entries[id].key != w {
			id = jt.entries[id].next
		}
		heads[i] = id
	}
}

func (jt *joinTable) findHashes(p *probeKeys, live []int32, n int, heads []uint32) {
	if live == nil {
		for i := range n {
			heads[i] = jt.firstHash(p, i)
		}
		return
	}
	for _, i := range live {
		heads[i] = jt.firstHash(p, int(i))
	}
}

func (jt *joinTable) firstHash(p *probeKeys, i int) uint32 {
	h := p.words[i]
	d := jt.dir[h>>jt.shift]
	if d>>32&(1<<(h&31)) == 0 {
		return mem.NoRow
	}
	id := uint32(d) - 1
	for id != mem.NoRow && (jt.entries[id].key != h || !jt.equal(p.cols, i, id)) {
		id = jt.entries[id].next
	}
	return id
}

// following is the next build row that matches probe row i, after id.
func (jt *joinTable) following(p *probeKeys, i int, id uint32) uint32 {
	switch jt.mode {
	case denseKeys:
		if jt.next == nil {
			return mem.NoRow
		}
		return jt.next[id]
	case packedKeys:
		w := p.words[i]
		for id = jt.entries[id].next; id != mem.NoRow && jt.entries[id].key != w; {
			id = jt.entries[id].next
		}
		return id
	case hashedKeys:
		h := p.words[i]
		for id = jt.entries[id].next; id != mem.NoRow && (jt.entries[id].key != h || !jt.equal(p.cols, i, id)); {
			id = jt.entries[id].next
		}
		return id
	}
	return jt.next[id]
}

// equal compares the keys of probe row i and build row id, whose hashes are equal.
func (jt *joinTable) equal(cols []*vec.Vec, i int, id uint32) bool {
	c := jt.rows.Chunks()[id/mem.ChunkRows]
	j := int(id % mem.ChunkRows)
	for k, v := range cols {
		b := c.Cols[jt.keys[k]]
		if jt.nullSafe[k] {
			if !vec.Equal(v, i, b, j) {
				return false
			}
			continue
		}
		a, r := v.At(i)
		switch b.Type.Kind() {
		case types.BigInt, types.Timestamp:
			if vec.Values[int64](a)[r] != vec.Values[int64](b)[j] {
				return false
			}
		case types.Int, types.Date:
			if vec.Values[int32](a)[r] != vec.Values[int32](b)[j] {
				return false
			}
		case types.String:
			if b.Type.Collation() != "" {
				if !vec.Equal(a, r, b, j) {
					return false
				}
				continue
			}
			x, y := &a.Views[r], &b.Views[j]
			if x.Len != y.Len || [4]byte(x.Data[:4]) != [4]byte(y.Data[:4]) || !bytes.Equal(a.Bytes(r), b.Bytes(j)) {
				return false
			}
		default:
			if !vec.Equal(a, r, b, j) {
				return false
			}
		}
	}
	return true
}

// grow returns a slice of length n that reuses s.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/4)
	}
	return s[:n]
}
