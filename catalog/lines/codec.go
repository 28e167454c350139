package lines

import (
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"errors"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"

	"sparksql/sql/errs"
)

// codecs are the values of the option compression, with how the names of files end.
var codecs = map[string]string{"none": "", "uncompressed": "", "gzip": ".gz", "deflate": ".deflate", "zstd": ".zst", "snappy": ".snappy", "lz4": ".lz4"}

// Suffix is how the name of a file ends that is written with the option compression: .gz.
func Suffix(options map[string]string) (string, error) {
	name := strings.ToLower(options["compression"])
	if name == "" {
		name = strings.ToLower(options["codec"])
	}
	if name == "" {
		name = "none"
	}
	ext, ok := codecs[name]
	if !ok {
		return "", errs.New(errs.Pos{}, "CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION", "codecName", name,
			"availableCodecs", "deflate, gzip, lz4, none, snappy, uncompressed, zstd")
	}
	return ext, nil
}

// compressed tells whether a file's name says so; such files are read as a whole.
func compressed(path string) bool {
	for _, ext := range [...]string{".gz", ".gzip", ".deflate", ".zst", ".snappy", ".lz4", ".bz2"} {
		if strings.HasSuffix(path, ext) {
			return true
		}
	}
	return false
}

// decompress reads what a file holds, by its name.
func decompress(path string, r io.Reader) (io.Reader, func(), error) {
	none := func() {}
	switch {
	case strings.HasSuffix(path, ".gz"), strings.HasSuffix(path, ".gzip"):
		z, err := gzip.NewReader(r)
		return z, none, err
	case strings.HasSuffix(path, ".deflate"):
		z, err := zlib.NewReader(r)
		return z, none, err
	case strings.HasSuffix(path, ".bz2"):
		return bzip2.NewReader(r), none, nil
	case strings.HasSuffix(path, ".zst"):
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, none, err
		}
		return z, z.Close, nil
	case strings.HasSuffix(path, ".snappy"):
		return &blockReader{in: r, decode: func(dst, src []byte) (int, error) {
			out, err := s2.Decode(dst, src)
			return len(out), err
		}}, none, nil
	case strings.HasSuffix(path, ".lz4"):
		return &blockReader{in: r, decode: func(dst, src []byte) (int, error) { return lz4.UncompressBlock(src, dst) }}, none, nil
	}
	return r, none, nil
}

// compress writes to w in the codec that ext stands for; closing does not close w.
func compress(ext string, w io.Writer) (io.WriteCloser, error) {
	switch ext {
	case ".gz":
		return gzip.NewWriter(w), nil
	case ".deflate":
		return zlib.NewWriter(w), nil
	case ".zst":
		return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
	case ".snappy":
		return &blockWriter{out: w, encode: func(dst, src []byte) ([]byte, error) { return s2.EncodeSnappy(dst[:cap(dst)], src), nil }}, nil
	case ".lz4":
		var c lz4.Compressor
		return &blockWriter{out: w, encode: func(dst, src []byte) ([]byte, error) {
			if n := lz4.CompressBlockBound(len(src)); cap(dst) < n {
				dst = make([]byte, n)
			}
			dst = dst[:cap(dst)]
			n, err := c.CompressBlock(src, dst)
			return dst[:n], err
		}}, nil
	}
	return plain{w}, nil
}

type plain struct{ io.Writer }

func (plain) Close() error { return nil }

// blockBytes is the size of the blocks that are compressed one by one.
const blockBytes = 256 << 10

// maxBlock bounds what a file may say of a block's size.
const maxBlock = 1 << 30

// blockReader reads Hadoop's frames: the size of a block, then chunks, each behind its compressed size.
type blockReader struct {
	in     io.Reader
	decode func(dst, src []byte) (int, error)
	left   int // bytes of the block still to come
	buf    []byte
	src    []byte
	dst    []byte
}

func (b *blockReader) size() (int, error) {
	var n [4]byte
	if _, err := io.ReadFull(b.in, n[:]); err != nil {
		return 0, err
	}
	size := binary.BigEndian.Uint32(n[:])
	if size > maxBlock {
		return 0, errors.New("a compressed block is too large")
	}
	return int(size), nil
}

// Read implements io.Reader.
func (b *blockReader) Read(p []byte) (int, error) {
	for len(b.buf) == 0 {
		for b.left == 0 {
			var err error
			if b.left, err = b.size(); err != nil {
				return 0, err
			}
		}
		n, err := b.size()
		if err != nil {
			return 0, unexpected(err)
		}
		b.src = append(b.src[:0], make([]byte, n)...)
		if _, err := io.ReadFull(b.in, b.src); err != nil {
			return 0, unexpected(err)
		}
		if cap(b.dst) < b.left {
			b.dst = make([]byte, b.left)
		}
		if n, err = b.decode(b.dst[:b.left], b.src); err != nil {
			return 0, err
		}
		if n == 0 || n > b.left {
			return 0, errors.New("a compressed block has the wrong size")
		}
		b.buf = b.dst[:n]
		b.left -= n
	}
	n := copy(p, b.buf)
	b.buf = b.buf[n:]
	return n, nil
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// blockWriter writes frames of one chunk each.
type blockWriter struct {
	out    io.Writer
	encode func(dst, src []byte) ([]byte, error)
	buf    bytes.Buffer
	dst    []byte
}

// Write implements io.Writer.
func (b *blockWriter) Write(p []byte) (int, error) {
	total := len(p)
	for len(p) > 0 {
		n := min(len(p), blockBytes-b.buf.Len())
		b.buf.Write(p[:n])
		p = p[n:]
		if b.buf.Len() == blockBytes {
			if err := b.flush(); err != nil {
				return 0, err
			}
		}
	}
	return total, nil
}

func (b *blockWriter) flush() error {
	if b.buf.Len() == 0 {
		return nil
	}
	out, err := b.encode(b.dst, b.buf.Bytes())
	if err != nil {
		return err
	}
	b.dst = out
	head := binary.BigEndian.AppendUint32(nil, uint32(b.buf.Len()))
	head = binary.BigEndian.AppendUint32(head, uint32(len(out)))
	b.buf.Reset()
	if _, err := b.out.Write(head); err != nil {
		return err
	}
	_, err = b.out.Write(out)
	return err
}

// Close writes the last block.
func (b *blockWriter) Close() error { return b.flush() }
