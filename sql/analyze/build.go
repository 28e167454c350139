package analyze

import (
	"context"

	"sparksql/functions"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/tree"
	"sparksql/udfs"
)

// Call binds a built-in function or operator to typed arguments: the way in which rules of the optimizer make new
// expressions. A window function is to be put under an *expr.Window.
func (a *Analyzer) Call(name string, xs ...expr.Expr) (expr.Expr, error) {
	d, ok := functions.Builtins().Lookup(name)
	if !ok {
		return nil, errs.Internal("no function %s", name)
	}
	return a.bind(errs.Pos{}, d, name, xs, callSpec{over: d.Traits.Has(udfs.NeedsOrder)})
}

// Identifier is the name that a constant expression gives: IDENTIFIER(e).
func (a *Analyzer) Identifier(ctx context.Context, e tree.Expr) ([]string, error) {
	a.ctx = ctx
	return a.identifier(e)
}
