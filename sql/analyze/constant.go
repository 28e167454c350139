package analyze

import (
	"context"

	"sparksql/sql/errs"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// Constant is the value, in Go form, of an expression without columns as a value of type t. One that is not known
// before rows are read is refused. A text is fitted to the length of char and varchar.
func (a *Analyzer) Constant(ctx context.Context, e tree.Expr, t types.Type) (any, error) {
	a.ctx = ctx
	x, err := a.typeExpr(e, noColumns{})
	if err != nil {
		return nil, err
	}
	if x, err = a.checkLength(e.Pos(), a.castTo(x, PlainStrings(t)), t); err != nil {
		return nil, err
	}
	v, ok, err := a.constant(x)
	if err == nil && !ok {
		err = errs.Unsupported(e.Pos(), "a value that is not constant")
	}
	return v, err
}
