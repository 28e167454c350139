package optimizer

import (
	"math"
	"slices"

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
		return allSelectivity(conjuncts(e), in)
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

// allSelectivity is the fraction of rows for which all of es are true: they are taken to be independent, but for the
// two bounds of a range, which have only what lies between them in common.
func allSelectivity(es []expr.Expr, in *estimate) float64 {
	sel := 1.0
	var ranges []colRange
	for _, e := range es {
		s := selectivity(e, in)
		c, ok := e.(*expr.Call)
		if !ok || s == guessRange {
			sel *= s
			continue
		}
		col := boundedColumn(c)
		if col == 0 {
			sel *= s
			continue
		}
		i := slices.IndexFunc(ranges, func(r colRange) bool { return r.col == col })
		if i < 0 {
			i = len(ranges)
			ranges = append(ranges, colRange{col, 1, 1})
		}
		if c.Def.Name[0] == '<' {
			ranges[i].below = min(ranges[i].below, s)
		} else {
			ranges[i].above = min(ranges[i].above, s)
		}
	}
	for _, r := range ranges {
		sel *= max(r.below+r.above-1, min(r.below, r.above)/100)
	}
	return sel
}

// colRange are the fractions of rows whose value lies below one bound and above the other.
type colRange struct {
	col          expr.ID
	below, above float64
}

// boundedColumn is the column that c compares with a literal to its right; 0 for other conditions.
func boundedColumn(c *expr.Call) expr.ID {
	switch c.Def.Name {
	case "<", "<=", ">", ">=":
		if x, ok := c.Args[0].(*expr.Column); ok {
			if _, ok := c.Args[1].(*expr.Literal); ok {
				return x.ID
			}
		}
	}
	return 0
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
