// Package analyze turns sql/tree into sql/plan: it finds what names refer to, types every expression and
// fixes the names of the result's columns.
//
// Its one idea: a single pass from the leaves up. A query block is analysed with everything that belongs to
// it at hand (list, grouping, HAVING, ORDER BY), so that no rule has to find again what another took apart.
// Whatever an expression needs of its context is captured here; nothing beneath reads a setting.
//
// It must not know of parsing, of how tables are stored, nor of how plans are run.
package analyze

import (
	"context"
	"strings"

	"sparksql/catalog"
	"sparksql/sql/conf"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/tree"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// Analyzer analyses the statements of one session. Make one for each statement; it is not safe for
// concurrent use.
type Analyzer struct {
	Objects   Objects
	Functions func(name []string) (*udfs.Def, bool)
	Near      func(name string) []string // functions of a like name; may be nil
	Conf      *conf.Conf
	Env       udfs.Env // context of calls; Pos is filled in for each
	Database  string   // current database
	// Persistent is the object being created when it outlives the session: temporary objects are refused.
	Persistent *Persistent

	ctx      context.Context
	depth    int         // of views and SQL functions within each other
	seed     int64       // of the last call that asked for one
	within   []string    // views and functions being expanded
	creating *Persistent // the function whose body is analysed next
	node     string      // Sort and the like while what it holds is typed: SQL functions are refused there
}

// Persistent names the object that a statement makes: Kind VIEW or FUNCTION.
type Persistent struct{ Kind, Name string }

// Objects finds what a session's names refer to.
type Objects interface {
	// Relation finds a table, view or cached table; nil without error when there is none.
	Relation(ctx context.Context, parts []string, at errs.Pos) (*Object, error)
	// Names lists qualified names, in the current and the named database, for proposals.
	Names(ctx context.Context, parts []string) [][]string
	// Files is format.`path`, and what a view over files holds. ok is false when format is no format.
	Files(ctx context.Context, format, path string, options map[string]string, at errs.Pos) (t catalog.Table, ok bool, err error)
	// Function finds a SQL function; nil without error when there is none.
	Function(ctx context.Context, parts []string) (*SQLFunction, error)
	// Variable finds a session variable; nil when there is none.
	Variable(parts []string) *Variable
}

// Object is a table or a view. Name is its full name, the qualifier of its columns: [spark_catalog db table],
// or [view] for a temporary view.
type Object struct {
	Name  []string
	Table catalog.Table // nil: a view
	View  *View
}

// View is a stored query, analysed under its own settings.
type View struct {
	Text     *errs.Text // Kind "VIEW"
	Query    tree.Relation
	Conf     *conf.Conf // captured settings; nil: the session's
	Database string     // current when it was made
	Columns  []types.Field
	ByName   bool     // the names are the query's own: its columns are found by them, else by their places
	Output   []string // the names of the query's columns when it was made, by which they are found; nil: see ByName
	Temp     bool
	// What becomes of a permanent view when the query gives other columns than Columns: with Evolves it has them, with
	// TypesEvolve columns of the same names have the query's types, else values are cast.
	Evolves, TypesEvolve bool
}

// SQLFunction is a function whose body is SQL: Expr or Query; a table function has Table.
type SQLFunction struct {
	Name     []string
	Comment  string
	BodyText string
	Params   []tree.ColumnDef
	Expr     tree.Expr
	Query    tree.Relation
	Returns  types.Type
	Table    []types.Field // of a table function
	IsTable  bool
	Conf     *conf.Conf
	Database string
	NotDet   bool // declared NOT DETERMINISTIC
}

// Variable is a session variable with its present value in Go form.
type Variable struct {
	Name  []string
	Type  types.Type
	Value any
}

// Query analyses a query. The output has no hidden columns.
func (a *Analyzer) Query(ctx context.Context, r tree.Relation) (plan.Node, error) {
	a.ctx = ctx
	rel, err := a.relation(r, &block{})
	if err != nil {
		return nil, err
	}
	return rel.visible(), nil
}

// Expr analyses an expression that refers to no columns: defaults, SET VAR, arguments of commands.
func (a *Analyzer) Expr(ctx context.Context, e tree.Expr) (expr.Expr, error) {
	a.ctx = ctx
	return a.typeExpr(e, a.constants(&block{}))
}

// caseSensitive tells whether names differ by case (spark.sql.caseSensitive).
func (a *Analyzer) caseSensitive() bool { return a.Conf.Bool("spark.sql.caseSensitive") }

// enabled tells whether a switch that is on by default is on.
func (a *Analyzer) enabled(key string) bool {
	v, ok := a.Conf.Get(key)
	return !ok || !strings.EqualFold(v, "false")
}

// same compares two names as the session does.
func (a *Analyzer) same(x, y string) bool {
	return x == y || strings.EqualFold(x, y) && !a.caseSensitive()
}

// fold is the form of a name under which same names are equal.
func (a *Analyzer) fold(name string) string {
	if a.caseSensitive() {
		return name
	}
	return strings.ToLower(name)
}

// env is a copy of the context of calls, with a place.
func (a *Analyzer) env(at errs.Pos) *udfs.Env {
	e := a.Env
	e.Pos = at
	return &e
}

func quoteParts(parts []string) string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = "`" + strings.ReplaceAll(p, "`", "``") + "`"
	}
	return strings.Join(out, ".")
}

// quoteExpr is an expression's text as a parameter of a condition.
func quoteExpr(s string) string { return "\"" + s + "\"" }
