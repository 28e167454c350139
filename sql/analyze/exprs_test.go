package analyze

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"sparksql/exec/eval"
	"sparksql/functions"
	"sparksql/sql/conf"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/parse"
	"sparksql/sql/tree"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// typer is an analyzer without a catalog.
func typer(ansi bool) *Analyzer {
	c := conf.New()
	zone, _ := time.LoadLocation("America/Los_Angeles")
	return &Analyzer{Conf: c, Database: "default",
		Functions: func(name []string) (*udfs.Def, bool) { return functions.Builtins().Lookup(name[len(name)-1]) },
		Env:       udfs.Env{ANSI: ansi, Zone: zone, ZoneName: "America/Los_Angeles", Conf: func(k string) string { return c.String(k) }}}
}

// table is a scope of a few columns of many types.
type table struct {
	noColumns
	cols []expr.Col
}

func sampleTable() table {
	pair := types.StructOf(types.Field{Name: "x", Type: types.IntType, Nullable: true}, types.Field{Name: "Y", Type: types.StringType, Nullable: true})
	var t table
	for _, c := range []expr.Col{
		{Name: "i", Type: types.IntType}, {Name: "l", Type: types.BigIntType}, {Name: "d", Type: types.DoubleType},
		{Name: "p", Type: types.DecimalOf(10, 2)}, {Name: "s", Type: types.StringType}, {Name: "b", Type: types.BooleanType},
		{Name: "dt", Type: types.DateType}, {Name: "ts", Type: types.TimestampType}, {Name: "arr", Type: types.ArrayOf(types.IntType, true)},
		{Name: "m", Type: types.MapOf(types.StringType, types.IntType, true)}, {Name: "st", Type: pair}, {Name: "ps", Type: types.ArrayOf(pair, true)},
	} {
		c.ID, c.Nullable = expr.NewID(), true
		t.cols = append(t.cols, c)
	}
	return t
}

func (t table) Column(n *tree.Name) (expr.Expr, error) {
	for _, c := range t.cols {
		if c.Name == n.Parts[0] {
			return &expr.Column{Col: c, At: n.P}, nil
		}
	}
	return t.noColumns.Column(n)
}

func typed(t *testing.T, a *Analyzer, sql string) (expr.Expr, error) {
	t.Helper()
	e, err := parse.Expression(&errs.Text{SQL: sql}, parse.Options{Zone: a.Env.Zone})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return a.typeExpr(e, sampleTable())
}

func TestExpressionsHaveSparksNamesAndTypes(t *testing.T) {
	for _, c := range []struct{ sql, name, typ string }{
		{"i + l", "(i + l)", "bigint"},
		{"i + 1.5", "(i + 1.5)", "decimal(12,1)"},
		{"1 + 1.5", "(1 + 1.5)", "decimal(3,1)"},
		{"p * p", "(p * p)", "decimal(21,4)"},
		{"p / 3", "(p / 3)", "decimal(14,6)"},
		{"i / 2", "(i / 2)", "double"},
		{"i div 2", "(i div 2)", "bigint"},
		{"-i", "(- i)", "int"},
		{"-1", "-1", "int"},
		{"'1' + i", "(1 + i)", "bigint"},
		{"i > 1.5", "(i > 1)", "boolean"},
		{"i >= -1.5", "(i >= -1)", "boolean"},
		{"1.5 > i", "(2 > i)", "boolean"},
		{"i < 99999999999999999999.5", "true", "boolean"},
		{"i = '1'", "(i = 1)", "boolean"},
		{"i <> 1 and not b", "((NOT (i = 1)) AND (NOT b))", "boolean"},
		{"i in (1, 2L)", "(i IN (1, 2))", "boolean"},
		{"i not in (1)", "(NOT (i IN (1)))", "boolean"},
		{"i between 1 and 2", "between(i, 1, 2)", "boolean"},
		{"s like 'a%' escape '!'", "s LIKE a% ESCAPE '!'", "boolean"},
		{"s not like 'a%'", "(NOT s LIKE a%)", "boolean"},
		{"s rlike 'a'", "RLIKE(s, a)", "boolean"},
		{"s is null or b is not true", "((s IS NULL) OR (NOT (b <=> true)))", "boolean"},
		{"case when b then 1 when i > 2 then 2.5 end", "CASE WHEN b THEN 1 WHEN (i > 2) THEN 2.5 END", "decimal(11,1)"},
		{"case i when 1 then 'a' else 's' end", "CASE WHEN (i = 1) THEN a ELSE s END", "string"},
		{"if(b, 1, null)", "(IF(b, 1, NULL))", "int"},
		{"cast(i as string)", "CAST(i AS STRING)", "string"},
		{"try_cast(s as decimal(5,2))", "TRY_CAST(s AS DECIMAL(5,2))", "decimal(5,2)"},
		{"arr[0] + 1", "(arr[0] + 1)", "int"},
		{"m['k']", "m[k]", "int"},
		{"named_struct('q', i).q", "named_struct(q, i).q", "int"},
		{"struct(i, st, 1, d as z)", "struct(i, st, 1, d AS z)", "struct<i:int,st:struct<x:int,Y:string>,col3:int,z:double>"},
		{"array(1, 2L, null)", "array(1, 2, NULL)", "array<bigint>"},
		{"map('a', 1, 'b', 2.5)", "map(a, 1, b, 2.5)", "map<string,decimal(11,1)>"},
		{"coalesce(i, l, 2)", "coalesce(i, l, 2)", "bigint"},
		{"greatest(i, 2.5)", "greatest(i, 2.5)", "decimal(11,1)"},
		{"s || i", "concat(s, i)", "string"},
		{"i & 3 | 4", "((i & 3) | 4)", "int"},
		{"date '2020-01-02'", "DATE '2020-01-02'", "date"},
		{"timestamp '2020-01-02 03:04:05'", "TIMESTAMP '2020-01-02 03:04:05'", "timestamp"},
		{"interval '1-2' year to month", "INTERVAL '1-2' YEAR TO MONTH", "interval year to month"},
		{"count(*)", "count(1)", "bigint"},
		{"sum(distinct i)", "sum(DISTINCT i)", "bigint"},
		{"sum(p) filter (where i > 1)", "sum(p) FILTER (WHERE (i > 1))", "decimal(20,2)"},
		{"sum(i) over (partition by s order by l desc)", "sum(i) OVER (PARTITION BY s ORDER BY l DESC NULLS LAST RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)", "bigint"},
		{"sum(i) over (partition by s)", "sum(i) OVER (PARTITION BY s ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)", "bigint"},
		{"row_number() over (order by i)", "row_number() OVER (ORDER BY i ASC NULLS FIRST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)", "int"},
		{"lag(i) over (order by l)", "lag(i, 1, NULL) OVER (ORDER BY l ASC NULLS FIRST ROWS BETWEEN -1 FOLLOWING AND -1 FOLLOWING)", "int"},
		{"avg(i) over (order by l rows between 2 preceding and 1 following)", "avg(i) OVER (ORDER BY l ASC NULLS FIRST ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING)", "double"},
	} {
		x, err := typed(t, typer(true), c.sql)
		if err != nil {
			t.Errorf("%s: %v", c.sql, err)
			continue
		}
		if x.String() != c.name || x.Type().String() != c.typ {
			t.Errorf("%s: %s %s, want %s %s", c.sql, x, x.Type(), c.name, c.typ)
		}
	}
}

