package shell

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"github.com/spf13/pflag"

	sparksql "sparksql"
)

// helpByGroup makes a command's help list its flags by group.
func helpByGroup(c *cobra.Command, f *flags) {
	c.SetHelpFunc(func(c *cobra.Command, _ []string) {
		if c.HasParent() {
			fmt.Fprintf(c.OutOrStdout(), "%s\n\n%s", c.Long, c.UsageString())
			return
		}
		writeHelp(c.OutOrStdout(), c, painterOf(c.OutOrStdout(), f.colour))
	})
}

func writeHelp(w io.Writer, c *cobra.Command, p painter) {
	fmt.Fprintf(w, "%s\n\n%s\n  sparksql [flags]\n  sparksql COMMAND\n\n%s\n%s\n", c.Long, p.paint(colourBold, "Usage"), p.paint(colourBold, "Examples"), c.Example)
	for _, g := range append(shellFlags(&flags{}), engineGroup(&flags{})) {
		set := pflag.NewFlagSet(g.title, pflag.ContinueOnError)
		set.SortFlags = false
		g.set(set)
		fmt.Fprintf(w, "\n%s\n%s", p.paint(colourBold, g.title), set.FlagUsages())
	}
	fmt.Fprintf(w, "\n%s\n", p.paint(colourBold, "Commands"))
	for _, sub := range c.Commands() {
		if !sub.Hidden {
			fmt.Fprintf(w, "  %-12s %s\n", sub.Name(), sub.Short)
		}
	}
	fmt.Fprintf(w, "\n%s\n%s\n'sparksql COMMAND --help' says more of a command.\n", p.paint(colourBold, "Files"), filesHelp())
}

// filesHelp names the files that the shell reads and writes of itself.
func filesHelp() string {
	return "  " + filepath.Join(configFolder(), "init.sql") + "  statements run first in an interactive shell\n" +
		"  " + filepath.Join(configFolder(), "config.yaml") + "  profiles: settings, variables and options by name\n" +
		"  " + historyFile() + "  statements of interactive shells"
}

// completeValues gives shells the values of flags that have few.
func completeValues(c *cobra.Command) {
	for flag, values := range map[string][]string{"output": sparksql.Formats(), "editor": editors, "color": colourChoices, "log-format": {"text", "json"}, "master": {"local[*]", "local[1]"}} {
		c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
	c.RegisterFlagCompletionFunc("conf", func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		var out []string
		for _, k := range sparksql.Settings() {
			if strings.HasPrefix(k.Name, typed) {
				out = append(out, k.Name+"=\t"+k.Doc)
			}
		}
		return out, cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
	})
}

// flagError names the flag nearest to one that is not known.
func flagError(c *cobra.Command, err error) error {
	_, name, ok := strings.Cut(err.Error(), "unknown flag: ")
	if !ok {
		return err
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	return fmt.Errorf("%w%s", err, didYouMean(name, names))
}

func commandNames(c *cobra.Command) []string {
	var out []string
	for _, sub := range c.Commands() {
		out = append(out, sub.Name())
	}
	return out
}

// didYouMean proposes the nearest of some names, "" when none is near.
func didYouMean(name string, names []string) string {
	best, least := "", 1+len(name)/3
	for _, n := range names {
		if d := distance(strings.ToLower(name), n); d <= least {
			best, least = n, d-1
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

// manCommand prints or writes the manual pages.
func (a *App) manCommand() *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use: "man", Short: "print the manual page, or write those of all commands to a folder",
		Long:    "Print the manual page of sparksql in the format of man(1), or write those of all commands to a folder.",
		Example: "  sparksql man | man -l -\n  sparksql man --dir /usr/local/share/man/man1",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			root := c.Root()
			root.DisableAutoGenTag = true
			header := &doc.GenManHeader{Title: "SPARKSQL", Section: "1", Source: "sparksql " + sparksql.Version, Manual: "Spark SQL"}
			if dir == "" {
				return doc.GenMan(root, header, a.Stdout)
			}
			if err := os.MkdirAll(dir, 0o777); err != nil {
				return err
			}
			return doc.GenManTree(root, header, dir)
		},
	}
	c.Flags().StringVar(&dir, "dir", "", "write the pages to this `folder`")
	return c
}
