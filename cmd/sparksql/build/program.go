package build

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Test runs the tests of the module that dir belongs to, against the engine's source.
func (t *Toolchain) Test(ctx context.Context, dir string, flags []string) error {
	root, err := moduleRoot(dir)
	if err != nil {
		return err
	}
	tmp, err := os.MkdirTemp("", "sparksql-udf-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	work := filepath.Join(tmp, "go.work")
	if err := t.workspace(work, root); err != nil {
		return err
	}
	return t.command(ctx, dir, work, append(append([]string{"test"}, flags...), "./...")...).Run()
}

// Program builds the command line with packages of functions compiled in and writes it to out. A package is a folder, or
// module@version, or module/package@version. plugins makes it one that loads plugins, too.
func (t *Toolchain) Program(ctx context.Context, with []string, out string, plugins bool) (string, error) {
	tmp, err := os.MkdirTemp("", "sparksql-build-*")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	out, err = filepath.Abs(out)
	if err != nil {
		return "", err
	}
	g := &program{t: t, dir: filepath.Join(tmp, "program"), work: filepath.Join(tmp, "go.work")}
	if err := writeFile(filepath.Join(g.dir, "go.mod"), []byte("module sparksql.program/main\n\ngo "+goVersion+"\n")); err != nil {
		return "", err
	}
	if err := g.add(ctx, with); err != nil {
		return "", err
	}
	if err := writeFile(filepath.Join(g.dir, "main.go"), []byte(programMain(g.packages))); err != nil {
		return "", err
	}
	cmd := t.command(ctx, g.dir, g.work, append(append([]string{"build"}, t.flags()...), "-o", out, ".")...)
	cmd.Stdout = t.Stderr
	cmd.Env = append(cmd.Env, "CGO_ENABLED="+map[bool]string{true: "1", false: "0"}[plugins])
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("go build: %w", err)
	}
	return out, nil
}

// program is one being put together.
type program struct {
	t         *Toolchain
	dir, work string
	roots     []string // of local modules
	packages  []string // import paths
}

// add finds the packages, the local ones first: a workspace holds their modules, the others are requirements of the program.
func (g *program) add(ctx context.Context, with []string) error {
	var remote []string
	for _, w := range with {
		if strings.Contains(w, "@") && !strings.HasPrefix(w, ".") && !filepath.IsAbs(w) {
			remote = append(remote, w)
			continue
		}
		pkg, _, err := g.t.list(ctx, w, g.work)
		if err != nil {
			return err
		}
		g.packages = append(g.packages, pkg.ImportPath)
		if !slices.Contains(g.roots, pkg.Module.Dir) {
			g.roots = append(g.roots, pkg.Module.Dir)
		}
	}
	if err := g.t.workspace(g.work, append([]string{g.dir}, g.roots...)...); err != nil {
		return err
	}
	for _, w := range remote {
		cmd := g.t.command(ctx, g.dir, g.work, "get", w)
		cmd.Stdout = g.t.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("go get %s: %w", w, err)
		}
		pkg, _, _ := strings.Cut(w, "@")
		g.packages = append(g.packages, path.Clean(pkg))
	}
	return nil
}

// programMain is the package main of a program: the command line with the functions of packages.
func programMain(packages []string) string {
	var imports, options strings.Builder
	for i, p := range packages {
		fmt.Fprintf(&imports, "\tp%d %q\n", i, p)
		fmt.Fprintf(&options, "\t\tsparksql.With(p%d.Functions()...),\n", i)
	}
	return fmt.Sprintf(`package main

import (
	"os"

	sparksql "sparksql"
	"sparksql/cmd/sparksql/shell"
	"sparksql/udfs/ecommerce"
%s)

func main() {
	os.Exit(shell.Main(
		sparksql.WithGarbagePacing(), sparksql.With(ecommerce.Functions()...),
%s	))
}
`, imports.String(), options.String())
}

// WASM builds the package in dir as a WASM module.
func (t *Toolchain) WASM(ctx context.Context, dir, out string) (string, error) {
	return "", fmt.Errorf("TODO")
}
