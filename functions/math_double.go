package functions

import (
	"math"

	"sparksql/sql/types"
	"sparksql/udfs"
)

const (
	degreesPerRadian = 57.29577951308232
	radiansPerDegree = 0.017453292519943295
)

// labelled prints a call under a fixed name.
func labelled(name string) func(args []string) string {
	return func(args []string) string {
		s := name + "("
		for i, a := range args {
			if i > 0 {
				s += ", "
			}
			s += a
		}
		return s + ")"
	}
}

// double1 is the record of a function of one double; label is what column names call it.
func double1(name, label, since, usage, arg, out string, f func(float64) float64) udfs.Def {
	return udfs.Def{
		Name: name, Group: "math_funcs", Since: since, Usage: name + "(expr) - " + usage,
		Examples: example("SELECT "+name+"("+arg+")", out), Traits: pure,
		Overloads: []udfs.Overload{sig(types.DoubleType, func(c *udfs.Call) error { return Map1(c, f) }, types.DoubleType)},
		Pretty:    labelled(label),
	}
}

// logarithm is double1 with NULL for arguments not above low.
func logarithm(name, label, since, usage, arg, out string, low float64, f func(float64) float64) udfs.Def {
	d := double1(name, label, since, usage, arg, out, f)
	d.Overloads[0].Nullable = true
	d.Overloads[0].Kernel = func(c *udfs.Call) error {
		return MapNull1(c, func(x float64) (float64, bool) { return f(x), !(x <= low) })
	}
	return d
}

// double2 is the record of a function of two doubles.
func double2(name, label, since, usage, args, out string, f func(a, b float64) float64) udfs.Def {
	d := double1(name, label, since, "", args, out, nil)
	d.Usage = name + usage
	d.Overloads = []udfs.Overload{sig(types.DoubleType, func(c *udfs.Call) error { return Map2(c, f) }, types.DoubleType, types.DoubleType)}
	return d
}

func constant(name, label, usage, out string, x float64) udfs.Def {
	return udfs.Def{
		Name: name, Group: "math_funcs", Since: "1.5.0", Usage: name + "() - " + usage,
		Examples: example("SELECT "+name+"()", out), Traits: pure, Pretty: labelled(label),
		Overloads: []udfs.Overload{sig(types.DoubleType, func(c *udfs.Call) error {
			return c.Each(func(i int) error { valuesOf[float64](c.Out)[i] = x; return nil })
		})},
	}
}

func doubleFunctions() []udfs.Def {
	return []udfs.Def{
		double1("acos", "ACOS", "1.4.0", "Returns the angle, in radians, whose cosine is `expr`.", "1", "0.0", exactAcos),
		double1("acosh", "ACOSH", "3.0.0", "Returns the inverse hyperbolic cosine of `expr`.", "1", "0.0", acosh),
		double1("asin", "ASIN", "1.4.0", "Returns the angle, in radians, whose sine is `expr`.", "0", "0.0", exactAsin),
		double1("asinh", "ASINH", "3.0.0", "Returns the inverse hyperbolic sine of `expr`.", "0", "0.0", asinh),
		double1("atan", "ATAN", "1.4.0", "Returns the angle, in radians, whose tangent is `expr`.", "0", "0.0", exactAtan),
		double2("atan2", "ATAN2", "1.4.0", "(y, x) - Returns the angle, in radians, between the positive x-axis and the point (`x`, `y`).", "0, 0", "0.0",
			func(y, x float64) float64 { return math.Atan2(y+0, x+0) }),
		double1("atanh", "ATANH", "3.0.0", "Returns the inverse hyperbolic tangent of `expr`.", "0", "0.0", atanh),
		double1("cbrt", "CBRT", "1.4.0", "Returns the cube root of `expr`.", "27.0", "3.0", exactCbrt),
		double1("cos", "COS", "1.4.0", "Returns the cosine of the angle `expr` in radians.", "0", "1.0", exactCos),
		double1("cosh", "COSH", "1.4.0", "Returns the hyperbolic cosine of `expr`.", "0", "1.0", exactCosh),
		double1("cot", "COT", "2.3.0", "Returns the cotangent of the angle `expr` in radians.", "1", "0.6420926159343306", func(x float64) float64 { return 1 / exactTan(x) }),
		double1("csc", "CSC", "3.3.0", "Returns the cosecant of the angle `expr` in radians.", "1", "1.1883951057781212", func(x float64) float64 { return 1 / exactSin(x) }),
		double1("degrees", "DEGREES", "1.4.0", "Converts an angle in radians to degrees.", "3.141592653589793", "180.0", func(x float64) float64 { return x * degreesPerRadian }),
		double1("exp", "EXP", "1.4.0", "Returns e to the power of `expr`.", "0", "1.0", exactExp),
		double1("expm1", "EXPM1", "1.4.0", "Returns e to the power of `expr`, less 1, exact near zero.", "0", "0.0", math.Expm1),
		double2("hypot", "HYPOT", "1.4.0", "(a, b) - Returns the square root of `a`\u00b2 + `b`\u00b2.", "3, 4", "5.0", math.Hypot),
		logarithm("ln", "ln", "1.4.0", "Returns the natural logarithm of `expr`, NULL when it is not positive.", "1", "0.0", 0, math.Log),
		logDef(),
		logarithm("log10", "LOG10", "1.4.0", "Returns the logarithm of `expr` to base 10, NULL when it is not positive.", "10", "1.0", 0, exactLog10),
		logarithm("log1p", "LOG1P", "1.4.0", "Returns the natural logarithm of 1 + `expr`, exact near zero; NULL for `expr` <= -1.", "0", "0.0", -1, math.Log1p),
		logarithm("log2", "LOG2", "1.4.0", "Returns the logarithm of `expr` to base 2, NULL when it is not positive.", "2", "1.0", 0, log2),
		double2("pow", "pow", "1.4.0", "(a, b) - Returns `a` to the power of `b`.", "2, 3", "8.0", exactPow),
		double2("power", "POWER", "1.4.0", "(a, b) - Returns `a` to the power of `b`.", "2, 3", "8.0", exactPow),
		double1("radians", "RADIANS", "1.4.0", "Converts an angle in degrees to radians.", "180", "3.141592653589793", func(x float64) float64 { return x * radiansPerDegree }),
		double1("rint", "rint", "1.4.0", "Returns the whole number nearest to `expr` as a double, of two the even one.", "12.3456", "12.0", math.RoundToEven),
		double1("sec", "SEC", "3.3.0", "Returns the secant of the angle `expr` in radians.", "0", "1.0", func(x float64) float64 { return 1 / exactCos(x) }),
		signDef("sign", "sign"), signDef("signum", "SIGNUM"),
		double1("sin", "SIN", "1.4.0", "Returns the sine of the angle `expr` in radians.", "0", "0.0", exactSin),
		double1("sinh", "SINH", "1.4.0", "Returns the hyperbolic sine of `expr`.", "0", "0.0", exactSinh),
		double1("sqrt", "SQRT", "1.1.1", "Returns the square root of `expr`, NaN when it is negative.", "4", "2.0", math.Sqrt),
		double1("tan", "TAN", "1.4.0", "Returns the tangent of the angle `expr` in radians.", "0", "0.0", exactTan),
		double1("tanh", "TANH", "1.4.0", "Returns the hyperbolic tangent of `expr`.", "0", "0.0", exactTanh),
		constant("e", "E", "Returns Euler's number.", "2.718281828459045", math.E),
		constant("pi", "PI", "Returns pi.", "3.141592653589793", math.Pi),
	}
}

