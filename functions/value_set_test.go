package functions

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// TestCollectMany checks sets and lists of many groups, with groups that are cleared and used again, against maps.
func TestCollectMany(t *testing.T) {
	const groups, rows, rounds = 70, 1000, 6
	for _, name := range []string{"collect_list", "collect_set"} {
		env := testEnv(true)
		in := vec.New(types.StringType, 0)
		b, _, err := resolveCall(name, env, []*vec.Vec{in}, nil)
		if err != nil {
			t.Fatal(err)
		}
		a, err := b.Agg.New(env)
		if err != nil {
			t.Fatal(err)
		}
		a.Resize(groups)
		want := make([][]any, groups)
		for r := range rounds {
			in, owner := vec.New(types.StringType, 0), make([]int32, rows)
			for i := range rows {
				s := fmt.Sprintf("a value that is long, number %d", (i*i+r)%23)
				g := (i*31 + r) % groups
				owner[i] = int32(g)
				in.Append(s)
				if name == "collect_list" || !slices.Contains(want[g], any(s)) {
					want[g] = append(want[g], s)
				}
			}
			if err := a.Update(owner, &udfs.Call{Env: env, In: []*vec.Vec{in}, N: rows, Seq: uint64(r) * rows}); err != nil {
				t.Fatal(err)
			}
			some := []int32{int32(r), int32(r + 9), 60}
			if r == 3 {
				some = seqTo(groups)[5:]
			}
			a.Clear(some)
			for _, g := range some {
				want[g] = nil
			}
		}
		checkLists(t, name, a, b, want)
		checkLists(t, name+" merged", merged(t, a, b, env, groups), b, want)
	}
}

func seqTo(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(i)
	}
	return out
}

// merged moves the states of a to a new accumulator.
func merged(t *testing.T, a udfs.Accumulator, b udfs.Binding, env *udfs.Env, groups int) udfs.Accumulator {
	t.Helper()
	var state []*vec.Vec
	for _, ty := range b.Agg.State {
		state = append(state, vec.New(ty, 0))
	}
	all := seqTo(groups)
	if err := a.Partial(all, state); err != nil {
		t.Fatal(err)
	}
	c, err := b.Agg.New(env)
	if err != nil {
		t.Fatal(err)
	}
	c.Resize(groups)
	if err := c.Merge(all, state); err != nil {
		t.Fatal(err)
	}
	return c
}

func checkLists(t *testing.T, name string, a udfs.Accumulator, b udfs.Binding, want [][]any) {
	t.Helper()
	out := vec.New(b.Out, 0)
	if err := a.Result(seqTo(len(want)), out); err != nil {
		t.Fatal(err)
	}
	for g, w := range want {
		lo, hi := out.Range(g)
		var got []any
		for e := lo; e < hi; e++ {
			got = append(got, string(out.Kids[0].Bytes(e)))
		}
		if !reflect.DeepEqual(got, w) {
			t.Fatalf("%s, group %d: %v, want %v", name, g, got, w)
		}
	}
}
