package functions

import (
	"encoding/hex"
	"math"
	"strconv"
	"strings"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

func mathFunctions() []udfs.Def {
	str, long, i32, bin := types.StringType, types.BigIntType, types.IntType, types.BinaryType
	return []udfs.Def{
		{
			Name: "abs", Group: "math_funcs", Since: "1.2.0", Traits: partial, MinArgs: 1, MaxArgs: 1,
			Usage:    "abs(expr) - Returns the absolute value of a number or interval.",
			Examples: example("SELECT abs(-1)", "1"), Resolve: resolveAbs,
		},
		{
			Name: "bin", Group: "math_funcs", Since: "1.5.0", Traits: pure,
			Usage:    "bin(expr) - Returns the binary digits of a bigint, of a negative one its two's complement.",
			Examples: example("SELECT bin(13)", "1101"),
			Overloads: []udfs.Overload{sig(str, func(c *udfs.Call) error {
				return StrFrom1(c, func(x int64) string { return strconv.FormatUint(uint64(x), 2) })
			}, long)},
		},
		{
			Name: "conv", Group: "math_funcs", Since: "1.5.0", Traits: partial,
			Usage:     "conv(num, from_base, to_base) - Converts the digits of `num` from one base to another; a negative `to_base` gives a signed result.",
			Examples:  example("SELECT conv('100', 2, 10)", "4"),
			Overloads: []udfs.Overload{{In: []types.Type{str, i32, i32}, Out: str, Nullable: true, Kernel: convKernel}},
		},
		{
			Name: "factorial", Group: "math_funcs", Since: "1.5.0", Traits: pure,
			Usage:    "factorial(expr) - Returns the factorial of `expr`, NULL outside 0 to 20.",
			Examples: example("SELECT factorial(5)", "120"),
			Overloads: []udfs.Overload{{In: []types.Type{i32}, Out: long, Nullable: true, Kernel: func(c *udfs.Call) error {
				return MapNull1(c, factorial)
			}}},
		},
		{
			Name: "hex", Group: "math_funcs", Since: "1.5.0", Traits: pure, MinArgs: 1, MaxArgs: 1,
			Usage:    "hex(expr) - Returns the hexadecimal digits of a bigint, or of the bytes of a string or binary.",
			Examples: example("SELECT hex('Spark SQL')", "537061726B2053514C"), Resolve: resolveHex,
		},
		{
			Name: "unhex", Group: "math_funcs", Since: "1.5.0", Traits: pure,
			Usage:    "unhex(expr) - Returns the bytes that hexadecimal digits stand for, NULL when they are none.",
			Examples: example("SELECT decode(unhex('537061726B2053514C'), 'UTF-8')", "Spark SQL"),
			Overloads: []udfs.Overload{{In: []types.Type{str}, Out: bin, Nullable: true, Kernel: func(c *udfs.Call) error {
				return StrMapNull1(c, func(s string) (string, bool, error) { r, ok := unhex(s); return r, ok, nil })
			}}},
		},
		{
			Name: "pmod", Group: "math_funcs", Since: "1.5.0", Traits: partial, MinArgs: 2, MaxArgs: 2,
			Usage:    "pmod(expr1, expr2) - Returns the remainder of `expr1` divided by `expr2`, positive for a positive `expr2`.",
			Examples: example("SELECT pmod(-10, 3)", "2"), Resolve: resolvePmod,
		},
		{
			Name: "width_bucket", Group: "math_funcs", Since: "3.1.0", Traits: pure, MinArgs: 4, MaxArgs: 4,
			Usage:    "width_bucket(value, min, max, num) - Returns the bucket of `value` among `num` of equal width between `min` and `max`; 0 before them, `num` + 1 after them.",
			Examples: example("SELECT width_bucket(5.3, 0.2, 10.6, 5)", "3"), Resolve: resolveWidthBucket,
		},
	}
}

func resolveAbs(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t := args[0].Type
	if !t.IsNumeric() && !t.IsInterval() {
		if _, err := accept(ctx, args, 0, types.DoubleType); err != nil {
			return udfs.Binding{}, unexpected(ctx, args, 0, `("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH")`)
		}
		t = types.DoubleType
	}
	return bind(t, absKernel(t, failMode(ctx.Env)), t), nil
}

func absKernel(t types.Type, m onFail) udfs.Kernel {
	if t.IsInterval() {
		m = raise
	}
	switch t.Kind() {
	case types.TinyInt:
		return absInt[int8](m)
	case types.SmallInt:
		return absInt[int16](m)
	case types.Int, types.YearMonthInterval:
		return absInt[int32](m)
	case types.BigInt, types.DayTimeInterval:
		return absInt[int64](m)
	case types.Float:
		return func(c *udfs.Call) error {
			return Map1(c, func(x float32) float32 { return float32(math.Abs(float64(x))) })
		}
	case types.Double:
		return func(c *udfs.Call) error { return Map1(c, math.Abs) }
	}
	if t.Width() == 8 {
		return absInt[int64](wrap)
	}
	return func(c *udfs.Call) error { return Map1(c, types.Int128.Abs) }
}

func absInt[T integer](m onFail) udfs.Kernel {
	return func(c *udfs.Call) error {
		a, out := vec.Values[T](c.In[0]), vec.Values[T](c.Out)
		return c.Each(func(i int) error {
			x := a[i]
			if x < 0 {
				if x = -x; x < 0 && m == raise {
					return negateOverflow(a[i])
				}
			}
			out[i] = x
			return nil
		})
	}
}

func factorial(n int32) (int64, bool) {
	if n < 0 || n > 20 {
		return 0, false
	}
	r := int64(1)
	for i := int64(2); i <= int64(n); i++ {
		r *= i
	}
	return r, true
}

func resolveHex(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t, err := accept(ctx, args, 0, types.BigIntType, types.BinaryType, types.StringType)
	if err != nil {
		return udfs.Binding{}, err
	}
	if t == types.BigIntType {
		return bind(types.StringType, func(c *udfs.Call) error {
			return StrFrom1(c, func(x int64) string { return strings.ToUpper(strconv.FormatUint(uint64(x), 16)) })
		}, t), nil
	}
	return bind(types.StringType, func(c *udfs.Call) error {
		var buf []byte
		return live(c, func(i int) error {
			buf = upperHex(buf[:0], c.In[0].Bytes(i))
			c.Out.SetBytes(i, buf)
			return nil
		})
	}, t), nil
}

func upperHex(dst, src []byte) []byte {
	const digits = "0123456789ABCDEF"
	for _, b := range src {
		dst = append(dst, digits[b>>4], digits[b&15])
	}
	return dst
}

// unhex reads digits of either case; an odd number of them lacks a leading zero.
func unhex(s string) (string, bool) {
	if len(s)%2 == 1 {
		s = "0" + s
	}
	b, err := hex.DecodeString(s)
	return string(b), err == nil
}

func resolvePmod(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	a, b, err := numericOperands(ctx, opMod, args)
	if err != nil {
		return udfs.Binding{}, err
	}
	m := failMode(ctx.Env)
	r := udfs.Binding{In: []types.Type{a, b}, Out: a, Nullable: m != raise}
	switch a.Kind() {
	case types.Decimal:
		r.Out = types.ModDecimal(a, b)
		r.New = fixed(pmodDecimals(a, b, r.Out, m))
	case types.TinyInt:
		r.New = fixed(divided(m, pmodInt[int8]))
	case types.SmallInt:
		r.New = fixed(divided(m, pmodInt[int16]))
	case types.Int:
		r.New = fixed(divided(m, pmodInt[int32]))
	case types.BigInt:
		r.New = fixed(divided(m, pmodInt[int64]))
	case types.Float:
		r.New = fixed(divided(m, func(a, n float32) float32 { return float32(pmodFloat(float64(a), float64(n))) }))
	default:
		r.New = fixed(divided(m, pmodFloat))
	}
	return r, nil
}

func pmodInt[T integer](a, n T) T {
	if n == -1 {
		return 0
	}
	r := a % n
	if r < 0 {
		return (r + n) % n
	}
	return r
}

func pmodFloat(a, n float64) float64 {
	r := math.Mod(a, n)
	if r < 0 {
		return math.Mod(r+n, n)
	}
	return r
}

func pmodDecimals(a, b, out types.Type, m onFail) udfs.Kernel {
	rem := modDecimals(a, b, out)
	again := modDecimals(types.DecimalOf(types.MaxPrecision, out.Scale()), b, out)
	f := func(x, y types.Int128) (types.Int128, bool) {
		r, ok := rem(x, y)
		if !ok || r.Sign() >= 0 {
			return r, ok
		}
		n, ok := y.Rescale(b.Scale(), out.Scale())
		if !ok {
			return r, false
		}
		return again(r.Add(n), y)
	}
	return func(c *udfs.Call) error { return eachDecimal(c, opMod, a, b, out, m, f) }
}

func resolveWidthBucket(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t := types.DoubleType
	if args[0].Type.IsInterval() {
		t = args[0].Type
	}
	for i := range 3 {
		if t.IsInterval() && args[i].Type.Kind() == t.Kind() {
			continue
		}
		if _, err := accept(ctx, args, i, t); err != nil {
			return udfs.Binding{}, unexpected(ctx, args, i, `("DOUBLE" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH")`)
		}
	}
	if _, err := accept(ctx, args, 3, types.BigIntType); err != nil {
		return udfs.Binding{}, err
	}
	get := func(v *vec.Vec, i int) float64 { return vec.Values[float64](v)[i] }
	switch t.Kind() {
	case types.YearMonthInterval:
		get = func(v *vec.Vec, i int) float64 { return float64(vec.Values[int32](v)[i]) }
	case types.DayTimeInterval:
		get = func(v *vec.Vec, i int) float64 { return float64(vec.Values[int64](v)[i]) }
	}
	in := []types.Type{args[0].Type, args[1].Type, args[2].Type, types.BigIntType}
	if !t.IsInterval() {
		in[0], in[1], in[2] = t, t, t
	}
	return nullable(bind(types.BigIntType, func(c *udfs.Call) error {
		nums, out := vec.Values[int64](c.In[3]), vec.Values[int64](c.Out)
		return c.Each(func(i int) error {
			r, ok := widthBucket(get(c.In[0], i), get(c.In[1], i), get(c.In[2], i), nums[i])
			if out[i] = r; !ok {
				c.Out.SetNull(i)
			}
			return nil
		})
	}, in...)), nil
}

func widthBucket(v, lo, hi float64, n int64) (int64, bool) {
	bad := func(x float64) bool { return x != x || math.IsInf(x, 0) }
	if n <= 0 || n == math.MaxInt64 || v != v || lo == hi || bad(lo) || bad(hi) {
		return 0, false
	}
	d, w := v-lo, hi-lo
	if lo > hi {
		d, w = lo-v, lo-hi
	}
	switch {
	case d < 0:
		return 0, true
	case d >= w:
		return n + 1, true
	}
	return int64(float64(n)*d/w) + 1, true
}

func convKernel(c *udfs.Call) error {
	from, to := vec.Values[int32](c.In[1]), vec.Values[int32](c.In[2])
	return live(c, func(i int) error {
		r, ok, fits := conv(strings.Trim(c.In[0].Str(i), " "), int(from[i]), int(to[i]))
		if !fits && c.Env.ANSI {
			return errs.At(overflow("Overflow in function conv()", ""), c.Env.Pos)
		}
		if !ok {
			c.Out.SetNull(i)
			return nil
		}
		c.Out.SetStr(i, r)
		return nil
	})
}

// conv reads digits up to the first that is none of the base, as an unsigned 64-bit number; a larger one
// does not fit and counts as the largest. ok is false for NULL.
func conv(s string, from, to int) (r string, ok, fits bool) {
	base := to
	if base < 0 {
		base = -base
	}
	if s == "" || from < 2 || from > 36 || base < 2 || base > 36 {
		return "", false, true
	}
	neg := s[0] == '-'
	if neg {
		s = s[1:]
	}
	v, fits := uint64(0), true
	for i := 0; i < len(s); i++ {
		d := digitValue(s[i])
		if d >= uint64(from) {
			break
		}
		if v > (math.MaxUint64-d)/uint64(from) {
			v, fits = math.MaxUint64, false
			break
		}
		v = v*uint64(from) + d
	}
	if neg && to > 0 {
		if int64(v) < 0 {
			v = math.MaxUint64
		} else {
			v = -v
		}
	}
	if to < 0 && int64(v) < 0 {
		v, neg = -v, true
	}
	r = strings.ToUpper(strconv.FormatUint(v, base))
	if neg && to < 0 {
		r = "-" + r
	}
	return r, true, fits
}

func digitValue(ch byte) uint64 {
	switch {
	case ch >= '0' && ch <= '9':
		return uint64(ch - '0')
	case ch >= 'a' && ch <= 'z':
		return uint64(ch-'a') + 10
	case ch >= 'A' && ch <= 'Z':
		return uint64(ch-'A') + 10
	}
	return 99
}
