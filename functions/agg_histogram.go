package functions

import (
	"encoding/binary"
	"math"
	"slices"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

func histogramAggregates() []udfs.Def {
	return []udfs.Def{{
		Name: "histogram_numeric", Group: "agg_funcs", Since: "3.3.0", MinArgs: 2, MaxArgs: 2,
		Usage:    "histogram_numeric(expr, nb) - Returns a histogram of `nb` bins of unequal width as an array of centres x and heights y.",
		Examples: example("SELECT histogram_numeric(c, 5) FROM VALUES (0), (1), (2), (10) AS t(c)", `[{"x":0,"y":1.0},{"x":1,"y":1.0},{"x":2,"y":1.0},{"x":10,"y":1.0}]`),
		Traits:   udfs.Deterministic | udfs.OrderSensitive,
		Resolve:  resolveHistogram,
	}}
}

func resolveHistogram(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t := args[0].Type
	switch {
	case t.IsString() || isNullType(t):
		t = types.DoubleType
	case !t.IsNumeric() && !t.IsDatetime() && !t.IsInterval():
		return udfs.Binding{}, unexpected(ctx, args, 0, `("NUMERIC" or "DATE" or "TIMESTAMP" or "TIMESTAMP_NTZ" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH")`)
	}
	if !args[1].Type.IsIntegral() {
		return udfs.Binding{}, unexpected(ctx, args, 1, `"INT"`)
	}
	if !args[1].Const {
		return udfs.Binding{}, notConstant(ctx, args[1], "nb", `"INT"`)
	}
	n, ok := constInt(args[1].Value)
	if !ok {
		return udfs.Binding{}, mismatch(ctx, "UNEXPECTED_NULL", "exprName", "nb")
	}
	if n < 2 {
		return udfs.Binding{}, outOfRange(ctx, "nb", "[2, 2147483647]", showInt(args[1].Value))
	}
	bin := types.StructOf(types.Field{Name: "x", Type: t, Nullable: true}, types.Field{Name: "y", Type: types.DoubleType, Nullable: true})
	return aggregate([]types.Type{t, types.IntType}, types.ArrayOf(bin, true), []types.Type{types.BinaryType}, func(*udfs.Env) udfs.Accumulator {
		return &histograms{bins: int(n)}
	}), nil
}

// histogram joins the two nearest bins when it has too many; of pairs equally near a random one, drawn as
// Spark draws.
type histogram struct {
	bins []histogramBin
	rnd  javaRandom
}

type histogramBin struct{ x, y float64 }

const histogramSeed = 31183

func (h *histogram) add(x float64, limit int) {
	i, found := slices.BinarySearchFunc(h.bins, x, func(b histogramBin, x float64) int { return vec.CompareFloat(b.x, x) })
	if found {
		h.bins[i].y++
		return
	}
	h.bins = slices.Insert(h.bins, i, histogramBin{x, 1})
	h.trim(limit)
}

func (h *histogram) trim(limit int) {
	for len(h.bins) > limit {
		at, near, ties := 0, h.bins[1].x-h.bins[0].x, 1.0
		for i := 1; i+1 < len(h.bins); i++ {
			d := h.bins[i+1].x - h.bins[i].x
			if d < near {
				at, near, ties = i, d, 1
			} else if d == near {
				if ties++; h.rnd.double() <= 1/ties {
					at = i
				}
			}
		}
		a, b := &h.bins[at], h.bins[at+1]
		sum := a.y + b.y
		a.x = a.x*(a.y/sum) + b.x/sum*b.y
		a.y = sum
		h.bins = slices.Delete(h.bins, at+1, at+2)
	}
}

// histograms keeps one histogram for each group.
type histograms struct {
	picker
	bins int
	h    []*histogram
}

func (a *histograms) Resize(n int) { a.h = grow(a.h, n) }

func (a *histograms) of(g int32) *histogram {
	if a.h[g] == nil {
		a.h[g] = &histogram{rnd: newJavaRandom(histogramSeed)}
	}
	return a.h[g]
}

func (a *histograms) Update(groups []int32, c *udfs.Call) error {
	g, rows := a.live(groups, c, c.In[0])
	get := doubleGetter(c.In[0])
	for k, x := range g {
		a.of(x).add(get(rowAt(rows, k)), a.bins)
	}
	return nil
}

func (a *histograms) Merge(groups []int32, partial []*vec.Vec) error {
	for k, g := range groups {
		b := partial[0].Bytes(k)
		if len(b) == 0 {
			continue
		}
		h := a.of(g)
		for ; len(b) >= 16; b = b[16:] {
			h.bins = append(h.bins, histogramBin{math.Float64frombits(binary.LittleEndian.Uint64(b)), math.Float64frombits(binary.LittleEndian.Uint64(b[8:]))})
		}
		slices.SortStableFunc(h.bins, func(x, y histogramBin) int { return vec.CompareFloat(x.x, y.x) })
		h.trim(a.bins)
	}
	return nil
}

func (a *histograms) Partial(groups []int32, out []*vec.Vec) error {
	at := out[0].Extend(len(groups))
	for k, g := range groups {
		var b []byte
		if a.h[g] != nil {
			for _, x := range a.h[g].bins {
				b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x.x))
				b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x.y))
			}
		}
		out[0].SetBytes(at+k, b)
	}
	return nil
}

func (a *histograms) Result(groups []int32, out *vec.Vec) error {
	for _, g := range groups {
		i := out.Extend(1)
		if a.h[g] == nil || len(a.h[g].bins) == 0 {
			out.SetNull(i)
			out.CloseRow(i)
			continue
		}
		for _, b := range a.h[g].bins {
			k := out.Kids[0].Extend(1)
			putOrdinal(out.Kids[0].Kids[0], k, b.x)
			vec.Values[float64](out.Kids[0].Kids[1])[k] = b.y
		}
		out.CloseRow(i)
	}
	return nil
}

func (a *histograms) Clear(groups []int32) { clearAt(a.h, groups) }

func (a *histograms) Bytes() int64 {
	n := int64(0)
	for _, h := range a.h {
		if n += 8; h != nil {
			n += 16 * int64(cap(h.bins))
		}
	}
	return n
}
