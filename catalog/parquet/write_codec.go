package parquet

import (
	"bytes"
	"encoding/binary"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"

	"sparksql/sql/errs"
)

// codecNames are the values of the option compression, with the part of the file's name that tells it.
var codecNames = map[string]struct {
	codec format.CompressionCodec
	ext   string
}{
	"none": {format.Uncompressed, ""}, "uncompressed": {format.Uncompressed, ""}, "snappy": {format.Snappy, ".snappy"},
	"gzip": {format.Gzip, ".gz"}, "zstd": {format.Zstd, ".zstd"}, "lz4": {format.Lz4, ".lz4hadoop"},
	"lz4_raw": {format.Lz4Raw, ".lz4raw"}, "brotli": {format.Brotli, ".br"},
}

// codecOf reads the option compression, snappy by default.
func codecOf(options map[string]string) (format.CompressionCodec, string, error) {
	name := strings.ToLower(options["compression"])
	if name == "" {
		name = strings.ToLower(options["parquet.compression"])
	}
	if name == "" {
		name = "snappy"
	}
	c, ok := codecNames[name]
	if !ok {
		return 0, "", errs.New(errs.Pos{}, "CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION", "codecName", name,
			"availableCodecs", "brotli, uncompressed, snappy, lz4_raw, none, zstd, lz4, gzip")
	}
	return c.codec, c.ext, nil
}

// Extension is how the names of files end: .snappy.parquet.
func (p *Format) Extension(options map[string]string) (string, error) {
	_, ext, err := codecOf(options)
	return ext + ".parquet", err
}

// encoders compresses pages; what it gives is valid until the next call.
type encoders struct {
	codec format.CompressionCodec
	buf   []byte
	out   bytes.Buffer
	zstd  *zstd.Encoder
	gzip  *gzip.Writer
	lz4   lz4.Compressor
}

func (e *encoders) compress(raw []byte) ([]byte, error) {
	switch e.codec {
	case format.Snappy:
		if n := s2.MaxEncodedLen(len(raw)); cap(e.buf) < n {
			e.buf = make([]byte, n)
		}
		return s2.EncodeSnappy(e.buf[:cap(e.buf)], raw), nil
	case format.Zstd:
		if e.zstd == nil {
			z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
			if err != nil {
				return nil, err
			}
			e.zstd = z
		}
		e.buf = e.zstd.EncodeAll(raw, e.buf[:0])
		return e.buf, nil
	case format.Gzip:
		e.out.Reset()
		if e.gzip == nil {
			e.gzip = gzip.NewWriter(&e.out)
		} else {
			e.gzip.Reset(&e.out)
		}
		if _, err := e.gzip.Write(raw); err != nil {
			return nil, err
		}
		err := e.gzip.Close()
		return e.out.Bytes(), err
	case format.Brotli:
		e.out.Reset()
		w := brotli.NewWriterLevel(&e.out, 4)
		if _, err := w.Write(raw); err != nil {
			return nil, err
		}
		err := w.Close()
		return e.out.Bytes(), err
	case format.Lz4Raw:
		return e.block(raw, 0)
	case format.Lz4:
		b, err := e.block(raw, 8)
		if err == nil {
			binary.BigEndian.PutUint32(b, uint32(len(raw)))
			binary.BigEndian.PutUint32(b[4:], uint32(len(b)-8))
		}
		return b, err
	}
	return raw, nil
}

// block compresses to one LZ4 block behind head bytes of room.
func (e *encoders) block(raw []byte, head int) ([]byte, error) {
	if n := head + lz4.CompressBlockBound(len(raw)) + 16; cap(e.buf) < n {
		e.buf = make([]byte, n)
	}
	b := e.buf[:cap(e.buf)]
	n, err := e.lz4.CompressBlock(raw, b[head:])
	if err != nil {
		return nil, err
	}
	if n == 0 && len(raw) > 0 { // does not get smaller: literals only
		n = stored(b[head:], raw)
	}
	return b[:head+n], nil
}

// stored writes raw as an LZ4 block without matches.
func stored(dst, raw []byte) int {
	n := len(raw)
	at := 1
	if n < 15 {
		dst[0] = byte(n << 4)
	} else {
		dst[0] = 15 << 4
		rest := n - 15
		for ; rest >= 255; rest -= 255 {
			dst[at] = 255
			at++
		}
		dst[at] = byte(rest)
		at++
	}
	return at + copy(dst[at:], raw)
}
