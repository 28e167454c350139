// Package udfs is the function record: what the engine knows of a function, built-in or the user's, and
// the call its kernels get. Built-ins, Go UDFs and plugins register the same Def. Scalar, Aggregate, Table and Vector
// make one of Go functions.
//
// # Types
//
// Go functions take and give these types:
//
//	bool                          BOOLEAN
//	int8, int16, int32, int64     TINYINT, SMALLINT, INT, BIGINT; int is BIGINT
//	float32, float64              FLOAT, DOUBLE
//	string, []byte                STRING, BINARY
//	Date, time.Time               DATE, TIMESTAMP (in the session's time zone)
//	time.Duration                 INTERVAL DAY TO SECOND
//	Decimal                       DECIMAL(38,18), or what Types says
//	[]T                           ARRAY<T>; nil is an empty one
//	Pairs[K, V]                   MAP<K, V>; map[string]V for bool, int64, float64, string
//	struct                        STRUCT, with the fields' sql:"name" tags or their names in lower case
//	Null[T], *T                   T that may be NULL
//
// An argument is the function's own: it may be kept. Types declared from these are carried alike.
//
// The package is all that a plugin links: it uses sql/types, sql/errs, sql/conf and exec/vec only.
package udfs

import (
	"context"
	"time"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// Trait is a set of promises about a function. The optimizer and eval ask for traits, never for names.
type Trait uint32

const (
	// Strict: a NULL argument gives a NULL result. The kernel's output starts with those NULLs set, and the
	// kernel need not look at them.
	Strict Trait = 1 << iota
	// Deterministic: same arguments and Env, same result. Only such calls are folded, shared and run once
	// for each dictionary entry.
	Deterministic
	// Fallible: a row can raise an error. The kernel is run for live rows only (and, when Strict, for those
	// without a NULL argument), and never moved ahead of a guard.
	Fallible
	// Monotonic: keeps the order of its first argument.
	Monotonic
	// OrderSensitive: an aggregate whose result depends on the order of rows; it gets Call.Seq.
	OrderSensitive
	// NeedsOrder: a window function that must have an ORDER BY and ignores the frame (rank, ntile, ...).
	NeedsOrder
	// Commutative: f(a,b) = f(b,a).
	Commutative
	// IgnoresNulls: an aggregate or window function that takes IGNORE NULLS.
	IgnoresNulls
	// OrderedSet: an aggregate whose value comes from WITHIN GROUP (ORDER BY x [DESC]): analysis puts x before
	// the written arguments and the constant boolean "DESC" after them, and no OrderBy is left in the call.
	// MinArgs and MaxArgs count those two; a function that may be called without has a MinArgs of 1.
	OrderedSet
	// AlwaysNullable is documentation for tools: the result may be NULL for non-NULL arguments.
	AlwaysNullable
	// Columnar is for EXPLAIN: a user's function that is given whole columns.
	Columnar
)

func (t Trait) Has(x Trait) bool { return t&x == x }

// Def is a function.
type Def struct {
	Name        string // lower case
	Aliases     []string
	Group       string // math_funcs, ... as Spark groups them
	Usage       string // "sqrt(expr) - Returns ..."
	Note, Since string
	Source      string // the file it was loaded from; "" for what is compiled in
	Args        []Arg
	Examples    []Example
	Traits      Trait
	MinArgs     int // with Resolve: checked first; MaxArgs -1: any number
	MaxArgs     int
	Overloads   []Overload                                    // fixed signatures, tried in order; or:
	Resolve     func(*ResolveCtx, []ArgInfo) (Binding, error) // types that follow from the arguments
	Pretty      func(args []string) string                    // column name; nil: name(a, b)
	Operator    bool                                          // not callable by name; exists for an operator
	Results     int                                           // the most distinct results, NULL aside; 0: no such bound, or not known
	Cost        int                                           // about what a row takes, in nanoseconds; 0: little, or not known
}

// IsTable tells whether the function gives rows.
func (d *Def) IsTable() bool {
	return d.Group == "generator_funcs" || len(d.Overloads) > 0 && d.Overloads[0].Table != nil
}

// Arg documents a parameter. Named arguments (f(x => 1)) match Name; Default, when not nil, fills a missing one.
type Arg struct {
	Name, Doc string
	Default   *any
}

// Example is a statement and what it prints: run by the tests.
type Example struct{ SQL, Out string }

// Overload is one fixed signature. Exactly one of Kernel, New, Agg, Window, Table is set.
type Overload struct {
	In       []types.Type
	Variadic bool // the last of In may be repeated
	Out      types.Type
	Nullable bool   // the result may be NULL although no argument is
	Traits   *Trait // Strict and Fallible of this signature, where they are not the Def's; nil: the Def's
	Kernel   Kernel
	New      func(*Env) (Kernel, error)
	Agg      *Agg
	Window   func(*Env) (WindowFunc, error)
	Table    func(*Env) (TableFunc, error) // Out is the struct of its output columns
}

// TraitsOf are the traits of signature o: its own where it has some, and what the Def says of all.
func (d *Def) TraitsOf(o *Overload) Trait {
	if o.Traits == nil {
		return d.Traits
	}
	const own = Strict | Fallible
	return d.Traits&^own | *o.Traits&own
}

// Env is the context of a call, captured when the statement is analysed and the same for all its rows.
type Env struct {
	ANSI     bool
	Zone     *time.Location
	ZoneName string
	Now      int64 // the statement's time, microseconds since the epoch
	User     string
	Catalog  string
	Database string
	Pos      errs.Pos
	Conf     func(key string) string // settings as they were at analysis
	Seed     int64                   // for rand and its like, set by analysis for each call
	Stats    *Stats                  // counts the calls of users' functions; nil: nothing does
}

// ResolveCtx is what Resolve may use.
type ResolveCtx struct {
	Name     string // the name as called
	Env      *Env
	Distinct bool
	// IgnoreNulls: the call says IGNORE NULLS. An aggregate with that trait honours it in its Binding.
	IgnoreNulls bool
	// WithinGroup: the call says WITHIN GROUP (ORDER BY ...).
	WithinGroup bool
	// Pretty is the column name that the call would get; for errors about it (parameter sqlExpr).
	Pretty func() string
	// ParseType reads a type or the columns of a struct written as in CREATE TABLE; for from_json and its like.
	ParseType func(ddl string) (types.Type, error)
}

// ArgInfo describes one argument to Resolve.
type ArgInfo struct {
	Type     types.Type
	Nullable bool
	Const    bool // foldable; Value holds its value in Go form
	Value    any
	Literal  bool // written as a literal
	SQL      string
	Pos      errs.Pos
	Column   string      // the name of the column, field or alias that the argument is; "" for others
	Lambda   *LambdaInfo // non-nil: the argument is a lambda and Type is not known yet
}

// LambdaInfo lets Resolve type a lambda's body: Bind is called once with the types of the parameters.
type LambdaInfo struct {
	Params int
	Bind   func(params []types.Field) (body types.Type, nullable bool, err error)
}

// Lazy are the forms whose arguments are evaluated only where needed; exec/eval implements them.
type Lazy uint8

const (
	Eager    Lazy = iota
	And           // a AND b, three-valued
	Or            // a OR b
	If            // if(c, a, b)
	Case          // c1, v1, c2, v2, ..., [else]
	Coalesce      // first that is not NULL
)

// Binding is a function bound to argument types: analysis casts the arguments to In.
type Binding struct {
	In       []types.Type
	Out      types.Type
	Nullable bool
	Traits   *Trait                     // nil: the Def's
	Pretty   func(args []string) string // column name; nil: the Def's. For operators that are shown as functions
	Lazy     Lazy
	// RowPick names, for an aggregate that gives its argument in a row of the group which does not depend on the
	// argument's values, the operator that gives several arguments of that row at once, as a struct.
	RowPick string
	New     func(*Env) (Kernel, error) // one of these (none when Lazy); an Agg may have a Window as well,
	Agg     *Agg                       // which is then used over windows
	Window  func(*Env) (WindowFunc, error)
	Table   func(*Env) (TableFunc, error) // Out is the struct of its output columns
}

// Kernel computes Out for the live rows of a batch.
type Kernel func(*Call) error

// Call is one evaluation. Inputs are Flat, of the types of Binding.In, with N rows; Out is a Flat column of
// N rows. Rows outside Sel may hold anything and must not raise errors. For a Strict function the NULL
// rows of Out are already set; Fallible and Strict together leave them out of Sel.
type Call struct {
	Ctx     context.Context
	Env     *Env
	In      []*vec.Vec
	Out     *vec.Vec
	Sel     []int32 // nil: rows 0..N-1
	N       int
	Seq     uint64   // of the batch, see vec.Batch
	Lambdas []Lambda // by argument position; nil where the argument is none
}

// Each calls f for every live row. For hot loops over all rows test Sel == nil first.
func (c *Call) Each(f func(i int) error) error {
	if c.Sel == nil {
		for i := range c.N {
			if err := f(i); err != nil {
				return err
			}
		}
		return nil
	}
	for _, i := range c.Sel {
		if err := f(int(i)); err != nil {
			return err
		}
	}
	return nil
}

// Lambda evaluates a lambda's body for n rows of parameters. outer[k] is the row of the call's batch whose
// outer columns row k sees. The result is Flat and lent until the next use of the same Lambda.
type Lambda func(params []*vec.Vec, outer []int32, n int) (*vec.Vec, error)

// Agg makes accumulators. State are the types of a partial state's columns, in which groups travel
// between workers, partitions and spill files.
type Agg struct {
	New   func(*Env) (Accumulator, error)
	State []types.Type
	// NoInput: the value of a group without rows, in Go form; nil for NULL. count gives 0.
	NoInput any
	// Shares names what the accumulators keep of their arguments: aggregates with equal Shares, "" excepted, and equal
	// arguments keep the same, so that one of them serves all. Their accumulators are Sharers.
	Shares string
}

// Sharer is an accumulator that gives its Result of what another one with equal Agg.Shares has kept.
type Sharer interface{ Share(with Accumulator) }

// Accumulator holds the states of all groups of one worker, as columns by slot. It is single-threaded.
type Accumulator interface {
	// Resize makes room for groups 0..n-1; new ones are empty.
	Resize(n int)
	// Update adds rows: groups[k] is the group of the k-th live row of c. c.Out is nil.
	Update(groups []int32, c *Call) error
	// Merge adds partial states: row k of partial (Flat columns of Agg.State) belongs to groups[k].
	Merge(groups []int32, partial []*vec.Vec) error
	// Partial appends the states of the given groups to out.
	Partial(groups []int32, out []*vec.Vec) error
	// Result appends the results of the given groups to out.
	Result(groups []int32, out *vec.Vec) error
	// Clear empties the given groups again.
	Clear(groups []int32)
	// Bytes is the memory held, roughly.
	Bytes() int64
}

// WindowFunc computes a window function over one whole sorted partition.
type WindowFunc interface {
	Eval(*WindowCall) error
}

// WindowCall is one partition: In are its rows in order, N of them.
type WindowCall struct {
	Ctx         context.Context
	Env         *Env
	In          []*vec.Vec
	N           int
	PeerLo      []int32 // first row of the row's peer group (nil without ORDER BY: all rows are peers)
	PeerHi      []int32 // one past the last
	Lo, Hi      []int32 // the row's frame [Lo,Hi); empty when Lo >= Hi. Nil for NeedsOrder functions
	IgnoreNulls bool
	Out         *vec.Vec // Flat, N rows
}

// TableFunc is a generator or table function: for the live rows of c it emits output rows, with rows[k] the
// input row that output row k comes from. cols are lent. A call may emit any number of times.
type TableFunc interface {
	Eval(c *Call, emit func(rows []int32, cols []*vec.Vec) error) error
}
