package sparksql

import (
	"context"
	"errors"
	"iter"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
)

// timeoutKey is the setting that bounds the time of each statement, its rows included.
const timeoutKey = "spark.sparksql.statement.timeout"

// timed gives a statement's context its time limit. What ends with the statement's rows is end.
func (s *Session) timed(ctx context.Context) (limited context.Context, end context.CancelFunc) {
	d := s.conf.Duration(timeoutKey)
	if d <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, d, errs.New(errs.Pos{}, "STATEMENT_TIMEOUT", "timeout", s.conf.String(timeoutKey)))
}

// timeoutError is err, or the statement's timeout where that is behind it.
func timeoutError(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); err != nil && errs.Is(cause, "STATEMENT_TIMEOUT") && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)) {
		return cause
	}
	return err
}

// limit makes the rows of a statement end with its time limit.
func (r *Rows) limit(ctx context.Context, end context.CancelFunc) *Rows {
	if r == nil || ctx.Done() == nil {
		return r
	}
	all, closeAll := r.batches, r.close
	r.batches = iter.Seq2[*vec.Batch, error](func(yield func(*vec.Batch, error) bool) {
		for b, err := range all {
			if !yield(b, timeoutError(ctx, err)) {
				return
			}
		}
	})
	r.close = func() error {
		defer end()
		if closeAll == nil {
			return nil
		}
		return closeAll()
	}
	return r
}
