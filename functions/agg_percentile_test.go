package functions

import (
	"math"
	"testing"

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
