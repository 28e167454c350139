package udfs

import (
	"errors"
	"testing"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

func call(t *testing.T, d Def, rows int, in ...*vec.Vec) *vec.Vec {
	t.Helper()
	out, err := tryCall(d, rows, in...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func tryCall(d Def, rows int, in ...*vec.Vec) (*vec.Vec, error) {
	o := d.Overloads[0]
	c := &Call{In: in, N: rows, Out: vec.New(o.Out, rows)}
	if d.Traits.Has(Strict) {
		for i := range rows {
			for _, v := range in {
				if v.IsNull(i) {
					c.Out.SetNull(i)
				}
			}
		}
	}
	return c.Out, o.Kernel(c)
}

func col(t types.Type, vals ...any) *vec.Vec {
	v := vec.New(t, 0)
	for _, x := range vals {
		v.Append(x)
	}
	return v
}

func TestPlainArgumentsNeverSeeNulls(t *testing.T) {
	d := Scalar2(Def{Name: "repeat_first"}, func(s string, n int64) (string, error) { return s[:1] + s[:n], nil })
	if !d.Traits.Has(Strict) || d.Overloads[0].Out != types.StringType || d.Overloads[0].Nullable {
		t.Errorf("%+v", d)
	}
	out := call(t, d, 3, col(types.StringType, "abc", nil, "xyz"), col(types.BigIntType, int64(2), int64(1), nil))
	for i, want := range []any{"aab", nil, nil} {
		if got := out.Value(i); got != want {
			t.Errorf("row %d: %v, want %v", i, got, want)
		}
	}
}

func TestNullArgumentsAndResults(t *testing.T) {
	d := Scalar1(Def{Name: "flip"}, func(x Null[int32]) (Null[int32], error) {
		if !x.OK {
			return Some(int32(7)), nil
		}
		return Null[int32]{}, nil
	})
	out := call(t, d, 2, col(types.IntType, int32(1), nil))
	if d.Traits.Has(Strict) || out.Value(0) != nil || out.Value(1) != int32(7) {
		t.Errorf("%v %v", out.Value(0), out.Value(1))
	}
}

func TestErrorsNameTheFunction(t *testing.T) {
	cause := errors.New("out of luck")
	d := Scalar1(Def{Name: "unlucky"}, func(x float64) (bool, error) { return x > 0, cause })
	_, err := tryCall(d, 1, col(types.DoubleType, 1.0))
	if !errs.Is(err, "FAILED_EXECUTE_UDF") || !errors.Is(err, cause) {
		t.Errorf("%v", err)
	}
}

func BenchmarkScalarOverItsBody(b *testing.B) {
	d := Scalar1(Def{Name: "half"}, func(x float64) (float64, error) { return x / 2, nil })
	in, out := vec.New(types.DoubleType, vec.BatchRows), vec.New(types.DoubleType, vec.BatchRows)
	c := &Call{In: []*vec.Vec{in}, N: vec.BatchRows, Out: out}
	for b.Loop() {
		if err := d.Overloads[0].Kernel(c); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*vec.BatchRows), "ns/row")
}
