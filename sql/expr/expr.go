// Package expr is the typed, bound expression tree, and its pretty printer: column names are part of a
// query's result.
//
// Columns are known by ID, unique within a statement, so that rules can move expressions freely; positions
// are worked out once, when an expression is compiled.
package expr

import (
	"sync/atomic"

	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// ID names a column of a plan, unique within a process.
type ID int64

var lastID atomic.Int64

// NewID makes a fresh ID.
func NewID() ID { return ID(lastID.Add(1)) }

// Col is a column that a plan node puts out.
type Col struct {
	ID        ID
	Name      string
	Qualifier []string // of the relation it came from: [db, table] or [alias]
	Type      types.Type
	Nullable  bool
	Hidden    bool // a USING column of the other side: found by qualified name only
	Param     bool // the parameter of a lambda; shown as namedlambdavariable()
	// Declared is the column of a table or view that it is, as declared: with char, varchar and the comment. Nil: there
	// is no more to say than Type.
	Declared *types.Field
}

// Expr is a typed expression. The set is closed: an unexported method marks it.
type Expr interface {
	Type() types.Type
	Nullable() bool
	// Children are the operands, lambdas included; WithChildren returns a copy with others of the same number.
	Children() []Expr
	WithChildren([]Expr) Expr
	Pos() errs.Pos
	// String is Spark's pretty SQL of the expression: the name of an unaliased column.
	String() string
	expr()
}

type (
	// Literal is a constant in the Go form of types (value.go).
	Literal struct {
		Typ   types.Type
		Value any
		At    errs.Pos
		Text  string // pretty text that differs from the value's, "" for none
	}
	// Column refers to a column of the input.
	Column struct {
		Col
		At errs.Pos
	}
	// Outer is a column of an enclosing query; decorrelation removes it.
	Outer struct {
		Col
		At errs.Pos
	}
	// Call is a scalar function, or an operator, bound to its arguments. Args are already cast to
	// Bind.In; Shown holds the arguments as written for the pretty printer where they differ (nil: Args).
	Call struct {
		Def   *udfs.Def
		Name  string // as called, an alias perhaps
		Bind  udfs.Binding
		Env   *udfs.Env
		Args  []Expr
		Label string // pretty text fixed at analysis; "" means print from Def and Args
		At    errs.Pos
	}
	// Cast converts X; Implicit casts made by coercion are not shown.
	Cast struct {
		X        Expr
		To       types.Type
		Try      bool
		Implicit bool
		Env      *udfs.Env
		At       errs.Pos
	}
	// Agg is an aggregate call, only in plan.Aggregate and plan.Window.
	Agg struct {
		Call
		Distinct    bool
		Filter      Expr // nil: none
		OrderBy     []Order
		IgnoreNulls bool
	}
	// Window is a function over a window, only in plan.Window.
	Window struct {
		Func        Expr // *Agg or *Call with Bind.Window
		PartitionBy []Expr
		OrderBy     []Order
		Frame       Frame
		IgnoreNulls bool
		At          errs.Pos
	}
	// Lambda is a function argument; Params are referred to as Columns by ID in Body.
	Lambda struct {
		Params []Col
		Body   Expr
		At     errs.Pos
	}
	// Alias names an expression in a list of output columns, under a given ID.
	Alias struct {
		X        Expr
		Name     string
		ID       ID
		At       errs.Pos
		Declared *types.Field // of the column it makes; nil: that of the column it renames
	}
	// Subquery is a query as an expression. Its plan's Outer references are listed in Outer.
	Subquery struct {
		Kind   SubqueryKind
		Plan   Plan
		Needle []Expr // IN: the left side's columns
		Outer  []Col  // columns of this query that the plan uses; empty: uncorrelated
		At     errs.Pos
		Label  string
		Source string // its text: what is written alike in one block is alike; "" for a query of its own
	}
)

// Plan is what a subquery holds; sql/plan's nodes implement it.
type Plan interface {
	Output() []Col
}

type SubqueryKind uint8

const (
	Scalar SubqueryKind = iota
	In
	Exists
	ArrayOf // ARRAY(query)
)

// Order is one sort key.
type Order struct {
	X          Expr
	Desc       bool
	NullsFirst bool
}

// Frame is a window frame. The zero Frame is none given; analysis fills in Spark's default.
type Frame struct {
	Rows   bool
	Lo, Hi Bound
	Given  bool // written by the user: shown
}

// Bound is one end of a frame. Offset is a constant expression, positive, of an integer (ROWS) or of a type
// that the sort key can be moved by (RANGE).
type Bound struct {
	Kind   BoundKind
	Offset Expr
}

type BoundKind uint8

const (
	UnboundedPreceding BoundKind = iota
	Preceding
	CurrentRow
	Following
	UnboundedFollowing
)

func (*Literal) expr()  {}
func (*Column) expr()   {}
func (*Outer) expr()    {}
func (*Call) expr()     {}
func (*Cast) expr()     {}
func (*Agg) expr()      {}
func (*Window) expr()   {}
func (*Lambda) expr()   {}
func (*Alias) expr()    {}
func (*Subquery) expr() {}

func (e *Literal) Type() types.Type { return e.Typ }
func (e *Column) Type() types.Type  { return e.Col.Type }
func (e *Outer) Type() types.Type   { return e.Col.Type }
func (e *Call) Type() types.Type    { return e.Bind.Out }
func (e *Cast) Type() types.Type    { return e.To }
func (e *Window) Type() types.Type  { return e.Func.Type() }
func (e *Lambda) Type() types.Type  { return e.Body.Type() }
func (e *Alias) Type() types.Type   { return e.X.Type() }
func (e *Subquery) Type() types.Type {
	switch e.Kind {
	case Scalar:
		return e.Plan.Output()[0].Type
	case ArrayOf:
		return types.ArrayOf(e.Plan.Output()[0].Type, true)
	}
	return types.BooleanType
}

func (e *Literal) Nullable() bool { return e.Value == nil }
func (e *Column) Nullable() bool  { return e.Col.Nullable }
func (e *Outer) Nullable() bool   { return e.Col.Nullable }
func (e *Call) Nullable() bool {
	if e.Bind.Nullable {
		return true
	}
	if e.Traits().Has(udfs.Strict) {
		for _, a := range e.Args {
			if a.Nullable() {
				return true
			}
		}
	}
	return false
}
func (e *Cast) Nullable() bool {
	return e.X.Nullable() || e.Try || e.Env != nil && !e.Env.ANSI && e.X.Type() != e.To && !neverFails(e.X.Type(), e.To)
}
func (e *Window) Nullable() bool { return e.Func.Nullable() }
func (e *Lambda) Nullable() bool { return e.Body.Nullable() }
func (e *Alias) Nullable() bool  { return e.X.Nullable() }
func (e *Subquery) Nullable() bool {
	switch e.Kind {
	case Exists, ArrayOf:
		return false
	case In:
		if e.Plan.Output()[0].Nullable {
			return true
		}
		for _, n := range e.Needle {
			if n.Nullable() {
				return true
			}
		}
		return false
	}
	return true
}

// neverFails tells whether a cast from a to b gives a value for every value.
func neverFails(a, b types.Type) bool {
	switch {
	case b.IsString():
		return true
	case a.IsNumeric() && (b.Kind() == types.Float || b.Kind() == types.Double):
		return true
	case a.IsIntegral() && b.IsIntegral():
		return true
	}
	return false
}

// Traits are the binding's, else the function's.
func (e *Call) Traits() udfs.Trait {
	if e.Bind.Traits != nil {
		return *e.Bind.Traits
	}
	return e.Def.Traits
}

func (e *Literal) Pos() errs.Pos  { return e.At }
func (e *Column) Pos() errs.Pos   { return e.At }
func (e *Outer) Pos() errs.Pos    { return e.At }
func (e *Call) Pos() errs.Pos     { return e.At }
func (e *Cast) Pos() errs.Pos     { return e.At }
func (e *Window) Pos() errs.Pos   { return e.At }
func (e *Lambda) Pos() errs.Pos   { return e.At }
func (e *Alias) Pos() errs.Pos    { return e.At }
func (e *Subquery) Pos() errs.Pos { return e.At }

// Col is the output column that the alias makes.
func (e *Alias) Col() Col {
	out := Col{ID: e.ID, Name: e.Name, Type: e.X.Type(), Nullable: e.X.Nullable(), Declared: e.Declared}
	if c, ok := e.X.(*Column); ok && out.Declared == nil {
		out.Declared = c.Declared
	}
	return out
}
