// Package build makes things of packages of functions with the go command: plugins, WASM modules and programs. Everything is
// built against the source that this program carries, with its toolchain and its flags, so that it fits.
package build

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	sparksql "sparksql"
)

// engineModule is the path of the engine's module. It has no dot: the go command never asks a network for it, a workspace
// supplies it.
const engineModule = "sparksql"

// Toolchain runs the go command as this program was built.
type Toolchain struct {
	Stdout, Stderr io.Writer
	info           *debug.BuildInfo
	source         string // folder of the unpacked source
}

// New finds the go command and unpacks the source.
func New(stdout, stderr io.Writer) (*Toolchain, error) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil, errors.New("this program carries no build information")
	}
	if _, err := exec.LookPath("go"); err != nil {
		return nil, fmt.Errorf("the go command is not on the PATH: install %s or later, which fetches the toolchain of this program", info.GoVersion)
	}
	source, err := unpack()
	if err != nil {
		return nil, err
	}
	return &Toolchain{Stdout: stdout, Stderr: stderr, info: info, source: source}, nil
}

// Source is the folder with the engine's source.
func (t *Toolchain) Source() string { return t.source }

// unpack writes the engine's source to the user's cache, once for each source.
func unpack() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		base = os.TempDir()
	}
	base = filepath.Join(base, "sparksql", "source")
	dir := filepath.Join(base, sparksql.SourceID())
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
		return dir, nil
	}
	if err := os.MkdirAll(base, 0o755); err != nil {
		return "", err
	}
	tmp, err := os.MkdirTemp(base, "new-*")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	if err := os.Chmod(tmp, 0o755); err != nil {
		return "", err
	}
	err = sparksql.Source(func(path string, text []byte) error {
		return writeFile(filepath.Join(tmp, filepath.FromSlash(path)), text)
	})
	if err != nil {
		return "", err
	}
	if err := os.Rename(tmp, dir); err != nil {
		if _, there := os.Stat(filepath.Join(dir, "go.mod")); there != nil {
			return "", err
		}
	}
	return dir, nil
}

func writeFile(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}

// command is the go command in a folder and a workspace.
func (t *Toolchain) command(ctx context.Context, dir, work string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, "go", args...)
	c.Dir = dir
	c.Stdout, c.Stderr = t.Stdout, t.Stderr
	c.Env = append(os.Environ(), "GOWORK="+work, "GOFLAGS=")
	if strings.HasPrefix(t.info.GoVersion, "go1") {
		version, _, _ := strings.Cut(t.info.GoVersion, " ")
		c.Env = append(c.Env, "GOTOOLCHAIN="+version)
	}
	for _, s := range t.info.Settings {
		if s.Key == "GOEXPERIMENT" || s.Key == "GOFIPS140" || s.Key == "GO"+strings.ToUpper(runtime.GOARCH) {
			c.Env = append(c.Env, s.Key+"="+s.Value)
		}
	}
	return c
}

// output runs the go command and gives what it prints; its errors go into the error.
func (t *Toolchain) output(ctx context.Context, dir, work string, args ...string) ([]byte, error) {
	c := t.command(ctx, dir, work, args...)
	var text strings.Builder
	c.Stdout, c.Stderr = nil, &text
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", args[0], err, strings.TrimSpace(text.String()))
	}
	return out, nil
}

// repeatedFlags are those of this program's build that what fits it must be built with.
var repeatedFlags = []string{"-tags", "-gcflags", "-asmflags", "-race", "-msan", "-asan", "-pgo"}

func (t *Toolchain) flags() []string {
	out := []string{"-trimpath", "-buildvcs=false"}
	for _, s := range t.info.Settings {
		for _, f := range repeatedFlags {
			if s.Key == f {
				out = append(out, f+"="+s.Value)
			}
		}
	}
	return out
}

// setting is one of this program's build.
func (t *Toolchain) setting(key string) string {
	for _, s := range t.info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}

// workspace writes a go.work that holds the modules in dirs and the engine.
func (t *Toolchain) workspace(path string, dirs ...string) error {
	return os.WriteFile(path, []byte(workText(t.source, dirs...)), 0o644)
}

// workText is a workspace: it supplies the engine to modules that do not require it, and by the replacement to those that do.
func workText(source string, dirs ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "go %s\n\nuse (\n", goVersion)
	for _, d := range append(dirs, source) {
		fmt.Fprintf(&b, "\t%q\n", filepath.ToSlash(d))
	}
	fmt.Fprintf(&b, ")\n\nreplace %s %s => %q\n", engineModule, engineVersion, filepath.ToSlash(source))
	return b.String()
}

const (
	goVersion     = "1.26.0" // of the engine's go.mod
	engineVersion = "v0.0.0" // what modules may require
)
