package parse

import (
	"sort"

	"github.com/pingcap/tidb/pkg/parser/ast"
	"github.com/pingcap/tidb/pkg/parser/opcode"

	"sparksql/sql/tree"
	"sparksql/sql/types"
)

var binaryOps = map[opcode.Op]tree.BinaryOp{
	opcode.Plus: tree.Add, opcode.Minus: tree.Sub, opcode.Mul: tree.Mul, opcode.Div: tree.Div, opcode.Mod: tree.Mod,
	opcode.IntDiv: tree.IntDiv, opcode.And: tree.BitAnd, opcode.Or: tree.BitOr, opcode.LeftShift: tree.ShiftLeft,
	opcode.RightShift: tree.ShiftRight, opcode.EQ: tree.Eq, opcode.NullEQ: tree.NullSafeEq, opcode.NE: tree.NotEq,
	opcode.LT: tree.Lt, opcode.LE: tree.LtEq, opcode.GT: tree.Gt, opcode.GE: tree.GtEq,
	opcode.LogicAnd: tree.And, opcode.LogicOr: tree.Or,
}

var unaryOps = map[opcode.Op]tree.UnaryOp{
	opcode.Minus: tree.Neg, opcode.Plus: tree.Plus, opcode.BitNeg: tree.BitNot, opcode.Not: tree.Not, opcode.Not2: tree.Not,
}

// value lowers an expression and gives its extent in the source, with the brackets around it.
func (l *lowering) value(n ast.ExprNode) (tree.Expr, span) {
	off := n.OriginTextPosition()
	switch n := n.(type) {
	case *ast.ParenthesesExpr:
		e, s := l.value(n.Expr)
		if outer := l.place(off); outer.end > 0 {
			s = outer
		}
		return e, s
	case *ast.ColumnNameExpr:
		s := l.place(off)
		return &tree.Name{At: l.at(s), Parts: l.parts(n.Name)}, s
	case *marker:
		s := l.place(n.at)
		e, ok := l.slot(n).(tree.Expr)
		if !ok {
			panic(bail{l.broken("value", n)})
		}
		return e, s
	case *constant:
		s := l.place(off)
		return l.constant(n, s), s
	case *ast.BinaryOperationExpr:
		return l.binary(n)
	case *ast.UnaryOperationExpr:
		x, xs := l.value(n.V)
		s := l.place(off).join(xs)
		op, ok := unaryOps[n.Op]
		if !ok {
			panic(bail{l.broken("operator", n)})
		}
		return &tree.Unary{At: l.at(s), Op: op, X: x}, s
	case *ast.CaseExpr:
		return l.caseExpr(n)
	case *ast.ExistsSubqueryExpr:
		s := l.place(off)
		sub, ss := n.Sel.(*ast.SubqueryExpr), span{}
		if s.end == 0 {
			s = s.join(ss)
		}
		var e tree.Expr = &tree.Exists{At: l.at(s), Query: l.relation(sub.Query)}
		if n.Not {
			e = &tree.Unary{At: l.at(s), Op: tree.Not, X: e}
		}
		return e, s
	case *ast.SubqueryExpr:
		s := l.place(off)
		return &tree.ScalarQuery{At: l.at(s), Query: l.relation(n.Query)}, s
	case *ast.RowExpr:
		s := l.place(off)
		items, is := l.values(n.Values)
		if s.end == 0 {
			s = is
		}
		return &tree.Row{At: l.at(s), Items: items}, s
	case *ast.FuncCallExpr:
		return l.call(n)
	}
	return l.predicate(n)
}

func (l *lowering) constant(c *constant, s span) tree.Expr {
	lit := &tree.Literal{At: l.at(s)}
	switch v := c.v.(type) {
	case nil:
	case bool:
		lit.Type, lit.Value = types.BooleanType, v
	case int64:
		lit.Type, lit.Value = types.BooleanType, v != 0
	default:
		panic(bail{l.broken("constant", c)})
	}
	return lit
}

// values lowers a list.
func (l *lowering) values(ns []ast.ExprNode) ([]tree.Expr, span) {
	var all span
	out := make([]tree.Expr, len(ns))
	for i, n := range ns {
		var s span
		out[i], s = l.value(n)
		all = all.join(s)
	}
	return out, all
}

// binary lowers an operator; chains lean left and may be long, so the left side is walked in a loop.
func (l *lowering) binary(n *ast.BinaryOperationExpr) (tree.Expr, span) {
	chain := []*ast.BinaryOperationExpr{n}
	for {
		left, ok := chain[len(chain)-1].L.(*ast.BinaryOperationExpr)
		if !ok {
			break
		}
		chain = append(chain, left)
	}
	e, s := l.value(chain[len(chain)-1].L)
	for i := len(chain) - 1; i >= 0; i-- {
		op, ok := binaryOps[chain[i].Op]
		if !ok {
			panic(bail{l.broken("operator", n)})
		}
		r, rs := l.value(chain[i].R)
		s = s.join(rs)
		e = &tree.Binary{At: l.at(s), Op: op, L: e, R: r}
	}
	return e, s
}

