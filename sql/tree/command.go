package tree

import "sparksql/sql/errs"

// Statement is a whole statement: a Query or a command. The set is closed.
type Statement interface {
	Pos() errs.Pos
	statement()
}

// Stmt is embedded in every statement.
type Stmt struct{ P errs.Pos }

func (s Stmt) Pos() errs.Pos { return s.P }
func (Stmt) statement()      {}

// ObjectName is a possibly qualified name of a table, view, function or database, or IDENTIFIER(expr).
type ObjectName struct {
	Parts []string
	Ident Expr
	P     errs.Pos
}

// TableProps are the clauses shared by CREATE TABLE and CTAS.
type TableProps struct {
	Provider    string // parquet; "" for the default
	PartitionBy []string
	Partitions  []ColumnDef // Hive style: PARTITIONED BY (a INT); adds columns
	ClusterBy   []string
	SortBy      []SortKey
	Buckets     int
	Options     map[string]string
	Properties  map[string]string
	Location    string
	Comment     string
}

// PartitionSpec is PARTITION (a = 1, b): a nil Value is a dynamic column. Location is that of ADD PARTITION.
type PartitionSpec struct {
	Names    []string
	Values   []Expr
	Location string
	P        errs.Pos
}

type ExplainMode uint8

const (
	ExplainSimple ExplainMode = iota
	ExplainExtended
	ExplainFormatted
	ExplainCost
	ExplainCodegen
	ExplainAnalyze
	ExplainCore // the core SQL text given to the inner parser
)

// ExplainFormat is how EXPLAIN ANALYZE prints.
type ExplainFormat uint8

const (
	FormatText ExplainFormat = iota
	FormatJSON
	FormatHTML
)

