package metastore

import (
	"context"
	"database/sql"
	"time"

	"sparksql/sql/errs"
)

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
	return storedAll[Function](ctx, h, db, routine)
}

// Function finds a function; nil without an error when there is none.
func (s *Store) Function(ctx context.Context, db, name string) (*Function, error) {
	h, err := s.handle(false)
	if err != nil || h == nil {
		return nil, err
	}
	return stored[Function](ctx, h, db, routine, name)
}

// CreateFunction adds a function; with replace it takes the place of one that is there, else ROUTINE_ALREADY_EXISTS.
func (s *Store) CreateFunction(ctx context.Context, f *Function, replace bool) error {
	if _, err := s.Database(ctx, f.Database); err != nil {
		return err
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		ok, err := store(ctx, tx, f.Database, routine, f.Name, f, replace)
		if err == nil && !ok {
			err = errs.New(errs.Pos{}, "ROUTINE_ALREADY_EXISTS", "routineName", "`"+lower(f.Database)+"`.`"+lower(f.Name)+"`",
				"newRoutineType", "routine", "existingRoutineType", "routine")
		}
		return err
	})
}

// DropFunction removes a function; ok tells whether it was there.
func (s *Store) DropFunction(ctx context.Context, db, name string) (ok bool, err error) {
	if h, err := s.handle(false); err != nil || h == nil {
		return false, err
	}
	err = s.change(ctx, func(tx *sql.Tx) (err error) {
		ok, err = remove(ctx, tx, db, routine, name)
		return err
	})
	return ok, err
}
