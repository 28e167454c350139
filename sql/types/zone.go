package types

import (
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the zone rules travel with the binary
)

// shortZones are the abbreviations that stand for a zone of their own.
var shortZones = map[string]string{
	"ACT": "Australia/Darwin", "AET": "Australia/Sydney", "AGT": "America/Argentina/Buenos_Aires",
	"ART": "Africa/Cairo", "AST": "America/Anchorage", "BET": "America/Sao_Paulo", "BST": "Asia/Dhaka",
	"CAT": "Africa/Harare", "CNT": "America/St_Johns", "CST": "America/Chicago", "CTT": "Asia/Shanghai",
	"EAT": "Africa/Addis_Ababa", "ECT": "Europe/Paris", "IET": "America/Indiana/Indianapolis",
	"IST": "Asia/Kolkata", "JST": "Asia/Tokyo", "MIT": "Pacific/Apia", "NET": "Asia/Yerevan",
	"NST": "Pacific/Auckland", "PLT": "Asia/Karachi", "PNT": "America/Phoenix", "PRT": "America/Puerto_Rico",
	"PST": "America/Los_Angeles", "SST": "Pacific/Guadalcanal", "VST": "Asia/Ho_Chi_Minh",
	"EST": "-05:00", "MST": "-07:00", "HST": "-10:00",
}

// maxOffset is the largest distance of a zone from UTC, in seconds.
const maxOffset = 18 * 3600

// LoadZone finds a time zone by its name: an IANA id (the case matters), a short id of Java's list, Z,
// an offset (+1, +01, +01:00, +0100, +01:00:30) or an offset behind UTC, GMT or UT. ok is false for others.
func LoadZone(name string) (loc *time.Location, ok bool) {
	name = normalOffset(name)
	if z, found := shortZones[name]; found {
		name = z
	}
	switch {
	case name == "":
		return nil, false
	case name == "Z" || name == "UTC" || name == "GMT" || name == "UT":
		return time.UTC, true
	case name[0] == '+' || name[0] == '-':
		return offsetZone(name, name)
	}
	for _, p := range [...]string{"UTC", "GMT", "UT"} {
		if rest, found := strings.CutPrefix(name, p); found && (rest[0] == '+' || rest[0] == '-') {
			return offsetZone(name, rest)
		}
	}
	if name == "Local" || !strings.ContainsAny(name[:1], "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
		return nil, false
	}
	loc, err := time.LoadLocation(name)
	return loc, err == nil
}

// normalOffset completes one-digit parts of an offset anywhere in a zone's name: +1:30, and -01:5 at its end.
func normalOffset(name string) string {
	for i := 0; i+2 < len(name); i++ {
		if (name[i] == '+' || name[i] == '-') && isDigit(name[i+1]) && name[i+2] == ':' {
			name = name[:i+1] + "0" + name[i+1:]
			break
		}
	}
	n := len(name)
	if n >= 5 && isDigit(name[n-1]) && name[n-2] == ':' && isDigit(name[n-3]) && isDigit(name[n-4]) &&
		(name[n-5] == '+' || name[n-5] == '-') {
		name = name[:n-1] + "0" + name[n-1:]
	}
	return name
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// offsetZone is the fixed zone of an offset: sign and h, hh, hh:mm, hhmm, hh:mm:ss or hhmmss.
func offsetZone(name, text string) (*time.Location, bool) {
	body := text[1:]
	var parts []string
	switch len(body) {
	case 1, 2:
		parts = []string{body}
	case 4:
		parts = []string{body[:2], body[2:]}
	case 5:
		parts = strings.Split(body, ":")
	case 6:
		parts = []string{body[:2], body[2:4], body[4:]}
	case 8:
		parts = strings.Split(body, ":")
	default:
		return nil, false
	}
	if len(parts) > 1 && len(strings.Join(parts, ""))%2 == 1 {
		return nil, false
	}
	secs, unit := 0, 3600
	for i, p := range parts {
		v, err := strconv.ParseUint(p, 10, 8)
		if err != nil || i > 0 && (v > 59 || len(p) != 2) || i > 2 {
			return nil, false
		}
		secs += int(v) * unit
		unit /= 60
	}
	if secs > maxOffset {
		return nil, false
	}
	if text[0] == '-' {
		secs = -secs
	}
	if secs == 0 {
		return time.UTC, true
	}
	return time.FixedZone(name, secs), true
}

// OffsetAt is the offset of a zone from UTC in seconds at an instant in seconds since the epoch.
func OffsetAt(loc *time.Location, sec int64) int {
	if loc == time.UTC || loc == nil {
		return 0
	}
	_, off := time.Unix(sec, 0).In(loc).Zone()
	return off
}

// ToLocal turns an instant (microseconds since the epoch) into the reading of the zone's clocks, in
// microseconds since 1970-01-01 00:00 on those clocks.
func ToLocal(micros int64, loc *time.Location) int64 {
	if loc == time.UTC || loc == nil {
		return micros
	}
	return micros + int64(OffsetAt(loc, FloorDiv(micros, MicrosPerSecond)))*MicrosPerSecond
}

// FromLocal is the instant at which the zone's clocks read local. Of a reading that occurs twice it is the
// earlier; one that is skipped is moved on by the length of the gap, as Java's ZonedDateTime does.
func FromLocal(local int64, loc *time.Location) int64 {
	if loc == time.UTC || loc == nil {
		return local
	}
	sec := FloorDiv(local, MicrosPerSecond)
	before := int64(OffsetAt(loc, sec-24*3600))
	at := int64(OffsetAt(loc, sec-before))
	if at != before && int64(OffsetAt(loc, sec-at)) == at {
		return local - at*MicrosPerSecond
	}
	return local - before*MicrosPerSecond
}

// ZoneClock is ToLocal with a memory of the current rule, for loops over many instants. It serves one goroutine.
type ZoneClock struct {
	Loc      *time.Location
	lo, hi   int64 // seconds: off holds for [lo,hi)
	off      int64 // microseconds
	anything bool
}

// Local is ToLocal in the clock's zone.
func (z *ZoneClock) Local(micros int64) int64 {
	if z.Loc == time.UTC || z.Loc == nil {
		return micros
	}
	sec := FloorDiv(micros, MicrosPerSecond)
	if !z.anything || sec < z.lo || sec >= z.hi {
		z.load(sec)
	}
	return micros + z.off
}

func (z *ZoneClock) load(sec int64) {
	t := time.Unix(sec, 0).In(z.Loc)
	_, off := t.Zone()
	lo, hi := t.ZoneBounds()
	z.lo, z.hi, z.off, z.anything = -1<<62, 1<<62, int64(off)*MicrosPerSecond, true
	if !lo.IsZero() {
		z.lo = lo.Unix()
	}
	if !hi.IsZero() {
		z.hi = hi.Unix()
	}
}

// LocalDate is the day on the zone's clocks at an instant.
func (z *ZoneClock) LocalDate(micros int64) int32 {
	return int32(FloorDiv(z.Local(micros), MicrosPerDay))
}
