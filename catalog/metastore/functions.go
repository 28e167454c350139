package metastore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"sparksql/sql/errs"
)

const routine = "function" // kind of functions, which have names of their own

// Function is a definition of a function: the statement that makes a SQL function, or the file that exports one.
type Function struct {
	Database string    `json:"database"`
	Name     string    `json:"name"`
	Created  time.Time `json:"created"`
	// Of a SQL function: its CREATE FUNCTION, and the settings and database it was made under.
	Text   string            `json:"text,omitempty"`
	Conf   map[string]string `json:"conf,omitempty"`
	MadeIn string            `json:"madeIn,omitempty"`
	// Of a function of a file: PLUGIN or WASM, the absolute path, and the name within the file.
	Kind   string `json:"kind,omitempty"`
	Path   string `json:"path,omitempty"`
	Export string `json:"export,omitempty"`
}

// Functions lists the functions of a database by name.
func (s *Store) Functions(ctx context.Context, db string) ([]*Function, error) {
	h, err := s.handle(false)
	if err != nil || h == nil {
		return nil, err
	}
	defs, err := names(h.QueryContext(ctx, "SELECT def FROM objects WHERE db = ? AND kind = ? ORDER BY name", lower(db), routine))
	if err != nil {
		return nil, err
	}
	var out []*Function
	for _, def := range defs {
		f := &Function{}
		if err := json.Unmarshal([]byte(def), f); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// Function finds a function; nil without an error when there is none.
func (s *Store) Function(ctx context.Context, db, name string) (*Function, error) {
	h, err := s.handle(false)
	if err != nil || h == nil {
		return nil, err
	}
	var def string
	err = h.QueryRowContext(ctx, "SELECT def FROM objects WHERE db = ? AND kind = ? AND name = ?", lower(db), routine, lower(name)).Scan(&def)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	f := &Function{}
	return f, json.Unmarshal([]byte(def), f)
}

// CreateFunction adds a function; with replace it takes the place of one that is there, else ROUTINE_ALREADY_EXISTS.
func (s *Store) CreateFunction(ctx context.Context, f *Function, replace bool) error {
	if _, err := s.Database(ctx, f.Database); err != nil {
		return err
	}
	def, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		verb := "INSERT OR IGNORE"
		if replace {
			verb = "INSERT OR REPLACE"
		}
		res, err := tx.ExecContext(ctx, verb+" INTO objects VALUES (?, ?, ?, ?)", lower(f.Database), routine, lower(f.Name), string(def))
		if err != nil {
			return err
		}
		if n, _ := res.RowsAffected(); n == 0 {
			return errs.New(errs.Pos{}, "ROUTINE_ALREADY_EXISTS", "routineName", "`"+lower(f.Database)+"`.`"+lower(f.Name)+"`",
				"newRoutineType", "routine", "existingRoutineType", "routine")
		}
		return nil
	})
}

// DropFunction removes a function; ok tells whether it was there.
func (s *Store) DropFunction(ctx context.Context, db, name string) (ok bool, err error) {
	if h, err := s.handle(false); err != nil || h == nil {
		return false, err
	}
	err = s.change(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "DELETE FROM objects WHERE db = ? AND kind = ? AND name = ?", lower(db), routine, lower(name))
		if err == nil {
			n, _ := res.RowsAffected()
			ok = n > 0
		}
		return err
	})
	return ok, err
}
