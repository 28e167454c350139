package shell

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// jobConfig is app_config.yaml. Every key is optional.
type jobConfig struct {
	Data struct {
		Input      string `yaml:"input_path"`
		Output     string `yaml:"output_path"`
		Checkpoint string `yaml:"checkpoint_path"`
	} `yaml:"data"`
	Processing struct {
		BatchSize    int   `yaml:"batch_size"`
		Parallelism  int   `yaml:"parallelism"`
		CacheEnabled *bool `yaml:"cache_enabled"`
	} `yaml:"processing"`
	Output struct {
		Format      string    `yaml:"format"`
		Compression string    `yaml:"compression"`
		PartitionBy *[]string `yaml:"partition_by"`
	} `yaml:"output"`
}

// configName is the file that a job's folder may hold.
const configName = "app_config.yaml"

// loadJobConfig reads the file, path or the one in the job's folder, and fills in what the environment and the defaults give.
func loadJobConfig(dir, path string) (*jobConfig, error) {
	given := path != ""
	if !given {
		path = filepath.Join(dir, configName)
	}
	c := &jobConfig{}
	b, err := os.ReadFile(path)
	switch {
	case errors.Is(err, os.ErrNotExist) && !given:
	case err != nil:
		return nil, err
	default:
		if err := yaml.UnmarshalWithOptions(b, c, yaml.Strict()); err != nil {
			return nil, fmt.Errorf("%s: %s", path, yaml.FormatError(err, false, true))
		}
	}
	base := filepath.Dir(path)
	c.Data.Input = firstPath(os.Getenv("INPUT_PATH"), base, c.Data.Input, "/data/input")
	c.Data.Output = firstPath(os.Getenv("OUTPUT_PATH"), base, c.Data.Output, "/data/output")
	c.Data.Checkpoint = firstPath("", base, c.Data.Checkpoint, "")
	if c.Output.Format == "" {
		c.Output.Format = "parquet"
	}
	if c.Output.PartitionBy == nil {
		c.Output.PartitionBy = &[]string{"year", "month"}
	}
	return c, c.check(path)
}

// firstPath is the environment's path, else the file's, which is relative to the file, else the default.
func firstPath(env, base, file, def string) string {
	switch {
	case env != "":
		return env
	case file == "":
		return def
	case filepath.IsAbs(file):
		return file
	}
	return filepath.Join(base, file)
}

var outputFormats = []string{"parquet", "csv", "json"}

func (c *jobConfig) check(path string) error {
	switch {
	case c.Processing.BatchSize < 0:
		return fmt.Errorf("%s: processing.batch_size is a number of rows, not %d", path, c.Processing.BatchSize)
	case c.Processing.Parallelism < 0:
		return fmt.Errorf("%s: processing.parallelism is a number of workers, not %d", path, c.Processing.Parallelism)
	case !slices.Contains(outputFormats, c.Output.Format):
		return fmt.Errorf("%s: output.format %q is not supported; known: %s", path, c.Output.Format, strings.Join(outputFormats, ", "))
	}
	return nil
}

func (c *jobConfig) cacheEnabled() bool {
	return c.Processing.CacheEnabled == nil || *c.Processing.CacheEnabled
}
