package shell_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// console is sparksql in a terminal of 100 by 30 cells.
type console struct {
	t      *testing.T
	dir    string
	cmd    *exec.Cmd
	file   *os.File
	mode   term.State // of the terminal before
	screen vt10x.Terminal

	mu    sync.Mutex
	raw   strings.Builder
	ended chan struct{}
	err   error
}

// openConsole starts sparksql in a terminal, in a folder of its own.
func openConsole(t *testing.T, env []string, args ...string) *console {
	t.Helper()
	return openConsoleIn(t, t.TempDir(), env, args...)
}

// openConsoleIn starts sparksql in a folder, which is its home, too.
func openConsoleIn(t *testing.T, dir string, env []string, args ...string) *console {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Args = append([]string{"sparksql"}, args...)
	return startIn(t, dir, env, cmd)
}

// startIn starts a command in a terminal.
func startIn(t *testing.T, dir string, env []string, cmd *exec.Cmd) *console {
	t.Helper()
	c := &console{t: t, dir: dir, cmd: cmd, ended: make(chan struct{})}
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), append([]string{"HOME=" + dir, "XDG_CONFIG_HOME=" + dir, "INPUTRC=/dev/null", "TERM=xterm-256color", "PAGER=", "TZ=UTC", "NO_COLOR="}, env...)...)
	file, tty, err := openTerminal()
	if err != nil {
		t.Skip("there are no pseudo terminals here: ", err)
	}
	defer tty.Close()
	c.file = file
	c.screen = vt10x.New(vt10x.WithSize(100, 30), vt10x.WithWriter(file))
	c.mode = c.modeNow()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := errors.Join(pty.Setsize(tty, &pty.Winsize{Cols: 100, Rows: 30}), cmd.Start()); err != nil {
		t.Fatal(err)
	}
	go c.read()
	t.Cleanup(func() {
		cmd.Process.Kill()
		<-c.ended
		file.Close()
	})
	return c
}

// openTerminal makes a pseudo terminal, of whose ends the one that is typed on can be closed while it is read.
func openTerminal() (file, tty *os.File, err error) {
	p, tty, err := pty.Open()
	if err != nil {
		return nil, nil, err
	}
	defer p.Close()
	fd, err := unix.FcntlInt(p.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, nil, errors.Join(err, tty.Close())
	}
	err = syscall.SetNonblock(fd, true) // before NewFile, which looks
	return os.NewFile(uintptr(fd), p.Name()), tty, err
}

