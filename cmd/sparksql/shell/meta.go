package shell

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	sparksql "sparksql"
)

// metaCommand is a command of the shell, not of SQL: psql's spelling with a backslash, DuckDB's with a dot.
type metaCommand struct {
	names []string // with \ or dot
	args  string   // as the help shows them
	help  string
	group string
	like  string // the statement whose place of completion the argument has; "" for none
	run   func(r *runner, ctx context.Context, c metaCall) error
}

// metaCall is a command as it was given. sql is the statement before it on its line, the last one when there is none.
type metaCall struct {
	name, args string
	sql        string
	own        bool // sql was written before the command, and has not run
}

// metaCommands is the table of all commands, by group. Help, completion and proposals are made from it.
func metaCommands() []metaCommand {
	return slices.Concat(describeCommands(), outputCommands(), sessionCommands())
}

func metaNamed(name string) *metaCommand {
	for _, m := range metaCommands() {
		if slices.Contains(m.names, name) {
			return &m
		}
	}
	return nil
}

// meta runs a meta command.
func (r *runner) meta(ctx context.Context, u unit) error {
	name, args, _ := strings.Cut(u.meta, " ")
	c := metaCall{name: name, args: strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(args), ";")), sql: u.sql, own: u.sql != ""}
	m := metaNamed(strings.TrimSuffix(name, ";"))
	if m == nil {
		return unknownMeta(name)
	}
	if !c.own {
		c.sql = r.lastSQL
	}
	return m.run(r, ctx, c)
}

// unknownMeta names the commands nearest to one that is not there.
func unknownMeta(name string) error {
	type near struct {
		name string
		d    int
	}
	var all []near
	for _, m := range metaCommands() {
		for _, n := range m.names {
			d := distance(strings.ToLower(name[1:]), n[1:])
			if strings.HasPrefix(n[1:], strings.ToLower(name[1:])) {
				d = min(d, 1)
			}
			if name[0] != n[0] {
				d++ // the same spelling counts more
			}
			all = append(all, near{n, d})
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].d < all[j].d })
	hint := ""
	if best := all[0]; best.d <= 2+len(name)/4 {
		hint = fmt.Sprintf(" Did you mean %s?", best.name)
	}
	return fmt.Errorf("There is no command %s.%s \\? lists all.", name, hint)
}

// distance is the number of letters to insert, drop, change or swap to make b of a.
func distance(a, b string) int {
	before, prev := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur := make([]int, len(b)+1)
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev = prev, cur
	}
	return prev[len(b)]
}

// metaHelp is the text of \?.
func metaHelp(p painter) string {
	var b strings.Builder
	group := ""
	for _, m := range metaCommands() {
		if m.group != group {
			group = m.group
			fmt.Fprintf(&b, "\n%s\n", p.paint(colourBold, group))
		}
		left := strings.TrimSpace(strings.Join(m.names, ", ") + " " + m.args)
		fmt.Fprintf(&b, "  %-34s %s\n", left, m.help)
	}
	b.WriteString("\nStatements end with a semicolon. quit or Ctrl-D leaves, Ctrl-C drops the line or cancels the query, Ctrl-R searches the history,\n" +
		"Tab completes, → takes the suggestion. source FILE; runs a script, !command the system's shell.\n")
	return strings.TrimPrefix(b.String(), "\n")
}

