package analyze

import (
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// limit is LIMIT and OFFSET.
func (a *Analyzer) limit(x *tree.Limit, b *block) (*rel, error) {
	in, err := a.relation(x.Input, b)
	if err != nil {
		return nil, err
	}
	n, offset := int64(-1), int64(0)
	if x.N != nil {
		if n, err = a.limitOf(x.N, "limit", a.rows(in.cols, b)); err != nil {
			return nil, err
		}
	}
	if x.Offset != nil {
		if offset, err = a.limitOf(x.Offset, "offset", a.rows(in.cols, b)); err != nil {
			return nil, err
		}
	}
	return &rel{node: &plan.Limit{Input: in.node, N: n, Offset: offset}, cols: in.cols}, nil
}

// limitOf is the value of a constant, integral expression that is not negative.
func (a *Analyzer) limitOf(e tree.Expr, name string, sc Scope) (int64, error) {
	a.node = "GlobalLimit"
	x, err := a.typeExpr(e, sc)
	a.node = ""
	if err != nil {
		return 0, err
	}
	text := quoteExpr(x.String())
	if !foldable(x) {
		return 0, errs.New(x.Pos(), "INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE", "name", name, "expr", text)
	}
	if t := x.Type(); !t.IsIntegral() || t.Kind() == types.BigInt {
		return 0, errs.New(x.Pos(), "INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE", "name", name, "expr", text, "dataType", quoteExpr(t.SQL()))
	}
	v, _, err := a.constant(x)
	if err != nil {
		return 0, err
	}
	n, ok := integer(v)
	switch {
	case !ok:
		return 0, errs.New(x.Pos(), "INVALID_LIMIT_LIKE_EXPRESSION.IS_NULL", "name", name, "expr", text)
	case n < 0:
		return 0, errs.New(x.Pos(), "INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE", "name", name, "expr", text, "v", itoa(int(n)))
	}
	return n, nil
}

// integer is an integral value in Go form; ok is false for NULL and others.
func integer(v any) (n int64, ok bool) {
	switch v := v.(type) {
	case int8:
		return int64(v), true
	case int16:
		return int64(v), true
	case int32:
		return int64(v), true
	case int64:
		return v, true
	}
	return 0, false
}

// inline is VALUES: columns col1, col2, ... of the rows' common types.
func (a *Analyzer) inline(x *tree.Inline, b *block) (*rel, error) {
	sc := a.rows(nil, b)
	var rows [][]expr.Expr
	for i, r := range x.Rows {
		row := make([]expr.Expr, len(r))
		for j, e := range r {
			v, err := a.typeExpr(e, sc)
			if err != nil {
				return nil, err
			}
			if al, ok := v.(*expr.Alias); ok {
				v = al.X
			}
			if err := inlineValue(v); err != nil {
				return nil, err
			}
			row[j] = v
		}
		if len(row) != len(x.Rows[0]) {
			return nil, errs.New(x.P, "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH", "expectedNumCols", itoa(len(x.Rows[0])),
				"actualNumCols", itoa(len(row)), "rowIndex", itoa(i))
		}
		rows = append(rows, row)
	}
	n := &plan.Values{Rows: rows}
	for j := range x.Rows[0] {
		c, err := a.inlineColumn(rows, j, x.P)
		if err != nil {
			return nil, err
		}
		n.Cols = append(n.Cols, c)
	}
	return relOf(n), nil
}

// inlineValue refuses what has no value of its own: columns of an enclosing query, aggregates, subqueries.
func inlineValue(v expr.Expr) error {
	bad := find(v, func(e expr.Expr) bool {
		switch e.(type) {
		case *expr.Outer, *expr.Agg, *expr.Window, *expr.Subquery:
			return true
		}
		return isGenerator(e)
	})
	if bad == nil {
		return nil
	}
	return errs.New(v.Pos(), "INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE", "expr", quoteExpr(bad.String()))
}

func (a *Analyzer) inlineColumn(rows [][]expr.Expr, j int, at errs.Pos) (expr.Col, error) {
	ts := make([]types.Type, len(rows))
	c := expr.Col{ID: expr.NewID(), Name: "col" + itoa(j+1)}
	for i, r := range rows {
		ts[i] = r[j].Type()
		c.Nullable = c.Nullable || r[j].Nullable()
	}
	t, ok := a.coercion().Common(ts...)
	if !ok {
		return c, errs.New(at, "INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE", "colName", quoteParts([]string{c.Name}))
	}
	c.Type = t
	for _, r := range rows {
		r[j] = a.castTo(r[j], t)
		c.Nullable = c.Nullable || r[j].Nullable()
	}
	return c, nil
}
