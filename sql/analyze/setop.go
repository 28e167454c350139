package analyze

import (
	"slices"

	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// setOp is UNION, INTERSECT and EXCEPT. A chain of UNION ALL is one node.
func (a *Analyzer) setOp(x *tree.SetOp, b *block) (*rel, error) {
	name := [...]string{"UNION", "INTERSECT", "EXCEPT"}[x.Kind]
	if x.All && x.Kind != tree.Union {
		name += " ALL"
	}
	ins, err := a.setInputs(x, b)
	if err != nil {
		return nil, err
	}
	if x.ByName {
		if err := a.byName(ins, x.P); err != nil {
			return nil, err
		}
	}
	want := outputTypes(ins[0])
	for i, in := range ins[1:] {
		if len(in.cols) != len(want) {
			return nil, mismatch(name, i+1, len(want), len(in.cols), x.P)
		}
		for j, c := range in.cols {
			t, ok := a.coercion().Wider(want[j], c.Type)
			if !ok {
				return nil, incompatible(name, i+1, j, c.Type, want[j], x.P)
			}
			want[j] = t
		}
	}
	if x.Kind != tree.Union || !x.All {
		for _, c := range ins[0].cols {
			if err := comparable(c.Col, x.P); err != nil {
				return nil, err
			}
		}
	}
	return a.combine(x, ins, want)
}

// combine makes the node over inputs cast to the common types.
func (a *Analyzer) combine(x *tree.SetOp, ins []*rel, want []types.Type) (*rel, error) {
	nodes := make([]plan.Node, len(ins))
	for i, in := range ins {
		nodes[i] = a.castColumns(in.visible(), want)
	}
	cols := make([]expr.Col, len(want))
	for j := range cols {
		cols[j] = expr.Col{ID: expr.NewID(), Name: ins[0].cols[j].Name, Type: want[j], Declared: nodes[0].Output()[j].Declared}
		for i := range nodes {
			c := nodes[i].Output()[j]
			cols[j].Nullable = cols[j].Nullable || c.Nullable
			cols[j].Type = widerNulls(cols[j].Type, c.Type)
		}
	}
	if x.Kind != tree.Union {
		n := &plan.SetOp{Kind: plan.SetKind(x.Kind - tree.Intersect), All: x.All, L: nodes[0], R: nodes[1], Cols: cols}
		for j := range cols {
			l, r := nodes[0].Output()[j].Nullable, nodes[1].Output()[j].Nullable
			cols[j].Nullable = l && (r || x.Kind == tree.Except)
		}
		return relOf(n), nil
	}
	out := relOf(&plan.Union{Ins: nodes, Cols: cols})
	if x.All {
		return out, nil
	}
	return a.distinct(out, x.P)
}

// widerNulls is a with nested values nullable where those of b are.
func widerNulls(a, b types.Type) types.Type {
	if a == b || a.AsNullable() != b.AsNullable() {
		return a
	}
	return a.AsNullable()
}

// setInputs analyses the inputs, taking a chain of UNION ALL apart.
func (a *Analyzer) setInputs(x *tree.SetOp, b *block) ([]*rel, error) {
	var list []tree.Relation
	for r := tree.Relation(x); ; {
		s, ok := r.(*tree.SetOp)
		if !ok || s != x && (s.Kind != tree.Union || !s.All || s.ByName || !x.All || x.Kind != tree.Union || x.ByName) {
			list = append(list, r)
			break
		}
		list = append(list, s.R)
		r = s.L
	}
	slices.Reverse(list)
	ins := make([]*rel, len(list))
	for i, r := range list {
		in, err := a.relation(r, b)
		if err != nil {
			return nil, err
		}
		ins[i] = (&rel{node: in.node, cols: in.shown()}).fix()
	}
	return ins, nil
}

func outputTypes(r *rel) []types.Type {
	out := make([]types.Type, len(r.cols))
	for i, c := range r.cols {
		out[i] = c.Type
	}
	return out
}

// byName brings the columns of the second input into the order of the first (UNION BY NAME).
func (a *Analyzer) byName(ins []*rel, at errs.Pos) error {
	for _, in := range ins {
		for i, c := range in.cols {
			if slices.ContainsFunc(in.cols[:i], func(d col) bool { return a.same(c.Name, d.Name) }) {
				return errs.New(at, "COLUMN_ALREADY_EXISTS", "columnName", quoteParts([]string{c.Name}))
			}
		}
	}
	l, r := ins[0], ins[1]
	if len(l.cols) != len(r.cols) {
		return mismatch("UNION", 1, len(l.cols), len(r.cols), at)
	}
	order := make([]col, 0, len(l.cols))
	for _, c := range l.cols {
		i := slices.IndexFunc(r.cols, func(d col) bool { return a.same(c.Name, d.Name) })
		if i < 0 {
			return unresolved([]string{c.Name}, r.cols, at)
		}
		order = append(order, r.cols[i])
	}
	ins[1] = (&rel{node: r.node, cols: order}).fix()
	return nil
}

// mismatch says that input i (from 0) of a set operation has another number of columns.
func mismatch(op string, i, want, got int, at errs.Pos) error {
	return errs.New(at, "NUM_COLUMNS_MISMATCH", "operator", op, "firstNumColumns", itoa(want),
		"invalidOrdinalNum", nth(i), "invalidNumColumns", itoa(got))
}

func incompatible(op string, i, col int, got, want types.Type, at errs.Pos) error {
	return errs.New(at, "INCOMPATIBLE_COLUMN_TYPE", "operator", op, "columnOrdinalNumber", nth(col), "tableOrdinalNumber", nth(i),
		"dataType1", quoteExpr(got.SQL()), "dataType2", quoteExpr(want.SQL()), "hint", "")
}

// nth is the ordinal word for an index from 0.
func nth(i int) string {
	words := [...]string{"first", "second", "third"}
	if i < len(words) {
		return words[i]
	}
	n := i + 1
	switch {
	case n%10 == 1 && n%100 != 11:
		return itoa(n) + "st"
	case n%10 == 2 && n%100 != 12:
		return itoa(n) + "nd"
	case n%10 == 3 && n%100 != 13:
		return itoa(n) + "rd"
	}
	return itoa(n) + "th"
}
