package analyze

import (
	"context"

	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/tree"
)

// Call binds a built-in function or operator to typed arguments: the way in which rules of the optimizer make new
// expressions.
func (a *Analyzer) Call(name string, xs ...expr.Expr) (expr.Expr, error) {
	return a.op(errs.Pos{}, name, xs...)
}

// Identifier is the name that a constant expression gives: IDENTIFIER(e).
func (a *Analyzer) Identifier(ctx context.Context, e tree.Expr) ([]string, error) {
	a.ctx = ctx
	return a.identifier(e)
}
