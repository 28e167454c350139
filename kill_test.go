package sparksql_test

import (
	"bufio"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	sparksql "sparksql"
)

// killed is what the writers of TestKilledWriters write: the rows of version n, in partitions, so that a mixture of two
// versions shows.
func killed(n int) string {
	return fmt.Sprintf("SELECT id, %d AS version, id %% 5 + %d %% 3 AS p FROM range(20000)", n, n)
}

// writerFor makes this test binary a writer process: SPARKSQL_TEST_WRITER is its warehouse, SPARKSQL_TEST_JOB what it does.
func writerFor(t *testing.T, warehouse, job string, env ...string) (*exec.Cmd, *bufio.Reader) {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^TestWriterProcess$")
	c.Env = append(append(os.Environ(), "SPARKSQL_TEST_WRITER="+warehouse, "SPARKSQL_TEST_JOB="+job), env...)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c, bufio.NewReader(out)
}

// TestWriterProcess is the writer that other tests start as a process of its own.
func TestWriterProcess(t *testing.T) {
	warehouse, job := os.Getenv("SPARKSQL_TEST_WRITER"), os.Getenv("SPARKSQL_TEST_JOB")
	if warehouse == "" {
		t.Skip("is started by other tests")
	}
	eng, err := sparksql.Open(sparksql.WithWarehouse(warehouse), sparksql.WithWorkers(2))
	if err != nil {
		t.Fatal(err)
	}
	defer eng.Close()
	s := eng.Session()
	fmt.Println("ready")
	for n := 2; ; n++ {
		done, err := writerStep(s, job, n)
		if err != nil {
			t.Fatal(err)
		}
		if done {
			return
		}
	}
}

// writerStep does the n-th piece of a job.
func writerStep(s *sparksql.Session, job string, n int) (done bool, err error) {
	ctx := context.Background()
	exec := func(sql string) {
		if err == nil {
			err = s.Exec(ctx, sql)
		}
	}
	switch job {
	case "overwrite":
		exec("INSERT OVERWRITE t " + killed(n))
	case "create":
		exec("CREATE TABLE c USING parquet PARTITIONED BY (p) AS " + killed(n))
		exec("DROP TABLE c")
	case "rename":
		exec("ALTER TABLE r RENAME TO r2")
		exec("ALTER TABLE r2 RENAME TO r")
	case "append": // rows that tell who wrote them, and how many there should be
		exec(fmt.Sprintf("INSERT INTO a SELECT id, '%s' AS writer, %d AS step FROM range(100)", os.Getenv("SPARKSQL_TEST_NAME"), n))
		return n == 9, err
	case "replace":
		exec("INSERT OVERWRITE t " + killed(n+100*len(os.Getenv("SPARKSQL_TEST_NAME"))))
		return n == 9, err
	}
	return false, err
}

// TestKilledWriters kills writers with kill -9 at random moments: a reader sees the old rows or the new ones, and the next
// write leaves no litter. SPARKSQL_KILLS sets the number of trials (make kill-test: 500).
func TestKilledWriters(t *testing.T) {
	trials := 9
	if n, err := strconv.Atoi(os.Getenv("SPARKSQL_KILLS")); err == nil {
		trials = n
	}
	warehouse := filepath.Join(t.TempDir(), "w")
	run := func(f func(*sparksql.Session)) {
		eng, err := sparksql.Open(sparksql.WithWarehouse(warehouse), sparksql.WithWorkers(2))
		if err != nil {
			t.Fatal(err)
		}
		defer eng.Close()
		f(eng.Session())
	}
	run(func(s *sparksql.Session) {
		must(t, s, "CREATE TABLE t USING parquet PARTITIONED BY (p) AS "+killed(1))
		must(t, s, "CREATE TABLE r USING parquet PARTITIONED BY (p) AS "+killed(1))
	})
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	jobs := []string{"overwrite", "create", "rename"}
	finished := map[string]int{}
	for i := range trials {
		job := jobs[i%len(jobs)]
		c, out := writerFor(t, warehouse, job)
		if line, err := out.ReadString('\n'); err != nil || line != "ready\n" {
			t.Fatalf("the writer said %q: %v", line, err)
		}
		time.Sleep(time.Duration(random.IntN(150_000)) * time.Microsecond)
		c.Process.Kill()
		c.Wait()
		run(func(s *sparksql.Session) { finished[job] += afterKill(t, s, job, random) })
		if t.Failed() {
			t.Fatalf("trial %d, %s", i, job)
		}
	}
	run(func(s *sparksql.Session) { noLitter(t, s, warehouse) })
	t.Logf("%d trials; versions of t seen later than the first: %d, tables created: %d", trials, finished["overwrite"], finished["create"])
}

