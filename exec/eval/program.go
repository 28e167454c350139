package eval

import (
	"context"
	"unsafe"

	"sparksql/exec/vec"
	"sparksql/sql/expr"
	"sparksql/sql/types"
)

// Program is compiled expressions with their scratch. It belongs to one goroutine.
type Program struct {
	roots []*node
	conds []*cond // the roots' conjuncts, for Select
	run   run
	gen   uint64
	empty []*vec.Vec
	subs  scope

	scopes uint64
}

// run is one evaluation: over a batch, over the entries of a dictionary, or over one row without columns.
type run struct {
	ctx   context.Context
	p     *Program
	cols  []*vec.Vec
	n     int
	seq   uint64
	gen   uint64
	coded []choice // by column: whether it is evaluated by entries
	inner bool     // over entries already
	inDom *run     // for evaluations over entries
}

// scope is a set of live rows: nil for all n. Rows of a scope are rows of its parent.
type scope struct {
	sel    []int32
	n      int
	parent *scope
	id     uint64 // one for each set of rows: scopes are reused
}

func (r *run) scope(sel []int32, n int, parent *scope) scope {
	r.p.scopes++
	return scope{sel: sel, n: n, parent: parent, id: r.p.scopes}
}

func (s *scope) rows() int {
	if s.sel != nil {
		return len(s.sel)
	}
	return s.n
}

// Eval sets out[i] to the i-th expression's values, of any form, right for the batch's live rows. They are lent until
// the next use of p; plain columns are b's own.
func (p *Program) Eval(ctx context.Context, b *vec.Batch, out []*vec.Vec) error {
	r, s := p.begin(ctx, b)
	for i, n := range p.roots {
		if s.rows() == 0 {
			out[i] = p.nothing(i, n.typ, b.N)
			continue
		}
		v, err := r.eval(n, s)
		if err != nil {
			return err
		}
		out[i] = v
	}
	for _, v := range out[:len(p.roots)] {
		if v.Form == vec.Const {
			v.Len = b.N
		}
	}
	return nil
}

func (p *Program) begin(ctx context.Context, b *vec.Batch) (*run, *scope) {
	p.gen++
	r := &p.run
	r.ctx, r.p, r.cols, r.n, r.seq, r.gen = ctx, p, b.Cols, b.N, b.Seq, p.gen
	if len(r.coded) < len(b.Cols) {
		r.coded = make([]choice, len(b.Cols))
	}
	for i := range r.coded {
		r.coded[i].state = undecided
	}
	p.subs = r.scope(b.Sel, b.N, nil)
	return r, &p.subs
}

// nothing is a column for a batch without live rows.
func (p *Program) nothing(i int, t types.Type, n int) *vec.Vec {
	if p.empty == nil {
		p.empty = make([]*vec.Vec, len(p.roots))
	}
	if p.empty[i] == nil {
		p.empty[i] = &vec.Vec{Type: t}
	}
	p.empty[i].Reset(n)
	return p.empty[i]
}

// eval gives the values of n for the rows of s.
func (r *run) eval(n *node, s *scope) (*vec.Vec, error) {
	if n.constant {
		return n.fold.eval(r, n)
	}
	if n.uses > 1 && n.gen == r.gen {
		for x := s; x != nil; x = x.parent {
			if x.id == n.scope {
				if n.memo.Form == vec.Const {
					n.memo.Len = r.n // a constant may have been used for a run of another size
				}
				return n.memo, nil
			}
		}
	}
	v, err := r.fresh(n, s)
	if err != nil {
		return nil, err
	}
	if n.uses > 1 {
		n.gen, n.scope, n.memo = r.gen, s.id, v
	}
	return v, nil
}

func (r *run) fresh(n *node, s *scope) (*vec.Vec, error) {
	if n.dictable && !r.inner && n.kids != nil {
		switch r.cols[n.col].Form {
		case vec.Coded:
			if r.byEntry(n.col, s) {
				return n.dict.eval(r, n, s)
			}
		case vec.Const:
			return n.dict.evalConst(r, n)
		}
	}
	return n.do(r, s)
}

// fold is the value of a node without columns: evaluated when first needed, so that an error is raised only if a row
// is reached.
type fold struct {
	known bool
	row   *vec.Vec // Const
	flat  *vec.Vec // the same, n times
	full  vec.Vec  // flat's buffers
}

func (f *fold) set(t types.Type, value any) {
	f.known = true
	f.row = vec.Constant(t, value, 1)
}

func (f *fold) eval(r *run, n *node) (*vec.Vec, error) {
	if !f.known {
		r.p.gen++
		one := run{ctx: r.ctx, p: r.p, n: 1, gen: r.p.gen, inner: true}
		s := one.scope(nil, 1, nil)
		v, err := n.do(&one, &s)
		if err != nil {
			return nil, err
		}
		row := vec.New(n.typ, 0)
		vec.AppendRows(row, v, nil, 1)
		row.Form = vec.Const
		f.row, f.known = row, true
	}
	if f.row.Len != r.n {
		f.row.Len = r.n
	}
	return f.row, nil
}

// expand is the constant as a Flat column of n rows.
func (f *fold) expand(n int) *vec.Vec {
	if f.flat == nil {
		f.flat = &vec.Vec{Type: f.row.Type}
	}
	if n > f.full.Len {
		row := *f.row
		row.Len = n
		f.full = *vec.New(row.Type, 0)
		vec.AppendRows(&f.full, &row, nil, n)
	}
	v := f.flat
	*v = vec.Vec{Type: f.full.Type, Len: n, Valid: f.full.Valid, Bufs: f.full.Bufs, Kids: f.full.Kids}
	if w := v.Type.Width(); w > 0 {
		v.Fixed = f.full.Fixed[:n*w]
	}
	if f.full.Views != nil {
		v.Views = f.full.Views[:n]
	}
	if f.full.Offs != nil {
		v.Offs = f.full.Offs[:n+1]
	}
	return v
}

// Row evaluates the first expression of a program without columns.
func (p *Program) Row() (any, error) {
	out := make([]*vec.Vec, len(p.roots))
	if err := p.Eval(context.Background(), &vec.Batch{N: 1}, out); err != nil {
		return nil, err
	}
	return out[0].Value(0), nil
}

// Constant evaluates an expression without columns, to a value in Go form.
func Constant(e expr.Expr) (any, error) {
	if l, ok := e.(*expr.Literal); ok {
		return l.Value, nil
	}
	p, err := Compile([]expr.Expr{e}, nil, nil)
	if err != nil {
		return nil, err
	}
	return p.Row()
}

func ptr[T any](p *T) uint64 { return uint64(uintptr(unsafe.Pointer(p))) }
