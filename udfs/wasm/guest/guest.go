// Package guest is the inside of a WASM module of functions: it offers functions of Go to the engine, which runs the module in
// a sandbox. The same package of functions can be compiled in, be a plugin or be a module; 'sparksql udf build --wasm' writes
// the few lines that export a Module. docs/wasm-abi.md describes what the exports do, for modules in other languages.
package guest

import (
	"encoding/json"
	"errors"
	"fmt"
	"unsafe"

	"sparksql/udfs"
	"sparksql/udfs/wasm/abi"
)

// Module is a module's functions with the memory they share with the engine. It is single-threaded, as modules are.
type Module struct {
	signatures []*signature
	text       []byte // description, JSON
	arena      []byte
	keep       []uint64 // what arena views
	failure    []byte
	env        *udfs.Env
}

// New offers functions.
func New(defs []udfs.Def) *Module {
	m := &Module{env: newEnv(abi.Env{})}
	list := make([]abi.Function, len(defs))
	for i := range defs {
		list[i] = m.describe(&defs[i])
	}
	text, err := json.Marshal(list)
	if err != nil {
		panic(err) // of strings and numbers
	}
	m.text = text
	return m
}

// describe is a function as the engine is told of it.
func (m *Module) describe(d *udfs.Def) abi.Function {
	f := abi.Function{Name: d.Name, Aliases: d.Aliases, Group: d.Group, Usage: d.Usage, Note: d.Note, Since: d.Since, Cost: d.Cost,
		Deterministic: d.Traits.Has(udfs.Deterministic)}
	for _, a := range d.Args {
		f.Args = append(f.Args, abi.Arg{Name: a.Name, Doc: a.Doc})
	}
	for _, e := range d.Examples {
		f.Examples = append(f.Examples, abi.Example{SQL: e.SQL, Out: e.Out})
	}
	for i := range d.Overloads {
		o := &d.Overloads[i]
		if why := unsupported(o); why != "" {
			f.Unsupported = why
			continue
		}
		strict := d.TraitsOf(o).Has(udfs.Strict)
		s := abi.Signature{ID: len(m.signatures), Variadic: o.Variadic, Out: o.Out.SQL(), Nullable: o.Nullable, Strict: strict}
		for _, t := range o.In {
			s.In = append(s.In, t.SQL())
		}
		f.Signatures = append(f.Signatures, s)
		m.signatures = append(m.signatures, &signature{overload: o, strict: strict})
	}
	if len(d.Overloads) == 0 {
		f.Unsupported = "its types follow from its arguments"
	}
	return f
}

// unsupported tells why a signature cannot be called from outside of the module, "" when it can.
func unsupported(o *udfs.Overload) string {
	switch {
	case o.Agg != nil:
		return "it is an aggregate"
	case o.Table != nil:
		return "it is a table function"
	case o.Window != nil:
		return "it is a window function"
	}
	for _, t := range append(o.In[:len(o.In):len(o.In)], o.Out) {
		if !abi.Carried(t) {
			return "the type " + t.SQL() + " does not cross the border of a module"
		}
	}
	return ""
}

// Functions is the export sparksql_functions: the address of the description in the upper half, its length in the lower.
func (m *Module) Functions() int64 {
	return int64(address(m.text))<<32 | int64(len(m.text))
}

// Arena is the export sparksql_arena: memory of at least size bytes for the engine to write to, the only one from now on.
func (m *Module) Arena(size int32) int32 {
	if int(size) > len(m.arena) {
		m.keep = make([]uint64, (int(size)+7)/8)
		m.arena = unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(m.keep))), len(m.keep)*8)
	}
	return int32(address(m.arena))
}

// Env is the export sparksql_env: what functions may know of the session, JSON at an address in the arena.
func (m *Module) Env(at, size int32) {
	var e abi.Env
	if text := m.bytes(uint32(at), uint32(size)); json.Unmarshal(text, &e) == nil {
		m.env = newEnv(e)
		for _, s := range m.signatures {
			s.kernel = nil
		}
	}
}

// Call is the export sparksql_call: it runs a signature over the block of a call; 0, or 1 with a message in the block.
func (m *Module) Call(id, block int32) (status int32) {
	b := abi.BlockOf(m.from(uint32(block)))
	defer func() {
		if p := recover(); p != nil {
			status = m.fail(b, fmt.Errorf("panic: %v", p))
		}
	}()
	if id < 0 || int(id) >= len(m.signatures) {
		return m.fail(b, errors.New("the module has no such function"))
	}
	if err := m.signatures[id].call(m, b); err != nil {
		return m.fail(b, err)
	}
	return 0
}

func (m *Module) fail(b abi.Block, err error) int32 {
	m.failure = append(m.failure[:0], reason(err)...)
	b.SetError(address(m.failure), uint32(len(m.failure)))
	return 1
}

// from is the arena from an address on, bytes size bytes of it.
func (m *Module) from(at uint32) []byte { return m.arena[at-address(m.arena):] }

func (m *Module) bytes(at, size uint32) []byte { return m.from(at)[:size:size] }

// address is where bytes lie: modules have 32-bit addresses, and Go does not move what it allocated.
func address(b []byte) uint32 { return uint32(uintptr(unsafe.Pointer(unsafe.SliceData(b)))) }
