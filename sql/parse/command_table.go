package parse

import (
	"sparksql/sql/tree"
)

func (p *front) drop(s int) tree.Statement {
	p.i++
	out := &tree.Drop{}
	out.Temp = p.eat("TEMPORARY") || p.eat("TEMP")
	switch {
	case p.eat("TABLE"):
		out.Kind = tree.KindTable
	case p.eat("VIEW"):
		out.Kind = tree.KindView
	case p.eat("DATABASE"), p.eat("SCHEMA"), p.eat("NAMESPACE"):
		out.Kind = tree.KindDatabase
	case p.eat("FUNCTION"):
		out.Kind = tree.KindFunction
	case out.Temp && (p.eat("VARIABLE") || p.eat("VAR")):
		out.Kind = tree.KindVariable
	case p.isOneOf("ROLE", "MACRO"):
		return p.noStatement(s, "DROP "+p.tok().word)
	case p.is("INDEX"):
		return p.skip(s, "DROP INDEX")
	default:
		p.unexpected("")
	}
	out.IfExists = p.ifExists()
	out.Name = p.objectName()
	if out.Temp && out.Kind == tree.KindFunction && len(out.Name.Parts) > 1 {
		p.fail(p.since(s), "INVALID_SQL_SYNTAX.MULTI_PART_NAME", "statement", "DROP TEMPORARY FUNCTION", "name", quoted(out.Name.Parts))
	}
	switch out.Kind {
	case tree.KindTable:
		out.Purge = p.eat("PURGE")
	case tree.KindDatabase:
		if out.Cascade = p.eat("CASCADE"); !out.Cascade {
			p.eat("RESTRICT")
		}
	}
	out.Stmt = p.stmt(s)
	return out
}

func (p *front) analyze(s int) tree.Statement {
	p.i++
	if p.eat("TABLES") {
		out := &tree.AnalyzeTables{Name: p.fromIn()}
		p.need("COMPUTE", "STATISTICS")
		out.NoScan = p.noScan(s)
		out.Stmt = p.stmt(s)
		return out
	}
	p.need("TABLE")
	out := &tree.Analyze{Name: p.objectName()}
	out.Partition = p.partitionSpec()
	p.need("COMPUTE", "STATISTICS")
	switch {
	case p.eat("FOR", "COLUMNS"):
		out.Columns = []string{p.strictName()}
		for p.eatOp(",") {
			out.Columns = append(out.Columns, p.strictName())
		}
	case p.eat("FOR", "ALL", "COLUMNS"):
		out.AllColumns = true
	default:
		out.NoScan = p.noScan(s)
	}
	out.Stmt = p.stmt(s)
	return out
}

// noScan reads NOSCAN, when it is there.
func (p *front) noScan(s int) bool {
	if !p.isName(0) {
		return false
	}
	if lower(p.nameAt(0)) != "noscan" {
		p.fail(p.at(s, p.tok().end), "INVALID_SQL_SYNTAX.ANALYZE_TABLE_UNEXPECTED_NOSCAN", "ctx", p.nameAt(0))
	}
	p.i++
	return true
}

func (p *front) repair(s int) tree.Statement {
	p.eat("MSCK")
	p.need("REPAIR", "TABLE")
	out := &tree.Repair{Name: p.objectName(), Add: true}
	if p.isOneOf("ADD", "DROP", "SYNC") && p.wordAt(1) == "PARTITIONS" {
		out.Add, out.Drop = !p.is("DROP"), !p.is("ADD")
		p.i += 2
	}
	out.Stmt = p.stmt(s)
	return out
}

func (p *front) truncate(s int) tree.Statement {
	p.i++
	p.need("TABLE")
	out := &tree.Truncate{Name: p.objectName()}
	out.Partition = p.partitionSpec()
	out.Stmt = p.stmt(s)
	return out
}

