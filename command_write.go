package sparksql

import (
	"context"
	"slices"
	"strings"

	"sparksql/catalog"
	"sparksql/catalog/files"
	"sparksql/catalog/metastore"
	"sparksql/sql/analyze"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// write runs n and stores its rows.
func (s *Session) write(ctx context.Context, a *analyze.Analyzer, n plan.Node, t catalog.Table, spec catalog.WriteSpec) (catalog.WriteStats, error) {
	n, err := s.optimize(a, &plan.Write{Input: n, Table: t, Spec: spec})
	if err != nil || s.dry {
		if err == nil {
			planned(ctx, n)
		}
		return catalog.WriteStats{}, err
	}
	res, err := s.run(ctx, a, n)
	if err != nil {
		return catalog.WriteStats{}, err
	}
	defer res.Close()
	if err := res.Wait(); err != nil {
		return catalog.WriteStats{}, err
	}
	return res.Written(), nil
}

// writeSpec is how rows of a table are stored.
func (s *Session) writeSpec(t *metastore.Table, schema *types.Schema, mode catalog.WriteMode) catalog.WriteSpec {
	options := s.writeOptions(t.Provider, t.Options)
	if t.Provider == "json" && options["ignorenullfields"] == "" && slices.ContainsFunc(t.Columns, func(c metastore.Column) bool { return c.Before != "" }) {
		options["ignorenullfields"] = "false" // what is left out is read as the DEFAULT
	}
	return catalog.WriteSpec{Mode: mode, Schema: schema, Format: t.Provider, PartitionBy: t.PartitionBy, BucketBy: t.BucketBy,
		SortBy: t.SortBy, Buckets: t.Buckets, Options: options, Zone: s.conf.String("spark.sql.session.timeZone"),
		Workers: s.engine.opts.workers}
}

// writeOptions adds the session's settings for files of a format to a table's options.
func (s *Session) writeOptions(format string, opts map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range opts {
		out[strings.ToLower(k)] = v
	}
	if !strings.EqualFold(format, "parquet") {
		return out
	}
	if out["compression"] == "" {
		out["compression"] = s.conf.String("spark.sql.parquet.compression.codec")
	}
	if out["outputtimestamptype"] == "" {
		out["outputtimestamptype"] = s.conf.String("spark.sql.parquet.outputTimestampType")
	}
	return out
}

// orderedLike projects n to the columns of schema, by name.
func orderedLike(n plan.Node, schema *types.Schema) plan.Node {
	out := n.Output()
	items := make([]expr.Expr, len(schema.Fields))
	same := true
	for i, f := range schema.Fields {
		for k, c := range out {
			if strings.EqualFold(c.Name, f.Name) {
				items[i] = &expr.Column{Col: c}
				same = same && i == k
			}
		}
	}
	if same {
		return n
	}
	return &plan.Project{Input: n, Items: items}
}

// insert is INSERT INTO and INSERT OVERWRITE.
func (s *Session) insert(ctx context.Context, st *tree.Insert) (*Rows, error) {
	parts, err := s.name(ctx, st.Table)
	if err != nil {
		return nil, err
	}
	db, name, ok := s.split(parts)
	var t *metastore.Table
	if ok && s.tempView(parts) == nil {
		if t, err = s.engine.store.Table(ctx, db, name); err != nil {
			return nil, err
		}
	}
	switch {
	case s.tempView(parts) != nil:
		return nil, errs.New(st.P, "UNSUPPORTED_INSERT.RDD_BASED", "tableIdentifier", quoted(parts))
	case t == nil:
		return nil, errs.New(st.Table.P, "TABLE_OR_VIEW_NOT_FOUND", "relationName", quoted(parts))
	case t.Kind == metastore.View:
		return nil, errs.New(st.P, "EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE", "viewName", quoted(parts), "operation", "INSERT")
	case st.ReplaceWhere != nil:
		return nil, errs.Unsupported(st.P, "INSERT INTO ... REPLACE WHERE")
	}
	schema, err := tableSchema(t)
	if err != nil {
		return nil, err
	}
	table, err := s.openTable(ctx, t, schema)
	if err != nil {
		return nil, err
	}
	a := s.analyzer()
	target := analyze.InsertTarget{Name: []string{sessionCatalog, t.Database, strings.ToLower(t.Name)}, Schema: schema, PartitionBy: t.PartitionBy}
	for _, c := range t.Columns {
		target.Defaults = append(target.Defaults, c.Default)
	}
	n, static, err := a.Insert(ctx, st, target)
	if err != nil {
		return nil, err
	}
	mode := catalog.Append
	if st.Overwrite {
		mode = catalog.Overwrite
		if strings.EqualFold(s.conf.String("spark.sql.sources.partitionOverwriteMode"), "dynamic") && len(t.PartitionBy) > len(static) {
			mode = catalog.OverwriteDynamic
		}
	}
	if err := s.sweep(ctx, t.Location); err != nil {
		return nil, err
	}
	spec := s.writeSpec(t, schema, mode)
	spec.Static = static
	spec.Around = s.guard(t, replacedBy(mode, s.staticKey(schema, t, static)))
	_, err = s.write(ctx, a, n, table, spec)
	s.changed(t)
	return s.done(), err
}

// staticKey are the values of PARTITION (a = 1) in an INSERT as folders.
func (s *Session) staticKey(schema *types.Schema, t *metastore.Table, static map[string]any) partitionKey {
	by := schema.Fields[len(schema.Fields)-len(t.PartitionBy):]
	k := make(partitionKey, len(by))
	for i, f := range by {
		if v, ok := static[f.Name]; ok {
			k[i] = files.PartitionFolder(f, v, s.zone())
		}
	}
	return k
}

// replacedBy tells which partitions a write takes the rows of.
func replacedBy(mode catalog.WriteMode, k partitionKey) func(spec string) bool {
	return func(spec string) bool { return mode == catalog.Overwrite && k.matches(spec) }
}

// multiInsert runs the inserts of FROM ... INSERT ... INSERT ... in turn.
func (s *Session) multiInsert(ctx context.Context, st *tree.MultiInsert) (*Rows, error) {
	for _, in := range st.Inserts {
		if _, err := s.execute(ctx, in); err != nil {
			return nil, err
		}
	}
	return s.done(), nil
}

// insertDir is INSERT OVERWRITE DIRECTORY.
func (s *Session) insertDir(ctx context.Context, st *tree.InsertDir) (*Rows, error) {
	provider := strings.ToLower(st.Provider)
	if provider == "" {
		provider = s.conf.String("spark.sql.sources.default")
	}
	if !slices.Contains(files.Formats(), provider) {
		return nil, errs.Unsupported(st.P, "writing "+provider+" files")
	}
	path := st.Path
	if path == "" {
		path = option(st.Options, "path")
	}
	a := s.analyzer()
	n, err := a.Query(ctx, st.Query)
	if err != nil {
		return nil, err
	}
	_, err = s.writeFiles(ctx, a, n, WriteFiles{Path: path, Format: provider, Options: st.Options})
	return s.done(), err
}

// WriteFiles says where and how Session.Write stores rows.
type WriteFiles struct {
	Path        string
	Format      string            // parquet, csv, json, text
	Options     map[string]string // compression, ...
	PartitionBy []string
	// DateColumn, when set, gives partition columns year, month and day that the rows do not have.
	DateColumn string
}

// WriteStats say what was stored.
type WriteStats = catalog.WriteStats

// Write runs a query and stores its rows in a folder, which it replaces when they are all there.
func (s *Session) Write(ctx context.Context, query string, w WriteFiles) (WriteStats, error) {
	a, n, err := s.analyzeText(ctx, query, nil)
	if err != nil {
		return WriteStats{}, err
	}
	return s.writeFiles(ctx, a, n, w)
}

func (s *Session) writeFiles(ctx context.Context, a *analyze.Analyzer, n plan.Node, w WriteFiles) (WriteStats, error) {
	path, err := absPath(w.Path)
	if err != nil {
		return WriteStats{}, err
	}
	if n, err = withDateParts(a, n, w); err != nil {
		return WriteStats{}, err
	}
	schema, err := partitionsLast(nullable(plan.Schema(n)), w.PartitionBy, "", errs.Pos{})
	if err != nil {
		return WriteStats{}, err
	}
	t := &metastore.Table{Provider: w.Format, Location: path, PartitionBy: w.PartitionBy, Options: w.Options}
	table, err := s.openFiles(ctx, files.Spec{Format: w.Format, Paths: []string{path}, Schema: schema, PartitionBy: w.PartitionBy, MayBeEmpty: true})
	if err != nil {
		return WriteStats{}, err
	}
	defer s.cache.written(path)
	return s.write(ctx, a, orderedLike(n, schema), table, s.writeSpec(t, schema, catalog.Overwrite))
}

// truncate is TRUNCATE TABLE: an overwrite without rows. Partitions stay, empty.
func (s *Session) truncate(ctx context.Context, st *tree.Truncate) (*Rows, error) {
	t, err := s.alterable(ctx, st.Name, "TRUNCATE TABLE")
	if err != nil {
		return nil, err
	}
	if t.Kind == metastore.External {
		return nil, errs.New(st.P, "_LEGACY_ERROR_TEMP_1266", "tableIdentWithDB", fullName(t))
	}
	schema, err := tableSchema(t)
	if err != nil {
		return nil, err
	}
	spec := s.writeSpec(t, schema, catalog.Overwrite)
	if st.Partition != nil {
		k, ps, err := s.findPartitions(ctx, t, st.Partition, "TRUNCATE TABLE ... PARTITION")
		if err != nil {
			return nil, err
		}
		if len(ps) == 0 && !s.dry {
			return nil, errs.New(st.Partition.P, "PARTITIONS_NOT_FOUND", "partitionList", k.String(), "tableName", shortName(t))
		}
		if spec.Static, err = s.staticValues(ctx, t, schema, st.Partition); err != nil {
			return nil, err
		}
	}
	table, err := s.openTable(ctx, t, schema)
	if err != nil {
		return nil, err
	}
	none := &plan.Values{}
	for _, f := range schema.Fields {
		none.Cols = append(none.Cols, expr.Col{ID: expr.NewID(), Name: f.Name, Type: f.Type, Nullable: true})
	}
	spec.Around = s.guard(t, func(string) bool { return false })
	_, err = s.write(ctx, s.analyzer(), none, table, spec)
	s.changed(t)
	return s.done(), err
}

// staticValues are the values of a PARTITION clause in Go form, by the columns' names.
func (s *Session) staticValues(ctx context.Context, t *metastore.Table, schema *types.Schema, p *tree.PartitionSpec) (map[string]any, error) {
	out := map[string]any{}
	for _, f := range schema.Fields[len(schema.Fields)-len(t.PartitionBy):] {
		for i, name := range p.Names {
			if !strings.EqualFold(name, f.Name) || p.Values[i] == nil {
				continue
			}
			v, err := s.analyzer().Constant(ctx, p.Values[i], f.Type)
			if err != nil {
				return nil, err
			}
			out[f.Name] = v
		}
	}
	return out, nil
}

// changed forgets what is kept of a table's rows.
func (s *Session) changed(t *metastore.Table) {
	s.cache.drop([]string{sessionCatalog, t.Database, lowerName(t)})
	s.cache.written(t.Location)
}
