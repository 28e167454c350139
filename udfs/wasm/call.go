package wasm

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"

	"sparksql/exec/vec"
	"sparksql/udfs"
	"sparksql/udfs/wasm/abi"
)

// signature is one signature of a module's function.
type signature struct {
	module *module
	id     uint64
}

// eval is the kernel. The module is given the live rows only, one after the other: it need not know of selections.
func (s *signature) eval(c *udfs.Call) error {
	rows := c.N
	if c.Sel != nil {
		rows = len(c.Sel)
	}
	if rows == 0 {
		return nil
	}
	inst, err := s.module.acquire(c.Ctx, c.Env)
	if err != nil {
		return err
	}
	alive, err := inst.run(c, s.id, rows)
	if alive {
		s.module.release(inst)
	} else {
		inst.mod.Close(context.WithoutCancel(c.Ctx))
	}
	return err
}

// run hands the columns over, calls the module and takes the result. alive is false when the copy cannot be used again.
func (inst *instance) run(c *udfs.Call, id uint64, rows int) (alive bool, err error) {
	l, err := layoutOf(c, rows)
	if err != nil {
		return true, err
	}
	if err := inst.reserve(c.Ctx, l.size); err != nil {
		return false, err
	}
	arena, ok := inst.mod.Memory().Read(inst.at, l.size)
	if !ok {
		return false, errors.New("sparksql_arena gives an address outside of the module's memory")
	}
	l.write(c, arena, inst.at)
	inst.stack[0], inst.stack[1] = id, uint64(inst.at)
	fuel := fuelOf(c.Env)
	if err := inst.work(c.Ctx, inst.call, fuel); err != nil {
		switch {
		case c.Ctx.Err() != nil:
			return false, c.Ctx.Err()
		case errors.Is(err, errFuel):
			return false, fmt.Errorf("it is out of fuel: %s allows %d turns of loops and calls for a batch (rows 0 to %d)", udfs.FuelKey, fuel, rows-1)
		}
		return false, fmt.Errorf("%s (rows 0 to %d of the batch)", inst.trap(err), rows-1)
	}
	arena, ok = inst.mod.Memory().Read(inst.at, l.size) // the memory may have grown, and moved
	if !ok {
		return false, errors.New("the module's memory shrank")
	}
	block := abi.BlockOf(arena[:abi.BlockBytes(len(c.In))])
	if status := uint32(inst.stack[0]); status != 0 {
		return true, inst.failure(block, status, rows)
	}
	return true, l.result(c, inst, arena, block)
}

// fuelOf is what a call may spend by the settings.
func fuelOf(env *udfs.Env) int64 {
	if env == nil || env.Conf == nil {
		return math.MaxInt64
	}
	if n, _ := strconv.ParseInt(env.Conf(udfs.FuelKey), 10, 64); n > 0 { // checked when it was set
		return n
	}
	return math.MaxInt64
}

// failure is the error that a module reports.
func (inst *instance) failure(b abi.Block, status uint32, rows int) error {
	at, size := b.Error()
	text, ok := inst.mod.Memory().Read(at, min(size, 4096))
	if !ok || len(text) == 0 {
		return fmt.Errorf("status %d without a message (rows 0 to %d of the batch)", status, rows-1)
	}
	return errors.New(string(text))
}

// layout is the place of everything in the arena.
type layout struct {
	rows int
	size uint32
	cols []place // of the arguments and the result
}

// place are the offsets of a column's buffers; 0 for those it has not.
type place struct{ values, validity, offsets, bytes uint32 }

