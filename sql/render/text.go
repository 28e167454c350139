package render

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"strings"

	"sparksql/exec/vec"
)

// csvPrinter prints RFC 4180 lines under a header; NULL is an empty field.
type csvPrinter struct {
	in  *Input
	out *csv.Writer
}

func (p *csvPrinter) begin(w *bufio.Writer, in *Input) error {
	p.out = csv.NewWriter(w)
	if len(in.Schema.Fields) == 0 {
		return nil
	}
	return p.out.Write(in.Schema.Names())
}

func (p *csvPrinter) row(_ *bufio.Writer, b *vec.Batch, i int) error {
	rec := make([]string, len(b.Cols))
	for k, c := range b.Cols {
		if !c.IsNull(i) {
			rec[k] = string(p.in.Hive.Append(nil, c, i))
		}
	}
	return p.out.Write(rec)
}

func (p *csvPrinter) end(*bufio.Writer) error {
	p.out.Flush()
	return p.out.Error()
}

var tsvEscapes = strings.NewReplacer("\\", `\\`, "\t", `\t`, "\n", `\n`, "\r", `\r`)

// tsvPrinter prints tab-separated lines under a header, with tabs, line ends and backslashes escaped; NULL is \N.
type tsvPrinter struct{ in *Input }

func (p *tsvPrinter) begin(w *bufio.Writer, in *Input) error {
	names := in.Schema.Names()
	if len(names) == 0 {
		return nil
	}
	for i, n := range names {
		names[i] = tsvEscapes.Replace(n)
	}
	_, err := w.WriteString(strings.Join(names, "\t") + "\n")
	return err
}

func (p *tsvPrinter) row(w *bufio.Writer, b *vec.Batch, i int) error {
	for k, c := range b.Cols {
		if k > 0 {
			w.WriteByte('\t')
		}
		if c.IsNull(i) {
			w.WriteString(`\N`)
			continue
		}
		w.WriteString(tsvEscapes.Replace(string(p.in.Hive.Append(nil, c, i))))
	}
	return w.WriteByte('\n')
}

func (p *tsvPrinter) end(*bufio.Writer) error { return nil }

// verticalPrinter prints a line for each column, under a line for each row.
type verticalPrinter struct {
	in    *Input
	n     int
	width int
}

func (p *verticalPrinter) begin(_ *bufio.Writer, in *Input) error {
	for _, n := range in.Schema.Names() {
		p.width = max(p.width, textWidth(n))
	}
	return nil
}

func (p *verticalPrinter) row(w *bufio.Writer, b *vec.Batch, i int) error {
	p.n++
	fmt.Fprintf(w, "-RECORD %d%s\n", p.n, strings.Repeat("-", max(1, p.width-6)))
	for k, c := range b.Cols {
		name := p.in.Schema.Fields[k].Name
		w.WriteString(" " + name + strings.Repeat(" ", p.width-textWidth(name)) + " | ")
		w.Write(p.in.Hive.Append(nil, c, i))
		w.WriteByte('\n')
	}
	return nil
}

func (p *verticalPrinter) end(*bufio.Writer) error { return nil }
