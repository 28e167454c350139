// Package arrowudf makes functions of whole columns from Go functions on Arrow arrays. It stands apart from udfs so that
// other functions do not link Arrow.
package arrowudf

import (
	"context"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"sparksql/exec/vec"
	"sparksql/exec/vec/arrowvec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// Func is a Go function on Arrow arrays with its SQL types: V1 and its like make one of a function on arrays of basic
// types, Of of any.
type Func struct {
	out  types.Type
	in   []types.Type
	call func(ctx context.Context, in []arrow.Array) (arrow.Array, error)
	err  error
}

// Vector makes a scalar function of f. f gets the live rows of a batch as arrays of one length, NULLs among them, in
// Arrow types as arrowvec.Type gives them; it must give an array of that length, of the type declared. The arrays given
// are valid during the call and, where their memory is laid out alike, are the engine's own: they must not be changed.
// The result is released by the engine, and is best made with Allocator. With udfs.SkipNulls rows with a NULL argument are left out.
func Vector(name string, f Func, opts ...udfs.Option) udfs.Def {
	if f.err != nil {
		panic(fmt.Sprintf("arrowudf: %s: %s", name, f.err))
	}
	return udfs.Vector(name, kernel{f, &recycler{}}.eval, f.out, f.in, opts...)
}

// Of is f with its types.
func Of(out types.Type, in []types.Type, f func(ctx context.Context, in []arrow.Array) (arrow.Array, error)) Func {
	return Func{out: out, in: in, call: f}
}

// V1, V2 and V3 take the SQL types from the arrays' types.
func V1[A, R arrow.Array](f func(context.Context, A) (R, error)) Func {
	return of[R](func(ctx context.Context, in []arrow.Array) (arrow.Array, error) { return f(ctx, in[0].(A)) }, typeFor[A])
}

func V2[A, B, R arrow.Array](f func(context.Context, A, B) (R, error)) Func {
	return of[R](func(ctx context.Context, in []arrow.Array) (arrow.Array, error) { return f(ctx, in[0].(A), in[1].(B)) },
		typeFor[A], typeFor[B])
}

func V3[A, B, C, R arrow.Array](f func(context.Context, A, B, C) (R, error)) Func {
	return of[R](func(ctx context.Context, in []arrow.Array) (arrow.Array, error) {
		return f(ctx, in[0].(A), in[1].(B), in[2].(C))
	}, typeFor[A], typeFor[B], typeFor[C])
}

func of[R arrow.Array](call func(context.Context, []arrow.Array) (arrow.Array, error), in ...func() (types.Type, error)) Func {
	f := Func{call: call}
	f.out, f.err = typeFor[R]()
	for _, t := range in {
		typ, err := t()
		if f.in = append(f.in, typ); f.err == nil {
			f.err = err
		}
	}
	return f
}

// typeFor is the SQL type of an array type that stands for one.
func typeFor[A arrow.Array]() (types.Type, error) {
	var a A
	switch any(a).(type) {
	case *array.Boolean:
		return types.BooleanType, nil
	case *array.Int8:
		return types.TinyIntType, nil
	case *array.Int16:
		return types.SmallIntType, nil
	case *array.Int32:
		return types.IntType, nil
	case *array.Int64:
		return types.BigIntType, nil
	case *array.Float32:
		return types.FloatType, nil
	case *array.Float64:
		return types.DoubleType, nil
	case *array.String:
		return types.StringType, nil
	case *array.Binary:
		return types.BinaryType, nil
	case *array.Date32:
		return types.DateType, nil
	case *array.Timestamp:
		return types.TimestampType, nil
	}
	return types.NullType, fmt.Errorf("%T stands for no SQL type by itself: use arrowudf.Of", a)
}

// kernel runs a function on the columns of batches.
type kernel struct {
	Func
	memory *recycler
}

func (f kernel) eval(c *udfs.Call) error {
	zone := ""
	if c.Env != nil {
		zone = c.Env.ZoneName
	}
	in := make([]arrow.Array, len(c.In))
	for i, v := range c.In {
		in[i] = arrowvec.FromVec(v, c.Sel, c.N, zone)
		defer in[i].Release()
	}
	out, err := f.call(context.WithValue(c.Ctx, allocatorKey{}, f.memory), in)
	if err != nil {
		return err
	}
	rows := c.N
	if c.Sel != nil {
		rows = len(c.Sel)
	}
	if err := check(out, arrowvec.Type(f.out, zone), rows); err != nil {
		return err
	}
	put(c, out)
	for _, a := range in {
		if a == out {
			return nil // released as an argument
		}
	}
	out.Release()
	return nil
}

// check refuses a result that is not what was declared.
func check(a arrow.Array, want arrow.DataType, rows int) error {
	switch {
	case a == nil:
		return fmt.Errorf("it gave no array")
	case !arrow.TypeEqual(a.DataType(), want):
		return fmt.Errorf("it gave an array of %s instead of %s", a.DataType(), want)
	case a.Len() != rows:
		return fmt.Errorf("it gave an array of %d rows instead of %d", a.Len(), rows)
	}
	return nil
}

// put copies the result into the live rows.
func put(c *udfs.Call, a arrow.Array) {
	if c.Sel == nil {
		arrowvec.Fill(c.Out, 0, a)
		return
	}
	dense := vec.New(c.Out.Type, 0)
	arrowvec.Append(dense, a)
	place := make([]int32, c.N)
	for i := range place {
		place[i] = -1
	}
	for k, i := range c.Sel {
		place[i] = int32(k)
	}
	vec.Gather(c.Out, dense, place)
}
