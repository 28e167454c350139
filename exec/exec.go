// Package exec runs plans: a query is a DAG of pipelines, each a Source, some Steps and a Sink, through which workers push
// batches. The driver (pipeline.go) owns the only loop that moves batches: cancellation, panics, timing, row counts,
// spilling requests, closing. Operators hold data logic only.
package exec

import (
	"sparksql/exec/vec"
	"sparksql/sql/plan"
)

// Emit hands a batch to the next step. The batch is lent: it is valid until Emit returns.
type Emit func(*vec.Batch) error

// Source starts a pipeline. It is opened once per worker, when its pipeline starts.
type Source interface {
	Describe() plan.Desc
	Open(*Task) (Reader, error)
}

// Reader is a worker's part of a Source. Next reads one morsel, taken from a queue shared by the workers, and emits
// its batches; io.EOF ends.
type Reader interface {
	Next(*Task, Emit) error
	Close() error
}

// Step changes batches on their way. Open is called once per worker; a nil batch flushes what is held.
type Step interface {
	Describe() plan.Desc
	Open(*Task) (StepFunc, error)
}
type StepFunc func(*vec.Batch, Emit) error

// Sink ends a pipeline. Finish runs once, after the last pipeline that feeds the sink.
type Sink interface {
	Describe() plan.Desc
	Open(*Task) (Part, error)
	Finish(*Task, []Part) error
}

// Part is a worker's part of a Sink. Spill is called between batches, on the worker's goroutine.
type Part interface {
	Consume(*Task, *vec.Batch) error
	Spill(*Task) (freed int64, err error)
	Close() error
}

// Pipeline is a Source, Steps and a Sink, run after the pipelines in After. Several may share a Sink.
type Pipeline struct {
	Source Source
	Steps  []Step
	Sink   Sink
	After  []*Pipeline
	Rank   uint64 // among pipelines whose rows follow each other (UNION ALL): the upper part of every Seq
}
