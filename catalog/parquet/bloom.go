package parquet

import (
	"io"

	"github.com/parquet-go/parquet-go/bloom"
	"github.com/parquet-go/parquet-go/bloom/xxhash"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"sparksql/catalog"
	"sparksql/sql/types"
)

// bloomExcludes tells whether the bloom filters of a row group rule out what one of the filters asks for: a column
// equal to a constant, or to one of a list.
func (p *pruner) bloomExcludes(of catalog.File, f *cached, g int) (no bool) {
	defer func() {
		if recover() != nil {
			no = false // an aid only
		}
	}()
	for _, q := range flatten(p.preds) {
		op, ok := q.(*opPred)
		if !ok || op.op != "=" && op.op != "in" || len(op.vals) == 0 {
			continue
		}
		leaf, t := p.leaf(f, op.col)
		if leaf == nil {
			continue
		}
		m := &f.Meta.RowGroups[g].Columns[leaf.Leaf].MetaData
		if m.BloomFilterOffset <= 0 || m.BloomFilterOffset >= f.Size {
			continue
		}
		hashes, ok := bloomHashes(f.File, leaf, t, op.vals)
		if ok && f.bloomLacks(of, m.BloomFilterOffset, hashes) {
			return true
		}
	}
	return false
}

// bloomHashes hashes values of t as the filter of leaf has them; ok is false where they differ in form.
func bloomHashes(f *File, leaf *Node, t types.Type, vals []any) (out []uint64, ok bool) {
	k := leaf.Logical.kind
	if k == annDecimal || t.Kind() == types.Timestamp && (leaf.Logical.unit != 'u' || f.rebaseDates() != nil) ||
		t.Kind() == types.Date && f.rebaseDates() != nil {
		return nil, false
	}
	for _, v := range vals {
		switch x := v.(type) {
		case int32:
			ok = leaf.Phys == format.Int32
			out = append(out, xxhash.Sum64Uint32(uint32(x)))
		case int64:
			ok = leaf.Phys == format.Int64 && (t.Kind() != types.TimestampNTZ || leaf.Logical.unit == 'u')
			out = append(out, xxhash.Sum64Uint64(uint64(x)))
		case string:
			ok = leaf.Phys == format.ByteArray
			out = append(out, xxhash.Sum64([]byte(x)))
		default:
			ok = false
		}
		if !ok {
			return nil, false
		}
	}
	return out, true
}

// bloomLacks tells whether the filter at off has none of the hashes.
func (c *cached) bloomLacks(of catalog.File, off int64, hashes []uint64) bool {
	fd, err := of.Open()
	if err != nil {
		return false
	}
	defer fd.Close()
	head := make([]byte, min(256, c.Size-off))
	if _, err := fd.ReadAt(head, off); err != nil {
		return false
	}
	var h format.BloomFilterHeader
	var proto thrift.CompactProtocol
	r := proto.NewReaderFromBytes(head)
	if thrift.NewDecoder(r).Decode(&h) != nil {
		return false
	}
	_, block := h.Algorithm.Value.(*format.SplitBlockAlgorithm)
	_, xx := h.Hash.Value.(*format.XxHash)
	_, raw := h.Compression.Value.(*format.BloomFilterUncompressed)
	start, n := off+int64(r.BytesRead()), int64(h.NumBytes)
	if !block || !xx || !raw || n < 32 || n%32 != 0 || n > c.Size-start {
		return false
	}
	bits := io.NewSectionReader(fd, start, n)
	for _, x := range hashes {
		if has, err := bloom.CheckSplitBlock(bits, n, x); has || err != nil {
			return false
		}
	}
	return true
}
