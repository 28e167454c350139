package parquet

import (
	"bytes"

	"sparksql/exec/vec"
)

// dictWriter collects the distinct values of a column chunk, as 64-bit numbers or as bytes.
type dictWriter struct {
	fixed  bool
	table  []int32 // open addressing: code+1, 0 empty
	fixeds []uint64
	heap   []byte
	ends   []uint32 // of the byte values in heap
	bytes  int      // size of the dictionary, roughly as it will be encoded
}

// memory is what d holds, in bytes; nothing when it is nil.
func (d *dictWriter) memory() int64 {
	if d == nil {
		return 0
	}
	return int64(4*cap(d.table) + 8*cap(d.fixeds) + cap(d.heap) + 4*cap(d.ends))
}

func (d *dictWriter) len() int {
	if d.fixed {
		return len(d.fixeds)
	}
	return len(d.ends)
}

func (d *dictWriter) at(code int) []byte {
	lo := uint32(0)
	if code > 0 {
		lo = d.ends[code-1]
	}
	return d.heap[lo:d.ends[code]]
}

func (d *dictWriter) grow() {
	size := max(1024, 2*len(d.table))
	d.table = make([]int32, size)
	for c := range d.len() {
		var h uint64
		if d.fixed {
			h = vec.Mix(d.fixeds[c])
		} else {
			h = vec.HashBytes(d.at(c))
		}
		i := h & uint64(size-1)
		for d.table[i] != 0 {
			i = (i + 1) & uint64(size-1)
		}
		d.table[i] = int32(c) + 1
	}
}

func (d *dictWriter) add(x uint64) int32 {
	if 2*len(d.fixeds) >= len(d.table) {
		d.grow()
	}
	mask := uint64(len(d.table) - 1)
	for i := vec.Mix(x) & mask; ; i = (i + 1) & mask {
		c := d.table[i]
		if c == 0 {
			d.fixeds = append(d.fixeds, x)
			d.bytes += 8
			d.table[i] = int32(len(d.fixeds))
			return int32(len(d.fixeds) - 1)
		}
		if d.fixeds[c-1] == x {
			return c - 1
		}
	}
}

func (d *dictWriter) addFixed(codes []int32, bits []int64) []int32 {
	for _, x := range bits {
		codes = append(codes, d.add(uint64(x)))
	}
	return codes
}

func (d *dictWriter) addBytes(b []byte) int32 {
	if 2*len(d.ends) >= len(d.table) {
		d.grow()
	}
	mask := uint64(len(d.table) - 1)
	for i := vec.HashBytes(b) & mask; ; i = (i + 1) & mask {
		c := d.table[i]
		if c == 0 {
			d.heap = append(d.heap, b...)
			d.ends = append(d.ends, uint32(len(d.heap)))
			d.bytes += len(b) + 4
			d.table[i] = int32(len(d.ends))
			return int32(len(d.ends) - 1)
		}
		if bytes.Equal(d.at(int(c-1)), b) {
			return c - 1
		}
	}
}
