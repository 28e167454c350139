package shell

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	sparksql "sparksql"
)

// runner runs statements in one session and prints what they give.
type runner struct {
	app     *App
	flags   *flags
	session *sparksql.Session
	out     io.Writer
	errs    io.Writer
	format  sparksql.Format
	failed  bool
	quiet   bool // no rows: an init file
}

func newRunner(a *App, f *flags, s *sparksql.Session) *runner {
	r := &runner{app: a, flags: f, session: s, out: a.Stdout, errs: a.Stderr,
		format: sparksql.Format{Format: f.output, Header: f.header, Rows: f.rows, Truncate: f.truncate}}
	if r.format.Format == "" {
		r.format.Format = "spark"
	}
	if r.format.Rows <= 0 {
		r.format.Rows = 1 << 30
	}
	return r
}

// golden tells whether results are for a program: an answer a line, errors included.
func (r *runner) golden() bool { return r.format.Format == "golden" }

// goldenMark is the line before each statement of a script for programs; the line ";" ends it.
const goldenMark = "-- !query"

func (r *runner) file(ctx context.Context, path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return r.script(ctx, string(b))
}

// initFile runs a file without printing rows; its errors end everything.
func (r *runner) initFile(ctx context.Context, path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for _, stmt := range statements(string(b)) {
		if err := r.session.Exec(ctx, stmt); err != nil {
			return err
		}
	}
	return nil
}

// statements cuts a script into statements without their semicolons.
func statements(script string) []string {
	if strings.HasPrefix(script, goldenMark+"\n") {
		return markedStatements(script)
	}
	var out []string
	for _, p := range sparksql.Split(script) {
		if t := trimStatement(p.Text); t != "" {
			out = append(out, t)
		}
	}
	return out
}

func markedStatements(script string) []string {
	var out []string
	var cur []string
	open := false
	for line := range strings.Lines(script) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case line == goldenMark && !open:
			open, cur = true, nil
		case line == ";" && open:
			out, open = append(out, strings.Join(cur, "\n")), false
		default:
			cur = append(cur, line)
		}
	}
	return out
}

// trimStatement takes off blanks and the semicolon.
func trimStatement(s string) string {
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), ";"))
}

func (r *runner) script(ctx context.Context, script string) error {
	marked := strings.HasPrefix(script, goldenMark+"\n")
	for _, stmt := range statements(script) {
		if err := r.step(ctx, stmt, !marked); err != nil {
			if errors.Is(err, errQuit) {
				return nil
			}
			return err
		}
	}
	return nil
}

// step runs one statement. An error is reported; it is returned when it ends the script.
func (r *runner) step(ctx context.Context, stmt string, shellWords bool) error {
	if shellWords {
		if done, err := r.shellWord(ctx, stmt); done {
			return err
		}
	}
	err := r.statement(ctx, stmt)
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return context.Canceled
	}
	r.report(err)
	if r.flags.continueOn {
		r.failed = true
		return nil
	}
	return errReported
}

// report prints an error.
func (r *runner) report(err error) {
	if r.golden() {
		class, state, message := "INTERNAL_ERROR", "XX000", err.Error()
		if e, ok := sparksql.AsError(err); ok {
			class, state, message = e.Cond.Name, e.Cond.State, e.Message()
		}
		fmt.Fprintln(r.out, sparksql.JSONError(class, state, message))
		return
	}
	fmt.Fprintln(r.errs, errorText(err))
}

// statement runs one statement and prints its rows.
func (r *runner) statement(ctx context.Context, stmt string) error {
	if r.flags.dryRun {
		return r.session.Check(ctx, stmt)
	}
	if r.flags.verbose {
		fmt.Fprintln(r.out, stmt)
	}
	start := time.Now()
	rows, err := r.session.Query(ctx, stmt)
	if err != nil {
		return err
	}
	if r.golden() {
		return r.printGolden(rows)
	}
	hasRows := len(rows.Schema().Fields) > 0
	n, err := rows.Print(r.out, r.format)
	if err != nil || r.flags.silent {
		return err
	}
	if hasRows {
		fmt.Fprintf(r.errs, "Time taken: %.3f seconds, Fetched %d row(s)\n", time.Since(start).Seconds(), n)
	} else {
		fmt.Fprintf(r.errs, "Time taken: %.3f seconds\n", time.Since(start).Seconds())
	}
	return nil
}

// printGolden prints the whole answer or, when a row fails, none of it.
func (r *runner) printGolden(rows *sparksql.Rows) error {
	var b strings.Builder
	if _, err := rows.Print(&b, r.format); err != nil {
		return err
	}
	_, err := io.WriteString(r.out, b.String())
	return err
}

// shellWord runs what is not SQL: quit, exit, source FILE, !command.
func (r *runner) shellWord(ctx context.Context, stmt string) (done bool, err error) {
	word, rest, _ := strings.Cut(stmt, " ")
	switch {
	case strings.EqualFold(stmt, "quit"), strings.EqualFold(stmt, "exit"):
		return true, errQuit
	case strings.EqualFold(word, "source"):
		return true, r.file(ctx, strings.TrimSpace(rest))
	case strings.HasPrefix(stmt, "!"):
		c := exec.CommandContext(ctx, "sh", "-c", stmt[1:])
		c.Stdout, c.Stderr = r.out, r.errs
		return true, c.Run()
	}
	return false, nil
}

// stream runs statements from a reader as each arrives.
func (r *runner) stream(ctx context.Context, in io.Reader) error {
	br := bufio.NewReaderSize(in, 1<<16)
	var buf strings.Builder
	marked := false
	run := func(stmt string, words bool) error {
		if stmt == "" {
			return nil
		}
		return r.step(ctx, stmt, words)
	}
	quit := func(err error) error {
		if errors.Is(err, errQuit) {
			return nil
		}
		return err
	}
	for {
		line, err := br.ReadString('\n')
		text := strings.TrimRight(line, "\r\n")
		switch {
		case !marked && text == goldenMark && strings.TrimSpace(buf.String()) == "":
			marked = true
			buf.Reset()
		case marked && text == ";":
			stmt := buf.String()
			buf.Reset()
			marked = false
			if err := run(strings.TrimSuffix(stmt, "\n"), false); err != nil && !r.golden() {
				return quit(err)
			}
		default:
			buf.WriteString(line)
			if !marked && strings.Contains(line, ";") {
				rest := ""
				for _, p := range sparksql.Split(buf.String()) {
					if !p.Complete {
						rest = p.Text
						continue
					}
					if err := run(trimStatement(p.Text), true); err != nil {
						return quit(err)
					}
				}
				buf.Reset()
				if rest != "" {
					buf.WriteString(rest + "\n")
				}
			}
		}
		if err == io.EOF {
			return quit(run(trimStatement(buf.String()), true))
		}
		if err != nil {
			return err
		}
	}
}
