package iforest

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"sort"
	"testing"
)

// reference gives a file of measured scores; the test is skipped where the shared data is not there.
func reference(t *testing.T, name string) []byte {
	t.Helper()
	dir := os.Getenv("SPARKSQL_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	b, err := os.ReadFile(filepath.Join(dir, "reference", "expected", "u08_anomaly_score", name))
	if err != nil {
		t.Skipf("no reference data: %v", err)
	}
	return b
}

func decode[T any](t *testing.T, name string) (v T) {
	t.Helper()
	if err := json.Unmarshal(reference(t, name), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

type measured struct {
	Offset  float64   `json:"offset"`
	Trees   []Tree    `json:"trees"`
	Train   []float64 `json:"train_score_samples"`
	Test    []float64 `json:"test_score_samples"`
	Decide  []float64 `json:"test_decision_function"`
	Predict []int     `json:"test_predict"`
}

type points struct {
	X     [][]float64 `json:"x"`
	Label []int       `json:"label"`
}

func TestScoresOfAGivenForestAreExact(t *testing.T) {
	m := decode[measured](t, "forest42.json")
	f := &Forest{Features: 3, Samples: 256, Offset: m.Offset, Trees: m.Trees}
	for i, row := range decode[points](t, "test.json").X {
		if s := f.Score(row); math.Abs(s-m.Test[i]) > 1e-12 {
			t.Fatalf("point %d: score %v, want %v", i, s, m.Test[i])
		}
		d := f.Decision(row)
		if math.Abs(d-m.Decide[i]) > 1e-12 || (d < 0) != (m.Predict[i] < 0) {
			t.Fatalf("point %d: decision %v, want %v", i, d, m.Decide[i])
		}
	}
	scores := append([]float64(nil), m.Train...)
	if o := quantile(scores, 0.1); math.Abs(o-m.Offset) > 1e-12 {
		t.Errorf("offset %v, want %v", o, m.Offset)
	}
	for row, want := range map[[3]float64]float64{
		{math.NaN(), 1, 2}: 0.03922146601133175, {math.Inf(1), 0, 0}: -0.044333349952124346, {1e39, 0, 0}: -0.044333349952124346,
	} {
		if d := f.Decision(row[:]); math.Abs(d-want) > 1e-12 {
			t.Errorf("%v: decision %v, want %v", row, d, want)
		}
	}
}

// TestTrainingIsStatisticallyTheSame compares 20 forests with what 20 forests of scikit-learn gave.
func TestTrainingIsStatisticallyTheSame(t *testing.T) {
	train := decode[[][]float64](t, "train.json")
	test := decode[points](t, "test.json")
	stats := decode[struct {
		Mean []float64 `json:"test_mean_score"`
		SD   []float64 `json:"test_sd_score"`
	}](t, "stats.json")
	sum := make([]float64, len(test.X))
	for seed := range 20 {
		f := Train(train, Options{Contamination: 0.1, Seed: uint64(seed)})
		scores := make([]float64, len(test.X))
		for i, row := range test.X {
			scores[i] = f.Score(row)
			sum[i] += scores[i]
		}
		judge(t, seed, f, train, test, scores, stats.Mean)
	}
	var squares, total, above float64
	for i := range sum {
		z := (sum[i]/20 - stats.Mean[i]) / (stats.SD[i] * math.Sqrt(1.0/20+1.0/20))
		squares += z * z
		total += z
		if math.Abs(z) > 3 {
			above++
		}
	}
	n := float64(len(sum))
	rms, mean, share := math.Sqrt(squares/n), math.Abs(total/n), above/n
	t.Logf("z: rms %.3f, mean %.3f, share above 3 %.4f", rms, mean, share)
	if rms > 1.25 || share > 0.02 || mean > 0.8 {
		t.Errorf("scores differ from scikit-learn's: rms %v, share above 3 %v, mean %v", rms, share, mean)
	}
}

func judge(t *testing.T, seed int, f *Forest, train [][]float64, test points, scores, want []float64) {
	t.Helper()
	const inliers, outliers = 300, 400 // points below inliers are normal, then up to outliers abnormal
	if r := spearman(scores, want); r < 0.975 {
		t.Errorf("seed %d: rank correlation %v", seed, r)
	}
	if r := spearman(scores[:inliers], want[:inliers]); r < 0.965 {
		t.Errorf("seed %d: rank correlation of inliers %v", seed, r)
	}
	if math.Abs(f.Offset+0.533) > 0.018 {
		t.Errorf("seed %d: offset %v", seed, f.Offset)
	}
	flagged := func(s []float64) (n float64) {
		for _, x := range s {
			if x < f.Offset {
				n++
			}
		}
		return n / float64(len(s))
	}
	if n := flagged(scores[inliers:outliers]); n != 1 {
		t.Errorf("seed %d: %v of the outliers flagged", seed, n)
	}
	if n := flagged(scores[:inliers]); n < 0.08 || n > 0.15 {
		t.Errorf("seed %d: %v of the inliers flagged", seed, n)
	}
	own := make([]float64, len(train))
	for i, row := range train {
		own[i] = f.Score(row)
	}
	if n := flagged(own); math.Abs(n-0.1) > 0.002 {
		t.Errorf("seed %d: %v of the training rows flagged", seed, n)
	}
	worst, best := math.Inf(-1), math.Inf(1)
	for _, s := range scores[inliers:outliers] {
		worst = max(worst, s)
	}
	for _, s := range scores[:inliers] {
		best = min(best, s)
	}
	if worst >= best {
		t.Errorf("seed %d: an outlier scores %v, an inlier %v", seed, worst, best)
	}
}

func spearman(a, b []float64) float64 {
	x, y := ranks(a), ranks(b)
	var sx, sy, sxx, syy, sxy float64
	for i := range x {
		sx, sy = sx+x[i], sy+y[i]
		sxx, syy, sxy = sxx+x[i]*x[i], syy+y[i]*y[i], sxy+x[i]*y[i]
	}
	n := float64(len(x))
	return (sxy - sx*sy/n) / math.Sqrt((sxx-sx*sx/n)*(syy-sy*sy/n))
}

func ranks(v []float64) []float64 {
	idx := make([]int, len(v))
	for i := range idx {
		idx[i] = i
	}
	sort.Slice(idx, func(a, b int) bool { return v[idx[a]] < v[idx[b]] })
	r := make([]float64, len(v))
	for lo := 0; lo < len(idx); {
		hi := lo
		for hi < len(idx) && v[idx[hi]] == v[idx[lo]] {
			hi++
		}
		for k := lo; k < hi; k++ {
			r[idx[k]] = float64(lo+hi-1) / 2
		}
		lo = hi
	}
	return r
}

func TestConstantRowsMakeLeaves(t *testing.T) {
	rows := [][]float64{{1, 2}, {1, 2}, {1, 2}}
	f := Train(rows, Options{Trees: 3})
	for _, tr := range f.Trees {
		if len(tr.Feature) != 1 || tr.N[0] != 3 {
			t.Errorf("a tree on constant rows has nodes %v", tr.Feature)
		}
	}
}
