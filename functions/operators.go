package functions

import (
	"strings"

	"sparksql/sql/types"
	"sparksql/udfs"
)

// arithmetic is one of the operators on numbers.
type arithmetic struct {
	name   string // SQL symbol
	word   string // as overflow messages name it
	try    string // the function that tolerates failure
	result func(a, b types.Type) types.Type
}

var (
	opAdd = arithmetic{"+", "add", "try_add", types.AddDecimal}
	opSub = arithmetic{"-", "subtract", "try_subtract", types.AddDecimal}
	opMul = arithmetic{"*", "multiply", "try_multiply", types.MulDecimal}
	opDiv = arithmetic{"/", "divide", "try_divide", types.DivDecimal}
	opMod = arithmetic{"%", "remainder", "try_mod", types.ModDecimal}
	opInt = arithmetic{"div", "div", "try_divide", nil}
)

const arithTraits = udfs.Strict | udfs.Deterministic | udfs.Fallible

func infix(symbol string) func([]string) string {
	return func(args []string) string {
		if len(args) == 1 {
			return "(" + symbol + " " + args[0] + ")"
		}
		return "(" + args[0] + " " + symbol + " " + args[1] + ")"
	}
}

func arithmeticOperators() []udfs.Def {
	return []udfs.Def{
		{Name: "%", Group: "math_funcs", Since: "1.0.0", Traits: arithTraits, MinArgs: 2, MaxArgs: 2,
			Usage:    "expr1 % expr2 - Returns the remainder of `expr1` divided by `expr2`, with the sign of `expr1`.",
			Examples: []udfs.Example{{SQL: "SELECT 2 % 1.8", Out: "0.2"}, {SQL: "SELECT -7 % 3", Out: "-1"}},
			Pretty:   infix("%"), Resolve: resolveArithmetic(opMod, false)},
		{Name: "*", Group: "math_funcs", Since: "1.0.0", Traits: arithTraits | udfs.Commutative, MinArgs: 2, MaxArgs: 2,
			Usage:    "expr1 * expr2 - Returns the product of `expr1` and `expr2`.",
			Examples: []udfs.Example{{SQL: "SELECT 2 * 3", Out: "6"}},
			Pretty:   infix("*"), Resolve: resolveArithmetic(opMul, false)},
		{Name: "+", Group: "math_funcs", Since: "1.0.0", Traits: arithTraits | udfs.Commutative, MinArgs: 1, MaxArgs: 2,
			Usage:    "expr1 + expr2 - Returns the sum of `expr1` and `expr2`.",
			Examples: []udfs.Example{{SQL: "SELECT 1 + 2", Out: "3"}},
			Pretty:   infix("+"), Resolve: resolvePlus},
		{Name: "-", Group: "math_funcs", Since: "1.0.0", Traits: arithTraits, MinArgs: 1, MaxArgs: 2,
			Usage:    "expr1 - expr2 - Returns `expr1` minus `expr2`; with one argument its negation.",
			Examples: []udfs.Example{{SQL: "SELECT 2 - 1", Out: "1"}},
			Pretty:   infix("-"), Resolve: resolveMinus},
		{Name: "/", Group: "math_funcs", Since: "1.0.0", Traits: arithTraits, MinArgs: 2, MaxArgs: 2,
			Usage:    "expr1 / expr2 - Returns `expr1` divided by `expr2`, always as a floating point or decimal number.",
			Examples: []udfs.Example{{SQL: "SELECT 3 / 2", Out: "1.5"}, {SQL: "SELECT 2L / 2L", Out: "1.0"}},
			Pretty:   infix("/"), Resolve: resolveArithmetic(opDiv, false)},
		{Name: "div", Group: "math_funcs", Since: "3.0.0", Traits: arithTraits, MinArgs: 2, MaxArgs: 2,
			Usage:    "expr1 div expr2 - Returns the whole part of `expr1` divided by `expr2`, as a bigint.",
			Examples: []udfs.Example{{SQL: "SELECT 7 div 2", Out: "3"}},
			Pretty:   infix("div"), Resolve: resolveArithmetic(opInt, false)},
		{Name: "mod", Group: "math_funcs", Since: "2.3.0", Traits: arithTraits, MinArgs: 2, MaxArgs: 2,
			Usage:    "mod(expr1, expr2) - Returns the remainder of `expr1` divided by `expr2`.",
			Examples: []udfs.Example{{SQL: "SELECT mod(7, 4)", Out: "3"}},
			Resolve:  resolveArithmetic(opMod, false)},
		{Name: "negative", Group: "math_funcs", Since: "1.0.0", Traits: arithTraits, MinArgs: 1, MaxArgs: 1,
			Usage:    "negative(expr) - Returns the negated value of `expr`.",
			Examples: []udfs.Example{{SQL: "SELECT negative(1)", Out: "-1"}},
			Resolve:  resolveNegate},
		{Name: "positive", Group: "math_funcs", Since: "1.5.0", Traits: udfs.Strict | udfs.Deterministic, MinArgs: 1, MaxArgs: 1,
			Usage:    "positive(expr) - Returns the value of `expr`.",
			Examples: []udfs.Example{{SQL: "SELECT positive(1)", Out: "1"}},
			Pretty:   infix("+"), Resolve: resolvePositive},
		{Name: "try_add", Group: "math_funcs", Since: "3.2.0", Traits: arithTraits | udfs.AlwaysNullable, MinArgs: 2, MaxArgs: 2,
			Usage:    "try_add(expr1, expr2) - Returns the sum of `expr1` and `expr2`, NULL when it overflows.",
			Examples: []udfs.Example{{SQL: "SELECT try_add(1, 2)", Out: "3"}, {SQL: "SELECT try_add(2147483647, 1)", Out: "NULL"}},
			Resolve:  resolveArithmetic(opAdd, true)},
		{Name: "try_divide", Group: "math_funcs", Since: "3.2.0", Traits: arithTraits | udfs.AlwaysNullable, MinArgs: 2, MaxArgs: 2,
			Usage:    "try_divide(dividend, divisor) - Returns `dividend` / `divisor`, NULL for a divisor of 0.",
			Examples: []udfs.Example{{SQL: "SELECT try_divide(3, 2)", Out: "1.5"}, {SQL: "SELECT try_divide(1, 0)", Out: "NULL"}},
			Resolve:  resolveArithmetic(opDiv, true)},
		{Name: "try_mod", Group: "math_funcs", Since: "4.0.0", Traits: arithTraits | udfs.AlwaysNullable, MinArgs: 2, MaxArgs: 2,
			Usage:    "try_mod(dividend, divisor) - Returns the remainder of `dividend` / `divisor`, NULL for a divisor of 0.",
			Examples: []udfs.Example{{SQL: "SELECT try_mod(3, 2)", Out: "1"}, {SQL: "SELECT try_mod(1, 0)", Out: "NULL"}},
			Resolve:  resolveArithmetic(opMod, true)},
		{Name: "try_multiply", Group: "math_funcs", Since: "3.3.0", Traits: arithTraits | udfs.AlwaysNullable, MinArgs: 2, MaxArgs: 2,
			Usage:    "try_multiply(expr1, expr2) - Returns the product of `expr1` and `expr2`, NULL when it overflows.",
			Examples: []udfs.Example{{SQL: "SELECT try_multiply(2, 3)", Out: "6"}, {SQL: "SELECT try_multiply(-2147483648, 10)", Out: "NULL"}},
			Resolve:  resolveArithmetic(opMul, true)},
		{Name: "try_subtract", Group: "math_funcs", Since: "3.3.0", Traits: arithTraits | udfs.AlwaysNullable, MinArgs: 2, MaxArgs: 2,
			Usage:    "try_subtract(expr1, expr2) - Returns `expr1` - `expr2`, NULL when it overflows.",
			Examples: []udfs.Example{{SQL: "SELECT try_subtract(2, 1)", Out: "1"}, {SQL: "SELECT try_subtract(-2147483648, 1)", Out: "NULL"}},
			Resolve:  resolveArithmetic(opSub, true)},
	}
}

