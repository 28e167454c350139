package build

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// copied is a module of the user's, copied under another path: only the files that the build of one package needs.
type copied struct {
	tmp, dir, work string // the temporary folder, the module in it, the workspace file
	origin         string // folder of the user's module
	from, module   string // path of the module: the user's, and in the copy
	importPath     string // of the package in the copy
	name           string // of the package
}

// goPackage is what go list tells of a package.
type goPackage struct {
	Dir, ImportPath, Name                                                      string
	Module                                                                     *goModule
	Standard                                                                   bool
	GoFiles, CgoFiles, CFiles, CXXFiles, HFiles, SFiles, SysoFiles, EmbedFiles []string
}

type goModule struct {
	Path, Version, Dir string
	Main               bool
	Replace            *goModule
}

func (p *goPackage) files() []string {
	return slices.Concat(p.GoFiles, p.CgoFiles, p.CFiles, p.CXXFiles, p.HFiles, p.SFiles, p.SysoFiles, p.EmbedFiles)
}

// copyPackage copies the module of the package in dir, renamed after the content of all that is local.
func (t *Toolchain) copyPackage(ctx context.Context, dir string) (_ *copied, err error) {
	c := &copied{}
	if c.tmp, err = os.MkdirTemp("", "sparksql-udf-*"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			c.remove()
		}
	}()
	pkg, local, err := t.list(ctx, dir, filepath.Join(c.tmp, "list.work"))
	if err != nil {
		return nil, err
	}
	content, err := contentOf(pkg.Module, local)
	if err != nil {
		return nil, err
	}
	c.origin, c.from, c.name = pkg.Module.Dir, pkg.Module.Path, pkg.Name
	c.module = pluginModule(content, c.from)
	c.importPath = subPath(pkg.ImportPath, c.from, c.module)
	c.dir = filepath.Join(c.tmp, "module")
	c.work = filepath.Join(c.tmp, "go.work")
	for _, p := range local {
		if p.Module.Path == c.from {
			if err := c.copy(p); err != nil {
				return nil, err
			}
		}
	}
	if err := t.copyModFile(ctx, c); err != nil {
		return nil, err
	}
	return c, t.workspace(c.work, c.dir)
}

// list finds the package in dir and the local packages that it is made of: those of its module and of modules that replace
// others by a folder.
func (t *Toolchain) list(ctx context.Context, dir, work string) (pkg *goPackage, local []*goPackage, err error) {
	root, err := moduleRoot(dir)
	if err != nil {
		return nil, nil, err
	}
	if err := t.workspace(work, root); err != nil {
		return nil, nil, err
	}
	out, err := t.output(ctx, dir, work, "list", "-deps", "-json=Dir,ImportPath,Name,Module,Standard,GoFiles,CgoFiles,CFiles,CXXFiles,HFiles,SFiles,SysoFiles,EmbedFiles", ".")
	if err != nil {
		return nil, nil, err
	}
	d := json.NewDecoder(bytes.NewReader(out))
	for {
		p := &goPackage{}
		if err := d.Decode(p); err == io.EOF {
			break
		} else if err != nil {
			return nil, nil, err
		}
		if p.Module == nil || p.Module.Path == engineModule {
			continue
		}
		pkg = p // the package asked for comes last
		if p.Module.Main || p.Module.Replace != nil && p.Module.Replace.Version == "" {
			local = append(local, p)
		}
	}
	if pkg == nil {
		return nil, nil, fmt.Errorf("%s holds no package of a module", dir)
	}
	return pkg, local, exportsFunctions(pkg)
}

// moduleRoot is the folder of the go.mod that dir belongs to.
func moduleRoot(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if st, err := os.Stat(dir); err != nil || !st.IsDir() {
		return "", fmt.Errorf("%s is no folder", dir)
	}
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Stat(filepath.Join(d, "go.mod")); err == nil {
			return d, nil
		}
		if d == filepath.Dir(d) {
			return "", fmt.Errorf("%s belongs to no Go module: 'sparksql udf init NAME' makes one, 'go mod init NAME' gives a folder its go.mod", dir)
		}
	}
}

