package exec

import (
	"sparksql/exec/vec"
	"sparksql/udfs"
)

// treeFan is the number of rows or nodes under a node of a frameTree.
const treeFan = 16

// frameTree holds partial states of an aggregate over a region: level 0 a state for every treeFan rows, each level
// above one for every treeFan of the level beneath. A frame is made of rows at its ends and of few nodes.
type frameTree struct {
	levels []treeLevel
}

type treeLevel struct {
	state []*vec.Vec // by column of the state, a row a node
	n     int
}

// tree builds the tree and makes every row's result of rows and nodes.
func (a *windowAgg) tree(t *Task, c *windowCalc, g *windowRegion, keep func(int32) bool) (*vec.Vec, error) {
	tr, err := a.buildTree(t, c, g, keep)
	if err != nil {
		return nil, err
	}
	nodes := make([][]int32, len(tr.levels))  // by level: nodes to be merged
	groups := make([][]int32, len(tr.levels)) // and into which group
	addRow := func(group, r int32) {
		if keep == nil || keep(r) {
			a.groups, a.rows = append(a.groups, group), append(a.rows, r)
		}
	}
	add := func(_, group, lo, hi int32) {
		for lo < hi && (lo%treeFan != 0 || hi-lo < treeFan) {
			addRow(group, lo)
			lo++
		}
		for hi > lo && hi%treeFan != 0 {
			hi--
			addRow(group, hi)
		}
		lo, hi = lo/treeFan, hi/treeFan
		for l := 0; lo < hi; l++ {
			top := l == len(tr.levels)-1
			for lo < hi && (top || lo%treeFan != 0 || hi-lo < treeFan) {
				nodes[l], groups[l] = append(nodes[l], lo), append(groups[l], group)
				lo++
			}
			for hi > lo && hi%treeFan != 0 {
				hi--
				nodes[l], groups[l] = append(nodes[l], hi), append(groups[l], group)
			}
			lo, hi = lo/treeFan, hi/treeFan
		}
	}
	partial := scratchColumns(len(a.s.call.Bind.Agg.State))
	return a.perRow(t, g, func(i, group, base int32) error {
		if lo, hi := base+c.frames.lo[i], base+c.frames.hi[i]; lo < hi {
			add(i, group, lo, hi)
		}
		return nil
	}, func() error {
		err := a.update(t, c, g, a.groups, a.rows)
		a.groups, a.rows = a.groups[:0], a.rows[:0]
		for l := range tr.levels {
			if err != nil || len(nodes[l]) == 0 {
				continue
			}
			for k, v := range tr.levels[l].state {
				vec.Gather(partial[k], v, nodes[l])
			}
			err = a.acc.Merge(groups[l], partial)
			nodes[l], groups[l] = nodes[l][:0], groups[l][:0]
		}
		return err
	})
}

func (a *windowAgg) buildTree(t *Task, c *windowCalc, g *windowRegion, keep func(int32) bool) (*frameTree, error) {
	acc, err := a.s.call.Bind.Agg.New(a.s.call.Env)
	if err != nil {
		return nil, err
	}
	tr := &frameTree{}
	n := (g.n + treeFan - 1) / treeFan
	acc.Resize(n)
	var groups, rows []int32
	for i := range int32(g.n) {
		if keep == nil || keep(i) {
			groups, rows = append(groups, i/treeFan), append(rows, i)
		}
	}
	if len(rows) > 0 {
		call := &udfs.Call{Ctx: t, Env: a.s.call.Env, In: c.in, Sel: rows, N: g.n}
		if err := acc.Update(groups, call); err != nil {
			return nil, err
		}
	}
	for {
		level := treeLevel{n: n}
		for _, ty := range a.s.call.Bind.Agg.State {
			level.state = append(level.state, vec.New(ty, 0))
		}
		all := numbers(n)
		if err := acc.Partial(all, level.state); err != nil {
			return nil, err
		}
		tr.levels = append(tr.levels, level)
		if n <= treeFan {
			return tr, nil
		}
		acc.Clear(all)
		for k := range all {
			all[k] /= treeFan
		}
		if err := acc.Merge(all, level.state); err != nil {
			return nil, err
		}
		n = (n + treeFan - 1) / treeFan
	}
}
