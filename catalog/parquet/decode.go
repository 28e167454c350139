package parquet

import (
	"encoding/binary"
	"unsafe"

	"github.com/parquet-go/parquet-go/format"

	"sparksql/exec/vec"
)

// decoder turns the value bytes of pages of one column into physical values, densely, without the NULLs. The result
// is in fixed (booleans, numbers, INT96 and fixed-length bytes, little-endian as in the file) or in views over
// bytes; it may lie in the source and is valid until the next call.
type decoder struct {
	phys  format.Type
	width int // bytes of a fixed value; 0: byte arrays

	fixed []byte
	views []vec.View
	bytes []byte
	own   []byte
}

func newDecoder(n *Node) decoder {
	w := map[format.Type]int{format.Boolean: 1, format.Int32: 4, format.Int64: 8, format.Int96: 12, format.Float: 4,
		format.Double: 8, format.FixedLenByteArray: n.Len}[n.Phys]
	return decoder{phys: n.Phys, width: w}
}

// values decodes n values from src.
func (d *decoder) values(enc format.Encoding, src []byte, n int) error {
	if n == 0 {
		d.fixed, d.views, d.bytes = nil, d.views[:0], nil
		return nil
	}
	switch enc {
	case format.Plain:
		return d.plain(src, n)
	case format.RLE:
		if d.phys == format.Boolean {
			return d.rleBooleans(src, n)
		}
	case format.DeltaBinaryPacked:
		if d.phys == format.Int32 || d.phys == format.Int64 {
			return d.deltaInts(src, n)
		}
	case format.DeltaLengthByteArray:
		if d.phys == format.ByteArray {
			return d.deltaLengths(src, n)
		}
	case format.DeltaByteArray:
		if d.phys == format.ByteArray {
			return d.deltaStrings(src, n)
		}
		if d.phys == format.FixedLenByteArray {
			return d.deltaFixed(src, n)
		}
	case format.ByteStreamSplit:
		if d.width > 1 {
			return d.streams(src, n)
		}
	}
	return corruptf("the encoding %s is not known for %s", enc, d.phys)
}

func (d *decoder) plain(src []byte, n int) error {
	switch {
	case d.phys == format.ByteArray:
		return d.plainStrings(src, n)
	case d.phys == format.Boolean:
		if len(src) < (n+7)/8 {
			return corruptf("a page holds fewer booleans than it says")
		}
		d.own = grow(d.own, n)
		for i := range d.own {
			d.own[i] = src[i>>3] >> (i & 7) & 1
		}
		d.fixed = d.own
		return nil
	}
	if len(src)/d.width < n {
		return corruptf("a page of %d bytes does not hold %d values", len(src), n)
	}
	d.fixed = src[:n*d.width]
	return nil
}

func (d *decoder) plainStrings(src []byte, n int) error {
	if len(src)/4 < n {
		return corruptf("a page of %d bytes does not hold %d strings", len(src), n)
	}
	views := resize(d.views, n)
	d.views, d.bytes = views, src
	at := 0
	for i := range views {
		if at+4 > len(src) {
			return corruptf("a string goes beyond its page")
		}
		l := int(binary.LittleEndian.Uint32(src[at:]))
		at += 4
		if l > len(src)-at {
			return corruptf("a string goes beyond its page")
		}
		v := &views[i]
		v.Len = uint32(l)
		if l <= 12 {
			if at+12 <= len(src) {
				*(*[12]byte)(v.Data[:]) = [12]byte(src[at:])
				clear(v.Data[l:])
			} else {
				v.Data = [12]byte{}
				copy(v.Data[:], src[at:at+l])
			}
		} else {
			*(*[4]byte)(v.Data[:]) = [4]byte(src[at:])
			binary.LittleEndian.PutUint32(v.Data[4:], 0)
			binary.LittleEndian.PutUint32(v.Data[8:], uint32(at))
		}
		at += l
	}
	return nil
}

func (d *decoder) rleBooleans(src []byte, n int) error {
	if len(src) < 4 {
		return corruptf("a page of booleans is too short")
	}
	l := int(binary.LittleEndian.Uint32(src))
	if l > len(src)-4 {
		return corruptf("a run goes beyond its page")
	}
	d.own = grow(d.own, n)
	d.fixed = d.own
	return decodeLevels(d.own, src[4:4+l], 1)
}

func (d *decoder) deltaInts(src []byte, n int) error {
	out, _, err := decodeDelta(src, n)
	if err != nil {
		return err
	}
	if len(out) < n {
		return corruptf("a page holds %d values, not %d", len(out), n)
	}
	d.own = grow(d.own, n*d.width)
	d.fixed = d.own
	if d.width == 8 {
		copy(asInts[int64](d.own), out)
		return nil
	}
	dst := asInts[int32](d.own)
	for i := range dst {
		dst[i] = int32(out[i])
	}
	return nil
}

func (d *decoder) deltaFixed(src []byte, n int) error {
	if err := d.deltaStrings(src, n); err != nil {
		return err
	}
	if len(d.bytes) != n*d.width {
		return corruptf("values of fixed length differ in length")
	}
	d.fixed = d.bytes
	return nil
}

// streams reads BYTE_STREAM_SPLIT: all first bytes, then all second ones, and so on.
func (d *decoder) streams(src []byte, n int) error {
	if len(src)/d.width < n {
		return corruptf("a page of %d bytes does not hold %d values", len(src), n)
	}
	d.own = grow(d.own, n*d.width)
	for k := range d.width {
		s := src[k*n : k*n+n]
		for i, b := range s {
			d.own[i*d.width+k] = b
		}
	}
	d.fixed = d.own
	return nil
}

// asInts views bytes as numbers.
func asInts[T int8 | int16 | int32 | int64 | uint32 | uint64 | float32 | float64](b []byte) []T {
	var z T
	n := len(b) / int(unsafe.Sizeof(z))
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), n)
}
