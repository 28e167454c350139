package sparksql

import (
	"context"
	"strings"
	"testing"
	"time"

	"sparksql/sql/errs"
)

func TestParametersAreBoundWithTheirTypes(t *testing.T) {
	eng, err := Open(WithWarehouse(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	defer eng.Close()
	s := eng.Session()
	noon := time.Date(2024, 12, 31, 12, 0, 0, 0, time.UTC)
	text := func(params ...string) (out []Param) {
		for _, p := range params {
			x, err := ParseParam(p)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, x)
		}
		return out
	}
	for _, c := range []struct {
		sql    string
		params []Param
		want   string
	}{
		{"select :a, typeof(:a)", []Param{Named("a", "x' or 1=1 --")}, "x' or 1=1 --\tstring"},
		{"select :a + 1, typeof(:a)", []Param{Named("a", 41)}, "42\tint"},
		{"select typeof(:a), :a", []Param{Named("a", int32(7))}, "int\t7"},
		{"select typeof(:a), :a", []Param{Named("a", noon)}, "timestamp\t2024-12-31 12:00:00"},
		{"select typeof(:a), :a", []Param{Named("a", 90*time.Second)}, "interval day to second\t0 00:01:30.000000000"},
		{"select :a is null, :b, hex(:c)", []Param{Named("a", nil), Named("b", true), Named("c", []byte{1, 255})}, "true\ttrue\t01FF"},
		{"select ?, ? * 2", []Param{{Value: "first"}, {Value: 2.5}}, "first\t5.0"},
		{"select typeof(:d), :d", []Param{{Name: "d", Value: "2024-12-31", Type: "date"}}, "date\t2024-12-31"},
		{"select * from range(10) order by id desc limit :n", []Param{Named("n", 2)}, "9\n8"},
		{"select typeof(:a), typeof(:b), typeof(:c), typeof(:d), typeof(:e)", text("a=5", "b=1.50", "c=date'2024-12-31'", "d=O'Brien", "e=true"), "int\tdecimal(3,2)\tdate\tstring\tboolean"},
		{"select :zip, :neg, :word, :n", text("zip=01234", "neg=-3", "word=current_date", "n=null"), "01234\t-3\tcurrent_date\tNULL"},
		{"select typeof(:x), :x", text("x:decimal(10,2)=12.5"), "decimal(10,2)\t12.50"},
	} {
		rows, err := s.Query(context.Background(), c.sql, c.params...)
		if err != nil {
			t.Errorf("%s: %v", c.sql, err)
			continue
		}
		var out strings.Builder
		if _, err := rows.Print(&out, Format{Format: "spark"}); err != nil || strings.TrimSpace(out.String()) != c.want {
			t.Errorf("%s: got %q, %v, want %q", c.sql, out.String(), err, c.want)
		}
	}
	for sql, cond := range map[string]string{"select :b": "UNBOUND_SQL_PARAMETER", "select ?": "UNBOUND_SQL_PARAMETER"} {
		if _, err := s.Query(context.Background(), sql, Named("a", 1)); !errs.Is(err, cond) {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if _, err := s.Query(context.Background(), "select :a", Named("a", 1), Param{Value: 2}); !errs.Is(err, "INVALID_QUERY_MIXED_QUERY_PARAMETERS") {
		t.Error(err)
	}
	if _, err := s.Query(context.Background(), "select :a", Param{"a", "x", "int"}); !errs.Is(err, "CAST_INVALID_INPUT") {
		t.Error(err)
	}
	if _, err := s.Query(context.Background(), "select :a", Named("a", struct{}{})); !errs.Is(err, "UNSUPPORTED_FEATURE") {
		t.Error(err)
	}
}
