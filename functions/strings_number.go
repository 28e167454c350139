package functions

import (
	"encoding/base64"
	"math/big"
	"strings"

	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// numberFormatFunctions convert between numbers, binary and text by formats that are constants.
func numberFormatFunctions() []udfs.Def {
	toChar := func(name, since string, aliases ...string) udfs.Def {
		return udfs.Def{Name: name, Aliases: aliases, Group: "string_funcs", Since: since,
			Usage:    name + "(expr, format) - Returns a number in the form of a format of 0, 9, ., ,, $, S, MI and PR; a date or timestamp in that of a pattern; binary in 'base64', 'hex' or 'utf-8'.",
			Examples: example("SELECT "+name+"(454, '999')", "454"), Traits: partial, MinArgs: 2, MaxArgs: 2, Resolve: toCharResolve}
	}
	toBinary := func(name, since, usage string, try bool) udfs.Def {
		return udfs.Def{Name: name, Group: "string_funcs", Since: since, Usage: name + "(str[, fmt]) - Returns the binary that `str` stands for, in 'hex' (the default), 'utf-8' or 'base64'" + usage,
			Examples: example("SELECT "+name+"('abc', 'utf-8')", "abc"), Traits: partial | udfs.AlwaysNullable, MinArgs: 1, MaxArgs: 2, Resolve: toBinaryResolve(try)}
	}
	toNumber := func(name, since, usage string, try bool) udfs.Def {
		return udfs.Def{Name: name, Group: "string_funcs", Since: since, Usage: name + "(expr, fmt) - Returns the number that text in a format of 0, 9, ., ,, $, S, MI and PR stands for" + usage,
			Examples: example("SELECT "+name+"('454', '999')", "454"), Traits: partial | udfs.AlwaysNullable, MinArgs: 2, MaxArgs: 2, Resolve: toNumberResolve(try)}
	}
	return []udfs.Def{
		toBinary("to_binary", "3.3.0", ".", false),
		toChar("to_char", "3.4.0"),
		toNumber("to_number", "3.3.0", ".", false),
		toChar("to_varchar", "3.5.0"),
		toBinary("try_to_binary", "3.3.0", "; NULL when it is none.", true),
		toNumber("try_to_number", "3.3.0", "; NULL when it is none.", true),
	}
}

func toBinaryResolve(try bool) func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
	return func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
		if _, err := accept(ctx, args, 0, str); err != nil {
			return udfs.Binding{}, err
		}
		form := "hex"
		if len(args) == 2 {
			if !args[1].Const {
				return udfs.Binding{}, mismatch(ctx, "NON_FOLDABLE_INPUT", "inputName", "`fmt`", "inputType", `"STRING"`, "inputExpr", quoted(args[1].SQL))
			}
			v, isText := args[1].Value.(string)
			form = strings.ToLower(v)
			switch {
			case args[1].Value == nil:
			case !isText || form != "hex" && form != "utf-8" && form != "utf8" && form != "base64":
				if !isText {
					form = args[1].SQL
				}
				return udfs.Binding{}, mismatch(ctx, "INVALID_ARG_VALUE", "inputName", "fmt", "requireType", `case-insensitive "STRING"`,
					"validValues", "'hex', 'utf-8', 'utf8', or 'base64'", "inputValue", "'"+form+"'")
			}
		}
		b := bind(types.BinaryType, func(c *udfs.Call) error {
			return live(c, func(i int) error {
				s := c.In[0].Str(i)
				out, ok := []byte(s), true
				switch form {
				case "hex":
					out, ok = unhexText(s)
				case "base64":
					out, ok = strictBase64(s)
				}
				switch {
				case ok:
					c.Out.SetBytes(i, out)
				case try:
					c.Out.SetNull(i)
				default:
					return errs.New(c.Env.Pos, "CONVERSION_INVALID_INPUT", "str", "'"+strings.Clone(s)+"'", "fmt", "'"+strings.ToUpper(form)+"'", "targetType", `"BINARY"`, "suggestion", "`try_to_binary`")
				}
				return nil
			})
		}, repeated(str, len(args))...)
		b.Nullable = try
		return b, nil
	}
}

