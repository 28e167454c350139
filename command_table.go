package sparksql

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"sparksql/catalog"
	"sparksql/catalog/files"
	"sparksql/catalog/metastore"
	"sparksql/sql/errs"
	"sparksql/sql/plan"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// createTable is CREATE TABLE, with and without a query.
func (s *Session) createTable(ctx context.Context, st *tree.CreateTable) (*Rows, error) {
	db, name, err := s.target(ctx, st.Name)
	if err != nil {
		return nil, err
	}
	full := quoted([]string{sessionCatalog, db, strings.ToLower(name)})
	if st.Replace {
		return nil, errs.New(st.P, "UNSUPPORTED_FEATURE.TABLE_OPERATION", "tableName", full, "operation", "REPLACE TABLE")
	}
	have, err := s.engine.store.Table(ctx, db, name)
	if err != nil {
		return nil, err
	}
	if have != nil {
		if st.IfNotExists {
			return s.done(), nil
		}
		return nil, errs.New(st.P, "TABLE_OR_VIEW_ALREADY_EXISTS", "relationName", full)
	}
	t, err := s.newTable(ctx, st, db, name)
	if err != nil {
		return nil, err
	}
	if st.Query != nil {
		return s.createAsSelect(ctx, st, t)
	}
	schema, err := s.declaredSchema(ctx, st, t)
	if err != nil {
		return nil, err
	}
	if err := s.layOut(ctx, st, t, schema); err != nil {
		return nil, err
	}
	if err := s.takeDefaults(ctx, "CREATE TABLE", t.Provider, t.Columns, slices.Concat(st.Columns, st.Props.Partitions), st.P); err != nil {
		return nil, err
	}
	return s.done(), s.enterTable(ctx, t, st.P)
}

// newTable is the definition that the clauses of a CREATE TABLE give, without columns.
func (s *Session) newTable(ctx context.Context, st *tree.CreateTable, db, name string) (*metastore.Table, error) {
	p := st.Props
	provider := strings.ToLower(p.Provider)
	if provider == "" {
		provider = s.conf.String("spark.sql.sources.default")
	}
	if err := checkProvider(provider, st.P); err != nil {
		return nil, err
	}
	for k := range p.Properties {
		if err := checkProperties(st.P, k); err != nil {
			return nil, err
		}
	}
	t := &metastore.Table{Database: db, Name: name, Kind: metastore.Managed, Provider: provider, PartitionBy: slices.Clone(p.PartitionBy),
		BucketBy: p.ClusterBy, Buckets: p.Buckets, Options: p.Options, Properties: p.Properties, Comment: p.Comment, Created: s.clock()}
	t.Forget()
	for _, k := range p.SortBy {
		t.SortBy = append(t.SortBy, k.X.(*tree.Name).Parts[0])
	}
	const mostBuckets = 100000
	if p.ClusterBy != nil && (p.Buckets <= 0 || p.Buckets > mostBuckets) {
		return nil, errs.New(st.P, "_LEGACY_ERROR_TEMP_1083", "bucketingMaxBuckets", fmt.Sprint(mostBuckets), "numBuckets", fmt.Sprint(p.Buckets))
	}
	return t, s.place(ctx, t, p)
}

// checkProvider refuses formats that there are not.
func checkProvider(provider string, at errs.Pos) error {
	switch {
	case slices.Contains(files.Formats(), provider):
		return nil
	case slices.Contains(fileFormats, provider):
		return errs.Unsupported(at, "tables of "+provider+" files")
	}
	return errs.New(at, "DATA_SOURCE_NOT_FOUND", "provider", provider)
}

// declaredSchema is the schema of a CREATE TABLE without a query: as written, partition columns last, or as the files at
// its location have it.
func (s *Session) declaredSchema(ctx context.Context, st *tree.CreateTable, t *metastore.Table) (*types.Schema, error) {
	if len(st.Columns) == 0 && len(st.Props.Partitions) == 0 {
		if t.Kind != metastore.External {
			return &types.Schema{}, nil
		}
		table, err := s.openTable(ctx, t, nil)
		if err != nil {
			return nil, err
		}
		t.PartitionBy = table.Partitioning()
		return table.Schema(), nil
	}
	for _, c := range st.Props.Partitions {
		t.PartitionBy = append(t.PartitionBy, c.Name)
	}
	return columnSchema(append(slices.Clone(st.Columns), st.Props.Partitions...)), nil
}

