package sparksql

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"strings"

	"sparksql/catalog/metastore"
	"sparksql/sql/errs"
	"sparksql/sql/tree"
)

// alteration runs one action of ALTER TABLE or ALTER VIEW on the relation t.
type alteration struct {
	shown  string // the action as messages name it, after ALTER TABLE or ALTER VIEW
	tables bool   // whether tables have it
	views  bool   // whether views have it
	run    func(*Session, context.Context, *tree.AlterTable, *metastore.Table) error
}

// alterations are the actions by name.
func alterations() map[string]alteration {
	return map[string]alteration{
		"RENAME":              {"", true, true, (*Session).alterRename},
		"ADD COLUMNS":         {"... ADD COLUMNS", true, false, (*Session).alterAddColumns},
		"DROP COLUMNS":        {"... DROP COLUMN", true, false, noTableOperation("DROP COLUMN")},
		"REPLACE COLUMNS":     {"... REPLACE COLUMNS", true, false, noTableOperation("REPLACE COLUMNS")},
		"RENAME COLUMN":       {"... RENAME COLUMN", true, false, noTableOperation("RENAME COLUMN")},
		"CHANGE COLUMN":       {"... CHANGE COLUMN", true, false, (*Session).alterColumn},
		"SET TBLPROPERTIES":   {"... SET TBLPROPERTIES", true, true, (*Session).alterProperties},
		"UNSET TBLPROPERTIES": {"... UNSET TBLPROPERTIES", true, true, (*Session).alterUnset},
		"SET SERDEPROPERTIES": {"... SET [SERDE|SERDEPROPERTIES]", true, false, (*Session).alterOptions},
		"SET LOCATION":        {"... SET LOCATION ...", true, false, (*Session).alterLocation},
		"ADD PARTITION":       {"... ADD PARTITION ...", true, false, (*Session).alterAddPartitions},
		"DROP PARTITION":      {"... DROP PARTITION ...", true, false, (*Session).alterDropPartitions},
		"RENAME PARTITION":    {"... RENAME TO PARTITION", true, false, (*Session).alterRenamePartition},
		"RECOVER PARTITIONS":  {"... RECOVER PARTITIONS", true, false, (*Session).alterRecover},
		"AS":                  {"... AS", false, true, (*Session).alterViewText},
		"WITH SCHEMA":         {"... WITH SCHEMA", false, true, (*Session).alterViewSchema},
	}
}

// noTableOperation refuses what tables of files do not have.
func noTableOperation(operation string) func(*Session, context.Context, *tree.AlterTable, *metastore.Table) error {
	return func(_ *Session, _ context.Context, st *tree.AlterTable, t *metastore.Table) error {
		return errs.New(st.P, "UNSUPPORTED_FEATURE.TABLE_OPERATION", "tableName", fullName(t), "operation", operation)
	}
}

// alter is ALTER TABLE and ALTER VIEW.
func (s *Session) alter(ctx context.Context, st *tree.AlterTable) (*Rows, error) {
	parts, err := s.name(ctx, st.Name)
	if err != nil {
		return nil, err
	}
	act, ok := alterations()[st.Action]
	if !ok {
		return nil, errs.Unsupported(st.P, "ALTER TABLE ... "+st.Action)
	}
	if s.tempView(parts) != nil {
		return s.alterTempView(ctx, st, act, parts)
	}
	t, err := s.storedTable(ctx, tree.ObjectName{Parts: parts, P: st.Name.P})
	if err != nil {
		return nil, err
	}
	if err := act.check(st, t.Kind == metastore.View, fullName(t)); err != nil {
		return nil, err
	}
	if err := act.run(s, ctx, st, t); err != nil {
		return nil, err
	}
	s.changed(t)
	return s.done(), nil
}

// check refuses ALTER TABLE on views and ALTER VIEW on tables, and what the kind does not have.
func (a *alteration) check(st *tree.AlterTable, isView bool, name string) error {
	verb, suffix := "ALTER TABLE", "NO_ALTERNATIVE"
	if st.View {
		verb = "ALTER VIEW"
	}
	if a.tables && a.views {
		suffix = map[bool]string{true: "USE_ALTER_TABLE", false: "USE_ALTER_VIEW"}[st.View]
	}
	operation := strings.TrimSpace(verb + " " + a.shown)
	switch {
	case isView && (!st.View || !a.views):
		return errs.New(st.P, "EXPECT_TABLE_NOT_VIEW."+suffix, "viewName", name, "operation", operation)
	case !isView && (st.View || !a.tables):
		return errs.New(st.P, "EXPECT_VIEW_NOT_TABLE."+suffix, "tableName", name, "operation", operation)
	}
	return nil
}

// alterable finds a table for a command that works on tables alone.
func (s *Session) alterable(ctx context.Context, n tree.ObjectName, operation string) (*metastore.Table, error) {
	parts, err := s.name(ctx, n)
	if err != nil {
		return nil, err
	}
	if s.tempView(parts) != nil {
		return nil, errs.New(n.P, "EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE", "viewName", quoted(parts), "operation", operation)
	}
	t, err := s.storedTable(ctx, tree.ObjectName{Parts: parts, P: n.P})
	if err == nil && t.Kind == metastore.View {
		err = errs.New(n.P, "EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE", "viewName", fullName(t), "operation", operation)
	}
	return t, err
}

