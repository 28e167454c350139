package shell

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	sparksql "sparksql"
)

var errQuit = errors.New("quit")

// runShell runs statements from wherever the flags say.
func (a *App) runShell(f *flags) (err error) {
	a.colour = f.colour
	if err := applyProfile(f); err != nil {
		return err
	}
	if err := f.check(); err != nil {
		return err
	}
	stop, err := startProfile(f.cpuProfile)
	if err != nil {
		return err
	}
	defer stop()
	eng, err := a.engine(f)
	if err != nil {
		return err
	}
	defer eng.Close()
	r, err := newRunner(a, f, eng.Session())
	if err != nil {
		return err
	}
	ctx, cancel := interruptible()
	defer cancel()
	if f.out != "" {
		if err := r.openOutput(f.out); err != nil {
			return err
		}
	}
	err = r.run(ctx, cancel)
	if r.failed && err == nil {
		err = errReported
	}
	if ctx.Err() != nil && !r.interactive {
		err = context.Cause(ctx)
	}
	err = errors.Join(err, r.closeOutput(err == nil))
	return errors.Join(err, r.report.finish(err))
}

// check refuses values that no option takes.
func (f *flags) check() error {
	if f.output != "" && !slices.Contains(sparksql.Formats(), f.output) {
		return errUsage{fmt.Errorf("unknown output format %q; known: %s", f.output, strings.Join(sparksql.Formats(), ", "))}
	}
	if !slices.Contains(editors, f.editor) {
		return errUsage{fmt.Errorf("--editor is one of %s, not %q", strings.Join(editors, ", "), f.editor)}
	}
	if err := checkColour(f.colour); err != nil {
		return err
	}
	for _, kv := range f.vars {
		if !strings.Contains(kv, "=") {
			return errUsage{fmt.Errorf("--hivevar takes name=value, not %q", kv)}
		}
	}
	f.limit()
	return nil
}

func checkColour(choice string) error {
	if !slices.Contains(colourChoices, choice) {
		return errUsage{fmt.Errorf("--color is one of %s, not %q", strings.Join(colourChoices, ", "), choice)}
	}
	return nil
}

// run prepares the session and runs what the flags say.
func (r *runner) run(ctx context.Context, interactive context.CancelFunc) error {
	f := r.flags
	for _, kv := range f.vars {
		k, v, _ := strings.Cut(kv, "=")
		r.session.Define(k, v)
	}
	if f.database != "" {
		if err := r.session.Exec(ctx, "USE "+quoteName(f.database)); err != nil {
			return err
		}
	}
	scripted := len(f.execute)+len(f.files) > 0
	talks := !scripted && isTerminal(r.app.Stdin)
	if path := initScript(); path != "" && talks && !f.noInit {
		f.init = append([]string{path}, f.init...)
	}
	if f.dryRun {
		var err error
		if r.dry, err = r.session.DryRun(ctx); err != nil {
			return err
		}
		defer r.dry.Close()
	}
	for _, path := range f.init {
		if err := r.initFile(ctx, path); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	switch {
	case scripted:
		return r.runScripts(ctx)
	case talks:
		interactive() // the interactive shell takes Ctrl-C itself
		return r.repl()
	}
	return r.stream(ctx, r.app.Stdin)
}

func (r *runner) runScripts(ctx context.Context) error {
	for _, sql := range r.flags.execute {
		if err := r.script(ctx, sql); err != nil {
			return err
		}
	}
	for _, path := range r.flags.files {
		r.report.file = filepath.ToSlash(path)
		if err := r.file(ctx, path); err != nil {
			return err
		}
	}
	return nil
}
