package functions

import (
	"math"
	"testing"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// Values and hashes measured on Spark 4.0.1.
func TestHashesAreSparks(t *testing.T) {
	for _, c := range []struct {
		v    *vec.Vec
		hash int32
		xx   int64
	}{
		{column(types.IntType, nil), 42, 42},
		{column(types.IntType, int32(1)), -559580957, -6698625589789238999},
		{column(types.IntType, int32(-1)), -1604776387, 2017008487422258757},
		{column(types.TinyIntType, int8(1)), -559580957, -6698625589789238999},
		{column(types.BigIntType, int64(1)), -1712319331, -7001672635703045582},
		{column(types.BigIntType, int64(math.MaxInt64)), -1604625029, -3246596055638297850},
		{column(types.BooleanType, true), -559580957, -6698625589789238999},
		{column(types.StringType, ""), 142593372, -7444071767201028348},
		{column(types.StringType, "abc"), 1322437556, 1423657621850124518},
		{column(types.StringType, "é"), 2119106806, 2065146811275570100},
		{column(types.StringType, "中文"), -1261019299, -7082105647848352025},
		{column(types.DoubleType, math.Copysign(0, -1)), -1670924195, -5252525462095825812},
		{column(types.DoubleType, 1.5), 1290763749, 7738255526519901366},
		{column(types.DoubleType, math.NaN()), -1281358385, -3127944061524951246},
		{column(types.FloatType, float32(math.NaN())), -349261430, 2692338816207849720},
		{column(types.DecimalOf(3, 2), dec(150)), -2056712946, -6873856301616164681},
		{column(types.DecimalOf(38, 2), dec(150)), -339019914, -194698251525976593},
		{column(types.BinaryType, []byte{1, 2, 3, 4, 5}), -2064006189, 8668608334415110682},
		{column(types.ArrayOf(types.IntType, true), []any{int32(1), nil}), -559580957, -6698625589789238999},
		{column(types.DayTimeOf(0, 0), int64(86400e6)), 892267096, 5650310968337874586},
	} {
		for name, want := range map[string]any{"hash": c.hash, "xxhash64": c.xx} {
			if got, _, err := callScalar(name, testEnv(true), []*vec.Vec{c.v}, nil); err != nil || got != want {
				t.Errorf("%s(%v): got %v, %v, want %v", name, c.v.Value(0), got, err, want)
			}
		}
	}
	row := []*vec.Vec{column(types.StringType, "Spark"), column(types.ArrayOf(types.IntType, false), []any{int32(123)}), column(types.IntType, int32(2))}
	if got, _, err := callScalar("hash", testEnv(true), row, nil); err != nil || got != int32(-1321691492) {
		t.Errorf("hash of three: %v, %v", got, err)
	}
	if got, _, err := callScalar("xxhash64", testEnv(true), row, nil); err != nil || got != int64(5602566077635097486) {
		t.Errorf("xxhash64 of three: %v, %v", got, err)
	}
}

func TestDigestsAndBits(t *testing.T) {
	bin := func(s string) *vec.Vec { return column(types.BinaryType, []byte(s)) }
	long := func(x int64) *vec.Vec { return column(types.BigIntType, x) }
	for _, c := range []struct {
		name string
		cols []*vec.Vec
		want any
	}{
		{"md5", []*vec.Vec{bin("Spark")}, "8cde774d6f7333752ed72cacddb05126"},
		{"sha1", []*vec.Vec{bin("Spark")}, "85f5955f4b27a9a4c2aab6ffe5d7189fc298b92c"},
		{"crc32", []*vec.Vec{bin("Spark")}, int64(1557323817)},
		{"sha2", []*vec.Vec{bin("Spark"), column(types.IntType, int32(0))}, "529bc3b07127ecb7e53a4dcf1991d9152c24537d919178022b2c42657f79a26b"},
		{"sha2", []*vec.Vec{bin("Spark"), column(types.IntType, int32(1))}, nil},
		{"bit_count", []*vec.Vec{long(-1)}, int32(64)},
		{"getbit", []*vec.Vec{long(11), column(types.IntType, int32(2))}, int8(0)},
		{"getbit", []*vec.Vec{long(-1), column(types.IntType, int32(63))}, int8(1)},
	} {
		if got, _, err := callScalar(c.name, testEnv(true), c.cols, nil); err != nil || got != c.want {
			t.Errorf("%s: got %v, %v, want %v", c.name, got, err, c.want)
		}
	}
}
