package exec

import (
	"context"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/types"
)

// slots holds the values of uncorrelated subqueries, by their plan. They are filled before anything that reads them is
// compiled.
type slots struct {
	values  map[expr.Plan]any
	columns map[expr.Plan]*vec.Vec
}

// Value is the value of a scalar subquery, of EXISTS or of ARRAY(query), in Go form.
func (s *slots) Value(q *expr.Subquery) (any, error) {
	if v, ok := s.values[q.Plan]; ok {
		return v, nil
	}
	return nil, errs.Internal("subquery without a value")
}

// Column is the column of values of an IN subquery.
func (s *slots) Column(q *expr.Subquery) (*vec.Vec, error) {
	if v, ok := s.columns[q.Plan]; ok {
		return v, nil
	}
	return nil, errs.Internal("subquery without values")
}

// fillSlots runs every subquery in the expressions of n and beneath, the inner ones first.
func (q *query) fillSlots(n plan.Node) (err error) {
	plan.Walk(n, func(n plan.Node) bool {
		for _, e := range n.Exprs() {
			expr.Walk(e, func(x expr.Expr) bool {
				if s, ok := x.(*expr.Subquery); ok && err == nil {
					err = q.fillSlot(s)
				}
				return err == nil
			})
		}
		if s, ok := n.(*plan.Shared); ok && err == nil {
			err = q.fillSlots(s.Def.Input)
		}
		return err == nil
	})
	return err
}

func (q *query) fillSlot(s *expr.Subquery) error {
	if len(s.Outer) > 0 {
		return errs.Unsupported(s.At, "correlated subquery in this place")
	}
	n, ok := s.Plan.(plan.Node)
	if !ok {
		return errs.Internal("subquery without a plan")
	}
	if _, ok := q.slots.values[s.Plan]; ok {
		return nil
	}
	if _, ok := q.slots.columns[s.Plan]; ok {
		return nil
	}
	if err := q.fillSlots(n); err != nil {
		return err
	}
	if s.Kind == expr.Exists {
		n = &plan.Limit{Input: n, N: 1}
	}
	if s.Kind == expr.Scalar {
		n = &plan.Limit{Input: n, N: 2}
	}
	b := newBuilder(q)
	batches, err := b.collect(n)
	if err != nil {
		return err
	}
	for def, x := range b.shared {
		x.pipes = nil
		q.shared[def] = x
	}
	rows := 0
	for _, b := range batches {
		rows += b.N
	}
	switch s.Kind {
	case expr.Exists:
		q.slots.values[s.Plan] = rows > 0
	case expr.Scalar:
		if rows > 1 {
			return errs.New(s.At, "SCALAR_SUBQUERY_TOO_MANY_ROWS")
		}
		q.slots.values[s.Plan] = nil
		if rows == 1 {
			q.slots.values[s.Plan] = batches[0].Cols[0].Value(0)
		}
	default:
		col := vec.New(subqueryType(n), 0)
		for _, b := range batches {
			vec.AppendRows(col, subqueryColumn(b), nil, b.N)
		}
		if s.Kind == expr.In {
			q.slots.columns[s.Plan] = col
			return nil
		}
		list := make([]any, col.Len)
		for i := range list {
			list[i] = col.Value(i)
		}
		q.slots.values[s.Plan] = list
	}
	return nil
}

// subqueryType is the type of a subquery's rows as one column: of several columns a struct.
func subqueryType(n plan.Node) types.Type {
	if out := n.Output(); len(out) == 1 {
		return out[0].Type
	}
	return plan.Schema(n).Struct()
}

func subqueryColumn(b *vec.Batch) *vec.Vec {
	if len(b.Cols) == 1 {
		return b.Cols[0]
	}
	v := &vec.Vec{Type: types.NullType, Len: b.N}
	fields := make([]types.Field, len(b.Cols))
	for i, c := range b.Cols {
		fields[i] = types.Field{Type: c.Type, Nullable: true}
		v.Kids = append(v.Kids, vec.Flatten(c, vec.New(c.Type, 0), nil))
	}
	v.Type = types.StructOf(fields...)
	return v
}

// collect runs n within the query and gives its rows in source order.
func (q *query) collect(n plan.Node) ([]*vec.Batch, error) { return newBuilder(q).collect(n) }

func (b *builder) collect(n plan.Node) ([]*vec.Batch, error) {
	sink := &bufferSink{node: n}
	ss, err := b.build(n)
	if err != nil {
		return nil, err
	}
	b.end(ss, n, sink)
	for _, s := range b.shared {
		s.keepForAll()
	}
	if err := b.q.runAll(b.pipes); err != nil {
		return nil, err
	}
	return sink.batches, nil
}

// Collect runs a plan within the task's query, to its end, and gives its rows in source order. It is for operators that
// run plans of their own, between their pipelines' batches: in Finish.
func (t *Task) Collect(ctx context.Context, n plan.Node) ([]*vec.Batch, error) {
	t.query.turn.leave()
	defer t.query.turn.enter()
	return t.query.collect(n)
}
