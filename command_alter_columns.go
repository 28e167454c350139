package sparksql

import (
	"context"
	"slices"
	"strings"

	"sparksql/catalog/metastore"
	"sparksql/sql/errs"
	"sparksql/sql/parse"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// alterAddColumns is ADD COLUMNS: they come after the others, before the partition columns; the rows that are there have
// the DEFAULT as it is now, or NULL.
func (s *Session) alterAddColumns(ctx context.Context, st *tree.AlterTable, t *metastore.Table) error {
	var added []metastore.Column
	for i, c := range st.Columns {
		switch {
		case len(st.Names[i]) > 1:
			return errs.New(st.P, "UNSUPPORTED_FEATURE.TABLE_OPERATION", "tableName", fullName(t), "operation", "ADD COLUMN with qualified column")
		case c.NotNull:
			return errs.New(st.P, "_LEGACY_ERROR_TEMP_1052")
		}
		added = append(added, storedColumns(columnSchema(st.Columns[i:i+1]).Fields)...)
	}
	if err := s.takeDefaults(ctx, "ALTER TABLE ADD COLUMNS", t.Provider, added, st.Columns, st.P); err != nil {
		return err
	}
	return s.engine.store.Alter(ctx, t.Database, t.Name, func(t *metastore.Table) error {
		at := len(t.Columns) - len(t.PartitionBy)
		t.Columns = slices.Insert(t.Columns, at, added...)
		seen := map[string]bool{}
		for _, c := range t.Columns {
			if k := strings.ToLower(c.Name); seen[k] {
				return errs.New(st.P, "COLUMN_ALREADY_EXISTS", "columnName", "`"+k+"`")
			} else {
				seen[k] = true
			}
		}
		t.Forget()
		return nil
	})
}

// alterColumn is ALTER COLUMN: of a table of files only comments and defaults change.
func (s *Session) alterColumn(ctx context.Context, st *tree.AlterTable, t *metastore.Table) error {
	name, change := st.Names[0], st.Columns[0]
	at := slices.IndexFunc(t.Columns, func(c metastore.Column) bool { return len(name) == 1 && strings.EqualFold(c.Name, name[0]) })
	if at < 0 {
		return noColumn(t, name, st.P)
	}
	c := t.Columns[at]
	refuse := func(operation string) error {
		return errs.New(st.P, "UNSUPPORTED_FEATURE.TABLE_OPERATION", "tableName", fullName(t), "operation", operation)
	}
	has := func(k string) bool { _, ok := st.Values[k]; return ok }
	switch {
	case len(st.Names) > 1 && !strings.EqualFold(st.Names[1][0], c.Name):
		return errs.New(st.P, "_LEGACY_ERROR_TEMP_0034", "operation", "Renaming column", "command", "ALTER COLUMN", "msg", ", please run RENAME COLUMN instead")
	case has("NOT NULL"):
		return refuse("ALTER COLUMN ... SET NOT NULL")
	case has("FIRST"), has("AFTER"):
		return refuse("ALTER COLUMN ... FIRST | AFTER")
	case has("TYPE") && change.Type.SQL() != c.Type:
		return errs.New(st.P, "NOT_SUPPORTED_CHANGE_COLUMN", "table", fullName(t), "originName", quoted(name), "originType", `"`+c.Type+`"`,
			"newName", quoted(name), "newType", `"`+change.Type.SQL()+`"`)
	case at >= len(t.Columns)-len(t.PartitionBy):
		return errs.New(st.P, "CANNOT_ALTER_PARTITION_COLUMN", "tableName", fullName(t), "columnName", quoted([]string{c.Name}))
	}
	if text := st.Values["DEFAULT"]; text != "" {
		if err := s.newDefault(ctx, t, c, text, st.P); err != nil {
			return err
		}
	}
	return s.engine.store.Alter(ctx, t.Database, t.Name, func(t *metastore.Table) error {
		if at >= len(t.Columns) {
			return noColumn(t, name, st.P)
		}
		if v, ok := st.Values["COMMENT"]; ok {
			t.Columns[at].Comment = v
		}
		if v, ok := st.Values["DEFAULT"]; ok {
			t.Columns[at].Default = v
		}
		return nil
	})
}

// newDefault checks what SET DEFAULT gives to rows to come.
func (s *Session) newDefault(ctx context.Context, t *metastore.Table, c metastore.Column, text string, at errs.Pos) error {
	const statement = "ALTER TABLE ALTER COLUMN"
	typ, err := parse.DataType(&errs.Text{SQL: c.Type})
	if err != nil {
		return err
	}
	if err := s.allowsDefaults(statement, t.Provider, at); err != nil {
		return err
	}
	_, err = s.checkDefault(ctx, statement, c.Name, text, typ, at)
	return err
}

func noColumn(t *metastore.Table, name []string, at errs.Pos) error {
	near := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		near[i] = quoted([]string{c.Name})
	}
	return errs.New(at, "UNRESOLVED_COLUMN.WITH_SUGGESTION", "objectName", quoted(name), "proposal", strings.Join(near, ", "))
}

// nullable is a schema whose columns may all be NULL, as files give them.
func nullable(s *types.Schema) *types.Schema {
	out := &types.Schema{Fields: slices.Clone(s.Fields)}
	for i := range out.Fields {
		out.Fields[i].Nullable = true
	}
	return out
}
