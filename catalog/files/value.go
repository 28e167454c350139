package files

import (
	"math/big"
	"strconv"
	"strings"
	"time"

	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// wholeDecimal reads a decimal number with an optional exponent, as java.math.BigDecimal does; digits and scale are of
// its plain form with scale raised to 0.
func wholeDecimal(s string) (unscaled *big.Int, digits, scale int, ok bool) {
	mant, exp, hasExp := strings.Cut(strings.ToLower(s), "e")
	e := 0
	if hasExp {
		n, err := strconv.ParseInt(exp, 10, 16)
		if err != nil {
			return nil, 0, 0, false
		}
		e = int(n)
	}
	whole, frac, _ := strings.Cut(mant, ".")
	text := whole + frac
	if strings.ContainsAny(text, "_") || strings.ContainsAny(frac, "+-") {
		return nil, 0, 0, false
	}
	unscaled, ok = new(big.Int).SetString(text, 10)
	if !ok || len(text) > 1000 {
		return nil, 0, 0, false
	}
	scale = len(frac) - e
	if scale < 0 {
		if scale < -1000 {
			return nil, 0, 0, false
		}
		unscaled.Mul(unscaled, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(-scale)), nil))
		scale = 0
	}
	return unscaled, len(new(big.Int).Abs(unscaled).String()), scale, true
}

// javaDouble is Double.parseDouble: blanks around are allowed, and a suffix f or d.
func javaDouble(s string) (float64, bool) {
	t := strings.Trim(s, "\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\v\f\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f ")
	sign := strings.TrimLeft(t, "+-")
	if sign == "NaN" || sign == "Infinity" {
		if len(t)-len(sign) > 1 {
			return 0, false
		}
		f, err := strconv.ParseFloat(t, 64)
		return f, err == nil || sign == "NaN"
	}
	if n := len(t); n > 1 && strings.IndexByte("fFdD", t[n-1]) >= 0 {
		t = t[:n-1]
	}
	for i := range len(t) { // Go also reads inf, nan, hexadecimal and underscores
		if c := t[i]; (c < '0' || c > '9') && strings.IndexByte("+-.eE", c) < 0 {
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(t, 64)
	if err != nil {
		if n, ok := err.(*strconv.NumError); !ok || n.Err != strconv.ErrRange {
			return 0, false
		}
	}
	return f, true
}

// partitionDate reads yyyy-MM-dd, strictly.
func partitionDate(s string) (int32, bool) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, false
	}
	return types.ParseDate(s)
}

// partitionTime reads yyyy-MM-dd HH:mm:ss[.S], strictly, as a local time of the zone.
func partitionTime(s string, zone *time.Location) (int64, bool) {
	n := len(s)
	if n != 19 && n != 21 || s[4] != '-' || s[7] != '-' || s[10] != ' ' || s[13] != ':' || s[16] != ':' || n == 21 && s[19] != '.' {
		return 0, false
	}
	return types.ParseTimestamp(s, zone, 0)
}

// castPart reads a raw partition value as a value of t in Go form. A value that is none of t is
// INVALID_PARTITION_VALUE.
func castPart(name string, raw *string, t types.Type, zone *time.Location) (any, error) {
	if raw == nil {
		return nil, nil
	}
	s := *raw
	bad := func() (any, error) {
		return nil, errs.New(errs.Pos{}, "INVALID_PARTITION_VALUE", "value", s, "dataType", t.SQL(), "columnName", types.QuoteIdent(name))
	}
	integer := func(bits int) (int64, bool) {
		n, err := strconv.ParseInt(strings.TrimSpace(s), 10, bits)
		return n, err == nil
	}
	switch t.Kind() {
	case types.Null:
		return nil, nil
	case types.Boolean:
		switch strings.ToLower(strings.TrimSpace(s)) {
		case "true", "t", "yes", "y", "1":
			return true, nil
		case "false", "f", "no", "n", "0":
			return false, nil
		}
	case types.TinyInt:
		if n, ok := integer(8); ok {
			return int8(n), nil
		}
	case types.SmallInt:
		if n, ok := integer(16); ok {
			return int16(n), nil
		}
	case types.Int:
		if n, ok := integer(32); ok {
			return int32(n), nil
		}
	case types.BigInt:
		if n, ok := integer(64); ok {
			return n, nil
		}
	case types.Float:
		if f, ok := javaDouble(s); ok {
			return float32(f), nil
		}
	case types.Double:
		if f, ok := javaDouble(s); ok {
			return f, nil
		}
	case types.Decimal:
		if x, _, scale, ok := wholeDecimal(strings.TrimSpace(s)); ok {
			if v, ok := types.RescaleBig(x, scale, t.Scale(), t.Precision()); ok {
				return v, nil
			}
		}
	case types.Date:
		if d, ok := types.ParseDate(s); ok {
			return d, nil
		}
	case types.Timestamp:
		if m, ok := types.ParseTimestamp(s, zone, 0); ok {
			return m, nil
		}
	case types.TimestampNTZ:
		if m, ok := types.ParseTimestampNTZ(s, true); ok {
			return m, nil
		}
	case types.String, types.Varchar, types.Char:
		return s, nil
	case types.Binary:
		return []byte(s), nil
	}
	return bad()
}

// ParseValue reads a text as a value of t in Go form, timestamps in UTC; nil when there is none or it is none of t.
func ParseValue(t types.Type, text *string) any {
	v, err := castPart("", text, t, time.UTC)
	if err != nil {
		return nil
	}
	return v
}