func resolvePlus(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	if len(args) == 1 {
		return resolvePositive(ctx, args)
	}
	return resolveArithmetic(opAdd, false)(ctx, args)
}

func resolveMinus(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	if len(args) == 1 {
		return resolveNegate(ctx, args)
	}
	return resolveArithmetic(opSub, false)(ctx, args)
}

// resolveArithmetic types a binary operator: numbers here, dates and intervals by datetimeArithmetic.
func resolveArithmetic(op arithmetic, try bool) func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
	return func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
		if temporal(args[0].Type) || temporal(args[1].Type) {
			bind, err := datetimeArithmetic(ctx, op, args, try)
			if try {
				bind.Pretty = nil
			}
			return bind, err
		}
		a, b, err := numericOperands(ctx, op, args)
		if err != nil {
			return udfs.Binding{}, err
		}
		m := failMode(ctx.Env)
		if try {
			m = null
		}
		bind := udfs.Binding{In: []types.Type{a, b}, Out: a}
		switch {
		case a.Kind() == types.Decimal:
			if op.result == nil {
				bind.Out = types.BigIntType
			} else {
				bind.Out = op.result(a, b)
				if keepsScale(ctx.Env) {
					bind.Out = exactResult(op, a, b)
				}
			}
			bind.New = fixed(decimalKernel(op, a, b, bind.Out, m))
		case op.name == "/":
			bind.New = fixed(divideDoubles(m))
		default:
			bind.New = fixed(numberKernel(op, a, m))
		}
		divides := op.name == "/" || op.name == "%" || op.name == "div"
		certain := a.Kind() == types.Float || a.Kind() == types.Double || a.Kind() == types.Decimal && neverOverflows(op, a, b)
		bind.Nullable = m == null || m == wrap && (divides || a.Kind() == types.Decimal && !certain)
		if !divides && (certain || m == wrap && a.Kind() != types.Decimal) {
			t := udfs.Strict | udfs.Deterministic
			bind.Traits = &t
		}
		return bind, nil
	}
}

