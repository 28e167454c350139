package mem

import (
	"encoding/binary"
	"sync/atomic"
	"unsafe"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// Block is a batch that is kept: in memory, or in a file once it was moved there. It is safe for concurrent use, but only
// one goroutine moves it.
type Block struct {
	Seq   uint64
	rows  int
	size  int64
	batch atomic.Pointer[vec.Batch] // nil: in file
	file  *File
	at    int64
	dicts []*vec.Dict // of the columns whose codes are in the file; nil: none
}

// maxKeptDict is the most values of a dictionary that stays in memory for codes on disk.
const maxKeptDict = 1 << 15

// NewBlock keeps b, which must not change any more.
func NewBlock(b *vec.Batch) *Block {
	k := &Block{Seq: b.Seq, rows: b.Rows(), size: b.Size()}
	k.batch.Store(b)
	return k
}

// Rows is the number of rows, Size the bytes of memory that they take unless they are on disk.
func (k *Block) Rows() int      { return k.rows }
func (k *Block) Size() int64    { return k.size }
func (k *Block) InMemory() bool { return k.batch.Load() != nil }

// Move writes the block to the end of f and gives up its memory.
func (k *Block) Move(f *File) error {
	b := k.batch.Load()
	if b == nil {
		return nil
	}
	cols := make([]*vec.Vec, len(b.Cols))
	for i, c := range b.Cols {
		cols[i] = c
		if c.Form != vec.Coded || !isBytes(c.Type) || c.Dict.Vals.Len > maxKeptDict {
			continue
		}
		if k.dicts == nil {
			k.dicts = make([]*vec.Dict, len(b.Cols))
		}
		k.dicts[i] = c.Dict
		codes := &vec.Vec{Type: types.IntType, Len: c.Len, Valid: c.Valid}
		if len(c.Codes) > 0 {
			codes.Fixed = unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(c.Codes))), 4*len(c.Codes))
		}
		cols[i] = codes
	}
	k.file, k.at = f, f.size
	if err := f.Append(cols, b.Sel, b.N); err != nil {
		return err
	}
	k.batch.Store(nil)
	return nil
}

// Drop gives up a block's memory: it is not read any more.
func (k *Block) Drop() { k.batch.Store(nil) }

// Forget frees the disk space of f for others; what still reads f can go on.
func (f *File) Forget() {
	fs := f.files
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for i, x := range fs.open {
		if x == f {
			fs.open[i] = fs.open[len(fs.open)-1]
			fs.open = fs.open[:len(fs.open)-1]
			fs.dir.used.Add(-f.size)
			return
		}
	}
}

// BlockReader reads blocks of columns of the same types one after the other; its buffers are reused.
type BlockReader struct {
	r     Reader
	types []types.Type
	plain []*vec.Vec
	codes []*vec.Vec
	out   []*vec.Vec
}

// NewBlockReader reads blocks of columns of the given types.
func NewBlockReader(ts []types.Type) *BlockReader {
	r := &BlockReader{types: ts, plain: make([]*vec.Vec, len(ts)), codes: make([]*vec.Vec, len(ts)), out: make([]*vec.Vec, len(ts))}
	for i, t := range ts {
		r.plain[i], r.codes[i] = vec.New(t, 0), vec.New(types.IntType, 0)
	}
	return r
}

// Read emits the rows of k, lent until emit returns.
func (r *BlockReader) Read(k *Block, emit func(cols []*vec.Vec, sel []int32, n int) error) error {
	if b := k.batch.Load(); b != nil {
		return emit(b.Cols, b.Sel, b.N)
	}
	in := make([]*vec.Vec, len(r.plain))
	for i := range in {
		in[i] = r.plain[i]
		if k.dicts != nil && k.dicts[i] != nil {
			in[i] = r.codes[i]
		}
	}
	at := k.at
	for left := k.rows; left > 0; {
		n, size, err := r.frame(k.file, at, in)
		if err != nil {
			return err
		}
		at += size
		left -= n
		for i, c := range in {
			r.out[i] = c
			if k.dicts != nil && k.dicts[i] != nil {
				r.out[i] = &vec.Vec{Type: r.types[i], Form: vec.Coded, Len: n, Valid: c.Valid, Codes: vec.Values[int32](c)[:n], Dict: k.dicts[i]}
			}
		}
		if err := emit(r.out, nil, n); err != nil {
			return err
		}
	}
	return nil
}

// frame reads the frame at a place of f into cols, and tells its rows and its size on disk.
func (r *BlockReader) frame(f *File, at int64, cols []*vec.Vec) (n int, size int64, err error) {
	var head [frameHead]byte
	if _, err := f.f.ReadAt(head[:], at); err != nil {
		return 0, 0, spillError(err)
	}
	packed := int(binary.LittleEndian.Uint32(head[:]))
	r.r.packed = grow(r.r.packed, packed)
	if _, err := f.f.ReadAt(r.r.packed, at+frameHead); err != nil {
		return 0, 0, spillError(err)
	}
	raw, err := r.r.unpack(int(binary.LittleEndian.Uint32(head[4:])))
	if err != nil {
		return 0, 0, err
	}
	n = int(binary.LittleEndian.Uint32(head[8:]))
	for _, c := range cols {
		raw = decode(raw, c, n)
	}
	return n, int64(frameHead + packed), nil
}