func (p *front) alter(s int) tree.Statement {
	p.i++
	out := &tree.AlterTable{}
	switch {
	case p.isOneOf("DATABASE", "SCHEMA", "NAMESPACE"):
		return p.alterDatabase(s)
	case p.is("INDEX"):
		return p.skip(s, "ALTER INDEX")
	case p.eat("VIEW"):
		out.View = true
	case p.eat("TABLE"):
	default:
		p.unexpected("")
	}
	out.Name = p.objectName()
	if out.View && !p.is("WITH", "SCHEMA") && (p.is("AS") || p.startsQuery()) {
		p.eat("AS")
		out.Action = "AS"
		out.Query, out.Text = p.queryText()
		out.Stmt = p.stmt(s)
		return out
	}
	if spec := p.partitionSpec(); spec != nil {
		p.alterPartition(out, spec)
		out.Stmt = p.stmt(s)
		return out
	}
	switch word := p.tok().word; word {
	case "RENAME":
		p.alterRename(out)
	case "SET", "UNSET":
		if st := p.alterSet(out, s); st != nil {
			return st
		}
	case "ADD":
		p.alterAdd(out)
	case "DROP":
		p.alterDrop(out)
	case "ALTER", "CHANGE":
		if p.wordAt(1) == "COLUMN" {
			p.i++
		}
		p.i++
		p.alterColumn(out)
	case "RECOVER":
		p.i++
		p.need("PARTITIONS")
		out.Action = "RECOVER PARTITIONS"
	case "REPLACE":
		p.i++
		p.need("COLUMNS")
		out.Action = "REPLACE COLUMNS"
		p.needOp("(")
		out.Columns = p.columnDefs()
		p.needOp(")")
	case "WITH":
		p.i++
		p.need("SCHEMA")
		out.Action, out.Text = "WITH SCHEMA", p.schemaMode()
	case "CLUSTER":
		return p.skip(s, "ALTER TABLE ... "+word)
	default:
		p.unexpected("")
	}
	out.Stmt = p.stmt(s)
	return out
}

// alterDatabase reads SET DBPROPERTIES, UNSET DBPROPERTIES and SET LOCATION.
func (p *front) alterDatabase(s int) tree.Statement {
	p.i++
	out := &tree.AlterDatabase{Name: p.objectName()}
	unset := p.eat("UNSET")
	if !unset {
		p.need("SET")
	}
	switch {
	case p.eat("DBPROPERTIES"), p.eat("PROPERTIES"):
		if unset {
			p.ifExists()
			out.Keys = p.propertyKeys()
		} else {
			out.Properties = p.properties()
		}
	case !unset && p.eat("LOCATION"):
		out.Location = p.path()
	default:
		return p.skip(s, "ALTER DATABASE ... SET "+p.tok().word)
	}
	out.Stmt = p.stmt(s)
	return out
}

// propertyKeys reads (a, b.c).
func (p *front) propertyKeys() []string {
	p.needOp("(")
	out := []string{p.propertyKey()}
	for p.eatOp(",") {
		out = append(out, p.propertyKey())
	}
	p.needOp(")")
	return out
}

// commentOn reads COMMENT ON DATABASE | TABLE name IS 'text' | NULL.
func (p *front) commentOn(s int) tree.Statement {
	p.i++
	p.need("ON")
	out := &tree.CommentOn{Kind: tree.KindTable}
	switch {
	case p.eat("DATABASE"), p.eat("SCHEMA"), p.eat("NAMESPACE"):
		out.Kind = tree.KindDatabase
	default:
		p.need("TABLE")
	}
	out.Name = p.objectName()
	p.need("IS")
	if !p.eat("NULL") {
		out.Text = p.path()
	}
	out.Stmt = p.stmt(s)
	return out
}

func (p *front) alterPartition(out *tree.AlterTable, spec *tree.PartitionSpec) {
	out.Partitions = []tree.PartitionSpec{*spec}
	switch {
	case p.eat("RENAME", "TO"):
		to := p.partitionSpec()
		if to == nil {
			p.unexpected("")
		}
		out.Action = "RENAME PARTITION"
		out.Partitions = append(out.Partitions, *to)
	case p.eat("SET", "LOCATION"):
		out.Action, out.Location = "SET LOCATION", p.path()
	default:
		p.unsupported("ALTER TABLE ... PARTITION ... " + p.tok().word)
	}
}

func (p *front) alterRename(out *tree.AlterTable) {
	p.i++
	switch {
	case p.eat("TO"):
		out.Action = "RENAME"
		out.To = p.objectName()
	case p.eat("COLUMN"):
		out.Action = "RENAME COLUMN"
		out.Names = append(out.Names, p.multipart())
		p.need("TO")
		out.Names = append(out.Names, []string{p.strictName()})
	default:
		p.unexpected("")
	}
}

// alterSet reads SET and UNSET; it gives a statement when that is all there is to say.
func (p *front) alterSet(out *tree.AlterTable, s int) tree.Statement {
	unset := p.is("UNSET")
	p.i++
	switch {
	case p.eat("TBLPROPERTIES"):
		out.Action = "SET TBLPROPERTIES"
		if unset {
			out.Action, out.IfExists = "UNSET TBLPROPERTIES", p.ifExists()
			out.Keys = p.propertyKeys()
			return nil
		}
		out.Values = p.properties()
	case !unset && p.eat("LOCATION"):
		out.Action, out.Location = "SET LOCATION", p.path()
	case !unset && p.eat("SERDEPROPERTIES"):
		out.Action, out.Values = "SET SERDEPROPERTIES", p.properties()
	default:
		return p.skip(s, "ALTER TABLE ... SET "+p.tok().word)
	}
	return nil
}

