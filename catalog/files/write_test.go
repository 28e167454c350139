package files

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"sparksql/catalog"
	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

func schemaKV() *types.Schema {
	return &types.Schema{Fields: []types.Field{{Name: "v", Type: types.IntType, Nullable: true}, {Name: "k", Type: types.StringType, Nullable: true}}}
}

// openKV opens the folder as a table v int, partitioned by k where parts is true.
func openKV(t *testing.T, dir string, parts bool) *Table {
	t.Helper()
	s := Spec{Format: "parquet", Paths: []string{dir}, Schema: schemaKV(), MayBeEmpty: true}
	if parts {
		s.PartitionBy = []string{"k"}
	}
	tab, err := Open(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

func batchKV(rows ...kv) *vec.Batch {
	b := &vec.Batch{Cols: []*vec.Vec{vec.New(types.IntType, 0), vec.New(types.StringType, 0)}, N: len(rows)}
	for _, r := range rows {
		b.Cols[0].Append(r.v)
		b.Cols[1].Append(r.k)
	}
	return b
}

type kv struct {
	v int32
	k any
}

// put writes rows, dealt to workers.
func put(ctx context.Context, tab *Table, spec catalog.WriteSpec, workers int, rows ...kv) (catalog.WriteStats, error) {
	j, err := tab.Write(ctx, spec)
	if err != nil {
		return catalog.WriteStats{}, err
	}
	for w := range workers {
		wr, err := j.Open()
		if err != nil {
			return catalog.WriteStats{}, err
		}
		b := &vec.Batch{Cols: []*vec.Vec{vec.New(types.IntType, 0), vec.New(types.StringType, 0)}, Seq: uint64(workers - w)}
		for i, r := range rows {
			if i%workers == w {
				b.Cols[0].Append(r.v)
				b.Cols[1].Append(r.k)
				b.N++
			}
		}
		if err := wr.Write(ctx, b); err != nil {
			return catalog.WriteStats{}, err
		}
		if err := wr.Close(); err != nil {
			return catalog.WriteStats{}, err
		}
	}
	return j.Commit(ctx)
}

func mustPut(t *testing.T, tab *Table, mode catalog.WriteMode, rows ...kv) {
	t.Helper()
	if _, err := put(context.Background(), tab, catalog.WriteSpec{Mode: mode}, 1, rows...); err != nil {
		t.Fatal(err)
	}
}

func expectRows(t *testing.T, dir string, parts bool, want ...string) {
	t.Helper()
	got := rows(t, openKV(t, dir, parts))
	sort.Strings(got)
	sort.Strings(want)
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Fatalf("%v, not %v", got, want)
	}
}

// tree lists what is in a folder, hidden names too, with UUIDs blanked.
func tree(t *testing.T, dir string) string {
	t.Helper()
	list, err := filesOf(dir)
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(list)
	return regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`).ReplaceAllString(strings.Join(list, " "), "U")
}

func TestModes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "t")
	mustPut(t, openKV(t, dir, true), catalog.ErrorIfExists, kv{1, "a"}, kv{2, "b"}, kv{3, nil}, kv{4, ""})
	if got, want := tree(t, dir), "_SUCCESS k=__HIVE_DEFAULT_PARTITION__/part-00000-U.c000.snappy.parquet k=a/part-00000-U.c000.snappy.parquet k=b/part-00000-U.c000.snappy.parquet"; got != want {
		t.Fatalf("%s, not %s", got, want)
	}
	expectRows(t, dir, true, "1|a", "2|b", "3|<nil>", "4|<nil>")
	mustPut(t, openKV(t, dir, true), catalog.OverwriteDynamic, kv{8, "c"}, kv{9, "b"})
	expectRows(t, dir, true, "1|a", "9|b", "8|c", "3|<nil>", "4|<nil>")
	mustPut(t, openKV(t, dir, true), catalog.Append, kv{8, "c"})
	expectRows(t, dir, true, "1|a", "9|b", "8|c", "8|c", "3|<nil>", "4|<nil>")
	mustPut(t, openKV(t, dir, true), catalog.Ignore, kv{5, "z"})
	if _, err := put(context.Background(), openKV(t, dir, true), catalog.WriteSpec{Mode: catalog.ErrorIfExists}, 1); !errs.Is(err, "PATH_ALREADY_EXISTS") {
		t.Fatal(err)
	}
	if _, err := put(context.Background(), openKV(t, dir, true), catalog.WriteSpec{Mode: catalog.Overwrite, Static: map[string]any{"K": "c"}}, 1, kv{7, "c"}); err != nil {
		t.Fatal(err)
	}
	expectRows(t, dir, true, "1|a", "9|b", "7|c", "3|<nil>", "4|<nil>")
	mustPut(t, openKV(t, dir, true), catalog.Overwrite, kv{6, "x=/y"})
	expectRows(t, dir, true, "6|x=/y")
	if got := tree(t, filepath.Dir(dir)); got != "t/_SUCCESS t/k=x%3D%2Fy/part-00000-U.c000.snappy.parquet" {
		t.Fatal(got)
	}
}

func TestWorkersFilesAreInSourceOrder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "t")
	st, err := put(context.Background(), openKV(t, dir, false), catalog.WriteSpec{Mode: catalog.Overwrite}, 3, kv{3, "c"}, kv{2, "b"}, kv{1, "a"})
	if err != nil || st.Rows != 3 || st.Files != 1 { // a small result is one file
		t.Fatal(st, err)
	}
	if got := strings.Join(rows(t, openKV(t, dir, false)), " "); got != "1|a 2|b 3|c" {
		t.Fatal(got)
	}
	big := make([]kv, 600_000)
	for i := range big {
		big[i] = kv{int32(i % 100), strings.Repeat("x", 60)}
	}
	if st, err = put(context.Background(), openKV(t, dir, false), catalog.WriteSpec{Mode: catalog.Overwrite}, 2, big...); err != nil || st.Files != 2 {
		t.Fatal(st, err)
	}
	if got := rows(t, openKV(t, dir, false)); len(got) != 600_000 || !strings.HasPrefix(got[0], "1|") { // the second worker's rows come first
		t.Fatal(len(got), got[0])
	}
	mustPut(t, openKV(t, dir, false), catalog.Overwrite)
	if got := tree(t, dir); got != "_SUCCESS part-00000-U-c000.snappy.parquet" {
		t.Fatal(got)
	}
}

func TestBucketsAreSparks(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "t")
	tab := openKV(t, dir, false)
	if _, err := put(context.Background(), tab, catalog.WriteSpec{Mode: catalog.Overwrite, Buckets: 10, BucketBy: []string{"k"}}, 1, kv{1, nil}); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, dir); got != "_SUCCESS part-00000-U_00002.c000.snappy.parquet" { // NULL leaves the seed 42
		t.Fatal(got)
	}
}

func TestSortedBuckets(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "t")
	spec := catalog.WriteSpec{Mode: catalog.Overwrite, Buckets: 1, BucketBy: []string{"k"}, SortBy: []string{"v"}}
	if _, err := put(context.Background(), openKV(t, dir, false), spec, 1, kv{3, "a"}, kv{1, nil}, kv{2, "c"}, kv{2, "b"}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows(t, openKV(t, dir, false)), " "); got != "1|<nil> 2|c 2|b 3|a" {
		t.Fatal(got)
	}
}

func TestAbortLeavesNothing(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "t")
	j, err := openKV(t, dir, false).Write(context.Background(), catalog.WriteSpec{Mode: catalog.Overwrite})
	if err != nil {
		t.Fatal(err)
	}
	w, _ := j.Open()
	b := &vec.Batch{Cols: []*vec.Vec{vec.New(types.IntType, 5), vec.New(types.StringType, 5)}, N: 5}
	if err := w.Write(context.Background(), b); err != nil {
		t.Fatal(err)
	}
	if err := j.Abort(); err != nil {
		t.Fatal(err)
	}
	if list, _ := os.ReadDir(root); len(list) != 0 {
		t.Fatal(list)
	}
}

// TestKilledWriter is the process that the next test starts and that kills itself.
func TestKilledWriter(t *testing.T) {
	at, root := os.Getenv("KILL_AT"), os.Getenv("KILL_ROOT")
	if at == "" {
		t.Skip("is run by TestKillsLeaveOldOrNew")
	}
	n := 0
	step := func(string) {
		if n++; fmt.Sprint(n) == at {
			unix.Kill(os.Getpid(), unix.SIGKILL)
			select {}
		}
	}
	ctx := context.Background()
	tx := NewTransaction()
	tx.step = step
	if os.Getenv("KILL_KIND") == "set" {
		ctx = tx.Context(ctx)
	}
	for _, name := range []string{"a", "b"} {
		tab := openKV(t, filepath.Join(root, name), true)
		tab.step = step
		mode := catalog.Overwrite
		if os.Getenv("KILL_KIND") == "dynamic" {
			mode = catalog.OverwriteDynamic
		}
		if _, err := put(ctx, tab, catalog.WriteSpec{Mode: mode}, 2, kv{10, "x"}, kv{20, "y"}); err != nil {
			t.Fatal(err)
		}
		if os.Getenv("KILL_KIND") != "set" {
			break
		}
	}
	if err := tx.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	fmt.Println("FINISHED")
}

func TestKillsLeaveOldOrNew(t *testing.T) {
	for _, kind := range []string{"replace", "dynamic", "set"} {
		finished := false
		for at := 1; at < 40 && !finished; at++ {
			root := t.TempDir()
			for _, name := range []string{"a", "b"} {
				mustPut(t, openKV(t, filepath.Join(root, name), true), catalog.Overwrite, kv{1, "x"}, kv{2, "z"})
			}
			cmd := exec.Command(os.Args[0], "-test.run", "^TestKilledWriter$")
			cmd.Env = append(os.Environ(), fmt.Sprint("KILL_AT=", at), "KILL_ROOT="+root, "KILL_KIND="+kind)
			out, err := cmd.CombinedOutput()
			finished = strings.Contains(string(out), "FINISHED")
			if err != nil && !strings.Contains(err.Error(), "killed") {
				t.Fatalf("%v: %s", err, out)
			}
			old, now := "1|x 2|z", "10|x 20|y"
			if kind == "dynamic" {
				now = "10|x 20|y 2|z"
			}
			state := func(name string) string {
				got := rows(t, openKV(t, filepath.Join(root, name), true))
				sort.Strings(got)
				return strings.Join(got, " ")
			}
			a, b := state("a"), state("b")
			if a != old && a != now || kind == "set" && a != b || kind != "set" && b != old {
				t.Fatalf("%s killed at step %d: %q and %q", kind, at, a, b)
			}
			if finished && a != now {
				t.Fatalf("%s: %q after the end", kind, a)
			}
			for _, name := range []string{"a", "b"} {
				mustPut(t, openKV(t, filepath.Join(root, name), true), catalog.Overwrite, kv{5, "q"})
				expectRows(t, filepath.Join(root, name), true, "5|q")
			}
			if list, _ := os.ReadDir(root); len(list) != 2 {
				t.Fatalf("%s killed at step %d: litter stays: %v", kind, at, list)
			}
		}
		if !finished {
			t.Errorf("%s: the writer never finished", kind)
		}
	}
}

func TestRelievedWritersLoseNoRows(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "t")
	ctx := context.Background()
	j, err := openKV(t, dir, true).Write(ctx, catalog.WriteSpec{Mode: catalog.Overwrite})
	if err != nil {
		t.Fatal(err)
	}
	w, err := j.Open()
	if err != nil {
		t.Fatal(err)
	}
	for i, k := range []string{"a", "b", "a"} {
		b := &vec.Batch{Cols: []*vec.Vec{vec.New(types.IntType, 0), vec.New(types.StringType, 0)}, N: 1, Seq: uint64(i)}
		b.Cols[0].Append(int32(i))
		b.Cols[1].Append(k)
		if err := w.Write(ctx, b); err != nil {
			t.Fatal(err)
		}
		before := w.Held()
		if err := w.Relieve(); err != nil {
			t.Fatal(err)
		}
		if after := w.Held(); after >= before && before > 0 {
			t.Errorf("%d bytes before, %d after", before, after)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := j.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	expectRows(t, dir, true, "0|a", "1|b", "2|a")
}
