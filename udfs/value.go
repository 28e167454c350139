package udfs

import (
	"fmt"
	"math/big"
	"time"

	"sparksql/sql/types"
)

// Null is a value that may be missing. As an argument it lets a function see NULLs: one with plain arguments
// alone is never called with a NULL and gives NULL for it. As a result, an element or a field it may be NULL.
type Null[T any] struct {
	V  T
	OK bool // false: NULL, and V is the zero value
}

// Some is a value that is there.
func Some[T any](x T) Null[T] { return Null[T]{x, true} }

// None is NULL.
func None[T any]() Null[T] { return Null[T]{} }

// Or is the value, or x for NULL.
func (n Null[T]) Or(x T) T {
	if n.OK {
		return n.V
	}
	return x
}

// Date is a SQL date: days since 1970-01-01.
type Date int32

const secondsPerDay = 24 * 60 * 60

// DateOf is the date that t shows in its own time zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

// Time is midnight UTC of the date.
func (d Date) Time() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

func (d Date) String() string { return d.Time().Format(time.DateOnly) }

// Decimal is a SQL decimal: Unscaled / 10^Scale. Arguments and results are DECIMAL(38,18) unless Types says
// otherwise; a result is rounded half up to the scale of its type, and one of too many digits is an error.
type Decimal struct {
	Unscaled types.Int128
	Scale    int
}

// DecimalOf is unscaled / 10^scale.
func DecimalOf(unscaled int64, scale int) Decimal { return Decimal{types.FromInt64(unscaled), scale} }

// DecimalFrom is the decimal of a scale that is nearest to r, halves away from zero; the error says that it has too
// many digits.
func DecimalFrom(r *big.Rat, scale int) (Decimal, error) {
	n := new(big.Int).Mul(r.Num(), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil))
	q, rest := n.QuoRem(n, r.Denom(), new(big.Int))
	if rest.Abs(rest).Lsh(rest, 1).Cmp(r.Denom()) >= 0 {
		q.Add(q, big.NewInt(int64(r.Sign())))
	}
	x, ok := types.FromBig(q)
	if !ok || !x.FitsPrecision(types.MaxPrecision) {
		return Decimal{}, fmt.Errorf("%s does not fit a decimal of scale %d", r.FloatString(scale), scale)
	}
	return Decimal{x, scale}, nil
}

// Rat is the exact value, for arithmetic; DecimalFrom goes the way back.
func (d Decimal) Rat() *big.Rat {
	ten := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(d.Scale)), nil)
	return new(big.Rat).SetFrac(d.Unscaled.Big(), ten)
}

// Float64 is the nearest float64.
func (d Decimal) Float64() float64 {
	f, _ := d.Rat().Float64()
	return f
}

func (d Decimal) String() string { return d.Unscaled.DecimalString(d.Scale) }

// Pair is an entry of a SQL map.
type Pair[K comparable, V any] struct {
	Key   K
	Value V
}

// Pairs is a SQL map in its own order; a key that comes twice is an error. Go maps of texts are carried as well, and
// come out in the order of their keys.
type Pairs[K comparable, V any] []Pair[K, V]
