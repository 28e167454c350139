package render

import (
	"bufio"
	"html"

	"sparksql/exec/vec"
)

// htmlPrinter prints a table element; numbers stand to the right, NULL is in italics.
type htmlPrinter struct {
	in  *Input
	buf []byte
}

func (p *htmlPrinter) begin(w *bufio.Writer, in *Input) error {
	if len(in.Schema.Fields) == 0 {
		return nil
	}
	w.WriteString("<table>\n<thead><tr>")
	for _, n := range in.Schema.Names() {
		w.WriteString("<th>" + html.EscapeString(n) + "</th>")
	}
	_, err := w.WriteString("</tr></thead>\n<tbody>\n")
	return err
}

func (p *htmlPrinter) row(w *bufio.Writer, b *vec.Batch, i int) error {
	w.WriteString("<tr>")
	for k, c := range b.Cols {
		if p.in.Schema.Fields[k].Type.IsNumeric() {
			w.WriteString(`<td style="text-align:right">`)
		} else {
			w.WriteString("<td>")
		}
		if c.IsNull(i) {
			w.WriteString("<i>NULL</i></td>")
			continue
		}
		p.buf = p.in.Hive.Append(p.buf[:0], c, i)
		w.WriteString(html.EscapeString(string(p.buf)) + "</td>")
	}
	_, err := w.WriteString("</tr>\n")
	return err
}

func (p *htmlPrinter) end(w *bufio.Writer) error {
	if len(p.in.Schema.Fields) == 0 {
		return nil
	}
	_, err := w.WriteString("</tbody>\n</table>\n")
	return err
}
