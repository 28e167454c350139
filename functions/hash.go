package functions

import (
	"math"
	"slices"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// hashSeed is where Spark's hash functions, and its bucketing, begin.
const hashSeed = 42

func hashFunctions() []udfs.Def {
	return append(digestFunctions(),
		udfs.Def{
			Name: "hash", Group: "hash_funcs", Since: "2.0.0", Traits: udfs.Deterministic, MinArgs: 1, MaxArgs: -1,
			Usage:    "hash(expr1, expr2, ...) - Returns the 32-bit Murmur3 hash of the arguments, with seed 42; NULLs do not change it.",
			Examples: example("SELECT hash('Spark', array(123), 2)", "-1321691492"),
			Resolve:  resolveHash(types.IntType, hashRows),
		},
		udfs.Def{
			Name: "xxhash64", Group: "hash_funcs", Since: "3.0.0", Traits: udfs.Deterministic, MinArgs: 1, MaxArgs: -1,
			Usage:    "xxhash64(expr1, expr2, ...) - Returns the 64-bit xxHash of the arguments, with seed 42; NULLs do not change it.",
			Examples: example("SELECT xxhash64('Spark', array(123), 2)", "5602566077635097486"),
			Resolve:  resolveHash(types.BigIntType, xxRows),
		})
}

func resolveHash(out types.Type, k udfs.Kernel) func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
	return func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
		if slices.ContainsFunc(args, func(a udfs.ArgInfo) bool { return hasMap(a.Type) }) {
			return udfs.Binding{}, mismatch(ctx, "HASH_MAP_TYPE", "functionName", routine(ctx.Name))
		}
		return bind(out, k, argTypes(args)...), nil
	}
}

func hashRows(c *udfs.Call) error {
	h := vec.Values[int32](c.Out)[:c.N]
	fill(h, hashSeed)
	for _, v := range c.In {
		Murmur3(v, c.N, h)
	}
	return nil
}

func xxRows(c *udfs.Call) error {
	h := vec.Values[int64](c.Out)[:c.N]
	fill(h, hashSeed)
	for _, v := range c.In {
		for i := range h {
			h[i] = int64(hashValue[uint64](xx64{}, v, i, uint64(h[i])))
		}
	}
	return nil
}

// Murmur3 folds column v, of any form, into the hashes h of rows 0..n-1, as Spark's hash function and its
// bucketing do. Hashes begin as 42; the bucket of a row is its hash modulo the number of buckets, made
// positive. NULLs leave a hash as it is.
func Murmur3(v *vec.Vec, n int, h []int32) {
	h = h[:n]
	if v.Form == vec.Flat && v.Valid == nil {
		switch v.Type.Kind() {
		case types.Int, types.Date, types.YearMonthInterval:
			for i, x := range vec.Values[int32](v)[:n] {
				h[i] = int32(murmur3{}.word(uint32(x), uint32(h[i])))
			}
			return
		case types.BigInt, types.Timestamp, types.TimestampNTZ, types.DayTimeInterval:
			for i, x := range vec.Values[int64](v)[:n] {
				h[i] = int32(murmur3{}.long(uint64(x), uint32(h[i])))
			}
			return
		}
	}
	for i := range h {
		h[i] = int32(hashValue[uint32](murmur3{}, v, i, uint32(h[i])))
	}
}

// hasher is one of Spark's hash functions: each value is hashed with the hash so far as its seed.
type hasher[H uint32 | uint64] interface {
	word(x uint32, seed H) H
	long(x uint64, seed H) H
	bytes(b []byte, seed H) H
}

// hashValue folds row i of v into seed.
func hashValue[H uint32 | uint64, F hasher[H]](f F, v *vec.Vec, i int, seed H) H {
	if v.IsNull(i) {
		return seed
	}
	v, i = v.At(i)
	switch v.Type.Kind() {
	case types.Boolean:
		return f.word(uint32(vec.Values[uint8](v)[i]), seed)
	case types.TinyInt:
		return f.word(uint32(vec.Values[int8](v)[i]), seed)
	case types.SmallInt:
		return f.word(uint32(vec.Values[int16](v)[i]), seed)
	case types.Int, types.Date, types.YearMonthInterval:
		return f.word(uint32(vec.Values[int32](v)[i]), seed)
	case types.BigInt, types.Timestamp, types.TimestampNTZ, types.DayTimeInterval:
		return f.long(uint64(vec.Values[int64](v)[i]), seed)
	case types.Float:
		return f.word(floatBits(vec.Values[float32](v)[i]), seed)
	case types.Double:
		return f.long(doubleBits(vec.Values[float64](v)[i]), seed)
	case types.Decimal:
		if v.Type.Width() == 8 {
			return f.long(uint64(vec.Values[int64](v)[i]), seed)
		}
		return f.bytes(bigEndian(vec.Values[types.Int128](v)[i]), seed)
	case types.CalendarInterval:
		x := vec.Values[types.Interval](v)[i]
		return f.word(uint32(x.Months), f.word(uint32(x.Days), f.long(uint64(x.Micros), seed)))
	case types.String, types.Char, types.Varchar, types.Binary, types.Variant:
		return f.bytes(v.Bytes(i), seed)
	case types.Array, types.Map:
		lo, hi := v.Range(i)
		for e := lo; e < hi; e++ {
			for _, k := range v.Kids {
				seed = hashValue[H](f, k, e, seed)
			}
		}
	case types.Struct:
		for _, k := range v.Kids {
			seed = hashValue[H](f, k, i, seed)
		}
	}
	return seed
}

// floatBits and doubleBits have one NaN and one zero.
func floatBits(x float32) uint32 {
	switch {
	case x != x:
		return 0x7fc00000
	case x == 0:
		return 0
	}
	return math.Float32bits(x)
}

func doubleBits(x float64) uint64 {
	switch {
	case x != x:
		return 0x7ff8000000000000
	case x == 0:
		return 0
	}
	return math.Float64bits(x)
}

// bigEndian is x in two's complement in as few bytes as it takes, at least one.
func bigEndian(x types.Int128) []byte {
	var b [16]byte
	for i := range 8 {
		b[i], b[8+i] = byte(uint64(x.Hi)>>(56-8*i)), byte(x.Lo>>(56-8*i))
	}
	sign := byte(x.Hi >> 63)
	i := 0
	for i < 15 && b[i] == sign && b[i+1]>>7 == sign>>7 {
		i++
	}
	return b[i:]
}
