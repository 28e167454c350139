package analyze

import (
	"strconv"
	"strings"

	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/tree"
)

// callSQL is a call of a scalar function written in SQL: its body with the arguments in the places of its
// parameters, under the settings it was made with.
func (a *Analyzer) callSQL(f *SQLFunction, e *tree.Call, sc Scope) (expr.Expr, error) {
	name := strings.Join(f.Name, ".")
	if f.Expr == nil {
		return nil, errs.Unsupported(e.P, "SQL function "+name+" with a query as its body")
	}
	for _, n := range a.within {
		if n == name {
			return nil, errs.New(e.P, "CYCLIC_FUNCTION_REFERENCE", "path", strings.Join(append(a.within, name), " -> "))
		}
	}
	args, err := a.sqlArguments(f, e, sc)
	if err != nil {
		return nil, err
	}
	inner := *a
	if f.Conf != nil {
		inner.Conf = f.Conf
	}
	if f.Database != "" {
		inner.Database = f.Database
	}
	inner.within = append(append([]string(nil), a.within...), name)
	body, err := inner.typeExpr(f.Expr, parameters{Scope: noColumns{}, a: &inner, function: f.Name, cols: f.Params, args: args})
	if err != nil {
		return nil, err
	}
	a.seed = inner.seed
	x, err := a.cast(e.P, body, f.Returns, false)
	if err != nil {
		return nil, err
	}
	c := x.(*expr.Cast)
	c.Implicit = true
	shown := make([]string, len(args))
	for i, arg := range args {
		shown[i] = arg.String()
	}
	once, err := a.op(e.P, "coalesce", c)
	if call, ok := once.(*expr.Call); ok {
		call.Label = name + "(" + strings.Join(shown, ", ") + ")"
	}
	return once, err
}

// sqlArguments types the arguments of a call of a SQL function and casts them to its parameters.
func (a *Analyzer) sqlArguments(f *SQLFunction, e *tree.Call, sc Scope) ([]expr.Expr, error) {
	given := make([]tree.Expr, len(f.Params))
	if len(e.Args) > len(given) {
		return nil, wrongArgs(e.P, strings.Join(f.Name, "."), strconv.Itoa(len(given)), len(e.Args))
	}
	for i, arg := range e.Args {
		n, ok := arg.(*tree.NamedArg)
		if !ok {
			given[i] = arg
			continue
		}
		for k, p := range f.Params {
			if a.same(p.Name, n.Name) {
				given[k] = n.Value
			}
		}
	}
	out := make([]expr.Expr, len(given))
	for i, g := range given {
		p := f.Params[i]
		scope := sc
		if g == nil {
			if g = p.Default; g == nil {
				return nil, wrongArgs(e.P, strings.Join(f.Name, "."), strconv.Itoa(len(given)), len(e.Args))
			}
			scope = noColumns{}
		}
		x, err := a.typeExpr(g, scope)
		if err != nil {
			return nil, err
		}
		out[i] = a.castTo(x, plainStrings(p.Type))
	}
	return out, nil
}

// parameters is the scope of a SQL function's body.
type parameters struct {
	Scope
	a        *Analyzer
	function []string
	cols     []tree.ColumnDef
	args     []expr.Expr
}

func (s parameters) Column(n *tree.Name) (expr.Expr, error) {
	parts := n.Parts
	if len(parts) > 1 && s.a.same(parts[0], s.function[len(s.function)-1]) {
		parts = parts[1:]
	}
	for i, c := range s.cols {
		if !s.a.same(c.Name, parts[0]) {
			continue
		}
		x := s.args[i]
		for _, name := range parts[1:] {
			var err error
			if x, err = s.a.fieldOf(n.P, x, name); err != nil {
				return nil, err
			}
		}
		return x, nil
	}
	return s.Scope.Column(n)
}
