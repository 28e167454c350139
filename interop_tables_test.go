package sparksql_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	sparksql "sparksql"
)

// everyType is a row of every type that files hold, a row of NULLs, and a column k to lay them out by.
const everyType = `SELECT * FROM VALUES
	(1, true, 2Y, 3S, 4L, 1.5F, 2.5D, 12.34BD, -12345678901234567890.123BD, 'text', X'6162', DATE '2023-03-04', TIMESTAMP '2023-03-04 05:06:07.891234',
	 TIMESTAMP_NTZ '1969-07-20 20:17:40', array(1, NULL), map('k', 1.5D), named_struct('a', 1, 'b', array(named_struct('c', 'x'))), 1),
	(2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 2),
	(3, false, -2Y, -3S, -4L, -1.5F, double('NaN'), 0.01BD, 0.001BD, 'ünï', X'', DATE '1582-10-15', TIMESTAMP '1900-01-01 00:00:00',
	 TIMESTAMP_NTZ '2200-01-01 00:00:00', array(), map(), named_struct('a', CAST(NULL AS INT), 'b', CAST(NULL AS ARRAY<STRUCT<c: STRING>>)), 1)
	AS t(id, b, y, s, l, f, d, dec, big, str, bin, day, ts, ntz, arr, m, st, k)`

// spark runs a Python script with a session s of a real Spark; warehouse is its own.
func spark(t *testing.T, script string) string {
	t.Helper()
	bin := python(t, "pyspark")
	if _, err := exec.LookPath("java"); err != nil {
		t.Skip("there is no java")
	}
	if testing.Short() {
		t.Skip("starts a JVM")
	}
	c := exec.Command(bin, "-c", `
import os
null = os.open(os.devnull, os.O_WRONLY); os.dup2(null, 2)
from pyspark.sql import SparkSession
s = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "UTC").config("spark.sql.shuffle.partitions", "1").getOrCreate()
def show(d):
    print(d.schema.simpleString())
    for r in d.selectExpr("to_json(struct(*), map('ignoreNullFields', 'false'))").collect(): print(r[0])
`+script+"\ns.stop()\n")
	c.Dir = t.TempDir()
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// shown is a query's answer as show prints it.
func shown(t *testing.T, s *sparksql.Session, query string) string {
	t.Helper()
	r, err := s.Query(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	out := r.Schema().Struct().String() + "\n"
	r.Close()
	for _, row := range must(t, s, "SELECT to_json(struct(*), map('ignoreNullFields', 'false')) FROM ("+query+")") {
		out += row[0].(string) + "\n"
	}
	return out
}

// layouts are the ways in which tables of both engines are laid out.
var layouts = [][2]string{{"plain", ""}, {"partitioned", "PARTITIONED BY (k)"}, {"bucketed", "CLUSTERED BY (id) SORTED BY (id) INTO 3 BUCKETS"}}

func TestSparkReadsOurTables(t *testing.T) {
	python(t, "pyspark")
	s := open(t).Session()
	dir := t.TempDir()
	var script, want strings.Builder
	for _, l := range layouts {
		name, clause := l[0], l[1]
		path := filepath.Join(dir, name)
		must(t, s, fmt.Sprintf("CREATE TABLE %s USING parquet %s LOCATION '%s' AS %s", name, clause, path, everyType))
		fmt.Fprintf(&script, "print('%s'); show(s.read.parquet('%s').orderBy('id'))\n", name, path)
		fmt.Fprintf(&want, "%s\n%s", name, shown(t, s, "SELECT * FROM "+name+" ORDER BY id"))
	}
	// Spark itself sees that rows are in the buckets it would put them in: it reads one bucket of three.
	fmt.Fprintf(&script, `
s.sql("CREATE TABLE b (%s) USING parquet CLUSTERED BY (id) INTO 3 BUCKETS LOCATION '%s'")
for i in (1, 2, 3): print(s.sql("SELECT count(*) FROM b WHERE id = %%d" %% i).first()[0])
`, "id INT, str STRING", filepath.Join(dir, "bucketed"))
	want.WriteString("1\n1\n1\n")
	for _, format := range []string{"json", "csv"} {
		path := filepath.Join(dir, format)
		must(t, s, fmt.Sprintf("INSERT OVERWRITE DIRECTORY '%s' USING %s SELECT id, b, l, d, dec, str, day, ts FROM (%s)", path, format, everyType))
		ddl := "id INT, b BOOLEAN, l BIGINT, d DOUBLE, dec DECIMAL(4,2), str STRING, day DATE, ts TIMESTAMP"
		must(t, s, fmt.Sprintf("CREATE TABLE %s (%s) USING %s LOCATION '%s'", format, ddl, format, path))
		fmt.Fprintf(&script, "print('%s'); show(s.read.schema('%s').format('%s').load('%s').orderBy('id'))\n", format, ddl, format, path)
		fmt.Fprintf(&want, "%s\n%s", format, shown(t, s, "SELECT * FROM "+format+" ORDER BY id"))
	}
	if got := spark(t, script.String()); got != want.String() {
		t.Errorf("Spark read\n%s\nwanted\n%s", got, want.String())
	}
}

func TestWeReadSparksTables(t *testing.T) {
	python(t, "pyspark")
	s := open(t).Session()
	dir := t.TempDir()
	var script, want strings.Builder
	for _, l := range layouts {
		fmt.Fprintf(&script, "s.sql('''CREATE TABLE %s USING parquet %s LOCATION '%s' AS %s''')\n", l[0], l[1], filepath.Join(dir, l[0]), everyType)
		fmt.Fprintf(&script, "show(s.sql('SELECT * FROM %s ORDER BY id'))\n", l[0])
	}
	fmt.Fprintf(&script, "show(s.sql('''INSERT OVERWRITE DIRECTORY '%s' USING json %s'''))\n", filepath.Join(dir, "json"), everyType)
	got := spark(t, script.String())
	const columns = "id INT, b BOOLEAN, y TINYINT, s SMALLINT, l BIGINT, f FLOAT, d DOUBLE, dec DECIMAL(4,2), big DECIMAL(23,3), str STRING, " +
		"bin BINARY, day DATE, ts TIMESTAMP, ntz TIMESTAMP_NTZ, arr ARRAY<INT>, m MAP<STRING, DOUBLE>, st STRUCT<a: INT, b: ARRAY<STRUCT<c: STRING>>>, k INT"
	for _, l := range layouts {
		must(t, s, fmt.Sprintf("CREATE TABLE %s (%s) USING parquet %s LOCATION '%s'", l[0], columns, l[1], filepath.Join(dir, l[0])))
		if l[0] == "partitioned" {
			must(t, s, "MSCK REPAIR TABLE "+l[0])
		}
		want.WriteString(shown(t, s, "SELECT * FROM "+l[0]+" ORDER BY id"))
		for id := 1; id <= 3; id++ { // with buckets that we compute and prune by
			if n := must(t, s, fmt.Sprintf("SELECT count(*) FROM %s WHERE id = %d", l[0], id)); n[0][0] != int64(1) {
				t.Errorf("%s: id %d is there %v times", l[0], id, n)
			}
		}
	}
	want.WriteString("struct<>\n")
	if got != want.String() {
		t.Errorf("Spark has\n%s\nwe read\n%s", got, want.String())
	}
	if n := must(t, s, fmt.Sprintf("SELECT count(*), sum(id) FROM json.`%s`", filepath.Join(dir, "json"))); fmt.Sprint(n) != "[[3 6]]" {
		t.Errorf("json: %v", n)
	}
}
