package lines

import (
	"bufio"
	"io"
	"os"

	"sparksql/catalog"
	"sparksql/exec/vec"
)

// writer writes one file row by row.
type writer struct {
	path   string
	row    []any
	buf    []byte
	encode func(b []byte, row []any) ([]byte, error)
	out    *bufio.Writer
	text   io.WriteCloser
	codec  io.WriteCloser
	file   *appender
}

// appender adds to a file that it does not keep open, so that a writer of many partitions holds few files open.
type appender struct {
	path string
	size int64
}

// Write implements io.Writer.
func (a *appender) Write(p []byte) (int, error) {
	fd, err := os.OpenFile(a.path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return 0, err
	}
	n, err := fd.Write(p)
	a.size += int64(n)
	if e := fd.Close(); err == nil {
		err = e
	}
	return n, err
}

const writeBuffer = 128 << 10

// Create starts a file of rows with width columns. encode appends a row with the end of its line; head stands before
// all rows.
func Create(path string, options map[string]string, width int, head []byte, encode func(b []byte, row []any) ([]byte, error)) (catalog.FileWriter, error) {
	ext, err := Suffix(options)
	if err != nil {
		return nil, err
	}
	fd, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	if err := fd.Close(); err != nil {
		return nil, err
	}
	w := &writer{path: path, row: make([]any, width), encode: encode, file: &appender{path: path}}
	if w.codec, err = compress(ext, w.file); err != nil {
		return nil, err
	}
	set, err := Charset(options)
	if err != nil {
		return nil, err
	}
	w.text = encoded(w.codec, set)
	w.out = bufio.NewWriterSize(w.text, writeBuffer)
	_, err = w.out.Write(head)
	return w, err
}

// Write implements catalog.FileWriter.
func (w *writer) Write(b *vec.Batch) error {
	for k := range b.Rows() {
		i := k
		if b.Sel != nil {
			i = int(b.Sel[k])
		}
		for c := range w.row {
			if b.Cols[c].IsNull(i) {
				w.row[c] = nil
			} else {
				w.row[c] = b.Cols[c].Value(i)
			}
		}
		var err error
		if w.buf, err = w.encode(w.buf[:0], w.row); err != nil {
			return err
		}
		if _, err := w.out.Write(w.buf); err != nil {
			return err
		}
	}
	return nil
}

// Buffered implements catalog.FileWriter.
func (w *writer) Buffered() int64 { return int64(w.out.Buffered()) }

// Flush implements catalog.FileWriter.
func (w *writer) Flush() error { return w.out.Flush() }

// Close implements catalog.FileWriter.
func (w *writer) Close() (int64, error) {
	if err := w.out.Flush(); err != nil {
		return 0, err
	}
	if err := w.text.Close(); err != nil {
		return 0, err
	}
	if err := w.codec.Close(); err != nil {
		return 0, err
	}
	fd, err := os.OpenFile(w.path, os.O_WRONLY, 0)
	if err != nil {
		return 0, err
	}
	err = fd.Sync()
	if e := fd.Close(); err == nil {
		err = e
	}
	return w.file.size, err
}

// Abort implements catalog.FileWriter.
func (w *writer) Abort() {}
