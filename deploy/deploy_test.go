// Package deploy tests what brings the job to a cluster: the script runs against commands that record how they are called.
package deploy

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain puts commands on the PATH that do nothing but record their calls and answer as the file $ANSWERS says.
func TestMain(m *testing.M) {
	commands := map[string]func(){}
	for _, name := range []string{"docker", "kind", "kubectl", "sleep"} {
		commands[name] = func() { os.Exit(answer(name)) }
	}
	testscript.Main(m, commands)
}

// answer records the call in $CALLS, with what it read when it was given -f -, and looks for its answer: the first line
//
//	CODE PATTERN => TEXT
//
// of $ANSWERS whose regular expression is found in the call. Each line answers once; without one the call succeeds silently.
func answer(name string) int {
	call := strings.Join(append([]string{name}, os.Args[1:]...), " ")
	record := call
	if strings.HasSuffix(call, "-f -") {
		in, _ := io.ReadAll(os.Stdin)
		record += "\n" + string(in)
	}
	calls, err := os.OpenFile(os.Getenv("CALLS"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 99
	}
	defer calls.Close()
	fmt.Fprintln(calls, record)
	return found(call)
}

func found(call string) (code int) {
	path := os.Getenv("ANSWERS")
	text, _ := os.ReadFile(path)
	var rest strings.Builder
	done := false
	for lines := bufio.NewScanner(strings.NewReader(string(text))); lines.Scan(); {
		var pattern, out string
		var n int
		left, out, _ := strings.Cut(lines.Text(), " => ")
		fmt.Sscan(left, &n, &pattern)
		if !done && regexp.MustCompile(pattern).MatchString(call) {
			done, code = true, n
			fmt.Println(strings.ReplaceAll(out, `\n`, "\n"))
			continue
		}
		rest.WriteString(lines.Text() + "\n")
	}
	os.WriteFile(path, []byte(rest.String()), 0o666)
	return code
}

func TestDeploy(t *testing.T) {
	_, file, _, _ := runtime.Caller(0)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("DEPLOY", filepath.Join(filepath.Dir(file), "deploy.sh"))
			env.Setenv("CALLS", filepath.Join(env.WorkDir, "calls"))
			env.Setenv("ANSWERS", filepath.Join(env.WorkDir, "answers"))
			return nil
		},
	})
}
