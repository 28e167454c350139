package functions

import (
	"math"
	"math/bits"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// The number of distinct values below which zero registers are counted, by precision from 4 (HyperLogLog++).
var hllThresholds = [...]float64{10, 20, 40, 80, 220, 400, 900, 1800, 3100, 6500, 11500, 20000, 50000, 120000, 350000}

func hllAggregates() []udfs.Def {
	return []udfs.Def{{
		Name: "approx_count_distinct", Group: "agg_funcs", Since: "1.6.0", MinArgs: 1, MaxArgs: 2,
		Usage:    "approx_count_distinct(expr[, relativeSD]) - Returns the number of different values by HyperLogLog++, with the relative standard deviation `relativeSD` (0.05).",
		Examples: example("SELECT approx_count_distinct(c) FROM VALUES (1), (1), (2), (2), (3) AS t(c)", "3"),
		Traits:   udfs.Deterministic,
		Pretty:   func(args []string) string { return "approx_count_distinct(" + args[0] + ")" },
		Resolve:  resolveApproxCount,
	}}
}

func resolveApproxCount(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	in, sd := []types.Type{args[0].Type}, 0.05
	if hasMap(args[0].Type) {
		return udfs.Binding{}, mismatch(ctx, "HASH_MAP_TYPE", "functionName", routine(ctx.Name))
	}
	if len(args) == 2 {
		if !args[1].Const {
			return udfs.Binding{}, notConstant(ctx, args[1], "relativeSD", `"DOUBLE"`)
		}
		x, ok := asDouble(args[1].Value, args[1].Type)
		if !ok {
			return udfs.Binding{}, unexpected(ctx, args, 1, `"DOUBLE"`)
		}
		sd, in = x, append(in, args[1].Type)
	}
	p := int(math.Ceil(2 * math.Log(1.106/sd) / math.Ln2))
	if p < 4 || p > 25 {
		return udfs.Binding{}, outOfRange(ctx, "relativeSD", "[0.0001, 0.39]", args[len(args)-1].SQL)
	}
	b := aggregate(in, types.BigIntType, []types.Type{types.BinaryType}, func(*udfs.Env) udfs.Accumulator {
		return &hll{p: p, m: 1 << p}
	})
	b.Nullable, b.Agg.NoInput = false, int64(0)
	return b, nil
}

// hll keeps the registers of all groups side by side.
type hll struct {
	picker
	p, m int
	regs []uint8
}

func (a *hll) Resize(n int) { a.regs = grow(a.regs, n*a.m) }

func (a *hll) of(g int32) []uint8 { return a.regs[int(g)*a.m:][:a.m] }

func (a *hll) Update(groups []int32, c *udfs.Call) error {
	v := c.In[0]
	g, rows := a.live(groups, c, v)
	for k, x := range g {
		h := hashValue[uint64](xx64{}, v, rowAt(rows, k), hashSeed)
		rank := uint8(bits.LeadingZeros64(h<<a.p|1<<(a.p-1))) + 1
		if r := &a.of(x)[h>>(64-a.p)]; rank > *r {
			*r = rank
		}
	}
	return nil
}

func (a *hll) Merge(groups []int32, partial []*vec.Vec) error {
	for k, g := range groups {
		regs := a.of(g)
		for i, r := range partial[0].Bytes(k) {
			regs[i] = max(regs[i], r)
		}
	}
	return nil
}

func (a *hll) Partial(groups []int32, out []*vec.Vec) error {
	at := out[0].Extend(len(groups))
	for k, g := range groups {
		out[0].SetBytes(at+k, a.of(g))
	}
	return nil
}

func (a *hll) Result(groups []int32, out *vec.Vec) error {
	at := out.Extend(len(groups))
	v := vec.Values[int64](out)[at:]
	for k, g := range groups {
		v[k] = a.estimate(a.of(g))
	}
	return nil
}

func (a *hll) Clear(groups []int32) {
	for _, g := range groups {
		clear(a.of(g))
	}
}

func (a *hll) Bytes() int64 { return int64(cap(a.regs)) }

// estimate counts zero registers for few values, as Spark does, and takes the harmonic mean for many. Between,
// where Spark corrects the mean's bias by a measured table, the estimate is Ertl's, which has no bias.
func (a *hll) estimate(regs []uint8) int64 {
	m := float64(a.m)
	var counts [66]int
	for _, r := range regs {
		counts[r]++
	}
	z := 0.0
	for r, n := range counts {
		z += float64(n) * math.Exp2(-float64(r))
	}
	e := a.alpha() * m * m / z
	if zero := counts[0]; zero > 0 {
		h := m * math.Log(m/float64(zero))
		if a.p < 19 && h <= hllThresholds[a.p-4] || e <= 2.5*m {
			return int64(math.Floor(h + 0.5))
		}
	}
	if a.p < 19 && e < 5*m {
		e = unbiased(counts[:64-a.p+2], m)
	}
	return int64(math.Floor(e + 0.5))
}

func (a *hll) alpha() float64 {
	switch a.p {
	case 4:
		return 0.673
	case 5:
		return 0.697
	case 6:
		return 0.709
	}
	return 0.7213 / (1 + 1.079/float64(a.m))
}

// unbiased is Ertl's improved estimate from the number of registers of each rank.
func unbiased(counts []int, m float64) float64 {
	last := len(counts) - 1
	z := m * tau(1-float64(counts[last])/m)
	for k := last - 1; k >= 1; k-- {
		z = (z + float64(counts[k])) / 2
	}
	z += m * sigma(float64(counts[0])/m)
	return m * m / (2 * math.Ln2 * z)
}

func sigma(x float64) float64 {
	if x == 1 {
		return math.Inf(1)
	}
	y, z := 1.0, x
	for {
		x *= x
		old := z
		z += x * y
		y += y
		if z == old {
			return z
		}
	}
}

func tau(x float64) float64 {
	if x == 0 || x == 1 {
		return 0
	}
	y, z := 1.0, 1-x
	for {
		x = math.Sqrt(x)
		old := z
		y /= 2
		z -= (1 - x) * (1 - x) * y
		if z == old {
			return z / 3
		}
	}
}
