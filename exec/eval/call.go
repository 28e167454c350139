package eval

import (
	"fmt"

	"sparksql/exec/vec"
	"sparksql/functions"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// call is a node that runs a kernel: over flat inputs, with NULLs of strict functions set beforehand.
type call struct {
	node     *node
	kernel   udfs.Kernel
	strict   bool
	fallible bool
	at       errs.Pos
	name     string
	def      *udfs.Def

	call    udfs.Call
	scratch []*vec.Vec
	out     vec.Vec
	sel     []int32
	lambdas []*lambda
	guarded int // operands before this one narrow the rows for it: it can fail
	scopes  []scope
}

func (x *call) prepare() {
	x.call.In = make([]*vec.Vec, len(x.node.kids))
	x.scratch = make([]*vec.Vec, len(x.node.kids))
	for i, k := range x.node.kids {
		if k != nil {
			x.scratch[i] = &vec.Vec{Type: k.typ}
		}
	}
	x.out.Type = x.node.typ
	for i, k := range x.node.kids {
		if k != nil && k.fallible {
			x.guarded = i
		}
	}
	x.scopes = make([]scope, len(x.node.kids))
}

// skip gives operand i as NULLs: no row needs it.
func (x *call) skip(i, n int) {
	v := x.scratch[i]
	v.Reset(n)
	v.SetValid(make([]uint64, vec.Words(max(n, 1))))
	x.call.In[i] = v
}

// narrow is s without the rows in which v, operand i, is NULL: operands that follow are not evaluated for them.
func (x *call) narrow(r *run, s *scope, v *vec.Vec, i int) *scope {
	if v.Valid == nil && v.Type.Kind() != types.Null {
		return s
	}
	sel := x.scopes[i].sel[:0]
	if sel == nil {
		sel = []int32{}
	}
	for k := range s.rows() {
		row := k
		if s.sel != nil {
			row = int(s.sel[k])
		}
		if !v.IsNull(row) {
			sel = append(sel, int32(row))
		}
	}
	x.scopes[i] = r.scope(sel, s.n, s)
	return &x.scopes[i]
}

func (x *call) eval(r *run, s *scope) (*vec.Vec, error) {
	c := &x.call
	live := s
	for i, k := range x.node.kids {
		if k == nil { // a lambda
			continue
		}
		if live.rows() == 0 {
			x.skip(i, r.n)
			continue
		}
		v, err := r.eval(k, live)
		if err != nil {
			return nil, err
		}
		if c.In[i] = v; !k.constant {
			v = vec.Flatten(v, x.scratch[i], live.sel)
			c.In[i] = v
		}
		if x.strict && i < x.guarded {
			live = x.narrow(r, live, v, i)
		}
	}
	for i, k := range x.node.kids { // last, since evaluating others may use the same constants
		if k != nil && k.constant && c.In[i] != x.scratch[i] {
			c.In[i] = k.fold.expand(r.n)
		}
	}
	x.out.Type = x.node.typ
	x.out.Reset(r.n)
	sel := s.sel
	if x.strict {
		if x.setNulls(r.n) && x.fallible {
			sel = x.valid(s)
		}
	}
	if x.node.typ.Kind() == types.Null && !x.fallible || sel != nil && len(sel) == 0 {
		return &x.out, nil
	}
	c.Ctx, c.Out, c.Sel, c.N, c.Seq = r.ctx, &x.out, sel, r.n, r.seq
	for _, l := range x.lambdas {
		if l != nil {
			l.outer = r
		}
	}
	if err := x.run(); err != nil {
		return nil, errs.At(err, x.at)
	}
	closeRows(&x.out)
	return &x.out, nil
}

// closeRows makes rows that a kernel left out empty ones, in columns of arrays and maps.
func closeRows(v *vec.Vec) {
	switch v.Type.Kind() {
	case types.Array, types.Map:
		end := int32(0)
		for i, o := range v.Offs[:v.Len+1] {
			end = max(end, o)
			v.Offs[i] = end
		}
	case types.Struct:
		for _, k := range v.Kids {
			closeRows(k)
		}
	}
}

// setNulls makes rows NULL in which an input is, and tells whether there can be any.
func (x *call) setNulls(n int) bool {
	any := false
	for i, v := range x.call.In {
		switch {
		case x.node.kids[i] == nil:
		case v.Type.Kind() == types.Null:
			x.out.SetValid(make([]uint64, vec.Words(max(n, 1))))
			return true
		case v.Valid == nil:
		case !any:
			x.out.SetValid(v.Valid)
			any = true
		default:
			for w := range x.out.Valid {
				x.out.Valid[w] &= v.Valid[w]
			}
		}
	}
	return any
}

// valid are the rows of s that are not NULL in the output.
func (x *call) valid(s *scope) []int32 {
	out := x.sel[:0]
	if s.sel == nil {
		for i := range s.n {
			if vec.Bit(x.out.Valid, i) {
				out = append(out, int32(i))
			}
		}
	} else {
		for _, i := range s.sel {
			if vec.Bit(x.out.Valid, int(i)) {
				out = append(out, i)
			}
		}
	}
	if out == nil {
		out = []int32{}
	}
	x.sel = out
	return out
}

// run runs the kernel; a panic becomes an error that names the function.
func (x *call) run() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = x.panicked(p)
		}
	}()
	return x.kernel(&x.call)
}

// panicked is the error of a kernel that panics. Those that package udfs makes of a user's Go functions say more by
// themselves.
func (x *call) panicked(p any) error {
	if x.def == nil || functions.IsBuiltin(x.def) {
		return errs.Internal("%s: %v", x.name, p)
	}
	in := ""
	for i, k := range x.node.kids {
		if i > 0 {
			in += ", "
		}
		if k != nil {
			in += k.typ.SQL()
		}
	}
	return errs.New(x.at, "FAILED_EXECUTE_UDF", "functionName", x.name, "signature", in, "result", x.node.typ.SQL(), "reason", fmt.Sprintf("panic: %v", p))
}
