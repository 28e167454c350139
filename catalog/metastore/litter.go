package metastore

import (
	"context"
	"database/sql"
	"strings"
)

// Litter is folders that belong to nothing: those of a table or partition that was dropped, until they are removed, and
// those of a CREATE TABLE AS SELECT between putting its rows in place and entering the table. Folders are marked and
// removed by whoever holds the lock of their place, so one that is found marked under the lock was left by a process that
// was stopped.

// MarkLitter marks a folder.
func (s *Store) MarkLitter(ctx context.Context, path string) error {
	return s.change(ctx, func(tx *sql.Tx) error { return markLitter(ctx, tx, path) })
}

func markLitter(ctx context.Context, tx *sql.Tx, paths ...string) error {
	for _, p := range paths {
		if _, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO litter VALUES (?)", p); err != nil {
			return err
		}
	}
	return nil
}

// Litter lists the marked folders that are at a path or beneath it.
func (s *Store) Litter(ctx context.Context, path string) ([]string, error) {
	h, err := s.handle(false)
	if err != nil || h == nil {
		return nil, err
	}
	all, err := names(h.QueryContext(ctx, "SELECT path FROM litter"))
	if err != nil {
		return nil, err
	}
	var out []string
	for _, p := range all {
		if p == path || strings.HasPrefix(p, path+"/") {
			out = append(out, p)
		}
	}
	return out, nil
}

// ClearLitter forgets a folder that was removed.
func (s *Store) ClearLitter(ctx context.Context, path string) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM litter WHERE path = ?", path)
		return err
	})
}
