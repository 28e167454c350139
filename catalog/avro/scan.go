package avro

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"

	"sparksql/catalog"
	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

const (
	leastRange = 1 << 20
	mostRange  = 32 << 20
)

// chunk is a range of a file: the blocks whose markers begin in it.
type chunk struct {
	file     int
	from, to int64
}

// cut divides large files, so that several workers read one.
func cut(spec *catalog.FileScan) (out []chunk) {
	total := int64(0)
	for _, f := range spec.Files {
		total += f.Size
	}
	size := min(max(total/int64(4*max(spec.Workers, 1)), leastRange), mostRange)
	for i, f := range spec.Files {
		from := int64(0)
		for ; f.Size-from > size*3/2; from += size {
			out = append(out, chunk{i, from, from + size})
		}
		out = append(out, chunk{i, from, math.MaxInt64})
	}
	return out
}

// Scan implements catalog.Format; a split is a range of a file.
func (Format) Scan(_ context.Context, spec *catalog.FileScan) (*catalog.Scan, error) {
	if spec.Schema != nil {
		if _, err := schemaText(spec.Schema, nil); err != nil {
			return nil, unsupported(err)
		}
	}
	if spec.Stats == nil {
		spec.Stats = &catalog.ScanStats{}
	}
	for _, f := range spec.Files {
		spec.Stats.Files.Add(1)
		spec.Stats.BytesTotal.Add(f.Size)
	}
	chunks := cut(spec)
	return &catalog.Scan{Splits: len(chunks), Rows: -1, Done: make([]bool, len(spec.Filters)), Stats: spec.Stats,
		Open: func() (catalog.Reader, error) { return newReader(spec, chunks), nil }}, nil
}

// reader reads files for one worker.
type reader struct {
	spec  *catalog.FileScan
	parts []chunk
	want  []types.Field // the columns that lie in the files
	cols  []*vec.Vec    // of the batch
	file  []*vec.Vec    // those of cols that lie in the files
	block int64         // bytes of the block held
	batch vec.Batch
}

func newReader(spec *catalog.FileScan, parts []chunk) *reader {
	r := &reader{spec: spec, parts: parts}
	for _, c := range spec.Columns {
		v := vec.New(c.Type, 0)
		r.cols = append(r.cols, v)
		if c.Part < 0 {
			r.file = append(r.file, v)
			r.want = append(r.want, types.Field{Name: c.Name, Type: c.Type, Nullable: true})
		}
	}
	return r
}

// Held implements catalog.Reader.
func (r *reader) Held() (n int64) {
	for _, c := range r.cols {
		n += c.Size()
	}
	return n + r.block
}

// Close implements catalog.Reader.
func (r *reader) Close() error { return nil }

// Read implements catalog.Reader. Whatever is wrong with a file is an error that names it.
func (r *reader) Read(ctx context.Context, n int, emit func(*vec.Batch) error) error {
	part := r.parts[n]
	f := r.spec.Files[part.file]
	out := &output{r: r, parts: f.Parts, seq: uint64(n) << 32, emit: emit}
	err := r.read(ctx, f, part, out)
	if err == nil {
		err = out.flush()
	}
	switch {
	case out.err != nil:
		return out.err
	case err == nil || ctx.Err() != nil:
		return ctx.Err()
	}
	return readError(f.Path, err)
}

// output collects rows into batches.
type output struct {
	r     *reader
	parts []any
	rows  int
	seq   uint64
	emit  func(*vec.Batch) error
	err   error // of emit
}

func (o *output) flush() error {
	if o.rows == 0 {
		return nil
	}
	r := o.r
	r.batch = vec.Batch{Cols: make([]*vec.Vec, len(r.cols)), N: o.rows, Seq: o.seq}
	for i, col := range r.spec.Columns {
		if r.batch.Cols[i] = r.cols[i]; col.Part >= 0 {
			r.batch.Cols[i] = vec.Constant(col.Type, o.parts[col.Part], o.rows)
		}
	}
	o.seq += uint64(o.rows)
	r.spec.Stats.Rows.Add(int64(o.rows))
	o.err = o.emit(&r.batch)
	o.rows = 0
	for _, v := range r.file {
		v.Reset(0)
	}
	return o.err
}

func (r *reader) read(ctx context.Context, of catalog.File, part chunk, out *output) error {
	for _, v := range r.file {
		v.Reset(0)
	}
	f, err := openFile(of)
	if err != nil {
		return err
	}
	defer f.close()
	defer func() { r.spec.Stats.Bytes.Add(f.bytes) }()
	read, place, err := recordFields(f.schema, r.want, 0)
	if err != nil {
		return err
	}
	var missing []*vec.Vec
	for i, v := range r.file {
		there := false
		for _, p := range place {
			there = there || p == i
		}
		if !there {
			missing = append(missing, v)
		}
	}
	if part.from > 0 {
		if err := f.skipTo(part.from); err != nil {
			return ended(err)
		}
	}
	for {
		if at, err := f.at(); err != nil || at-int64(len(f.sync)) >= part.to {
			return err
		}
		n, data, err := f.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		r.block = int64(len(data) + cap(f.block))
		c := &cursor{b: data}
		for ; n > 0; n-- {
			r.record(c, read, place)
			if c.err != nil {
				return c.err
			}
			for _, v := range missing {
				v.Append(nil)
			}
			if out.rows++; out.rows == vec.BatchRows {
				if err := out.flush(); err != nil {
					return err
				}
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// ended is err where it is more than the end of the file.
func ended(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// record appends one record's values to the columns.
func (r *reader) record(c *cursor, read []decoder, place []int) {
	for i, d := range read {
		if v := d(c); place[i] >= 0 {
			r.file[place[i]].Append(v)
		}
	}
}

// readError names the file that an error is about.
func readError(path string, err error) error {
	if abs, e := filepath.Abs(path); e == nil {
		path = abs
	}
	if os.IsNotExist(err) {
		return errs.New(errs.Pos{}, "FAILED_READ_FILE.FILE_NOT_EXIST", "path", "file:"+path)
	}
	var known *errs.Error
	if errors.As(err, &known) {
		return err
	}
	e := errs.New(errs.Pos{}, "FAILED_READ_FILE.NO_HINT", "path", "file:"+path, "reason", err.Error())
	e.Err = err
	return e
}

// unsupported says what of a schema Avro files cannot hold.
func unsupported(err error) error {
	return errs.Unsupported(errs.Pos{}, fmt.Sprintf("in Avro files: %v", err))
}
