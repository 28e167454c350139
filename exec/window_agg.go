package exec

import (
	"sparksql/exec/vec"
	"sparksql/udfs"
)

// windowAgg computes an aggregate over frames, with the accumulator that grouping uses. How depends on the frames:
//
//	a whole partition           every partition is a group
//	from the partition's start  one group that grows; its result is taken for each row
//	anything else, short        every row is a group of its own, to which the rows of its frame are added
//	anything else, long         the same over a tree of partial states, each of treeFan rows or states
type windowAgg struct {
	s      *windowSpec
	acc    udfs.Accumulator
	groups []int32
	rows   []int32
	res    *vec.Vec
	idx    []int32
}

func newWindowAgg(s *windowSpec) (*windowAgg, error) {
	acc, err := s.call.Bind.Agg.New(s.call.Env)
	return &windowAgg{s: s, acc: acc, res: &vec.Vec{Type: s.call.Bind.Out}}, err
}

// update adds rows of the region to groups.
func (a *windowAgg) update(t *Task, c *windowCalc, g *windowRegion, groups, rows []int32) error {
	if len(rows) == 0 {
		return nil
	}
	return a.acc.Update(groups, &udfs.Call{Ctx: t, Env: a.s.call.Env, In: c.in, Sel: rows, N: g.n})
}

func (a *windowAgg) run(t *Task, c *windowCalc, g *windowRegion) (*vec.Vec, error) {
	reuse(a.res, 0)
	whole, prefix, total := true, true, int64(0)
	lo, hi := c.frames.lo, c.frames.hi
	for p := range len(g.starts) - 1 {
		s, e := g.starts[p], g.starts[p+1]
		for i := s; i < e; i++ {
			whole = whole && lo[i] == 0 && hi[i] == e-s
			prefix = prefix && lo[i] == 0 && (i == s || hi[i] >= hi[i-1])
			total += int64(max(0, hi[i]-lo[i]))
		}
	}
	keep := a.filter(g)
	switch {
	case whole:
		return a.wholePartitions(t, c, g, keep)
	case prefix && total > int64(g.n)*4:
		return a.growing(t, c, g, keep)
	case total <= int64(g.n)*2*treeFan || a.s.call.Traits().Has(udfs.OrderSensitive):
		return a.each(t, c, g, keep)
	}
	return a.tree(t, c, g, keep)
}

// filter tells which rows the aggregate's FILTER keeps; nil: all.
func (a *windowAgg) filter(g *windowRegion) func(i int32) bool {
	if a.s.filter < 0 {
		return nil
	}
	v := g.cols[a.s.filter]
	vals := vec.Values[bool](v)
	return func(i int32) bool { return vals[i] && !v.IsNull(int(i)) }
}

func (a *windowAgg) wholePartitions(t *Task, c *windowCalc, g *windowRegion, keep func(int32) bool) (*vec.Vec, error) {
	n := len(g.starts) - 1
	a.acc.Resize(n)
	a.groups, a.rows, a.idx = a.groups[:0], a.rows[:0], a.idx[:0]
	for p := range n {
		for i := g.starts[p]; i < g.starts[p+1]; i++ {
			a.idx = append(a.idx, int32(p))
			if keep == nil || keep(i) {
				a.groups, a.rows = append(a.groups, int32(p)), append(a.rows, i)
			}
		}
	}
	if err := a.update(t, c, g, a.groups, a.rows); err != nil {
		return nil, err
	}
	all := numbers(n)
	if err := a.acc.Result(all, a.res); err != nil {
		return nil, err
	}
	a.acc.Clear(all)
	reuse(c.out, 0)
	vec.Gather(c.out, a.res, a.idx)
	return c.out, nil
}

// growing takes a result after each step of a frame that begins with the partition.
func (a *windowAgg) growing(t *Task, c *windowCalc, g *windowRegion, keep func(int32) bool) (*vec.Vec, error) {
	a.acc.Resize(1)
	one, steps := []int32{0}, int32(0)
	all, zeros := numbers(g.n), make([]int32, g.n)
	a.idx = a.idx[:0]
	for p := range len(g.starts) - 1 {
		s, e := g.starts[p], g.starts[p+1]
		a.acc.Clear(one)
		done := s
		for i := s; i < e; i++ {
			end := s + c.frames.hi[i]
			if end > done || i == s {
				rows := all[done:max(done, end)]
				if keep != nil {
					rows = a.kept(rows, keep)
				}
				if err := a.update(t, c, g, zeros[:len(rows)], rows); err != nil {
					return nil, err
				}
				if err := a.acc.Result(one, a.res); err != nil {
					return nil, err
				}
				steps++
				done = max(done, end)
			}
			a.idx = append(a.idx, steps-1)
		}
		if t.Err() != nil {
			return nil, t.Err()
		}
	}
	a.acc.Clear(one)
	if int(steps) == g.n {
		return a.res, nil
	}
	reuse(c.out, 0)
	vec.Gather(c.out, a.res, a.idx)
	return c.out, nil
}

func (a *windowAgg) kept(rows []int32, keep func(int32) bool) []int32 {
	a.rows = a.rows[:0]
	for _, i := range rows {
		if keep(i) {
			a.rows = append(a.rows, i)
		}
	}
	return a.rows
}

// frameRows is about how many rows are added to groups at once.
const frameRows = 1 << 16

// each makes every row a group and adds the rows of its frame, in pieces.
func (a *windowAgg) each(t *Task, c *windowCalc, g *windowRegion, keep func(int32) bool) (*vec.Vec, error) {
	return a.perRow(t, g, func(i, group, base int32) error {
		for r := base + c.frames.lo[i]; r < base+c.frames.hi[i]; r++ {
			if keep == nil || keep(r) {
				a.groups, a.rows = append(a.groups, group), append(a.rows, r)
			}
		}
		return nil
	}, func() error {
		err := a.update(t, c, g, a.groups, a.rows)
		a.groups, a.rows = a.groups[:0], a.rows[:0]
		return err
	})
}

// perRow gives every row a group: add collects what belongs to it, flush brings what was collected to the accumulator.
func (a *windowAgg) perRow(t *Task, g *windowRegion, add func(i, group, base int32) error, flush func() error) (*vec.Vec, error) {
	a.groups, a.rows = a.groups[:0], a.rows[:0]
	const block = 1024
	a.acc.Resize(block)
	p := 0
	for from := 0; from < g.n; from += block {
		n := min(block, g.n-from)
		for k := range n {
			i := int32(from + k)
			for i >= g.starts[p+1] {
				p++
			}
			if err := add(i, int32(k), g.starts[p]); err != nil {
				return nil, err
			}
			if len(a.rows) >= frameRows {
				if err := flush(); err != nil {
					return nil, err
				}
			}
		}
		if err := flush(); err != nil {
			return nil, err
		}
		all := numbers(n)
		if err := a.acc.Result(all, a.res); err != nil {
			return nil, err
		}
		a.acc.Clear(all)
		if t.Err() != nil {
			return nil, t.Err()
		}
	}
	return a.res, nil
}

// numbers are 0..n-1.
func numbers(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(i)
	}
	return out
}
