package udfs

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// Func is a Go function that can be run over columns: what Fn1, Fn2E and their like make of one. Scalar gives it
// its name.
type Func struct {
	overload Overload // without kernel
	traits   Trait    // Strict, Fallible, as the Go types have it
	err      error    // why it cannot be one
	open     func() batch
}

// form is what the shape of a Go function says of it.
type form struct {
	fallible bool // gives an error as well
	variadic bool
}

// batch is a function at work for one worker: in and out are its arguments' and its result's values, and run
// calls it for some rows of them.
type batch struct {
	in  []reader
	out writer
	run func(w *walk) error
}

// reader takes an argument, or the rest of them where it is the last.
type reader interface {
	read(e *Env, args []*vec.Vec, sel []int32, n int) error
}

type writer interface {
	begin(out *vec.Vec)
	write(out *vec.Vec, sel []int32, n int) error
}

// walk is the rows to do: lo..hi-1, or those at these places of sel. at is the row being done, for the report of a
// panic.
type walk struct {
	ctx    context.Context
	sel    []int32
	lo, hi int
	at     int
	away   time.Duration // spent outside of the function
}

// row is the row at place k, which is the one being done from now on.
func (w *walk) row(k int) int {
	if w.sel != nil {
		k = int(w.sel[k])
	}
	w.at = k
	return k
}

// newFunc makes a Func of the types of its result and its arguments.
func newFunc(f form, open func() batch, out arg, args ...arg) Func {
	fn := Func{overload: Overload{Variadic: f.variadic, Out: out.codec.typ, Nullable: out.codec.missing}, open: open, traits: Strict}
	if out.err != nil {
		fn.err = fmt.Errorf("the result: %w", out.err)
	}
	fails := f.fallible || out.codec.fails
	for i, a := range args {
		if a.err != nil && fn.err == nil {
			fn.err = fmt.Errorf("argument %d: %w", i+1, a.err)
		}
		fn.overload.In = append(fn.overload.In, lenient(a.codec.typ))
		fails = fails || a.codec.fails
		if a.codec.missing {
			fn.traits &^= Strict
		}
	}
	if fails {
		fn.traits |= Fallible
	}
	return fn
}

// lenient is a type with all fields of structs nullable: a NULL in one that cannot hold it is seen when it comes.
func lenient(t types.Type) types.Type {
	switch t.Kind() {
	case types.Array:
		return types.ArrayOf(lenient(t.Elem()), true)
	case types.Map:
		return types.MapOf(lenient(t.Key()), lenient(t.Elem()), true)
	case types.Struct:
		fields := slices.Clone(t.Fields())
		for i, f := range fields {
			fields[i].Type, fields[i].Nullable = lenient(f.Type), true
		}
		return types.StructOf(fields...)
	}
	return t
}

// arg is the carrier of an argument, or of the result, whatever its type.
type arg struct {
	codec *codec
	err   error
}

func (c carrier[T]) arg() arg { return arg{c.codec, c.err} }

// chunk is the number of rows between looks at the context.
const chunk = 64

// each calls f for all rows, a chunk at a time, until the context ends.
func (w *walk) each(ctx context.Context, sel []int32, rows int, f func(*walk) error) error {
	w.ctx, w.sel = ctx, sel
	for lo := 0; lo < rows; lo += chunk {
		if err := ctx.Err(); err != nil {
			return err
		}
		w.lo, w.hi = lo, min(lo+chunk, rows)
		if err := f(w); err != nil {
			return err
		}
	}
	w.at = -1
	return nil
}

