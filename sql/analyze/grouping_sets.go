package analyze

import (
	"strings"

	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/types"
)

// addSets makes the Expand of grouping sets: for every set the keys, NULL where they are not in it, and the set's
// number, which keeps its groups apart from those of others.
func (g *grouping) addSets() {
	q := g.q
	g.expand = &plan.Expand{Input: q.node, Sets: make([][]expr.Expr, len(q.sets))}
	for _, c := range q.node.Output() {
		g.column(c, func(int) expr.Expr { return &expr.Column{Col: c} })
	}
	for i, k := range q.keys {
		c := expr.Col{ID: expr.NewID(), Name: k.String(), Type: k.Type(), Nullable: true}
		if kc, ok := k.(*expr.Column); ok {
			c.Qualifier, c.Declared = kc.Qualifier, kc.Declared
			g.moved[kc.ID] = c
		}
		g.column(c, func(set int) expr.Expr {
			if inSet(q.sets[set], i) {
				return k
			}
			return &expr.Literal{Typ: k.Type()}
		})
		g.keys[expr.Key(k)] = c
		g.node.Keys = append(g.node.Keys, &expr.Column{Col: c})
	}
	id := expr.Col{ID: expr.NewID(), Name: "spark_grouping_id", Type: types.BigIntType}
	g.column(id, func(set int) expr.Expr { return bigint(int64(set)) })
	g.node.Keys = append(g.node.Keys, &expr.Column{Col: id})
}

func bigint(n int64) expr.Expr { return &expr.Literal{Typ: types.BigIntType, Value: n} }

func inSet(set []int, i int) bool {
	for _, x := range set {
		if x == i {
			return true
		}
	}
	return false
}

// column adds a column to the Expand.
func (g *grouping) column(c expr.Col, value func(set int) expr.Expr) {
	g.expand.Cols = append(g.expand.Cols, c)
	for s := range g.expand.Sets {
		g.expand.Sets[s] = append(g.expand.Sets[s], value(s))
	}
}

// pruneExpand leaves out columns of the input that no aggregate reads.
func (g *grouping) pruneExpand() {
	used := map[expr.ID]bool{}
	for _, e := range g.node.Exprs() {
		expr.Walk(e, func(e expr.Expr) bool {
			if c, ok := e.(*expr.Column); ok {
				used[c.ID] = true
			}
			if s, ok := e.(*expr.Subquery); ok {
				for _, o := range s.Outer {
					used[o.ID] = true
				}
			}
			return true
		})
	}
	old := *g.expand
	g.expand.Cols, g.expand.Sets = nil, make([][]expr.Expr, len(old.Sets))
	for i, c := range old.Cols {
		if used[c.ID] {
			g.column(c, func(s int) expr.Expr { return old.Sets[s][i] })
		}
	}
}

// isGroupingCall matches grouping(x) and grouping_id(...), which have a meaning above grouping sets only.
func isGroupingCall(c *expr.Call) bool {
	return c.Def != nil && (c.Def.Name == "grouping" || c.Def.Name == "grouping_id")
}

// groupingCall is a column of the Expand with a constant for each set.
func (g *grouping) groupingCall(x *expr.Call) (expr.Expr, error) {
	if g.expand == nil {
		return nil, errs.New(x.At, "UNSUPPORTED_GROUPING_EXPRESSION")
	}
	args := make([]int, 0, len(x.Args))
	for _, a := range x.Args {
		i := g.keyIndex(a)
		if i < 0 {
			return nil, g.groupingMismatch(x, a)
		}
		args = append(args, i)
	}
	single := x.Def.Name == "grouping"
	if !single && len(args) == 0 {
		for i := range g.q.keys {
			args = append(args, i)
		}
	} else if !single && !g.sameKeys(args) {
		return nil, g.groupingMismatch(x, x.Args[0])
	}
	k := expr.Key(x)
	c, ok := g.marks[k]
	if !ok {
		c = expr.Col{ID: expr.NewID(), Name: x.String(), Type: x.Type()}
		g.column(c, func(set int) expr.Expr { return g.groupingValue(set, args, x.Type()) })
		g.node.Keys = append(g.node.Keys, &expr.Column{Col: c})
		g.marks[k] = c
	}
	return &expr.Column{Col: c, At: x.At}, nil
}

// sameKeys: grouping_id takes all keys in order, or none.
func (g *grouping) sameKeys(args []int) bool {
	if len(args) != len(g.q.keys) {
		return false
	}
	for i, a := range args {
		if a != i {
			return false
		}
	}
	return true
}

func (g *grouping) keyIndex(e expr.Expr) int {
	k := expr.Key(e)
	for i, x := range g.q.keys {
		if expr.Key(x) == k {
			return i
		}
	}
	return -1
}

// groupingValue has a bit for each argument, the first highest: 1 when the set leaves it out.
func (g *grouping) groupingValue(set int, args []int, t types.Type) expr.Expr {
	var n int64
	for _, i := range args {
		n <<= 1
		if !inSet(g.q.sets[set], i) {
			n |= 1
		}
	}
	var v any = n
	switch t.Kind() {
	case types.TinyInt:
		v = int8(n)
	case types.Int:
		v = int32(n)
	}
	return &expr.Literal{Typ: t, Value: v}
}

func (g *grouping) groupingMismatch(x *expr.Call, arg expr.Expr) error {
	keys := make([]string, len(g.q.keys))
	for i, k := range g.q.keys {
		keys[i] = k.String()
	}
	all := strings.Join(keys, ",")
	if x.Def.Name == "grouping" {
		return errs.New(x.At, "GROUPING_COLUMN_MISMATCH", "grouping", quoteExpr(arg.String()), "groupingColumns", quoteExpr(all))
	}
	args := make([]string, len(x.Args))
	for i, a := range x.Args {
		args[i] = a.String()
	}
	return errs.New(x.At, "GROUPING_ID_COLUMN_MISMATCH", "groupingIdColumn", quoteExpr(strings.Join(args, ",")), "groupByColumns", quoteExpr(all))
}
