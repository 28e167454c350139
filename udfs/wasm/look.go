package wasm

import "slices"

// A module's work is counted in turns of its loops and in calls, and now and then, after quantum of them, the compiled code is
// left to look whether it may go on. Leaving matters as much as looking: the scheduler cannot stop compiled code, and a collection
// of garbage waits for it. The virtual machine has such checks of its own, at every turn: they made a loop over a column take
// 40 ns a row instead of 3.
//
// Turns are counted in a local of their function, where counting costs next to nothing; what is left of them when the function
// ends is added to a global. The count is exact to a quantum for each function that is open, and the same for the same work.

// quantum is the number of turns and calls between two looks, a power of two.
const quantum = 1024

// meter is a global that instrumented modules have and export.
type meter struct {
	name string
	kind byte   // of value
	init []byte // instruction that gives its first value
}

type meterList []meter

// The names of the meters: whether the module is to stop, what is spent of a quantum, and what may be spent yet. A module
// starts with loadFuel.
const (
	stopGlobal  = "sparksql_stop"
	spentGlobal = "sparksql_spent"
	fuelGlobal  = "sparksql_fuel"
)

// meters are the globals, in their order in the module.
var meters = meterList{
	{stopGlobal, i32Type, i32Const(0)},
	{spentGlobal, i32Type, i32Const(0)},
	{fuelGlobal, i64Type, i64Const(loadFuel)},
}

// loadFuel is what a module may spend on each call that is not one of a function, its start among them: a few seconds.
const loadFuel = 1 << 31

// globals are the indexes of meters in a module.
type globals struct{ stop, spent, fuel uint64 }

func globalsFrom(first uint64) globals { return globals{first, first + 1, first + 2} }

func (list meterList) globals() (out []byte) {
	for _, m := range list {
		out = slices.Concat(out, []byte{m.kind, 1}, m.init, []byte{opEnd}) // mutable
	}
	return out
}

func (list meterList) exports(first uint64) (out []byte) {
	for i, m := range list {
		out = slices.Concat(out, uleb(uint64(len(m.name))), []byte(m.name), []byte{3}, uleb(first+uint64(i)))
	}
	return out
}

// The types and instructions that are written.
const (
	i32Type, i64Type, noType = 0x7f, 0x7e, 0x40

	opUnreachable                          = 0x00
	opBlock, opLoop, opIf, opEnd           = 0x02, 0x03, 0x04, 0x0b
	opBranch, opReturn                     = 0x0c, 0x0f
	opCall, opCallIndirect                 = 0x10, 0x11
	opDrop                                 = 0x1a
	opLocalGet, opLocalSet                 = 0x20, 0x21
	opGlobalGet, opGlobalSet               = 0x23, 0x24
	opMemoryGrow                           = 0x40
	opI32Const, opI64Const                 = 0x41, 0x42
	opI32EqZ, opI32GeU, opI64LtS           = 0x45, 0x4f, 0x53
	opI32Add, opI32Sub, opI32And, opI64Sub = 0x6a, 0x6b, 0x71, 0x7d
)

func i32Const(x int64) []byte       { return append([]byte{opI32Const}, sleb(x)...) }
func i64Const(x int64) []byte       { return append([]byte{opI64Const}, sleb(x)...) }
func with(op byte, i uint64) []byte { return append([]byte{op}, uleb(i)...) }

// section copies the code section with the counting in every function that needs it.
func (g globals) section(section []byte, signatures []functionType) ([]byte, error) {
	n, rest := count(section)
	if n != uint64(len(signatures)) {
		return nil, errBinary
	}
	r := &reader{b: rest}
	out := uleb(n)
	for i := range n {
		body, err := g.body(r.bytes(int(r.uint())), signatures[i])
		if err != nil {
			return nil, err
		}
		out = append(append(out, uleb(uint64(len(body)))...), body...)
	}
	return out, r.err
}

// body copies the code of a function. A function with loops gets one more local, the count of turns, and its code becomes a
// block, behind which the count is spent; returns leave that block. A function that calls others spends when it begins, so that
// recursion without a loop ends as well.
func (g globals) body(code []byte, t functionType) ([]byte, error) {
	f := &reader{b: code}
	runs := f.uint()
	head := len(code) - len(f.b)
	locals := t.params
	for range runs {
		locals += f.uint()
		f.byte()
		if f.err != nil {
			return nil, f.err
		}
	}
	start := len(code) - len(f.b)
	s, err := shapeOf(code, start)
	if err != nil || len(s.turning) == 0 && !s.calls {
		return code, err
	}
	if len(s.turning) == 0 {
		return slices.Concat(code[:start], g.spend(i32Const(1)), code[start:]), nil
	}
	out := slices.Concat(uleb(runs+1), code[head:start], []byte{1, i32Type})
	left := slices.Concat(with(opLocalGet, locals), i32Const(quantum-1), []byte{opI32And})
	block, leaves := byte(noType), len(t.results) < 2
	switch {
	case s.calls || !leaves: // a block of several results needs a type: there the rest of the count is not spent
		out = append(out, g.spend(i32Const(1))...)
	default:
		left = slices.Concat(left, i32Const(1), []byte{opI32Add})
	}
	if !leaves {
		return s.copy(out, code, start, g.turn(locals), false), nil
	}
	if len(t.results) == 1 {
		block = t.results[0]
	}
	out = s.copy(append(out, opBlock, block), code, start, g.turn(locals), true)
	return slices.Concat(out, g.spend(left), []byte{opEnd}), nil
}