// Scalar makes a function that gives a value for each row. f is what Fn1, Fn2 and their like make of a Go function,
// or a plain Go function of one of the common signatures: one or two arguments and a result, or three of one
// type, of bool, int32, int64, float64 and string, with or without an error. Other signatures take Fn1 and its like;
// Scalar panics for them, when the program starts, and says which.
//
// A function is taken to be deterministic: it may be run once for equal arguments and ahead of its place, and more
// or less often than there are rows. Volatile says that it is not. One that gives an error as well is never run for
// a row that the query does not need; one without promises a value for every argument. NULL arguments give NULL
// without a call, unless the types of arguments can hold NULL.
//
// An error of f ends the query, and so does a panic; both name the function, the row and the arguments. What no Go
// program recovers from, such as a stack that overflows, ends the process.
func Scalar(name string, f any, opts ...Option) Def {
	d := Def{Name: name, Traits: Deterministic, Group: "udf"}
	d.overload(f)
	for _, o := range opts {
		o(&d)
	}
	return d.finish()
}

// overload adds a signature.
func (d *Def) overload(f any) {
	fn, ok := f.(Func)
	if !ok {
		if fn, ok = common(f); !ok {
			panic(fmt.Sprintf("udfs: %s: Scalar does not know the signature %T by itself: %s", d.Name, f, advice(f)))
		}
	}
	if fn.err != nil {
		panic(fmt.Sprintf("udfs: %s: %s", d.Name, fn.err))
	}
	name, open, o, traits := d.Name, fn.open, fn.overload, fn.traits
	o.Traits = &traits
	o.New = func(env *Env) (Kernel, error) {
		k := &kernel{guard: newGuard(name, env), env: env, batch: open(), strict: traits.Has(Strict)}
		return k.eval, nil
	}
	d.Overloads = append(d.Overloads, o)
}

// advice is the line to write for a Go function that Scalar does not take.
func advice(f any) string {
	t := reflect.TypeOf(f)
	if t == nil || t.Kind() != reflect.Func {
		return "it is no function"
	}
	n, suffix := t.NumIn(), ""
	if n > 0 && t.In(0) == reflect.TypeFor[context.Context]() {
		n, suffix = n-1, "C"
	}
	fails := t.NumOut() == 2 && t.Out(1) == reflect.TypeFor[error]()
	switch {
	case t.NumOut() != 1 && !fails, suffix == "C" && !fails:
		return "a function gives one result, or a result and an error; with a context the latter"
	case fails && suffix == "":
		suffix = "E"
	}
	if t.IsVariadic() {
		suffix = "V" + suffix
	}
	return fmt.Sprintf("write udfs.Fn%d%s(f)", n, suffix)
}

// kernel runs a Func over the batches of one worker.
type kernel struct {
	guard
	batch
	env    *Env
	strict bool
	sel    []int32
	w      walk
}

func (k *kernel) eval(c *Call) error {
	sel := c.Sel
	if k.strict && c.Out.Valid != nil {
		sel = k.valid(c)
	}
	rows := c.N
	if sel != nil {
		rows = len(sel)
	}
	if rows == 0 {
		return nil
	}
	k.w.at = -1
	return k.guard.run(c, rows, &k.w, func(ctx context.Context) error { return k.rows(ctx, c, sel, rows) })
}

func (k *kernel) rows(ctx context.Context, c *Call, sel []int32, rows int) error {
	for i, in := range k.batch.in {
		if err := in.read(k.env, c.In[i:], sel, c.N); err != nil {
			return err
		}
	}
	k.batch.out.begin(c.Out)
	if err := k.w.each(ctx, sel, rows, k.batch.run); err != nil {
		return err
	}
	return k.batch.out.write(c.Out, sel, c.N)
}

// valid are the live rows without a NULL argument: those that are not NULL in the result yet.
func (k *kernel) valid(c *Call) []int32 {
	k.sel = k.sel[:0]
	if k.sel == nil {
		k.sel = []int32{}
	}
	c.Each(func(i int) error { //nolint:errcheck // gives none
		if vec.Bit(c.Out.Valid, i) {
			k.sel = append(k.sel, int32(i))
		}
		return nil
	})
	return k.sel
}

// typeNames lists types as a signature shows them.
func typeNames(ts []types.Type) string {
	s := ""
	for i, t := range ts {
		if i > 0 {
			s += ", "
		}
		s += t.SQL()
	}
	return s
}
