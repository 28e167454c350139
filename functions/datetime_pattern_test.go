package functions

import (
	"errors"
	"testing"

	"sparksql/sql/errs"
	"sparksql/sql/types"
)

func TestPatternsWrite(t *testing.T) {
	la, _ := types.LoadZone("America/Los_Angeles")
	ts, _ := types.ParseTimestamp("2018-11-07 13:03:09.123456", la, 0)
	old, _ := types.ParseTimestamp("1582-05-31 19:40:35.123", la, 0)
	for _, c := range []struct {
		p    string
		at   int64
		want string
	}{
		{"yyyy-MM-dd HH:mm:ss.SSS", ts, "2018-11-07 13:03:09.123"}, {"G GGGG y yy yyyyyy", ts, "AD Anno Domini 2018 18 002018"},
		{"q qq QQQ QQQQ", ts, "4 04 Q4 4th quarter"}, {"M MMM MMMM E EEEE F d D", ts, "11 Nov November Wed Wednesday 7 7 311"},
		{"h hh k K a", ts, "1 01 13 1 PM"}, {"VV z zzzz", ts, "America/Los_Angeles PST Pacific Standard Time"},
		{"X XX XXX XXXX XXXXX", old, "-0752 -0752 -07:52 -075258 -07:52:58"}, {"O OOOO", old, "GMT-7:52:58 GMT-07:52:58"},
		{"Z ZZZZ ZZZZZ", ts, "-0800 GMT-08:00 -08:00"}, {"'it''s' ''[yyyy]", ts, "it's '2018"}, {"", ts, ""},
	} {
		p, err := compilePattern(c.p, forWriting)
		if err != nil {
			t.Errorf("%q: %v", c.p, err)
			continue
		}
		m := momentAt(c.at, la, "America/Los_Angeles")
		if got := string(p.write(nil, &m)); got != c.want {
			t.Errorf("%q: got %q, want %q", c.p, got, c.want)
		}
	}
}

func TestPatternsRead(t *testing.T) {
	la, _ := types.LoadZone("America/Los_Angeles")
	for _, c := range []struct{ s, p, want string }{
		{"2019-10-06 10:11:12.1", "yyyy-MM-dd HH:mm:ss.SSSSSS[zzz]", "2019-10-06 10:11:12.1"},
		{"2019-10-06 10:11:12.123UTC", "yyyy-MM-dd HH:mm:ss.SSSSSS[zzz]", "2019-10-06 03:11:12.123"},
		{"2019-10-06 10:11:12.12345CST", "yyyy-MM-dd HH:mm:ss.SSSSSS[zzz]", "2019-10-06 08:11:12.12345"},
		{"2019-10-06 10:11:12.1234567PST", "yyyy-MM-dd HH:mm:ss.SSSSSS[zzz]", ""}, {"2019-10-06 10:11:12.", "yyyy-MM-dd HH:mm:ss.SSSSSS[zzz]", ""},
		{"123456 2019-10-06 10:11:12.123456PST", "SSSSSS yyyy-MM-dd HH:mm:ss.SSSSSS[zzz]", "2019-10-06 10:11:12.123456"},
		{"223456 2019-10-06 10:11:12.123456PST", "SSSSSS yyyy-MM-dd HH:mm:ss.SSSSSS[zzz]", ""},
		{"12.12342019-10-06S10:11", "ss.SSSSyyyy-MM-dd'S'HH:mm", "2019-10-06 10:11:12.1234"}, {"12.1232019-10-06S10:11", "ss.SSSSyyyy-MM-dd'S'HH:mm", ""},
		{"12.1234019-10-06S10:11", "ss.SSSSy-MM-dd'S'HH:mm", "0019-10-06 10:11:12.1234"}, {"20200131", "yyyyMMdd", "2020-01-31 00:00:00"},
		{"2019-10-06T10:11:12'12", "yyyy-MM-dd'T'HH:mm:ss''SSSS", "2019-10-06 10:11:12.12"}, {"16", "dd", "1970-01-16 00:00:00"},
		{"02-29", "MM-dd", ""}, {"2019 40", "yyyy mm", "2019-01-01 00:40:00"}, {"2019 10:10:10", "yyyy hh:mm:ss", "2019-01-01 10:10:10"},
		{"05 Nov 21, 11 pm", "dd MMM yy, hh a", "2021-11-05 23:00:00"}, {"2020-1-2", "y-M-d", "2020-01-02 00:00:00"}, {"2020-1-2", "yyyy-MM-dd", ""},
		{"2020-060", "yyyy-DDD", "2020-02-29 00:00:00"}, {"2015-03-18T12:03:17+01:00", "yyyy-MM-dd'T'HH:mm:ssXXX", "2015-03-18 04:03:17"},
	} {
		p, err := compilePattern(c.p, forReading)
		if err != nil {
			t.Errorf("%q: %v", c.p, err)
			continue
		}
		v, err := p.readStamp(c.s, timestampT, la)
		got := ""
		if err == nil {
			got = types.FormatTimestamp(v, la)
		}
		if got != c.want {
			t.Errorf("%q as %q: got %q (%v), want %q", c.s, c.p, got, err, c.want)
		}
	}
}

func TestPatternsRefused(t *testing.T) {
	for p, want := range map[string]string{
		"GGGGG": "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION", "qqqqq": "INVALID_DATETIME_PATTERN.LENGTH",
		"XXXX ddd": "INVALID_DATETIME_PATTERN.LENGTH", "A": "INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER",
		"e": "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN", "Y": "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION",
		"aa": "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION", "'x": "INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER",
	} {
		_, err := compilePattern(p, forWriting)
		var e *errs.Error
		if !errors.As(err, &e) || e.Cond.Name != want {
			t.Errorf("%q: %v", p, err)
		}
	}
}
