package functions

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"

	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// formatFunctions write values by formats.
func formatFunctions() []udfs.Def {
	return []udfs.Def{
		{
			Name: "format_number", Group: "string_funcs", Since: "1.5.0",
			Usage:    "format_number(expr1, expr2) - Returns a number with thousands separators and `expr2` digits behind the point, or in the form of the pattern `expr2`.",
			Examples: example("SELECT format_number(12332.123456, 4)", "12,332.1235"), Traits: pure | udfs.AlwaysNullable, MinArgs: 2, MaxArgs: 2, Resolve: formatNumberResolve,
		},
		{
			Name: "format_string", Aliases: []string{"printf"}, Group: "string_funcs", Since: "1.5.0",
			Usage:    "format_string(strfmt, obj, ...) - Returns the values in the form of a printf format of Java.",
			Examples: example("SELECT format_string('Hello World %d %s', 100, 'days')", "Hello World 100 days"), Traits: udfs.Deterministic | udfs.Fallible, MinArgs: 1, MaxArgs: -1,
			Resolve: formatStringResolve,
		},
	}
}

func formatNumberResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t := args[0].Type
	if !t.IsNumeric() {
		if !t.IsString() && t.Kind() != types.Null {
			return udfs.Binding{}, unexpected(ctx, args, 0, `"NUMERIC"`)
		}
		t = types.DoubleType
	}
	second := str
	if args[1].Type.IsIntegral() || args[1].Type.Kind() == types.Null {
		second = types.IntType
	} else if !args[1].Type.IsString() {
		return udfs.Binding{}, unexpected(ctx, args, 1, `("INT" or "STRING")`)
	}
	return nullable(bind(str, boxed(func(a []any) (any, error) {
		switch f := a[0].(type) {
		case float64:
			if s, special := notFinite(f); special {
				return s, nil
			}
		case float32:
			if s, special := notFinite(float64(f)); special {
				return s, nil
			}
		}
		x := exactRat(a[0], t)
		if d, ok := a[1].(int32); ok {
			if d < 0 {
				return nil, nil
			}
			digits := min(int(d), maxFraction)
			return decimalForm{group: 3, least: digits, most: digits, whole: 1}.format(x), nil
		}
		text := a[1].(string)
		if text == "" {
			return decimalForm{group: 3, whole: 1}.format(x), nil
		}
		f, ok := parseDecimalForm(text)
		if !ok {
			return nil, errs.New(errs.Pos{}, "INVALID_FORMAT.UNEXPECTED_TOKEN", "token", "'"+text+"'", "format", "'"+text+"'")
		}
		return f.format(x), nil
	}), t, second)), nil
}

// maxFraction is the largest number of digits behind the point that Java's formats write.
const maxFraction = 340

func notFinite(f float64) (string, bool) {
	switch {
	case math.IsNaN(f):
		return "NaN", true
	case math.IsInf(f, 1):
		return "∞", true
	case math.IsInf(f, -1):
		return "-∞", true
	}
	return "", false
}

// exactRat is a number as a fraction, floating-point ones as they are printed.
func exactRat(x any, t types.Type) *big.Rat {
	switch v := x.(type) {
	case float64:
		r, _ := new(big.Rat).SetString(strconv.FormatFloat(v, 'g', -1, 64))
		return r
	case float32:
		r, _ := new(big.Rat).SetString(strconv.FormatFloat(float64(v), 'g', -1, 64))
		return r
	case types.Int128:
		return new(big.Rat).SetFrac(v.Big(), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(t.Scale())), nil))
	}
	return new(big.Rat).SetInt64(toInt64(x))
}

// decimalForm is a pattern of Java's DecimalFormat.
type decimalForm struct {
	prefix, suffix            string
	group, whole, least, most int
	percent                   bool
}

