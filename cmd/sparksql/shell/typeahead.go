package shell

import (
	"io"
	"os"
	"regexp"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// answerTime is how long a terminal has to say where its cursor is. Those that never do are scripts that play a terminal.
const answerTime = time.Second

// cursorAnswer is the answer to the question for the cursor's place.
var cursorAnswer = regexp.MustCompile("\x1b\\[([0-9]+);([0-9]+)R")

// typedAhead takes what was typed while nothing was read.
func typedAhead(in *os.File) []byte {
	return readRaw(in, func(read func(time.Duration) []byte) (out []byte) {
		for {
			b := read(0)
			if b == nil {
				return out
			}
			out = append(out, b...)
		}
	})
}

// cursorPlace asks a terminal for the row and column of its cursor, from 1; 0 when it does not answer. typed is what else
// came meanwhile.
func cursorPlace(in *os.File, out io.Writer) (row, col int, typed []byte) {
	typed = readRaw(in, func(read func(time.Duration) []byte) (all []byte) {
		io.WriteString(out, "\x1b[6n")
		for end := time.Now().Add(answerTime); row == 0 && time.Now().Before(end); {
			all = append(all, read(time.Until(end))...)
			if at := cursorAnswer.FindSubmatchIndex(all); at != nil {
				row, _ = strconv.Atoi(string(all[at[2]:at[3]]))
				col, _ = strconv.Atoi(string(all[at[4]:at[5]]))
				all = append(all[:at[0]:at[0]], all[at[1]:]...)
			}
		}
		return all
	})
	return row, col, typed
}

// readRaw lets f read a terminal as it is, without waiting for ends of lines. read gives nil when nothing comes in time.
func readRaw(in *os.File, f func(read func(time.Duration) []byte) []byte) []byte {
	fd := int(in.Fd())
	state, err := term.MakeRaw(fd)
	if err != nil {
		return nil
	}
	defer term.Restore(fd, state)
	return f(func(wait time.Duration) []byte {
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		if n, err := unix.Poll(fds, int(max(0, wait).Milliseconds())); n <= 0 || err != nil || fds[0].Revents&unix.POLLIN == 0 {
			return nil
		}
		buf := make([]byte, 4096)
		n, err := unix.Read(fd, buf)
		if err != nil || n <= 0 {
			return nil
		}
		return buf[:n]
	})
}