// layOut gives a table its columns, partition columns last, and sees that its clauses fit them. Columns of files may
// always be NULL.
func (s *Session) layOut(ctx context.Context, st *tree.CreateTable, t *metastore.Table, schema *types.Schema) error {
	schema, err := partitionsLast(nullable(schema), t.PartitionBy, fullName(t), st.P)
	if err != nil {
		return err
	}
	if err := checkBuckets(t, schema, st.P); err != nil {
		return err
	}
	for i, f := range schema.Fields[len(schema.Fields)-len(t.PartitionBy):] {
		t.PartitionBy[i] = f.Name
		if f.Type.IsNested() || f.Type.Kind() == types.CalendarInterval || f.Type.Kind() == types.Variant {
			return errs.New(st.P, "INVALID_PARTITION_COLUMN_DATA_TYPE", "type", `"`+f.Type.SQL()+`"`)
		}
	}
	if n := len(t.PartitionBy); n > 0 && n == len(schema.Fields) {
		return errs.New(st.P, "ALL_PARTITION_COLUMNS_NOT_ALLOWED")
	}
	t.Columns, t.Tracked = storedColumns(schema.Fields), len(t.PartitionBy) > 0
	if len(t.Columns) == 0 {
		return nil
	}
	table, err := s.openTable(ctx, t, schema)
	if err != nil {
		return err
	}
	scan, err := table.Scan(ctx, catalog.Request{Limit: -1, Workers: 1}) // a format that cannot hold the columns says so
	if err != nil {
		return err
	}
	scan.End()
	return nil
}

// checkBuckets sees that the columns of CLUSTERED BY and SORTED BY are there, once, and are none of the partition columns.
func checkBuckets(t *metastore.Table, schema *types.Schema, at errs.Pos) error {
	for kind, names := range map[string][]string{"bucket": t.BucketBy, "sort": t.SortBy} {
		seen := map[string]bool{}
		for i, name := range names {
			c := slices.IndexFunc(schema.Fields, func(f types.Field) bool { return strings.EqualFold(f.Name, name) })
			switch {
			case c < 0:
				return errs.New(at, "COLUMN_NOT_DEFINED_IN_TABLE", "colType", kind, "colName", quoted([]string{name}), "tableName", fullName(t),
					"tableCols", fieldNames(schema.Fields))
			case seen[strings.ToLower(name)]:
				return errs.New(at, "COLUMN_ALREADY_EXISTS", "columnName", quoted([]string{strings.ToLower(name)}))
			case c >= len(schema.Fields)-len(t.PartitionBy):
				return errs.New(at, "_LEGACY_ERROR_TEMP_1166", "bucketCol", name, "normalizedPartCols", strings.Join(t.PartitionBy, ", "))
			}
			seen[strings.ToLower(name)] = true
			names[i] = schema.Fields[c].Name
		}
	}
	return nil
}

// partitionsLast moves partition columns to the end, in their order. Column names must differ.
func partitionsLast(schema *types.Schema, by []string, table string, at errs.Pos) (*types.Schema, error) {
	seen := map[string]int{}
	for i, f := range schema.Fields {
		k := strings.ToLower(f.Name)
		if _, ok := seen[k]; ok {
			return nil, errs.New(at, "COLUMN_ALREADY_EXISTS", "columnName", "`"+k+"`")
		}
		seen[k] = i
	}
	out, isPart := &types.Schema{}, map[int]bool{}
	var last []types.Field
	for _, p := range by {
		i, ok := seen[strings.ToLower(p)]
		if !ok {
			return nil, errs.New(at, "COLUMN_NOT_DEFINED_IN_TABLE", "colType", "partition", "colName", "`"+p+"`", "tableName", table,
				"tableCols", fieldNames(schema.Fields))
		}
		if isPart[i] {
			return nil, errs.New(at, "COLUMN_ALREADY_EXISTS", "columnName", quoted([]string{strings.ToLower(p)}))
		}
		isPart[i] = true
		last = append(last, schema.Fields[i])
	}
	for i, f := range schema.Fields {
		if !isPart[i] {
			out.Fields = append(out.Fields, f)
		}
	}
	out.Fields = append(out.Fields, last...)
	return out, nil
}