func parseDecimalForm(s string) (decimalForm, bool) {
	var f decimalForm
	s, _, _ = strings.Cut(s, ";")
	start := strings.IndexAny(s, "#0.,")
	if start < 0 {
		return f, false
	}
	end := strings.LastIndexAny(s, "#0.,") + 1
	f.prefix, f.suffix = strings.ReplaceAll(s[:start], "'", ""), strings.ReplaceAll(s[end:], "'", "")
	f.percent = strings.Contains(f.prefix+f.suffix, "%")
	whole, frac, _ := strings.Cut(s[start:end], ".")
	if i := strings.LastIndexByte(whole, ','); i >= 0 {
		f.group = len(whole) - i - 1
	}
	f.whole, f.least, f.most = strings.Count(whole, "0"), strings.Count(frac, "0"), len(frac)
	f.least, f.most = min(f.least, maxFraction), min(f.most, maxFraction)
	return f, strings.Trim(whole, "#0,") == "" && strings.Trim(frac, "#0") == "" && (f.group > 0 || !strings.Contains(whole, ","))
}

// format writes x rounded half to even.
func (f decimalForm) format(x *big.Rat) string {
	if f.percent {
		x = new(big.Rat).Mul(x, big.NewRat(100, 1))
	}
	scaled := new(big.Rat).Mul(x, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(f.most)), nil)))
	n := roundHalfEven(scaled)
	neg := n.Sign() < 0 || n.Sign() == 0 && x.Sign() < 0
	digits := new(big.Int).Abs(n).String()
	for len(digits) <= f.most {
		digits = "0" + digits
	}
	whole, frac := digits[:len(digits)-f.most], digits[len(digits)-f.most:]
	for len(frac) > f.least && strings.HasSuffix(frac, "0") {
		frac = frac[:len(frac)-1]
	}
	if whole = strings.TrimLeft(whole, "0"); len(whole) < f.whole {
		whole = strings.Repeat("0", f.whole-len(whole)) + whole
	}
	if whole == "" && frac == "" {
		whole = "0"
	}
	if f.group > 0 {
		for i := len(whole) - f.group; i > 0; i -= f.group {
			whole = whole[:i] + "," + whole[i:]
		}
	}
	out := f.prefix + whole
	if frac != "" {
		out += "." + frac
	}
	if neg {
		out = "-" + out
	}
	return out + f.suffix
}

func roundHalfEven(x *big.Rat) *big.Int {
	q, r := new(big.Int).QuoRem(x.Num(), x.Denom(), new(big.Int))
	r.Abs(r).Mul(r, big.NewInt(2))
	if c := r.Cmp(x.Denom()); c > 0 || c == 0 && q.Bit(0) == 1 {
		q.Add(q, big.NewInt(int64(x.Sign())))
	}
	return q
}

func formatStringResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	if _, err := accept(ctx, args, 0, str); err != nil {
		return udfs.Binding{}, err
	}
	if v, ok := args[0].Value.(string); ok && strings.Contains(v, "%0$") {
		return udfs.Binding{}, errs.New(ctx.Env.Pos, "INVALID_PARAMETER_VALUE.ZERO_INDEX", "parameter", "`strfmt`", "functionName", "`"+ctx.Name+"`")
	}
	in := argTypes(args)
	in[0] = str
	return udfs.Binding{In: in, Out: str, Nullable: args[0].Nullable, New: func(env *udfs.Env) (udfs.Kernel, error) {
		return boxed(func(a []any) (any, error) {
			if a[0] == nil {
				return nil, nil
			}
			s, err := javaFormat(a[0].(string), a[1:], in[1:], env)
			if err != nil {
				return nil, err
			}
			return s, nil
		}), nil
	}}, nil
}

// javaFormat writes values by a format of java.util.Formatter.
func javaFormat(format string, args []any, ts []types.Type, env *udfs.Env) (string, error) {
	var b strings.Builder
	next, last := 0, -1
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		spec := formatSpec{precision: -1, width: -1}
		end, index, ok := spec.parse(format, i+1)
		if !ok {
			return "", badFormat(format[i:])
		}
		i = end
		switch spec.conv {
		case 'n':
			b.WriteByte('\n')
			continue
		case '%':
			b.WriteString(spec.pad("%"))
			continue
		}
		switch {
		case index == 0:
			index = next
			next++
		case index < 0:
			index = last
		default:
			index--
		}
		if index < 0 || index >= len(args) {
			return "", errs.New(env.Pos, "FAILED_FUNCTION_CALL", "funcName", "`format_string`")
		}
		last = index
		s, err := spec.format(args[index], ts[index], env)
		if err != nil {
			return "", err
		}
		b.WriteString(s)
	}
	return b.String(), nil
}

