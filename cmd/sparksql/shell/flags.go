package shell

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	sparksql "sparksql"
)

// flags are the options of the command line.
type flags struct {
	execute    []string
	files      []string
	init       []string
	vars       []string
	params     []string
	conf       []string
	udfs       []string
	database   string
	master     string
	profile    string
	output     string
	out        string
	header     bool
	rows       int
	truncate   int
	silent     bool
	verbose    bool
	continueOn bool
	dryRun     bool
	resume     bool
	noInit     bool
	noPager    bool
	timeout    time.Duration
	summary    string
	logFormat  string
	editor     string
	colour     string
	cpuProfile string
}

const longHelp = `Spark SQL in one binary: the SQL of Apache Spark over Parquet files, without a cluster.

Without -e or -f the shell is interactive on a terminal; otherwise statements are read from standard input and run as
each arrives. Rows go to standard output, everything else to standard error. Exit status: 0; 1 a statement failed;
2 wrong usage; 124 a statement took longer than --timeout; 130 Ctrl-C, 143 SIGTERM, 129 a hang-up.`

const examples = `  sparksql                                                       interactive shell
  sparksql -e 'SELECT count(*) FROM parquet.` + "`orders`" + `'              one statement
  sparksql -f report.sql --param day:date=2024-12-31 --output csv --out report.csv
  sparksql -f nightly.sql --resume --summary run.json            from where it failed
  sparksql run queries/ecommerce                                 a job: a folder of SQL files`

// command is the tree of commands with their flags.
func (a *App) command() *cobra.Command {
	f := &flags{}
	c := &cobra.Command{
		Use: "sparksql [flags]", Short: "Spark SQL in one binary", Long: longHelp, Example: examples,
		SilenceErrors: true, SilenceUsage: true, Version: sparksql.Version,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return errUsage{fmt.Errorf("unknown command or argument %q%s", args[0], didYouMean(args[0], commandNames(c)))}
			}
			return nil
		},
		RunE: func(*cobra.Command, []string) error { return a.runShell(f) },
	}
	c.SetVersionTemplate("sparksql {{.Version}} (SQL of Apache Spark " + sparksql.SparkVersion + ")\n")
	c.Flags().SortFlags = false
	for _, g := range shellFlags(f) {
		g.add(c)
	}
	engineFlags(c, f)
	helpByGroup(c, f)
	completeValues(c)
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return errUsage{flagError(c, err)} })
	c.AddCommand(a.runCommand(), a.udfCommand(), a.buildCommand(), a.manCommand(), a.versionCommand())
	c.SetArgs(normalize(a.Args))
	c.SetOut(a.Stdout)
	c.SetErr(a.Stderr)
	c.SetHelpCommand(&cobra.Command{Use: "help", Hidden: true, RunE: func(*cobra.Command, []string) error { return c.Help() }})
	return c
}

// flagGroup is a part of the help.
type flagGroup struct {
	title string
	set   func(p *pflag.FlagSet)
}

func (g flagGroup) add(c *cobra.Command) { g.set(c.Flags()) }

func shellFlags(f *flags) []flagGroup {
	return []flagGroup{
		{"What to run", func(p *pflag.FlagSet) {
			p.StringArrayVarP(&f.execute, "execute", "e", nil, "run these `statements`; may be repeated")
			p.StringArrayVarP(&f.files, "file", "f", nil, "run the statements of a `file`; may be repeated")
			p.StringArrayVarP(&f.init, "init", "i", nil, "run the statements of a `file` first, without output")
			valueFlags(p, f)
			p.StringVar(&f.database, "database", "", "use this `database`")
			p.StringVar(&f.profile, "profile", "", "settings by `name` from config.yaml")
			p.BoolVar(&f.noInit, "no-init", false, "leave out the init file and the profile")
		}},
		{"Output", func(p *pflag.FlagSet) {
			p.StringVar(&f.output, "output", "", "`format` of rows: "+strings.Join(sparksql.Formats(), ", "))
			p.StringVar(&f.out, "out", "", "write rows to a `file`, put in place when all is well")
			p.BoolVar(&f.header, "header", false, "print column names in the spark format")
			p.IntVar(&f.rows, "rows", 20, "rows that --output show prints")
			p.IntVar(&f.truncate, "truncate", 20, "characters after which --output show cuts a cell; -1 for never")
			p.BoolVarP(&f.silent, "silent", "S", false, "print rows and errors only")
			p.BoolVarP(&f.verbose, "verbose", "v", false, "print each statement before its rows")
			p.BoolVar(&f.noPager, "no-pager", false, "print long results without a pager")
			colourFlag(p, f)
			p.StringVar(&f.editor, "editor", "auto", "line editor: "+strings.Join(editors, ", "))
		}},
		{"Scripts", func(p *pflag.FlagSet) {
			p.BoolVar(&f.continueOn, "continue-on-error", false, "go on with the next statement after an error")
			p.BoolVar(&f.dryRun, "dry-run", false, "parse and analyse all statements, run none")
			p.BoolVar(&f.resume, "resume", false, "go on with a script where its last run failed")
			timeoutFlag(p, f)
			p.StringVar(&f.summary, "summary", "", "write what each statement did to a `file` as JSON")
			p.StringVar(&f.logFormat, "log-format", "", "log each statement to standard error: text or json")
		}},
	}
}

// Options that scripts and jobs have in common.

func valueFlags(p *pflag.FlagSet, f *flags) {
	p.StringArrayVarP(&f.vars, "hivevar", "d", nil, "set a variable, `name=value`, used as ${name}; also --define")
	p.StringArrayVarP(&f.params, "param", "p", nil, "bind the marker :name, `name[:type]=value`: a value, never SQL text")
}

func timeoutFlag(p *pflag.FlagSet, f *flags) {
	p.DurationVar(&f.timeout, "timeout", 0, "`time` that each statement may take: 30s, 5m")
}

func colourFlag(p *pflag.FlagSet, f *flags) {
	p.StringVar(&f.colour, "color", "auto", "colours: "+strings.Join(colourChoices, ", "))
}

// given are the values of --param.
func (f *flags) given() ([]sparksql.Param, error) {
	var out []sparksql.Param
	for _, text := range f.params {
		p, err := sparksql.ParseParam(text)
		if err != nil {
			return nil, errUsage{err}
		}
		out = append(out, p)
	}
	return out, nil
}

// limit makes a setting of --timeout.
func (f *flags) limit() {
	if f.timeout > 0 {
		f.conf = append(f.conf, fmt.Sprintf("spark.sparksql.statement.timeout=%dms", f.timeout.Milliseconds()))
	}
}

// engineFlags are those that every command has.
func engineFlags(c *cobra.Command, f *flags) {
	engineGroup(f).add(c)
}

func engineGroup(f *flags) flagGroup {
	return flagGroup{"Engine", func(p *pflag.FlagSet) {
		p.StringArrayVar(&f.conf, "conf", nil, "set a setting, `key=value`; may be repeated; also --hiveconf")
		p.StringVar(&f.master, "master", "", "`local[N]`: the number of workers; by default one for each processor")
		p.StringArrayVar(&f.udfs, "udf", nil, "load functions from a plugin (.so) or WASM module (.wasm), a `file`; may be repeated")
		p.StringVar(&f.cpuProfile, "cpuprofile", "", "write a CPU profile to this file")
		p.MarkHidden("cpuprofile")
	}}
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