// unhexText reads hexadecimal digits; an odd number of them has a zero before it.
func unhexText(s string) ([]byte, bool) {
	if len(s)%2 == 1 {
		s = "0" + s
	}
	out := make([]byte, len(s)/2)
	for i := range out {
		hi, lo := hexValue(s[2*i]), hexValue(s[2*i+1])
		if hi < 0 || lo < 0 {
			return nil, false
		}
		out[i] = byte(hi<<4 | lo)
	}
	return out, true
}

// strictBase64 reads base 64 with blanks in it; padding may be missing but not be wrong.
func strictBase64(s string) ([]byte, bool) {
	split := strings.Contains(strings.TrimRight(s, " \t\n\r"), "= ")
	s = strings.Map(func(r rune) rune {
		if r == ' ' || r == '\t' || r == '\n' || r == '\r' {
			return -1
		}
		return r
	}, s)
	body := strings.TrimRight(s, "=")
	if split {
		return nil, false
	}
	pads := len(s) - len(body)
	if strings.ContainsRune(body, '=') || pads > 2 || len(body)%4 == 1 || pads > 0 && (len(body)+pads)%4 != 0 {
		return nil, false
	}
	out, err := base64.RawStdEncoding.DecodeString(body)
	return out, err == nil
}

// numberForm is a number format taken apart.
type numberForm struct {
	text                 string
	whole, frac          string // 0, 9 and G for separators
	dollar               bool
	signStart, signEnd   bool // S
	minusStart, minusEnd bool // MI
	brackets             bool // PR
	point                bool
}

func parseNumberForm(text string) (*numberForm, error) {
	bad := func(sub string, args ...string) error {
		return errs.New(errs.Pos{}, "INVALID_FORMAT."+sub, append(args, "format", "'"+text+"'")...)
	}
	f := &numberForm{text: text}
	s := strings.ToUpper(text)
	if s == "" {
		return nil, bad("EMPTY")
	}
	switch {
	case strings.HasPrefix(s, "S"):
		f.signStart, s = true, s[1:]
	case strings.HasPrefix(s, "MI"):
		f.minusStart, s = true, s[2:]
	}
	if strings.HasPrefix(s, "$") {
		f.dollar, s = true, s[1:]
	}
	switch {
	case strings.HasSuffix(s, "S"):
		f.signEnd, s = true, s[:len(s)-1]
	case strings.HasSuffix(s, "MI"):
		f.minusEnd, s = true, s[:len(s)-2]
	case strings.HasSuffix(s, "PR"):
		f.brackets, s = true, s[:len(s)-2]
	}
	digits := 0
	for i := range len(s) {
		switch c := s[i]; c {
		case '0', '9':
			digits++
			if f.point {
				f.frac += string(c)
			} else {
				f.whole += string(c)
			}
		case '.', 'D':
			if f.point {
				return nil, bad("WRONG_NUM_TOKEN", "token", "'.' or 'D'")
			}
			f.point = true
		case ',', 'G':
			if f.point {
				return nil, bad("THOUSANDS_SEPS_MUST_BEFORE_DEC")
			}
			if i > 0 && (s[i-1] == ',' || s[i-1] == 'G') || i == 0 || i+1 == len(s) {
				return nil, bad("CONT_THOUSANDS_SEPS")
			}
			f.whole += "G"
		case '$':
			if f.dollar {
				return nil, bad("WRONG_NUM_TOKEN", "token", "'$'")
			}
			return nil, bad("CUR_MUST_BEFORE_DIGIT")
		default:
			return nil, bad("UNEXPECTED_TOKEN", "token", "character '"+string(text[min(strings.IndexByte(strings.ToUpper(text), c), len(text)-1)])+"'")
		}
	}
	if digits == 0 {
		return nil, bad("WRONG_NUM_DIGIT")
	}
	return f, nil
}

func (f *numberForm) precision() int {
	return len(f.frac) + len(f.whole) - strings.Count(f.whole, "G")
}

// typ is the decimal type of numbers in the format.
func (f *numberForm) typ() types.Type {
	p := min(max(f.precision(), 1), types.MaxPrecision)
	return types.DecimalOf(p, min(len(f.frac), p))
}

