package functions

import (
	"math"
	"testing"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

func doublesOf(xs ...any) *vec.Vec { return column(types.DoubleType, xs...) }

func TestStatisticsPrintAsSpark(t *testing.T) {
	nan := math.NaN()
	y1, x1 := doublesOf(1.0, 2.0, 2.0, 2.0), doublesOf(2.0, 2.0, 3.0, 4.0)
	y2, x2 := doublesOf(1.0, 2.0, 2.0, 2.0), doublesOf(2.0, nil, 3.0, 4.0)
	for _, c := range []struct {
		name string
		want string
		cols []*vec.Vec
	}{
		{"corr", "0.8660254037844387", []*vec.Vec{doublesOf(3.0, 3.0, 6.0), doublesOf(2.0, 3.0, 4.0)}},
		{"covar_pop", "0.6666666666666666", []*vec.Vec{doublesOf(1.0, 2.0, 3.0), doublesOf(1.0, 2.0, 3.0)}},
		{"covar_samp", "NULL", []*vec.Vec{doublesOf(1.0, nil), doublesOf(1.0, 2.0)}},
		{"stddev_pop", "0.816496580927726", []*vec.Vec{doublesOf(1.0, 2.0, 3.0)}},
		{"stddev", "NULL", []*vec.Vec{doublesOf(1.0)}},
		{"var_pop", "0.0", []*vec.Vec{doublesOf(1.0)}},
		{"var_pop", "2.5", []*vec.Vec{doublesOf(100000003.0, 100000004.0, 100000006.0, 100000007.0)}},
		{"var_samp", "1.0", []*vec.Vec{doublesOf(1e12, 1e12+1, 1e12+2)}},
		{"covar_pop", "2.5", []*vec.Vec{doublesOf(100000003.0, 100000004.0, 100000006.0, 100000007.0), doublesOf(3.0, 4.0, 6.0, 7.0)}},
		{"skewness", "NULL", []*vec.Vec{doublesOf(1.0, 1.0)}},
		{"kurtosis", "-1.5", []*vec.Vec{doublesOf(1.0, 2.0, 3.0)}},
		{"kurtosis", "NaN", []*vec.Vec{doublesOf(1.0, nan, 3.0)}},
		{"regr_r2", "0.2727272727272726", []*vec.Vec{y1, x1}},
		{"regr_r2", "0.7500000000000001", []*vec.Vec{y2, x2}},
		{"regr_sxy", "0.7499999999999998", []*vec.Vec{y1, x1}},
		{"regr_syy", "0.6666666666666667", []*vec.Vec{y2, x2}},
		{"regr_avgx", "3.0", []*vec.Vec{y2, x2}},
		{"regr_slope", "1.0", []*vec.Vec{doublesOf(1.0, 2.0, 3.0, 4.0), doublesOf(1.0, 2.0, 3.0, 4.0)}},
		{"regr_intercept", "0.0", []*vec.Vec{doublesOf(1.0, 2.0, 3.0, 4.0), doublesOf(1.0, 2.0, 3.0, 4.0)}},
	} {
		got, err := aggResult(t, c.name, testEnv(true), 1, c.cols, nil)
		text := "NULL"
		if err == nil && got[0] != nil {
			text = types.FormatDouble(got[0].(float64))
		}
		if err != nil || text != c.want {
			t.Errorf("%s: got %s, %v, want %s", c.name, text, err, c.want)
		}
	}
}

func TestCorrelationOfAConstantDividesByZero(t *testing.T) {
	cols := []*vec.Vec{doublesOf(1.0, 1.0), doublesOf(1.0, 2.0)}
	if _, err := aggResult(t, "corr", testEnv(true), 1, cols, nil); !errs.Is(err, "DIVIDE_BY_ZERO") {
		t.Errorf("under ANSI: %v", err)
	}
	if got, err := aggResult(t, "corr", testEnv(false), 1, cols, nil); err != nil || got[0] != nil {
		t.Errorf("without ANSI: %v, %v", got, err)
	}
}

func TestBitAndBoolAggregates(t *testing.T) {
	ints := column(types.SmallIntType, int16(-1), nil, int16(5), int16(3))
	bools := column(types.BooleanType, nil, true, false)
	none := column(types.BooleanType, nil)
	for _, c := range []struct {
		name string
		col  *vec.Vec
		want any
	}{
		{"bit_and", ints, int16(1)}, {"bit_or", ints, int16(-1)}, {"bit_xor", ints, int16(-7)},
		{"bool_and", bools, false}, {"bool_or", bools, true}, {"every", none, nil}, {"any", none, nil},
	} {
		got, err := aggResult(t, c.name, testEnv(true), 1, []*vec.Vec{c.col}, nil)
		if err != nil || got[0] != c.want {
			t.Errorf("%s: got %v, %v, want %v", c.name, got, err, c.want)
		}
	}
}
