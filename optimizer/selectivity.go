package optimizer

import (
	"math"

	"sparksql/sql/expr"
	"sparksql/udfs"
)

// Guesses where nothing is known, after those of System R.
const (
	guessRange = 1.0 / 3
	guessLike  = 0.1
	guessOther = 0.25
)

// selectivity is the fraction of rows for which e is true.
func selectivity(e expr.Expr, in *estimate) float64 {
	c, ok := e.(*expr.Call)
	if !ok {
		return guessOther
	}
	switch c.Bind.Lazy {
	case udfs.And:
		return selectivity(c.Args[0], in) * selectivity(c.Args[1], in)
	case udfs.Or:
		a, b := selectivity(c.Args[0], in), selectivity(c.Args[1], in)
		return a + b - a*b
	}
	switch c.Def.Name {
	case "!":
		return 1 - selectivity(c.Args[0], in)
	case "=", "<=>":
		return equalSelectivity(c, in)
	case "in":
		ndv := exprEstimate(c.Args[0], in).ndv
		return min(1, float64(len(c.Args)-1)/max(1, ndv))
	case "<", "<=", ">", ">=":
		return rangeSelectivity(c, in)
	case "isnull":
		return 0.02
	case "isnotnull":
		return 0.98
	case "like", "ilike", "rlike", "startswith", "endswith", "contains":
		return guessLike
	}
	return guessOther
}

func equalSelectivity(c *expr.Call, in *estimate) float64 {
	a, b := exprEstimate(c.Args[0], in), exprEstimate(c.Args[1], in)
	return 1 / max(1, min(max(a.ndv, b.ndv), in.rows))
}

func rangeSelectivity(c *expr.Call, in *estimate) float64 {
	col, lit := c.Args[0], c.Args[1]
	less := c.Def.Name == "<" || c.Def.Name == "<="
	if _, ok := col.(*expr.Literal); ok {
		col, lit, less = lit, col, !less
	}
	l, ok := lit.(*expr.Literal)
	if !ok {
		return guessRange
	}
	e, v := exprEstimate(col, in), number(l.Value)
	if math.IsNaN(e.min) || math.IsNaN(e.max) || math.IsNaN(v) || e.max <= e.min {
		return guessRange
	}
	frac := (v - e.min) / (e.max - e.min)
	if !less {
		frac = 1 - frac
	}
	return min(1, max(frac, 0.001))
}
