package sparksql

import (
	"context"
	"strings"
	"time"

	"sparksql/catalog/metastore"
	"sparksql/sql/analyze"
	"sparksql/sql/conf"
	"sparksql/sql/errs"
	"sparksql/sql/parse"
	"sparksql/sql/tree"
	"sparksql/sql/types"
	"sparksql/udfs/artifact"
)

// createFunction makes a function: of SQL or of a file, of the session or in a database.
func (s *Session) createFunction(ctx context.Context, st *tree.CreateFunction) (*Rows, error) {
	create := s.createSQLFunction
	if len(st.Resources) > 0 || st.Class != "" {
		create = s.createFileFunction
	}
	if err := create(ctx, st); err != nil {
		return nil, err
	}
	return s.done(), nil
}

// createSQLFunction checks a function's body; it is analysed anew at every call.
func (s *Session) createSQLFunction(ctx context.Context, st *tree.CreateFunction) error {
	full, err := s.newFunction(ctx, st)
	if err != nil {
		return err
	}
	c, db := s.conf.Clone(), s.Database()
	if err := s.analyzer().CheckFunction(ctx, sqlFunction(st, full, c, db)); err != nil { // errors point into the statement
		return err
	}
	if skip, err := s.free(ctx, st, full); err != nil || skip {
		return err
	}
	text := st.P.Fragment()
	if !st.Temp {
		return s.engine.store.CreateFunction(ctx, &metastore.Function{Database: full[1], Name: full[2], Created: time.Now(), Text: text,
			Conf: c.All(), MadeIn: db}, st.Replace)
	}
	f, err := parsedFunction(text, full, c, db, s.clock())
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.funcs.Remove(full[0])
	s.sqlFuncs[full[0]] = f
	return nil
}

// newFunction is the full name of a function to be made: [name] of the session, else [catalog database name].
func (s *Session) newFunction(ctx context.Context, st *tree.CreateFunction) ([]string, error) {
	if st.Temp {
		parts, err := s.name(ctx, st.Name)
		if err != nil {
			return nil, err
		}
		return []string{strings.ToLower(parts[len(parts)-1])}, nil
	}
	db, name, err := s.target(ctx, st.Name)
	return []string{sessionCatalog, db, strings.ToLower(name)}, err
}

// free sees to it that a function of the name can be made. skip is true when one is there and IF NOT EXISTS leaves it.
func (s *Session) free(ctx context.Context, st *tree.CreateFunction, full []string) (skip bool, err error) {
	have := false
	if st.Temp {
		s.mu.RLock()
		_, have = s.sqlFuncs[full[0]]
		s.mu.RUnlock()
		if !have {
			_, have = s.funcs.Lookup(full[0])
		}
	} else {
		f, err := s.engine.store.Function(ctx, full[1], full[2])
		if err != nil {
			return false, err
		}
		have = f != nil
	}
	if have && !st.Replace && !st.IfNotExists {
		return false, errs.New(st.P, "ROUTINE_ALREADY_EXISTS", "routineName", quoted(full[max(0, len(full)-2):]), "newRoutineType", "routine", "existingRoutineType", "routine")
	}
	return have && st.IfNotExists, nil
}

// sqlFunction is a SQL function as its statement says.
func sqlFunction(st *tree.CreateFunction, name []string, c *conf.Conf, db string) *analyze.SQLFunction {
	f := &analyze.SQLFunction{Name: name, Params: st.Params, Expr: st.BodyExpr, Query: st.Body, IsTable: st.ReturnsIsTable, Conf: c, Database: db,
		Comment: st.Options["COMMENT"], BodyText: st.BodyText, NotDet: strings.EqualFold(st.Options["DETERMINISTIC"], "false")}
	if st.Returns != nil {
		f.Returns = st.Returns.Type
	}
	for _, c := range st.ReturnsTable {
		f.Table = append(f.Table, types.Field{Name: c.Name, Type: c.Type, Nullable: true, Comment: c.Comment})
	}
	return f
}

// parsedFunction reads the statement of a SQL function again, as a text of its own that errors of calls point into.
func parsedFunction(text string, name []string, c *conf.Conf, db string, now time.Time) (*analyze.SQLFunction, error) {
	st, err := parse.Statement(&errs.Text{SQL: text, Kind: "FUNCTION", Name: strings.Join(name, ".")}, parse.OptionsOf(c, now))
	if err != nil {
		return nil, err
	}
	f, ok := st.(*tree.CreateFunction)
	if !ok {
		return nil, errs.Internal("the function %s is stored as %q", strings.Join(name, "."), text)
	}
	return sqlFunction(f, name, c, db), nil
}

