package eval

import (
	"sparksql/exec/vec"
	"sparksql/sql/expr"
	"sparksql/udfs"
)

// caseCodes is the output of a CASE whose values are all constant strings: codes of a dictionary that is made once, so
// that what comes after works on codes.
type caseCodes struct {
	dict *vec.Dict
	code []int32 // by operand: its value's code, noCode for NULL
	out  vec.Vec
}

const noCode = -1

// newCaseCodes makes the dictionary of a CASE, nil when it cannot have one.
func newCaseCodes(e *expr.Call) *caseCodes {
	if !e.Bind.Out.IsString() || e.Bind.Lazy != udfs.Case && e.Bind.Lazy != udfs.If {
		return nil
	}
	c := &caseCodes{code: make([]int32, len(e.Args)), out: vec.Vec{Type: e.Bind.Out}}
	vals, seen := vec.New(e.Bind.Out, 0), map[string]int32{}
	for i, a := range e.Args {
		if i&1 == 0 && i < len(e.Args)-1 {
			continue // a condition
		}
		l, ok := a.(*expr.Literal)
		if !ok {
			return nil
		}
		s, ok := l.Value.(string)
		if !ok {
			c.code[i] = noCode
			continue
		}
		if _, ok := seen[s]; !ok {
			seen[s] = int32(vals.Len)
			vals.Append(s)
		}
		c.code[i] = seen[s]
	}
	if vals.Len == 0 {
		return nil
	}
	c.dict = vec.NewDict(vals)
	return c
}

// choose is lazy.choose with codes for values.
func (c *caseCodes) choose(x *lazy, r *run, s *scope) (*vec.Vec, error) {
	x.used = 0
	c.out.ResetCoded(c.dict, r.n)
	left, sub := x.rows(s), s
	for k := 0; len(left) > 0; k += 2 {
		if k+1 >= len(x.kids) {
			code := int32(noCode)
			if k < len(x.kids) {
				code = c.code[k]
			}
			c.put(left, code)
			break
		}
		cond, err := x.bools(r, sub, k)
		if err != nil {
			return nil, err
		}
		yes, no := x.split(cond, left, k)
		c.put(yes, c.code[k+1])
		if len(no) < len(left) {
			left, sub = no, x.scope(r, sub, no)
		}
	}
	return &c.out, nil
}

func (c *caseCodes) put(rows []int32, code int32) {
	if code == noCode {
		for _, i := range rows {
			c.out.SetNull(int(i))
		}
		return
	}
	for _, i := range rows {
		c.out.Codes[i] = code
	}
}
