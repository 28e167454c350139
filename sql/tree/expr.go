// Package tree is the unresolved plan: relations, expressions and commands as plain data with positions.
//
// It is the only entrance to analysis. sql/parse makes it from text today; a Spark Connect front would
// make the same trees from messages. It knows names, never what they refer to.
package tree

import (
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// Expr is an unresolved expression. The set is closed.
type Expr interface {
	Pos() errs.Pos
	expr()
}

// At is embedded in every node: its place in the text.
type At struct{ P errs.Pos }

func (a At) Pos() errs.Pos { return a.P }
func (At) expr()           {}

type (
	// Literal is a typed constant; Value is in the Go form of types (value.go). Interval literals have
	// their ANSI type, or CalendarInterval.
	Literal struct {
		At
		Type  types.Type
		Value any
	}
	// Name is a possibly qualified column reference: a, t.a, db.t.a, or a.b.c with struct fields.
	Name struct {
		At
		Parts  []string
		PlanID int64 // set by fronts other than SQL: the plan node it belongs to; 0 none
	}
	// Star is * or t.* with Spark's EXCEPT list, in a select list or as an argument (count(*)).
	Star struct {
		At
		Qualifier []string
		Except    [][]string
	}
	// Call is any function call by name. Operators that Spark parses into named functions are Calls too
	// (concat for ||, rlike, ...), under the name by which the function registry knows them.
	Call struct {
		At
		Func        []string // possibly qualified
		Args        []Expr   // NamedArg for name => value
		Distinct    bool
		Filter      Expr // nil: none
		OrderBy     []SortKey
		WithinGroup bool // OrderBy came from WITHIN GROUP
		Nulls       NullsMode
		Over        *Window // nil: no OVER
	}
	// NamedArg is name => value among a call's arguments.
	NamedArg struct {
		At
		Name  string
		Value Expr
	}
	// Unary is - + ~ NOT.
	Unary struct {
		At
		Op UnaryOp
		X  Expr
	}
	// Binary is an operator of two operands.
	Binary struct {
		At
		Op   BinaryOp
		L, R Expr
	}
	// Cast is CAST, TRY_CAST and ::.
	Cast struct {
		At
		X   Expr
		To  types.Type
		Try bool
	}
	// Case is CASE [Operand] WHEN ... END; Else may be nil.
	Case struct {
		At
		Operand Expr
		Whens   []When
		Else    Expr
	}
	// In is X [NOT] IN (List); InQuery is X [NOT] IN (query), X a Row for several columns.
	In struct {
		At
		X    Expr
		List []Expr
		Not  bool
	}
	InQuery struct {
		At
		X     Expr
		Query Relation
		Not   bool
	}
	// Exists is EXISTS (query).
	Exists struct {
		At
		Query Relation
	}
	// ScalarQuery is a query in brackets as a value.
	ScalarQuery struct {
		At
		Query Relation
	}
	// Between is X [NOT] BETWEEN Lo AND Hi.
	Between struct {
		At
		X, Lo, Hi Expr
		Not       bool
	}
	// Like is LIKE, ILIKE, RLIKE and their ANY, SOME and ALL forms (Patterns of more than one, All).
	Like struct {
		At
		Kind       LikeKind
		X          Expr
		Patterns   []Expr
		Quantified bool // ANY, SOME or ALL was written
		All        bool
		Escape     string // "" for the default, a backslash
		Not        bool
	}
	// IsTest is IS [NOT] NULL, TRUE, FALSE, UNKNOWN.
	IsTest struct {
		At
		X    Expr
		Test IsKind
		Not  bool
	}
	// Row is (a, b, ...): a struct of unnamed or aliased columns.
	Row struct {
		At
		Items []Expr
	}
	// Index is X[I]: an array element, a map value, or a struct field by constant name.
	Index struct {
		At
		X, I Expr
	}
	// Field is X.Name on an expression that is not a plain name.
	Field struct {
		At
		X    Expr
		Name string
	}
	// Lambda is params -> body; only as an argument.
	Lambda struct {
		At
		Params []string
		Body   Expr
	}
	// Alias is X AS name, or X AS (a, b) for generators with several columns.
	Alias struct {
		At
		X     Expr
		Names []string
	}
	// Param is a parameter marker: :name, or ? with its number from 1.
	Param struct {
		At
		Name string
		N    int
	}
	// Default is the word DEFAULT as a value in INSERT.
	Default struct{ At }
	// Collate is X COLLATE name.
	Collate struct {
		At
		X    Expr
		Name string
	}
	// Grouping markers in GROUP BY: ROLLUP, CUBE, GROUPING SETS. Sets holds, for ROLLUP and CUBE, the
	// composite columns, for GROUPING SETS the sets (each possibly a nested Grouping).
	Grouping struct {
		At
		Kind GroupingKind
		Sets [][]Expr
	}
	// Identifier is IDENTIFIER(expr): a name given by a constant string; Rest are the parts after it, and
	// Args non-nil when it names a called function.
	Identifier struct {
		At
		X    Expr
		Call *Call // nil: a column reference
	}
)

// When is one branch of a CASE.
type When struct{ Cond, Then Expr }

// SortKey is one item of an ORDER BY. Nulls are first for ascending and last for descending unless said.
type SortKey struct {
	X          Expr
	Desc       bool
	NullsFirst bool
}

// Window is an OVER clause, or a definition in the WINDOW clause. Name alone refers to a definition.
type Window struct {
	At
	Name        string
	PartitionBy []Expr
	OrderBy     []SortKey
	Frame       *Frame // nil: the default
}

// Frame is ROWS or RANGE BETWEEN Lo AND Hi.
type Frame struct {
	At
	Rows   bool
	Lo, Hi Bound
}

// Bound is one end of a frame; Offset is set for BoundPreceding and BoundFollowing.
type Bound struct {
	Kind   BoundKind
	Offset Expr
}

type BoundKind uint8

const (
	UnboundedPreceding BoundKind = iota
	BoundPreceding
	CurrentRow
	BoundFollowing
	UnboundedFollowing
)

type NullsMode uint8

const (
	NullsDefault NullsMode = iota
	IgnoreNulls
	RespectNulls
)

type UnaryOp uint8

const (
	Neg UnaryOp = iota
	Plus
	BitNot
	Not
)

type BinaryOp uint8

const (
	Add BinaryOp = iota
	Sub
	Mul
	Div
	Mod
	IntDiv // DIV
	BitAnd
	BitOr
	BitXor
	ShiftLeft
	ShiftRight
	ShiftRightUnsigned
	Eq
	NullSafeEq // <=>
	NotEq
	Lt
	LtEq
	Gt
	GtEq
	And
	Or
	Concat            // ||
	IsDistinctFrom    // IS DISTINCT FROM
	IsNotDistinctFrom // IS NOT DISTINCT FROM
)

type LikeKind uint8

const (
	LikeOp LikeKind = iota
	ILikeOp
	RLikeOp
)

type IsKind uint8

const (
	IsNull IsKind = iota
	IsTrue
	IsFalse
	IsUnknown
)

type GroupingKind uint8

const (
	Rollup GroupingKind = iota
	Cube
	GroupingSets
)
