package wasm_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"sparksql/udfs"
	"sparksql/udfs/artifact"
	"sparksql/udfs/udfstest"
	"sparksql/udfs/wasm"
)

// BenchmarkWays measures functions of a module as udfstest does those of the program itself.
func BenchmarkWays(b *testing.B) {
	path := filepath.Join(b.TempDir(), "example.wasm")
	cmd := exec.Command("go", "build", "-buildmode=c-shared", "-ldflags=-s -w", "-o", path, "sparksql/udfs/examples/wasm")
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	f, err := artifact.Read(artifact.WASM, path, nil)
	if err != nil {
		b.Fatal(err)
	}
	r, err := wasm.New(context.Background(), 1<<28)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	defs, err := r.Open(context.Background(), f)
	if err != nil {
		b.Fatal(err)
	}
	byName := map[string]*udfs.Def{}
	for i := range defs {
		byName[defs[i].Name] = &defs[i]
	}
	b.Run("module", func(b *testing.B) {
		udfstest.Bench(b, udfstest.Way{Discount: byName["discounted"], Clean: byName["cleaned"]})
	})
	b.Run("module, columns", func(b *testing.B) { udfstest.Bench(b, udfstest.Way{Discount: byName["discounted_columns"]}) })
}
