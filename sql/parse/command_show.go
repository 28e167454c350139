package parse

import (
	"strings"

	"sparksql/sql/tree"
)

// fromIn reads FROM name or IN name, when it is there.
func (p *front) fromIn() (n tree.ObjectName) {
	if p.eat("FROM") || p.eat("IN") {
		n = p.objectName()
	}
	return n
}

// likePattern reads [LIKE] 'pattern', when it is there.
func (p *front) likePattern() string {
	like := p.eat("LIKE")
	if like && p.tok().kind != kString {
		p.unexpected("")
	}
	if p.tok().kind == kString {
		return p.path()
	}
	return ""
}

func (p *front) show(s int) tree.Statement {
	p.i++
	out := &tree.Show{}
	switch {
	case p.eat("DATABASES"), p.eat("SCHEMAS"), p.eat("NAMESPACES"):
		out.What = "DATABASES"
		out.Name = p.fromIn()
		out.Pattern = p.likePattern()
	case p.isOneOf("TABLES", "VIEWS"):
		out.What = p.tok().word
		p.i++
		out.Name = p.fromIn()
		out.Pattern = p.likePattern()
	case p.eat("TABLE", "EXTENDED"):
		out.What = "TABLE EXTENDED"
		out.Name = p.fromIn()
		p.need("LIKE")
		out.Pattern = p.path()
		out.Partition = p.partitionSpec()
	case p.eat("TBLPROPERTIES"):
		out.What = "TBLPROPERTIES"
		out.Name = p.objectName()
		if p.eatOp("(") {
			out.Key = p.propertyKey()
			p.needOp(")")
		}
	case p.eat("COLUMNS"):
		out.What = "COLUMNS"
		if !p.is("FROM") && !p.is("IN") {
			p.unexpected("")
		}
		out.Name = p.fromIn()
		out.In = p.fromIn()
	case p.eat("PARTITIONS"):
		out.What = "PARTITIONS"
		out.Name = p.objectName()
		out.Partition = p.partitionSpec()
	case p.eat("CREATE", "TABLE"):
		out.What = "CREATE TABLE"
		out.Name = p.objectName()
		if p.eat("AS", "SERDE") {
			out.Key = "AS SERDE"
		}
	case p.eat("CURRENT", "NAMESPACE"), p.eat("CURRENT", "DATABASE"), p.eat("CURRENT", "SCHEMA"):
		out.What = "CURRENT NAMESPACE"
	case p.eat("CATALOGS"):
		out.What = "CATALOGS"
		out.Pattern = p.likePattern()
	case p.is("VARIABLES"):
		p.i++
		out.What = "VARIABLES"
		out.Pattern = p.likePattern()
	case p.is("FUNCTIONS"), p.isName(0) && p.wordAt(1) == "FUNCTIONS":
		p.showFunctions(out)
	case p.isOneOf("GRANT", "ROLE", "ROLES", "PRINCIPALS", "INDEX", "INDEXES", "LOCKS", "TRANSACTIONS", "COMPACTIONS"),
		p.is("CURRENT", "ROLES"):
		return p.noStatement(s, "SHOW "+p.tok().word)
	default:
		p.unexpected("")
	}
	out.Stmt = p.stmt(s)
	return out
}

func (p *front) showFunctions(out *tree.Show) {
	out.What, out.Scope = "FUNCTIONS", "ALL"
	if !p.is("FUNCTIONS") {
		out.Scope = strings.ToUpper(p.nameAt(0))
		if out.Scope != "USER" && out.Scope != "SYSTEM" && out.Scope != "ALL" {
			p.fail(p.pos(), "INVALID_SQL_SYNTAX.SHOW_FUNCTIONS_INVALID_SCOPE", "scope", "`"+p.nameAt(0)+"`")
		}
		p.i++
	}
	p.i++
	out.Name = p.fromIn()
	like := p.eat("LIKE")
	switch {
	case p.tok().kind == kString:
		out.Pattern = p.path()
	case p.isName(0):
		n := p.objectName()
		out.Pattern = n.Parts[len(n.Parts)-1]
		if len(n.Parts) > 1 {
			n.Parts = n.Parts[:len(n.Parts)-1]
			out.Name = n
		}
	case like:
		p.unexpected("")
	}
}

func (p *front) describe(s int) tree.Statement {
	p.i++
	out := &tree.Describe{}
	switch {
	case p.is("FUNCTION") && p.peek(1).kind != kEOF && p.opAt(1) != ".":
		p.i++
		out.Kind = tree.KindFunction
		out.Extended = p.is("EXTENDED") && p.peek(1).kind != kEOF && p.eat("EXTENDED")
		out.Name = p.functionName()
	case p.isOneOf("DATABASE", "SCHEMA", "NAMESPACE") && (p.isName(1)):
		p.i++
		out.Kind = tree.KindDatabase
		out.Extended = p.is("EXTENDED") && p.isName(1) && p.eat("EXTENDED")
		out.Name = p.objectName()
	case p.is("QUERY") && p.peek(1).kind != kEOF:
		p.i++
		out.Kind = tree.KindQuery
		out.Query, _ = p.queryNow()
	case p.startsQuery() && !p.is("TABLE"):
		out.Kind = tree.KindQuery
		out.Query, _ = p.queryNow()
	default:
		p.describeTable(out)
	}
	out.Stmt = p.stmt(s)
	return out
}

func (p *front) describeTable(out *tree.Describe) {
	if p.is("TABLE") && p.isName(1) {
		p.i++
	}
	if p.isOneOf("EXTENDED", "FORMATTED") && p.isName(1) {
		out.Extended = true
		p.i++
	}
	out.Name = p.objectName()
	out.Partition = p.partitionSpec()
	if p.isName(0) && !p.is("AS") {
		out.Column = p.multipart()
		if out.Partition != nil {
			p.fail(p.pos(), "UNSUPPORTED_FEATURE.DESC_TABLE_COLUMN_PARTITION")
		}
	}
	p.checkFullSpec(out.Partition, out.Name.P)
	at := p.pos()
	if out.AsJSON = p.eat("AS", "JSON"); out.AsJSON {
		switch {
		case !out.Extended:
			p.fail(at, "DESCRIBE_JSON_NOT_EXTENDED", "tableName", strings.Join(out.Name.Parts, "."))
		case out.Column != nil:
			p.fail(at, "UNSUPPORTED_FEATURE.DESC_TABLE_COLUMN_JSON")
		}
	}
}

// functionName reads a name, a string, or an operator.
func (p *front) functionName() tree.ObjectName {
	t := p.tok()
	switch {
	case t.kind == kString:
		s := p.path()
		return tree.ObjectName{Parts: []string{s}, P: p.since(t.start)}
	case t.kind == kOp:
		for p.tok().kind == kOp {
			p.i++
		}
		at := p.since(t.start)
		return tree.ObjectName{Parts: []string{at.Fragment()}, P: at}
	}
	return p.objectName()
}