// keepsScale tells whether results that need more than 38 digits keep their fraction and rather overflow.
func keepsScale(env *udfs.Env) bool {
	return env.Conf != nil && strings.EqualFold(env.Conf("spark.sql.decimalOperations.allowPrecisionLoss"), "false")
}

// exactResult is the type of an operation under keepsScale: precision and scale cut to 38 each.
func exactResult(op arithmetic, a, b types.Type) types.Type {
	p1, s1, p2, s2 := a.Precision(), a.Scale(), b.Precision(), b.Scale()
	p, s := 0, max(s1, s2)
	switch op.name {
	case "+", "-":
		p = max(p1-s1, p2-s2) + s + 1
	case "*":
		p, s = p1+p2+1, s1+s2
	case "%":
		p = min(p1-s1, p2-s2) + s
	default:
		whole, frac := min(types.MaxPrecision, p1-s1+s2), min(types.MaxPrecision, max(6, s1+p2+1))
		if over := whole + frac - types.MaxPrecision; over > 0 {
			frac -= over/2 + 1
			whole = types.MaxPrecision - frac
		}
		p, s = whole+frac, frac
	}
	p = max(min(p, types.MaxPrecision), 1)
	return types.DecimalOf(p, min(s, p))
}

func temporal(t types.Type) bool {
	return t.IsDatetime() || t.IsInterval() || t.Kind() == types.CalendarInterval
}

