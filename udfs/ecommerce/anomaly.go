package ecommerce

import (
	"math"
	"math/rand/v2"

	"sparksql/udfs"
	"sparksql/udfs/iforest"
)

const (
	modelSeed     = 42
	modelFeatures = 3
)

// standardModel trains on 1000 rows of three normal values, the same in every process, and calls a tenth of
// them outliers.
func standardModel() (*iforest.Forest, error) {
	rnd := rand.New(rand.NewPCG(modelSeed, modelSeed))
	rows := make([][]float64, 1000)
	for i := range rows {
		rows[i] = []float64{rnd.NormFloat64(), rnd.NormFloat64(), rnd.NormFloat64()}
	}
	return iforest.Train(rows, iforest.Options{Contamination: 0.1, Seed: modelSeed}), nil
}

// WithModel is anomaly_score with a forest on three features of the caller's.
func WithModel(f *iforest.Forest) udfs.Def {
	return anomalyScore(func() (*iforest.Forest, error) { return f, nil })
}

// anomalyScore gives the decision of the forest, negative for outliers; a NULL array and one of another length
// give 0.0, a NULL element counts as a missing value.
func anomalyScore(model func() (*iforest.Forest, error)) udfs.Def {
	score := func(features udfs.Null[[]udfs.Null[float64]]) (float32, error) {
		if len(features.V) != modelFeatures {
			return 0, nil
		}
		forest, err := model()
		if err != nil {
			return 0, err
		}
		var row [modelFeatures]float64
		for k, x := range features.V {
			row[k] = x.Or(math.NaN())
		}
		return float32(forest.Decision(row[:])), nil
	}
	return udfs.Scalar("anomaly_score", udfs.Fn1E(score), udfs.Group("ecommerce"), udfs.Since("1.0.0"), udfs.Params("features"), udfs.Cost(5000),
		udfs.Doc("Returns how normal three features are: positive for normal ones, negative for outliers, 0.0 for anything but three."),
		udfs.Shows("SELECT anomaly_score(array(1.0D, 2.0D))", "0.0"))
}
