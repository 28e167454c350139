package types

import (
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// IntervalError says why text is no interval: the sub-condition of INVALID_INTERVAL_FORMAT and its parameters
// in pairs of name and value.
type IntervalError struct {
	Sub  string
	Args []string
}

func (e *IntervalError) Error() string { return e.Sub + " " + strings.Join(e.Args, " ") }

// Unit is a unit of time that interval text names.
type Unit uint8

const (
	UnitYear Unit = iota
	UnitMonth
	UnitWeek
	UnitDay
	UnitHour
	UnitMinute
	UnitSecond
	UnitMilli
	UnitMicro
)

// units are the words for them; an s may follow.
var units = [...]struct {
	name   string
	micros int64 // of those within a day
}{
	{"year", 0}, {"month", 0}, {"week", 0}, {"day", 0}, {"hour", MicrosPerHour}, {"minute", MicrosPerMinute},
	{"second", MicrosPerSecond}, {"millisecond", MicrosPerMilli}, {"microsecond", 1},
}

// Units is a set of Unit.
type Units uint16

// Has tells whether the set holds u.
func (s Units) Has(u Unit) bool { return s&(1<<u) != 0 }

// ANSI is the interval type of a value written with the units of the set: year to month, or day to second,
// from the largest to the smallest of them. ok is false for a mixture of both and for none.
func (s Units) ANSI() (t Type, ok bool) {
	const months = 1<<UnitYear | 1<<UnitMonth
	switch {
	case s == 0 || s&months != 0 && s&^months != 0:
		return Type{}, false
	case s&months != 0:
		return YearMonthOf(int(s.first()), int(s.last())), true
	}
	field := func(u Unit) int {
		switch {
		case u <= UnitDay:
			return DayField
		case u >= UnitSecond:
			return SecondField
		}
		return int(u-UnitHour) + HourField
	}
	return DayTimeOf(field(s.first()), field(s.last())), true
}

func (s Units) first() Unit { return Unit(bits.TrailingZeros16(uint16(s))) }
func (s Units) last() Unit  { return Unit(15 - bits.LeadingZeros16(uint16(s))) }

// Value is the interval iv as a value of the ANSI type t (see Units.ANSI): int32 months or int64
// microseconds. ok is false on overflow.
func (iv Interval) Value(t Type) (v any, ok bool) {
	if t.Kind() == YearMonthInterval {
		return iv.Months, true
	}
	hi, lo := bits.Mul64(uint64(absInt(int64(iv.Days))), MicrosPerDay)
	if hi != 0 || lo > math.MaxInt64 {
		return nil, false
	}
	days := int64(iv.Days) * MicrosPerDay
	sum := days + iv.Micros
	if (sum < days) != (iv.Micros < 0) {
		return nil, false
	}
	return sum, true
}

func absInt(v int64) int64 {
	if v < 0 {
		return -v
	}
	return v
}

// ParseInterval reads a calendar interval: numbers and units in any order and number, each with its sign,
// seconds with a fraction, the word interval before them or not. It gives the units that were named too.
func ParseInterval(text string) (iv Interval, seen Units, err error) {
	s := strings.ToLower(trimAll(text))
	if s == "" {
		return iv, 0, &IntervalError{"INPUT_IS_EMPTY", []string{"input", text}}
	}
	if rest, ok := strings.CutPrefix(s, "interval"); ok {
		if rest == "" {
			return iv, 0, &IntervalError{"INPUT_IS_EMPTY", []string{"input", text}}
		}
		if !isBlank(rest[0]) {
			return iv, 0, &IntervalError{"INVALID_PREFIX", []string{"input", text, "prefix", wordAt(s, 0)}}
		}
		s = rest
	}
	p := intervalParser{s: s, input: text}
	for p.blanks(); p.at < len(s); p.blanks() {
		if err := p.term(&iv, &seen); err != nil {
			return Interval{}, 0, err
		}
	}
	if seen == 0 {
		return iv, 0, &IntervalError{"INPUT_IS_EMPTY", []string{"input", text}}
	}
	return iv, seen, nil
}

type intervalParser struct {
	s, input string
	at       int
}

func isBlank(c byte) bool { return c <= ' ' }

func (p *intervalParser) blanks() {
	for p.at < len(p.s) && isBlank(p.s[p.at]) {
		p.at++
	}
}

// wordAt is the word of s around position at.
func wordAt(s string, at int) string {
	lo, hi := min(at, len(s)), min(at, len(s))
	for lo > 0 && !isBlank(s[lo-1]) {
		lo--
	}
	for hi < len(s) && !isBlank(s[hi]) {
		hi++
	}
	return s[lo:hi]
}

func (p *intervalParser) fail(sub, param string) error {
	return &IntervalError{sub, []string{"input", p.input, param, wordAt(p.s, p.at)}}
}

// term reads one signed number and its unit.
func (p *intervalParser) term(iv *Interval, seen *Units) error {
	s := p.s
	neg := false
	if s[p.at] == '-' || s[p.at] == '+' {
		neg = s[p.at] == '-'
		p.at++
		p.blanks()
		if p.at == len(s) {
			p.at--
			return p.fail("MISSING_NUMBER", "word")
		}
	}
	if !isDigit(s[p.at]) && s[p.at] != '.' {
		return p.fail("UNRECOGNIZED_NUMBER", "number")
	}
	value, micros, point, err := p.number(neg)
	if err != nil {
		return err
	}
	p.blanks()
	if p.at == len(s) {
		p.at = len(strings.TrimRight(s, " "))
		return p.fail("MISSING_UNIT", "word")
	}
	start := p.at
	word := wordAt(s, p.at)
	for u := range units {
		if word != units[u].name && word != units[u].name+"s" {
			continue
		}
		if point && Unit(u) != UnitSecond {
			return &IntervalError{"INVALID_FRACTION", []string{"input", p.input, "unit", word}}
		}
		p.at = start + len(word)
		*seen |= 1 << u
		if !iv.add(Unit(u), value, micros) {
			return &IntervalError{"ARITHMETIC_EXCEPTION", []string{"input", p.input}}
		}
		return nil
	}
	return p.fail("INVALID_UNIT", "unit")
}

// number reads digits and a fraction of up to nine digits, of which six count.
func (p *intervalParser) number(neg bool) (value, micros int64, point bool, err error) {
	s := p.s
	start := p.at
	for ; p.at < len(s) && isDigit(s[p.at]); p.at++ {
		d := int64(s[p.at] - '0')
		if neg {
			d = -d
		}
		hi, lo := bits.Mul64(uint64(absInt(value)), 10)
		next := value*10 + d
		if value == math.MinInt64 || hi != 0 || lo > math.MaxInt64 || !neg && next < 0 || neg && next > 0 {
			return 0, 0, false, &IntervalError{"ARITHMETIC_EXCEPTION", []string{"input", p.input}}
		}
		value = next
	}
	whole := p.at > start
	if p.at < len(s) && s[p.at] == '.' {
		point = true
		p.at++
		from := p.at
		for ; p.at < len(s) && isDigit(s[p.at]); p.at++ {
			switch n := p.at - from; {
			case n >= 9:
				return 0, 0, true, p.fail("INVALID_PRECISION", "value")
			case n < 6:
				micros += int64(s[p.at]-'0') * int64(pow10Small[5-n])
			}
		}
		if p.at == from && !whole {
			return 0, 0, true, p.fail("INVALID_VALUE", "value")
		}
	}
	if p.at < len(s) && !isBlank(s[p.at]) {
		return 0, 0, point, p.fail("INVALID_VALUE", "value")
	}
	if neg {
		micros = -micros
	}
	return value, micros, point, nil
}

// add adds value units and, for seconds, a fraction in microseconds; false on overflow.
func (iv *Interval) add(u Unit, value, micros int64) bool {
	fits := func(v, by int64, to int32) (int32, bool) {
		if v > math.MaxInt32 || v < math.MinInt32 {
			return 0, false
		}
		r := v*by + int64(to)
		return int32(r), r >= math.MinInt32 && r <= math.MaxInt32
	}
	ok := false
	switch u {
	case UnitYear:
		iv.Months, ok = fits(value, 12, iv.Months)
	case UnitMonth:
		iv.Months, ok = fits(value, 1, iv.Months)
	case UnitWeek:
		iv.Days, ok = fits(value, 7, iv.Days)
	case UnitDay:
		iv.Days, ok = fits(value, 1, iv.Days)
	default:
		by := FromInt64(units[u].micros)
		p, _ := FromInt64(value).MulOverflow(by)
		iv.Micros, ok = p.Add(FromInt64(micros)).Add(FromInt64(iv.Micros)).Int64()
	}
	return ok
}

// String is the interval in units: 1 years 2 months 3 days 4 hours 5 minutes 6.5 seconds; 0 seconds when empty.
func (iv Interval) String() string {
	var b []byte
	add := func(v int64, unit string) {
		if v != 0 {
			b = strconv.AppendInt(b, v, 10)
			b = append(b, ' ')
			b = append(b, unit...)
			b = append(b, ' ')
		}
	}
	add(int64(iv.Months/12), "years")
	add(int64(iv.Months%12), "months")
	add(int64(iv.Days), "days")
	rest := iv.Micros
	add(rest/MicrosPerHour, "hours")
	rest %= MicrosPerHour
	add(rest/MicrosPerMinute, "minutes")
	rest %= MicrosPerMinute
	if rest != 0 {
		if rest < 0 {
			b = append(b, '-')
		}
		b = strconv.AppendInt(b, absInt(rest)/MicrosPerSecond, 10)
		b = appendFraction(b, int(absInt(rest)%MicrosPerSecond))
		b = append(b, " seconds "...)
	}
	if len(b) == 0 {
		return "0 seconds"
	}
	return string(b[:len(b)-1])
}
