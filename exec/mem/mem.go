// Package mem is the tree of memory budgets, engine -> query -> operator, the spill files, and the one spillable
// container of rows.
package mem

import (
	"maps"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"sparksql/sql/errs"
)

// Budget accounts for memory. A child's reservations count for its parents. It is safe for concurrent use.
//
// The tree has three levels: the engine's root, which has the limit; a query's; and the parts of its operators.
// When the limit is passed, the largest spillable part of a query that has more than its fair share (the
// limit divided by the number of running queries) is asked to spill; the driver sees that between two batches.
type Budget struct {
	parent     *Budget
	limit      int64 // of a root; 0: none
	used, peak atomic.Int64
	wanted     atomic.Bool
	spillable  bool
	spilled    atomic.Int64

	mu    sync.Mutex
	kids  map[*Budget]struct{} // of a root its queries, of a query its spillable parts
	isAll bool                 // a root or a query
	sheds map[int]func(over int64)
	nshed int
}

// OnPressure makes the engine's budget call shed with the bytes that are too many, before any query is asked to spill: for
// what belongs to the engine. It may be called by several goroutines at once. stop ends that.
func (b *Budget) OnPressure(shed func(over int64)) (stop func()) {
	r := b.root()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sheds == nil {
		r.sheds = map[int]func(int64){}
	}
	id := r.nshed
	r.nshed++
	r.sheds[id] = shed
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.sheds, id)
	}
}

// shed asks what belongs to the engine for memory; fits tells whether the limit is kept now.
func (b *Budget) shed() (fits bool) {
	b.mu.Lock()
	all := slices.Collect(maps.Values(b.sheds))
	b.mu.Unlock()
	for _, f := range all {
		if over := b.used.Load() - b.limit; over > 0 {
			f(over)
		}
	}
	return b.used.Load() <= b.limit
}

// Root returns the budget of an engine, limit in bytes, 0 for none.
func Root(limit int64) *Budget { return &Budget{limit: limit, isAll: true} }

// Query returns a budget for a query within the root b.
func (b *Budget) Query() *Budget {
	q := &Budget{parent: b, isAll: true}
	b.enter(q)
	return q
}

// Child returns a budget within b that cannot spill.
func (b *Budget) Child() *Budget { return &Budget{parent: b} }

// Part returns a budget within b, a query's or an operator's, of a part that can be asked to spill.
func (b *Budget) Part() *Budget {
	p := &Budget{parent: b, spillable: true}
	b.query().enter(p)
	return p
}

func (b *Budget) enter(k *Budget) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.kids == nil {
		b.kids = map[*Budget]struct{}{}
	}
	b.kids[k] = struct{}{}
}

// query is the nearest budget above, or b itself, that is a query's or the root.
func (b *Budget) query() *Budget {
	for !b.isAll && b.parent != nil {
		b = b.parent
	}
	return b
}

func (b *Budget) root() *Budget {
	for b.parent != nil {
		b = b.parent
	}
	return b
}

// Close gives back everything that b still holds.
func (b *Budget) Close() {
	b.Release(b.used.Load())
	if b.parent == nil {
		return
	}
	q := b.parent
	if b.spillable {
		q = q.query()
	}
	q.mu.Lock()
	delete(q.kids, b)
	q.mu.Unlock()
}

// Used and Peak are the bytes reserved now and at most.
func (b *Budget) Used() int64 { return b.used.Load() }
func (b *Budget) Peak() int64 { return b.peak.Load() }

// Spilled counts the bytes that were written to spill files on account of b and its children.
func (b *Budget) Spilled() int64 { return b.spilled.Load() }

// AddSpilled counts bytes written to a spill file.
func (b *Budget) AddSpilled(n int64) {
	for ; b != nil; b = b.parent {
		b.spilled.Add(n)
	}
}

// Limit is the engine's, 0 for none.
func (b *Budget) Limit() int64 { return b.root().limit }

// Set makes b's reservation n bytes; see Reserve.
func (b *Budget) Set(n int64) error {
	d := n - b.used.Load()
	if d > 0 {
		return b.Reserve(d)
	}
	b.Release(-d)
	return nil
}

// Require makes b's reservation n bytes, without asking whether they are there: for the least that an operator needs to go
// on at all.
func (b *Budget) Require(n int64) {
	d := n - b.used.Load()
	for ; b != nil; b = b.parent {
		u := b.used.Add(d)
		for p := b.peak.Load(); u > p && !b.peak.CompareAndSwap(p, u); p = b.peak.Load() {
		}
	}
}

// Release gives n bytes back.
func (b *Budget) Release(n int64) {
	for ; b != nil; b = b.parent {
		b.used.Add(-n)
	}
}

// Reserve takes n bytes. Past the engine's limit it asks the largest part to spill, and fails only if no part of a
// query with more than its share has anything to spill; then nothing is reserved.
func (b *Budget) Reserve(n int64) error {
	top := b
	for x := b; x != nil; x = x.parent {
		u := x.used.Add(n)
		for p := x.peak.Load(); u > p && !x.peak.CompareAndSwap(p, u); p = x.peak.Load() {
		}
		top = x
	}
	if top.limit <= 0 || top.used.Load() <= top.limit {
		return nil
	}
	if top.shed() {
		return nil
	}
	if top.askSpill(b.query()) {
		// Who was asked may be in the middle of a long batch: far past the limit, whoever reserves spills as well.
		if q := b.query(); b.spillable && b.used.Load() >= smallestSpill && q.used.Load() > top.share() && top.used.Load()-top.limit > top.limit/16 {
			b.wanted.Store(true)
		}
		return nil
	}
	b.Release(n)
	return errs.New(errs.Pos{}, "UNABLE_TO_ACQUIRE_MEMORY", "requestedBytes", strconv.FormatInt(n, 10),
		"receivedBytes", strconv.FormatInt(max(0, top.limit-top.used.Load()), 10))
}

// smallestSpill is what a part has to hold to be worth spilling.
const smallestSpill = 1 << 16

// askSpill marks the largest spillable part: of query own when it has more than its share, else of the query that
// exceeds its share most. It tells whether own may go on.
func (b *Budget) askSpill(own *Budget) bool {
	share := b.share()
	b.mu.Lock()
	victim, over := own, own.used.Load()-share
	if over <= 0 {
		for q := range b.kids {
			if o := q.used.Load() - share; o > over {
				victim, over = q, o
			}
		}
	}
	b.mu.Unlock()
	return victim.markLargest() || own.used.Load() <= share
}

// share is what each of the running queries of a root is guaranteed.
func (b *Budget) share() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.limit / int64(max(1, len(b.kids)))
}

func (b *Budget) markLargest() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	var largest *Budget
	size := int64(smallestSpill)
	for p := range b.kids {
		if p.spillable && p.wanted.Load() {
			return true
		}
		if u := p.used.Load(); p.spillable && u >= size {
			largest, size = p, u
		}
	}
	if largest == nil {
		return false
	}
	largest.wanted.Store(true)
	return true
}

// SpillWanted tells whether the part was asked to spill, and takes the request back.
func (b *Budget) SpillWanted() bool { return b.wanted.Load() && b.wanted.Swap(false) }
