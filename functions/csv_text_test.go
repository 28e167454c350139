package functions

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sparksql/sql/types"
	"sparksql/udfs"
)

func newCSV(t *testing.T, writing bool, opts ...string) *CSV {
	t.Helper()
	m := map[string]string{}
	for i := 0; i < len(opts); i += 2 {
		m[opts[i]] = opts[i+1]
	}
	c, err := NewCSV(m, &udfs.Env{ANSI: true, Zone: time.UTC, ZoneName: "UTC"}, writing)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCSVFields(t *testing.T) {
	for _, c := range []struct {
		in, want string
		opts     []string
	}{
		{`a,b,`, `a|b|`, nil},
		{`"a,b",c`, `'a,b'|c`, nil},
		{`"say \"hi\"",x`, `'say "hi"'|x`, nil},
		{`"a\\",x`, `'a\'|x`, nil},
		{`"a"",x`, `'a"'|x`, nil},
		{`"a""b",x`, `"a""b"|x`, nil},
		{`"a""b",x`, `'a"b'|x`, []string{"escape", `"`}},
		{`"a"  ,x`, `'a'|x`, nil},
		{`"a"b,x`, `"a"b|x`, nil},
		{` "a,x`, ` "a|x`, nil},
		{` "a" , x `, `'a'|x`, []string{"ignoreleadingwhitespace", "true", "ignoretrailingwhitespace", "true"}},
		{`"open,x`, `'open,x'`, nil},
		{`"",`, `''|`, nil},
		{"a\tb", `a|b`, []string{"sep", `\t`}},
		{`a||b|c`, `a|b|c`, []string{"delimiter", "||"}},
		{`'a,b',c`, `'a,b'|c`, []string{"quote", "'"}},
		{`"a",b`, `"a"|b`, []string{"quote", ""}},
	} {
		var got []string
		for _, f := range newCSV(t, false, c.opts...).Split(c.in, nil) {
			if f.Quoted {
				f.Text = "'" + f.Text + "'"
			}
			got = append(got, f.Text)
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("%s %v: %s, want %s", c.in, c.opts, strings.Join(got, "|"), c.want)
		}
	}
}

func TestCSVInference(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"1,2,", "INT"}, {"1,3000000000", "BIGINT"}, {"1,99999999999999999999", "DECIMAL(20,0)"}, {"1,1.5", "DOUBLE"},
		{"3000000000,1.5", "DOUBLE"}, {"1,x", "STRING"}, {"true,FALSE", "BOOLEAN"}, {"true,1", "STRING"}, {"1,true", "STRING"},
		{"2024-01-02", "DATE"}, {"2024-01-02 03:04:05", "TIMESTAMP"}, {"2024-01-02,2024-01-02 03:04:05", "TIMESTAMP"},
		{"2024-01-02 03:04:05,2024-01-02", "TIMESTAMP"}, {"1,2024-01-02", "STRING"}, {"NaN", "DOUBLE"}, {"Inf,1", "DOUBLE"},
		{"inf", "STRING"}, {"0x10", "STRING"}, {",,", "VOID"}, {"1e3", "DOUBLE"},
	} {
		f := newCSV(t, false)
		typ := types.NullType
		for _, s := range strings.Split(c.in, ",") {
			typ = f.Infer(typ, CSVField{Text: s})
		}
		if typ.SQL() != c.want {
			t.Errorf("%s: %s, want %s", c.in, typ.SQL(), c.want)
		}
	}
}

func TestCSVWriting(t *testing.T) {
	fields := []types.Field{{Name: "a", Type: types.StringType}, {Name: "b,c", Type: types.DoubleType}}
	for _, c := range []struct {
		row  []any
		want string
		opts []string
	}{
		{[]any{"x", 1.5}, "x,1.5", nil},
		{[]any{"", nil}, `"",`, nil},
		{[]any{nil, 1e10}, ",1.0E10", nil},
		{[]any{` x"y `, 1.0}, `"x\"y",1.0`, nil},
		{[]any{`a\b`, 1.0}, `a\b,1.0`, nil},
		{[]any{`a\,b`, 1.0}, `"a\\,b",1.0`, nil},
		{[]any{"a\nb", 1.0}, "\"a\nb\",1.0", nil},
		{[]any{"a", nil}, `"a";-`, []string{"quoteall", "true", "sep", ";", "nullvalue", "-"}},
		{[]any{" a ", nil}, ` a ,`, []string{"ignoreleadingwhitespace", "false", "ignoretrailingwhitespace", "false"}},
	} {
		w := newCSV(t, true, c.opts...)
		if got := string(w.AppendRow(nil, fields, c.row)); got != c.want {
			t.Errorf("%v %v: %s, want %s", c.row, c.opts, got, c.want)
		}
	}
	if got := string(newCSV(t, true).AppendNames(nil, fields)); got != `a,"b,c"` {
		t.Error(got)
	}
}

func TestCSVNulls(t *testing.T) {
	for _, c := range []struct {
		field CSVField
		opts  []string
		want  string
	}{
		{CSVField{}, nil, "<nil>"}, {CSVField{Quoted: true}, nil, "<nil>"},
		{CSVField{}, []string{"nullvalue", "-"}, "<nil>"}, {CSVField{Quoted: true}, []string{"nullvalue", "-"}, ""},
		{CSVField{Text: "-", Quoted: true}, []string{"nullvalue", "-"}, "<nil>"},
		{CSVField{Quoted: true}, []string{"emptyvalue", "E"}, "E"},
	} {
		if x, ok := newCSV(t, false, c.opts...).Value(c.field, types.StringType); !ok || fmt.Sprint(x) != c.want {
			t.Errorf("%v %v: %v, want %s", c.field, c.opts, x, c.want)
		}
	}
}
