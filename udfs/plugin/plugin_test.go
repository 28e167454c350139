package plugin

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"sparksql/sql/errs"
	"sparksql/udfs/artifact"
)

func info(edit func(*debug.BuildInfo)) *debug.BuildInfo {
	b := &debug.BuildInfo{GoVersion: "go1.26.8", Path: Path("abc", "def", "mine"),
		Deps:     []*debug.Module{{Path: "example.com/text", Version: "v1.0.0"}, {Path: engineModule, Version: "(devel)"}},
		Settings: []debug.BuildSetting{{Key: "-trimpath", Value: "true"}, {Key: "GOAMD64", Value: "v1"}, {Key: "CGO_ENABLED", Value: "1"}}}
	edit(b)
	return b
}

func TestDifferencesAreNamed(t *testing.T) {
	host := info(func(*debug.BuildInfo) {})
	for name, c := range map[string]struct {
		edit func(*debug.BuildInfo)
		want string
	}{
		"nothing":       {func(*debug.BuildInfo) {}, ""},
		"Go":            {func(b *debug.BuildInfo) { b.GoVersion = "go1.27.0" }, "Go is go1.27.0, here go1.26.8"},
		"a flag":        {func(b *debug.BuildInfo) { b.Settings[0].Value = "" }, "-trimpath is not set, here true"},
		"a level":       {func(b *debug.BuildInfo) { b.Settings[1].Value = "v3" }, "GOAMD64 is v3, here v1"},
		"a module":      {func(b *debug.BuildInfo) { b.Deps[0].Version = "v1.1.0" }, "module example.com/text is v1.1.0, here v1.0.0"},
		"a replacement": {func(b *debug.BuildInfo) { b.Deps[0].Replace = &debug.Module{Path: "../text"} }, "module example.com/text is v1.0.0 => ../text , here v1.0.0"},
		"a module that the program has not": {func(b *debug.BuildInfo) {
			b.Deps = append(b.Deps, &debug.Module{Path: "example.com/more", Version: "v1.0.0"})
		}, ""},
		"the source":         {func(b *debug.BuildInfo) { b.Path = Path("xyz", "def", "mine") }, "the source of sparksql is xyz, here abc"},
		"a build of its own": {func(b *debug.BuildInfo) { b.Path = "example.com/own" }, ""},
		"another way to call the engine's version": {func(b *debug.BuildInfo) { b.Deps[1].Version = "v0.0.0-2026" }, ""},
	} {
		if got := list(compare(host, info(c.edit), "abc")); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestFilesThatAreNoPlugins(t *testing.T) {
	me, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	exe, err := os.ReadFile(me)
	if err != nil {
		t.Fatal(err)
	}
	for want, data := range map[string][]byte{"unrecognized": []byte("text"), "-buildmode=exe": exe} {
		_, err := Check(&artifact.File{Kind: artifact.Plugin, Path: "x.so", Data: data}, "abc")
		if !errs.Is(err, "CANNOT_LOAD_FUNCTION_FILE.NOT_A_PLUGIN") || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

const hostMain = `package main

import (
	"fmt"
	"os"

	"sparksql/udfs/artifact"
	"sparksql/udfs/plugin"
)

func main() {
	for _, path := range os.Args[1:] {
		f, err := artifact.Read(artifact.Plugin, path, nil)
		if err != nil {
			fmt.Println(err)
			continue
		}
		defs, err := plugin.Open(f, "source")
		if err != nil {
			fmt.Println(err)
		}
		for _, d := range defs {
			k, err := d.Overloads[0].New(nil)
			fmt.Println(d.Name, k != nil, err)
		}
	}
}
`

const pluginMain = `package main

import "sparksql/udfs"

func Functions() []udfs.Def {
	if panics {
		panic("not today")
	}
	return []udfs.Def{udfs.Scalar("half", func(x float64) float64 { return x / 2 })}
}

func main() {}
`

// TestPluginsLoad builds a small program and plugins for it, and loads them.
func TestPluginsLoad(t *testing.T) {
	cgo, _ := exec.Command("go", "env", "CGO_ENABLED").Output()
	if _, err := exec.LookPath("gcc"); err != nil || strings.TrimSpace(string(cgo)) != "1" {
		t.Skip("plugins need cgo and a C compiler")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(path, text string) {
		t.Helper()
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("go.work", fmt.Sprintf("go 1.26.0\n\nuse (\n\t%q\n\t./host\n\t./good\n\t./bad\n)\n", root))
	write("host/go.mod", "module host\n\ngo 1.26.0\n")
	write("host/main.go", hostMain)
	for name, panics := range map[string]bool{"good": false, "bad": true} {
		write(name+"/go.mod", "module "+Path("source", name, "p")+"\n\ngo 1.26.0\n")
		write(name+"/main.go", pluginMain)
		write(name+"/panics.go", fmt.Sprintf("package main\n\nconst panics = %t\n", panics))
	}
	build := func(pkg string, flags ...string) {
		t.Helper()
		cmd := exec.Command("go", append(append([]string{"build", "-trimpath", "-buildvcs=false", "-tags", "plugins"}, flags...), "./"+pkg)...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOFLAGS=", "GOWORK="+filepath.Join(dir, "go.work"))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", pkg, err, out)
		}
	}
	build("host", "-o", "run")
	build("good", "-buildmode=plugin", "-o", "good.so")
	build("bad", "-buildmode=plugin", "-o", "bad.so")
	run := exec.Command("./run", "good.so", "bad.so", "good.so")
	run.Dir, run.Env = dir, append(os.Environ(), "XDG_CACHE_HOME="+filepath.Join(dir, "cache"))
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	lines := strings.Split(string(bytes.TrimSpace(out)), "\n")
	if len(lines) != 3 || lines[0] != "half true <nil>" || !strings.Contains(lines[1], "it panics when it starts: not today") || lines[2] != lines[0] {
		t.Errorf("%s", out)
	}
}
