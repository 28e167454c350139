package shell

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// configFolder is where users keep init.sql and config.yaml: sparksql in XDG_CONFIG_HOME, or in .config at home.
func configFolder() string {
	dir := os.Getenv("XDG_CONFIG_HOME")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		dir = filepath.Join(home, ".config")
	}
	return filepath.Join(dir, "sparksql")
}

// userConfig is config.yaml:
//
//	default: local
//	profiles:
//	  local:
//	    master: local[2]
//	    database: sales
//	    output: table
//	    conf: {spark.sql.session.timeZone: Europe/Berlin}
//	    vars: {region: north}
//	    params: {day: 2024-12-31}
//	    init: setup.sql
type userConfig struct {
	Default  string             `yaml:"default"`
	Profiles map[string]profile `yaml:"profiles"`
}

// profile is a set of options by name. What the command line says counts first.
type profile struct {
	Master   string            `yaml:"master"`
	Database string            `yaml:"database"`
	Output   string            `yaml:"output"`
	Editor   string            `yaml:"editor"`
	Init     string            `yaml:"init"` // in the folder of config.yaml, unless absolute
	Conf     map[string]string `yaml:"conf"`
	Vars     map[string]string `yaml:"vars"`
	Params   map[string]string `yaml:"params"`
}

// applyProfile adds the profile's options to those of the command line: --profile names it, SPARKSQL_PROFILE, or the
// file's default.
func applyProfile(f *flags) error {
	if f.noInit {
		return nil
	}
	name := f.profile
	if name == "" {
		name = os.Getenv("SPARKSQL_PROFILE")
	}
	path := filepath.Join(configFolder(), "config.yaml")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && name == "" {
		return nil
	}
	if err != nil {
		return errUsage{fmt.Errorf("the profile %q: %w", name, err)}
	}
	var c userConfig
	if err := yaml.UnmarshalWithOptions(text, &c, yaml.Strict()); err != nil {
		return errUsage{fmt.Errorf("%s: %s", path, yaml.FormatError(err, false, true))}
	}
	if name == "" {
		name = c.Default
	}
	if name == "" {
		return nil
	}
	p, ok := c.Profiles[name]
	if !ok {
		return errUsage{fmt.Errorf("%s has no profile %q; it has %s", path, name, strings.Join(slices.Sorted(maps.Keys(c.Profiles)), ", "))}
	}
	p.apply(f)
	return nil
}

// apply puts the profile's options before those of the command line, which come later and so win.
func (p profile) apply(f *flags) {
	first := func(of *string, value string) {
		if *of == "" {
			*of = value
		}
	}
	first(&f.master, p.Master)
	first(&f.database, p.Database)
	first(&f.output, p.Output)
	if p.Editor != "" && f.editor == "auto" {
		f.editor = p.Editor
	}
	f.conf = append(pairs(p.Conf), f.conf...)
	f.vars = append(pairs(p.Vars), f.vars...)
	f.params = append(pairs(p.Params), f.params...)
	if p.Init != "" {
		if !filepath.IsAbs(p.Init) {
			p.Init = filepath.Join(configFolder(), p.Init)
		}
		f.init = append([]string{p.Init}, f.init...)
	}
}

func pairs(m map[string]string) []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, k+"="+m[k])
	}
	return out
}

// initScript is the user's init.sql, "" when there is none.
func initScript() string {
	path := filepath.Join(configFolder(), "init.sql")
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}
