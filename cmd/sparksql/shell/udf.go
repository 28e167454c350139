package shell

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	sparksql "sparksql"
	"sparksql/cmd/sparksql/build"
	"sparksql/udfs/artifact"
	"sparksql/udfs/plugin"
)

const udfHelp = `Functions of your own, written in Go: a package with 'func Functions() []udfs.Def'.

'udf init' makes such a package, 'udf test' tests it, 'udf build' makes a plugin (.so) or a WASM module (.wasm) of it, to be
loaded with --udf FILE, ADD PLUGIN 'FILE' or CREATE FUNCTION ... USING PLUGIN 'FILE'. 'sparksql build --with' compiles
packages into a program instead.`

// udfCommand is sparksql udf.
func (a *App) udfCommand() *cobra.Command {
	c := &cobra.Command{Use: "udf", Short: "Make, build, test and check functions of your own", Long: udfHelp,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return errUsage{fmt.Errorf("unknown command %q for udf", args[0])}
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(a.udfInit(), a.udfBuild(), a.udfTest(), a.udfCheck(), a.udfList(), a.udfReload(), a.udfWork())
	return c
}

// atMost is exact usage: no more than n arguments.
func atMost(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) > n {
			return errUsage{fmt.Errorf("%s takes no argument %q", c.CommandPath(), args[n])}
		}
		return nil
	}
}

// folder is the argument of a command that takes a folder, else the current one.
func folder(args []string) string {
	if len(args) == 0 {
		return "."
	}
	return args[0]
}

// near is a path as it is seen from the current folder, when it lies below.
func near(path string) string {
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	rel, err := filepath.Rel(here, path)
	if err != nil || !filepath.IsLocal(rel) {
		return path
	}
	return rel
}

func (a *App) toolchain() (*build.Toolchain, error) { return build.New(a.Stdout, a.Stderr) }

func (a *App) udfInit() *cobra.Command {
	return &cobra.Command{Use: "init DIR", Short: "Make a package with a function, its test and its README",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errUsage{fmt.Errorf("udf init takes the name of a new folder")}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			t, err := a.toolchain()
			if err != nil {
				return err
			}
			made, err := t.Init(args[0])
			for _, f := range made {
				fmt.Fprintln(a.Stdout, near(f))
			}
			return err
		}}
}

func (a *App) udfBuild() *cobra.Command {
	var out string
	var wasm bool
	c := &cobra.Command{Use: "build [DIR]", Short: "Build a package as a plugin or, with --wasm, as a WASM module", Args: atMost(1),
		RunE: func(_ *cobra.Command, args []string) error {
			t, err := a.toolchain()
			if err != nil {
				return err
			}
			ctx, cancel := interruptible()
			defer cancel()
			compile := t.Plugin
			if wasm {
				compile = t.WASM
			}
			path, err := compile(ctx, folder(args), out)
			if err == nil {
				fmt.Fprintln(a.Stdout, near(path))
			}
			return stopped(ctx, err)
		}}
	c.Flags().StringVarP(&out, "output", "o", "", "the file to write; PACKAGE.so or PACKAGE.wasm here without it")
	c.Flags().BoolVar(&wasm, "wasm", false, "build a WASM module, which any program of this release loads")
	return c
}

// stopped is the error of a command that Ctrl-C ended.
func stopped(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

func (a *App) udfTest() *cobra.Command {
	return &cobra.Command{Use: "test [DIR] [-- go test flags]", Short: "Run the tests of a package against this program's source",
		RunE: func(c *cobra.Command, args []string) error {
			dirs, flags := args, []string(nil)
			if k := c.ArgsLenAtDash(); k >= 0 {
				dirs, flags = args[:k], args[k:]
			}
			if err := atMost(1)(c, dirs); err != nil {
				return err
			}
			t, err := a.toolchain()
			if err != nil {
				return err
			}
			ctx, cancel := interruptible()
			defer cancel()
			err = stopped(ctx, t.Test(ctx, folder(dirs), flags))
			if failed := (*exec.ExitError)(nil); errors.As(err, &failed) {
				return errReported // by go test
			}
			return err
		}}
}

func (a *App) udfWork() *cobra.Command {
	return &cobra.Command{Use: "work [DIR]", Short: "Write a go.work, with which editors and the go command find the engine", Args: atMost(1),
		RunE: func(_ *cobra.Command, args []string) error {
			t, err := a.toolchain()
			if err != nil {
				return err
			}
			path, err := t.Work(folder(args))
			if err == nil {
				fmt.Fprintln(a.Stdout, near(path))
			}
			return err
		}}
}

func (a *App) udfCheck() *cobra.Command {
	return &cobra.Command{Use: "check FILE", Short: "Tell whether this program can load a plugin or module, and what differs",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errUsage{fmt.Errorf("udf check takes one file")}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return a.checkFile(args[0]) }}
}