// read reads text in the format; ok is false when it does not fit.
func (f *numberForm) read(s string) (types.Int128, bool) {
	s = strings.TrimSpace(s)
	neg := false
	cut := func(start bool, chars string) {
		if s == "" {
			return
		}
		c, rest := s[0], s[1:]
		if !start {
			c, rest = s[len(s)-1], s[:len(s)-1]
		}
		if strings.IndexByte(chars, c) >= 0 {
			neg, s = neg || c == '-', rest
		}
	}
	switch {
	case f.signStart:
		cut(true, "+-")
	case f.minusStart:
		cut(true, "-")
	case f.signEnd:
		cut(false, "+-")
	case f.minusEnd:
		cut(false, "-")
	case f.brackets && strings.HasPrefix(s, "<") && strings.HasSuffix(s, ">"):
		neg, s = true, s[1:len(s)-1]
	}
	if f.dollar {
		if !strings.HasPrefix(s, "$") {
			return types.Int128{}, false
		}
		s = s[1:]
	}
	whole, frac, point := strings.Cut(s, ".")
	if point && !f.point || len(frac) > len(f.frac) || strings.Trim(frac, "0123456789") != "" {
		return types.Int128{}, false
	}
	digits, ok := f.matchWhole(whole)
	if !ok || digits == "" && frac == "" {
		return types.Int128{}, false
	}
	n, _ := new(big.Int).SetString("0"+digits+frac+strings.Repeat("0", len(f.frac)-len(frac)), 10)
	if neg {
		n.Neg(n)
	}
	return types.FromBig(n)
}

// matchWhole compares the groups between separators from the right: a group of nines, or with zeros the first,
// may have fewer digits; one that begins with 0 must have as many.
func (f *numberForm) matchWhole(s string) (digits string, ok bool) {
	want, have := strings.Split(f.whole, "G"), strings.Split(s, ",")
	if len(have) > len(want) {
		return "", false
	}
	for len(have) < len(want) {
		if strings.HasPrefix(want[0], "0") {
			return "", false
		}
		want = want[1:]
	}
	for i, h := range have {
		if strings.Trim(h, "0123456789") != "" || len(h) > len(want[i]) {
			return "", false
		}
		if (strings.HasPrefix(want[i], "0") || i > 0) && len(h) != len(want[i]) {
			return "", false
		}
		digits += h
	}
	return digits, true
}

// write writes a decimal of the given scale in the format; digits that do not fit become #.
func (f *numberForm) write(v types.Int128, scale int) string {
	neg := v.Sign() < 0
	text := v.Abs().DecimalString(scale)
	whole, frac, _ := strings.Cut(text, ".")
	whole = strings.TrimLeft(whole, "0")
	frac = strings.TrimRight(frac, "0")
	places := len(f.whole) - strings.Count(f.whole, "G")
	overflow := len(whole) > places || len(frac) > len(f.frac)
	var b strings.Builder
	var lead strings.Builder
	at := places
	started := false
	for i := range len(f.whole) {
		c := f.whole[i]
		if c == 'G' {
			if started || overflow {
				b.WriteByte(',')
			} else {
				lead.WriteByte(' ')
			}
			continue
		}
		at--
		switch {
		case overflow:
			b.WriteByte('#')
		case at < len(whole):
			b.WriteByte(whole[len(whole)-1-at])
			started = true
		case started || c == '0' || strings.IndexByte(strings.ReplaceAll(f.whole[:i], "G", ""), '0') == 0:
			b.WriteByte('0')
			started = true
		default:
			lead.WriteByte(' ')
		}
	}
	if f.point {
		b.WriteByte('.')
	}
	for i := range len(f.frac) {
		switch {
		case overflow:
			b.WriteByte('#')
		case i < len(frac):
			b.WriteByte(frac[i])
		default:
			b.WriteByte('0')
		}
	}
	body := b.String()
	if f.dollar {
		body = "$" + body
	}
	sign := func(plus, minus string) string {
		if neg {
			return minus
		}
		return plus
	}
	switch {
	case f.signStart:
		return lead.String() + sign("+", "-") + body
	case f.minusStart:
		return lead.String() + sign(" ", "-") + body
	case f.signEnd:
		return lead.String() + body + sign("+", "-")
	case f.minusEnd:
		return lead.String() + body + sign(" ", "-")
	case f.brackets && neg:
		return lead.String() + "<" + body + ">"
	case f.brackets:
		return lead.String() + body + "  "
	}
	return lead.String() + body
}

