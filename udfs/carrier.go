package udfs

import (
	"fmt"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// carry gives the carrier of T. It panics for a type that is no Value and no Null of one: that is a mistake in
// the program that registers the function, seen when it starts.
func carry[T any]() carrier[T] {
	var z T
	var c any
	switch any(z).(type) {
	case bool:
		c = fixed[bool](types.BooleanType)
	case int8:
		c = fixed[int8](types.TinyIntType)
	case int16:
		c = fixed[int16](types.SmallIntType)
	case int32:
		c = fixed[int32](types.IntType)
	case int64:
		c = fixed[int64](types.BigIntType)
	case float32:
		c = fixed[float32](types.FloatType)
	case float64:
		c = fixed[float64](types.DoubleType)
	case string:
		c = text()
	case []byte:
		c = binary()
	case Null[bool]:
		c = orNull(fixed[bool](types.BooleanType))
	case Null[int8]:
		c = orNull(fixed[int8](types.TinyIntType))
	case Null[int16]:
		c = orNull(fixed[int16](types.SmallIntType))
	case Null[int32]:
		c = orNull(fixed[int32](types.IntType))
	case Null[int64]:
		c = orNull(fixed[int64](types.BigIntType))
	case Null[float32]:
		c = orNull(fixed[float32](types.FloatType))
	case Null[float64]:
		c = orNull(fixed[float64](types.DoubleType))
	case Null[string]:
		c = orNull(text())
	case Null[[]byte]:
		c = orNull(binary())
	default:
		panic(fmt.Sprintf("udfs: a function cannot take or give a %T", z))
	}
	return c.(carrier[T])
}

func fixed[T interface {
	Value
	vec.Native
}](t types.Type) carrier[T] {
	return carrier[T]{
		typ:  t,
		flat: vec.Values[T],
		read: func(v *vec.Vec) func(int) T {
			s := vec.Values[T](v)
			return func(i int) T { return s[i] }
		},
		write: func(v *vec.Vec) func(int, T) {
			s := vec.Values[T](v)
			return func(i int, x T) { s[i] = x }
		},
	}
}

func text() carrier[string] {
	return carrier[string]{
		typ:   types.StringType,
		read:  func(v *vec.Vec) func(int) string { return v.Str },
		write: func(v *vec.Vec) func(int, string) { return v.SetStr },
	}
}

func binary() carrier[[]byte] {
	return carrier[[]byte]{
		typ:   types.BinaryType,
		read:  func(v *vec.Vec) func(int) []byte { return v.Bytes },
		write: func(v *vec.Vec) func(int, []byte) { return v.SetBytes },
	}
}

// orNull is the carrier of Null[T].
func orNull[T Value](c carrier[T]) carrier[Null[T]] {
	return carrier[Null[T]]{
		typ: c.typ, nullable: true,
		read: func(v *vec.Vec) func(int) Null[T] {
			get := c.read(v)
			return func(i int) Null[T] {
				if v.IsNull(i) {
					return Null[T]{}
				}
				return Null[T]{get(i), true}
			}
		},
		write: func(v *vec.Vec) func(int, Null[T]) {
			set := c.write(v)
			return func(i int, x Null[T]) {
				if x.OK {
					set(i, x.V)
				} else {
					v.SetNull(i)
				}
			}
		},
	}
}
