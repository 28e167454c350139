package types

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func gen128(t *rapid.T, name string) Int128 {
	v := Int128{rapid.Uint64().Draw(t, name+"lo"), rapid.Int64().Draw(t, name+"hi")}
	if rapid.Bool().Draw(t, name+"small") {
		v = FromInt64(v.Hi)
	}
	return v
}

func TestInt128AgreesWithBig(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := gen128(t, "a"), gen128(t, "b")
		if got, ok := a.MulOverflow(b); ok {
			if want := new(big.Int).Mul(a.Big(), b.Big()); got.Big().Cmp(want) != 0 {
				t.Fatalf("%v*%v = %v", a.Big(), b.Big(), got.Big())
			}
		}
		if b.Sign() != 0 && a.Hi != -1<<63 && b.Hi != -1<<63 {
			q, r := a.DivRem(b)
			wq, wr := new(big.Int).QuoRem(a.Big(), b.Big(), new(big.Int))
			if q.Big().Cmp(wq) != 0 || r.Big().Cmp(wr) != 0 {
				t.Fatalf("%v/%v = %v rem %v", a.Big(), b.Big(), q.Big(), r.Big())
			}
		}
		if got := a.Cmp(b); got != a.Big().Cmp(b.Big()) {
			t.Fatalf("cmp %v", got)
		}
		if s := a.DecimalString(0); a.Hi != -1<<63 && s != a.Big().String() {
			t.Fatalf("%s != %s", s, a.Big())
		}
	})
}

func TestDecimalString(t *testing.T) {
	for _, c := range []struct {
		v     int64
		scale int
		want  string
	}{{0, 0, "0"}, {0, 2, "0.00"}, {5, 2, "0.05"}, {-5, 2, "-0.05"}, {12345, 2, "123.45"}, {100, 3, "0.100"}} {
		if got := FromInt64(c.v).DecimalString(c.scale); got != c.want {
			t.Errorf("%d scale %d: %s, want %s", c.v, c.scale, got, c.want)
		}
	}
}
