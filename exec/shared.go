package exec

import (
	"io"
	"sync/atomic"

	"sparksql/exec/mem"
	"sparksql/exec/vec"
	"sparksql/sql/plan"
	"sparksql/sql/types"
)

// Shared computes a sub-plan that several parents read once. Its rows stay in memory as they came, dictionaries and
// all; a worker's rows that have to leave it go to disk, and then each reader merges them in source order.
type Shared struct {
	node  plan.Node
	types []types.Type
	rows  []*vec.Batch  // in source order, when nothing was spilled
	parts []*sharedPart // else
	pipes []*Pipeline
}

// sharedPlan reads a shared sub-plan, which its first reader builds.
func (b *builder) sharedPlan(n *plan.Shared) ([]*stream, error) {
	s := b.shared[n.Def]
	if s == nil {
		s = &Shared{node: n.Def.Input}
		for _, c := range s.node.Output() {
			s.types = append(s.types, c.Type)
		}
		b.shared[n.Def] = s
		in, err := b.build(s.node)
		if err != nil {
			return nil, err
		}
		s.pipes = b.end(in, s.node, s)
	}
	return b.source(n, &sharedSource{s: s, desc: n.Describe()}, s.pipes...), nil
}

func (s *Shared) Describe() plan.Desc { return plan.Desc{Name: "SharedSubplan"} }

func (s *Shared) Open(t *Task) (Part, error) { return &sharedPart{mem: t.Mem.Part()}, nil }

// sharedPart is a worker's batches: those on disk came before those in memory, each in ascending order.
type sharedPart struct {
	mem     *mem.Budget
	bytes   int64
	batches []*vec.Batch
	runs    []sharedRun
}

// sharedRun is a file and the places and sizes of the batches in it.
type sharedRun struct {
	file *mem.File
	seqs []uint64
	rows []int
}

func (p *sharedPart) Budget() *mem.Budget { return p.mem }
func (p *sharedPart) Close() error        { p.mem.Close(); return nil }

func (p *sharedPart) Consume(t *Task, b *vec.Batch) error {
	if b.Rows() == 0 {
		return nil
	}
	c := vec.CopyBatch(b)
	p.batches = append(p.batches, c)
	p.bytes += c.Size()
	return p.mem.Set(p.bytes)
}

func (p *sharedPart) Spill(t *Task) (int64, error) {
	if len(p.batches) == 0 {
		return 0, nil
	}
	f, err := t.Files.Create(p.mem)
	if err != nil {
		return 0, err
	}
	run := sharedRun{file: f}
	for _, b := range p.batches {
		if err := f.Append(b.Cols, b.Sel, b.N); err != nil {
			return 0, err
		}
		run.seqs, run.rows = append(run.seqs, b.Seq), append(run.rows, b.N)
	}
	f.Done()
	p.runs = append(p.runs, run)
	freed := p.bytes
	p.batches, p.bytes = nil, 0
	return freed, p.mem.Set(0)
}

func (s *Shared) Finish(t *Task, parts []Part) error {
	spilled := false
	for _, part := range parts {
		p := part.(*sharedPart)
		spilled = spilled || len(p.runs) > 0
		s.parts = append(s.parts, p)
		s.rows = append(s.rows, p.batches...)
	}
	for _, p := range s.parts {
		if err := keepReserved(t, p.mem); err != nil {
			return err
		}
	}
	if spilled {
		s.rows = nil
	} else {
		s.parts = nil
		sortBatches(s.rows)
	}
	return nil
}

// sharedSource is one reading of the rows.
type sharedSource struct {
	s    *Shared
	desc plan.Desc
	next atomic.Int64
}

func (r *sharedSource) Describe() plan.Desc        { return r.desc }
func (r *sharedSource) Open(*Task) (Reader, error) { return (*sharedReader)(r), nil }

type sharedReader sharedSource

func (r *sharedReader) Close() error { return nil }

func (r *sharedReader) Next(t *Task, emit Emit) error {
	i := int(r.next.Add(1)) - 1
	if len(r.s.parts) > 0 {
		if i > 0 {
			return io.EOF
		}
		return r.s.merge(emit)
	}
	if i >= len(r.s.rows) {
		return io.EOF
	}
	b := *r.s.rows[i]
	b.Seq = uint64(i)
	return emit(&b)
}

// sharedCursor goes through a part's batches.
type sharedCursor struct {
	p       *sharedPart
	run, at int
	in      *mem.Reader
}

// seq is the place of the next batch; ok is false at the end.
func (c *sharedCursor) seq() (seq uint64, ok bool) {
	for c.run < len(c.p.runs) {
		if r := &c.p.runs[c.run]; c.at < len(r.seqs) {
			return r.seqs[c.at], true
		}
		c.run, c.at, c.in = c.run+1, 0, nil
	}
	if c.at < len(c.p.batches) {
		return c.p.batches[c.at].Seq, true
	}
	return 0, false
}

// put emits the next batch, which may have become several on disk.
func (c *sharedCursor) put(ts []types.Type, seq uint64, emit Emit) error {
	at := c.at
	c.at++
	if c.run == len(c.p.runs) {
		b := *c.p.batches[at]
		b.Seq = seq
		return emit(&b)
	}
	r := &c.p.runs[c.run]
	if c.in == nil {
		c.in = r.file.Reader(ts)
	}
	for left := r.rows[at]; left > 0; {
		cols, n, err := c.in.Next()
		if err != nil {
			return err
		}
		left -= n
		if err := emit(&vec.Batch{Cols: append([]*vec.Vec(nil), cols...), N: n, Seq: seq}); err != nil {
			return err
		}
	}
	return nil
}

// merge puts out the parts' batches in source order.
func (s *Shared) merge(emit Emit) error {
	var cursors []*sharedCursor
	for _, p := range s.parts {
		cursors = append(cursors, &sharedCursor{p: p})
	}
	for out := uint64(0); ; out++ {
		var first *sharedCursor
		var least uint64
		for _, c := range cursors {
			if seq, ok := c.seq(); ok && (first == nil || seq < least) {
				first, least = c, seq
			}
		}
		if first == nil {
			return nil
		}
		if err := first.put(s.types, out, emit); err != nil {
			return err
		}
	}
}
