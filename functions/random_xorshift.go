package functions

import (
	"encoding/binary"
	"math"
	"math/bits"
	"sync"
)

// xorShift is the generator of Spark's rand: 64 bits of state, started from a seed through Murmur3.
type xorShift struct {
	state  uint64
	normal float64 // the second of a pair of normal numbers
	stored bool
}

func newXorShift(seed int64) *xorShift {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(seed))
	low := scalaMurmur(b[:], 0x3c074a61)
	return &xorShift{state: uint64(scalaMurmur(b[:], low))<<32 | uint64(low)}
}

// scalaMurmur is the plain 32-bit Murmur3 of a number of bytes that is a multiple of four.
func scalaMurmur(b []byte, seed uint32) uint32 {
	h := seed
	for ; len(b) >= 4; b = b[4:] {
		h = mixHash(h, mixWord(binary.LittleEndian.Uint32(b)))
	}
	return murmurEnd(h, 8)
}

func step(x uint64) uint64 {
	x ^= x << 21
	x ^= x >> 35
	return x ^ x<<4
}

// next gives so many random bits, as Java's Random counts them.
func (g *xorShift) next(n int) int32 {
	g.state = step(g.state)
	return int32(g.state & (1<<n - 1))
}

// double is evenly spread over [0, 1).
func (g *xorShift) double() float64 {
	hi := int64(g.next(26)) << 27
	return float64(hi+int64(g.next(27))) * 0x1p-53
}

// gaussian is normally distributed: Marsaglia's polar method, two numbers at a time.
func (g *xorShift) gaussian() float64 {
	if g.stored {
		g.stored = false
		return g.normal
	}
	for {
		x, y := 2*g.double()-1, 2*g.double()-1
		s := x*x + y*y
		if s >= 1 || s == 0 {
			continue
		}
		m := math.Sqrt(-2 * math.Log(s) / s)
		g.normal, g.stored = y*m, true
		return x * m
	}
}

// matrix is a linear map of 64-bit states, by its columns.
type matrix [64]uint64

func (m *matrix) apply(x uint64) (y uint64) {
	for ; x != 0; x &= x - 1 {
		y ^= m[bits.TrailingZeros64(x)]
	}
	return y
}

// jumps are the maps of 2^k steps.
var jumps = sync.OnceValue(func() *[64]matrix {
	var j [64]matrix
	for i := range 64 {
		j[0][i] = step(1 << i)
	}
	for k := 1; k < 64; k++ {
		for i := range 64 {
			j[k][i] = j[k-1].apply(j[k-1][i])
		}
	}
	return &j
})

// skip moves the generator n steps on, in no time.
func (g *xorShift) skip(n uint64) {
	for ; n != 0; n &= n - 1 {
		g.state = jumps()[bits.TrailingZeros64(n)].apply(g.state)
	}
	g.stored = false
}
