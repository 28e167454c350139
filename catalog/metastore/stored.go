package metastore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
)

// Kinds of objects: each has names of its own.
const (
	relation = "relation" // tables and views
	routine  = "function"
)

// querier is a handle or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// storedAll reads the definitions of a kind in a database, by name.
func storedAll[T any](ctx context.Context, q querier, db, kind string) ([]*T, error) {
	defs, err := names(q.QueryContext(ctx, "SELECT def FROM objects WHERE db = ? AND kind = ? ORDER BY name", lower(db), kind))
	if err != nil {
		return nil, err
	}
	var out []*T
	for _, def := range defs {
		x := new(T)
		if err := json.Unmarshal([]byte(def), x); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// stored reads a definition; nil without an error when there is none.
func stored[T any](ctx context.Context, q querier, db, kind, name string) (*T, error) {
	var def string
	err := q.QueryRowContext(ctx, "SELECT def FROM objects WHERE db = ? AND kind = ? AND name = ?", lower(db), kind, lower(name)).Scan(&def)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	x := new(T)
	return x, json.Unmarshal([]byte(def), x)
}

// store adds a definition; with replace it takes the place of one that is there, else ok is false for it.
func store(ctx context.Context, tx *sql.Tx, db, kind, name string, x any, replace bool) (ok bool, err error) {
	def, err := json.Marshal(x)
	if err != nil {
		return false, err
	}
	verb := "INSERT OR IGNORE"
	if replace {
		verb = "INSERT OR REPLACE"
	}
	return changed(tx.ExecContext(ctx, verb+" INTO objects VALUES (?, ?, ?, ?)", lower(db), kind, lower(name), string(def)))
}

// remove deletes a definition; ok tells whether it was there.
func remove(ctx context.Context, tx *sql.Tx, db, kind, name string) (ok bool, err error) {
	return changed(tx.ExecContext(ctx, "DELETE FROM objects WHERE db = ? AND kind = ? AND name = ?", lower(db), kind, lower(name)))
}

// changed tells whether a statement changed a row.
func changed(res sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}
