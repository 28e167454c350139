//go:build e2e

package build_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestFromAnEmptyFolder builds the program as a release is built, once with plugins and once without, and uses it as somebody
// does who has nothing but it and Go: make udf-e2e.
func TestFromAnEmptyFolder(t *testing.T) {
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("plugins need a C compiler")
	}
	bin := t.TempDir()
	for name, args := range map[string][]string{"sparksql": {"-tags", "plugins"}, "sparksql-static": nil} {
		cmd := exec.Command("go", append(append([]string{"build", "-trimpath", "-buildvcs=false"}, args...), "-o", filepath.Join(bin, name), "sparksql/cmd/sparksql")...)
		cmd.Env = append(os.Environ(), "CGO_ENABLED="+map[bool]string{true: "1", false: "0"}[args != nil])
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
	}
	t.Run("guide", func(t *testing.T) { guide(t, bin) })
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/e2e",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", bin+string(filepath.ListSeparator)+env.Getenv("PATH"))
			env.Setenv("HOME", home)
			env.Setenv("XDG_CACHE_HOME", filepath.Join(env.WorkDir, ".cache"))
			for _, name := range []string{"GOMODCACHE", "GOCACHE", "GOPROXY", "GOPATH"} {
				v, err := exec.Command("go", "env", name).Output()
				if err != nil {
					return err
				}
				env.Setenv(name, string(v[:len(v)-1]))
			}
			return nil
		},
	})
}

// guide follows docs/udfs.md in an empty folder: Go files are written, commands run, and what they print compared; "..." in the
// guide stands for anything.
func guide(t *testing.T, bin string) {
	text, err := os.ReadFile("../../../docs/udfs.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cache := t.TempDir()
	sections := strings.Split(string(text), "\n")
	for i := 0; i < len(sections); i++ {
		line := sections[i]
		if line == "```go" {
			var code []string
			for i++; sections[i] != "```"; i++ {
				code = append(code, sections[i])
			}
			for name, mark := range map[string]string{"shipping.go": "func Functions()", "shipping_test.go": "func TestFunctions"} {
				if body := strings.Join(code, "\n") + "\n"; strings.Contains(body, mark) {
					if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
			continue
		}
		command, ok := strings.CutPrefix(line, "    $ ")
		if !ok {
			continue
		}
		var want []string
		for i+1 < len(sections) && strings.HasPrefix(sections[i+1], "    ") && !strings.HasPrefix(sections[i+1], "    $ ") {
			i++
			want = append(want, strings.TrimPrefix(sections[i], "    "))
		}
		if folder, ok := strings.CutPrefix(command, "cd "); ok {
			dir = filepath.Join(dir, folder)
			continue
		}
		cmd := exec.Command("sh", "-c", command)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"), "XDG_CACHE_HOME="+cache)
		out, _ := cmd.CombinedOutput()
		if !matches(squeezed(string(out)), squeezed(strings.Join(want, "\n"))) {
			t.Errorf("$ %s\nprints\n%s\nthe guide shows\n%s", command, out, strings.Join(want, "\n"))
		}
	}
}

func squeezed(s string) string {
	var out []string
	for line := range strings.Lines(s) {
		if f := strings.Fields(line); len(f) > 0 {
			out = append(out, strings.Join(f, " "))
		}
	}
	return strings.Join(out, "\n")
}

func matches(got, want string) bool {
	pattern := strings.ReplaceAll(regexp.QuoteMeta(want), `\.\.\.`, `[^\n]*`)
	return regexp.MustCompile("^" + pattern + "$").MatchString(got)
}
