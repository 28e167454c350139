package exec

import (
	"cmp"
	"io"
	"slices"
	"sync"
	"sync/atomic"

	"sparksql/exec/mem"
	"sparksql/exec/vec"
	"sparksql/sql/plan"
	"sparksql/sql/types"
)

// Shared computes a sub-plan that several parents read. Its rows are kept as they came, dictionaries and all, in memory
// or on disk; a batch that its last reader has read is let go.
type Shared struct {
	node    plan.Node
	types   []types.Type
	pipes   []*Pipeline
	readers int32 // of the pipelines of one builder

	blocks []*mem.Block   // in source order
	left   []atomic.Int32 // readers that have not read a block yet

	mu     sync.Mutex
	held   []*mem.Block // those in memory that can go to disk
	budget *mem.Budget  // of the operator: what is held counts there
	files  *mem.Files
	file   *mem.File
	ended  bool // nothing goes to disk any more
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
	s.readers++
	return b.source(n, &sharedSource{s: s, desc: n.Describe()}, s.pipes...), nil
}

func (s *Shared) Describe() plan.Desc { return plan.Desc{Name: "SharedSubplan"} }

func (s *Shared) Open(t *Task) (Part, error) { return &sharedPart{s: s, mem: t.Mem.Part()}, nil }

// sharedPart is a worker's batches.
type sharedPart struct {
	s      *Shared
	mem    *mem.Budget
	bytes  int64
	blocks []*mem.Block
	held   int // the first one in memory
	file   *mem.File
	stop   func()
}

// mostShared is the most memory of a shared sub-plan's rows, in bytes, within an eighth of the engine's limit.
const mostShared = 256 << 20

func (p *sharedPart) Budget() *mem.Budget { return p.mem }

// Close ends what other queries may ask for.
func (p *sharedPart) Close() error {
	p.s.mu.Lock()
	p.s.ended = true
	p.s.held = nil
	p.s.mu.Unlock()
	if p.stop != nil {
		p.stop()
	}
	p.mem.Close()
	return nil
}

func (p *sharedPart) Consume(t *Task, b *vec.Batch) error {
	if b.Rows() == 0 {
		return nil
	}
	k := mem.NewBlock(vec.CopyBatch(b))
	p.blocks = append(p.blocks, k)
	p.bytes += k.Size()
	most := int64(mostShared)
	if l := p.mem.Limit(); l > 0 {
		most = min(most, l/8)
	}
	if p.bytes > most/int64(t.Workers) {
		_, err := p.Spill(t)
		return err
	}
	return p.mem.Set(p.bytes)
}

func (p *sharedPart) Spill(t *Task) (freed int64, err error) {
	if p.held == len(p.blocks) {
		return 0, nil
	}
	if p.file == nil {
		if p.file, err = t.Files.Create(p.mem); err != nil {
			return 0, err
		}
	}
	for ; p.held < len(p.blocks); p.held++ {
		if err := p.blocks[p.held].Move(p.file); err != nil {
			return 0, err
		}
	}
	freed = p.bytes
	p.bytes = 0
	return freed, p.mem.Set(0)
}

func (s *Shared) Finish(t *Task, parts []Part) error {
	s.budget, s.files = t.Mem, t.Files
	for _, part := range parts {
		p := part.(*sharedPart)
		s.blocks = append(s.blocks, p.blocks...)
		s.held = append(s.held, p.blocks[p.held:]...)
		if p.file != nil {
			p.file.Done()
		}
		if err := keepReserved(t, p.mem); err != nil {
			return err
		}
		p.blocks, p.held = nil, 0
	}
	slices.SortStableFunc(s.blocks, func(a, b *mem.Block) int { return cmp.Compare(a.Seq, b.Seq) })
	s.left = make([]atomic.Int32, len(s.blocks))
	for i := range s.left {
		s.left[i].Store(s.readers)
	}
	if len(parts) > 0 {
		parts[0].(*sharedPart).stop = t.Mem.OnPressure(s.shed)
	}
	return nil
}

// shed moves blocks to disk: the last first, since readers begin with the first.
func (s *Shared) shed(over int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil && len(s.held) > 0 {
		f, err := s.files.Create(s.budget)
		if err != nil {
			return // whoever needs the memory says so
		}
		s.file = f
	}
	for over > 0 && len(s.held) > 0 && !s.ended {
		k := s.held[len(s.held)-1]
		if k.InMemory() {
			if k.Move(s.file) != nil {
				return
			}
			s.budget.Release(k.Size())
			over -= k.Size()
		}
		s.held = s.held[:len(s.held)-1]
	}
}

// passed notes that a reader has read block i; after the last its memory is free.
func (s *Shared) passed(i int) {
	if s.left[i].Add(-1) != 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if k := s.blocks[i]; k.InMemory() && !s.ended {
		k.Drop()
		s.budget.Release(k.Size())
	}
}

// keepForAll makes the rows stay until the query ends: how many will read them is not known.
func (s *Shared) keepForAll() { s.readers |= 1 << 30 }

// sharedSource is one reading of the rows, a block a morsel.
type sharedSource struct {
	s    *Shared
	desc plan.Desc
	next atomic.Int64
}

func (r *sharedSource) Describe() plan.Desc { return r.desc }
func (r *sharedSource) Open(*Task) (Reader, error) {
	return &sharedReader{r, mem.NewBlockReader(r.s.types)}, nil
}

type sharedReader struct {
	r  *sharedSource
	in *mem.BlockReader
}

func (r *sharedReader) Close() error { return nil }

func (r *sharedReader) Next(_ *Task, emit Emit) error {
	i := int(r.r.next.Add(1)) - 1
	s := r.r.s
	if i >= len(s.blocks) {
		return io.EOF
	}
	err := r.in.Read(s.blocks[i], func(cols []*vec.Vec, sel []int32, n int) error {
		return emit(&vec.Batch{Cols: slices.Clone(cols), Sel: sel, N: n, Seq: uint64(i)})
	})
	s.passed(i)
	return err
}
