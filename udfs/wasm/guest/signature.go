package guest

import (
	"context"
	"errors"
	"time"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
	"sparksql/udfs/wasm/abi"
)

// signature is one that the engine can call, with the columns of its calls.
type signature struct {
	overload *udfs.Overload
	strict   bool
	kernel   udfs.Kernel
	state    udfs.Call
	offsets  []uint32 // of a result of strings
	text     []byte
}

// call runs the kernel over a block: every row of it is live, and without NULL arguments when the function is strict.
func (s *signature) call(m *Module, b abi.Block) (err error) {
	if s.kernel == nil {
		if s.kernel, err = s.open(m.env); err != nil {
			return err
		}
	}
	n, args := b.Rows(), b.Args()
	c := &s.state
	c.Ctx, c.Env, c.N = context.Background(), m.env, n
	for len(c.In) < args {
		c.In = append(c.In, &vec.Vec{})
	}
	c.In = c.In[:args]
	for i, v := range c.In {
		s.input(m, v, s.overload.In[min(i, len(s.overload.In)-1)], b.Column(i), n)
	}
	out := b.Column(args)
	fixed := abi.Width(s.overload.Out) > 0
	if fixed {
		*c.Out = vec.Vec{Type: s.overload.Out, Len: n, Fixed: m.bytes(out.Values(), uint32(n*abi.Width(s.overload.Out)))}
	} else {
		c.Out.Reset(n)
	}
	if err := s.kernel(c); err != nil {
		return err
	}
	if c.Out.Len != n {
		return errors.New("the function gave another number of rows than it was given")
	}
	if !fixed {
		s.result(c.Out, out, n)
	}
	if c.Out.Valid != nil {
		copy(abi.Words64(m.bytes(out.Validity(), uint32(8*vec.Words(n)))), c.Out.Valid)
	}
	return nil
}

func (s *signature) open(env *udfs.Env) (udfs.Kernel, error) {
	s.state.Out = vec.New(s.overload.Out, 0)
	if s.overload.New != nil {
		return s.overload.New(env)
	}
	return s.overload.Kernel, nil
}

// input makes a column of an argument, without a copy but for the views of strings.
func (s *signature) input(m *Module, v *vec.Vec, t types.Type, c abi.Column, n int) {
	v.Type, v.Len, v.Valid = t, n, nil
	if at := c.Validity(); at != 0 {
		v.Valid = abi.Words64(m.bytes(at, uint32(8*vec.Words(n))))
	}
	if w := abi.Width(t); w > 0 {
		v.Fixed = m.bytes(c.Values(), uint32(n*w))
		return
	}
	offsets := abi.Words32(m.bytes(c.Offsets(), uint32(4*(n+1))))
	text := m.bytes(c.Values(), offsets[n])
	v.Bufs = append(v.Bufs[:0], text)
	if cap(v.Views) < n {
		v.Views = make([]vec.View, n)
	}
	v.Views = v.Views[:n]
	for i := range v.Views {
		v.Views[i] = vec.MakeView(text[offsets[i]:offsets[i+1]], 0, int(offsets[i]))
	}
}

// result lays a column of strings out for the engine, in memory that stays until the next call.
func (s *signature) result(v *vec.Vec, c abi.Column, n int) {
	s.offsets, s.text = append(s.offsets[:0], 0), s.text[:0]
	for i := range n {
		if v.Valid == nil || vec.Bit(v.Valid, i) {
			s.text = append(s.text, v.Bytes(i)...)
		}
		s.offsets = append(s.offsets, uint32(len(s.text)))
	}
	c.SetResult(address(s.text), address(abi.Bytes32(s.offsets)), uint32(len(s.text)))
}

// newEnv is the context of calls as the engine tells it.
func newEnv(e abi.Env) *udfs.Env {
	zone, ok := types.LoadZone(e.Zone)
	if !ok {
		zone = time.UTC
	}
	return &udfs.Env{ANSI: e.ANSI, Zone: zone, ZoneName: e.Zone, Now: e.Now, User: e.User, Database: e.Database,
		Conf: func(key string) string { return e.Conf[key] }}
}

// reason is the message of an error: the engine names the function itself.
func reason(err error) string {
	var e *errs.Error
	if errors.As(err, &e) && e.Cond.Name == "FAILED_EXECUTE_UDF" {
		return e.Args["reason"]
	}
	return err.Error()
}
