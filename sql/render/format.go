package render

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
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
	Height   int    // table: lines of the terminal; a longer result, which goes to a pager, keeps its full width. 0: never
	Colour   bool   // table: with colours
}

// Input is a result to print.
type Input struct {
	Schema  *types.Schema
	Command bool                         // not a query: golden prints an empty schema
	Batches iter.Seq2[*vec.Batch, error] // each the printer's own
	Hive    *Hive
	Parquet map[string]string // options of a Parquet file: compression, outputtimestamptype
}

// printer prints one result row by row.
type printer interface {
	begin(*bufio.Writer, *Input) error
	row(*bufio.Writer, *vec.Batch, int) error
	end(*bufio.Writer) error
}

// batchPrinter prints one result batch by batch, to a format that is not text.
type batchPrinter interface {
	begin(io.Writer, *Input) error
	batch(*vec.Batch) error
	end() error
	abort() error
}

// format makes what prints one result: one of the three. single: a stream holds one result.
type format struct {
	lines  func(Options, *Input) *lineFormat
	rows   func(Options, *Input) printer
	whole  func(Options) batchPrinter
	single bool
}

var formats = map[string]format{
	"spark":    {lines: sparkLines},
	"csv":      {lines: csvLines},
	"tsv":      {lines: tsvLines},
	"golden":   {rows: func(_ Options, in *Input) printer { return &goldenPrinter{in: in} }},
	"json":     {rows: func(_ Options, in *Input) printer { return &jsonPrinter{in: in, array: true} }},
	"jsonl":    {rows: func(_ Options, in *Input) printer { return &jsonPrinter{in: in} }},
	"vertical": {rows: func(_ Options, in *Input) printer { return &verticalPrinter{in: in} }},
	"markdown": {rows: func(_ Options, in *Input) printer { return &gridPrinter{in: in, style: markdownGrid} }},
	"table":    {rows: newTable},
	"show":     {rows: newShow},
	"html":     {rows: func(_ Options, in *Input) printer { return &htmlPrinter{in: in} }},
	"arrow":    {whole: func(Options) batchPrinter { return &arrowPrinter{} }, single: true},
	"parquet":  {whole: func(Options) batchPrinter { return &parquetPrinter{} }, single: true},
}

// Formats lists the names of the formats, sorted.
func Formats() []string { return slices.Sorted(maps.Keys(formats)) }

// IsSingle tells whether a file of a format holds one result, so that a second cannot follow it.
func IsSingle(name string) bool { return formats[name].single }

// Write prints a result and returns the number of rows it had.
func Write(w io.Writer, in *Input, o Options) (rows int64, err error) {
	f, ok := formats[o.Format]
	switch {
	case !ok:
		return 0, errs.Unsupported(errs.Pos{}, fmt.Sprintf("the output format %q (known: %s)", o.Format, strings.Join(Formats(), ", ")))
	case f.lines != nil:
		return writeLines(w, in, f.lines(o, in))
	case f.whole != nil:
		return writeWhole(w, in, f.whole(o))
	}
	return writeRows(w, in, f.rows(o, in))
}

func writeRows(w io.Writer, in *Input, p printer) (rows int64, err error) {
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
		if _, err := b.Write(nil); err != nil { // what a row's writing met
			return rows, err
		}
	}
	if err := p.end(b); err != nil {
		return rows, err
	}
	return rows, b.Flush()
}

// writeWhole prints a result that is no text; a statement without columns gives nothing.
func writeWhole(w io.Writer, in *Input, p batchPrinter) (rows int64, err error) {
	if len(in.Schema.Fields) == 0 {
		return 0, nil
	}
	if err := p.begin(w, in); err != nil {
		return 0, err
	}
	for batch, err := range in.Batches {
		if err == nil {
			err = p.batch(batch)
		}
		if err != nil {
			return rows, errors.Join(err, p.abort())
		}
		rows += int64(batch.Rows())
	}
	return rows, p.end()
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
