package parse

import (
	"encoding/hex"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"sparksql/sql/tree"
	"sparksql/sql/types"
)

func upper(s string) string { return strings.ToUpper(s) }

// unquote gives the value of a string literal: raw after r, else with Spark's escapes. An escaped % or _ keeps its
// backslash, for LIKE.
func unquote(lit string) string {
	if lit[0] == 'r' || lit[0] == 'R' {
		return lit[2 : len(lit)-1]
	}
	q, s := lit[0], lit[1:len(lit)-1]
	if strings.IndexByte(s, '\\') < 0 && strings.IndexByte(s, q) < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			var n int
			b, n = unescape(b, s[i+1:])
			i += n
		case s[i] == q && i+1 < len(s) && s[i+1] == q:
			b = append(b, q)
			i++
		default:
			b = append(b, s[i])
		}
	}
	return string(b)
}

var simpleEscapes = map[byte]byte{'0': 0, 'b': '\b', 'n': '\n', 'r': '\r', 't': '\t', 'Z': 26}

// unescape appends what the backslash before s stands for, and gives the length of s that it used.
func unescape(b []byte, s string) ([]byte, int) {
	c := s[0]
	if width := map[byte]int{'u': 4, 'U': 8}[c]; width > 0 && len(s) > width {
		if n, err := strconv.ParseUint(s[1:1+width], 16, 32); err == nil {
			if c == 'u' && n >= 0xD800 && n < 0xDC00 && len(s) > 10 && s[5] == '\\' && s[6] == 'u' {
				if low, err := strconv.ParseUint(s[7:11], 16, 32); err == nil && low >= 0xDC00 && low < 0xE000 {
					return utf8.AppendRune(b, rune((n-0xD800)<<10+(low-0xDC00)+0x10000)), 11
				}
			}
			return utf8.AppendRune(b, rune(n)), 1 + width
		}
	}
	if len(s) >= 3 && (c == '0' || c == '1') && s[1] >= '0' && s[1] <= '7' && s[2] >= '0' && s[2] <= '7' {
		return utf8.AppendRune(b, rune(c-'0')<<6|rune(s[1]-'0')<<3|rune(s[2]-'0')), 3
	}
	if c == '%' || c == '_' {
		return append(b, '\\', c), 1
	}
	if v, ok := simpleEscapes[c]; ok {
		return append(b, v), 1
	}
	return append(b, c), 1
}

// number reads a numeric literal that begins at start with the given sign.
func (p *front) number(start int, sign string) {
	raw := p.textOf(p.tok())
	p.i++
	digits, suffix := splitSuffix(raw)
	text := sign + digits
	switch suffix {
	case "Y":
		p.rangedInt(start, text, sign+raw, 8, types.TinyIntType)
	case "S":
		p.rangedInt(start, text, sign+raw, 16, types.SmallIntType)
	case "L":
		p.rangedInt(start, text, sign+raw, 64, types.BigIntType)
	case "F":
		v, err := strconv.ParseFloat(text, 32)
		if err != nil {
			p.outOfRange(start, sign+raw, "float", "-3.4028234663852886E+38", "3.4028234663852886E+38")
		}
		p.literal(types.FloatType, float32(v), start)
	case "D":
		p.double(start, text, sign+raw)
	case "BD":
		p.decimal(start, text)
	default:
		switch {
		case strings.ContainsAny(raw, "eE"):
			p.double(start, text, sign+raw)
		case strings.Contains(raw, "."):
			p.decimal(start, text)
		default:
			p.wholeNumber(start, text)
		}
	}
}

// splitSuffix cuts the letters that give the type off a number.
func splitSuffix(raw string) (digits, suffix string) {
	n := len(raw)
	if n > 2 && strings.EqualFold(raw[n-2:], "BD") {
		return raw[:n-2], "BD"
	}
	switch c := raw[n-1]; c {
	case 'Y', 'y', 'S', 's', 'L', 'l', 'F', 'f', 'D', 'd':
		return raw[:n-1], upper(string(c))
	}
	return raw, ""
}

