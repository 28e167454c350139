package mem

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/pierrec/lz4/v4"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// Dir is where an engine spills: a folder and the most bytes its files may take together.
type Dir struct {
	Path  string // "" for the system's temporary folder
	Limit int64  // 0: none
	used  atomic.Int64
}

// Files are the spill files of one query; Close ends all. The files have no name: nothing is left behind, however the
// process ends.
type Files struct {
	dir  *Dir
	mu   sync.Mutex
	open []*File
}

// NewFiles makes a query's set of spill files.
func NewFiles(d *Dir) *Files { return &Files{dir: d} }

// File is a sequence of batches on disk: appended by one goroutine, then read by Readers.
type File struct {
	files  *Files
	f      *os.File
	budget *Budget
	size   int64
	rows   int64
	raw    []byte
	packed []byte
}

// Create makes a file; what is written to it is counted as spilled in b.
func (fs *Files) Create(b *Budget) (*File, error) {
	if fs.dir.Path != "" {
		if err := os.MkdirAll(fs.dir.Path, 0o700); err != nil {
			return nil, spillError(err)
		}
	}
	f, err := os.CreateTemp(fs.dir.Path, "spill-*")
	if err != nil {
		return nil, spillError(err)
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, spillError(err)
	}
	out := &File{files: fs, f: f, budget: b}
	fs.mu.Lock()
	fs.open = append(fs.open, out)
	fs.mu.Unlock()
	return out, nil
}

// Close ends every file of the query.
func (fs *Files) Close() error {
	fs.mu.Lock()
	open := fs.open
	fs.open = nil
	fs.mu.Unlock()
	var all error
	for _, f := range open {
		all = errors.Join(all, f.close())
	}
	return all
}

func (f *File) close() error {
	if f.f == nil {
		return nil
	}
	err := f.f.Close()
	f.f = nil
	f.files.dir.used.Add(-f.size)
	return err
}

// Close frees the file before the query ends.
func (f *File) Close() error {
	fs := f.files
	fs.mu.Lock()
	for i, x := range fs.open {
		if x == f {
			fs.open[i] = fs.open[len(fs.open)-1]
			fs.open = fs.open[:len(fs.open)-1]
			break
		}
	}
	fs.mu.Unlock()
	return f.close()
}

// Rows and Bytes say how much was appended.
func (f *File) Rows() int64  { return f.rows }
func (f *File) Bytes() int64 { return f.size }

func spillError(err error) error {
	e := errs.New(errs.Pos{}, "SPILL_OUT_OF_DISK_SPACE", "reason", err.Error())
	e.Err = err
	return e
}

// frameHead is the size of a frame's head: packed size, raw size, rows, each 32 bits.
const frameHead = 12

// maxFrameRows bounds the rows of a frame.
const maxFrameRows = 1 << 16

// Append writes the live rows of cols, in any form. The columns come back Flat.
func (f *File) Append(cols []*vec.Vec, sel []int32, n int) error {
	if sel != nil {
		n = len(sel)
	}
	for lo := 0; lo < n; lo += maxFrameRows {
		hi := min(n, lo+maxFrameRows)
		f.raw = f.raw[:0]
		for _, c := range cols {
			f.raw = encode(f.raw, c, pick(sel, lo, hi), lo, hi)
		}
		if err := f.frame(hi - lo); err != nil {
			return err
		}
	}
	return nil
}

func pick(sel []int32, lo, hi int) []int32 {
	if sel == nil {
		return nil
	}
	return sel[lo:hi]
}

func (f *File) frame(rows int) error {
	if need := frameHead + lz4.CompressBlockBound(len(f.raw)); cap(f.packed) < need {
		f.packed = make([]byte, need)
	}
	p := f.packed[:cap(f.packed)]
	var c lz4.Compressor
	n, err := c.CompressBlock(f.raw, p[frameHead:])
	if err != nil {
		return spillError(err)
	}
	if n == 0 || n >= len(f.raw) {
		n = copy(p[frameHead:], f.raw)
	}
	binary.LittleEndian.PutUint32(p, uint32(n))
	binary.LittleEndian.PutUint32(p[4:], uint32(len(f.raw)))
	binary.LittleEndian.PutUint32(p[8:], uint32(rows))
	size := int64(frameHead + n)
	if d := f.files.dir; d.Limit > 0 && d.used.Load()+size > d.Limit {
		return errs.New(errs.Pos{}, "SPILL_OUT_OF_DISK_SPACE", "reason",
			"the limit of "+strconv.FormatInt(d.Limit, 10)+" bytes is reached")
	}
	if _, err := f.f.WriteAt(p[:size], f.size); err != nil {
		return spillError(err)
	}
	f.files.dir.used.Add(size)
	f.size += size
	f.rows += int64(rows)
	if f.budget != nil {
		f.budget.AddSpilled(size)
	}
	return nil
}

// Done frees the buffers for writing; the file can still be appended to.
func (f *File) Done() { f.raw, f.packed = nil, nil }

// Reader reads a file's batches in the order in which they were appended. Its columns are reused by Next.
type Reader struct {
	in     *bufio.Reader
	cols   []*vec.Vec
	raw    []byte
	packed []byte
}

// Reader starts reading columns of the given types from the file's beginning.
func (f *File) Reader(ts []types.Type) *Reader {
	r := &Reader{in: bufio.NewReaderSize(io.NewSectionReader(f.f, 0, f.size), 1<<16), cols: make([]*vec.Vec, len(ts))}
	for i, t := range ts {
		r.cols[i] = vec.New(t, 0)
	}
	return r
}

// Next gives the next n rows, Flat and lent until the next call; io.EOF after the last.
func (r *Reader) Next() (cols []*vec.Vec, n int, err error) {
	var head [frameHead]byte
	if _, err := io.ReadFull(r.in, head[:]); err != nil {
		if err == io.EOF {
			return nil, 0, io.EOF
		}
		return nil, 0, spillError(err)
	}
	size, rawSize := int(binary.LittleEndian.Uint32(head[:])), int(binary.LittleEndian.Uint32(head[4:]))
	n = int(binary.LittleEndian.Uint32(head[8:]))
	r.packed = grow(r.packed, size)
	if _, err := io.ReadFull(r.in, r.packed); err != nil {
		return nil, 0, spillError(err)
	}
	raw, err := r.unpack(rawSize)
	if err != nil {
		return nil, 0, err
	}
	for _, c := range r.cols {
		raw = decode(raw, c, n)
	}
	return r.cols, n, nil
}

// unpack is the raw form, of size bytes, of what was read.
func (r *Reader) unpack(size int) ([]byte, error) {
	if size == len(r.packed) {
		return r.packed, nil
	}
	r.raw = grow(r.raw, size)
	if _, err := lz4.UncompressBlock(r.packed, r.raw); err != nil {
		return nil, spillError(err)
	}
	return r.raw, nil
}

func grow(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n+n/4)[:n]
	}
	return b[:n]
}
