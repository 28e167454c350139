package catalog

import (
	"context"
	"time"

	"sparksql/exec/vec"
	"sparksql/sql/expr"
	"sparksql/sql/types"
)

// Format reads and writes one kind of file. It knows single files; folders, partition columns and commits are the
// table's. It is safe for concurrent use.
type Format interface {
	Name() string // parquet
	// Infer gives the schema of the columns in the files, which are at least one.
	Infer(ctx context.Context, files []File, options map[string]string) (*types.Schema, error)
	// Stats estimates cheaply; nil: unknown.
	Stats(ctx context.Context, files []File, s *types.Schema) *Stats
	Scan(ctx context.Context, s *FileScan) (*Scan, error)
	// Extension is how names of written files end: .snappy.parquet. Unknown options are refused.
	Extension(options map[string]string) (string, error)
	// Create starts a file, which must not exist yet.
	Create(path string, s *types.Schema, options map[string]string, zone string) (FileWriter, error)
}

// FileScan is what a format has to read: the files in order, and of each the columns.
type FileScan struct {
	Files   []File
	Columns []FileColumn
	Schema  *types.Schema  // all columns that lie in the files, in order; nil: not known
	Zone    *time.Location // the session's; nil: UTC
	Cols    []expr.Col     // as filters refer to Columns, in the same order
	Filters []expr.Expr    // conjuncts
	Dynamic []*DynFilter
	Options map[string]string
	Broken  bool // files that cannot be read are passed over
	Workers int
	Stats   *ScanStats
}

// FileColumn is a column to read. Part is the index in File.Parts of the constant that it is, -1: it lies in the file.
// Missing is its value, in Go form, in the rows of files that do not have it.
type FileColumn struct {
	Name    string
	Type    types.Type
	Part    int
	Missing any
}

// FileWriter writes the rows of one file; single-threaded. Buffered is the memory it holds, which Flush gives back
// at the price of smaller row groups. Close syncs the file and gives its size; after Abort nothing more happens to it.
type FileWriter interface {
	Write(b *vec.Batch) error
	Buffered() int64
	Flush() error
	Close() (bytes int64, err error)
	Abort()
}
