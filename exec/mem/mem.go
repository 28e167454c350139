// Package mem is the tree of memory budgets, engine -> query -> operator, the spill files, and the one spillable
// container of rows.
package mem

import "sync/atomic"

// Budget accounts for memory. A child's reservations count for its parents. It is safe for concurrent use.
type Budget struct {
	parent     *Budget
	limit      int64 // 0: none of its own
	used, peak atomic.Int64
}

// Root returns the budget of an engine, limit in bytes.
func Root(limit int64) *Budget { return &Budget{limit: limit} }

// Child returns a budget within b.
func (b *Budget) Child() *Budget { return &Budget{parent: b} }

// Used and Peak are the bytes reserved now and at most.
func (b *Budget) Used() int64 { return b.used.Load() }
func (b *Budget) Peak() int64 { return b.peak.Load() }
