package sparksql

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sparksql/catalog"
	"sparksql/catalog/files"
	"sparksql/catalog/metastore"
	"sparksql/sql/analyze"
	"sparksql/sql/conf"
	"sparksql/sql/errs"
	"sparksql/sql/parse"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// sessionCatalog is the name of the one catalog.
const sessionCatalog = "spark_catalog"

// globalTemp is the database of global temporary views.
const globalTemp = "global_temp"

// view is a temporary view: a query, or a table over files.
type view struct {
	name    string
	query   *analyze.View // nil: table
	table   catalog.Table
	comment string
	made    time.Time
}

// objects is a session as the analyzer sees it.
type objects Session

func (o *objects) session() *Session { return (*Session)(o) }

// Relation implements analyze.Objects: temporary views first, then the metastore.
func (o *objects) Relation(ctx context.Context, parts []string, at errs.Pos) (*analyze.Object, error) {
	s := o.session()
	if v := s.tempView(parts); v != nil {
		return s.kept(ctx, &analyze.Object{Name: []string{v.name}, Table: v.table, View: v.query}, parts, at)
	}
	db, name, ok := s.split(parts)
	if !ok {
		return nil, nil
	}
	t, err := s.engine.store.Table(ctx, db, name)
	if err != nil || t == nil {
		return nil, err
	}
	obj, err := s.object(ctx, t)
	if err != nil {
		return nil, errs.At(err, at)
	}
	return s.kept(ctx, obj, parts, at)
}

// kept gives the cached rows of an object, when it is cached; the first to ask for them fills a lazy one.
func (s *Session) kept(ctx context.Context, o *analyze.Object, parts []string, at errs.Pos) (*analyze.Object, error) {
	if level, ok := s.cache.lazy(o.Name); ok {
		if err := s.keepRows(ctx, o.Name, tree.ObjectName{Parts: parts, P: at}, level); err != nil {
			return nil, err
		}
	}
	return s.cache.wrap(o), nil
}

// split gives the database and name that parts refer to.
func (s *Session) split(parts []string) (db, name string, ok bool) {
	switch len(parts) {
	case 1:
		return s.Database(), parts[0], true
	case 2:
		return parts[0], parts[1], true
	case 3:
		return parts[1], parts[2], strings.EqualFold(parts[0], sessionCatalog)
	}
	return "", "", false
}

// tempView finds a temporary view, a global one under its database.
func (s *Session) tempView(parts []string) *view {
	name := strings.ToLower(parts[len(parts)-1])
	switch {
	case len(parts) == 1:
		s.mu.RLock()
		defer s.mu.RUnlock()
		return s.views[name]
	case len(parts) == 2 && strings.EqualFold(parts[0], globalTemp):
		s.engine.mu.Lock()
		defer s.engine.mu.Unlock()
		return s.engine.global[name]
	}
	return nil
}

// object opens a table or view of the metastore.
func (s *Session) object(ctx context.Context, t *metastore.Table) (*analyze.Object, error) {
	obj := &analyze.Object{Name: []string{sessionCatalog, t.Database, strings.ToLower(t.Name)}}
	schema, err := tableSchema(t)
	if err != nil {
		return nil, err
	}
	if t.Kind != metastore.View {
		obj.Table, err = s.openTable(ctx, t, schema)
		return obj, err
	}
	c := conf.New()
	for k, v := range t.ViewConf {
		c.Set(k, v)
	}
	text := &errs.Text{SQL: t.ViewText, Kind: "VIEW", Name: strings.Join(obj.Name, ".")}
	q, err := parse.Relation(text, parse.OptionsOf(c, s.clock()))
	if err != nil {
		return nil, err
	}
	obj.View = &analyze.View{Text: text, Query: q, Conf: c, Database: t.ViewDatabase, Columns: schema.Fields, ByName: !t.ViewNamed, Output: t.ViewOutput,
		Evolves: t.ViewSchema == evolves, TypesEvolve: t.ViewSchema == typesEvolve}
	return obj, nil
}

func (s *Session) openTable(ctx context.Context, t *metastore.Table, schema *types.Schema) (catalog.Table, error) {
	if err := s.moveTable(ctx, t); err != nil {
		return nil, err
	}
	spec := tableFiles(t, schema)
	spec.Again = func(ctx context.Context) (*files.Table, error) { return s.openAgain(ctx, t, schema) }
	var err error
	if spec.Missing, err = valuesBefore(t, schema); err != nil {
		return nil, err
	}
	if t.Tracked && schema != nil {
		return s.openTracked(ctx, t, spec)
	}
	return s.openFiles(ctx, spec)
}

// openAgain opens a table under its present definition; nil: there is none any more.
func (s *Session) openAgain(ctx context.Context, t *metastore.Table, schema *types.Schema) (*files.Table, error) {
	now, err := s.engine.store.Table(ctx, t.Database, t.Name)
	if err != nil || now == nil || now.Kind == metastore.View {
		return nil, err
	}
	if schema != nil {
		if schema, err = tableSchema(now); err != nil {
			return nil, err
		}
	}
	table, err := s.openTable(ctx, now, schema)
	f, _ := table.(*files.Table)
	return f, err
}

