package parquet

import (
	"encoding/binary"

	"sparksql/exec/vec"
)

// decodeDelta reads DELTA_BINARY_PACKED values, at most limit of them, and gives what follows them in src.
func decodeDelta(src []byte, limit int) (out []int64, rest []byte, err error) {
	t := wire{b: src}
	block, mini, total := t.uvarint(), t.uvarint(), t.uvarint()
	first := int64(t.int())
	if t.bad || block == 0 || block%128 != 0 || block > 1<<20 || mini == 0 || mini > block || block%mini != 0 || block/mini%8 != 0 {
		return nil, nil, corruptf("a delta-encoded page has a broken head")
	}
	if total > uint64(limit) {
		return nil, nil, corruptf("a delta-encoded page holds %d values, not %d", total, limit)
	}
	if total == 0 {
		return nil, src[t.p:], nil
	}
	out = make([]int64, 1, total)
	out[0] = first
	per := int(block / mini)
	src = src[t.p:]
	for len(out) < int(total) {
		t = wire{b: src}
		least := int64(t.int())
		if t.bad || t.p+int(mini) > len(src) {
			return nil, nil, corruptf("a delta-encoded page ends early")
		}
		widths := src[t.p : t.p+int(mini)]
		src = src[t.p+int(mini):]
		for _, w := range widths {
			if len(out) == int(total) {
				break
			}
			size := per * int(w) / 8
			if w > 64 || size > len(src) {
				return nil, nil, corruptf("a delta-encoded page ends early")
			}
			n := min(per, int(total)-len(out))
			prev := out[len(out)-1]
			for i := range n {
				prev += least + int64(wideBits(src, i*int(w), uint(w)))
				out = append(out, prev)
			}
			src = src[size:]
		}
	}
	return out, src, nil
}

// wideBits reads up to 64 bits at bit position at.
func wideBits(b []byte, at int, width uint) uint64 {
	if width == 0 {
		return 0
	}
	first, shift := at>>3, uint(at&7)
	var buf [16]byte
	copy(buf[:], b[first:min(len(b), first+9)])
	x := binary.LittleEndian.Uint64(buf[:]) >> shift
	if shift > 0 {
		x |= uint64(buf[8]) << (64 - shift)
	}
	if width < 64 {
		x &= 1<<width - 1
	}
	return x
}

// deltaLengths reads DELTA_LENGTH_BYTE_ARRAY: the lengths, then all bytes.
func (d *decoder) deltaLengths(src []byte, n int) error {
	lens, rest, err := decodeDelta(src, n)
	if err != nil {
		return err
	}
	if len(lens) < n {
		return corruptf("a page holds %d strings, not %d", len(lens), n)
	}
	d.views = resize(d.views, n)
	at := 0
	for i := range n {
		l := lens[i]
		if l < 0 || l > int64(len(rest)-at) {
			return corruptf("a string goes beyond its page")
		}
		d.views[i] = vec.MakeView(rest[at:at+int(l)], 0, at)
		at += int(l)
	}
	d.bytes = rest
	return nil
}

// deltaStrings reads DELTA_BYTE_ARRAY: each string shares a prefix with the one before.
func (d *decoder) deltaStrings(src []byte, n int) error {
	prefixes, rest, err := decodeDelta(src, n)
	if err != nil {
		return err
	}
	lens, rest, err := decodeDelta(rest, n)
	if err != nil {
		return err
	}
	if len(prefixes) < n || len(lens) < n {
		return corruptf("a page holds fewer strings than it says")
	}
	total := 0
	for i := range n {
		if prefixes[i] < 0 || lens[i] < 0 || prefixes[i] > maxPageBytes || lens[i] > int64(len(rest)) {
			return corruptf("a string goes beyond its page")
		}
		if total += int(prefixes[i] + lens[i]); total > maxPageBytes {
			return corruptf("a page's strings are longer than a page may be")
		}
	}
	d.views = resize(d.views, n)
	d.own = grow(d.own, 0)
	last := 0
	for i := range n {
		p, l := int(prefixes[i]), int(lens[i])
		at := len(d.own)
		if p > at-last || l > len(rest) {
			return corruptf("a string goes beyond its page")
		}
		d.own = append(d.own, d.own[last:last+p]...)
		d.own = append(d.own, rest[:l]...)
		rest = rest[l:]
		d.views[i] = vec.MakeView(d.own[at:], 0, at)
		last = at
	}
	d.bytes = d.own
	return nil
}
