package optimizer

import (
	"math"

	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/types"
)

// estimate is what is believed of a plan's rows.
type estimate struct {
	rows float64
	cols map[expr.ID]colEstimate
}

// colEstimate: ndv is the number of distinct values, min and max the range on the number line (NaN: unknown).
type colEstimate struct{ ndv, min, max float64 }

const unknownRows = 1e6

var nan = math.NaN()

// estimateOf is the cached estimate of n.
func (ctx *Ctx) estimateOf(n plan.Node) *estimate {
	if e := ctx.statsCache[n]; e != nil {
		return e
	}
	if ctx.statsCache == nil {
		ctx.statsCache = map[plan.Node]*estimate{}
	}
	e := ctx.compute(n)
	e.rows = max(e.rows, 1)
	ctx.statsCache[n] = e
	return e
}

// bytesOf estimates the size of n's rows in memory.
func (ctx *Ctx) bytesOf(n plan.Node) float64 {
	width := 8.0
	for _, c := range n.Output() {
		width += float64(c.Type.DefaultSize())
	}
	return ctx.estimateOf(n).rows * width
}

func (ctx *Ctx) compute(n plan.Node) *estimate {
	switch n := n.(type) {
	case *plan.Scan:
		return scanEstimate(n)
	case *plan.Values:
		return &estimate{rows: float64(len(n.Rows))}
	case *plan.Range:
		rows := math.Abs(float64(n.End-n.Start) / float64(n.Step))
		return &estimate{rows: rows, cols: map[expr.ID]colEstimate{n.Col.ID: {rows, float64(min(n.Start, n.End)), float64(max(n.Start, n.End))}}}
	case *plan.Filter:
		in := ctx.estimateOf(n.Input)
		return in.scaled(allSelectivity(conjuncts(n.Cond), in))
	case *plan.Project:
		in := ctx.estimateOf(n.Input)
		return &estimate{rows: in.rows, cols: itemEstimates(n.Items, in)}
	case *plan.Aggregate:
		return ctx.aggregateEstimate(n)
	case *plan.Join:
		return ctx.joinEstimate(n)
	case *plan.Limit:
		in := ctx.estimateOf(n.Input)
		if n.N < 0 {
			return in
		}
		return in.scaled(min(1, float64(n.N)/in.rows))
	case *plan.TopN:
		in := ctx.estimateOf(n.Input)
		return in.scaled(min(1, float64(n.N)/in.rows))
	case *plan.Union:
		out := &estimate{}
		for _, in := range n.Ins {
			out.rows += ctx.estimateOf(in).rows
		}
		return out
	case *plan.Expand:
		return &estimate{rows: ctx.estimateOf(n.Input).rows * float64(len(n.Sets))}
	case *plan.Generate:
		in := ctx.estimateOf(n.Input)
		return &estimate{rows: in.rows * 4, cols: in.cols}
	case *plan.Shared:
		return ctx.sharedEstimate(n)
	case *plan.Window, *plan.Sort, *plan.Sample, *plan.Write:
		in := ctx.estimateOf(n.Inputs()[0])
		return &estimate{rows: in.rows, cols: in.cols}
	}
	return &estimate{rows: unknownRows}
}

func (ctx *Ctx) sharedEstimate(n *plan.Shared) *estimate {
	in := ctx.estimateOf(n.Def.Input)
	out := &estimate{rows: in.rows, cols: map[expr.ID]colEstimate{}}
	for i, c := range n.Def.Input.Output() {
		if e, ok := in.cols[c.ID]; ok {
			out.cols[n.Cols[i].ID] = e
		}
	}
	return out
}

func scanEstimate(n *plan.Scan) *estimate {
	e := &estimate{rows: unknownRows, cols: map[expr.ID]colEstimate{}}
	if n.Table == nil {
		return e
	}
	st := n.Table.Stats()
	if st == nil || st.Rows < 0 {
		return e
	}
	e.rows = float64(st.Rows)
	for i, o := range n.Ordinals {
		c := colEstimate{ndv: -1, min: nan, max: nan}
		if o < len(st.Cols) {
			c.min, c.max = number(st.Cols[o].Min), number(st.Cols[o].Max)
			if st.Cols[o].NDV > 0 {
				c.ndv = float64(st.Cols[o].NDV)
			}
			if n.Cols[i].Type.IsIntegral() || n.Cols[i].Type.Kind() == types.Date {
				if w := c.max - c.min + 1; w >= 1 && (c.ndv < 0 || w < c.ndv) { // not more values than the range has
					c.ndv = min(w, e.rows)
				}
			}
		}
		if c.ndv < 0 {
			c.ndv = guessNDV(e.rows)
		}
		e.cols[n.Cols[i].ID] = c
	}
	return e.scaled(allSelectivity(n.Filters, e))
}