// createAsSelect is CREATE TABLE ... AS query: the rows are stored first, and the table is entered in the metastore when
// they are there. In between its folder is marked as litter, so that nothing remains when the process is stopped then.
func (s *Session) createAsSelect(ctx context.Context, st *tree.CreateTable, t *metastore.Table) (*Rows, error) {
	if err := s.placeIsFree(ctx, t.Location, fullName(t), st.P); err != nil {
		if t.Kind == metastore.External {
			err = errs.New(st.P, "_LEGACY_ERROR_TEMP_1241", "tablePath", "file:"+t.Location)
		}
		return nil, err
	}
	a := s.analyzer()
	n, err := a.Query(ctx, st.Query)
	if err != nil {
		return nil, err
	}
	if err := s.layOut(ctx, st, t, plan.Declared(n)); err != nil {
		return nil, err
	}
	schema, err := tableSchema(t)
	if err != nil {
		return nil, err
	}
	n = orderedLike(n, schema)
	table, err := s.openTable(ctx, t, schema)
	if err != nil {
		return nil, err
	}
	spec := s.writeSpec(t, schema, catalog.Overwrite)
	spec.Around = func(ctx context.Context, written []string, publish func() error) error {
		have, err := s.engine.store.Table(ctx, t.Database, t.Name)
		if err == nil && have != nil {
			err = errs.New(st.P, "TABLE_OR_VIEW_ALREADY_EXISTS", "relationName", shortName(t))
		}
		if err == nil {
			err = s.engine.store.MarkLitter(ctx, t.Location)
		}
		if err == nil {
			err = publish()
		}
		if err != nil {
			return err
		}
		in := make([]*metastore.Partition, len(written))
		for i, p := range written {
			in[i] = s.newPartition(p)
		}
		return s.engine.store.Create(ctx, t, false, nil, in...)
	}
	_, err = s.write(ctx, a, n, table, spec)
	if err == nil && s.dry {
		err = s.engine.store.Create(ctx, t, false, nil)
	}
	return s.done(), err
}

func (s *Session) createDatabase(ctx context.Context, st *tree.CreateDatabase) (*Rows, error) {
	parts, err := s.name(ctx, st.Name)
	if err != nil {
		return nil, err
	}
	if len(parts) > 1 && !strings.EqualFold(parts[0], sessionCatalog) || len(parts) > 2 {
		return nil, errs.New(st.P, "REQUIRES_SINGLE_PART_NAMESPACE", "sessionCatalog", "`"+sessionCatalog+"`", "namespace", quoted(parts))
	}
	d := metastore.Database{Name: parts[len(parts)-1], Comment: st.Comment, Properties: st.Properties, Created: s.clock()}
	if st.Location != "" {
		if d.Location, err = absPath(st.Location); err != nil {
			return nil, err
		}
	}
	err = s.engine.store.CreateDatabase(ctx, d)
	if err != nil && !(st.IfNotExists && errs.Is(err, "SCHEMA_ALREADY_EXISTS")) {
		return nil, err
	}
	return s.done(), nil
}

// drop is DROP TABLE, VIEW, DATABASE, FUNCTION, VARIABLE.
func (s *Session) drop(ctx context.Context, st *tree.Drop) (*Rows, error) {
	var err error
	switch st.Kind {
	case tree.KindTable, tree.KindView:
		err = s.dropRelation(ctx, st)
	case tree.KindDatabase:
		err = s.dropDatabase(ctx, st)
	case tree.KindFunction:
		err = s.dropFunction(ctx, st)
	case tree.KindVariable:
		err = s.dropVariable(st)
	default:
		return nil, errs.Unsupported(st.P, "DROP of this kind")
	}
	if err != nil {
		return nil, err
	}
	return s.done(), nil
}

