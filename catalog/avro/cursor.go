package avro

import (
	"encoding/binary"
	"errors"
	"math"
)

var errShort = errors.New("the Avro data ends within a value or is broken")

// cursor reads the primitives of a block in memory. After an error everything is zero.
type cursor struct {
	b   []byte
	err error
}

func (c *cursor) fail() { c.b, c.err = nil, errShort }

// take gives the next n bytes, which stay the block's.
func (c *cursor) take(n int64) []byte {
	if n < 0 || n > int64(len(c.b)) {
		c.fail()
		return nil
	}
	out := c.b[:n:n]
	c.b = c.b[n:]
	return out
}

func (c *cursor) long() int64 {
	u, n := binary.Uvarint(c.b)
	if n <= 0 {
		c.fail()
		return 0
	}
	c.b = c.b[n:]
	return int64(u>>1) ^ -int64(u&1)
}

func (c *cursor) bytes() []byte { return c.take(c.long()) }

func (c *cursor) bool() bool {
	b := c.take(1)
	return len(b) == 1 && b[0] != 0
}

func (c *cursor) float() float32 {
	if b := c.take(4); b != nil {
		return math.Float32frombits(binary.LittleEndian.Uint32(b))
	}
	return 0
}

func (c *cursor) double() float64 {
	if b := c.take(8); b != nil {
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	}
	return 0
}

// mostItems bounds the elements of one array or map: elements of no size cost no bytes in the file.
const mostItems = 1 << 26

// items calls f for every element of an array or map.
func (c *cursor) items(f func()) {
	total := int64(0)
	for {
		n := c.long()
		if n < 0 {
			n = -n
			c.long() // the block's size in bytes
		}
		if total += n; n < 0 || total > mostItems {
			c.fail()
		}
		if n == 0 || c.err != nil {
			return
		}
		for ; n > 0 && c.err == nil; n-- {
			f()
		}
	}
}