func sessionCommands() []metaCommand {
	const group = "Session"
	return []metaCommand{
		{[]string{`\?`, `\h`, ".help"}, "", "this list", group, "", func(r *runner, ctx context.Context, c metaCall) error {
			return r.text(ctx, metaHelp(painterOf(r.out, r.flags.colour)))
		}},
		{[]string{`\q`, ".quit", ".exit"}, "", "leave", group, "", func(*runner, context.Context, metaCall) error { return errQuit }},
		{[]string{`\c`, ".use"}, "DATABASE", "use another database", group, "use ", (*runner).metaUse},
		{[]string{`\i`, ".read"}, "FILE", "run the statements of a file", group, "insert overwrite directory '", func(r *runner, ctx context.Context, c metaCall) error {
			if c.args == "" {
				return fmt.Errorf("%s takes a file", c.name)
			}
			return r.file(ctx, unquote(c.args))
		}},
		{[]string{`\e`, ".edit"}, "[FILE]", "edit the last statement or a file in $EDITOR, then run it", group, "insert overwrite directory '", (*runner).metaEdit},
		{[]string{`\s`, ".history"}, "[TEXT]", "statements of the history that hold a text, with their times", group, "", (*runner).metaHistory},
		{[]string{`\set`, ".set"}, "[NAME VALUE]", "variables for ${NAME}: set one, or list them", group, "", (*runner).metaSet},
		{[]string{".param", `\param`}, "[NAME[:TYPE] VALUE]", "values for the markers :NAME: set one, or list them", group, "", (*runner).metaParam},
		{[]string{`\!`, ".shell", ".system"}, "COMMAND", "run a command of the system's shell", group, "", func(r *runner, ctx context.Context, c metaCall) error {
			return r.system(ctx, c.args)
		}},
		{[]string{`\cd`, ".cd"}, "[FOLDER]", "change the working folder", group, "insert overwrite directory '", metaCd},
		{[]string{`\conninfo`, ".version"}, "", "versions, warehouse, workers, memory", group, "", (*runner).metaInfo},
	}
}

func (r *runner) metaUse(ctx context.Context, c metaCall) error {
	if c.args == "" {
		return r.text(ctx, r.session.Database()+"\n")
	}
	return r.session.Exec(ctx, "USE "+quoteName(c.args))
}

func (r *runner) metaSet(ctx context.Context, c metaCall) error {
	name, value, ok := strings.Cut(c.args, " ")
	if name == "" {
		return r.text(ctx, listed(r.session.Defined()))
	}
	if !ok {
		v, known := r.session.Defined()[name]
		if !known {
			return fmt.Errorf("There is no variable %s. \\set %s VALUE sets it.", name, name)
		}
		return r.text(ctx, v+"\n")
	}
	r.session.Define(name, unquote(strings.TrimSpace(value)))
	return nil
}

func (r *runner) metaParam(ctx context.Context, c metaCall) error {
	name, value, ok := strings.Cut(c.args, " ")
	if name == "" {
		shown := map[string]string{}
		for k, v := range r.params {
			shown[k] = v.String()
		}
		return r.text(ctx, listed(shown))
	}
	if !ok {
		return errors.New(".param takes a name and a value")
	}
	p, err := sparksql.ParseParam(name + "=" + strings.TrimSpace(value))
	if err != nil {
		return err
	}
	r.params[p.Name] = p
	return nil
}

// listed prints names with their values, sorted.
func listed(m map[string]string) string {
	var out strings.Builder
	names := make([]string, 0, len(m))
	for k := range m {
		names = append(names, k)
	}
	slices.Sort(names)
	for _, k := range names {
		fmt.Fprintf(&out, "%s = %s\n", k, m[k])
	}
	return out.String()
}

func (r *runner) metaInfo(ctx context.Context, c metaCall) error {
	i := r.session.Info()
	return r.text(ctx, fmt.Sprintf("sparksql %s, the SQL of Apache Spark %s\ndatabase   %s\nwarehouse  %s\nworkers    %d\nmemory     %s\nspill      %s\n",
		sparksql.Version, sparksql.SparkVersion, r.session.Database(), i.Warehouse, i.Workers, bytesText(i.MemoryLimit), i.SpillDir))
}

// unquote takes off quotes around a whole argument.
func unquote(s string) string {
	if n := len(s); n > 1 && (s[0] == '\'' || s[0] == '"') && s[n-1] == s[0] {
		return s[1 : n-1]
	}
	return s
}

// quoteName writes a dotted name with backquotes, unless it has them.
func quoteName(name string) string {
	if strings.Contains(name, "`") {
		return name
	}
	return "`" + strings.ReplaceAll(name, ".", "`.`") + "`"
}

// quoteText writes a string literal.
func quoteText(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}
