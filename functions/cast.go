package functions

import (
	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// CastKernel converts a column of type from to type to: In[0] to Out. NULLs stay NULL. Values that do not
// fit are errors under ANSI rules, else NULL (integers wrap around in legacy mode); try gives NULL always.
// CanCast tells beforehand whether there is such a cast; here it is an error if not.
func CastKernel(from, to types.Type, env *udfs.Env, try bool) (udfs.Kernel, error) {
	m := failMode(env)
	if m == wrap && (from.IsInterval() || to.IsInterval()) && !from.IsString() {
		m = raise // intervals that do not fit are errors in legacy mode as well
	}
	if try {
		m = null
	}
	f := castOf(caster{from: from, to: to, env: env, m: m})
	if f == nil {
		return nil, errs.New(errs.Pos{}, "DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION", "sqlExpr", "", "srcType", typeParam(from), "targetType", typeParam(to))
	}
	return f, nil
}

// caster is one cast to be made.
type caster struct {
	from, to types.Type
	env      *udfs.Env
	m        onFail
}

func castOf(k caster) udfs.Kernel {
	switch {
	case k.from.Kind() == types.Null:
		return func(c *udfs.Call) error {
			return eachRow(c, func(i int) error { nullCell(c.Out, i); return nil })
		}
	case types.SameType(k.from, k.to), k.from.IsString() && k.to.IsString():
		return copyColumn
	case k.to.IsString():
		return k.toText()
	case k.from.IsNested():
		return k.nested()
	case k.from.IsString():
		return k.fromText()
	}
	switch k.to.Kind() {
	case types.Boolean:
		return k.toBoolean()
	case types.Date, types.Timestamp, types.TimestampNTZ:
		return k.toDatetime()
	case types.YearMonthInterval, types.DayTimeInterval:
		return k.toInterval()
	case types.Binary:
		return k.toBinary()
	case types.Decimal:
		return k.toDecimal()
	case types.TinyInt, types.SmallInt, types.Int, types.BigInt, types.Float, types.Double:
		return k.toNumber()
	}
	return nil
}

func copyColumn(c *udfs.Call) error {
	in, out := c.In[0], c.Out
	if w := out.Type.Width(); w > 0 && in.Form == vec.Flat && in.Type.Width() == w {
		copy(out.Fixed[:c.N*w], in.Fixed)
		return keepNulls(c)
	}
	return eachRow(c, func(i int) error { copyCell(out, i, in, i); return nil })
}

// keepNulls makes NULL what is NULL in the input.
func keepNulls(c *udfs.Call) error {
	if c.In[0].Valid == nil {
		return nil
	}
	return c.Each(func(i int) error {
		if c.In[0].IsNull(i) {
			c.Out.SetNull(i)
		}
		return nil
	})
}

// rows makes a kernel of a function on one row, which says false where the value does not fit. fail makes
// the error of such a row.
func (k caster) rows(bind func(c *udfs.Call) func(i int) bool, fail func(in *vec.Vec, i int) error) udfs.Kernel {
	return func(c *udfs.Call) error {
		in, f := c.In[0], bind(c)
		return eachRow(c, func(i int) error {
			if in.IsNull(i) {
				nullCell(c.Out, i)
				return nil
			}
			if f(i) {
				return nil
			}
			if k.m == raise {
				return fail(in, i)
			}
			nullCell(c.Out, i)
			return nil
		})
	}
}

// overflowed is the error of a value too large for the type.
func (k caster) overflowed(in *vec.Vec, i int) error {
	return errs.New(errs.Pos{}, "CAST_OVERFLOW", "value", sqlValue(in.Type, in.Value(i)), "sourceType", typeParam(k.from),
		"targetType", typeParam(k.to), "ansiConfig", ansiConfig)
}

// invalid is the error of text that is no value of the type.
func (k caster) invalid(in *vec.Vec, i int) error {
	return errs.New(errs.Pos{}, "CAST_INVALID_INPUT", "expression", sqlValue(in.Type, in.Value(i)), "sourceType", typeParam(k.from),
		"targetType", typeParam(k.to), "ansiConfig", ansiConfig)
}

// castColumn runs a cast kernel for the live rows of c over column x into tmp.
func castColumn(c *udfs.Call, x, tmp *vec.Vec, cast udfs.Kernel) (*vec.Vec, error) {
	tmp.Reset(c.N)
	sub := udfs.Call{Ctx: c.Ctx, Env: c.Env, In: []*vec.Vec{x}, Out: tmp, Sel: c.Sel, N: c.N, Seq: c.Seq}
	return tmp, cast(&sub)
}

// CastValue converts a constant in Go form.
func CastValue(v any, from, to types.Type, env *udfs.Env, try bool) (any, error) {
	if v == nil {
		return nil, nil
	}
	k, err := CastKernel(from, to, env, try)
	if err != nil {
		return nil, err
	}
	in, out := vec.New(from, 0), vec.New(to, 1)
	in.Append(v)
	if err := k(&udfs.Call{Env: env, In: []*vec.Vec{in}, Out: out, N: 1}); err != nil {
		return nil, err
	}
	return out.Value(0), nil
}

func (k caster) toBoolean() udfs.Kernel {
	switch k.from.Kind() {
	case types.TinyInt:
		return notZero[int8]
	case types.SmallInt:
		return notZero[int16]
	case types.Int:
		return notZero[int32]
	case types.BigInt, types.Timestamp:
		return notZero[int64]
	case types.Float:
		return notZero[float32]
	case types.Double:
		return notZero[float64]
	case types.Date:
		return k.rows(func(*udfs.Call) func(int) bool { return func(int) bool { return false } }, k.invalid)
	case types.Decimal:
		return k.rows(func(c *udfs.Call) func(int) bool {
			out := vec.Values[bool](c.Out)
			return func(i int) bool { out[i] = c.In[0].Decimal(i).Sign() != 0; return true }
		}, nil)
	}
	return nil
}

func notZero[T integer | float](c *udfs.Call) error {
	a, out := valuesOf[T](c.In[0]), vec.Values[bool](c.Out)
	_ = c.Each(func(i int) error { out[i] = a[i] != 0; return nil })
	return keepNulls(c)
}

// toBinary is the legacy cast of integers: their bytes, high byte first.
func (k caster) toBinary() udfs.Kernel {
	w := k.from.Width()
	if !k.from.IsIntegral() {
		return nil
	}
	return k.rows(func(c *udfs.Call) func(int) bool {
		buf := make([]byte, w)
		return func(i int) bool {
			for b := range w {
				buf[w-1-b] = c.In[0].Fixed[i*w+b]
			}
			c.Out.SetBytes(i, buf)
			return true
		}
	}, nil)
}

// nested casts arrays, maps and structs by their parts.
func (k caster) nested() udfs.Kernel {
	if k.from.Kind() != k.to.Kind() {
		return nil
	}
	ft, tt := vec.KidTypes(k.from), vec.KidTypes(k.to)
	if len(ft) != len(tt) {
		return nil
	}
	parts := make([]udfs.Kernel, len(ft))
	for i := range ft {
		sub := k
		sub.from, sub.to = ft[i], tt[i]
		if parts[i] = castOf(sub); parts[i] == nil {
			return nil
		}
	}
	if k.from.Kind() == types.Struct {
		return k.structs(parts)
	}
	return k.lists(parts)
}

func (k caster) structs(parts []udfs.Kernel) udfs.Kernel {
	return func(c *udfs.Call) error {
		if err := keepNulls(c); err != nil {
			return err
		}
		live := presentRows(c)
		for p, part := range parts {
			sub := udfs.Call{Ctx: c.Ctx, Env: c.Env, In: []*vec.Vec{flatRows(c.In[0].Kids[p])}, Out: c.Out.Kids[p], Sel: live, N: c.N, Seq: c.Seq}
			if err := part(&sub); err != nil {
				return err
			}
		}
		return nil
	}
}

// presentRows are the live rows of c whose input is not NULL; never nil.
func presentRows(c *udfs.Call) []int32 {
	out := make([]int32, 0, c.N)
	_ = c.Each(func(i int) error {
		if !c.In[0].IsNull(i) {
			out = append(out, int32(i))
		}
		return nil
	})
	return out
}

// flatRows is v itself when it is Flat, else a Flat copy.
func flatRows(v *vec.Vec) *vec.Vec {
	if v.Form == vec.Flat {
		return v
	}
	out := vec.New(v.Type, v.Len)
	for i := range v.Len {
		copyCell(out, i, v, i)
	}
	return out
}

// lists casts all elements of the live rows in one go; an element that fails where NULL is not allowed
// would have been refused by analysis.
func (k caster) lists(parts []udfs.Kernel) udfs.Kernel {
	return func(c *udfs.Call) error {
		in, out := c.In[0], c.Out
		if err := keepNulls(c); err != nil {
			return err
		}
		var live []int32
		for _, i := range presentRows(c) {
			lo, hi := in.Range(int(i))
			for e := lo; e < hi; e++ {
				live = append(live, int32(e))
			}
		}
		if live == nil {
			live = []int32{}
		}
		for p, part := range parts {
			kid := flatRows(in.Kids[p])
			out.Kids[p].Reset(kid.Len)
			sub := udfs.Call{Ctx: c.Ctx, Env: c.Env, In: []*vec.Vec{kid}, Out: out.Kids[p], Sel: live, N: kid.Len, Seq: c.Seq}
			if err := part(&sub); err != nil {
				return err
			}
		}
		copy(out.Offs, in.Offs[:c.N+1])
		return nil
	}
}
