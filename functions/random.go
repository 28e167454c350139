package functions

import (
	"math"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

func randomFunctions() []udfs.Def {
	draw := func(name, usage, sql, out string, f func(*xorShift) float64, aliases ...string) udfs.Def {
		return udfs.Def{
			Name: name, Aliases: aliases, Group: "math_funcs", Since: "1.4.0", MaxArgs: 1,
			Usage: name + "([seed]) - " + usage, Examples: example(sql, out),
			Resolve: func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
				seed, err := seedArg(ctx, args, 0)
				if err != nil {
					return udfs.Binding{}, err
				}
				return udfs.Binding{In: argTypes(args), Out: types.DoubleType, New: drawing(seed, f)}, nil
			},
		}
	}
	return []udfs.Def{
		draw("rand", "Returns a number evenly spread over [0, 1).", "SELECT rand(0)", "0.7604953758285915", (*xorShift).double, "random"),
		draw("randn", "Returns a number of the standard normal distribution.", "SELECT randn(0)", "1.6034991609278433", (*xorShift).gaussian),
		{
			Name: "uniform", Group: "math_funcs", Since: "4.0.0", MinArgs: 2, MaxArgs: 3,
			Usage:    "uniform(min, max[, seed]) - Returns a number evenly spread between two constants, of their type.",
			Examples: example("SELECT uniform(10, 20, 0)", "17"), Resolve: resolveUniform,
		},
		{
			Name: "randstr", Group: "string_funcs", Since: "4.0.0", MinArgs: 1, MaxArgs: 2,
			Usage:    "randstr(length[, seed]) - Returns a text of so many random digits and letters.",
			Examples: example("SELECT randstr(3, 0)", "ceV"), Resolve: resolveRandstr,
		},
	}
}

// seedArg is the constant seed in argument i: nil when there is none, 0 for NULL.
func seedArg(ctx *udfs.ResolveCtx, args []udfs.ArgInfo, i int) (*int64, error) {
	if i >= len(args) {
		return nil, nil
	}
	if t := args[i].Type; !t.IsIntegral() && !isNullType(t) {
		return nil, unexpected(ctx, args, i, `("INT" or "BIGINT")`)
	}
	if !args[i].Const {
		typ := `("INT" or "BIGINT")`
		switch ctx.Name {
		case "uniform":
			typ = "integer or floating-point"
		case "randstr":
			typ = "integer"
		}
		return nil, notConstant(ctx, args[i], "seed", typ)
	}
	n, _ := constInt(args[i].Value)
	return &n, nil
}

// stream keeps a generator at the place of the batch that it draws for, so that a row's numbers depend on its
// place in the source, not on the workers.
type stream struct {
	*xorShift
	seed, end uint64
	last      uint64
	started   bool
}

// at moves the generator to the batch of c; every row takes so many steps.
func (s *stream) at(c *udfs.Call, steps uint64) {
	if !s.started || c.Seq != s.last && c.Seq != s.end {
		s.xorShift = newXorShift(int64(s.seed))
		s.skip(c.Seq * steps)
	}
	s.started, s.last, s.end = true, c.Seq, c.Seq+uint64(c.N)
}

func newStream(env *udfs.Env, seed *int64) *stream {
	if seed != nil {
		return &stream{seed: uint64(*seed)}
	}
	return &stream{seed: uint64(env.Seed)}
}

// drawing makes kernels that set a double for every row. The steps of rows that are not live are taken too.
func drawing(seed *int64, f func(*xorShift) float64) func(*udfs.Env) (udfs.Kernel, error) {
	return func(env *udfs.Env) (udfs.Kernel, error) {
		s := newStream(env, seed)
		return func(c *udfs.Call) error {
			s.at(c, 2)
			out := vec.Values[float64](c.Out)
			for i := range c.N {
				out[i] = f(s.xorShift)
			}
			return nil
		}, nil
	}
}

