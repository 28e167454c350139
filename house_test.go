package sparksql

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sparksql/sql/errs"
)

// layers lists the packages bottom up: a package may import only packages above it in this list. A new one is added here.
var layers = []string{
	"sparksql/sql/types",
	"sparksql/sql/errs",
	"sparksql/sql/conf",
	"sparksql/exec/vec",
	"sparksql/exec/vec/arrowvec",
	"sparksql/exec/vec/arrowipc",
	"sparksql/exec/mem",
	"sparksql/udfs",
	"sparksql/udfs/arrowudf",
	"sparksql/udfs/artifact",
	"sparksql/udfs/plugin",
	"sparksql/udfs/wasm/abi",
	"sparksql/udfs/wasm/guest",
	"sparksql/udfs/iforest",
	"sparksql/udfs/ecommerce",
	"sparksql/udfs/examples",
	"sparksql/functions",
	"sparksql/sql/tree",
	"sparksql/sql/parse",
	"sparksql/udfs/wasm",
	"sparksql/sql/complete",
	"sparksql/sql/expr",
	"sparksql/exec/eval",
	"sparksql/catalog",
	"sparksql/catalog/parquet",
	"sparksql/catalog/lines",
	"sparksql/catalog/csv",
	"sparksql/catalog/json",
	"sparksql/catalog/text",
	"sparksql/catalog/avro",
	"sparksql/catalog/files",
	"sparksql/catalog/memory",
	"sparksql/catalog/metastore",
	"sparksql/sql/plan",
	"sparksql/sql/analyze",
	"sparksql/optimizer",
	"sparksql/exec",
	"sparksql/sql/profile",
	"sparksql/sql/render",
	"sparksql",
	"sparksql/udfs/udfstest",
	"sparksql/cmd/sparksql/build",
	"sparksql/cmd/sparksql/shell",
	"sparksql/cmd/sparksql",
	"sparksql/cmd/sparksql-conform",
	"sparksql/deploy",
}

// apart lists pairs that must not see each other although the order would allow it.
var apart = [][2]string{
	{"sparksql/optimizer", "sparksql/sql/analyze"},
	{"sparksql/exec", "sparksql/sql/analyze"},
	{"sparksql/exec", "sparksql/optimizer"},
}

func TestImportsFollowTheOrder(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		me := slices.Index(layers, f[0])
		if me < 0 {
			t.Errorf("%s is not in the list of layers", f[0])
			continue
		}
		for _, imp := range f[1:] {
			if !strings.HasPrefix(imp, "sparksql") {
				continue
			}
			if k := slices.Index(layers, imp); k >= me {
				t.Errorf("%s imports %s, which is above it", f[0], imp)
			}
			if strings.HasPrefix(f[0], "sparksql/cmd/") && imp != "sparksql" && !strings.HasPrefix(imp, "sparksql/cmd/") && !strings.HasPrefix(imp, "sparksql/udfs") {
				t.Errorf("%s imports %s: the command line sees the public API only", f[0], imp)
			}
			for _, p := range apart {
				if f[0] == p[0] && imp == p[1] {
					t.Errorf("%s must not import %s", p[0], p[1])
				}
			}
		}
	}
}

// sources calls f for every Go file of the project.
func sources(t *testing.T, f func(path string, text []byte)) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != "." || d.Name() == "testdata" || d.Name() == "out") {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".go") {
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			f(path, b)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFilesStaySmall(t *testing.T) {
	sources(t, func(path string, text []byte) {
		if n := bytes.Count(text, []byte("\n")); n > 800 {
			t.Errorf("%s has %d lines: split it", path, n)
		}
	})
}

func TestPackagesHaveDocsAndNoInit(t *testing.T) {
	documented := map[string]bool{}
	fset := token.NewFileSet()
	sources(t, func(path string, text []byte) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		file, err := parser.ParseFile(fset, path, text, parser.ParseComments)
		if err != nil {
			t.Error(err)
			return
		}
		dir := filepath.Dir(path)
		documented[dir] = documented[dir] || file.Doc != nil
		for _, d := range file.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s has an init", path)
			}
		}
		for _, imp := range file.Imports {
			if imp.Name != nil && imp.Name.Name == "." {
				t.Errorf("%s has a dot import", path)
			}
		}
	})
	for dir, ok := range documented {
		if !ok {
			t.Errorf("package %s has no doc comment", dir)
		}
	}
}

func TestNoWarehouses(t *testing.T) {
	for _, p := range layers {
		switch name := p[strings.LastIndexByte(p, '/')+1:]; name {
		case "util", "utils", "common", "helpers", "base", "core":
			t.Errorf("package %s: name it after what it holds", p)
		}
	}
}

func TestConditionsAreInTheTable(t *testing.T) {
	fset := token.NewFileSet()
	sources(t, func(path string, text []byte) {
		if strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "sql/errs") {
			return
		}
		file, err := parser.ParseFile(fset, path, text, 0)
		if err != nil {
			return // reported elsewhere
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 2 {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if x, isID := sel0(sel); !ok || !isID || x != "errs" || sel.Sel.Name != "New" {
				return true
			}
			if lit, ok := call.Args[1].(*ast.BasicLit); ok {
				name := strings.Trim(lit.Value, `"`)
				if errs.Lookup(name) == nil {
					t.Errorf("%s: the condition %s is not in the table", fset.Position(lit.Pos()), name)
				}
			}
			return true
		})
	})
}

func sel0(s *ast.SelectorExpr) (string, bool) {
	if s == nil {
		return "", false
	}
	id, ok := s.X.(*ast.Ident)
	if !ok {
		return "", false
	}
	return id.Name, true
}
