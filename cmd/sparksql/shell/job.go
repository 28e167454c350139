package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	sparksql "sparksql"
)

// job is one run of a folder of SQL files.
type job struct {
	dir     string
	flags   *jobFlags
	config  *jobConfig
	log     *jobLog
	errs    io.Writer // for the line of progress
	session *sparksql.Session
	given   []sparksql.Param
	files   []*jobFile
	outputs *sparksql.Outputs
	kept    *jobCheckpoint // nil: nothing is kept
	summary jobSummary
}

// jobFile is one SQL file: its statements, and the query whose rows are its output.
type jobFile struct {
	path, name string
	statements []string
	log        []logLine
	output     bool // the last statement is a query
}

type logLine struct{ logger, text string }

// jobSummary is the JSON summary.
type jobSummary struct {
	Job     string    `json:"job"`
	Started time.Time `json:"started"`
	Seconds float64   `json:"seconds"`
	Status  string    `json:"status"`
	Error   string    `json:"error,omitempty"`
	Steps   []jobStep `json:"steps"`
	// Functions are the users' functions that were called, with their calls, errors and time.
	Functions []sparksql.FunctionStats `json:"udfs"`
}

type jobStep struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
	Rows    int64   `json:"rows"`
	Bytes   int64   `json:"bytes"`
	Path    string  `json:"path,omitempty"`
	Resumed bool    `json:"resumed,omitempty"` // the run before has finished it
}

func (a *App) runJob(dir string, f *jobFlags) error {
	a.colour = f.colour
	if err := checkColour(f.colour); err != nil {
		return err
	}
	f.limit()
	given, err := f.given()
	if err != nil {
		return err
	}
	log, err := newJobLog(a.Stderr, f.logFormat)
	if err != nil {
		return err
	}
	j := &job{given: given, dir: dir, flags: f, log: log, errs: a.Stderr, summary: jobSummary{Job: filepath.Base(filepath.Clean(dir)), Started: time.Now(), Steps: []jobStep{},
		Functions: []sparksql.FunctionStats{}}}
	stop, err := startProfile(f.cpuProfile)
	if err != nil {
		return err
	}
	defer stop()
	ctx, cancel := interruptible()
	defer cancel()
	err = j.run(ctx, a)
	j.summary.Seconds = time.Since(j.summary.Started).Seconds()
	if ctx.Err() != nil && err != nil {
		err = context.Cause(ctx)
	}
	if j.summary.Status = statusOf(err); err != nil {
		j.summary.Error = err.Error()
	}
	if j.session != nil {
		j.summary.Functions = append(j.summary.Functions, j.session.FunctionStats()...)
	}
	if f.summary != "" {
		if e := writeSummary(f.summary, j.summary); e != nil && err == nil {
			err = e
		}
	}
	if err == nil {
		return nil
	}
	var usage errUsage
	if errors.As(err, &usage) {
		return err
	}
	j.log.error("Job failed with error: " + errorText(err))
	if errors.As(err, new(errSignal)) {
		return err
	}
	a.code = exitCode(err)
	return errReported
}

func (j *job) run(ctx context.Context, a *App) (err error) {
	if j.config, err = loadJobConfig(j.dir, j.flags.config); err != nil {
		return err
	}
	if err := j.load(); err != nil {
		return err
	}
	eng, err := j.open(a)
	if err != nil {
		return err
	}
	defer eng.Close()
	j.session = eng.Session()
	if err := j.define(); err != nil {
		return err
	}
	switch {
	case j.flags.checkInput || j.flags.checkOutput:
		return j.check(ctx)
	case j.flags.validateOnly:
		return j.validate(ctx)
	}
	j.log.info("Spark session created successfully")
	j.warnUnused()
	j.log.info("Loading data...")
	j.log.write(processingLogger, 0, "Loading data from "+j.config.Data.Input)
	if err := j.registerInputs(ctx); err != nil {
		return err
	}
	if err := j.runFiles(ctx); err != nil {
		return err
	}
	j.log.info("Job completed successfully!")
	return nil
}

