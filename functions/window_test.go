package functions

import (
	"testing"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

func TestWindowFunctions(t *testing.T) {
	// Sort keys 1 1 2 3; frames: one row before to one row after.
	vals := column(types.IntType, int32(10), nil, int32(30), int32(40))
	base := udfs.WindowCall{N: 4, PeerLo: []int32{0, 0, 2, 3}, PeerHi: []int32{2, 2, 3, 4}}
	lo, hi := []int32{0, 0, 1, 2}, []int32{2, 3, 4, 4}
	i32 := func(xs ...any) []any {
		for i, x := range xs {
			if n, ok := x.(int); ok {
				xs[i] = int32(n)
			}
		}
		return xs
	}
	for _, c := range []struct {
		name   string
		args   []any
		frames bool
		ignore bool
		want   []any
	}{
		{"row_number", nil, false, false, i32(1, 2, 3, 4)},
		{"rank", nil, false, false, i32(1, 1, 3, 4)},
		{"dense_rank", nil, false, false, i32(1, 1, 2, 3)},
		{"percent_rank", nil, false, false, []any{0.0, 0.0, 2.0 / 3, 1.0}},
		{"cume_dist", nil, false, false, []any{0.5, 0.5, 0.75, 1.0}},
		{"ntile", []any{int32(3)}, false, false, i32(1, 1, 2, 3)},
		{"ntile", []any{int32(10)}, false, false, i32(1, 2, 3, 4)},
		{"lag", []any{vals}, false, false, i32(nil, 10, nil, 30)},
		{"lead", []any{vals}, false, false, i32(nil, 30, 40, nil)},
		{"lead", []any{vals, int32(2), int32(7)}, false, false, i32(30, 40, 7, 7)},
		{"lag", []any{vals, int32(1)}, false, true, i32(nil, 10, 10, 30)},
		{"lead", []any{vals, int32(1)}, false, true, i32(30, 30, 40, nil)},
		{"lag", []any{vals, int32(-1)}, false, false, i32(nil, 30, 40, nil)},
		{"nth_value", []any{vals, int32(2)}, true, false, i32(nil, nil, 30, 40)},
		{"nth_value", []any{vals, int32(2)}, true, true, i32(nil, 30, 40, 40)},
		{"first_value", []any{vals}, true, false, i32(10, 10, nil, 30)},
		{"first_value", []any{vals}, true, true, i32(10, 10, 30, 30)},
		{"last_value", []any{vals}, true, false, i32(nil, 30, 40, 40)},
		{"last_value", []any{vals}, true, true, i32(10, 30, 40, 40)},
	} {
		var cols []*vec.Vec
		consts := map[int]any{}
		for i, a := range c.args {
			if v, ok := a.(*vec.Vec); ok {
				cols = append(cols, v)
			} else {
				cols = append(cols, column(types.IntType, a, a, a, a))
				consts[i] = a
			}
		}
		b, _, err := resolveCall(c.name, testEnv(true), cols, consts)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		f, err := b.Window(testEnv(true))
		if err != nil {
			t.Fatal(err)
		}
		call := base
		call.In, call.IgnoreNulls, call.Out = cols, c.ignore, vec.New(b.Out, 4)
		if c.frames {
			call.Lo, call.Hi = lo, hi
		}
		if err := f.Eval(&call); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		for i, want := range c.want {
			if got := call.Out.Value(i); !nearlyEqual(got, want) {
				t.Errorf("%s%v row %d: got %v, want %v", c.name, c.args, i, got, want)
			}
		}
	}
}
