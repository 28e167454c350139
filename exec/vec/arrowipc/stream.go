// Package arrowipc writes batches as an Arrow IPC stream, in Spark's mapping of types (package arrowvec has the same).
//
// It encodes the format itself, on the builder of FlatBuffers: initialising Arrow's own library would take as long as all
// of a small statement does, and every process that can print a result would pay for it.
package arrowipc

import (
	"encoding/binary"
	"io"

	flatbuffers "github.com/google/flatbuffers/go"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// Stream writes a schema, then each batch as a record batch of its live rows.
type Stream struct {
	out  io.Writer
	b    *flatbuffers.Builder
	body body
}

// Values of the format's enumerations.
const (
	version5       = 4
	headerSchema   = 1
	headerRecord   = 3
	continuation   = 0xFFFFFFFF
	alignmentBytes = 8
)

// NewStream begins a stream of columns; zone is the time zone of their timestamps.
func NewStream(w io.Writer, fields []types.Field, zone string) (*Stream, error) {
	s := &Stream{out: w, b: flatbuffers.NewBuilder(1024)}
	return s, s.message(headerSchema, schema(s.b, fields, zone), nil)
}

// Write adds the live rows of a batch.
func (s *Stream) Write(b *vec.Batch) error {
	s.body.reset()
	for _, v := range b.Cols {
		n := b.N
		if v.Form != vec.Flat || b.Sel != nil {
			v = vec.Copy(v, b.Sel, n)
			n = b.Rows()
			v = vec.Flatten(v, vec.New(v.Type, 0), nil)
		}
		s.body.column(v, 0, n)
	}
	return s.message(headerRecord, record(s.b, int64(b.Rows()), &s.body), s.body.bytes)
}

// Close ends the stream.
func (s *Stream) Close() error { return s.frame(nil) }

// message writes a message with its body.
func (s *Stream) message(kind byte, header flatbuffers.UOffsetT, body []byte) error {
	b := s.b
	b.StartObject(5)
	b.PrependInt16Slot(0, version5, 0)
	b.PrependByteSlot(1, kind, 0)
	b.PrependUOffsetTSlot(2, header, 0)
	b.PrependInt64Slot(3, int64(len(body)), 0)
	b.Finish(b.EndObject())
	err := s.frame(b.FinishedBytes())
	b.Reset()
	if err == nil && len(body) > 0 {
		_, err = s.out.Write(body)
	}
	return err
}

// frame writes metadata behind its length, which is a multiple of the alignment; no metadata ends the stream.
func (s *Stream) frame(meta []byte) error {
	pad := -len(meta) & (alignmentBytes - 1)
	head := binary.LittleEndian.AppendUint32(nil, continuation)
	head = binary.LittleEndian.AppendUint32(head, uint32(len(meta)+pad))
	_, err := s.out.Write(append(append(head, meta...), make([]byte, pad)...))
	return err
}

// record is the metadata of a record batch.
func record(b *flatbuffers.Builder, rows int64, body *body) flatbuffers.UOffsetT {
	nodes := pairs(b, body.nodes)
	buffers := pairs(b, body.buffers)
	b.StartObject(5)
	b.PrependInt64Slot(0, rows, 0)
	b.PrependUOffsetTSlot(1, nodes, 0)
	b.PrependUOffsetTSlot(2, buffers, 0)
	return b.EndObject()
}

// pairs is a vector of structs of two longs.
func pairs(b *flatbuffers.Builder, ps [][2]int64) flatbuffers.UOffsetT {
	b.StartVector(16, len(ps), 8)
	for i := len(ps) - 1; i >= 0; i-- {
		b.Prep(8, 16)
		b.PrependInt64(ps[i][1])
		b.PrependInt64(ps[i][0])
	}
	return b.EndVector(len(ps))
}