// afterKill looks at what a killed writer left, and writes itself; seen counts what the writer had finished.
func afterKill(t *testing.T, s *sparksql.Session, job string, random *rand.Rand) (seen int) {
	t.Helper()
	whole := func(table string) string {
		rows := must(t, s, "SELECT count(*), count(DISTINCT version), sum(id), count(DISTINCT p), min(version) FROM "+table)
		if got := fmt.Sprint(rows[0][:4]); got != "[20000 1 199990000 5]" {
			t.Errorf("%s has %s: not the rows of one version", table, got)
		}
		return fmt.Sprint(rows[0][4])
	}
	switch job {
	case "overwrite":
		if v := whole("t"); v != "1" {
			seen = 1
		}
		if random.IntN(2) == 0 {
			must(t, s, "INSERT OVERWRITE t "+killed(1))
			whole("t")
		}
	case "create":
		if len(must(t, s, "SHOW TABLES LIKE 'c'")) > 0 {
			whole("c")
			must(t, s, "DROP TABLE c")
			seen = 1
		}
		must(t, s, "CREATE TABLE c USING parquet PARTITIONED BY (p) AS "+killed(1))
		whole("c")
		must(t, s, "DROP TABLE c")
	case "rename":
		if len(must(t, s, "SHOW TABLES LIKE 'r2'")) > 0 {
			whole("r2")
			must(t, s, "ALTER TABLE r2 RENAME TO r")
		}
		whole("r")
	}
	return seen
}

// noLitter writes once more and looks for folders that belong to nothing.
func noLitter(t *testing.T, s *sparksql.Session, warehouse string) {
	t.Helper()
	must(t, s, "INSERT OVERWRITE t "+killed(1))
	must(t, s, "INSERT OVERWRITE r "+killed(1))
	must(t, s, "CREATE TABLE c USING parquet AS SELECT 1 AS a")
	err := filepath.WalkDir(warehouse, func(p string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(warehouse, p)
		top, _, _ := strings.Cut(rel, "/")
		switch {
		case err != nil:
			return err
		case rel == ".", top == "t", top == "r", top == "c", strings.HasPrefix(top, "metastore.db"):
			if strings.Contains(rel, ".sparksql-") {
				t.Errorf("litter: %s", rel)
			}
			return nil
		}
		t.Errorf("litter: %s", rel)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(must(t, s, "SHOW PARTITIONS t")); n != 5 {
		t.Errorf("t has %d partitions", n)
	}
}

// must runs a statement and gives its rows.
func must(t *testing.T, s *sparksql.Session, sql string) [][]any {
	t.Helper()
	r, err := s.Query(context.Background(), sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	rows, err := r.All()
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return rows
}

// TestWritersOfOneTable lets processes write to one table at once: appended rows are all there, and of overwrites one wins
// whole.
func TestWritersOfOneTable(t *testing.T) {
	warehouse := filepath.Join(t.TempDir(), "w")
	eng, err := sparksql.Open(sparksql.WithWarehouse(warehouse))
	if err != nil {
		t.Fatal(err)
	}
	defer eng.Close()
	s := eng.Session()
	must(t, s, "CREATE TABLE a (id BIGINT, writer STRING, step INT) USING parquet PARTITIONED BY (writer, step)")
	must(t, s, "CREATE TABLE t USING parquet PARTITIONED BY (p) AS "+killed(1))
	var all []*exec.Cmd
	for i, job := range []string{"append", "replace", "append", "replace"} {
		c, _ := writerFor(t, warehouse, job, "SPARKSQL_TEST_NAME="+strings.Repeat("w", i+1))
		all = append(all, c)
	}
	stop := make(chan struct{})
	done := make(chan error)
	go func() { done <- readersSee(s, stop) }()
	for _, c := range all {
		if err := c.Wait(); err != nil {
			t.Errorf("a writer failed: %v", err)
		}
	}
	close(stop)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if got := fmt.Sprint(must(t, s, "SELECT writer, count(*), count(DISTINCT step), sum(id) FROM a GROUP BY writer ORDER BY writer")); got != "[[w 800 8 39600] [www 800 8 39600]]" {
		t.Errorf("appended rows: %s", got)
	}
	if n := len(must(t, s, "SHOW PARTITIONS a")); n != 16 {
		t.Errorf("%d partitions", n)
	}
	if got := fmt.Sprint(must(t, s, "SELECT count(*), count(DISTINCT version), sum(id) FROM t")); got != "[[20000 1 199990000]]" {
		t.Errorf("overwritten rows: %s", got)
	}
}

// readersSee reads while others write: a state is whole, or its files are gone and the error says so.
func readersSee(s *sparksql.Session, stop chan struct{}) error {
	for {
		select {
		case <-stop:
			return nil
		default:
		}
		r, err := s.Query(context.Background(), "SELECT count(*), count(DISTINCT version), sum(id) FROM t")
		var rows [][]any
		if err == nil {
			rows, err = r.All()
		}
		if e, ok := sparksql.AsError(err); ok && strings.HasPrefix(e.Cond.Name, "FAILED_READ_FILE") || ok && e.Cond.Name == "CANNOT_READ_FILE_FOOTER" {
			continue
		}
		if err != nil {
			return err
		}
		if got := fmt.Sprint(rows); got != "[[20000 1 199990000]]" {
			return fmt.Errorf("a reader saw %s", got)
		}
	}
}
