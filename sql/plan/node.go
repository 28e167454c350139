// Package plan is the logical plan, which after physical planning carries its choices as data: analyze makes
// it, optimizer rewrites it, exec runs it, and the three meet here only.
package plan

import (
	"sparksql/catalog"
	"sparksql/sql/expr"
	"sparksql/sql/types"
)

// Node is a plan node. The set is closed.
type Node interface {
	// Output are the columns of the result, in order; IDs are unique within it.
	Output() []expr.Col
	Inputs() []Node
	WithInputs([]Node) Node
	// Exprs are all expressions of the node, in a fixed order; WithExprs replaces them.
	Exprs() []expr.Expr
	WithExprs([]expr.Expr) Node
	Describe() Desc
	node()
}

// Desc is the only source of EXPLAIN text: the node's name and its attributes.
type Desc struct {
	Name  string
	Attrs []Attr
}
type Attr struct{ Key, Value string }

// Schema is the output of n as a schema.
func Schema(n Node) *types.Schema {
	s := &types.Schema{}
	for _, c := range n.Output() {
		s.Fields = append(s.Fields, types.Field{Name: c.Name, Type: c.Type, Nullable: c.Nullable})
	}
	return s
}

// Declared is the schema with the declarations of the columns of tables: char, varchar and comments.
func Declared(n Node) *types.Schema {
	s := Schema(n)
	for i, c := range n.Output() {
		if d := c.Declared; d != nil {
			s.Fields[i].Comment = d.Comment
			if d.Type.IsString() && c.Type.IsString() {
				s.Fields[i].Type = d.Type
			}
		}
	}
	return s
}

