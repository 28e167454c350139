package sparksql

import (
	"context"
	"strings"

	"sparksql/catalog/metastore"
	"sparksql/sql/analyze"
	"sparksql/sql/errs"
	"sparksql/sql/parse"
	"sparksql/sql/plan"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// What becomes of a view when its query gives other columns: the values of WITH SCHEMA.
const (
	compensates = "COMPENSATION" // values are cast
	typesEvolve = "TYPE EVOLUTION"
	evolves     = "EVOLUTION"
)

// schemaMode is the mode of a view: columns that are named stay as many.
func schemaMode(mode string, named bool) string {
	switch {
	case mode == "":
		return compensates
	case mode == evolves && named:
		return typesEvolve
	}
	return mode
}

// setViewText makes a text the query of a view.
func setViewText(t *metastore.Table, text string, a *analyze.Analyzer, cols []types.Field, output []string) {
	t.Columns, t.ViewText, t.ViewConf, t.ViewDatabase, t.ViewOutput = storedColumns(cols), text, a.Conf.All(), a.Database, output
}

// alterViewText is ALTER VIEW ... AS.
func (s *Session) alterViewText(ctx context.Context, st *tree.AlterTable, t *metastore.Table) error {
	a := s.analyzer()
	a.Persistent = &analyze.Persistent{Kind: "VIEW", Name: fullName(t)}
	n, err := a.Query(ctx, st.Query)
	if err != nil {
		return err
	}
	if err := s.notWithin(ctx, st.Query, t, st.P); err != nil {
		return err
	}
	fields := plan.Declared(n).Fields
	if err := distinctFields(fields, st.P); err != nil {
		return err
	}
	return s.engine.store.Alter(ctx, t.Database, t.Name, func(t *metastore.Table) error {
		setViewText(t, st.Text, a, fields, plan.Schema(n).Names())
		t.ViewNamed = false
		return nil
	})
}

// distinctFields refuses two columns of one name.
func distinctFields(fields []types.Field, at errs.Pos) error {
	seen := map[string]bool{}
	for _, f := range fields {
		k := strings.ToLower(f.Name)
		if seen[k] {
			return errs.New(at, "COLUMN_ALREADY_EXISTS", "columnName", "`"+k+"`")
		}
		seen[k] = true
	}
	return nil
}

// alterViewSchema is ALTER VIEW ... WITH SCHEMA.
func (s *Session) alterViewSchema(ctx context.Context, st *tree.AlterTable, t *metastore.Table) error {
	return s.engine.store.Alter(ctx, t.Database, t.Name, func(t *metastore.Table) error {
		t.ViewSchema = schemaMode(st.Text, t.ViewNamed)
		return nil
	})
}

// alterTempView is ALTER VIEW of a temporary view: it can be renamed and given another query.
func (s *Session) alterTempView(ctx context.Context, st *tree.AlterTable, act alteration, parts []string) (*Rows, error) {
	switch {
	case !st.View:
		return nil, act.check(st, true, quoted(parts))
	case st.Action == "RENAME":
		return s.done(), s.renameTempView(ctx, st, parts)
	case st.Action != "AS":
		return nil, errs.New(st.P, "EXPECT_PERMANENT_VIEW_NOT_TEMP", "viewName", quoted(parts), "operation", "ALTER VIEW "+act.shown)
	}
	text := &errs.Text{SQL: st.Text, Kind: "VIEW", Name: quoted(parts)}
	q, err := parse.Relation(text, s.parseOptions())
	if err != nil {
		return nil, err
	}
	a := s.analyzer()
	n, err := a.Query(ctx, st.Query)
	if err != nil {
		return nil, err
	}
	v := &analyze.View{Text: text, Query: q, Conf: a.Conf, Database: a.Database, Columns: plan.Schema(n).Fields, Temp: true, ByName: true}
	s.cache.drop([]string{strings.ToLower(parts[len(parts)-1])})
	return s.done(), s.putTempView(parts, &view{name: parts[len(parts)-1], query: v}, len(parts) > 1, true, st.P)
}

func (s *Session) renameTempView(ctx context.Context, st *tree.AlterTable, parts []string) error {
	to, err := s.name(ctx, st.To)
	if err != nil {
		return err
	}
	v := *s.tempView(parts)
	v.name = to[len(to)-1]
	if len(parts) > len(to) {
		to = append(parts[:len(parts)-1:len(parts)-1], to...)
	}
	if err := s.putTempView(to, &v, len(parts) > 1, false, st.P); err != nil {
		return err
	}
	s.dropTempView(parts)
	return nil
}

// notWithin refuses a query that reads the view which it is to become.
func (s *Session) notWithin(ctx context.Context, q tree.Relation, t *metastore.Table, at errs.Pos) error {
	path := []string{fullName(t)}
	var look func(q tree.Relation, db string) error
	look = func(q tree.Relation, db string) error {
		for _, name := range tablesOf(q) {
			if len(name) == 1 {
				name = []string{db, name[0]}
			}
			inner, err := s.engine.store.Table(ctx, name[len(name)-2], name[len(name)-1])
			if err != nil || inner == nil || inner.Kind != metastore.View {
				continue
			}
			path = append(path, fullName(inner))
			if fullName(inner) == fullName(t) {
				return errs.New(at, "RECURSIVE_VIEW", "viewIdent", fullName(t), "newPath", strings.Join(path, " -> "))
			}
			text, err := parse.Relation(&errs.Text{SQL: inner.ViewText}, s.parseOptions())
			if err != nil {
				return err
			}
			if err := look(text, inner.ViewDatabase); err != nil {
				return err
			}
			path = path[:len(path)-1]
		}
		return nil
	}
	return look(q, s.Database())
}
