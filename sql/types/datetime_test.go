package types

import (
	"testing"
	"time"
)

func TestDatesFromText(t *testing.T) {
	for in, want := range map[string]string{
		"2019-01-01\t": "2019-01-01", " 2020-2-9 ": "2020-02-09", "2015": "2015-01-01", "2015-03": "2015-03-01",
		"2015-03-18 12:03:17": "2015-03-18", "2015-03-18T123123": "2015-03-18", "+12345-01-02": "+12345-01-02",
		"-0001-01-02": "-0001-01-02", "0001-01-01": "0001-01-01", "9999-12-31": "9999-12-31",
		"015": "", "2021-4294967297-11": "", "2015-031-8": "", "2015-13-01": "", "2021-02-29": "", "20150318": "",
		"2015.03.18": "", "": "", "2020-01-01中文": "", "2015-03 1": "",
	} {
		d, ok := ParseDate(in)
		got := ""
		if ok {
			got = FormatDate(d)
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	for _, d := range []int64{-719528, -1, 0, 59, 11016, 2932896, -1000000, 5000000} {
		if y, m, dd := Civil(d); DaysOf(y, m, dd) != d {
			t.Errorf("day %d: %d-%d-%d", d, y, m, dd)
		}
	}
}

func TestTimestampsFromText(t *testing.T) {
	la, _ := LoadZone("America/Los_Angeles")
	for _, c := range []struct{ in, want string }{
		{"2015-03-18 12:03:17", "2015-03-18 12:03:17"}, {"2015-03-18T12:03:17Z", "2015-03-18 05:03:17"},
		{"2015-03-18 12:03:17-1:0", "2015-03-18 06:03:17"}, {"2015-03-18 12:03:17.123 +07:30:10", "2015-03-17 21:33:07.123"},
		{"2015-03-18T12:03:17 GMT+1", "2015-03-18 04:03:17"}, {"2011-05-06 07:08:09.1234567", "2011-05-06 07:08:09.123456"},
		{"2015", "2015-01-01 00:00:00"}, {"2015-03", "2015-03-01 00:00:00"}, {"2015-03-18 12", "2015-03-18 12:00:00"},
		{"2015-03-18 12:03:17.1 Asia/Kolkata", "2015-03-17 23:33:17.1"}, {"2021-03-14 02:30:00", "2021-03-14 03:30:00"},
		{"2021-11-07 01:30:00", "2021-11-07 01:30:00"}, {"+12345-01-01 00:00:00", "+12345-01-01 00:00:00"},
		{"T12:03", "1969-12-31 12:03:00"}, {"12:03:17", "1969-12-31 12:03:17"},
		{"2015-03-18 25:00:00", ""}, {"2015-03-18 12:03:17 Nowhere", ""}, {"238", ""}, {"2015-03-18 12:03:", ""}, {"", ""},
		{"20150318", ""}, {"294248-01-10 04:00:54.775807Z", ""},
	} {
		v, ok := ParseTimestamp(c.in, la, 0)
		got := ""
		if ok {
			got = FormatTimestamp(v, la)
		}
		if got != c.want {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
	}
	early, _ := ParseTimestamp("2021-11-07 01:30:00", la, 0)
	if FormatTimestamp(early, time.UTC) != "2021-11-07 08:30:00" {
		t.Error("the earlier of two readings is meant:", FormatTimestamp(early, nil))
	}
	if _, ok := ParseTimestampNTZ("12:00:00", true); ok {
		t.Error("a time alone is no timestamp without zone")
	}
	z := ZoneClock{Loc: la}
	for _, m := range []int64{0, 1636273800e6, 1636277400e6, -5e15, 1615716000e6} {
		if z.Local(m) != ToLocal(m, la) {
			t.Error("clock differs at", m)
		}
	}
}

func TestZones(t *testing.T) {
	for name, ok := range map[string]bool{"UTC": true, "+1": true, "+01:00": true, "-0130": true, "UTC+1": true, "GMT-08:00": true,
		"+18:00": true, "+19:00": false, "PST": true, "America/Los_Angeles": true, "america/los_angeles2": false, "Local": false,
		"": false, "+1:2:3": false, "+": false, "UTC+": false, "Z": true, "../x": false} {
		if _, got := LoadZone(name); got != ok {
			t.Errorf("%q: %v", name, got)
		}
	}
}

func TestIntervals(t *testing.T) {
	for in, want := range map[string]string{
		"1 year 2 months": "1 years 2 months", "interval 1 day -2 hours 3.5 seconds": "1 days -1 hours -59 minutes -56.5 seconds",
		"-1 week": "-7 days", "0 day": "0 seconds", "1.5 months": "INVALID_FRACTION", "1": "MISSING_UNIT", "day": "UNRECOGNIZED_NUMBER",
		"1 fortnight": "INVALID_UNIT", "": "INPUT_IS_EMPTY", "interval": "INPUT_IS_EMPTY", "- ": "MISSING_NUMBER", "1x day": "INVALID_VALUE",
		"99999999999999999999 days": "ARITHMETIC_EXCEPTION", "1.1234567890 second": "INVALID_PRECISION", "intervalx 1 day": "INVALID_PREFIX",
		"+1 millisecond 2 microseconds": "0.001002 seconds",
	} {
		iv, _, err := ParseInterval(in)
		got := iv.String()
		if err != nil {
			got = err.(*IntervalError).Sub
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	ym, yy, mm := YearMonthOf(0, 1), YearMonthOf(0, 0), YearMonthOf(1, 1)
	for _, c := range []struct {
		in   string
		t    Type
		want string
	}{{"1-2", ym, "INTERVAL '1-2' YEAR TO MONTH"}, {"-10-2", ym, "INTERVAL '-10-2' YEAR TO MONTH"}, {"3", yy, "INTERVAL '3' YEAR"},
		{"1000", mm, "INTERVAL '1000' MONTH"}, {"interval -'3-1' year to month", ym, "INTERVAL '-3-1' YEAR TO MONTH"}, {"1-12", ym, ""}, {"1", ym, ""}} {
		v, err := ParseYearMonth(c.in, c.t)
		if got := YearMonthSQL(v, c.t); (err == nil) != (c.want != "") || err == nil && got != c.want {
			t.Errorf("%q: %s %v", c.in, got, err)
		}
	}
	for _, c := range []struct {
		in   string
		f, t int
		want string
	}{{"1 2:03:04.5", 0, 3, "INTERVAL '1 02:03:04.5' DAY TO SECOND"}, {"23 4", 0, 1, "INTERVAL '23 04' DAY TO HOUR"},
		{"10.123456", 3, 3, "INTERVAL '10.123456' SECOND"}, {"-1.5", 3, 3, "INTERVAL '-01.5' SECOND"}, {"100:00", 1, 2, "INTERVAL '100:00' HOUR TO MINUTE"},
		{"1 2:03:04", 1, 3, ""}, {"1 24", 0, 1, ""}, {"INTERVAL '3 00:00:01' day to second", 0, 3, "INTERVAL '3 00:00:01' DAY TO SECOND"}} {
		ty := DayTimeOf(c.f, c.t)
		v, err := ParseDayTime(c.in, ty)
		if got := DayTimeSQL(v, ty); (err == nil) != (c.want != "") || err == nil && got != c.want {
			t.Errorf("%q: %s %v", c.in, got, err)
		}
	}
	if got := FormatDayTime(-10e6) + " " + FormatYearMonth(-122); got != "-0 00:00:10.000000000 -10-2" {
		t.Error(got)
	}
	if got := FormatDayTime(-1 << 63); got != "-106751991 04:00:54.775808000" {
		t.Error(got)
	}
}
