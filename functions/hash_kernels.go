package functions

import (
	"encoding/binary"
	"math/bits"
)

// murmur3 is the 32-bit Murmur3 hash as Spark has it: the bytes after the last whole word are hashed one by
// one, sign-extended, each like a word.
type murmur3 struct{}

func mixWord(k uint32) uint32 { return bits.RotateLeft32(k*0xcc9e2d51, 15) * 0x1b873593 }

func mixHash(h, k uint32) uint32 { return bits.RotateLeft32(h^k, 13)*5 + 0xe6546b64 }

func murmurEnd(h, n uint32) uint32 {
	h ^= n
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}

func (murmur3) word(x, seed uint32) uint32 { return murmurEnd(mixHash(seed, mixWord(x)), 4) }

func (murmur3) long(x uint64, seed uint32) uint32 {
	h := mixHash(seed, mixWord(uint32(x)))
	return murmurEnd(mixHash(h, mixWord(uint32(x>>32))), 8)
}

func (murmur3) bytes(b []byte, seed uint32) uint32 {
	h, n := seed, uint32(len(b))
	for ; len(b) >= 4; b = b[4:] {
		h = mixHash(h, mixWord(binary.LittleEndian.Uint32(b)))
	}
	for _, x := range b {
		h = mixHash(h, mixWord(uint32(int8(x))))
	}
	return murmurEnd(h, n)
}

// xx64 is the 64-bit xxHash.
type xx64 struct{}

const (
	xxPrime1 = 0x9E3779B185EBCA87
	xxPrime2 = 0xC2B2AE3D27D4EB4F
	xxPrime3 = 0x165667B19E3779F9
	xxPrime4 = 0x85EBCA77C2B2AE63
	xxPrime5 = 0x27D4EB2F165667C5
)

func xxEnd(h uint64) uint64 {
	h = (h ^ h>>33) * xxPrime2
	h = (h ^ h>>29) * xxPrime3
	return h ^ h>>32
}

func xxRound(h, x uint64) uint64 { return bits.RotateLeft64(h+x*xxPrime2, 31) * xxPrime1 }

func xxWord(h uint64, x uint32) uint64 {
	return bits.RotateLeft64(h^uint64(x)*xxPrime1, 23)*xxPrime2 + xxPrime3
}

func xxLong(h, x uint64) uint64 {
	return bits.RotateLeft64(h^xxRound(0, x), 27)*xxPrime1 + xxPrime4
}

func (xx64) word(x uint32, seed uint64) uint64 { return xxEnd(xxWord(seed+xxPrime5+4, x)) }
func (xx64) long(x, seed uint64) uint64        { return xxEnd(xxLong(seed+xxPrime5+8, x)) }

func (xx64) bytes(b []byte, seed uint64) uint64 {
	h, n := seed+xxPrime5, uint64(len(b))
	if len(b) >= 32 {
		var p1 uint64 = xxPrime1
		v := [4]uint64{seed + p1 + xxPrime2, seed + xxPrime2, seed, seed - p1}
		for ; len(b) >= 32; b = b[32:] {
			for i := range v {
				v[i] = xxRound(v[i], binary.LittleEndian.Uint64(b[8*i:]))
			}
		}
		h = bits.RotateLeft64(v[0], 1) + bits.RotateLeft64(v[1], 7) + bits.RotateLeft64(v[2], 12) + bits.RotateLeft64(v[3], 18)
		for _, x := range v {
			h = (h^xxRound(0, x))*xxPrime1 + xxPrime4
		}
	}
	h += n
	for ; len(b) >= 8; b = b[8:] {
		h = xxLong(h, binary.LittleEndian.Uint64(b))
	}
	if len(b) >= 4 {
		h = xxWord(h, binary.LittleEndian.Uint32(b))
		b = b[4:]
	}
	for _, x := range b {
		h = bits.RotateLeft64(h^uint64(x)*xxPrime5, 11) * xxPrime1
	}
	return xxEnd(h)
}
