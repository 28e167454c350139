package shell

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	sparksql "sparksql"
)

// outcome is what a statement came to.
type outcome struct {
	start           time.Time
	seconds         float64
	rows            int64
	hasRows         bool
	memory, spilled int64
	err             error
}

// timeTaken is the line that spark-sql prints after a statement.
func (o outcome) timeTaken() string {
	if o.hasRows {
		return fmt.Sprintf("Time taken: %.3f seconds, Fetched %d row(s)", o.seconds, o.rows)
	}
	return fmt.Sprintf("Time taken: %.3f seconds", o.seconds)
}

// report is the account of a run: a summary as JSON, a log, and what --resume needs to go on after a failure.
type report struct {
	Started    time.Time       `json:"started"`
	Seconds    float64         `json:"seconds"`
	Status     string          `json:"status"` // success, failed, interrupted
	Statements []reportedQuery `json:"statements"`

	path   string       // of the summary; "": none
	log    *slog.Logger // nil: no log
	resume *checkpoint  // nil: no --resume and nothing to resume later
	file   string       // the script at work
}

// reportedQuery is one statement of the summary.
type reportedQuery struct {
	SQL        string         `json:"sql"`
	File       string         `json:"file,omitempty"`
	Line       int            `json:"line,omitempty"`
	Status     string         `json:"status"` // success, failed, skipped
	Seconds    float64        `json:"seconds"`
	Rows       int64          `json:"rows"`
	PeakMemory int64          `json:"peakMemory"`
	Spilled    int64          `json:"spilled"`
	Error      *reportedError `json:"error,omitempty"`
}

type reportedError struct {
	Class    string `json:"class,omitempty"`
	SQLState string `json:"sqlState,omitempty"`
	Message  string `json:"message"`
	Line     int    `json:"line,omitempty"`     // in the statement
	Position int    `json:"position,omitempty"` // in the line
}

func newReport(a *App, f *flags) (*report, error) {
	r := &report{Started: time.Now(), path: f.summary, Statements: []reportedQuery{}}
	switch f.logFormat {
	case "":
	case "text":
		r.log = slog.New(slog.NewTextHandler(a.Stderr, nil))
	case "json":
		r.log = slog.New(slog.NewJSONHandler(a.Stderr, nil))
	default:
		return nil, errUsage{fmt.Errorf("--log-format is text or json, not %q", f.logFormat)}
	}
	if len(f.files) > 0 && !f.dryRun {
		var err error
		if r.resume, err = openCheckpoint(f); err != nil {
			return nil, err
		}
	} else if f.resume {
		return nil, errUsage{errors.New("--resume goes with -f FILE")}
	}
	return r, nil
}

// done takes in a statement that has run and gives its error back.
func (r *report) done(u unit, o outcome) error {
	q := reportedQuery{SQL: u.sql, File: r.file, Line: u.line, Status: "success", Seconds: o.seconds, Rows: o.rows, PeakMemory: o.memory, Spilled: o.spilled}
	if o.err != nil {
		q.Status, q.Error = "failed", reportError(o.err)
	} else if r.resume != nil {
		r.resume.add(u.sql)
	}
	r.add(q)
	return o.err
}

func (r *report) add(q reportedQuery) {
	if r.path != "" {
		r.Statements = append(r.Statements, q)
	}
	if r.log == nil {
		return
	}
	attrs := []any{"status", q.Status, "seconds", q.Seconds, "rows", q.Rows, "peakMemory", q.PeakMemory, "spilled", q.Spilled, "file", q.File, "line", q.Line, "sql", q.SQL}
	if q.Error == nil {
		r.log.Info("statement", attrs...)
		return
	}
	r.log.Error("statement", append(attrs, "error", q.Error.Class, "sqlState", q.Error.SQLState, "message", q.Error.Message)...)
}

func reportError(err error) *reportedError {
	e, ok := sparksql.AsError(err)
	if !ok {
		return &reportedError{Message: err.Error()}
	}
	line, col := e.At.LineCol()
	return &reportedError{e.Cond.Name, e.Cond.State, withoutStack(e.Message()), line, col}
}