func badFormat(rest string) error {
	return errs.New(errs.Pos{}, "INVALID_FORMAT.UNEXPECTED_TOKEN", "token", "'"+rest+"'", "format", "'"+rest+"'")
}

// formatSpec is %[index$][flags][width][.precision]conversion.
type formatSpec struct {
	flags            string
	width, precision int
	conv             byte
}

func (f *formatSpec) parse(s string, at int) (end, index int, ok bool) {
	num := func() int {
		start := at
		for at < len(s) && s[at] >= '0' && s[at] <= '9' {
			at++
		}
		n, err := strconv.Atoi(s[start:at])
		if err != nil {
			return -1
		}
		return n
	}
	if save := at; at < len(s) && s[at] >= '1' && s[at] <= '9' {
		if index = num(); at < len(s) && s[at] == '$' {
			at++
		} else {
			at, index = save, 0
		}
	} else if at < len(s) && s[at] == '<' {
		index = -1
		at++
	}
	for at < len(s) && strings.IndexByte("-#+ 0,(", s[at]) >= 0 {
		f.flags += string(s[at])
		at++
	}
	f.width = num()
	if at < len(s) && s[at] == '.' {
		at++
		if f.precision = num(); f.precision < 0 {
			return 0, 0, false
		}
	}
	if at >= len(s) {
		return 0, 0, false
	}
	if f.conv = s[at]; f.width > maxStringBytes || f.precision > 1<<20 {
		return 0, 0, false
	}
	return at, index, strings.IndexByte("bBhHsScCdoxXeEfgGaAn%", f.conv) >= 0
}

func (f *formatSpec) has(flag byte) bool { return strings.IndexByte(f.flags, flag) >= 0 }

// pad fills up to the width with blanks.
func (f *formatSpec) pad(s string) string {
	n := f.width - len([]rune(s))
	if n <= 0 {
		return s
	}
	if f.has('-') {
		return s + strings.Repeat(" ", n)
	}
	return strings.Repeat(" ", n) + s
}

func (f *formatSpec) wrong(t types.Type) error {
	return errs.New(errs.Pos{}, "FAILED_FUNCTION_CALL", "funcName", "`format_string`")
}

func (f *formatSpec) format(x any, t types.Type, env *udfs.Env) (string, error) {
	upper := f.conv >= 'A' && f.conv <= 'Z'
	s := ""
	switch c := f.conv | 0x20; c {
	case 's':
		s = "null"
		if x != nil {
			s = javaText(x, t, env)
		}
		if f.precision >= 0 {
			s = string([]rune(s)[:min(f.precision, len([]rune(s)))])
		}
	case 'b':
		v, isBool := x.(bool)
		s = strconv.FormatBool(x != nil && (!isBool || v))
	default:
		if x == nil {
			s = "null"
			break
		}
		var ok bool
		switch c {
		case 'c':
			switch v := x.(type) {
			case string:
				s, ok = v, len([]rune(v)) == 1
			case int32, int16, int8:
				s, ok = string(rune(toInt64(v))), true
			}
		case 'd', 'o', 'x':
			s, ok = f.integer(x, c)
		case 'e', 'f', 'g', 'a':
			s, ok = f.float(x, t, c)
		case 'h':
			s, ok = strconv.FormatInt(toInt64(x), 16), true
		}
		if !ok {
			return "", f.wrong(t)
		}
	}
	if upper {
		s = strings.Map(unicode.ToUpper, s)
	}
	return f.pad(s), nil
}

// javaText is a value as %s shows it: dates as their days, timestamps as microseconds, as Java's objects are.
func javaText(x any, t types.Type, env *udfs.Env) string {
	switch v := x.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float32:
		return types.FormatFloat(v)
	case float64:
		return types.FormatDouble(v)
	case types.Int128:
		return v.DecimalString(t.Scale())
	case types.Interval:
		return v.String()
	case []any:
		w := fieldWriter{env: env}
		return w.key(t, v)
	}
	return strconv.FormatInt(toInt64(x), 10)
}

