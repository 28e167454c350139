package parse

import (
	"sparksql/sql/tree"
)

func (p *front) create(s int) tree.Statement {
	replace := p.eat("REPLACE")
	if !replace {
		p.i++
		replace = p.eat("OR", "REPLACE")
	}
	global := p.is("GLOBAL") && p.eat("GLOBAL")
	temp := p.eat("TEMPORARY") || p.eat("TEMP")
	external := p.eat("EXTERNAL")
	switch {
	case p.eat("VIEW"):
		return p.createView(s, replace, temp, global)
	case p.eat("TABLE"):
		if temp {
			p.notAllowed(p.since(s), "CREATE TEMPORARY TABLE, use CREATE TEMPORARY VIEW instead")
		}
		return p.createTable(s, replace, external)
	case p.eat("DATABASE"), p.eat("SCHEMA"), p.eat("NAMESPACE"):
		return p.createDatabase(s)
	case p.eat("FUNCTION"):
		return p.createFunction(s, replace, temp)
	case p.isOneOf("ROLE", "MACRO"):
		return p.noStatement(s, "CREATE "+p.tok().word)
	case p.isOneOf("INDEX", "MATERIALIZED", "STREAMING", "FLOW"):
		return p.skip(s, "CREATE "+p.tok().word)
	}
	p.unexpected("")
	return nil
}

func (p *front) createView(s int, replace, temp, global bool) tree.Statement {
	v := &tree.CreateView{Temp: temp, Global: global, Replace: replace}
	v.IfNotExists = p.ifNotExists()
	v.Name = p.objectName()
	switch {
	case temp && v.IfNotExists:
		p.fail(p.since(s), "_LEGACY_ERROR_TEMP_0053")
	case replace && v.IfNotExists:
		p.fail(p.since(s), "_LEGACY_ERROR_TEMP_0052")
	case temp && len(v.Name.Parts) > 1:
		p.fail(p.since(s), "TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS", "actualName", quoted(v.Name.Parts))
	}
	if temp && p.tok().op == "(" && p.usesProvider() || p.is("USING") {
		return p.createViewUsing(s, v)
	}
	if p.eatOp("(") {
		for {
			c := tree.ColumnDef{P: p.pos(), Name: p.strictName()}
			if p.eat("COMMENT") {
				c.Comment = p.path()
			}
			v.Columns = append(v.Columns, c)
			if !p.eatOp(",") {
				break
			}
		}
		p.needOp(")")
	}
	for !p.is("AS") {
		switch {
		case p.eat("COMMENT"):
			v.Comment = p.path()
		case p.eat("TBLPROPERTIES"):
			v.Properties = p.properties()
		case p.eat("DEFAULT", "COLLATION"):
			p.name()
		case p.eat("WITH", "SCHEMA"):
			v.SchemaMode = p.schemaMode()
		case p.eat("PARTITIONED"):
			p.unsupported("CREATE VIEW ... PARTITIONED ON")
		default:
			p.unexpected("")
		}
	}
	p.i++
	v.Query, v.Text = p.queryText()
	v.Stmt = p.stmt(s)
	return v
}

// schemaMode reads BINDING, COMPENSATION, EVOLUTION or TYPE EVOLUTION.
func (p *front) schemaMode() string {
	if p.eat("TYPE") {
		p.need("EVOLUTION")
		return "TYPE EVOLUTION"
	}
	word := p.tok().word
	if !p.isOneOf("BINDING", "COMPENSATION", "EVOLUTION") {
		p.unexpected("")
	}
	p.i++
	return word
}

// usesProvider tells whether USING follows the brackets that open here.
func (p *front) usesProvider() bool {
	m := p.tok().mate
	return m > 0 && p.toks[m+1].word == "USING"
}

func (p *front) createViewUsing(s int, v *tree.CreateView) tree.Statement {
	out := &tree.CreateTempViewUsing{Name: v.Name, Global: v.Global, Replace: v.Replace}
	if p.eatOp("(") {
		out.Columns = p.columnDefs()
		p.needOp(")")
	}
	p.need("USING")
	out.Provider = p.providerName()
	if p.eat("OPTIONS") {
		out.Options = p.properties()
	}
	out.Stmt = p.stmt(s)
	return out
}

func (p *front) providerName() string {
	parts := p.multipart()
	out := parts[0]
	for _, x := range parts[1:] {
		out += "." + x
	}
	return out
}

// columnDefs reads column definitions with commas between.
func (p *front) columnDefs() []tree.ColumnDef {
	out := []tree.ColumnDef{p.columnDef()}
	for p.eatOp(",") {
		out = append(out, p.columnDef())
	}
	return out
}

func (p *front) columnDef() tree.ColumnDef {
	s := p.start()
	c := tree.ColumnDef{Name: p.strictName()}
	c.Type = p.dataType()
	p.columnOptions(&c)
	c.P = p.since(s)
	return c
}

func (p *front) columnOptions(c *tree.ColumnDef) {
	seen := map[string]bool{}
	for {
		word := p.tok().word
		at := p.pos()
		switch {
		case p.eat("NOT", "NULL"):
			c.NotNull = true
		case p.eat("COMMENT"):
			c.Comment = p.path()
		case p.eat("DEFAULT"):
			d := p.start()
			c.Default = p.exprNow()
			c.DefaultText = p.since(d).Fragment()
		case p.is("GENERATED"):
			p.unsupported("generated columns")
		default:
			return
		}
		if seen[word] {
			p.fail(at, "CREATE_TABLE_COLUMN_DESCRIPTOR_DUPLICATE", "columnName", c.Name, "optionName", word)
		}
		seen[word] = true
	}
}

