package eval

import (
	"context"
	"math"

	"sparksql/exec/vec"
	"sparksql/sql/expr"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// cond is one conjunct of a condition.
type cond struct {
	node *node
	cmp  *compare // nil: no short way
	luts [4]lut
	next int
	a    []int32
	sub  scope
}

// lut is a condition by dictionary entry.
type lut struct {
	dict *vec.Dict
	yes  []byte
}

// conjuncts adds those of e to the program's conditions, where e is boolean.
func (c *compiler) conjuncts(p *Program, e expr.Expr) error {
	if call, ok := e.(*expr.Call); ok && call.Bind.Lazy == udfs.And {
		for _, a := range call.Args {
			if err := c.conjuncts(p, a); err != nil {
				return err
			}
		}
		return nil
	}
	if e.Type().Kind() != types.Boolean && e.Type().Kind() != types.Null {
		return nil
	}
	n, _, err := c.node(e)
	if err != nil {
		return err
	}
	n.uses++
	p.conds = append(p.conds, &cond{node: n, cmp: c.compare(e)})
	return nil
}

// Select appends to sel the live rows of b for which every expression is true, in order. Expressions, and the operands
// of AND in them, are taken one after the other: each is evaluated for the rows that those before have left.
func (p *Program) Select(ctx context.Context, b *vec.Batch, sel []int32) ([]int32, error) {
	r, root := p.begin(ctx, b)
	rows, s := b.Sel, root
	for k, c := range p.conds {
		if s.rows() == 0 {
			return sel, nil
		}
		out := c.a[:0]
		var err error
		if out, err = c.keep(r, s, out); err != nil {
			return sel, err
		}
		c.a = out
		if rows = out; rows == nil {
			rows = []int32{}
		}
		if k+1 < len(p.conds) && len(rows) < s.rows() {
			c.sub = r.scope(rows, b.N, s)
			s = &c.sub
		}
	}
	if len(p.conds) == 0 {
		if b.Sel == nil {
			for i := range b.N {
				sel = append(sel, int32(i))
			}
			return sel, nil
		}
	}
	return append(sel, rows...), nil
}

// keep appends the rows of s for which the condition is true.
func (c *cond) keep(r *run, s *scope, out []int32) ([]int32, error) {
	if cap(out) < s.rows() {
		out = make([]int32, 0, max(s.rows(), vec.BatchRows))
	}
	if c.cmp != nil {
		if v := r.cols[c.cmp.col]; v.Form == vec.Flat {
			return c.cmp.keep(v, s, out), nil
		}
	}
	v, err := r.eval(c.node, s)
	if err != nil {
		return out, err
	}
	switch {
	case v.Type.Kind() == types.Null:
		return out, nil
	case v.Form == vec.Const:
		if v.IsNull(0) || v.Fixed[0] == 0 {
			return out, nil
		}
		if s.sel != nil {
			return append(out, s.sel...), nil
		}
		for i := range s.n {
			out = append(out, int32(i))
		}
		return out, nil
	case v.Form == vec.Coded:
		return keepCodes(v, c.lut(v.Dict), s, out), nil
	}
	return keepTrue(v, s, out), nil
}

// keepTrue picks the rows where a Flat boolean is true, without branches.
func keepTrue(v *vec.Vec, s *scope, out []int32) []int32 {
	rows := s.rows()
	buf, k := out[:rows], 0
	vals := v.Fixed
	switch {
	case v.Valid != nil:
		for j := range rows {
			i := j
			if s.sel != nil {
				i = int(s.sel[j])
			}
			buf[k] = int32(i)
			k += int(vals[i]&1) & int(v.Valid[i>>6]>>(i&63)&1)
		}
	case s.sel == nil:
		vals = vals[:rows]
		for i, x := range vals {
			buf[k] = int32(i)
			k += int(x & 1)
		}
	default:
		for _, i := range s.sel {
			buf[k] = i
			k += int(vals[i] & 1)
		}
	}
	return buf[:k]
}

// lut is the condition's value for each entry of a dictionary of booleans.
func (c *cond) lut(d *vec.Dict) []byte {
	for i := range c.luts {
		if c.luts[i].dict == d {
			return c.luts[i].yes
		}
	}
	yes := make([]byte, d.Vals.Len)
	for i := range yes {
		if !d.Vals.IsNull(i) {
			yes[i] = d.Vals.Fixed[i] & 1
		}
	}
	c.luts[c.next] = lut{d, yes}
	c.next = (c.next + 1) % len(c.luts)
	return yes
}

func keepCodes(v *vec.Vec, yes []byte, s *scope, out []int32) []int32 {
	rows := s.rows()
	buf, k := out[:rows], 0
	switch {
	case v.Valid != nil:
		for j := range rows {
			i := j
			if s.sel != nil {
				i = int(s.sel[j])
			}
			if vec.Bit(v.Valid, i) {
				buf[k] = int32(i)
				k += int(yes[v.Codes[i]])
			}
		}
	case s.sel == nil:
		for i, c := range v.Codes[:rows] {
			buf[k] = int32(i)
			k += int(yes[c])
		}
	default:
		for _, i := range s.sel {
			buf[k] = i
			k += int(yes[v.Codes[i]])
		}
	}
	return buf[:k]
}

// compare is a comparison of a column with a constant, as a range of the column's values.
type compare struct {
	col    int
	lo, hi int64 // both included
	width  int
}

// compare recognises a comparison of an integer-like column and a literal of the same type.
func (c *compiler) compare(e expr.Expr) *compare {
	call, ok := e.(*expr.Call)
	if !ok || call.Def == nil || !call.Def.Operator || len(call.Args) != 2 {
		return nil
	}
	col, ok1 := call.Args[0].(*expr.Column)
	lit, ok2 := call.Args[1].(*expr.Literal)
	op := call.Def.Name
	if !ok1 || !ok2 {
		col, ok1 = call.Args[1].(*expr.Column)
		lit, ok2 = call.Args[0].(*expr.Literal)
		op = map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}[op]
	}
	if !ok1 || !ok2 || lit.Value == nil || lit.Typ != col.Col.Type {
		return nil
	}
	at, known := c.at[col.ID]
	v, whole := wholeValue(lit)
	if !known || !whole {
		return nil
	}
	x := &compare{col: at, lo: math.MinInt64, hi: math.MaxInt64, width: lit.Typ.Width()}
	switch op {
	case "=":
		x.lo, x.hi = v, v
	case "<=":
		x.hi = v
	case ">=":
		x.lo = v
	case "<":
		if v == math.MinInt64 {
			return nil
		}
		x.hi = v - 1
	case ">":
		if v == math.MaxInt64 {
			return nil
		}
		x.lo = v + 1
	default:
		return nil
	}
	return x
}

