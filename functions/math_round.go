package functions

import (
	"math"
	"strconv"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// rounding is a way to round a decimal number.
type rounding uint8

const (
	halfUp rounding = iota
	halfEven
	towardFloor
	towardCeiling
)

func roundFunctions() []udfs.Def {
	return []udfs.Def{
		roundDef("round", "1.5.0", "rounds half away from zero", "SELECT round(2.5, 0)", "3", halfUp),
		roundDef("bround", "2.0.0", "rounds half to the even neighbour", "SELECT bround(2.5, 0)", "2", halfEven),
		floorDef("ceil", "CEIL", "smallest", "not below", "SELECT ceil(-0.1)", "0", towardCeiling),
		floorDef("ceiling", "ceiling", "smallest", "not below", "SELECT ceiling(3.1411, 3)", "3.142", towardCeiling),
		floorDef("floor", "FLOOR", "largest", "not above", "SELECT floor(-0.1)", "-1", towardFloor),
	}
}

func roundDef(name, since, how, sql, out string, mode rounding) udfs.Def {
	return udfs.Def{
		Name: name, Group: "math_funcs", Since: since, Traits: partial, MinArgs: 1, MaxArgs: 2,
		Usage:    name + "(expr[, d]) - Returns `expr` with `d` digits after the decimal point (0 when not given, negative to round before it); " + how + ".",
		Examples: example(sql, out),
		Pretty: func(args []string) string {
			if len(args) == 1 {
				return name + "(" + args[0] + ", 0)"
			}
			return name + "(" + args[0] + ", " + args[1] + ")"
		},
		Resolve: func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
			t := args[0].Type
			if !t.IsNumeric() {
				var err error
				if t, err = accept(ctx, args, 0, types.DoubleType); err != nil {
					return udfs.Binding{}, unexpected(ctx, args, 0, `"NUMERIC"`)
				}
			}
			in, scale := []types.Type{t}, int64(0)
			if len(args) == 2 {
				if !args[1].Const {
					return udfs.Binding{}, notConstant(ctx, args[1], "scale", `"INT"`)
				}
				if _, err := accept(ctx, args, 1, types.IntType); err != nil {
					return udfs.Binding{}, err
				}
				in = append(in, types.IntType)
				scale = scaleOf(args[1].Value)
			}
			return bindRound(ctx, t, int(scale), mode, in), nil
		},
	}
}

// scaleOf is a constant number of digits; what is not an integer was refused or is NULL.
func scaleOf(x any) int64 {
	if s, ok := x.(string); ok {
		n, _ := strconv.ParseInt(s, 10, 32)
		return n
	}
	n, _ := constInt(x)
	return max(-1000, min(n, 1000))
}

func bindRound(ctx *udfs.ResolveCtx, t types.Type, scale int, mode rounding, in []types.Type) udfs.Binding {
	b := udfs.Binding{In: in, Out: t}
	switch t.Kind() {
	case types.Decimal:
		b.Out = roundedDecimal(t, scale)
		b.New = fixed(roundDecimal(t, b.Out, scale, mode, failMode(ctx.Env)))
		b.Nullable = !ctx.Env.ANSI
	case types.Double:
		b.New = fixed(func(c *udfs.Call) error {
			return Map1(c, func(x float64) float64 { return roundDouble(x, scale, mode) })
		})
	case types.Float:
		b.New = fixed(func(c *udfs.Call) error {
			return Map1(c, func(x float32) float32 { return float32(roundDouble(float64(x), scale, mode)) })
		})
	case types.TinyInt:
		b.New = fixed(roundInt[int8](scale, mode, ctx.Env))
	case types.SmallInt:
		b.New = fixed(roundInt[int16](scale, mode, ctx.Env))
	case types.Int:
		b.New = fixed(roundInt[int32](scale, mode, ctx.Env))
	default:
		b.New = fixed(roundInt[int64](scale, mode, ctx.Env))
	}
	return b
}

// roundedDecimal is the type of a decimal rounded to a scale: one more digit before the point for the carry.
func roundedDecimal(t types.Type, scale int) types.Type {
	whole := t.Precision() - t.Scale() + 1
	if scale < 0 {
		return types.DecimalOf(min(max(whole, -scale+1), types.MaxPrecision), 0)
	}
	s := min(t.Scale(), scale)
	return types.DecimalOf(min(whole+s, types.MaxPrecision), min(s, types.MaxPrecision))
}

func roundDecimal(t, out types.Type, scale int, mode rounding, m onFail) udfs.Kernel {
	s, p, to := t.Scale(), out.Precision(), out.Scale()
	return func(c *udfs.Call) error {
		set := decimalSetter(c.Out, out)
		return c.Each(func(i int) error {
			v := roundAt(c.In[0].Decimal(i), s-scale, mode)
			v, ok := v.Rescale(s, to)
			if !ok || !v.FitsPrecision(p) {
				if m == raise {
					return decimalOverflow(v.DecimalString(to), p, to)
				}
				c.Out.SetNull(i)
				return nil
			}
			set(i, v)
			return nil
		})
	}
}

// roundAt rounds x to a multiple of 10^digits; digits <= 0 leave it as it is.
func roundAt(x types.Int128, digits int, mode rounding) types.Int128 {
	if digits <= 0 || x.Sign() == 0 {
		return x
	}
	if digits > types.MaxPrecision {
		if mode == towardCeiling && x.Sign() > 0 || mode == towardFloor && x.Sign() < 0 {
			return types.Pow10(types.MaxPrecision) // above every decimal
		}
		return types.Int128{}
	}
	d := types.Pow10(digits)
	q, r := x.DivRem(d)
	one := types.FromInt64(int64(x.Sign()))
	switch mode {
	case towardCeiling:
		if r.Sign() > 0 {
			q = q.Add(one)
		}
	case towardFloor:
		if r.Sign() < 0 {
			q = q.Add(one)
		}
	default:
		r = r.Abs()
		if c := r.Cmp(d.Sub(r)); c > 0 || c == 0 && (mode == halfUp || q.Lo&1 == 1) {
			q = q.Add(one)
		}
	}
	v, ok := q.MulOverflow(d)
	if !ok {
		return types.Pow10(types.MaxPrecision)
	}
	return v
}

