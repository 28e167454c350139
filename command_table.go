package sparksql

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

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
	have, err := s.engine.store.Table(ctx, db, name)
	if err != nil {
		return nil, err
	}
	if have != nil {
		if st.IfNotExists {
			return s.done(), nil
		}
		if !st.Replace {
			return nil, errs.New(st.P, "TABLE_OR_VIEW_ALREADY_EXISTS", "relationName", quoted([]string{sessionCatalog, db, name}))
		}
		return nil, errs.Unsupported(st.P, "REPLACE TABLE")
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
	t.Columns = storedColumns(schema.Fields)
	for i, c := range st.Columns {
		for k := range t.Columns {
			if strings.EqualFold(t.Columns[k].Name, c.Name) {
				t.Columns[k].Default = st.Columns[i].DefaultText
			}
		}
	}
	return s.done(), s.engine.store.Create(ctx, t, false, func() error {
		if t.Kind == metastore.External || s.dry {
			return nil
		}
		return os.MkdirAll(t.Location, 0o777)
	})
}

// newTable is the definition that the clauses of a CREATE TABLE give, without columns.
func (s *Session) newTable(ctx context.Context, st *tree.CreateTable, db, name string) (*metastore.Table, error) {
	p := st.Props
	provider := strings.ToLower(p.Provider)
	if provider == "" {
		provider = s.conf.String("spark.sql.sources.default")
	}
	if !slices.Contains(files.Formats(), provider) {
		if slices.Contains(fileFormats, provider) {
			return nil, errs.Unsupported(st.P, "tables of "+provider+" files")
		}
		return nil, errs.New(st.P, "DATA_SOURCE_NOT_FOUND", "provider", p.Provider)
	}
	if p.Buckets > 0 {
		return nil, errs.Unsupported(st.P, "CLUSTERED BY")
	}
	t := &metastore.Table{Database: db, Name: name, Kind: metastore.Managed, Provider: provider, PartitionBy: p.PartitionBy,
		Options: p.Options, Properties: p.Properties, Comment: p.Comment, Created: time.Now(), Rows: -1, Bytes: -1}
	location := p.Location
	if location == "" {
		location = option(p.Options, "path")
	}
	if location != "" {
		t.Kind = metastore.External
		abs, err := absPath(location)
		t.Location = abs
		return t, err
	}
	d, err := s.engine.store.Database(ctx, db)
	if err != nil {
		return nil, err
	}
	t.Location = filepath.Join(d.Location, strings.ToLower(name))
	return t, nil
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
	schema := columnSchema(append(slices.Clone(st.Columns), st.Props.Partitions...))
	for _, c := range st.Props.Partitions {
		t.PartitionBy = append(t.PartitionBy, c.Name)
	}
	return partitionsLast(schema, t.PartitionBy, st.P)
}

// partitionsLast moves partition columns to the end, in their order. Column names must differ.
func partitionsLast(schema *types.Schema, by []string, at errs.Pos) (*types.Schema, error) {
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
			return nil, errs.New(at, "COLUMN_NOT_DEFINED_IN_TABLE", "colType", "partition", "colName", "`"+p+"`", "tableName", "",
				"tableCols", fieldNames(schema.Fields))
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
// they are there.
func (s *Session) createAsSelect(ctx context.Context, st *tree.CreateTable, t *metastore.Table) (*Rows, error) {
	if len(st.Columns) > 0 {
		return nil, errs.Unsupported(st.P, "columns in CREATE TABLE AS SELECT")
	}
	if entries, err := os.ReadDir(t.Location); err == nil && len(entries) > 0 && t.Kind == metastore.Managed && !s.dry {
		return nil, errs.New(st.P, "LOCATION_ALREADY_EXISTS", "location", "'"+t.Location+"'", "identifier", quoted([]string{t.Database, t.Name}))
	}
	a := s.analyzer()
	n, err := a.Query(ctx, st.Query)
	if err != nil {
		return nil, err
	}
	schema, err := partitionsLast(plan.Schema(n), t.PartitionBy, st.P)
	if err != nil {
		return nil, err
	}
	for i := range schema.Fields {
		schema.Fields[i].Nullable = true
	}
	t.Columns = storedColumns(schema.Fields)
	n = orderedLike(n, schema)
	table, err := s.openTable(ctx, t, schema)
	if err != nil {
		return nil, err
	}
	if _, err := s.write(ctx, a, n, table, s.writeSpec(t, schema, catalog.Overwrite)); err != nil {
		return nil, err
	}
	return s.done(), s.engine.store.Create(ctx, t, false, nil)
}

func (s *Session) createDatabase(ctx context.Context, st *tree.CreateDatabase) (*Rows, error) {
	parts, err := s.name(ctx, st.Name)
	if err != nil {
		return nil, err
	}
	if len(parts) > 1 && !strings.EqualFold(parts[0], sessionCatalog) || len(parts) > 2 {
		return nil, errs.New(st.P, "REQUIRES_SINGLE_PART_NAMESPACE", "sessionCatalog", "`"+sessionCatalog+"`", "namespace", quoted(parts))
	}
	d := metastore.Database{Name: parts[len(parts)-1], Comment: st.Comment, Properties: st.Properties, Created: time.Now()}
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
	full := quoted([]string{sessionCatalog, strings.ToLower(db), strings.ToLower(name)})
	switch {
	case t == nil:
		return missing()
	case st.Kind == tree.KindView && t.Kind != metastore.View:
		return errs.New(st.P, "EXPECT_VIEW_NOT_TABLE.NO_ALTERNATIVE", "tableName", full, "operation", "DROP VIEW")
	case st.Kind == tree.KindTable && t.Kind == metastore.View:
		return errs.New(st.P, "EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE", "viewName", full, "operation", "DROP TABLE")
	}
	if _, err := s.engine.store.Drop(ctx, db, name); err != nil {
		return err
	}
	s.cache.drop([]string{sessionCatalog, t.Database, strings.ToLower(t.Name)})
	if t.Kind == metastore.Managed && !s.dry {
		return os.RemoveAll(t.Location)
	}
	return nil
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
	gone, err := s.engine.store.DropDatabase(ctx, name, st.Cascade)
	if err != nil || s.dry {
		return err
	}
	for _, t := range gone {
		if t.Kind == metastore.Managed {
			if err := os.RemoveAll(t.Location); err != nil {
				return err
			}
		}
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
