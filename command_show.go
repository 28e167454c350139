package sparksql

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sparksql/catalog/metastore"
	"sparksql/sql/errs"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// show runs the SHOW commands.
func (s *Session) show(ctx context.Context, st *tree.Show) (*Rows, error) {
	switch st.What {
	case "DATABASES", "SCHEMAS", "NAMESPACES":
		names, err := s.engine.store.Databases(ctx)
		return s.showNames("namespace", names, st.Pattern), err
	case "TABLES":
		return s.showTables(ctx, st)
	case "VIEWS":
		return s.showViews(ctx, st)
	case "COLUMNS":
		return s.showColumns(ctx, st)
	case "FUNCTIONS":
		return s.showFunctions(ctx, st)
	case "TBLPROPERTIES":
		return s.showProperties(ctx, st)
	case "PARTITIONS":
		return s.showPartitions(ctx, st)
	case "CREATE TABLE":
		return s.showCreate(ctx, st)
	case "CATALOGS":
		return s.showNames("catalog", []string{sessionCatalog}, st.Pattern), nil
	case "CURRENT NAMESPACE":
		return s.valueRows(stringSchema("catalog", "namespace"), [][]any{{sessionCatalog, s.Database()}}), nil
	}
	return nil, errs.Unsupported(st.P, "SHOW "+st.What)
}

func (s *Session) showNames(column string, names []string, pattern string) *Rows {
	var rows [][]any
	for _, n := range names {
		if like(n, pattern) {
			rows = append(rows, []any{n})
		}
	}
	return s.valueRows(stringSchema(column), rows)
}

// showDatabase is the database a SHOW command is about.
func (s *Session) showDatabase(ctx context.Context, n tree.ObjectName) (string, error) {
	parts, err := s.name(ctx, n)
	if err != nil || len(parts) == 0 {
		return s.Database(), err
	}
	return strings.ToLower(parts[len(parts)-1]), nil
}

func relationSchema(first, second string) *types.Schema {
	return &types.Schema{Fields: []types.Field{field(first, types.StringType, false), field(second, types.StringType, false),
		field("isTemporary", types.BooleanType, false)}}
}

func (s *Session) showTables(ctx context.Context, st *tree.Show) (*Rows, error) {
	return s.showRelations(ctx, st, "tableName", false)
}

func (s *Session) showViews(ctx context.Context, st *tree.Show) (*Rows, error) {
	return s.showRelations(ctx, st, "viewName", true)
}

func (s *Session) showRelations(ctx context.Context, st *tree.Show, column string, viewsOnly bool) (*Rows, error) {
	db, err := s.showDatabase(ctx, st.Name)
	if err != nil {
		return nil, err
	}
	tables, err := s.engine.store.Tables(ctx, db)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for _, t := range tables {
		if like(t.Name, st.Pattern) && (!viewsOnly || t.Kind == metastore.View) {
			rows = append(rows, []any{db, strings.ToLower(t.Name), false})
		}
	}
	s.mu.RLock()
	for _, n := range slices.Sorted(maps.Keys(s.views)) {
		if like(n, st.Pattern) {
			rows = append(rows, []any{"", n, true})
		}
	}
	s.mu.RUnlock()
	return s.valueRows(relationSchema("namespace", column), rows), nil
}

func (s *Session) showColumns(ctx context.Context, st *tree.Show) (*Rows, error) {
	name := st.Name
	if len(st.In.Parts) > 0 && len(name.Parts) > 0 {
		if n := len(name.Parts); n > 1 && !strings.EqualFold(name.Parts[n-2], st.In.Parts[len(st.In.Parts)-1]) {
			return nil, errs.New(st.P, "SHOW_COLUMNS_WITH_CONFLICT_NAMESPACE", "namespaceA", quoted(st.In.Parts), "namespaceB", quoted(name.Parts[:n-1]))
		} else if n == 1 {
			name.Parts = append(slices.Clone(st.In.Parts), name.Parts...)
		}
	}
	fields, err := s.columnsOf(ctx, name)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for _, f := range fields {
		rows = append(rows, []any{f.Name})
	}
	return s.valueRows(stringSchema("col_name"), rows), nil
}