func roundInt[T integer](scale int, mode rounding, env *udfs.Env) udfs.Kernel {
	return func(c *udfs.Call) error {
		a, out := vec.Values[T](c.In[0]), vec.Values[T](c.Out)
		return c.Each(func(i int) error {
			v := roundAt(types.FromInt64(int64(a[i])), -scale, mode)
			n, ok := v.Int64()
			if out[i] = T(n); (!ok || int64(out[i]) != n) && env.ANSI {
				return errs.At(overflow("Overflow", ""), env.Pos)
			}
			return nil
		})
	}
}

// roundDouble rounds the shortest decimal that reads as x.
func roundDouble(x float64, scale int, mode rounding) float64 {
	if x != x || math.IsInf(x, 0) || x == 0 {
		return x
	}
	var buf [40]byte
	b := strconv.AppendFloat(buf[:0], x, 'e', -1, 64) // -d.ddde±xx
	e := len(b) - 1
	for b[e] != 'e' {
		e--
	}
	exp, _ := strconv.Atoi(string(b[e+1:]))
	neg, digits := false, buf[:0]
	for _, ch := range b[:e] {
		if ch == '-' {
			neg = true
		} else if ch != '.' {
			digits = append(digits, ch)
		}
	}
	drop := len(digits) - 1 - exp - scale // digits after the place
	if drop <= 0 {
		return x
	}
	var m types.Int128
	for _, ch := range digits {
		m, _ = m.MulOverflow(types.FromInt64(10))
		m = m.Add(types.FromInt64(int64(ch - '0')))
	}
	if neg {
		m = m.Neg()
	}
	m = roundAt(m, drop, mode)
	v, err := strconv.ParseFloat(m.DecimalString(0)+"e"+strconv.Itoa(exp-len(digits)+1), 64)
	if err != nil {
		return math.Copysign(math.Inf(1), x)
	}
	return v
}

// floorDef is ceil or floor.
func floorDef(name, label, word, where, sql, out string, mode rounding) udfs.Def {
	return udfs.Def{
		Name: name, Group: "math_funcs", Since: "1.4.0", Traits: partial, MinArgs: 1, MaxArgs: -1,
		Usage:    name + "(expr[, d]) - Returns the " + word + " number " + where + " `expr` with `d` digits after the decimal point (a whole number when not given).",
		Examples: example(sql, out),
		Pretty: func(args []string) string {
			if len(args) == 1 {
				return label + "(" + args[0] + ")"
			}
			return name + "(" + args[0] + ", " + args[1] + ")"
		},
		Resolve: func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
			switch len(args) {
			case 1:
				return bindFloor(ctx, args, mode)
			case 2:
				return bindFloorTo(ctx, name, args, mode)
			}
			return udfs.Binding{}, errs.New(ctx.Env.Pos, "WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "functionName", routine(name),
				"expectedNum", "2", "actualNum", strconv.Itoa(len(args)), "docroot", "https://spark.apache.org/docs/latest")
		},
	}
}

func bindFloor(ctx *udfs.ResolveCtx, args []udfs.ArgInfo, mode rounding) (udfs.Binding, error) {
	t := args[0].Type
	switch {
	case t.Kind() == types.Decimal:
		out := t
		if t.Scale() > 0 {
			out = types.DecimalOf(min(t.Precision()-t.Scale()+1, types.MaxPrecision), 0)
		}
		return udfs.Binding{In: []types.Type{t}, Out: out, New: fixed(roundDecimal(t, out, 0, mode, failMode(ctx.Env)))}, nil
	case t.IsIntegral():
		return bind(types.BigIntType, func(c *udfs.Call) error { return Map1(c, func(x int64) int64 { return x }) }, types.BigIntType), nil
	}
	if _, err := accept(ctx, args, 0, types.DoubleType); err != nil {
		return udfs.Binding{}, unexpected(ctx, args, 0, `("DECIMAL" or "DOUBLE" or "BIGINT")`)
	}
	f := math.Floor
	if mode == towardCeiling {
		f = math.Ceil
	}
	return bind(types.BigIntType, func(c *udfs.Call) error {
		return Map1(c, func(x float64) int64 { return saturated(f(x)) })
	}, types.DoubleType), nil
}

// saturated converts as Java does: NaN to 0, what is too large to the limit.
func saturated(x float64) int64 {
	switch {
	case x != x:
		return 0
	case x >= math.MaxInt64:
		return math.MaxInt64
	case x <= math.MinInt64:
		return math.MinInt64
	}
	return int64(x)
}

func bindFloorTo(ctx *udfs.ResolveCtx, name string, args []udfs.ArgInfo, mode rounding) (udfs.Binding, error) {
	if _, ok := constInt(args[1].Value); !args[1].Const || !ok {
		return udfs.Binding{}, errs.New(args[1].Pos, "NON_FOLDABLE_ARGUMENT", "funcName", routine(name), "paramName", "`scale`", "paramType", `"INT"`)
	}
	t, ok := types.DecimalFor(args[0].Type)
	if !ok {
		return udfs.Binding{}, unexpected(ctx, args, 0, `"DECIMAL"`)
	}
	return bindRound(ctx, t, int(scaleOf(args[1].Value)), mode, []types.Type{t, types.IntType}), nil
}
