package sparksql

import (
	"context"
	"errors"
	"maps"
	"os"

	"sparksql/catalog/metastore"
	"sparksql/sql/tree"
)

// DryRun checks the statements of a script one after another, without running them: against the catalog as it is and what
// the statements before would have made of it. No row is read, no table or file is touched.
type DryRun struct {
	s   *Session
	dir string // holds the copy of the metastore
}

// DryRun begins a dry run from the session's present state, which it leaves alone. Close it.
func (s *Session) DryRun(ctx context.Context) (*DryRun, error) {
	dir, err := os.MkdirTemp("", "sparksql-dry-run-*")
	if err != nil {
		return nil, err
	}
	e := s.engine
	if err := e.store.CopyTo(ctx, dir); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	e.mu.Lock()
	global := maps.Clone(e.global)
	e.mu.Unlock()
	dry := &Engine{opts: e.opts, run: e.run, store: metastore.Open(dir), funcs: e.funcs, library: e.library, global: global, parquet: e.parquet, commands: e.commands}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return &DryRun{dir: dir, s: &Session{engine: dry, conf: s.conf.Clone(), funcs: s.funcs.Child(), database: s.database, views: maps.Clone(s.views),
		sqlFuncs: maps.Clone(s.sqlFuncs), variables: maps.Clone(s.variables), vars: maps.Clone(s.vars), clock: s.clock, cache: newCacheStore(), dry: true}}, nil
}

// Check parses and analyses a statement, and makes what it defines known to those after it.
func (d *DryRun) Check(ctx context.Context, sql string, params ...Param) (err error) {
	defer recovered(&err)
	stmt, err := d.s.parse(ctx, sql, params)
	if err != nil {
		return err
	}
	switch stmt.(type) {
	case *tree.Query, *tree.Explain:
		return d.s.check(ctx, stmt)
	}
	_, err = d.s.execute(ctx, stmt)
	return err
}

// Close removes what the dry run needed.
func (d *DryRun) Close() error { return errors.Join(d.s.engine.store.Close(), os.RemoveAll(d.dir)) }
