package iforest

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// Options are the parameters of training; zero values stand for scikit-learn's defaults.
type Options struct {
	Trees         int     // 100
	Samples       int     // rows of each tree, drawn without replacement: 256, or all when there are fewer
	Contamination float64 // share of the training rows that count as outliers; 0: offset -0.5
	Seed          uint64
}

// Train fits a forest to rows, which have the same number of values each.
func Train(rows [][]float64, o Options) *Forest {
	if o.Trees == 0 {
		o.Trees = 100
	}
	if o.Samples == 0 || o.Samples > len(rows) {
		o.Samples = min(256, len(rows))
	}
	f := &Forest{Samples: o.Samples, Offset: -0.5, Trees: make([]Tree, o.Trees)}
	if len(rows) > 0 {
		f.Features = len(rows[0])
	}
	g := &grower{rows: single(rows), rnd: rand.New(rand.NewPCG(o.Seed, 0x9E3779B97F4A7C15))}
	if o.Samples > 1 {
		g.maxDepth = bits.Len(uint(o.Samples - 1))
	}
	g.features = make([]int, f.Features)
	for i := range f.Trees {
		f.Trees[i] = g.tree(o.Samples)
	}
	if o.Contamination > 0 {
		scores := make([]float64, len(rows))
		for i, r := range rows {
			scores[i] = f.Score(r)
		}
		f.Offset = quantile(scores, o.Contamination)
	}
	return f
}

// single rounds the values to single precision, in which trees are grown.
func single(rows [][]float64) [][]float64 {
	out := make([][]float64, len(rows))
	for i, r := range rows {
		out[i] = make([]float64, len(r))
		for k, x := range r {
			out[i][k] = float64(float32(x))
		}
	}
	return out
}

type grower struct {
	rows     [][]float64
	rnd      *rand.Rand
	maxDepth int
	features []int
	t        Tree
}

// tree grows a tree on n rows drawn without replacement.
func (g *grower) tree(n int) Tree {
	g.t = Tree{}
	sample := g.rnd.Perm(len(g.rows))[:n]
	g.grow(sample, 0)
	return g.t
}

// grow adds the node of the sample and its descendants and returns its number.
func (g *grower) grow(sample []int, depth int) int {
	node := len(g.t.Feature)
	g.t.Feature = append(g.t.Feature, -1)
	g.t.Threshold = append(g.t.Threshold, 0)
	g.t.Left, g.t.Right = append(g.t.Left, -1), append(g.t.Right, -1)
	g.t.N = append(g.t.N, len(sample))
	if len(sample) < 2 || depth >= g.maxDepth {
		return node
	}
	feature, lo, hi := g.pick(sample)
	if feature < 0 {
		return node
	}
	at := lo + g.rnd.Float64()*(hi-lo)
	if at >= hi {
		at = lo
	}
	cut := 0
	for i, r := range sample {
		if g.rows[r][feature] <= at {
			sample[cut], sample[i] = r, sample[cut]
			cut++
		}
	}
	g.t.Feature[node], g.t.Threshold[node] = feature, at
	l := g.grow(sample[:cut], depth+1)
	r := g.grow(sample[cut:], depth+1)
	g.t.Left[node], g.t.Right[node] = l, r
	return node
}

// pick draws a feature that is not constant in the sample, with its range; -1 when all are.
func (g *grower) pick(sample []int) (feature int, lo, hi float64) {
	for i := range g.features {
		g.features[i] = i
	}
	for left := len(g.features); left > 0; left-- {
		k := g.rnd.IntN(left)
		feature = g.features[k]
		lo, hi = math.Inf(1), math.Inf(-1)
		for _, r := range sample {
			x := g.rows[r][feature]
			lo, hi = min(lo, x), max(hi, x)
		}
		if hi > lo {
			return feature, lo, hi
		}
		g.features[k] = g.features[left-1]
	}
	return -1, 0, 0
}

// quantile is the q-th quantile, between two values in proportion.
func quantile(vals []float64, q float64) float64 {
	slices.Sort(vals)
	pos := q * float64(len(vals)-1)
	k := int(pos)
	if k+1 >= len(vals) {
		return vals[len(vals)-1]
	}
	return vals[k] + (pos-float64(k))*(vals[k+1]-vals[k])
}
