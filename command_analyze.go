package sparksql

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"sparksql/catalog"
	"sparksql/catalog/files"
	"sparksql/catalog/metastore"
	"sparksql/sql/errs"
	"sparksql/sql/parse"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// analyzeTable is ANALYZE TABLE: it counts rows and bytes, of the table or of partitions, and looks at columns.
func (s *Session) analyzeTable(ctx context.Context, st *tree.Analyze) (*Rows, error) {
	t, err := s.described(ctx, st.Name)
	switch {
	case err != nil:
		return nil, err
	case t == nil:
		return nil, errs.New(st.Name.P, "EXPECT_PERMANENT_VIEW_NOT_TEMP", "viewName", quoted(st.Name.Parts), "operation", "ANALYZE TABLE")
	case t.Kind == metastore.View:
		return nil, errs.New(st.P, "UNSUPPORTED_FEATURE.ANALYZE_VIEW")
	case st.Partition != nil:
		return s.done(), s.analyzePartitions(ctx, st, t)
	}
	return s.done(), s.gather(ctx, st, t)
}

// analyzeTables is ANALYZE TABLES.
func (s *Session) analyzeTables(ctx context.Context, st *tree.AnalyzeTables) (*Rows, error) {
	db, err := s.showDatabase(ctx, st.Name)
	if err != nil {
		return nil, err
	}
	tables, err := s.engine.store.Tables(ctx, db)
	if err != nil {
		return nil, err
	}
	for _, t := range tables {
		if t.Kind == metastore.View {
			continue
		}
		if err := s.gather(ctx, &tree.Analyze{Stmt: st.Stmt, NoScan: st.NoScan}, t); err != nil {
			return nil, err
		}
	}
	return s.done(), nil
}

// gather finds the statistics of a table and stores them.
func (s *Session) gather(ctx context.Context, st *tree.Analyze, t *metastore.Table) error {
	schema, err := tableSchema(t)
	if err != nil {
		return err
	}
	columns, err := analyzedColumns(st, t, schema)
	if err != nil || s.dry {
		return err
	}
	unknown := *t
	unknown.Forget()
	table, err := s.openTable(ctx, &unknown, schema)
	if err != nil {
		return err
	}
	bytes, rows := sizeOf(table), int64(-1)
	found := map[string]metastore.ColumnStats{}
	switch {
	case st.NoScan:
		if bytes == t.Bytes {
			rows = t.Rows
		}
	case len(columns) > 0:
		rows, err = s.columnStats(ctx, t, columns, found)
	default:
		rows, err = s.rowsOf(ctx, t.Provider, table)
	}
	if err != nil {
		return err
	}
	return s.engine.store.Alter(ctx, t.Database, t.Name, func(t *metastore.Table) error {
		t.Bytes, t.Rows = bytes, rows
		if t.ColStats == nil && len(found) > 0 {
			t.ColStats = map[string]metastore.ColumnStats{}
		}
		for k, c := range found {
			t.ColStats[k] = c
		}
		return nil
	})
}

// analyzedColumns are the columns that FOR COLUMNS names, all of a type with statistics.
func analyzedColumns(st *tree.Analyze, t *metastore.Table, schema *types.Schema) ([]types.Field, error) {
	names := st.Columns
	if st.AllColumns {
		names = schema.Names()
	}
	var out []types.Field
	for _, name := range names {
		i := slices.IndexFunc(schema.Fields, func(f types.Field) bool { return strings.EqualFold(f.Name, name) })
		if i < 0 {
			return nil, errs.New(st.P, "COLUMN_NOT_FOUND", "colName", quoted([]string{name}), "caseSensitiveConfig", `"spark.sql.caseSensitive"`)
		}
		f := schema.Fields[i]
		if f.Type.IsNested() || f.Type.Kind() == types.CalendarInterval || f.Type.Kind() == types.Variant {
			return nil, errs.New(st.P, "UNSUPPORTED_FEATURE.ANALYZE_UNSUPPORTED_COLUMN_TYPE", "columnType", `"`+f.Type.SQL()+`"`,
				"columnName", quoted([]string{f.Name}), "tableName", fullName(t))
		}
		out = append(out, f)
	}
	return out, nil
}

// sizeOf is the size of a table's files in bytes.
func sizeOf(t catalog.Table) int64 {
	if f, ok := t.(*files.Table); ok {
		return f.Size()
	}
	return 0
}

// rowsOf counts the rows of a table of files.
func (s *Session) rowsOf(ctx context.Context, format string, t catalog.Table) (int64, error) {
	if st := t.Stats(); strings.EqualFold(format, "parquet") && st != nil && st.Rows >= 0 {
		return st.Rows, nil
	}
	return countRows(ctx, t)
}