type (
	// Query is a query as a statement. Core is the core SQL text, for EXPLAIN CORE.
	Query struct {
		Stmt
		Rel  Relation
		Core string
	}
	Explain struct {
		Stmt
		Mode   ExplainMode
		Format ExplainFormat
		Input  Statement
	}
	// CreateView is CREATE [OR REPLACE] [[GLOBAL] TEMPORARY] VIEW. Text is the query as written.
	CreateView struct {
		Stmt
		Name        ObjectName
		Columns     []ColumnDef
		Temp        bool
		Global      bool
		Replace     bool
		IfNotExists bool
		Comment     string
		Properties  map[string]string
		Query       Relation
		Text        string
		SchemaMode  string
	}
	// CreateTempViewUsing is CREATE TEMPORARY VIEW name USING parquet OPTIONS (path '...').
	CreateTempViewUsing struct {
		Stmt
		Name     ObjectName
		Columns  []ColumnDef
		Global   bool
		Replace  bool
		Provider string
		Options  map[string]string
	}
	// CreateTable is CREATE [OR REPLACE] [EXTERNAL] TABLE, with Query for CTAS.
	CreateTable struct {
		Stmt
		Name        ObjectName
		Columns     []ColumnDef
		External    bool
		Replace     bool
		IfNotExists bool
		Props       TableProps
		Query       Relation // nil: none
	}
	CreateTableLike struct {
		Stmt
		Name, Like  ObjectName
		IfNotExists bool
		Props       TableProps
	}
	// Insert is INSERT INTO | OVERWRITE [TABLE] name.
	Insert struct {
		Stmt
		Table        ObjectName
		Overwrite    bool
		Partition    *PartitionSpec
		IfNotExists  bool
		Columns      []string
		ByName       bool
		ReplaceWhere Expr
		Query        Relation
	}
	// InsertDir is INSERT OVERWRITE [LOCAL] DIRECTORY.
	InsertDir struct {
		Stmt
		Path     string
		Local    bool
		Provider string
		Options  map[string]string
		Query    Relation
	}
	// MultiInsert is FROM rel INSERT ... INSERT ...; each holds its own query over the shared source.
	MultiInsert struct {
		Stmt
		Inserts []Statement
	}
	Drop struct {
		Stmt
		Kind     ObjectKind
		Name     ObjectName
		IfExists bool
		Temp     bool
		Purge    bool
		Cascade  bool
	}
	CreateDatabase struct {
		Stmt
		Name        ObjectName
		IfNotExists bool
		Comment     string
		Location    string
		Properties  map[string]string
	}
	// Use is USE [DATABASE] name; UseCatalog is USE CATALOG / SET CATALOG.
	Use struct {
		Stmt
		Name ObjectName
	}
	UseCatalog struct {
		Stmt
		Name string
	}
	// Set is SET, SET -v, SET k, SET k=v. Value nil: show.
	Set struct {
		Stmt
		Key   string
		Value *string
		All   bool // SET -v
	}
	// SetTimeZone is SET TIME ZONE; Value "LOCAL", a zone, or Offset as an interval literal.
	SetTimeZone struct {
		Stmt
		Value  string
		Offset Expr
	}
	Reset struct {
		Stmt
		Key string
	}
	// SetVar is SET VAR name = expr or SET VAR (a, b) = (query); DeclareVar and DropVar its companions.
	SetVar struct {
		Stmt
		Names  [][]string
		Values []Expr
		Query  Relation
	}
	DeclareVar struct {
		Stmt
		Names   [][]string
		Type    *ColumnDef
		Default Expr
		Replace bool
	}
	// Cache is CACHE [LAZY] TABLE name [OPTIONS] [AS query].
	Cache struct {
		Stmt
		Name    ObjectName
		Lazy    bool
		Options map[string]string
		Query   Relation
		Text    string
	}
	Uncache struct {
		Stmt
		Name     ObjectName
		IfExists bool
		All      bool // CLEAR CACHE
	}
	Refresh struct {
		Stmt
		Name     ObjectName
		Path     string // REFRESH 'path'
		Function bool
	}
	// Show is every SHOW command; What names it in upper case: TABLES, VIEWS, DATABASES, COLUMNS,
	// FUNCTIONS, PARTITIONS, TBLPROPERTIES, CREATE TABLE, TABLE EXTENDED, CATALOGS, VARIABLES, CURRENT NAMESPACE.
	Show struct {
		Stmt
		What      string
		Name      ObjectName // the table, or the database after IN/FROM
		In        ObjectName // SHOW COLUMNS IN t IN db
		Pattern   string
		Key       string
		Scope     string // FUNCTIONS: USER, SYSTEM, ALL
		Partition *PartitionSpec
	}
	// Describe is DESCRIBE TABLE | FUNCTION | DATABASE | QUERY | COLUMN.
	Describe struct {
		Stmt
		Kind      ObjectKind
		Name      ObjectName
		Column    []string
		Extended  bool
		AsJSON    bool
		Query     Relation
		Partition *PartitionSpec
	}
	// AlterTable is one ALTER TABLE or ALTER VIEW action: RENAME, ADD COLUMNS, DROP COLUMNS, REPLACE COLUMNS, RENAME COLUMN,
	// CHANGE COLUMN, SET TBLPROPERTIES, UNSET TBLPROPERTIES, SET SERDEPROPERTIES, ADD PARTITION, DROP PARTITION,
	// RENAME PARTITION, RECOVER PARTITIONS, SET LOCATION, AS, WITH SCHEMA.
	AlterTable struct {
		Stmt
		Name       ObjectName
		View       bool
		Action     string
		IfExists   bool
		To         ObjectName
		Columns    []ColumnDef
		Names      [][]string
		Values     map[string]string
		Keys       []string
		Partitions []PartitionSpec
		Location   string
		Query      Relation
		Text       string
	}
	// AlterDatabase is ALTER DATABASE name SET DBPROPERTIES or SET LOCATION.
	AlterDatabase struct {
		Stmt
		Name       ObjectName
		Properties map[string]string
		Keys       []string // UNSET DBPROPERTIES
		Location   string
	}
	// CommentOn is COMMENT ON DATABASE | TABLE name IS text; NULL is the empty text.
	CommentOn struct {
		Stmt
		Kind ObjectKind
		Name ObjectName
		Text string
	}
	// AnalyzeTables is ANALYZE TABLES [IN database] COMPUTE STATISTICS [NOSCAN].
	AnalyzeTables struct {
		Stmt
		Name   ObjectName
		NoScan bool
	}
	// Analyze is ANALYZE TABLE name COMPUTE STATISTICS [NOSCAN | FOR COLUMNS a, b | FOR ALL COLUMNS].
	Analyze struct {
		Stmt
		Name       ObjectName
		Partition  *PartitionSpec
		NoScan     bool
		Columns    []string
		AllColumns bool
	}
	Truncate struct {
		Stmt
		Name      ObjectName
		Partition *PartitionSpec
	}
	Repair struct { // MSCK REPAIR TABLE name [ADD | DROP | SYNC PARTITIONS]
		Stmt
		Name      ObjectName
		Add, Drop bool
	}
	// CreateFunction is a SQL function (Body or BodyExpr), or one that is exported by a file: Class is the name it is
	// exported by, Name's when empty, Resources the files.
	CreateFunction struct {
		Stmt
		Name           ObjectName
		Temp           bool
		Replace        bool
		IfNotExists    bool
		Params         []ColumnDef
		Returns        *ColumnDef  // scalar result type; nil: inferred
		ReturnsTable   []ColumnDef // table function; ReturnsIsTable
		ReturnsIsTable bool
		Body           Relation // RETURN query or TABLE function body
		BodyExpr       Expr
		BodyText       string
		Class          string
		Resources      []Resource
		Options        map[string]string // LANGUAGE, DETERMINISTIC, COMMENT, ...
	}
	// AddResource is ADD PLUGIN 'file': all functions of the file, for the session. Reload is RELOAD PLUGIN: the file
	// as it is now takes the place of what was loaded from it.
	AddResource struct {
		Stmt
		File   Resource
		Reload bool
	}
	// ExecuteImmediate runs the text that Query gives. Into names variables for its one row; Using are the
	// parameters, Alias for those with a name.
	ExecuteImmediate struct {
		Stmt
		Query Expr
		Into  [][]string
		Using []Expr
	}
	// Unsupported is a statement that is recognised but has no meaning here yet; What names it.
	Unsupported struct {
		Stmt
		What string
	}
)

// Resource is a file that a statement names; Kind is upper case: PLUGIN, WASM, JAR, FILE, ARCHIVE.
type Resource struct {
	Kind, Path string
	P          errs.Pos
}

type ObjectKind uint8

const (
	KindTable ObjectKind = iota
	KindView
	KindDatabase
	KindFunction
	KindQuery
	KindVariable
)
