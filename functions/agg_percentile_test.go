package functions

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

func TestPercentiles(t *testing.T) {
	nums := doublesOf(10.0, 0.0, nil, 20.0, 30.0)
	half := func(x float64) *vec.Vec { return column(types.DoubleType, x, x, x, x, x) }
	arr := []any{0.25, 0.5}
	arrs := column(types.ArrayOf(types.DoubleType, false), arr, arr, arr, arr, arr)
	asc := column(types.BooleanType, false, false, false, false, false)
	months := column(types.YearMonthOf(1, 1), int32(0), int32(11), nil)
	for _, c := range []struct {
		name   string
		cols   []*vec.Vec
		consts map[int]any
		want   any
	}{
		{"median", []*vec.Vec{nums}, nil, 15.0},
		{"median", []*vec.Vec{months}, nil, int32(5)},
		{"percentile", []*vec.Vec{nums, half(0.3)}, map[int]any{1: 0.3}, 9.0},
		{"percentile", []*vec.Vec{nums, arrs}, map[int]any{1: arr}, []any{7.5, 15.0}},
		{"percentile", []*vec.Vec{nums, half(0.5), column(types.BigIntType, int64(5), int64(0), int64(1), int64(1), nil)}, map[int]any{1: 0.5}, 10.0},
		{"percentile_cont", []*vec.Vec{nums, half(0.25), asc}, map[int]any{1: 0.25, 2: false}, 7.5},
		{"percentile_cont", []*vec.Vec{nums, half(0.25), asc}, map[int]any{1: 0.25, 2: true}, 22.5},
		{"percentile_disc", []*vec.Vec{nums, half(0.25), asc}, map[int]any{1: 0.25, 2: false}, 0.0},
		{"percentile_disc", []*vec.Vec{nums, half(0.26), asc}, map[int]any{1: 0.26, 2: true}, 20.0},
		{"mode", []*vec.Vec{column(types.IntType, int32(3), int32(1), int32(3), int32(1), nil, nil, nil)}, nil, int32(1)},
		{"mode", []*vec.Vec{column(types.StringType, nil, nil)}, nil, nil},
		{"median", []*vec.Vec{doublesOf(nil, nil)}, nil, nil},
	} {
		got, err := aggResult(t, c.name, testEnv(true), 1, c.cols, c.consts)
		if err != nil || !nearlyEqual(got[0], c.want) {
			t.Errorf("%s %v: got %v, %v, want %v", c.name, c.consts, got, err, c.want)
		}
	}
	if _, err := aggResult(t, "percentile", testEnv(true), 1, []*vec.Vec{nums, half(1.5)}, map[int]any{1: 1.5}); !errs.Is(err, "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE") {
		t.Errorf("percentage 1.5: %v", err)
	}
	if got, err := aggResult(t, "percentile", testEnv(true), 1, []*vec.Vec{doublesOf(1.0, math.NaN()), half(1)}, map[int]any{1: 1.0}); err != nil || !nearlyEqual(got[0], math.NaN()) {
		t.Errorf("NaN is not the largest: %v, %v", got, err)
	}
}

func TestRanksAreThoseOfSortedValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		of := rapid.OneOf(rapid.Float64(), rapid.Map(rapid.IntRange(0, 3), func(i int) float64 { return float64(i) }), rapid.Just(math.NaN()))
		v := rapid.SliceOfN(of, 1, 300).Draw(t, "v")
		want := slices.Clone(v)
		sortFloats(want)
		for range 3 {
			k := rapid.IntRange(0, len(v)-1).Draw(t, "k")
			if got := selectRank(v, k); vec.CompareFloat(got, want[k]) != 0 {
				t.Fatalf("rank %d is %v, want %v", k, got, want[k])
			}
		}
	})
}

// BenchmarkMedian shows what selecting is worth, over values in no order, in order and all alike.
func BenchmarkMedian(b *testing.B) {
	const n = 1 << 20
	for name, of := range map[string]func(i uint64) float64{"no order": func(i uint64) float64 { return float64(vec.Mix(i)) },
		"in order": func(i uint64) float64 { return float64(i) }, "alike": func(uint64) float64 { return 1 }} {
		for how, f := range map[string]func(v []float64){"selected": func(v []float64) { selectRank(v, n/2) }, "sorted": sortFloats} {
			b.Run(name+", "+how, func(b *testing.B) {
				v := make([]float64, n)
				for b.Loop() {
					for i := range v {
						v[i] = of(uint64(i))
					}
					f(v)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/row")
			})
		}
	}
}
