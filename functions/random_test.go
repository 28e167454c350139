package functions

import (
	"testing"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

func TestGeneratorIsSparks(t *testing.T) {
	if x := newXorShift(0).double(); x != 0.7604953758285915 {
		t.Errorf("rand(0) = %v", x)
	}
	if x := newXorShift(0).gaussian(); x != 1.6034991609278433 {
		t.Errorf("randn(0) = %v", x)
	}
	b := make([]byte, 10)
	for seed, want := range []string{"ceV0PXaR2I", "fYxVfArnv7"} {
		if newXorShift(int64(seed)).letters(b); string(b) != want {
			t.Errorf("randstr(10, %d) = %s, want %s", seed, b, want)
		}
	}
}

func TestSkippingIsStepping(t *testing.T) {
	for _, n := range []uint64{0, 1, 2, 63, 1000, 4097} {
		a, b := newXorShift(5), newXorShift(5)
		for range n {
			a.next(32)
		}
		if b.skip(n); a.state != b.state {
			t.Errorf("%d steps: %x, skipped %x", n, a.state, b.state)
		}
	}
}

func TestRowsDrawTheSameNumbersWhateverTheBatches(t *testing.T) {
	b, _, err := resolveCall("rand", testEnv(true), []*vec.Vec{column(types.IntType, int32(3))}, map[int]any{0: int32(3)})
	if err != nil {
		t.Fatal(err)
	}
	draw := func(batches ...[2]int) map[int]float64 {
		k, _ := b.New(testEnv(true))
		got := map[int]float64{}
		for _, r := range batches {
			n := r[1] - r[0]
			c := &udfs.Call{N: n, Seq: uint64(r[0]), Out: vec.New(types.DoubleType, n)}
			if err := k(c); err != nil {
				t.Fatal(err)
			}
			for i := range n {
				got[r[0]+i] = vec.Values[float64](c.Out)[i]
			}
		}
		return got
	}
	want := draw([2]int{0, 10})
	for i, x := range draw([2]int{4, 7}, [2]int{7, 10}, [2]int{0, 1}, [2]int{1, 4}) {
		if x != want[i] {
			t.Errorf("row %d: %v, want %v", i, x, want[i])
		}
	}
}

func TestUniform(t *testing.T) {
	d := func(p, s int, v int64) *vec.Vec { return column(types.DecimalOf(p, s), dec(v)) }
	n := func(x int32) *vec.Vec { return column(types.IntType, x) }
	for _, c := range []struct {
		lo, hi *vec.Vec
		want   any
		typ    string
	}{
		{n(0), n(10), int32(7), "int"},
		{n(0), column(types.BigIntType, int64(10)), int64(7), "bigint"},
		{column(types.FloatType, float32(10)), column(types.FloatType, float32(20)), float32(17.604954), "float"},
		{d(10, 3, 10000), d(10, 3, 20000), dec(17605), "decimal(10,3)"},
		{d(10, 3, 10000), d(11, 4, 200000), dec(176050), "decimal(11,4)"},
		{n(10), d(10, 3, 20000), dec(17605), "decimal(10,3)"},
		{n(10), column(types.FloatType, float32(20)), float32(17.604954), "float"},
		{column(types.BigIntType, int64(-20)), column(types.BigIntType, int64(-10)), int64(-12), "bigint"},
		{column(types.NullType, nil), n(1), nil, "double"},
	} {
		consts := map[int]any{0: c.lo.Value(0), 1: c.hi.Value(0), 2: int32(0)}
		got, typ, err := callScalar("uniform", testEnv(true), []*vec.Vec{c.lo, c.hi, n(0)}, consts)
		if err != nil || got != c.want || typ.String() != c.typ {
			t.Errorf("uniform(%v, %v): %v %s, %v, want %v %s", c.lo.Value(0), c.hi.Value(0), got, typ, err, c.want, c.typ)
		}
	}
}
