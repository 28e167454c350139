package types

import (
	"math"
	"strconv"
	"strings"
)

// The shape of text for each first and last field, and the words behind a literal.
func ymFormat(from, to int) (shape string) {
	return "[+|-]" + strings.Join([]string{"y", "m"}[from:to+1], "-")
}
func dtFormat(from, to int) string {
	parts := []string{"d", "h", "m", "s.n"}[from : to+1]
	s := parts[0]
	for i, p := range parts[1:] {
		if from == DayField && i == 0 {
			s += " " + p
		} else {
			s += ":" + p
		}
	}
	return "[+|-]" + s
}

// fieldsText is YEAR TO MONTH and the like.
func fieldsText(t Type) string { return strings.ToUpper(strings.TrimPrefix(t.String(), "interval ")) }

func unmatched(t Type, input, shape, kind string) error {
	sub := "UNMATCHED_FORMAT_STRING"
	if t.Kind() == DayTimeInterval {
		sub = "UNMATCHED_FORMAT_STRING_WITH_NOTICE"
	}
	return &IntervalError{sub, []string{
		"intervalStr", kind, "typeName", t.String(), "input", input,
		"supportedFormat", "`" + shape + "`, `INTERVAL [+|-]'" + shape + "' " + fieldsText(t) + "`"}}
}

// literalBody takes INTERVAL [+-]'...' FIELDS apart when text is of that form, with the fields of t.
func literalBody(text string, t Type) (body string, neg, ok bool) {
	if len(text) < 8 || !strings.EqualFold(text[:8], "interval") {
		return text, false, true
	}
	rest := strings.TrimLeft(text[8:], " \t\n\r")
	if len(rest) == len(text)-8 {
		return "", false, false
	}
	if rest != "" && (rest[0] == '-' || rest[0] == '+') {
		neg = rest[0] == '-'
		rest = rest[1:]
	}
	if rest == "" || rest[0] != '\'' {
		return "", false, false
	}
	body, words, found := strings.Cut(rest[1:], "'")
	if !found || !strings.EqualFold(strings.Join(strings.Fields(words), " "), fieldsText(t)) {
		return "", false, false
	}
	return body, neg, true
}

// digitsOf cuts leading digits, at most limit (0: any number), off s.
func digitsOf(s string, limit int) (digits, rest string) {
	n := 0
	for n < len(s) && isDigit(s[n]) && (limit == 0 || n < limit) {
		n++
	}
	return s[:n], s[n:]
}

func cutSign(s string) (rest string, neg bool) {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		return s[1:], s[0] == '-'
	}
	return s, false
}

// ParseYearMonth reads a value of a year-month interval type t, as its literals and CAST take it: y-m, or
// one number for a type of one field, or the whole literal. The result is in months.
func ParseYearMonth(text string, t Type) (months int32, err error) {
	shape := ymFormat(t.From(), t.To())
	body, neg, ok := literalBody(trimAll(text), t)
	rest, minus := cutSign(body)
	first, rest := digitsOf(rest, 0)
	second := ""
	if t.From() != t.To() && strings.HasPrefix(rest, "-") {
		second, rest = digitsOf(rest[1:], 0)
	}
	if !ok || first == "" || rest != "" || (t.From() != t.To()) != (second != "") {
		return 0, unmatched(t, text, shape, "year-month")
	}
	a, err1 := strconv.ParseInt(first, 10, 64)
	b := int64(0)
	if second != "" {
		b, _ = strconv.ParseInt(second, 10, 64)
		if b > 11 || len(second) > 9 {
			return 0, &IntervalError{"YEAR_MONTH_PARSING", []string{"input", text, "msg", "month " + second + " outside range [0, 11]"}}
		}
	}
	if err1 != nil || a > math.MaxInt32 {
		return 0, &IntervalError{"YEAR_MONTH_PARSING", []string{"input", text, "msg", "integer overflow"}}
	}
	if t.From() == YearField {
		a *= 12
	}
	a += b
	if neg != minus {
		a = -a
	}
	if a > math.MaxInt32 || a < math.MinInt32 {
		return 0, &IntervalError{"YEAR_MONTH_PARSING", []string{"input", text, "msg", "integer overflow"}}
	}
	return int32(a), nil
}

// dtFields are the fields of day-time intervals.
var dtFields = [...]struct {
	name   string
	micros int64
	limit  int64 // as the first field
	wrap   int64 // behind another
}{
	{"day", MicrosPerDay, 106751991, 0}, {"hour", MicrosPerHour, 2562047788, 23},
	{"minute", MicrosPerMinute, 153722867280, 59}, {"second", MicrosPerSecond, 9223372036854, 59},
}

