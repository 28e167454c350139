package sparksql

import (
	"context"
	"slices"
	"strings"
	"sync"

	"sparksql/catalog/files"
	"sparksql/catalog/metastore"
	"sparksql/sql/analyze"
	"sparksql/sql/errs"
	"sparksql/sql/parse"
	"sparksql/sql/plan"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

func (s *Session) createView(ctx context.Context, st *tree.CreateView) (*Rows, error) {
	parts, err := s.name(ctx, st.Name)
	if err != nil {
		return nil, err
	}
	shown := quoted(parts)
	if !st.Temp {
		db, name, err := s.target(ctx, st.Name)
		if err != nil {
			return nil, err
		}
		shown = quoted([]string{sessionCatalog, db, name})
	}
	if at := markerIn(st.Text); at >= 0 {
		return nil, errs.New(st.P, "UNSUPPORTED_FEATURE.PARAMETER_MARKER_IN_UNEXPECTED_STATEMENT", "statement", "the query of CREATE VIEW")
	}
	text := &errs.Text{SQL: st.Text, Kind: "VIEW", Name: shown}
	q, err := parse.Relation(text, s.parseOptions())
	if err != nil {
		return nil, err
	}
	a := s.analyzer()
	if !st.Temp {
		a.Persistent = &analyze.Persistent{Kind: "VIEW", Name: shown}
	}
	n, err := a.Query(ctx, st.Query) // errors point into the statement
	if err != nil {
		return nil, err
	}
	cols, err := viewColumns(st, plan.Declared(n).Fields, shown)
	if err != nil {
		return nil, err
	}
	v := &analyze.View{Text: text, Query: q, Conf: a.Conf, Database: a.Database, Columns: cols, Temp: st.Temp, ByName: st.Columns == nil}
	if st.Temp {
		return s.done(), s.putTempView(parts, &view{name: parts[len(parts)-1], query: v, comment: st.Comment}, st.Global, st.Replace, st.P)
	}
	return s.done(), s.putView(ctx, st, a, v, plan.Schema(n).Names())
}

// viewColumns are the view's columns under the names given, which must be as many and differ.
func viewColumns(st *tree.CreateView, fields []types.Field, shown string) ([]types.Field, error) {
	out := append([]types.Field(nil), fields...)
	if st.Columns != nil {
		if len(st.Columns) != len(fields) {
			cond := "CREATE_VIEW_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS"
			if len(st.Columns) < len(fields) {
				cond = "CREATE_VIEW_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS"
			}
			return nil, errs.New(st.P, cond, "viewName", shown, "viewColumns", columnNames(st.Columns), "dataColumns", fieldNames(fields))
		}
		for i, c := range st.Columns {
			out[i].Name = c.Name
			if c.Comment != "" {
				out[i].Comment = c.Comment
			}
		}
	}
	return out, distinctFields(out, st.P)
}

func columnNames(cols []tree.ColumnDef) string {
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = "`" + c.Name + "`"
	}
	return strings.Join(names, ", ")
}

func fieldNames(fields []types.Field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = "`" + f.Name + "`"
	}
	return strings.Join(names, ", ")
}

func (s *Session) putTempView(parts []string, v *view, global, replace bool, at errs.Pos) error {
	if len(parts) > 2 || len(parts) == 2 && !(global && strings.EqualFold(parts[0], globalTemp)) {
		return errs.New(at, "TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS", "actualName", quoted(parts))
	}
	v.made = s.clock()
	key := strings.ToLower(v.name)
	views, lock := s.views, sync.Locker(&s.mu)
	if global {
		views, lock = s.engine.global, &s.engine.mu
	}
	lock.Lock()
	defer lock.Unlock()
	if _, ok := views[key]; ok && !replace {
		return errs.New(at, "TEMP_TABLE_OR_VIEW_ALREADY_EXISTS", "relationName", quoted(parts))
	}
	views[key] = v
	return nil
}

func (s *Session) putView(ctx context.Context, st *tree.CreateView, a *analyze.Analyzer, v *analyze.View, output []string) error {
	db, name, err := s.target(ctx, st.Name)
	if err != nil {
		return err
	}
	have, err := s.engine.store.Table(ctx, db, name)
	if err != nil {
		return err
	}
	if have != nil {
		switch {
		case st.IfNotExists:
			return nil
		case have.Kind != metastore.View:
			return errs.New(st.P, "EXPECT_VIEW_NOT_TABLE.NO_ALTERNATIVE", "tableName", v.Text.Name, "operation", "CREATE OR REPLACE VIEW")
		case !st.Replace:
			return errs.New(st.P, "TABLE_OR_VIEW_ALREADY_EXISTS", "relationName", v.Text.Name)
		}
		if err := s.notWithin(ctx, st.Query, have, st.P); err != nil {
			return err
		}
	}
	t := &metastore.Table{Database: db, Name: name, Kind: metastore.View, Comment: st.Comment, Properties: st.Properties, Created: s.clock(),
		ViewNamed: st.Columns != nil, ViewSchema: schemaMode(st.SchemaMode, st.Columns != nil), Rows: -1, Bytes: -1}
	setViewText(t, st.Text, a, v.Columns, output)
	return s.engine.store.Create(ctx, t, st.Replace, nil)
}

func (s *Session) createTempViewUsing(ctx context.Context, st *tree.CreateTempViewUsing) (*Rows, error) {
	if !slices.Contains(files.Formats(), strings.ToLower(st.Provider)) {
		return nil, errs.Unsupported(st.P, "a view over "+st.Provider+" files")
	}
	parts, err := s.name(ctx, st.Name)
	if err != nil {
		return nil, err
	}
	path := option(st.Options, "path")
	var paths []string
	if path != "" {
		paths = []string{path}
	} else if st.Columns == nil {
		return nil, errs.New(st.P, "UNABLE_TO_INFER_SCHEMA", "format", files.FormatName(st.Provider))
	}
	var schema *types.Schema
	if st.Columns != nil {
		schema = columnSchema(st.Columns)
	}
	t, err := s.openFiles(ctx, files.Spec{Format: st.Provider, Paths: paths, Schema: schema, Options: st.Options, MayBeEmpty: path == ""})
	if err != nil {
		return nil, err
	}
	return s.done(), s.putTempView(parts, &view{name: parts[len(parts)-1], table: t}, st.Global, st.Replace, st.P)
}

func columnSchema(cols []tree.ColumnDef) *types.Schema {
	out := &types.Schema{}
	for _, c := range cols {
		out.Fields = append(out.Fields, types.Field{Name: c.Name, Type: c.Type, Nullable: !c.NotNull, Comment: c.Comment})
	}
	return out
}

// option finds an option whatever its case.
func option(opts map[string]string, key string) string {
	for k, v := range opts {
		if strings.EqualFold(k, key) {
			return v
		}
	}
	return ""
}
