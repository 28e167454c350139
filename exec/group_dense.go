package exec

import "math"

// denseGroups remembers the groups of the keys in a range of integers, by place: a look into an array that fits the
// caches is cheaper than one into the table. It holds nothing that the table does not.
type denseGroups struct {
	low    uint64
	groups []int32 // by key-low: the group plus one; 0: not known
}

// The least number of keys for which a range is remembered, how sparse it may be, and the most keys in it.
const (
	denseFrom   = 1 << 12
	denseSparse = 4
	denseMost   = 1 << 20
)

// widen makes the range hold the keys of all groups but null, if it pays. Keys are compared as signed numbers.
func (d *denseGroups) widen(keys []uint64, null int32) {
	d.groups = d.groups[:0]
	if len(keys) < denseFrom {
		return
	}
	lo, hi := int64(math.MaxInt64), int64(math.MinInt64)
	for g, x := range keys {
		if int32(g) == null {
			continue
		}
		lo, hi = min(lo, int64(x)), max(hi, int64(x))
	}
	span := uint64(hi) - uint64(lo) + 1
	if span == 0 || span > min(denseMost, uint64(denseSparse*len(keys))) {
		return
	}
	d.low = uint64(lo)
	d.groups = grown(d.groups, int(span+span/2)) // keys often grow with the rows
	clear(d.groups)
	for g, x := range keys {
		if int32(g) != null {
			d.groups[x-d.low] = int32(g) + 1
		}
	}
}

// find gives the groups of words.
func (d *denseGroups) find(t *groupTable, words []uint64, groups []int32) {
	known, low := d.groups, d.low
	for k, x := range words {
		i := x - low
		if i >= uint64(len(known)) {
			groups[k] = t.word(x)
			continue
		}
		if known[i] == 0 {
			known[i] = t.word(x) + 1
		}
		groups[k] = known[i] - 1
	}
}
