package sparksql_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	sparksql "sparksql"
)

// An equality with the bucket column reads the files of one bucket.
func TestBucketsArePruned(t *testing.T) {
	s := open(t).Session()
	must(t, s, "CREATE TABLE b USING parquet CLUSTERED BY (id) INTO 8 BUCKETS AS SELECT id, CAST(id AS STRING) AS s FROM range(5000)")
	must(t, s, "CREATE TABLE bs USING parquet CLUSTERED BY (s) INTO 8 BUCKETS AS SELECT * FROM b")
	for query, files := range map[string]string{
		"SELECT * FROM b WHERE id = 7":                     "files: 1 of 8",
		"SELECT * FROM b WHERE 7 = id AND s > '0'":         "files: 1 of 8",
		"SELECT * FROM b WHERE id <=> 7":                   "files: 1 of 8",
		"SELECT * FROM b WHERE id IN (7, NULL)":            "files: 1 of 8",
		"SELECT * FROM b WHERE id = 7 OR s = '8'":          "files: 8 of 8",
		"SELECT * FROM b WHERE id > 7":                     "files: 8 of 8",
		"SELECT * FROM bs WHERE s = '7'":                   "files: 1 of 8",
		"SELECT * FROM bs WHERE s = '7' AND s = 'nothing'": "files: 0 of 8",
	} {
		text := fmt.Sprint(must(t, s, "EXPLAIN ANALYZE "+query))
		if !strings.Contains(text, files) && !(strings.HasPrefix(files, "files: 0") && !strings.Contains(text, "files: 1")) {
			t.Errorf("%s: want %s\n%s", query, files, text)
		}
	}
	for i := range 20 { // what is pruned has no rows
		n := must(t, s, fmt.Sprintf("SELECT (SELECT count(*) FROM b WHERE id = %d), (SELECT count(*) FROM bs WHERE s = '%d')", i*97, i*97))
		if fmt.Sprint(n) != "[[1 1]]" {
			t.Errorf("%d: %v", i*97, n)
		}
	}
	must(t, s, "INSERT INTO b VALUES (-1, 'x')")
	names, err := filepath.Glob(filepath.Join(location(t, s, "b"), "part-*_0000?.c000.snappy.parquet"))
	if err != nil || len(names) != 9 {
		t.Errorf("%v %v", names, err)
	}
}

// location is the folder of a table.
func location(t *testing.T, s *sparksql.Session, table string) string {
	t.Helper()
	for _, row := range must(t, s, "DESCRIBE EXTENDED "+table) {
		if row[0] == "Location" {
			return strings.TrimPrefix(row[1].(string), "file:")
		}
	}
	t.Fatal("no location")
	return ""
}

func TestDescribeViewAsJSON(t *testing.T) {
	s := open(t).Session()
	s.SetClock(clock)
	must(t, s, "CREATE VIEW w (one COMMENT 'first', two) COMMENT 'a view' AS SELECT id, id FROM range(3)")
	want := `{"table_name":"w","catalog_name":"spark_catalog","namespace":["default"],"schema_name":"default",` +
		`"columns":[{"name":"one","type":{"name":"bigint"},"nullable":false,"comment":"first"},{"name":"two","type":{"name":"bigint"},"nullable":false}],` +
		`"created_time":"2024-12-31T12:30:45Z","last_access":"UNKNOWN","created_by":"Spark 4.0.1","type":"VIEW","comment":"a view",` +
		`"view_text":"SELECT id, id FROM range(3)","view_original_text":"SELECT id, id FROM range(3)","view_schema_mode":"COMPENSATION",` +
		`"view_catalog_and_namespace":"spark_catalog.default","view_query_output_columns":["id","id"],` +
		`"view_creation_spark_configuration":{"spark.sql.session.timeZone":"UTC"},"collation":"UTF8_BINARY"}`
	if got := must(t, s, "DESCRIBE EXTENDED w AS JSON")[0][0]; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestDescribeDatabase(t *testing.T) {
	s := open(t).Session()
	must(t, s, "CREATE DATABASE d COMMENT 'c' WITH DBPROPERTIES (b = '2', a = '1')")
	var got []string
	for _, row := range must(t, s, "DESCRIBE DATABASE EXTENDED d") {
		if row[0] != "Owner" && row[0] != "Location" {
			got = append(got, fmt.Sprint(row[0], "=", row[1]))
		}
	}
	if text := strings.Join(got, "; "); text != "Catalog Name=spark_catalog; Namespace Name=d; Comment=c; Properties=((a,1), (b,2))" {
		t.Error(text)
	}
}

// A table that a stopped process left without an entry does not stand in the way, and files that are not ours do.
func TestManagedPlacesAreOwnOnes(t *testing.T) {
	s := open(t).Session()
	must(t, s, "CREATE TABLE t (a INT) USING parquet")
	place := location(t, s, "t")
	must(t, s, "DROP TABLE t")
	if _, err := os.Stat(place); !os.IsNotExist(err) {
		t.Fatal("the folder is still there")
	}
	if err := os.MkdirAll(filepath.Join(place, "mine"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{"CREATE TABLE t (a INT) USING parquet", "CREATE TABLE t USING parquet AS SELECT 1 AS a"} {
		if err := s.Exec(t.Context(), sql); err == nil || !strings.HasPrefix(err.Error(), "[LOCATION_ALREADY_EXISTS]") {
			t.Errorf("%s: %v", sql, err)
		}
	}
}
