package functions

import (
	"math"
	"math/big"
	"math/bits"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// total is an exact sum of integers and the number of them: 192 bits, which no number of rows overflows.
type total struct {
	lo, mid uint64
	top     int64
	n       int64
}

func (t *total) add(x types.Int128) {
	var c uint64
	t.lo, c = bits.Add64(t.lo, x.Lo, 0)
	t.mid, c = bits.Add64(t.mid, uint64(x.Hi), c)
	t.top += x.Hi>>63 + int64(c)
}

// sum is the total; ok is false when it needs more than 127 bits and a sign.
func (t *total) sum() (v types.Int128, ok bool) {
	return types.Int128{Lo: t.lo, Hi: int64(t.mid)}, t.top == int64(t.mid)>>63
}

// finish stores the result of a group with rows as row i of out.
type finish func(t *total, out *vec.Vec, i int) error

// exactTotals binds a sum or average over a type of whole numbers. A group without rows gives NULL.
func exactTotals(in, out types.Type, done func(errs.Pos) finish) udfs.Binding {
	state := []types.Type{types.DecimalOf(38, 0), types.BigIntType, types.BigIntType}
	b := aggregate([]types.Type{in}, out, state, func(env *udfs.Env) udfs.Accumulator {
		base := totals{done: done(env.Pos)}
		switch in.Width() {
		case 1:
			return &intTotals[int8]{totals: base}
		case 2:
			return &intTotals[int16]{totals: base}
		case 4:
			return &intTotals[int32]{totals: base}
		case 8:
			return &intTotals[int64]{totals: base}
		}
		return &wideTotals{totals: base}
	})
	b.Agg.Shares = "exact total"
	return b
}

// totals is the common part of the exact accumulators.
type totals struct {
	picker
	t    []total
	done finish
}

func (a *totals) kept() []total { return a.t }

// Share implements udfs.Sharer.
func (a *totals) Share(with udfs.Accumulator) { a.t = with.(interface{ kept() []total }).kept() }

func (a *totals) Resize(n int) { a.t = grow(a.t, n) }

func (a *totals) Merge(groups []int32, partial []*vec.Vec) error {
	sums, tops, ns := vec.Values[types.Int128](partial[0]), vec.Values[int64](partial[1]), vec.Values[int64](partial[2])
	for k, g := range groups {
		t := &a.t[g]
		var c uint64
		t.lo, c = bits.Add64(t.lo, sums[k].Lo, 0)
		t.mid, c = bits.Add64(t.mid, uint64(sums[k].Hi), c)
		t.top += tops[k] + int64(c)
		t.n += ns[k]
	}
	return nil
}

func (a *totals) Partial(groups []int32, out []*vec.Vec) error {
	at := out[0].Extend(len(groups))
	out[1].Extend(len(groups))
	out[2].Extend(len(groups))
	sums, tops, ns := vec.Values[types.Int128](out[0])[at:], vec.Values[int64](out[1])[at:], vec.Values[int64](out[2])[at:]
	for k, g := range groups {
		t := &a.t[g]
		sums[k], tops[k], ns[k] = types.Int128{Lo: t.lo, Hi: int64(t.mid)}, t.top, t.n
	}
	return nil
}

func (a *totals) Result(groups []int32, out *vec.Vec) error {
	at := out.Extend(len(groups))
	for k, g := range groups {
		if a.t[g].n == 0 {
			out.SetNull(at + k)
		} else if err := a.done(&a.t[g], out, at+k); err != nil {
			return err
		}
	}
	return nil
}

func (a *totals) Clear(groups []int32) { clearAt(a.t, groups) }
func (a *totals) Bytes() int64         { return int64(cap(a.t)) * 32 }

type intTotals[T int8 | int16 | int32 | int64] struct{ totals }

func (a *intTotals[T]) Update(groups []int32, c *udfs.Call) error {
	g, rows := a.live(groups, c, c.In[0])
	v := vec.Values[T](c.In[0])
	switch {
	case oneGroup(g, len(a.t)):
		a.single(v, rows, len(g))
	case rows == nil:
		v = v[:len(g)]
		for k, x := range g {
			addInt(&a.t[x], int64(v[k]))
		}
	default:
		for k, x := range g {
			addInt(&a.t[x], int64(v[rows[k]]))
		}
	}
	return nil
}

func addInt(t *total, x int64) {
	s := uint64(x >> 63)
	var c uint64
	t.lo, c = bits.Add64(t.lo, uint64(x), 0)
	t.mid, c = bits.Add64(t.mid, s, c)
	t.top += int64(s) + int64(c)
	t.n++
}

func (a *intTotals[T]) single(v []T, rows []int32, n int) {
	var lo, hi uint64
	if rows == nil {
		for _, x := range v[:n] {
			var c uint64
			lo, c = bits.Add64(lo, uint64(int64(x)), 0)
			hi += uint64(int64(x)>>63) + c
		}
	} else {
		for _, i := range rows[:n] {
			var c uint64
			lo, c = bits.Add64(lo, uint64(int64(v[i])), 0)
			hi += uint64(int64(v[i])>>63) + c
		}
	}
	a.t[0].add(types.Int128{Lo: lo, Hi: int64(hi)})
	a.t[0].n += int64(n)
}

type wideTotals struct{ totals }

func (a *wideTotals) Update(groups []int32, c *udfs.Call) error {
	g, rows := a.live(groups, c, c.In[0])
	v := vec.Values[types.Int128](c.In[0])
	for k, x := range g {
		t := &a.t[x]
		t.add(v[rowAt(rows, k)])
		t.n++
	}
	return nil
}

// sumFinish gives the sum in the type out.
func sumFinish(pos errs.Pos, out types.Type, mode overflowTo) finish {
	return func(t *total, v *vec.Vec, i int) error {
		s, ok := t.sum()
		x, fits := s.Int64()
		switch out.Kind() {
		case types.Decimal:
			if !ok || !s.FitsPrecision(out.Precision()) {
				return overflowed(mode, v, i, func() error { return errs.At(overflow("Overflow in sum of decimals.", "try_sum"), pos) })
			}
			v.Set(i, s)
		case types.YearMonthInterval:
			if !ok || !fits || x != int64(int32(x)) {
				return overflowed(mode, v, i, func() error { return intervalSumOverflow(pos) })
			}
			vec.Values[int32](v)[i] = int32(x)
		case types.DayTimeInterval:
			if !ok || !fits {
				return overflowed(mode, v, i, func() error { return intervalSumOverflow(pos) })
			}
			vec.Values[int64](v)[i] = x
		default:
			if (!ok || !fits) && mode != overflowWrap {
				return overflowed(mode, v, i, func() error { return errs.At(overflow("long overflow", "try_sum"), pos) })
			}
			vec.Values[int64](v)[i] = x
		}
		return nil
	}
}

func overflowed(mode overflowTo, out *vec.Vec, i int, err func() error) error {
	if mode == overflowError {
		return err()
	}
	out.SetNull(i)
	return nil
}

// avgDouble divides the exact total, rounded once.
func avgDouble(t *total, out *vec.Vec, i int) error {
	s, _ := t.sum()
	vec.Values[float64](out)[i] = s.Float64() / float64(t.n)
	return nil
}

// avgDecimal rounds the quotient half up to scale s of decimal(p,s); the sum has scale from.
func avgDecimal(pos errs.Pos, sumPrec, from, p, s int, mode overflowTo) finish {
	scaleUp := types.Pow10(s - from)
	return func(t *total, out *vec.Vec, i int) error {
		sum, ok := t.sum()
		if !ok || !sum.FitsPrecision(sumPrec) {
			return overflowed(mode, out, i, func() error { return errs.At(overflow("Overflow in sum of decimals.", "try_avg"), pos) })
		}
		var q types.Int128
		if scaled, ok := sum.MulOverflow(scaleUp); ok {
			q = divHalfUp(scaled, t.n)
		} else {
			q, ok = bigDivHalfUp(sum, scaleUp, t.n)
			if !ok {
				q = types.Int128{Lo: math.MaxUint64, Hi: math.MaxInt64}
			}
		}
		if !q.FitsPrecision(p) {
			return overflowed(mode, out, i, func() error { return errs.At(decimalOverflow(q.DecimalString(s), p, s), pos) })
		}
		out.Set(i, q)
		return nil
	}
}

// divHalfUp is a/n rounded half away from zero, for n > 0.
func divHalfUp(a types.Int128, n int64) types.Int128 {
	q, r := a.DivRem(types.FromInt64(n))
	r = r.Abs()
	if r.Add(r).Cmp(types.FromInt64(n)) >= 0 {
		if a.Sign() < 0 {
			return q.Sub(types.FromInt64(1))
		}
		return q.Add(types.FromInt64(1))
	}
	return q
}

func bigDivHalfUp(a, scale types.Int128, n int64) (types.Int128, bool) {
	x := new(big.Int).Mul(a.Big(), scale.Big())
	d := big.NewInt(n)
	q, r := new(big.Int).QuoRem(x, d, new(big.Int))
	if r.Abs(r).Lsh(r, 1).Cmp(d) >= 0 {
		q.Add(q, big.NewInt(int64(x.Sign())))
	}
	return types.FromBig(q)
}

// avgInterval divides a total of months (bits 32) or microseconds (64), rounding half up.
func avgInterval(pos errs.Pos, bits int, mode overflowTo) finish {
	return func(t *total, out *vec.Vec, i int) error {
		s, ok := t.sum()
		x, fits := s.Int64()
		if !ok || !fits || bits == 32 && x != int64(int32(x)) {
			return overflowed(mode, out, i, func() error { return intervalSumOverflow(pos) })
		}
		q, _ := divHalfUp(s, t.n).Int64()
		if bits == 32 {
			vec.Values[int32](out)[i] = int32(q)
		} else {
			vec.Values[int64](out)[i] = q
		}
		return nil
	}
}

func intervalSumOverflow(pos errs.Pos) error {
	return errs.New(pos, "INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION", "functionName", routine("try_add"))
}
