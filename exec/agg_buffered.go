package exec

import (
	"cmp"
	"slices"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// buffered is an aggregate with DISTINCT or ORDER BY: it keeps the rows of its groups, different ones only where they
// must be, and gives them to the function when the result is asked for, in order.
type buffered struct {
	spec  *aggSpec
	cols  []*vec.Vec // arguments, sort keys, the row's place in the source: batch and row
	group []int32    // by row
	seen  *groupTable
	next  int64 // arrival

	// by group, made when rows are read
	fresh  bool
	starts []int32
	rows   []int32

	sel, ids  []int32
	groupCol  *vec.Vec
	seqs, ord *vec.Vec
	width     int
}

func newBuffered(s *aggSpec) *buffered {
	b := &buffered{spec: s}
	for _, t := range s.kept() {
		b.cols = append(b.cols, vec.New(t, 0))
	}
	b.width = len(b.cols) - 2
	if s.call.Distinct {
		keys := []types.Type{types.IntType}
		for _, e := range s.call.Args {
			keys = append(keys, e.Type())
		}
		b.seen = newGroupTable(keys)
	}
	b.groupCol, b.seqs, b.ord = vec.New(types.IntType, 0), vec.New(types.BigIntType, 0), vec.New(types.BigIntType, 0)
	return b
}

func (b *buffered) Resize(int) {}

func (b *buffered) Update(groups []int32, c *udfs.Call) error {
	b.seqs.Reset(c.N)
	b.ord.Reset(c.N)
	seqs, ord := vec.Values[int64](b.seqs), vec.Values[int64](b.ord)
	for i := range c.N {
		seqs[i], ord[i] = int64(c.Seq), b.next+int64(i)
	}
	b.next += int64(c.N)
	b.insert(groups, append(slices.Clone(c.In), b.seqs, b.ord), c.Sel, c.N)
	return nil
}

// insert keeps the live rows of cols, only new ones where they have to differ.
func (b *buffered) insert(groups []int32, cols []*vec.Vec, sel []int32, n int) {
	b.fresh = false
	if b.seen == nil {
		for i, v := range cols {
			vec.AppendRows(b.cols[i], v, sel, n)
		}
		b.group = append(b.group, groups...)
		return
	}
	b.groupCol.Reset(n)
	g := vec.Values[int32](b.groupCol)
	for k, x := range groups {
		g[rowOf(sel, k)] = x
	}
	keys := append([]*vec.Vec{b.groupCol}, cols[:b.spec.numArgs]...)
	b.ids = grown(b.ids, len(groups))
	known := int32(b.seen.n)
	b.seen.find(keys, sel, n, 0, b.ids)
	b.sel = b.sel[:0]
	for k, id := range b.ids {
		switch {
		case id == known:
			known++
			b.sel = append(b.sel, int32(rowOf(sel, k)))
			b.group = append(b.group, groups[k])
		case id < known:
			b.earlier(int(id), cols, rowOf(sel, k))
		}
	}
	for i, v := range cols {
		if len(b.sel) > 0 {
			vec.AppendRows(b.cols[i], v, b.sel, n)
		}
	}
}

// earlier keeps the earliest place of a row that is there already.
func (b *buffered) earlier(id int, cols []*vec.Vec, row int) {
	if id >= b.cols[b.width].Len {
		return
	}
	seqs, ord := vec.Values[int64](b.cols[b.width]), vec.Values[int64](b.cols[b.width+1])
	s, o := vec.Values[int64](cols[b.width])[row], vec.Values[int64](cols[b.width+1])[row]
	if uint64(s) < uint64(seqs[id]) {
		seqs[id], ord[id] = s, o
	}
}

// index makes the lists of rows by group.
func (b *buffered) index(groups []int32) {
	if b.fresh {
		return
	}
	n := int32(0)
	for _, g := range b.group {
		n = max(n, g+1)
	}
	for _, g := range groups {
		n = max(n, g+1)
	}
	b.starts = grown(b.starts, int(n)+1)
	clear(b.starts)
	for _, g := range b.group {
		b.starts[g+1]++
	}
	for i := range n {
		b.starts[i+1] += b.starts[i]
	}
	at := slices.Clone(b.starts)
	b.rows = grown(b.rows, len(b.group))
	for i, g := range b.group {
		b.rows[at[g]] = int32(i)
		at[g]++
	}
	b.fresh = true
}

// of are the rows of a group, in the order in which the function gets them.
func (b *buffered) of(g int32) []int32 {
	if int(g)+1 >= len(b.starts) {
		return nil
	}
	return b.rows[b.starts[g]:b.starts[g+1]]
}

func (b *buffered) sort(rows []int32) {
	seqs, ord := vec.Values[int64](b.cols[b.width]), vec.Values[int64](b.cols[b.width+1])
	slices.SortFunc(rows, func(x, y int32) int {
		for k, o := range b.spec.call.OrderBy {
			v := b.cols[b.spec.numArgs+k]
			if c := compareOrdered(v, int(x), int(y), o.Desc, o.NullsFirst); c != 0 {
				return c
			}
		}
		return cmp.Or(cmp.Compare(uint64(seqs[x]), uint64(seqs[y])), cmp.Compare(ord[x], ord[y]))
	})
}

// compareOrdered compares rows x and y of v by a sort order.
func compareOrdered(v *vec.Vec, x, y int, desc, nullsFirst bool) int {
	xn, yn := v.IsNull(x), v.IsNull(y)
	switch {
	case xn && yn:
		return 0
	case xn == nullsFirst && yn != nullsFirst, xn && nullsFirst:
		return -1
	case xn || yn:
		return 1
	}
	if desc {
		return vec.Compare(v, y, v, x)
	}
	return vec.Compare(v, x, v, y)
}

func (b *buffered) Merge(groups []int32, partial []*vec.Vec) error {
	list := partial[0]
	var sel, owner []int32
	for k, g := range groups {
		if list.IsNull(k) {
			continue
		}
		lo, hi := list.Range(k)
		for e := lo; e < hi; e++ {
			sel, owner = append(sel, int32(e)), append(owner, g)
		}
	}
	if len(sel) > 0 {
		b.insert(owner, list.Kids[0].Kids, sel, list.Kids[0].Len)
	}
	return nil
}

func (b *buffered) Partial(groups []int32, out []*vec.Vec) error {
	b.index(groups)
	list := out[0]
	at := list.Extend(len(groups))
	rows := list.Kids[0]
	for k, g := range groups {
		if r := b.of(g); len(r) > 0 {
			rows.Extend(0)
			for i, v := range rows.Kids {
				vec.AppendRows(v, b.cols[i], r, 0)
			}
			rows.Len += len(r)
			if rows.Valid != nil {
				rows.Valid = nil
			}
		}
		list.CloseRow(at + k)
	}
	return nil
}

// Result gives all rows of the groups to the function at once.
func (b *buffered) Result(groups []int32, out *vec.Vec) error {
	b.index(groups)
	acc, err := b.spec.agg.New(b.spec.call.Env)
	if err != nil {
		return err
	}
	var rows, owner, all []int32
	for k, g := range groups {
		r := b.of(g)
		b.sort(r)
		for _, x := range r {
			rows, owner = append(rows, x), append(owner, int32(k))
		}
		all = append(all, int32(k))
	}
	acc.Resize(len(groups))
	if len(rows) > 0 {
		call := &udfs.Call{Env: b.spec.call.Env, N: len(rows)}
		for i := range b.spec.numArgs {
			v := &vec.Vec{Type: b.cols[i].Type}
			vec.Gather(v, b.cols[i], rows)
			call.In = append(call.In, v)
		}
		if err := acc.Update(owner, call); err != nil {
			return err
		}
	}
	return acc.Result(all, out)
}

// Clear forgets all groups.
func (b *buffered) Clear([]int32) {
	for i, v := range b.cols {
		b.cols[i] = vec.New(v.Type, 0)
	}
	b.group, b.fresh = nil, false
	if b.seen != nil {
		b.seen = newGroupTable(b.seen.types)
	}
}

func (b *buffered) Bytes() int64 {
	n := int64(cap(b.group))*4 + int64(cap(b.rows)+cap(b.starts))*4
	for _, v := range b.cols {
		n += v.Size()
	}
	if b.seen != nil {
		n += b.seen.bytes()
	}
	return n
}
