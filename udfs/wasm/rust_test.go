package wasm

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// The example of docs/wasm-abi.md is a module, and works.
func TestRustExample(t *testing.T) {
	page, err := os.ReadFile("../../docs/wasm-abi.md")
	if err != nil {
		t.Fatal(err)
	}
	_, source, _ := strings.Cut(string(page), "```rust\n")
	source, _, _ = strings.Cut(source, "```")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "half.rs"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("rustc", "--target", "wasm32-unknown-unknown", "-O", "--crate-type", "cdylib", "-D", "warnings", "half.rs")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		if text := string(out); text == "" || strings.Contains(text, "can't find crate for") {
			t.Skip("there is no rustc with the target wasm32-unknown-unknown here: ", err)
		}
		t.Fatalf("%v\n%s", err, out)
	}
	code, err := os.ReadFile(filepath.Join(dir, "half.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	defs, err := loaded(t, code)
	if err != nil {
		t.Fatal(err)
	}
	k, err := defs[0].Overloads[0].New(&udfs.Env{})
	if err != nil {
		t.Fatal(err)
	}
	in, out := vec.New(types.DoubleType, 0), vec.New(types.DoubleType, 3)
	for _, x := range []float64{3, -0.5, -1e300} {
		in.Append(x)
	}
	if err := k(&udfs.Call{Ctx: context.Background(), In: []*vec.Vec{in}, N: 3, Out: out}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{1.5, -0.25, -5e299} {
		if got := out.Value(i); got != want {
			t.Errorf("row %d: %v, want %v", i, got, want)
		}
	}
}
