package sparksql

import (
	"context"
	"testing"
)

// Progress grows from nothing to all, and counts the rows of every source.
func TestProgressOfAStatement(t *testing.T) {
	eng, err := Open(WithWarehouse(t.TempDir()), WithWorkers(2))
	if err != nil {
		t.Fatal(err)
	}
	defer eng.Close()
	ctx, progress := Watch(context.Background())
	if p := progress(); p.Fraction != 0 || p.Pipelines != 0 || p.Rows != 0 {
		t.Errorf("before anything runs: %+v", p)
	}
	rows, err := eng.Session().Query(ctx, "select a.id % 10 as k, count(*) from range(2000000) a join range(1000) b on a.id = b.id group by 1")
	if err != nil {
		t.Fatal(err)
	}
	last := Progress{}
	for done := make(chan error, 1); ; {
		go func() { _, err := rows.All(); done <- err }()
		for running := true; running; {
			select {
			case err := <-done:
				if err != nil {
					t.Fatal(err)
				}
				running = false
			default:
			}
			p := progress()
			if p.Fraction < 0 || p.Fraction > 1 || p.Rows < last.Rows || p.Done < last.Done || p.Done > p.Pipelines {
				t.Fatalf("after %+v came %+v", last, p)
			}
			last = p
		}
		break
	}
	if last = progress(); last.Fraction != 1 || last.Done != last.Pipelines || last.Rows < 2_001_000 || last.PeakMemory == 0 {
		t.Errorf("at the end: %+v", last)
	}
	if err := eng.Session().Exec(ctx, "create table t using parquet as select * from range(5)"); err != nil {
		t.Fatal(err)
	}
	if p := progress(); p.Rows < last.Rows+5 {
		t.Errorf("a command is not watched: %+v", p)
	}
}