// modeNow is the mode of the terminal: raw, with echo and so on.
func (c *console) modeNow() (mode term.State) {
	c.t.Helper()
	conn, err := c.file.SyscallConn() // Fd would make Close wait for a read
	if err != nil {
		c.t.Fatal(err)
	}
	conn.Control(func(fd uintptr) {
		var s *term.State
		if s, err = term.GetState(int(fd)); err == nil {
			mode = *s
		}
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return mode
}

// inLineMode waits until the terminal has the mode that it had before.
func (c *console) inLineMode() {
	c.t.Helper()
	for c.modeNow() != c.mode {
		select {
		case <-c.ended:
			c.t.Fatalf("the shell has ended, and left the terminal in another mode:\n%s", c.text())
		case <-time.After(time.Millisecond):
		}
	}
}

func (c *console) read() {
	defer close(c.ended)
	buf := make([]byte, 1<<16)
	for {
		n, err := c.file.Read(buf)
		c.mu.Lock()
		c.raw.Write(buf[:n])
		c.mu.Unlock()
		c.screen.Write(buf[:n])
		if err != nil {
			c.err = c.cmd.Wait()
			return
		}
	}
}

// keys types what users type.
func (c *console) keys(keys ...string) {
	c.t.Helper()
	for _, k := range keys {
		if _, err := c.file.WriteString(k); err != nil {
			c.t.Fatalf("typing %q: %v\n%s", k, err, c.text())
		}
	}
}

// Keys.
const (
	enter  = "\r"
	tab    = "\t"
	up     = "\x1b[A"
	right  = "\x1b[C"
	ctrlC  = "\x03"
	ctrlD  = "\x04"
	ctrlR  = "\x12"
	ctrlU  = "\x15"
	ctrlZ  = "\x1a"
	prompt = "spark-sql (default)> "
)

// text is the screen, without blanks at the ends of lines.
func (c *console) text() string {
	lines := strings.Split(c.screen.String(), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// sees waits until the screen fits an expression; shortly before the test run is ended it shows what is there.
func (c *console) sees(pattern string) {
	c.t.Helper()
	last := make(<-chan time.Time)
	if end, ok := c.t.Deadline(); ok {
		last = time.After(time.Until(end) - 5*time.Second)
	}
	re := regexp.MustCompile("(?m)" + pattern)
	for !re.MatchString(c.text()) {
		select {
		case <-c.ended:
			if !re.MatchString(c.text()) {
				c.t.Fatalf("the shell has ended, and does not show %s:\n%s", pattern, c.text())
			}
			return
		case <-last:
			c.t.Fatalf("the screen never shows %s:\n%s", pattern, c.text())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// ready waits for an empty prompt at the end of the screen.
func (c *console) ready() {
	c.t.Helper()
	c.sees(regexp.QuoteMeta(strings.TrimRight(prompt, " ")) + `\n*\z`)
}

// clears types a text and Ctrl-C, which drops it.
func (c *console) clears(text string) {
	c.t.Helper()
	c.keys(text)
	c.sees(regexp.QuoteMeta(text))
	c.dropped()
}

// dropped presses Ctrl-C and waits for a new prompt.
func (c *console) dropped() {
	c.t.Helper()
	c.keys(ctrlC)
	c.ready()
}

func (c *console) rawText() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.raw.String()
}

// leaves waits until the shell has ended well.
func (c *console) leaves() {
	c.t.Helper()
	<-c.ended
	if c.err != nil {
		c.t.Errorf("the shell ended with %v\n%s", c.err, c.text())
	}
}

var editorsToTest = []string{"rich", "basic"}

// both runs a test with the rich and the basic editor.
func both(t *testing.T, f func(t *testing.T, c *console), env ...string) {
	for _, editor := range editorsToTest {
		t.Run(editor, func(t *testing.T) {
			t.Parallel()
			c := openConsole(t, env, "--editor", editor)
			c.ready()
			f(t, c)
		})
	}
}

func TestStatementsOverLinesInATerminal(t *testing.T) {
	both(t, func(t *testing.T, c *console) {
		c.keys("select 40 +", enter)
		c.sees(`40 \+`)
		c.keys("2 as answer,", enter, "'日本🙂é' as wide;", enter)
		c.sees(`│ answer │ wide +│`)
		c.sees(`│     42 │ 日本🙂 ?é │`)
		c.sees(`Fetched 1 row`)
		c.ready()
		c.keys(ctrlD)
		c.leaves()
	})
}

func TestCtrlCKeepsTheSession(t *testing.T) {
	both(t, func(t *testing.T, c *console) {
		c.keys("create temporary view kept as select 1 as one;", enter)
		c.sees(`Time taken`)
		c.ready()
		c.clears("select nonsense")
		c.keys(ctrlC)
		c.sees("To leave, type quit")
		c.ready()
		c.keys("select count(*) from range(100000000000000);", enter)
		c.sees(`%.*rows.*/s`) // the line of progress
		c.keys(ctrlC)
		c.sees(`Cancelled after`)
		c.ready()
		c.keys("select one + 1 as two from kept;", enter)
		c.sees(`│   2 │`)
		c.ready()
		c.keys("quit", enter)
		c.leaves()
	})
}

func TestErrorsInATerminal(t *testing.T) {
	both(t, func(t *testing.T, c *console) {
		c.keys("select order_idd from (select 1 as order_id);", enter)
		c.sees(`\[UNRESOLVED_COLUMN.WITH_SUGGESTION\].*order_id`)
		c.sees(`^-------\^+$`)
		c.ready()
		if !strings.Contains(c.rawText(), "\x1b[1m\x1b[31m[UNRESOLVED_COLUMN") {
			t.Errorf("the condition has no colour: %q", c.rawText())
		}
		if strings.Contains(c.text(), "goroutine") {
			t.Error("a stack is shown")
		}
		c.keys(".tabels", enter)
		c.sees("Did you mean .tables")
		c.ready()
		c.keys(ctrlD)
		c.leaves()
	})
}

func TestHistoryInATerminal(t *testing.T) {
	both(t, func(t *testing.T, c *console) {
		c.keys("select 'first';", enter)
		c.sees("Fetched 1 row")
		c.ready()
		c.keys("select 'second';", enter)
		c.sees("│ second │")
		c.ready()
		c.keys(up, up)
		c.sees(`> select 'first';\s*\z`)
		c.dropped()
		c.keys(`\s first`, enter)
		c.sees(`-- \d{4}-\d\d-\d\d .* s  1 rows`)
		c.ready()
		c.keys(ctrlD)
		c.leaves()
	})
}

func TestLongResultsArePaged(t *testing.T) {
	t.Parallel()
	c := openConsole(t, []string{"PAGER=sed -u s/^/paged:/"})
	c.ready()
	c.keys("select id from range(100);", enter)
	c.sees(`^paged:│ 99 │`)
	c.ready()
	c.keys("select repeat('x', 150) as long, 1 as one;", enter) // fitted, so not paged
	c.sees(`^│ x+… │   1 │`)
	c.ready()
	c.keys(".pager off", enter)
	c.sees("Pager is off")
	c.ready()
	c.keys("select id from range(100);", enter)
	c.sees(`^│ 99 │`)
	c.ready()
}

func TestInitFileOfInteractiveShells(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "sparksql"), 0o777); err != nil {
		t.Fatal(err)
	}
	init := "create temporary view from_init as select 41 as a;\n\\timing off\n"
	if err := os.WriteFile(filepath.Join(dir, "sparksql", "init.sql"), []byte(init), 0o666); err != nil {
		t.Fatal(err)
	}
	c := openConsoleIn(t, dir, nil)
	c.ready()
	c.keys("select a + 1 as b from from_init;", enter)
	c.sees(`│ 42 │`)
	c.ready()
	if strings.Contains(c.text(), "Time taken") {
		t.Errorf("the init file's commands have no effect:\n%s", c.text())
	}
	c.keys(ctrlD)
	c.leaves()
}

func TestNoColour(t *testing.T) {
	t.Parallel()
	c := openConsole(t, []string{"NO_COLOR=1"})
	c.ready()
	c.keys("select null as nothing, nope;", enter)
	c.sees("UNRESOLVED_COLUMN")
	c.ready()
	if m := regexp.MustCompile("\x1b\\[(1|3[0-7])m").FindString(c.rawText()); m != "" {
		t.Errorf("there are colours: %q", m)
	}
}

// A terminal without a name has colours when it says so.
func TestColourOfANamelessTerminal(t *testing.T) {
	for colours, want := range map[string]bool{"": false, "truecolor": true} {
		c := openConsole(t, []string{"TERM=", "COLORTERM=" + colours})
		c.ready()
		c.keys("select nope;", enter)
		c.sees("UNRESOLVED_COLUMN")
		c.ready()
		if got := strings.Contains(c.rawText(), "\x1b[31m"); got != want {
			t.Errorf("COLORTERM=%s: colours %t", colours, got)
		}
	}
}

func TestDumbTerminalsGetTheBasicEditor(t *testing.T) {
	t.Parallel()
	c := openConsole(t, []string{"TERM=dumb"})
	c.ready()
	c.keys("select 1 + 1 as two;", enter)
	c.sees(`│   2 │`)
	c.keys(ctrlD)
	c.leaves()
}

func TestWholeStatementsAreEdited(t *testing.T) {
	t.Parallel()
	c := openConsole(t, nil)
	c.ready()
	c.keys("select 1 as one,", enter, "2 as two;", enter)
	c.sees("│   1 │   2 │")
	c.ready()
	c.keys(up) // the statement comes back with its lines, and the cursor moves between them
	c.sees(`select 1 as one,\n +2 as two;\s*\z`)
	c.keys(up, "\x01", right, "9") // to its first line, at its start
	c.sees(`s9elect 1 as one,\n +2 as two;`)
	c.dropped()
	if !strings.Contains(c.rawText(), "\x1b[1m\x1b[34mselect") {
		t.Error("keywords have no colour")
	}
	c.keys("sel") // a suggestion from the history, taken with the right arrow
	c.sees(`> select 1 as one,\n +2 as two;\s*\z`)
	c.keys(right, enter)
	c.sees(`(?s)│   1 │   2 │.*│   1 │   2 │`)
	c.ready()
}

func TestHistoryIsSearched(t *testing.T) {
	t.Parallel()
	c := openConsole(t, nil)
	c.ready()
	for _, s := range []string{"select 'needle';", "select 'hay';", "select 'straw';"} {
		c.keys(s, enter)
		c.sees("│ " + strings.Trim(s[7:], "';"))
		c.ready()
	}
	c.keys(ctrlR)
	c.sees(`^search: $|^search:$`)
	c.sees(`^> .* s +1 rows  select 'straw';`)
	c.keys("nee")
	c.sees(`(?s)^search: nee\n> .*select 'needle';\s*\z`)
	c.keys(enter)
	c.sees(`default\)> select 'needle';\s*\z`)
	c.keys(enter)
	c.sees(`(?s)│ needle │.*│ needle │`)
	c.ready()
}

func TestPasteIsKeptAsItIs(t *testing.T) {
	t.Parallel()
	c := openConsole(t, nil)
	c.ready()
	c.keys("\x1b[200~select\tlength('a\tb') as n,\n  'x\ny' as s;\x1b[201~")
	c.sees(`'x\n`)
	c.keys(enter)
	c.sees(`│ 3 │ x\\ny │`)
	c.ready()
	c.keys("\x1b[200~select 71;\nselect 72;\x1b[201~", enter)
	c.sees(`(?s)│ 71 │.*│ 72 │`)
	c.ready()
}

func TestMenusShowTypesAndSignatures(t *testing.T) {
	t.Parallel()
	c := openConsole(t, nil)
	c.ready()
	c.keys("create table orders (order_id bigint, order_day date, address struct<city: string>) using parquet;", enter)
	c.sees("Time taken")
	c.ready()
	c.keys("select ord", tab)
	c.sees(`order_id +-- bigint`)
	c.sees(`order_day +-- date`)
	c.dropped()
	c.keys("select o.address.c from orders o", strings.Repeat("\x1b[D", len(" from orders o")), tab)
	c.sees(`select o.address.city from orders o`)
	c.dropped()
	c.keys("select o.order_d") // a hint from the catalog, taken with the right arrow
	c.sees(`select o.order_d\s*\z`)
	c.keys(ctrlC)
	c.ready()
	c.keys("select order_d")
	c.sees(`select order_day\s*\z`)
	c.keys(right, " from orders;", enter)
	c.sees(`│ order_day │`)
	c.sees("Fetched 0 row")
	c.ready()
	c.keys("select regexp_re", tab)
	c.sees(`regexp_replace\(`)
	c.dropped()
	c.keys("select regexp_", tab)
	c.sees(`regexp_replace\( +-- regexp_replace\(str, regexp, rep`)
	c.dropped()
}

func TestResize(t *testing.T) {
	t.Parallel()
	c := openConsole(t, nil)
	c.ready()
	c.screen.Resize(60, 20)
	if err := pty.Setsize(c.file, &pty.Winsize{Cols: 60, Rows: 20}); err != nil {
		t.Fatal(err)
	}
	c.keys("select repeat('x', 300) as a, repeat('y', 300) as b;", enter)
	c.sees(`^│ x{20,27}… │ y{20,27}… │$`)
	c.ready()
}

// busy runs a command that goes on until the returned function is called. The terminal is in line mode meanwhile.
func (c *console) busy() (end func()) {
	c.t.Helper()
	c.keys("!until test -e go; do sleep 0.02; done", enter)
	c.inLineMode()
	return func() {
		if err := os.WriteFile(filepath.Join(c.dir, "go"), nil, 0o666); err != nil {
			c.t.Fatal(err)
		}
	}
}

func TestTypedAheadIsKept(t *testing.T) {
	both(t, func(t *testing.T, c *console) {
		end := c.busy()
		c.keys("select 'ahead';", enter)
		end()
		c.sees(`│ ahead │`)
		c.ready()
	})
}

func TestCtrlDTypedAheadLeaves(t *testing.T) {
	both(t, func(t *testing.T, c *console) {
		end := c.busy()
		c.keys(ctrlD)
		end()
		c.leaves()
	})
}

func TestCtrlDDeletesWithinAText(t *testing.T) {
	both(t, func(t *testing.T, c *console) {
		c.keys("select 467;", "\x01", strings.Repeat(right, len("select 4")), ctrlD, enter)
		c.sees(`│ 47 │`)
		c.ready()
	})
}

func TestCtrlSpaceDoesNotLeave(t *testing.T) {
	both(t, func(t *testing.T, c *console) {
		c.keys("\x00", "select 42;", enter)
		c.sees(`│ 42 │`)
		c.ready()
	})
}

func TestCtrlCLeavesTheTextWithAMark(t *testing.T) {
	both(t, func(t *testing.T, c *console) {
		c.keys("select nonsense")
		c.sees(`select nonsense`)
		c.keys(ctrlC)
		c.sees(`default\)> select nonsense\^C\nspark-sql \(default\)>\n*\z`)
		c.keys("select 'it''s gone';", enter)
		c.sees(`│ it's gone │`)
		c.ready()
	})
}