// createFileFunction makes a function that a plugin or a WASM module exports. The file is read as it is now.
func (s *Session) createFileFunction(ctx context.Context, st *tree.CreateFunction) error {
	if len(st.Resources) != 1 {
		return errs.Unsupported(st.P, "functions of a class; a function comes from one file: USING PLUGIN 'file.so' or USING WASM 'file.wasm'")
	}
	r := st.Resources[0]
	kind, err := fileKind(r)
	if err != nil {
		return err
	}
	full, err := s.newFunction(ctx, st)
	if err != nil {
		return err
	}
	if skip, err := s.free(ctx, st, full); err != nil || skip {
		return err
	}
	path, err := absPath(r.Path)
	if err != nil {
		return err
	}
	name, export := full[len(full)-1], st.Class
	if export == "" {
		export = name
	}
	file, err := s.engine.library.reload(ctx, kind, path)
	if err != nil {
		return errs.At(err, r.P)
	}
	d, err := s.engine.library.named(file, path, export, name)
	if err != nil {
		return errs.At(err, st.Name.P)
	}
	if !st.Temp {
		return s.engine.store.CreateFunction(ctx, &metastore.Function{Database: full[1], Name: name, Created: time.Now(), Kind: string(kind),
			Path: path, Export: export}, st.Replace)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sqlFuncs, name)
	return s.funcs.Replace(*d)
}

func fileKind(r tree.Resource) (artifact.Kind, error) {
	switch k := artifact.Kind(r.Kind); k {
	case artifact.Plugin, artifact.WASM:
		return k, nil
	}
	return "", errs.Unsupported(r.P, "functions from a "+r.Kind+"; there are PLUGIN and WASM")
}

// addResource is ADD PLUGIN and ADD WASM: all functions of a file, for the session. RELOAD takes the file as it is now wherever
// it is used: functions that it has no longer are gone.
func (s *Session) addResource(ctx context.Context, st *tree.AddResource) (*Rows, error) {
	kind, err := fileKind(st.File)
	if err != nil {
		return nil, err
	}
	path, err := absPath(st.File.Path)
	if err != nil {
		return nil, err
	}
	if st.Reload {
		err = s.reloadFile(ctx, kind, path, st.File.P)
	} else {
		err = s.addFile(ctx, kind, path)
	}
	if err != nil {
		return nil, errs.At(err, st.File.P)
	}
	return s.done(), nil
}

// dropFunction is DROP [TEMPORARY] FUNCTION. A temporary function hides one of a database, which then needs its full name.
func (s *Session) dropFunction(ctx context.Context, st *tree.Drop) error {
	parts, err := s.name(ctx, st.Name)
	if err != nil {
		return err
	}
	if st.Temp {
		gone, err := s.dropTempFunction(parts[len(parts)-1], st)
		if err != nil || gone || st.IfExists {
			return err
		}
		return errs.New(st.P, "ROUTINE_NOT_FOUND", "routineName", quoted(parts))
	}
	if len(parts) == 1 && s.hasTempFunction(parts[0]) {
		e := errs.New(st.Name.P, "FORBIDDEN_OPERATION", "statement", "DROP FUNCTION", "objectType", "temporary function", "objectName", quoted(parts))
		e.Hint = "DROP TEMPORARY FUNCTION drops it."
		return e
	}
	db, name, ok := s.split(parts)
	if ok {
		ok, err = s.engine.store.DropFunction(ctx, db, name)
	}
	if err != nil || ok || st.IfExists {
		return err
	}
	return s.noRoutine(st.Name.P, parts)
}

// hasTempFunction tells whether the session has a function of its own.
func (s *Session) hasTempFunction(name string) bool {
	key := strings.ToLower(name)
	s.mu.RLock()
	defer s.mu.RUnlock()
	if _, ok := s.sqlFuncs[key]; ok {
		return true
	}
	_, ok := s.funcs.Own(key)
	return ok
}

// dropTempFunction drops a function of the session; built-in functions stay.
func (s *Session) dropTempFunction(name string, st *tree.Drop) (gone bool, err error) {
	key := strings.ToLower(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.sqlFuncs[key]; ok {
		delete(s.sqlFuncs, key)
		return true, nil
	}
	if s.funcs.Remove(key) {
		return true, nil
	}
	if _, ok := s.funcs.Lookup(key); ok {
		return false, errs.New(st.P, "CANNOT_DROP_BUILTIN_FUNCTION", "functionName", "`"+name+"`")
	}
	return false, nil
}

// noRoutine says that there is no function of a name.
func (s *Session) noRoutine(at errs.Pos, parts []string) error {
	return errs.New(at, "UNRESOLVED_ROUTINE", "routineName", quoted(parts),
		"searchPath", "[`system`.`builtin`, `system`.`session`, `"+sessionCatalog+"`.`"+s.Database()+"`]")
}
