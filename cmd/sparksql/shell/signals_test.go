package shell_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// endsBy sends a signal and sees that the shell ends by it, with the terminal as it was.
func (c *console) endsBy(s syscall.Signal) {
	c.t.Helper()
	if err := c.cmd.Process.Signal(s); err != nil {
		c.t.Fatal(err)
	}
	c.endedWith(128 + int(s))
	if c.modeNow() != c.mode {
		c.t.Errorf("the terminal is left in another mode")
	}
}

func (c *console) endedWith(code int) {
	c.t.Helper()
	<-c.ended
	var exit *exec.ExitError
	if !errors.As(c.err, &exit) || exit.ExitCode() != code {
		c.t.Errorf("the shell ended with %v, not %d:\n%s", c.err, code, c.text())
	}
}

// left are the files of a folder but for the history.
func left(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != ".sparksql_history" {
			names = append(names, e.Name())
		}
	}
	return names
}

var endingSignals = map[string]syscall.Signal{"TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP}

func TestSignalsAtThePrompt(t *testing.T) {
	for name, s := range endingSignals {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, c *console) {
				c.keys("create table never using parquet as select 1 as last;")
				c.sees("as last;")
				c.endsBy(s)
				if names := left(t, c.dir); len(names) > 0 {
					t.Errorf("what was typed has run: %v", names)
				}
			})
		})
	}
}

func TestSignalsWhileAStatementRuns(t *testing.T) {
	for name, s := range endingSignals {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, c *console) {
				c.keys("insert overwrite directory 'out' using parquet select 1 as a;", enter)
				c.sees("Time taken")
				c.ready()
				c.keys(`\o rows.txt`, enter)
				c.ready()
				c.keys("insert overwrite directory 'out' using parquet select id from range(100000000000) where hash(id) % 10000000 = 1; select 2;", enter)
				c.sees(`%.*rows.*/s`)
				c.endsBy(s)
				c.sees("Cancelled after")
				if names := left(t, c.dir); len(names) != 1 || names[0] != "out" {
					t.Errorf("there are %v", names)
				}
				if m, _ := filepath.Glob(filepath.Join(c.dir, "out", "*.parquet")); len(m) != 1 {
					t.Errorf("out holds %v", m)
				}
			})
		})
	}
}

// What children have made of the terminal is undone, and they are ended.
func TestSignalsWhileAChildRuns(t *testing.T) {
	for name, c := range map[string]struct{ env, typed string }{
		"editor": {"EDITOR=stty raw -echo; echo in the child; exec sleep 1000 #", `\e`},
		"pager":  {"PAGER=cat; stty raw -echo; echo in the child; exec sleep 1000", "select * from range(100);"},
		"system": {"A=1", "!stty raw -echo; echo in the child; exec sleep 1000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := openConsole(t, []string{c.env})
			x.ready()
			x.keys(c.typed, enter)
			x.sees("^ *in the child")
			x.endsBy(syscall.SIGTERM)
		})
	}
}

func TestHangUp(t *testing.T) {
	both(t, func(t *testing.T, c *console) {
		c.keys("select 1 as one;", enter)
		c.sees("Fetched 1 row")
		c.ready()
		c.keys("create table never using parquet as select 1 as last;")
		c.sees("as last;")
		c.file.Close()
		c.endedWith(129)
		if names := left(t, c.dir); len(names) > 0 {
			t.Errorf("what was typed has run: %v", names)
		}
		if b, err := os.ReadFile(filepath.Join(c.dir, ".sparksql_history")); err != nil || !strings.Contains(string(b), "select 1 as one;") {
			t.Errorf("the history is %q, %v", b, err)
		}
	})
}

func TestCtrlZStopsUntilTheShellContinues(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not there")
	}
	for _, editor := range editorsToTest {
		t.Run(editor, func(t *testing.T) {
			t.Parallel()
			c := underBash(t, bash)
			c.keys("sparksql --editor "+editor, enter)
			c.ready()
			c.keys("create temporary view kept as select 20 as a;", enter)
			c.sees("Time taken")
			c.ready()
			c.keys("select a + ", ctrlZ)
			c.sees(`(?s)Stopped.*sparksql.*^bash\$\z`)
			c.keys("fg", enter)
			c.sees(`(?s)\$ fg\n.*default\)> select a \+`)
			c.keys("1 as b from kept;", enter)
			c.sees(`│ 21 │`)
			c.ready()
			c.keys(ctrlD)
			c.sees(`(?s)│ 21 │.*^bash\$`)
			c.keys("exit", enter)
			c.leaves()
		})
	}
}

// underBash starts bash with job control, which finds sparksql.
func underBash(t *testing.T, bash string) *console {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir, bin := t.TempDir(), t.TempDir()
	if err := os.Symlink(self, filepath.Join(bin, "sparksql")); err != nil {
		t.Fatal(err)
	}
	c := startIn(t, dir, []string{"PS1=bash$ ", "PATH=" + bin + ":" + os.Getenv("PATH")}, exec.Command(bash, "--norc", "--noediting", "-i"))
	c.sees(`^bash\$`)
	return c
}

// A shell that nobody can continue goes on.
func TestCtrlZWithoutAShellAbove(t *testing.T) {
	both(t, func(t *testing.T, c *console) {
		c.keys(ctrlZ)
		c.keys("select 42;", enter)
		c.sees(`│ 42 │`)
		c.keys(ctrlD)
		c.leaves()
	})
}
