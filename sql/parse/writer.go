package parse

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// writer collects core SQL as pieces. A piece only ever gets text before it (prefixes, newest first) or is
// moved with its neighbours; offsets in the core text are known when render is called.
type writer struct {
	pieces []piece
	slots  []any // values kept beside the text, by number
}

type piece struct {
	text       string
	start, end int // place in the source; end 0: unknown
	slot       int // number of the slot plus one; 0: none
	pre        *prefix
}

// prefix is text before a piece. With reach, it has no text: it says where the form that begins here ends.
type prefix struct {
	text       string
	start, end int
	slot       int
	reach      bool
	next       *prefix
}

// place is what the lowering asks for by core offset.
type place struct {
	off        int
	start, end int
	slot       int
}

// core is rendered core SQL with its map to the source.
type core struct {
	sql    string
	places []place // by offset: pieces and marks
	ends   []place // by offset: how far predicates reach
	slots  []any
}

// put writes text that stands for source[start:end].
func (w *writer) put(text string, start, end int) {
	w.pieces = append(w.pieces, piece{text: text, start: start, end: end})
}

// raw writes text that stands for nothing in the source.
func (w *writer) raw(text string) { w.put(text, 0, 0) }

// prefix writes text before the piece at, for a form that covers source[start:end].
func (w *writer) prefix(at int, text string, start, end int) {
	p := &w.pieces[at]
	p.pre = &prefix{text: text, start: start, end: end, next: p.pre}
}

// reach says that the form which starts at piece at, without further prefixes, covers source[start:end].
func (w *writer) reach(at, start, end int) {
	p := &w.pieces[at]
	p.pre = &prefix{start: start, end: end, reach: true, next: p.pre}
}

// value writes a ? whose value is v.
func (w *writer) value(v any, start, end int) {
	w.slots = append(w.slots, v)
	w.pieces = append(w.pieces, piece{text: "?", start: start, end: end, slot: len(w.slots)})
}

// keep stores v and gives the name by which text can refer to it: `$3`.
func (w *writer) keep(v any) string {
	w.slots = append(w.slots, v)
	return "`$" + itoa(len(w.slots)-1) + "`"
}

// rotate moves the pieces from mid on before those from at on.
func (w *writer) rotate(at, mid int) {
	tail := append([]piece(nil), w.pieces[mid:]...)
	copy(w.pieces[at+len(tail):], w.pieces[at:mid])
	copy(w.pieces[at:], tail)
}

// ident writes a quoted identifier. Names that the inner parser might change are kept beside the text.
func (w *writer) ident(name string, start, end int) { w.put(w.quote(name), start, end) }

func (w *writer) quote(name string) string {
	if name == "" || strings.HasPrefix(name, "$") || strings.HasSuffix(name, " ") || strings.ContainsRune(name, 0) || !utf8.ValidString(name) {
		return w.keep(name)
	}
	return "`" + strings.ReplaceAll(name, "`", "``") + "`"
}

func (w *writer) render() *core {
	n := 0
	for i := range w.pieces {
		n += len(w.pieces[i].text) + 1
	}
	var b strings.Builder
	b.Grow(n + 16)
	c := &core{slots: w.slots, places: make([]place, 0, len(w.pieces))}
	for i := range w.pieces {
		p := &w.pieces[i]
		if p.text == "" && p.pre == nil {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		for x := p.pre; x != nil; x = x.next {
			if x.reach {
				c.ends = append(c.ends, place{off: b.Len(), start: x.start, end: x.end})
				continue
			}
			c.places = append(c.places, place{b.Len(), x.start, x.end, x.slot})
			b.WriteString(x.text)
			b.WriteByte(' ')
		}
		c.places = append(c.places, place{b.Len(), p.start, p.end, p.slot})
		b.WriteString(p.text)
	}
	c.sql = b.String()
	return c
}

func find(ps []place, off int) *place {
	i := sort.Search(len(ps), func(i int) bool { return ps[i].off >= off })
	if i < len(ps) && ps[i].off == off {
		return &ps[i]
	}
	return nil
}

// near gives the source place of the piece at or before the core offset, for errors.
func (c *core) near(off int) (start, end int) {
	i := sort.Search(len(c.places), func(i int) bool { return c.places[i].off > off })
	for i--; i >= 0; i-- {
		if c.places[i].end > 0 {
			return c.places[i].start, c.places[i].end
		}
	}
	return 0, 0
}