// exportsFunctions sees to it that a package can be one of functions.
func exportsFunctions(pkg *goPackage) error {
	if pkg.Name == "main" {
		return fmt.Errorf("the package in %s is a main; functions are in a package of their own that exports 'func Functions() []udfs.Def'", pkg.Dir)
	}
	for _, name := range slices.Concat(pkg.GoFiles, pkg.CgoFiles) {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(pkg.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, d := range file.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "Functions" {
				return nil
			}
		}
	}
	return fmt.Errorf("the package %s in %s does not export 'func Functions() []udfs.Def'", pkg.Name, pkg.Dir)
}

// contentOf is a sum of everything local that goes into a build.
func contentOf(m *goModule, local []*goPackage) (string, error) {
	h := sha256.New()
	add := func(dir, name, as string) error {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		fmt.Fprintf(h, "%s/%s %d\n", as, name, len(text))
		h.Write(text)
		return nil
	}
	for _, p := range local {
		for _, name := range p.files() {
			if err := add(p.Dir, name, p.ImportPath); err != nil {
				return "", err
			}
		}
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := add(m.Dir, name, ""); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil))[:12], nil
}

// copy copies the files of a package, with its imports of the module under the copy's path.
func (c *copied) copy(p *goPackage) error {
	rel, err := filepath.Rel(c.origin, p.Dir)
	if err != nil {
		return err
	}
	for _, name := range p.files() {
		text, err := os.ReadFile(filepath.Join(p.Dir, name))
		if err != nil {
			return err
		}
		if strings.HasSuffix(name, ".go") && !slices.Contains(p.EmbedFiles, name) {
			if text, err = renameImports(text, c.from, c.module); err != nil {
				return err
			}
		}
		if err := writeFile(filepath.Join(c.dir, rel, filepath.FromSlash(name)), text); err != nil {
			return err
		}
	}
	return nil
}

// renameImports puts the path to in the place of from in the imports of a file; lines stay where they are.
func renameImports(text []byte, from, to string) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", text, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	for _, imp := range slices.Backward(file.Imports) {
		path, err := strconv.Unquote(imp.Path.Value)
		if err != nil || !within(path, from) {
			continue
		}
		lo, hi := fset.Position(imp.Path.Pos()).Offset, fset.Position(imp.Path.End()).Offset
		text = slices.Concat(text[:lo], []byte(strconv.Quote(subPath(path, from, to))), text[hi:])
	}
	return text, nil
}

// copyModFile copies go.mod, under the other path, with its replacements by folders made absolute, and go.sum.
func (t *Toolchain) copyModFile(ctx context.Context, c *copied) error {
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(c.origin, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if err := writeFile(filepath.Join(c.dir, name), text); err != nil {
			return err
		}
	}
	out, err := t.output(ctx, c.dir, "off", "mod", "edit", "-json")
	if err != nil {
		return err
	}
	var mod struct{ Replace []struct{ Old, New goModule } }
	if err := json.Unmarshal(out, &mod); err != nil {
		return err
	}
	args := []string{"mod", "edit", "-module=" + c.module, "-dropreplace=" + engineModule}
	for _, r := range mod.Replace {
		if r.Old.Path != engineModule && r.New.Version == "" && !filepath.IsAbs(r.New.Path) {
			old := r.Old.Path
			if r.Old.Version != "" {
				old += "@" + r.Old.Version
			}
			args = append(args, "-replace="+old+"="+filepath.Join(c.origin, r.New.Path))
		}
	}
	_, err = t.output(ctx, c.dir, "off", args...)
	return err
}

// run runs a build in the copy; what it prints names the user's files.
func (c *copied) run(cmd *exec.Cmd) error {
	var text bytes.Buffer
	out := cmd.Stderr
	cmd.Stdout, cmd.Stderr = &text, &text
	err := cmd.Run()
	if out != nil {
		out.Write(c.shorten(text.Bytes()))
	}
	if err != nil {
		return fmt.Errorf("go build: %w", err)
	}
	return nil
}
