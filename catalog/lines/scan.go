// Package lines is what formats of text have in common: files cut into ranges at the ends of lines, so that several
// workers read one file, compression by the names of files, batches made of rows, and files written row by row.
package lines

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"

	"golang.org/x/text/encoding"

	"sparksql/catalog"
	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// Parser turns records into rows; single-threaded.
type Parser interface {
	// Begin is told of each range that is read, and whether it is the beginning of a file.
	Begin(first bool)
	// Record adds the rows of a record: values in Go form of the columns that lie in the file, in the order of the scan.
	Record(text string, add func(row []any) error) error
}

// Source says how files are read.
type Source struct {
	Split bufio.SplitFunc   // into records; nil: Lines
	Set   encoding.Encoding // nil: UTF-8; files of others are not cut into ranges
	Whole bool              // files are not cut into ranges
	Open  func() (Parser, error)
}

const (
	leastRange = 1 << 20
	mostRange  = 32 << 20
	scanBuffer = 256 << 10
)

// chunk is a range of a file: the records that begin in it.
type chunk struct {
	file     int
	from, to int64
}

// Scan cuts the files into ranges.
func Scan(spec *catalog.FileScan, src Source) (*catalog.Scan, error) {
	if spec.Stats == nil {
		spec.Stats = &catalog.ScanStats{}
	}
	if src.Split == nil {
		src.Split = Lines("")
	}
	total := int64(0)
	for _, f := range spec.Files {
		total += f.Size
	}
	size := min(max(total/int64(4*max(spec.Workers, 1)), leastRange), mostRange)
	var chunks []chunk
	for i, f := range spec.Files {
		spec.Stats.Files.Add(1)
		spec.Stats.BytesTotal.Add(f.Size)
		if src.Whole || src.Set != nil || compressed(f.Path) || f.Size <= size*3/2 {
			chunks = append(chunks, chunk{i, 0, math.MaxInt64})
			continue
		}
		for from := int64(0); from < f.Size; from += size {
			to := from + size
			if f.Size-to < size/2 {
				to = f.Size
			}
			chunks = append(chunks, chunk{i, from, to})
			if to == f.Size {
				break
			}
		}
	}
	return &catalog.Scan{Splits: len(chunks), Rows: -1, Done: make([]bool, len(spec.Filters)), Stats: spec.Stats, Open: func() (catalog.Reader, error) {
		p, err := src.Open()
		if err != nil {
			return nil, err
		}
		return newReader(spec, src, chunks, p), nil
	}}, nil
}

// reader reads ranges for one worker.
type reader struct {
	spec   *catalog.FileScan
	split  bufio.SplitFunc
	set    encoding.Encoding
	chunks []chunk
	parser Parser
	cols   []*vec.Vec // of the batch
	file   []*vec.Vec // those of cols that lie in the file
	rows   int
	batch  vec.Batch
}

func newReader(spec *catalog.FileScan, src Source, chunks []chunk, p Parser) *reader {
	r := &reader{spec: spec, split: src.Split, set: src.Set, chunks: chunks, parser: p}
	for _, c := range spec.Columns {
		v := vec.New(c.Type, 0)
		r.cols = append(r.cols, v)
		if c.Part < 0 {
			r.file = append(r.file, v)
		}
	}
	return r
}

// Held implements catalog.Reader.
func (r *reader) Held() (n int64) {
	for _, c := range r.cols {
		n += c.Size()
	}
	return n
}

// Close implements catalog.Reader.
func (r *reader) Close() error { return nil }