// signed adds the sign and what flags ask for: zeros, grouping, brackets.
func (f *formatSpec) signed(neg bool, digits string) string {
	if f.has(',') {
		whole, frac, _ := strings.Cut(digits, ".")
		for i := len(whole) - 3; i > 0; i -= 3 {
			whole = whole[:i] + "," + whole[i:]
		}
		if digits = whole; frac != "" {
			digits += "." + frac
		}
	}
	before, after := "", ""
	switch {
	case neg && f.has('('):
		before, after = "(", ")"
	case neg:
		before = "-"
	case f.has('+'):
		before = "+"
	case f.has(' '):
		before = " "
	}
	if n := f.width - len(before) - len(digits) - len(after); f.has('0') && n > 0 {
		digits = strings.Repeat("0", n) + digits
	}
	return before + digits + after
}

func (f *formatSpec) integer(x any, conv byte) (string, bool) {
	switch x.(type) {
	case int8, int16, int32, int64:
	default:
		return "", false
	}
	v := toInt64(x)
	if conv == 'd' {
		u := uint64(v)
		if v < 0 {
			u = -u
		}
		return f.signed(v < 0, strconv.FormatUint(u, 10)), true
	}
	u := uint64(v)
	switch x.(type) { // negative numbers show their two's complement
	case int8:
		u &= 0xff
	case int16:
		u &= 0xffff
	case int32:
		u &= 0xffffffff
	}
	base, prefix := 8, "0"
	if conv == 'x' {
		base, prefix = 16, "0x"
	}
	s := strconv.FormatUint(u, base)
	if f.has('#') {
		s = prefix + s
	}
	if n := f.width - len(s); f.has('0') && n > 0 {
		s = strings.Repeat("0", n) + s
	}
	return s, true
}

func (f *formatSpec) float(x any, t types.Type, conv byte) (string, bool) {
	prec := f.precision
	if prec < 0 {
		prec = 6
	}
	switch v := x.(type) {
	case types.Int128:
		if conv == 'f' {
			scaled := new(big.Rat).Mul(exactRat(v, t), new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(prec)), nil)))
			n := roundHalfUp(scaled)
			i, _ := types.FromBig(new(big.Int).Abs(n))
			return f.signed(n.Sign() < 0, i.DecimalString(prec)), true
		}
		g, _ := exactRat(v, t).Float64()
		return f.float(g, t, conv)
	case float32:
		g, _ := strconv.ParseFloat(strconv.FormatFloat(float64(v), 'g', -1, 32), 64)
		return f.float(g, t, conv)
	case float64:
		if math.IsNaN(v) {
			return "NaN", true
		}
		if math.IsInf(v, 0) {
			g := *f
			g.flags = strings.NewReplacer("0", "", ",", "").Replace(f.flags)
			return g.signed(v < 0, "Infinity"), true
		}
		neg := math.Signbit(v)
		v = math.Abs(v)
		switch conv {
		case 'f':
			// Java rounds the shortest text of the number, half up.
			r, _ := new(big.Rat).SetString(strconv.FormatFloat(v, 'g', -1, 64))
			n := roundHalfUp(r.Mul(r, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(prec)), nil))))
			s := n.String()
			for len(s) <= prec {
				s = "0" + s
			}
			if prec > 0 {
				s = s[:len(s)-prec] + "." + s[len(s)-prec:]
			}
			return f.signed(neg, s), true
		case 'g':
			if prec == 0 {
				prec = 1
			}
			if v != 0 && (v < 1e-4 || v >= math.Pow10(prec)) {
				return f.signed(neg, fmt.Sprintf("%.*e", prec-1, v)), true
			}
			whole := 1
			if v >= 1 {
				whole = len(strconv.FormatInt(int64(v), 10))
			} else if v > 0 {
				whole = int(math.Floor(math.Log10(v))) + 1
			}
			return f.signed(neg, strconv.FormatFloat(v, 'f', max(prec-whole, 0), 64)), true
		case 'a':
			return f.signed(neg, strconv.FormatFloat(v, 'x', -1, 64)), true
		}
		return f.signed(neg, fmt.Sprintf("%.*e", prec, v)), true
	}
	return "", false
}
