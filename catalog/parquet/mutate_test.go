package parquet

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestChangedBytesAreErrorsOrRows changes bytes of good files, in pages and footers: whatever comes of it is rows or an
// error, soon.
func TestChangedBytesAreErrorsOrRows(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "foreign", "*", "*.parquet"))
	if err != nil || len(files) == 0 {
		t.Fatal(err, len(files))
	}
	own := filepath.Join(t.TempDir(), "own.parquet")
	r := rand.New(rand.NewPCG(7, 8))
	writeOwn(t, r, own)
	files = append(files, own, own, own, own)
	dir := t.TempDir()
	rounds := 6
	if testing.Short() {
		rounds = 1
	}
	for _, f := range files {
		good, err := os.ReadFile(f)
		if err != nil || len(good) < 16 {
			continue
		}
		for range rounds {
			bad := append([]byte(nil), good...)
			for range 1 + r.IntN(4) {
				at := r.IntN(len(bad))
				if r.IntN(2) == 0 { // the footer
					at = len(bad) - 9 - r.IntN(min(len(bad)-9, 2000))
				}
				bad[at] = byte(r.IntN(256))
			}
			path := filepath.Join(dir, "bad.parquet")
			if err := os.WriteFile(path, bad, 0o644); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			_, _, _, err := readAll(fileOf(t, path), 10)
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("%s took %v", f, took)
			}
			if err != nil && !strings.HasPrefix(err.Error(), "[") {
				t.Errorf("%s: %v", f, err)
			}
		}
	}
}
