package wasm

// instruction passes over an instruction with what belongs to it, and gives its first byte. branch is told where it may go: to
// the block that is so many levels out.
func (r *reader) instruction(branch func(depth uint64)) byte {
	op := r.byte()
	switch {
	case op >= 0x02 && op <= 0x04: // block, loop, if
		r.leb()
	case op == 0x0c || op == 0x0d: // br, br_if
		branch(r.uint())
	case op == 0x10 || op == 0x12: // call, return_call
		r.uint()
	case op == 0x0e: // br_table
		for range r.uint() + 1 {
			if r.err != nil {
				break
			}
			branch(r.uint())
		}
	case op == 0x11 || op == 0x13: // call_indirect, return_call_indirect
		r.uint()
		r.uint()
	case op == 0x1c: // select of a type
		r.bytes(int(r.uint()))
	case op >= 0x20 && op <= 0x26: // locals, globals, tables
		r.uint()
	case op >= 0x28 && op <= 0x3e: // loads and stores
		r.address()
	case op == 0x3f || op == 0x40: // memory.size, memory.grow
		r.uint()
	case op == 0x41 || op == 0x42: // i32.const, i64.const
		r.leb()
	case op == 0x43: // f32.const
		r.bytes(4)
	case op == 0x44: // f64.const
		r.bytes(8)
	case op == 0xd0 || op == 0xd2: // ref.null, ref.func
		r.leb()
	case op == 0xfc:
		r.bulk(r.uint())
	case op == 0xfd:
		r.vector(r.uint())
	case op == 0xfe:
		if r.uint() == 3 { // atomic.fence
			r.byte()
		} else {
			r.address()
		}
	}
	return op
}

// address passes over alignment and offset.
func (r *reader) address() {
	if r.uint()&0x40 != 0 {
		r.uint() // one of several memories
	}
	r.uint()
}

// bulk passes over what follows the prefix 0xfc: conversions, and instructions on memories and tables.
func (r *reader) bulk(op uint64) {
	switch op {
	case 8, 10, 12, 14: // memory.init, memory.copy, table.init, table.copy
		r.uint()
		r.uint()
	case 9, 11, 13, 15, 16, 17:
		r.uint()
	}
}

// vector passes over what follows the prefix 0xfd: instructions on 128 bits.
func (r *reader) vector(op uint64) {
	switch {
	case op <= 11, op == 92, op == 93: // loads, store
		r.address()
	case op == 12, op == 13: // v128.const, i8x16.shuffle
		r.bytes(16)
	case op >= 21 && op <= 34: // lanes
		r.byte()
	case op >= 84 && op <= 91: // loads and stores of lanes
		r.address()
		r.byte()
	}
}