// runFiles runs the files and puts their outputs in place, or keeps those that are finished for --resume.
func (j *job) runFiles(ctx context.Context) (err error) {
	if j.kept, err = j.openCheckpoint(); err != nil {
		return err
	}
	if j.outputs, err = j.session.Outputs(j.config.Data.Output); err != nil {
		return err
	}
	defer j.outputs.Abort()
	defer func() {
		if e := j.kept.close(j.outputs, j.summary.Steps, err); e != nil {
			j.log.warning(e.Error())
		}
	}()
	for _, f := range j.files {
		if err := j.runFile(ctx, f); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(f.path), err)
		}
	}
	j.log.info("Saving results...")
	return j.outputs.Commit(ctx)
}

// open opens the engine as the configuration and the flags say; flags count first.
func (j *job) open(a *App) (*sparksql.Engine, error) {
	opts := append([]sparksql.Option(nil), a.Options...)
	p := j.config.Processing
	if p.Parallelism > 0 {
		opts = append(opts, sparksql.WithWorkers(p.Parallelism))
	}
	if p.BatchSize > 0 {
		opts = append(opts, sparksql.WithBatchRows(p.BatchSize))
	}
	if dir := j.config.Data.Checkpoint; dir != "" {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return nil, err
		}
		opts = append(opts, sparksql.WithSpillDir(dir))
	}
	if c := j.config.Output.Compression; c != "" {
		opts = append(opts, sparksql.WithConf("spark.sql.parquet.compression.codec", c))
	}
	b := *a
	b.Options = opts
	return b.engine(&j.flags.flags)
}

// define sets the variables, ref_date to today unless it is given.
func (j *job) define() error {
	j.session.Define("ref_date", time.Now().Format(time.DateOnly))
	for _, kv := range j.flags.vars {
		k, v, ok := strings.Cut(kv, "=")
		if !ok {
			return errUsage{fmt.Errorf("--hivevar takes name=value, not %q", kv)}
		}
		if k == "ref_date" {
			if _, err := time.Parse(time.DateOnly, v); err != nil {
				return errUsage{fmt.Errorf("ref_date is a date like 2024-12-31, not %q", v)}
			}
		}
		j.session.Define(k, v)
	}
	return nil
}

// load reads the SQL files.
func (j *job) load() error {
	paths, err := filepath.Glob(filepath.Join(j.dir, "*.sql"))
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		if _, err := os.Stat(j.dir); err != nil {
			return err
		}
		return fmt.Errorf("%s holds no .sql files", j.dir)
	}
	slices.Sort(paths)
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		f := &jobFile{path: p, name: stepName(p), statements: statements(string(b)), log: logLines(string(b))}
		if n := len(f.statements); n > 0 {
			f.output = sparksql.IsQuery(f.statements[n-1])
		}
		j.files = append(j.files, f)
	}
	return nil
}

// stepName is name of NN_name.sql.
func stepName(path string) string {
	base := strings.TrimSuffix(filepath.Base(path), ".sql")
	if num, name, ok := strings.Cut(base, "_"); ok && strings.Trim(num, "0123456789") == "" {
		return name
	}
	return base
}

// logLines reads the lines "-- log: TEXT" and "-- log LOGGER: TEXT" at the top of a file.
func logLines(text string) []logLine {
	var out []logLine
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "--") {
			break
		}
		rest, ok := strings.CutPrefix(line, "-- log")
		if !ok {
			continue
		}
		if name, msg, ok := strings.Cut(rest, ":"); ok {
			l := logLine{mainLogger, strings.TrimSpace(msg)}
			if n := strings.TrimSpace(name); n != "" {
				l.logger = n
			}
			out = append(out, l)
		}
	}
	return out
}

