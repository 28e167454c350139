// Package eval compiles expressions to column programs. It is the one evaluator of the engine: constant
// folding is a program on one row.
package eval

import (
	"sparksql/exec/vec"
	"sparksql/sql/expr"
)

// Slots gives the values of uncorrelated subqueries, which were computed before: for Scalar the value in Go form, for
// ArrayOf the array, for Exists a bool, for In a column of the subquery's values (nil: In was rewritten to a join).
type Slots interface {
	Value(q *expr.Subquery) (any, error)
	Column(q *expr.Subquery) (*vec.Vec, error)
}
