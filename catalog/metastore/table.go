package metastore

import "time"

// Kind tells tables and views apart, which share their names.
type Kind string

const (
	Managed  Kind = "MANAGED"
	External Kind = "EXTERNAL"
	View     Kind = "VIEW"
)

// Table is a definition of a table or view.
type Table struct {
	Database    string            `json:"database"`
	Name        string            `json:"name"`
	Kind        Kind              `json:"kind"`
	Provider    string            `json:"provider,omitempty"`
	Location    string            `json:"location,omitempty"`
	Columns     []Column          `json:"columns"` // partition columns last
	PartitionBy []string          `json:"partitionBy,omitempty"`
	BucketBy    []string          `json:"bucketBy,omitempty"`
	SortBy      []string          `json:"sortBy,omitempty"`
	Buckets     int               `json:"buckets,omitempty"`
	Options     map[string]string `json:"options,omitempty"`
	Properties  map[string]string `json:"properties,omitempty"`
	Comment     string            `json:"comment,omitempty"`
	Created     time.Time         `json:"created"`
	// MovedFrom is where the folder still is when whoever renamed the table was stopped before moving it.
	MovedFrom string `json:"movedFrom,omitempty"`
	// Tracked tells that the table's partitions are those of the store: a folder that is not among them is not read.
	// Tables of the first release have none there: their partitions are the folders that exist.
	Tracked bool `json:"tracked,omitempty"`
	// Of a view: its text, the settings and database it was made under, whether its column names were given, the columns
	// that its query gave, and what becomes of it when that changes (BINDING, COMPENSATION, TYPE EVOLUTION, EVOLUTION).
	ViewText     string            `json:"viewText,omitempty"`
	ViewConf     map[string]string `json:"viewConf,omitempty"`
	ViewDatabase string            `json:"viewDatabase,omitempty"`
	ViewNamed    bool              `json:"viewNamed,omitempty"`
	ViewOutput   []string          `json:"viewOutput,omitempty"`
	ViewSchema   string            `json:"viewSchema,omitempty"`
	// Rows and Bytes are from ANALYZE TABLE; -1 unknown.
	Rows     int64                  `json:"rows"`
	Bytes    int64                  `json:"bytes"`
	ColStats map[string]ColumnStats `json:"colStats,omitempty"` // by folded name
}

// Column is a column of a table; Type is its DDL text. Default is the text of its DEFAULT, Before the value that rows have
// in files without the column, as JSON; "" for NULL.
type Column struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Nullable bool   `json:"nullable"`
	Comment  string `json:"comment,omitempty"`
	Default  string `json:"default,omitempty"`
	Before   string `json:"before,omitempty"`
}

// ColumnStats is what ANALYZE TABLE ... FOR COLUMNS found in a column. Min and Max are values as text, nil where there
// are none; lengths are in bytes.
type ColumnStats struct {
	Distinct int64   `json:"distinct"`
	Nulls    int64   `json:"nulls"`
	Min      *string `json:"min,omitempty"`
	Max      *string `json:"max,omitempty"`
	AvgLen   int64   `json:"avgLen"`
	MaxLen   int64   `json:"maxLen"`
}

// Forget drops the statistics, which new rows make wrong.
func (t *Table) Forget() { t.Rows, t.Bytes, t.ColStats = -1, -1, nil }