// Read implements catalog.Reader. Whatever is wrong with a file is an error that names it.
func (r *reader) Read(ctx context.Context, n int, emit func(*vec.Batch) error) error {
	c := r.chunks[n]
	f := r.spec.Files[c.file]
	seq := uint64(n) << 32
	var emitErr error
	flush := func() error {
		r.batch = vec.Batch{Cols: make([]*vec.Vec, len(r.cols)), N: r.rows, Seq: seq}
		for i, col := range r.spec.Columns {
			if r.batch.Cols[i] = r.cols[i]; col.Part >= 0 {
				r.batch.Cols[i] = vec.Constant(col.Type, f.Parts[col.Part], r.rows)
			}
		}
		seq += uint64(r.rows)
		r.spec.Stats.Rows.Add(int64(r.rows))
		emitErr = emit(&r.batch)
		r.reset()
		return errors.Join(emitErr, ctx.Err())
	}
	r.reset()
	add := func(row []any) error {
		for i, v := range r.file {
			v.Append(row[i])
		}
		if r.rows++; r.rows == vec.BatchRows {
			return flush()
		}
		return nil
	}
	r.parser.Begin(c.from == 0)
	bytes, err := Records(f, c.from, c.to, r.split, r.set, func(record []byte) error { return r.parser.Record(string(record), add) })
	r.spec.Stats.Bytes.Add(bytes)
	if err == nil && r.rows > 0 {
		err = flush()
	}
	switch {
	case emitErr != nil:
		return emitErr
	case err == nil || ctx.Err() != nil:
		return ctx.Err()
	}
	return readError(f.Path, err)
}

func (r *reader) reset() {
	r.rows = 0
	for _, v := range r.file {
		v.Reset(0)
	}
}

// Records calls f with the records of a file that begin in the range; they are valid until f returns. bytes is how
// much was read.
func Records(file catalog.File, from, to int64, split bufio.SplitFunc, set encoding.Encoding, f func(record []byte) error) (bytes int64, err error) {
	fd, err := file.Open()
	if err != nil {
		return 0, err
	}
	defer fd.Close()
	at := max(from-1, 0)
	if at > 0 {
		if _, err := fd.Seek(at, io.SeekStart); err != nil {
			return 0, err
		}
	}
	in, done, err := decompress(file.Path, fd)
	if err != nil {
		return 0, err
	}
	defer done()
	start := at
	sc := bufio.NewScanner(decoded(in, set))
	sc.Buffer(make([]byte, 0, scanBuffer), math.MaxInt32)
	sc.Split(func(data []byte, atEOF bool) (int, []byte, error) {
		n, record, err := split(data, atEOF)
		at += int64(n)
		return n, record, err
	})
	if from > 0 && !sc.Scan() { // the record that began before
		return at - start, sc.Err()
	}
	for at < to && sc.Scan() {
		record := sc.Bytes()
		if start == 0 && at <= int64(len(record))+2 {
			record = withoutMark(record)
		}
		if err := f(record); err != nil {
			return at - start, err
		}
	}
	return at - start, sc.Err()
}

// withoutMark drops the byte order mark of UTF-8 at the beginning of a file.
func withoutMark(b []byte) []byte { return bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")) }

// readError names the file that an error is about.
func readError(path string, err error) error {
	if abs, e := filepath.Abs(path); e == nil {
		path = abs
	}
	if os.IsNotExist(err) {
		return errs.New(errs.Pos{}, "FAILED_READ_FILE.FILE_NOT_EXIST", "path", "file:"+path)
	}
	e := errs.New(errs.Pos{}, "FAILED_READ_FILE.NO_HINT", "path", "file:"+path, "reason", err.Error())
	e.Err = err
	return e
}

// Estimate gives statistics that know sizes and guess the rest.
func Estimate(files []catalog.File) *catalog.Stats {
	const rowBytes = 64
	st := &catalog.Stats{}
	for _, f := range files {
		st.Bytes += f.Size
	}
	st.Rows = st.Bytes/rowBytes + 1
	return st
}

// Refuse finds the first column of a type that a format cannot hold.
func Refuse(format string, s *types.Schema, holds func(types.Type) bool) error {
	for _, f := range s.Fields {
		if !holds(f.Type) {
			return errs.New(errs.Pos{}, "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE", "columnName", types.QuoteIdent(f.Name),
				"columnType", `"`+f.Type.SQL()+`"`, "format", format)
		}
	}
	return nil
}
