package render

import (
	"bufio"
	"fmt"
	"strings"

	"sparksql/exec/vec"
)

// verticalPrinter prints a line for each column, under a line for each row.
type verticalPrinter struct {
	in    *Input
	n     int
	width int
}

func (p *verticalPrinter) begin(_ *bufio.Writer, in *Input) error {
	for _, n := range in.Schema.Names() {
		p.width = max(p.width, TextWidth(n))
	}
	return nil
}

func (p *verticalPrinter) row(w *bufio.Writer, b *vec.Batch, i int) error {
	p.n++
	fmt.Fprintf(w, "-RECORD %d%s\n", p.n, strings.Repeat("-", max(1, p.width-6)))
	for k, c := range b.Cols {
		name := p.in.Schema.Fields[k].Name
		w.WriteString(" " + name + strings.Repeat(" ", p.width-TextWidth(name)) + " | ")
		w.Write(p.in.Hive.Append(nil, c, i))
		w.WriteByte('\n')
	}
	return nil
}

func (p *verticalPrinter) end(*bufio.Writer) error { return nil }
