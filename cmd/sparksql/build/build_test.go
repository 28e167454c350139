package build

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestImportsAreRenamedInPlace(t *testing.T) {
	text := "package a // import \"mine\"\n\nimport (\n\t\"fmt\"\n\tx \"mine\"\n\t\"mine/sub\" // sub\n\t\"minerals\"\n)\n\nvar s = \"mine/sub\"\n"
	want := "package a // import \"mine\"\n\nimport (\n\t\"fmt\"\n\tx \"p/1/mine\"\n\t\"p/1/mine/sub\" // sub\n\t\"minerals\"\n)\n\nvar s = \"mine/sub\"\n"
	got, err := renameImports([]byte(text), "mine", "p/1/mine")
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
}

func TestInitRefusesWhatIsNoName(t *testing.T) {
	tc := &Toolchain{source: t.TempDir()}
	for _, name := range []string{"Text", "two words", "func", "main", "sparksql", "a-b", "1st"} {
		if _, err := tc.Init(filepath.Join(t.TempDir(), name)); err == nil || !strings.Contains(err.Error(), "cannot name a package") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestWorkLeavesAFileOfTheUsers(t *testing.T) {
	tc := &Toolchain{source: t.TempDir()}
	dir := filepath.Join(t.TempDir(), "fine")
	if _, err := tc.Init(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := tc.Work(filepath.Join(dir)); err != nil {
		t.Errorf("a second time: %v", err)
	}
	path := filepath.Join(dir, "go.work")
	if err := os.WriteFile(path, []byte("go 1.26.0\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := tc.Work(dir); err == nil || !strings.Contains(err.Error(), "a file of your own") {
		t.Errorf("a go.work of the user's: %v", err)
	}
}

// The source is unpacked once, and is what the program was built from.
func TestUnpack(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	first, err := unpack()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"go.mod", "go.sum", "engine.go", "udfs/def.go", "cmd/sparksql/shell/shell.go"} {
		have, err := os.ReadFile(filepath.Join(first, name))
		if err != nil {
			t.Error(err)
			continue
		}
		if want, err := os.ReadFile(filepath.Join("../../..", name)); err != nil || string(have) != string(want) {
			t.Errorf("%s differs from the source: %v", name, err)
		}
	}
	if again, err := unpack(); err != nil || again != first {
		t.Errorf("a second time: %s, %v", again, err)
	}
}
