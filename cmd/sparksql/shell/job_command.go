package shell

import (
	"fmt"

	"github.com/spf13/cobra"
)

// jobFlags are the options of run.
type jobFlags struct {
	flags
	config                                string
	validateOnly, checkInput, checkOutput bool
}

const runHelp = `Run a job: the SQL files of a folder, in the order of their names, in one session.

The tables of the input folder are views by their folders' names. Where the last statement of a file NN_name.sql is a query,
its rows become the output "name": a folder of that name in the output folder. All outputs are put in place together at the
end; after an error none is replaced.

Settings come from app_config.yaml in the folder (or --config FILE); the environment variables INPUT_PATH and OUTPUT_PATH
count first. The variable ref_date is today unless --hivevar sets it. A line "-- log: TEXT" at the top of a file is written to
the log when the file starts.

Where the settings have a checkpoint_path, on the file system of the outputs, a run that fails keeps there what it has finished;
--resume goes on from there, with the same variables and parameters.

Exit status: 0; 1 the job failed; 2 wrong usage; 124 a statement took longer than --timeout; 130 Ctrl-C, 143 SIGTERM, 129 a hang-up.`

func (a *App) runCommand() *cobra.Command {
	f := &jobFlags{}
	c := &cobra.Command{
		Use: "run DIR", Short: "run a job: a folder of SQL files", Long: runHelp,
		Example: "  sparksql run queries/ecommerce --hivevar ref_date=2024-12-31 --summary run.json\n  sparksql run jobs/daily --param day:date=2024-12-31 --resume",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errUsage{fmt.Errorf("run takes one folder, got %d arguments", len(args))}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return a.runJob(args[0], f) },
	}
	p := c.Flags()
	p.SortFlags = false
	p.StringVar(&f.config, "config", "", "settings of the job (default DIR/"+configName+")")
	valueFlags(p, &f.flags)
	p.BoolVar(&f.resume, "resume", false, "go on with a job where its last run failed")
	timeoutFlag(p, &f.flags)
	p.StringVar(&f.summary, "summary", "", "write a JSON summary of the run to this file")
	p.StringVar(&f.logFormat, "log-format", "text", "text or json")
	colourFlag(p, &f.flags)
	p.BoolVar(&f.validateOnly, "validate-only", false, "parse and analyse everything against the input, run nothing")
	p.BoolVar(&f.checkInput, "check-input", false, "check that the input's tables are there, readable and not empty")
	p.BoolVar(&f.checkOutput, "check-output", false, "check that the outputs are there, complete, readable and not empty")
	engineFlags(c, &f.flags)
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return errUsage{flagError(c, err)} })
	return c
}