func layoutOf(c *udfs.Call, rows int) (*layout, error) {
	l := &layout{rows: rows, cols: make([]place, 0, len(c.In)+1)}
	end := uint64(abi.BlockBytes(len(c.In)))
	take := func(n int) uint32 {
		at := (end + 7) &^ 7
		end = at + uint64(n)
		return uint32(at)
	}
	for _, v := range c.In {
		var p place
		if v.Valid != nil {
			p.validity = take(8 * vec.Words(rows))
		}
		if w := abi.Width(v.Type); w > 0 {
			p.bytes = uint32(rows * w)
			p.values = take(rows * w)
		} else {
			n := textBytes(v, c.Sel, rows)
			p.bytes = uint32(min(n, math.MaxUint32))
			p.offsets, p.values = take(4*(rows+1)), take(n)
		}
		l.cols = append(l.cols, p)
		if end > math.MaxInt32 {
			return nil, errors.New("a batch of arguments is larger than a module's memory can be")
		}
	}
	p := place{validity: take(8 * vec.Words(rows))}
	if w := abi.Width(c.Out.Type); w > 0 {
		p.bytes = uint32(rows * w)
		p.values = take(rows * w)
	}
	l.cols = append(l.cols, p)
	l.size = uint32((end + 7) &^ 7)
	return l, nil
}

// row is the row of the batch that a module knows as k.
func row(sel []int32, k int) int {
	if sel != nil {
		return int(sel[k])
	}
	return k
}

// textBytes is the length of the strings of the live rows.
func textBytes(v *vec.Vec, sel []int32, rows int) int {
	n := 0
	for k := range rows {
		if i := row(sel, k); !v.IsNull(i) {
			n += int(v.Views[i].Len)
		}
	}
	return n
}

// write fills the block and the arguments' columns. at is the address of the arena in the module.
func (l *layout) write(c *udfs.Call, arena []byte, at uint32) {
	block := abi.BlockOf(arena[:abi.BlockBytes(len(c.In))])
	block.Start(l.rows, len(c.In))
	address := func(offset uint32) uint32 {
		if offset == 0 {
			return 0
		}
		return at + offset
	}
	for i, p := range l.cols {
		block.Column(i).Set(address(p.values), address(p.validity), address(p.offsets), p.bytes)
	}
	for i, v := range c.In {
		p := l.cols[i]
		if p.validity != 0 {
			writeValidity(v, c.Sel, l.rows, abi.Words64(arena[p.validity:][:8*vec.Words(l.rows)]))
		}
		if p.offsets != 0 {
			writeText(v, c.Sel, l.rows, abi.Words32(arena[p.offsets:][:4*(l.rows+1)]), arena[p.values:][:p.bytes])
		} else {
			writeFixed(v, c.Sel, l.rows, abi.Width(v.Type), arena[p.values:][:p.bytes])
		}
	}
	out := l.cols[len(c.In)]
	valid := abi.Words64(arena[out.validity:][:8*vec.Words(l.rows)])
	for i := range valid {
		valid[i] = ^uint64(0)
	}
}

func writeValidity(v *vec.Vec, sel []int32, rows int, to []uint64) {
	if sel == nil {
		copy(to, v.Valid)
		return
	}
	clear(to)
	for k := range rows {
		if vec.Bit(v.Valid, int(sel[k])) {
			vec.SetBit(to, k)
		}
	}
}

func writeFixed(v *vec.Vec, sel []int32, rows, width int, to []byte) {
	if sel == nil {
		copy(to, v.Fixed[:rows*width])
		return
	}
	switch width {
	case 8:
		gather(abi.Words64(to), abi.Words64(v.Fixed), sel)
	case 4:
		gather(abi.Words32(to), abi.Words32(v.Fixed), sel)
	default:
		for k, i := range sel {
			copy(to[k*width:(k+1)*width], v.Fixed[int(i)*width:])
		}
	}
}

func gather[T any](to, from []T, sel []int32) {
	for k, i := range sel {
		to[k] = from[i]
	}
}

func writeText(v *vec.Vec, sel []int32, rows int, offsets []uint32, to []byte) {
	at := 0
	offsets[0] = 0
	for k := range rows {
		if i := row(sel, k); !v.IsNull(i) {
			at += copy(to[at:], v.Bytes(i))
		}
		offsets[k+1] = uint32(at)
	}
}
