package exec

import (
	"sparksql/exec/vec"
	"sparksql/sql/plan"
)

// Sample keeps a row when its random number lies in [Lo,Hi). The number follows from the seed and the row's place in
// its source, so that the sample does not depend on the workers.
type Sample struct{ node *plan.Sample }

func (s *Sample) Describe() plan.Desc { return s.node.Describe() }

func (s *Sample) Open(t *Task) (StepFunc, error) {
	var sel []int32
	return func(b *vec.Batch, emit Emit) error {
		if b == nil {
			return nil
		}
		if sel == nil {
			sel = make([]int32, 0, b.N)
		}
		sel = sel[:0]
		base := mixKey(uint64(s.node.Seed)) ^ mixKey(b.Seq+0x9E3779B97F4A7C15)
		live := eachRow{b.Sel, b.N}
		for k := range live.len() {
			i := live.at(k)
			x := float64(mixKey(base+uint64(i)*0x9E3779B97F4A7C15)>>11) / (1 << 53)
			if x >= s.node.Lo && x < s.node.Hi {
				sel = append(sel, i)
			}
		}
		if len(sel) == 0 {
			return nil
		}
		out := *b
		out.Sel = sel
		return emit(&out)
	}, nil
}
