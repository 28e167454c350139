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
	g, err := t.newProgram(ctx, with)
	if err != nil {
		return "", err
	}
	defer g.remove()
	env, flags := "CGO_ENABLED=0", t.flags()
	if plugins {
		env, flags = "CGO_ENABLED=1", append(flags, "-tags=plugins")
	}
	return g.build(ctx, programMain(g.packages), out, flags, env)
}

// WASM builds the package in dir as a WASM module and writes it to out; with an empty out to NAME.wasm in the current folder.
// It returns the path.
func (t *Toolchain) WASM(ctx context.Context, dir, out string) (string, error) {
	g, err := t.newProgram(ctx, []string{dir})
	if err != nil {
		return "", err
	}
	defer g.remove()
	if out == "" {
		out = g.name + ".wasm"
	}
	flags := []string{"-buildmode=c-shared", "-trimpath", "-buildvcs=false", "-ldflags=-s -w"}
	return g.build(ctx, moduleMain(g.packages[0]), out, flags, "GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0")
}

// program is one being put together: a module of its own with a package main.
type program struct {
	t              *Toolchain
	tmp, dir, work string
	roots          []string // of local modules
	packages       []string // import paths
	name           string   // of the last local package
}

func (t *Toolchain) newProgram(ctx context.Context, with []string) (*program, error) {
	tmp, err := os.MkdirTemp("", "sparksql-build-*")
	if err != nil {
		return nil, err
	}
	g := &program{t: t, tmp: tmp, dir: filepath.Join(tmp, "program"), work: filepath.Join(tmp, "go.work")}
	err = writeFile(filepath.Join(g.dir, "go.mod"), []byte("module sparksql.program/main\n\ngo "+goVersion+"\n"))
	if err == nil {
		err = g.add(ctx, with)
	}
	if err != nil {
		g.remove()
		return nil, err
	}
	return g, nil
}

func (g *program) remove() { os.RemoveAll(g.tmp) }

// build compiles the program with the given main and writes it to out.
func (g *program) build(ctx context.Context, main, out string, flags []string, env ...string) (string, error) {
	out, err := filepath.Abs(out)
	if err != nil {
		return "", err
	}
	if err := writeFile(filepath.Join(g.dir, "main.go"), []byte(main)); err != nil {
		return "", err
	}
	cmd := g.t.command(ctx, g.dir, g.work, append(append([]string{"build"}, flags...), "-o", out, ".")...)
	cmd.Stdout, cmd.Env = g.t.Stderr, append(cmd.Env, env...)
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("go build: %w", err)
	}
	return out, nil
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
		g.packages, g.name = append(g.packages, pkg.ImportPath), pkg.Name
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