// finish writes the summary, and keeps or drops the checkpoint.
func (r *report) finish(err error) error {
	r.Seconds = time.Since(r.Started).Seconds()
	r.Status = statusOf(err)
	if r.resume != nil {
		r.resume.close(err == nil)
	}
	if r.path == "" {
		return nil
	}
	return writeSummary(r.path, r)
}

// writeSummary writes the account of a run as JSON.
func writeSummary(path string, account any) error {
	b, err := json.MarshalIndent(account, "", "  ")
	if err != nil {
		return err
	}
	f, err := stageFile(path)
	if err != nil {
		return err
	}
	defer f.Abort()
	if _, err := f.Write(append(b, '\n')); err != nil {
		return err
	}
	return f.Commit()
}

// statusOf is how a run ended, as summaries say it.
func statusOf(err error) string {
	switch {
	case err == nil:
		return "success"
	case errors.Is(err, context.Canceled):
		return "interrupted"
	}
	return "failed"
}

// skip tells whether --resume passes over a statement: it ended well in the run before. What it left in the session only
// (views, settings, variables) is made again.
func (r *report) skip(ctx context.Context, run *runner, u unit) (bool, error) {
	if r.resume == nil || !r.resume.passed(u.sql) {
		return false, nil
	}
	r.resume.add(u.sql)
	if err := restore(ctx, run.session, u.sql, run.given()); err != nil {
		return false, err
	}
	r.add(reportedQuery{SQL: u.sql, File: r.file, Line: u.line, Status: "skipped"})
	return true, nil
}

// restore makes again what a statement that was passed over left in the session.
func restore(ctx context.Context, s *sparksql.Session, sql string, given []sparksql.Param) error {
	if !sparksql.IsOfSession(sql) {
		return nil
	}
	err := s.Exec(ctx, sql, given...)
	if e, ok := sparksql.AsError(err); ok && e.Cond.Name == "TABLE_OR_VIEW_NOT_FOUND" { // dropped then, gone now
		return nil
	}
	return err
}

// checkpoint remembers on disk which statements of a run have ended well, until all have.
type checkpoint struct {
	path   string
	before []string // sums of the statements that ended well in the run before
	now    []string
}

// openCheckpoint finds the checkpoint of a run: of its files, variables and parameters.
func openCheckpoint(f *flags) (*checkpoint, error) {
	dir, err := stateFolder()
	if err != nil {
		if f.resume {
			return nil, err
		}
		return nil, nil
	}
	key := sha256.New()
	for _, file := range f.files {
		abs, err := filepath.Abs(file)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(key, "%s\x00", abs)
	}
	fmt.Fprintf(key, "%q %q", f.vars, f.params)
	c := &checkpoint{path: filepath.Join(dir, hex.EncodeToString(key.Sum(nil)[:12])+".json")}
	if !f.resume {
		return c, nil
	}
	b, err := os.ReadFile(c.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, errUsage{fmt.Errorf("there is no failed run of %s with these variables to resume", strings.Join(f.files, ", "))}
	}
	if err != nil {
		return nil, err
	}
	return c, json.Unmarshal(b, &c.before)
}

// stateFolder is where checkpoints are: sparksql in XDG_STATE_HOME, or in .local/state at home.
func stateFolder() (string, error) {
	dir := os.Getenv("XDG_STATE_HOME")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(dir, "sparksql"), nil
}

func sumOf(sql string) string {
	s := sha256.Sum256([]byte(sql))
	return hex.EncodeToString(s[:12])
}

// passed tells whether the next statement is one that ended well in the run before; a changed one ends that.
func (c *checkpoint) passed(sql string) bool {
	if len(c.now) >= len(c.before) || c.before[len(c.now)] != sumOf(sql) {
		c.before = nil
		return false
	}
	return true
}

func (c *checkpoint) add(sql string) { c.now = append(c.now, sumOf(sql)) }

// close drops the checkpoint of a run that has ended well and keeps that of another. It is no error when it cannot be kept.
func (c *checkpoint) close(well bool) {
	if well {
		os.Remove(c.path)
		return
	}
	b, err := json.Marshal(slices.Clip(c.now))
	if err != nil || os.MkdirAll(filepath.Dir(c.path), 0o777) != nil {
		return
	}
	os.WriteFile(c.path, b, 0o666)
}