// tableFiles says which files make a table; a nil schema stands for that of the files.
func tableFiles(t *metastore.Table, schema *types.Schema) files.Spec {
	return files.Spec{Format: t.Provider, Paths: []string{t.Location}, Schema: schema, PartitionBy: t.PartitionBy, Options: t.Options,
		MayBeEmpty: true, Buckets: t.Buckets, BucketBy: t.BucketBy, Stats: knownStats(t, schema)}
}

// readSettings are the settings that stand for options of tables that do not have them.
var readSettings = map[string]string{"spark.sql.parquet.mergeSchema": "mergeSchema", "spark.sql.files.ignoreCorruptFiles": "ignoreCorruptFiles",
	"spark.sql.files.ignoreMissingFiles": "ignoreMissingFiles"}

// noteOptions warns, once each, of options that have no effect.
func (s *Session) noteOptions(spec files.Spec) {
	for _, name := range files.IdleOptions(spec.Format, spec.Options) {
		_, noted := s.engine.noted.LoadOrStore(strings.ToLower(spec.Format+"."+name), true)
		if warn := s.engine.opts.warn; !noted && warn != nil {
			warn("The option " + name + " of " + files.FormatName(spec.Format) + " files has no effect.")
		}
	}
}

// openFiles opens a table of files with the session's time zone and settings.
func (s *Session) openFiles(ctx context.Context, spec files.Spec) (catalog.Table, error) {
	spec.Zone, spec.Parquet = s.zone(), s.engine.parquet
	for setting, name := range readSettings {
		if s.conf.Bool(setting) && option(spec.Options, name) == "" {
			spec.Options = maps.Clone(spec.Options)
			if spec.Options == nil {
				spec.Options = map[string]string{}
			}
			spec.Options[name] = "true"
		}
	}
	s.noteOptions(spec)
	t, err := files.Open(ctx, spec)
	if err != nil {
		return nil, err
	}
	return t, nil
}

// tableSchema reads the columns of a stored definition.
func tableSchema(t *metastore.Table) (*types.Schema, error) {
	out := &types.Schema{}
	for _, c := range t.Columns {
		typ, err := parse.DataType(&errs.Text{SQL: c.Type})
		if err != nil {
			return nil, err
		}
		out.Fields = append(out.Fields, types.Field{Name: c.Name, Type: typ, Nullable: c.Nullable, Comment: c.Comment})
	}
	return out, nil
}

// storedColumns is the reverse of tableSchema.
func storedColumns(fields []types.Field) []metastore.Column {
	out := make([]metastore.Column, len(fields))
	for i, f := range fields {
		out[i] = metastore.Column{Name: f.Name, Type: f.Type.SQL(), Nullable: f.Nullable, Comment: f.Comment}
	}
	return out
}

// Names implements analyze.Objects.
func (o *objects) Names(ctx context.Context, parts []string) [][]string {
	s := o.session()
	var out [][]string
	s.mu.RLock()
	for n := range s.views {
		out = append(out, []string{n})
	}
	s.mu.RUnlock()
	dbs := []string{s.Database()}
	if len(parts) > 1 && !slices.Contains(dbs, strings.ToLower(parts[len(parts)-2])) {
		dbs = append(dbs, parts[len(parts)-2])
	}
	for _, db := range dbs {
		tables, err := s.engine.store.Tables(ctx, db)
		if err != nil {
			continue
		}
		for _, t := range tables {
			out = append(out, []string{sessionCatalog, t.Database, strings.ToLower(t.Name)})
		}
	}
	return out
}

// fileFormats are the formats of format.`path`; those without a reader say so by name.
var fileFormats = []string{"parquet", "csv", "json", "text", "orc", "avro", "binaryfile", "xml"}

// Files implements analyze.Objects.
func (o *objects) Files(ctx context.Context, format, path string, options map[string]string, at errs.Pos) (catalog.Table, bool, error) {
	format = strings.ToLower(format)
	if !slices.Contains(fileFormats, format) {
		return nil, false, nil
	}
	if !slices.Contains(files.Formats(), format) {
		return nil, true, errs.Unsupported(at, "reading "+format+" files")
	}
	t, err := o.session().openFiles(ctx, files.Spec{Format: format, Paths: []string{path}, Options: options})
	return t, true, errs.At(err, at)
}

// Variable implements analyze.Objects.
func (o *objects) Variable(parts []string) *analyze.Variable {
	s := o.session()
	n := len(parts)
	if n > 1 && !strings.EqualFold(parts[n-2], "session") {
		return nil
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.variables[strings.ToLower(parts[n-1])]
}

// absPath is path as the process sees it, without a file: scheme.
func absPath(path string) (string, error) {
	path = strings.TrimPrefix(strings.TrimPrefix(path, "file://"), "file:")
	return filepath.Abs(path)
}
