package optimizer

import (
	"math"

	"sparksql/sql/expr"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// exprEstimate is what is believed of an expression's values over rows.
func exprEstimate(e expr.Expr, in *estimate) colEstimate {
	switch e := e.(type) {
	case *expr.Column:
		if c, ok := in.cols[e.ID]; ok {
			return c
		}
	case *expr.Literal:
		v := number(e.Value)
		return colEstimate{1, v, v}
	case *expr.Cast:
		return exprEstimate(e.X, in)
	case *expr.Call:
		return callEstimate(e, in)
	}
	return colEstimate{guessNDV(in.rows), nan, nan}
}

// callEstimate: a function has no more results than there are combinations of its arguments, and some have few, whatever
// these are.
func callEstimate(e *expr.Call, in *estimate) colEstimate {
	out := colEstimate{guessNDV(in.rows), nan, nan}
	switch {
	case e.Type().Kind() == types.Boolean:
		out.ndv = min(out.ndv, 2)
	case e.Bind.Lazy == udfs.If || e.Bind.Lazy == udfs.Case:
		out.ndv = min(out.ndv, branchValues(e, in))
	case len(e.Args) > 0 && e.Bind.Lazy == udfs.Eager:
		n := 1.0
		for _, a := range e.Args {
			n *= exprEstimate(a, in).ndv
		}
		out.ndv = min(n, in.rows)
		if e.Def != nil {
			out.ndv = min(out.ndv, resultValues(e, in))
		}
	}
	return out
}

// branchValues is the number of distinct results of CASE and if: of all branches together.
func branchValues(e *expr.Call, in *estimate) float64 {
	n := 1.0 // NULL, or the last branch
	for i, x := range e.Args {
		if last := i == len(e.Args)-1; i%2 == 1 || last && e.Bind.Lazy == udfs.If {
			n += exprEstimate(x, in).ndv
		} else if last {
			n += exprEstimate(x, in).ndv - 1
		}
	}
	return n
}

// resultValues is the most distinct results that a function has.
func resultValues(e *expr.Call, in *estimate) float64 {
	switch e.Def.Name {
	case "%", "mod", "pmod":
		if d, ok := e.Args[len(e.Args)-1].(*expr.Literal); ok {
			if n := math.Abs(number(d.Value)); n >= 1 && e.Type().IsIntegral() {
				return n
			}
		}
	case "year":
		if c := exprEstimate(e.Args[0], in); e.Args[0].Type().Kind() == types.Date && c.max >= c.min {
			return math.Ceil((c.max-c.min)/365) + 1
		}
	}
	if e.Def.Results > 0 {
		return float64(e.Def.Results)
	}
	return math.Inf(1)
}
