package exec

import (
	"sparksql/exec/vec"
	"sparksql/sql/expr"
	"sparksql/udfs"
)

// windowCalc computes one function over regions. It is one worker's.
type windowCalc struct {
	s      *windowSpec
	frames frameCalc
	fn     udfs.WindowFunc
	agg    *windowAgg
	out    *vec.Vec
	part   *vec.Vec   // a partition's result
	consts []*vec.Vec // by argument: constants, long enough; nil for columns
	in     []*vec.Vec
}

func newWindowCalc(w *Window, s *windowSpec) (*windowCalc, error) {
	c := &windowCalc{s: s, frames: frameCalc{w: w, s: s}, out: &vec.Vec{Type: s.call.Bind.Out}, part: &vec.Vec{Type: s.call.Bind.Out},
		consts: make([]*vec.Vec, len(s.args)), in: make([]*vec.Vec, len(s.args))}
	var err error
	if s.call.Bind.Window != nil && (s.agg == nil || s.agg.Filter == nil) {
		c.fn, err = s.call.Bind.Window(s.call.Env)
		return c, err
	}
	c.agg, err = newWindowAgg(s)
	return c, err
}

// run gives the function's values for the region, lent until the next run.
func (c *windowCalc) run(t *Task, g *windowRegion) (*vec.Vec, error) {
	for k, at := range c.s.args {
		if at >= 0 {
			c.in[k] = g.cols[at]
			continue
		}
		if c.consts[k] == nil || c.consts[k].Len < g.n {
			lit := c.s.call.Args[k].(*expr.Literal)
			c.consts[k] = vec.Flatten(vec.Constant(lit.Typ, lit.Value, g.n), vec.New(lit.Typ, 0), nil)
		}
		c.in[k] = sliceFlat(c.consts[k], 0, g.n)
	}
	if c.s.needsFrame() {
		if err := c.frames.run(g); err != nil {
			return nil, err
		}
	}
	if c.agg != nil {
		return c.agg.run(t, c, g)
	}
	return c.runFunc(t, g)
}

// runFunc calls a window function partition by partition.
func (c *windowCalc) runFunc(t *Task, g *windowRegion) (*vec.Vec, error) {
	call := udfs.WindowCall{Ctx: t, Env: c.s.call.Env, IgnoreNulls: c.s.over.IgnoreNulls, In: make([]*vec.Vec, len(c.in))}
	if len(g.starts) != 2 {
		reuse(c.out, 0)
	}
	for p := range len(g.starts) - 1 {
		s, e := int(g.starts[p]), int(g.starts[p+1])
		for k, v := range c.in {
			call.In[k] = sliceFlat(v, s, e)
		}
		call.N = e - s
		if g.peerLo != nil {
			call.PeerLo, call.PeerHi = g.peerLo[s:e], g.peerHi[s:e]
		}
		if c.s.needsFrame() {
			call.Lo, call.Hi = c.frames.lo[s:e], c.frames.hi[s:e]
		}
		reuse(c.part, e-s)
		call.Out = c.part
		if err := c.fn.Eval(&call); err != nil {
			return nil, err
		}
		if len(g.starts) == 2 {
			return vec.Flatten(c.part, c.out, nil), nil
		}
		vec.AppendRows(c.out, c.part, nil, e-s)
		if p&255 == 255 && t.Err() != nil {
			return nil, t.Err()
		}
	}
	return c.out, nil
}

// reuse makes v a Flat column of n rows; buffers that may be shared with another column are let go.
func reuse(v *vec.Vec, n int) {
	v.Bufs = nil
	v.Reset(n)
}
