package avro

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	lib "github.com/hamba/avro/v2"
	"github.com/hamba/avro/v2/ocf"
	"github.com/klauspost/compress/zstd"

	"sparksql/catalog"
)

// mostBlock and mostHeader bound what a file may say of the sizes of its parts, in bytes.
const (
	mostBlock  = 1 << 30
	mostHeader = 64 << 20
)

// file is an open container file: a header with the schema, then blocks of records.
type file struct {
	in     *bufio.Reader
	fd     *catalog.OpenFile
	schema *lib.RecordSchema
	sync   [16]byte
	decode func([]byte) ([]byte, error)
	bytes  int64 // of the blocks read so far
	block  []byte
}

// openFile reads the header.
func openFile(of catalog.File) (*file, error) {
	fd, err := of.Open()
	if err != nil {
		return nil, err
	}
	f := &file{fd: fd, in: bufio.NewReaderSize(fd, 256<<10)}
	if err := f.header(); err != nil {
		fd.Close()
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return f, nil
}

func (f *file) close() error { return f.fd.Close() }

// at is the place behind what was read so far.
func (f *file) at() (int64, error) {
	n, err := f.fd.Seek(0, io.SeekCurrent)
	return n - int64(f.in.Buffered()), err
}

// skipTo goes to the first block whose marker, the one in front of it, begins at from or behind; io.EOF: there is none.
func (f *file) skipTo(from int64) error {
	if _, err := f.fd.Seek(from, io.SeekStart); err != nil {
		return err
	}
	f.in.Reset(f.fd)
	for {
		b, err := f.in.Peek(f.in.Size())
		if i := bytes.Index(b, f.sync[:]); i >= 0 {
			_, err := f.in.Discard(i + len(f.sync))
			return err
		}
		if err != nil {
			return err
		}
		if _, err := f.in.Discard(len(b) - len(f.sync) + 1); err != nil {
			return err
		}
	}
}

func (f *file) long() (int64, error) {
	u, err := binary.ReadUvarint(f.in)
	return int64(u>>1) ^ -int64(u&1), err
}

func (f *file) text(most int64) ([]byte, error) {
	n, err := f.long()
	if err != nil {
		return nil, err
	}
	if n < 0 || n > most {
		return nil, errShort
	}
	var b bytes.Buffer
	if _, err := io.CopyN(&b, f.in, n); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (f *file) header() error {
	var magic [4]byte
	if _, err := io.ReadFull(f.in, magic[:]); err != nil || string(magic[:]) != "Obj\x01" {
		return errors.New("the file is not an Avro container file")
	}
	meta := map[string]string{}
	for {
		n, err := f.long()
		if err != nil {
			return err
		}
		if n < 0 {
			n = -n
			if _, err := f.long(); err != nil {
				return err
			}
		}
		if n == 0 {
			break
		}
		for ; n > 0; n-- {
			k, err := f.text(mostHeader)
			if err != nil {
				return err
			}
			v, err := f.text(mostHeader)
			if err != nil {
				return err
			}
			meta[string(k)] = string(v)
		}
	}
	if _, err := io.ReadFull(f.in, f.sync[:]); err != nil {
		return err
	}
	return f.describe(meta)
}

// describe takes schema and codec from the header.
func (f *file) describe(meta map[string]string) error {
	s, err := lib.ParseWithCache(meta["avro.schema"], "", &lib.SchemaCache{})
	if err != nil {
		return err
	}
	rec, ok := s.(*lib.RecordSchema)
	if !ok {
		return fmt.Errorf("the records are of the Avro type %s", s.Type())
	}
	f.schema = rec
	codec, ok := codecs[meta["avro.codec"]]
	if !ok {
		return fmt.Errorf("the Avro codec %s is not supported", meta["avro.codec"])
	}
	f.decode = codec
	return nil
}

// codecs decompress blocks, by the names in headers.
var codecs = map[string]func([]byte) ([]byte, error){
	"":          func(b []byte) ([]byte, error) { return b, nil },
	"null":      func(b []byte) ([]byte, error) { return b, nil },
	"deflate":   (&ocf.DeflateCodec{}).Decode,
	"snappy":    (&ocf.SnappyCodec{}).Decode,
	"bzip2":     func(b []byte) ([]byte, error) { return io.ReadAll(bzip2.NewReader(bytes.NewReader(b))) },
	"zstandard": unzstd,
}

func unzstd(b []byte) ([]byte, error) {
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(mostBlock))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	return z.DecodeAll(b, nil)
}

// next gives the records of the next block, valid until the one after it; io.EOF at the end.
func (f *file) next() (records int64, data []byte, err error) {
	if _, err := f.in.Peek(1); err != nil {
		return 0, nil, err
	}
	if records, err = f.long(); err != nil {
		return 0, nil, io.ErrUnexpectedEOF
	}
	size, err := f.long()
	if err != nil || size < 0 || size > mostBlock || records < 0 {
		return 0, nil, errShort
	}
	if int64(cap(f.block)) < size {
		var b bytes.Buffer // grows with what is there, whatever the size says
		if _, err := io.CopyN(&b, f.in, size); err != nil {
			return 0, nil, io.ErrUnexpectedEOF
		}
		f.block = b.Bytes()
	} else {
		f.block = f.block[:size]
		if _, err := io.ReadFull(f.in, f.block); err != nil {
			return 0, nil, io.ErrUnexpectedEOF
		}
	}
	var sync [16]byte
	if _, err := io.ReadFull(f.in, sync[:]); err != nil || sync != f.sync {
		return 0, nil, errShort
	}
	f.bytes += size
	data, err = f.decode(f.block)
	return records, data, err
}
