package analyze

import (
	"strings"

	"sparksql/functions"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// typeExpr types an expression: names are resolved by sc, operators and calls bound to their functions,
// operands cast to what these want. The result may hold *expr.Agg, *expr.Window and generators inline; the
// query block takes them out.
func (a *Analyzer) typeExpr(e tree.Expr, sc Scope) (expr.Expr, error) {
	switch e := e.(type) {
	case *tree.Literal:
		return a.literal(e), nil
	case *tree.Name:
		return a.typeName(e, sc)
	case *tree.Call:
		return a.typeCall(e, sc)
	case *tree.Unary:
		return a.typeUnary(e, sc)
	case *tree.Binary:
		return a.typeBinary(e, sc)
	case *tree.Cast:
		return a.typeCast(e, sc)
	case *tree.Case:
		return a.typeCase(e, sc)
	case *tree.In:
		return a.typeIn(e, sc)
	case *tree.ScalarQuery, *tree.Exists:
		return sc.Query(e)
	case *tree.InQuery:
		return a.typeInQuery(e, sc)
	case *tree.Between:
		return a.typeBetween(e, sc)
	case *tree.Like:
		return a.typeLike(e, sc)
	case *tree.IsTest:
		return a.typeIsTest(e, sc)
	case *tree.Row:
		return a.typeStruct(e.P, "", e.Items, sc)
	case *tree.Index:
		return a.typeIndex(e, sc)
	case *tree.Field:
		return a.typeField(e, sc)
	case *tree.Alias:
		return a.typeAlias(e, sc)
	case *tree.Param:
		return a.typeParam(e)
	case *tree.Identifier:
		return a.typeIdentifier(e, sc)
	}
	return a.typeOther(e, sc)
}

// typeOther refuses what has a meaning only in certain places.
func (a *Analyzer) typeOther(e tree.Expr, sc Scope) (expr.Expr, error) {
	switch e := e.(type) {
	case *tree.Collate:
		return a.typeCollate(e, sc)
	case *tree.Star:
		return nil, errs.New(e.P, "INVALID_USAGE_OF_STAR_OR_REGEX", "elem", "'*'", "prettyName", "expression")
	case *tree.NamedArg:
		return nil, errs.New(e.P, "UNEXPECTED_USE_OF_PARAMETER_NAME", "parameterName", "`"+e.Name+"`")
	case *tree.Lambda:
		return nil, errs.New(e.P, "INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION", "class", "lambda")
	case *tree.Default:
		return nil, errs.New(e.P, "DEFAULT_PLACEMENT_INVALID")
	case *tree.Grouping:
		return nil, errs.Unsupported(e.P, "grouping sets in this place")
	}
	return nil, errs.Internal("no typing for %T", e)
}

// literal is a constant. Timestamps are shown on the session's clocks.
func (a *Analyzer) literal(e *tree.Literal) expr.Expr {
	l := &expr.Literal{Typ: e.Type, Value: e.Value, At: e.P}
	if micros, ok := e.Value.(int64); ok && e.Type.Kind() == types.Timestamp && a.Env.Zone != nil {
		l.Text = "TIMESTAMP '" + types.FormatTimestamp(micros, a.Env.Zone) + "'"
	}
	return l
}

// literalFunctions are functions that may be called without brackets where no column has the name.
var literalFunctions = map[string]bool{"current_date": true, "current_timestamp": true, "current_user": true,
	"user": true, "session_user": true, "current_catalog": true, "current_database": true, "current_schema": true,
	"localtimestamp": true, "current_time": true, "grouping__id": true}

func (a *Analyzer) typeName(e *tree.Name, sc Scope) (expr.Expr, error) {
	x, err := sc.Column(e)
	if err == nil || len(e.Parts) != 1 || !literalFunctions[strings.ToLower(e.Parts[0])] || !errs.Is(err, "UNRESOLVED_COLUMN") {
		return x, err
	}
	name := strings.ToLower(e.Parts[0])
	if name == "grouping__id" {
		name = "grouping_id"
	}
	if _, ok := a.Functions([]string{name}); !ok {
		return x, err
	}
	return a.typeCall(&tree.Call{At: e.At, Func: []string{name}}, sc)
}

// op binds an operator of the built-in functions to typed operands.
func (a *Analyzer) op(at errs.Pos, name string, xs ...expr.Expr) (expr.Expr, error) {
	d, ok := functions.Builtins().Lookup(name)
	if !ok {
		return nil, errs.Internal("no operator %s", name)
	}
	return a.bind(at, d, name, xs, callSpec{})
}

func (a *Analyzer) typeUnary(e *tree.Unary, sc Scope) (expr.Expr, error) {
	x, err := a.typeExpr(e.X, sc)
	if err != nil {
		return nil, err
	}
	return a.op(e.P, [...]string{tree.Neg: "-", tree.Plus: "+", tree.BitNot: "~", tree.Not: "not"}[e.Op], x)
}

var binaryNames = [...]string{tree.Add: "+", tree.Sub: "-", tree.Mul: "*", tree.Div: "/", tree.Mod: "%", tree.IntDiv: "div",
	tree.BitAnd: "&", tree.BitOr: "|", tree.BitXor: "^", tree.ShiftLeft: "<<", tree.ShiftRight: ">>", tree.ShiftRightUnsigned: ">>>",
	tree.Eq: "=", tree.NullSafeEq: "<=>", tree.NotEq: "=", tree.Lt: "<", tree.LtEq: "<=", tree.Gt: ">", tree.GtEq: ">=",
	tree.And: "and", tree.Or: "or", tree.Concat: "concat", tree.IsDistinctFrom: "<=>", tree.IsNotDistinctFrom: "<=>"}

func (a *Analyzer) typeBinary(e *tree.Binary, sc Scope) (expr.Expr, error) {
	l, err := a.typeExpr(e.L, sc)
	if err != nil {
		return nil, err
	}
	r, err := a.typeExpr(e.R, sc)
	if err != nil {
		return nil, err
	}
	if x := wholeComparison(e.Op, l, r); x != nil {
		if lit, ok := x.(*expr.Literal); ok {
			return lit, nil
		}
		l, r = x.Children()[0], x.Children()[1]
	}
	x, err := a.compare(e.P, binaryNames[e.Op], l, r)
	if err != nil || e.Op != tree.NotEq && e.Op != tree.IsDistinctFrom {
		return x, err
	}
	return a.op(e.P, "not", x)
}

func (a *Analyzer) typeCast(e *tree.Cast, sc Scope) (expr.Expr, error) {
	x, err := a.typeExpr(e.X, sc)
	if err != nil {
		return nil, err
	}
	return a.cast(e.P, x, PlainStrings(e.To), e.Try)
}

// PlainStrings is a type with strings in the place of char and varchar, which only columns of tables have.
func PlainStrings(t types.Type) types.Type {
	switch t.Kind() {
	case types.Char, types.Varchar:
		return types.StringType
	case types.Array:
		return types.ArrayOf(PlainStrings(t.Elem()), t.ContainsNull())
	case types.Map:
		return types.MapOf(PlainStrings(t.Key()), PlainStrings(t.Elem()), t.ContainsNull())
	case types.Struct:
		fs := append([]types.Field(nil), t.Fields()...)
		for i := range fs {
			fs[i].Type = PlainStrings(fs[i].Type)
		}
		return types.StructOf(fs...)
	}
	return t
}

func (a *Analyzer) typeCase(e *tree.Case, sc Scope) (expr.Expr, error) {
	var operand expr.Expr
	var err error
	if e.Operand != nil {
		if operand, err = a.typeExpr(e.Operand, sc); err != nil {
			return nil, err
		}
	}
	var xs []expr.Expr
	for _, w := range e.Whens {
		cond, err := a.typeExpr(w.Cond, sc)
		if err != nil {
			return nil, err
		}
		if operand != nil {
			if cond, err = a.compare(e.P, "=", operand, cond); err != nil {
				return nil, err
			}
		}
		then, err := a.typeExpr(w.Then, sc)
		if err != nil {
			return nil, err
		}
		xs = append(xs, cond, then)
	}
	if e.Else != nil {
		x, err := a.typeExpr(e.Else, sc)
		if err != nil {
			return nil, err
		}
		xs = append(xs, x)
	}
	return a.op(e.P, "when", xs...)
}

func (a *Analyzer) typeAll(es []tree.Expr, sc Scope) ([]expr.Expr, error) {
	out := make([]expr.Expr, len(es))
	for i, e := range es {
		x, err := a.typeExpr(e, sc)
		if err != nil {
			return nil, err
		}
		out[i] = x
	}
	return out, nil
}

// negate is NOT x where not is true.
func (a *Analyzer) negate(at errs.Pos, not bool, x expr.Expr, err error) (expr.Expr, error) {
	if err != nil || !not {
		return x, err
	}
	return a.op(at, "not", x)
}

func (a *Analyzer) typeIn(e *tree.In, sc Scope) (expr.Expr, error) {
	xs, err := a.typeAll(append([]tree.Expr{e.X}, e.List...), sc)
	if err != nil {
		return nil, err
	}
	x, err := a.compare(e.P, "in", xs...)
	return a.negate(e.P, e.Not, x, err)
}

func (a *Analyzer) typeInQuery(e *tree.InQuery, sc Scope) (expr.Expr, error) {
	plain := *e
	plain.Not = false
	x, err := sc.Query(&plain)
	return a.negate(e.P, e.Not, x, err)
}

// typeBetween is x >= lo AND x <= hi, shown as the function between.
func (a *Analyzer) typeBetween(e *tree.Between, sc Scope) (expr.Expr, error) {
	xs, err := a.typeAll([]tree.Expr{e.X, e.Lo, e.Hi}, sc)
	if err != nil {
		return nil, err
	}
	x, err := a.between(e.P, xs)
	return a.negate(e.P, e.Not, x, err)
}

func (a *Analyzer) between(at errs.Pos, xs []expr.Expr) (expr.Expr, error) {
	lo, err := a.op(at, ">=", xs[0], xs[1])
	if err != nil {
		return nil, err
	}
	hi, err := a.op(at, "<=", xs[0], xs[2])
	if err != nil {
		return nil, err
	}
	x, err := a.op(at, "and", lo, hi)
	if c, ok := x.(*expr.Call); ok {
		c.Label = "between(" + xs[0].String() + ", " + xs[1].String() + ", " + xs[2].String() + ")"
	}
	return x, err
}

func (a *Analyzer) typeLike(e *tree.Like, sc Scope) (expr.Expr, error) {
	x, err := a.typeExpr(e.X, sc)
	if err != nil {
		return nil, err
	}
	name := [...]string{tree.LikeOp: "like", tree.ILikeOp: "ilike", tree.RLikeOp: "rlike"}[e.Kind]
	join := "or"
	if e.All {
		join = "and"
	}
	var all expr.Expr
	for _, p := range e.Patterns {
		pattern, err := a.typeExpr(p, sc)
		if err != nil {
			return nil, err
		}
		args := []expr.Expr{x, pattern}
		if e.Escape != "" {
			args = append(args, &expr.Literal{Typ: types.StringType, Value: e.Escape, At: e.P})
		}
		one, err := a.op(e.P, name, args...)
		if one, err = a.negate(e.P, e.Not, one, err); err != nil {
			return nil, err
		}
		if all == nil {
			all = one
		} else if all, err = a.op(e.P, join, all, one); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (a *Analyzer) typeIsTest(e *tree.IsTest, sc Scope) (expr.Expr, error) {
	x, err := a.typeExpr(e.X, sc)
	if err != nil {
		return nil, err
	}
	if e.Test == tree.IsNull || e.Test == tree.IsUnknown {
		if e.Not {
			return a.op(e.P, "isnotnull", x)
		}
		return a.op(e.P, "isnull", x)
	}
	y, err := a.op(e.P, "<=>", x, &expr.Literal{Typ: types.BooleanType, Value: e.Test == tree.IsTrue, At: e.P})
	return a.negate(e.P, e.Not, y, err)
}

func (a *Analyzer) typeIndex(e *tree.Index, sc Scope) (expr.Expr, error) {
	x, err := a.typeExpr(e.X, sc)
	if err != nil {
		return nil, err
	}
	i, err := a.typeExpr(e.I, sc)
	if err != nil {
		return nil, err
	}
	if l, ok := i.(*expr.Literal); ok && x.Type().Kind() != types.Map {
		if name, ok := l.Value.(string); ok {
			return a.fieldOf(e.P, x, name)
		}
	}
	return a.op(e.P, "[]", x, i)
}

func (a *Analyzer) typeField(e *tree.Field, sc Scope) (expr.Expr, error) {
	x, err := a.typeExpr(e.X, sc)
	if err != nil {
		return nil, err
	}
	return a.fieldOf(e.P, x, e.Name)
}

// fieldOf is x.name: a field of a struct, of every struct in an array, or a value of a map with string keys.
func (a *Analyzer) fieldOf(at errs.Pos, x expr.Expr, name string) (expr.Expr, error) {
	t := x.Type()
	if t.Kind() == types.Array {
		t = t.Elem()
	}
	switch {
	case t.Kind() == types.Struct:
		found := -1
		for i, f := range t.Fields() {
			if a.same(f.Name, name) {
				if found >= 0 {
					return nil, errs.New(at, "AMBIGUOUS_REFERENCE_TO_FIELDS", "field", "`"+name+"`", "count", "2")
				}
				found = i
			}
		}
		if found < 0 {
			return nil, errs.New(at, "FIELD_NOT_FOUND", "fieldName", "`"+name+"`", "fields", fieldNames(t))
		}
		return a.fieldAt(at, x, found)
	case x.Type().Kind() == types.Map:
		y, err := a.op(at, "[]", x, &expr.Literal{Typ: types.StringType, Value: name, At: at})
		return y, err
	}
	return nil, errs.New(at, "INVALID_EXTRACT_BASE_FIELD_TYPE", "base", quoteExpr(x.String()), "other", "\""+x.Type().SQL()+"\"")
}

// fieldAt is field k of a struct, or of every struct in an array.
func (a *Analyzer) fieldAt(at errs.Pos, x expr.Expr, k int) (expr.Expr, error) {
	t := x.Type()
	if t.Kind() == types.Array {
		t = t.Elem()
	}
	y, err := a.bind(at, functions.FieldAccess(x.Type(), k), "getstructfield", []expr.Expr{x}, callSpec{})
	if c, ok := y.(*expr.Call); ok {
		c.Label = x.String() + "." + t.Fields()[k].Name
	}
	return y, err
}

func fieldNames(t types.Type) string {
	names := make([]string, len(t.Fields()))
	for i, f := range t.Fields() {
		names[i] = "`" + f.Name + "`"
	}
	return strings.Join(names, ", ")
}

func (a *Analyzer) typeAlias(e *tree.Alias, sc Scope) (expr.Expr, error) {
	x, err := a.typeExpr(e.X, sc)
	if err != nil || len(e.Names) != 1 {
		return x, err
	}
	return &expr.Alias{X: x, Name: e.Names[0], ID: expr.NewID(), At: e.P}, nil
}

// typeParam refuses a marker that the parser was given no value for.
func (a *Analyzer) typeParam(e *tree.Param) (expr.Expr, error) {
	name := e.Name
	if name == "" {
		name = "_" + itoa(e.N)
	}
	return nil, errs.New(e.P, "UNBOUND_SQL_PARAMETER", "name", name)
}

func (a *Analyzer) typeCollate(e *tree.Collate, sc Scope) (expr.Expr, error) {
	x, err := a.typeExpr(e.X, sc)
	if err != nil {
		return nil, err
	}
	if strings.EqualFold(e.Name, "UTF8_BINARY") && x.Type().IsString() {
		return a.castTo(x, types.StringType), nil
	}
	return nil, errs.Unsupported(e.P, "COLLATE "+e.Name)
}

// typeIdentifier is IDENTIFIER(text): the name that a constant string holds.
func (a *Analyzer) typeIdentifier(e *tree.Identifier, sc Scope) (expr.Expr, error) {
	parts, err := a.identifier(e.X)
	if err != nil {
		return nil, err
	}
	if e.Call == nil {
		return a.typeName(&tree.Name{At: e.At, Parts: parts}, sc)
	}
	c := *e.Call
	c.Func = parts
	return a.typeCall(&c, sc)
}
