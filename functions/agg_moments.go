package functions

import (
	"math"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// moments are the number, mean and central moments of a group's values less shift, updated by Welford's
// method. Large values are shifted by the first one, so that their common part does not eat the digits.
type moments struct{ n, avg, m2, m3, m4, shift float64 }

// shiftFor is the shift of a group whose first value is x; small values need none and round as Spark's do.
func shiftFor(x float64) float64 {
	if a := math.Abs(x); a >= 1024 && a <= math.MaxFloat64 {
		return x
	}
	return 0
}

func (m *moments) add2(x float64) {
	if m.n == 0 {
		m.shift = shiftFor(x)
	}
	n := m.n + 1
	delta := x - m.shift - m.avg
	deltaN := delta / n
	m.n, m.avg = n, m.avg+deltaN
	m.m2 += delta * (delta - deltaN)
}

func (m *moments) add4(x float64) {
	if m.n == 0 {
		m.shift = shiftFor(x)
	}
	n := m.n + 1
	delta := x - m.shift - m.avg
	deltaN := delta / n
	delta2, deltaN2 := delta*delta, deltaN*deltaN
	m.n, m.avg = n, m.avg+deltaN
	m2 := m.m2 + delta*(delta-deltaN)
	m3 := m.m3 - 3*deltaN*m2 + delta*(delta2-deltaN2)
	m.m4 += -4*deltaN*m3 - 6*deltaN2*m2 + delta*(delta*delta2-deltaN*deltaN2)
	m.m2, m.m3 = m2, m3
}

// merge adds another group's moments.
func (m *moments) merge(o moments) {
	if o.n == 0 {
		return
	}
	if m.n == 0 {
		*m = o
		return
	}
	n1, n2 := m.n, o.n
	n := n1 + n2
	delta := (o.shift - m.shift) + (o.avg - m.avg)
	d := delta / n
	m.m4 += o.m4 + d*d*d*delta*n1*n2*(n1*n1-n1*n2+n2*n2) + 6*d*d*(n1*n1*o.m2+n2*n2*m.m2) + 4*d*(n1*o.m3-n2*m.m3)
	m.m3 += o.m3 + d*d*delta*n1*n2*(n1-n2) + 3*d*(n1*o.m2-n2*m.m2)
	m.m2 += o.m2 + delta*d*n1*n2
	m.n, m.avg = n, m.avg+d*n2
}

// The results; ok is false for NULL.
func variancePop(m *moments) (float64, bool)  { return m.m2 / m.n, m.n > 0 }
func varianceSamp(m *moments) (float64, bool) { return m.m2 / (m.n - 1), m.n > 1 }
func squareSum(m *moments) (float64, bool)    { return m.m2, m.n > 0 }

func stddevPop(m *moments) (float64, bool)  { return math.Sqrt(m.m2 / m.n), m.n > 0 }
func stddevSamp(m *moments) (float64, bool) { return math.Sqrt(m.m2 / (m.n - 1)), m.n > 1 }

func skewness(m *moments) (float64, bool) {
	return math.Sqrt(m.n) * m.m3 / math.Sqrt(m.m2*m.m2*m.m2), m.n > 0 && m.m2 != 0
}

func kurtosis(m *moments) (float64, bool) {
	return m.n*m.m4/(m.m2*m.m2) - 3, m.n > 0 && m.m2 != 0
}

// momentsAgg keeps the moments of column col over the rows in which no argument is NULL.
type momentsAgg struct {
	picker
	m    []moments
	col  int
	high bool // third and fourth moments as well
	done func(*moments) (float64, bool)
}

func momentState() []types.Type {
	d := types.DoubleType
	return []types.Type{d, d, d, d, d, d}
}

func (a *momentsAgg) Resize(n int) { a.m = grow(a.m, n) }

func (a *momentsAgg) Update(groups []int32, c *udfs.Call) error {
	g, rows := a.live(groups, c, c.In...)
	v := vec.Values[float64](c.In[a.col])
	switch {
	case a.high:
		for k, x := range g {
			a.m[x].add4(v[rowAt(rows, k)])
		}
	case oneGroup(g, len(a.m)):
		m := a.m[0]
		for k := range g {
			m.add2(v[rowAt(rows, k)])
		}
		a.m[0] = m
	default:
		for k, x := range g {
			a.m[x].add2(v[rowAt(rows, k)])
		}
	}
	return nil
}

func (a *momentsAgg) Merge(groups []int32, partial []*vec.Vec) error {
	s := doubles(partial)
	for k, g := range groups {
		a.m[g].merge(moments{s[0][k], s[1][k], s[2][k], s[3][k], s[4][k], s[5][k]})
	}
	return nil
}

func (a *momentsAgg) Partial(groups []int32, out []*vec.Vec) error {
	s := extendDoubles(out, len(groups))
	for k, g := range groups {
		m := &a.m[g]
		s[0][k], s[1][k], s[2][k], s[3][k], s[4][k], s[5][k] = m.n, m.avg, m.m2, m.m3, m.m4, m.shift
	}
	return nil
}

func (a *momentsAgg) Result(groups []int32, out *vec.Vec) error {
	at := out.Extend(len(groups))
	v := vec.Values[float64](out)[at:]
	for k, g := range groups {
		x, ok := a.done(&a.m[g])
		if v[k] = x; !ok {
			out.SetNull(at + k)
		}
	}
	return nil
}

func (a *momentsAgg) Clear(groups []int32) { clearAt(a.m, groups) }
func (a *momentsAgg) Bytes() int64         { return 48 * int64(cap(a.m)) }

// doubles views columns of doubles.
func doubles(cols []*vec.Vec) [8][]float64 {
	var s [8][]float64
	for i, c := range cols {
		s[i] = vec.Values[float64](c)
	}
	return s
}

// extendDoubles adds n rows to columns of doubles and views those.
func extendDoubles(cols []*vec.Vec, n int) [8][]float64 {
	var s [8][]float64
	for i, c := range cols {
		at := c.Extend(n)
		s[i] = vec.Values[float64](c)[at:]
	}
	return s
}
