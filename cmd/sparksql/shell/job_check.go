package shell

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	sparksql "sparksql"
)

// validate parses and analyses every statement against the input's schemas. All errors are reported.
func (j *job) validate(ctx context.Context) error {
	if err := j.registerInputs(ctx); err != nil {
		return err
	}
	var failed error
	for _, f := range j.files {
		for i, stmt := range f.statements {
			var err error
			switch {
			case sparksql.IsCache(stmt):
			case i == len(f.statements)-1 && f.output:
				err = j.session.Check(ctx, stmt, j.given...)
			default:
				if err = j.session.Check(ctx, stmt, j.given...); err == nil && sparksql.IsView(stmt) {
					err = j.session.Exec(ctx, stmt, j.given...)
				}
			}
			if err != nil {
				failed = errors.Join(failed, fmt.Errorf("%s: %w", filepath.Base(f.path), err))
				j.log.error(filepath.Base(f.path) + ": " + errorText(err))
			}
		}
	}
	if failed == nil {
		j.log.info("Validation completed successfully!")
	}
	return failed
}

// check looks at the input's tables or the outputs: footers, row counts, the mark of a complete write.
func (j *job) check(ctx context.Context) error {
	var failed error
	look := func(what, root, name, format string, needSuccess bool) {
		rows, err := j.checkTable(ctx, format, filepath.Join(root, name), needSuccess)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s %s: %w", what, name, err))
			j.log.error(fmt.Sprintf("%s %s: %s", what, name, errorText(err)))
			return
		}
		j.log.info(fmt.Sprintf("%s %s: %d rows", what, name, rows))
	}
	if j.flags.checkInput {
		names, err := j.inputNames()
		if err != nil {
			return err
		}
		for _, n := range names {
			look("Input", j.config.Data.Input, n, "parquet", false)
		}
	}
	if j.flags.checkOutput {
		for _, f := range j.files {
			if f.output {
				look("Output", j.config.Data.Output, f.name, j.config.Output.Format, true)
			}
		}
	}
	return failed
}

// inputNames are the tables that the files read and do not make themselves.
func (j *job) inputNames() ([]string, error) {
	var all []string
	for _, f := range j.files {
		all = append(all, f.statements...)
	}
	return sparksql.Inputs(all)
}

// checkTable counts the rows of a table; an empty one is an error.
func (j *job) checkTable(ctx context.Context, format, path string, needSuccess bool) (int64, error) {
	if st, err := os.Stat(path); err != nil {
		return 0, err
	} else if !st.IsDir() {
		return 0, fmt.Errorf("%s is not a folder", path)
	}
	if needSuccess {
		if _, err := os.Stat(filepath.Join(path, "_SUCCESS")); err != nil {
			return 0, fmt.Errorf("there is no _SUCCESS: the write was not completed")
		}
	}
	rows, err := j.session.CountFiles(ctx, format, path)
	if err == nil && rows == 0 {
		err = errors.New("there are no rows")
	}
	return rows, err
}