func (p *front) createTable(s int, replace, external bool) tree.Statement {
	c := &tree.CreateTable{Replace: replace, External: external}
	c.IfNotExists = p.ifNotExists()
	c.Name = p.objectName()
	if p.eat("LIKE") {
		like := &tree.CreateTableLike{Name: c.Name, Like: p.objectName(), IfNotExists: c.IfNotExists}
		p.tableClauses(&like.Props)
		like.Stmt = p.stmt(s)
		return like
	}
	if p.tok().op == "(" && !p.isQuery(p.i) {
		p.i++
		c.Columns = p.columnDefs()
		p.needOp(")")
	}
	p.tableClauses(&c.Props)
	if p.eat("AS") || p.startsQuery() {
		c.Query, _ = p.queryNow()
		if len(c.Columns) > 0 || len(c.Props.Partitions) > 0 {
			p.notAllowed(p.since(s), "columns with types in CREATE TABLE AS SELECT, which takes them from the query")
		}
	}
	if external && c.Props.Location == "" {
		p.notAllowed(p.since(s), "CREATE EXTERNAL TABLE without LOCATION")
	}
	c.Stmt = p.stmt(s)
	return c
}

// tableClauses reads what follows a table's columns, each clause at most once.
func (p *front) tableClauses(t *tree.TableProps) {
	seen := map[string]bool{}
	for {
		word, s := p.tok().word, p.start()
		switch {
		case !seen["USING"] && p.eat("USING"):
			t.Provider = p.providerName()
		case p.eat("OPTIONS"):
			t.Options = p.properties()
		case p.eat("PARTITIONED", "BY"):
			p.partitionFields(t)
		case p.eat("CLUSTERED", "BY"):
			p.buckets(t)
		case p.eat("LOCATION"):
			t.Location = p.path()
		case p.eat("COMMENT"):
			t.Comment = p.path()
		case p.eat("TBLPROPERTIES"):
			t.Properties = p.properties()
		case p.eat("STORED", "AS"):
			if p.isOneOf("INPUTFORMAT") {
				p.unsupported("STORED AS INPUTFORMAT")
			}
			t.Provider = p.name()
		case p.is("STORED", "BY"), p.is("ROW", "FORMAT"), p.is("SKEWED", "BY"), p.is("CLUSTER", "BY"):
			p.unsupported("Hive tables: " + word + " " + p.wordAt(1))
		case p.eat("DEFAULT", "COLLATION"):
			p.name()
		default:
			return
		}
		if seen[word] {
			p.fail(p.since(s), "DUPLICATE_CLAUSES", "clauseName", clauseNames[word])
		}
		seen[word] = true
	}
}

// clauseNames are the names of the clauses that a word begins.
var clauseNames = map[string]string{"OPTIONS": "OPTIONS", "PARTITIONED": "PARTITIONED BY", "CLUSTERED": "CLUSTERED BY", "LOCATION": "LOCATION",
	"COMMENT": "COMMENT", "TBLPROPERTIES": "TBLPROPERTIES", "STORED": "STORED AS/BY", "DEFAULT": "DEFAULT COLLATION"}

// partitionFields reads (a, b) or (a INT, b STRING).
func (p *front) partitionFields(t *tree.TableProps) {
	p.needOp("(")
	for {
		s := p.start()
		name := p.strictName()
		switch op := p.tok().op; op {
		case ",", ")":
			t.PartitionBy = append(t.PartitionBy, name)
		case "(":
			p.unsupported("partition transforms")
		case ".":
			p.unsupported("partition by a nested field")
		default:
			c := tree.ColumnDef{Name: name, Type: p.dataType()}
			p.columnOptions(&c)
			c.P = p.since(s)
			t.Partitions = append(t.Partitions, c)
		}
		if !p.eatOp(",") {
			break
		}
	}
	p.needOp(")")
	if len(t.PartitionBy) > 0 && len(t.Partitions) > 0 {
		p.notAllowed(p.pos(), "columns with and without types in PARTITIONED BY")
	}
}

// buckets reads (a, b) [SORTED BY (c DESC)] INTO n BUCKETS.
func (p *front) buckets(t *tree.TableProps) {
	t.ClusterBy = p.names()
	if p.eat("SORTED", "BY") {
		p.needOp("(")
		for {
			s := p.start()
			k := tree.SortKey{X: &tree.Name{Parts: []string{p.strictName()}, At: tree.At{P: p.since(s)}}, NullsFirst: true}
			if p.eat("DESC") {
				p.notAllowed(p.since(s), "SORTED BY a column DESC")
			}
			p.eat("ASC")
			t.SortBy = append(t.SortBy, k)
			if !p.eatOp(",") {
				break
			}
		}
		p.needOp(")")
	}
	p.need("INTO")
	t.Buckets = p.integer()
	p.need("BUCKETS")
}

func (p *front) createDatabase(s int) tree.Statement {
	d := &tree.CreateDatabase{}
	d.IfNotExists = p.ifNotExists()
	d.Name = p.objectName()
	for {
		switch {
		case p.eat("COMMENT"):
			d.Comment = p.path()
		case p.eat("LOCATION"):
			d.Location = p.path()
		case p.eat("WITH", "DBPROPERTIES"), p.eat("WITH", "PROPERTIES"):
			d.Properties = p.properties()
		default:
			d.Stmt = p.stmt(s)
			return d
		}
	}
}
