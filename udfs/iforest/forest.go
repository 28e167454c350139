// Package iforest is the isolation forest of Liu, Ting and Zhou: rows that random splits separate early are
// outliers. Training and scoring follow scikit-learn's IsolationForest in every rule that shows in a score:
// values are single precision, a node never splits on a feature that is constant in it, thresholds are drawn
// between a node's smallest and largest value, and a missing value goes to the child with more training rows.
package iforest

import "math"

// Forest is a trained model. It is immutable and safe for concurrent use.
type Forest struct {
	Features int
	Samples  int     // training rows of each tree
	Offset   float64 // score below which a row counts as an outlier
	Trees    []Tree
}

// Tree is a binary tree as columns by node; node 0 is the root. Feature is -1 in a leaf.
type Tree struct {
	Feature     []int
	Threshold   []float64
	Left, Right []int
	N           []int // training rows that reached the node
}

// Score is the anomaly score in [-1, 0) of one row of Features values: the lower, the more abnormal. NaN is
// a missing value.
func (f *Forest) Score(row []float64) float64 {
	depth := 0.0
	for i := range f.Trees {
		depth += f.Trees[i].depth(row)
	}
	return -math.Exp2(-depth / (float64(len(f.Trees)) * averagePath(f.Samples)))
}

// Decision is Score less Offset: negative for outliers.
func (f *Forest) Decision(row []float64) float64 { return f.Score(row) - f.Offset }

// depth is the length of the row's path, lengthened by what the rows of its leaf would still have taken.
func (t *Tree) depth(row []float64) float64 {
	node, edges := 0, 0
	for ; t.Feature[node] >= 0; edges++ {
		x := float64(float32(row[t.Feature[node]]))
		l, r := t.Left[node], t.Right[node]
		switch {
		case x != x:
			if node = r; t.N[l] > t.N[r] {
				node = l
			}
		case x <= t.Threshold[node]:
			node = l
		default:
			node = r
		}
	}
	return float64(edges) + averagePath(t.N[node])
}

// eulerGamma is the Euler-Mascheroni constant.
const eulerGamma = 0.57721566490153286060651209008240243

// averagePath is the mean path length in a random tree of n rows.
func averagePath(n int) float64 {
	switch {
	case n <= 1:
		return 0
	case n == 2:
		return 1
	}
	m := float64(n)
	return 2*(math.Log(m-1)+eulerGamma) - 2*(m-1)/m
}
