package types

import (
	"strconv"
	"strings"
	"time"
)

// Lengths of units of time in microseconds.
const (
	MicrosPerMilli  = 1000
	MicrosPerSecond = 1000 * MicrosPerMilli
	MicrosPerMinute = 60 * MicrosPerSecond
	MicrosPerHour   = 60 * MicrosPerMinute
	MicrosPerDay    = 24 * MicrosPerHour
)

// FloorDiv and FloorMod round towards negative infinity; b is positive.
func FloorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
func FloorMod(a, b int64) int64 {
	r := a % b
	if r < 0 {
		r += b
	}
	return r
}

// Civil is the date of a day since 1970-01-01 in the proleptic Gregorian calendar.
func Civil(days int64) (year, month, day int) {
	z := days + 719468
	era := FloorDiv(z, 146097)
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day = int(doy - (153*mp+2)/5 + 1)
	month = int(mp + 3)
	if month > 12 {
		month -= 12
	}
	year = int(yoe + era*400)
	if month <= 2 {
		year++
	}
	return year, month, day
}

// DaysOf is the inverse of Civil; the parts are taken as they are, see ValidDate.
func DaysOf(year, month, day int) int64 {
	y := int64(year)
	if month <= 2 {
		y--
	}
	era := FloorDiv(y, 400)
	yoe := y - era*400
	mp := int64(month+9) % 12
	doy := (153*mp+2)/5 + int64(day) - 1
	return era*146097 + yoe*365 + yoe/4 - yoe/100 + doy - 719468
}

// IsLeap tells whether a year has a 29th of February.
func IsLeap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

