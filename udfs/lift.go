package udfs

import (
	"errors"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// Value are the Go types that the lifts carry: of arguments and results in SQL boolean, tinyint to bigint,
// float, double, string and binary. Strings and binaries that a function is given share the batch's memory:
// what is kept is copied.
type Value interface {
	bool | int8 | int16 | int32 | int64 | float32 | float64 | string | []byte
}

// Null is a value that may be missing: an argument of this type makes a function see NULLs, a result of this
// type may be NULL. Functions with plain arguments alone are never called with a NULL and give NULL for it.
type Null[T Value] struct {
	V  T
	OK bool // false: NULL
}

// Some is a value that is there.
func Some[T Value](x T) Null[T] { return Null[T]{x, true} }

// carrier reads and writes a Go type of the lifts. T is a Value or a Null of one.
type carrier[T any] struct {
	typ      types.Type
	nullable bool
	read     func(v *vec.Vec) func(i int) T
	write    func(v *vec.Vec) func(i int, x T)
	flat     func(v *vec.Vec) []T // the values themselves, for types of fixed width; else nil
}

// values is c.flat of v, nil when there is none.
func (c *carrier[T]) values(v *vec.Vec) []T {
	if c.flat == nil {
		return nil
	}
	return c.flat(v)
}

// Scalar1, Scalar2 and Scalar3 make functions of one to three arguments from Go functions on values: T is one
// of Value or Null of one. They take no part in names and documents: set those on the Def. An error of f ends
// the query, and so does a panic, named with the function and the row.
func Scalar1[A, R any](d Def, f func(a A) (R, error)) Def {
	a, r := carry[A](), carry[R]()
	return lifted(d, r.typ, r.nullable, []bool{a.nullable}, func(c *Call) error {
		if xs, out := a.values(c.In[0]), r.values(c.Out); xs != nil && out != nil && c.Out.Valid == nil && c.Sel == nil {
			for i, x := range xs[:c.N] {
				y, err := f(x)
				if err != nil {
					return failed(c, d.Name, err)
				}
				out[i] = y
			}
			return nil
		}
		x, out := a.read(c.In[0]), r.write(c.Out)
		return each(c, d.Name, func(i int) error {
			y, err := f(x(i))
			if err == nil {
				out(i, y)
			}
			return err
		})
	}, a.typ)
}

func Scalar2[A, B, R any](d Def, f func(a A, b B) (R, error)) Def {
	a, b, r := carry[A](), carry[B](), carry[R]()
	return lifted(d, r.typ, r.nullable, []bool{a.nullable, b.nullable}, func(c *Call) error {
		xs, ys := a.values(c.In[0]), b.values(c.In[1])
		if out := r.values(c.Out); xs != nil && ys != nil && out != nil && c.Out.Valid == nil && c.Sel == nil {
			ys = ys[:c.N]
			for i, x := range xs[:c.N] {
				z, err := f(x, ys[i])
				if err != nil {
					return failed(c, d.Name, err)
				}
				out[i] = z
			}
			return nil
		}
		x, y, out := a.read(c.In[0]), b.read(c.In[1]), r.write(c.Out)
		return each(c, d.Name, func(i int) error {
			z, err := f(x(i), y(i))
			if err == nil {
				out(i, z)
			}
			return err
		})
	}, a.typ, b.typ)
}

func Scalar3[A, B, C, R any](d Def, f func(a A, b B, c C) (R, error)) Def {
	a, b, k, r := carry[A](), carry[B](), carry[C](), carry[R]()
	return lifted(d, r.typ, r.nullable, []bool{a.nullable, b.nullable, k.nullable}, func(c *Call) error {
		x, y, z, out := a.read(c.In[0]), b.read(c.In[1]), k.read(c.In[2]), r.write(c.Out)
		return each(c, d.Name, func(i int) error {
			w, err := f(x(i), y(i), z(i))
			if err == nil {
				out(i, w)
			}
			return err
		})
	}, a.typ, b.typ, k.typ)
}

// Vector makes a function of whole columns: k fills c.Out for the live rows. NULL arguments give NULL when
// d.Traits has Strict; otherwise k looks at them, and at c.Out.SetNull, itself.
func Vector(d Def, out types.Type, k Kernel, in ...types.Type) Def {
	d.Overloads = append(d.Overloads, Overload{In: in, Out: out, Nullable: true, Kernel: k})
	return d
}

// lifted completes a Def with a kernel: Strict unless an argument may be missing.
func lifted(d Def, out types.Type, nullable bool, missing []bool, k Kernel, in ...types.Type) Def {
	strict := true
	for _, m := range missing {
		strict = strict && !m
	}
	d.Traits |= Fallible
	if strict {
		d.Traits |= Strict
	}
	d.Overloads = append(d.Overloads, Overload{In: in, Out: out, Nullable: nullable || !strict, Kernel: k})
	return d
}

// each runs f for the live rows that are not NULL already, and names the function in its errors.
func each(c *Call, name string, f func(i int) error) error {
	valid := c.Out.Valid
	return c.Each(func(i int) error {
		if valid != nil && !vec.Bit(valid, i) {
			return nil
		}
		if err := f(i); err != nil {
			return failed(c, name, err)
		}
		return nil
	})
}

// failed names the function in an error of its own.
func failed(c *Call, name string, err error) error {
	if known := (*errs.Error)(nil); errors.As(err, &known) {
		return err
	}
	e := errs.New(errs.Pos{}, "FAILED_EXECUTE_UDF", "functionName", name, "signature", signature(c),
		"result", c.Out.Type.String(), "reason", err.Error())
	e.Err = err
	return e
}

func signature(c *Call) string {
	s := ""
	for i, v := range c.In {
		if i > 0 {
			s += ", "
		}
		s += v.Type.String()
	}
	return s
}
