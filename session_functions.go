package sparksql

import (
	"context"
	"strings"

	"sparksql/catalog/metastore"
	"sparksql/functions"
	"sparksql/sql/analyze"
	"sparksql/sql/conf"
	"sparksql/sql/errs"
	"sparksql/sql/tree"
	"sparksql/udfs"
	"sparksql/udfs/artifact"
)

// A name of a function means, in this order: a SQL function of the session; a function that the session or the engine was
// given, or a built-in; a function of the current database; one in the folders of spark.sparksql.udf.path. A name with a
// database means a function of that database.

// Register adds functions to the session; they hide built-ins of the same names.
func (s *Session) Register(defs ...udfs.Def) error { return s.funcs.Register(defs...) }

// function finds a function that Go wrote by its possibly qualified name. What fails to load is told by objects.Function, which
// analysis asks next.
func (s *Session) function(name []string) (*udfs.Def, bool) {
	n := name[len(name)-1]
	if ofSession(name) {
		s.mu.RLock()
		_, hidden := s.sqlFuncs[strings.ToLower(n)]
		s.mu.RUnlock()
		if hidden && !builtinName(name) {
			return nil, false
		}
		if d, ok := s.funcs.Lookup(n); ok || len(name) > 1 {
			return d, ok
		}
	}
	d, err := s.fileFunction(context.Background(), name)
	return d, err == nil && d != nil
}

// near lists functions of a like name: of the session, built-ins, and of the current database.
func (s *Session) near(name string) []string {
	all := s.funcs.Child()
	names, err := s.userFunctions(context.Background(), &tree.Show{})
	if err != nil {
		return s.funcs.Suggest(name)
	}
	for _, n := range names {
		all.Replace(udfs.Def{Name: n[strings.LastIndexByte(n, '.')+1:]})
	}
	return all.Suggest(name)
}

// ofSession tells whether a name can mean a function that is in no database.
func ofSession(name []string) bool {
	if len(name) == 1 {
		return true
	}
	switch strings.ToLower(strings.Join(name[:len(name)-1], ".")) {
	case "builtin", "system.builtin", "session", "system.session":
		return true
	}
	return false
}

func builtinName(name []string) bool {
	return len(name) > 1 && strings.EqualFold(name[len(name)-2], "builtin")
}

// fileFunction finds a function of a file: one that a database defines, else one on the path. nil without an error when there
// is none.
func (s *Session) fileFunction(ctx context.Context, name []string) (*udfs.Def, error) {
	f, err := s.storedFunction(ctx, name)
	if err != nil {
		return nil, err
	}
	if f != nil {
		if f.Path == "" {
			return nil, nil // of SQL
		}
		return s.engine.library.function(ctx, artifact.Kind(f.Kind), f.Path, f.Export, f.Name)
	}
	if found := s.engine.library.onPath(); found != nil && len(name) == 1 {
		d, _ := found.Lookup(name[0])
		return d, nil
	}
	return nil, nil
}

// storedFunction finds the definition of a function in a database; nil without an error when there is none.
func (s *Session) storedFunction(ctx context.Context, name []string) (*metastore.Function, error) {
	db, n, ok := s.split(name)
	if !ok {
		return nil, nil
	}
	return s.engine.store.Function(ctx, db, n)
}

// Function implements analyze.Objects.
func (o *objects) Function(ctx context.Context, parts []string) (*analyze.SQLFunction, error) {
	s := o.session()
	if ofSession(parts) && !builtinName(parts) {
		s.mu.RLock()
		f := s.sqlFuncs[strings.ToLower(parts[len(parts)-1])]
		s.mu.RUnlock()
		if f != nil || len(parts) > 1 {
			return f, nil
		}
	}
	f, err := s.storedFunction(ctx, parts)
	if err != nil || f == nil {
		return nil, err
	}
	if f.Path != "" {
		_, err := s.fileFunction(ctx, parts)
		return nil, err // the function was not found because of it
	}
	return s.stored(f)
}

// stored is a SQL function of a database.
func (s *Session) stored(f *metastore.Function) (*analyze.SQLFunction, error) {
	c := conf.New()
	for k, v := range f.Conf {
		c.Set(k, v)
	}
	return parsedFunction(f.Text, []string{sessionCatalog, f.Database, strings.ToLower(f.Name)}, c, f.MadeIn, s.clock())
}

// addFile registers the functions of a file in the session. Those of the same file are replaced, other functions of the
// session are not.
func (s *Session) addFile(ctx context.Context, kind artifact.Kind, path string) error {
	file, err := s.engine.library.reload(ctx, kind, path)
	if err != nil {
		return err
	}
	return adopt(s.funcs, file, path)
}

// adopt puts the functions of a file into a registry, in the place of those that it had from the file.
func adopt(r *functions.Registry, file *loadedFile, path string) error {
	for _, d := range file.defs {
		for _, n := range append([]string{d.Name}, d.Aliases...) {
			if have, ok := r.Own(n); ok && have.Source != path {
				return errs.New(errs.Pos{}, "ROUTINE_ALREADY_EXISTS", "routineName", "`"+n+"`", "newRoutineType", "routine", "existingRoutineType", "routine")
			}
		}
	}
	r.RemoveAll(func(d *udfs.Def) bool { return d.Source == path })
	for _, d := range file.defs {
		if err := r.Register(*d); err != nil {
			return err
		}
	}
	return nil
}

// reloadFile takes a file that is in use as it is now, in this session, in the engine and in the databases.
func (s *Session) reloadFile(ctx context.Context, kind artifact.Kind, path string, at errs.Pos) error {
	if !s.engine.library.has(kind, path) {
		return errs.New(at, "CANNOT_LOAD_FUNCTION_FILE.FAILED", "path", path, "reason", "nothing was loaded from it; ADD and CREATE FUNCTION load a file")
	}
	file, err := s.engine.library.reload(ctx, kind, path)
	if err != nil {
		return err
	}
	for _, r := range []*functions.Registry{s.funcs, s.engine.funcs} {
		if r.Any(func(d *udfs.Def) bool { return d.Source == path }) {
			if err := adopt(r, file, path); err != nil {
				return err
			}
		}
	}
	return nil
}