// statQuery reads everything there is to know of some columns in one go: the count of all rows, then of each column the
// count, the distinct values, the least and the greatest, the lengths.
func statQuery(t *metastore.Table, columns []types.Field) string {
	items := []string{"count(*)"}
	for _, f := range columns {
		c := quoted([]string{f.Name})
		least, most, avg, longest := "min("+c+")", "max("+c+")", fmt.Sprintf("%dL", f.Type.DefaultSize()), fmt.Sprintf("%dL", f.Type.DefaultSize())
		switch {
		case f.Type.IsString() || f.Type.Kind() == types.Binary:
			least, most = "NULL", "NULL"
			avg = fmt.Sprintf("coalesce(ceil(avg(length(%s))), %s)", c, avg)
			longest = fmt.Sprintf("coalesce(CAST(max(length(%s)) AS BIGINT), %s)", c, longest)
		case f.Type.Kind() == types.Timestamp || f.Type.Kind() == types.TimestampNTZ:
			least = "date_format(" + least + ", 'yyyy-MM-dd HH:mm:ss.SSSSSS Z')"
			most = "date_format(" + most + ", 'yyyy-MM-dd HH:mm:ss.SSSSSS Z')"
		}
		items = append(items, "count("+c+")", "approx_count_distinct("+c+")", "CAST("+least+" AS STRING)", "CAST("+most+" AS STRING)", avg, longest)
	}
	return "SELECT " + strings.Join(items, ", ") + " FROM " + fullName(t)
}

// columnStats runs the statistics of columns; rows is the number of all rows.
func (s *Session) columnStats(ctx context.Context, t *metastore.Table, columns []types.Field, out map[string]metastore.ColumnStats) (rows int64, err error) {
	utc := s.engine.Session()
	if err := utc.Set("spark.sql.session.timeZone", "UTC"); err != nil {
		return 0, err
	}
	rel, err := parse.Relation(&errs.Text{SQL: statQuery(t, columns)}, utc.parseOptions())
	if err != nil {
		return 0, err
	}
	res, err := utc.query(ctx, rel)
	if err != nil {
		return 0, err
	}
	all, err := res.All()
	if err != nil {
		return 0, err
	}
	row := all[0]
	rows = row[0].(int64)
	text := func(x any) *string {
		if v, ok := x.(string); ok {
			return &v
		}
		return nil
	}
	for i, f := range columns {
		v := row[1+6*i:]
		out[strings.ToLower(f.Name)] = metastore.ColumnStats{Nulls: rows - v[0].(int64), Distinct: v[1].(int64), Min: text(v[2]), Max: text(v[3]),
			AvgLen: v[4].(int64), MaxLen: v[5].(int64)}
	}
	return rows, nil
}

// analyzePartitions is ANALYZE TABLE ... PARTITION: rows and bytes of each partition with the values given.
func (s *Session) analyzePartitions(ctx context.Context, st *tree.Analyze, t *metastore.Table) error {
	k, ps, err := s.findPartitions(ctx, t, st.Partition, "ANALYZE TABLE")
	if err != nil {
		return err
	}
	if len(ps) == 0 && !s.dry && slices.ContainsFunc(k, func(v string) bool { return v != "" }) {
		return errs.New(st.Partition.P, "PARTITIONS_NOT_FOUND", "partitionList", k.String(), "tableName", shortName(t))
	}
	schema, err := tableSchema(t)
	if err != nil {
		return err
	}
	if s.dry {
		return nil
	}
	for _, p := range ps {
		spec := tableFiles(t, schema)
		spec.Folders, spec.Stats = partitionFolders([]*metastore.Partition{p}), nil
		table, err := s.openFiles(ctx, spec)
		if err != nil {
			return err
		}
		p.Bytes, p.Rows = sizeOf(table), -1
		if !st.NoScan {
			if p.Rows, err = s.rowsOf(ctx, t.Provider, table); err != nil {
				return err
			}
		}
	}
	return s.engine.store.ReplacePartitions(ctx, t.Database, t.Name, nil, nil, ps...)
}

// knownStats are the statistics that ANALYZE TABLE found, for the optimizer; nil for none.
func knownStats(t *metastore.Table, schema *types.Schema) *catalog.Stats {
	if schema == nil || t.Bytes < 0 && t.ColStats == nil {
		return nil
	}
	out := &catalog.Stats{Rows: t.Rows, Bytes: t.Bytes}
	for _, f := range schema.Fields {
		c := catalog.ColStats{NDV: -1, Nulls: -1}
		if known, ok := t.ColStats[strings.ToLower(f.Name)]; ok {
			c.NDV, c.Nulls = known.Distinct, known.Nulls
			c.Min, c.Max = files.ParseValue(f.Type, known.Min), files.ParseValue(f.Type, known.Max)
		}
		out.Cols = append(out.Cols, c)
	}
	return out
}