// columnsOf are the columns of a table or view.
func (s *Session) columnsOf(ctx context.Context, n tree.ObjectName) ([]types.Field, error) {
	o, err := s.relation(ctx, n)
	if err != nil {
		return nil, err
	}
	if o.View != nil {
		return o.View.Columns, nil
	}
	return o.Table.Schema().Fields, nil
}

func (s *Session) storedTable(ctx context.Context, n tree.ObjectName) (*metastore.Table, error) {
	db, name, err := s.target(ctx, n)
	if err != nil {
		return nil, err
	}
	t, err := s.engine.store.Table(ctx, db, name)
	if err == nil && t == nil {
		err = errs.New(n.P, "TABLE_OR_VIEW_NOT_FOUND", "relationName", quoted(n.Parts))
	}
	return t, err
}

func (s *Session) showProperties(ctx context.Context, st *tree.Show) (*Rows, error) {
	t, err := s.storedTable(ctx, st.Name)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for _, k := range slices.Sorted(maps.Keys(t.Properties)) {
		if st.Key == "" || st.Key == k {
			rows = append(rows, []any{k, t.Properties[k]})
		}
	}
	if st.Key != "" && len(rows) == 0 {
		rows = append(rows, []any{st.Key, fmt.Sprintf("Table %s does not have property: %s", quoted([]string{sessionCatalog, t.Database, t.Name}), st.Key)})
	}
	return s.valueRows(stringSchema("key", "value"), rows), nil
}

func (s *Session) showPartitions(ctx context.Context, st *tree.Show) (*Rows, error) {
	o, err := s.relation(ctx, st.Name)
	if err != nil {
		return nil, err
	}
	if o.Table == nil || len(o.Table.Partitioning()) == 0 {
		return nil, errs.New(st.P, "INVALID_PARTITION_OPERATION.PARTITION_SCHEMA_IS_EMPTY", "name", quoted(o.Name))
	}
	p, ok := o.Table.(interface{ Partitions() []string })
	if !ok {
		return nil, errs.Unsupported(st.P, "SHOW PARTITIONS of this table")
	}
	return s.showNames("partition", p.Partitions(), ""), nil
}

// showCreate prints the statement that makes a table or view.
func (s *Session) showCreate(ctx context.Context, st *tree.Show) (*Rows, error) {
	t, err := s.storedTable(ctx, st.Name)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	kind := "TABLE"
	if t.Kind == metastore.View {
		kind = "VIEW"
	}
	fmt.Fprintf(&b, "CREATE %s %s.%s.%s (\n", kind, sessionCatalog, t.Database, strings.ToLower(t.Name))
	for i, c := range t.Columns {
		line := "  " + types.QuoteIdent(c.Name)
		if kind == "TABLE" {
			line += " " + c.Type
			if !c.Nullable {
				line += " NOT NULL"
			}
		}
		if c.Comment != "" {
			line += " COMMENT '" + strings.ReplaceAll(c.Comment, "'", `\'`) + "'"
		}
		if i < len(t.Columns)-1 {
			line += ","
		}
		b.WriteString(line)
		if i < len(t.Columns)-1 {
			b.WriteByte('\n')
		}
	}
	b.WriteString(")\n")
	if kind == "VIEW" {
		b.WriteString("AS " + t.ViewText + "\n")
	} else {
		fmt.Fprintf(&b, "USING %s\n", t.Provider)
		if len(t.PartitionBy) > 0 {
			fmt.Fprintf(&b, "PARTITIONED BY (%s)\n", strings.Join(t.PartitionBy, ", "))
		}
		if t.Kind == metastore.External {
			fmt.Fprintf(&b, "LOCATION '%s'\n", t.Location)
		}
		if t.Comment != "" {
			fmt.Fprintf(&b, "COMMENT '%s'\n", t.Comment)
		}
	}
	return s.valueRows(stringSchema("createtab_stmt"), [][]any{{b.String()}}), nil
}
