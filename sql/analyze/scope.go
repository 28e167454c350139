package analyze

import (
	"strconv"
	"strings"

	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/tree"
)

// Scope is what an expression may refer to. Parameters of lambdas are the typer's own matter.
type Scope interface {
	// Column resolves a name: a column, a struct field of one, a lateral alias, a column of the enclosing
	// query, a session variable.
	Column(n *tree.Name) (expr.Expr, error)
	// Star lists what a * among the arguments of a call stands for.
	Star(s *tree.Star) ([]expr.Expr, error)
	// Query analyses a *tree.ScalarQuery, *tree.Exists or *tree.InQuery to an *expr.Subquery. The needle of an
	// IN comes back typed; both its sides have a common type.
	Query(e tree.Expr) (expr.Expr, error)
	// NamedWindow finds a definition of the WINDOW clause.
	NamedWindow(name string, at errs.Pos) (*tree.Window, error)
}

// given is a Scope of typed expressions under the names #0, #1 ...: it lets analysis build calls over what is
// already typed.
type given struct {
	noColumns
	xs []expr.Expr
}

func (g given) Column(n *tree.Name) (expr.Expr, error) {
	if i, ok := givenIndex(n.Parts); ok && i < len(g.xs) {
		return g.xs[i], nil
	}
	return g.noColumns.Column(n)
}

func givenIndex(parts []string) (int, bool) {
	if len(parts) != 1 || !strings.HasPrefix(parts[0], "#") {
		return 0, false
	}
	i, err := strconv.Atoi(parts[0][1:])
	return i, err == nil
}

func arg(i int) tree.Expr { return &tree.Name{Parts: []string{"#" + strconv.Itoa(i)}} }

// call binds the named function to typed arguments.
func (a *Analyzer) call(at errs.Pos, name string, xs ...expr.Expr) (expr.Expr, error) {
	c := &tree.Call{At: tree.At{P: at}, Func: []string{name}}
	for i := range xs {
		c.Args = append(c.Args, arg(i))
	}
	return a.typeExpr(c, given{xs: xs})
}

// binary binds an operator to typed operands.
func (a *Analyzer) binary(at errs.Pos, op tree.BinaryOp, l, r expr.Expr) (expr.Expr, error) {
	return a.typeExpr(&tree.Binary{At: tree.At{P: at}, Op: op, L: arg(0), R: arg(1)}, given{xs: []expr.Expr{l, r}})
}

// field is x.name.
func (a *Analyzer) field(at errs.Pos, x expr.Expr, name string) (expr.Expr, error) {
	return a.typeExpr(&tree.Field{At: tree.At{P: at}, X: arg(0), Name: name}, given{xs: []expr.Expr{x}})
}

// noColumns is the scope of constant expressions.
type noColumns struct{}

func (noColumns) Column(n *tree.Name) (expr.Expr, error) {
	return nil, errs.New(n.P, "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", "objectName", quoteParts(n.Parts))
}
func (noColumns) Star(s *tree.Star) ([]expr.Expr, error) {
	return nil, errs.New(s.P, "INVALID_USAGE_OF_STAR_OR_REGEX", "elem", "'*'", "prettyName", "expression")
}
func (noColumns) Query(e tree.Expr) (expr.Expr, error) {
	return nil, errs.Unsupported(e.Pos(), "a subquery in this place")
}
func (noColumns) NamedWindow(name string, at errs.Pos) (*tree.Window, error) {
	return nil, errs.New(at, "MISSING_WINDOW_SPECIFICATION", "windowName", name, "docroot", docRoot)
}

// docRoot is the address that some conditions carry as a parameter.
const docRoot = "https://spark.apache.org/docs/latest"
