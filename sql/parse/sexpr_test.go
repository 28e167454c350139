package parse

import (
	"fmt"
	"strings"

	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// sexpr prints an expression with Catalyst's node names, children in Catalyst's order.
func sexpr(e tree.Expr) string {
	node := func(name string, kids ...tree.Expr) string {
		parts := []string{name}
		for _, k := range kids {
			if k != nil {
				parts = append(parts, sexpr(k))
			}
		}
		return "(" + strings.Join(parts, " ") + ")"
	}
	not := func(n bool, s string) string {
		if n {
			return "(Not " + s + ")"
		}
		return s
	}
	switch e := e.(type) {
	case *tree.Literal:
		return "L" + literalText(e)
	case *tree.Name:
		return strings.Join(e.Parts, ".")
	case *tree.Star:
		return "*"
	case *tree.Call:
		return node("fn:"+strings.Join(e.Func, "."), e.Args...)
	case *tree.Unary:
		return node(map[tree.UnaryOp]string{tree.Neg: "UnaryMinus", tree.Plus: "UnaryPositive", tree.BitNot: "BitwiseNot", tree.Not: "Not"}[e.Op], e.X)
	case *tree.Binary:
		switch e.Op {
		case tree.NotEq:
			return not(true, node("EqualTo", e.L, e.R))
		case tree.IsDistinctFrom:
			return not(true, node("EqualNullSafe", e.L, e.R))
		}
		return node(binaryNodes[e.Op], e.L, e.R)
	case *tree.Cast:
		return node("Cast", e.X)
	case *tree.Case:
		kids := []tree.Expr{}
		for _, w := range e.Whens {
			c := w.Cond
			if e.Operand != nil {
				c = &tree.Binary{Op: tree.Eq, L: e.Operand, R: c}
			}
			kids = append(kids, c, w.Then)
		}
		if e.Else != nil {
			kids = append(kids, e.Else)
		}
		return node("CaseWhen", kids...)
	case *tree.In:
		return not(e.Not, node("In", append([]tree.Expr{e.X}, e.List...)...))
	case *tree.Between:
		return not(e.Not, node("fn:between", e.X, e.Lo, e.Hi))
	case *tree.Like:
		return not(e.Not, node([]string{"Like", "ILike", "RLike"}[e.Kind], append([]tree.Expr{e.X}, e.Patterns...)...))
	case *tree.IsTest:
		switch e.Test {
		case tree.IsNull:
			if e.Not {
				return node("IsNotNull", e.X)
			}
			return node("IsNull", e.X)
		case tree.IsTrue:
			return not(e.Not, "(EqualNullSafe "+sexpr(e.X)+" Ltrue)")
		case tree.IsFalse:
			return not(e.Not, "(EqualNullSafe "+sexpr(e.X)+" Lfalse)")
		}
		return not(e.Not, node("IsUnknown", e.X))
	case *tree.Index:
		return node("UnresolvedExtractValue", e.X, e.I)
	case *tree.Field:
		return "(UnresolvedExtractValue " + sexpr(e.X) + " L" + e.Name + ")"
	case *tree.Row:
		return node("Row", e.Items...)
	case *tree.Alias:
		return node("Alias", e.X)
	}
	return fmt.Sprintf("%T", e)
}

var binaryNodes = map[tree.BinaryOp]string{tree.Add: "Add", tree.Sub: "Subtract", tree.Mul: "Multiply", tree.Div: "Divide", tree.Mod: "Remainder",
	tree.IntDiv: "IntegralDivide", tree.BitAnd: "BitwiseAnd", tree.BitOr: "BitwiseOr", tree.BitXor: "BitwiseXor", tree.ShiftLeft: "ShiftLeft",
	tree.ShiftRight: "ShiftRight", tree.ShiftRightUnsigned: "ShiftRightUnsigned", tree.Eq: "EqualTo", tree.NullSafeEq: "EqualNullSafe",
	tree.Lt: "LessThan", tree.LtEq: "LessThanOrEqual", tree.Gt: "GreaterThan", tree.GtEq: "GreaterThanOrEqual", tree.And: "And", tree.Or: "Or",
	tree.Concat: "Concat", tree.IsNotDistinctFrom: "EqualNullSafe"}

func literalText(l *tree.Literal) string {
	switch v := l.Value.(type) {
	case nil:
		return "null"
	case types.Int128:
		return v.DecimalString(l.Type.Scale())
	case float64, float32:
		if s := fmt.Sprint(v); strings.ContainsAny(s, ".e") {
			return s
		}
		return fmt.Sprintf("%.1f", l.Value)
	}
	return fmt.Sprint(l.Value)
}
