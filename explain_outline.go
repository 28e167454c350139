package sparksql

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sparksql/sql/plan"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// v2Catalog is how Spark shows the catalog of a node that works on it.
const v2Catalog = "V2SessionCatalog(" + sessionCatalog + ")"

// outlineOf names a command and its arguments as Spark does. What Spark shows of its own objects is left out.
func outlineOf(c *explained) outline {
	for _, f := range []func(*explained) (outline, bool){tableOutline, viewOutline, writeOutline, showOutline, describeOutline, alterOutline, statisticsOutline, catalogOutline, sessionOutline, functionOutline} {
		if o, ok := f(c); ok {
			return o
		}
	}
	name := strings.TrimPrefix(fmt.Sprintf("%T", c.st), "*tree.")
	return outline{name: name + "Command"}
}

func tableOutline(c *explained) (outline, bool) {
	switch st := c.st.(type) {
	case *tree.CreateTable:
		if st.Query == nil {
			return outline{name: "CreateDataSourceTableCommand", args: []string{c.table(st.Name), truth(st.IfNotExists)}}, true
		}
		mode := "ErrorIfExists"
		if st.IfNotExists {
			mode = "Ignore"
		}
		return outline{name: "CreateDataSourceTableAsSelectCommand", args: []string{c.table(st.Name), mode, c.written()}}, true
	case *tree.CreateTableLike:
		return outline{name: "CreateTableLikeCommand", args: []string{quoted(st.Name.Parts), quoted(st.Like.Parts), truth(st.IfNotExists)}}, true
	case *tree.Truncate:
		return outline{name: "TruncateTableCommand", args: []string{c.table(st.Name), c.mapOf(st.Partition)}}, true
	case *tree.Repair:
		return outline{name: "RepairTableCommand", args: []string{c.table(st.Name), truth(st.Add), truth(st.Drop), "MSCK REPAIR TABLE"}}, true
	case *tree.CommentOn:
		if st.Kind == tree.KindDatabase {
			return outline{name: "AlterNamespaceSetProperties", args: []string{v2Catalog, list(st.Name.Parts), "[comment=" + st.Text + "]"}, kind: node}, true
		}
		return outline{name: "AlterTable", args: []string{v2Catalog, c.dotted(st.Name), "[comment=" + st.Text + "]"}, kind: node}, true
	}
	return outline{}, false
}

func viewOutline(c *explained) (outline, bool) {
	switch st := c.st.(type) {
	case *tree.CreateView:
		name, kind, mode := c.table(st.Name), "PersistedView", st.SchemaMode
		switch {
		case st.Global:
			name, kind, mode = quoted(st.Name.Parts), "GlobalTempView", "UNSUPPORTED"
		case st.Temp:
			name, kind, mode = quoted(st.Name.Parts), "LocalTempView", "UNSUPPORTED"
		case mode == "":
			mode = compensates
		}
		return outline{name: "CreateViewCommand", args: []string{name, st.Comment, properties(st.Properties), st.Text, truth(st.IfNotExists), truth(st.Replace), kind, mode, "true"}}, true
	case *tree.CreateTempViewUsing:
		return outline{name: "CreateTempViewUsing", args: []string{quoted(st.Name.Parts), "replace:" + truth(st.Replace), "provider:" + st.Provider, properties(st.Options)}}, true
	}
	return outline{}, false
}

func writeOutline(c *explained) (outline, bool) {
	switch st := c.st.(type) {
	case *tree.Insert:
		mode, static := "Append", ""
		if st.Overwrite {
			mode = "Overwrite"
		}
		if st.Partition != nil {
			static = c.spec(st.Partition)
		}
		return outline{name: "InsertIntoHadoopFsRelationCommand", args: []string{static, truth(st.IfNotExists), mode, c.table(st.Table), c.written()}, kind: writes}, true
	case *tree.InsertDir:
		path := st.Path
		if path == "" {
			path = option(st.Options, "path")
		}
		return outline{name: "InsertIntoDataSourceDirCommand", args: []string{"Storage(Location: " + path + ")", strings.ToLower(st.Provider), "true"}}, true
	case *tree.MultiInsert:
		return outline{name: "Union", kind: node}, true
	}
	return outline{}, false
}

