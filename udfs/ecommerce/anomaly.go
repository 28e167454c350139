package ecommerce

import (
	"math"
	"math/rand/v2"
	"sync"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
	"sparksql/udfs/iforest"
)

const (
	modelSeed     = 42
	modelFeatures = 3
)

// standardModel trains on 1000 rows of three normal values, the same in every process, and calls a tenth of
// them outliers.
func standardModel() func() *iforest.Forest {
	return sync.OnceValue(func() *iforest.Forest {
		rnd := rand.New(rand.NewPCG(modelSeed, modelSeed))
		rows := make([][]float64, 1000)
		for i := range rows {
			rows[i] = []float64{rnd.NormFloat64(), rnd.NormFloat64(), rnd.NormFloat64()}
		}
		return iforest.Train(rows, iforest.Options{Contamination: 0.1, Seed: modelSeed})
	})
}

// WithModel is anomaly_score with a forest on three features of the caller's.
func WithModel(f *iforest.Forest) udfs.Def {
	return anomalyScore(func() *iforest.Forest { return f })
}

// anomalyScore gives the decision of the forest, negative for outliers; a NULL array and one of another length
// give 0.0, a NULL element counts as a missing value.
func anomalyScore(model func() *iforest.Forest) udfs.Def {
	d := def("anomaly_score", "(features) - Returns how normal three features are: positive for normal ones, negative for outliers, 0.0 for anything but three.",
		"SELECT anomaly_score(array(1.0D, 2.0D))", "0.0")
	d = udfs.Vector(d, types.FloatType, func(c *udfs.Call) error {
		f, in, out := model(), c.In[0], vec.Values[float32](c.Out)
		row := make([]float64, modelFeatures)
		return c.Each(func(i int) error {
			out[i] = 0
			if in.IsNull(i) {
				return nil
			}
			lo, hi := in.Range(i)
			if hi-lo != modelFeatures {
				return nil
			}
			for k := range row {
				row[k] = math.NaN()
				if v, at := in.Kids[0].At(lo + k); !in.Kids[0].IsNull(lo + k) {
					row[k] = vec.Values[float64](v)[at]
				}
			}
			out[i] = float32(f.Decision(row))
			return nil
		})
	}, types.ArrayOf(types.DoubleType, true))
	d.Overloads[0].Nullable = false
	return d
}
