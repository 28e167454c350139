package analyze

import (
	"strconv"
	"strings"

	"sparksql/functions"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/parse"
	"sparksql/sql/tree"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// infos describes the arguments to a function.
func (b *binding) infos() []udfs.ArgInfo {
	out := make([]udfs.ArgInfo, len(b.xs))
	for i, x := range b.xs {
		if i < len(b.spec.lambdas) && b.spec.lambdas[i] != nil {
			l := b.spec.lambdas[i]
			out[i] = udfs.ArgInfo{Pos: l.tree.P, SQL: "lambda", Lambda: l.info(b, i)}
			continue
		}
		v, ok, err := b.a.constant(x)
		_, lit := x.(*expr.Literal)
		out[i] = udfs.ArgInfo{Type: x.Type(), Nullable: x.Nullable(), Const: ok && err == nil, Value: v, Literal: lit, SQL: x.String(), Pos: x.Pos(), Column: argName(x)}
	}
	return out
}

// argName is the name that an argument brings along.
func argName(x expr.Expr) string {
	switch x := x.(type) {
	case *expr.Column:
		return x.Name
	case *expr.Outer:
		return x.Name
	case *expr.Alias:
		return x.Name
	}
	return ""
}

// resolve asks the function for its types: its Resolve, or the best of its signatures.
func (b *binding) resolve(env *udfs.Env) (udfs.Binding, error) {
	args := b.infos()
	ctx := &udfs.ResolveCtx{Name: b.name, Env: env, Distinct: b.spec.distinct,
		IgnoreNulls: b.spec.nulls == tree.IgnoreNulls, WithinGroup: b.spec.withinGroup, Pretty: b.pretty,
		ParseType: func(ddl string) (types.Type, error) { return parse.DDL(&errs.Text{SQL: ddl}) }}
	if b.def.Resolve != nil {
		bound, err := b.def.Resolve(ctx, args)
		if err == nil {
			err = b.noLambda(args)
		}
		return bound, err
	}
	if err := b.noLambda(args); err != nil {
		return udfs.Binding{}, err
	}
	var best *udfs.Overload
	var in []types.Type
	score := 1 << 30
	for i := range b.def.Overloads {
		o := &b.def.Overloads[i]
		ts, ok := signature(o, len(args))
		if !ok {
			continue
		}
		s, ok := b.distance(args, ts)
		if ok && s < score {
			best, in, score = o, ts, s
		}
	}
	if best == nil {
		return udfs.Binding{}, b.noOverload(args)
	}
	return overloadBinding(b.def, best, in), nil
}

// noLambda refuses a lambda that the function has not typed.
func (b *binding) noLambda(args []udfs.ArgInfo) error {
	for i, arg := range args {
		if arg.Lambda != nil && b.xs[i] == nil {
			return errs.New(arg.Pos, "INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION", "class", b.name)
		}
	}
	return nil
}

func overloadBinding(d *udfs.Def, o *udfs.Overload, in []types.Type) udfs.Binding {
	traits := d.TraitsOf(o)
	bound := udfs.Binding{In: in, Out: o.Out, Nullable: o.Nullable, Traits: &traits, New: o.New, Agg: o.Agg, Window: o.Window, Table: o.Table}
	if o.Kernel != nil {
		k := o.Kernel
		bound.New = func(*udfs.Env) (udfs.Kernel, error) { return k, nil }
	}
	return bound
}

// signature is the list of n argument types that o takes.
func signature(o *udfs.Overload, n int) ([]types.Type, bool) {
	if !o.Variadic {
		return o.In, len(o.In) == n
	}
	if n < len(o.In)-1 {
		return nil, false
	}
	ts := make([]types.Type, n)
	for i := range ts {
		ts[i] = o.In[min(i, len(o.In)-1)]
	}
	return ts, true
}

// distance says how far the arguments are from a signature: equal types 0, wider ones a little, others far.
func (b *binding) distance(args []udfs.ArgInfo, in []types.Type) (total int, ok bool) {
	co := b.a.coercion()
	for i, arg := range args {
		d := 0
		switch {
		case types.SameType(arg.Type, in[i]) || arg.Type.IsString() && in[i].IsString():
		case !co.Implicit(arg.Type, in[i]):
			return 0, false
		case arg.Type.Kind() == types.Null:
			d = 1
		case types.CanUpCast(arg.Type, in[i]) && !in[i].IsString():
			d = 1
		case arg.Type.Kind() == types.Decimal && in[i].Kind() == types.Double:
			d = 2
		case arg.Type.IsString() && in[i].Kind() == types.Double:
			d = 10
		case in[i].IsString():
			d = 20
		default:
			d = 40
		}
		total += d
	}
	return total, true
}

// noOverload tells what is wrong; of users' functions it lists the signatures.
func (b *binding) noOverload(args []udfs.ArgInfo) error {
	err := b.misfit(args)
	if !functions.IsBuiltin(b.def) {
		err.Hint = "Signatures: " + strings.Join(signatures(b.def), "; ") + "."
	}
	return err
}

// signatures are a function's, as they are written: f(a DOUBLE, b STRING, ...).
func signatures(d *udfs.Def) []string {
	out := make([]string, len(d.Overloads))
	for i, o := range d.Overloads {
		params := make([]string, len(o.In))
		for k, t := range o.In {
			params[k] = t.SQL()
			if k < len(d.Args) {
				params[k] = d.Args[k].Name + " " + params[k]
			}
		}
		if o.Variadic {
			params[len(params)-1] += "..."
		}
		out[i] = d.Name + "(" + strings.Join(params, ", ") + ")"
	}
	return out
}

// misfit is the error of arguments that fit no signature: their number is wrong, or the first that fits none.
func (b *binding) misfit(args []udfs.ArgInfo) *errs.Error {
	counts := map[int]bool{}
	var near [][]types.Type
	for i := range b.def.Overloads {
		o := &b.def.Overloads[i]
		if ts, ok := signature(o, len(args)); ok {
			near = append(near, ts)
		}
		counts[len(o.In)] = true
		if o.Variadic && len(b.def.Overloads) == 1 && len(near) == 0 {
			return wrongArgs(b.at, b.name, "> "+strconv.Itoa(len(o.In)-2), len(args))
		}
	}
	if len(near) == 0 {
		return wrongArgs(b.at, b.name, countList(counts), len(args))
	}
	co := b.a.coercion()
	for i, arg := range args {
		var want []string
		fits := false
		for _, ts := range near {
			fits = fits || co.Implicit(arg.Type, ts[i])
			w := "\"" + ts[i].SQL() + "\""
			if !contains(want, w) {
				want = append(want, w)
			}
		}
		if !fits || i == len(args)-1 {
			required := want[0]
			if len(want) > 1 {
				required = "(" + strings.Join(want, " or ") + ")"
			}
			return errs.New(b.at, "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "sqlExpr", quoteExpr(b.pretty()), "paramIndex", functions.Ordinal(i),
				"inputSql", quoteExpr(arg.SQL), "inputType", "\""+arg.Type.SQL()+"\"", "requiredType", required)
		}
	}
	return wrongArgs(b.at, b.name, countList(counts), len(args))
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func countList(counts map[int]bool) string {
	var parts []string
	for n := 0; n < 64; n++ {
		if counts[n] {
			parts = append(parts, strconv.Itoa(n))
		}
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// typeFilter types the condition of FILTER.
func (a *Analyzer) typeFilter(e tree.Expr, sc Scope) (expr.Expr, error) {
	x, err := a.typeExpr(e, sc)
	if err != nil {
		return nil, err
	}
	if k := x.Type().Kind(); k != types.Boolean && k != types.Null {
		return nil, errs.New(e.Pos(), "INVALID_AGGREGATE_FILTER.NOT_BOOLEAN", "filterExpr", quoteExpr(x.String()))
	}
	expr.Walk(x, func(sub expr.Expr) bool {
		switch s := sub.(type) {
		case *expr.Agg:
			err = errs.New(e.Pos(), "INVALID_AGGREGATE_FILTER.CONTAINS_AGGREGATE", "filterExpr", quoteExpr(x.String()), "aggExpr", quoteExpr(s.String()))
		case *expr.Window:
			err = errs.New(e.Pos(), "INVALID_AGGREGATE_FILTER.CONTAINS_WINDOW_FUNCTION", "filterExpr", quoteExpr(x.String()), "windowExpr", quoteExpr(s.String()))
		case *expr.Call:
			if !s.Traits().Has(udfs.Deterministic) {
				err = errs.New(e.Pos(), "INVALID_AGGREGATE_FILTER.NON_DETERMINISTIC", "filterExpr", quoteExpr(x.String()))
			}
		}
		return err == nil
	})
	return a.castTo(x, types.BooleanType), err
}

func (a *Analyzer) typeOrder(keys []tree.SortKey, sc Scope) ([]expr.Order, error) {
	var out []expr.Order
	for _, k := range keys {
		x, err := a.typeExpr(k.X, sc)
		if err != nil {
			return nil, err
		}
		out = append(out, expr.Order{X: x, Desc: k.Desc, NullsFirst: k.NullsFirst})
	}
	return out, nil
}

// typeStruct makes a struct of values, named after them or after their place: struct(a, b), and with an
// empty name (a, b).
func (a *Analyzer) typeStruct(at errs.Pos, name string, items []tree.Expr, sc Scope) (expr.Expr, error) {
	var values []expr.Expr
	for _, it := range items {
		if s, ok := it.(*tree.Star); ok {
			cols, err := sc.Star(s)
			if err != nil {
				return nil, err
			}
			values = append(values, cols...)
			continue
		}
		x, err := a.typeExpr(it, sc)
		if err != nil {
			return nil, err
		}
		values = append(values, x)
	}
	var args []expr.Expr
	for i, x := range values {
		args = append(args, &expr.Literal{Typ: types.StringType, Value: structFieldName(x, i), At: x.Pos()})
		if al, ok := x.(*expr.Alias); ok {
			x = al.X
		}
		args = append(args, x)
	}
	d, ok := functions.Builtins().Lookup("named_struct")
	if !ok {
		return nil, errs.Internal("no named_struct")
	}
	spec := callSpec{}
	if name != "" {
		spec.label = func() string {
			parts := make([]string, len(values))
			for i, x := range values {
				parts[i] = x.String()
			}
			return name + "(" + strings.Join(parts, ", ") + ")"
		}
	}
	return a.bind(at, d, "named_struct", args, spec)
}

// structFieldName is the name that a value brings along, else its place.
func structFieldName(x expr.Expr, i int) string {
	switch x := x.(type) {
	case *expr.Column:
		return x.Name
	case *expr.Outer:
		return x.Name
	case *expr.Alias:
		return x.Name
	case *expr.Call:
		if x.Name == "getstructfield" {
			return x.Label[strings.LastIndexByte(x.Label, '.')+1:]
		}
	}
	return "col" + strconv.Itoa(i+1)
}
