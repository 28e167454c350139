package shell

import (
	"context"
	"errors"
	"fmt"
	"strings"

	sparksql "sparksql"
)

func describeCommands() []metaCommand {
	const group = "Look"
	return []metaCommand{
		{[]string{`\d`, ".describe"}, "[TABLE]", "columns of a table or view; all tables without one", group, "describe ", (*runner).metaDescribe},
		{[]string{`\dt`, ".tables"}, "[PATTERN]", "tables and views", group, "select * from ", func(r *runner, ctx context.Context, c metaCall) error {
			return r.look(ctx, "SHOW TABLES"+likeClause(c.args))
		}},
		{[]string{`\dv`, ".views"}, "[PATTERN]", "views", group, "select * from ", func(r *runner, ctx context.Context, c metaCall) error {
			return r.look(ctx, "SHOW VIEWS"+likeClause(c.args))
		}},
		{[]string{`\df`, ".functions"}, "[PATTERN]", "functions; with an exact name its documentation", group, "select ", (*runner).metaFunctions},
		{[]string{`\l`, `\dn`, ".databases"}, "[PATTERN]", "databases", group, "use ", func(r *runner, ctx context.Context, c metaCall) error {
			return r.look(ctx, "SHOW DATABASES"+likeClause(c.args))
		}},
		{[]string{".schema", `\sv`}, "[TABLE]", "the statement that makes a table or view, or all of them", group, "select * from ", (*runner).metaSchema},
		{[]string{`\dconfig`, ".settings"}, "[PATTERN]", "settings with their values and meanings", group, "set ", (*runner).metaSettings},
	}
}

// look runs a statement of the shell's own and shows its rows as a table.
func (r *runner) look(ctx context.Context, sql string) error {
	rows, err := r.session.Query(ctx, sql)
	if err != nil {
		return err
	}
	_, err = r.print(ctx, rows, r.tableFormat())
	return err
}

// tableFormat is the format of what the shell itself shows.
func (r *runner) tableFormat() sparksql.Format {
	f := r.format
	f.Format = "table"
	return f
}

func likeClause(pattern string) string {
	pattern = unquote(pattern)
	if pattern == "" {
		return ""
	}
	if !strings.ContainsAny(pattern, "*|%") {
		pattern += "*"
	}
	return " LIKE " + quoteText(pattern)
}

func (r *runner) metaDescribe(ctx context.Context, c metaCall) error {
	if c.args == "" {
		return r.look(ctx, "SHOW TABLES")
	}
	return r.look(ctx, "DESCRIBE TABLE EXTENDED "+quoteName(c.args))
}

// metaFunctions shows the documentation of a function that is named exactly, else the names that fit.
func (r *runner) metaFunctions(ctx context.Context, c metaCall) error {
	if name := strings.TrimSuffix(unquote(c.args), "("); name != "" && !strings.ContainsAny(name, "*|%") {
		rows, err := r.session.Query(ctx, "DESCRIBE FUNCTION EXTENDED "+quoteName(name))
		if err == nil {
			f := r.format
			f.Format, f.Header = "spark", false
			_, err = r.print(ctx, rows, f)
			return err
		}
	}
	return r.look(ctx, "SHOW FUNCTIONS"+likeClause(c.args))
}

func (r *runner) metaSchema(ctx context.Context, c metaCall) error {
	names := []string{c.args}
	if c.args == "" {
		rows, err := r.session.Query(ctx, "SHOW TABLES")
		if err != nil {
			return err
		}
		all, err := rows.All()
		if err != nil {
			return err
		}
		names = names[:0]
		for _, row := range all {
			if temporary, _ := row[2].(bool); !temporary {
				names = append(names, fmt.Sprint(row[1]))
			}
		}
	}
	var out strings.Builder
	for _, n := range names {
		rows, err := r.session.Query(ctx, "SHOW CREATE TABLE "+quoteName(n))
		if err != nil {
			return err
		}
		all, err := rows.All()
		if err != nil {
			return err
		}
		fmt.Fprintf(&out, "%s;\n", strings.TrimRight(fmt.Sprint(all[0][0]), "\n"))
	}
	return r.text(ctx, out.String())
}

func (r *runner) metaSettings(ctx context.Context, c metaCall) error {
	rows, err := r.session.Query(ctx, "SET -v")
	if err != nil {
		return err
	}
	all, err := rows.All()
	if err != nil {
		return err
	}
	var out strings.Builder
	p := painterOf(r.out, r.flags.colour)
	for _, row := range all {
		if strings.Contains(fmt.Sprint(row[0]), c.args) {
			fmt.Fprintf(&out, "%s = %v\n    %v (%v)\n", p.paint(colourBold, fmt.Sprint(row[0])), row[1], row[2], row[3])
		}
	}
	if out.Len() == 0 {
		return errors.New("No setting has " + c.args + " in its name.")
	}
	return r.text(ctx, out.String())
}
