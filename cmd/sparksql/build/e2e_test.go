//go:build e2e

package build_test

import (
	"os"
	"os/exec"
	"path/filepath"
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
