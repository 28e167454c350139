package examples

import (
	"slices"

	"sparksql/udfs"
)

func median() udfs.Def {
	return udfs.Aggregate("median_of", udfs.Agg1(newValues, addValue, addValues, middle), udfs.Params("x"),
		udfs.Doc("Returns the median, the mean of the two in the middle of an even number; NULL of no rows."),
		udfs.Shows("SELECT median_of(x) FROM VALUES (1), (10), (NULL), (2), (4) AS t(x)", "3.0"))
}

// values is the state: it is copied to spill files by itself.
type values []float64

func newValues() values                   { return nil }
func addValue(v *values, x float64) error { *v = append(*v, x); return nil }
func addValues(v, from *values) error     { *v = append(*v, *from...); return nil }
func middle(v *values) (median *float64, _ error) {
	n := len(*v)
	if n == 0 {
		return nil, nil
	}
	slices.Sort(*v)
	m := ((*v)[(n-1)/2] + (*v)[n/2]) / 2
	return &m, nil
}