func (p *front) alterAdd(out *tree.AlterTable) {
	p.i++
	out.IfExists = p.ifNotExists()
	if p.is("PARTITION") {
		if out.View {
			p.fail(p.pos(), "INVALID_STATEMENT_OR_CLAUSE", "operation", "ALTER VIEW ... ADD PARTITION")
		}
		out.Action = "ADD PARTITION"
		for p.is("PARTITION") {
			spec := p.partitionSpec()
			if spec == nil {
				p.unexpected("")
			}
			p.checkFullSpec(spec, out.Name.P)
			if p.eat("LOCATION") {
				spec.Location = p.path()
			}
			out.Partitions = append(out.Partitions, *spec)
		}
		return
	}
	if !p.eat("COLUMNS") && !p.eat("COLUMN") {
		p.unexpected("")
	}
	out.Action = "ADD COLUMNS"
	bracket := p.eatOp("(")
	for {
		s := p.start()
		name := p.multipart()
		out.Names = append(out.Names, name)
		c := tree.ColumnDef{Name: name[len(name)-1], Type: p.dataType()}
		p.columnOptions(&c)
		if p.eat("FIRST") {
			p.unsupported("ADD COLUMNS ... FIRST")
		} else if p.eat("AFTER") {
			p.unsupported("ADD COLUMNS ... AFTER")
		}
		c.P = p.since(s)
		out.Columns = append(out.Columns, c)
		if !p.eatOp(",") {
			break
		}
	}
	if bracket {
		p.needOp(")")
	}
}

func (p *front) alterDrop(out *tree.AlterTable) {
	p.i++
	if p.eat("COLUMN") || p.eat("COLUMNS") {
		out.Action = "DROP COLUMNS"
		out.IfExists = p.ifExists()
		bracket := p.eatOp("(")
		out.Names = append(out.Names, p.multipart())
		for p.eatOp(",") {
			out.Names = append(out.Names, p.multipart())
		}
		if bracket {
			p.needOp(")")
		}
		return
	}
	out.IfExists = p.ifExists()
	out.Action = "DROP PARTITION"
	if out.View {
		p.fail(p.pos(), "INVALID_STATEMENT_OR_CLAUSE", "operation", "ALTER VIEW ... DROP PARTITION")
	}
	for {
		spec := p.partitionSpec()
		if spec == nil {
			p.unexpected("")
		}
		out.Partitions = append(out.Partitions, *spec)
		if !p.eatOp(",") {
			break
		}
	}
	p.eat("PURGE")
}

// alterColumn reads the column and what becomes of it: TYPE, COMMENT, SET and DROP NOT NULL or DEFAULT, its
// place, or Hive's new definition.
func (p *front) alterColumn(out *tree.AlterTable) {
	s := p.start()
	out.Action = "CHANGE COLUMN"
	name := p.multipart()
	out.Names = append(out.Names, name)
	c := tree.ColumnDef{Name: name[len(name)-1]}
	out.Values = map[string]string{}
	switch {
	case p.eat("TYPE"):
		c.Type = p.dataType()
		out.Values["TYPE"] = c.Type.String()
	case p.eat("COMMENT"):
		c.Comment = p.path()
		out.Values["COMMENT"] = c.Comment
	case p.eat("SET", "NOT", "NULL"):
		c.NotNull = true
		out.Values["NOT NULL"] = "true"
	case p.eat("DROP", "NOT", "NULL"):
		out.Values["NOT NULL"] = "false"
	case p.eat("SET", "DEFAULT"):
		d := p.start()
		c.Default = p.exprNow()
		c.DefaultText = p.since(d).Fragment()
		out.Values["DEFAULT"] = c.DefaultText
	case p.eat("DROP", "DEFAULT"):
		out.Values["DEFAULT"] = ""
	case p.eat("FIRST"):
		out.Values["FIRST"] = "true"
	case p.eat("AFTER"):
		out.Values["AFTER"] = p.strictName()
	case p.isName(0):
		c = p.columnDef()
		out.Names = append(out.Names, []string{c.Name})
		out.Values["TYPE"] = c.Type.String()
		if c.Comment != "" {
			out.Values["COMMENT"] = c.Comment
		}
		if p.eat("FIRST") {
			out.Values["FIRST"] = "true"
		} else if p.eat("AFTER") {
			out.Values["AFTER"] = p.strictName()
		}
	case p.atEnd():
		p.fail(p.since(s), "_LEGACY_ERROR_TEMP_0035", "message", "ALTER TABLE ... CHANGE COLUMN")
	default:
		p.unexpected("")
	}
	c.P = p.since(s)
	out.Columns = []tree.ColumnDef{c}
}
