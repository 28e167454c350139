package sparksql

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sparksql/catalog/files"
	"sparksql/catalog/metastore"
	"sparksql/sql/errs"
	"sparksql/sql/tree"
)

// createLike is CREATE TABLE ... LIKE: the columns, format, partitioning, buckets and options of another table, or the
// columns of a view, without rows, comment and properties.
func (s *Session) createLike(ctx context.Context, st *tree.CreateTableLike) (*Rows, error) {
	db, name, err := s.target(ctx, st.Name)
	if err != nil {
		return nil, err
	}
	src, err := s.described(ctx, st.Like)
	if err != nil {
		return nil, err
	}
	fields, err := s.columnsOf(ctx, st.Like, src)
	if err != nil {
		return nil, err
	}
	have, err := s.engine.store.Table(ctx, db, name)
	if err != nil || have != nil && st.IfNotExists {
		return s.done(), err
	}
	if have != nil {
		return nil, errs.New(st.P, "TABLE_OR_VIEW_ALREADY_EXISTS", "relationName", shortName(have))
	}
	t := &metastore.Table{Columns: storedColumns(fields), Provider: s.conf.String("spark.sql.sources.default")}
	if src != nil && src.Kind != metastore.View {
		c := *src
		t = &c
		t.Options, t.Columns = maps.Clone(src.Options), slices.Clone(src.Columns)
	}
	t.Forget()
	t.Database, t.Name, t.Kind, t.Created, t.Comment = db, name, metastore.Managed, s.clock(), st.Props.Comment
	t.Properties, t.MovedFrom, t.Tracked = st.Props.Properties, "", len(t.PartitionBy) > 0
	if st.Props.Provider != "" {
		t.Provider = strings.ToLower(st.Props.Provider)
		if err := checkProvider(t.Provider, st.P); err != nil {
			return nil, err
		}
	}
	if t.Options == nil {
		t.Options = map[string]string{}
	}
	maps.Copy(t.Options, st.Props.Options)
	if err := s.place(ctx, t, st.Props); err != nil {
		return nil, err
	}
	return s.done(), s.enterTable(ctx, t, st.P)
}

// place gives a new table its folder: the one that a clause names, else one of its own in the database's.
func (s *Session) place(ctx context.Context, t *metastore.Table, p tree.TableProps) error {
	location := p.Location
	if location == "" {
		location = option(p.Options, "path")
	}
	if location != "" {
		t.Kind = metastore.External
		abs, err := absPath(location)
		t.Location = abs
		return err
	}
	d, err := s.engine.store.Database(ctx, t.Database)
	if err != nil {
		return err
	}
	t.Location = filepath.Join(d.Location, lowerName(t))
	return nil
}

// placeIsFree refuses the folder of a managed table that holds something already; what stopped processes left there is
// removed first.
func (s *Session) placeIsFree(ctx context.Context, location, name string, at errs.Pos) error {
	if err := s.sweep(ctx, location); err != nil {
		return err
	}
	if entries, err := os.ReadDir(location); err == nil && len(entries) > 0 && !s.dry {
		return errs.New(at, "LOCATION_ALREADY_EXISTS", "location", "'file:"+location+"'", "identifier", name)
	}
	return nil
}

// enterTable puts a table without rows into the store and makes the folder of a managed one.
func (s *Session) enterTable(ctx context.Context, t *metastore.Table, at errs.Pos) error {
	if t.Kind == metastore.External || s.dry {
		return s.engine.store.Create(ctx, t, false, nil)
	}
	if err := s.placeIsFree(ctx, t.Location, fullName(t), at); err != nil {
		return err
	}
	return files.Locked(ctx, t.Location, func() error {
		return s.engine.store.Create(ctx, t, false, func() error { return os.MkdirAll(t.Location, 0o777) })
	})
}
