package functions

import (
	"testing"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// BenchmarkUpdate gives the cost of one row in accumulators of one and of many groups.
func BenchmarkUpdate(b *testing.B) {
	long, double := vec.New(types.BigIntType, vec.BatchRows), vec.New(types.DoubleType, vec.BatchRows)
	for i := range vec.BatchRows {
		vec.Values[int64](long)[i] = int64(i * 7919 % 1000)
		vec.Values[float64](double)[i] = float64(i*7919%1000) / 3
	}
	dec := vec.New(types.DecimalOf(12, 2), vec.BatchRows)
	copy(dec.Fixed, long.Fixed)
	for _, c := range []struct {
		name, of string
		in       *vec.Vec
	}{
		{"count", "bigint", long}, {"sum", "bigint", long}, {"sum", "double", double}, {"sum", "decimal", dec}, {"avg", "double", double},
		{"max", "bigint", long}, {"min", "double", double}, {"stddev", "double", double}, {"first", "bigint", long},
		{"collect_list", "bigint", long}, {"collect_set", "bigint", long}, {"approx_count_distinct", "bigint", long},
	} {
		for _, n := range []int{1, 1000} {
			groups := make([]int32, vec.BatchRows)
			for i := range groups {
				groups[i] = int32(i * 31 % n)
			}
			name := c.name + "/" + c.of + "/one"
			if n > 1 {
				name = c.name + "/" + c.of + "/many"
			}
			b.Run(name, func(b *testing.B) {
				bound, _, err := resolveCall(c.name, testEnv(true), []*vec.Vec{c.in}, nil)
				if err != nil {
					b.Fatal(err)
				}
				a, _ := bound.Agg.New(testEnv(true))
				a.Resize(n)
				call := &udfs.Call{Env: testEnv(true), In: []*vec.Vec{c.in}, N: vec.BatchRows}
				all := make([]int32, n)
				for i := range all {
					all[i] = int32(i)
				}
				for i := 0; b.Loop(); i++ {
					call.Seq = uint64(i) * vec.BatchRows
					if err := a.Update(groups, call); err != nil {
						b.Fatal(err)
					}
					if i%256 == 255 {
						a.Clear(all)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*vec.BatchRows), "ns/row")
			})
		}
	}
}
