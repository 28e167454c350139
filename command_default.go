package sparksql

import (
	"context"
	"slices"
	"strings"
	"time"

	"sparksql/catalog/metastore"
	"sparksql/functions"
	"sparksql/sql/analyze"
	"sparksql/sql/errs"
	"sparksql/sql/tree"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// takeDefaults puts the DEFAULTs of declared columns to the stored ones, with the values that they have now. statement
// names the command in errors.
func (s *Session) takeDefaults(ctx context.Context, statement, provider string, cols []metastore.Column, defs []tree.ColumnDef, at errs.Pos) error {
	for _, d := range defs {
		if d.DefaultText == "" {
			continue
		}
		if err := s.allowsDefaults(statement, provider, at); err != nil {
			return err
		}
		k := slices.IndexFunc(cols, func(c metastore.Column) bool { return strings.EqualFold(c.Name, d.Name) })
		v, err := s.checkDefault(ctx, statement, d.Name, d.DefaultText, d.Type, at)
		if err != nil {
			return err
		}
		cols[k].Default = d.DefaultText
		if cols[k].Before, err = storedValue(d.Type, v); err != nil {
			return err
		}
	}
	return nil
}

// checkDefault is the value that a DEFAULT has now.
func (s *Session) checkDefault(ctx context.Context, statement, column, text string, t types.Type, at errs.Pos) (any, error) {
	return s.analyzer().Default(ctx, analyze.ColumnDefault{Statement: statement, Column: column, Text: text, Type: t, P: at})
}

// allowsDefaults refuses DEFAULT where settings do not allow it, or not for tables of a format.
func (s *Session) allowsDefaults(statement, provider string, at errs.Pos) error {
	if !s.conf.Bool("spark.sql.defaultColumn.enabled") {
		return errs.New(at, "UNSUPPORTED_DEFAULT_VALUE.WITH_SUGGESTION")
	}
	for p := range strings.SplitSeq(s.conf.String("spark.sql.defaultColumn.allowedProviders"), ",") {
		if strings.EqualFold(strings.TrimSuffix(strings.TrimSpace(p), "*"), provider) {
			return nil
		}
	}
	return errs.New(at, "DEFAULT_UNSUPPORTED", "statementType", statement, "dataSource", provider)
}

// storedForm reads and writes values as the metastore keeps them: {"v": value}, as to_json writes it, with timestamps in
// full and in UTC.
func storedForm(t types.Type, writing bool) (*functions.JSON, types.Type, error) {
	opts := map[string]string{"timestampformat": "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX", "timestampntzformat": "yyyy-MM-dd'T'HH:mm:ss.SSSSSS"}
	j, err := functions.NewJSON(opts, &udfs.Env{ANSI: true, Zone: time.UTC, ZoneName: "UTC"}, writing)
	return j, types.StructOf(types.Field{Name: "v", Type: analyze.PlainStrings(t), Nullable: true}), err
}

func storedValue(t types.Type, v any) (string, error) {
	if v == nil {
		return "", nil
	}
	j, record, err := storedForm(t, true)
	if err != nil {
		return "", err
	}
	return string(j.AppendRow(nil, record, []any{v})), nil
}

// valuesBefore are the values of columns in rows that were stored before there were the columns, by name, in Go form.
func valuesBefore(t *metastore.Table, schema *types.Schema) (map[string]any, error) {
	out := map[string]any{}
	for i, c := range t.Columns {
		if c.Before == "" || schema == nil || i >= len(schema.Fields) {
			continue
		}
		j, record, err := storedForm(schema.Fields[i].Type, false)
		if err != nil {
			return nil, err
		}
		rows, ok := j.Rows(c.Before, record)
		if !ok || len(rows) != 1 {
			return nil, errs.Internal("the metastore holds %s for the column %s", c.Before, c.Name)
		}
		out[schema.Fields[i].Name] = rows[0][0]
	}
	return out, nil
}
