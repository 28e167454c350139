package parse

import (
	"sync"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// lowerMark lowers the arguments of one mark that covers s.
type lowerMark func(l *lowering, args []ast.ExprNode, s span) tree.Expr

// marks are the marks that stand for expressions.
var marks struct {
	once  sync.Once
	table map[string]lowerMark
}

// lowerMarkOf is the lowering of a mark, nil for none.
func lowerMarkOf(m string) lowerMark {
	marks.once.Do(func() { marks.table = expressionMarks() })
	return marks.table[m]
}

func expressionMarks() map[string]lowerMark {
	return map[string]lowerMark{
		mCast: castMark(false), mTryCast: castMark(true),
		mItem: func(l *lowering, args []ast.ExprNode, s span) tree.Expr {
			x, _ := l.value(args[0])
			i, _ := l.value(args[1])
			return &tree.Index{At: l.at(s), X: x, I: i}
		},
		mField:      fieldMark,
		mConcat:     binaryMark(tree.Concat),
		mUshr:       binaryMark(tree.ShiftRightUnsigned),
		mXor:        binaryMark(tree.BitXor),
		mDistinctTo: binaryMark(tree.IsDistinctFrom),
		mSameAs:     binaryMark(tree.IsNotDistinctFrom),
		mLike:       likeMark,
		mIsUnknown:  unknownMark(false),
		mNotUnknown: unknownMark(true),
		mStar: func(l *lowering, args []ast.ExprNode, s span) tree.Expr {
			f := l.form(args[0]).(*starForm)
			return &tree.Star{At: l.at(s), Qualifier: f.qualifier, Except: f.except}
		},
		mCall: func(l *lowering, args []ast.ExprNode, s span) tree.Expr {
			c := &tree.Call{At: l.at(s), Func: l.form(args[0]).([]string)}
			l.arguments(c, args[1:])
			return c
		},
		mFilter: callMark(func(l *lowering, c *tree.Call, args []ast.ExprNode) { c.Filter, _ = l.value(args[0]) }),
		mWithinGroup: callMark(func(l *lowering, c *tree.Call, args []ast.ExprNode) {
			c.WithinGroup = true
			for _, a := range args {
				c.OrderBy = append(c.OrderBy, l.sortKey(a, false))
			}
		}),
		mIgnoreNulls: callMark(func(_ *lowering, c *tree.Call, _ []ast.ExprNode) { c.Nulls = tree.IgnoreNulls }),
		mRespect:     callMark(func(_ *lowering, c *tree.Call, _ []ast.ExprNode) { c.Nulls = tree.RespectNulls }),
		mOver: callMark(func(l *lowering, c *tree.Call, args []ast.ExprNode) {
			w, ok := args[0].(*ast.WindowFuncExpr)
			if !ok {
				panic(bail{l.broken("window", args[0])})
			}
			c.Over = l.window(&w.Spec, span{})
			c.Over.At = c.At
		}),
		mAs: func(l *lowering, args []ast.ExprNode, s span) tree.Expr {
			x, _ := l.value(args[0])
			a := &tree.Alias{At: l.at(s), X: x}
			for _, n := range args[1:] {
				a.Names = append(a.Names, l.bareName(n))
			}
			return a
		},
		mNamed: func(l *lowering, args []ast.ExprNode, s span) tree.Expr {
			x, _ := l.value(args[1])
			return &tree.NamedArg{At: l.at(s), Name: l.bareName(args[0]), Value: x}
		},
		mLambda: func(l *lowering, args []ast.ExprNode, s span) tree.Expr {
			f := &tree.Lambda{At: l.at(s)}
			last := len(args) - 1
			for _, a := range args[:last] {
				f.Params = append(f.Params, l.bareName(a))
			}
			f.Body, _ = l.value(args[last])
			return f
		},
		mCollate: func(l *lowering, args []ast.ExprNode, s span) tree.Expr {
			x, _ := l.value(args[0])
			return &tree.Collate{At: l.at(s), X: x, Name: l.slot(args[1]).(string)}
		},
		mIdentifier: func(l *lowering, args []ast.ExprNode, s span) tree.Expr {
			return &tree.Identifier{At: l.at(s), X: l.form(args[0]).(tree.Expr)}
		},
		mIdentCall: func(l *lowering, args []ast.ExprNode, s span) tree.Expr {
			c := &tree.Call{At: l.at(s)}
			l.arguments(c, args[1:])
			return &tree.Identifier{At: l.at(s), X: l.form(args[0]).(tree.Expr), Call: c}
		},
		mTableArg: func(l *lowering, args []ast.ExprNode, s span) tree.Expr {
			q, ok := args[0].(*ast.SubqueryExpr)
			if !ok {
				panic(bail{l.broken("table argument", args[0])})
			}
			return &tree.TableArgExpr{At: l.at(s), Table: &tree.TableArg{Rel: l.rel(s), Input: l.relation(q.Query)}}
		},
		mSets: groupingMark(tree.GroupingSets), mRollup: groupingMark(tree.Rollup), mCube: groupingMark(tree.Cube),
		mSet: func(l *lowering, args []ast.ExprNode, s span) tree.Expr {
			items, _ := l.values(args)
			return &tree.Grouping{At: l.at(s), Kind: tree.GroupingSets, Sets: [][]tree.Expr{items}}
		},
		mOldSets: func(l *lowering, args []ast.ExprNode, _ span) tree.Expr {
			e, _ := l.value(args[len(args)-1])
			return e
		},
	}
}

// call lowers a call or a mark.
func (l *lowering) call(n *ast.FuncCallExpr) (tree.Expr, span) {
	s := l.place(n.OriginTextPosition())
	if m, args := markOf(n); m != "" {
		f := lowerMarkOf(m)
		if f == nil {
			panic(bail{l.broken("mark "+m, n)})
		}
		return f(l, args, s), s
	}
	c := &tree.Call{At: l.at(s), Func: []string{n.FnName.O}}
	l.arguments(c, n.Args)
	return c, s
}

// arguments lowers those of a call.
func (l *lowering) arguments(c *tree.Call, args []ast.ExprNode) {
	if len(args) > 0 {
		if m, _ := markOf(args[0]); m == mDistinct {
			c.Distinct = true
			args = args[1:]
		}
	}
	c.Args, _ = l.values(args)
}

func castMark(try bool) lowerMark {
	return func(l *lowering, args []ast.ExprNode, s span) tree.Expr {
		x, _ := l.value(args[0])
		return &tree.Cast{At: l.at(s), X: x, To: l.slot(args[1]).(types.Type), Try: try}
	}
}

func binaryMark(op tree.BinaryOp) lowerMark {
	return func(l *lowering, args []ast.ExprNode, s span) tree.Expr {
		a, _ := l.value(args[0])
		b, _ := l.value(args[1])
		return &tree.Binary{At: l.at(s), Op: op, L: a, R: b}
	}
}

// fieldMark lowers x.name: on a name it is one more part.
func fieldMark(l *lowering, args []ast.ExprNode, s span) tree.Expr {
	x, _ := l.value(args[0])
	name := l.bareName(args[1])
	if n, ok := x.(*tree.Name); ok {
		return &tree.Name{At: l.at(s), Parts: append(append([]string(nil), n.Parts...), name)}
	}
	return &tree.Field{At: l.at(s), X: x, Name: name}
}

func likeMark(l *lowering, args []ast.ExprNode, s span) tree.Expr {
	f := l.form(args[0]).(*likeForm)
	e := &tree.Like{At: l.at(s), Quantified: f.quant, All: f.all, Escape: f.escape, Not: f.not}
	switch f.kind {
	case "ILIKE":
		e.Kind = tree.ILikeOp
	case "RLIKE":
		e.Kind = tree.RLikeOp
	}
	e.X, _ = l.value(args[1])
	e.Patterns, _ = l.values(args[2:])
	return e
}

func unknownMark(not bool) lowerMark {
	return func(l *lowering, args []ast.ExprNode, s span) tree.Expr {
		x, _ := l.value(args[0])
		return &tree.IsTest{At: l.at(s), X: x, Test: tree.IsUnknown, Not: not}
	}
}

// callMark lowers a mark around a call that sets one of its clauses.
func callMark(set func(*lowering, *tree.Call, []ast.ExprNode)) lowerMark {
	return func(l *lowering, args []ast.ExprNode, s span) tree.Expr {
		e, _ := l.value(args[0])
		c, ok := e.(*tree.Call)
		if id, isIdent := e.(*tree.Identifier); isIdent && id.Call != nil {
			c, ok = id.Call, true
		}
		if !ok {
			panic(bail{l.broken("call", args[0])})
		}
		c.At = l.at(s)
		set(l, c, args[1:])
		return e
	}
}

// groupingMark lowers ROLLUP, CUBE and GROUPING SETS: an argument that is no $set is a set of its own.
func groupingMark(kind tree.GroupingKind) lowerMark {
	return func(l *lowering, args []ast.ExprNode, s span) tree.Expr {
		g := &tree.Grouping{At: l.at(s), Kind: kind}
		for _, a := range args {
			if m, items := markOf(a); m == mSet {
				set, _ := l.values(items)
				g.Sets = append(g.Sets, set)
				continue
			}
			e, _ := l.value(a)
			g.Sets = append(g.Sets, []tree.Expr{e})
		}
		return g
	}
}