func (p *front) outOfRange(start int, raw, name, lo, hi string) {
	p.fail(p.since(start), "INVALID_NUMERIC_LITERAL_RANGE", "rawStrippedQualifier", strings.TrimRight(raw, "YySsLlFfDd"),
		"minValue", lo, "maxValue", hi, "typeName", name)
}

func (p *front) rangedInt(start int, text, raw string, bits int, t types.Type) {
	v, err := strconv.ParseInt(text, 10, bits)
	if err != nil {
		lo, hi := int64(-1)<<(bits-1), int64(1)<<(bits-1)-1
		p.outOfRange(start, raw, t.String(), strconv.FormatInt(lo, 10), strconv.FormatInt(hi, 10))
	}
	switch bits {
	case 8:
		p.literal(t, int8(v), start)
	case 16:
		p.literal(t, int16(v), start)
	default:
		p.literal(t, v, start)
	}
}

func (p *front) double(start int, text, raw string) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil && math.IsInf(v, 0) {
		p.outOfRange(start, raw, "double", "-1.7976931348623157E+308", "1.7976931348623157E+308")
	}
	p.literal(types.DoubleType, v, start)
}

// wholeNumber is an INT, else a BIGINT, else a DECIMAL.
func (p *front) wholeNumber(start int, text string) {
	v, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil:
		p.decimal(start, text)
	case v == int64(int32(v)):
		p.literal(types.IntType, int32(v), start)
	default:
		p.literal(types.BigIntType, v, start)
	}
}

// decimal takes precision and scale from the digits as written.
func (p *front) decimal(start int, text string) {
	mantissa, exp := text, 0
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		e, err := strconv.Atoi(text[i+1:])
		if err != nil || e > 1000 || e < -1000 {
			e = 1000
		}
		mantissa, exp = text[:i], e
	}
	scale := 0
	if i := strings.IndexByte(mantissa, '.'); i >= 0 {
		scale = len(mantissa) - i - 1
		mantissa = mantissa[:i] + mantissa[i+1:]
	}
	scale -= exp
	n, ok := new(big.Int).SetString(mantissa, 10)
	if !ok {
		n = new(big.Int)
	}
	if scale < 0 {
		n.Mul(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(-scale)), nil))
		scale = 0
	}
	prec := max(len(strings.TrimPrefix(n.String(), "-")), scale)
	if prec > types.MaxPrecision {
		p.fail(p.since(start), "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", "precision", itoa(prec), "maxPrecision", itoa(types.MaxPrecision))
	}
	p.literal(types.DecimalOf(prec, scale), int128(n), start)
}

// int128 is n, which fits, as an unscaled decimal.
func int128(n *big.Int) types.Int128 {
	v, _ := types.FromBig(n)
	return v
}

// typedLiteral reads DATE '...' and its relatives: a name right before a string.
func (p *front) typedLiteral() {
	s, word, name := p.start(), p.tok().word, p.nameAt(0)
	p.i++
	text := unquote(p.textOf(p.tok()))
	p.i++
	bad := func() {
		p.fail(p.since(s), "INVALID_TYPED_LITERAL", "valueType", `"`+word+`"`, "value", "'"+text+"'")
	}
	switch word {
	case "DATE":
		v, ok := parseDate(text, p.opts)
		if !ok {
			bad()
		}
		p.literal(types.DateType, v, s)
	case "TIMESTAMP", "TIMESTAMP_LTZ", "TIMESTAMP_NTZ":
		t, v, ok := p.timestamp(word, text)
		if !ok {
			bad()
		}
		p.literal(t, v, s)
	case "X":
		if len(text)%2 == 1 {
			text = "0" + text
		}
		v, err := hex.DecodeString(text)
		if err != nil {
			bad()
		}
		p.literal(types.BinaryType, v, s)
	case "INTERVAL":
		p.intervalLiteral(s, text)
	default:
		p.fail(p.since(s), "UNSUPPORTED_TYPED_LITERAL", "unsupportedType", `"`+upper(name)+`"`,
			"supportedTypes", `"DATE", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP", "INTERVAL", "X"`)
	}
}

// constantOf makes a literal node for a value that the front read itself.
func (p *front) constantOf(t types.Type, v any, s int) *tree.Literal {
	return &tree.Literal{At: tree.At{P: p.since(s)}, Type: t, Value: v}
}
