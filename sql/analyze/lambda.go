package analyze

import (
	"strconv"
	"strings"

	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/tree"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// pendingLambda is a lambda whose parameters have no types yet: the function it is given to will say.
type pendingLambda struct {
	tree *tree.Lambda
	sc   Scope
}

// info lets the function type the lambda; the typed lambda takes its place among the arguments.
func (l *pendingLambda) info(b *binding, i int) *udfs.LambdaInfo {
	return &udfs.LambdaInfo{Params: len(l.tree.Params), Bind: func(params []types.Field) (types.Type, bool, error) {
		x, err := b.a.typeLambda(l, b.name, params)
		if err != nil {
			return types.Type{}, false, err
		}
		b.xs[i] = x
		return x.Body.Type(), x.Body.Nullable(), nil
	}}
}

func (a *Analyzer) typeLambda(l *pendingLambda, function string, params []types.Field) (*expr.Lambda, error) {
	if len(params) != len(l.tree.Params) {
		return nil, errs.New(l.tree.P, "INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH",
			"expectedNumArgs", strconv.Itoa(len(l.tree.Params)), "actualNumArgs", strconv.Itoa(len(params)))
	}
	out := &expr.Lambda{At: l.tree.P}
	for i, p := range params {
		for _, other := range l.tree.Params[:i] {
			if a.same(other, l.tree.Params[i]) {
				return nil, errs.New(l.tree.P, "INVALID_LAMBDA_FUNCTION_CALL.DUPLICATE_ARG_NAMES", "args", "`"+strings.Join(l.tree.Params, "`, `")+"`", "caseSensitiveConfig", "\"spark.sql.caseSensitive\"")
			}
		}
		out.Params = append(out.Params, expr.Col{ID: expr.NewID(), Name: l.tree.Params[i], Type: p.Type, Nullable: p.Nullable, Param: true})
	}
	var err error
	out.Body, err = a.typeExpr(l.tree.Body, lambdaScope{Scope: l.sc, a: a, params: out.Params})
	if err != nil {
		return nil, err
	}
	expr.Walk(out.Body, func(e expr.Expr) bool {
		if s, ok := e.(*expr.Subquery); ok && err == nil {
			err = errs.New(s.At, "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.HIGHER_ORDER_FUNCTION")
		}
		return err == nil
	})
	return out, err
}

// lambdaScope puts the parameters of a lambda before what is outside.
type lambdaScope struct {
	Scope
	a      *Analyzer
	params []expr.Col
}

func (s lambdaScope) Column(n *tree.Name) (expr.Expr, error) {
	for _, p := range s.params {
		if !s.a.same(p.Name, n.Parts[0]) {
			continue
		}
		var x expr.Expr = &expr.Column{Col: p, At: n.P}
		for _, name := range n.Parts[1:] {
			var err error
			if x, err = s.a.fieldOf(n.P, x, name); err != nil {
				return nil, err
			}
		}
		return x, nil
	}
	return s.Scope.Column(n)
}
