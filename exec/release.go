package exec

import (
	"sync"

	"sparksql/exec/mem"
)

// holder is an operator that keeps rows between pipelines: what it gives is read by sources and steps of later ones,
// and when the last of these has ended it lets go.
type holder interface{ letGo() }

// reading is a Source or Step that reads what a holder keeps.
type reading interface{ reads() holder }

// holders counts the pipelines that still read what is held.
type holders map[holder]int

// holdersOf are the holders that p reads.
func holdersOf(p *Pipeline) (all []holder) {
	if r, ok := p.Source.(reading); ok {
		all = append(all, r.reads())
	}
	for _, s := range p.Steps {
		if r, ok := s.(reading); ok {
			all = append(all, r.reads())
		}
	}
	return all
}

func countHolders(pipes []*Pipeline) holders {
	hs := holders{}
	for _, p := range pipes {
		for _, h := range holdersOf(p) {
			hs[h]++
		}
	}
	return hs
}

// ended lets go what nobody but p still read.
func (hs holders) ended(p *Pipeline) {
	for _, h := range holdersOf(p) {
		if hs[h]--; hs[h] == 0 {
			h.letGo()
		}
	}
}

// reserved is memory that an operator keeps beyond the parts that collected it. The zero value holds nothing.
type reserved struct {
	mu     sync.Mutex
	budget *mem.Budget
	bytes  int64
}

// take moves what a part holds to its operator: it can no longer be spilled.
func (r *reserved) take(t *Task, part *mem.Budget) error {
	n := part.Used()
	if err := keepReserved(t, part); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.budget = t.Mem
	r.bytes += n
	return nil
}

// more adds n bytes, if they are to be had.
func (r *reserved) more(t *Task, n int64) error {
	if err := t.Mem.Reserve(n); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.budget = t.Mem
	r.bytes += n
	return nil
}

// free gives it back.
func (r *reserved) free() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.budget != nil {
		r.budget.Release(r.bytes)
	}
	r.budget, r.bytes = nil, 0
}

func (s *Sort) letGo() {
	s.out = nil
	s.held.free()
}

func (w *Window) letGo() {
	w.out, w.regions, w.starts = nil, nil, nil
	w.held.free()
}

func (j *HashJoin) letGo() {
	j.table, j.matched, j.spill = nil, nil, nil
	j.held.free()
}

func (s *sortSource) reads() holder   { return s.s }
func (s *windowSource) reads() holder { return s.w }
func (s *joinRest) reads() holder     { return s.j }
func (s joinProbe) reads() holder     { return s.j }
