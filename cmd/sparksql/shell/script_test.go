package shell_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"sparksql/cmd/sparksql/shell"
	"sparksql/udfs/ecommerce"

	sparksql "sparksql"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"sparksql": func() { os.Exit(shell.Main(sparksql.With(ecommerce.Functions()...))) },
	})
}

// The scripts run the command line as users do; $ROOT is the project's folder.
func TestScripts(t *testing.T) {
	_, file, _, _ := runtime.Caller(0)
	root := filepath.Join(filepath.Dir(file), "..", "..", "..")
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Condition: func(cond string) (bool, error) {
			if cond == "mounts" {
				return exec.Command("unshare", "-rm", "true").Run() == nil, nil
			}
			return false, fmt.Errorf("unknown condition %s", cond)
		},
		Setup: func(env *testscript.Env) error {
			env.Setenv("ROOT", root)
			env.Setenv("TZ", "UTC")
			env.Setenv("SPARK_HOME", "")
			return nil
		},
	})
}
