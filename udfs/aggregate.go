package udfs

import (
	"context"
	"encoding"
	"fmt"
	"reflect"
	"unsafe"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// AggFunc is four Go functions that make an aggregate: Agg1 and its like put them together, Aggregate gives them a
// name.
type AggFunc struct {
	overload Overload
	traits   Trait
	err      error
	agg      func(name string) *Agg
}

// Aggregate makes an aggregate function of a state and four Go functions on it: init makes the state of a group
// without rows, update adds a row, merge adds the rows of another state, result gives the value. They must give the
// same whatever the order of rows and the way they are divided, since groups are worked on by many goroutines and
// travel to spill files. A state is of a carried type or a struct of them (unexported fields too), or its pointer
// has MarshalBinary and UnmarshalBinary.
//
// Rows with a NULL argument are left out, unless the argument's type can hold NULL.
func Aggregate(name string, f AggFunc, opts ...Option) Def {
	if f.err != nil {
		panic(fmt.Sprintf("udfs: %s: %s", name, f.err))
	}
	d := Def{Name: name, Traits: Deterministic | Fallible, Group: "udf"}
	f.overload.Traits, f.overload.Agg = &f.traits, f.agg(name)
	d.Overloads = []Overload{f.overload}
	for _, o := range opts {
		o(&d)
	}
	return d.finish()
}

// states is what the functions on a state are, whatever the arguments.
type states[S, R any] struct {
	init   func() S
	merge  func(into, from *S) error
	result func(*S) (R, error)
}

// updater is update with the arguments of a worker.
type updater[S any] struct {
	in   []reader
	step func(s *S, row int) error
}

// newAgg makes an AggFunc.
func newAgg[S, R any](fs states[S, R], update func() updater[S], args ...arg) AggFunc {
	r := carry[R]()
	state, err := stateCodec[S]()
	if err != nil {
		return AggFunc{err: fmt.Errorf("the state: %w", err)}
	}
	fn := newFunc(form{fallible: true}, nil, r.arg(), args...)
	out := AggFunc{overload: fn.overload, traits: fn.traits, err: fn.err}
	out.agg = func(name string) *Agg {
		a := &Agg{State: []types.Type{state.typ}, New: func(env *Env) (Accumulator, error) {
			return &accumulator[S, R]{states: fs, updater: update(), guard: newGuard(name, env), env: env, strict: fn.traits.Has(Strict),
				state: state, out: r.codec}, nil
		}}
		a.NoInput = ofNoRows(a, r.typ)
		return a
	}
	return out
}

// ofNoRows is the result for a group without rows; NULL when it cannot be told.
func ofNoRows(a *Agg, out types.Type) any {
	acc, err := a.New(nil)
	if err != nil {
		return nil
	}
	v := vec.New(out, 0)
	if acc.Resize(1); acc.Result([]int32{0}, v) != nil {
		return nil
	}
	return v.Value(0)
}

// stateCodec is the codec of a state: its own serial form, or its fields.
func stateCodec[S any]() (*codec, error) {
	t := reflect.TypeFor[*S]()
	if !t.Implements(reflect.TypeFor[encoding.BinaryMarshaler]()) || !t.Implements(reflect.TypeFor[encoding.BinaryUnmarshaler]()) {
		return codecFor[S]()
	}
	return &codec{typ: types.BinaryType, gotype: t.Elem(),
		load: func(_ *Env, v *vec.Vec, lo, n int, dst cells) error {
			for i := range n {
				if err := any((*S)(dst.at(i))).(encoding.BinaryUnmarshaler).UnmarshalBinary(v.Bytes(lo + i)); err != nil {
					return err
				}
			}
			return nil
		},
		store: func(v *vec.Vec, lo, n int, src cells) error {
			for i := range n {
				b, err := any((*S)(src.at(i))).(encoding.BinaryMarshaler).MarshalBinary()
				if err != nil {
					return err
				}
				v.SetBytes(lo+i, b)
			}
			return nil
		}}, nil
}

// accumulator holds the states of the groups of one worker.
type accumulator[S, R any] struct {
	states[S, R]
	updater[S]
	guard
	env    *Env
	strict bool
	state  *codec
	out    *codec

	groups []S
	held   int64 // memory of the states beyond their own size
	failed error // of init
	sel    []int32
	live   []int32
	w      walk
}

func (a *accumulator[S, R]) Resize(n int) {
	defer a.initFailed()
	for len(a.groups) < n {
		a.groups = append(a.groups, a.init())
	}
}

// initFailed keeps a panic of init for the next call that can report it.
func (a *accumulator[S, R]) initFailed() {
	if p := recover(); p != nil {
		a.failed = &Panic{p, panicPlace()}
	}
}

func (a *accumulator[S, R]) Update(groups []int32, c *Call) error {
	sel := c.Sel
	if a.strict {
		sel, groups = a.withoutNulls(c, groups)
	}
	if len(groups) == 0 {
		return nil
	}
	a.w.at = -1
	return a.guard.run(c, len(groups), &a.w, func(ctx context.Context) error {
		if a.failed != nil {
			return a.failed
		}
		for i, in := range a.in {
			if err := in.read(a.env, c.In[i:], sel, c.N); err != nil {
				return err
			}
		}
		return a.w.each(ctx, sel, len(groups), func(w *walk) error { return a.add(w, groups) })
	})
}

// add updates the states of some rows' groups.
func (a *accumulator[S, R]) add(w *walk, groups []int32) error {
	for k := w.lo; k < w.hi; k++ {
		i, s := w.row(k), &a.groups[groups[k]]
		before := a.heap(s)
		if err := a.step(s, i); err != nil {
			return err
		}
		a.held += a.heap(s) - before
	}
	return nil
}

func (a *accumulator[S, R]) heap(s *S) int64 {
	if a.state.heap == nil {
		return 0
	}
	return a.state.heap(unsafe.Pointer(s))
}

// withoutNulls are the live rows without a NULL argument, and their groups.
func (a *accumulator[S, R]) withoutNulls(c *Call, groups []int32) ([]int32, []int32) {
	nulls := false
	for _, v := range c.In {
		nulls = nulls || v.Valid != nil || v.Type.Kind() == types.Null
	}
	if !nulls {
		return c.Sel, groups
	}
	a.sel, a.live = a.sel[:0], a.live[:0]
	k := -1
	c.Each(func(i int) error { //nolint:errcheck // gives none
		k++
		for _, v := range c.In {
			if v.IsNull(i) {
				return nil
			}
		}
		a.sel, a.live = append(a.sel, int32(i)), append(a.live, groups[k])
		return nil
	})
	return a.sel, a.live
}

func (a *accumulator[S, R]) Merge(groups []int32, partial []*vec.Vec) error {
	n := len(groups)
	return a.on(partial, n, func() error {
		from := make([]S, n)
		for i := range from {
			from[i] = a.init()
		}
		if err := a.state.load(a.env, partial[0], 0, n, cellsOf(from)); err != nil {
			return err
		}
		for k, g := range groups {
			s := &a.groups[g]
			before := a.heap(s)
			if err := a.merge(s, &from[k]); err != nil {
				return err
			}
			a.held += a.heap(s) - before
		}
		return nil
	})
}

// on runs f under the guard, apart from any row.
func (a *accumulator[S, R]) on(in []*vec.Vec, rows int, f func() error) error {
	if rows == 0 {
		return nil
	}
	return a.guard.run(&Call{In: in}, 0, &walk{at: -1}, func(context.Context) error {
		if a.failed != nil {
			return a.failed
		}
		return f()
	})
}

func (a *accumulator[S, R]) Partial(groups []int32, out []*vec.Vec) error {
	return a.on(nil, len(groups), func() error {
		picked := make([]S, len(groups))
		for k, g := range groups {
			picked[k] = a.groups[g]
		}
		return a.state.store(out[0], out[0].Extend(len(groups)), len(groups), cellsOf(picked))
	})
}

func (a *accumulator[S, R]) Result(groups []int32, out *vec.Vec) error {
	return a.on(nil, len(groups), func() error {
		results := make([]R, len(groups))
		for k, g := range groups {
			r, err := a.result(&a.groups[g])
			if err != nil {
				return err
			}
			results[k] = r
		}
		return a.out.store(out, out.Extend(len(groups)), len(groups), cellsOf(results))
	})
}

func (a *accumulator[S, R]) Clear(groups []int32) {
	defer a.initFailed()
	for _, g := range groups {
		a.held -= a.heap(&a.groups[g])
		a.groups[g] = a.init()
	}
}

func (a *accumulator[S, R]) Bytes() int64 {
	return int64(cap(a.groups))*int64(a.state.size()) + a.held
}
