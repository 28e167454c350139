package functions

import (
	"math/bits"
	"strconv"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// A bitmap holds so many positions.
const (
	bitmapBytes = 4096
	bitmapBits  = 8 * bitmapBytes
)

func bitmapFunctions() []udfs.Def {
	long, bin := types.BigIntType, types.BinaryType
	agg := func(name, usage, sql, out string, in types.Type, or bool) udfs.Def {
		return udfs.Def{
			Name: name, Group: "agg_funcs", Since: "3.5.0", MinArgs: 1, MaxArgs: 1, Traits: udfs.Deterministic,
			Usage: name + "(child) - " + usage, Examples: example(sql, out),
			Resolve: func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
				if or && args[0].Type.Kind() != types.Binary {
					return udfs.Binding{}, unexpected(ctx, args, 0, `"BINARY"`)
				}
				if _, err := accept(ctx, args, 0, in); err != nil {
					return udfs.Binding{}, err
				}
				b := aggregate([]types.Type{in}, bin, []types.Type{bin}, func(*udfs.Env) udfs.Accumulator { return &bitmapAgg{or: or} })
				b.Nullable, b.Agg.NoInput = false, make([]byte, bitmapBytes)
				return b, nil
			},
		}
	}
	return []udfs.Def{
		{
			Name: "bitmap_bit_position", Group: "misc_funcs", Since: "3.5.0", Traits: pure,
			Usage:    "bitmap_bit_position(child) - Returns the place of a number in its bitmap of 32768 bits.",
			Examples: example("SELECT bitmap_bit_position(123)", "122"),
			Overloads: []udfs.Overload{sig(long, func(c *udfs.Call) error {
				return Map1(c, func(x int64) int64 {
					if x > 0 {
						return (x - 1) % bitmapBits
					}
					return -x % bitmapBits
				})
			}, long)},
		},
		{
			Name: "bitmap_bucket_number", Group: "misc_funcs", Since: "3.5.0", Traits: pure,
			Usage:    "bitmap_bucket_number(child) - Returns the number of the bitmap of 32768 bits that holds a number.",
			Examples: example("SELECT bitmap_bucket_number(123)", "1"),
			Overloads: []udfs.Overload{sig(long, func(c *udfs.Call) error {
				return Map1(c, func(x int64) int64 {
					if x > 0 {
						return 1 + (x-1)/bitmapBits
					}
					return x / bitmapBits
				})
			}, long)},
		},
		{
			Name: "bitmap_count", Group: "misc_funcs", Since: "3.5.0", Traits: pure,
			Usage:    "bitmap_count(child) - Returns the number of bits set in a bitmap.",
			Examples: example("SELECT bitmap_count(X'FF1010')", "10"),
			Overloads: []udfs.Overload{sig(long, func(c *udfs.Call) error {
				out := vec.Values[int64](c.Out)
				return live(c, func(i int) error {
					for _, b := range c.In[0].Bytes(i) {
						out[i] += int64(bits.OnesCount8(b))
					}
					return nil
				})
			}, bin)},
		},
		agg("bitmap_construct_agg", "Returns a bitmap of the positions in a group.", "SELECT bitmap_count(bitmap_construct_agg(c)) FROM VALUES (1), (2), (1) AS t(c)", "2", long, false),
		agg("bitmap_or_agg", "Returns the bitwise OR of the bitmaps in a group.", "SELECT bitmap_count(bitmap_or_agg(c)) FROM VALUES (X'10'), (X'20') AS t(c)", "2", bin, true),
	}
}

// bitmapAgg keeps a bitmap for each group.
type bitmapAgg struct {
	picker
	or   bool
	maps []byte
}

func (a *bitmapAgg) of(g int32) []byte { return a.maps[int(g)*bitmapBytes:][:bitmapBytes] }

func (a *bitmapAgg) Resize(n int) { a.maps = grow(a.maps, n*bitmapBytes) }

func (a *bitmapAgg) Update(groups []int32, c *udfs.Call) error {
	g, rows := a.live(groups, c, c.In[0])
	if a.or {
		for k, x := range g {
			a.merge(x, c.In[0].Bytes(rowAt(rows, k)))
		}
		return nil
	}
	v := vec.Values[int64](c.In[0])
	for k, x := range g {
		at := v[rowAt(rows, k)]
		if at < 0 || at >= bitmapBits {
			return errs.New(c.Env.Pos, "INVALID_BITMAP_POSITION", "bitPosition", strconv.FormatInt(at, 10),
				"bitmapNumBytes", strconv.Itoa(bitmapBytes), "bitmapNumBits", strconv.Itoa(bitmapBits))
		}
		a.of(x)[at/8] |= 1 << (at % 8)
	}
	return nil
}

func (a *bitmapAgg) merge(g int32, b []byte) {
	m := a.of(g)
	for i, x := range b[:min(len(b), bitmapBytes)] {
		m[i] |= x
	}
}

func (a *bitmapAgg) Merge(groups []int32, partial []*vec.Vec) error {
	for k, g := range groups {
		a.merge(g, partial[0].Bytes(k))
	}
	return nil
}

func (a *bitmapAgg) Partial(groups []int32, out []*vec.Vec) error { return a.Result(groups, out[0]) }

func (a *bitmapAgg) Result(groups []int32, out *vec.Vec) error {
	at := out.Extend(len(groups))
	for k, g := range groups {
		out.SetBytes(at+k, a.of(g))
	}
	return nil
}

func (a *bitmapAgg) Clear(groups []int32) {
	for _, g := range groups {
		clear(a.of(g))
	}
}

func (a *bitmapAgg) Bytes() int64 { return int64(cap(a.maps)) }
