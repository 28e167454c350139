package functions

import (
	"math"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// floatTotal is a sum of doubles in the order of rows, the rounding error that this order made, and the
// number of rows.
type floatTotal struct {
	sum, err float64
	n        int64
}

func (t *floatTotal) add(x float64) {
	s := t.sum + x
	b := s - t.sum
	t.err += (t.sum - (s - b)) + (x - b)
	t.sum = s
}

// value is the sum as one pass over the rows gives it; where rounding has eaten into the ninth digit, the
// corrected sum, so that any order of rows agrees to that digit.
func (t *floatTotal) value() float64 {
	if math.Abs(t.err) > 1e-11*math.Abs(t.sum) && !math.IsInf(t.sum, 0) && !math.IsNaN(t.err) {
		return t.sum + t.err
	}
	return t.sum
}

// floatTotals binds sum, or avg, of floats or doubles.
func floatTotals(in types.Type, mean bool) udfs.Binding {
	state := []types.Type{types.DoubleType, types.DoubleType, types.BigIntType}
	b := aggregate([]types.Type{in}, types.DoubleType, state, func(*udfs.Env) udfs.Accumulator {
		if in.Kind() == types.Float {
			return &floatSum[float32]{mean: mean}
		}
		return &floatSum[float64]{mean: mean}
	})
	b.Agg.Shares = "total of doubles"
	return b
}

type floatSum[T float32 | float64] struct {
	picker
	t    []floatTotal
	mean bool
	col  int // the argument that is summed, over rows without NULLs
}

// Share implements udfs.Sharer.
func (a *floatSum[T]) Share(with udfs.Accumulator) { a.t = with.(*floatSum[T]).t }

func (a *floatSum[T]) Resize(n int) { a.t = grow(a.t, n) }

func (a *floatSum[T]) Update(groups []int32, c *udfs.Call) error {
	g, rows := a.live(groups, c, c.In...)
	v := vec.Values[T](c.In[a.col])
	switch {
	case oneGroup(g, len(a.t)):
		a.single(v, rows, len(g))
	case rows == nil:
		v = v[:len(g)]
		for k, x := range g {
			t := &a.t[x]
			t.add(float64(v[k]))
			t.n++
		}
	default:
		for k, x := range g {
			t := &a.t[x]
			t.add(float64(v[rows[k]]))
			t.n++
		}
	}
	return nil
}

// single adds rows to the only group, in order.
func (a *floatSum[T]) single(v []T, rows []int32, n int) {
	sum, lost := a.t[0].sum, a.t[0].err
	if rows == nil {
		for _, x := range v[:n] {
			y := float64(x)
			s := sum + y
			b := s - sum
			lost += (sum - (s - b)) + (y - b)
			sum = s
		}
	} else {
		for _, i := range rows[:n] {
			y := float64(v[i])
			s := sum + y
			b := s - sum
			lost += (sum - (s - b)) + (y - b)
			sum = s
		}
	}
	a.t[0].sum, a.t[0].err = sum, lost
	a.t[0].n += int64(n)
}

func (a *floatSum[T]) Merge(groups []int32, partial []*vec.Vec) error {
	sums, es, ns := vec.Values[float64](partial[0]), vec.Values[float64](partial[1]), vec.Values[int64](partial[2])
	for k, g := range groups {
		t := &a.t[g]
		t.add(sums[k])
		t.err += es[k]
		t.n += ns[k]
	}
	return nil
}

func (a *floatSum[T]) Partial(groups []int32, out []*vec.Vec) error {
	at := out[0].Extend(len(groups))
	out[1].Extend(len(groups))
	out[2].Extend(len(groups))
	sums, es, ns := vec.Values[float64](out[0])[at:], vec.Values[float64](out[1])[at:], vec.Values[int64](out[2])[at:]
	for k, g := range groups {
		sums[k], es[k], ns[k] = a.t[g].sum, a.t[g].err, a.t[g].n
	}
	return nil
}

func (a *floatSum[T]) Result(groups []int32, out *vec.Vec) error {
	at := out.Extend(len(groups))
	v := vec.Values[float64](out)[at:]
	for k, g := range groups {
		t := &a.t[g]
		switch {
		case t.n == 0:
			out.SetNull(at + k)
		case a.mean:
			v[k] = t.value() / float64(t.n)
		default:
			v[k] = t.value()
		}
	}
	return nil
}

func (a *floatSum[T]) Clear(groups []int32) { clearAt(a.t, groups) }
func (a *floatSum[T]) Bytes() int64         { return int64(cap(a.t)) * 24 }