// warnUnused names the SPARK_ variables that are set and have no effect here, in one line.
func (j *job) warnUnused() {
	var names []string
	for _, kv := range os.Environ() {
		if k, _, _ := strings.Cut(kv, "="); strings.HasPrefix(k, "SPARK_") {
			names = append(names, k)
		}
	}
	if len(names) > 0 {
		slices.Sort(names)
		j.log.warning("Without effect here: " + strings.Join(names, ", "))
	}
}

// registerInputs makes every folder of the input a view.
func (j *job) registerInputs(ctx context.Context) error {
	entries, err := os.ReadDir(j.config.Data.Input)
	if err != nil {
		return err
	}
	n := 0
	for _, e := range entries {
		name := e.Name()
		if !isDir(j.config.Data.Input, e) || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
			continue
		}
		n++
		if err := j.session.RegisterFiles(ctx, name, "parquet", filepath.Join(j.config.Data.Input, name)); err != nil {
			return fmt.Errorf("input %s: %w", name, err)
		}
	}
	if n == 0 {
		return fmt.Errorf("the input folder %s holds no tables", j.config.Data.Input)
	}
	return nil
}

// isDir follows links.
func isDir(dir string, e os.DirEntry) bool {
	st, err := os.Stat(filepath.Join(dir, e.Name()))
	return err == nil && st.IsDir()
}

func (j *job) runFile(ctx context.Context, f *jobFile) (err error) {
	for _, l := range f.log {
		j.log.write(l.logger, 0, l.text)
	}
	start := time.Now()
	step := jobStep{Name: f.name}
	for i, stmt := range f.statements {
		passed := j.kept.passed(stmt)
		switch output := i == len(f.statements)-1 && f.output; {
		case output && passed:
			step, err = j.kept.adopt(j.outputs, f.name)
		case output:
			err = j.writeOutput(ctx, f.name, stmt, &step)
		case passed:
			err = restore(ctx, j.session, stmt, j.given)
		default:
			err = j.exec(ctx, stmt)
		}
		if err != nil {
			return err
		}
		j.kept.add(stmt)
	}
	step.Seconds = time.Since(start).Seconds()
	j.summary.Steps = append(j.summary.Steps, step)
	return nil
}

// exec runs a statement that is not an output.
func (j *job) exec(ctx context.Context, stmt string) error {
	if !j.config.cacheEnabled() && sparksql.IsCache(stmt) {
		return nil
	}
	return j.watched(ctx, func(ctx context.Context) error { return j.session.Exec(ctx, stmt, j.given...) })
}

// writeOutput stages the rows of a query as an output.
func (j *job) writeOutput(ctx context.Context, name, query string, step *jobStep) error {
	return j.watched(ctx, func(ctx context.Context) error {
		st, err := j.outputs.Write(ctx, name, query, j.layout(name), j.given...)
		step.Rows, step.Bytes, step.Path = st.Rows, st.Bytes, filepath.Join(j.config.Data.Output, name)
		return err
	})
}

// watched runs a statement with a line of progress, on a terminal.
func (j *job) watched(ctx context.Context, run func(context.Context) error) error {
	ctx, state := sparksql.Watch(ctx)
	line := startProgress(j.errs, j.log.json != nil, painterOf(j.errs, j.flags.colour), state)
	defer line.stop()
	return run(ctx)
}

// partitionedOutput is the output that partition_by applies to; its year, month and day come from dateColumn.
const (
	partitionedOutput = "enriched_data"
	dateColumn        = "order_date"
)

// layout says how an output is stored.
func (j *job) layout(name string) sparksql.WriteFiles {
	w := sparksql.WriteFiles{Format: j.config.Output.Format}
	if c := j.config.Output.Compression; c != "" && w.Format != "parquet" {
		w.Options = map[string]string{"compression": c}
	}
	if name == partitionedOutput {
		w.PartitionBy, w.DateColumn = *j.config.Output.PartitionBy, dateColumn
	}
	return w
}
