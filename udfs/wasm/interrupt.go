package wasm

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// stopGlobal is the name of the global that ends a module at work. Every loop that turns counts its turns, functions that call
// others count, all together, how often they begin, and now and then the compiled code is left to look at it. Leaving matters as much as looking: the scheduler cannot stop compiled code, and a collection
// of garbage waits for it. The virtual machine has such checks of its own, at every turn: they made a loop over a column take
// 40 ns a row instead of 3.
const stopGlobal = "sparksql_stop"

// turns is the number of turns, or of calls, between two looks, a power of two.
const turns = 1024

var errBinary = errors.New("the module is cut short or not well-formed")

// The sections of a module that are read or changed.
const (
	sectionType     = 1
	sectionImport   = 2
	sectionFunction = 3
	sectionGlobal   = 6
	sectionExport   = 7
	sectionCode     = 10
	sectionCount    = 12 // of data segments; it stands before the code
)

// interruptible gives a module the global stopGlobal, and its loops the looks at it. What it does not understand is left to the
// virtual machine, which refuses it.
func interruptible(module []byte) ([]byte, error) {
	if len(module) < 8 || string(module[:4]) != "\x00asm" {
		return nil, errors.New("it does not begin as a WASM module does")
	}
	r := &reader{b: module[8:]}
	sections := map[byte][]byte{}
	var order []byte
	for len(r.b) > 0 && r.err == nil {
		id := r.byte()
		body := r.bytes(int(r.uint()))
		if id == 0 {
			continue // names and the like: of no use here
		}
		sections[id] = body
		order = append(order, id)
	}
	if r.err != nil {
		return nil, r.err
	}
	if err := addLooks(sections); err != nil {
		return nil, err
	}
	out := slices.Clone(module[:8])
	for _, id := range withSections(order, sectionGlobal, sectionExport) {
		out = append(append(append(out, id), uleb(uint64(len(sections[id])))...), sections[id]...)
	}
	return out, nil
}

// addLooks changes the sections.
func addLooks(sections map[byte][]byte) error {
	imported, err := importedGlobals(sections[sectionImport])
	if err != nil {
		return err
	}
	params, err := paramCounts(sections[sectionType], sections[sectionFunction])
	if err != nil {
		return err
	}
	globals, rest := count(sections[sectionGlobal])
	stop := imported + globals
	zero := []byte{0x7f, 1, 0x41, 0, 0x0b}                                     // mutable i32, 0
	sections[sectionGlobal] = slices.Concat(uleb(globals+2), rest, zero, zero) // stop, then the count of calls
	exports, rest := count(sections[sectionExport])
	sections[sectionExport] = slices.Concat(uleb(exports+1), rest, uleb(uint64(len(stopGlobal))), []byte(stopGlobal), []byte{3}, uleb(stop))
	if sections[sectionCode] != nil {
		sections[sectionCode], err = checkedLoops(sections[sectionCode], params, stop)
	}
	return err
}

// withSections adds the sections that a module lacks to the order of those it has.
func withSections(order []byte, ids ...byte) []byte {
	rank := func(id byte) float64 {
		if id == sectionCount {
			return sectionCode - 0.5
		}
		return float64(id)
	}
	for _, id := range ids {
		if !slices.Contains(order, id) {
			at := slices.IndexFunc(order, func(have byte) bool { return rank(have) > rank(id) })
			if at < 0 {
				at = len(order)
			}
			order = slices.Insert(order, at, id)
		}
	}
	return order
}

// count is the number at the beginning of a section, and what follows it.
func count(section []byte) (uint64, []byte) {
	if len(section) == 0 {
		return 0, nil
	}
	r := &reader{b: section}
	return r.uint(), r.b
}

func importedGlobals(section []byte) (n uint64, err error) {
	imports, rest := count(section)
	r := &reader{b: rest}
	for range imports {
		r.bytes(int(r.uint())) // module
		r.bytes(int(r.uint())) // name
		switch kind := r.byte(); kind {
		case 0:
			r.uint()
		case 1:
			r.byte()
			r.limits()
		case 2:
			r.limits()
		case 3:
			r.bytes(2)
			n++
		default:
			return 0, fmt.Errorf("the module imports something of kind %d, which is not known", kind)
		}
		if r.err != nil {
			return 0, r.err
		}
	}
	return n, nil
}

