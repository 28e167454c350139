package udfs

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Stats counts what users' functions did, by name. It is safe for concurrent use; nil counts nothing.
type Stats struct {
	parent *Stats // counts as well
	mu     sync.Mutex
	byName map[string]*Meter
}

// NewStats makes counters that count for parent, which may be nil, as well.
func NewStats(parent *Stats) *Stats { return &Stats{parent: parent, byName: map[string]*Meter{}} }

// Meter counts the calls of one function.
type Meter struct {
	up                          *Meter
	rows, batches, nanos, fails atomic.Int64
}

// Meter is the counter of a function.
func (s *Stats) Meter(name string) *Meter {
	if s == nil {
		return &Meter{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.byName[name]
	if m == nil {
		m = &Meter{}
		if s.parent != nil {
			m.up = s.parent.Meter(name)
		}
		s.byName[name] = m
	}
	return m
}

func (m *Meter) add(rows int, d time.Duration, failed bool) {
	for ; m != nil; m = m.up {
		m.rows.Add(int64(rows))
		m.batches.Add(1)
		m.nanos.Add(int64(d))
		if failed {
			m.fails.Add(1)
		}
	}
}

// FuncStats is what one function did. Rows counts calls: for a function that is run once for each dictionary entry,
// the entries. Time is that of all workers together.
type FuncStats struct {
	Name    string        `json:"name"`
	Rows    int64         `json:"rows"`
	Batches int64         `json:"batches"`
	Time    time.Duration `json:"time_ns"`
	Errors  int64         `json:"errors"`
}

// List gives the functions that were called, by name.
func (s *Stats) List() []FuncStats {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []FuncStats
	for name, m := range s.byName {
		if m.batches.Load() > 0 {
			out = append(out, FuncStats{Name: name, Rows: m.rows.Load(), Batches: m.batches.Load(), Time: time.Duration(m.nanos.Load()), Errors: m.fails.Load()})
		}
	}
	slices.SortFunc(out, func(a, b FuncStats) int { return cmp.Compare(a.Name, b.Name) })
	return out
}
