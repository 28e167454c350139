package parquet

import (
	"encoding/binary"
	"math/bits"
	"unsafe"

	"github.com/parquet-go/bitpack"

	"sparksql/exec/vec"
)

// pad is the readable memory that the bit unpacking wants after its input.
const pad = 64

// grow gives a buffer of n bytes with pad bytes behind it, reusing b.
func grow(b []byte, n int) []byte {
	if cap(b) < n+pad {
		b = vec.AlignedBytes(n + n/4 + pad)
	}
	return b[:n]
}

func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/4)
	}
	return s[:n]
}

// run is the head of one run of the RLE and bit-packing hybrid: a repeated value, or count packed values in body.
type run struct {
	count int
	value uint32
	body  []byte // nil: repeated
}

// nextRun reads a run of values of width bits from the start of src.
func nextRun(src []byte, width uint) (r run, rest []byte, err error) {
	u, k := binary.Uvarint(src)
	if k <= 0 || u>>1 > maxPageRows {
		return r, nil, corruptf("a run's length is broken")
	}
	src = src[k:]
	if u&1 == 0 {
		n := int(width+7) / 8
		if len(src) < n {
			return r, nil, corruptf("a run goes beyond its page")
		}
		for i := range n {
			r.value |= uint32(src[i]) << (8 * i)
		}
		r.count = int(u >> 1)
		return r, src[n:], nil
	}
	groups := int(u >> 1)
	n := groups * int(width)
	if n > len(src) { // writers may cut the last group short
		n = len(src)
	}
	r.count, r.body = groups*8, src[:n]
	if width > 0 {
		r.count = min(r.count, n*8/int(width))
	}
	return r, src[n:], nil
}

// decodeCodes fills dst with values of width bits. src has pad readable bytes behind it, where spare says so.
func decodeCodes(dst []int32, src []byte, width uint) error {
	for len(dst) > 0 {
		r, rest, err := nextRun(src, width)
		if err != nil {
			return err
		}
		if r.count == 0 && len(rest) == 0 {
			return corruptf("a page holds fewer values than it says")
		}
		src = rest
		n := min(r.count, len(dst))
		if r.body == nil {
			d := dst[:n]
			for i := range d {
				d[i] = int32(r.value)
			}
		} else {
			unpack(dst[:n], r.body, width)
		}
		dst = dst[n:]
	}
	return nil
}

// unpack reads len(dst) values of width bits.
func unpack(dst []int32, src []byte, width uint) {
	if width == 0 {
		clear(dst)
		return
	}
	// The vector code reads up to 16 bytes beyond its input: what comes too near to the end of the buffer is
	// unpacked value by value.
	whole := len(dst) &^ 7
	if room := cap(src) - 16; whole*int(width)/8 > room {
		whole = max(0, room*8/int(width)) &^ 7
	}
	if whole > 0 {
		bitpack.Unpack(dst[:whole], src[:cap(src)], width)
	}
	if whole == len(dst) {
		return
	}
	tail := src[whole*int(width)/8:]
	for i := range dst[whole:] {
		dst[whole+i] = int32(bitsAt(tail, i*int(width), width))
	}
}

// bitsAt reads width bits at bit position at; bits beyond the end are zero.
func bitsAt(b []byte, at int, width uint) uint32 {
	var x uint64
	first := at >> 3
	if first+8 <= len(b) {
		x = binary.LittleEndian.Uint64(b[first:])
	} else {
		for i := first; i < len(b); i++ {
			x |= uint64(b[i]) << (8 * (i - first))
		}
	}
	return uint32(x >> (at & 7) & (1<<width - 1))
}

// decodeLevels fills dst with levels up to limit.
func decodeLevels(dst []uint8, src []byte, limit int) error {
	width := uint(bits.Len(uint(limit)))
	for len(dst) > 0 {
		r, rest, err := nextRun(src, width)
		if err != nil {
			return err
		}
		if r.count == 0 && len(rest) == 0 {
			return corruptf("a page holds fewer levels than values")
		}
		src = rest
		n := min(r.count, len(dst))
		if r.body == nil {
			if r.value > uint32(limit) {
				return corruptf("a level of %d above %d", r.value, limit)
			}
			for i := range dst[:n] {
				dst[i] = uint8(r.value)
			}
		} else {
			for i := range dst[:n] {
				v := bitsAt(r.body, i*int(width), width)
				if v > uint32(limit) {
					return corruptf("a level of %d above %d", v, limit)
				}
				dst[i] = uint8(v)
			}
		}
		dst = dst[n:]
	}
	return nil
}

// decodePresence reads definition levels 0 and 1 of n values into a bitmap. A single run of ones, what most pages
// hold, is recognised at once and gives no bitmap.
func decodePresence(m []uint64, src []byte, n int) (valid []uint64, present int, err error) {
	if r, _, err := nextRun(src, 1); err == nil && r.body == nil && r.count >= n && r.value == 1 {
		return m, n, nil
	}
	m = resize(m, vec.Words(n)+1)
	clear(m)
	at := 0
	for at < n {
		r, rest, err := nextRun(src, 1)
		if err != nil {
			return m, 0, err
		}
		if r.count == 0 && len(rest) == 0 {
			return m, 0, corruptf("a page holds fewer levels than values")
		}
		src = rest
		k := min(r.count, n-at)
		switch {
		case r.body != nil && at&7 == 0:
			bytes := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(m))), len(m)*8)
			copy(bytes[at/8:], r.body[:(k+7)/8])
			if tail := k & 7; tail != 0 {
				bytes[(at+k)/8] &= 1<<tail - 1
			}
		case r.body != nil:
			for i := range k {
				if r.body[i>>3]&(1<<(i&7)) != 0 {
					vec.SetBit(m, at+i)
				}
			}
		case r.value == 1:
			setBits(m, at, at+k)
		case r.value > 1:
			return m, 0, corruptf("a level of %d above 1", r.value)
		}
		at += k
	}
	for _, w := range m {
		present += bits.OnesCount64(w)
	}
	return m, present, nil
}

// setBits sets the bits lo to hi-1.
func setBits(m []uint64, lo, hi int) {
	for lo < hi && lo&63 != 0 {
		vec.SetBit(m, lo)
		lo++
	}
	for ; lo+64 <= hi; lo += 64 {
		m[lo>>6] = ^uint64(0)
	}
	for ; lo < hi; lo++ {
		vec.SetBit(m, lo)
	}
}

// sliceBits gives n bits of m from off on: m's own words where off falls on a word, else a copy in scratch.
func sliceBits(m []uint64, off, n int, scratch []uint64) (out, buf []uint64) {
	if off&63 == 0 {
		return m[off>>6 : off>>6+vec.Words(n)], scratch
	}
	scratch = resize(scratch, vec.Words(n))
	shift := off & 63
	for i := range scratch {
		w := off>>6 + i
		x := m[w] >> shift
		if w+1 < len(m) {
			x |= m[w+1] << (64 - shift)
		}
		scratch[i] = x
	}
	return scratch, scratch
}
