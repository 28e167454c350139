package exec

import (
	"io"
	"sync/atomic"

	"sparksql/exec/eval"
	"sparksql/exec/vec"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
)

// Values is a source of rows written in the query.
type Values struct {
	node *plan.Values
	next atomic.Int64
}

func (v *Values) Describe() plan.Desc { return v.node.Describe() }

func (v *Values) Open(t *Task) (Reader, error) { return &valuesReader{v}, nil }

type valuesReader struct{ v *Values }

// Next gives all rows of one batch. Each column of each row is a constant.
func (r *valuesReader) Next(t *Task, emit Emit) error {
	at := int(r.v.next.Add(1)-1) * vec.BatchRows
	rows := r.v.node.Rows
	if at >= len(rows) {
		return io.EOF
	}
	rows = rows[at:min(at+vec.BatchRows, len(rows))]
	b := &vec.Batch{N: len(rows), Seq: uint64(at / vec.BatchRows)}
	for i, c := range r.v.node.Cols {
		col := vec.New(c.Type, 0)
		for _, row := range rows {
			x, err := constant(row[i], t.Slots)
			if err != nil {
				return err
			}
			col.Append(x)
		}
		b.Cols = append(b.Cols, col)
	}
	return emit(b)
}

func (r *valuesReader) Close() error { return nil }

// constant evaluates an expression without columns.
func constant(e expr.Expr, s eval.Slots) (any, error) {
	if l, ok := e.(*expr.Literal); ok {
		return l.Value, nil
	}
	p, err := eval.Compile([]expr.Expr{e}, nil, s)
	if err != nil {
		return nil, err
	}
	return p.Row()
}
