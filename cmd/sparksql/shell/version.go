package shell

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	sparksql "sparksql"
)

const versionHelp = `Print the release, the commit it was built from, the Go toolchain and the release of Spark whose behaviour it has.

With --modules it lists everything that is linked into the program with versions and checksums: a bill of materials, the same
that 'go version -m' reads from the file.`

// versionCommand is sparksql version.
func (a *App) versionCommand() *cobra.Command {
	var asJSON, modules bool
	c := &cobra.Command{
		Use: "version", Short: "print what this program was built from", Long: versionHelp,
		Example: "  sparksql version\n  sparksql version --json --modules",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return errUsage{fmt.Errorf("version takes no argument %q", args[0])}
			}
			return nil
		},
		RunE: func(*cobra.Command, []string) error {
			b := sparksql.ReadBuild()
			if !modules {
				b.Modules = nil
			}
			if asJSON {
				return writeJSON(a.Stdout, b)
			}
			return writeBuild(a.Stdout, b)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&modules, "modules", false, "list the linked modules too")
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return errUsage{err} })
	return c
}

func writeJSON(w io.Writer, b sparksql.Build) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(b)
}

// writeBuild writes a line for each thing that is known.
func writeBuild(w io.Writer, b sparksql.Build) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	commit := b.Commit
	if b.Modified {
		commit += " (modified)"
	}
	for _, line := range [][2]string{{"sparksql", b.Version}, {"commit", commit}, {"date", b.Date}, {"go", b.Go}, {"platform", b.Platform}, {"spark", b.Spark}} {
		if line[1] != "" {
			fmt.Fprintf(t, "%s\t%s\n", line[0], line[1])
		}
	}
	for _, m := range b.Modules {
		fmt.Fprintf(t, "%s\t%s\t%s\n", m.Path, m.Version, m.Sum)
	}
	return t.Flush()
}
