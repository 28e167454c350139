package functions

import "slices"

// lists links the entries of many groups: entry numbers are given out in ascending order, and the values of an
// entry are kept by whoever pushes it.
type lists struct {
	head, tail []int32 // by group: 1 + entry; 0: none
	next       []int32 // by entry: 1 + entry
	count      []int32 // by group
	used       int     // entries of groups
}

func (l *lists) resize(n int) {
	l.head, l.tail, l.count = grow(l.head, n), grow(l.tail, n), grow(l.count, n)
}

// push adds the next entry to a group's end.
func (l *lists) push(g int32) {
	l.next = append(l.next, 0)
	e := int32(len(l.next))
	if l.tail[g] == 0 {
		l.head[g] = e
	} else {
		l.next[l.tail[g]-1] = e
	}
	l.tail[g] = e
	l.count[g]++
	l.used++
}

// entries appends a group's entries, oldest first.
func (l *lists) entries(g int32, to []int32) []int32 {
	for e := l.head[g]; e != 0; e = l.next[e-1] {
		to = append(to, e-1)
	}
	return to
}

// entriesOf appends the entries of many groups, those of a group oldest first. It follows several links at a time,
// so that the waits for memory overlap.
func (l *lists) entriesOf(groups, to []int32) []int32 {
	const lanes = 16
	at, total := int32(len(to)), 0
	for _, g := range groups {
		total += int(l.count[g])
	}
	to = slices.Grow(to, total)[:len(to)+total]
	var cur, place [lanes]int32
	for len(groups) > 0 {
		n := 0
		for ; n < lanes && len(groups) > 0; groups = groups[1:] {
			if g := groups[0]; l.count[g] > 0 {
				cur[n], place[n] = l.head[g], at
				at += l.count[g]
				n++
			}
		}
		for n > 0 {
			for j := 0; j < n; j++ {
				e := cur[j]
				to[place[j]] = e - 1
				place[j]++
				if cur[j] = l.next[e-1]; cur[j] == 0 {
					n--
					cur[j], place[j] = cur[n], place[n]
					j--
				}
			}
		}
	}
	return to
}

// drop empties a group; its entries become garbage.
func (l *lists) drop(g int32) {
	l.used -= int(l.count[g])
	l.head[g], l.tail[g], l.count[g] = 0, 0, 0
}

// reset forgets all entries; every group must be empty.
func (l *lists) reset() { l.next = l.next[:0] }

// compact renumbers the entries of groups; move is called with each old number, in the order of the new ones.
func (l *lists) compact(move func(e int32)) {
	old := *l
	n := len(old.head)
	*l = lists{next: make([]int32, 0, old.used)}
	l.resize(n)
	for g := range n {
		for e := old.head[g]; e != 0; e = old.next[e-1] {
			move(e - 1)
			l.push(int32(g))
		}
	}
}

func (l *lists) bytes() int64 { return 4 * int64(cap(l.next)+3*cap(l.head)) }