// wholeValue is a literal's value where its type is stored as an integer of 4 or 8 bytes.
func wholeValue(l *expr.Literal) (int64, bool) {
	switch v := l.Value.(type) {
	case int32:
		return int64(v), l.Typ.Width() == 4
	case int64:
		return v, l.Typ.Width() == 8
	case types.Int128:
		x, ok := v.Int64()
		return x, ok && l.Typ.Width() == 8
	}
	return 0, false
}

func (x *compare) keep(v *vec.Vec, s *scope, out []int32) []int32 {
	if x.width == 8 {
		return keepRange(vec.Values[int64](v), v.Valid, x.lo, x.hi, s, out)
	}
	lo, hi := max(x.lo, math.MinInt32), min(x.hi, math.MaxInt32)
	if lo > hi {
		return out
	}
	return keepRange(vec.Values[int32](v), v.Valid, int32(lo), int32(hi), s, out)
}

func keepRange[T int32 | int64](vals []T, valid []uint64, lo, hi T, s *scope, out []int32) []int32 {
	rows := s.rows()
	buf, k := out[:rows], 0
	switch {
	case valid != nil:
		for j := range rows {
			i := j
			if s.sel != nil {
				i = int(s.sel[j])
			}
			if x := vals[i]; x >= lo && x <= hi && vec.Bit(valid, i) {
				buf[k] = int32(i)
				k++
			}
		}
	case s.sel == nil:
		for i, x := range vals[:rows] {
			buf[k] = int32(i)
			in := 0
			if x >= lo && x <= hi {
				in = 1
			}
			k += in
		}
	default:
		for _, i := range s.sel {
			buf[k] = i
			in := 0
			if x := vals[i]; x >= lo && x <= hi {
				in = 1
			}
			k += in
		}
	}
	return buf[:k]
}
