package mem

import (
	"bytes"

	"sparksql/exec/vec"
)

// MostEncoded is the most rows whose strings can be given codes.
const MostEncoded = 1 << 16

// Encode gives the strings of a column of sealed rows, of which there are at most MostEncoded, codes of one dictionary of
// the distinct ones: from then on Gather and Scatter give Coded columns, so that what comes after works on few values. It
// does nothing for other columns.
func (r *Rows) Encode(col int) {
	c := &r.cols[col]
	if !isBytes(r.types[col]) || r.Len() > MostEncoded {
		return
	}
	size := 256
	for size < 2*r.Len() {
		size *= 2
	}
	e := rowEncoder{vals: vec.New(r.types[col], 0), slots: make([]int32, size)}
	c.codes = make([][]int32, len(r.chunks))
	for k, ch := range r.chunks {
		c.codes[k] = e.encode(ch.Cols[col])
	}
	e.vals.Len, e.vals.Bufs = len(e.vals.Views), c.bufs
	if e.vals.Len == 0 { // only NULLs
		e.vals = vec.New(r.types[col], 1)
	}
	c.dict = vec.NewDict(e.vals)
}

// rowEncoder numbers the distinct strings that it meets, in an open-addressing table.
type rowEncoder struct {
	vals  *vec.Vec // without buffers
	slots []int32  // 1 + the number
}

// encode gives the codes of a chunk's rows, 0 for NULL.
func (e *rowEncoder) encode(v *vec.Vec) []int32 {
	codes := make([]int32, v.Len)
	e.vals.Bufs = v.Bufs
	mask := uint64(len(e.slots) - 1)
	for i := range codes {
		if v.Valid != nil && !vec.Bit(v.Valid, i) {
			continue
		}
		s := v.Bytes(i)
		for at := vec.HashBytes(s) & mask; ; at = (at + 1) & mask {
			n := e.slots[at]
			if n == 0 {
				e.vals.Views = append(e.vals.Views, v.Views[i])
				e.slots[at] = int32(len(e.vals.Views))
				codes[i] = e.slots[at] - 1
				break
			}
			if bytes.Equal(e.vals.Bytes(int(n-1)), s) {
				codes[i] = n - 1
				break
			}
		}
	}
	return codes
}
