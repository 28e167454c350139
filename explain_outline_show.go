package sparksql

import (
	"strings"

	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// showOutlines are the SHOW commands by what they show.
func showOutlines() map[string]func(*explained, *tree.Show) outline {
	command := func(name string) func(*explained, *tree.Show) outline {
		return func(c *explained, st *tree.Show) outline {
			return outline{name: name, args: []string{c.database(st.Name), st.Pattern, c.columns()}}
		}
	}
	ofTable := func(name string) func(*explained, *tree.Show) outline {
		return func(c *explained, st *tree.Show) outline {
			return outline{name: name, args: []string{c.table(st.Name), c.columns(), c.mapOf(st.Partition)}}
		}
	}
	return map[string]func(*explained, *tree.Show) outline{
		"TABLES": func(c *explained, st *tree.Show) outline {
			return outline{name: "ShowTables", args: []string{c.columns(), v2Catalog, list([]string{c.database(st.Name)}), st.Pattern}, kind: node}
		},
		"DATABASES": func(c *explained, st *tree.Show) outline {
			return outline{name: "ShowNamespaces", args: []string{c.columns(), v2Catalog, st.Pattern}, kind: node}
		},
		"TBLPROPERTIES": func(c *explained, st *tree.Show) outline {
			return outline{name: "ShowTableProperties", args: []string{c.columns(), sessionCatalog + "." + c.dotted(st.Name), st.Key}, kind: node}
		},
		"CREATE TABLE": func(c *explained, st *tree.Show) outline {
			return outline{name: "ShowCreateTable", args: []string{c.columns(), v2Catalog, c.dotted(st.Name)}, kind: node}
		},
		"TABLE EXTENDED": func(c *explained, st *tree.Show) outline {
			o := command("ShowTablesCommand")(c, st)
			o.args = append(o.args, "true")
			return o
		},
		"FUNCTIONS": func(c *explained, st *tree.Show) outline {
			return outline{name: "ShowFunctionsCommand", args: []string{c.database(st.Name), st.Pattern, truth(st.Scope != "SYSTEM"), truth(st.Scope != "USER"), c.columns()}}
		},
		"CATALOGS":          func(*explained, *tree.Show) outline { return outline{name: "ShowCatalogsCommand"} },
		"CURRENT NAMESPACE": func(*explained, *tree.Show) outline { return outline{name: "ShowCurrentNamespaceCommand"} },
		"VIEWS":             command("ShowViewsCommand"),
		"COLUMNS":           ofTable("ShowColumnsCommand"),
		"PARTITIONS":        ofTable("ShowPartitionsCommand"),
	}
}

func showOutline(c *explained) (outline, bool) {
	st, ok := c.st.(*tree.Show)
	if !ok {
		return outline{}, false
	}
	if f := showOutlines()[st.What]; f != nil {
		return f(c, st), true
	}
	return outline{name: "Show" + strings.ReplaceAll(st.What, " ", "") + "Command", args: []string{c.columns()}}, true
}

func describeOutline(c *explained) (outline, bool) {
	st, ok := c.st.(*tree.Describe)
	if !ok {
		return outline{}, false
	}
	switch {
	case st.Kind == tree.KindQuery:
		_, query, _ := strings.Cut(st.Pos().Fragment(), " ")
		if word, rest, _ := strings.Cut(query, " "); strings.EqualFold(word, "QUERY") {
			query = rest
		}
		return outline{name: "DescribeQueryCommand", args: []string{strings.TrimSpace(query)}}, true
	case st.Kind == tree.KindDatabase:
		return outline{name: "DescribeNamespace", args: []string{c.columns(), v2Catalog, list(st.Name.Parts), truth(st.Extended)}, kind: node}, true
	case st.Kind == tree.KindFunction:
		return outline{name: "DescribeFunctionCommand", args: []string{strings.Join(st.Name.Parts, "."), truth(st.Extended)}}, true
	case st.AsJSON:
		return outline{name: "DescribeRelationJsonCommand", args: []string{c.spec(st.Partition), truth(st.Extended), c.columns()}, under: c.resolved(st.Name)}, true
	case len(st.Column) > 0:
		_, db, name := c.parts(st.Name)
		return outline{name: "DescribeColumnCommand", args: []string{c.table(st.Name), list(append([]string{sessionCatalog, db, name}, st.Column...)), truth(st.Extended), c.columns()}}, true
	}
	return outline{name: "DescribeTableCommand", args: []string{c.table(st.Name), c.spec(st.Partition), truth(st.Extended), c.columns()}}, true
}

// resolved is a table or temporary view with its columns.
func (c *explained) resolved(n tree.ObjectName) string {
	columns := numbered(c.fields(n), len(c.schema.Fields))
	if parts, _, _ := c.parts(n); c.s.tempView(parts) != nil {
		return "ResolvedTempView " + strings.Join(parts, ".") + ", " + columns
	}
	return "ResolvedTable " + v2Catalog + ", " + c.dotted(n) + ", V1Table(" + c.dotted(n) + "), " + columns
}

// alterNames are Spark's commands for the actions of ALTER TABLE and ALTER VIEW.
func alterNames() map[string]string {
	return map[string]string{"RENAME": "AlterTableRenameCommand", "ADD COLUMNS": "AlterTableAddColumnsCommand", "CHANGE COLUMN": "AlterTableChangeColumnCommand",
		"SET TBLPROPERTIES": "AlterTableSetPropertiesCommand", "UNSET TBLPROPERTIES": "AlterTableUnsetPropertiesCommand",
		"SET SERDEPROPERTIES": "AlterTableSerDePropertiesCommand", "ADD PARTITION": "AlterTableAddPartitionCommand",
		"DROP PARTITION": "AlterTableDropPartitionCommand", "RENAME PARTITION": "AlterTableRenamePartitionCommand", "RECOVER PARTITIONS": "RepairTableCommand",
		"SET LOCATION": "AlterTableSetLocationCommand", "AS": "AlterViewAsCommand", "WITH SCHEMA": "AlterViewSchemaBindingCommand"}
}

func alterOutline(c *explained) (outline, bool) {
	st, ok := c.st.(*tree.AlterTable)
	if !ok {
		return outline{}, false
	}
	name := alterNames()[st.Action]
	if name == "" {
		name = "AlterTableCommand"
	}
	args := []string{c.table(st.Name)}
	switch st.Action {
	case "RENAME":
		args = append(args, quoted(st.To.Parts), truth(st.View))
	case "AS":
		args = append(args, st.Text, "true")
	case "RECOVER PARTITIONS":
		args = append(args, "true", "false", "ALTER TABLE RECOVER PARTITIONS")
	case "UNSET TBLPROPERTIES":
		args = append(args, list(st.Keys), truth(st.IfExists), truth(st.View))
	case "SET TBLPROPERTIES":
		args = append(args, properties(st.Values), truth(st.View))
	default:
		for i := range st.Partitions {
			args = append(args, c.mapOf(&st.Partitions[i]))
		}
		for _, col := range st.Columns {
			if args = append(args, col.Name); col.Type != types.NullType {
				args[len(args)-1] += " " + col.Type.String()
			}
		}
		args = append(args, st.Location, properties(st.Values))
	}
	return outline{name: name, args: args}, true
}
