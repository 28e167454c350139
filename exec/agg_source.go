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
	sel    []int32
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
	rows := r.h.rowsOf(i)
	t.Partitions(1, func(int) int64 { return rows })
	passes := r.h.passes(rows, r.budget.Limit(), t.Workers)
	for k := range passes {
		if err := r.mergePartition(t, i, pass{k, passes}); err != nil {
			return err
		}
		r.all = grown(r.all, r.part.table.n)
		for g := range r.all {
			r.all[g] = int32(g)
		}
		if err := r.emit(t, r.part, r.all, uint64(i)<<36|uint64(k)<<28, emit); err != nil {
			return err
		}
	}
	return nil
}

// pass is one of several readings of a partition that is too large to be merged at once: of the groups whose hash, in
// the bits after the partition's, has the number k.
type pass struct{ k, of int }

// rowsOf counts what all workers have for partition i.
func (h *HashAggregate) rowsOf(i int) (rows int64) {
	for _, p := range h.parts {
		if p.stores != nil {
			rows += int64(p.stores[i].n)
			if f := p.stores[i].file; f != nil {
				rows += f.Rows()
			}
		}
	}
	return rows
}

// passes is how often a partition of so many rows is read: a power of two, so that what is merged at once takes at most
// a fair part of the memory limit.
func (h *HashAggregate) passes(rows, limit int64, workers int) int {
	if limit <= 0 {
		return 1
	}
	row := int64(40)
	for _, t := range h.stored {
		row += int64(t.DefaultSize())
	}
	n, most := 1, max(1<<20, limit/int64(4*workers))
	for n < 64 && rows*row/int64(n) > most {
		n *= 2
	}
	return n
}

// mergePartition merges a pass of partition i of all workers into an empty table; the last frees the partition.
func (r *aggReader) mergePartition(t *Task, i int, w pass) error {
	p := r.part
	p.clear()
	p.table.ident.forget(0)
	last := w.k == w.of-1
	for _, from := range r.h.parts {
		if from.stores == nil {
			continue
		}
		s := from.stores[i]
		for _, piece := range s.pieces {
			if t.Err() != nil {
				return t.Err()
			}
			if err := r.merge(piece.cols, piece.n, w); err != nil {
				return err
			}
		}
		if last {
			from.budget.Release(s.bytes())
			s.pieces, s.n = nil, 0
		}
		if s.file != nil {
			if err := r.mergeFile(t, s.file, w); err != nil {
				return err
			}
			if last {
				if err := s.file.Close(); err != nil {
					return err
				}
			}
		}
	}
	r.budget.Require(p.bytes())
	return nil
}

// merge merges the rows that belong to the pass.
func (r *aggReader) merge(cols []*vec.Vec, n int, w pass) error {
	if w.of == 1 {
		return r.part.merge(cols, n, nil)
	}
	table := r.part.table
	r.sel = r.sel[:0]
	for i, h := range table.hash(cols[:len(r.h.keys)], n) {
		if int(h<<aggPartBits>>(64-6))&(w.of-1) == w.k {
			r.sel = append(r.sel, int32(i))
		}
	}
	if len(r.sel) == 0 {
		return nil
	}
	some := make([]*vec.Vec, len(cols))
	for i, c := range cols {
		some[i] = vec.New(c.Type, 0)
		vec.AppendRows(some[i], c, r.sel, n)
	}
	return r.part.merge(some, len(r.sel), nil)
}

func (r *aggReader) mergeFile(t *Task, f *mem.File, w pass) error {
	in := f.Reader(r.h.stored)
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
		if err := r.merge(cols, n, w); err != nil {
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
		if t.Err() != nil {
			return t.Err()
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
