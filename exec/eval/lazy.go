package eval

import (
	"strconv"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// lazy is a node whose operands are evaluated only for the rows that need them.
type lazy struct {
	node *node
	kids []*node
	out  vec.Vec
	flat []*vec.Vec // scratch for conditions
	keep [2]rowList // by use: rows that are decided, rows that are left
	tmp  *vec.Vec   // values of nested types, as they came
	at   []int32    // where a row's value is in tmp
	all  []int32
	subs []*scope
	used int
}

type rowList struct{ a, b []int32 }

func (c *compiler) lazy(e *expr.Call) (*node, string, error) {
	kids, key, err := c.kidsOf(e.Args)
	if err != nil {
		return nil, "", err
	}
	n := &node{typ: e.Bind.Out, kids: kids}
	n.sum(udfs.Deterministic)
	n.strict = false
	x := &lazy{node: n, kids: kids, out: vec.Vec{Type: n.typ}, flat: make([]*vec.Vec, len(kids))}
	for i, k := range kids {
		x.flat[i] = &vec.Vec{Type: k.typ}
	}
	switch e.Bind.Lazy {
	case udfs.And:
		n.do = func(r *run, s *scope) (*vec.Vec, error) { return x.logic(r, s, 0) }
	case udfs.Or:
		n.do = func(r *run, s *scope) (*vec.Vec, error) { return x.logic(r, s, 1) }
	case udfs.If, udfs.Case:
		n.do = x.choose
		if codes := newCaseCodes(e); codes != nil {
			n.do = func(r *run, s *scope) (*vec.Vec, error) { return codes.choose(x, r, s) }
		}
	case udfs.Coalesce:
		n.do = x.coalesce
	default:
		return nil, "", errs.At(errs.Internal("lazy form %d", e.Bind.Lazy), e.At)
	}
	if key != "" && n.det {
		key = "lazy" + strconv.Itoa(int(e.Bind.Lazy)) + ":" + n.typ.String() + "(" + key + ")"
	} else {
		key = ""
	}
	return n, key, nil
}

// bools evaluates operand i, a boolean, as a Flat column.
func (x *lazy) bools(r *run, s *scope, i int) (*vec.Vec, error) {
	v, err := r.eval(x.kids[i], s)
	if err != nil {
		return nil, err
	}
	if x.kids[i].constant {
		return x.kids[i].fold.expand(r.n), nil
	}
	return vec.Flatten(v, x.flat[i], s.sel), nil
}

// scope makes a scope within s; it is valid until the node is evaluated again.
func (x *lazy) scope(r *run, s *scope, sel []int32) *scope {
	if len(sel) == s.rows() {
		return s
	}
	if x.used == len(x.subs) {
		x.subs = append(x.subs, &scope{})
	}
	y := x.subs[x.used]
	x.used++
	*y = r.scope(sel, s.n, s)
	return y
}

// rows are the live rows of s.
func (x *lazy) rows(s *scope) []int32 {
	if s.sel != nil {
		return s.sel
	}
	for len(x.all) < s.n {
		x.all = append(x.all, int32(len(x.all)))
	}
	return x.all[:s.n]
}

// logic is AND (decided 0: a FALSE decides) and OR (decided 1: a TRUE does), three-valued. An operand is evaluated for
// the rows that those before leave open.
func (x *lazy) logic(r *run, s *scope, decided byte) (*vec.Vec, error) {
	x.used = 0
	first, err := x.bools(r, s, 0)
	if err != nil {
		return nil, err
	}
	x.out.Reset(r.n)
	copy(x.out.Fixed[:r.n], first.Fixed)
	nulls(&x.out, first)
	left := x.rows(s)
	sub := s
	for k := 1; k < len(x.kids); k++ {
		open := x.keep[k&1].a[:0]
		for _, i := range left {
			if x.out.Fixed[i] != decided || x.out.Valid != nil && !vec.Bit(x.out.Valid, int(i)) {
				open = append(open, i)
			}
		}
		x.keep[k&1].a = open
		if left = open; len(left) == 0 {
			break
		}
		sub = x.scope(r, sub, left)
		v, err := x.bools(r, sub, k)
		if err != nil {
			return nil, err
		}
		x.merge(v, left, decided)
	}
	return &x.out, nil
}

// nulls gives out the NULLs of v, a Flat column.
func nulls(out, v *vec.Vec) {
	if v.Type.Kind() == types.Null {
		out.SetValid(make([]uint64, vec.Words(max(out.Len, 1))))
		return
	}
	out.SetValid(v.Valid)
}

// merge combines a further operand for the rows that were open: a decided value wins over NULL.
func (x *lazy) merge(v *vec.Vec, left []int32, decided byte) {
	untyped := v.Type.Kind() == types.Null
	for _, i := range left {
		switch {
		case untyped || v.Valid != nil && !vec.Bit(v.Valid, int(i)):
			x.out.SetNull(int(i))
		case v.Fixed[i] == decided:
			x.out.Fixed[i] = decided
			if x.out.Valid != nil {
				vec.SetBit(x.out.Valid, int(i))
			}
		}
	}
}

// choose is CASE: pairs of condition and value, then perhaps ELSE.
func (x *lazy) choose(r *run, s *scope) (*vec.Vec, error) {
	x.used = 0
	left, sub := x.rows(s), s
	started := false
	for k := 0; len(left) > 0; k += 2 {
		if k+1 >= len(x.kids) {
			if k < len(x.kids) {
				if !started {
					return r.eval(x.kids[k], s)
				}
				if err := x.value(r, sub, left, k); err != nil {
					return nil, err
				}
				return x.end(), nil
			}
			if !started {
				x.begin(r.n)
			}
			x.none(left)
			return x.end(), nil
		}
		cond, err := x.bools(r, sub, k)
		if err != nil {
			return nil, err
		}
		yes, no := x.split(cond, left, k)
		if len(yes) == 0 {
			continue
		}
		if len(yes) == s.rows() {
			return r.eval(x.kids[k+1], s)
		}
		if !started {
			x.begin(r.n)
			started = true
		}
		if err := x.value(r, x.scope(r, sub, yes), yes, k+1); err != nil {
			return nil, err
		}
		left = no
		sub = x.scope(r, sub, left)
	}
	return x.end(), nil
}

// split divides rows by a condition. Lists made for one step live until the step after the next.
func (x *lazy) split(cond *vec.Vec, rows []int32, k int) (yes, no []int32) {
	l := &x.keep[k>>1&1]
	yes, no = l.a[:0], l.b[:0]
	if cond.Type.Kind() == types.Null {
		return nil, rows
	}
	for _, i := range rows {
		if cond.Fixed[i] != 0 && (cond.Valid == nil || vec.Bit(cond.Valid, int(i))) {
			yes = append(yes, i)
		} else {
			no = append(no, i)
		}
	}
	l.a, l.b = yes, no
	return yes, no
}

// coalesce takes for each row the first operand that is not NULL.
func (x *lazy) coalesce(r *run, s *scope) (*vec.Vec, error) {
	x.used = 0
	left, sub := x.rows(s), s
	started := false
	for k := range x.kids {
		if len(left) == 0 {
			break
		}
		v, err := r.eval(x.kids[k], sub)
		if err != nil {
			return nil, err
		}
		l := &x.keep[k&1]
		yes, no := l.a[:0], l.b[:0]
		if v.Valid == nil && v.Form == vec.Flat && v.Type.Kind() != types.Null {
			yes = append(yes, left...)
		} else {
			for _, i := range left {
				if v.IsNull(int(i)) {
					no = append(no, i)
				} else {
					yes = append(yes, i)
				}
			}
		}
		l.a, l.b = yes, no
		if len(yes) == s.rows() {
			return v, nil
		}
		if !started {
			x.begin(r.n)
			started = true
		}
		x.put(v, yes)
		left = no
		sub = x.scope(r, sub, left)
	}
	x.none(left)
	return x.end(), nil
}

// begin starts an output of n rows.
func (x *lazy) begin(n int) {
	x.out.Type = x.node.typ
	if !x.node.typ.IsNested() {
		x.out.Reset(n)
		return
	}
	x.tmp = vec.New(x.node.typ, 0)
	for len(x.at) < n {
		x.at = append(x.at, -1)
	}
	x.at = x.at[:n]
	for i := range x.at {
		x.at[i] = -1
	}
}

// value evaluates operand k for rows and puts it out.
func (x *lazy) value(r *run, s *scope, rows []int32, k int) error {
	v, err := r.eval(x.kids[k], s)
	if err != nil {
		return err
	}
	x.put(v, rows)
	return nil
}

func (x *lazy) put(v *vec.Vec, rows []int32) {
	if x.tmp == nil {
		vec.Scatter(&x.out, v, rows)
		return
	}
	for k, i := range rows {
		x.at[i] = int32(x.tmp.Len + k)
	}
	vec.AppendRows(x.tmp, v, rows, 0)
}

// none makes rows NULL.
func (x *lazy) none(rows []int32) {
	if x.tmp == nil {
		for _, i := range rows {
			x.out.SetNull(int(i))
		}
	}
}

// end gives the output.
func (x *lazy) end() *vec.Vec {
	if x.tmp != nil {
		vec.Gather(&x.out, x.tmp, x.at)
		x.tmp = nil
	}
	return &x.out
}
