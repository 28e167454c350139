package exec

import (
	"math/bits"
	"slices"

	"sparksql/exec/mem"
	"sparksql/exec/vec"
)

// wordID is a row with its sort word.
type wordID struct {
	word uint64
	id   uint32
}

// rowOrder compares rows of one container by their keys.
type rowOrder struct {
	rows *mem.Rows
	keys []sortKey
}

// compare orders rows a and b by the keys from the given one on.
func (o rowOrder) compare(a, b uint32, from int) int {
	x, y := o.rows.Chunks()[a/mem.ChunkRows], o.rows.Chunks()[b/mem.ChunkRows]
	i, j := int(a%mem.ChunkRows), int(b%mem.ChunkRows)
	for _, k := range o.keys[from:] {
		if c := k.compare(x.Cols[k.col], i, y.Cols[k.col], j); c != 0 {
			return c
		}
	}
	return 0
}

// sortRows gives the ids of sealed rows in the order of the keys; rows with equal keys stay in the order of segs. The
// words hold fields, as planWord made them.
func sortRows(t *Task, rows *mem.Rows, keys []sortKey, segs []segment) (sorted []wordID, fields []sortField, err error) {
	all := make([]wordID, 0, rows.Len())
	for _, s := range segs {
		if t.Err() != nil {
			return nil, nil, t.Err()
		}
		for i := range s.n {
			all = append(all, wordID{id: s.id + uint32(i)})
		}
	}
	fields, rest := planWord(t, rows, keys)
	words := make([]uint64, rows.Span())
	err = t.Parallel(len(rows.Chunks()), func(_ *Task, k int) error {
		c := rows.Chunks()[k]
		buf := make([]uint64, c.N)
		for i := range fields {
			fields[i].add(c, words[c.Base:], buf)
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	for i := range all {
		all[i].word = words[all[i].id]
	}
	sorted, buckets := splitByWord(t, all)
	o := rowOrder{rows, keys}
	skip := 0
	if rest < len(keys) && len(fields) == rest+1 {
		skip = fields[rest].covered()
	}
	err = t.Parallel(len(buckets), func(t *Task, k int) error {
		sortBucket(buckets[k], o, rest, skip)
		return t.Err()
	})
	return sorted, fields, err
}

// cancelRows is the number of rows after which loops over all rows of a sort look whether the query was cancelled.
const cancelRows = 1 << 17

// splitByWord moves rows into buckets of ascending words, each in the order in which they came, to be sorted
// separately and cancelled in between; together they are out. Small inputs are one bucket.
func splitByWord(t *Task, all []wordID) (out []wordID, buckets [][]wordID) {
	const perBucket = 1 << 15
	n := min(len(all)/perBucket, 16*t.Workers)
	if n < 2 {
		return all, [][]wordID{all}
	}
	sample := make([]uint64, 0, 32*n)
	for k := range 32 * n {
		sample = append(sample, all[len(all)/(32*n)*k].word)
	}
	slices.Sort(sample)
	var bounds []uint64 // bucket k holds words below bounds[k], and not below bounds[k-1]
	for k := 1; k < n; k++ {
		if w := sample[32*k]; len(bounds) == 0 || w > bounds[len(bounds)-1] {
			bounds = append(bounds, w)
		}
	}
	place := make([]uint16, len(all))
	counts := make([]int, len(bounds)+2)
	for i, x := range all {
		if i%cancelRows == 0 && t.Err() != nil {
			return all, nil
		}
		b, found := slices.BinarySearch(bounds, x.word)
		if found {
			b++
		}
		place[i] = uint16(b)
		counts[b+1]++
	}
	for k := 1; k < len(counts); k++ {
		counts[k] += counts[k-1]
	}
	out = make([]wordID, len(all))
	at := slices.Clone(counts)
	for i, x := range all {
		if i%cancelRows == 0 && t.Err() != nil {
			return all, nil
		}
		out[at[place[i]]] = x
		at[place[i]]++
	}
	for k := range len(bounds) + 1 {
		buckets = append(buckets, out[counts[k]:counts[k+1]])
	}
	return out, buckets
}

// sortBucket sorts by words, then rows with equal words by the keys from rest on, of which skip bytes are known to be
// equal; it is stable.
func sortBucket(b []wordID, o rowOrder, rest, skip int) {
	sortWords(b)
	if rest == len(o.keys) {
		return
	}
	eachRun(b, func(run []wordID) {
		word := run[0].word
		o.refine(run, rest, skip)
		for i := range run {
			run[i].word = word
		}
	})
}

// eachRun calls f for the runs of several rows with one word.
func eachRun(b []wordID, f func(run []wordID)) {
	for lo := 0; lo < len(b); {
		hi := lo + 1
		for hi < len(b) && b[hi].word == b[lo].word {
			hi++
		}
		if hi-lo > 1 {
			f(b[lo:hi])
		}
		lo = hi
	}
}

// sortWords sorts by word, stable: by counting, a byte at a time, leaving out the bytes that all words share.
func sortWords(b []wordID) {
	if len(b) < 128 {
		slices.SortStableFunc(b, func(x, y wordID) int {
			switch {
			case x.word < y.word:
				return -1
			case x.word > y.word:
				return 1
			}
			return 0
		})
		return
	}
	or, and, sorted := uint64(0), ^uint64(0), true
	for i, x := range b {
		or |= x.word
		and &= x.word
		sorted = sorted && (i == 0 || b[i-1].word <= x.word)
	}
	if sorted {
		return
	}
	diff := or &^ and
	from, to := b, make([]wordID, len(b))
	for shift := uint(bits.TrailingZeros64(diff)); shift < 64 && diff>>shift != 0; shift += 8 {
		var counts [256]int
		for _, x := range from {
			counts[byte(x.word>>shift)]++
		}
		sum := 0
		for k, n := range counts {
			counts[k] = sum
			sum += n
		}
		for _, x := range from {
			d := byte(x.word >> shift)
			to[counts[d]] = x
			counts[d]++
		}
		from, to = to, from
	}
	if &from[0] != &b[0] {
		copy(b, from)
	}
}

// gatherRows puts rows into cols, the first columns of a container.
func gatherRows(rows *mem.Rows, order []wordID, ids *[]uint32, cols []*vec.Vec) {
	*ids = idsOf(order, *ids)
	for k := range cols {
		rows.Gather(k, *ids, cols[k])
	}
}

// idsOf puts the rows' ids into ids, which it makes larger.
func idsOf(order []wordID, ids []uint32) []uint32 {
	ids = grow(ids, len(order))
	for i, x := range order {
		ids[i] = x.id
	}
	return ids
}
