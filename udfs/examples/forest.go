package examples

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"slices"

	"sparksql/udfs"
	"sparksql/udfs/iforest"
)

// forestOf trains a forest on a query's rows. What it gives is a text, which goes to a file:
//
//	sparksql -S -e "SELECT forest_of(array(price, quantity)) FROM orders" > forest.json
func forestOf() udfs.Def {
	return udfs.Aggregate("forest_of", udfs.Agg1(newSample, addRow, addSample, train), udfs.Params("features"),
		udfs.Doc("Returns an isolation forest trained on the rows, as JSON; NULL of fewer than two."),
		udfs.Shows("SELECT length(forest_of(array(id % 7, id % 11))) > 1000 FROM range(100)", "true"))
}

// Score is a function that scores by a forest, which is loaded when it is first used.
func Score(load func() (*iforest.Forest, error)) udfs.Def {
	model := udfs.Once(load)
	score := func(features []udfs.Null[float64]) (float64, error) {
		forest, err := model()
		if err != nil {
			return 0, err
		}
		if len(features) != forest.Features {
			return 0, fmt.Errorf("%d features, where the forest was trained on %d", len(features), forest.Features)
		}
		row := make([]float64, len(features))
		for i, x := range features {
			row[i] = x.Or(math.NaN())
		}
		return forest.Decision(row), nil
	}
	return udfs.Scalar("score", udfs.Fn1E(score), udfs.Params("features"), udfs.Cost(5000),
		udfs.Doc("Returns how normal a row is by the forest: negative for outliers."),
		udfs.Shows("SELECT score(array(1.0, 1.0)) > score(array(90.0, -90.0))", "true"))
}

// sampleRows is the number of rows that a forest is trained on.
const sampleRows = 10000

// sample is the state: the rows with the smallest hashes, the same ones whatever the order of rows.
type sample []sampled

type sampled struct {
	Hash int64
	Row  []float64
}

func newSample() sample { return nil }

// addRow leaves out rows with a value that is missing or no finite number.
func addRow(s *sample, features []udfs.Null[float64]) error {
	row, hash := make([]float64, len(features)), uint64(14695981039346656037) // FNV-1a
	for i, x := range features {
		if !x.OK || math.IsNaN(x.V) || math.IsInf(x.V, 0) || math.Abs(x.V) > math.MaxFloat32 {
			return nil
		}
		row[i] = x.V
		hash = (hash ^ math.Float64bits(x.V)) * 1099511628211
		hash ^= hash >> 32
	}
	if len(*s) > 0 && len((*s)[0].Row) != len(row) {
		return fmt.Errorf("rows of %d and of %d features", len((*s)[0].Row), len(row))
	}
	if *s = append(*s, sampled{int64(hash), row}); len(*s) >= 2*sampleRows {
		s.shrink()
	}
	return nil
}

func addSample(s, from *sample) error {
	*s = append(*s, *from...)
	s.shrink()
	return nil
}

// shrink sorts the rows and keeps as many as a sample has.
func (s *sample) shrink() {
	slices.SortFunc(*s, func(a, b sampled) int {
		return cmp.Or(cmp.Compare(a.Hash, b.Hash), slices.Compare(a.Row, b.Row))
	})
	*s = (*s)[:min(len(*s), sampleRows)]
}

func train(s *sample) (udfs.Null[string], error) {
	if s.shrink(); len(*s) < 2 || len((*s)[0].Row) == 0 {
		return udfs.None[string](), nil
	}
	rows := make([][]float64, len(*s))
	for i, r := range *s {
		rows[i] = r.Row
	}
	var b bytes.Buffer
	err := iforest.Train(rows, iforest.Options{Contamination: 0.1, Seed: 42}).Write(&b)
	return udfs.Some(string(bytes.TrimSpace(b.Bytes()))), err
}
