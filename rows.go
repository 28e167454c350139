package sparksql

import (
	"io"
	"iter"
	"time"

	"sparksql/exec/vec"
	"sparksql/sql/render"
	"sparksql/sql/types"
)

// Rows is the result of a statement. A query's rows are computed while they are read; Close ends it early. It is not
// safe for concurrent use.
type Rows struct {
	schema  *types.Schema
	command bool
	batches iter.Seq2[*vec.Batch, error]
	close   func() error
	zone    *time.Location
	binary  string
	parquet map[string]string // options of a Parquet file
	metrics func() *Metrics
	profile func() *Profile // nil: not measured

	document bool // one text that is laid out already: a plan, a statement, JSON; it does not go into a cell of a grid
	kept     [][]any
	cli      func(row []any) string // a row as the spark-sql command line prints it, where that is not its values; nil: it is
}

// Schema is the result's schema; it has no fields for a statement that gives none.
func (r *Rows) Schema() *types.Schema { return r.schema }

// IsCommand tells whether the statement was a command rather than a query; its rows are its messages.
func (r *Rows) IsCommand() bool { return r.command }

// Batches iterates over the rows. Batches are lent: valid until the next.
func (r *Rows) Batches() iter.Seq2[*vec.Batch, error] { return r.batches }

// Close releases the result. It may be called at any time, and more than once.
func (r *Rows) Close() error {
	if r.close == nil {
		return nil
	}
	f := r.close
	r.close = nil
	return f()
}

// All reads every row in Go form (see sql/types) and closes the result.
func (r *Rows) All() (rows [][]any, err error) {
	defer r.Close()
	for b, err := range r.batches {
		if err != nil {
			return rows, err
		}
		for k := range b.Rows() {
			rows = append(rows, rowOf(b, k))
		}
	}
	return rows, nil
}

// Format says how Print writes rows; see Formats for the names.
type Format = render.Options

// IsSingle tells whether a file of a format holds one result, so that a second cannot follow it.
func IsSingle(format string) bool { return render.IsSingle(format) }

// Formats lists the names of the output formats.
func Formats() []string { return render.Formats() }

// TextWidth is the number of cells of a terminal that a text takes.
func TextWidth(s string) int { return render.TextWidth(s) }

// Print writes the result in a format, closes it, and returns the number of rows.
func (r *Rows) Print(w io.Writer, f Format) (int64, error) {
	defer r.Close()
	if r.document && f.Format == "table" {
		f.Format, f.Header = "spark", false
	}
	batches := r.batches
	if r.cli != nil && (f.Format == "spark" || f.Format == "golden") {
		batches = r.lines()
	}
	return render.Write(w, &render.Input{Schema: r.schema, Command: r.command, Batches: batches,
		Hive: render.NewHive(r.zone, render.BinaryStyle(r.binary)), Parquet: r.parquet}, f)
}

// Keep remembers the first n rows that are read, in Go form, however they are read: Kept gives them.
func (r *Rows) Keep(n int) {
	all := r.batches
	r.batches = func(yield func(*vec.Batch, error) bool) {
		for b, err := range all {
			if err == nil {
				r.keep(b, n)
			}
			if !yield(b, err) {
				return
			}
		}
	}
}

func (r *Rows) keep(b *vec.Batch, n int) {
	for k := range b.Rows() {
		if len(r.kept) >= n {
			return
		}
		r.kept = append(r.kept, rowOf(b, k))
	}
}

// Kept are the rows that Keep remembered.
func (r *Rows) Kept() [][]any { return r.kept }

// rowOf is the k-th live row of a batch in Go form.
func rowOf(b *vec.Batch, k int) []any {
	if b.Sel != nil {
		k = int(b.Sel[k])
	}
	row := make([]any, len(b.Cols))
	for c, v := range b.Cols {
		row[c] = v.Value(k)
	}
	return row
}

// lines are the rows as the spark-sql command line prints them, each one text.
func (r *Rows) lines() iter.Seq2[*vec.Batch, error] {
	return func(yield func(*vec.Batch, error) bool) {
		rows, err := r.All()
		if err != nil {
			yield(nil, err)
			return
		}
		text := vec.New(types.StringType, 0)
		for _, row := range rows {
			text.Append(r.cli(row))
		}
		if len(rows) > 0 {
			yield(&vec.Batch{Cols: []*vec.Vec{text}, N: len(rows)}, nil)
		}
	}
}

// Metrics are what a finished query did.
type Metrics struct {
	PeakMemory int64 // bytes accounted for at most
	Spilled    int64 // bytes written to spill files
}

// Metrics of the query so far; nil for commands.
func (r *Rows) Metrics() *Metrics {
	if r.metrics == nil {
		return nil
	}
	return r.metrics()
}

// Profile is what the statement did, where it is EXPLAIN ANALYZE or its context came from Profiled. It is nil until the
// rows have been read to their end or closed, and for statements that run no query.
func (r *Rows) Profile() *Profile {
	if r.profile == nil {
		return nil
	}
	return r.profile()
}

// documentRows is a text as the one row of a command.
func (s *Session) documentRows(column, text string) *Rows {
	out := s.valueRows(stringSchema(column), [][]any{{text}})
	out.document = true
	return out
}

// valueRows is a result held in memory, rows in Go form.
func (s *Session) valueRows(schema *types.Schema, rows [][]any) *Rows {
	cols := make([]*vec.Vec, len(schema.Fields))
	for k, f := range schema.Fields {
		cols[k] = vec.New(f.Type, 0)
		for _, row := range rows {
			cols[k].Append(row[k])
		}
	}
	out := s.newRows(schema, func(yield func(*vec.Batch, error) bool) {
		if len(rows) > 0 {
			yield(&vec.Batch{Cols: cols, N: len(rows)}, nil)
		}
	})
	return out
}

func (s *Session) newRows(schema *types.Schema, batches iter.Seq2[*vec.Batch, error]) *Rows {
	return &Rows{schema: schema, batches: batches, zone: s.zone(), binary: s.conf.String("spark.sql.binaryOutputStyle"),
		parquet: s.writeOptions("parquet", nil)}
}

// done is the result of a command that gives no rows.
func (s *Session) done() *Rows {
	r := s.valueRows(&types.Schema{}, nil)
	r.command = true
	return r
}

// strings is a schema of string columns that are never NULL.
func stringSchema(names ...string) *types.Schema {
	s := &types.Schema{}
	for _, n := range names {
		s.Fields = append(s.Fields, types.Field{Name: n, Type: types.StringType})
	}
	return s
}