// paramCounts are the numbers of parameters of the module's own functions.
func paramCounts(typeSection, functionSection []byte) ([]uint64, error) {
	n, rest := count(typeSection)
	r := &reader{b: rest}
	var byType []uint64
	for range n {
		if form := r.byte(); form != 0x60 {
			return nil, errBinary
		}
		k := r.uint()
		r.bytes(int(k))
		r.bytes(int(r.uint()))
		if r.err != nil {
			return nil, r.err
		}
		byType = append(byType, k)
	}
	n, rest = count(functionSection)
	r = &reader{b: rest}
	var out []uint64
	for range n {
		t := r.uint()
		if r.err != nil || t >= uint64(len(byType)) {
			return nil, errBinary
		}
		out = append(out, byType[t])
	}
	return out, nil
}

// checkedLoops copies the code section with a look at the global stop in every loop.
func checkedLoops(section []byte, params []uint64, stop uint64) ([]byte, error) {
	n, rest := count(section)
	if n != uint64(len(params)) {
		return nil, errBinary
	}
	r := &reader{b: rest}
	out := uleb(n)
	for i := range n {
		body, err := checkedBody(r.bytes(int(r.uint())), params[i], stop)
		if err != nil {
			return nil, err
		}
		out = append(append(out, uleb(uint64(len(body)))...), body...)
	}
	return out, r.err
}

// checkedBody copies the code of a function. A function with loops gets one more local, the count of turns; one that calls
// others looks when it begins, so that recursion ends as well.
func checkedBody(code []byte, params, stop uint64) ([]byte, error) {
	f := &reader{b: code}
	runs := f.uint()
	head := len(code) - len(f.b)
	locals := params
	for range runs {
		locals += f.uint()
		f.byte()
		if f.err != nil {
			return nil, f.err
		}
	}
	start := len(code) - len(f.b)
	turning, calls, err := turningLoops(code, start)
	if err != nil || len(turning) == 0 && !calls {
		return code, err
	}
	body := slices.Concat(uleb(runs+1), code[head:start], []byte{1, 0x7f})
	if calls {
		body = append(body, countedLook(counter{0x23, 0x24, stop + 1}, stop)...)
	}
	look, done := countedLook(counter{0x20, 0x21, locals}, stop), start
	for _, at := range turning {
		body = append(append(body, code[done:at]...), look...)
		done = at
	}
	return append(body, code[done:]...), nil
}

// turningLoops are the places after the heads of loops that some branch within goes back to; calls tells whether the function
// calls others. Compilers write other loops: Go begins every function with one.
func turningLoops(code []byte, start int) (turning []int, calls bool, err error) {
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
		switch op := r.instruction(branch); op {
		case 0x02, 0x04:
			open = append(open, -1)
		case 0x03:
			open = append(open, len(loops))
			loops = append(loops, loop{at: len(code) - len(r.b)})
		case 0x10, 0x11:
			calls = true
		case 0x0b:
			open = open[:max(len(open)-1, 0)]
		}
	}
	for _, l := range loops {
		if l.turns {
			turning = append(turning, l.at)
		}
	}
	return turning, calls, r.err
}

// counter is a local or a global that counts: the instructions that get and set it, and its index.
type counter struct {
	get, set byte
	index    uint64
}

// countedLook is what stands at the head of a loop or of a function: count and, when the count is a multiple of turns, leave
// the compiled code by growing the memory by nothing, and give up when the global stop says so.
func countedLook(c counter, stop uint64) []byte {
	return slices.Concat(
		[]byte{c.get}, uleb(c.index), []byte{0x41, 1, 0x6a, c.set}, uleb(c.index), // get, i32.const 1, i32.add, set
		[]byte{c.get}, uleb(c.index), []byte{0x41}, sleb(turns-1), []byte{0x71, 0x45, 0x04, 0x40}, // i32.const, i32.and, i32.eqz, if
		[]byte{0x41, 0, 0x40, 0, 0x1a},                           // i32.const 0, memory.grow, drop
		[]byte{0x23}, uleb(stop), []byte{0x04, 0x40, 0x00, 0x0b}, // global.get, if, unreachable, end
		[]byte{0x0b}) // end
}

// reader reads the binary format; an error stays.
type reader struct {
	b   []byte
	err error
}

func (r *reader) bytes(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.err, r.b = errBinary, nil
		return nil
	}
	out := r.b[:n:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) byte() byte {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

// uint reads an unsigned number; leb passes over a signed one.
func (r *reader) uint() uint64 {
	x, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.err, r.b = errBinary, nil
		return 0
	}
	r.b = r.b[n:]
	return x
}

func (r *reader) leb() {
	for r.err == nil && r.byte()&0x80 != 0 {
	}
}

func (r *reader) limits() {
	if r.byte()&1 != 0 {
		r.uint()
	}
	r.uint()
}

func uleb(x uint64) []byte { return binary.AppendUvarint(nil, x) }

// sleb writes a number from 64 to 8191 as a signed one.
func sleb(x int) []byte { return []byte{byte(x&0x7f | 0x80), byte(x >> 7)} }
