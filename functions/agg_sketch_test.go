package functions

import (
	"math"
	"testing"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

func TestApproximateCounts(t *testing.T) {
	for _, n := range []int{0, 3, 100, 1500, 2200, 20000} {
		vals := make([]any, 0, n)
		for i := range n {
			vals = append(vals, int64(i))
		}
		got, err := aggResult(t, "approx_count_distinct", testEnv(true), 1, []*vec.Vec{column(types.BigIntType, vals...)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if x := float64(got[0].(int64)); math.Abs(x-float64(n)) > 0.12*float64(n) || n <= 3 && x != float64(n) {
			t.Errorf("%d values: %v", n, x)
		}
	}
}

func TestApproximatePercentiles(t *testing.T) {
	five := column(types.IntType, int32(9), int32(0), int32(6), int32(7), int32(10))
	half := doublesOf(0.5, 0.5, 0.5, 0.5, 0.5)
	hundred := column(types.IntType, int32(100), int32(100), int32(100), int32(100), int32(100))
	got, err := aggResult(t, "percentile_approx", testEnv(true), 1, []*vec.Vec{five, half, hundred}, map[int]any{1: 0.5, 2: int32(100)})
	if err != nil || got[0] != int32(7) {
		t.Errorf("%v, %v", got, err)
	}
	four := column(types.IntType, int32(0), int32(1), int32(2), int32(10))
	at := []any{0.5, 0.4, 0.1}
	arr := column(types.ArrayOf(types.DoubleType, false), at, at, at, at)
	got, err = aggResult(t, "approx_percentile", testEnv(true), 1, []*vec.Vec{four, arr}, map[int]any{1: at})
	if want := []any{int32(1), int32(1), int32(0)}; err != nil || !nearlyEqual(got[0], want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
}

func TestSummariesKeepTheirPromise(t *testing.T) {
	const n, accuracy = 120000, 1000
	s := &summary{err: 1.0 / accuracy}
	x := uint64(1)
	for range n {
		x = step(x)
		s.add(float64(x % n))
	}
	s.compress()
	if len(s.sample) > 20*accuracy {
		t.Errorf("%d values kept of %d", len(s.sample), n)
	}
	for _, p := range []float64{0.01, 0.25, 0.5, 0.9} {
		if q := s.quantile(p); math.Abs(q-p*n) > 0.01*n {
			t.Errorf("quantile %v: %v", p, q)
		}
	}
}
