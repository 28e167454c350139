package shell

import (
	"bytes"
	"io"
	"os"
	"os/signal"
	"regexp"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/chzyer/readline"
	"golang.org/x/sys/unix"
)

// rawMode is the mode of a terminal in which keys come as they are typed, not by lines; ends of lines are written as ever. Editors
// enter it for each statement.
type rawMode struct {
	in *os.File

	mu     sync.Mutex
	before *readline.State // what leave goes back to; nil: not entered
	ended  bool
}

// enter turns the terminal raw and gives what was typed before.
func (m *rawMode) enter() (typed []byte, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ended {
		return nil, io.EOF
	}
	if m.before == nil {
		if m.before, err = readline.MakeRaw(int(m.in.Fd())); err != nil {
			return nil, err
		}
	}
	return m.typedAhead(), nil
}

// leave gives the terminal the mode that it had. It may be called more than once.
func (m *rawMode) leave() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.before == nil {
		return nil
	}
	before := m.before
	m.before = nil
	return readline.Restore(int(m.in.Fd()), before)
}

// end leaves the mode for good.
func (m *rawMode) end() error {
	m.mu.Lock()
	m.ended = true
	m.mu.Unlock()
	return m.leave()
}

// Keys that terminals send.
const (
	keyEnd     = 0x04 // Ctrl-D
	keySuspend = 0x1a // Ctrl-Z
)

// typedAhead takes what was typed while the terminal had another mode, where it kept Ctrl-D, the end of its line, as NUL.
func (m *rawMode) typedAhead() (out []byte) {
	for b := m.read(0); b != nil; b = m.read(0) {
		out = append(out, b...)
	}
	return bytes.ReplaceAll(out, []byte{0}, []byte{keyEnd})
}

// read gives what comes in the time; nil for nothing.
func (m *rawMode) read(wait time.Duration) []byte {
	fds := []unix.PollFd{{Fd: int32(m.in.Fd()), Events: unix.POLLIN}}
	if n, err := unix.Poll(fds, int(max(0, wait).Milliseconds())); n <= 0 || err != nil || fds[0].Revents&unix.POLLIN == 0 {
		return nil
	}
	buf := make([]byte, 4096)
	n, err := unix.Read(int(m.in.Fd()), buf)
	if err != nil || n <= 0 {
		return nil
	}
	return buf[:n]
}

// hungUp tells whether the terminal is gone.
func hungUp(in *os.File) bool {
	fds := []unix.PollFd{{Fd: int32(in.Fd())}}
	n, err := unix.Poll(fds, 0)
	return err == nil && n > 0 && fds[0].Revents&(unix.POLLHUP|unix.POLLERR|unix.POLLNVAL) != 0
}

// answerTime is how long a terminal has to say where its cursor is: far away, or busy, it may take its time, and an answer that
// comes later is taken for keys. Those that never answer are scripts that play a terminal; they are asked once.
const answerTime = 3 * time.Second

// cursorAnswer is the answer to the question for the cursor's place.
var cursorAnswer = regexp.MustCompile("\x1b\\[([0-9]+);([0-9]+)R")

// cursorPlace asks the terminal for the row and column of its cursor, from 1; 0 when it does not answer. typed is what else
// came meanwhile.
func (m *rawMode) cursorPlace(out io.Writer) (row, col int, typed []byte) {
	io.WriteString(out, "\x1b[6n")
	for end := time.Now().Add(answerTime); row == 0 && time.Now().Before(end); {
		typed = append(typed, m.read(time.Until(end))...)
		if at := cursorAnswer.FindSubmatchIndex(typed); at != nil {
			row, _ = strconv.Atoi(string(typed[at[2]:at[3]]))
			col, _ = strconv.Atoi(string(typed[at[4]:at[5]]))
			typed = append(typed[:at[0]:at[0]], typed[at[1]:]...)
		}
	}
	return row, col, typed
}

// stopTime is how long a process waits to be stopped. One that has no shell above it never is.
const stopTime = 100 * time.Millisecond

// suspend stops the process and its group until they are continued, as the terminal does for Ctrl-Z when it is not raw.
func (m *rawMode) suspend() (typed []byte, err error) {
	if err := m.leave(); err != nil {
		return nil, err
	}
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, syscall.SIGCONT)
	defer signal.Stop(continued)
	syscall.Kill(0, syscall.SIGTSTP)
	select {
	case <-continued:
	case <-time.After(stopTime):
	}
	return m.enter()
}
