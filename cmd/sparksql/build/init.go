package build

import (
	"fmt"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// packageName is what a new package may be called.
var packageName = regexp.MustCompile(`^[a-z][a-z0-9]*$`)

// Init makes a module with a package of one function, its test and its README in the folder dir, which must be new or empty
// and gives the package its name. It returns the files it made.
func (t *Toolchain) Init(dir string) ([]string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	name := filepath.Base(abs)
	if !packageName.MatchString(name) || token.IsKeyword(name) || name == "main" || name == engineModule {
		return nil, fmt.Errorf("%q cannot name a package: take lower-case letters and digits, such as textfuncs", name)
	}
	if have, err := os.ReadDir(abs); err == nil && len(have) > 0 {
		return nil, fmt.Errorf("the folder %s is not empty", dir)
	}
	var made []string
	for _, f := range initFiles {
		path := filepath.Join(abs, strings.ReplaceAll(f.name, "NAME", name))
		if err := writeFile(path, []byte(strings.NewReplacer("NAME", name, "~", "`").Replace(f.text))); err != nil {
			return nil, err
		}
		made = append(made, path)
	}
	work, err := t.Work(abs)
	return append(made, work), err
}

// Work writes a go.work beside the go.mod that dir belongs to: with it editors and the go command find the engine. It holds
// paths of this machine and is not to be committed.
func (t *Toolchain) Work(dir string) (string, error) {
	root, err := moduleRoot(dir)
	if err != nil {
		return "", err
	}
	path := filepath.Join(root, "go.work")
	if text, err := os.ReadFile(path); err == nil && !slices.Contains(strings.Split(string(text), "\n"), workMark) {
		return "", fmt.Errorf("%s is a file of your own: add to it\n%s", path, workText(t.source))
	}
	return path, os.WriteFile(path, []byte(workMark+"\n\n"+workText(t.source, root)), 0o644)
}

const workMark = "// Made by 'sparksql udf work': paths of this machine, not to be committed."

// initFiles are the files of a new module; NAME stands for its name, ~ for a back quote.
var initFiles = []struct{ name, text string }{
	{"go.mod", `module NAME

go ` + goVersion + `
`},
	{".gitignore", `go.work
go.work.sum
*.so
*.wasm
`},
	{"NAME.go", `// Package NAME holds functions for Spark SQL.
package NAME

import (
	"strings"

	"sparksql/udfs"
)

// Functions lists the functions of the package: what a program, a plugin and a module register.
func Functions() []udfs.Def {
	return []udfs.Def{
		udfs.Scalar("initials", Initials,
			udfs.Doc("Returns the first letters of the words of a text."),
			udfs.Params("text"),
			udfs.Shows("SELECT initials('Ada King Lovelace')", "AKL")),
	}
}

// Initials gives the first letters of the words of a text.
func Initials(text string) string {
	var b strings.Builder
	for _, word := range strings.Fields(text) {
		for _, first := range word {
			b.WriteRune(first)
			break
		}
	}
	return b.String()
}
`},
	{"NAME_test.go", `package NAME

import (
	"testing"

	"sparksql/udfs/udfstest"
)

// The examples of all functions are run and compared, and each function is tried with many arguments.
func TestFunctions(t *testing.T) { udfstest.Run(t, Functions()) }

func TestInitials(t *testing.T) {
	for text, want := range map[string]string{"": "", "  one ": "o", "Émile  Zola": "ÉZ"} {
		if got := Initials(text); got != want {
			t.Errorf("Initials(%q) = %q, want %q", text, got, want)
		}
	}
}
`},
	{"README.md", `# NAME
Functions for Spark SQL, written in Go.

| command | what it does |
|---|---|
| ~sparksql udf test~ | runs the tests |
| ~sparksql udf build~ | makes the plugin NAME.so |
| ~sparksql --udf NAME.so -e "SELECT initials('Ada King Lovelace')"~ | uses it |
| ~sparksql udf build --wasm~ | makes NAME.wasm, a sandboxed module, used in the same way |
| ~sparksql build --with . -o mysparksql~ | makes a program with the functions compiled in |
| ~sparksql udf work~ | writes go.work, for editors and ~go test~, after a fresh checkout |

In SQL: ~CREATE FUNCTION initials USING PLUGIN 'NAME.so'~ keeps a function in the current database; ~ADD PLUGIN 'NAME.so'~ gives the
session all of them.
`},
}