func TestExpressionsAreRefusedAsSparkDoes(t *testing.T) {
	for sql, want := range map[string]string{
		"i + arr":                               "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES",
		"b + b":                                 "DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE",
		"i = arr":                               "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES",
		"b = 1":                                 "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES",
		"m = m":                                 "DATATYPE_MISMATCH.INVALID_ORDERING_TYPE",
		"not i":                                 "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
		"case when i then 1 end":                "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
		"case when b then 1 else arr end":       "DATATYPE_MISMATCH.DATA_DIFF_TYPES",
		"i in (1, arr)":                         "DATATYPE_MISMATCH.DATA_DIFF_TYPES",
		"cast(arr as int)":                      "DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION",
		"cast(i as binary)":                     "DATATYPE_MISMATCH.CAST_WITH_CONF_SUGGESTION",
		"cast(i as date)":                       "DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION",
		"nosuch(i)":                             "UNRESOLVED_ROUTINE",
		"nosuch":                                "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION",
		"isnan(i, 2)":                           "WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
		"named_struct('a', 1).z":                "FIELD_NOT_FOUND",
		"sum(count(i))":                         "NESTED_AGGREGATE_FUNCTION",
		"row_number()":                          "WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE",
		"row_number() over (partition by i)":    "_LEGACY_ERROR_TEMP_1037",
		"sum(distinct i) over (partition by s)": "DISTINCT_WINDOW_FUNCTION_UNSUPPORTED",
		"abs(x -> x)":                           "INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION",
		"coalesce(distinct i)":                  "INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX",
		"sum(i) over (partition by s range between 1 preceding and current row)":     "DATATYPE_MISMATCH.RANGE_FRAME_WITHOUT_ORDER",
		"sum(i) over (order by ts range between 1 preceding and current row)":        "DATATYPE_MISMATCH.RANGE_FRAME_INVALID_TYPE",
		"sum(i) over (order by i rows between 1 following and 1 preceding)":          "DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON",
		"sum(i) over (order by i rows between unbounded following and 1 following)":  "DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_INVALID_BOUND",
		"sum(i) over (order by i rows between current row and 2147483648 following)": "DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE",
	} {
		x, err := typed(t, typer(true), sql)
		var e *errs.Error
		if !errors.As(err, &e) || e.Cond.Name != want {
			t.Errorf("%s: %v, %v; want %s", sql, x, err, want)
		} else if !e.At.Known() {
			t.Errorf("%s: the error has no place", sql)
		}
	}
}

func TestConstantExpressionsEvaluate(t *testing.T) {
	for sql, want := range map[string]string{
		"1 + 2 * 3":                               "7",
		"cast('12' as int) + 1":                   "13",
		"case when 1 > 2 then 1/0 else 5 end":     "5",
		"array(1, 2)[1]":                          "2",
		"map('a', 1)['b']":                        "<nil>",
		"named_struct('a', 5).a":                  "5",
		"3 in (1, null)":                          "<nil>",
		"3 in (1, 3, null)":                       "true",
		"'Spark' like 'S%k'":                      "true",
		"nullif(1, '1')":                          "<nil>",
		"nvl2(null, 1, 2)":                        "2",
		"greatest(1, null, 3)":                    "3",
		"cast(array(1, 2) as string)":             "[1, 2]",
		"1 <=> null":                              "false",
		"between(2, 1, 3)":                        "true",
		"coalesce(null, 'x')":                     "x",
		"struct(1, 'a')":                          "[1 a]",
		"array(struct(1 as q), struct(2 as q)).q": "[1 2]",
	} {
		x, err := typed(t, typer(true), sql)
		if err == nil {
			var v any
			if v, err = eval.Constant(x); err == nil && fmt.Sprint(v) != want {
				t.Errorf("%s = %v, want %s", sql, v, want)
			}
		}
		if err != nil {
			t.Errorf("%s: %v", sql, err)
		}
	}
}
