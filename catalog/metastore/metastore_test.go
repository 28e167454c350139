package metastore

import (
	"context"
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
