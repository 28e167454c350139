// Package avro is the format of Avro container files: blocks of records behind a schema. The library parses schemas and
// writes containers; values are read and written here, straight between blocks and columns.
package avro

import (
	"bufio"
	"context"
	"os"
	"strings"

	lib "github.com/hamba/avro/v2"
	"github.com/hamba/avro/v2/ocf"

	"sparksql/catalog"
	"sparksql/catalog/lines"
	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// Format implements catalog.Format.
type Format struct{}

// Name implements catalog.Format.
func (Format) Name() string { return "avro" }

// Infer implements catalog.Format: the schema of the first file, or that of the option avroSchema.
func (Format) Infer(_ context.Context, files []catalog.File, options map[string]string) (*types.Schema, error) {
	if text := options["avroschema"]; text != "" {
		s, err := lib.ParseWithCache(text, "", &lib.SchemaCache{})
		if err != nil {
			return nil, unsupported(err)
		}
		return schemaFrom(s)
	}
	f, err := openFile(files[0])
	if err != nil {
		return nil, readError(files[0].Path, err)
	}
	defer f.close()
	s, err := schemaFrom(f.schema)
	if err != nil {
		return nil, readError(files[0].Path, err)
	}
	return s, nil
}

// schemaFrom gives the columns of a record; those of files may always be NULL.
func schemaFrom(s lib.Schema) (*types.Schema, error) {
	t, _, err := typeOf(s, 0)
	if err != nil {
		return nil, err
	}
	if t.Kind() != types.Struct {
		return nil, errs.Unsupported(errs.Pos{}, "Avro records of type "+t.String())
	}
	out := &types.Schema{Fields: append([]types.Field(nil), t.Fields()...)}
	for i := range out.Fields {
		out.Fields[i].Nullable = true
	}
	return out, nil
}

// Stats implements catalog.Format.
func (Format) Stats(_ context.Context, files []catalog.File, _ *types.Schema) *catalog.Stats {
	return lines.Estimate(files)
}

// written are the values of the option compression, and the codecs they stand for.
var written = map[string]ocf.CodecName{"uncompressed": ocf.Null, "none": ocf.Null, "deflate": ocf.Deflate, "snappy": ocf.Snappy, "zstandard": ocf.ZStandard}

func codecOf(options map[string]string) (ocf.CodecName, error) {
	name := strings.ToLower(options["compression"])
	if name == "" {
		name = "snappy"
	}
	c, ok := written[name]
	if !ok {
		return "", errs.New(errs.Pos{}, "CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION", "codecName", name,
			"availableCodecs", "deflate, snappy, uncompressed, zstandard")
	}
	return c, nil
}

// Extension implements catalog.Format.
func (Format) Extension(options map[string]string) (string, error) {
	_, err := codecOf(options)
	return ".avro", err
}

// Create implements catalog.Format.
func (Format) Create(path string, s *types.Schema, options map[string]string, _ string) (catalog.FileWriter, error) {
	codec, err := codecOf(options)
	if err != nil {
		return nil, err
	}
	text, err := schemaText(s, options)
	if err != nil {
		return nil, unsupported(err)
	}
	fd, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	w := &writer{fd: fd, fields: s.Fields}
	w.out = bufio.NewWriterSize(&w.count, 64<<10)
	w.count.to = fd
	asGiven := func(lib.Schema) ([]byte, error) { return []byte(text), nil }
	w.enc, err = ocf.NewEncoder(text, w.out, ocf.WithCodec(codec), ocf.WithSchemaMarshaler(asGiven), ocf.WithEncoderSchemaCache(&lib.SchemaCache{}),
		ocf.WithBlockLength(1<<20), ocf.WithBlockSize(blockBytes), ocf.WithMetadataKeyVal("org.apache.spark.version", []byte(sparkVersion)))
	if err != nil {
		fd.Close()
		return nil, unsupported(err)
	}
	return w, nil
}

// blockBytes is the size of blocks before compression; sparkVersion is the release of Spark whose files these are like.
const (
	blockBytes   = 64 << 10
	sparkVersion = "4.0.1"
)

// writer writes one file.
type writer struct {
	fd     *os.File
	count  counter
	out    *bufio.Writer
	enc    *ocf.Encoder
	fields []types.Field
	buf    []byte
}

// counter counts the bytes that pass.
type counter struct {
	to *os.File
	n  int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.n += int64(n)
	return n, err
}

// Write implements catalog.FileWriter.
func (w *writer) Write(b *vec.Batch) error {
	for k := range b.Rows() {
		i := k
		if b.Sel != nil {
			i = int(b.Sel[k])
		}
		w.buf = w.buf[:0]
		for c, f := range w.fields {
			var v any
			if !b.Cols[c].IsNull(i) {
				v = b.Cols[c].Value(i)
			}
			w.buf = appendField(w.buf, f.Type, f.Nullable, v)
		}
		if _, err := w.enc.Write(w.buf); err != nil {
			return err
		}
	}
	return nil
}

// Buffered implements catalog.FileWriter.
func (w *writer) Buffered() int64 { return blockBytes + int64(cap(w.buf)) }

// Flush implements catalog.FileWriter: blocks are small, there is nothing to give back.
func (w *writer) Flush() error { return nil }

// Close implements catalog.FileWriter.
func (w *writer) Close() (int64, error) {
	err := w.enc.Close()
	if err == nil {
		err = w.out.Flush()
	}
	if err == nil {
		err = w.fd.Sync()
	}
	if e := w.fd.Close(); err == nil {
		err = e
	}
	return w.count.n, err
}

// Abort implements catalog.FileWriter.
func (w *writer) Abort() { w.fd.Close() }
