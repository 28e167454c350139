package sparksql_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	sparksql "sparksql"
)

// python is an interpreter that has the named module: $SPARKSQL_PYTHON, else python3. The test is skipped without one.
func python(t *testing.T, module string) string {
	t.Helper()
	bin := os.Getenv("SPARKSQL_PYTHON")
	if bin == "" {
		bin = "python3"
	}
	if err := exec.Command(bin, "-c", "import "+module).Run(); err != nil {
		t.Skipf("%s has no module %s", bin, module)
	}
	return bin
}

// writeSample stores a row of every type and one of NULLs, partitioned, and returns the folder.
func writeSample(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out")
	eng, err := sparksql.Open(sparksql.WithWarehouse(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	defer eng.Close()
	const query = `SELECT * FROM VALUES
		(1, true, 2Y, 3S, 4L, 1.5F, 2.5D, 12.34BD, 12345678901234567890.123BD, 'text', X'6162', DATE '2023-03-04',
		 TIMESTAMP '2023-03-04 05:06:07.891', array(1, NULL), map('k', 1.5D), named_struct('a', 1, 'b', 'x'), 'p=1/2'),
		(2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
		AS t(id, b, y, s, l, f, d, dec, big, str, bin, day, ts, arr, m, st, part)`
	_, err = eng.Session().Write(context.Background(), query, sparksql.WriteFiles{Path: dir, Format: "parquet", PartitionBy: []string{"part"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "part=p%3D1%2F2")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func runPython(t *testing.T, bin, script string, want string) {
	t.Helper()
	out, err := exec.Command(bin, "-c", script).CombinedOutput()
	if got := strings.TrimSpace(string(out)); err != nil || got != want {
		t.Errorf("got %v:\n%s\nwant:\n%s", err, got, want)
	}
}

func TestPyarrowReadsWhatWeWrite(t *testing.T) {
	bin, dir := python(t, "pyarrow.dataset"), writeSample(t)
	runPython(t, bin, fmt.Sprintf(`
import pyarrow.dataset as ds
t = ds.dataset(%q, format="parquet", partitioning="hive").to_table().sort_by("id")
print(",".join(f"{f.name}:{f.type}" for f in t.schema if f.name not in ("arr", "m", "st")))
print([str(t.column(c)[0].as_py()) for c in ("b", "y", "s", "l", "f", "d", "dec", "big", "str", "bin", "day", "ts", "arr", "m", "st")])
print(all(t.column(c)[1].as_py() is None for c in t.column_names if c != "id"))`, dir),
		`id:int32,b:bool,y:int8,s:int16,l:int64,f:float,d:double,dec:decimal128(4, 2),big:decimal128(23, 3),str:string,bin:binary,day:date32[day],ts:timestamp[ns],part:string
['True', '2', '3', '4', '1.5', '2.5', '12.34', '12345678901234567890.123', 'text', "b'ab'", '2023-03-04', '2023-03-04 05:06:07.891000', '[1, None]', "[('k', 1.5)]", "{'a': 1, 'b': 'x'}"]
True`)
}

func TestDuckDBReadsWhatWeWrite(t *testing.T) {
	bin, dir := python(t, "duckdb"), writeSample(t)
	runPython(t, bin, fmt.Sprintf(`
import duckdb
r = duckdb.sql("SELECT id, y, dec, big, str, day, arr, st.b, part FROM read_parquet('%s/**/*.parquet', hive_partitioning=true) ORDER BY id")
print([str(x) for x in r.types])
print([[str(c) for c in row] for row in r.fetchall()])`, dir),
		`['INTEGER', 'TINYINT', 'DECIMAL(4,2)', 'DECIMAL(23,3)', 'VARCHAR', 'DATE', 'INTEGER[]', 'VARCHAR', 'VARCHAR']
[['1', '2', '12.34', '12345678901234567890.123', 'text', '2023-03-04', '[1, None]', 'x', 'p=1/2'], ['2', 'None', 'None', 'None', 'None', 'None', 'None', 'None', 'None']]`)
}

func TestSparkReadsWhatWeWrite(t *testing.T) {
	bin := python(t, "pyspark")
	if _, err := exec.LookPath("java"); err != nil {
		t.Skip("there is no java")
	}
	if testing.Short() {
		t.Skip("starts a JVM")
	}
	dir := writeSample(t)
	runPython(t, bin, fmt.Sprintf(`
import os, sys
null = os.open(os.devnull, os.O_WRONLY); os.dup2(null, 2)
from pyspark.sql import SparkSession
s = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "UTC").getOrCreate()
d = s.read.parquet(%q).orderBy("id")
print(d.schema.simpleString())
print(d.selectExpr("to_json(struct(*))").first()[0])
s.stop()`, dir),
		`struct<id:int,b:boolean,y:tinyint,s:smallint,l:bigint,f:float,d:double,dec:decimal(4,2),big:decimal(23,3),str:string,bin:binary,day:date,ts:timestamp,arr:array<int>,m:map<string,double>,st:struct<a:int,b:string>,part:string>
{"id":1,"b":true,"y":2,"s":3,"l":4,"f":1.5,"d":2.5,"dec":12.34,"big":12345678901234567890.123,"str":"text","bin":"YWI=","day":"2023-03-04","ts":"2023-03-04T05:06:07.891Z","arr":[1,null],"m":{"k":1.5},"st":{"a":1,"b":"x"},"part":"p=1/2"}`)
}
