package exec

import (
	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
)

// windowRegion is a run of whole partitions, all columns Flat. Peers and frames are places within the partition.
type windowRegion struct {
	cols           []*vec.Vec
	n              int
	starts         []int32 // first rows of the partitions, then n
	peerLo, peerHi []int32 // nil without an ORDER BY
}

// prepare finds the peers.
func (g *windowRegion) prepare(t *Task, w *Window) error {
	keys := w.layout.keys[w.parts:]
	if len(keys) == 0 {
		g.peerLo, g.peerHi = nil, nil
		return nil
	}
	g.peerLo, g.peerHi = grow(g.peerLo, g.n), grow(g.peerHi, g.n)
	for p := range len(g.starts) - 1 {
		s, e := int(g.starts[p]), int(g.starts[p+1])
		for lo := s; lo < e; {
			hi := lo + 1
			for hi < e && g.peers(keys, lo, hi) {
				hi++
			}
			for i := lo; i < hi; i++ {
				g.peerLo[i], g.peerHi[i] = int32(lo-s), int32(hi-s)
				if i%cancelRows == 0 && t.Err() != nil {
					return t.Err()
				}
			}
			lo = hi
		}
	}
	return nil
}

func (g *windowRegion) peers(keys []sortKey, i, j int) bool {
	for _, k := range keys {
		if !vec.Equal(g.cols[k.col], i, g.cols[k.col], j) {
			return false
		}
	}
	return true
}

// frameCalc computes the frames of all rows of a region.
type frameCalc struct {
	w      *Window
	s      *windowSpec
	lo, hi []int32
}

// run gives [lo,hi) for each row, within its partition; a frame with lo >= hi is empty.
func (f *frameCalc) run(g *windowRegion) error {
	f.lo, f.hi = grow(f.lo, g.n), grow(f.hi, g.n)
	frame := f.s.over.Frame
	if !frame.Rows && (isOffset(frame.Lo) || isOffset(frame.Hi)) {
		keys := f.w.layout.keys[f.w.parts:]
		if len(keys) != 1 {
			return errs.Unsupported(f.s.over.Pos(), "RANGE frame with an offset over several sort keys")
		}
		return f.rangeFrames(g, keys[0])
	}
	for p := range len(g.starts) - 1 {
		s, e := g.starts[p], g.starts[p+1]
		for i := s; i < e; i++ {
			f.lo[i] = f.bound(g, frame.Rows, frame.Lo, f.s.lo, i, s, e, 0)
			f.hi[i] = f.bound(g, frame.Rows, frame.Hi, f.s.hi, i, s, e, 1)
		}
	}
	return nil
}

func isOffset(b expr.Bound) bool { return b.Kind == expr.Preceding || b.Kind == expr.Following }

// bound is one end of row i's frame in the partition [s,e): its first row (end 0), or one past its last (end 1).
func (f *frameCalc) bound(g *windowRegion, rows bool, b expr.Bound, offset any, i, s, e int32, end int32) int32 {
	n := int64(e - s)
	switch b.Kind {
	case expr.UnboundedPreceding:
		return 0
	case expr.UnboundedFollowing:
		return e - s
	case expr.CurrentRow:
		switch {
		case rows:
			return i - s + end
		case g.peerLo == nil:
			return (e - s) * end
		case end == 0:
			return g.peerLo[i]
		}
		return g.peerHi[i]
	}
	d := min(max(intOffset(offset), -n-1), n+1)
	if b.Kind == expr.Preceding {
		d = -d
	}
	return int32(min(max(int64(i-s)+d+int64(end), 0), n))
}

func intOffset(x any) int64 {
	switch x := x.(type) {
	case int8:
		return int64(x)
	case int16:
		return int64(x)
	case int32:
		return int64(x)
	case int64:
		return x
	}
	return 0
}

// sliceFlat views rows lo..hi-1 of a Flat column; the bitmap is copied where lo is not at a word's start.
func sliceFlat(v *vec.Vec, lo, hi int) *vec.Vec {
	if lo == 0 && hi == v.Len {
		return v
	}
	out := &vec.Vec{Type: v.Type, Len: hi - lo}
	if v.Valid != nil {
		if lo%64 == 0 {
			out.Valid = v.Valid[lo/64:]
		} else {
			out.Valid = make([]uint64, vec.Words(hi-lo))
			for i := lo; i < hi; i++ {
				if vec.Bit(v.Valid, i) {
					vec.SetBit(out.Valid, i-lo)
				}
			}
		}
	}
	switch w := v.Type.Width(); {
	case w > 0:
		out.Fixed = v.Fixed[lo*w : hi*w]
	case v.Offs != nil:
		out.Offs, out.Kids = v.Offs[lo:hi+1], v.Kids
	case len(v.Kids) > 0:
		for _, k := range v.Kids {
			if k.Form == vec.Coded {
				c := *k
				c.Codes, c.Len = k.Codes[lo:hi], hi-lo
				c.Valid = sliceFlat(&vec.Vec{Len: k.Len, Valid: k.Valid}, lo, hi).Valid
				out.Kids = append(out.Kids, &c)
				continue
			}
			out.Kids = append(out.Kids, sliceFlat(k, lo, hi))
		}
	case v.Views != nil:
		out.Views, out.Bufs = v.Views[lo:hi], v.Bufs
	}
	return out
}