func statisticsOutline(c *explained) (outline, bool) {
	switch st := c.st.(type) {
	case *tree.AnalyzeTables:
		return outline{name: "AnalyzeTablesCommand", args: []string{c.database(st.Name), truth(st.NoScan)}}, true
	case *tree.Analyze:
		name := c.table(st.Name)
		switch {
		case st.AllColumns:
			return outline{name: "AnalyzeColumnCommand", args: []string{name, "true"}}, true
		case st.Columns != nil:
			return outline{name: "AnalyzeColumnCommand", args: []string{name, "List(" + strings.Join(st.Columns, ", ") + ")", "false"}}, true
		case st.Partition != nil:
			return outline{name: "AnalyzePartitionCommand", args: []string{name, c.spec(st.Partition), truth(st.NoScan)}}, true
		}
		return outline{name: "AnalyzeTableCommand", args: []string{name, truth(st.NoScan)}}, true
	case *tree.Cache:
		if st.Query != nil {
			return outline{name: "CacheTableAsSelect", args: []string{strings.Join(st.Name.Parts, "."), st.Text, truth(st.Lazy)}, kind: node}, true
		}
		return outline{name: "CacheTable", args: []string{list(st.Name.Parts), truth(st.Lazy)}, kind: node}, true
	case *tree.Uncache:
		if st.All {
			return outline{name: "ClearCacheCommand"}, true
		}
		return outline{name: "UncacheTable", args: []string{list(st.Name.Parts), truth(st.IfExists)}, kind: node}, true
	case *tree.Refresh:
		switch {
		case st.Function:
			return outline{name: "RefreshFunctionCommand", args: []string{strings.Join(st.Name.Parts, ".")}}, true
		case st.Path != "":
			return outline{name: "RefreshResource", args: []string{st.Path}}, true
		}
		return outline{name: "RefreshTableCommand", args: []string{c.table(st.Name)}}, true
	}
	return outline{}, false
}

func catalogOutline(c *explained) (outline, bool) {
	switch st := c.st.(type) {
	case *tree.Drop:
		return dropOutline(c, st), true
	case *tree.CreateDatabase:
		props := map[string]string{"comment": st.Comment, "location": st.Location}
		maps.DeleteFunc(props, func(_, v string) bool { return v == "" })
		maps.Copy(props, st.Properties)
		return outline{name: "CreateNamespace", args: []string{v2Catalog, list(st.Name.Parts), truth(st.IfNotExists), properties(props)}, kind: node}, true
	case *tree.AlterDatabase:
		name := "AlterNamespaceSetProperties"
		if st.Keys != nil {
			name = "AlterNamespaceUnsetProperties"
		}
		props := properties(st.Properties)
		if st.Location != "" {
			props = "[location=" + st.Location + "]"
		}
		return outline{name: name, args: []string{v2Catalog, list(st.Name.Parts), props, strings.Join(st.Keys, ", ")}, kind: node}, true
	case *tree.Use:
		return outline{name: "SetCatalogAndNamespace", args: []string{sessionCatalog, "List(" + strings.Join(st.Name.Parts, ", ") + ")"}, kind: node}, true
	case *tree.UseCatalog:
		return outline{name: "SetCatalogCommand", args: []string{st.Name}}, true
	}
	return outline{}, false
}

func dropOutline(c *explained, st *tree.Drop) outline {
	name := strings.Join(st.Name.Parts, ".")
	switch st.Kind {
	case tree.KindView:
		if c.s.tempView(st.Name.Parts) != nil {
			return outline{name: "DropTempViewCommand", args: []string{name}}
		}
		return outline{name: "DropTableCommand", args: []string{c.table(st.Name), truth(st.IfExists), "true", "false"}}
	case tree.KindFunction:
		return outline{name: "DropFunctionCommand", args: []string{name, truth(st.IfExists), truth(st.Temp)}}
	case tree.KindDatabase:
		return outline{name: "DropNamespace", args: []string{v2Catalog, list(st.Name.Parts), truth(st.IfExists), truth(st.Cascade)}, kind: node}
	case tree.KindVariable:
		return outline{name: "DropVariable", args: []string{name, truth(st.IfExists)}, kind: node}
	}
	return outline{name: "DropTable", args: []string{v2Catalog, c.dotted(st.Name), truth(st.IfExists), truth(st.Purge)}, kind: node}
}

