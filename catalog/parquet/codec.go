package parquet

import (
	"bytes"
	"encoding/binary"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
)

// codecs decompresses pages; it keeps the decoders' memory and is not safe for concurrent use.
type codecs struct {
	zstd *zstd.Decoder
	gzip *gzip.Reader
}

func (c *codecs) close() {
	if c.zstd != nil {
		c.zstd.Close()
		c.zstd = nil
	}
}

// plausible refuses a claimed size that the codec cannot have made of n bytes, before memory is taken for it.
func plausible(codec format.CompressionCodec, n, unc int) bool {
	switch codec {
	case format.Uncompressed:
		return unc <= n
	case format.Snappy:
		return unc <= 64*n
	case format.Lz4, format.Lz4Raw:
		return unc <= 256*n+64
	case format.Gzip:
		return unc <= 1100*n+1024
	}
	return unc <= 1<<20 || unc <= 1<<16*n && unc <= 1<<27
}

// decode decompresses src into dst, whose length is the size that the page claims. For uncompressed pages it
// gives src itself.
func (c *codecs) decode(codec format.CompressionCodec, dst, src []byte) ([]byte, error) {
	switch codec {
	case format.Uncompressed:
		return src, nil
	case format.Snappy:
		n, err := snappy.DecodedLen(src)
		if err != nil || n != len(dst) {
			return nil, corruptf("a page says that it has %d bytes and holds %d", len(dst), n)
		}
		return snappy.Decode(dst, src)
	case format.Zstd:
		if c.zstd == nil {
			d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(1<<28))
			if err != nil {
				return nil, err
			}
			c.zstd = d
		}
		out, err := c.zstd.DecodeAll(src, dst[:0])
		return exact(out, len(dst), err)
	case format.Gzip:
		if c.gzip == nil {
			c.gzip = new(gzip.Reader)
		}
		if err := c.gzip.Reset(bytes.NewReader(src)); err != nil {
			return nil, err
		}
		n, err := io.ReadFull(c.gzip, dst)
		return exact(dst[:n], len(dst), err)
	case format.Brotli:
		n, err := io.ReadFull(brotli.NewReader(bytes.NewReader(src)), dst)
		return exact(dst[:n], len(dst), err)
	case format.Lz4Raw:
		n, err := lz4.UncompressBlock(src, dst)
		return exact(dst[:max(n, 0)], len(dst), err)
	case format.Lz4:
		return hadoopLZ4(dst, src)
	}
	return nil, corruptf("the codec %s is not supported", codec)
}

func exact(out []byte, n int, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	if len(out) != n {
		return nil, corruptf("a page says that it has %d bytes and holds %d", n, len(out))
	}
	return out, nil
}

// hadoopLZ4 reads Hadoop's framing: blocks of a big-endian uncompressed size, then chunks of a compressed size
// and an LZ4 block. Some writers left the framing out.
func hadoopLZ4(dst, src []byte) ([]byte, error) {
	if n, ok := lz4Frames(dst, src); ok && n == len(dst) {
		return dst, nil
	}
	n, err := lz4.UncompressBlock(src, dst)
	return exact(dst[:max(n, 0)], len(dst), err)
}

func lz4Frames(dst, src []byte) (n int, ok bool) {
	for len(src) > 0 {
		if len(src) < 8 {
			return n, false
		}
		block := int(binary.BigEndian.Uint32(src))
		src = src[4:]
		for block > 0 {
			if len(src) < 4 {
				return n, false
			}
			size := int(binary.BigEndian.Uint32(src))
			src = src[4:]
			if size > len(src) || block > len(dst)-n {
				return n, false
			}
			k, err := lz4.UncompressBlock(src[:size], dst[n:n+block])
			if err != nil || k == 0 || k > block {
				return n, false
			}
			n, block, src = n+k, block-k, src[size:]
		}
	}
	return n, true
}
