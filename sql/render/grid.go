package render

import (
	"bufio"
	"fmt"
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"

	"sparksql/exec/vec"
)

// TextWidth is the number of terminal cells that s takes.
func TextWidth(s string) int { return runewidth.StringWidth(s) }

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
	height int // of the terminal; a longer table is not fitted to the width: a pager shows it. 0: fitted always
	colour bool
	rows   [][]string
	widths []int
	fixed  bool

	heading bool // the line at hand is that of names
}

// nullCell is a NULL that is told from the text NULL by its colour.
const nullCell = "\x00NULL"

// SGR sequences of a coloured table.
const (
	sgrBold, sgrDim, sgrReset = "\x1b[1m", "\x1b[2m", "\x1b[0m"
)

func newTable(o Options, in *Input) printer {
	return &gridPrinter{in: in, style: boxGrid, width: o.Width, height: o.Height, colour: o.Colour}
}

func (p *gridPrinter) begin(*bufio.Writer, *Input) error { return nil }

func (p *gridPrinter) row(w *bufio.Writer, b *vec.Batch, i int) error {
	cells := make([]string, len(b.Cols))
	for k, c := range b.Cols {
		cells[k] = oneLine(string(p.in.Hive.Append(nil, c, i)))
		if p.colour && c.IsNull(i) {
			cells[k] = nullCell
		}
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
		p.widths[k] = TextWidth(names[k])
	}
	for _, r := range p.rows {
		for k, c := range r {
			p.widths[k] = max(p.widths[k], TextWidth(c))
		}
	}
	p.fit()
	p.rule(w, "┌", "┬", "┐")
	p.heading = true
	p.line(w, names)
	p.heading = false
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
	if p.height > 0 && len(p.rows)+5 > p.height {
		return
	}
	wide := slices.Clone(p.widths)
	for p.width > 0 && total > p.width {
		widest := 0
		for k := range p.widths {
			if p.widths[k] > p.widths[widest] {
				widest = k
			}
		}
		if p.widths[widest] <= 8 {
			if p.height > 0 {
				p.widths = wide // for a pager, which scrolls sideways
			}
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
		} else if TextWidth(c) > p.widths[k] {
			c = runewidth.Truncate(c, p.widths[k], "…")
		}
		pad := strings.Repeat(" ", max(0, p.widths[k]-TextWidth(c)))
		switch {
		case c == nullCell:
			c = sgrDim + c[1:] + sgrReset
		case p.heading && p.colour:
			c = sgrBold + c + sgrReset
		}
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
