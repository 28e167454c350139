package render

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/mattn/go-runewidth"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// textWidth is the number of terminal cells that s takes.
func textWidth(s string) int { return runewidth.StringWidth(s) }

type gridStyle uint8

const (
	boxGrid gridStyle = iota
	markdownGrid
)

// maxGridRows is the number of rows that a grid measures before it fixes its widths: later rows may be cut to fit.
const maxGridRows = 10_000

// gridPrinter prints a table: for a terminal with lines drawn around, or in Markdown. Numbers stand to the right.
type gridPrinter struct {
	in     *Input
	style  gridStyle
	width  int // of the terminal, 0: unlimited
	rows   [][]string
	widths []int
	fixed  bool
}

func (p *gridPrinter) begin(*bufio.Writer, *Input) error { return nil }

func (p *gridPrinter) row(w *bufio.Writer, b *vec.Batch, i int) error {
	cells := make([]string, len(b.Cols))
	for k, c := range b.Cols {
		cells[k] = oneLine(string(p.in.Hive.Append(nil, c, i)))
	}
	if p.fixed {
		p.line(w, cells)
		return nil
	}
	p.rows = append(p.rows, cells)
	if len(p.rows) == maxGridRows {
		p.start(w)
	}
	return nil
}

func (p *gridPrinter) end(w *bufio.Writer) error {
	if len(p.in.Schema.Fields) == 0 {
		return nil
	}
	if !p.fixed {
		p.start(w)
	}
	p.rule(w, "└", "┴", "┘")
	return nil
}

// start fixes the widths of the columns and prints what was held.
func (p *gridPrinter) start(w *bufio.Writer) {
	p.fixed = true
	names := p.in.Schema.Names()
	p.widths = make([]int, len(names))
	for k, n := range names {
		names[k] = oneLine(n)
		p.widths[k] = textWidth(names[k])
	}
	for _, r := range p.rows {
		for k, c := range r {
			p.widths[k] = max(p.widths[k], textWidth(c))
		}
	}
	p.fit()
	p.rule(w, "┌", "┬", "┐")
	p.line(w, names)
	if p.style == markdownGrid {
		for k := range p.widths {
			dashes := strings.Repeat("-", max(3, p.widths[k]))
			if p.numeric(k) {
				dashes = dashes[1:] + ":"
			}
			fmt.Fprintf(w, "| %s ", dashes)
		}
		w.WriteString("|\n")
	}
	p.rule(w, "├", "┼", "┤")
	for _, r := range p.rows {
		p.line(w, r)
	}
	p.rows = nil
}

// fit narrows the widest columns until the table fits the terminal.
func (p *gridPrinter) fit() {
	if p.style == markdownGrid {
		for k := range p.widths {
			p.widths[k] = max(3, p.widths[k])
		}
		return
	}
	total := 1
	for _, n := range p.widths {
		total += n + 3
	}
	for p.width > 0 && total > p.width {
		widest := 0
		for k := range p.widths {
			if p.widths[k] > p.widths[widest] {
				widest = k
			}
		}
		if p.widths[widest] <= 8 {
			return
		}
		p.widths[widest]--
		total--
	}
}

func (p *gridPrinter) numeric(k int) bool { return p.in.Schema.Fields[k].Type.IsNumeric() }

func (p *gridPrinter) line(w *bufio.Writer, cells []string) {
	bar := "│"
	if p.style == markdownGrid {
		bar = "|"
	}
	for k, c := range cells {
		if p.style == markdownGrid {
			c = strings.ReplaceAll(c, "|", `\|`)
		} else if textWidth(c) > p.widths[k] {
			c = runewidth.Truncate(c, p.widths[k], "…")
		}
		pad := strings.Repeat(" ", max(0, p.widths[k]-textWidth(c)))
		if p.numeric(k) {
			c = pad + c
		} else {
			c += pad
		}
		w.WriteString(bar + " " + c + " ")
	}
	w.WriteString(bar + "\n")
}

func (p *gridPrinter) rule(w *bufio.Writer, left, mid, right string) {
	if p.style == markdownGrid {
		return
	}
	for k, n := range p.widths {
		if k == 0 {
			w.WriteString(left)
		} else {
			w.WriteString(mid)
		}
		w.WriteString(strings.Repeat("─", n+2))
	}
	w.WriteString(right + "\n")
}

var lineEscapes = strings.NewReplacer("\n", `\n`, "\r", `\r`, "\t", `\t`)

func oneLine(s string) string { return lineEscapes.Replace(s) }

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
		widths[k] = max(3, textWidth(names[k]))
	}
	for _, r := range p.rows {
		for k, c := range r {
			widths[k] = max(widths[k], textWidth(c))
		}
	}
	rule := "+"
	for _, n := range widths {
		rule += strings.Repeat("-", n) + "+"
	}
	line := func(cells []string) {
		w.WriteByte('|')
		for k, c := range cells {
			pad := strings.Repeat(" ", widths[k]-textWidth(c))
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