type (
	// Scan reads a table. Cols[i] is the table's column Ordinals[i]. Filters are over Cols: those that the
	// optimizer gave to the scan; the scan applies them fully unless the table says otherwise.
	Scan struct {
		Table    catalog.Table
		Name     string // as shown by EXPLAIN
		Cols     []expr.Col
		Ordinals []int
		Filters  []expr.Expr
		Dynamic  []*DynFilter
		Limit    int64 // -1: none
	}
	// Values is an inline table of constant rows; with no columns and one row it is SELECT without FROM.
	Values struct {
		Cols []expr.Col
		Rows [][]expr.Expr
	}
	// Range is range(start, end, step).
	Range struct {
		Col              expr.Col
		Start, End, Step int64
	}
	// Project computes its output: each item is an *expr.Alias or an *expr.Column passed through.
	Project struct {
		Input Node
		Items []expr.Expr
	}
	// Filter keeps rows whose Cond is true.
	Filter struct {
		Input Node
		Cond  expr.Expr
	}
	// Aggregate groups by Keys (Alias or Column) and computes Aggs (Alias over *expr.Agg exactly). Output: keys, then
	// aggs. Expressions over aggregates are a Project above; grouping sets an Expand beneath.
	Aggregate struct {
		Input Node
		Keys  []expr.Expr
		Aggs  []expr.Expr
	}
	// Expand puts out one row for each of Sets for every input row: Sets[k] gives a value for each of Cols.
	Expand struct {
		Input Node
		Cols  []expr.Col
		Sets  [][]expr.Expr
	}
	// Window adds columns: Funcs are Alias over *expr.Window of one specification (same partition and order).
	Window struct {
		Input Node
		Funcs []expr.Expr
	}
	// Join joins. Output: left columns, then right columns (not for Semi and Anti). Columns of the NULL-extended side
	// are nullable in the output.
	Join struct {
		L, R Node
		Kind JoinKind
		Cond expr.Expr // nil: true
		// NullAware: an Anti join for NOT IN: a NULL on either side of Cond's equality matches.
		NullAware bool
		Hint      JoinHint // what the user asked for
		// Filled in by physical planning.
		Strategy Strategy
		Build    Side
		Keys     []EquiKey // equalities taken from Cond
		Residual expr.Expr // what else Cond asks; nil: nothing
		Filters  []*DynFilter
		// Single: at most one right row may match a left row (a scalar subquery); else SCALAR_SUBQUERY_TOO_MANY_ROWS.
		Single bool
		// Mark: a Semi join that instead of filtering adds one boolean column: matched (three-valued if NullAware).
		Mark *expr.Col
	}
	// DependentJoin is a lateral or correlated join: R refers to columns of L as expr.Outer. Decorrelation turns it into
	// Join. Kind is Inner, Left, Semi or Anti; Single and Mark as in Join.
	DependentJoin struct {
		L, R   Node
		Kind   JoinKind
		Cond   expr.Expr
		Single bool
		Mark   *expr.Col
	}
	// Sort orders all rows. Stable in source order.
	Sort struct {
		Input Node
		Keys  []expr.Order
	}
	// Limit passes N rows (-1: all) after skipping Offset, in source order.
	Limit struct {
		Input     Node
		N, Offset int64
	}
	// TopN is Sort and Limit in one.
	TopN struct {
		Input     Node
		Keys      []expr.Order
		N, Offset int64
	}
	// Union puts out the rows of its inputs in turn (UNION ALL). Cols are its output, Ins have the same types in order.
	Union struct {
		Ins  []Node
		Cols []expr.Col
	}
	// SetOp is INTERSECT or EXCEPT [ALL]; the optimizer replaces it by joins and aggregates.
	SetOp struct {
		Kind SetKind
		All  bool
		L, R Node
		Cols []expr.Col
	}
	// Generate runs a generator (an *expr.Call with Bind.Table) for every input row. Output: input columns, then Cols.
	// Outer keeps rows for which it gives nothing, with NULLs.
	Generate struct {
		Input Node
		Gen   expr.Expr
		Cols  []expr.Col
		Outer bool
	}
	// Sample keeps a random fraction of rows, or of buckets.
	Sample struct {
		Input  Node
		Lo, Hi float64
		Seed   int64
	}
	// Shared is a sub-plan that is computed once and read by several parents, each with its own column IDs: Cols[i] is
	// column i of Def.Input.
	Shared struct {
		Def  *SharedDef
		Cols []expr.Col
	}
	// Recursive is a recursive CTE: Anchor, then Step until it gives no rows. Step reads the last round through
	// RecursiveRef with the same Def.
	Recursive struct {
		Def          *RecursiveDef
		Anchor, Step Node
		All          bool
		Cols         []expr.Col
		Limit        int64
	}
	RecursiveRef struct {
		Def  *RecursiveDef
		Cols []expr.Col
	}
	// Cached reads a table kept by CACHE TABLE is a Scan of the memory table; there is no node for it.

	// Write stores the rows of Input and puts out nothing.
	Write struct {
		Input Node
		Table catalog.Table
		Spec  catalog.WriteSpec
	}
)

// SharedDef is identified by its address.
type SharedDef struct{ Input Node }

// RecursiveDef is identified by its address.
type RecursiveDef struct{ Name string }

type JoinKind uint8

const (
	Inner JoinKind = iota
	Left
	Right
	Full
	Semi
	Anti
	Cross
)

type SetKind uint8

const (
	Intersect SetKind = iota
	Except
)

type Strategy uint8

const (
	Undecided   Strategy = iota
	Broadcast            // one shared hash table
	Partitioned          // partitioned hash join
	NestedLoop           // no equality
	Adaptive             // shared or partitioned, by the build side's true size
)

type Side uint8

const (
	RightSide Side = iota
	LeftSide
)

// JoinHint is a strategy asked for by a hint, and for which side.
type JoinHint struct {
	Left, Right string // BROADCAST, MERGE, SHUFFLE_HASH, SHUFFLE_REPLICATE_NL; "" none
}

// EquiKey is an equality L = R between the sides of a join; NullSafe is <=>.
type EquiKey struct {
	L, R     expr.Expr
	NullSafe bool
}

// DynFilter carries what a join's build side knows to a scan on its probe side. The join sets it when its build side is
// complete, before the scan's pipeline starts.
type DynFilter = catalog.DynFilter
