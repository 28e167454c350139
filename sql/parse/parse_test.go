package parse

import (
	"slices"
	"strings"
	"testing"

	"sparksql/sql/errs"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		script string
		want   []string // a trailing ~ marks an incomplete piece
	}{
		{"", nil},
		{" ; ;\n-- x;\n/* ; */", nil},
		{"SELECT 1; SELECT 2", []string{"SELECT 1", "SELECT 2~"}},
		{"SELECT ';', \";\", `;`; x;", []string{"SELECT ';', \";\", `;`", "x"}},
		{`SELECT 'a\';b'; SELECT r'\'; z;`, []string{`SELECT 'a\';b'`, `SELECT r'\'`, "z"}},
		{"SELECT 'a'';'; b;", []string{"SELECT 'a'';'", "b"}},
		{"a -- ; \n b; c;", []string{"a -- ; \n b", "c"}},
		{"a /* ; /* ; */ ; */ b; c;", []string{"a /* ; /* ; */ ; */ b", "c"}},
		{"SELECT 'x;", []string{"SELECT 'x;~"}},
		{"SELECT /* x;", []string{"SELECT /* x;~"}},
		{"BEGIN SELECT 1; SELECT CASE WHEN a THEN b END; END; SELECT 2;", []string{"BEGIN SELECT 1; SELECT CASE WHEN a THEN b END; END", "SELECT 2"}},
		{"BEGIN IF a THEN SELECT 1; END IF; END; x;", []string{"BEGIN IF a THEN SELECT 1; END IF; END", "x"}},
	} {
		var got []string
		for _, p := range Split(c.script) {
			s := p.Text
			if c.script[p.Start:p.Start+len(p.Text)] != p.Text {
				t.Errorf("%q: piece %q is not at %d", c.script, p.Text, p.Start)
			}
			if !p.Complete {
				s += "~"
			}
			got = append(got, s)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: got %q, want %q", c.script, got, c.want)
		}
	}
}

func TestDataTypes(t *testing.T) {
	for in, want := range map[string]string{
		"int": "int", "LONG": "bigint", "byte": "tinyint", "short": "smallint", "REAL": "float", "dec": "decimal(10,0)",
		"numeric(5)": "decimal(5,0)", "decimal(38, 18)": "decimal(38,18)", "char(3)": "char(3)", "character(3)": "char(3)",
		"timestamp_ltz": "timestamp", "timestamp_ntz": "timestamp_ntz", "void": "void", "variant": "variant", "interval": "interval",
		"interval year": "interval year", "interval day to second": "interval day to second", "struct<>": "struct<>",
		"array<array<array<int>>>": "array<array<array<int>>>", "map<int,map<int,array<int>>>": "map<int,map<int,array<int>>>",
		"struct<a:int,`b c` string not null comment 'x'>": "struct<a:int,b c:string>", "string collate utf8_lcase": "string collate UTF8_LCASE",
	} {
		got, err := DataType(&errs.Text{SQL: in})
		if err != nil || got.String() != want {
			t.Errorf("%s: got %v %v, want %s", in, got, err, want)
		}
	}
	for in, want := range map[string]string{
		"foo": "UNSUPPORTED_DATATYPE", "a InvalidType": "PARSE_SYNTAX_ERROR", "array<": "PARSE_SYNTAX_ERROR", "array": "INCOMPLETE_TYPE_DEFINITION.ARRAY",
		"varchar": "DATATYPE_MISSING_SIZE", "decimal(39)": "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", "int int": "PARSE_SYNTAX_ERROR", "": "PARSE_SYNTAX_ERROR",
	} {
		if _, err := DataType(&errs.Text{SQL: in}); className(err) != want {
			t.Errorf("%s: got %v, want %s", in, err, want)
		}
	}
}

func TestSchemas(t *testing.T) {
	s, err := TableSchema(&errs.Text{SQL: "a INT, b ARRAY<STRING> NOT NULL COMMENT 'x', `c d` decimal(3,1)"})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Struct().String(); got != "struct<a:int,b:array<string>,c d:decimal(3,1)>" {
		t.Error(got)
	}
	if f := s.Fields[1]; f.Nullable || f.Comment != "x" {
		t.Errorf("%+v", f)
	}
	if ty, err := DDL(&errs.Text{SQL: "a int, b string"}); err != nil || ty.Kind() != types.Struct {
		t.Error(ty, err)
	}
	if ty, err := DDL(&errs.Text{SQL: "map<int,string>"}); err != nil || ty.Kind() != types.Map {
		t.Error(ty, err)
	}
	if _, err := DDL(&errs.Text{SQL: "a InvalidType"}); className(err) != "PARSE_SYNTAX_ERROR" {
		t.Error(err)
	}
}

