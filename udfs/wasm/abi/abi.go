// Package abi is what the engine and a WASM module of functions say to each other: the description of functions, and the block
// of a call with its columns. docs/wasm-abi.md has it in words. Both sides use this package; the layout exists once.
package abi

import (
	"unsafe"

	"sparksql/sql/types"
)

// Version is what the export sparksql_abi gives.
const Version = 1

// Function describes a function, as JSON.
type Function struct {
	Name          string      `json:"name"`
	Aliases       []string    `json:"aliases,omitempty"`
	Group         string      `json:"group,omitempty"`
	Usage         string      `json:"usage,omitempty"`
	Note          string      `json:"note,omitempty"`
	Since         string      `json:"since,omitempty"`
	Args          []Arg       `json:"args,omitempty"`
	Examples      []Example   `json:"examples,omitempty"`
	Deterministic bool        `json:"deterministic"`
	Cost          int         `json:"cost,omitempty"`
	Signatures    []Signature `json:"signatures"`
	Unsupported   string      `json:"unsupported,omitempty"` // why there are no more signatures
}

// Arg documents a parameter.
type Arg struct {
	Name string `json:"name"`
	Doc  string `json:"doc,omitempty"`
}

// Example is a statement and what it prints.
type Example struct {
	SQL string `json:"sql"`
	Out string `json:"out"`
}

// Signature is one that can be called: ID is what sparksql_call takes, types are written as in SQL.
type Signature struct {
	ID       int      `json:"id"`
	In       []string `json:"in"`
	Variadic bool     `json:"variadic,omitempty"` // the last of In may be repeated
	Out      string   `json:"out"`
	Nullable bool     `json:"nullable,omitempty"` // the result may be NULL although no argument is
	Strict   bool     `json:"strict,omitempty"`   // NULL arguments give NULL without a call
}

// Env is what functions may know of the session, as JSON.
type Env struct {
	ANSI     bool              `json:"ansi"`
	Zone     string            `json:"zone"`
	Now      int64             `json:"now"` // microseconds since the epoch
	User     string            `json:"user"`
	Database string            `json:"database"`
	Conf     map[string]string `json:"conf"`
}

// Carried tells whether values of a type cross the border of a module.
func Carried(t types.Type) bool {
	switch t.Kind() {
	case types.String, types.Char, types.Varchar, types.Binary:
		return true
	}
	return Width(t) > 0
}

// Width is the number of bytes of a value in a column, 0 for strings and binaries, and for what is not carried.
func Width(t types.Type) int {
	switch t.Kind() {
	case types.Array, types.Map, types.Struct, types.Null, types.Variant, types.CalendarInterval:
		return 0
	}
	return t.Width()
}

// A block is 32-bit words, little-endian: rows, number of arguments, address and length of an error, then four words for each
// argument and for the result: values, validity, offsets, size.
const (
	headWords   = 4
	columnWords = 4
)

// BlockBytes is the size of the block of a call with so many arguments.
func BlockBytes(args int) int { return 4 * (headWords + columnWords*(args+1)) }

// Block is the block of a call.
type Block []uint32

// BlockOf views memory, at a multiple of 4, as a block.
func BlockOf(b []byte) Block { return Words32(b) }

func (b Block) Rows() int { return int(b[0]) }
func (b Block) Args() int { return int(b[1]) }

// Error is the address and length of a message, which SetError sets.
func (b Block) Error() (at, size uint32) { return b[2], b[3] }
func (b Block) SetError(at, size uint32) { b[2], b[3] = at, size }
func (b Block) Start(rows, args int)     { b[0], b[1], b[2], b[3] = uint32(rows), uint32(args), 0, 0 }
func (b Block) Column(i int) Column      { return Column(b[headWords+columnWords*i:][:columnWords]) }

// Column is one column of a block: addresses of its values, of its validity (bit i set: row i is not NULL; 0: no NULLs), of the
// offsets of strings and binaries (one more than rows), and the size of the values in bytes.
type Column []uint32

func (c Column) Values() uint32   { return c[0] }
func (c Column) Validity() uint32 { return c[1] }
func (c Column) Offsets() uint32  { return c[2] }
func (c Column) Size() uint32     { return c[3] }

// Set gives a column its addresses; SetResult is what a module does for strings, whose memory is its own.
func (c Column) Set(values, validity, offsets, size uint32) {
	c[0], c[1], c[2], c[3] = values, validity, offsets, size
}
func (c Column) SetResult(values, offsets, size uint32) { c[0], c[2], c[3] = values, offsets, size }

// Words32 and Words64 view bytes, at a multiple of the words' size, as words; Bytes32 is the reverse.
func Words32(b []byte) []uint32 {
	return unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/4)
}
func Words64(b []byte) []uint64 {
	return unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/8)
}
func Bytes32(w []uint32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(w))), len(w)*4)
}
