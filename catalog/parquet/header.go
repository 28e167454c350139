package parquet

import "github.com/parquet-go/parquet-go/format"

// header is what the decoder needs of a page header.
type header struct {
	typ              format.PageType
	unc, comp        int // sizes in bytes
	n                int // values, NULLs included
	enc              format.Encoding
	defEnc, repEnc   format.Encoding
	defLen, repLen   int // v2: bytes of levels
	rows             int // v2
	v2, uncompressed bool
}

// wire is a reader of thrift's compact protocol over bytes; bad is set when they end too early.
type wire struct {
	b   []byte
	p   int
	bad bool
}

func (t *wire) byte() byte {
	if t.p >= len(t.b) {
		t.bad = true
		return 0
	}
	t.p++
	return t.b[t.p-1]
}

func (t *wire) uvarint() uint64 {
	var x uint64
	for s := uint(0); s < 64; s += 7 {
		b := t.byte()
		x |= uint64(b&0x7f) << s
		if b < 0x80 {
			return x
		}
	}
	t.bad = true
	return 0
}

func (t *wire) int() int {
	u := t.uvarint()
	return int(int64(u>>1) ^ -int64(u&1))
}

func (t *wire) skip(typ byte, depth int) {
	if depth > 16 {
		t.bad = true
		return
	}
	switch typ {
	case 1, 2:
	case 3:
		t.byte()
	case 4, 5, 6:
		t.uvarint()
	case 7:
		t.p += 8
	case 8:
		if n := t.uvarint(); n > uint64(len(t.b)) {
			t.bad = true
		} else {
			t.p += int(n)
		}
	case 9, 10:
		h := t.byte()
		n := uint64(h >> 4)
		if n == 15 {
			n = t.uvarint()
		}
		for i := uint64(0); i < n && !t.bad; i++ {
			if h&15 <= 2 {
				t.byte()
			} else {
				t.skip(h&15, depth+1)
			}
		}
	case 12:
		t.fields(depth+1, func(int, byte) bool { return false })
	default:
		t.bad = true
	}
}

// fields walks a structure; f tells whether it has consumed the field.
func (t *wire) fields(depth int, f func(id int, typ byte) bool) {
	id := 0
	for !t.bad {
		b := t.byte()
		if b == 0 {
			return
		}
		if d := int(b >> 4); d != 0 {
			id += d
		} else {
			id = t.int()
		}
		if !f(id, b&15) {
			t.skip(b&15, depth)
		}
	}
}

// parseHeader reads a page header at the start of b and gives its length; ok is false when b is too short or
// holds none.
func parseHeader(b []byte) (h header, size int, ok bool) {
	t := wire{b: b}
	t.fields(0, func(id int, typ byte) bool {
		switch id {
		case 1:
			h.typ = format.PageType(t.int())
		case 2:
			h.unc = t.int()
		case 3:
			h.comp = t.int()
		case 5, 7, 8:
			h.v2 = id == 8
			t.fields(1, func(f int, typ byte) bool { return h.inner(&t, id, f, typ) })
		default:
			return false
		}
		return true
	})
	return h, t.p, !t.bad && t.p <= len(b)
}

func (h *header) inner(t *wire, kind, field int, typ byte) bool {
	switch {
	case field == 1:
		h.n = t.int()
	case kind == 8 && field == 3:
		h.rows = t.int()
	case kind != 8 && field == 2, kind == 8 && field == 4:
		h.enc = format.Encoding(t.int())
	case kind == 5 && field == 3:
		h.defEnc = format.Encoding(t.int())
	case kind == 5 && field == 4:
		h.repEnc = format.Encoding(t.int())
	case kind == 8 && field == 5:
		h.defLen = t.int()
	case kind == 8 && field == 6:
		h.repLen = t.int()
	case kind == 8 && field == 7:
		h.uncompressed = typ == 2
	default:
		return false
	}
	return true
}

// check refuses sizes that cannot be.
func (h *header) check() error {
	switch {
	case h.unc < 0 || h.comp < 0 || h.unc > maxPageBytes || h.comp > maxPageBytes:
		return corruptf("a page of %d bytes, %d uncompressed", h.comp, h.unc)
	case h.n < 0 || h.n > maxPageRows:
		return corruptf("a page of %d values", h.n)
	case h.v2 && (h.defLen < 0 || h.repLen < 0 || h.defLen > h.comp || h.repLen > h.comp-h.defLen || h.defLen+h.repLen > h.unc):
		return corruptf("a page whose levels are longer than the page")
	}
	return nil
}
