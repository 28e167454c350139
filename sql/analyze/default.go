package analyze

import (
	"context"

	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/parse"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// ColumnDefault is a DEFAULT of a column on its way into a table. Statement names the command in errors.
type ColumnDefault struct {
	Statement, Column, Text string
	Type                    types.Type // as declared
	P                       errs.Pos
}

// fail is one of the conditions INVALID_DEFAULT_VALUE.
func (d ColumnDefault) fail(reason string, more ...string) error {
	return errs.New(d.P, "INVALID_DEFAULT_VALUE."+reason, append([]string{"statement", d.Statement, "colName", quoteParts([]string{d.Column}),
		"defaultValue", d.Text}, more...)...)
}

// Default checks the DEFAULT of a column and gives the value, in Go form, that it has now: what rows have that were
// stored before there was the column. INVALID_DEFAULT_VALUE, EXCEED_LIMIT_LENGTH.
func (a *Analyzer) Default(ctx context.Context, d ColumnDefault) (any, error) {
	a.ctx = ctx
	e, err := a.parseDefault(d.Text)
	if err != nil {
		return nil, err
	}
	x, err := a.typeExpr(e, defaultScope{d: d})
	switch {
	case errs.Is(err, "INVALID_DEFAULT_VALUE.SUBQUERY_EXPRESSION"):
		return nil, err
	case d.Statement == "CREATE TABLE" && errs.Is(err, "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION"):
		return nil, d.fail("NOT_CONSTANT")
	case err != nil:
		return nil, d.fail("UNRESOLVED_EXPRESSION")
	case !foldable(x):
		return nil, d.fail("NOT_CONSTANT")
	}
	return a.storedDefault(x, d)
}

// storedDefault is the value of x as one of the column's type. A plain value of another type will do when it can be cast.
func (a *Analyzer) storedDefault(x expr.Expr, d ColumnDefault) (any, error) {
	t := PlainStrings(d.Type)
	wrong := d.fail("DATA_TYPE", "expectedType", quoteExpr(t.SQL()), "actualType", quoteExpr(x.Type().SQL()))
	v, _, err := a.constant(x)
	if err != nil {
		return nil, err
	}
	nested := t.IsNested() || x.Type().IsNested()
	if nested && !types.CanStoreAssign(x.Type(), t) {
		return nil, wrong
	}
	y := a.castTo(x, t)
	if !nested && !types.SameType(x.Type(), t) {
		if y, err = a.cast(d.P, x, t, true); err != nil {
			return nil, wrong
		}
	}
	if y, err = a.checkLength(d.P, y, d.Type); err != nil {
		return nil, err
	}
	out, _, err := a.constant(y)
	if err == nil && out == nil && v != nil {
		return nil, wrong
	}
	return out, err
}

// defaultScope is the scope of a DEFAULT: there are no columns, and no queries.
type defaultScope struct {
	noColumns
	d ColumnDefault
}

func (s defaultScope) Query(tree.Expr) (expr.Expr, error) {
	return nil, s.d.fail("SUBQUERY_EXPRESSION")
}

// parseDefault reads the text of a DEFAULT.
func (a *Analyzer) parseDefault(text string) (tree.Expr, error) {
	return parse.Expression(&errs.Text{SQL: text}, parse.Options{Ansi: a.Env.ANSI, Zone: a.Env.Zone})
}
