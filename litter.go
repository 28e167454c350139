package sparksql

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"sparksql/catalog/files"
	"sparksql/catalog/metastore"
)

// sweep removes the folders at a location and beneath it that stopped processes left and that belong to nothing.
func (s *Session) sweep(ctx context.Context, location string) error {
	found, err := s.engine.store.Litter(ctx, location)
	if err != nil || len(found) == 0 {
		return err
	}
	return files.Locked(ctx, location, func() error {
		found, err := s.engine.store.Litter(ctx, location)
		if err != nil {
			return err
		}
		return s.discard(ctx, found...)
	})
}

// discard removes folders that are marked as litter; the lock of their table is held.
func (s *Session) discard(ctx context.Context, paths ...string) error {
	for _, p := range paths {
		if !s.dry {
			if err := os.RemoveAll(p); err != nil {
				return err
			}
		}
		if err := s.engine.store.ClearLitter(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// moveTable moves the folder of a table that was renamed to its place, where that was not done yet.
func (s *Session) moveTable(ctx context.Context, t *metastore.Table) error {
	if t.MovedFrom == "" || s.dry {
		return nil
	}
	return files.Locked(ctx, t.Location, func() error {
		if err := files.Move(t.MovedFrom, t.Location); err != nil {
			return err
		}
		t.MovedFrom = ""
		return s.engine.store.Alter(ctx, t.Database, t.Name, func(t *metastore.Table) error { t.MovedFrom = ""; return nil })
	})
}

// movePartitions does the same for the partitions of a table.
func (s *Session) movePartitions(ctx context.Context, t *metastore.Table, ps []*metastore.Partition) error {
	for _, p := range ps {
		if p.MovedFrom == "" || s.dry {
			continue
		}
		err := files.Locked(ctx, t.Location, func() error {
			old := filepath.Join(t.Location, filepath.FromSlash(p.MovedFrom))
			if err := files.Move(old, partitionPath(t, p)); err != nil {
				return err
			}
			for d := filepath.Dir(old); strings.HasPrefix(d, t.Location+"/") && os.Remove(d) == nil; d = filepath.Dir(d) {
			}
			p.MovedFrom = ""
			return s.engine.store.ReplacePartitions(ctx, t.Database, t.Name, nil, nil, p)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
