package shell

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	sparksql "sparksql"
)

// print prints a result where rows go, through a pager when it is long.
func (r *runner) print(ctx context.Context, rows *sparksql.Rows, f sparksql.Format) (int64, error) {
	return r.printTo(ctx, r.out, rows, f)
}

func (r *runner) printTo(ctx context.Context, w io.Writer, rows *sparksql.Rows, f sparksql.Format) (int64, error) {
	f.Colour = r.target == nil && hasColour(r.out, r.flags.colour)
	if !isTerminal(r.out) {
		return rows.Print(w, f)
	}
	f.Width, f.Height = terminalSize(r.out)
	if !r.paging {
		f.Height = 0
		return rows.Print(w, f)
	}
	s := r.screen(ctx, w)
	n, err := rows.Print(s, f)
	r.printed = time.Now()
	if errors.Is(err, errPagerLeft) {
		err = nil // the user has seen enough
	}
	return n, errors.Join(err, s.Close())
}

// toFile prints a result to a file, which is there when it is complete.
func (r *runner) toFile(rows *sparksql.Rows, f sparksql.Format, path string) (int64, error) {
	file, err := stageFile(path)
	if err != nil {
		rows.Close()
		return 0, err
	}
	defer file.Abort()
	n, err := rows.Print(file, f)
	if err != nil {
		return n, err
	}
	return n, file.Commit()
}

// openOutput sends rows to a file from now on; closeOutput ends that, and puts the file in place when all is well.
func (r *runner) openOutput(path string) (err error) {
	if r.target, err = stageFile(path); err == nil {
		r.out, r.filled = r.target, false
	}
	return err
}

func (r *runner) closeOutput(keep bool) error {
	if r.target == nil {
		return nil
	}
	t := r.target
	r.filled = false
	r.target, r.out = nil, r.app.Stdout
	if !keep {
		return t.Abort()
	}
	return t.Commit()
}

// stagedFile is a file that is written beside its place and put there at once, so that nobody sees half of it.
type stagedFile struct {
	*os.File
	path string
	done bool
}

// stageFile begins a file. A symbolic link stays, the file that it names is replaced. What has no halves is written as it is:
// devices, pipes, and the names of open files (/dev/stdout). A folder fails.
func stageFile(path string) (*stagedFile, error) {
	if st, err := os.Stat(path); err == nil && (!st.Mode().IsRegular() || namesOpenFile(path)) {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
		return &stagedFile{File: f}, err
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".sparksql-*")
	if err != nil {
		return nil, err
	}
	mask := syscall.Umask(0)
	syscall.Umask(mask)
	mode := os.FileMode(0o666 &^ mask)
	if st, err := os.Stat(path); err == nil {
		mode = st.Mode().Perm()
	}
	return &stagedFile{File: f, path: path}, f.Chmod(mode)
}

// namesOpenFile tells whether a path is one of those by which a process names its open files.
func namesOpenFile(path string) bool {
	abs, err := filepath.Abs(path)
	return err == nil && (strings.HasPrefix(abs, "/dev/") || strings.HasPrefix(abs, "/proc/"))
}

// Commit puts the file in its place, durably.
func (f *stagedFile) Commit() error {
	if f.done {
		return nil
	}
	f.done = true
	if f.path == "" {
		return f.Close()
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		os.Remove(f.Name())
		return err
	}
	return os.Rename(f.Name(), f.path)
}

// Abort removes what was written. After Commit it does nothing.
func (f *stagedFile) Abort() error {
	if f.done {
		return nil
	}
	f.done = true
	err := f.Close()
	if f.path != "" {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	return err
}

// errPagerLeft is what writing gives once the user has left the pager.
var errPagerLeft = errors.New("the pager was left")

// screen prints to a terminal, through a pager as soon as there is more than fits on it.
type screen struct {
	out           io.Writer
	width, height int
	command       string // "": no pager
	child         func(command string) *exec.Cmd
	held          bytes.Buffer
	lines         int
	pager         *exec.Cmd
	pipe          io.WriteCloser
}

// screen is where the shell prints; it pages only on a terminal.
func (r *runner) screen(ctx context.Context, w io.Writer) *screen {
	s := &screen{out: w}
	if r.paging && isTerminal(r.app.Stdout) && r.target == nil {
		s.width, s.height = terminalSize(r.app.Stdout)
		s.command = pagerCommand()
		s.child = func(command string) *exec.Cmd { return child(ctx, command) }
	}
	return s
}

// pagerCommand is $PAGER, else less without folding lines; "" when there is none.
func pagerCommand() string {
	if p, ok := os.LookupEnv("PAGER"); ok {
		return p
	}
	if _, err := exec.LookPath("less"); err == nil {
		return "less -SRFX"
	}
	return ""
}

func (s *screen) Write(b []byte) (int, error) {
	switch {
	case s.pipe != nil:
		return s.toPager(b)
	case s.command == "":
		return s.out.Write(b)
	}
	s.held.Write(b)
	s.lines += bytes.Count(b, []byte("\n"))
	if s.lines < s.height && !s.wide(b) {
		return len(b), nil
	}
	if err := s.start(); err != nil {
		s.command = ""
		_, err = s.out.Write(s.held.Bytes())
		s.held.Reset()
		return len(b), err
	}
	held := bytes.Clone(s.held.Bytes())
	s.held.Reset()
	_, err := s.toPager(held)
	return len(b), err
}

func (s *screen) toPager(b []byte) (int, error) {
	n, err := s.pipe.Write(b)
	if err != nil {
		err = errPagerLeft
	}
	return n, err
}

// wide tells whether a line of b is wider than the terminal.
func (s *screen) wide(b []byte) bool {
	for line := range bytes.Lines(b) {
		if len(line) > s.width && textWidth(string(line)) > s.width {
			return true
		}
	}
	return false
}

func (s *screen) start() (err error) {
	s.out.Write(nil) // lets a line of progress go
	s.pager = s.child(s.command)
	s.pager.Stdout, s.pager.Stderr = os.Stdout, os.Stderr
	if s.pipe, err = s.pager.StdinPipe(); err != nil {
		return err
	}
	return s.pager.Start()
}

// Close prints what is held, or waits for the user to leave the pager.
func (s *screen) Close() error {
	if s.pipe == nil {
		_, err := s.out.Write(s.held.Bytes())
		return err
	}
	s.pipe.Close()
	err := s.pager.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil // however it was left
	}
	return err
}

// textWidth is the number of cells that a line takes, colours left out.
func textWidth(s string) int {
	if strings.Contains(s, "\x1b[") {
		var b strings.Builder
		for i := 0; i < len(s); i++ {
			if s[i] == 0x1b {
				for i < len(s) && !isLetter(s[i]) {
					i++
				}
				continue
			}
			b.WriteByte(s[i])
		}
		s = b.String()
	}
	return sparksql.TextWidth(strings.TrimRight(s, "\n"))
}