func TestIdentifiers(t *testing.T) {
	for in, want := range map[string][]string{"a": {"a"}, "a.b.`c.d`": {"a", "b", "c.d"}, "`a``b`": {"a`b"}, "select.from": {"select", "from"}} {
		got, err := Identifier(&errs.Text{SQL: in})
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q %v", in, got, err)
		}
	}
}

// TestPlaces marks the place of nodes in the text: every node that dump finds is compared with its source.
func TestPlaces(t *testing.T) {
	sql := "SELECT (a + b) * c, f(x, 'y')[1], d::int IS NULL, CASE WHEN p THEN q END, e || f || g, -h, i IN (1, 2) FROM db.t AS u JOIN v ON w > 1"
	st, err := Statement(&errs.Text{SQL: sql}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	sel := st.(*tree.Query).Rel.(*tree.Select)
	want := []string{"(a + b) * c", "f(x, 'y')[1]", "d::int IS NULL", "CASE WHEN p THEN q END", "e || f || g", "-h", "i IN (1, 2)"}
	for i, w := range want {
		if got := sel.Items[i].Pos().Fragment(); got != w {
			t.Errorf("got %q, want %q", got, w)
		}
	}
	if got := sel.Items[0].(*tree.Binary).L.Pos().Fragment(); got != "a + b" {
		t.Errorf("inner operand: %q", got)
	}
	j := sel.From.(*tree.Join)
	if got := j.L.(*tree.Aliased).Input.Pos().Fragment(); got != "db.t" {
		t.Errorf("table: %q", got)
	}
	if got := j.On.Pos().Fragment(); got != "w > 1" {
		t.Errorf("condition: %q", got)
	}
}

// TestDepth sees that deep nesting ends in an error and long flat texts do not.
func TestDepth(t *testing.T) {
	deep := func(open, mid, end string, n int) error {
		_, err := Statement(&errs.Text{SQL: "SELECT " + strings.Repeat(open, n) + mid + strings.Repeat(end, n)}, Options{})
		return err
	}
	for _, open := range []string{"(", "f(", "- ", "NOT ", "(SELECT ", "CASE WHEN ", "array("} {
		end := map[string]string{"(": ")", "f(": ")", "(SELECT ": ")", "CASE WHEN ": " THEN 1 END", "array(": ")"}[open]
		if err := deep(open, "a", end, 200); err != nil {
			t.Errorf("200 times %q: %v", open, err)
		}
		if err := deep(open, "a", end, 100_000); className(err) != "FAILED_TO_PARSE_TOO_COMPLEX" {
			t.Errorf("100000 times %q: %.200v", open, err)
		}
	}
	if err := deep("a + ", "a", "", 20_000); err != nil {
		t.Errorf("long chain: %.200v", err)
	}
	if err := deep("a OR b = 1 AND ", "a", "", 10_000); err != nil {
		t.Errorf("long condition: %.200v", err)
	}
	if err := deep("a UNION ALL SELECT ", "a", "", 1_000); err != nil {
		t.Errorf("long union: %.200v", err)
	}
}

func TestKeywordsSorted(t *testing.T) {
	k := Keywords()
	if !slices.IsSorted(k) || len(k) < 350 || len(slices.Compact(slices.Clone(k))) != len(k) {
		t.Errorf("%d keywords", len(k))
	}
}

func TestReservedWordsAndQuotes(t *testing.T) {
	for _, c := range []struct {
		sql  string
		opts Options
		ok   bool
	}{
		{"SELECT 1 AS order", Options{}, true},
		{"SELECT 1 AS order", Options{EnforceReserved: true}, false},
		{"SELECT current_date, user, left('a', 1) FROM t", Options{EnforceReserved: true}, true},
		{`SELECT "a" FROM "t"`, Options{}, false},
		{`SELECT "a" FROM "t"`, Options{DoubleQuotedIdentifiers: true}, true},
	} {
		if _, err := Statement(&errs.Text{SQL: c.sql}, c.opts); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.sql, err)
		}
	}
}
