package parquet

import (
	"github.com/parquet-go/parquet-go/format"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// nestedLeaf reads one leaf of a nested column as a stream of entries: a repetition and a definition level each, and
// a value where the definition level is the leaf's.
type nestedLeaf struct {
	chunk
	page     int   // the next page to load
	row      int64 // the row that the entry at pos begins
	rep, def []uint8
	vals     *vec.Vec // dense values, those of the entries from pos on at vpos
	pos      int
	vpos     int
	last     bool // no more pages

	scratch vec.Vec
	codeBuf []int32
	conved  []byte

	// The entries and values of the rows last taken.
	from, to, vfrom int
}

// held is the memory of the buffers.
func (l *nestedLeaf) held() int64 {
	n := l.chunk.held() + l.scratch.Size() + int64(cap(l.rep)+cap(l.def)+4*cap(l.codeBuf)+cap(l.conved))
	if l.vals != nil {
		n += l.vals.Size()
	}
	return n
}

// seek places the leaf on row, which is the first of a page where there is an index, else 0.
func (l *nestedLeaf) seek(row int64) error {
	if !l.indexed {
		l.page, l.row = 0, 0
	} else {
		i, ok, err := l.find(row)
		if err != nil {
			return err
		}
		if !ok {
			return corruptf("column %s ends before row %d", l.leaf.Name, row)
		}
		l.page, l.row = i, l.spans[i].first
	}
	l.rep, l.def, l.vals, l.pos, l.vpos, l.last = l.rep[:0], l.def[:0], vec.New(l.conv.typ, 0), 0, 0, false
	return nil
}

// take selects the n rows from row on as the entries from..to, reading pages as needed.
func (l *nestedLeaf) take(row int64, n int) error {
	if l.vals == nil || row < l.row {
		if err := l.seek(row); err != nil {
			return err
		}
	}
	if l.indexed && l.page < len(l.spans) && row >= l.spans[l.page].first {
		if err := l.seek(row); err != nil {
			return err
		}
	}
	for l.row < row {
		if err := l.rows(int(min(row-l.row, vec.BatchRows))); err != nil {
			return err
		}
	}
	return l.rows(n)
}

// rows moves over the next n rows.
func (l *nestedLeaf) rows(n int) error {
	at, seen := l.pos, 0
	for {
		for ; at < len(l.rep); at++ {
			if l.rep[at] == 0 {
				if seen == n {
					l.use(at, n)
					return nil
				}
				seen++
			}
		}
		if l.last || l.indexed && seen == n { // with an index, pages begin and end with rows
			if seen < n {
				return corruptf("column %s ends before row %d", l.leaf.Name, l.row+int64(n))
			}
			l.use(at, n)
			return nil
		}
		at -= l.pos
		if err := l.load(); err != nil {
			return err
		}
		at += l.pos
	}
}

func (l *nestedLeaf) use(to, rows int) {
	l.from, l.to, l.vfrom = l.pos, to, l.vpos
	for _, d := range l.def[l.pos:to] {
		if int(d) == l.leaf.Def {
			l.vpos++
		}
	}
	l.pos = to
	l.row += int64(rows)
}

// load appends the entries of the next page, dropping those that were used.
func (l *nestedLeaf) load() error {
	var s span
	if l.indexed {
		if l.page >= len(l.spans) {
			l.last = true
			return nil
		}
	} else if l.page >= len(l.spans) {
		more, err := l.discover()
		if err != nil {
			return err
		}
		if !more {
			l.last = true
			return nil
		}
	}
	s = l.spans[l.page]
	l.page++
	h, body, err := l.body(s)
	if err != nil {
		return err
	}
	if h.typ != format.DataPage && h.typ != format.DataPageV2 {
		return corruptf("a page of column %s is no data page", l.leaf.Name)
	}
	parts, err := l.unpackPage(&h, body)
	if err != nil {
		return err
	}
	l.drop()
	at := len(l.rep)
	l.rep, l.def = append(l.rep, make([]uint8, h.n)...), append(l.def, make([]uint8, h.n)...)
	if l.leaf.RepLvl > 0 {
		if err := decodeLevels(l.rep[at:], parts.rep, l.leaf.RepLvl); err != nil {
			return err
		}
	}
	present := h.n
	if l.leaf.Def > 0 {
		if err := decodeLevels(l.def[at:], parts.def, l.leaf.Def); err != nil {
			return err
		}
		present = 0
		for _, d := range l.def[at:] {
			if int(d) == l.leaf.Def {
				present++
			}
		}
	}
	if at == 0 && h.n > 0 && l.rep[0] != 0 && l.row == 0 && l.page == 1 {
		return corruptf("column %s does not begin with a row", l.leaf.Name)
	}
	return l.append(h.enc, parts.values, present)
}

func (l *nestedLeaf) append(enc format.Encoding, src []byte, n int) (err error) {
	if n == 0 {
		return nil
	}
	if enc == format.PlainDictionary || enc == format.RLEDictionary {
		l.codeBuf = resize(l.codeBuf, n)
		if err := l.chunk.codes(l.codeBuf, src); err != nil {
			return err
		}
		vec.AppendRows(l.vals, &vec.Vec{Type: l.conv.typ, Form: vec.Coded, Len: n, Codes: l.codeBuf, Dict: l.dict}, nil, n)
		return nil
	}
	if err := l.dec.values(enc, src, n); err != nil {
		return err
	}
	if l.conved, err = l.conv.column(&l.scratch, &l.dec, n, l.conved); err != nil {
		return err
	}
	vec.AppendRows(l.vals, &l.scratch, nil, n)
	return nil
}

// drop forgets entries and values that were used.
func (l *nestedLeaf) drop() {
	if l.pos == 0 {
		return
	}
	l.rep = l.rep[:copy(l.rep, l.rep[l.pos:])]
	l.def = l.def[:copy(l.def, l.def[l.pos:])]
	rest := vec.New(l.conv.typ, 0)
	if n := l.vals.Len - l.vpos; n > 0 {
		idx := make([]int32, n)
		for i := range idx {
			idx[i] = int32(l.vpos + i)
		}
		vec.AppendRows(rest, l.vals, idx, l.vals.Len)
	}
	l.vals, l.pos, l.vpos = rest, 0, 0
}

// tree is a nested column as it is asked for, matched with the file's nodes.
type tree struct {
	typ     types.Type
	def     int // level from which the value is not NULL
	slot    int // level from which it has a place at all: that of the nearest repeated ancestor
	rep     int // repetition level of its place
	elem    int // arrays and maps: level from which there is an element
	missing bool
	kids    []*tree
	leaf    *nestedLeaf // a leaf: its own; else one beneath, for its levels
}

// build makes out the Flat column of the rows last taken by the leaves. Leaves of a broken file may disagree on the
// number of elements.
func (t *tree) build(out *vec.Vec) error {
	if len(t.kids) == 0 {
		t.buildLeaf(out)
		return nil
	}
	l := t.leaf
	list := t.typ.Kind() != types.Struct
	n := 0
	for i := l.from; i < l.to; i++ {
		if int(l.rep[i]) <= t.rep && int(l.def[i]) >= t.slot {
			n++
		}
	}
	*out = vec.Vec{Type: t.typ, Len: n, Kids: make([]*vec.Vec, len(t.kids))}
	if list {
		out.Offs = make([]int32, n+1)
	}
	k, elems := -1, int32(0)
	for i := l.from; i < l.to; i++ {
		d, r := int(l.def[i]), int(l.rep[i])
		if r <= t.rep && d >= t.slot {
			k++
			if d < t.def {
				out.SetNull(k)
			}
		}
		if list && k >= 0 && r <= t.rep+1 && d >= t.elem {
			elems++
		}
		if list && k >= 0 {
			out.Offs[k+1] = elems
		}
	}
	rows := n
	if list {
		rows = int(elems)
	}
	for i, kid := range t.kids {
		v := &vec.Vec{Type: kid.typ}
		if kid.missing {
			v = nulls(kid.typ, rows)
		} else {
			if err := kid.build(v); err != nil {
				return err
			}
		}
		if v.Len != rows {
			return corruptf("the parts of a nested column have %d and %d rows", v.Len, rows)
		}
		out.Kids[i] = v
	}
	return nil
}

func (t *tree) buildLeaf(out *vec.Vec) {
	l := t.leaf
	idx := make([]int32, 0, l.to-l.from)
	next := int32(l.vfrom)
	for _, d := range l.def[l.from:l.to] {
		switch {
		case int(d) == l.leaf.Def:
			idx = append(idx, next)
			next++
		case int(d) >= t.slot:
			idx = append(idx, -1)
		}
	}
	*out = *vec.New(t.typ, 0)
	vec.AppendRows(out, l.vals, idx, l.vals.Len)
}

// nulls is a Flat column of n NULLs.
func nulls(t types.Type, n int) *vec.Vec {
	v := vec.New(t, n)
	for i := range n {
		v.SetNull(i)
	}
	return v
}
