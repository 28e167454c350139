package shell

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	sparksql "sparksql"
)

// repl is the interactive shell.
func (r *runner) repl() error {
	r.becomeInteractive(loadHistory(historyFile()))
	fd := int(os.Stdin.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return err
	}
	ed, err := newEditor(r.flags.editor, &typing{r.history, r.complete, hasColour(r.app.Stdout, r.flags.colour)})
	if err != nil {
		return err
	}
	defer ed.Close()
	if !r.flags.silent {
		fmt.Fprintf(r.errs, "sparksql %s, SQL as of Apache Spark %s. \\? for help; quit or Ctrl-D leaves.\n",
			sparksql.Version, sparksql.SparkVersion)
	}
	err = r.loop(ed)
	if errors.As(err, new(errSignal)) {
		term.Restore(fd, before) // what ran may have changed it
	}
	return errors.Join(err, r.closeOutput(true))
}

// becomeInteractive sets what differs from a script: rows in tables, a pager, the history.
func (r *runner) becomeInteractive(h *history) {
	if r.flags.output == "" {
		r.format.Format = "table"
	}
	r.interactive, r.paging, r.history = true, !r.flags.noPager, h
}

func (r *runner) loop(ed lineEditor) error {
	calls := newCalls()
	defer calls.close()
	for {
		text, err := calls.read(ed, fmt.Sprintf("spark-sql (%s)> ", r.session.Database()))
		switch {
		case errors.Is(err, errInterrupt):
			if text == "" {
				fmt.Fprintln(r.errs, "To leave, type quit; or press Ctrl-D.")
			}
			continue
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		for _, u := range typedUnits(text) {
			had := len(r.history.entries)
			if quit := r.typed(calls, u); quit {
				return nil
			}
			if err := calls.ended(); err != nil {
				return errors.Join(err, r.closeOutput(false)) // which holds a part of what was cancelled
			}
			if n := len(r.history.entries); n > 0 && (n != had || u.sql != "") {
				ed.Remembered(r.history.entries[n-1])
			}
		}
	}
}

// typedUnits is what a whole text holds; a word of the shell takes all of it.
func typedUnits(text string) []unit {
	if isShellWord(text) {
		return []unit{{sql: trimStatement(text), line: 1}}
	}
	return cutAll(text)
}

// typed runs what was typed; Ctrl-C cancels it.
func (r *runner) typed(calls *calls, u unit) (quit bool) {
	ctx, end := calls.context()
	defer end()
	start := time.Now()
	err := r.unit(ctx, u)
	if u.meta != "" && !errors.Is(err, errQuit) {
		r.history.add(historyEntry{SQL: joinUnit(u), At: start, Seconds: time.Since(start).Seconds()})
	}
	switch {
	case err == nil:
	case errors.Is(err, errQuit):
		return true
	case ctx.Err() != nil:
		fmt.Fprintf(r.errs, "Cancelled after %.3f seconds\n", time.Since(start).Seconds())
	case errors.Is(err, errReported): // by a script that was sourced
	default:
		r.show(err)
	}
	return false
}

func joinUnit(u unit) string {
	if u.sql == "" {
		return u.meta
	}
	return u.sql + " " + u.meta
}