func (s *Session) dropRelation(ctx context.Context, st *tree.Drop) error {
	parts, err := s.name(ctx, st.Name)
	if err != nil {
		return err
	}
	if s.tempView(parts) != nil {
		s.dropTempView(parts)
		return nil
	}
	missing := func() error {
		if st.IfExists {
			return nil
		}
		return errs.New(st.Name.P, "TABLE_OR_VIEW_NOT_FOUND", "relationName", quoted(parts))
	}
	db, name, ok := s.split(parts)
	if !ok {
		return missing()
	}
	t, err := s.engine.store.Table(ctx, db, name)
	if err != nil {
		return err
	}
	full := strings.Join([]string{sessionCatalog, strings.ToLower(db), strings.ToLower(name)}, ".")
	switch {
	case t == nil:
		return missing()
	case st.Kind == tree.KindView && t.Kind != metastore.View:
		return errs.New(st.P, "WRONG_COMMAND_FOR_OBJECT_TYPE", "operation", "DROP VIEW", "requiredType", "VIEW", "objectName", full,
			"foundType", string(t.Kind), "alternative", "DROP TABLE")
	case st.Kind == tree.KindTable && t.Kind == metastore.View:
		return errs.New(st.P, "WRONG_COMMAND_FOR_OBJECT_TYPE", "operation", "DROP TABLE", "requiredType", "EXTERNAL or MANAGED", "objectName", full,
			"foundType", "VIEW", "alternative", "DROP VIEW")
	}
	return s.removeTable(ctx, t)
}

// removeTable takes a table or view out of the metastore, and removes the folder of a managed table.
func (s *Session) removeTable(ctx context.Context, t *metastore.Table) error {
	defer s.cache.drop([]string{sessionCatalog, t.Database, lowerName(t)})
	if t.Kind != metastore.Managed {
		_, err := s.engine.store.Drop(ctx, t.Database, t.Name)
		return err
	}
	return files.Locked(ctx, t.Location, func() error {
		if _, err := s.engine.store.Drop(ctx, t.Database, t.Name, t.Location); err != nil {
			return err
		}
		return s.discard(ctx, t.Location)
	})
}

func (s *Session) dropTempView(parts []string) {
	name := strings.ToLower(parts[len(parts)-1])
	if len(parts) == 1 {
		s.mu.Lock()
		delete(s.views, name)
		s.mu.Unlock()
	} else {
		s.engine.mu.Lock()
		delete(s.engine.global, name)
		s.engine.mu.Unlock()
	}
	s.cache.drop([]string{name})
}

func (s *Session) dropDatabase(ctx context.Context, st *tree.Drop) error {
	parts, err := s.name(ctx, st.Name)
	if err != nil {
		return err
	}
	name := parts[len(parts)-1]
	if strings.EqualFold(name, metastore.Default) {
		return errs.New(st.P, "UNSUPPORTED_FEATURE.DROP_DATABASE", "database", "`"+name+"`")
	}
	d, err := s.engine.store.Database(ctx, name)
	if err != nil {
		if st.IfExists && errs.Is(err, "SCHEMA_NOT_FOUND") {
			return nil
		}
		return err
	}
	if st.Cascade {
		tables, err := s.engine.store.Tables(ctx, name)
		if err != nil {
			return err
		}
		for _, t := range tables {
			if err := s.removeTable(ctx, t); err != nil {
				return err
			}
		}
	}
	if _, err := s.engine.store.DropDatabase(ctx, name, st.Cascade); err != nil {
		return err
	}
	os.Remove(d.Location) // an empty folder of the database goes; one with other files stays
	return nil
}

func (s *Session) dropVariable(st *tree.Drop) error {
	name := st.Name.Parts[len(st.Name.Parts)-1]
	s.mu.Lock()
	defer s.mu.Unlock()
	key := strings.ToLower(name)
	if _, ok := s.variables[key]; !ok && !st.IfExists {
		return errs.New(st.P, "VARIABLE_NOT_FOUND", "variableName", quoted([]string{"system", "session", name}))
	}
	delete(s.variables, key)
	return nil
}
