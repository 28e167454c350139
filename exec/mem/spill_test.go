package mem

import (
	"fmt"
	"io"
	"os"
	"testing"

	"pgregory.net/rapid"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

func TestSpilledBatchesComeBack(t *testing.T) {
	st := types.StructOf(types.Field{Name: "a", Type: types.StringType, Nullable: true}, types.Field{Name: "b", Type: types.ArrayOf(types.IntType, true), Nullable: true})
	ts := append([]types.Type{types.MapOf(types.IntType, st, true), st}, rowTypes...)
	dir := &Dir{Path: t.TempDir()}
	rapid.Check(t, func(t *rapid.T) {
		fs := NewFiles(dir)
		defer fs.Close()
		f, err := fs.Create(nil)
		if err != nil {
			t.Fatal(err)
		}
		var want [][]any
		for range rapid.IntRange(0, 3).Draw(t, "batches") {
			n := rapid.IntRange(2, 70).Draw(t, "n")
			cols, vals := make([]*vec.Vec, len(ts)), make([][]any, len(ts))
			for k, ty := range ts {
				if k < 2 {
					v := vec.New(ty, 0)
					for range n {
						x := any([]any{drawValue(t, types.StringType), []any{drawValue(t, types.IntType)}})
						if k == 0 {
							x = types.MapValue{Keys: []any{int32(1)}, Vals: []any{x}}
						}
						if rapid.Bool().Draw(t, "null") {
							x = nil
						}
						v.Append(x)
						vals[k] = append(vals[k], x)
					}
					cols[k] = v
					continue
				}
				cols[k], vals[k] = drawColumn(t, ty, n)
			}
			var sel []int32
			if rapid.Bool().Draw(t, "select") {
				sel = []int32{0, int32(n - 1)}
			}
			if err := f.Append(cols, sel, n); err != nil {
				t.Fatal(err)
			}
			for i := range n {
				if sel != nil && i > 1 {
					break
				}
				r := i
				if sel != nil {
					r = int(sel[i])
				}
				row := make([]any, len(ts))
				for k := range ts {
					row[k] = vals[k][r]
				}
				want = append(want, row)
			}
		}
		for range 2 { // a file can be read again
			got := 0
			r := f.Reader(ts)
			for {
				cols, n, err := r.Next()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				for i := range n {
					for k := range ts {
						if g := cols[k].Value(i); fmt.Sprint(g) != fmt.Sprint(want[got][k]) {
							t.Fatalf("%v row %d: %v, want %v", ts[k], got, g, want[got][k])
						}
					}
					got++
				}
			}
			if got != len(want) || f.Rows() != int64(got) {
				t.Fatalf("%d rows came back of %d", got, len(want))
			}
		}
	})
	if es, _ := os.ReadDir(dir.Path); len(es) > 0 || dir.used.Load() != 0 {
		t.Fatalf("left behind: %v, %d bytes", es, dir.used.Load())
	}
}

func TestSpillFolderIsBounded(t *testing.T) {
	fs := NewFiles(&Dir{Path: t.TempDir(), Limit: 100})
	defer fs.Close()
	f, err := fs.Create(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := vec.New(types.BigIntType, 4096)
	for i := range vec.Values[int64](v) {
		vec.Values[int64](v)[i] = int64(i) * 0x9E3779B97F4A7
	}
	if err := f.Append([]*vec.Vec{v}, nil, 4096); !errs.Is(err, "SPILL_OUT_OF_DISK_SPACE") {
		t.Fatalf("got %v", err)
	}
}

func TestLargestPartIsAskedToSpill(t *testing.T) {
	root := Root(1 << 20)
	a, b := root.Query(), root.Query()
	small, large, other := a.Part(), a.Part(), b.Part()
	for _, x := range []struct {
		b *Budget
		n int64
	}{{small, 200 << 10}, {large, 600 << 10}, {other, 100 << 10}} {
		if err := x.b.Reserve(x.n); err != nil {
			t.Fatal(err)
		}
	}
	if small.SpillWanted() || large.SpillWanted() || other.SpillWanted() {
		t.Fatal("asked to spill within the limit")
	}
	if err := other.Reserve(200 << 10); err != nil { // b stays within its half: a has to give way
		t.Fatal(err)
	}
	if other.SpillWanted() || small.SpillWanted() || !large.SpillWanted() || large.SpillWanted() {
		t.Fatal("the largest part of the larger query was not asked once")
	}
	for _, p := range []*Budget{small, large, other} {
		p.Close()
	}
	c := a.Child()
	if err := c.Reserve(2 << 20); !errs.Is(err, "UNABLE_TO_ACQUIRE_MEMORY") {
		t.Fatalf("nothing can spill, but got %v", err)
	}
	if root.Used() != 0 || root.Peak() < 1<<20 {
		t.Fatalf("used %d, peak %d", root.Used(), root.Peak())
	}
}
