package udfstest_test

import (
	"context"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
	"sparksql/udfs/arrowudf"
	"sparksql/udfs/udfstest"
)

type meanState struct {
	n   int64
	sum float64
}

func meanOf() udfs.Def {
	return udfs.Aggregate("mean", udfs.Agg1(func() meanState { return meanState{} },
		func(s *meanState, x float64) error { s.n++; s.sum += x; return nil },
		func(s, o *meanState) error { s.n += o.n; s.sum += o.sum; return nil },
		func(s *meanState) (udfs.Null[float64], error) {
			return udfs.Null[float64]{V: s.sum / float64(max(s.n, 1)), OK: s.n > 0}, nil
		}))
}

// BenchmarkWays compares the ways to register functions of the program itself.
func BenchmarkWays(b *testing.B) {
	discount := udfs.Scalar("discount", udfstest.DiscountOf)
	fallible := udfs.Scalar("discount", func(p, r float64) (float64, error) { return udfstest.DiscountOf(p, r), nil })
	missing := udfs.Scalar("discount", udfs.Fn2(func(p, r udfs.Null[float64]) udfs.Null[float64] {
		return udfs.Null[float64]{V: udfstest.DiscountOf(p.V, r.V), OK: p.OK && r.OK}
	}))
	clean, cleanE, mean := udfs.Scalar("clean", udfstest.CleanOf), udfs.Scalar("clean", func(s string) (string, error) { return udfstest.CleanOf(s), nil }), meanOf()
	columns := udfs.Vector("discount", func(c *udfs.Call) error {
		p, r, out := vec.Values[float64](c.In[0]), vec.Values[float64](c.In[1]), vec.Values[float64](c.Out)
		for i := range out[:c.N] {
			out[i] = udfstest.DiscountOf(p[i], r[i])
		}
		return nil
	}, types.DoubleType, []types.Type{types.DoubleType, types.DoubleType})
	arrows := arrowudf.Vector("discount", arrowudf.V2(func(ctx context.Context, p, r *array.Float64) (*array.Float64, error) {
		out := memory.NewResizableBuffer(arrowudf.Allocator(ctx))
		out.Resize(8 * p.Len())
		ps, rs, zs := p.Float64Values(), r.Float64Values(), arrow.Float64Traits.CastFromBytes(out.Bytes())
		for i := range zs {
			zs[i] = udfstest.DiscountOf(ps[i], rs[i])
		}
		defer out.Release()
		data := array.NewData(p.DataType(), p.Len(), []*memory.Buffer{nil, out}, nil, 0, 0)
		defer data.Release()
		return array.NewFloat64Data(data), nil
	}))
	for _, w := range []struct {
		name string
		way  udfstest.Way
	}{
		{"scalar", udfstest.Way{Discount: &discount, Clean: &clean, Mean: &mean}},
		{"scalar with error", udfstest.Way{Discount: &fallible, Clean: &cleanE}},
		{"scalar with NULLs", udfstest.Way{Discount: &missing}},
		{"columns", udfstest.Way{Discount: &columns}},
		{"Arrow arrays", udfstest.Way{Discount: &arrows}},
	} {
		b.Run(w.name, func(b *testing.B) { udfstest.Bench(b, w.way) })
	}
}
