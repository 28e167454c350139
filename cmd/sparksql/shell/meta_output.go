package shell

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	sparksql "sparksql"
)

func outputCommands() []metaCommand {
	const group = "Results"
	return []metaCommand{
		{[]string{`\g`, ".go"}, "[FILE]", "run the statement before it, or the last again", group, "", (*runner).metaGo},
		{[]string{`\gx`}, "[FILE]", "the same, a line for each column", group, "", (*runner).metaGo},
		{[]string{`\watch`, ".watch"}, "[SECONDS [TIMES]]", "run it every 2 seconds, or as told", group, "", (*runner).metaWatch},
		{[]string{`\o`, ".output"}, "[FILE]", "rows to a file from now on", group, "insert overwrite directory '", (*runner).metaOutput},
		{[]string{".once"}, "FILE", "the next rows to a file", group, "insert overwrite directory '", func(r *runner, _ context.Context, c metaCall) error {
			if c.args == "" {
				return errors.New(".once takes a file")
			}
			r.once = unquote(c.args)
			return nil
		}},
		{[]string{`\pset`, ".mode"}, "[FORMAT]", "format of rows; without one the present format", group, "", (*runner).metaMode},
		{[]string{`\x`, ".expanded"}, "[on|off]", "a line for each column", group, "", func(r *runner, _ context.Context, c metaCall) error {
			return r.toggle("Expanded display", &r.expanded, c)
		}},
		{[]string{`\t`, ".headers"}, "[on|off]", "a line of column names in the spark format", group, "", func(r *runner, _ context.Context, c metaCall) error {
			return r.toggle("Header", &r.format.Header, c)
		}},
		{[]string{`\timing`, ".timer"}, "[on|off]", "time taken and rows fetched", group, "", func(r *runner, _ context.Context, c metaCall) error {
			return r.toggle("Timing", &r.timing, c)
		}},
		{[]string{".pager"}, "[on|off]", "long results through $PAGER, or less", group, "", func(r *runner, _ context.Context, c metaCall) error {
			return r.toggle("Pager", &r.paging, c)
		}},
		{[]string{".chart", `\chart`}, "[bar|line|hist|spark] [COLUMN...]", "draw the last result", group, "", (*runner).metaChart},
	}
}

// toggle sets a switch to on or off, or to the other of them.
func (r *runner) toggle(name string, on *bool, c metaCall) error {
	switch strings.ToLower(c.args) {
	case "on", "true", "1", "yes":
		*on = true
	case "off", "false", "0", "no":
		*on = false
	case "":
		*on = !*on
	default:
		return fmt.Errorf("%s takes on or off, not %q", c.name, c.args)
	}
	state := map[bool]string{true: "on", false: "off"}[*on]
	fmt.Fprintf(r.errs, "%s is %s.\n", name, state)
	return nil
}

// metaGo runs a statement, its rows going to a file when one is named.
func (r *runner) metaGo(ctx context.Context, c metaCall) error {
	if c.sql == "" {
		return errors.New("There is no statement to run.")
	}
	if c.args != "" {
		r.once = unquote(c.args)
	}
	if c.name == `\gx` {
		was := r.expanded
		r.expanded = true
		defer func() { r.expanded = was }()
	}
	return r.statement(ctx, unit{sql: c.sql})
}

// metaWatch runs a statement until Ctrl-C, an error, or so many times.
func (r *runner) metaWatch(ctx context.Context, c metaCall) error {
	seconds, times := 2.0, -1
	f := strings.Fields(c.args)
	var err error
	if len(f) > 0 {
		if seconds, err = strconv.ParseFloat(f[0], 64); err != nil || seconds < 0 {
			return fmt.Errorf("%s takes seconds, not %q", c.name, f[0])
		}
	}
	if len(f) > 1 {
		if times, err = strconv.Atoi(f[1]); err != nil {
			return fmt.Errorf("%s takes a number of times, not %q", c.name, f[1])
		}
	}
	if c.sql == "" {
		return errors.New("There is no statement to run.")
	}
	wasPaging := r.paging
	r.paging = false
	defer func() { r.paging = wasPaging }()
	for ; times != 0; times-- {
		fmt.Fprintf(r.errs, "%s (every %gs)\n", time.Now().Format(time.DateTime), seconds)
		if err := r.statement(ctx, unit{sql: c.sql}); err != nil {
			return err
		}
		if times == 1 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(seconds * float64(time.Second))):
		}
	}
	return nil
}

func (r *runner) metaOutput(_ context.Context, c metaCall) error {
	if err := r.closeOutput(true); err != nil {
		return err
	}
	if c.args == "" || c.args == "stdout" {
		return nil
	}
	return r.openOutput(unquote(c.args))
}

func (r *runner) metaMode(ctx context.Context, c metaCall) error {
	f := strings.TrimSpace(strings.TrimPrefix(c.args, "format"))
	switch {
	case f == "":
		return r.text(ctx, r.format.Format+"\n")
	case !slices.Contains(sparksql.Formats(), f):
		return fmt.Errorf("There is no format %s; there are %s.", f, strings.Join(sparksql.Formats(), ", "))
	}
	r.format.Format = f
	return nil
}

func (r *runner) metaHistory(ctx context.Context, c metaCall) error {
	var b strings.Builder
	p := painterOf(r.out, r.flags.colour)
	for _, e := range r.history.search(c.args) {
		state := fmt.Sprintf("%d rows", e.Rows)
		if e.Error != "" {
			state = e.Error
		}
		fmt.Fprintf(&b, "%s\n%s\n", p.paint(colourDim, fmt.Sprintf("-- %s  %.3f s  %s", e.At.Local().Format(time.DateTime), e.Seconds, state)), e.SQL)
	}
	return r.text(ctx, b.String())
}

// metaEdit lets the user edit the last statement, or a file, and runs what comes of it.
func (r *runner) metaEdit(ctx context.Context, c metaCall) error {
	path := unquote(c.args)
	if path == "" {
		f, err := os.CreateTemp("", "sparksql-*.sql")
		if err != nil {
			return err
		}
		path = f.Name()
		defer os.Remove(path)
		text := c.sql
		if text != "" {
			text += ";\n"
		}
		_, err = f.WriteString(text)
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	editor := "vi"
	for _, name := range []string{"EDITOR", "VISUAL"} {
		if v := os.Getenv(name); v != "" {
			editor = v
		}
	}
	cmd := child(ctx, editor+` "$1"`, "sh", path)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = r.app.Stdin, r.app.Stdout, r.app.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("the editor %s: %w", editor, err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for _, u := range cutAll(string(b)) {
		if u.sql != "" {
			fmt.Fprintln(r.errs, u.sql+";")
		}
		if err := r.unit(ctx, u); err != nil {
			return err
		}
	}
	return nil
}

func metaCd(r *runner, _ context.Context, c metaCall) error {
	dir := unquote(c.args)
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return err
		}
		dir = home
	}
	return os.Chdir(dir)
}

// system runs a command of the system's shell.
func (r *runner) system(ctx context.Context, command string) error {
	c := child(ctx, command)
	c.Stdin, c.Stdout, c.Stderr = r.app.Stdin, r.out, r.errs
	return c.Run()
}
