package exec

import (
	"sparksql/exec/mem"
	"sparksql/sql/types"
)

// smallRun is the number of rows up to which they are compared with each other rather than sorted by words.
const smallRun = 32

// refine sorts rows whose keys before k are equal, and of key k, when it is a string, the first skip bytes. It is stable
// and uses the words.
func (o rowOrder) refine(b []wordID, k, skip int) {
	if k >= len(o.keys) || len(b) < 2 {
		return
	}
	if len(b) <= smallRun || !o.fillWords(b, k, skip) {
		o.mergeSort(b, make([]wordID, len(b)), k)
		return
	}
	sortWords(b)
	eachRun(b, func(run []wordID) {
		switch o.equals(run, k, skip) {
		case runEqual:
			o.refine(run, k+1, 0)
		case runLonger:
			o.refine(run, k, skip+8)
		default:
			o.mergeSort(run, make([]wordID, len(run)), k)
		}
	})
}

// fillWords sets the words by key k; false when the type has none. NULLs come first or last.
func (o rowOrder) fillWords(b []wordID, k, skip int) bool {
	key := o.keys[k]
	ty := o.rows.Types()[key.col]
	if ty.Collation() != "" || ty.IsNested() {
		return false
	}
	chunks := o.rows.Chunks()
	text := isText(ty.Kind())
	one, sel := make([]uint64, mem.ChunkRows), []int32{0}
	for i, x := range b {
		v, r := chunks[x.id/mem.ChunkRows].Cols[key.col], int(x.id%mem.ChunkRows)
		switch {
		case v.IsNull(r):
			b[i].word = ^uint64(0)
			if key.nullsFirst {
				b[i].word = 0
			}
			continue
		case text:
			b[i].word = stringWord(v.Bytes(r), skip)
		default:
			sel[0] = int32(r)
			orderWords(v, sel, v.Len, one, 0)
			b[i].word = one[r]
		}
		if key.desc {
			b[i].word = ^b[i].word
		}
	}
	return true
}

// runState is what rows with equal words have in common.
type runState uint8

const (
	runEqual  runState = iota // the key
	runLonger                 // the bytes of the key up to the word's end, and some go on
	runMixed                  // unknown
)

func (o rowOrder) equals(run []wordID, k, skip int) runState {
	key := o.keys[k]
	ty := o.rows.Types()[key.col]
	chunks := o.rows.Chunks()
	nulls, longer, shortest, longest := 0, false, 1<<31, 0
	for _, x := range run {
		v, r := chunks[x.id/mem.ChunkRows].Cols[key.col], int(x.id%mem.ChunkRows)
		if v.IsNull(r) {
			nulls++
			continue
		}
		if isText(ty.Kind()) {
			n := int(v.Views[r].Len)
			longer = longer || n > skip+8
			shortest, longest = min(shortest, n), max(longest, n)
		}
	}
	switch {
	case nulls == len(run):
		return runEqual
	case nulls > 0 || ty.Kind() == types.Decimal && ty.Width() == 16:
		return runMixed
	case longer && shortest >= skip+8:
		return runLonger
	case isText(ty.Kind()) && (longer || shortest != longest):
		return runMixed
	}
	return runEqual
}

// mergeSort sorts by comparing the keys from k on. tmp is scratch of the same length.
func (o rowOrder) mergeSort(b, tmp []wordID, k int) {
	if len(b) <= 12 {
		for i := 1; i < len(b); i++ {
			for j := i; j > 0 && o.compare(b[j-1].id, b[j].id, k) > 0; j-- {
				b[j-1], b[j] = b[j], b[j-1]
			}
		}
		return
	}
	m := len(b) / 2
	o.mergeSort(b[:m], tmp[:m], k)
	o.mergeSort(b[m:], tmp[m:], k)
	if o.compare(b[m-1].id, b[m].id, k) <= 0 {
		return
	}
	copy(tmp, b)
	i, j := 0, m
	for n := range b {
		if j == len(b) || i < m && o.compare(tmp[i].id, tmp[j].id, k) <= 0 {
			b[n] = tmp[i]
			i++
		} else {
			b[n] = tmp[j]
			j++
		}
	}
}
