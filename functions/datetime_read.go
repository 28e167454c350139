package functions

import (
	"strconv"
	"strings"
	"time"

	"sparksql/sql/types"
)

// readState is what a pattern has read so far; -1 stands for a field that was not there.
type readState struct {
	s                                     string
	at                                    int
	year, month, day, dayOfYear           int
	hour, half, minute, second, amPm, era int
	nanos                                 int64
	zone                                  *time.Location
}

// readError says where text does not fit a pattern, in the words of Java's parser.
type readError struct{ msg string }

func (e *readError) Error() string { return e.msg }

func (p *pattern) fail(s string, at int) error {
	return &readError{"Text '" + s + "' could not be parsed at index " + strconv.Itoa(at)}
}

// read reads text in the form of the pattern: the local timestamp, and the zone when the text names one.
// Missing parts are those of 1970-01-01 00:00.
func (p *pattern) read(s string) (day, tod int64, zone *time.Location, err error) {
	r := readState{s: s, year: -1, month: -1, day: -1, dayOfYear: -1, hour: -1, half: -1, minute: -1, second: -1, amPm: -1, era: -1, nanos: -1}
	if at := r.items(p.items); at >= 0 {
		return 0, 0, nil, p.fail(s, at)
	}
	if r.at < len(s) {
		return 0, 0, nil, &readError{"Text '" + s + "' could not be parsed, unparsed text found at index " + strconv.Itoa(r.at)}
	}
	if day, err = r.date(); err != nil {
		return 0, 0, nil, err
	}
	tod, err = r.time()
	return day, tod, r.zone, err
}

func fieldRange(field string, v int, lo, hi string) error {
	return &readError{"Invalid value for " + field + " (valid values " + lo + " - " + hi + "): " + strconv.Itoa(v)}
}

// date puts the parts of the date together.
func (r *readState) date() (int64, error) {
	y := 1970
	if r.year >= 0 {
		if y = r.year; r.era == 0 {
			y = 1 - y
		}
	}
	if r.dayOfYear >= 0 && r.month < 0 && r.day < 0 {
		if r.dayOfYear < 1 || r.dayOfYear > 366 {
			return 0, fieldRange("DayOfYear", r.dayOfYear, "1", "365/366")
		}
		if r.dayOfYear == 366 && !types.IsLeap(y) {
			return 0, &readError{"Invalid date 'DayOfYear 366' as '" + strconv.Itoa(y) + "' is not a leap year"}
		}
		return types.DaysOf(y, 1, 1) + int64(r.dayOfYear) - 1, nil
	}
	m, d := r.month, r.day
	if m < 0 {
		m = 1
	}
	if d < 0 {
		d = 1
	}
	switch {
	case m < 1 || m > 12:
		return 0, fieldRange("MonthOfYear", m, "1", "12")
	case d < 1 || d > 31:
		return 0, fieldRange("DayOfMonth", d, "1", "28/31")
	case m == 2 && d == 29 && !types.IsLeap(y):
		return 0, &readError{"Invalid date 'February 29' as '" + strconv.Itoa(y) + "' is not a leap year"}
	case d > types.DaysInMonth(y, m):
		return 0, &readError{"Invalid date '" + strings.ToUpper(time.Month(m).String()) + " " + strconv.Itoa(d) + "'"}
	}
	return types.DaysOf(y, m, d), nil
}

// time puts the parts of the time of day together.
func (r *readState) time() (int64, error) {
	h := r.hour
	if h < 0 {
		h = max(r.half, 0)
		if r.amPm == 1 {
			h += 12
		}
	}
	switch {
	case h > 23:
		return 0, fieldRange("HourOfDay", h, "0", "23")
	case r.minute > 59:
		return 0, fieldRange("MinuteOfHour", r.minute, "0", "59")
	case r.second > 59:
		return 0, fieldRange("SecondOfMinute", r.second, "0", "59")
	}
	return int64(h)*types.MicrosPerHour + int64(max(r.minute, 0))*types.MicrosPerMinute + int64(max(r.second, 0))*types.MicrosPerSecond +
		max(r.nanos, 0)/1000, nil
}

// items reads a list of items and gives the place of the first that does not fit, -1 for none.
func (r *readState) items(items []patternItem) int {
	for i := range items {
		it := &items[i]
		if it.letter == '[' {
			save := *r
			if r.items(it.optional) >= 0 {
				*r = save
			}
			continue
		}
		if at := r.item(it); at >= 0 {
			return at
		}
	}
	return -1
}

// item reads one item; the result is as of items.
func (r *readState) item(it *patternItem) int {
	start := r.at
	switch it.letter {
	case 0:
		n := len(it.literal)
		if len(r.s)-r.at < n || !strings.EqualFold(r.s[r.at:r.at+n], it.literal) {
			return start
		}
		r.at += n
		return -1
	case 'S':
		return r.fraction(it.count)
	case 'G':
		names := []string{"BC", "AD"}
		if it.count == 4 {
			names = []string{"Before Christ", "Anno Domini"}
		}
		return r.word(names, &r.era)
	case 'a':
		return r.word([]string{"AM", "PM"}, &r.amPm)
	case 'V', 'z', 'O', 'X', 'x', 'Z':
		return r.readZone(it)
	case 'M', 'L':
		if it.count > 2 {
			names := make([]string, 12)
			for m := range names {
				if names[m] = time.Month(m + 1).String(); it.count == 3 {
					names[m] = names[m][:3]
				}
			}
			v := -1
			if r.month > 0 {
				v = r.month - 1
			}
			if at := r.word(names, &v); at >= 0 {
				return at
			}
			r.month = v + 1
			return -1
		}
	}
	v, ok := r.number(it)
	if !ok || !r.store(it, v) {
		r.at = start
		return start
	}
	return -1
}

