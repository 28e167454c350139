package exec

import (
	"cmp"
	"io"
	"slices"

	"sparksql/exec/mem"
	"sparksql/exec/vec"
	"sparksql/sql/plan"
)

// aggSource gives the groups of a HashAggregate: of the merged table in the order of their first rows, else a
// partition at a time.
type aggSource struct{ h *HashAggregate }

func (s *aggSource) Describe() plan.Desc { return s.h.desc }

func (s *aggSource) Open(t *Task) (Reader, error) {
	r := &aggReader{h: s.h, budget: t.Mem.Child()}
	if s.h.small == nil {
		var err error
		if r.part, err = s.h.open(t); err != nil {
			return nil, err
		}
		r.part.budget.Close()
		r.part.budget = r.budget
	}
	return r, nil
}

type aggReader struct {
	h      *HashAggregate
	part   *aggPart
	budget *mem.Budget
	out    vec.Batch
	all    []int32
}

func (r *aggReader) Next(t *Task, emit Emit) error {
	i := int(r.h.next.Add(1)) - 1
	if r.h.small != nil {
		if i > 0 {
			return io.EOF
		}
		return r.emit(t, r.h.small, r.h.order, 0, emit)
	}
	if i >= aggParts {
		return io.EOF
	}
	if err := r.mergePartition(t, i); err != nil {
		return err
	}
	r.all = grown(r.all, r.part.table.n)
	for g := range r.all {
		r.all[g] = int32(g)
	}
	if err := r.emit(t, r.part, r.all, uint64(i)<<32, emit); err != nil {
		return err
	}
	return nil
}

// mergePartition merges partition i of all workers into an empty table, and frees it.
func (r *aggReader) mergePartition(t *Task, i int) error {
	p := r.part
	p.table.reset()
	for _, x := range p.inputs {
		var err error
		if x.acc, err = x.spec.accumulator(); err != nil {
			return err
		}
	}
	for _, from := range r.h.parts {
		if from.stores == nil {
			continue
		}
		s := from.stores[i]
		if s.n > 0 {
			if err := p.mergeColumns(s.cols, s.n); err != nil {
				return err
			}
			freed := int64(0)
			for _, c := range s.cols {
				freed += c.Size()
			}
			s.cols, s.n = nil, 0
			from.budget.Release(freed)
		}
		if s.file != nil {
			if err := p.mergeFile(t, s.file); err != nil {
				return err
			}
			if err := s.file.Close(); err != nil {
				return err
			}
		}
	}
	return r.budget.Set(p.bytes())
}

// mergeColumns merges n rows piece by piece, so that scratch stays small.
func (p *aggPart) mergeColumns(cols []*vec.Vec, n int) error {
	return p.merge(cols, n, nil)
}

func (p *aggPart) mergeFile(t *Task, f *mem.File) error {
	in := f.Reader(p.h.stored)
	for {
		if err := t.Err(); err != nil {
			return err
		}
		cols, n, err := in.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := p.merge(cols, n, nil); err != nil {
			return err
		}
	}
}

// emit puts out groups of p.
func (r *aggReader) emit(t *Task, p *aggPart, groups []int32, seq uint64, emit Emit) error {
	h := r.h
	width := h.outTypes()
	for lo := 0; lo < len(groups); lo += vec.BatchRows {
		piece := groups[lo:min(lo+vec.BatchRows, len(groups))]
		r.out.Cols = grown(r.out.Cols, len(width))
		for i, ty := range width {
			if r.out.Cols[i] == nil || r.out.Cols[i].Type != ty || ty.IsNested() {
				r.out.Cols[i] = vec.New(ty, 0)
			}
			r.out.Cols[i].Reset(0)
		}
		if err := p.results(piece, r.out.Cols); err != nil {
			return err
		}
		r.out.N, r.out.Sel, r.out.Seq = len(piece), nil, seq
		seq++
		if err := emit(&r.out); err != nil {
			return err
		}
	}
	return nil
}

func (r *aggReader) Close() error {
	r.budget.Close()
	return nil
}

// inOrder lists the groups by their first rows, where these are known.
func (p *aggPart) inOrder() []int32 {
	out := make([]int32, p.table.n)
	for i := range out {
		out[i] = int32(i)
	}
	fresh := p.table.fresh
	if len(fresh) < len(out) {
		return out
	}
	slices.SortFunc(out, func(a, b int32) int {
		return cmp.Or(cmp.Compare(fresh[a].seq, fresh[b].seq), cmp.Compare(fresh[a].row, fresh[b].row), cmp.Compare(a, b))
	})
	return out
}