func resolveUniform(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	for i, name := range []string{"min", "max"} {
		if t := args[i].Type; !t.IsNumeric() && !isNullType(t) {
			return udfs.Binding{}, unexpected(ctx, args, i, `"NUMERIC"`)
		}
		if !args[i].Const {
			return udfs.Binding{}, notConstant(ctx, args[i], name, "integer or floating-point")
		}
	}
	seed, err := seedArg(ctx, args, 2)
	if err != nil {
		return udfs.Binding{}, err
	}
	out := uniformType(args[0].Type, args[1].Type)
	lo, ok := asDouble(args[0].Value, args[0].Type)
	hi, ok2 := asDouble(args[1].Value, args[1].Type)
	b := udfs.Binding{In: argTypes(args), Out: out, Nullable: !ok || !ok2}
	if !ok || !ok2 {
		b.New = fixed(func(c *udfs.Call) error {
			return c.Each(func(i int) error { c.Out.SetNull(i); return nil })
		})
		return b, nil
	}
	b.New = func(env *udfs.Env) (udfs.Kernel, error) {
		s := newStream(env, seed)
		return func(c *udfs.Call) error {
			s.at(c, 2)
			for i := range c.N {
				setNumber(c.Out, i, lo+(hi-lo)*s.double())
			}
			return nil
		}, nil
	}
	return b, nil
}

// uniformType is the wider of two number types; an untyped NULL gives double.
func uniformType(a, b types.Type) types.Type {
	if isNullType(a) || isNullType(b) {
		return types.DoubleType
	}
	rank := func(t types.Type) int {
		for i, k := range []types.Kind{types.TinyInt, types.SmallInt, types.Int, types.BigInt, types.Decimal, types.Float, types.Double} {
			if t.Kind() == k {
				return i
			}
		}
		return 0
	}
	switch {
	case a.Kind() == types.Decimal && b.Kind() == types.Decimal:
		if b.Precision() > a.Precision() {
			return b
		}
		return a
	case rank(a) >= rank(b):
		return a
	}
	return b
}

// setNumber stores a double as a number of the column's type, cut off for integers, rounded for decimals.
func setNumber(v *vec.Vec, i int, x float64) {
	switch v.Type.Kind() {
	case types.TinyInt:
		vec.Values[int8](v)[i] = int8(x)
	case types.SmallInt:
		vec.Values[int16](v)[i] = int16(x)
	case types.Int:
		vec.Values[int32](v)[i] = int32(x)
	case types.BigInt:
		vec.Values[int64](v)[i] = int64(x)
	case types.Float:
		vec.Values[float32](v)[i] = float32(x)
	case types.Double:
		vec.Values[float64](v)[i] = x
	case types.Decimal:
		s := v.Type.Scale()
		decimalSetter(v, v.Type)(i, types.FromInt64(int64(math.Round(roundDouble(x, s, halfUp)*math.Pow10(s)))))
	}
}

func resolveRandstr(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	if t := args[0].Type; !t.IsNumeric() && !isNullType(t) {
		return udfs.Binding{}, unexpected(ctx, args, 0, `"INT"`)
	}
	if !args[0].Const {
		return udfs.Binding{}, notConstant(ctx, args[0], "length", "integer")
	}
	seed, err := seedArg(ctx, args, 1)
	if err != nil {
		return udfs.Binding{}, err
	}
	f, _ := asDouble(args[0].Value, args[0].Type)
	n := int(f)
	return udfs.Binding{In: argTypes(args), Out: types.StringType, New: func(env *udfs.Env) (udfs.Kernel, error) {
		s := newStream(env, seed)
		return func(c *udfs.Call) error {
			if n < 0 {
				return errs.New(env.Pos, "INVALID_PARAMETER_VALUE.LENGTH", "parameter", "`length`", "length", types.FromInt64(int64(n)).DecimalString(0), "functionName", routine("randstr"))
			}
			s.at(c, uint64(n))
			buf := make([]byte, n)
			for i := range c.N {
				s.letters(buf)
				c.Out.SetBytes(i, buf)
			}
			return nil
		}, nil
	}}, nil
}

// letters fills b with digits and letters.
func (g *xorShift) letters(b []byte) {
	const chars = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	for i := range b {
		g.state = step(g.state)
		k := int32(uint32(g.state)) % int32(len(chars))
		b[i] = chars[max(k, -k)]
	}
}
