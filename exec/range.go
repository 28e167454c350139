package exec

import (
	"io"
	"math/big"
	"sync/atomic"

	"sparksql/exec/vec"
	"sparksql/sql/plan"
	"sparksql/sql/types"
)

// Range is range(start, end, step): one column of bigint.
type Range struct {
	node  *plan.Range
	count uint64
	next  atomic.Uint64
}

// rangeMorsel is the number of batches in a morsel.
const rangeMorsel = 16

func newRange(n *plan.Range) *Range {
	r := &Range{node: n}
	span := new(big.Int).Sub(big.NewInt(n.End), big.NewInt(n.Start))
	step := big.NewInt(n.Step)
	if step.Sign() != 0 && span.Sign() == step.Sign() {
		span.Add(span, step)
		span.Sub(span, big.NewInt(int64(step.Sign())))
		r.count = span.Quo(span, step).Uint64()
	}
	return r
}

func (r *Range) Describe() plan.Desc { return r.node.Describe() }

func (r *Range) Open(*Task) (Reader, error) {
	return &rangeReader{r, vec.New(types.BigIntType, vec.BatchRows)}, nil
}

type rangeReader struct {
	r   *Range
	col *vec.Vec
}

func (x *rangeReader) Next(t *Task, emit Emit) error {
	m := x.r.next.Add(1) - 1
	if m*rangeMorsel*vec.BatchRows >= x.r.count {
		return io.EOF
	}
	for k := range uint64(rangeMorsel) {
		seq := m*rangeMorsel + k
		at := seq * vec.BatchRows
		if at >= x.r.count {
			return nil
		}
		n := int(min(vec.BatchRows, x.r.count-at))
		x.col.Reset(n)
		out := vec.Values[int64](x.col)[:n]
		v := x.r.node.Start + int64(at)*x.r.node.Step
		for i := range out {
			out[i] = v
			v += x.r.node.Step
		}
		if err := emit(&vec.Batch{Cols: []*vec.Vec{x.col}, N: n, Seq: seq}); err != nil {
			return err
		}
	}
	return nil
}

func (x *rangeReader) Close() error { return nil }
