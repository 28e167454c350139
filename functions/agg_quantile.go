package functions

import (
	"encoding/binary"
	"math"
	"slices"
)

// summary is a quantile summary of Greenwald and Khanna: a sorted sample in which every value knows how many
// ranks it stands for (g) and how uncertain its own is (delta). Constants and the order of compressions are
// Spark's, so that its answers come out.
type summary struct {
	err    float64 // relative error
	count  int64
	sample []ranked
	head   []float64 // values not yet in the sample
	tight  bool      // compressed since the last value
}

type ranked struct {
	value    float64
	g, delta int64
}

const (
	summaryHead     = 50000
	summaryCompress = 10000
)

func (s *summary) add(x float64) {
	s.head = append(s.head, x)
	s.tight = false
	if len(s.head) >= summaryHead {
		if s.flush(); len(s.sample) >= summaryCompress {
			s.compress()
		}
	}
}

// flush moves the head into the sample.
func (s *summary) flush() {
	if len(s.head) == 0 {
		return
	}
	sortFloats(s.head)
	out := make([]ranked, 0, len(s.sample)+len(s.head))
	at := 0
	for i, x := range s.head {
		for at < len(s.sample) && s.sample[at].value <= x {
			out = append(out, s.sample[at])
			at++
		}
		s.count++
		delta := int64(math.Floor(2 * s.err * float64(s.count)))
		if len(out) == 0 || at == len(s.sample) && i == len(s.head)-1 {
			delta = 0
		}
		out = append(out, ranked{x, 1, delta})
	}
	s.sample = append(out, s.sample[at:]...)
	s.head = s.head[:0]
}

// compress joins neighbours while the ranks they stand for stay within the error.
func (s *summary) compress() {
	s.flush()
	s.sample = compressed(s.sample, 2*s.err*float64(s.count))
	s.tight = true
}

func compressed(in []ranked, threshold float64) []ranked {
	if len(in) == 0 {
		return in
	}
	out := make([]ranked, 0, len(in))
	head := in[len(in)-1]
	for i := len(in) - 2; i >= 1; i-- {
		if x := in[i]; float64(x.g+head.g+head.delta) < threshold {
			head.g += x.g
		} else {
			out = append(out, head)
			head = x
		}
	}
	out = append(out, head)
	if first := in[0]; first.value <= head.value && len(in) > 1 {
		out = append(out, first)
	}
	slices.Reverse(out)
	return out
}

func (s *summary) merge(o *summary) {
	s.flush()
	o.flush()
	switch {
	case o.count == 0:
		return
	case s.count == 0:
		s.count, s.sample = o.count, slices.Clone(o.sample)
		return
	}
	mine, theirs := int64(math.Floor(2*o.err*float64(o.count))), int64(math.Floor(2*s.err*float64(s.count)))
	out := make([]ranked, 0, len(s.sample)+len(o.sample))
	i, j := 0, 0
	for i < len(s.sample) && j < len(o.sample) {
		if x, y := s.sample[i], o.sample[j]; x.value < y.value {
			if i++; j > 0 {
				x.delta += mine
			}
			out = append(out, x)
		} else {
			if j++; i > 0 {
				y.delta += theirs
			}
			out = append(out, y)
		}
	}
	out = append(append(out, s.sample[i:]...), o.sample[j:]...)
	s.count += o.count
	s.sample = compressed(out, 2*s.err*float64(s.count))
	s.tight = true
}

// quantile is the value at the share p of a summary that is not empty.
func (s *summary) quantile(p float64) float64 {
	switch {
	case p <= s.err || len(s.sample) == 1:
		return s.sample[0].value
	case p >= 1-s.err:
		return s.sample[len(s.sample)-1].value
	}
	target := int64(math.MinInt64)
	for _, x := range s.sample {
		target = max(target, x.delta+x.g)
	}
	slack := float64(target / 2)
	rank := math.Ceil(p * float64(s.count))
	low := s.sample[0].g
	for i, x := range s.sample[:len(s.sample)-1] {
		if float64(low+x.delta)-slack <= rank && rank <= float64(low)+slack {
			return x.value
		}
		low += s.sample[i+1].g
	}
	return s.sample[len(s.sample)-1].value
}

// encode writes the summary as a partial state, decode reads it.
func (s *summary) encode(b []byte) []byte {
	s.flush()
	b = binary.LittleEndian.AppendUint64(b, uint64(s.count))
	for _, x := range s.sample {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x.value))
		b = binary.AppendVarint(binary.AppendVarint(b, x.g), x.delta)
	}
	return b
}

func (s *summary) decode(b []byte) {
	s.count, s.sample, s.head = int64(binary.LittleEndian.Uint64(b)), s.sample[:0], s.head[:0]
	for b = b[8:]; len(b) > 8; {
		x := ranked{value: math.Float64frombits(binary.LittleEndian.Uint64(b))}
		b = b[8:]
		n := 0
		x.g, n = binary.Varint(b)
		b = b[n:]
		x.delta, n = binary.Varint(b)
		b = b[n:]
		s.sample = append(s.sample, x)
	}
}
