package analyze

import (
	"math"
	"strconv"
	"strings"

	"sparksql/functions"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/tree"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// callSpec is what a call may say besides its arguments, typed.
type callSpec struct {
	distinct    bool
	filter      expr.Expr
	orderBy     []expr.Order
	withinGroup bool
	nulls       tree.NullsMode
	over        bool
	lambdas     []*pendingLambda // by argument; nil: none among them
	label       func() string    // column name, where it is not the function's own
}

// typeCall types a call by name.
func (a *Analyzer) typeCall(e *tree.Call, sc Scope) (expr.Expr, error) {
	d, ok := a.Functions(e.Func)
	if !ok || d.Operator {
		return a.callOther(e, sc)
	}
	name := strings.ToLower(e.Func[len(e.Func)-1])
	switch d.Name {
	case "struct":
		return a.typeStruct(e.P, "struct", e.Args, sc)
	case "between":
		xs, err := a.typeAll(e.Args, sc)
		if err != nil || len(xs) != 3 {
			return nil, firstError(err, func() error { return wrongArgs(e.P, name, "3", len(e.Args)) })
		}
		return a.between(e.P, xs)
	}
	xs, lambdas, err := a.typeArgs(e, d, name, sc)
	if err != nil {
		return nil, err
	}
	if to, ok := functions.Conversion(d.Name); ok && len(xs) == 1 && len(lambdas) == 0 {
		return a.conversion(e.P, xs[0], to)
	}
	if guarded[d.Name] != "" && len(xs) == d.MinArgs && len(lambdas) == 0 && !e.Distinct && e.Filter == nil && e.Over == nil {
		return a.guard(e.P, name, xs)
	}
	spec := callSpec{distinct: e.Distinct, nulls: e.Nulls, withinGroup: e.WithinGroup, over: e.Over != nil, lambdas: lambdas}
	if e.Filter != nil {
		if spec.filter, err = a.typeFilter(e.Filter, sc); err != nil {
			return nil, err
		}
	}
	if spec.orderBy, err = a.typeOrder(e.OrderBy, sc); err != nil {
		return nil, err
	}
	x, err := a.bind(e.P, d, name, xs, spec)
	if err == nil && d.Name == "decode" {
		x, err = a.padCompared(x)
	}
	if err != nil || e.Over == nil {
		return x, err
	}
	return a.typeWindow(e, x, sc)
}

func firstError(err error, other func() error) error {
	if err != nil {
		return err
	}
	return other()
}

// callOther is a call of what the registry does not have: a SQL function, or nothing.
func (a *Analyzer) callOther(e *tree.Call, sc Scope) (expr.Expr, error) {
	if a.Objects != nil {
		f, err := a.Objects.Function(a.ctx, e.Func)
		if err != nil {
			return nil, errs.At(err, e.P)
		}
		if f != nil {
			return a.callSQL(f, e, sc)
		}
	}
	if len(e.Func) > 3 {
		return nil, errs.New(e.P, "IDENTIFIER_TOO_MANY_NAME_PARTS", "identifier", quoteParts(e.Func))
	}
	return nil, errs.New(e.P, "UNRESOLVED_ROUTINE", "routineName", quoteParts(e.Func),
		"searchPath", "[`system`.`builtin`, `system`.`session`, `spark_catalog`.`"+a.Database+"`]",
		"proposal", a.suggestion(e.Func[len(e.Func)-1]))
}

func (a *Analyzer) suggestion(name string) string {
	if a.Near == nil {
		return ""
	}
	near := a.Near(name)
	if len(near) == 0 {
		return ""
	}
	return " Did you mean `" + strings.Join(near, "`, `") + "`?"
}

func wrongArgs(at errs.Pos, name, want string, got int) *errs.Error {
	return errs.New(at, "WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "functionName", "`"+name+"`", "expectedNum", want,
		"actualNum", strconv.Itoa(got), "docroot", docRoot)
}

// typeArgs types the arguments of a call: stars are spread, named ones put in their places, missing ones
// filled with their defaults, lambdas kept back until the function knows the types of their parameters.
func (a *Analyzer) typeArgs(e *tree.Call, d *udfs.Def, name string, sc Scope) ([]expr.Expr, []*pendingLambda, error) {
	args, err := namedArgs(e, d, name)
	if err != nil {
		return nil, nil, err
	}
	var xs []expr.Expr
	var lambdas []*pendingLambda
	for _, arg := range args {
		switch arg := arg.(type) {
		case *tree.Star:
			if name == "count" && len(arg.Qualifier) == 0 && len(arg.Except) == 0 && len(args) == 1 && !e.Distinct {
				xs = append(xs, &expr.Literal{Typ: types.IntType, Value: int32(1), At: arg.P})
				continue
			}
			cols, err := sc.Star(arg)
			if err != nil {
				return nil, nil, err
			}
			xs = append(xs, cols...)
			continue
		case *tree.Lambda:
			for len(lambdas) < len(xs) {
				lambdas = append(lambdas, nil)
			}
			lambdas = append(lambdas, &pendingLambda{tree: arg, sc: sc})
			xs = append(xs, nil)
			continue
		case nil:
			xs = append(xs, nil)
			continue
		}
		x, err := a.typeExpr(arg, sc)
		if err != nil {
			return nil, nil, err
		}
		xs = append(xs, x)
	}
	for i, x := range xs {
		if x == nil && (i >= len(lambdas) || lambdas[i] == nil) {
			xs[i] = defaultArg(e.P, *d.Args[i].Default)
		}
	}
	if len(e.Args) >= d.MinArgs && (d.Name != "count" || len(xs) > 0) {
		for i := len(xs); i < len(d.Args) && d.Args[i].Default != nil; i++ {
			xs = append(xs, defaultArg(e.P, *d.Args[i].Default))
		}
	}
	return xs, lambdas, nil
}

// namedArgs puts named arguments in their places; nil stands for one that is missing.
func namedArgs(e *tree.Call, d *udfs.Def, name string) ([]tree.Expr, error) {
	first := len(e.Args)
	for i, arg := range e.Args {
		if _, ok := arg.(*tree.NamedArg); ok {
			first = i
			break
		}
	}
	if first == len(e.Args) {
		return e.Args, nil
	}
	if len(d.Args) == 0 {
		return nil, errs.New(e.P, "NAMED_PARAMETERS_NOT_SUPPORTED", "functionName", "`"+name+"`")
	}
	out := make([]tree.Expr, len(d.Args))
	if first > len(out) {
		return nil, wrongArgs(e.P, name, strconv.Itoa(len(out)), len(e.Args))
	}
	copy(out, e.Args[:first])
	for _, arg := range e.Args[first:] {
		n, ok := arg.(*tree.NamedArg)
		if !ok {
			return nil, errs.New(arg.Pos(), "UNEXPECTED_POSITIONAL_ARGUMENT", "routineName", "`"+name+"`", "parameterName", "`"+e.Args[first].(*tree.NamedArg).Name+"`")
		}
		at := -1
		for i, p := range d.Args {
			if strings.EqualFold(p.Name, n.Name) {
				at = i
			}
		}
		switch {
		case at < 0:
			return nil, errs.New(n.P, "UNRECOGNIZED_PARAMETER_NAME", "routineName", "`"+name+"`", "argumentName", "`"+n.Name+"`", "proposal", "")
		case at < first:
			return nil, errs.New(n.P, "DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.BOTH_POSITIONAL_AND_NAMED", "routineName", "`"+name+"`", "parameterName", "`"+n.Name+"`")
		case out[at] != nil:
			return nil, errs.New(n.P, "DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.DOUBLE_NAMED_ARGUMENT_REFERENCE", "routineName", "`"+name+"`", "parameterName", "`"+n.Name+"`")
		}
		out[at] = n.Value
	}
	last := 0
	for i, p := range d.Args {
		if out[i] != nil {
			last = i + 1
		} else if p.Default == nil {
			return nil, errs.New(e.P, "REQUIRED_PARAMETER_NOT_FOUND", "routineName", "`"+name+"`", "parameterName", "`"+p.Name+"`", "index", strconv.Itoa(i))
		}
	}
	return out[:last], nil
}

func defaultArg(at errs.Pos, v any) expr.Expr {
	t := types.NullType
	switch v.(type) {
	case bool:
		t = types.BooleanType
	case int32:
		t = types.IntType
	case int64:
		t = types.BigIntType
	case float64:
		t = types.DoubleType
	case string:
		t = types.StringType
	}
	if n, ok := v.(int); ok {
		v, t = int32(n), types.IntType
	}
	return &expr.Literal{Typ: t, Value: v, At: at}
}

// binding is a call on its way: what is known of it before its types are.
type binding struct {
	a    *Analyzer
	at   errs.Pos
	def  *udfs.Def
	name string
	xs   []expr.Expr
	spec callSpec
}

// pretty is the name of the column that the call would be.
func (b *binding) pretty() string {
	if b.spec.label != nil {
		return b.spec.label()
	}
	c := &expr.Call{Def: b.def, Name: b.name}
	for _, x := range b.xs {
		if x == nil {
			x = &expr.Literal{Text: "lambda"}
		}
		c.Args = append(c.Args, x)
	}
	if b.spec.distinct {
		return (&expr.Agg{Call: *c, Distinct: true}).String()
	}
	return c.String()
}

// bind finds the types of a call and casts its arguments to them.
func (a *Analyzer) bind(at errs.Pos, d *udfs.Def, name string, xs []expr.Expr, spec callSpec) (expr.Expr, error) {
	b := &binding{a: a, at: at, def: d, name: name, xs: xs, spec: spec}
	if err := b.checkSyntax(); err != nil {
		return nil, err
	}
	if d.Traits.Has(udfs.OrderedSet) {
		if err := b.orderedSet(); err != nil {
			return nil, err
		}
	}
	if err := b.checkCount(); err != nil {
		return nil, err
	}
	env := a.env(at)
	bound, err := b.resolve(env)
	if err != nil {
		return nil, errs.At(err, at)
	}
	for i, l := range b.spec.lambdas {
		if l != nil && b.xs[i] == nil {
			return nil, errs.New(at, "INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION", "class", name)
		}
	}
	if len(bound.In) != len(b.xs) {
		return nil, errs.Internal("%s binds %d arguments of %d", name, len(bound.In), len(b.xs))
	}
	traits := d.Traits
	if bound.Traits != nil {
		traits = *bound.Traits
	}
	if !traits.Has(udfs.Deterministic) && bound.Agg == nil {
		a.seed++
		env.Seed = a.Env.Now ^ int64(uint64(a.seed)*0x9E3779B97F4A7C15&math.MaxInt64)
	}
	label := ""
	if b.spec.label != nil {
		label = b.spec.label()
	}
	args := make([]expr.Expr, len(b.xs))
	for i, x := range b.xs {
		if _, ok := x.(*expr.Lambda); ok {
			args[i] = x
			continue
		}
		args[i] = a.castTo(x, bound.In[i])
	}
	call := expr.Call{Def: d, Name: name, Bind: bound, Env: env, Args: args, Label: label, At: at}
	return b.finish(call)
}

// finish makes an Agg of an aggregate and refuses what the kind of function does not take.
func (b *binding) finish(call expr.Call) (expr.Expr, error) {
	bound := &call.Bind
	if bound.Window != nil && bound.Agg == nil && !b.spec.over {
		return nil, errs.New(b.at, "WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE", "funcName", quoteExpr(call.String()))
	}
	if bound.Agg == nil {
		if bound.Window == nil && b.spec.over {
			return nil, errs.New(b.at, "UNSUPPORTED_EXPR_FOR_WINDOW", "sqlExpr", quoteExpr(call.String()))
		}
		return &call, b.refuse(bound.Window != nil)
	}
	if b.spec.nulls == tree.IgnoreNulls && !call.Traits().Has(udfs.IgnoresNulls) {
		return nil, b.unsupportedSyntax("IGNORE NULLS")
	}
	agg := &expr.Agg{Call: call, Distinct: b.spec.distinct, Filter: b.spec.filter, OrderBy: b.spec.orderBy,
		IgnoreNulls: b.spec.nulls == tree.IgnoreNulls}
	for _, x := range call.Args {
		if b.spec.over {
			break // a window over the groups: its arguments may be aggregates
		}
		if err := checkNested(x); err != nil {
			return nil, err
		}
	}
	return agg, nil
}

// checkNested refuses aggregates in the arguments of an aggregate.
func checkNested(x expr.Expr) (err error) {
	expr.Walk(x, func(e expr.Expr) bool {
		if inner, ok := e.(*expr.Agg); ok && err == nil {
			err = errs.New(inner.At, "NESTED_AGGREGATE_FUNCTION")
		}
		_, window := e.(*expr.Window)
		return err == nil && !window
	})
	return err
}

// refuse says which of the clauses of an aggregate a plain function was given.
func (b *binding) refuse(window bool) error {
	switch {
	case b.spec.distinct:
		return b.unsupportedSyntax("DISTINCT")
	case b.spec.filter != nil:
		return b.unsupportedSyntax("FILTER clause")
	case b.spec.withinGroup:
		return b.unsupportedSyntax("WITHIN GROUP (ORDER BY ...)")
	case b.spec.nulls == tree.IgnoreNulls && !(window && b.def.Traits.Has(udfs.IgnoresNulls)):
		return b.unsupportedSyntax("IGNORE NULLS")
	}
	return nil
}

func (b *binding) unsupportedSyntax(syntax string) error {
	return errs.New(b.at, "INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX", "prettyName", "`"+b.name+"`", "syntax", syntax)
}

func (b *binding) checkSyntax() error {
	set := b.def.Traits.Has(udfs.OrderedSet)
	switch {
	case set && !b.spec.withinGroup:
		if b.def.MinArgs == 1 || b.def.MinArgs > len(b.xs)+2 || len(b.xs)+2 > b.def.MaxArgs {
			return nil
		}
		return errs.New(b.at, "INVALID_WITHIN_GROUP_EXPRESSION.WITHIN_GROUP_MISSING", "funcName", "`"+b.name+"`")
	case set && b.spec.distinct:
		return errs.New(b.at, "INVALID_WITHIN_GROUP_EXPRESSION.DISTINCT_UNSUPPORTED", "funcName", "`"+b.name+"`")
	case set && len(b.spec.orderBy) != 1:
		return errs.New(b.at, "INVALID_WITHIN_GROUP_EXPRESSION.WRONG_NUM_ORDERINGS", "funcName", "`"+b.name+"`",
			"expectedNum", "1", "actualNum", strconv.Itoa(len(b.spec.orderBy)))
	case !set && b.spec.withinGroup && !b.def.Traits.Has(udfs.OrderSensitive):
		return b.unsupportedSyntax("WITHIN GROUP (ORDER BY ...)")
	}
	return nil
}

// orderedSet moves the key of WITHIN GROUP among the arguments; the column keeps the text as written.
func (b *binding) orderedSet() error {
	if !b.spec.withinGroup {
		return nil
	}
	key := b.spec.orderBy[0]
	label := b.pretty() + " WITHIN GROUP (ORDER BY " + key.X.String()
	if key.Desc {
		label += " DESC"
	}
	label += ")"
	b.spec.label = func() string { return label }
	b.xs = append(append([]expr.Expr{key.X}, b.xs...), &expr.Literal{Typ: types.BooleanType, Value: key.Desc, At: b.at})
	b.spec.orderBy = nil
	return nil
}

// checkCount compares the number of arguments with what Resolve takes.
func (b *binding) checkCount() error {
	n, lo, hi := len(b.xs), b.def.MinArgs, b.def.MaxArgs
	if b.def.Traits.Has(udfs.OrderedSet) && lo > 1 {
		lo, hi = lo-2, hi-2 // as written
		if b.spec.withinGroup {
			n -= 2
		}
	}
	if b.def.Resolve == nil || n >= lo && (hi < 0 || n <= hi) {
		return nil
	}
	want := strconv.Itoa(lo)
	switch {
	case hi < 0:
		want = "> " + strconv.Itoa(lo-1)
	case hi > lo:
		parts := []string{}
		for k := lo; k <= hi; k++ {
			parts = append(parts, strconv.Itoa(k))
		}
		want = "[" + strings.Join(parts, ", ") + "]"
	}
	return wrongArgs(b.at, b.name, want, n)
}