// alterRename is RENAME TO. The folder of a managed table goes with its name.
func (s *Session) alterRename(ctx context.Context, st *tree.AlterTable, t *metastore.Table) error {
	to, err := s.name(ctx, st.To)
	if err != nil {
		return err
	}
	db, name, ok := s.split(to)
	if len(to) == 1 {
		db = t.Database
	}
	if !ok || !strings.EqualFold(db, t.Database) {
		return errs.New(st.P, "_LEGACY_ERROR_TEMP_1073", "db", t.Database, "newDb", db)
	}
	location := t.Location
	if t.Kind == metastore.Managed && filepath.Base(t.Location) == lowerName(t) {
		location = filepath.Join(filepath.Dir(t.Location), strings.ToLower(name))
		if have, err := s.engine.store.Table(ctx, db, name); err != nil || have != nil {
			return errors.Join(err, errs.New(st.P, "TABLE_OR_VIEW_ALREADY_EXISTS", "relationName", quoted([]string{t.Database, strings.ToLower(name)})))
		}
		if err := s.placeIsFree(ctx, location, fullName(t), st.P); err != nil {
			return err
		}
	}
	moved := *t
	err = s.engine.store.Alter(ctx, t.Database, t.Name, func(t *metastore.Table) error {
		t.Name = name
		if location != t.Location {
			t.MovedFrom, t.Location = t.Location, location
		}
		moved = *t
		return nil
	})
	if err != nil {
		return err
	}
	return s.moveTable(ctx, &moved)
}

// reserved are the properties that are clauses of their own.
var reserved = map[string]string{"location": "please use the LOCATION clause to specify it", "provider": "please use the USING clause to specify it",
	"owner": "it will be set to the current user", "external": "please use CREATE EXTERNAL TABLE"}

func checkProperties(at errs.Pos, keys ...string) error {
	for _, k := range keys {
		if msg, ok := reserved[strings.ToLower(k)]; ok {
			return errs.New(at, "UNSUPPORTED_FEATURE.SET_TABLE_PROPERTY", "property", k, "msg", msg)
		}
	}
	return nil
}

// alterProperties is SET TBLPROPERTIES; the property comment is the table's comment.
func (s *Session) alterProperties(ctx context.Context, st *tree.AlterTable, t *metastore.Table) error {
	for k := range st.Values {
		if err := checkProperties(st.P, k); err != nil {
			return err
		}
	}
	return s.engine.store.Alter(ctx, t.Database, t.Name, func(t *metastore.Table) error {
		if t.Properties == nil {
			t.Properties = map[string]string{}
		}
		maps.Copy(t.Properties, st.Values)
		if c, ok := t.Properties["comment"]; ok {
			t.Comment = c
			delete(t.Properties, "comment")
		}
		return nil
	})
}

// alterUnset is UNSET TBLPROPERTIES; properties that are not there are no error.
func (s *Session) alterUnset(ctx context.Context, st *tree.AlterTable, t *metastore.Table) error {
	if err := checkProperties(st.P, st.Keys...); err != nil {
		return err
	}
	return s.engine.store.Alter(ctx, t.Database, t.Name, func(t *metastore.Table) error {
		for _, k := range st.Keys {
			if k == "comment" {
				t.Comment = ""
			}
			delete(t.Properties, k)
		}
		return nil
	})
}

// alterOptions is SET SERDEPROPERTIES: the options with which files are read and written.
func (s *Session) alterOptions(ctx context.Context, st *tree.AlterTable, t *metastore.Table) error {
	return s.engine.store.Alter(ctx, t.Database, t.Name, func(t *metastore.Table) error {
		if t.Options == nil {
			t.Options = map[string]string{}
		}
		maps.Copy(t.Options, st.Values)
		return nil
	})
}

// alterLocation is SET LOCATION of a table or of one partition. Files stay where they are.
func (s *Session) alterLocation(ctx context.Context, st *tree.AlterTable, t *metastore.Table) error {
	path, err := absPath(st.Location)
	if err != nil {
		return err
	}
	if len(st.Partitions) > 0 {
		p, err := s.partition(ctx, t, &st.Partitions[0], "ALTER TABLE ... SET LOCATION")
		if err != nil {
			return err
		}
		p.Location, p.Rows, p.Bytes = path, -1, -1
		return s.engine.store.ReplacePartitions(ctx, t.Database, t.Name, nil, nil, p)
	}
	return s.engine.store.Alter(ctx, t.Database, t.Name, func(t *metastore.Table) error {
		t.Location = path
		t.Forget()
		return nil
	})
}

// alterDatabase is ALTER DATABASE. Tables that are there keep their places.
func (s *Session) alterDatabase(ctx context.Context, st *tree.AlterDatabase) (*Rows, error) {
	name, err := s.showDatabase(ctx, st.Name)
	if err != nil {
		return nil, err
	}
	location := ""
	if st.Location != "" {
		if location, err = absPath(st.Location); err != nil {
			return nil, err
		}
	}
	return s.done(), s.engine.store.AlterDatabase(ctx, name, func(d *metastore.Database) {
		if d.Properties == nil {
			d.Properties = map[string]string{}
		}
		maps.Copy(d.Properties, st.Properties)
		for _, k := range st.Keys {
			delete(d.Properties, k)
		}
		if location != "" {
			d.Location = location
		}
	})
}

// commentOn is COMMENT ON DATABASE and TABLE.
func (s *Session) commentOn(ctx context.Context, st *tree.CommentOn) (*Rows, error) {
	if st.Kind == tree.KindDatabase {
		name, err := s.showDatabase(ctx, st.Name)
		if err != nil {
			return nil, err
		}
		return s.done(), s.engine.store.AlterDatabase(ctx, name, func(d *metastore.Database) { d.Comment = st.Text })
	}
	t, err := s.alterable(ctx, st.Name, "COMMENT ON TABLE")
	if err != nil {
		return nil, err
	}
	return s.done(), s.engine.store.Alter(ctx, t.Database, t.Name, func(t *metastore.Table) error { t.Comment = st.Text; return nil })
}
