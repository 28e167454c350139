package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	sparksql "sparksql"
)

// runner runs statements and meta commands in one session and prints what they give.
type runner struct {
	app     *App
	flags   *flags
	session *sparksql.Session
	out     io.Writer
	errs    io.Writer
	format  sparksql.Format
	params  map[string]sparksql.Param
	report  *report // of the run, for --summary, --resume and --log-format
	dry     *sparksql.DryRun
	failed  bool

	interactive bool
	timing      bool   // print time taken and rows fetched
	expanded    bool   // a line for each column
	paging      bool   // long results go through a pager
	once        string // the file of the next rows
	target      *stagedFile
	filled      bool // what rows go to holds a result that no other can follow
	history     *history
	printed     time.Time // when the last rows were printed; reading them in a pager comes after
	lastSQL     string
	last        result
}

// result is what charts are drawn of: the first rows of a query.
type result struct {
	names []string
	rows  [][]any
}

// maxKept is the number of rows kept of a result.
const maxKept = 10_000

func newRunner(a *App, f *flags, s *sparksql.Session) (*runner, error) {
	r := &runner{app: a, flags: f, session: s, out: a.Stdout, errs: a.Stderr, timing: !f.silent, history: &history{}, params: map[string]sparksql.Param{},
		format: sparksql.Format{Format: f.output, Header: f.header, Rows: f.rows, Truncate: f.truncate}}
	if r.format.Format == "" {
		r.format.Format = "spark"
	}
	if r.format.Rows <= 0 {
		r.format.Rows = 1 << 30
	}
	given, err := f.given()
	if err != nil {
		return nil, err
	}
	for _, p := range given {
		r.params[p.Name] = p
	}
	r.report, err = newReport(a, f)
	return r, err
}

// golden tells whether results are for a program: an answer a line, errors included.
func (r *runner) golden() bool { return r.format.Format == "golden" }

// unit runs a statement or a meta command. Errors are the caller's to show.
func (r *runner) unit(ctx context.Context, u unit) (err error) {
	defer func() {
		if x := recover(); x != nil { // the session goes on
			err = fmt.Errorf("internal error of the shell: %v", x)
		}
	}()
	if u.meta != "" {
		return r.meta(ctx, u)
	}
	if u.sql == "" {
		return nil
	}
	if done, err := r.shellWord(ctx, u.sql); done {
		return err
	}
	return r.statement(ctx, u)
}

// statement runs one statement and prints its rows.
func (r *runner) statement(ctx context.Context, u unit) error {
	if r.dry != nil {
		return r.report.done(u, outcome{err: r.dry.Check(ctx, u.sql, r.given()...)})
	}
	if r.flags.verbose {
		fmt.Fprintln(r.out, u.sql)
	}
	if skip, err := r.report.skip(ctx, r, u); skip || err != nil {
		return err
	}
	r.lastSQL = u.sql
	o := outcome{start: time.Now()}
	ctx, progress := sparksql.Watch(ctx)
	line := startProgress(r.errs, r.flags.silent || r.report.log != nil, painterOf(r.errs, r.flags.colour), progress)
	o.rows, o.hasRows, o.err = r.answer(ctx, u.sql, line)
	line.stop()
	if o.seconds = r.printed.Sub(o.start).Seconds(); o.seconds < 0 {
		o.seconds = time.Since(o.start).Seconds()
	}
	p := progress()
	o.memory, o.spilled = p.PeakMemory, p.Spilled
	r.remember(u.sql, o)
	if o.err == nil && r.timing && r.report.log == nil && !r.golden() {
		fmt.Fprintln(r.errs, o.timeTaken())
	}
	return r.report.done(u, o)
}

// answer runs a statement and prints its rows.
func (r *runner) answer(ctx context.Context, sql string, line *progressLine) (n int64, hasRows bool, err error) {
	rows, err := r.session.Query(ctx, sql, r.given()...)
	if err != nil {
		return 0, false, err
	}
	if r.golden() {
		return 0, true, r.printGolden(rows)
	}
	hasRows = len(rows.Schema().Fields) > 0
	if hasRows && r.once == "" && sparksql.IsSingle(r.format.Format) {
		if isTerminal(r.out) {
			rows.Close()
			return 0, true, fmt.Errorf("the format %s is no text: send it to a file with --out or \\o", r.format.Format)
		}
		if r.filled {
			rows.Close()
			return 0, true, fmt.Errorf("a file of the format %s holds one result, and there is one already", r.format.Format)
		}
		r.filled = true
	}
	if r.interactive {
		rows.Keep(maxKept)
	}
	f := r.format
	if r.expanded {
		f.Format = "vertical"
	}
	if r.once != "" {
		path := r.once
		r.once = ""
		n, err = r.toFile(rows, f, path)
	} else {
		n, err = r.printTo(ctx, line.clearing(r.out), rows, f)
	}
	if hasRows && r.interactive {
		r.last = result{rows.Schema().Names(), rows.Kept()}
	}
	return n, hasRows, err
}

// given are the values of parameter markers.
func (r *runner) given() []sparksql.Param {
	var out []sparksql.Param
	for _, p := range r.params {
		out = append(out, p)
	}
	return out
}

// remember adds a statement to the history of an interactive session.
func (r *runner) remember(sql string, o outcome) {
	if !r.interactive {
		return
	}
	e := historyEntry{SQL: sql + ";", At: o.start, Seconds: o.seconds, Rows: o.rows}
	switch x, ok := sparksql.AsError(o.err); {
	case ok:
		e.Error = x.Cond.Name
	case errors.Is(o.err, context.Canceled):
		e.Error = "cancelled"
	case o.err != nil:
		e.Error = "failed"
	}
	r.history.add(e)
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

// show reports an error.
func (r *runner) show(err error) {
	if r.golden() {
		class, state, message := "INTERNAL_ERROR", "XX000", err.Error()
		if e, ok := sparksql.AsError(err); ok {
			class, state, message = e.Cond.Name, e.Cond.State, e.Message()
		}
		fmt.Fprintln(r.out, sparksql.JSONError(class, state, message))
		return
	}
	if r.report.log == nil {
		fmt.Fprintln(r.errs, painterOf(r.errs, r.flags.colour).errorText(err))
	}
}

// step runs one unit of a script. An error is reported; it is returned when it ends the script.
func (r *runner) step(ctx context.Context, u unit) error {
	err := r.unit(ctx, u)
	if err == nil || errors.Is(err, errQuit) || errors.Is(err, errReported) {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	r.show(err)
	r.failed, r.app.code = true, max(r.app.code, exitCode(err))
	if r.flags.continueOn || r.dry != nil {
		return nil
	}
	return errReported
}

// shellWord runs what is not SQL but spark-sql's command line knows: quit, exit, source FILE, !command.
func (r *runner) shellWord(ctx context.Context, stmt string) (done bool, err error) {
	word, rest, _ := strings.Cut(stmt, " ")
	switch {
	case strings.EqualFold(stmt, "quit"), strings.EqualFold(stmt, "exit"):
		return true, errQuit
	case strings.EqualFold(word, "source"):
		return true, r.file(ctx, unquote(strings.TrimSpace(rest)))
	case strings.HasPrefix(stmt, "!"):
		return true, r.system(ctx, stmt[1:])
	}
	return false, nil
}

// text prints what the shell itself has to say.
func (r *runner) text(ctx context.Context, s string) error {
	w := r.screen(ctx, r.out)
	_, err := io.WriteString(w, s)
	return errors.Join(err, w.Close())
}

// file runs the statements of a file.
func (r *runner) file(ctx context.Context, path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return r.script(ctx, string(b))
}
