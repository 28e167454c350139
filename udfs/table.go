package udfs

import (
	"context"
	"fmt"
	"iter"
	"time"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// TableFn is a Go function that gives rows: Rows1 and its like make it of one, Table gives it its name.
type TableFn struct {
	overload Overload
	traits   Trait
	err      error
	table    func(name string) func(*Env) (TableFunc, error)
}

// Table makes a table function of a Go function that gives a sequence of rows: FROM f(x), LATERAL VIEW f(x), and
// SELECT f(x). The fields of a struct are the columns; values of another type are one column, col. A NULL argument
// gives no rows, unless its type can hold NULL.
func Table(name string, f TableFn, opts ...Option) Def {
	if f.err != nil {
		panic(fmt.Sprintf("udfs: %s: %s", name, f.err))
	}
	d := Def{Name: name, Traits: Deterministic | Fallible, Group: "udf"}
	f.overload.Traits, f.overload.Table = &f.traits, f.table(name)
	d.Overloads = []Overload{f.overload}
	for _, o := range opts {
		o(&d)
	}
	return d.finish()
}

// rowsOf is a table function at work for one worker: in are its arguments, rows the sequence of a row of them.
type rowsOf[T any] struct {
	in   []reader
	rows func(ctx context.Context, i int) iter.Seq2[T, error]
}

// sure is a sequence that cannot fail.
func sure[T any](seq iter.Seq[T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		if seq == nil {
			return
		}
		for x := range seq {
			if !yield(x, nil) {
				return
			}
		}
	}
}

// newTable makes a TableFn of rows T.
func newTable[T any](open func() rowsOf[T], args ...arg) TableFn {
	t := carry[T]()
	fn := newFunc(form{fallible: true}, nil, t.arg(), args...)
	row := t.typ
	if row.Kind() != types.Struct {
		row = types.StructOf(types.Field{Name: "col", Type: t.typ, Nullable: t.missing})
	}
	out := TableFn{overload: fn.overload, traits: fn.traits, err: fn.err}
	out.overload.Out = row
	out.table = func(name string) func(*Env) (TableFunc, error) {
		return func(env *Env) (TableFunc, error) {
			return &table[T]{guard: newGuard(name, env), rowsOf: open(), env: env, strict: fn.traits.Has(Strict), row: t.codec}, nil
		}
	}
	return out
}

// table runs a table function for one worker.
type table[T any] struct {
	guard
	rowsOf[T]
	env    *Env
	strict bool
	row    *codec
	sel    []int32
	w      walk

	rows  []T     // not passed on yet
	from  []int32 // the input row of each
	ended error   // why the rows after are not wanted
	crash any     // a panic of the engine while rows were passed on
}

func (t *table[T]) Eval(c *Call, emit func(rows []int32, cols []*vec.Vec) error) error {
	sel := t.live(c)
	t.w = walk{at: -1}
	t.rows, t.from, t.ended, t.crash = t.rows[:0], t.from[:0], nil, nil
	err := t.guard.run(c, len(sel), &t.w, func(ctx context.Context) error {
		for i, in := range t.in {
			if err := in.read(t.env, c.In[i:], sel, c.N); err != nil {
				return err
			}
		}
		for _, i := range sel {
			t.w.at = int(i)
			if err := t.one(ctx, i, emit); err != nil || t.ended != nil {
				return err
			}
		}
		t.w.at = -1
		return t.flush(emit)
	})
	if t.crash != nil {
		panic(t.crash)
	}
	if t.ended != nil {
		return t.ended
	}
	return err
}

// one goes through the rows of input row i.
func (t *table[T]) one(ctx context.Context, i int32, emit func(rows []int32, cols []*vec.Vec) error) error {
	for x, err := range t.rowsOf.rows(ctx, int(i)) {
		if err != nil {
			return err
		}
		t.rows, t.from = append(t.rows, x), append(t.from, i)
		if len(t.rows) < vec.BatchRows {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := t.flush(emit); err != nil || t.ended != nil {
			return err
		}
	}
	return nil
}

// flush passes the rows on. What happens there is not the function's: neither time nor errors.
func (t *table[T]) flush(emit func(rows []int32, cols []*vec.Vec) error) error {
	if len(t.rows) == 0 {
		return nil
	}
	v := vec.New(t.row.typ, 0)
	if err := t.row.store(v, v.Extend(len(t.rows)), len(t.rows), cellsOf(t.rows)); err != nil {
		return err
	}
	cols := v.Kids
	if t.row.typ.Kind() != types.Struct {
		cols = []*vec.Vec{v}
	}
	start := time.Now()
	t.ended = t.pass(cols, emit)
	t.w.away += time.Since(start)
	clear(t.rows)
	t.rows, t.from = t.rows[:0], t.from[:0]
	return nil
}

func (t *table[T]) pass(cols []*vec.Vec, emit func(rows []int32, cols []*vec.Vec) error) (err error) {
	defer func() {
		if t.crash = recover(); t.crash != nil {
			err = errCrash
		}
	}()
	return emit(t.from, cols)
}

var errCrash = fmt.Errorf("udfs: rows could not be passed on")

// live are the rows to do.
func (t *table[T]) live(c *Call) []int32 {
	t.sel = t.sel[:0]
	c.Each(func(i int) error { //nolint:errcheck // gives none
		for _, v := range c.In {
			if t.strict && v.IsNull(i) {
				return nil
			}
		}
		t.sel = append(t.sel, int32(i))
		return nil
	})
	return t.sel
}
