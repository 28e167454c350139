package shell

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	sparksql "sparksql"
)

// jobCheckpoint is what a failed run of a job has finished: its statements, and its outputs, which wait to be put in place with
// the rest. A job with its output folder has one, in checkpoint_path.
type jobCheckpoint struct {
	checkpoint
	all   string             // of the job
	dir   string             // in it, of the values it ran with
	steps map[string]jobStep // of outputs that were finished before
}

const (
	keptStatements = "statements.json"
	keptSteps      = "steps.json"
)

// openCheckpoint finds the checkpoint of the job; with --resume there must be one. nil where the configuration has no place.
func (j *job) openCheckpoint() (*jobCheckpoint, error) {
	resume, place := j.flags.resume, j.config.Data.Checkpoint
	if place == "" {
		if resume {
			return nil, errUsage{errors.New("--resume goes with data.checkpoint_path in " + configName + ", where a failed run keeps what it has finished")}
		}
		return nil, nil
	}
	abs, err := filepath.Abs(j.dir)
	if err != nil {
		return nil, err
	}
	all := filepath.Join(place, "resume-"+sumOf(abs+"\x00"+j.config.Data.Output))
	dir := filepath.Join(all, sumOf(fmt.Sprintf("%q %q %q", listed(j.session.Defined()), j.flags.params, fmt.Sprint(j.config.Output.Format, j.config.Output.Compression, *j.config.Output.PartitionBy))))
	c := &jobCheckpoint{checkpoint: checkpoint{path: filepath.Join(dir, keptStatements)}, all: all, dir: dir, steps: map[string]jobStep{}}
	if !resume {
		return c, os.RemoveAll(all)
	}
	err = errors.Join(readJSON(c.path, &c.before), readJSON(filepath.Join(dir, keptSteps), &c.steps))
	if errors.Is(err, os.ErrNotExist) {
		return nil, errUsage{fmt.Errorf("there is no failed run of %s with these values to resume", j.dir)}
	}
	return c, err
}

func readJSON(path string, into any) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, into)
}

// passed tells whether a statement is one that ended well in the run before.
func (c *jobCheckpoint) passed(sql string) bool {
	return c != nil && c.checkpoint.passed(sql)
}

func (c *jobCheckpoint) add(sql string) {
	if c != nil {
		c.checkpoint.add(sql)
	}
}

// adopt takes over an output that was finished before.
func (c *jobCheckpoint) adopt(o *sparksql.Outputs, name string) (jobStep, error) {
	step := c.steps[name]
	step.Resumed = true
	return step, o.Adopt(c.dir, name)
}

// close drops the checkpoint of a run that has ended well, and keeps what another has finished.
func (c *jobCheckpoint) close(o *sparksql.Outputs, steps []jobStep, err error) error {
	switch {
	case c == nil:
		return nil
	case err == nil:
		return os.RemoveAll(c.all)
	case len(c.now) == 0:
		return nil
	}
	kept := map[string]jobStep{}
	for _, s := range steps {
		kept[s.Name] = s
	}
	err = o.Keep(c.dir)
	for name, x := range map[string]any{keptStatements: slices.Clip(c.now), keptSteps: kept} {
		if err == nil {
			err = writeSummary(filepath.Join(c.dir, name), x)
		}
	}
	if err != nil {
		return errors.Join(fmt.Errorf("nothing is kept for --resume: %w", err), os.RemoveAll(c.all))
	}
	return nil
}