// The formulas of the inverse hyperbolic functions are Spark's, with its rounding.
func acosh(x float64) float64 { return math.Log(x + math.Sqrt(x*x-1)) }

func asinh(x float64) float64 {
	if math.IsInf(x, -1) {
		return x
	}
	return math.Log(x + math.Sqrt(x*x+1))
}

func atanh(x float64) float64 { return 0.5 * (math.Log1p(x) - math.Log1p(-x)) }

func log2(x float64) float64 { return math.Log(x) / math.Ln2 }

// logDef is log(x) or log(base, x).
func logDef() udfs.Def {
	d := types.DoubleType
	one := sig(d, func(c *udfs.Call) error {
		return MapNull1(c, func(x float64) (float64, bool) { return math.Log(x) / math.Log(math.E), !(x <= 0) })
	}, d)
	two := sig(d, func(c *udfs.Call) error {
		return MapNull2(c, func(base, x float64) (float64, bool) {
			return math.Log(x) / math.Log(base), !(x <= 0) && !(base <= 0)
		})
	}, d, d)
	one.Nullable, two.Nullable = true, true
	return udfs.Def{
		Name: "log", Group: "math_funcs", Since: "1.5.0", Traits: pure, Overloads: []udfs.Overload{one, two},
		Usage:    "log([base, ]expr) - Returns the logarithm of `expr` to `base`, e when not given; NULL when one of them is not positive.",
		Examples: example("SELECT log(10, 100)", "2.0"),
		Pretty: func(args []string) string {
			if len(args) == 1 {
				return "LOG(E(), " + args[0] + ")"
			}
			return "LOG(" + args[0] + ", " + args[1] + ")"
		},
	}
}

func signDef(name, label string) udfs.Def {
	f := func(x float64) float64 {
		switch {
		case x > 0:
			return 1
		case x < 0:
			return -1
		}
		return x
	}
	return udfs.Def{
		Name: name, Results: 3, Group: "math_funcs", Since: "1.4.0", Traits: pure, MinArgs: 1, MaxArgs: 1, Pretty: labelled(label),
		Usage:    name + "(expr) - Returns -1.0, 0.0 or 1.0 as `expr` is negative, zero or positive.",
		Examples: example("SELECT "+name+"(40)", "1.0"),
		Resolve: func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
			t := args[0].Type
			switch t.Kind() {
			case types.YearMonthInterval:
				return bind(types.DoubleType, func(c *udfs.Call) error { return Map1(c, func(x int32) float64 { return f(float64(x)) }) }, t), nil
			case types.DayTimeInterval:
				return bind(types.DoubleType, func(c *udfs.Call) error { return Map1(c, func(x int64) float64 { return f(float64(x)) }) }, t), nil
			}
			t, err := accept(ctx, args, 0, types.DoubleType)
			return bind(types.DoubleType, func(c *udfs.Call) error { return Map1(c, f) }, t), err
		},
	}
}
