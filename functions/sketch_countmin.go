package functions

import (
	"encoding/binary"
	"math"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

func countMinAggregates() []udfs.Def {
	return []udfs.Def{{
		Name: "count_min_sketch", Group: "agg_funcs", Since: "2.2.0", MinArgs: 4, MaxArgs: 4,
		Usage:    "count_min_sketch(col, eps, confidence, seed) - Returns a count-min sketch of a column of integers, strings or binaries as bytes, in Spark's format.",
		Examples: example("SELECT length(count_min_sketch(c, 0.5d, 0.5d, 1)) FROM VALUES (1), (2), (1) AS t(c)", "60"),
		Traits:   udfs.Deterministic, Resolve: resolveCountMin,
	}}
}

func resolveCountMin(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t := args[0].Type
	if !t.IsIntegral() && !t.IsString() && t.Kind() != types.Binary {
		return udfs.Binding{}, unexpected(ctx, args, 0, `("INTEGRAL" or "STRING" or "BINARY")`)
	}
	in := []types.Type{t, types.DoubleType, types.DoubleType, types.IntType}
	nums := [3]float64{}
	for i, name := range []string{"eps", "confidence", "seed"} {
		a := args[i+1]
		if !a.Const {
			return udfs.Binding{}, notConstant(ctx, a, name, typeParam(in[i+1]))
		}
		x, ok := asDouble(a.Value, a.Type)
		if !ok {
			return udfs.Binding{}, mismatch(ctx, "UNEXPECTED_NULL", "exprName", name)
		}
		if i < 2 && x <= 0 || i == 1 && x >= 1 {
			return udfs.Binding{}, outOfRange(ctx, name, "(0.0, 1.0)", a.SQL)
		}
		nums[i] = x
	}
	b := aggregate(in, types.BinaryType, []types.Type{types.BinaryType}, func(*udfs.Env) udfs.Accumulator {
		return newCountMin(int(math.Ceil(2/nums[0])), int(math.Ceil(-math.Log1p(-nums[1])/math.Ln2)), int64(nums[2]))
	})
	empty := newCountMin(int(math.Ceil(2/nums[0])), int(math.Ceil(-math.Log1p(-nums[1])/math.Ln2)), int64(nums[2]))
	empty.Resize(1)
	b.Nullable, b.Agg.NoInput = false, empty.encode(nil, 0)
	return b, nil
}

// countMin keeps depth rows of width counters for each group, one more for the total.
type countMin struct {
	picker
	width, depth int
	hash         []int64
	counts       []int64
}

func newCountMin(width, depth int, seed int64) *countMin {
	a := &countMin{width: width, depth: depth, hash: make([]int64, depth)}
	r := newJavaRandom(seed)
	for i := range a.hash {
		a.hash[i] = int64(r.intN(math.MaxInt32))
	}
	return a
}

func (a *countMin) size() int { return a.width*a.depth + 1 }

func (a *countMin) of(g int32) []int64 { return a.counts[int(g)*a.size():][:a.size()] }

func (a *countMin) Resize(n int) { a.counts = grow(a.counts, n*a.size()) }

func (a *countMin) Update(groups []int32, c *udfs.Call) error {
	v := c.In[0]
	g, rows := a.live(groups, c, v)
	text := !v.Type.IsIntegral()
	var get func(int) int64
	if !text {
		get = longGetter(v)
	}
	for k, x := range g {
		i, counts := rowAt(rows, k), a.of(x)
		counts[0]++
		for d := range a.depth {
			var at int
			if text {
				at = a.textBucket(v.Bytes(i), d)
			} else {
				at = a.longBucket(get(i), d)
			}
			counts[1+d*a.width+at]++
		}
	}
	return nil
}

func (a *countMin) longBucket(x int64, d int) int {
	h := a.hash[d] * x
	h += h >> 32
	return int(int32(h&(1<<31-1)) % int32(a.width))
}

func (a *countMin) textBucket(b []byte, d int) int {
	h1 := murmur3{}.bytes(b, 0)
	h2 := murmur3{}.bytes(b, h1)
	x := int32(h1+uint32(d)*h2) % int32(a.width)
	return int(max(x, -x))
}

// longGetter reads integers of any width.
func longGetter(v *vec.Vec) func(i int) int64 {
	switch v.Type.Kind() {
	case types.TinyInt:
		x := vec.Values[int8](v)
		return func(i int) int64 { return int64(x[i]) }
	case types.SmallInt:
		x := vec.Values[int16](v)
		return func(i int) int64 { return int64(x[i]) }
	case types.Int:
		x := vec.Values[int32](v)
		return func(i int) int64 { return int64(x[i]) }
	}
	x := vec.Values[int64](v)
	return func(i int) int64 { return x[i] }
}

const countMinHeader = 4 + 8 + 4 + 4

// encode appends the sketch in the format of Spark's CountMinSketch, version 1.
func (a *countMin) encode(b []byte, g int32) []byte {
	counts := a.of(g)
	b = binary.BigEndian.AppendUint32(b, 1)
	b = binary.BigEndian.AppendUint64(b, uint64(counts[0]))
	b = binary.BigEndian.AppendUint32(b, uint32(a.depth))
	b = binary.BigEndian.AppendUint32(b, uint32(a.width))
	for _, h := range a.hash {
		b = binary.BigEndian.AppendUint64(b, uint64(h))
	}
	for _, n := range counts[1:] {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	return b
}

func (a *countMin) Merge(groups []int32, partial []*vec.Vec) error {
	for k, g := range groups {
		b, counts := partial[0].Bytes(k), a.of(g)
		counts[0] += int64(binary.BigEndian.Uint64(b[4:]))
		for i, b := 1, b[countMinHeader+8*a.depth:]; len(b) >= 8; i, b = i+1, b[8:] {
			counts[i] += int64(binary.BigEndian.Uint64(b))
		}
	}
	return nil
}

func (a *countMin) Partial(groups []int32, out []*vec.Vec) error { return a.Result(groups, out[0]) }

func (a *countMin) Result(groups []int32, out *vec.Vec) error {
	at := out.Extend(len(groups))
	var b []byte
	for k, g := range groups {
		b = a.encode(b[:0], g)
		out.SetBytes(at+k, b)
	}
	return nil
}

func (a *countMin) Clear(groups []int32) {
	for _, g := range groups {
		clear(a.of(g))
	}
}

func (a *countMin) Bytes() int64 { return 8 * int64(cap(a.counts)) }
