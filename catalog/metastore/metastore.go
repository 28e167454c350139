// Package metastore keeps the definitions of databases, tables, views and functions in one SQLite file, metastore.db, in the
// warehouse folder. Several processes may use it at once: every change is a transaction.
//
// It knows names and definitions; the rows of tables live in folders that other engines can read.
package metastore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // registers the driver

	"sparksql/sql/errs"
)

// FileName is the store's file within the warehouse folder.
const FileName = "metastore.db"

// Default is the database that is always there.
const Default = "default"

// version is the schema version of the file; migrations[v] leads from v to v+1.
const version = 2

var migrations = [version]string{`
CREATE TABLE databases (name TEXT PRIMARY KEY, def TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE objects (
	db TEXT NOT NULL REFERENCES databases(name), kind TEXT NOT NULL, name TEXT NOT NULL, def TEXT NOT NULL,
	PRIMARY KEY (db, kind, name)) WITHOUT ROWID;
`, `
CREATE TABLE partitions (
	db TEXT NOT NULL, tbl TEXT NOT NULL, spec TEXT NOT NULL, def TEXT NOT NULL,
	PRIMARY KEY (db, tbl, spec)) WITHOUT ROWID;
CREATE TABLE litter (path TEXT PRIMARY KEY) WITHOUT ROWID;
`}

// Store is an open metastore. The file is made by the first change; until then everything is empty. It is safe for
// concurrent use.
type Store struct {
	dir string
	mu  sync.Mutex
	db  *sql.DB
}

// Database is a definition of a database.
type Database struct {
	Name       string            `json:"name"`
	Location   string            `json:"location"`
	Comment    string            `json:"comment,omitempty"`
	Properties map[string]string `json:"properties,omitempty"`
	Created    time.Time         `json:"created"`
}

// Open returns the store of a warehouse folder, which need not exist.
func Open(warehouse string) *Store { return &Store{dir: warehouse} }

// Close closes the file.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.db == nil {
		return nil
	}
	err := s.db.Close()
	s.db = nil
	return err
}

// CopyTo copies what is stored to the store of another warehouse folder, which has none.
func (s *Store) CopyTo(ctx context.Context, warehouse string) error {
	db, err := s.handle(false)
	if err != nil || db == nil {
		return err
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", filepath.Join(warehouse, FileName))
	return err
}

// handle opens the file; nil when there is none and create is false.
func (s *Store) handle(create bool) (*sql.DB, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.db != nil {
		return s.db, nil
	}
	path := filepath.Join(s.dir, FileName)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		if !create {
			return nil, nil
		}
		if err := os.MkdirAll(s.dir, 0o777); err != nil {
			return nil, err
		}
	}
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(),
		RawQuery: "_pragma=busy_timeout(30000)&_pragma=journal_mode(wal)&_pragma=foreign_keys(1)&_txlock=immediate"}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if err := migrate(db); err != nil {
		db.Close()
		return nil, fmt.Errorf("metastore %s: %w", path, err)
	}
	s.db = db
	return db, nil
}

func migrate(db *sql.DB) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var have int
	if err := tx.QueryRow("PRAGMA user_version").Scan(&have); err != nil {
		return err
	}
	if have > version {
		return fmt.Errorf("made by a newer release (version %d, this one knows %d)", have, version)
	}
	for ; have < version; have++ {
		if _, err := tx.Exec(migrations[have]); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(fmt.Sprintf("PRAGMA user_version = %d", version)); err != nil {
		return err
	}
	return tx.Commit()
}

// change runs f in a transaction, in which the default database exists.
func (s *Store) change(ctx context.Context, f func(*sql.Tx) error) error {
	db, err := s.handle(true)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	def, _ := json.Marshal(s.defaultDatabase())
	if _, err := tx.Exec("INSERT OR IGNORE INTO databases VALUES (?, ?)", Default, string(def)); err != nil {
		return err
	}
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

func (s *Store) defaultDatabase() *Database {
	return &Database{Name: Default, Location: s.dir, Comment: "default database"}
}

// lower is the form in which names are kept and compared.
func lower(name string) string { return strings.ToLower(name) }

func noDatabase(name string) error {
	return errs.New(errs.Pos{}, "SCHEMA_NOT_FOUND", "schemaName", "`"+name+"`")
}
