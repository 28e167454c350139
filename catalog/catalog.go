// Package catalog is what the engine asks of tables: names, schemas, statistics, scanning and writing. The
// kinds of tables live in the folders beneath; only the root package knows them.
package catalog

import (
	"context"
	"iter"
	"sync/atomic"

	"sparksql/exec/vec"
	"sparksql/sql/expr"
	"sparksql/sql/types"
)

// Name is a qualified name: database and table, or the format and path of parquet.`path`.
type Name struct{ Database, Table string }

func (n Name) String() string {
	if n.Database == "" {
		return n.Table
	}
	return n.Database + "." + n.Table
}

// Catalog finds tables by name. A name that is not there gives TABLE_OR_VIEW_NOT_FOUND.
type Catalog interface {
	Table(ctx context.Context, n Name) (Table, error)
	Tables(ctx context.Context, database string) iter.Seq2[Name, error]
}

// Table is something with rows. What it can do is said by the replies, not by further interfaces.
type Table interface {
	Schema() *types.Schema // partition columns last
	Partitioning() []string
	Stats() *Stats // nil: unknown
	Scan(ctx context.Context, r Request) (*Scan, error)
	Write(ctx context.Context, s WriteSpec) (Job, error)
}

// Stats are estimates; negative numbers are unknown.
type Stats struct {
	Rows  int64
	Bytes int64
	Cols  []ColStats // by ordinal; may be shorter
}

// Merge adds what ANALYZE TABLE found, which counts first, to what the files say; either may be nil.
func (s *Stats) Merge(known *Stats) *Stats {
	if s == nil || known == nil {
		if s == nil {
			s = known
		}
		return s
	}
	out := &Stats{Rows: s.Rows, Bytes: s.Bytes, Cols: append([]ColStats(nil), s.Cols...)}
	if known.Rows >= 0 {
		out.Rows = known.Rows
	}
	if known.Bytes >= 0 {
		out.Bytes = known.Bytes
	}
	for i, c := range known.Cols {
		if i >= len(out.Cols) {
			out.Cols = append(out.Cols, ColStats{NDV: -1, Nulls: -1})
		}
		out.Cols[i].merge(c)
	}
	return out
}

func (c *ColStats) merge(known ColStats) {
	if known.NDV >= 0 {
		c.NDV = known.NDV
	}
	if known.Nulls >= 0 {
		c.Nulls = known.Nulls
	}
	if known.Min != nil && known.Max != nil {
		c.Min, c.Max = known.Min, known.Max
	}
}

// ColStats are a column's; Min and Max in Go form, nil unknown.
type ColStats struct {
	NDV      int64
	Nulls    int64
	Min, Max any
}

// Request says what a scan has to give. Columns are ordinals of the table's schema; Cols the same in order,
// as filters refer to them.
type Request struct {
	Columns []int
	Cols    []expr.Col
	Filters []expr.Expr // conjuncts
	Dynamic []*DynFilter
	Limit   int64 // enough rows; -1: all
	Workers int
}

// Scan is the reply: Splits of work, in source order, each about a page range of rows.
type Scan struct {
	Splits int
	Rows   int64  // estimate; -1 unknown
	Done   []bool // Done[i]: filter i is fully applied by the scan
	Open   func() (Reader, error)
	Close  func() // lets go of what the readers share, once they are closed; nil: nothing is shared
	Stats  *ScanStats
}

// End lets go of what readers share. No reader may be open.
func (s *Scan) End() {
	if s.Close != nil {
		s.Close()
	}
}

// Reader reads splits; one for each worker, single-threaded. Batches are lent until emit returns, and carry Seq:
// ascending over the splits of a scan. Held is the memory in bytes of its buffers, which it keeps for the next split.
type Reader interface {
	Read(ctx context.Context, split int, emit func(*vec.Batch) error) error
	Held() int64
	Close() error
}

// ScanStats are counted while scanning, for EXPLAIN ANALYZE.
type ScanStats struct {
	Files, FilesPruned, RowGroups, RowGroupsPruned, Pages, PagesPruned atomic.Int64
	Bytes, BytesTotal, Rows                                            atomic.Int64
}

// DynFilter is a filter on Col known only at run time. Bounds is nil until it is set; it never blocks.
type DynFilter struct {
	Col    expr.Col
	Bounds atomic.Pointer[Bounds]
}

// Bounds is what a dynamic filter knows: values outside [Min,Max], and those that Keep drops, cannot match. NULL never
// matches.
type Bounds struct {
	Min, Max any // Go form; nil: none known
	// Keep appends to out the rows of a Flat column that may match: of sel, or of all rows when it is nil. It may keep
	// others as well. Nil: nothing is known. Safe for concurrent use.
	Keep  func(v *vec.Vec, sel, out []int32) []int32
	Empty bool // nothing can match
}

// WriteMode is what a write does with rows that are there.
type WriteMode uint8

const (
	Append WriteMode = iota
	Overwrite
	OverwriteDynamic // only the partitions that are written
	ErrorIfExists
	Ignore
)

// WriteSpec says how rows are stored. The rows' columns are Cols, in the order of the table's schema, partition columns last.
type WriteSpec struct {
	Mode        WriteMode
	Schema      *types.Schema
	Format      string // parquet, csv, json
	PartitionBy []string
	Static      map[string]any // PARTITION (a = 1): partition values given by the statement
	BucketBy    []string
	SortBy      []string
	Buckets     int
	Options     map[string]string // compression, ...
	Zone        string
	Staging     string // folder for staging; "" beside the target
	Workers     int
	// Around, when not nil, is called when all rows are stored and no other write of the folder can come between, with the
	// partitions that were written, as name=value/name=value. It calls publish, which makes the rows visible.
	Around func(ctx context.Context, written []string, publish func() error) error
}

// Job is a running write. Commit makes everything visible at once; after Abort nothing of it is.
type Job interface {
	// Open gives a worker its writer.
	Open() (Writer, error)
	Commit(ctx context.Context) (WriteStats, error)
	Abort() error
}

// Writer stores batches; single-threaded. Batches come in the worker's order; Batch.Seq gives source order. Held is the
// memory in bytes that it keeps until its end and that is not accounted elsewhere; Relieve gives most of it up, at the
// price of smaller row groups.
type Writer interface {
	Write(ctx context.Context, b *vec.Batch) error
	Held() int64
	Relieve() error
	Close() error
}

type WriteStats struct{ Rows, Bytes, Files int64 }
