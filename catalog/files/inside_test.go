package files

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sparksql/catalog"
)

// TestTargetsThatStay writes into a folder that cannot be replaced, as mount points are, and stops at each step:
// the next opening completes what was decided and drops what was not.
func TestTargetsThatStay(t *testing.T) {
	type stop struct{ at int }
	for at := 1; ; at++ {
		dir := filepath.Join(t.TempDir(), "t")
		mustPut(t, openKV(t, dir, true), catalog.Overwrite, kv{1, "x"}, kv{2, "z"})
		before, _ := os.Stat(dir)
		n, finished := 0, false
		func() {
			defer func() {
				if r := recover(); r != nil {
					if _, ok := r.(stop); !ok {
						panic(r)
					}
				}
			}()
			tab := openKV(t, dir, true)
			j, err := tab.Write(context.Background(), catalog.WriteSpec{Mode: catalog.Overwrite})
			if err != nil {
				t.Fatal(err)
			}
			jb := j.(*job)
			s := jb.stage
			inside := filepath.Join(dir, stageTag+"test")
			if err := os.Rename(s.dir, inside); err != nil {
				t.Fatal(err)
			}
			s.dir, s.inside = inside, true
			s.step = func(string) {
				if n++; n == at {
					s.lock.Close() // as when the process dies
					panic(stop{at})
				}
			}
			w, _ := j.Open()
			b := batchKV(kv{10, "x"}, kv{20, "y"})
			if err := w.Write(context.Background(), b); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if _, err := j.Commit(context.Background()); err != nil {
				t.Fatal(err)
			}
			finished = true
		}()
		got := strings.Join(rows(t, openKV(t, dir, true)), " ")
		if got != "1|x 2|z" && got != "10|x 20|y" || finished && got != "10|x 20|y" {
			t.Fatalf("stopped at %d: %s", at, got)
		}
		if after, err := os.Stat(dir); err != nil || !os.SameFile(before, after) {
			t.Fatalf("stopped at %d: the folder was replaced", at)
		}
		mustPut(t, openKV(t, dir, true), catalog.Overwrite, kv{5, "q"})
		expectRows(t, dir, true, "5|q")
		if got := tree(t, filepath.Dir(dir)); got != "t/_SUCCESS t/k=q/part-00000-U.c000.snappy.parquet" {
			t.Fatalf("stopped at %d: %s", at, got)
		}
		if finished {
			return
		}
	}
}
