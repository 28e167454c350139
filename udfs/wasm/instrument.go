package wasm

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

var errBinary = errors.New("the module is cut short or not well-formed")

// The sections of a module that are read or changed.
const (
	sectionType     = 1
	sectionImport   = 2
	sectionFunction = 3
	sectionGlobal   = 6
	sectionExport   = 7
	sectionStart    = 8
	sectionCode     = 10
	sectionCount    = 12 // of data segments; it stands before the code, and has nothing else
)

// instrumented is a module whose work is counted and can be stopped: see look.go. What it does not understand is left to the
// virtual machine, which refuses it.
func instrumented(module []byte) ([]byte, error) {
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
		if n, rest := count(body); id != sectionStart && id != sectionCount && n > uint64(len(rest)) {
			return nil, errBinary // the virtual machine would make room for all that is announced
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
	signatures, err := signaturesOf(sections[sectionType], sections[sectionFunction])
	if err != nil {
		return err
	}
	own, rest := count(sections[sectionGlobal])
	g := globalsFrom(imported + own)
	sections[sectionGlobal] = slices.Concat(uleb(own+uint64(len(meters))), rest, meters.globals())
	exports, rest := count(sections[sectionExport])
	sections[sectionExport] = slices.Concat(uleb(exports+uint64(len(meters))), rest, meters.exports(imported+own))
	if sections[sectionCode] != nil {
		sections[sectionCode], err = g.section(sections[sectionCode], signatures)
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

// functionType is what the code of a function has to know of its type.
type functionType struct {
	params  uint64
	results []byte // a byte each
}

// signaturesOf are the types of the module's own functions.
func signaturesOf(typeSection, functionSection []byte) ([]functionType, error) {
	n, rest := count(typeSection)
	r := &reader{b: rest}
	var known []functionType
	for range n {
		if form := r.byte(); form != 0x60 {
			return nil, errBinary
		}
		t := functionType{params: r.uint()}
		r.bytes(int(t.params))
		t.results = r.bytes(int(r.uint()))
		if r.err != nil {
			return nil, r.err
		}
		known = append(known, t)
	}
	n, rest = count(functionSection)
	r = &reader{b: rest}
	var out []functionType
	for range n {
		t := r.uint()
		if r.err != nil || t >= uint64(len(known)) {
			return nil, errBinary
		}
		out = append(out, known[t])
	}
	return out, nil
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

// sleb writes a signed number.
func sleb(x int64) []byte {
	var out []byte
	for {
		b := byte(x & 0x7f)
		if x >>= 7; x == 0 && b&0x40 == 0 || x == -1 && b&0x40 != 0 {
			return append(out, b)
		}
		out = append(out, b|0x80)
	}
}
