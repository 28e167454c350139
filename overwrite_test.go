package sparksql_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	sparksql "sparksql"
)

// replaced are the tables that are overwritten while they are read: plain, partitioned by what changes with each
// overwrite and by what stays, of lines, of Avro.
var replaced = map[string]string{
	"plain":  "USING parquet CLUSTERED BY (id) INTO 3 BUCKETS",
	"moving": "USING parquet PARTITIONED BY (gen)",
	"parts":  "USING parquet PARTITIONED BY (p)",
	"commas": "USING csv PARTITIONED BY (p)",
	"avros":  "USING avro",
}

const replacedRows, generations = 300, 8

func generation(n int) string {
	return fmt.Sprintf("SELECT id, CAST(id %% 3 AS INT) AS p, CAST(%d AS INT) AS gen FROM range(%d)", n, replacedRows)
}

// readReplaced reads the tables until they are of the last generation: all rows are there each time, and of one
// generation, which is never older than one that was seen before.
func readReplaced(ctx context.Context, s *sparksql.Session) error {
	last := map[string]int32{}
	for finished := 0; finished < len(replaced); {
		finished = 0
		for table := range replaced {
			rows, err := s.Query(ctx, "SELECT count(*), count(DISTINCT id), min(gen), max(gen) FROM "+table)
			if err != nil {
				return fmt.Errorf("%s: %w", table, err)
			}
			all, err := rows.All()
			if err != nil {
				return fmt.Errorf("%s: %w", table, err)
			}
			row := all[0]
			if row[0] != int64(replacedRows) || row[1] != row[0] || row[2] != row[3] || row[2].(int32) < last[table] {
				return fmt.Errorf("%s: %v after generation %d", table, row, last[table])
			}
			if last[table] = row[2].(int32); last[table] == generations {
				finished++
			}
		}
	}
	return nil
}

// TestReaderProcess is the reader that the next test starts as a process of its own.
func TestReaderProcess(t *testing.T) {
	warehouse := os.Getenv("SPARKSQL_TEST_READER")
	if warehouse == "" {
		t.Skip("is started by another test")
	}
	eng, err := sparksql.Open(sparksql.WithWarehouse(warehouse), sparksql.WithWorkers(2))
	if err != nil {
		t.Fatal(err)
	}
	defer eng.Close()
	if err := readReplaced(t.Context(), eng.Session()); err != nil {
		t.Fatal(err)
	}
}

// A table that is overwritten again and again is read whole, by readers of the same process and of others.
func TestReadersOfReplacedTables(t *testing.T) {
	warehouse := filepath.Join(t.TempDir(), "w")
	eng := open(t, sparksql.WithWarehouse(warehouse))
	writer := eng.Session()
	for table, how := range replaced {
		must(t, writer, "CREATE TABLE "+table+" "+how+" AS "+generation(1))
	}
	var readers sync.WaitGroup
	failed := make(chan error, 3)
	for range 2 {
		readers.Go(func() { failed <- readReplaced(t.Context(), eng.Session()) })
	}
	readers.Go(func() {
		c := exec.Command(os.Args[0], "-test.run=^TestReaderProcess$")
		c.Env = append(os.Environ(), "SPARKSQL_TEST_READER="+warehouse)
		out, err := c.CombinedOutput()
		if err != nil {
			err = fmt.Errorf("%w\n%s", err, out)
		}
		failed <- err
	})
	for n := 2; n <= generations; n++ {
		for table, how := range replaced {
			columns := "id, p, gen"
			if strings.HasSuffix(how, "(p)") {
				columns = "id, gen, p"
			}
			must(t, writer, "INSERT OVERWRITE "+table+" SELECT "+columns+" FROM ("+generation(n)+")")
		}
	}
	readers.Wait()
	for range cap(failed) {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	must(t, writer, "SELECT * FROM plain LIMIT 1")
	for _, path := range openBeneath(t, warehouse) {
		if filepath.Ext(path) != ".db" && !strings.Contains(path, "metastore") {
			t.Errorf("%s is still open", path)
		}
	}
}

// Workers take up a scan when it suits them: some when others have ended already. The files stay open for them, and none
// is open when the statement has ended, well or not.
func TestFilesOfAScanStayOpenForLateWorkers(t *testing.T) {
	warehouse := filepath.Join(t.TempDir(), "w")
	s := open(t, sparksql.WithWarehouse(warehouse), sparksql.WithWorkers(8)).Session()
	must(t, s, "CREATE TABLE many USING parquet PARTITIONED BY (p) AS SELECT id, CAST(id % 12 AS INT) AS p FROM range(60000)")
	must(t, s, "CREATE TABLE few USING parquet AS SELECT id FROM range(50)")
	for range 40 {
		must(t, s, "SELECT many.id FROM many JOIN few USING (id) LIMIT 1")
	}
	wantError(t, s, "SELECT 1 / (id - 3) FROM many JOIN few USING (id)", "DIVIDE_BY_ZERO")
	for _, path := range openBeneath(t, warehouse) {
		if filepath.Ext(path) == ".parquet" {
			t.Errorf("%s is still open", path)
		}
	}
}

// openBeneath are the files beneath a folder that this process has open, where the system tells.
func openBeneath(t *testing.T, dir string) (out []string) {
	t.Helper()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return nil
	}
	for _, fd := range fds {
		if path, err := os.Readlink("/proc/self/fd/" + fd.Name()); err == nil && strings.HasPrefix(path, dir) {
			out = append(out, path)
		}
	}
	return out
}
