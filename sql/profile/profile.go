// Package profile is the record of a statement that was run: what each operator and each user's function did, beside
// what was expected of it. The record is made once, by the session; text, JSON and a page of HTML are renderings of it.
// The package knows nothing of plans and of running them.
package profile

import (
	"encoding/json"
	"strings"
	"time"
)

// Profile is what running a statement showed. Its JSON form is that of EXPLAIN ANALYZE FORMAT JSON: times are
// nanoseconds, sizes bytes, shares between 0 and 1. Fields may be added; those that are here keep their meaning.
type Profile struct {
	Statement   string        `json:"statement"` // as written
	Started     time.Time     `json:"started"`
	Planning    time.Duration `json:"planning_ns"` // analysis and optimization
	Elapsed     time.Duration `json:"elapsed_ns"`  // of running the plans, one after the other
	Busy        time.Duration `json:"busy_ns"`     // of all workers in all operators
	Workers     int           `json:"workers"`
	Rows        int64         `json:"rows"` // of the result, or stored
	PeakMemory  int64         `json:"peak_memory_bytes"`
	MemoryLimit int64         `json:"memory_limit_bytes"` // of the engine; 0: none
	Spilled     int64         `json:"spilled_bytes"`
	Plans       []*Operator   `json:"plans"`     // those that the statement ran; one, but for FROM ... INSERT ... INSERT
	Functions   []Function    `json:"functions"` // users' functions that were called, by name
}

// Operator is a node of a plan. Ran is nil where the node did nothing of its own.
type Operator struct {
	ID         int         `json:"id"` // from 1, in the order of the lines of the text; unique in the profile
	Name       string      `json:"name"`
	Role       Role        `json:"role"`
	Attributes []Attribute `json:"attributes"`
	Estimated  float64     `json:"estimated_rows"` // before it ran, at least 1
	Bounded    bool        `json:"bounded"`        // may get fewer rows than estimated: a limit ends it early, or a join filters a scan
	ReusedFrom int         `json:"reused_from"`    // the ID of the operator of which it reads the shared input once more; 0: none
	Ran        *Run        `json:"ran"`
	Flags      []Flag      `json:"flags"`
	Inputs     []*Operator `json:"inputs"`
}

// Role is what an operator is to the one that it is an input of.
type Role string

const (
	Input    Role = "input"
	Subquery Role = "subquery" // of an expression
	Shared   Role = "shared"   // run once for several readers; it stands beneath the first
)

// Attribute is a detail of an operator in words.
type Attribute struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Run is what an operator did. Time is that of all workers in the operator itself, without its inputs.
type Run struct {
	Rows       int64         `json:"rows"` // put out; of a write: stored
	Batches    int64         `json:"batches"`
	Time       time.Duration `json:"time_ns"`
	Share      float64       `json:"time_share"` // of the profile's Busy
	Memory     int64         `json:"peak_memory_bytes"`
	Spilled    int64         `json:"spilled_bytes"`
	Workers    []Worker      `json:"workers"`
	Partitions *Partitions   `json:"partitions"` // nil: the rows were not divided
	Scan       *Scan         `json:"scan"`       // nil: reads no files
	Notes      []Attribute   `json:"notes"`      // what was chosen at run time
}

// Worker is one worker's part of a Run.
type Worker struct {
	Rows int64         `json:"rows"`
	Time time.Duration `json:"time_ns"`
}

// Partitions are the sizes in rows of what an operator divided its rows into: by the hash of keys, or by PARTITION BY.
type Partitions struct {
	Count   int64 `json:"count"` // that had rows
	Rows    int64 `json:"rows"`
	Largest int64 `json:"largest_rows"`
}

// Scan is what reading files took, and what it was spared.
type Scan struct {
	Files           int64 `json:"files"` // the pruned ones included, as in RowGroups
	FilesPruned     int64 `json:"files_pruned"`
	RowGroups       int64 `json:"row_groups"`
	RowGroupsPruned int64 `json:"row_groups_pruned"`
	Pages           int64 `json:"pages_read"`
	PagesPruned     int64 `json:"pages_pruned"`
	Bytes           int64 `json:"bytes_read"`
	BytesTotal      int64 `json:"bytes_total"` // of the columns that were asked for
}

// Function is what a user's function did. Calls are rows, or the entries of dictionaries where it runs once for each.
type Function struct {
	Name      string        `json:"name"`
	Calls     int64         `json:"calls"`
	Batches   int64         `json:"batches"`
	Time      time.Duration `json:"time_ns"`
	Share     float64       `json:"time_share"` // of the profile's Busy
	Errors    int64         `json:"errors"`
	Operators []int         `json:"operators"` // the IDs of those that call it
}

// Each calls f for every operator, in the order of their IDs.
func (p *Profile) Each(f func(*Operator)) {
	for _, o := range p.Plans {
		o.each(f)
	}
}

func (o *Operator) each(f func(*Operator)) {
	f(o)
	for _, in := range o.Inputs {
		in.each(f)
	}
}

// JSON is the profile as indented JSON.
func (p *Profile) JSON() (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(p)
	return strings.TrimSuffix(b.String(), "\n"), err
}
