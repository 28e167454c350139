// Package shell is the command line of sparksql, on the engine's public API: what it can do, an embedder can do. A program
// with functions of its own calls Main with them and has the same shell.
package shell

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"

	sparksql "sparksql"
)

// Exit codes. A signal gives 128 and its number.
const (
	exitOK      = 0
	exitFailed  = 1   // a statement failed
	exitUsage   = 2   // wrong usage
	exitTimeout = 124 // a statement took longer than --timeout
)

// App is one run of the command line.
type App struct {
	Args           []string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Options        []sparksql.Option // of the engine, before those that flags give

	colour string // --color
	code   int    // exit code of the statements that failed
}

// Main runs the command line of the process and returns its exit code.
func Main(opts ...sparksql.Option) int {
	return (&App{Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Options: opts}).Run()
}

// errUsage is an error of usage.
type errUsage struct{ error }

// Run runs the command line and returns the exit code.
func (a *App) Run() int {
	err := a.command().Execute()
	var usage errUsage
	var sig errSignal
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage):
		fmt.Fprintf(a.Stderr, "sparksql: %v\nTry 'sparksql --help'.\n", err)
		return exitUsage
	case errors.As(err, &sig):
		fmt.Fprintln(a.Stderr, sig)
		return sig.code()
	case errors.Is(err, errReported):
		return max(exitFailed, a.code)
	}
	fmt.Fprintln(a.Stderr, painterOf(a.Stderr, a.colour).errorText(err))
	return exitCode(err)
}

// errReported says that statements failed and were reported already.
var errReported = errors.New("a statement failed")

// engine opens the engine as the flags say.
func (a *App) engine(f *flags) (*sparksql.Engine, error) {
	opts := append([]sparksql.Option(nil), a.Options...)
	if !f.silent {
		opts = append(opts, sparksql.WithWarnings(func(msg string) { fmt.Fprintln(a.Stderr, "Warning: "+msg) }))
	}
	if n, err := workers(f.master); err != nil {
		return nil, errUsage{err}
	} else if n > 0 {
		opts = append(opts, sparksql.WithWorkers(n))
	}
	for _, kv := range f.conf {
		k, v, ok := strings.Cut(kv, "=")
		if !ok {
			return nil, errUsage{fmt.Errorf("--conf takes key=value, not %q", kv)}
		}
		opts = append(opts, sparksql.WithConf(strings.TrimSpace(k), strings.TrimSpace(v)))
		if k == "spark.master" && f.master == "" {
			if n, err := workers(v); err == nil && n > 0 {
				opts = append(opts, sparksql.WithWorkers(n))
			}
		}
	}
	return sparksql.Open(append(opts, sparksql.WithUDFFiles(f.udfs...))...)
}

// workers reads local, local[N], local[*] and N.
func workers(master string) (int, error) {
	switch master {
	case "", "local[*]":
		return 0, nil
	case "local":
		return 1, nil
	}
	s := strings.TrimSuffix(strings.TrimPrefix(master, "local["), "]")
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 64*runtime.NumCPU()+64 {
		return 0, fmt.Errorf("--master takes local, local[N] or local[*], not %q", master)
	}
	return n, nil
}