// turn is what stands at the head of a loop: count, and look when the count is a multiple of quantum.
func (g globals) turn(local uint64) []byte {
	return slices.Concat(
		with(opLocalGet, local), i32Const(1), []byte{opI32Add}, with(opLocalSet, local),
		with(opLocalGet, local), i32Const(quantum-1), []byte{opI32And, opI32EqZ, opIf, noType}, g.look(), []byte{opEnd})
}

// spend adds an amount, up to quantum, to what is spent, and looks when that makes a quantum.
func (g globals) spend(amount []byte) []byte {
	return slices.Concat(
		amount, with(opGlobalGet, g.spent), []byte{opI32Add}, with(opGlobalSet, g.spent),
		with(opGlobalGet, g.spent), i32Const(quantum), []byte{opI32GeU, opIf, noType},
		with(opGlobalGet, g.spent), i32Const(quantum), []byte{opI32Sub}, with(opGlobalSet, g.spent), g.look(), []byte{opEnd})
}

// look leaves the compiled code by growing the memory by nothing, and gives up when the module is to stop or out of fuel.
func (g globals) look() []byte {
	return slices.Concat(
		i32Const(0), []byte{opMemoryGrow, 0, opDrop},
		with(opGlobalGet, g.stop), []byte{opIf, noType, opUnreachable, opEnd},
		with(opGlobalGet, g.fuel), i64Const(quantum), []byte{opI64Sub}, with(opGlobalSet, g.fuel),
		with(opGlobalGet, g.fuel), i64Const(0), []byte{opI64LtS, opIf, noType, opUnreachable, opEnd})
}

// shape is what matters of the code of a function.
type shape struct {
	turning []int        // places after the heads of loops that some branch within goes back to
	returns []returnFrom // in the order of their places
	calls   bool         // whether it calls others
}

// returnFrom is the place of a return, and the number of blocks around it.
type returnFrom struct {
	at    int
	depth uint64
}

// shapeOf reads the code of a function. Not every loop turns: Go begins every function with one.
func shapeOf(code []byte, start int) (s shape, err error) {
	type loop struct {
		at    int // after its head
		turns bool
	}
	var loops []loop
	var open []int // loops, and -1 for blocks, that are open
	r := &reader{b: code[start:]}
	branch := func(depth uint64) {
		if k := uint64(len(open)); depth < k && open[k-1-depth] >= 0 {
			loops[open[k-1-depth]].turns = true
		}
	}
	for len(r.b) > 0 && r.err == nil {
		at := len(code) - len(r.b)
		switch op := r.instruction(branch); op {
		case opBlock, opIf:
			open = append(open, -1)
		case opLoop:
			open = append(open, len(loops))
			loops = append(loops, loop{at: len(code) - len(r.b)})
		case opCall, opCallIndirect:
			s.calls = true
		case opReturn:
			s.returns = append(s.returns, returnFrom{at, uint64(len(open))})
		case opEnd:
			open = open[:max(len(open)-1, 0)]
		}
	}
	for _, l := range loops {
		if l.turns {
			s.turning = append(s.turning, l.at)
		}
	}
	return s, r.err
}

// copy appends the code to out, with turn in each loop that turns; leaving makes returns branches out of all blocks.
func (s *shape) copy(out, code []byte, start int, turn []byte, leaving bool) []byte {
	turning, returns, done := s.turning, s.returns, start
	if !leaving {
		returns = nil
	}
	for len(turning)+len(returns) > 0 {
		if len(returns) == 0 || len(turning) > 0 && turning[0] < returns[0].at {
			out = append(append(out, code[done:turning[0]]...), turn...)
			done, turning = turning[0], turning[1:]
			continue
		}
		out = append(append(out, code[done:returns[0].at]...), with(opBranch, returns[0].depth)...)
		done, returns = returns[0].at+1, returns[1:]
	}
	return append(out, code[done:]...)
}
