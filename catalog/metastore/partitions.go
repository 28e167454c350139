package metastore

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"sparksql/sql/errs"
)

// Partition is a partition of a tracked table. Spec is its path within the table as Spark writes it, name=value/name=value
// with escapes, and its key. Location is its folder where that is not Spec within the table's.
type Partition struct {
	Spec     string    `json:"spec"`
	Location string    `json:"location,omitempty"`
	Created  time.Time `json:"created"`
	// MovedFrom is the spec under which the folder still is when whoever renamed the partition was stopped before moving it.
	MovedFrom string `json:"movedFrom,omitempty"`
	// Rows and Bytes are from ANALYZE TABLE ... PARTITION; -1 unknown.
	Rows  int64 `json:"rows"`
	Bytes int64 `json:"bytes"`
}

// Partitions lists the partitions of a table by their specs.
func (s *Store) Partitions(ctx context.Context, db, table string) ([]*Partition, error) {
	h, err := s.handle(false)
	if err != nil || h == nil {
		return nil, err
	}
	defs, err := names(h.QueryContext(ctx, "SELECT def FROM partitions WHERE db = ? AND tbl = ? ORDER BY spec", lower(db), lower(table)))
	if err != nil {
		return nil, err
	}
	out := make([]*Partition, len(defs))
	for i, def := range defs {
		out[i] = &Partition{}
		if err := json.Unmarshal([]byte(def), out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// AddPartitions adds partitions to a table, keeping those that are there; taken are the specs of these. With strict nothing
// is added when there are any.
func (s *Store) AddPartitions(ctx context.Context, db, table string, strict bool, ps ...*Partition) (taken []string, err error) {
	err = s.change(ctx, func(tx *sql.Tx) error {
		if err := mustExist(ctx, tx, db, table); err != nil {
			return err
		}
		for _, p := range ps {
			n, err := insertPartition(ctx, tx, db, table, "INSERT OR IGNORE", p)
			if err != nil {
				return err
			}
			if n == 0 {
				taken = append(taken, p.Spec)
			}
		}
		if strict && len(taken) > 0 {
			return errTaken
		}
		return nil
	})
	if err == errTaken {
		err = nil
	}
	return taken, err
}

var errTaken = errs.Internal("partitions are there already")

func insertPartition(ctx context.Context, tx *sql.Tx, db, table, verb string, p *Partition) (int64, error) {
	def, err := json.Marshal(p)
	if err != nil {
		return 0, err
	}
	res, err := tx.ExecContext(ctx, verb+" INTO partitions VALUES (?, ?, ?, ?)", lower(db), lower(table), p.Spec, string(def))
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// ReplacePartitions takes the partitions of the specs gone out and puts ps in, in one step; the folders litter, which go
// with them, are marked to be removed.
func (s *Store) ReplacePartitions(ctx context.Context, db, table string, gone, litter []string, ps ...*Partition) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		if err := mustExist(ctx, tx, db, table); err != nil {
			return err
		}
		if err := markLitter(ctx, tx, litter...); err != nil {
			return err
		}
		for _, spec := range gone {
			if _, err := tx.ExecContext(ctx, "DELETE FROM partitions WHERE db = ? AND tbl = ? AND spec = ?", lower(db), lower(table), spec); err != nil {
				return err
			}
		}
		for _, p := range ps {
			if _, err := insertPartition(ctx, tx, db, table, "INSERT OR REPLACE", p); err != nil {
				return err
			}
		}
		return nil
	})
}

// mustExist fails when a table was dropped by someone else meanwhile.
func mustExist(ctx context.Context, tx *sql.Tx, db, table string) error {
	var n int
	err := tx.QueryRowContext(ctx, "SELECT count(*) FROM objects WHERE db = ? AND kind = ? AND name = ?", lower(db), relation, lower(table)).Scan(&n)
	if err == nil && n == 0 {
		err = noRelation(db, table)
	}
	return err
}

func noRelation(db, table string) error {
	return errs.New(errs.Pos{}, "TABLE_OR_VIEW_NOT_FOUND", "relationName", "`"+lower(db)+"`.`"+lower(table)+"`")
}
