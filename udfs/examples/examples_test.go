package examples_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	sparksql "sparksql"
	"sparksql/udfs/examples"
	"sparksql/udfs/udfstest"
)

func TestFunctions(t *testing.T) {
	t.Setenv(examples.ModelVariable, trained(t))
	udfstest.Run(t, examples.Functions())
}

// trained is the file of a forest that a query trained.
func trained(t *testing.T) string {
	eng, err := sparksql.Open(sparksql.With(examples.Functions()...), sparksql.WithWarehouse(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	defer eng.Close()
	rows, err := eng.Session().Query(context.Background(), "SELECT forest_of(array(sin(id), cos(id * id))) FROM range(30000)")
	if err != nil {
		t.Fatal(err)
	}
	all, err := rows.All()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "forest.json")
	if err := os.WriteFile(path, []byte(all[0][0].(string)), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAModelThatIsMissingFailsTheQueryAlone(t *testing.T) {
	t.Setenv(examples.ModelVariable, filepath.Join(t.TempDir(), "none.json"))
	eng, err := sparksql.Open(sparksql.With(examples.Functions()...), sparksql.WithWarehouse(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	defer eng.Close()
	s := eng.Session()
	if err := s.Exec(context.Background(), "SELECT score(array(1.0, 2.0))"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
	if err := s.Exec(context.Background(), "SELECT tidy_text('x')"); err != nil {
		t.Error(err)
	}
}
