package functions

import (
	"math"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/udfs"
)

// pairs are the number, means and co-moments of the pairs (x, y) of a group, less (sx, sy), see moments.
type pairs struct{ n, x, y, xy, xx, yy, sx, sy float64 }

func (p *pairs) add(x, y float64) {
	if p.n == 0 {
		p.sx, p.sy = shiftFor(x), shiftFor(y)
	}
	x, y = x-p.sx, y-p.sy
	n := p.n + 1
	dx, dy := x-p.x, y-p.y
	p.n, p.x, p.y = n, p.x+dx/n, p.y+dy/n
	p.xy += dx * (y - p.y)
	p.xx += dx * (x - p.x)
	p.yy += dy * (y - p.y)
}

func (p *pairs) merge(o pairs) {
	if o.n == 0 {
		return
	}
	if p.n == 0 {
		*p = o
		return
	}
	n := p.n + o.n
	dx, dy := (o.sx-p.sx)+(o.x-p.x), (o.sy-p.sy)+(o.y-p.y)
	dxN, dyN := dx/n, dy/n
	p.xy += o.xy + dx*dyN*p.n*o.n
	p.xx += o.xx + dx*dxN*p.n*o.n
	p.yy += o.yy + dy*dyN*p.n*o.n
	p.n, p.x, p.y = n, p.x+dxN*o.n, p.y+dyN*o.n
}

// pairResult is the value of a group; ok is false for NULL.
type pairResult func(env *udfs.Env, p *pairs) (v float64, ok bool, err error)

func covarPop(_ *udfs.Env, p *pairs) (float64, bool, error)  { return p.xy / p.n, p.n > 0, nil }
func covarSamp(_ *udfs.Env, p *pairs) (float64, bool, error) { return p.xy / (p.n - 1), p.n > 1, nil }
func regrSxy(_ *udfs.Env, p *pairs) (float64, bool, error)   { return p.xy, p.n > 0, nil }

// corr divides by zero where a side is constant: an error under ANSI, else NULL.
func corr(env *udfs.Env, p *pairs) (float64, bool, error) {
	if p.n < 2 {
		return 0, false, nil
	}
	d := math.Sqrt(p.xx * p.yy)
	if d == 0 && env.ANSI {
		return 0, false, errs.At(divideByZero(), env.Pos)
	}
	return p.xy / d, d != 0, nil
}

// The regressions are called with (y, x): y is the pairs' x.
func regrR2(_ *udfs.Env, p *pairs) (float64, bool, error) {
	if p.xx == 0 {
		return 1, p.n > 0 && p.yy != 0, nil
	}
	r := p.xy / math.Sqrt(p.xx*p.yy)
	return r * r, p.n > 0 && p.yy != 0, nil
}

// regrSlope and regrIntercept get their pairs as (x, y).
func regrSlope(_ *udfs.Env, p *pairs) (float64, bool, error) {
	return p.xy / p.xx, p.n > 0 && p.xx != 0, nil
}

func regrIntercept(_ *udfs.Env, p *pairs) (float64, bool, error) {
	return p.sy + p.y - p.xy/p.xx*(p.sx+p.x), p.n > 0 && p.xx != 0, nil
}

// pairsAgg is an aggregate over pairs; swapped takes its second argument as x.
type pairsAgg struct {
	picker
	p       []pairs
	env     *udfs.Env
	swapped bool
	done    pairResult
}

func (a *pairsAgg) Resize(n int) { a.p = grow(a.p, n) }

func (a *pairsAgg) Update(groups []int32, c *udfs.Call) error {
	g, rows := a.live(groups, c, c.In[0], c.In[1])
	x, y := vec.Values[float64](c.In[0]), vec.Values[float64](c.In[1])
	if a.swapped {
		x, y = y, x
	}
	for k, s := range g {
		i := rowAt(rows, k)
		a.p[s].add(x[i], y[i])
	}
	return nil
}

func (a *pairsAgg) Merge(groups []int32, partial []*vec.Vec) error {
	s := doubles(partial)
	for k, g := range groups {
		a.p[g].merge(pairs{s[0][k], s[1][k], s[2][k], s[3][k], s[4][k], s[5][k], s[6][k], s[7][k]})
	}
	return nil
}

func (a *pairsAgg) Partial(groups []int32, out []*vec.Vec) error {
	s := extendDoubles(out, len(groups))
	for k, g := range groups {
		p := &a.p[g]
		s[0][k], s[1][k], s[2][k], s[3][k], s[4][k], s[5][k], s[6][k], s[7][k] = p.n, p.x, p.y, p.xy, p.xx, p.yy, p.sx, p.sy
	}
	return nil
}

func (a *pairsAgg) Result(groups []int32, out *vec.Vec) error {
	at := out.Extend(len(groups))
	for k, g := range groups {
		x, ok, err := a.done(a.env, &a.p[g])
		if err != nil {
			return err
		}
		if vec.Values[float64](out)[at+k] = x; !ok {
			out.SetNull(at + k)
		}
	}
	return nil
}

func (a *pairsAgg) Clear(groups []int32) { clearAt(a.p, groups) }
func (a *pairsAgg) Bytes() int64         { return 64 * int64(cap(a.p)) }
