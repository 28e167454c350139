package metastore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"path/filepath"

	"sparksql/sql/errs"
)

// Databases lists the names of all databases, sorted.
func (s *Store) Databases(ctx context.Context) ([]string, error) {
	db, err := s.handle(false)
	if err != nil || db == nil {
		return []string{Default}, err
	}
	out, err := names(db.QueryContext(ctx, "SELECT name FROM databases ORDER BY name"))
	if err == nil && len(out) == 0 {
		out = []string{Default}
	}
	return out, err
}

func names(rows *sql.Rows, err error) ([]string, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, rows.Err()
}

// Database finds a database; SCHEMA_NOT_FOUND when there is none of the name.
func (s *Store) Database(ctx context.Context, name string) (*Database, error) {
	db, err := s.handle(false)
	if err != nil {
		return nil, err
	}
	var def string
	if db != nil {
		err = db.QueryRowContext(ctx, "SELECT def FROM databases WHERE name = ?", lower(name)).Scan(&def)
	}
	switch {
	case (db == nil || errors.Is(err, sql.ErrNoRows)) && lower(name) == Default:
		return s.defaultDatabase(), nil
	case db == nil || errors.Is(err, sql.ErrNoRows):
		return nil, noDatabase(name)
	case err != nil:
		return nil, err
	}
	d := &Database{}
	return d, json.Unmarshal([]byte(def), d)
}

// CreateDatabase adds a database; SCHEMA_ALREADY_EXISTS when the name is taken. An empty location becomes NAME.db in the
// warehouse.
func (s *Store) CreateDatabase(ctx context.Context, d Database) error {
	d.Name = lower(d.Name)
	if d.Location == "" {
		d.Location = filepath.Join(s.dir, d.Name+".db")
	}
	def, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO databases VALUES (?, ?)", d.Name, string(def))
		if err != nil {
			return err
		}
		if n, _ := res.RowsAffected(); n == 0 {
			return errs.New(errs.Pos{}, "SCHEMA_ALREADY_EXISTS", "schemaName", "`"+d.Name+"`")
		}
		return nil
	})
}

// DropDatabase removes a database, with cascade also what is in it; else SCHEMA_NOT_EMPTY. It returns the tables that went.
func (s *Store) DropDatabase(ctx context.Context, name string, cascade bool) (gone []*Table, err error) {
	if _, err := s.Database(ctx, name); err != nil {
		return nil, err
	}
	err = s.change(ctx, func(tx *sql.Tx) error {
		if gone, err = storedAll[Table](ctx, tx, name, relation); err != nil {
			return err
		}
		var held int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM objects WHERE db = ?", lower(name)).Scan(&held); err != nil {
			return err
		}
		if held > 0 && !cascade {
			return errs.New(errs.Pos{}, "SCHEMA_NOT_EMPTY", "schemaName", "`"+lower(name)+"`")
		}
		for _, table := range []string{"objects", "partitions"} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE db = ?", lower(name)); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM databases WHERE name = ?", lower(name))
		return err
	})
	return gone, err
}

// Tables lists the tables and views of a database by name.
func (s *Store) Tables(ctx context.Context, db string) ([]*Table, error) {
	if _, err := s.Database(ctx, db); err != nil {
		return nil, err
	}
	h, err := s.handle(false)
	if err != nil || h == nil {
		return nil, err
	}
	tx, err := h.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	return storedAll[Table](ctx, tx, db, relation)
}

// Table finds a table or view; nil without an error when there is none.
func (s *Store) Table(ctx context.Context, db, name string) (*Table, error) {
	h, err := s.handle(false)
	if err != nil || h == nil {
		return nil, err
	}
	return stored[Table](ctx, h, db, relation, name)
}

// Create adds a table or view; with replace it takes the place of one that is there, else TABLE_OR_VIEW_ALREADY_EXISTS.
// ps are its partitions. then, when not nil, runs within the transaction: its error undoes the change.
func (s *Store) Create(ctx context.Context, t *Table, replace bool, then func() error, ps ...*Partition) error {
	if _, err := s.Database(ctx, t.Database); err != nil {
		return err
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		ok, err := store(ctx, tx, t.Database, relation, t.Name, t, replace)
		if err != nil {
			return err
		}
		if !ok {
			return errs.New(errs.Pos{}, "TABLE_OR_VIEW_ALREADY_EXISTS", "relationName", "`"+lower(t.Database)+"`.`"+t.Name+"`")
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM litter WHERE path = ?", t.Location); err != nil {
			return err
		}
		for _, p := range ps {
			if _, err := insertPartition(ctx, tx, t.Database, t.Name, "INSERT OR REPLACE", p); err != nil {
				return err
			}
		}
		if then != nil {
			return then()
		}
		return nil
	})
}

// Drop removes a table or view; ok tells whether it was there. The folders litter, which go with it, are marked to be
// removed.
func (s *Store) Drop(ctx context.Context, db, name string, litter ...string) (ok bool, err error) {
	err = s.change(ctx, func(tx *sql.Tx) (err error) {
		if err := markLitter(ctx, tx, litter...); err != nil {
			return err
		}
		if ok, err = remove(ctx, tx, db, relation, name); err == nil {
			_, err = tx.ExecContext(ctx, "DELETE FROM partitions WHERE db = ? AND tbl = ?", lower(db), lower(name))
		}
		return err
	})
	return ok, err
}

// Alter changes the definition of a table or view: f gets it as it is now, within the transaction, and changes it. A new
// name or database moves the table with its partitions; TABLE_OR_VIEW_ALREADY_EXISTS when that is taken.
func (s *Store) Alter(ctx context.Context, db, name string, f func(*Table) error) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		t, err := stored[Table](ctx, tx, db, relation, name)
		if err != nil {
			return err
		}
		if t == nil {
			return noRelation(db, name)
		}
		if err := f(t); err != nil {
			return err
		}
		return putTable(ctx, tx, db, name, t)
	})
}

// putTable stores a changed definition, under its new name where that differs.
func putTable(ctx context.Context, tx *sql.Tx, db, name string, t *Table) error {
	def, err := json.Marshal(t)
	if err != nil {
		return err
	}
	if lower(t.Database) != lower(db) || lower(t.Name) != lower(name) {
		if err := mustExist(ctx, tx, t.Database, t.Name); err == nil {
			return errs.New(errs.Pos{}, "TABLE_OR_VIEW_ALREADY_EXISTS", "relationName", "`"+lower(t.Database)+"`.`"+lower(t.Name)+"`")
		}
		if _, err := tx.ExecContext(ctx, "UPDATE partitions SET db = ?, tbl = ? WHERE db = ? AND tbl = ?",
			lower(t.Database), lower(t.Name), lower(db), lower(name)); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, "UPDATE objects SET db = ?, name = ?, def = ? WHERE db = ? AND kind = ? AND name = ?",
		lower(t.Database), lower(t.Name), string(def), lower(db), relation, lower(name))
	return err
}

// AlterDatabase changes the definition of a database.
func (s *Store) AlterDatabase(ctx context.Context, name string, f func(*Database)) error {
	if _, err := s.Database(ctx, name); err != nil {
		return err
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		var def string
		d := &Database{}
		err := tx.QueryRowContext(ctx, "SELECT def FROM databases WHERE name = ?", lower(name)).Scan(&def)
		if err == nil {
			err = json.Unmarshal([]byte(def), d)
		}
		if err != nil {
			return err
		}
		f(d)
		b, err := json.Marshal(d)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE databases SET def = ? WHERE name = ?", string(b), lower(name))
		return err
	})
}
