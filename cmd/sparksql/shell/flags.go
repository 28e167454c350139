package shell

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	sparksql "sparksql"
)

// flags are the options of the command line.
type flags struct {
	execute     []string
	files       []string
	init        []string
	vars        []string
	conf        []string
	udfs        []string
	database    string
	master      string
	output      string
	header      bool
	rows        int
	truncate    int
	silent      bool
	verbose     bool
	continueOn  bool
	dryRun      bool
	cpuProfile  string
	showVersion bool
}

const longHelp = `Spark SQL in one binary: the SQL of Apache Spark over Parquet files, without a cluster.

Without -e or -f the shell is interactive on a terminal; otherwise statements are read from standard input and run as
each arrives. Rows go to standard output, everything else to standard error.`

const examples = `  sparksql                                                      interactive shell
  sparksql -e 'SELECT count(*) FROM parquet.` + "`orders`" + `'             one statement
  sparksql -f report.sql --hivevar day=2024-12-31 --output csv  a script with a variable
  sparksql run queries/ecommerce                                a job: a folder of SQL files`

// command is the tree of commands with their flags.
func (a *App) command() *cobra.Command {
	f := &flags{}
	c := &cobra.Command{
		Use: "sparksql [flags]", Short: "Spark SQL in one binary", Long: longHelp, Example: examples,
		SilenceErrors: true, SilenceUsage: true, Version: sparksql.Version,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return errUsage{fmt.Errorf("unknown command or argument %q", args[0])}
			}
			return nil
		},
		RunE: func(*cobra.Command, []string) error { return a.runShell(f) },
	}
	c.SetVersionTemplate("sparksql {{.Version}} (SQL of Apache Spark " + sparksql.SparkVersion + ")\n")
	p := c.Flags()
	p.SortFlags = false
	p.StringArrayVarP(&f.execute, "execute", "e", nil, "run these statements; may be repeated")
	p.StringArrayVarP(&f.files, "file", "f", nil, "run the statements of a file; may be repeated")
	p.StringArrayVarP(&f.init, "init", "i", nil, "run the statements of a file first, without output")
	p.StringArrayVarP(&f.vars, "hivevar", "d", nil, "set a variable: name=value, used as ${name}; also --define")
	p.StringVar(&f.database, "database", "", "use this database")
	p.StringVar(&f.output, "output", "", "format of rows: "+strings.Join(sparksql.Formats(), ", "))
	p.BoolVar(&f.header, "header", false, "print column names in the spark format")
	p.IntVar(&f.rows, "rows", 20, "rows that --output show prints")
	p.IntVar(&f.truncate, "truncate", 20, "characters after which --output show cuts a cell; -1 for never")
	p.BoolVarP(&f.silent, "silent", "S", false, "print rows and errors only")
	p.BoolVarP(&f.verbose, "verbose", "v", false, "print each statement before its rows")
	p.BoolVar(&f.continueOn, "continue-on-error", false, "go on with the next statement after an error")
	p.BoolVar(&f.dryRun, "dry-run", false, "parse and analyse queries without running them")
	engineFlags(c, f)
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return errUsage{err} })
	c.AddCommand(a.runCommand(), a.udfCommand(), a.buildCommand())
	c.SetArgs(normalize(a.Args))
	c.SetOut(a.Stdout)
	c.SetErr(a.Stderr)
	c.SetHelpCommand(&cobra.Command{Use: "help", Hidden: true, RunE: func(*cobra.Command, []string) error { return c.Help() }})
	return c
}

// engineFlags are those that every command has.
func engineFlags(c *cobra.Command, f *flags) {
	p := c.Flags()
	p.StringArrayVar(&f.conf, "conf", nil, "set a setting: key=value; may be repeated")
	p.StringVar(&f.master, "master", "", "local[N]: the number of workers; by default one for each processor")
	p.StringVar(&f.cpuProfile, "cpuprofile", "", "write a CPU profile to this file")
	p.StringArrayVar(&f.udfs, "udf", nil, "load functions from a plugin (.so) or WASM module (.wasm); may be repeated")
	p.MarkHidden("cpuprofile")
}

// singleDash are the long options that spark-sql's users write with one dash.
var singleDash = []string{"hivevar", "hiveconf", "database", "define"}

// longNames are spark-sql's other names of options; --define sets a variable, too.
var longNames = map[string]string{"hiveconf": "--conf", "define": "--hivevar"}

// normalize turns spark-sql's own spellings into ours: -hivevar x=y, --hiveconf k=v.
func normalize(args []string) []string {
	out := slices.Clone(args)
	for i, a := range out {
		if a == "--" {
			break
		}
		name, rest, _ := strings.Cut(strings.TrimLeft(a, "-"), "=")
		if strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "--") && slices.Contains(singleDash, name) {
			out[i] = "-" + a
			a = out[i]
		}
		if long := longNames[name]; long != "" && strings.HasPrefix(a, "--") {
			out[i] = long
			if strings.Contains(a, "=") {
				out[i] += "=" + rest
			}
		}
	}
	return out
}

// runShell runs statements from wherever the flags say.
func (a *App) runShell(f *flags) error {
	if f.output != "" && !slices.Contains(sparksql.Formats(), f.output) {
		return errUsage{fmt.Errorf("unknown output format %q; known: %s", f.output, strings.Join(sparksql.Formats(), ", "))}
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
	r := newRunner(a, f, eng.Session())
	for _, kv := range f.vars {
		k, v, ok := strings.Cut(kv, "=")
		if !ok {
			return errUsage{fmt.Errorf("--hivevar takes name=value, not %q", kv)}
		}
		r.session.Define(k, v)
	}
	ctx, cancel := interruptible()
	defer cancel()
	if f.database != "" {
		if err := r.session.Exec(ctx, "USE `"+strings.ReplaceAll(f.database, "`", "``")+"`"); err != nil {
			return err
		}
	}
	for _, path := range f.init {
		if err := r.initFile(ctx, path); err != nil {
			return err
		}
	}
	switch {
	case len(f.execute)+len(f.files) > 0:
		for _, sql := range f.execute {
			if err := r.script(ctx, sql); err != nil {
				return err
			}
		}
		for _, path := range f.files {
			if err := r.file(ctx, path); err != nil {
				return err
			}
		}
	case isTerminal(a.Stdin):
		cancel() // the interactive shell takes Ctrl-C itself
		return r.repl()
	default:
		if err := r.stream(ctx, a.Stdin); err != nil {
			return err
		}
	}
	if r.failed {
		return errReported
	}
	return nil
}

// isTerminal tells whether a stream is a terminal.
func isTerminal(x any) bool {
	f, ok := x.(*os.File)
	if !ok {
		return false
	}
	st, err := f.Stat()
	return err == nil && st.Mode()&os.ModeCharDevice != 0 && f.Name() != os.DevNull
}

var errQuit = errors.New("quit")
