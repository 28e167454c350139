package parquet

import (
	"bufio"
	"encoding/binary"
	"errors"
	"os"
	"strings"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"sparksql/catalog"
	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

const (
	groupBytes = 128 << 20 // of a row group, encoded
	createdBy  = "sparksql version 1.0.0 (build 0)"
	asSpark    = "4.0.1" // the Spark whose rules the file follows: calendars, time zones
)

// writer writes one file: pages are kept in memory until a row group is full.
type writer struct {
	path   string
	fd     *os.File
	out    *bufio.Writer
	pos    int64
	schema types.Type
	layout layout
	shapes []*shape
	sink   pageSink
	rows   int64 // of the row group at hand
	meta   format.FileMetaData
	index  []chunkIndex
}

// chunkIndex are the indexes of a column chunk, written behind the last row group.
type chunkIndex struct {
	offsets format.OffsetIndex
	columns *format.ColumnIndex
}

// Create starts a file. Every column and nested value is optional in it, as in what Spark writes.
func (p *Format) Create(path string, s *types.Schema, options map[string]string, zone string) (catalog.FileWriter, error) {
	codec, _, err := codecOf(options)
	if err != nil {
		return nil, err
	}
	w := &writer{path: path, schema: types.StructOf(s.Fields...).AsNullable()}
	w.sink.enc = &encoders{codec: codec}
	w.layout.stamps = strings.ToUpper(options["outputtimestamptype"])
	root := format.SchemaElement{Name: "spark_schema", NumChildren: some(int32(len(s.Fields)))}
	w.layout.elements = append(w.layout.elements, root)
	for _, f := range w.schema.Fields() {
		sh, err := w.layout.add(f.Name, f.Type, true, 0, 0, nil)
		if err != nil {
			return nil, named(err, f.Name)
		}
		w.shapes = append(w.shapes, sh)
	}
	for _, l := range w.layout.leaves {
		l.file = &w.sink
	}
	w.meta.Version = 1
	if w.fd, err = os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644); err != nil {
		return nil, err
	}
	w.out = bufio.NewWriterSize(w.fd, 64)
	err = w.put([]byte(magic))
	return w, errors.Join(err, w.rest())
}

// wake opens the file to be written on; rest closes it, so that a writer of many partitions holds few files open.
func (w *writer) wake() (err error) {
	if w.fd == nil {
		if w.fd, err = os.OpenFile(w.path, os.O_WRONLY|os.O_APPEND, 0); err != nil {
			return err
		}
		w.out = bufio.NewWriterSize(w.fd, 1<<16)
	}
	return nil
}

func (w *writer) rest() error {
	err := w.out.Flush()
	if e := w.fd.Close(); err == nil {
		err = e
	}
	w.fd, w.out = nil, nil
	return err
}

// named adds the column to an error about a type that cannot be written.
func named(err error, column string) error {
	if e, ok := err.(*errs.Error); ok && e.Args["columnName"] == "" {
		e.Args["columnName"] = types.QuoteIdent(column)
	}
	return err
}

func (w *writer) put(b []byte) error {
	n, err := w.out.Write(b)
	w.pos += int64(n)
	return err
}

// Write adds the live rows of a batch, whose columns are those of the schema.
func (w *writer) Write(b *vec.Batch) error {
	for i, s := range w.shapes {
		var err error
		if s.leaf != nil {
			err = s.leaf.flat(b.Cols[i], b.Sel, b.N)
		} else {
			err = s.nested(b.Cols[i], b.Sel, b.N)
		}
		if err != nil {
			return err
		}
	}
	w.rows += int64(b.Rows())
	if w.encoded() >= groupBytes {
		return w.Flush()
	}
	return nil
}

// encoded is the size of the row group at hand, roughly.
func (w *writer) encoded() (n int64) {
	for _, l := range w.layout.leaves {
		n += l.encoded()
	}
	return n
}

// Buffered is the memory that the file's row group takes.
func (w *writer) Buffered() (n int64) {
	for _, l := range w.layout.leaves {
		n += l.memory()
	}
	return n
}

// Flush ends the row group and writes it out.
func (w *writer) Flush() error {
	if w.rows == 0 {
		return nil
	}
	if err := w.wake(); err != nil {
		return err
	}
	err := w.group()
	return errors.Join(err, w.rest())
}

func (w *writer) group() error {
	rg := format.RowGroup{NumRows: w.rows, FileOffset: w.pos, Ordinal: int16(len(w.meta.RowGroups))}
	for _, l := range w.layout.leaves {
		if err := l.flush(); err != nil {
			return err
		}
		c, err := w.chunk(l)
		if err != nil {
			return err
		}
		rg.TotalByteSize += c.MetaData.TotalUncompressedSize
		rg.TotalCompressedSize += c.MetaData.TotalCompressedSize
		rg.Columns = append(rg.Columns, c)
		l.start()
	}
	w.meta.RowGroups = append(w.meta.RowGroups, rg)
	w.meta.NumRows += w.rows
	w.rows = 0
	return nil
}

