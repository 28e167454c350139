package wasm

import (
	"errors"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
	"sparksql/udfs/wasm/abi"
)

// result takes the column that a module made: nothing it says is believed that would lead outside of its memory.
func (l *layout) result(c *udfs.Call, inst *instance, arena []byte, b abi.Block) error {
	p := l.cols[len(c.In)]
	validity := abi.Words64(arena[p.validity:][:8*vec.Words(l.rows)])
	if w := abi.Width(c.Out.Type); w > 0 {
		values := arena[p.values:][:p.bytes]
		if c.Out.Type.Kind() == types.Boolean {
			for i, x := range values {
				values[i] = min(x, 1)
			}
		}
		readFixed(c.Out, c.Sel, l.rows, w, values)
	} else if err := readText(c.Out, c.Sel, l.rows, inst, b.Column(len(c.In)), validity); err != nil {
		return err
	}
	if l.allValid(validity) {
		return nil
	}
	for k := range l.rows {
		if !vec.Bit(validity, k) {
			c.Out.SetNull(row(c.Sel, k))
		}
	}
	return nil
}

// allValid tells whether no row is NULL.
func (l *layout) allValid(m []uint64) bool {
	for _, w := range m[:l.rows/64] {
		if ^w != 0 {
			return false
		}
	}
	rest := l.rows % 64
	return rest == 0 || ^m[l.rows/64]<<(64-rest) == 0
}

func readFixed(v *vec.Vec, sel []int32, rows, width int, from []byte) {
	if sel == nil {
		copy(v.Fixed[:rows*width], from)
		return
	}
	switch width {
	case 8:
		scatter(abi.Words64(v.Fixed), abi.Words64(from), sel)
	case 4:
		scatter(abi.Words32(v.Fixed), abi.Words32(from), sel)
	default:
		for k, i := range sel {
			copy(v.Fixed[int(i)*width:], from[k*width:(k+1)*width])
		}
	}
}

func scatter[T any](to, from []T, sel []int32) {
	for k, i := range sel {
		to[i] = from[k]
	}
}

func readText(v *vec.Vec, sel []int32, rows int, inst *instance, c abi.Column, validity []uint64) error {
	memory := inst.mod.Memory()
	raw, ok := memory.Read(c.Offsets(), uint32(4*(rows+1)))
	if !ok || c.Offsets()%4 != 0 {
		return errors.New("the offsets of the result are outside of the module's memory")
	}
	text, ok := memory.Read(c.Values(), c.Size())
	if !ok {
		return errors.New("the strings of the result are outside of the module's memory")
	}
	offsets := abi.Words32(raw)
	for k := range rows {
		lo, hi := offsets[k], offsets[k+1]
		if lo > hi || int(hi) > len(text) {
			return errors.New("the offsets of the result are not those of strings")
		}
		if vec.Bit(validity, k) {
			v.SetBytes(row(sel, k), text[lo:hi])
		}
	}
	return nil
}