// numericOperands gives the types that the operands of op are cast to: equal, or two decimals.
func numericOperands(ctx *udfs.ResolveCtx, op arithmetic, args []udfs.ArgInfo) (a, b types.Type, err error) {
	a, b = args[0].Type, args[1].Type
	co := coercion(ctx.Env)
	if a.IsString() != b.IsString() && (a.IsString() || b.IsString()) {
		a, b = promoteOperand(co, a, b)
	} else if co.Legacy && a.IsString() && b.IsString() {
		a, b = types.DoubleType, types.DoubleType
	}
	if a.Kind() == types.Null && b.Kind() == types.Null {
		a, b = types.DoubleType, types.DoubleType
	}
	if a.Kind() == types.Null {
		a = b
	} else if b.Kind() == types.Null {
		b = a
	}
	if !a.IsNumeric() || !b.IsNumeric() {
		sub := "BINARY_OP_DIFF_TYPES"
		if a == b {
			return a, b, mismatch(ctx, "BINARY_OP_WRONG_TYPE", "inputType", operandNames(op), "actualDataType", typeParam(a))
		}
		return a, b, mismatch(ctx, sub, "left", typeParam(args[0].Type), "right", typeParam(args[1].Type))
	}
	if a.Kind() == types.Decimal || b.Kind() == types.Decimal {
		return decimalOperands(a, b, args)
	}
	switch {
	case op.name == "/":
		return types.DoubleType, types.DoubleType, nil
	case op.name == "div":
		if a.IsFractional() || b.IsFractional() {
			return a, b, mismatch(ctx, "BINARY_OP_WRONG_TYPE", "inputType", operandNames(op), "actualDataType", typeParam(types.DoubleType))
		}
		return types.BigIntType, types.BigIntType, nil
	}
	t, _ := co.Tightest(a, b)
	return t, t, nil
}

// promoteOperand gives the types of a string and another operand.
func promoteOperand(co types.Coercion, a, b types.Type) (types.Type, types.Type) {
	if co.Legacy {
		if a.IsString() && (b.IsNumeric() || b.Kind() == types.Null) {
			return types.DoubleType, b
		}
		if b.IsString() && (a.IsNumeric() || a.Kind() == types.Null) {
			return a, types.DoubleType
		}
		return a, b
	}
	if t, ok := co.PromoteString(a, b); ok {
		return t, t
	}
	return a, b
}

// decimalOperands: integers become decimals (constants of just their digits), floating point wins.
func decimalOperands(a, b types.Type, args []udfs.ArgInfo) (types.Type, types.Type, error) {
	if k := a.Kind(); k == types.Float || k == types.Double {
		return types.DoubleType, types.DoubleType, nil
	}
	if k := b.Kind(); k == types.Float || k == types.Double {
		return types.DoubleType, types.DoubleType, nil
	}
	return asDecimal(a, args[0]), asDecimal(b, args[1]), nil
}

func asDecimal(t types.Type, arg udfs.ArgInfo) types.Type {
	if t.IsIntegral() && arg.Literal {
		if d, ok := types.DecimalForValue(arg.Value); ok {
			return d
		}
	}
	d, _ := types.DecimalFor(t)
	return d
}

func operandNames(op arithmetic) string {
	switch op.name {
	case "+", "-":
		return `("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH" or "INTERVAL")`
	case "/":
		return `("DOUBLE" or "DECIMAL")`
	case "div":
		return `("BIGINT" or "DECIMAL" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH")`
	}
	return `"NUMERIC"`
}

func resolveNegate(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t := args[0].Type
	if t.IsString() || t.Kind() == types.Null {
		t = types.DoubleType
	}
	if !t.IsNumeric() && !t.IsInterval() && t.Kind() != types.CalendarInterval {
		return udfs.Binding{}, unexpected(ctx, args, 0, `("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH" or "INTERVAL")`)
	}
	return udfs.Binding{In: []types.Type{t}, Out: t, New: fixed(negateKernel(t, failMode(ctx.Env)))}, nil
}

func resolvePositive(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t := args[0].Type
	if t.IsString() || t.Kind() == types.Null {
		t = types.DoubleType
	}
	if !t.IsNumeric() && !t.IsInterval() && t.Kind() != types.CalendarInterval {
		return udfs.Binding{}, unexpected(ctx, args, 0, `("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH" or "INTERVAL")`)
	}
	return udfs.Binding{In: []types.Type{t}, Out: t, New: fixed(func(c *udfs.Call) error {
		copy(c.Out.Fixed, c.In[0].Fixed)
		return nil
	})}, nil
}
