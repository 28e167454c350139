package analyze

import (
	"sparksql/sql/expr"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// wholeComparison replaces a decimal constant that an integer is compared with by the whole number next to
// it, so that both stay integers: i > 1.5 is i > 1 (DecimalPrecision.integralAndDecimalLiteral). It gives the
// new operands as the arguments of a call, a constant where the outcome is certain, else nil.
func wholeComparison(op tree.BinaryOp, l, r expr.Expr) expr.Expr {
	down := false // whether the constant is rounded down
	lit, other, right := literalOf(r), l, true
	if lit == nil {
		lit, other, right = literalOf(l), r, false
	}
	if lit == nil || !other.Type().IsIntegral() {
		return nil
	}
	switch op {
	case tree.Gt:
		down = right
	case tree.GtEq:
		down = !right
	case tree.Lt:
		down = !right
	case tree.LtEq:
		down = right
	default:
		return nil
	}
	v, unit := lit.Value.(types.Int128), types.Pow10(lit.Typ.Scale())
	q, rem := v.DivRem(unit)
	if down && rem.Sign() < 0 {
		q = q.Sub(types.FromInt64(1))
	} else if !down && rem.Sign() > 0 {
		q = q.Add(types.FromInt64(1))
	}
	n, ok := q.Int64()
	if !ok { // beyond every bigint
		above := q.Sign() > 0
		less := op == tree.Lt || op == tree.LtEq
		return &expr.Literal{Typ: types.BooleanType, Value: less == (above == right), At: lit.At}
	}
	whole := &expr.Literal{Typ: types.BigIntType, Value: n, At: lit.At}
	if right {
		return &expr.Call{Args: []expr.Expr{other, whole}}
	}
	return &expr.Call{Args: []expr.Expr{whole, other}}
}

// literalOf is x as a decimal constant; nil when it is none.
func literalOf(x expr.Expr) *expr.Literal {
	l, ok := x.(*expr.Literal)
	if !ok || l.Value == nil || l.Typ.Kind() != types.Decimal {
		return nil
	}
	return l
}