// constantForm reads the constant format of argument 1; nil for NULL.
func constantForm(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (*numberForm, error) {
	if !args[1].Const {
		return nil, mismatch(ctx, "NON_FOLDABLE_INPUT", "inputName", "`format`", "inputType", `"STRING"`, "inputExpr", quoted(args[1].SQL))
	}
	if _, err := accept(ctx, args, 1, str); err != nil {
		return nil, err
	}
	s, ok := args[1].Value.(string)
	switch {
	case args[1].Value == nil:
		return nil, nil
	case !ok:
		return nil, unexpected(ctx, args, 1, `"STRING"`)
	}
	f, err := parseNumberForm(s)
	return f, errs.At(err, ctx.Env.Pos)
}

func toNumberResolve(try bool) func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
	return func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
		if _, err := accept(ctx, args, 0, str); err != nil {
			return udfs.Binding{}, err
		}
		f, err := constantForm(ctx, args)
		if err != nil {
			return udfs.Binding{}, err
		}
		t := types.DecimalOf(types.MaxPrecision, 0)
		if f != nil {
			t = f.typ()
		}
		b := bind(t, boxed(func(a []any) (any, error) {
			v, ok := f.read(a[0].(string))
			switch {
			case ok:
				return v, nil
			case try:
				return nil, nil
			}
			return nil, errs.New(errs.Pos{}, "INVALID_FORMAT.MISMATCH_INPUT", "inputType", `"STRING"`, "input", a[0].(string), "format", f.text)
		}), str, str)
		b.Nullable = try
		return b, nil
	}
}

// toCharResolve types to_char: a number by a number format, a time by a pattern, binary by its coding.
func toCharResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t := args[0].Type
	switch {
	case t.IsDatetime():
		at := t
		if t == dateT {
			at = timestampT
		}
		b := formatBinding(at)
		b.Pretty = shown("date_format")
		return b, nil
	case t.Kind() == types.Binary:
		if !args[1].Const {
			return udfs.Binding{}, mismatch(ctx, "NON_FOLDABLE_INPUT", "inputName", "`format`", "inputType", `"STRING"`, "inputExpr", quoted(args[1].SQL))
		}
		form, isText := args[1].Value.(string)
		encode := map[string]func(b []byte) string{
			"base64": base64.StdEncoding.EncodeToString,
			"hex":    func(b []byte) string { return strings.ReplaceAll(escapeBytes(string(b)), `\x`, "") },
			"utf-8":  func(b []byte) string { return string(b) },
		}[strings.ToLower(form)]
		if !isText && args[1].Value != nil {
			return udfs.Binding{}, unexpected(ctx, args, 1, `"STRING"`)
		}
		if encode == nil && isText {
			return udfs.Binding{}, errs.New(ctx.Env.Pos, "INVALID_PARAMETER_VALUE.BINARY_FORMAT", "functionName", routine(ctx.Name), "parameter", "`format`", "invalidFormat", "'"+form+"'")
		}
		b := bind(str, func(c *udfs.Call) error {
			return live(c, func(i int) error { c.Out.SetStr(i, encode(c.In[0].Bytes(i))); return nil })
		}, types.BinaryType, str)
		b.Pretty = map[string]func([]string) string{
			"base64": func(s []string) string { return "base64(" + s[0] + ")" },
			"hex":    func(s []string) string { return "hex(" + s[0] + ")" },
			"utf-8":  func(s []string) string { return "decode(" + s[0] + ", UTF-8)" },
		}[strings.ToLower(form)]
		return b, nil
	}
	d, ok := types.DecimalFor(t)
	switch {
	case t.Kind() == types.Decimal:
		d = t
	case t.Kind() == types.Float || t.Kind() == types.Double || t.IsString():
		d = types.DecimalOf(30, 15)
	case !ok:
		return udfs.Binding{}, unexpected(ctx, args, 0, `"NUMERIC"`)
	}
	f, err := constantForm(ctx, args)
	if err != nil {
		return udfs.Binding{}, err
	}
	b := bind(str, boxed(func(a []any) (any, error) { return f.write(a[0].(types.Int128), d.Scale()), nil }), d, str)
	b.Pretty = shown("to_char")
	return b, nil
}
