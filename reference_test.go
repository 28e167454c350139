package sparksql_test

import (
	"bufio"
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	sparksql "sparksql"
	"sparksql/udfs/ecommerce"
	"sparksql/udfs/iforest"
)

// reference is a file of the rows that Spark gave, in $SPARKSQL_SHARED or beside the checkout; the test is skipped
// without it.
func reference(t *testing.T, parts ...string) string {
	t.Helper()
	dir := os.Getenv("SPARKSQL_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "shared")
	}
	path := filepath.Join(append([]string{dir, "reference"}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no reference data: %v", err)
	}
	return path
}

func TestAnomalyScoresAreThoseOfTheReference(t *testing.T) {
	var model struct {
		Offset float64        `json:"offset"`
		Trees  []iforest.Tree `json:"trees"`
	}
	text, err := os.ReadFile(reference(t, "expected", "u08_anomaly_score", "forest42.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &model); err != nil {
		t.Fatal(err)
	}
	forest := &iforest.Forest{Features: 3, Samples: 256, Offset: model.Offset, Trees: model.Trees}
	s := open(t, sparksql.With(ecommerce.WithModel(forest))).Session()
	rows, err := s.Query(context.Background(), "SELECT id, anomaly_score(features) FROM parquet.`"+reference(t, "data", "udf_features")+"` ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	got, err := rows.All()
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(reference(t, "expected", "u08_anomaly_score", "udf_features_scores.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for lines := bufio.NewScanner(f); lines.Scan(); n++ {
		var want struct {
			ID    int64   `json:"id"`
			Score float64 `json:"anomaly_score"`
		}
		if err := json.Unmarshal(lines.Bytes(), &want); err != nil {
			t.Fatal(err)
		}
		if n >= len(got) {
			continue
		}
		if score := float64(got[n][1].(float32)); math.Abs(score-want.Score) > 1e-6 {
			t.Errorf("row %v: %v, want %+v", got[n][0], score, want)
		}
	}
	if n != len(got) || n == 0 {
		t.Errorf("%d rows, want %d", len(got), n)
	}
}