// ParseDayTime reads a value of a day-time interval type t, as its literals and CAST take it: d h:m:s.n cut
// to the type's fields, or the whole literal. The result is in microseconds.
func ParseDayTime(text string, t Type) (micros int64, err error) {
	shape := dtFormat(t.From(), t.To())
	body, neg, ok := literalBody(trimAll(text), t)
	if !ok {
		return 0, unmatched(t, text, shape, "day-time")
	}
	rest, minus := cutSign(body)
	neg = neg != minus
	sum := Int128{}
	for f := t.From(); f <= t.To(); f++ {
		most := 0
		if f > t.From() {
			sep := ":"
			if f == HourField {
				sep = " "
			}
			if rest, ok = strings.CutPrefix(rest, sep); !ok {
				return 0, unmatched(t, text, shape, "day-time")
			}
			most = 2
		}
		var digits string
		if digits, rest = digitsOf(rest, most); digits == "" {
			return 0, unmatched(t, text, shape, "day-time")
		}
		v, err := strconv.ParseInt(digits, 10, 64)
		limit := dtFields[f].limit
		if f > t.From() {
			limit = dtFields[f].wrap
		}
		if err != nil || v > limit {
			return 0, &IntervalError{"DAY_TIME_PARSING", []string{"input", text,
				"msg", dtFields[f].name + " " + digits + " outside range [0, " + strconv.FormatInt(limit, 10) + "]"}}
		}
		p, _ := FromInt64(v).MulOverflow(FromInt64(dtFields[f].micros))
		sum = sum.Add(p)
	}
	if t.To() == SecondField && strings.HasPrefix(rest, ".") {
		var digits string
		if digits, rest = digitsOf(rest[1:], 9); digits == "" {
			return 0, unmatched(t, text, shape, "day-time")
		}
		v, _ := strconv.ParseInt((digits + "000000")[:6], 10, 64)
		sum = sum.Add(FromInt64(v))
	}
	if rest != "" {
		return 0, unmatched(t, text, shape, "day-time")
	}
	if neg {
		sum = sum.Neg()
	}
	micros, ok = sum.Int64()
	if !ok {
		return 0, &IntervalError{"DAY_TIME_PARSING", []string{"input", text, "msg", "long overflow"}}
	}
	return micros, nil
}

// FormatYearMonth is a year-month interval as results print it: 1-2, -0-3.
func FormatYearMonth(months int32) string {
	sign, m := "", int64(months)
	if m < 0 {
		sign, m = "-", -m
	}
	return sign + strconv.FormatInt(m/12, 10) + "-" + strconv.FormatInt(m%12, 10)
}

// FormatDayTime is a day-time interval as results print it: 1 02:03:04.000000000.
func FormatDayTime(micros int64) string {
	var b []byte
	u := uint64(micros)
	if micros < 0 {
		b, u = append(b, '-'), -u
	}
	b = strconv.AppendUint(b, u/MicrosPerDay, 10)
	b = append(b, ' ')
	b = appendPad(b, int(u/MicrosPerHour%24), 2)
	b = append(b, ':')
	b = appendPad(b, int(u/MicrosPerMinute%60), 2)
	b = append(b, ':')
	b = appendPad(b, int(u/MicrosPerSecond%60), 2)
	b = append(b, '.')
	b = appendPad(b, int(u%MicrosPerSecond), 6)
	return string(append(b, "000"...))
}

// YearMonthSQL is a value of a year-month interval type as a literal, the text of casts to string and of
// column names: INTERVAL '1-2' YEAR TO MONTH.
func YearMonthSQL(months int32, t Type) string {
	sign, m := "", int64(months)
	if m < 0 {
		sign, m = "-", -m
	}
	body := strconv.FormatInt(m/12, 10)
	switch {
	case t.From() == MonthField:
		body = strconv.FormatInt(m, 10)
	case t.To() == MonthField:
		body += "-" + strconv.FormatInt(m%12, 10)
	}
	return "INTERVAL '" + sign + body + "' " + fieldsText(t)
}

// DayTimeSQL is YearMonthSQL for day-time intervals: INTERVAL '1 02:03:04.5' DAY TO SECOND.
func DayTimeSQL(micros int64, t Type) string {
	var b []byte
	u := uint64(micros)
	if micros < 0 {
		b, u = append(b, '-'), -u
	}
	for f := t.From(); f <= t.To(); f++ {
		unit := uint64(dtFields[f].micros)
		switch {
		case f == DayField:
		case f == t.From():
		case f == HourField:
			b = append(b, ' ')
		default:
			b = append(b, ':')
		}
		if f == DayField {
			b = strconv.AppendUint(b, u/unit, 10)
		} else {
			b = appendPad(b, int(u/unit), 2)
		}
		u %= unit
		if f == SecondField {
			b = appendFraction(b, int(u))
		}
	}
	return "INTERVAL '" + string(b) + "' " + fieldsText(t)
}

// IntervalSQL is a value of any interval type, in Go form, as text of a literal.
func IntervalSQL(v any, t Type) string {
	switch v := v.(type) {
	case int32:
		return YearMonthSQL(v, t)
	case int64:
		return DayTimeSQL(v, t)
	case Interval:
		return v.String()
	}
	return "NULL"
}
