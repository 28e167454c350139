package exec

import (
	"sync"
	"sync/atomic"
)

// scheduler shares an engine's W workers among its queries: whoever computes holds one of W turns, and a turn that is
// given back goes to the queries that wait one after the other.
type scheduler struct {
	mu      sync.Mutex
	free    int
	queries []*turns
	next    int
	waiting atomic.Int64
}

// turns is a query's place in the scheduler.
type turns struct {
	s    *scheduler
	wait []chan struct{}
}

func newScheduler(workers int) *scheduler { return &scheduler{free: workers} }

func (s *scheduler) join() *turns {
	q := &turns{s: s}
	s.mu.Lock()
	s.queries = append(s.queries, q)
	s.mu.Unlock()
	return q
}

// quit ends the query's part; it holds no turn and waits for none.
func (q *turns) quit() {
	s := q.s
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, x := range s.queries {
		if x == q {
			s.queries = append(s.queries[:i], s.queries[i+1:]...)
			break
		}
	}
}

// enter waits for a turn.
func (q *turns) enter() {
	s := q.s
	s.mu.Lock()
	if s.free > 0 {
		s.free--
		s.mu.Unlock()
		return
	}
	c := make(chan struct{})
	q.wait = append(q.wait, c)
	s.waiting.Add(1)
	s.mu.Unlock()
	<-c
}

// leave gives a turn back, to the next query that waits.
func (q *turns) leave() {
	s := q.s
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range s.queries {
		i := (s.next + k) % len(s.queries)
		if x := s.queries[i]; len(x.wait) > 0 {
			c := x.wait[0]
			x.wait = x.wait[1:]
			s.next = i + 1
			s.waiting.Add(-1)
			close(c)
			return
		}
	}
	s.free++
}

// pass lets another take its turn, if any waits.
func (q *turns) pass() {
	if q.s.waiting.Load() > 0 {
		q.leave()
		q.enter()
	}
}
