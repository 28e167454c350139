package sparksql

import (
	"context"
	"errors"
	"io"
	"runtime"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// endless are statements that run until they are cancelled, each in other operators.
var endless = []string{
	"select count(*), sum(hash(id)) from range(1000000000000)",
	"select id % 1000003 as k, count(*), max(id) from range(1000000000000) group by 1",
	"select count(*) from range(100000000000) a join range(1000) b on a.id % 1000 = b.id where hash(a.id, b.id) = 1",
	"select * from range(1000000000000) where sha2(cast(id as string), 256) = 'x'",
	"select max(r) from (select row_number() over (partition by id % 7 order by hash(id)) as r from range(50000000))",
	"select * from (select *, hash(id) as h from range(100000000)) order by h limit 1000000",
}

// cancelled starts a statement, cancels it after a while and gives the time until it has ended.
func cancelled(tb testing.TB, s *Session, sql string, after time.Duration) time.Duration {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var at time.Time
	timer := time.AfterFunc(after, func() { at = time.Now(); cancel() })
	defer timer.Stop()
	rows, err := s.Query(ctx, sql)
	if err == nil {
		_, err = rows.Print(io.Discard, Format{Format: "csv"})
	}
	if !errors.Is(err, context.Canceled) {
		tb.Fatalf("%s: %v", sql, err)
	}
	return time.Since(at)
}

func TestCancelledStatementsLeaveNothing(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	eng, err := Open(WithWarehouse(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	defer eng.Close()
	for _, sql := range endless {
		cancelled(t, eng.Session(), sql, 20*time.Millisecond)
	}
}

// BenchmarkCancel reports how long statements take to end once they are cancelled: median, 99th percentile and the longest.
func BenchmarkCancel(b *testing.B) {
	eng, err := Open(WithWarehouse(b.TempDir()))
	if err != nil {
		b.Fatal(err)
	}
	defer eng.Close()
	s := eng.Session()
	before := runtime.NumGoroutine()
	var all []time.Duration
	for b.Loop() {
		all = append(all, cancelled(b, s, endless[len(all)%len(endless)], time.Duration(20+len(all)%80)*time.Millisecond))
	}
	slices.Sort(all)
	ms := func(q float64) float64 {
		return float64(all[min(len(all)-1, int(q*float64(len(all))))].Microseconds()) / 1000
	}
	b.ReportMetric(ms(0.5), "ms-p50")
	b.ReportMetric(ms(0.99), "ms-p99")
	b.ReportMetric(ms(1), "ms-max")
	b.ReportMetric(float64(runtime.NumGoroutine()-before), "goroutines")
}