// chunk writes out a leaf's pages.
func (w *writer) chunk(l *leafWriter) (format.ColumnChunk, error) {
	d := l.dict
	if d == nil {
		d = l.kept
	}
	start := w.pos
	dict, unc, err := l.dictionary(d)
	if err == nil && dict != nil {
		err = w.put(dict)
	}
	if err != nil {
		return format.ColumnChunk{}, err
	}
	c := &l.chunk
	m := format.ColumnMetaData{Type: l.phys, PathInSchema: l.path, Codec: w.sink.enc.codec, NumValues: c.values,
		TotalUncompressedSize: c.unc + int64(unc), TotalCompressedSize: c.size + int64(len(dict)), DataPageOffset: w.pos}
	m.Encoding = append(m.Encoding, format.BitPacked, format.RLE)
	count := func(t format.PageType, e format.Encoding, n int) {
		if n > 0 {
			m.EncodingStats = append(m.EncodingStats, format.PageEncodingStats{PageType: t, Encoding: e, Count: int32(n)})
		}
	}
	if dict != nil {
		m.DictionaryPageOffset = start
		m.Encoding = append(m.Encoding, format.PlainDictionary)
		count(format.DictionaryPage, format.PlainDictionary, 1)
	}
	if c.plain {
		m.Encoding = append(m.Encoding, format.Plain)
	}
	switch {
	case c.plain && c.coded:
		count(format.DataPage, format.PlainDictionary, len(c.pages)-1)
		count(format.DataPage, format.Plain, 1)
	case c.coded:
		count(format.DataPage, format.PlainDictionary, len(c.pages))
	default:
		count(format.DataPage, format.Plain, len(c.pages))
	}
	lo, hi := c.bounds.encoded()
	m.Statistics = format.Statistics{NullCount: c.nulls, MinValue: lo, MaxValue: hi}
	if l.signed() {
		m.Statistics.Min, m.Statistics.Max = lo, hi
	}
	w.index = append(w.index, l.indexes(w.pos))
	for i := range c.pages {
		if err := w.put(c.pages[i].data); err != nil {
			return format.ColumnChunk{}, err
		}
	}
	return format.ColumnChunk{FileOffset: start, MetaData: m}, nil
}

// signed tells whether old readers, which compare everything as signed, may have the bounds too.
func (l *leafWriter) signed() bool { return l.isFixed() && l.phys != format.Int96 }

// indexes makes the offset and column indexes of the chunk, whose first data page lies at pos.
func (l *leafWriter) indexes(pos int64) chunkIndex {
	x := chunkIndex{columns: &format.ColumnIndex{}}
	row := int64(0)
	for i := range l.chunk.pages {
		p := &l.chunk.pages[i]
		x.offsets.PageLocations = append(x.offsets.PageLocations, format.PageLocation{Offset: pos,
			CompressedPageSize: int32(len(p.data)), FirstRowIndex: row})
		pos += int64(len(p.data))
		row += int64(p.rows)
		if !p.known {
			x.columns = nil
		}
		if x.columns == nil {
			continue
		}
		x.columns.NullPages = append(x.columns.NullPages, p.empty)
		lo, hi := p.lo, p.hi
		if p.empty {
			lo, hi = []byte{}, []byte{}
		}
		x.columns.MinValues = append(x.columns.MinValues, lo)
		x.columns.MaxValues = append(x.columns.MaxValues, hi)
		x.columns.NullCounts = append(x.columns.NullCounts, p.nulls)
	}
	return x
}

// Close ends the file and syncs it.
func (w *writer) Close() (bytes int64, err error) {
	defer w.release()
	if err = w.Flush(); err == nil {
		err = w.wake()
	}
	if err != nil {
		return 0, err
	}
	if err = w.finish(); err == nil {
		err = w.out.Flush()
	}
	if err == nil {
		err = w.fd.Sync()
	}
	return w.pos, errors.Join(err, w.rest())
}

// Abort leaves the file as it is.
func (w *writer) Abort() {
	if w.fd != nil {
		w.fd.Close()
	}
	w.release()
}

func (w *writer) release() {
	if z := w.sink.enc.zstd; z != nil {
		z.Close()
	}
	w.layout.leaves, w.shapes = nil, nil
}

// finish writes the indexes and the footer.
func (w *writer) finish() error {
	var proto thrift.CompactProtocol
	n := len(w.layout.leaves)
	section := func(v any, off *int64, size *int32) error {
		b, err := thrift.Marshal(&proto, v)
		if err != nil {
			return err
		}
		*off, *size = w.pos, int32(len(b))
		return w.put(b)
	}
	for i := range w.index {
		c := &w.meta.RowGroups[i/n].Columns[i%n]
		if x := w.index[i].columns; x != nil {
			if err := section(x, &c.ColumnIndexOffset, &c.ColumnIndexLength); err != nil {
				return err
			}
		}
	}
	for i := range w.index {
		c := &w.meta.RowGroups[i/n].Columns[i%n]
		if err := section(&w.index[i].offsets, &c.OffsetIndexOffset, &c.OffsetIndexLength); err != nil {
			return err
		}
	}
	w.meta.Schema = w.layout.elements
	w.meta.CreatedBy = createdBy
	w.meta.KeyValueMetadata = []format.KeyValue{{Key: sparkVersion, Value: asSpark}, {Key: sparkMetadata, Value: JSON(w.schema)}}
	for range n {
		w.meta.ColumnOrders = append(w.meta.ColumnOrders, format.ColumnOrder{Value: &format.TypeDefinedOrder{}})
	}
	foot, err := thrift.Marshal(&proto, &w.meta)
	if err != nil {
		return err
	}
	foot = binary.LittleEndian.AppendUint32(foot, uint32(len(foot)))
	return w.put(append(foot, magic...))
}
