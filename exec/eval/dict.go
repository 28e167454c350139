package eval

import (
	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// choice is what was decided for a column of the running batch: whether expressions over it alone are evaluated once for
// each entry of its dictionary. All of them are, or none: they share scratch.
type choice struct {
	state state
	doms  [4]*domain
	next  int
}

type state uint8

const (
	undecided state = iota
	byEntry
	byRow
)

// domain is a dictionary's entries as a column, a NULL at the end.
type domain struct {
	dict *vec.Dict
	seen int // rows
	vals *vec.Vec
	mark []uint64
}

// byEntry decides for the column: entries pay when there are fewer of them than rows met so far.
func (r *run) byEntry(col int, s *scope) bool {
	c := &r.coded[col]
	if c.state == undecided {
		d := c.domain(r.cols[col].Dict)
		d.seen += s.rows()
		c.state = byRow
		if size := d.dict.Vals.Len; size <= 2*d.seen || d.vals != nil {
			c.state = byEntry
			if d.vals == nil {
				d.fill()
			}
		}
	}
	return c.state == byEntry
}

func (c *choice) domain(d *vec.Dict) *domain {
	for _, x := range c.doms {
		if x != nil && x.dict == d {
			return x
		}
	}
	x := &domain{dict: d}
	c.doms[c.next] = x
	c.next = (c.next + 1) % len(c.doms)
	return x
}

func (d *domain) fill() {
	idx := make([]int32, d.dict.Vals.Len+1)
	for i := range idx {
		idx[i] = int32(i)
	}
	idx[len(idx)-1] = -1
	d.vals = &vec.Vec{Type: d.dict.Vals.Type}
	vec.Gather(d.vals, d.dict.Vals, idx)
	d.mark = make([]uint64, vec.Words(len(idx)))
}

// dictCache is what a node has computed for the entries of the last dictionaries.
type dictCache struct {
	known [4]*entries
	next  int
	out   vec.Vec
	flat  vec.Vec
	codes []int32
	row   *vec.Vec
}

type entries struct {
	dict *vec.Dict
	res  *vec.Dict // of all entries, once they are known
	vals *vec.Vec  // of those done, for a node that can fail
	done []uint64
	left int // entries that are not done
}

// eval gives the node's values for a Coded column: Coded as well once all entries are known.
func (d *dictCache) eval(r *run, n *node, s *scope) (*vec.Vec, error) {
	col := r.cols[n.col]
	e := d.entries(col.Dict)
	dom := r.coded[n.col].domain(col.Dict)
	size := dom.vals.Len
	if !n.fallible && e.res == nil {
		// A function that promises a value for every entry and panics is not trusted again: from now on it
		// sees the entries that rows use.
		if v, err := r.over(dom, n, nil); err != nil {
			n.fallible = true
		} else {
			vals := vec.New(n.typ, 0)
			if n.strict { // NULLs keep their place in the bitmap: the entry for them is not used
				vec.AppendRows(vals, v, nil, size-1)
			} else {
				vec.AppendRows(vals, v, nil, size)
			}
			e.res = vec.NewDict(vals)
		}
	}
	if e.res == nil {
		if err := d.missing(r, n, s, e, dom); err != nil {
			return nil, err
		}
	}
	d.out = vec.Vec{Type: n.typ, Form: vec.Coded, Len: col.Len, Dict: e.res, Codes: d.recode(col, n, size)}
	if n.strict {
		d.out.Valid = col.Valid
	}
	if e.res != nil {
		return &d.out, nil
	}
	d.out.Dict = &vec.Dict{Vals: e.vals}
	d.flat.Type = n.typ
	return vec.Flatten(&d.out, &d.flat, s.sel), nil
}

func (d *dictCache) entries(dict *vec.Dict) *entries {
	for _, e := range d.known {
		if e != nil && e.dict == dict {
			return e
		}
	}
	e := &entries{dict: dict}
	d.known[d.next] = e
	d.next = (d.next + 1) % len(d.known)
	return e
}

// recode points the column's NULLs at the entry for NULL, unless the node is NULL for them anyway.
func (d *dictCache) recode(col *vec.Vec, n *node, size int) []int32 {
	if n.strict || col.Valid == nil {
		return col.Codes
	}
	d.codes = append(d.codes[:0], col.Codes[:col.Len]...)
	for i := range d.codes {
		if !vec.Bit(col.Valid, i) {
			d.codes[i] = int32(size - 1)
		}
	}
	return d.codes
}

// missing computes the entries that live rows use and that are not known yet.
func (d *dictCache) missing(r *run, n *node, s *scope, e *entries, dom *domain) error {
	col, size := r.cols[n.col], dom.vals.Len
	if e.vals == nil {
		e.vals = vec.New(n.typ, size)
		e.done = make([]uint64, vec.Words(size))
		if e.left = size; n.strict {
			e.left-- // the one for NULL is not asked for
		}
	}
	found := false
	use := func(i int) {
		c := int(col.Codes[i])
		if col.Valid != nil && !vec.Bit(col.Valid, i) {
			if n.strict {
				return
			}
			c = size - 1
		}
		if !vec.Bit(e.done, c) {
			found = true
			vec.SetBit(dom.mark, c)
		}
	}
	if s.sel == nil {
		for i := range s.n {
			use(i)
		}
	} else {
		for _, i := range s.sel {
			use(int(i))
		}
	}
	if !found {
		return nil
	}
	var sel []int32
	for c := range size {
		if vec.Bit(dom.mark, c) {
			sel = append(sel, int32(c))
		}
	}
	clear(dom.mark)
	v, err := r.over(dom, n, sel)
	if err != nil {
		return err
	}
	vec.Scatter(e.vals, v, sel)
	for _, c := range sel {
		vec.SetBit(e.done, int(c))
	}
	if e.left -= len(sel); e.left == 0 {
		e.res = vec.NewDict(e.vals)
	}
	return nil
}

// over evaluates n over the entries sel (nil: all) of a domain.
func (r *run) over(dom *domain, n *node, sel []int32) (*vec.Vec, error) {
	if r.inDom == nil {
		r.inDom = &run{inner: true}
	}
	x := r.inDom
	r.p.gen++
	if len(x.cols) < len(r.cols) {
		x.cols = make([]*vec.Vec, len(r.cols))
	}
	x.ctx, x.p, x.n, x.seq, x.gen = r.ctx, r.p, dom.vals.Len, r.seq, r.p.gen
	x.cols[n.col] = dom.vals
	s := r.scope(sel, x.n, nil)
	return n.do(x, &s)
}

// evalConst gives the node's value for a Const column, from one row.
func (d *dictCache) evalConst(r *run, n *node) (*vec.Vec, error) {
	one := *r.cols[n.col]
	one.Form, one.Len = vec.Flat, 1
	if one.Type.Kind() != types.Null && r.cols[n.col].IsNull(0) {
		one.Valid = make([]uint64, 1)
	}
	v, err := r.over(&domain{vals: &one}, n, nil)
	if err != nil {
		return nil, err
	}
	if d.row == nil {
		d.row = vec.New(n.typ, 0)
	}
	d.row.Reset(0)
	vec.AppendRows(d.row, v, nil, 1)
	d.row.Form, d.row.Len = vec.Const, r.n
	return d.row, nil
}
