package parquet

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/parquet-go/parquet-go/format"
)

// bounds are the least and greatest value of a page or chunk.
type bounds struct {
	leaf     *leafWriter
	any, nan bool
	lo, hi   int64
	least    []byte
	most     []byte
}

func (b *bounds) reset() { b.any, b.nan, b.least, b.most = false, false, b.least[:0], b.most[:0] }

func (b *bounds) floating() bool { return b.leaf.phys == format.Float || b.leaf.phys == format.Double }

func (b *bounds) bool(x byte) { b.fixed([]int64{int64(x)}) }

func (b *bounds) fixed(xs []int64) {
	if b.floating() {
		b.floats(xs)
		return
	}
	if len(xs) == 0 {
		return
	}
	lo, hi := xs[0], xs[0]
	for _, x := range xs {
		lo, hi = min(lo, x), max(hi, x)
	}
	if b.any {
		lo, hi = min(lo, b.lo), max(hi, b.hi)
	}
	b.lo, b.hi, b.any = lo, hi, true
}

// floats keeps the bounds of floating-point numbers; a NaN makes them unknown.
func (b *bounds) floats(xs []int64) {
	for _, x := range xs {
		f := b.leaf.float(x)
		switch {
		case f != f:
			b.nan = true
		case !b.any:
			b.lo, b.hi, b.any = x, x, true
		case f < b.leaf.float(b.lo):
			b.lo = x
		case f > b.leaf.float(b.hi):
			b.hi = x
		}
	}
}

func (b *bounds) bytes(x []byte) {
	if !b.any {
		b.least, b.most, b.any = append(b.least[:0], x...), append(b.most[:0], x...), true
		return
	}
	if b.less(x, b.least) {
		b.least = append(b.least[:0], x...)
	} else if b.less(b.most, x) {
		b.most = append(b.most[:0], x...)
	}
}

// less orders bytes: strings unsigned, decimals as signed big-endian numbers of one length.
func (b *bounds) less(x, y []byte) bool {
	if b.leaf.phys == format.FixedLenByteArray && len(x) > 0 && len(y) > 0 && (x[0]^y[0])&0x80 != 0 {
		return x[0]&0x80 != 0
	}
	return bytes.Compare(x, y) < 0
}

// merge widens b by the bounds of a page.
func (b *bounds) merge(p *bounds) {
	b.nan = b.nan || p.nan
	if !p.any {
		return
	}
	if b.leaf.isFixed() {
		b.fixed([]int64{p.lo, p.hi})
		return
	}
	b.bytes(p.least)
	b.bytes(p.most)
}

// encoded gives the bounds in PLAIN form; nil when they are not known.
func (b *bounds) encoded() (lo, hi []byte) {
	if !b.any || b.nan || b.leaf.phys == format.Int96 {
		return nil, nil
	}
	switch {
	case b.leaf.phys == format.Boolean:
		return []byte{byte(b.lo)}, []byte{byte(b.hi)}
	case b.floating():
		l, h := b.lo, b.hi
		if b.leaf.float(l) == 0 { // zeros are equal: the bounds cover both
			l = b.zero(true)
		}
		if b.leaf.float(h) == 0 {
			h = b.zero(false)
		}
		return b.leaf.plainFixed(nil, []int64{l}), b.leaf.plainFixed(nil, []int64{h})
	case b.leaf.isFixed():
		return b.leaf.plainFixed(nil, []int64{b.lo}), b.leaf.plainFixed(nil, []int64{b.hi})
	}
	return bytes.Clone(b.least), bytes.Clone(b.most)
}

func (b *bounds) zero(negative bool) int64 {
	if !negative {
		return 0
	}
	if b.leaf.phys == format.Float {
		return int64(int32(math.Float32bits(float32(math.Copysign(0, -1)))))
	}
	return math.MinInt64
}

// short cuts bounds of strings to the length that a column index keeps; the greatest is raised so that it stays one.
func (b *bounds) short() (lo, hi []byte) {
	lo, hi = b.encoded()
	if b.leaf.phys != format.ByteArray {
		return lo, hi
	}
	if len(lo) > statsBytes {
		lo = lo[:statsBytes]
	}
	if len(hi) > statsBytes {
		hi = raise(hi[:statsBytes:statsBytes], hi)
	}
	return lo, hi
}

// raise gives a value above all that begin with b; whole when there is none.
func raise(b, whole []byte) []byte {
	b = bytes.Clone(b)
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] < 0x7f { // keeps ASCII text valid
			b[i]++
			return b[:i+1]
		}
	}
	return whole
}

// hybrid appends values of width bits in the RLE and bit-packing hybrid.
func hybrid(dst []byte, vals []int32, width uint) []byte {
	start := 0 // of the values waiting to be packed
	i := 0
	for i < len(vals) {
		n := 1
		for i+n < len(vals) && vals[i+n] == vals[i] {
			n++
		}
		if n < 8 {
			i += 8 // a group goes packed; a run within it is too short to matter
			continue
		}
		dst = pack(dst, vals[start:min(i, len(vals))], width)
		dst = binary.AppendUvarint(dst, uint64(n)<<1)
		for k := uint(0); k < (width+7)/8; k++ {
			dst = append(dst, byte(vals[i]>>(8*k)))
		}
		i += n
		start = i
	}
	return pack(dst, vals[start:], width)
}