// set stores a field; a field read before must agree.
func set(to *int, v int) bool {
	if *to >= 0 && *to != v {
		return false
	}
	*to = v
	return true
}

func (r *readState) store(it *patternItem, v int) bool {
	switch it.letter {
	case 'y':
		if it.count == 2 {
			v += 2000
		}
		return set(&r.year, v)
	case 'M', 'L':
		return set(&r.month, v)
	case 'd':
		return set(&r.day, v)
	case 'D':
		return set(&r.dayOfYear, v)
	case 'H':
		return set(&r.hour, v)
	case 'k':
		if v == 24 {
			v = 0
		}
		return set(&r.hour, v)
	case 'h', 'K':
		if v > 12 || it.letter == 'h' && v == 0 {
			return false
		}
		return set(&r.half, v%12)
	case 'm':
		return set(&r.minute, v)
	case 's':
		return set(&r.second, v)
	}
	return false
}

// number reads the digits of a field: as many as its letters where there are two or another number follows,
// any number else; years of four letters and more take more digits with a sign.
func (r *readState) number(it *patternItem) (int, bool) {
	s := r.s[r.at:]
	least, most := it.count, it.count
	signed := it.letter == 'y' && it.count != 2 && s != "" && (s[0] == '+' || s[0] == '-')
	neg := signed && s[0] == '-'
	switch {
	case it.fixed:
	case it.letter == 'y' && it.count != 2, it.count == 1:
		least = it.count
		if most = it.count; it.count == 1 || signed {
			most = 10
		}
	}
	if signed {
		s = s[1:]
		r.at++
	}
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' && n < most+it.reserved {
		n++
	}
	n = min(n-it.reserved, most)
	if n < least || n < 1 {
		return 0, false
	}
	v, err := strconv.Atoi(s[:n])
	if neg {
		v = -v
	}
	r.at += n
	return v, err == nil
}

// fraction reads one digit to most of a fraction of a second.
func (r *readState) fraction(most int) int {
	n, v := 0, int64(0)
	for n < most && r.at+n < len(r.s) && r.s[r.at+n] >= '0' && r.s[r.at+n] <= '9' {
		v = v*10 + int64(r.s[r.at+n]-'0')
		n++
	}
	if n == 0 {
		return r.at
	}
	v *= int64(pow10(9 - n))
	if r.nanos >= 0 && r.nanos != v {
		return r.at
	}
	r.nanos = v
	r.at += n
	return -1
}

// word reads one of names, whatever the case; to gets its place.
func (r *readState) word(names []string, to *int) int {
	best := -1
	for i, n := range names {
		if len(r.s)-r.at >= len(n) && strings.EqualFold(r.s[r.at:r.at+len(n)], n) && (best < 0 || len(n) > len(names[best])) {
			best = i
		}
	}
	if best < 0 || !set(to, best) {
		return r.at
	}
	r.at += len(names[best])
	return -1
}

// readZone reads a zone: an id or abbreviation for V and z, an offset for the others.
func (r *readState) readZone(it *patternItem) int {
	rest := r.s[r.at:]
	if it.letter == 'X' && strings.HasPrefix(rest, "Z") || it.letter == 'Z' && it.count == 5 && strings.HasPrefix(rest, "Z") {
		r.zone = time.UTC
		r.at++
		return -1
	}
	n := 0
	for n < len(rest) && (isLetter(rest[n]) || rest[n] >= '0' && rest[n] <= '9' || strings.IndexByte("/_+-:", rest[n]) >= 0) {
		n++
	}
	if it.letter == 'z' && it.count == 4 {
		for short, long := range longZones {
			if strings.HasPrefix(rest, long) {
				if short = strings.NewReplacer("DT", "ST", "CEST", "CET").Replace(short); short == "EST" {
					short = "America/New_York"
				}
				if z, ok := types.LoadZone(short); ok {
					r.zone = z
					r.at += len(long)
					return -1
				}
			}
		}
	}
	offsetOnly := it.letter == 'X' || it.letter == 'x' || it.letter == 'Z' && it.count != 4
	for ; n > 0; n-- { // the longest text that is a zone
		name := rest[:n]
		if offsetOnly && name[0] != '+' && name[0] != '-' {
			break
		}
		switch name {
		case "PDT":
			name = "PST"
		case "EST", "EDT":
			name = "America/New_York"
		case "MST", "MDT":
			name = "America/Denver"
		case "CDT":
			name = "CST"
		}
		if z, ok := types.LoadZone(name); ok {
			r.zone = z
			r.at += n
			return -1
		}
	}
	return r.at
}
