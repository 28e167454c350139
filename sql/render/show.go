package render

import (
	"bufio"
	"fmt"
	"strings"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// showPrinter is the grid of Spark's Dataset.show: at most Rows rows, cells cut to Truncate characters and, when cut,
// set to the right.
type showPrinter struct {
	in       *Input
	limit    int
	truncate int
	rows     [][]string
	more     bool
}

func newShow(o Options, in *Input) printer {
	p := &showPrinter{in: in, limit: o.Rows, truncate: o.Truncate}
	if p.limit == 0 {
		p.limit = 20
	}
	if p.truncate == 0 {
		p.truncate = 20
	}
	return p
}

func (p *showPrinter) begin(*bufio.Writer, *Input) error { return nil }

func (p *showPrinter) row(_ *bufio.Writer, b *vec.Batch, i int) error {
	if len(p.rows) == p.limit {
		p.more = true
		return nil
	}
	cells := make([]string, len(b.Cols))
	for k, c := range b.Cols {
		cells[k] = p.cut(showEscapes.Replace(showText(p.in.Hive, c, i)))
	}
	p.rows = append(p.rows, cells)
	return nil
}

var showEscapes = strings.NewReplacer("\n", `\n`, "\r", `\r`, "\t", `\t`, "\f", `\f`, "\b", `\b`, "\x07", `\a`, "\v", `\v`)

func (p *showPrinter) cut(s string) string {
	r := []rune(s)
	if p.truncate < 0 || len(r) <= p.truncate {
		return s
	}
	if p.truncate < 4 {
		return string(r[:p.truncate])
	}
	return string(r[:p.truncate-3]) + "..."
}

func (p *showPrinter) end(w *bufio.Writer) error {
	names := p.in.Schema.Names()
	widths := make([]int, len(names))
	for k, n := range names {
		names[k] = p.cut(showEscapes.Replace(n))
		widths[k] = max(3, TextWidth(names[k]))
	}
	for _, r := range p.rows {
		for k, c := range r {
			widths[k] = max(widths[k], TextWidth(c))
		}
	}
	rule := "+"
	for _, n := range widths {
		rule += strings.Repeat("-", n) + "+"
	}
	line := func(cells []string) {
		w.WriteByte('|')
		for k, c := range cells {
			pad := strings.Repeat(" ", widths[k]-TextWidth(c))
			if p.truncate > 0 {
				w.WriteString(pad + c + "|")
			} else {
				w.WriteString(c + pad + "|")
			}
		}
		w.WriteByte('\n')
	}
	w.WriteString(rule + "\n")
	line(names)
	w.WriteString(rule + "\n")
	for _, r := range p.rows {
		line(r)
	}
	w.WriteString(rule + "\n")
	if p.more {
		rows := "rows"
		if p.limit == 1 {
			rows = "row"
		}
		fmt.Fprintf(w, "only showing top %d %s\n", p.limit, rows)
	}
	return w.WriteByte('\n')
}

// showText is a value cast to string, as show() prints it: [1, 2], {k -> v}, {1, x}.
func showText(h *Hive, v *vec.Vec, i int) string {
	if v.IsNull(i) {
		return "NULL"
	}
	v, i = v.At(i)
	var parts []string
	switch v.Type.Kind() {
	case types.Array:
		lo, hi := v.Range(i)
		for k := lo; k < hi; k++ {
			parts = append(parts, showText(h, v.Kids[0], k))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case types.Map:
		lo, hi := v.Range(i)
		for k := lo; k < hi; k++ {
			parts = append(parts, showText(h, v.Kids[0], k)+" -> "+showText(h, v.Kids[1], k))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case types.Struct:
		for _, kid := range v.Kids {
			parts = append(parts, showText(h, kid, i))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case types.YearMonthInterval, types.DayTimeInterval:
		return types.IntervalSQL(v.Value(i), v.Type)
	case types.Binary:
		return string((&Hive{Binary: BinaryHexD}).binary(nil, v.Bytes(i)))
	}
	return string(h.value(nil, v, i, false))
}
