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
	case "TABLE EXTENDED":
		return s.showExtended(ctx, st)
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

// showRelations lists tables and views, of which the spark-sql command line prints the names alone.
func (s *Session) showRelations(ctx context.Context, st *tree.Show, column string, viewsOnly bool) (*Rows, error) {
	db, err := s.showDatabase(ctx, st.Name)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	if strings.EqualFold(db, globalTemp) {
		s.engine.mu.Lock()
		for _, n := range slices.Sorted(maps.Keys(s.engine.global)) {
			if like(n, st.Pattern) {
				rows = append(rows, []any{globalTemp, n, true})
			}
		}
		s.engine.mu.Unlock()
	} else {
		tables, err := s.engine.store.Tables(ctx, db)
		if err != nil {
			return nil, err
		}
		for _, t := range tables {
			if like(t.Name, st.Pattern) && (!viewsOnly || t.Kind == metastore.View) {
				rows = append(rows, []any{db, lowerName(t), false})
			}
		}
	}
	for _, n := range s.tempViews(st.Pattern) {
		rows = append(rows, []any{"", n, true})
	}
	out := s.valueRows(relationSchema("namespace", column), rows)
	out.cli = func(row []any) string { return row[1].(string) }
	return out, nil
}

// tempViews lists the session's temporary views.
func (s *Session) tempViews(pattern string) (out []string) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, n := range slices.Sorted(maps.Keys(s.views)) {
		if like(n, pattern) {
			out = append(out, n)
		}
	}
	return out
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
	t, err := s.described(ctx, name)
	if err != nil {
		return nil, err
	}
	fields, err := s.columnsOf(ctx, name, t)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for _, f := range fields {
		rows = append(rows, []any{f.Name})
	}
	return s.valueRows(stringSchema("col_name"), rows), nil
}

// columnsOf are the columns of a table or view: of t, or of the temporary view of the name when t is nil.
func (s *Session) columnsOf(ctx context.Context, n tree.ObjectName, t *metastore.Table) ([]types.Field, error) {
	if t != nil {
		schema, err := tableSchema(t)
		if err != nil {
			return nil, err
		}
		return schema.Fields, nil
	}
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

// showProperties is SHOW TBLPROPERTIES: the properties, and the options as option.NAME.
func (s *Session) showProperties(ctx context.Context, st *tree.Show) (*Rows, error) {
	t, err := s.described(ctx, st.Name)
	if err != nil {
		return nil, err
	}
	if t == nil {
		return s.valueRows(stringSchema("key", "value"), nil), nil
	}
	all := map[string]string{}
	maps.Copy(all, t.Properties)
	for k, v := range t.Options {
		all["option."+k] = v
	}
	if st.Key != "" {
		v, ok := all[st.Key]
		if !ok {
			v = fmt.Sprintf("Table %s does not have property: %s", sessionCatalog+"."+t.Database+"."+lowerName(t), st.Key)
		}
		return s.valueRows(stringSchema("key", "value"), [][]any{{st.Key, redacted(st.Key, v)}}), nil
	}
	var rows [][]any
	for _, k := range slices.Sorted(maps.Keys(all)) {
		rows = append(rows, []any{k, redacted(k, all[k])})
	}
	return s.valueRows(stringSchema("key", "value"), rows), nil
}

// showPartitions is SHOW PARTITIONS [PARTITION (...)].
func (s *Session) showPartitions(ctx context.Context, st *tree.Show) (*Rows, error) {
	parts, err := s.name(ctx, st.Name)
	if err != nil {
		return nil, err
	}
	o, err := s.relation(ctx, tree.ObjectName{Parts: parts, P: st.Name.P})
	if err != nil {
		return nil, err
	}
	if o.View != nil {
		return nil, errs.New(st.P, "EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE", "viewName", quoted(o.Name), "operation", "SHOW PARTITIONS")
	}
	p, ok := o.Table.(interface{ Partitions() []string })
	if !ok || len(o.Table.Partitioning()) == 0 {
		return nil, errs.New(st.P, "INVALID_PARTITION_OPERATION.PARTITION_SCHEMA_IS_EMPTY", "name", quoted(o.Name))
	}
	names := p.Partitions()
	if st.Partition != nil {
		t, err := s.storedTable(ctx, tree.ObjectName{Parts: parts, P: st.Name.P})
		if err != nil {
			return nil, err
		}
		k, err := s.partitionKey(ctx, t, st.Partition, "SHOW PARTITIONS", false)
		if err != nil {
			return nil, err
		}
		names = slices.DeleteFunc(names, func(spec string) bool { return !k.matches(spec) })
	}
	return s.showNames("partition", names, ""), nil
}

// showExtended is SHOW TABLE EXTENDED LIKE pattern, or of one partition of the table of that name.
func (s *Session) showExtended(ctx context.Context, st *tree.Show) (*Rows, error) {
	db, err := s.showDatabase(ctx, st.Name)
	if err != nil {
		return nil, err
	}
	schema := relationSchema("namespace", "tableName")
	schema.Fields = append(schema.Fields, field("information", types.StringType, false))
	if st.Partition != nil {
		t, err := s.storedTable(ctx, tree.ObjectName{Parts: []string{db, st.Pattern}, P: st.P})
		if err != nil {
			return nil, err
		}
		p, err := s.partition(ctx, t, st.Partition, "SHOW TABLE EXTENDED")
		if err != nil {
			return nil, err
		}
		return s.valueRows(schema, [][]any{{db, lowerName(t), false, information(s.partitionDetails(t, p))}}), nil
	}
	tables, err := s.engine.store.Tables(ctx, db)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for _, t := range tables {
		if !like(t.Name, st.Pattern) {
			continue
		}
		t = s.evolved(ctx, t, st.Name)
		columns, err := tableSchema(t)
		if err != nil {
			return nil, err
		}
		d := append(details{}, s.tableDetails(t)...)
		d.add("Partition Columns", nameList(t.PartitionBy))
		d.add("Schema", schemaTree(columns))
		rows = append(rows, []any{db, lowerName(t), false, information(d)})
	}
	for _, n := range s.tempViews(st.Pattern) {
		fields, err := s.columnsOf(ctx, tree.ObjectName{Parts: []string{n}}, nil)
		if err != nil {
			return nil, err
		}
		d := append(s.viewDetails(n, fields), detail{"Schema", schemaTree(&types.Schema{Fields: fields})})
		rows = append(rows, []any{"", n, true, information(d)})
	}
	return s.valueRows(schema, rows), nil
}

// information is details as SHOW TABLE EXTENDED shows them.
func information(ds []detail) string {
	var b strings.Builder
	for _, d := range ds {
		b.WriteString(d.key + ": " + d.value + "\n")
	}
	return b.String() + "\n"
}
