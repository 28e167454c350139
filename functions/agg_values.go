package functions

import (
	"slices"
	"strconv"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// values keeps all numbers of a group, as doubles, for aggregates that sort them.
type values struct {
	picker
	lists
	vals    []float64
	freqs   []int64 // nil without frequencies
	freqCol int     // the argument with the frequency; 0: none
	idx     []int32
	buf     []float64
	fbuf    []int64
}

func valueState() []types.Type {
	return []types.Type{types.ArrayOf(types.DoubleType, false), types.ArrayOf(types.BigIntType, false)}
}

func (a *values) Resize(n int) { a.lists.resize(n) }

func (a *values) Update(groups []int32, c *udfs.Call) error {
	if a.freqCol > 0 {
		return a.updateFreq(groups, c)
	}
	g, rows := a.live(groups, c, c.In[0])
	get := doubleGetter(c.In[0])
	for k, x := range g {
		a.push(x)
		a.vals = append(a.vals, get(rowAt(rows, k)))
	}
	return nil
}

func (a *values) updateFreq(groups []int32, c *udfs.Call) error {
	g, rows := a.live(groups, c, c.In[0], c.In[a.freqCol])
	get, freq := doubleGetter(c.In[0]), vec.Values[int64](c.In[a.freqCol])
	for k, x := range g {
		i := rowAt(rows, k)
		if freq[i] < 0 {
			return errs.New(c.Env.Pos, "NEGATIVE_VALUES_IN_FREQUENCY_EXPRESSION", "frequencyExpression", "frequency", "negativeValue", strconv.FormatInt(freq[i], 10))
		}
		if freq[i] > 0 {
			a.push(x)
			a.vals, a.freqs = append(a.vals, get(i)), append(a.freqs, freq[i])
		}
	}
	return nil
}

// doubleGetter reads doubles, or the whole numbers of intervals and dates.
func doubleGetter(v *vec.Vec) func(i int) float64 {
	switch v.Type.Kind() {
	case types.Float:
		x := vec.Values[float32](v)
		return func(i int) float64 { return float64(x[i]) }
	case types.Double:
		x := vec.Values[float64](v)
		return func(i int) float64 { return x[i] }
	case types.Decimal:
		return func(i int) float64 { return decimalDouble(v.Decimal(i), v.Type.Scale()) }
	}
	switch v.Type.Width() {
	case 1:
		x := vec.Values[int8](v)
		return func(i int) float64 { return float64(x[i]) }
	case 2:
		x := vec.Values[int16](v)
		return func(i int) float64 { return float64(x[i]) }
	case 4:
		x := vec.Values[int32](v)
		return func(i int) float64 { return float64(x[i]) }
	}
	x := vec.Values[int64](v)
	return func(i int) float64 { return float64(x[i]) }
}

// sorted gives a group's values, their frequencies and the sum of those: in order when they have frequencies or all is set.
func (a *values) sorted(g int32, desc, all bool) (vals []float64, freqs []int64, n int64) {
	a.idx = a.entries(g, a.idx[:0])
	a.buf, a.fbuf = a.buf[:0], a.fbuf[:0]
	if a.freqs != nil {
		slices.SortFunc(a.idx, func(x, y int32) int { return vec.CompareFloat(a.vals[x], a.vals[y]) })
	}
	for _, e := range a.idx {
		a.buf = append(a.buf, a.vals[e])
		if a.freqs != nil {
			a.fbuf = append(a.fbuf, a.freqs[e])
			n += a.freqs[e]
		}
	}
	if a.freqs != nil {
		return a.buf, a.fbuf, n
	}
	if all {
		sortFloats(a.buf)
		if desc {
			slices.Reverse(a.buf)
		}
	}
	return a.buf, nil, int64(len(a.buf))
}

func (a *values) Merge(groups []int32, partial []*vec.Vec) error {
	vals, freqs := vec.Values[float64](partial[0].Kids[0]), vec.Values[int64](partial[1].Kids[0])
	for k, g := range groups {
		lo, hi := partial[0].Range(k)
		at, _ := partial[1].Range(k)
		for e := lo; e < hi; e++ {
			a.push(g)
			a.vals = append(a.vals, vals[e])
			if a.freqCol > 0 {
				a.freqs = append(a.freqs, freqs[at+e-lo])
			}
		}
	}
	return nil
}

func (a *values) Partial(groups []int32, out []*vec.Vec) error {
	for _, g := range groups {
		i := out[0].Extend(1)
		out[1].Extend(1)
		a.idx = a.entries(g, a.idx[:0])
		at := out[0].Kids[0].Extend(len(a.idx))
		for k, e := range a.idx {
			vec.Values[float64](out[0].Kids[0])[at+k] = a.vals[e]
		}
		if a.freqCol > 0 {
			at = out[1].Kids[0].Extend(len(a.idx))
			for k, e := range a.idx {
				vec.Values[int64](out[1].Kids[0])[at+k] = a.freqs[e]
			}
		}
		out[0].CloseRow(i)
		out[1].CloseRow(i)
	}
	return nil
}

func (a *values) Clear(groups []int32) {
	for _, g := range groups {
		a.drop(g)
	}
	switch {
	case a.used == 0:
		a.lists.reset()
		a.vals, a.freqs = a.vals[:0], a.freqs[:0]
	case len(a.vals) > 4096 && len(a.vals) > 4*a.used:
		vals, freqs := a.vals, a.freqs
		a.vals, a.freqs = nil, nil
		a.lists.compact(func(e int32) {
			a.vals = append(a.vals, vals[e])
			if a.freqCol > 0 {
				a.freqs = append(a.freqs, freqs[e])
			}
		})
	}
}

func (a *values) Bytes() int64 { return a.lists.bytes() + 8*int64(cap(a.vals)+cap(a.freqs)) }

// parseFloat reads a plain number.
func parseFloat(s string) (float64, bool) {
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}
