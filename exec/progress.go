package exec

import (
	"sync"
	"sync/atomic"

	"sparksql/exec/vec"
)

// Progress follows the queries that are started with it in their Options. It is safe for concurrent use.
type Progress struct {
	mu      sync.Mutex
	queries []*query
}

// Snapshot is how far the queries of a Progress have come. Fraction is 0 to 1, by the rows that the sources of their
// pipelines are expected to give; Pipeline names the one at work, Done of Pipelines have ended. Rows is what all sources have
// given, Memory what is held now, PeakMemory what was held at most, Spilled what was written to spill files, in bytes.
type Snapshot struct {
	Fraction        float64
	Pipeline        string
	Done, Pipelines int
	Rows            int64
	Memory, Spilled int64
	PeakMemory      int64
}

func (p *Progress) follow(q *query) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queries = append(p.queries, q)
}

// Snapshot looks at the queries as they are now.
func (p *Progress) Snapshot() Snapshot {
	p.mu.Lock()
	defer p.mu.Unlock()
	var s Snapshot
	var all, done float64
	for _, q := range p.queries {
		q.track.add(&s, &all, &done)
		s.Memory += q.budget.Used()
		s.Spilled += q.budget.Spilled()
		s.PeakMemory += q.budget.Peak()
	}
	if all > 0 {
		s.Fraction = min(1, done/all)
	}
	return s
}

// track is a query's account of its pipelines.
type track struct {
	mu    sync.Mutex
	runs  []*tracked
	large float64      // of the weights of scans
	rows  atomic.Int64 // given by sources that have ended
}

// tracked is a pipeline: waiting, at work (run is set), or ended.
type tracked struct {
	p      *Pipeline
	weight float64
	run    *pipeRun
	ended  bool
}

// leastWeight is that of a pipeline of which no rows are known; restShare the weight of one that reads what others made, as
// a share of the largest scan's.
const (
	leastWeight = 1000
	restShare   = 0.1
)

// begin takes in pipelines that are going to run.
func (k *track) begin(pipes []*Pipeline) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, p := range pipes {
		t := &tracked{p: p, weight: leastWeight}
		if s, ok := p.Source.(sized); ok {
			t.weight = max(leastWeight, float64(s.ExpectedRows()))
			k.large = max(k.large, t.weight)
		}
		k.runs = append(k.runs, t)
	}
}

// at notes that a pipeline has started, or ended.
func (k *track) at(p *Pipeline, run *pipeRun, ended bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, t := range k.runs {
		if t.p == p && !t.ended {
			t.run, t.ended = run, ended
			if ended {
				k.rows.Add(run.rows.Load())
			}
			return
		}
	}
}

// add adds the query to a snapshot; all and done are sums of weights.
func (k *track) add(s *Snapshot, all, done *float64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	s.Rows += k.rows.Load()
	for _, t := range k.runs {
		w := t.weight
		if _, ok := t.p.Source.(sized); !ok {
			w = max(w, restShare*k.large)
		}
		*all += w
		s.Pipelines++
		switch {
		case t.ended:
			*done += w
			s.Done++
		case t.run != nil:
			s.Pipeline = t.p.Source.Describe().Name + " → " + t.p.Sink.Describe().Name
			s.Rows += t.run.rows.Load()
			if m, ok := t.p.Source.(measured); ok {
				*done += w * min(1, m.Fraction())
			}
		}
	}
}

// sized is a Source that knows how many rows it may give; measured one that knows which part of its work is taken.
type sized interface{ ExpectedRows() int64 }
type measured interface{ Fraction() float64 }

// ExpectedRows is what the table says of itself.
func (s *Scan) ExpectedRows() int64 {
	if st := s.node.Table.Stats(); st != nil {
		return st.Rows
	}
	return 0
}

// Fraction is the part of the splits that is taken.
func (s *Scan) Fraction() float64 {
	if n := s.splits.Load(); n > 0 {
		return float64(s.next.Load()) / float64(n)
	}
	return 0
}

func (r *Range) ExpectedRows() int64 { return int64(r.count) }
func (r *Range) Fraction() float64 {
	return float64(r.next.Load()) * rangeMorsel * vec.BatchRows / max(1, float64(r.count))
}
