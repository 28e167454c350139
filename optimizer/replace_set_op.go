package optimizer

import (
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/types"
)

var replaceSetOp = Rule{
	Name: "ReplaceSetOp",
	Doc: `INTERSECT and EXCEPT become a semi or anti join on null-safe equality of all columns, under a distinct.
With ALL, equal rows are numbered on both sides and the number is compared as well, so that each row of one side
is matched with one row of the other.`,
	Apply: func(ctx *Ctx, n plan.Node) (plan.Node, error) {
		return plan.Rewrite(n, func(n plan.Node) (plan.Node, error) {
			s, ok := n.(*plan.SetOp)
			if !ok {
				return n, nil
			}
			return setOpAsJoin(ctx, s)
		})
	},
}

func setOpAsJoin(ctx *Ctx, s *plan.SetOp) (plan.Node, error) {
	l, r := s.L, s.R
	lcols, rcols := l.Output(), r.Output()
	lkeys, rkeys := lcols, rcols
	if s.All {
		var err error
		if l, lkeys, err = numberRows(ctx, l); err != nil {
			return nil, err
		}
		if r, rkeys, err = numberRows(ctx, r); err != nil {
			return nil, err
		}
	}
	var conds []expr.Expr
	for i := range lkeys {
		e, err := ctx.Call("<=>", ref(lkeys[i]), ref(rkeys[i]))
		if err != nil {
			return nil, err
		}
		conds = append(conds, e)
	}
	cond, err := ctx.and(conds)
	if err != nil {
		return nil, err
	}
	j := &plan.Join{L: l, R: r, Kind: plan.Semi, Cond: cond}
	if s.Kind == plan.Except {
		j.Kind = plan.Anti
	}
	items := make([]expr.Expr, len(lcols))
	for i, c := range lcols {
		items[i] = &expr.Alias{X: ref(c), Name: s.Cols[i].Name, ID: s.Cols[i].ID}
	}
	if s.All {
		return &plan.Project{Input: j, Items: items}, nil
	}
	return &plan.Aggregate{Input: j, Keys: items}, nil
}

// numberRows adds to n the number of each row among equal ones.
func numberRows(ctx *Ctx, n plan.Node) (plan.Node, []expr.Col, error) {
	f, err := ctx.Call("row_number")
	if err != nil {
		return nil, nil, err
	}
	cols := n.Output()
	w := &expr.Window{Func: f, PartitionBy: refCols(cols),
		Frame: expr.Frame{Rows: true, Lo: expr.Bound{Kind: expr.UnboundedPreceding}, Hi: expr.Bound{Kind: expr.CurrentRow}}}
	num := &expr.Alias{X: w, Name: "row_number", ID: expr.NewID()}
	out := &plan.Window{Input: n, Funcs: []expr.Expr{num}}
	return out, append(append([]expr.Col(nil), cols...), num.Col()), nil
}

// literal is a typed constant.
func literal(t types.Type, v any) *expr.Literal { return &expr.Literal{Typ: t, Value: v} }