func sessionOutline(c *explained) (outline, bool) {
	switch st := c.st.(type) {
	case *tree.Set:
		arg := ""
		switch {
		case st.All:
			arg = "(-v,None)"
		case st.Key != "" && st.Value == nil:
			arg = "(" + st.Key + ",None)"
		case st.Key != "":
			arg = "(" + st.Key + ",Some(" + redacted(st.Key, *st.Value) + "))"
		}
		return outline{name: "SetCommand", args: []string{arg}}, true
	case *tree.SetTimeZone:
		return outline{name: "SetCommand", args: []string{"(spark.sql.session.timeZone,Some(" + st.Value + "))"}}, true
	case *tree.Reset:
		return outline{name: "ResetCommand", args: []string{st.Key}}, true
	case *tree.SetVar:
		return outline{name: "SetVariable", args: []string{variables(st.Names)}, kind: node}, true
	case *tree.DeclareVar:
		return outline{name: "CreateVariable", args: []string{variables(st.Names), truth(st.Replace)}, kind: node}, true
	case *tree.AddResource:
		name := "AddResourceCommand"
		if st.Reload {
			name = "ReloadResourceCommand"
		}
		return outline{name: name, args: []string{st.File.Kind, st.File.Path}}, true
	case *tree.Explain:
		return outline{name: "ExplainCommand", args: []string{st.Input.Pos().Fragment()}}, true
	}
	return outline{}, false
}

func functionOutline(c *explained) (outline, bool) {
	st, ok := c.st.(*tree.CreateFunction)
	switch {
	case !ok:
		return outline{}, false
	case st.Resources != nil:
		return outline{name: "CreateFunctionCommand", args: []string{strings.Join(st.Name.Parts, "."), st.Class, truth(st.Temp), truth(st.IfNotExists), truth(st.Replace)}}, true
	}
	params := make([]string, len(st.Params))
	for i, p := range st.Params {
		params[i] = p.Name + " " + p.Type.SQL()
	}
	returns := ""
	if st.Returns != nil {
		returns = st.Returns.Type.SQL()
	}
	name := strings.Join(st.Name.Parts, ".")
	if !st.Temp {
		name = sessionCatalog + "." + c.dotted(st.Name)
	}
	return outline{name: "CreateSQLFunctionCommand", args: []string{name, strings.Join(params, ", "), returns, st.BodyText, truth(st.ReturnsIsTable), truth(st.Temp),
		truth(st.IfNotExists), truth(st.Replace)}}, true
}

// table is a table's full name, dotted without the catalog and quotes. A temporary view has one part.
func (c *explained) table(n tree.ObjectName) string {
	parts, db, name := c.parts(n)
	if c.s.tempView(parts) != nil {
		return quoted(parts)
	}
	return quoted([]string{sessionCatalog, db, name})
}

func (c *explained) dotted(n tree.ObjectName) string {
	_, db, name := c.parts(n)
	return db + "." + name
}

func (c *explained) parts(n tree.ObjectName) (parts []string, db, name string) {
	if parts = c.name(n); len(parts) == 0 {
		return nil, "", ""
	}
	if db, name, ok := c.s.split(parts); ok {
		return parts, db, name
	}
	return parts, "", parts[len(parts)-1]
}

// database is the one of IN or FROM, else the current one.
func (c *explained) database(n tree.ObjectName) string {
	if parts, _, _ := c.parts(n); len(parts) > 0 {
		return parts[len(parts)-1]
	}
	return c.s.Database()
}

// columns are the columns of the result, numbered as Spark numbers all columns of a plan.
func (c *explained) columns() string { return numbered(c.schema.Fields, 0) }

func numbered(fields []types.Field, first int) string {
	parts := make([]string, len(fields))
	for i, f := range fields {
		parts[i] = fmt.Sprintf("%s#%d", f.Name, first+i)
	}
	return list(parts)
}

// written are the columns of what is stored.
func (c *explained) written() string {
	for _, n := range c.plans {
		if w, ok := n.(*plan.Write); ok && w.Spec.Schema != nil {
			return list(w.Spec.Schema.Names())
		}
	}
	return ""
}

// values are those of a PARTITION clause as text.
func (c *explained) values(p *tree.PartitionSpec, join string, missing string) (out []string) {
	for i, name := range p.Names {
		value := missing
		if p.Values[i] != nil {
			value = c.value(p.Values[i])
		}
		out = append(out, name+join+value)
	}
	return out
}

// spec is a PARTITION clause as [a=1, b=None], mapOf as Map(a -> 1), "" for none.
func (c *explained) spec(p *tree.PartitionSpec) string {
	if p == nil {
		return ""
	}
	return list(c.values(p, "=", "None"))
}

func (c *explained) mapOf(p *tree.PartitionSpec) string {
	if p == nil {
		return ""
	}
	return "Map(" + strings.Join(c.values(p, " -> ", "None"), ", ") + ")"
}

func list(parts []string) string { return "[" + strings.Join(parts, ", ") + "]" }

func properties(m map[string]string) string {
	if len(m) == 0 {
		return ""
	}
	return propertyList(m)
}

func variables(names [][]string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = "session." + n[len(n)-1]
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}
