package shell

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"syscall"
)

// errSignal is the signal that ended the work. It is a cancellation, too: errors.Is(err, context.Canceled).
type errSignal struct{ syscall.Signal }

// signalTexts say what happened, as shells do.
var signalTexts = map[syscall.Signal]string{syscall.SIGINT: "Interrupted", syscall.SIGTERM: "Terminated", syscall.SIGHUP: "Hung up"}

func (e errSignal) Error() string        { return signalTexts[e.Signal] }
func (e errSignal) Is(target error) bool { return target == context.Canceled }

// code is the exit status by which shells know of a signal.
func (e errSignal) code() int { return 128 + int(e.Signal) }

// endings are the signals that end the work. SIGHUP is left alone where the caller had it ignored, as nohup does.
func endings() []os.Signal {
	if signal.Ignored(syscall.SIGHUP) {
		return []os.Signal{os.Interrupt, syscall.SIGTERM}
	}
	return []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}
}

// interruptible is a context that Ctrl-C, SIGTERM or SIGHUP ends; its cause is an errSignal then.
func interruptible() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, endings()...)
	done := make(chan struct{})
	go func() {
		defer close(done)
		select {
		case s := <-signals:
			cancel(errSignal{s.(syscall.Signal)})
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel(nil)
		<-done
	}
}

// calls are the signals of an interactive session. Ctrl-C goes to the statement at work; between statements it is ignored, so
// that none is lost to a late key. The others end the statement and the session.
type calls struct {
	signals chan os.Signal
	over    chan struct{} // closed when the session is to end
	done    chan struct{}

	mu     sync.Mutex
	cancel context.CancelCauseFunc // of the statement at work; nil: none
	cause  error                   // what ended the session
}

func newCalls() *calls {
	c := &calls{signals: make(chan os.Signal, 4), over: make(chan struct{}), done: make(chan struct{})}
	signal.Notify(c.signals, endings()...)
	go func() {
		defer close(c.done)
		for s := range c.signals {
			c.take(s.(syscall.Signal))
		}
	}()
	return c
}

func (c *calls) take(s syscall.Signal) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s != syscall.SIGINT && c.cause == nil {
		c.cause = errSignal{s}
		close(c.over)
	}
	if c.cancel != nil {
		c.cancel(c.cause) // nil: Ctrl-C
	}
}

// context is one that the next call ends.
func (c *calls) context() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(context.Background())
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cancel = cancel; c.cause != nil {
		cancel(c.cause)
	}
	return ctx, func() {
		c.mu.Lock()
		c.cancel = nil
		c.mu.Unlock()
		cancel(nil)
	}
}

// ended is what ended the session, nil while it goes on.
func (c *calls) ended() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cause
}

// read reads a text from an editor, which is closed when the session is to end.
func (c *calls) read(ed lineEditor, prompt string) (string, error) {
	type reading struct {
		text string
		err  error
	}
	read := make(chan reading, 1)
	go func() {
		var r reading
		defer func() {
			if x := recover(); x != nil {
				r.err = fmt.Errorf("internal error of the line editor: %v", x)
			}
			read <- r
		}()
		r.text, r.err = ed.Read(prompt, isWhole)
	}()
	select {
	case r := <-read:
		var sig errSignal
		if errors.As(r.err, &sig) {
			c.take(sig.Signal) // which comes as well, perhaps later
		}
		return r.text, r.err
	case <-c.over:
		return "", errors.Join(c.ended(), ed.Close())
	}
}

// close ends it. After a signal that ends the session all are held off until the process has left in order.
func (c *calls) close() {
	if c.ended() != nil {
		return
	}
	signal.Stop(c.signals)
	close(c.signals)
	<-c.done
}

// child is a command of the system's shell. The terminal gives it Ctrl-C itself; a signal that ends the session is passed on, so
// that it can leave the terminal in order.
func child(ctx context.Context, command string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "sh", append([]string{"-c", command}, args...)...)
	cmd.Cancel = func() error {
		var sig errSignal
		if !errors.As(context.Cause(ctx), &sig) {
			return os.ErrProcessDone // it decides
		}
		return cmd.Process.Signal(sig.Signal)
	}
	return cmd
}
