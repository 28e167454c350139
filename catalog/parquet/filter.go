package parquet

import (
	"context"

	"sparksql/exec/eval"
	"sparksql/exec/vec"
	"sparksql/sql/expr"
)

// stage is a run of filters that look at the same columns.
type stage struct {
	exprs []expr.Expr
	cols  []int // positions among the scan's columns
}

// filters says which of the scan's filters the readers apply in full: those ahead of the first that needs a
// subquery's value, in their order, so that none runs ahead of one that guards it.
func (s *scan) filters() (done []bool, err error) {
	done = make([]bool, len(s.spec.Filters))
	at := map[expr.ID]int{}
	for i, c := range s.spec.Cols {
		at[c.ID] = i
	}
	for i, f := range s.spec.Filters {
		cols, ok := filterColumns(f, at, nil)
		if !ok {
			break
		}
		done[i] = true
		if n := len(s.stages); n > 0 && same(s.stages[n-1].cols, cols) {
			s.stages[n-1].exprs = append(s.stages[n-1].exprs, f)
		} else {
			s.stages = append(s.stages, stage{[]expr.Expr{f}, cols})
		}
	}
	s.prune = s.newPruner()
	return done, nil
}

// filterColumns lists the columns that e looks at, in ascending order; ok is false when e cannot be evaluated here.
func filterColumns(e expr.Expr, at map[expr.ID]int, cols []int) (out []int, ok bool) {
	switch e := e.(type) {
	case *expr.Subquery, *expr.Outer:
		return cols, false
	case *expr.Column:
		i, known := at[e.ID]
		if !known {
			return cols, false
		}
		k := 0
		for k < len(cols) && cols[k] < i {
			k++
		}
		if k == len(cols) || cols[k] != i {
			cols = append(cols, 0)
			copy(cols[k+1:], cols[k:])
			cols[k] = i
		}
		return cols, true
	case *expr.Lambda: // its parameters are columns of no table
		return cols, false
	}
	for _, k := range e.Children() {
		if cols, ok = filterColumns(k, at, cols); !ok {
			return cols, false
		}
	}
	return cols, true
}

func same(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// filter is a reader's compiled filters.
type filter struct {
	steps []filterStep
	joins []dynFilter
	taken []bool // columns that are decoded for the batch at hand
}

type filterStep struct {
	cols []int
	prog *eval.Program
	in   vec.Batch
	sel  []int32
}

func (s *scan) newFilter() (*filter, error) {
	f := &filter{taken: make([]bool, len(s.spec.Columns))}
	for _, st := range s.stages {
		step := filterStep{cols: st.cols}
		cols := make([]expr.Col, len(st.cols))
		for k, i := range st.cols {
			cols[k] = s.spec.Cols[i]
		}
		p, err := eval.Compile(st.exprs, cols, nil)
		if err != nil {
			return nil, err
		}
		step.prog, step.in.Cols = p, make([]*vec.Vec, len(cols))
		f.steps = append(f.steps, step)
	}
	f.joins = s.dynFilters()
	return f, nil
}

// run decodes the columns of the filters step by step and leaves the rows that pass in the reader's batch; keep is
// false when there is none.
func (f *filter) run(ctx context.Context, r *reader, row int64) (keep bool, err error) {
	clear(f.taken)
	b := &r.batch
	for i := range f.steps {
		st := &f.steps[i]
		for k, c := range st.cols {
			if err := f.take(r, c, row); err != nil {
				return false, err
			}
			st.in.Cols[k] = b.Cols[c]
		}
		st.in.N, st.in.Sel = b.N, b.Sel
		sel, err := st.prog.Select(ctx, &st.in, st.sel[:0])
		if err != nil {
			return false, filterError{err}
		}
		if st.sel = sel; len(sel) == 0 {
			return false, nil
		}
		if len(sel) < b.N {
			b.Sel = sel
		}
	}
	for i := range f.joins {
		if err := f.joins[i].run(r, row); err != nil {
			return false, err
		}
		if b.Rows() == 0 {
			return false, nil
		}
	}
	return true, nil
}

func (f *filter) take(r *reader, c int, row int64) (err error) {
	if !f.taken[c] {
		r.batch.Cols[c], err = r.take(c, row, r.batch.N)
		f.taken[c] = true
	}
	return err
}

// filterError is an error of a row, not of the file.
type filterError struct{ error }

func (e filterError) Unwrap() error { return e.error }
