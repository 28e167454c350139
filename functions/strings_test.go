package functions

import (
	"strings"
	"testing"

	"sparksql/sql/types"
	"sparksql/udfs"
)

func TestTextIsCutByCharacters(t *testing.T) {
	for _, c := range []struct {
		s      string
		pos, n int
		want   string
	}{{"Spark SQL", 5, 99, "k SQL"}, {"Spark SQL", -3, 2, "SQ"}, {"abc", -5, 3, "a"}, {"abc", 0, 2, "ab"}, {"äöü", 2, 1, "ö"}, {"äöü", -1, 9, "ü"}, {"abc", 4, 1, ""},
		{"abc", 2, -1, ""}, {"abc", -9, 2, ""}, {"abc", 2147483647, 2147483647, ""}} {
		if got := string(charSlice([]byte(c.s), c.pos, c.n)); got != c.want {
			t.Errorf("substring(%q, %d, %d): %q", c.s, c.pos, c.n, got)
		}
	}
	for _, c := range []struct {
		s, d string
		n    int
		want string
	}{{"www.apache.org", ".", 2, "www.apache"}, {"www.apache.org", ".", -2, "apache.org"}, {"a", ".", 1, "a"}, {"||||||", "|||", 3, "||"}, {"||||||", "|||", -4, "|||"}, {"", "", 1, ""}} {
		if got := substringIndex(c.s, c.d, c.n); got != c.want {
			t.Errorf("substring_index(%q, %q, %d): %q", c.s, c.d, c.n, got)
		}
	}
	if locate("bar", "foobarbar", 5) != 7 || locate("", "abc", 4) != 4 || locate("b", "äb", 1) != 2 || locate("a", "a", 0) != 0 {
		t.Error("locate")
	}
}

func TestCases(t *testing.T) {
	_, lower := newLower()
	_, upper := newUpper()
	_, title := newInitcap()
	if lower("ΑΣ İ") != "ας i̇" || upper("ßﬁ") != "SSFI" || title("élan VITAL") != "Élan Vital" {
		t.Error(lower("ΑΣ İ"), upper("ßﬁ"), title("élan VITAL"))
	}
}

func TestFormats(t *testing.T) {
	env := &udfs.Env{}
	for _, c := range []struct {
		f    string
		args []any
		ts   []types.Type
		want string
	}{
		{"%s %d|%5d|%-5d|%05d", []any{"a", int32(1), int32(2), int64(3), int8(-4)}, nil, "a 1|    2|3    |-0004"},
		{"%,d %x %X %o", []any{int32(-1234567), int32(-1), int64(255), int32(8)}, nil, "-1,234,567 ffffffff FF 10"},
		{"%.2f %8.1f %e %b %c %%", []any{2.345, 1.25, 12345.678, true, "x"}, nil, "2.35      1.3 1.234568e+04 true x %"},
		{"%2$s %1$s %<s", []any{"a", "b"}, nil, "b a a"}, {"%s", []any{nil}, nil, "null"}, {"%S", []any{"abc"}, nil, "ABC"},
	} {
		ts := make([]types.Type, len(c.args))
		for i, a := range c.args {
			ts[i] = types.StringType
			if _, ok := a.(float64); ok {
				ts[i] = types.DoubleType
			}
		}
		if got, err := javaFormat(c.f, c.args, ts, env); got != c.want || err != nil {
			t.Errorf("%q: %q %v", c.f, got, err)
		}
	}
}

func TestNumberFormats(t *testing.T) {
	for _, c := range []struct{ form, in, back string }{
		{"999", "454", "454"}, {"$99.99", "78.12", "$78.12"}, {"99G999D9", "12454.8", "12,454.8"}, {"S999", "-4", "  -4"}, {"99.9MI", "-4.5", " 4.5-"},
		{"999PR", "-4", "  <4>"}, {"00000", "4", "00004"}, {"99", "454", "##"},
	} {
		f, err := parseNumberForm(c.form)
		if err != nil {
			t.Errorf("%s: %v", c.form, err)
			continue
		}
		u, scale, _ := exactNumber(c.in)
		v, _ := types.FromBig(u)
		if got := f.write(v, scale); got != c.back {
			t.Errorf("to_char(%s, %s): %q", c.in, c.form, got)
		}
		if r, ok := f.read(c.back); ok != !strings.Contains(c.back, "#") {
			t.Errorf("to_number(%q, %s): %v %v", c.back, c.form, r, ok)
		}
	}
	for _, bad := range []string{"", "x", "9.9.9", "9,,9", "$$9", ".9,9", "S"} {
		if _, err := parseNumberForm(bad); err == nil {
			t.Errorf("%q is a format", bad)
		}
	}
}

func TestSmallTextFunctions(t *testing.T) {
	for in, want := range map[string]string{"Miller": "M460", "Ashcraft": "A261", "Tymczak": "T522", "Pfister": "P236", "1a": "1a", "": ""} {
		if got := soundex(in); got != want {
			t.Errorf("soundex(%q): %s", in, got)
		}
	}
	if !luhn("8112189876") || luhn("79927398714") || luhn("") || luhn("1a") {
		t.Error("luhn")
	}
	if translate("AaBbCc", "abc", "12") != "A1B2C" || reverseText("aé") != "éa" || makeValid("a\xc2b") != "a\uFFFDb" {
		t.Error("translate, reverse or make_valid_utf8")
	}
	if monthsBetween(857125800e6, 846633600e6, true) != 3.94959677 {
		t.Error(monthsBetween(857125800e6, 846633600e6, true))
	}
	if s, ok := urlDecode("a%20b+c%3"); ok {
		t.Error(s)
	}
}
