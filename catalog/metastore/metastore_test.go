package metastore

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"sparksql/sql/errs"
)

func TestStoreKeepsDefinitions(t *testing.T) {
	ctx, dir := context.Background(), filepath.Join(t.TempDir(), "w h%")
	s := Open(dir)
	if d, err := s.Databases(ctx); err != nil || len(d) != 1 {
		t.Fatal(d, err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Fatal("reading made the folder")
	}
	tab := &Table{Database: "default", Name: "T", Kind: Managed, Columns: []Column{{Name: "a", Type: "int"}}, Rows: -1}
	if err := s.Create(ctx, tab, false, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Create(ctx, tab, false, nil); !errs.Is(err, "TABLE_OR_VIEW_ALREADY_EXISTS") {
		t.Fatal(err)
	}
	other := Open(dir) // another process
	if got, err := other.Table(ctx, "DEFAULT", "t"); err != nil || got == nil || got.Name != "T" {
		t.Fatal(got, err)
	}
	fail := errs.Internal("no")
	if err := s.Create(ctx, &Table{Database: "default", Name: "u"}, false, func() error { return fail }); err != fail {
		t.Fatal(err)
	}
	if got, _ := other.Table(ctx, "default", "u"); got != nil {
		t.Fatal("a failed change stayed")
	}
	if err := s.CreateDatabase(ctx, Database{Name: "D"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Create(ctx, &Table{Database: "d", Name: "v", Kind: View}, false, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.DropDatabase(ctx, "d", false); !errs.Is(err, "SCHEMA_NOT_EMPTY") {
		t.Fatal(err)
	}
	if gone, err := s.DropDatabase(ctx, "d", true); err != nil || len(gone) != 1 {
		t.Fatal(gone, err)
	}
	if _, err := s.Database(ctx, "d"); !errs.Is(err, "SCHEMA_NOT_FOUND") {
		t.Fatal(err)
	}
	if ok, err := other.Drop(ctx, "default", "T"); !ok || err != nil {
		t.Fatal(ok, err)
	}
	s.Close()
	other.Close()
}

// firstRelease is a metastore as version 1 made it: a partitioned table, a view.
const firstRelease = `
CREATE TABLE databases (name TEXT PRIMARY KEY, def TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE objects (
	db TEXT NOT NULL REFERENCES databases(name), kind TEXT NOT NULL, name TEXT NOT NULL, def TEXT NOT NULL,
	PRIMARY KEY (db, kind, name)) WITHOUT ROWID;
INSERT INTO databases VALUES ('default', '{"name":"default","location":"/w"}');
INSERT INTO objects VALUES ('default', 'relation', 't',
	'{"database":"default","name":"t","kind":"MANAGED","provider":"parquet","location":"/w/t","columns":[{"name":"a","type":"INT","nullable":true},{"name":"p","type":"INT","nullable":true}],"partitionBy":["p"],"rows":-1,"bytes":-1}');
INSERT INTO objects VALUES ('default', 'relation', 'v',
	'{"database":"default","name":"v","kind":"VIEW","columns":[{"name":"a","type":"INT","nullable":true}],"viewText":"SELECT a FROM t","rows":-1,"bytes":-1}');
PRAGMA user_version = 1;`

func TestOldStoresAreUpgraded(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	db, err := sql.Open("sqlite", filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(firstRelease); err != nil {
		t.Fatal(err)
	}
	db.Close()
	s := Open(dir)
	defer s.Close()
	tab, err := s.Table(ctx, "default", "t")
	if err != nil || tab == nil || tab.Tracked || tab.PartitionBy[0] != "p" {
		t.Fatal(tab, err)
	}
	if v, err := s.Table(ctx, "default", "v"); err != nil || v.ViewText != "SELECT a FROM t" || v.ViewOutput != nil {
		t.Fatal(v, err)
	}
	if _, err := s.AddPartitions(ctx, "default", "t", true, &Partition{Spec: "p=1"}); err != nil {
		t.Fatal(err)
	}
	var have int
	if err := s.db.QueryRow("PRAGMA user_version").Scan(&have); err != nil || have != version {
		t.Fatal(have, err)
	}
	if _, err := s.db.Exec("PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir).Table(ctx, "default", "t"); err == nil {
		t.Fatal("a store of a later release was opened")
	}
}

func TestPartitionsOfATable(t *testing.T) {
	ctx := context.Background()
	s := Open(t.TempDir())
	defer s.Close()
	if err := s.Create(ctx, &Table{Database: "default", Name: "T", Location: "/t"}, false, nil, &Partition{Spec: "p=1"}); err != nil {
		t.Fatal(err)
	}
	specs := func(table string) (out string) {
		ps, err := s.Partitions(ctx, "DEFAULT", table)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range ps {
			out += p.Spec + " "
		}
		return out
	}
	if taken, err := s.AddPartitions(ctx, "default", "t", true, &Partition{Spec: "p=1"}, &Partition{Spec: "p=2"}); err != nil || len(taken) != 1 || specs("t") != "p=1 " {
		t.Fatal(taken, err, specs("t"))
	}
	if taken, err := s.AddPartitions(ctx, "default", "t", false, &Partition{Spec: "p=1"}, &Partition{Spec: "p=2"}); err != nil || len(taken) != 1 || specs("t") != "p=1 p=2 " {
		t.Fatal(taken, err, specs("t"))
	}
	if err := s.ReplacePartitions(ctx, "default", "t", []string{"p=1"}, []string{"/t/p=1"}, &Partition{Spec: "p=3"}); err != nil || specs("t") != "p=2 p=3 " {
		t.Fatal(err, specs("t"))
	}
	if l, err := s.Litter(ctx, "/t"); err != nil || len(l) != 1 || l[0] != "/t/p=1" {
		t.Fatal(l, err)
	}
	err := s.Alter(ctx, "default", "t", func(t *Table) error { t.Name = "u"; return nil })
	if err != nil || specs("t") != "" || specs("u") != "p=2 p=3 " {
		t.Fatal(err, specs("t"), specs("u"))
	}
	if ok, err := s.Drop(ctx, "default", "u"); !ok || err != nil || specs("u") != "" {
		t.Fatal(ok, err, specs("u"))
	}
	if _, err := s.AddPartitions(ctx, "default", "u", false, &Partition{Spec: "p=1"}); !errs.Is(err, "TABLE_OR_VIEW_NOT_FOUND") {
		t.Fatal(err)
	}
}
