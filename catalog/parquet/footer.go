// Package parquet reads and writes Parquet files as Spark does.
//
// The file's own structures (footer, indexes, page headers) come from parquet-go's format package; the decoding
// of pages into columns is ours: pages are read into pooled buffers, plain values are used where they lie, and
// dictionary codes are kept as codes. The package knows files, not tables: which files there are, partition
// columns and commits are the business of catalog/files.
package parquet

import (
	"encoding/binary"
	"io"
	"time"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"sparksql/catalog"
	"sparksql/sql/errs"
)

const (
	magic         = "PAR1"
	maxFooter     = 1 << 28
	maxPageRows   = 1 << 24 // values that one page may hold
	maxPageBytes  = 1 << 29
	maxGroupRows  = 1 << 40
	sparkMetadata = "org.apache.spark.sql.parquet.row.metadata"
	sparkVersion  = "org.apache.spark.version"
)

// File is what a file's footer says. It is immutable after Open and safe for concurrent use.
type File struct {
	Path   string
	Size   int64
	Mod    time.Time
	Meta   *format.FileMetaData
	Root   *Node
	Leaves []*Node // in file order: the columns of a row group

	kv map[string]string
}

// Open reads the footer of the file at path. Errors name the file: CANNOT_READ_FILE_FOOTER, or FAILED_READ_FILE
// when it is not there.
func Open(path string) (*File, error) { return openFooter(catalog.File{Path: path}) }

func openFooter(of catalog.File) (*File, error) {
	fd, err := of.Open()
	if err != nil {
		return nil, readError(of.Path, err)
	}
	defer fd.Close()
	f := &File{Path: of.Path, Size: fd.Size(), Mod: fd.Mod}
	if err := f.read(fd); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *File) read(r io.ReaderAt) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = footerError(f.Path, "its structure is broken: %v", p)
		}
	}()
	if f.Size < 12 {
		return footerError(f.Path, "%d bytes are too few for a Parquet file", f.Size)
	}
	tail := make([]byte, min(f.Size, 64<<10))
	if _, err := r.ReadAt(tail, f.Size-int64(len(tail))); err != nil {
		return readError(f.Path, err)
	}
	var head [4]byte
	if _, err := r.ReadAt(head[:], 0); err != nil {
		return readError(f.Path, err)
	}
	end := tail[len(tail)-8:]
	if string(end[4:]) == "PARE" || string(head[:]) == "PARE" {
		return footerError(f.Path, "the file is encrypted")
	}
	if string(end[4:]) != magic || string(head[:]) != magic {
		return footerError(f.Path, "it does not begin and end with the mark of a Parquet file")
	}
	size := int64(binary.LittleEndian.Uint32(end))
	if size == 0 || size > f.Size-12 || size > maxFooter {
		return footerError(f.Path, "the footer's size of %d bytes does not fit a file of %d", size, f.Size)
	}
	foot := tail[:len(tail)-8]
	if size > int64(len(foot)) {
		foot = make([]byte, size)
		if _, err := r.ReadAt(foot, f.Size-8-size); err != nil {
			return readError(f.Path, err)
		}
	} else {
		foot = append([]byte(nil), foot[int64(len(foot))-size:]...)
	}
	f.Meta = &format.FileMetaData{}
	if err := decodeThrift(foot, f.Meta); err != nil {
		return footerError(f.Path, "%v", err)
	}
	if i, found := unknownLogical(foot); found && i < len(f.Meta.Schema) {
		return errs.New(errs.Pos{}, "PARQUET_TYPE_NOT_RECOGNIZED", "field", f.Meta.Schema[i].Name)
	}
	return f.check()
}

// decodeThrift reads a compact-protocol structure from the start of b.
func decodeThrift(b []byte, into any) error {
	var p thrift.CompactProtocol
	return thrift.NewDecoder(p.NewReaderFromBytes(b)).Decode(into)
}

// check refuses what no reader could use, before anything is allocated by it.
func (f *File) check() error {
	f.kv = make(map[string]string, len(f.Meta.KeyValueMetadata))
	for _, kv := range f.Meta.KeyValueMetadata {
		f.kv[kv.Key] = kv.Value
	}
	root, leaves, err := parseSchema(f.Meta.Schema)
	if err != nil {
		return footerError(f.Path, "%v", err)
	}
	f.Root, f.Leaves = root, leaves
	for g := range f.Meta.RowGroups {
		rg := &f.Meta.RowGroups[g]
		if rg.NumRows < 0 || rg.NumRows > maxGroupRows {
			return footerError(f.Path, "row group %d says that it has %d rows", g, rg.NumRows)
		}
		if len(rg.Columns) != len(leaves) {
			return footerError(f.Path, "row group %d has %d columns and the schema %d", g, len(rg.Columns), len(leaves))
		}
		for c := range rg.Columns {
			if err := f.checkChunk(&rg.Columns[c], leaves[c]); err != nil {
				return footerError(f.Path, "column %s: %v", leaves[c].Name, err)
			}
		}
	}
	return nil
}

func (f *File) checkChunk(c *format.ColumnChunk, leaf *Node) error {
	m := &c.MetaData
	switch {
	case c.FilePath != "":
		return corruptf("its data lies in another file, %s", c.FilePath)
	case m.Type != leaf.Phys:
		return corruptf("the column is %s and its data %s", leaf.Phys, m.Type)
	case m.NumValues < 0:
		return corruptf("%d values", m.NumValues)
	case m.DataPageOffset < 0 || m.DataPageOffset > f.Size || m.DictionaryPageOffset > f.Size || m.TotalCompressedSize < 0:
		return corruptf("its data lies outside of the file")
	}
	return nil
}

// Rows is the number of rows.
func (f *File) Rows() int64 {
	n := int64(0)
	for g := range f.Meta.RowGroups {
		n += f.Meta.RowGroups[g].NumRows
	}
	return n
}

// chunkStart is where the first page of a column chunk lies.
func chunkStart(m *format.ColumnMetaData) int64 {
	if d := m.DictionaryPageOffset; d > 0 && d < m.DataPageOffset {
		return d
	}
	return m.DataPageOffset
}

// section reads n bytes at off, which must lie in the file.
func (f *File) section(r io.ReaderAt, off int64, n int64) ([]byte, error) {
	if off <= 0 || n <= 0 || off > f.Size-n || n > maxFooter {
		return nil, corruptf("an index lies outside of the file")
	}
	b := make([]byte, n)
	_, err := r.ReadAt(b, off)
	return b, err
}
