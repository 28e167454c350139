package udfs

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// spread is a state with unexported fields of several types.
type spread struct {
	lo, hi Null[float64]
	texts  []string
	by     map[string]int64
}

func spreadOf() AggFunc {
	return Agg2(func() spread { return spread{by: map[string]int64{}} },
		func(s *spread, x float64, text string) error {
			if !s.lo.OK || x < s.lo.V {
				s.lo = Some(x)
			}
			if !s.hi.OK || x > s.hi.V {
				s.hi = Some(x)
			}
			s.texts = append(s.texts, text)
			s.by[text]++
			return nil
		},
		func(s, o *spread) error {
			if o.lo.OK && (!s.lo.OK || o.lo.V < s.lo.V) {
				s.lo = o.lo
			}
			if o.hi.OK && (!s.hi.OK || o.hi.V > s.hi.V) {
				s.hi = o.hi
			}
			s.texts = append(s.texts, o.texts...)
			for k, n := range o.by {
				s.by[k] += n
			}
			return nil
		},
		func(s *spread) (string, error) {
			return fmt.Sprintf("%v..%v of %d, %d different", s.lo.V, s.hi.V, len(s.texts), len(s.by)), nil
		})
}

func accumulatorOf(t *testing.T, d Def, env *Env) Accumulator {
	t.Helper()
	acc, err := d.Overloads[0].Agg.New(env)
	if err != nil {
		t.Fatal(err)
	}
	return acc
}

func results(t *testing.T, d Def, acc Accumulator, groups ...int32) []any {
	t.Helper()
	out := vec.New(d.Overloads[0].Out, 0)
	if err := acc.Result(groups, out); err != nil {
		t.Fatal(err)
	}
	return values(out)
}

func TestStatesOfGroupsTravel(t *testing.T) {
	d := Aggregate("spread", spreadOf())
	a, b := accumulatorOf(t, d, nil), accumulatorOf(t, d, nil)
	xs := col(types.DoubleType, 3.0, -1.0, nil, 8.0, 5.0)
	texts := col(types.StringType, "p", "q", "r", "p", nil)
	a.Resize(2)
	if err := a.Update([]int32{0, 1, 0, 1}, &Call{In: []*vec.Vec{xs, texts}, N: 5, Sel: []int32{0, 1, 2, 3}}); err != nil {
		t.Fatal(err)
	}
	if got := results(t, d, a, 1, 0); !reflect.DeepEqual(got, []any{"-1..8 of 2, 2 different", "3..3 of 1, 1 different"}) {
		t.Errorf("%v", got)
	}
	state := vec.New(d.Overloads[0].Agg.State[0], 0)
	if err := a.Partial([]int32{1, 0}, []*vec.Vec{state}); err != nil {
		t.Fatal(err)
	}
	b.Resize(1)
	for range 2 {
		if err := b.Merge([]int32{0, 0}, []*vec.Vec{state}); err != nil {
			t.Fatal(err)
		}
	}
	if got := results(t, d, b, 0); got[0] != "-1..8 of 6, 2 different" {
		t.Errorf("%v", got)
	}
	if b.Bytes() <= a.Bytes() {
		t.Errorf("memory: %d after %d", b.Bytes(), a.Bytes())
	}
	b.Clear([]int32{0})
	if got := results(t, d, b, 0); got[0] != "0..0 of 0, 0 different" || d.Overloads[0].Agg.NoInput != got[0] {
		t.Errorf("%v, no input %v", got, d.Overloads[0].Agg.NoInput)
	}
}

// counter has a serial form of its own.
type counter struct{ n *uint64 }

func (c *counter) MarshalBinary() ([]byte, error) {
	return binary.BigEndian.AppendUint64(nil, *c.n), nil
}

func (c *counter) UnmarshalBinary(b []byte) error {
	n := binary.BigEndian.Uint64(b)
	c.n = &n
	return nil
}

func TestStatesWithASerialFormOfTheirOwn(t *testing.T) {
	d := Aggregate("count_all", Agg1(func() counter { return counter{new(uint64)} },
		func(c *counter, _ Null[string]) error { *c.n++; return nil },
		func(c, o *counter) error { *c.n += *o.n; return nil },
		func(c *counter) (int64, error) { return int64(*c.n), nil }))
	if got := d.Overloads[0].Agg.State[0]; got != types.BinaryType {
		t.Errorf("%s", got)
	}
	a := accumulatorOf(t, d, nil)
	a.Resize(1)
	if err := a.Update([]int32{0, 0}, &Call{In: []*vec.Vec{col(types.StringType, nil, "x")}, N: 2}); err != nil {
		t.Fatal(err)
	}
	state := vec.New(types.BinaryType, 0)
	if err := errors.Join(a.Partial([]int32{0}, []*vec.Vec{state}), a.Merge([]int32{0}, []*vec.Vec{state})); err != nil {
		t.Fatal(err)
	}
	if got := results(t, d, a, 0); got[0] != int64(4) {
		t.Errorf("%v", got)
	}
}

// TestPanicsOfEveryPartAreErrors has an aggregate that panics in one of its functions.
func TestPanicsOfEveryPartAreErrors(t *testing.T) {
	for _, where := range []string{"init", "update", "merge", "result"} {
		armed := false // while it is registered it behaves
		at := func(part string) error {
			if armed && part == where {
				panic("in " + part)
			}
			return nil
		}
		d := Aggregate("bad", Agg1(func() int64 { at("init"); return 0 },
			func(n *int64, x int64) error { return at("update") },
			func(n, o *int64) error { return at("merge") },
			func(n *int64) (int64, error) { return *n, at("result") }))
		armed = true
		stats := NewStats(nil)
		acc := accumulatorOf(t, d, &Env{Stats: stats})
		acc.Resize(1)
		state, out := vec.New(types.BigIntType, 0), vec.New(types.BigIntType, 0)
		all := []error{
			acc.Update([]int32{0}, &Call{In: []*vec.Vec{col(types.BigIntType, int64(7))}, N: 1}),
			acc.Merge([]int32{0}, []*vec.Vec{col(types.BigIntType, int64(7))}),
			acc.Partial([]int32{0}, []*vec.Vec{state}),
			acc.Result([]int32{0}, out),
		}
		err := errors.Join(all...)
		if p := (*Panic)(nil); !errors.As(err, &p) || !errs.Is(err, "FAILED_EXECUTE_UDF") || !strings.Contains(err.Error(), "panic: in "+where) {
			t.Errorf("%s: %v", where, err)
		}
		if where == "update" && !strings.Contains(err.Error(), "arguments: 7") {
			t.Errorf("%s: %v", where, err)
		}
		if l := stats.List(); len(l) != 1 || l[0].Errors == 0 {
			t.Errorf("%s: %+v", where, l)
		}
	}
}

func TestAggregatesStopWithTheirQuery(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	acc := accumulatorOf(t, Aggregate("spread", spreadOf()), nil)
	acc.Resize(1)
	err := acc.Update([]int32{0}, &Call{Ctx: ctx, In: []*vec.Vec{col(types.DoubleType, 1.0), col(types.StringType, "x")}, N: 1})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
