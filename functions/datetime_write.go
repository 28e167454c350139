package functions

import (
	"strconv"
	"strings"
	"time"

	"sparksql/sql/types"
)

// moment is a timestamp taken apart for writing.
type moment struct {
	year, month, day int
	days, tod        int64
	offset           int // seconds
	zone             *time.Location
	zoneName         string
	instant          int64
}

// momentAt reads an instant on the clocks of zone.
func momentAt(micros int64, zone *time.Location, zoneName string) moment {
	return momentOf(micros, types.ToLocal(micros, zone), zone, zoneName)
}

// momentOf is momentAt where the local reading is known.
func momentOf(micros, local int64, zone *time.Location, zoneName string) moment {
	m := moment{days: types.FloorDiv(local, types.MicrosPerDay), tod: types.FloorMod(local, types.MicrosPerDay),
		offset: int((local - micros) / types.MicrosPerSecond), zone: zone, zoneName: zoneName, instant: micros}
	m.year, m.month, m.day = types.Civil(m.days)
	return m
}

// write appends the moment in the form of the pattern.
func (p *pattern) write(b []byte, m *moment) []byte {
	for i := range p.items {
		b = p.items[i].write(b, m)
	}
	return b
}

func (it *patternItem) write(b []byte, m *moment) []byte {
	era := m.year
	if era <= 0 {
		era = 1 - era
	}
	hour := int(m.tod / types.MicrosPerHour)
	half := func(h int) int {
		if h %= 12; h == 0 {
			return 12
		}
		return h
	}
	switch it.letter {
	case 0:
		return append(b, it.literal...)
	case '[':
		for i := range it.optional {
			b = it.optional[i].write(b, m)
		}
		return b
	case 'G':
		names := [2][2]string{{"BC", "AD"}, {"Before Christ", "Anno Domini"}}
		return append(b, names[boolInt(it.count == 4)][boolInt(m.year > 0)]...)
	case 'y':
		switch {
		case it.count == 2:
			return padNumber(b, era%100, 2)
		case it.count >= 4 && era >= pow10(it.count):
			b = append(b, '+')
		}
		return padNumber(b, era, it.count)
	case 'Q', 'q':
		q := (m.month-1)/3 + 1
		switch it.count {
		case 3:
			return append(append(b, 'Q'), strconv.Itoa(q)...)
		case 4:
			return append(b, [...]string{"1st quarter", "2nd quarter", "3rd quarter", "4th quarter"}[q-1]...)
		}
		return padNumber(b, q, it.count)
	case 'M', 'L':
		switch it.count {
		case 3:
			return append(b, time.Month(m.month).String()[:3]...)
		case 4:
			return append(b, time.Month(m.month).String()...)
		}
		return padNumber(b, m.month, it.count)
	case 'E':
		name := time.Weekday(types.FloorMod(m.days+4, 7)).String()
		if it.count < 4 {
			name = name[:3]
		}
		return append(b, name...)
	case 'F':
		return padNumber(b, (m.day-1)%7+1, 1)
	case 'd':
		return padNumber(b, m.day, it.count)
	case 'D':
		return padNumber(b, int(dayOfYear(m.days)), it.count)
	case 'H':
		return padNumber(b, hour, it.count)
	case 'h':
		return padNumber(b, half(hour), it.count)
	case 'k':
		if hour == 0 {
			hour = 24
		}
		return padNumber(b, hour, it.count)
	case 'K':
		return padNumber(b, hour%12, it.count)
	case 'm':
		return padNumber(b, int(m.tod/types.MicrosPerMinute%60), it.count)
	case 's':
		return padNumber(b, int(m.tod/types.MicrosPerSecond%60), it.count)
	case 'S':
		nanos := padNumber(nil, int(m.tod%types.MicrosPerSecond)*1000, 9)
		return append(b, nanos[:it.count]...)
	case 'a':
		return append(b, [...]string{"AM", "PM"}[hour/12]...)
	case 'V':
		return append(b, m.zoneName...)
	case 'z':
		return append(b, zoneText(m, it.count)...)
	}
	return writeOffset(b, it.letter, it.count, m.offset)
}

func pow10(n int) int {
	p := 1
	for range n {
		p *= 10
	}
	return p
}

func padNumber(b []byte, v, width int) []byte {
	if v < 0 {
		b, v = append(b, '-'), -v
	}
	s := strconv.Itoa(v)
	for n := len(s); n < width; n++ {
		b = append(b, '0')
	}
	return append(b, s...)
}

// writeOffset appends an offset from UTC in the forms of the letters X, x, Z and O.
func writeOffset(b []byte, letter byte, count, offset int) []byte {
	sign, a := byte('+'), offset
	if a < 0 {
		sign, a = '-', -a
	}
	h, m, s := a/3600, a/60%60, a%60
	switch {
	case letter == 'X' && offset == 0, letter == 'Z' && count == 5 && offset == 0:
		return append(b, 'Z')
	case letter == 'O' || letter == 'Z' && count == 4:
		b = append(b, "GMT"...)
		if offset == 0 {
			return b
		}
		b = append(b, sign)
		if letter == 'O' && count == 1 {
			b = padNumber(b, h, 1)
			if m != 0 || s != 0 {
				b = padNumber(append(b, ':'), m, 2)
			}
		} else {
			b = padNumber(append(padNumber(b, h, 2), ':'), m, 2)
		}
		if s != 0 {
			b = padNumber(append(b, ':'), s, 2)
		}
		return b
	}
	if letter == 'Z' { // up to three letters are +HHMM, five are +HH:MM:ss
		if count <= 3 {
			count = 2
		}
	}
	b = padNumber(append(b, sign), h, 2)
	colon := count == 3 || count == 5
	if count > 1 || m != 0 {
		if colon {
			b = append(b, ':')
		}
		b = padNumber(b, m, 2)
	}
	if count >= 4 && s != 0 {
		if colon {
			b = append(b, ':')
		}
		b = padNumber(b, s, 2)
	}
	return b
}

// longZones are the English names of zones, by the abbreviation they use and the id's continent or country.
var longZones = map[string]string{
	"PST": "Pacific Standard Time", "PDT": "Pacific Daylight Time", "MST": "Mountain Standard Time", "MDT": "Mountain Daylight Time",
	"CST": "Central Standard Time", "CDT": "Central Daylight Time", "EST": "Eastern Standard Time", "EDT": "Eastern Daylight Time",
	"UTC": "Coordinated Universal Time", "GMT": "Greenwich Mean Time", "CET": "Central European Standard Time", "CEST": "Central European Summer Time",
	"JST": "Japan Standard Time", "IST": "India Standard Time", "BST": "British Summer Time", "EET": "Eastern European Standard Time",
	"EEST": "Eastern European Summer Time", "WET": "Western European Standard Time", "WEST": "Western European Summer Time", "KST": "Korean Standard Time",
	"AKST": "Alaska Standard Time", "AKDT": "Alaska Daylight Time", "HST": "Hawaii-Aleutian Standard Time", "MSK": "Moscow Standard Time",
}

// zoneText is the name of the moment's zone, short or, with four letters, long.
func zoneText(m *moment, count int) string {
	short, _ := time.Unix(types.FloorDiv(m.instant, types.MicrosPerSecond), 0).In(m.zone).Zone()
	if short == "LMT" { // before standard time: the names of the standard time that followed
		short, _ = time.Unix(0, 0).In(m.zone).Zone()
	}
	if short == "" || strings.ContainsAny(short, "+-0123456789") {
		return m.zoneName
	}
	if long := longZones[short]; count == 4 && long != "" {
		return long
	}
	return short
}