// guessNDV is the number of distinct values of a column of which nothing is known: all in a small table, ever fewer of
// the rows in larger ones.
func guessNDV(rows float64) float64 { return max(1, math.Pow(rows, 0.75)) }

// scaled is e after a filter that keeps the fraction sel.
func (e *estimate) scaled(sel float64) *estimate {
	out := &estimate{rows: e.rows * sel, cols: make(map[expr.ID]colEstimate, len(e.cols))}
	for id, c := range e.cols {
		// The number of distinct values seen among fewer rows (Cardenas).
		if c.ndv > 0 && sel < 1 {
			perValue := e.rows / c.ndv
			c.ndv = max(1, c.ndv*(1-math.Pow(1-sel, perValue)))
		}
		out.cols[id] = c
	}
	return out
}

func itemEstimates(items []expr.Expr, in *estimate) map[expr.ID]colEstimate {
	out := map[expr.ID]colEstimate{}
	for _, it := range items {
		x := it
		if a, ok := it.(*expr.Alias); ok {
			x = a.X
		}
		out[plan.ItemCol(it).ID] = exprEstimate(x, in)
	}
	return out
}

func (ctx *Ctx) aggregateEstimate(n *plan.Aggregate) *estimate {
	in := ctx.estimateOf(n.Input)
	groups := 1.0
	for _, k := range n.Keys {
		x := k
		if a, ok := k.(*expr.Alias); ok {
			x = a.X
		}
		groups *= exprEstimate(x, in).ndv
	}
	out := &estimate{rows: min(groups, in.rows), cols: itemEstimates(n.Keys, in)}
	for _, a := range n.Aggs {
		out.cols[plan.ItemCol(a).ID] = colEstimate{out.rows, nan, nan}
	}
	return out
}

func (ctx *Ctx) joinEstimate(n *plan.Join) *estimate {
	l, r := ctx.estimateOf(n.L), ctx.estimateOf(n.R)
	both := &estimate{rows: l.rows * r.rows, cols: map[expr.ID]colEstimate{}}
	for id, c := range l.cols {
		both.cols[id] = c
	}
	for id, c := range r.cols {
		both.cols[id] = c
	}
	sel := joinSelectivity(conjuncts(n.Cond), both, l, r)
	rows := both.rows * sel
	switch n.Kind {
	case plan.Semi, plan.Anti:
		frac := min(1, rows/l.rows)
		if n.Kind == plan.Anti {
			frac = max(0.1, 1-frac)
		}
		if n.Mark != nil {
			frac = 1
		}
		return l.scaled(frac)
	case plan.Left:
		rows = max(rows, l.rows)
	case plan.Right:
		rows = max(rows, r.rows)
	case plan.Full:
		rows = max(rows, l.rows+r.rows)
	}
	both.rows = rows
	for id, c := range both.cols {
		c.ndv = min(c.ndv, max(rows, 1))
		both.cols[id] = c
	}
	return both
}

// joinSelectivity: an equality between the sides keeps one pair in the larger number of distinct values. Of several, the
// combinations are counted together, and there are no more of them than rows; the side with fewer is believed, as one of
// the sides mostly has a key there.
func joinSelectivity(conds []expr.Expr, both, l, r *estimate) float64 {
	sel, left, right, keys := 1.0, 1.0, 1.0, 0
	for _, c := range conds {
		a, b, _, ok := equality(c)
		if !ok {
			sel *= selectivity(c, both)
			continue
		}
		keys++
		x, y := exprEstimate(a, both).ndv, exprEstimate(b, both).ndv
		if _, inLeft := firstColumn(a, l); !inLeft {
			x, y = y, x
		}
		left, right = left*max(1, x), right*max(1, y)
	}
	left, right = min(left, l.rows), min(right, r.rows)
	switch keys {
	case 0:
		return sel
	case 1:
		return sel / max(1, left, right)
	}
	return sel / max(1, min(left, right))
}

// firstColumn finds a column of e that side knows.
func firstColumn(e expr.Expr, side *estimate) (expr.ID, bool) {
	for id := range refs(e) {
		if _, ok := side.cols[id]; ok {
			return id, true
		}
	}
	return 0, false
}

// number places a value on a line, NaN where that has no meaning.
func number(v any) float64 {
	switch v := v.(type) {
	case int8:
		return float64(v)
	case int16:
		return float64(v)
	case int32:
		return float64(v)
	case int64:
		return float64(v)
	case float32:
		return float64(v)
	case float64:
		return v
	case types.Int128:
		return v.Float64()
	}
	return nan
}

// Estimate is what is believed of a plan's rows and their size in bytes, for EXPLAIN COST.
func Estimate(ctx *Ctx, n plan.Node) (rows, bytes float64) {
	return ctx.estimateOf(n).rows, ctx.bytesOf(n)
}
