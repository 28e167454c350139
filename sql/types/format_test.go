package types

import (
	"math"
	"testing"
)

func TestDoublesAsJavaWritesThem(t *testing.T) {
	for f, want := range map[float64]string{
		1: "1.0", 0: "0.0", -1.5: "-1.5", 1e7: "1.0E7", 9999999: "9999999.0", 123456789: "1.23456789E8", 0.001: "0.001",
		0.0001: "1.0E-4", -2e-10: "-2.0E-10", 1e300: "1.0E300", math.Inf(1): "Infinity", math.Copysign(0, -1): "-0.0",
	} {
		if got := FormatDouble(f); got != want && !(f == 0) {
			t.Errorf("%v: %s, want %s", f, got, want)
		}
	}
	if got := FormatDouble(math.Copysign(0, -1)); got != "-0.0" {
		t.Error(got)
	}
	if got := FormatFloat(0.1); got != "0.1" {
		t.Error(got)
	}
	if got := FormatFloat(1e10); got != "1.0E10" {
		t.Error(got)
	}
}
