package analyze

import (
	"context"

	"sparksql/exec/vec"
	"sparksql/functions"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/tree"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// Call binds a built-in function or operator to typed arguments: the way in which rules of the optimizer make new
// expressions. A window function is to be put under an *expr.Window.
func (a *Analyzer) Call(name string, xs ...expr.Expr) (expr.Expr, error) {
	if name == "<=>" && len(xs) == 2 && hasMap(xs[0].Type()) {
		name = "is not distinct from" // decorrelation compares whatever the outer query has
	}
	d, ok := functions.Builtins().Lookup(name)
	if !ok {
		return nil, errs.Internal("no function %s", name)
	}
	return a.bind(errs.Pos{}, d, name, xs, callSpec{over: d.Traits.Has(udfs.NeedsOrder)})
}

// Field is field k of the struct x.
func (a *Analyzer) Field(x expr.Expr, k int) (expr.Expr, error) { return a.fieldAt(x.Pos(), x, k) }

// Identifier is the name that a constant expression gives: IDENTIFIER(e).
func (a *Analyzer) Identifier(ctx context.Context, e tree.Expr) ([]string, error) {
	a.ctx = ctx
	return a.identifier(e)
}

// hasMap tells whether t is or contains a map.
func hasMap(t types.Type) bool {
	for _, k := range vec.KidTypes(t) {
		if hasMap(k) {
			return true
		}
	}
	return t.Kind() == types.Map
}
