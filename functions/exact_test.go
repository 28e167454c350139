package functions

import (
	"math"
	"math/big"
	"testing"
)

// bigExp is e to the power of x by its series, to 200 bits.
func bigExp(x float64) *big.Float {
	f := func(v float64) *big.Float { return new(big.Float).SetPrec(200).SetFloat64(v) }
	r, sum, term := f(math.Ldexp(x, -20)), f(1), f(1)
	for n := 1; n < 30; n++ {
		term.Mul(term, r).Quo(term, f(float64(n)))
		sum.Add(sum, term)
	}
	for range 20 {
		sum.Mul(sum, sum)
	}
	return sum
}

func TestElementaryFunctionsRoundRightly(t *testing.T) {
	for i := range 200 {
		x := float64(i)*0.37 - 31.7
		if want, _ := bigExp(x).Float64(); exactExp(x) != want {
			t.Errorf("exp(%v) = %v, want %v", x, exactExp(x), want)
		}
	}
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"tan(1)", exactTan(1), 1.5574077246549023}, {"sin(1)", exactSin(1), 0.8414709848078965}, {"cos(1)", exactCos(1), 0.5403023058681398},
		{"sin(100)", exactSin(100), -0.5063656411097588}, {"cos(1e5)", exactCos(1e5), -0.9993608074382124}, {"asin(0.5)", exactAsin(0.5), 0.5235987755982989},
		{"acos(0.5)", exactAcos(0.5), 1.0471975511965979}, {"atan(2)", exactAtan(2), 1.1071487177940904}, {"pow(2,10)", exactPow(2, 10), 1024},
		{"pow(1.1,10)", exactPow(1.1, 10), 2.5937424601000023}, {"pow(1.1,-10)", exactPow(1.1, -10), 0.3855432894295314}, {"pow(3,64)", exactPow(3, 64), 3433683820292512484657849089281}, {"pow(-2,3)", exactPow(-2, 3), -8}, {"pow(0.5,0.5)", exactPow(0.5, 0.5), math.Sqrt(0.5)},
		{"cbrt(27)", exactCbrt(27), 3}, {"cbrt(-2)", exactCbrt(-2), -1.2599210498948732}, {"sinh(1)", exactSinh(1), 1.1752011936438014},
		{"cosh(1)", exactCosh(1), 1.5430806348152437}, {"tanh(1)", exactTanh(1), 0.7615941559557649},
		{"log10(1000)", exactLog10(1000), 3}, {"log10(1e-5)", exactLog10(1e-5), -5}, {"log10(2)", exactLog10(2), 0.3010299956639812},
		{"log10(1e22)", exactLog10(1e22), 22}, {"exp(1000)", exactExp(1000), math.Inf(1)}, {"pow(0,0)", exactPow(0, 0), 1}, {"pow(0,-1)", exactPow(0, -1), math.Inf(1)}, {"pow(10,308)", exactPow(10, 308), 1e308},
		{"sin(-0)", 1 / exactSin(math.Copysign(0, -1)), math.Inf(-1)}, {"exp(NaN)", exactExp(math.NaN()), math.NaN()}, {"pow(-8,1/3)", exactPow(-8, 1.0/3), math.NaN()},
		{"asin(2)", exactAsin(2), math.NaN()},
	} {
		if c.got != c.want && !(c.got != c.got && c.want != c.want) {
			t.Errorf("%s = %v, want %v", c.name, c.got, c.want)
		}
	}
}

func BenchmarkExactPow(b *testing.B) {
	x := 1.0
	for b.Loop() {
		x = exactPow(1.0001, 3.7) + x*0
	}
}
