package sparksql

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os/user"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"sparksql/functions"
	"sparksql/sql/analyze"
	"sparksql/sql/conf"
	"sparksql/sql/errs"
	"sparksql/sql/parse"
	"sparksql/sql/tree"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// Session is one user's view of an engine: settings, current database, temporary views, functions, variables. Its
// methods may be called concurrently; commands that change it take effect for statements started afterwards.
type Session struct {
	engine *Engine
	conf   *conf.Conf
	funcs  *functions.Registry

	mu        sync.RWMutex
	database  string
	views     map[string]*view // temporary views by folded name
	sqlFuncs  map[string]*analyze.SQLFunction
	variables map[string]*analyze.Variable
	vars      map[string]string // ${hivevar:name}
	clock     func() time.Time
	cache     *cacheStore
	stats     *udfs.Stats // of users' functions
	dry       bool        // of a DryRun: nothing is written or removed
}

// Session makes a session with the engine's settings.
func (e *Engine) Session() *Session {
	s := &Session{engine: e, conf: conf.New(), funcs: e.funcs.Child(), database: "default",
		views: map[string]*view{}, sqlFuncs: map[string]*analyze.SQLFunction{}, variables: map[string]*analyze.Variable{},
		vars: map[string]string{}, clock: time.Now, cache: newCacheStore(), stats: udfs.NewStats(e.stats)}
	for k, v := range e.opts.conf {
		s.conf.Set(k, v) // checked by Open
	}
	return s
}

// Set changes a setting of the session.
func (s *Session) Set(key, value string) error {
	if k := conf.Lookup(key); k != nil && k.Effect == conf.Static {
		return errs.New(errs.Pos{}, "CANNOT_MODIFY_CONFIG", "key", "\""+key+"\"", "docroot", "")
	}
	known, err := s.conf.Set(key, value)
	if err == nil {
		s.engine.opts.noteKey(key, known)
	}
	return err
}

// Setting returns the value of a setting.
func (s *Session) Setting(key string) (string, bool) { return s.conf.Get(key) }

// Define sets a variable for substitution: ${name} and ${hivevar:name}.
func (s *Session) Define(name, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.vars[name] = value
}

// Defined gives the variables that Define has set.
func (s *Session) Defined() map[string]string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return maps.Clone(s.vars)
}

// SetClock replaces the clock behind current_date and its like, for reproducible runs.
func (s *Session) SetClock(now func() time.Time) { s.clock = now }

// FunctionStats is what one user's function did: calls, errors, time.
type FunctionStats = udfs.FuncStats

// FunctionStats are the users' functions that the session's statements called so far, by name.
func (s *Session) FunctionStats() []FunctionStats { return s.stats.List() }

// FunctionStats are the users' functions that the statements of all sessions called so far, by name.
func (e *Engine) FunctionStats() []FunctionStats { return e.stats.List() }

// Database is the current database.
func (s *Session) Database() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.database
}

// Query runs one statement, with values for its parameter markers. Errors that users cause are *Error. The rows of a query
// are computed while they are read; commands are done when Query returns.
func (s *Session) Query(ctx context.Context, sql string, params ...Param) (rows *Rows, err error) {
	defer recovered(&err)
	stmt, err := s.parse(ctx, sql, params)
	if err != nil {
		return nil, err
	}
	ctx, end := s.timed(ctx)
	ctx, p := s.profiled(ctx, stmt)
	rows, err = s.execute(ctx, stmt)
	if err != nil {
		defer end()
		return nil, timeoutError(ctx, err)
	}
	if p != nil && rows.profile == nil {
		rows.profile = p.profile
	}
	return rows.limit(ctx, end), nil
}

// parse reads one statement, its variables replaced and its markers bound.
func (s *Session) parse(ctx context.Context, sql string, params []Param) (tree.Statement, error) {
	text, err := s.substitute(sql)
	if err != nil {
		return nil, err
	}
	opts := s.parseOptions()
	if opts.Params, err = s.bind(ctx, params); err != nil {
		return nil, err
	}
	return parse.Statement(&errs.Text{SQL: text}, opts)
}

// Exec runs one statement and throws its rows away.
func (s *Session) Exec(ctx context.Context, sql string, params ...Param) error {
	r, err := s.Query(ctx, sql, params...)
	if err != nil {
		return err
	}
	_, err = r.All()
	return err
}

// recovered makes a panic, which is a broken invariant of the engine, an error of the statement.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = errs.Internal("%v\n%s", p, debug.Stack())
	}
}

// Check parses and analyses a statement without running it; params are as in Query.
func (s *Session) Check(ctx context.Context, sql string, params ...Param) (err error) {
	defer recovered(&err)
	stmt, err := s.parse(ctx, sql, params)
	if err != nil {
		return err
	}
	return s.check(ctx, stmt)
}

// Error is an error with a Spark condition, its SQLSTATE and the place in the text.
type Error = errs.Error

// AsError finds the Error in err.
func AsError(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// Split cuts a script into statements, at semicolons outside of quotes and comments. The last piece may be incomplete.
func Split(script string) []Piece { return parse.Split(script) }

// Piece is one statement of a script.
type Piece = parse.Piece

func (s *Session) parseOptions() parse.Options {
	return parse.OptionsOf(s.conf, s.clock())
}

func (s *Session) zone() *time.Location {
	if loc, ok := types.LoadZone(s.conf.String("spark.sql.session.timeZone")); ok {
		return loc
	}
	return time.UTC
}

// env is the context of the calls in a statement that starts now.
func (s *Session) env(c *conf.Conf) udfs.Env {
	zoneName := c.String("spark.sql.session.timeZone")
	loc, ok := types.LoadZone(zoneName)
	if !ok {
		loc = time.UTC
	}
	return udfs.Env{ANSI: c.Bool("spark.sql.ansi.enabled"), Zone: loc, ZoneName: zoneName, Now: s.clock().UnixMicro(),
		User: userName(), Catalog: "spark_catalog", Database: s.Database(), Stats: udfs.NewStats(s.stats),
		Conf: func(k string) string { return c.String(k) }}
}

var userName = sync.OnceValue(func() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "unknown"
})

// analyzer makes an analyzer for one statement.
func (s *Session) analyzer() *analyze.Analyzer {
	c := s.conf.Clone()
	return &analyze.Analyzer{Objects: (*objects)(s), Functions: s.function, Near: s.near, Conf: c, Env: s.env(c), Database: s.Database()}
}

// execute runs a parsed statement.
func (s *Session) execute(ctx context.Context, stmt tree.Statement) (*Rows, error) {
	switch st := stmt.(type) {
	case *tree.Query:
		return s.query(ctx, st.Rel)
	case *tree.Unsupported:
		return nil, errs.Unsupported(st.P, st.What)
	}
	if f, ok := s.engine.commands[fmt.Sprintf("%T", stmt)]; ok {
		return f(s, ctx, stmt)
	}
	return nil, errs.Unsupported(stmt.Pos(), strings.TrimPrefix(fmt.Sprintf("%T", stmt), "*tree."))
}
