package analyze

import (
	"strconv"

	"sparksql/exec/eval"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/parse"
	"sparksql/sql/tree"
	"sparksql/sql/types"
	"sparksql/udfs"
)

func itoa(n int) string { return strconv.Itoa(n) }

// coercion is the lattice of implicit conversions of the session's mode.
func (a *Analyzer) coercion() types.Coercion { return types.Coercion{Legacy: !a.Env.ANSI} }

// cast is a conversion that the user wrote; impossible ones are refused.
func (a *Analyzer) cast(at errs.Pos, x expr.Expr, to types.Type, try bool) (expr.Expr, error) {
	c := &expr.Cast{X: x, To: to, Try: try, Env: a.env(at), At: at}
	mode := types.AnsiCast
	if try {
		mode = types.TryCast
	} else if !a.Env.ANSI {
		mode = types.LegacyCast
	}
	if types.CanCast(x.Type(), to, mode) {
		return c, nil
	}
	args := []string{"sqlExpr", quoteExpr(c.String()), "srcType", "\"" + x.Type().SQL() + "\"", "targetType", "\"" + to.SQL() + "\""}
	switch {
	case mode == types.LegacyCast || !types.CanCast(x.Type(), to, types.LegacyCast):
		return nil, errs.New(at, "DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION", args...)
	case x.Type().IsNumeric() && to.Kind() == types.Date:
		return nil, errs.New(at, "DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION", append(args, "functionNames", "`DATE_FROM_UNIX_DATE`")...)
	case x.Type().Kind() == types.Date && to.IsNumeric():
		return nil, errs.New(at, "DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION", append(args, "functionNames", "`UNIX_DATE`")...)
	}
	return nil, errs.New(at, "DATATYPE_MISMATCH.CAST_WITH_CONF_SUGGESTION",
		append(args, "config", "\"spark.sql.ansi.enabled\"", "configVal", "'false'")...)
}

// conversion is a cast written as a call, int(x), which is not shown in names.
func (a *Analyzer) conversion(at errs.Pos, x expr.Expr, to types.Type) (expr.Expr, error) {
	c, err := a.cast(at, x, to, false)
	if err == nil {
		c.(*expr.Cast).Implicit = true
	}
	return c, err
}

// castTo is a conversion that coercion asks for; it is not shown in names.
func (a *Analyzer) castTo(x expr.Expr, to types.Type) expr.Expr {
	if types.SameType(x.Type(), to) || x.Type().IsString() && to.IsString() && to.Collation() == "" {
		return x
	}
	switch e := x.(type) {
	case *expr.Literal:
		if e.Value == nil {
			return &expr.Literal{Typ: to, At: e.At, Text: e.Text}
		}
	case *expr.Alias:
		c := *e
		c.X = a.castTo(e.X, to)
		return &c
	}
	return &expr.Cast{X: x, To: to, Implicit: true, Env: a.env(x.Pos()), At: x.Pos()}
}

// widen finds the common type of expressions and casts them all to it; ok is false when there is none.
func (a *Analyzer) widen(xs []expr.Expr) (out []expr.Expr, ok bool) {
	ts := make([]types.Type, len(xs))
	for i, x := range xs {
		ts[i] = x.Type()
	}
	t, ok := a.coercion().Common(ts...)
	if !ok {
		return xs, false
	}
	out = make([]expr.Expr, len(xs))
	for i, x := range xs {
		out[i] = a.castTo(x, t)
	}
	return out, true
}

// typeBool types a condition of the named clause (WHERE, HAVING, ...), which must be boolean.
func (a *Analyzer) typeBool(e tree.Expr, sc Scope, clause string) (expr.Expr, error) {
	x, err := a.typeExpr(e, sc)
	if err != nil {
		return nil, err
	}
	if k := x.Type().Kind(); k == types.Boolean || k == types.Null {
		return a.castTo(x, types.BooleanType), nil
	}
	if clause == "JOIN" {
		return nil, errs.New(e.Pos(), "JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE", "joinCondition", quoteExpr(x.String()), "conditionType", "\""+x.Type().SQL()+"\"")
	}
	return nil, errs.New(e.Pos(), "DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN", "sqlExpr", quoteExpr(x.String()), "filter", quoteExpr(x.String()), "type", "\""+x.Type().SQL()+"\"")
}

// foldable tells whether x is the same for every row and can be computed now.
func foldable(x expr.Expr) bool {
	ok := true
	expr.Walk(x, func(e expr.Expr) bool {
		switch e := e.(type) {
		case *expr.Column, *expr.Outer, *expr.Agg, *expr.Window, *expr.Subquery:
			ok = false
		case *expr.Lambda:
			ok = ok && foldableLambda(e)
			return false
		case *expr.Call:
			ok = ok && e.Traits().Has(udfs.Deterministic) && e.Bind.Table == nil
		}
		return ok
	})
	return ok
}

// foldableLambda: its body may refer to its own parameters.
func foldableLambda(l *expr.Lambda) bool {
	own := map[expr.ID]bool{}
	ok := true
	expr.Walk(l, func(e expr.Expr) bool {
		switch e := e.(type) {
		case *expr.Lambda:
			for _, p := range e.Params {
				own[p.ID] = true
			}
		case *expr.Column:
			ok = ok && own[e.ID]
		case *expr.Outer, *expr.Agg, *expr.Window, *expr.Subquery:
			ok = false
		case *expr.Call:
			ok = ok && e.Traits().Has(udfs.Deterministic)
		}
		return ok
	})
	return ok
}

// constant is the value of a foldable expression, in Go form; ok is false when it is not foldable. A
// failing one gives its error.
func (a *Analyzer) constant(x expr.Expr) (v any, ok bool, err error) {
	if l, isLit := x.(*expr.Literal); isLit {
		return l.Value, true, nil
	}
	if !foldable(x) {
		return nil, false, nil
	}
	v, err = eval.Constant(x)
	return v, true, err
}

// identifier is the name that a constant string gives to IDENTIFIER.
func (a *Analyzer) identifier(e tree.Expr) ([]string, error) {
	x, err := a.typeExpr(e, a.constants(&block{}))
	if err != nil {
		return nil, err
	}
	v, ok, err := a.constant(x)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, errs.New(e.Pos(), "NOT_A_CONSTANT_STRING.NOT_CONSTANT", "name", "IDENTIFIER", "expr", x.String())
	case !x.Type().IsString() && v != nil:
		return nil, errs.New(e.Pos(), "NOT_A_CONSTANT_STRING.WRONG_TYPE", "name", "IDENTIFIER", "expr", x.String(), "dataType", x.Type().String())
	case v == nil:
		return nil, errs.New(e.Pos(), "NOT_A_CONSTANT_STRING.NULL", "name", "IDENTIFIER", "expr", x.String())
	}
	return parse.Identifier(&errs.Text{SQL: v.(string)})
}
