package tree

import (
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// Relation is an unresolved query or table expression. The set is closed.
type Relation interface {
	Pos() errs.Pos
	relation()
}

// Rel is embedded in every relation.
type Rel struct{ P errs.Pos }

func (r Rel) Pos() errs.Pos { return r.P }
func (Rel) relation()       {}

type (
	// Table is a table, view or CTE by name, or files: parquet.`path` has Parts {"parquet", path}.
	Table struct {
		Rel
		Parts   []string
		Ident   Expr // IDENTIFIER(expr) instead of Parts
		Options map[string]string
		AsOf    Expr // time travel; refused by analysis by name
	}
	// Aliased gives a relation a name and, where Columns is not nil, its columns new names.
	Aliased struct {
		Rel
		Input   Relation
		Name    string
		Columns []string
	}
	// TableFunc is a table-valued function in FROM: range(10), explode(a), a SQL table function. Args may
	// hold NamedArg and TableArg.
	TableFunc struct {
		Rel
		Call *Call
	}
	// Inline is VALUES (...), (...).
	Inline struct {
		Rel
		Rows [][]Expr
	}
	// OneRow is the relation of a SELECT without FROM: one row, no columns.
	OneRow struct{ Rel }
	// Select is one SELECT block: FROM, WHERE, GROUP BY, HAVING and the list. ORDER BY, LIMIT and WITH
	// are relations around it.
	Select struct {
		Rel
		From     Relation // OneRow when there is no FROM
		Where    Expr
		Items    []Expr // Alias, Star or any expression
		Distinct bool
		GroupBy  []Expr // nil with GroupAll false: no GROUP BY; may hold Grouping
		GroupAll bool   // GROUP BY ALL
		Grouped  bool   // a GROUP BY clause was written
		Having   Expr
		Windows  []NamedWindow
		Hints    []Hint
	}
	// Join joins two relations.
	Join struct {
		Rel
		L, R    Relation
		Kind    JoinKind
		On      Expr     // nil: none
		Using   []string // nil: none
		Natural bool
		Lateral bool // R may refer to columns of L
	}
	// LateralView is LATERAL VIEW [OUTER] generator(...) name AS columns.
	LateralView struct {
		Rel
		Input   Relation
		Call    *Call
		Outer   bool
		Name    string
		Columns []string
	}
	// SetOp is UNION, INTERSECT or EXCEPT.
	SetOp struct {
		Rel
		Kind   SetKind
		All    bool
		ByName bool
		L, R   Relation
	}
	// OrderBy sorts (Global) or, for SORT BY, sorts within partitions. All is ORDER BY ALL, with Keys[0]
	// giving direction and nulls.
	OrderBy struct {
		Rel
		Input  Relation
		Keys   []SortKey
		Global bool
		All    bool
	}
	// Distribute is DISTRIBUTE BY, CLUSTER BY (Sorted) or a repartitioning hint: no effect on rows.
	Distribute struct {
		Rel
		Input Relation
		By    []Expr
	}
	// Limit is LIMIT N OFFSET Offset; either may be nil. LIMIT ALL has a nil N.
	Limit struct {
		Rel
		Input     Relation
		N, Offset Expr
	}
	// With makes CTEs visible in Body.
	With struct {
		Rel
		CTEs      []CTE
		Recursive bool
		Body      Relation
	}
	// Pivot is PIVOT (aggregates FOR columns IN (values)).
	Pivot struct {
		Rel
		Input  Relation
		Aggs   []Expr // Call or Alias
		For    []Expr // Name
		Values []Expr // literal, Row, or Alias of these
	}
	// Unpivot is UNPIVOT. For one value column, Groups have one name each.
	Unpivot struct {
		Rel
		Input        Relation
		IncludeNulls bool
		ValueNames   []string
		NameColumn   string
		Groups       []UnpivotGroup
	}
	// Sample is TABLESAMPLE.
	Sample struct {
		Rel
		Input   Relation
		Percent float64 // used when Rows is nil and Buckets is 0
		Rows    Expr
		Bucket  int
		Buckets int
		Seed    *int64
	}
	// Pipe operators that change the columns of their input; the rest of |> is made of the relations above.
	// Extend adds Items, SetColumns replaces columns, DropColumns removes them, RenameAs is AS name.
	Extend struct {
		Rel
		Input Relation
		Items []Expr
	}
	SetColumns struct {
		Rel
		Input Relation
		Items []Expr // Alias
	}
	DropColumns struct {
		Rel
		Input   Relation
		Columns []string
	}
	// PipeAggregate is |> AGGREGATE items GROUP BY keys: the keys come first in the output.
	PipeAggregate struct {
		Rel
		Input   Relation
		Items   []Expr
		GroupBy []Expr
	}
	// PipeSelect marks a |> SELECT or |> WHERE block, where aggregates (Select) are refused.
	PipeSelect struct {
		Rel
		Input Relation // a *Select
		Word  string   // SELECT, WHERE
	}
	// Brackets is a query in parentheses in FROM: a scope of its own.
	Brackets struct {
		Rel
		Input Relation
	}
	// Relations for fronts other than SQL.
	// DropDuplicates keeps one row for each value of Columns (nil: all).
	DropDuplicates struct {
		Rel
		Input   Relation
		Columns []string
	}
	// FillNulls replaces NULL and NaN by typed literals.
	FillNulls struct {
		Rel
		Input   Relation
		Columns []string
		Values  []Expr
	}
	// TableArg is TABLE(name) or TABLE(query) as an argument of a table function; an Expr as well.
	TableArg struct {
		Rel
		Input Relation
	}
)

// TableArgExpr wraps a TableArg as an argument.
type TableArgExpr struct {
	At
	Table *TableArg
}

// NamedWindow is one definition of a WINDOW clause.
type NamedWindow struct {
	Name string
	Spec *Window
	P    errs.Pos
}

// CTE is one name of a WITH clause.
type CTE struct {
	Name         string
	Columns      []string
	Query        Relation
	P            errs.Pos
	MaxRecursion int
}

// Hint is a hint of /*+ ... */: BROADCAST(t), COALESCE(4).
type Hint struct {
	Name string
	Args []Expr
	P    errs.Pos
}

// UnpivotGroup is one row of UNPIVOT's IN list.
type UnpivotGroup struct {
	Columns [][]string // the names of the columns
	Alias   string
}

type JoinKind uint8

const (
	Inner JoinKind = iota
	Left
	Right
	Full
	Semi
	Anti
	CrossJoin
)

type SetKind uint8

const (
	Union SetKind = iota
	Intersect
	Except
)

// ColumnDef is a column of CREATE TABLE, or a parameter of CREATE FUNCTION.
type ColumnDef struct {
	Name        string
	Type        types.Type
	NotNull     bool
	Comment     string
	Default     Expr
	DefaultText string
	P           errs.Pos
}
