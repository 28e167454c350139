package udfs

import (
	"context"
	"testing"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

func discount(price, rate float64) float64 { return price * (1 - rate) }

func discountKernel(b *testing.B, d Def) {
	k, err := d.Overloads[0].New(nil)
	if err != nil {
		b.Fatal(err)
	}
	x, y, out := vec.New(types.DoubleType, vec.BatchRows), vec.New(types.DoubleType, vec.BatchRows), vec.New(types.DoubleType, vec.BatchRows)
	c := &Call{Ctx: context.Background(), In: []*vec.Vec{x, y}, N: vec.BatchRows, Out: out}
	for b.Loop() {
		if err := k(c); err != nil {
			b.Fatal(err)
		}
	}
	perRow(b, vec.BatchRows)
}

func perRow(b *testing.B, rows int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*rows), "ns/row")
}

// The function's body in a loop: what the ways to call it are compared with.
func BenchmarkBareLoop(b *testing.B) {
	x, y, out := make([]float64, vec.BatchRows), make([]float64, vec.BatchRows), make([]float64, vec.BatchRows)
	for b.Loop() {
		for i := range out {
			out[i] = discount(x[i], y[i])
		}
	}
	perRow(b, vec.BatchRows)
}

func BenchmarkScalar(b *testing.B) { discountKernel(b, Scalar("discount", discount)) }

func BenchmarkScalarWithError(b *testing.B) {
	discountKernel(b, Scalar("discount", func(price, rate float64) (float64, error) { return discount(price, rate), nil }))
}