func (l *lowering) caseExpr(n *ast.CaseExpr) (tree.Expr, span) {
	s := l.place(n.OriginTextPosition())
	c := &tree.Case{At: l.at(s)}
	if n.Value != nil {
		c.Operand, _ = l.value(n.Value)
	}
	for _, w := range n.WhenClauses {
		cond, _ := l.value(w.Expr)
		then, _ := l.value(w.Result)
		c.Whens = append(c.Whens, tree.When{Cond: cond, Then: then})
	}
	if n.ElseClause != nil {
		c.Else, _ = l.value(n.ElseClause)
	}
	return c, s
}

// predicate lowers IS, IN, BETWEEN and LIKE.
func (l *lowering) predicate(n ast.ExprNode) (tree.Expr, span) {
	off := n.OriginTextPosition()
	switch n := n.(type) {
	case *ast.IsNullExpr:
		x, s := l.value(n.Expr)
		s = l.reach(off, s)
		return &tree.IsTest{At: l.at(s), X: x, Test: tree.IsNull, Not: n.Not}, s
	case *ast.IsTruthExpr:
		x, s := l.value(n.Expr)
		s = l.reach(off, s)
		test := tree.IsFalse
		if n.True != 0 {
			test = tree.IsTrue
		}
		return &tree.IsTest{At: l.at(s), X: x, Test: test, Not: n.Not}, s
	case *ast.BetweenExpr:
		x, s := l.value(n.Expr)
		lo, _ := l.value(n.Left)
		hi, hs := l.value(n.Right)
		s = l.reach(off, s.join(hs))
		return &tree.Between{At: l.at(s), X: x, Lo: lo, Hi: hi, Not: n.Not}, s
	case *ast.PatternInExpr:
		x, s := l.value(n.Expr)
		s = l.reach(off, s)
		if sub, ok := n.Sel.(*ast.SubqueryExpr); ok {
			return &tree.InQuery{At: l.at(s), X: x, Query: l.relation(sub.Query), Not: n.Not}, s
		}
		list, _ := l.values(n.List)
		return &tree.In{At: l.at(s), X: x, List: list, Not: n.Not}, s
	case *ast.PatternLikeOrIlikeExpr:
		x, s := l.value(n.Expr)
		pat, ps := l.value(n.Pattern)
		s = l.reach(off, s.join(ps))
		return &tree.Like{At: l.at(s), X: x, Patterns: []tree.Expr{pat}, Not: n.Not}, s
	}
	panic(bail{l.broken("expression", n)})
}

// sortKeys lowers ORDER BY items.
func (l *lowering) sortKeys(items []*ast.ByItem) []tree.SortKey {
	out := make([]tree.SortKey, len(items))
	for i, it := range items {
		out[i] = l.sortKey(it.Expr, it.Desc)
	}
	return out
}

// sortKey lowers one key with the marks around it.
func (l *lowering) sortKey(n ast.ExprNode, desc bool) tree.SortKey {
	nulls := ""
	for {
		m, args := markOf(n)
		switch m {
		case mDesc:
			desc, n = true, args[0]
			continue
		case mNullsFirst, mNullsLast:
			nulls, n = m, args[0]
			continue
		}
		break
	}
	x, _ := l.value(n)
	k := tree.SortKey{X: x, Desc: desc, NullsFirst: !desc}
	if nulls != "" {
		k.NullsFirst = nulls == mNullsFirst
	}
	return k
}

// window lowers an OVER clause or a definition.
func (l *lowering) window(w *ast.WindowSpec, s span) *tree.Window {
	out := &tree.Window{At: l.at(s)}
	if w.OnlyAlias {
		out.Name = l.name(w.Name.O)
		return out
	}
	if w.Ref.O != "" {
		out.Name = l.name(w.Ref.O)
		return out
	}
	if w.PartitionBy != nil {
		for _, it := range w.PartitionBy.Items {
			x, _ := l.value(it.Expr)
			out.PartitionBy = append(out.PartitionBy, x)
		}
	}
	if w.OrderBy != nil {
		out.OrderBy = l.sortKeys(w.OrderBy.Items)
	}
	if w.Frame != nil {
		f := &tree.Frame{At: out.At, Rows: w.Frame.Type == ast.Rows}
		f.Lo = l.bound(w.Frame.Extent.Start)
		f.Hi = l.bound(w.Frame.Extent.End)
		out.Frame = f
	}
	return out
}

func (l *lowering) bound(b ast.FrameBound) tree.Bound {
	out := tree.Bound{}
	switch {
	case b.Type == ast.CurrentRow:
		out.Kind = tree.CurrentRow
	case b.Type == ast.Preceding && b.UnBounded:
		out.Kind = tree.UnboundedPreceding
	case b.Type == ast.Following && b.UnBounded:
		out.Kind = tree.UnboundedFollowing
	case b.Type == ast.Preceding:
		out.Kind = tree.BoundPreceding
	default:
		out.Kind = tree.BoundFollowing
	}
	if b.Expr != nil {
		out.Offset = l.before(b.Expr)
	}
	return out
}

// before is the value of a ? whose noted offset is that of the word behind it, as in frame bounds.
func (l *lowering) before(n ast.ExprNode) tree.Expr {
	m, ok := n.(*marker)
	if !ok {
		panic(bail{l.broken("frame bound", n)})
	}
	i := sort.Search(len(l.core.places), func(i int) bool { return l.core.places[i].off >= m.at }) - 1
	if i >= 0 && l.core.places[i].slot > 0 {
		if e, ok := l.core.slots[l.core.places[i].slot-1].(tree.Expr); ok {
			return e
		}
	}
	panic(bail{l.broken("frame bound", n)})
}
