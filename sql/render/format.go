package render

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// Options say how results are printed.
type Options struct {
	Format   string // one of Formats
	Header   bool   // a line of column names first, in spark, csv and tsv
	Rows     int    // show: at most so many rows; 0: 20
	Truncate int    // show: cells longer than this are cut; 0: 20, negative: never
	Width    int    // table: columns of the terminal; 0: unlimited
}

// Input is a result to print.
type Input struct {
	Schema  *types.Schema
	Command bool // not a query: golden prints an empty schema
	Batches iter.Seq2[*vec.Batch, error]
	Hive    *Hive
}

// printer prints one result row by row.
type printer interface {
	begin(*bufio.Writer, *Input) error
	row(*bufio.Writer, *vec.Batch, int) error
	end(*bufio.Writer) error
}

var printers = map[string]func(Options, *Input) printer{
	"spark":    func(o Options, in *Input) printer { return &sparkPrinter{lineText: lineText{in: in}, header: o.Header} },
	"golden":   func(_ Options, in *Input) printer { return &goldenPrinter{in: in} },
	"csv":      func(o Options, in *Input) printer { return &csvPrinter{in: in} },
	"tsv":      func(o Options, in *Input) printer { return &tsvPrinter{in: in} },
	"json":     func(_ Options, in *Input) printer { return &jsonPrinter{in: in, array: true} },
	"jsonl":    func(_ Options, in *Input) printer { return &jsonPrinter{in: in} },
	"vertical": func(_ Options, in *Input) printer { return &verticalPrinter{in: in} },
	"markdown": func(_ Options, in *Input) printer { return &gridPrinter{in: in, style: markdownGrid} },
	"table":    func(o Options, in *Input) printer { return &gridPrinter{in: in, style: boxGrid, width: o.Width} },
	"show":     func(o Options, in *Input) printer { return newShow(o, in) },
}

// Formats lists the names of the formats, sorted.
func Formats() []string {
	var out []string
	for n := range printers {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// Write prints a result and returns the number of rows it had.
func Write(w io.Writer, in *Input, o Options) (rows int64, err error) {
	make, ok := printers[o.Format]
	if !ok {
		return 0, errs.Unsupported(errs.Pos{}, fmt.Sprintf("the output format %q (known: %s)", o.Format, strings.Join(Formats(), ", ")))
	}
	p := make(o, in)
	b := bufio.NewWriterSize(w, 1<<16)
	if err := p.begin(b, in); err != nil {
		return 0, err
	}
	for batch, err := range in.Batches {
		if err != nil {
			b.Flush()
			return rows, err
		}
		for k := range batch.Rows() {
			i := k
			if batch.Sel != nil {
				i = int(batch.Sel[k])
			}
			rows++
			if err := p.row(b, batch, i); err != nil {
				return rows, err
			}
		}
	}
	if err := p.end(b); err != nil {
		return rows, err
	}
	return rows, b.Flush()
}

// lineText prints a row's values with tabs between them.
type lineText struct {
	in  *Input
	buf []byte
}

func (l *lineText) line(b *vec.Batch, i int) []byte {
	l.buf = l.buf[:0]
	for k, c := range b.Cols {
		if k > 0 {
			l.buf = append(l.buf, '\t')
		}
		l.buf = l.in.Hive.Append(l.buf, c, i)
	}
	return l.buf
}

// sparkPrinter is the output of the spark-sql command line.
type sparkPrinter struct {
	lineText
	header bool
}

func (p *sparkPrinter) begin(w *bufio.Writer, in *Input) error {
	if !p.header || len(in.Schema.Fields) == 0 {
		return nil
	}
	_, err := w.WriteString(strings.Join(in.Schema.Names(), "\t") + "\n")
	return err
}
func (p *sparkPrinter) row(w *bufio.Writer, b *vec.Batch, i int) error {
	w.Write(p.line(b, i))
	return w.WriteByte('\n')
}
func (p *sparkPrinter) end(*bufio.Writer) error { return nil }