// DaysInMonth is the length of a month, 1..12.
func DaysInMonth(year, month int) int {
	switch month {
	case 2:
		if IsLeap(year) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// ValidDate tells whether the parts are a date.
func ValidDate(year, month, day int) bool {
	return month >= 1 && month <= 12 && day >= 1 && day <= DaysInMonth(year, month)
}

// AddMonths moves a date by months; a day that the month lacks becomes its last.
func AddMonths(days int64, months int64) int64 {
	y, m, d := Civil(days)
	t := int64(y)*12 + int64(m) - 1 + months
	y, m = int(FloorDiv(t, 12)), int(FloorMod(t, 12))+1
	return DaysOf(y, m, min(d, DaysInMonth(y, m)))
}

// trimAll removes blanks and control characters from both ends, as casts from strings do.
func trimAll(s string) string {
	lo, hi := 0, len(s)
	for lo < hi && (s[lo] <= ' ' || s[lo] == 0x7f) {
		lo++
	}
	for hi > lo && (s[hi-1] <= ' ' || s[hi-1] == 0x7f) {
		hi--
	}
	return s[lo:hi]
}

// TrimSpaceControl is what casts from strings do first: blanks and ASCII control characters go from both ends.
func TrimSpaceControl(s string) string { return trimAll(s) }

// ParseDate reads a date as CAST does: [+-]yyyy[y..], yyyy-[m]m, yyyy-[m]m-[d]d, the last followed by
// nothing, or by a blank or T and anything. ok is false for other text.
func ParseDate(s string) (days int32, ok bool) {
	s = trimAll(s)
	if s == "" {
		return 0, false
	}
	seg := [3]int{1, 1, 1}
	sign, i, j, val, digits := 1, 0, 0, 0, 0
	if s[0] == '-' || s[0] == '+' {
		if s[0] == '-' {
			sign = -1
		}
		j = 1
	}
	valid := func() bool {
		if i == 0 {
			return digits >= 4 && digits <= 7
		}
		return digits > 0 && digits <= 2
	}
	for ; j < len(s) && s[j] != ' ' && s[j] != 'T'; j++ {
		switch c := s[j]; {
		case i < 2 && c == '-':
			if !valid() {
				return 0, false
			}
			seg[i], val, digits = val, 0, 0
			i++
		case isDigit(c):
			val, digits = val*10+int(c-'0'), digits+1
			if digits > 7 {
				return 0, false
			}
		default:
			return 0, false
		}
	}
	if !valid() || i < 2 && j < len(s) {
		return 0, false
	}
	seg[i] = val
	if !ValidDate(sign*seg[0], seg[1], seg[2]) {
		return 0, false
	}
	return int32(DaysOf(sign*seg[0], seg[1], seg[2])), true
}

// clockText is a timestamp taken apart.
type clockText struct {
	seg      [9]int // year, month, day, hour, minute, second, microseconds
	zone     string
	justTime bool
}

// splitTimestamp reads the segments of a timestamp; see ParseTimestamp.
func splitTimestamp(s string) (c clockText, ok bool) {
	c.seg = [9]int{1, 1, 1}
	s = trimAll(s)
	if s == "" {
		return c, false
	}
	i, j, val, digits, fraction := 0, 0, 0, 0, 0
	sign := 0
	if s[0] == '-' || s[0] == '+' {
		sign, j = 1, 1
		if s[0] == '-' {
			sign = -1
		}
	}
	valid := func(i int) bool {
		switch i {
		case 6:
			return true
		case 0:
			return digits >= 4 && digits <= 6
		case 7:
			return digits <= 2
		}
		return digits > 0 && digits <= 2
	}
	take := func(at, next int) bool {
		if !valid(at) {
			return false
		}
		c.seg[at], val, digits, i = val, 0, 0, next
		return true
	}
	for ; j < len(s); j++ {
		b := s[j]
		if isDigit(b) {
			if i == 6 {
				fraction++
			}
			if i != 6 || digits < 6 {
				val = val*10 + int(b-'0')
			}
			if digits++; i != 6 && digits > 7 {
				return c, false
			}
			continue
		}
		good := false
		switch {
		case j == 0 && b == 'T':
			c.justTime, i, good = true, 3, true
		case i < 2 && b == '-':
			good = take(i, i+1)
		case i == 0 && b == ':' && sign == 0:
			c.justTime = true
			good = take(3, 4)
		case i == 2 && (b == ' ' || b == 'T'):
			good = take(i, 3)
		case (i == 3 || i == 4) && b == ':':
			good = take(i, i+1)
		case i == 5 && b == '.':
			good = take(5, 6)
		case i == 5 || i == 6:
			good = take(i, 7)
			c.zone = s[j:]
			j = len(s)
		}
		if !good {
			return c, false
		}
	}
	if !valid(i) {
		return c, false
	}
	c.seg[i] = val
	for ; fraction < 6; fraction++ {
		c.seg[6] *= 10
	}
	if sign < 0 {
		c.seg[0] = -c.seg[0]
	}
	return c, true
}

// dayMicros is the time of day, and whether it is one.
func (c *clockText) dayMicros() (int64, bool) {
	h, m, s := c.seg[3], c.seg[4], c.seg[5]
	return int64(h)*MicrosPerHour + int64(m)*MicrosPerMinute + int64(s)*MicrosPerSecond + int64(c.seg[6]),
		h < 24 && m < 60 && s < 60
}

// ParseTimestamp reads a timestamp as CAST does: a date as in ParseDate, with a blank or T and
// [h]h[:[m]m[:[s]s[.f..]]] and, after seconds, a zone; or T and a time, or h:m..., alone, which is today's
// in the zone at the instant now (microseconds). Digits after the sixth of the fraction are dropped. Text
// without a zone is read on the clocks of loc. ok is false for other text and for what no int64 holds.
func ParseTimestamp(s string, loc *time.Location, now int64) (micros int64, ok bool) {
	c, ok := splitTimestamp(s)
	if !ok {
		return 0, false
	}
	if c.zone != "" {
		if loc, ok = LoadZone(strings.TrimSpace(c.zone)); !ok {
			return 0, false
		}
	}
	tod, ok := c.dayMicros()
	if !ok {
		return 0, false
	}
	day := FloorDiv(ToLocal(now, loc), MicrosPerDay)
	if !c.justTime {
		if !ValidDate(c.seg[0], c.seg[1], c.seg[2]) {
			return 0, false
		}
		day = DaysOf(c.seg[0], c.seg[1], c.seg[2])
	}
	local, ok := dayAndTime(day, tod)
	if !ok {
		return 0, false
	}
	return FromLocal(local, loc), true
}

// ParseTimestampNTZ reads a timestamp without time zone: as ParseTimestamp, but a date is needed and a zone
// is passed over (or refused, unless allowZone).
func ParseTimestampNTZ(s string, allowZone bool) (micros int64, ok bool) {
	c, ok := splitTimestamp(s)
	if !ok || c.justTime || c.zone != "" && !allowZone {
		return 0, false
	}
	if c.zone != "" {
		if _, ok = LoadZone(strings.TrimSpace(c.zone)); !ok {
			return 0, false
		}
	}
	tod, ok := c.dayMicros()
	if !ok || !ValidDate(c.seg[0], c.seg[1], c.seg[2]) {
		return 0, false
	}
	return dayAndTime(DaysOf(c.seg[0], c.seg[1], c.seg[2]), tod)
}

// HasZone tells whether the text of a timestamp names a zone: a literal TIMESTAMP '...' follows it where
// the default type is TIMESTAMP_NTZ.
func HasZone(s string) bool {
	c, ok := splitTimestamp(s)
	return ok && c.zone != ""
}

// dayAndTime joins a day and its microseconds; ok is false on overflow.
func dayAndTime(day, tod int64) (int64, bool) {
	const limit = 1<<63 - 1
	if day > limit/MicrosPerDay || day < -limit/MicrosPerDay-1 {
		return 0, false
	}
	if day < 0 { // in two steps, so that the smallest instant does not overflow on the way
		day, tod = day+1, tod-MicrosPerDay
	}
	p := day * MicrosPerDay
	r := p + tod
	if tod > 0 && r < p || tod < 0 && r > p {
		return 0, false
	}
	return r, true
}

// special reads the words that typed literals take: epoch, now, today, tomorrow, yesterday, with a zone
// behind it for timestamps.
func special(s string, loc *time.Location) (word string, zone *time.Location, ok bool) {
	s = strings.TrimSpace(s)
	word, rest, has := strings.Cut(s, " ")
	word = strings.ToLower(word)
	switch word {
	case "epoch", "now", "today", "tomorrow", "yesterday":
	default:
		return "", nil, false
	}
	if !has {
		return word, loc, true
	}
	zone, ok = LoadZone(strings.TrimSpace(rest))
	return word, zone, ok
}

// SpecialDate reads the words that a DATE literal takes beside dates.
func SpecialDate(s string, loc *time.Location, now int64) (days int32, ok bool) {
	word, zone, ok := special(s, loc)
	if !ok {
		return 0, false
	}
	today := int32(FloorDiv(ToLocal(now, zone), MicrosPerDay))
	switch word {
	case "epoch":
		return 0, true
	case "tomorrow":
		return today + 1, true
	case "yesterday":
		return today - 1, true
	}
	return today, true
}

// SpecialTimestamp reads the words that a TIMESTAMP literal takes beside timestamps.
func SpecialTimestamp(s string, loc *time.Location, now int64) (micros int64, ok bool) {
	word, zone, ok := special(s, loc)
	if !ok {
		return 0, false
	}
	today := FloorDiv(ToLocal(now, zone), MicrosPerDay)
	switch word {
	case "epoch":
		return 0, true
	case "now":
		return now, true
	case "tomorrow":
		today++
	case "yesterday":
		today--
	}
	return FromLocal(today*MicrosPerDay, zone), true
}

// SpecialTimestampNTZ is SpecialTimestamp for TIMESTAMP_NTZ literals: the reading of the clocks of loc.
func SpecialTimestampNTZ(s string, loc *time.Location, now int64) (micros int64, ok bool) {
	word, _, ok := special(s, loc)
	if !ok || strings.ContainsRune(strings.TrimSpace(s), ' ') {
		return 0, false
	}
	local := ToLocal(now, loc)
	today := FloorDiv(local, MicrosPerDay)
	switch word {
	case "epoch":
		return 0, true
	case "now":
		return local, true
	case "tomorrow":
		today++
	case "yesterday":
		today--
	}
	return today * MicrosPerDay, true
}

// FormatDate is the date as text: yyyy-MM-dd, a year above 9999 with +, below 0 with -.
func FormatDate(days int32) string { return string(AppendDate(nil, int64(days))) }

// AppendDate appends FormatDate of a day.
func AppendDate(b []byte, days int64) []byte {
	y, m, d := Civil(days)
	b = AppendYear(b, y)
	b = append(b, '-')
	b = appendPad(b, m, 2)
	b = append(b, '-')
	return appendPad(b, d, 2)
}

// AppendYear appends a year of at least four digits, signed beyond 0..9999.
func AppendYear(b []byte, y int) []byte {
	if y < 0 {
		b = append(b, '-')
		y = -y
	} else if y > 9999 {
		b = append(b, '+')
	}
	return appendPad(b, y, 4)
}

// appendPad appends v >= 0 with at least width digits.
func appendPad(b []byte, v, width int) []byte {
	for lim := pow10Small[width-1]; v < lim && lim > 1; lim /= 10 {
		b = append(b, '0')
	}
	return strconv.AppendInt(b, int64(v), 10)
}

var pow10Small = [...]int{1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9}

// FormatTimestamp is an instant on the clocks of loc (nil or UTC: as it is, so for TIMESTAMP_NTZ):
// yyyy-MM-dd HH:mm:ss[.fraction without trailing zeros].
func FormatTimestamp(micros int64, loc *time.Location) string {
	return string(AppendTimestamp(nil, ToLocal(micros, loc)))
}

// AppendTimestamp appends a local timestamp in the form of FormatTimestamp.
func AppendTimestamp(b []byte, local int64) []byte {
	b = AppendDate(b, FloorDiv(local, MicrosPerDay))
	b = append(b, ' ')
	tod := FloorMod(local, MicrosPerDay)
	b = appendPad(b, int(tod/MicrosPerHour), 2)
	b = append(b, ':')
	b = appendPad(b, int(tod/MicrosPerMinute%60), 2)
	b = append(b, ':')
	b = appendPad(b, int(tod/MicrosPerSecond%60), 2)
	return appendFraction(b, int(tod%MicrosPerSecond))
}

// appendFraction appends .ffffff without trailing zeros, nothing for zero.
func appendFraction(b []byte, micros int) []byte {
	if micros == 0 {
		return b
	}
	b = append(b, '.')
	b = appendPad(b, micros, 6)
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	return b
}
