package sparksql_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	sparksql "sparksql"
	"sparksql/udfs"
)

// one runs a query and gives its only row as it is printed.
func one(t *testing.T, s *sparksql.Session, sql string) (string, *sparksql.Metrics) {
	t.Helper()
	rows, err := s.Query(context.Background(), sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	var b strings.Builder
	if _, err := rows.Print(&b, sparksql.Format{Format: "spark"}); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return strings.TrimSuffix(b.String(), "\n"), rows.Metrics()
}

const manyGroups = `SELECT count(*), sum(n), min(n), max(n), max(length(k)) FROM (
	SELECT concat('a key that is long enough to count ', id % 300000) AS k, count(*) AS n FROM range(600000) GROUP BY 1)`

func TestGroupBySpillsAt16MiB(t *testing.T) {
	for _, workers := range []int{1, 4} {
		s := open(t, sparksql.WithWorkers(workers), sparksql.WithMemoryLimit(16<<20)).Session()
		got, m := one(t, s, manyGroups)
		if want := "300000\t600000\t2\t2\t41"; got != want {
			t.Errorf("%d workers: got %s, want %s", workers, got, want)
		}
		if m.Spilled == 0 {
			t.Errorf("%d workers: nothing was spilled, the peak was %d bytes", workers, m.PeakMemory)
		}
		if m.PeakMemory > 48<<20 { // every worker may hold one table of groups more than it should until it is asked to spill
			t.Errorf("%d workers: %d bytes were held under a limit of 16 MiB", workers, m.PeakMemory)
		}
	}
}

func TestSortAndJoinSpill(t *testing.T) {
	s := open(t, sparksql.WithWorkers(2), sparksql.WithMemoryLimit(8<<20)).Session()
	for _, c := range []struct{ sql, want string }{
		{"SELECT count(*), max(id), max(pad) > 'p' FROM (SELECT id, concat('pad', id) AS pad FROM range(300000) ORDER BY pad OFFSET 1000)", "299000\t299999\ttrue"},
		{`SELECT /*+ MERGE(b) */ count(*), sum(a.id), max(b.p) FROM (SELECT id, concat('left ', id) AS p FROM range(200000)) a
			FULL JOIN (SELECT id + 100000 AS id, concat('the right side of a join, wide ', id) AS p FROM range(200000)) b ON a.id = b.id`, "300000\t19999900000\tthe right side of a join, wide 99999"},
	} {
		got, m := one(t, s, c.sql)
		if got != c.want || m.Spilled == 0 {
			t.Errorf("%s\n got %s with %d bytes spilled, want %s", c.sql, got, m.Spilled, c.want)
		}
	}
}

func TestTwoQueriesShareOneBudget(t *testing.T) {
	eng := open(t, sparksql.WithWorkers(2), sparksql.WithMemoryLimit(16<<20))
	var wg sync.WaitGroup
	got := make([]string, 2)
	for i := range got {
		wg.Go(func() {
			rows, err := eng.Session().Query(context.Background(), manyGroups)
			if err == nil {
				var b strings.Builder
				_, err = rows.Print(&b, sparksql.Format{Format: "spark"})
				got[i] = b.String()
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for i, g := range got {
		if g != "300000\t600000\t2\t2\t41\n" {
			t.Errorf("query %d gave %q", i, g)
		}
	}
}

func TestCancelledQueriesEndAtOnceAndLeaveNothing(t *testing.T) {
	ignore := goleak.IgnoreCurrent()
	eng := open(t, sparksql.WithWorkers(4))
	for _, sql := range []string{
		"SELECT count(*) FROM range(100000000) a JOIN range(1000) b ON a.id % 7 > b.id % 5",
		"SELECT sum(h) FROM (SELECT hash(id) AS h FROM range(100000000000))",
		"SELECT id FROM range(1000000000) ORDER BY hash(id)",
		"SELECT count(*) FROM (SELECT id % 1000003 AS k FROM range(1000000000) GROUP BY 1)",
	} {
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(150*time.Millisecond, cancel)
		start := time.Now()
		err := eng.Session().Exec(ctx, sql)
		if d := time.Since(start); d > 1500*time.Millisecond {
			t.Errorf("%s\n took %v to end", sql, d)
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s\n gave %v", sql, err)
		}
	}
	goleak.VerifyNone(t, ignore)
}

func TestResultsClosedEarlyLeaveNothing(t *testing.T) {
	ignore := goleak.IgnoreCurrent()
	s := open(t, sparksql.WithWorkers(4)).Session()
	rows, err := s.Query(context.Background(), "SELECT id, concat('x', id) FROM range(1000000000)")
	if err != nil {
		t.Fatal(err)
	}
	for b, err := range rows.Batches() {
		if err != nil || b.Rows() == 0 {
			t.Fatalf("no first batch: %v", err)
		}
		break
	}
	if err := rows.Close(); err != nil {
		t.Error(err)
	}
	if err := rows.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	goleak.VerifyNone(t, ignore)
}

func TestAFunctionThatPanicsFailsItsStatementAlone(t *testing.T) {
	s := open(t).Session()
	err := s.Register(udfs.Scalar("boom", func(i int64) (int64, error) {
		if i == 500 {
			panic("out of order")
		}
		return i, nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	err = s.Exec(context.Background(), "SELECT sum(boom(id)) FROM range(1000)")
	e, ok := sparksql.AsError(err)
	if !ok || !strings.Contains(e.Error(), "boom") || !strings.Contains(e.Error(), "out of order") {
		t.Errorf("the error does not name the function and its panic: %v", err)
	}
	if got, _ := one(t, s, "SELECT sum(boom(id)) FROM range(500)"); got != "124750" {
		t.Errorf("after the panic: %s", got)
	}
}
