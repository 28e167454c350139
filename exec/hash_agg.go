package exec

import (
	"math"
	"sync/atomic"

	"sparksql/exec/mem"
	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// HashAggregate groups rows. Every worker groups what it gets in a table of its own; when that grows large without the
// rows becoming fewer, or memory is short, its partial states move to partitions by hash. At the end the tables are
// merged if they are small; else every partition is merged by whichever worker takes it, when its groups are wanted.
type HashAggregate struct {
	desc    plan.Desc
	in      []expr.Col
	keys    []expr.Expr
	aggs    []*aggSpec
	partial bool // the result is partial states: another aggregate merges them

	keyTypes []types.Type
	stored   []types.Type // of a partition's rows: keys, then states

	parts []*aggPart
	small *aggPart // not nil: everything, merged
	next  atomic.Int64
	order []int32 // of small: groups by first appearance
}

// partitions of the groups, by the upper bits of their hash.
const (
	aggPartBits = 6
	aggParts    = 1 << aggPartBits
)

// The number of groups at which a worker looks whether its table pays, and the rows per group that make it pay.
const (
	aggFlushGroups = 1 << 15
	aggPays        = 4
)

// aggregate builds the node; aggregates that are all DISTINCT over the same arguments group twice.
func (b *builder) aggregate(n *plan.Aggregate) ([]*stream, error) {
	ss, err := b.build(n.Input)
	if err != nil {
		return nil, err
	}
	h := &HashAggregate{desc: n.Describe(), in: n.Input.Output(), keys: n.Keys}
	for _, e := range n.Aggs {
		s, err := newAggSpec(e)
		if err != nil {
			return nil, err
		}
		h.aggs = append(h.aggs, s)
	}
	shareStates(h.aggs)
	if first, second := splitDistinct(h); first != nil {
		first.prepare()
		pipes := b.end(ss, n, first)
		ss = b.source(n, &aggSource{first}, pipes...)
		h = second
	}
	h.prepare()
	pipes := b.end(ss, n, h)
	return b.source(n, &aggSource{h}, pipes...), nil
}

func (h *HashAggregate) prepare() {
	for _, k := range h.keys {
		h.keyTypes = append(h.keyTypes, k.Type())
	}
	h.stored = append(h.stored, h.keyTypes...)
	for _, a := range h.aggs {
		h.stored = append(h.stored, a.state...)
	}
}

func (h *HashAggregate) Describe() plan.Desc { return h.desc }

// aggPart is a worker's table, and its partitions.
type aggPart struct {
	h      *HashAggregate
	budget *mem.Budget
	table  *groupTable
	inputs []*aggInput // of the aggregates that keep something
	outs   []aggOut
	prog   *exprs
	groups []int32
	rows   int // since the table was empty
	look   int // groups at which to look again
	stores []*aggStore
	kept   int64 // bytes of stores
	spills bool
	seen   int // batches
}

// aggOut gives an aggregate's results: its own, or as those of another's accumulator.
type aggOut struct {
	spec  *aggSpec
	input *aggInput
	as    udfs.Sharer
}

func (o aggOut) result(groups []int32, out *vec.Vec) error {
	acc := o.input.acc
	if o.as != nil {
		o.as.Share(acc)
		acc = o.as.(udfs.Accumulator)
	}
	return errs.At(acc.Result(groups, out), o.spec.call.At)
}

// aggStore is a partition: rows of keys and states, in memory and then in a file. Every flush adds a piece: columns that
// grow would cost more than the hashing.
type aggStore struct {
	pieces []aggPiece
	n      int // rows in memory
	file   *mem.File
}

type aggPiece struct {
	cols []*vec.Vec
	n    int
}

// bytes is the memory of the rows.
func (s *aggStore) bytes() int64 {
	n := int64(0)
	for _, p := range s.pieces {
		for _, c := range p.cols {
			n += c.Size()
		}
	}
	return n
}

func (h *HashAggregate) Open(t *Task) (Part, error) { return h.open(t) }

func (h *HashAggregate) open(t *Task) (*aggPart, error) {
	p := &aggPart{h: h, budget: t.Mem.Part(), table: newGroupTable(h.keyTypes), look: aggFlushGroups}
	es := append([]expr.Expr(nil), h.keys...)
	for _, a := range h.aggs {
		if a.leader >= 0 {
			acc, err := a.accumulator()
			if err != nil {
				return nil, err
			}
			p.outs = append(p.outs, aggOut{a, p.outs[a.leader].input, acc.(udfs.Sharer)})
			continue
		}
		x, err := newAggInput(a, h.in, t.Slots)
		if err != nil {
			return nil, err
		}
		p.outs = append(p.outs, aggOut{a, x, nil})
		for _, e := range x.exprsOf() {
			x.at = append(x.at, len(es))
			es = append(es, e)
		}
		p.inputs = append(p.inputs, x)
	}
	for i, e := range es {
		if a, ok := e.(*expr.Alias); ok {
			es[i] = a.X
		}
	}
	var err error
	p.prog, err = compileExprs(es, h.in, t.Slots)
	return p, err
}

// Budget is the part's, for the driver.
func (p *aggPart) Budget() *mem.Budget { return p.budget }

func (p *aggPart) Consume(t *Task, b *vec.Batch) error {
	rows := b.Rows()
	if rows == 0 {
		return nil
	}
	vals, err := p.prog.eval(t, b)
	if err != nil {
		return err
	}
	p.groups = grown(p.groups, rows)
	if len(p.h.keys) == 0 {
		clear(p.groups)
		p.table.n = 1
	} else {
		p.table.find(vals[:len(p.h.keys)], b.Sel, b.N, b.Seq, p.groups)
	}
	for _, x := range p.inputs {
		x.acc.Resize(p.table.n)
		if err := x.update(t, b, vals, p.groups); err != nil {
			return err
		}
	}
	p.rows += rows
	return p.watch(t)
}

// watch accounts for the table, and moves it to the partitions when it does not pay.
func (p *aggPart) watch(t *Task) error {
	if p.seen++; p.seen&15 == 0 || p.table.n >= p.look {
		if err := p.budget.Set(p.bytes()); err != nil {
			if _, err := p.Spill(t); err != nil {
				return err
			}
		}
	}
	if p.table.n < p.look {
		return nil
	}
	if p.rows < aggPays*p.table.n && !settles(p.rows, p.table.n) {
		return p.flush()
	}
	p.look *= 2
	return nil
}

// aggSettled is a number of groups up to which a table is worth keeping although it has few rows for each as yet.
const aggSettled = 1 << 18

// settles tells whether so few rows are expected to meet no more than aggSettled groups in the end: of d groups that
// are equally likely, r rows meet d(1-exp(-r/d)).
func settles(rows, groups int) bool {
	x := float64(groups) / aggSettled
	return x < 1 && float64(rows) >= -aggSettled*math.Log1p(-x)
}

func (p *aggPart) bytes() int64 {
	n := p.table.bytes()
	for _, x := range p.inputs {
		n += x.acc.Bytes()
	}
	return n + p.kept
}

// flush moves the table's groups to the partitions.
func (p *aggPart) flush() error {
	if p.table.n == 0 || len(p.h.keys) == 0 {
		return nil
	}
	if p.stores == nil {
		p.stores = make([]*aggStore, aggParts)
		for i := range p.stores {
			p.stores[i] = &aggStore{}
		}
	}
	for i, groups := range p.table.split() {
		if len(groups) == 0 {
			continue
		}
		s := p.stores[i]
		piece := aggPiece{cols: make([]*vec.Vec, len(p.h.stored)), n: len(groups)}
		for c, t := range p.h.stored {
			if piece.cols[c] = vec.New(t, 0); c >= len(p.h.keys) {
				piece.cols[c].Grow(len(groups))
			}
		}
		if err := p.partial(groups, piece.cols); err != nil {
			return err
		}
		s.pieces = append(s.pieces, piece)
		s.n += len(groups)
		for _, c := range piece.cols {
			p.kept += c.Size()
		}
	}
	p.clear()
	p.kept += p.table.ident.forget(maxTexts)
	return nil
}

// partial puts keys and states of groups into columns, which are empty.
func (p *aggPart) partial(groups []int32, cols []*vec.Vec) error {
	k := len(p.h.keys)
	p.table.takeKeys(groups, cols[:k])
	for _, x := range p.inputs {
		n := len(x.spec.state)
		if err := x.acc.Partial(groups, cols[k:k+n]); err != nil {
			return err
		}
		k += n
	}
	return nil
}

// clear empties the table and the accumulators.
func (p *aggPart) clear() {
	all := grown(p.groups, p.table.n)
	for i := range all {
		all[i] = int32(i)
	}
	for _, x := range p.inputs {
		x.acc.Clear(all)
	}
	p.table.reset()
	p.rows, p.look = 0, aggFlushGroups
}

// Spill writes the partitions, and the table's groups, to files.
func (p *aggPart) Spill(t *Task) (freed int64, err error) {
	if len(p.h.keys) == 0 {
		return 0, nil
	}
	before := p.budget.Used()
	if err := p.flush(); err != nil {
		return 0, err
	}
	for _, s := range p.stores {
		if s.n == 0 {
			continue
		}
		if s.file == nil {
			if s.file, err = t.Files.Create(p.budget); err != nil {
				return 0, err
			}
		}
		for _, piece := range s.pieces {
			if err := s.file.Append(piece.cols, nil, piece.n); err != nil {
				return 0, err
			}
		}
		s.file.Done()
		s.pieces, s.n = nil, 0
	}
	p.spills, p.kept = true, 0
	p.table = newGroupTable(p.h.keyTypes)
	for _, x := range p.inputs {
		if x.acc, err = x.spec.accumulator(); err != nil {
			return 0, err
		}
	}
	p.budget.Require(p.bytes())
	return before - p.budget.Used(), nil
}

func (p *aggPart) Close() error {
	p.budget.Close()
	return nil
}

// split lists the groups by partition.
func (t *groupTable) split() [][]int32 {
	out := make([][]int32, aggParts)
	count := [aggParts]int{}
	for _, h := range t.hashes {
		count[h>>(64-aggPartBits)]++
	}
	for i, n := range count {
		out[i] = make([]int32, 0, n)
	}
	for g, h := range t.hashes {
		i := h >> (64 - aggPartBits)
		out[i] = append(out[i], int32(g))
	}
	return out
}

// Finish merges the workers' tables if they are small, else moves them to the partitions.
func (h *HashAggregate) Finish(t *Task, parts []Part) error {
	total, flushed := 0, false
	for _, x := range parts {
		p := x.(*aggPart)
		h.parts = append(h.parts, p)
		total += p.table.n
		flushed = flushed || p.stores != nil
	}
	if len(h.keys) == 0 || !flushed && (total <= aggFlushGroups || len(parts) == 1) {
		return h.mergeSmall(t)
	}
	return t.Parallel(len(h.parts), func(t *Task, i int) error {
		p := h.parts[i]
		if err := p.flush(); err != nil {
			return err
		}
		if p.spills {
			if _, err := p.Spill(t); err != nil {
				return err
			}
		}
		p.kept += p.table.ident.forget(0)
		p.settleTexts()
		p.table = nil
		for _, x := range p.inputs {
			x.acc = nil
		}
		p.budget.Require(p.kept)
		return nil
	})
}

// mergeSmall merges all tables into the first and puts the groups into the order of their first rows.
func (h *HashAggregate) mergeSmall(t *Task) error {
	first := h.parts[0]
	if len(h.keys) == 0 {
		first.table.n = 1
		for _, x := range first.inputs {
			x.acc.Resize(1)
		}
	}
	for _, p := range h.parts[1:] {
		if p.table.n == 0 {
			continue
		}
		cols := make([]*vec.Vec, len(h.stored))
		for i, ty := range h.stored {
			cols[i] = vec.New(ty, 0)
		}
		all := make([]int32, p.table.n)
		for i := range all {
			all[i] = int32(i)
		}
		if t.Err() != nil { // a single group may hold all rows
			return t.Err()
		}
		if err := p.partial(all, cols); err != nil {
			return err
		}
		if t.Err() != nil {
			return t.Err()
		}
		if err := first.merge(cols, len(all), p.table.fresh); err != nil {
			return err
		}
		p.table, p.inputs = nil, nil
		p.budget.Require(0)
	}
	h.small = first
	h.order = first.inOrder()
	first.budget.Require(first.bytes())
	return nil
}

// merge adds rows of keys and states to the part's table; fresh says where their groups first appeared.
func (p *aggPart) merge(cols []*vec.Vec, n int, fresh []freshGroup) error {
	p.groups = grown(p.groups, n)
	k, known := len(p.h.keys), int32(p.table.n)
	if k == 0 {
		clear(p.groups)
		p.table.n = 1
	} else {
		p.table.find(cols[:k], nil, n, 0, p.groups)
		for i, f := range fresh {
			if g := p.groups[i]; int(g) < len(p.table.fresh) {
				if x := &p.table.fresh[g]; g >= known || f.before(*x) {
					*x = f
				}
			}
		}
	}
	for _, x := range p.inputs {
		x.acc.Resize(p.table.n)
		s := len(x.spec.state)
		if err := x.acc.Merge(p.groups, cols[k:k+s]); err != nil {
			return err
		}
		k += s
	}
	return nil
}