// checkFile tells what is known of a file without running anything of a plugin.
func (a *App) checkFile(path string) error {
	f, err := artifact.Read(artifact.KindOf(path), path, nil)
	if err != nil {
		return err
	}
	if f.Kind == "" {
		return f.Fail("UNKNOWN_KIND")
	}
	fmt.Fprintf(a.Stdout, "%s\nSHA-256 %s\n", f.Path, f.Sum)
	if f.Kind == artifact.WASM {
		return a.checkLoads(path)
	}
	if !plugin.Supported {
		return f.Fail("NO_PLUGINS")
	}
	diffs, err := plugin.Check(f, sparksql.SourceID())
	if err != nil {
		return err
	}
	if len(diffs) > 0 {
		fmt.Fprintln(a.Stdout, "It does not fit this program:")
		w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "\tplugin\tthis program")
		for _, d := range diffs {
			fmt.Fprintf(w, "%s\t%s\t%s\n", d.What, d.Plugin, d.Host)
		}
		w.Flush()
		fmt.Fprintln(a.Stdout, "'sparksql udf build' of this program builds one that fits.")
		return errReported
	}
	fmt.Fprintln(a.Stdout, "It fits this program.")
	return nil
}

// checkLoads loads a module, which cannot do harm, and lists its functions.
func (a *App) checkLoads(path string) error {
	eng, err := sparksql.Open(sparksql.WithUDFFiles(path))
	if err != nil {
		return err
	}
	defer eng.Close()
	for _, f := range eng.Session().UserFunctions(context.Background()) {
		fmt.Fprintln(a.Stdout, strings.Join(f.Signatures, "\n"))
	}
	return nil
}

func (a *App) udfList() *cobra.Command {
	f := &flags{}
	c := &cobra.Command{Use: "list", Short: "List the functions that are no built-ins, with where they come from", Args: atMost(0),
		RunE: func(*cobra.Command, []string) error {
			eng, err := a.engine(f)
			if err != nil {
				return err
			}
			defer eng.Close()
			return a.listFunctions(eng.Session().UserFunctions(context.Background()))
		}}
	engineFlags(c, f)
	return c
}

func (a *App) listFunctions(list []sparksql.UserFunction) error {
	w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
	for _, fn := range list {
		for i, sig := range fn.Signatures {
			if i == 0 {
				fmt.Fprintf(w, "%s\t%s\n", sig, fn.From)
			} else {
				fmt.Fprintf(w, "%s\t\n", sig)
			}
		}
	}
	return w.Flush()
}

// udfReload loads a file that was built anew, as a new process does, and shows what is got of it: sessions that run take
// it by the statement RELOAD.
func (a *App) udfReload() *cobra.Command {
	f := &flags{}
	c := &cobra.Command{Use: "reload FILE", Short: "Load a file that was built anew and list its functions, those of the warehouse included",
		Long: `Loads a plugin or module as it is now and lists the functions that it gives: its own, and those of the warehouse that were
created from it. One of these that it has no longer is an error. New processes load the file as it is anyway; in a session
that runs, RELOAD PLUGIN 'FILE' or RELOAD WASM 'FILE' takes it.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errUsage{fmt.Errorf("udf reload takes one file")}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			path, err := filepath.Abs(args[0])
			if err != nil {
				return err
			}
			f.udfs = append(f.udfs, path)
			eng, err := a.engine(f)
			if err != nil {
				return err
			}
			defer eng.Close()
			return a.listReloaded(eng.Session(), path)
		}}
	engineFlags(c, f)
	return c
}

// listReloaded lists the functions of a file; one that is kept and cannot be had is an error.
func (a *App) listReloaded(s *sparksql.Session, path string) error {
	var of []sparksql.UserFunction
	lost := ""
	for _, fn := range s.UserFunctions(context.Background()) {
		switch {
		case fn.From == path:
			of = append(of, fn)
		case strings.Contains(fn.From, path):
			lost = fn.Name + ": " + fn.From
		}
	}
	if err := a.listFunctions(of); err != nil || lost == "" {
		return err
	}
	return errors.New(lost)
}

func (a *App) buildCommand() *cobra.Command {
	var with []string
	var out string
	var plugins bool
	c := &cobra.Command{Use: "build --with PACKAGE ...", Short: "Build a program with packages of functions compiled in", Args: atMost(0),
		Example: "  sparksql build --with ./mypkg -o mysparksql\n  sparksql build --with example.com/geo@v1.2.0 --with ./mypkg",
		RunE: func(*cobra.Command, []string) error {
			if len(with) == 0 {
				return errUsage{fmt.Errorf("build takes at least one --with ./DIR or --with MODULE@VERSION")}
			}
			t, err := a.toolchain()
			if err != nil {
				return err
			}
			ctx, cancel := interruptible()
			defer cancel()
			path, err := t.Program(ctx, with, out, plugins)
			if err == nil {
				fmt.Fprintln(a.Stdout, near(path))
			}
			return stopped(ctx, err)
		}}
	c.Flags().StringArrayVar(&with, "with", nil, "a package: a folder or module[/package]@version; may be repeated")
	c.Flags().StringVarP(&out, "output", "o", "sparksql", "the program to write")
	c.Flags().BoolVar(&plugins, "plugins", false, "a program that loads plugins as well; needs cgo")
	return c
}
