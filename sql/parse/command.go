package parse

import (
	"strings"
	"sync"

	"sparksql/sql/errs"
	"sparksql/sql/tree"
)

// statement reads a query or a command.
func (p *front) statement() tree.Statement {
	p.enter()
	defer p.leave()
	s := p.start()
	if p.startsQuery() {
		switch p.dmlAfter() {
		case "INSERT":
			with := -1
			if p.is("WITH") {
				with = p.i
				p.aside(p.ctes)
			}
			if p.is("FROM") {
				return p.multiInsert(s, with)
			}
			return p.insert(s, with)
		case "DELETE", "UPDATE", "MERGE":
			return p.skip(s, p.dmlAfter())
		}
		rel, coreText := p.queryNow()
		return &tree.Query{Stmt: p.stmt(s), Rel: rel, Core: coreText}
	}
	word := p.tok().word
	if word == "" {
		word = upper(p.nameAt(0)) // RELOAD is no keyword of Spark's
	}
	f := commandFor(word)
	if f == nil {
		p.unexpected("")
	}
	return f(p, s)
}

// dmlAfter is the word of the statement that follows a WITH clause or FROM at its top level: INSERT and the
// like, or "" for a query.
func (p *front) dmlAfter() string {
	for k := p.i; k < len(p.toks); k++ {
		t := &p.toks[k]
		if (t.op == "(" || t.op == "[") && t.mate > 0 {
			k = t.mate
			continue
		}
		switch t.word {
		case "SELECT", "VALUES":
			return ""
		case "INSERT", "DELETE", "UPDATE", "MERGE":
			if next := p.toks[min(k+1, len(p.toks)-1)].word; next == "INTO" || next == "OVERWRITE" || next == "FROM" || t.word == "UPDATE" && p.is("WITH") {
				return t.word
			}
		}
	}
	return ""
}

var commands struct {
	once  sync.Once
	table map[string]func(*front, int) tree.Statement
}

// commandFor is the reader of the commands that begin with a word, nil for none.
func commandFor(word string) func(*front, int) tree.Statement {
	commands.once.Do(func() { commands.table = commandTable() })
	return commands.table[word]
}

func commandTable() map[string]func(*front, int) tree.Statement {
	refused := func(what string) func(*front, int) tree.Statement {
		return func(p *front, s int) tree.Statement { return p.noStatement(s, what) }
	}
	skipped := func(what string) func(*front, int) tree.Statement {
		return func(p *front, s int) tree.Statement { return p.skip(s, what) }
	}
	return map[string]func(*front, int) tree.Statement{
		"EXPLAIN": (*front).explain, "CREATE": (*front).create, "REPLACE": (*front).create, "DROP": (*front).drop,
		"INSERT": func(p *front, s int) tree.Statement { return p.insert(s, -1) },
		"USE":    (*front).use, "SET": (*front).set, "RESET": (*front).reset, "CACHE": (*front).cache, "UNCACHE": (*front).uncache,
		"CLEAR": (*front).clear, "REFRESH": (*front).refresh, "SHOW": (*front).show, "DESC": (*front).describe,
		"DESCRIBE": (*front).describe, "ALTER": (*front).alter, "ANALYZE": (*front).analyze, "MSCK": (*front).repair,
		"REPAIR": (*front).repair, "TRUNCATE": (*front).truncate, "DECLARE": (*front).declare,
		"DELETE": skipped("DELETE"), "UPDATE": skipped("UPDATE"), "MERGE": skipped("MERGE INTO"), "COMMENT": (*front).commentOn,
		"LOAD": skipped("LOAD DATA"), "ADD": (*front).addResource, "RELOAD": (*front).addResource, "LIST": skipped("LIST resource"), "CALL": skipped("CALL"),
		"EXECUTE": (*front).execute, "BEGIN": skipped("BEGIN ... END"), "LOCK": refused("LOCK"), "UNLOCK": refused("UNLOCK"),
		"EXPORT": refused("EXPORT TABLE"), "IMPORT": refused("IMPORT TABLE"), "GRANT": refused("GRANT"), "REVOKE": refused("REVOKE"),
		"START": refused("START TRANSACTION"), "COMMIT": refused("COMMIT"), "ROLLBACK": refused("ROLLBACK"), "DFS": refused("DFS"),
	}
}

// noStatement refuses what Hive knows and Spark only recognises.
func (p *front) noStatement(s int, what string) tree.Statement {
	p.i = len(p.toks) - 1
	p.fail(p.since(s), "INVALID_STATEMENT_OR_CLAUSE", "operation", what)
	return nil
}

// skip passes over a statement that has no meaning here.
func (p *front) skip(s int, what string) tree.Statement {
	p.i = len(p.toks) - 1
	return &tree.Unsupported{Stmt: p.stmt(s), What: what}
}

// execute reads EXECUTE IMMEDIATE text [INTO variables] [USING parameters]. The syntax of a constant text is checked.
func (p *front) execute(s int) tree.Statement {
	p.i++
	p.need("IMMEDIATE")
	out := &tree.ExecuteImmediate{Query: p.exprNow()}
	if text, ok := constantText(out.Query); ok {
		if _, err := Statement(&errs.Text{SQL: text}, p.opts); err != nil {
			panic(bail{err})
		}
	}
	if p.eat("INTO") {
		out.Into = append(out.Into, p.multipart())
		for p.eatOp(",") {
			out.Into = append(out.Into, p.multipart())
		}
	}
	if p.eat("USING") {
		bracket := p.tok().op == "(" && p.toks[p.tok().mate+1].kind == kEOF && p.eatOp("(")
		out.Using = append(out.Using, p.argumentNow())
		for p.eatOp(",") {
			out.Using = append(out.Using, p.argumentNow())
		}
		if bracket {
			p.needOp(")")
		}
	}
	out.Stmt = p.stmt(s)
	return out
}

func (p *front) explain(s int) tree.Statement {
	p.i++
	e := &tree.Explain{}
	modes := map[string]tree.ExplainMode{"LOGICAL": tree.ExplainSimple, "FORMATTED": tree.ExplainFormatted, "EXTENDED": tree.ExplainExtended,
		"CODEGEN": tree.ExplainCodegen, "COST": tree.ExplainCost, "ANALYZE": tree.ExplainAnalyze, "CORE": tree.ExplainCore}
	if m, ok := modes[p.tok().word]; ok && !(p.is("ANALYZE") && (p.wordAt(1) == "TABLE" || p.wordAt(1) == "TABLES")) {
		e.Mode = m
		if p.is("LOGICAL") {
			p.notAllowed(p.pos(), "EXPLAIN LOGICAL")
		}
		p.i++
	}
	if e.Mode == tree.ExplainAnalyze && p.eat("FORMAT") {
		e.Format = p.explainFormat()
	}
	e.Input = p.statement()
	e.Stmt = p.stmt(s)
	return e
}

func (p *front) explainFormat() tree.ExplainFormat {
	formats := map[string]tree.ExplainFormat{"TEXT": tree.FormatText, "JSON": tree.FormatJSON, "HTML": tree.FormatHTML}
	f, ok := formats[strings.ToUpper(p.textOf(p.tok()))]
	if !ok {
		panic(bail{syntaxAt(p.pos(), p.near(), ": the formats are TEXT, JSON and HTML")})
	}
	p.i++
	return f
}

// objectName reads a qualified name or IDENTIFIER(...).
func (p *front) objectName() tree.ObjectName {
	s := p.start()
	var n tree.ObjectName
	if p.startsIdentifierClause() {
		n.Parts, n.Ident = p.identifierClause()
	} else {
		n.Parts = p.multipart()
	}
	n.P = p.since(s)
	return n
}

func (p *front) ifExists() bool    { return p.eat("IF", "EXISTS") }
func (p *front) ifNotExists() bool { return p.eat("IF", "NOT", "EXISTS") }

// partitionSpec reads PARTITION (a = 1, b), nil when it is not there.
func (p *front) partitionSpec() *tree.PartitionSpec {
	if !p.is("PARTITION") || p.opAt(1) != "(" {
		return nil
	}
	begin := p.start()
	p.i += 2
	out := &tree.PartitionSpec{}
	seen := map[string]bool{}
	for {
		at, name := p.pos(), p.strictName()
		if seen[name] {
			p.fail(at, "DUPLICATE_KEY", "keyColumn", "`"+name+"`")
		}
		seen[name] = true
		out.Names = append(out.Names, name)
		var v tree.Expr
		if p.eatOp("=") || p.eatOp("==") {
			if t := p.tok(); p.eat("DEFAULT") {
				p.fail(p.since(t.start), "REF_DEFAULT_VALUE_IS_NOT_ALLOWED_IN_PARTITION")
			} else {
				v = p.exprNow()
			}
		}
		out.Values = append(out.Values, v)
		if !p.eatOp(",") {
			break
		}
	}
	p.needOp(")")
	out.P = p.since(begin)
	return out
}

// properties reads (k = v, 'k' 'v', a.b = v).
func (p *front) properties() map[string]string {
	out := map[string]string{}
	p.needOp("(")
	for {
		at := p.pos()
		key := p.propertyKey()
		if _, twice := out[key]; twice {
			p.fail(at, "DUPLICATE_KEY", "keyColumn", "`"+key+"`")
		}
		if !p.eatOp("=") {
			p.eatOp("==")
		}
		if t := p.tok(); t.op == "," || t.op == ")" {
			p.notAllowed(at, "no value is given for the key "+key)
		} else {
			out[key] = p.propertyValue()
		}
		if !p.eatOp(",") {
			break
		}
	}
	p.needOp(")")
	return out
}

func (p *front) propertyKey() string {
	if p.tok().kind == kString {
		k := unquote(p.textOf(p.tok()))
		p.i++
		return k
	}
	k := p.name()
	for p.tok().op == "." && p.isName(1) {
		p.i++
		k += "." + p.name()
	}
	return k
}

func (p *front) propertyValue() string {
	t := p.tok()
	switch {
	case t.kind == kString:
		return p.stringLit()
	case t.kind == kNumber:
		p.i++
		return p.textOf(t)
	case t.word == "TRUE" || t.word == "FALSE":
		p.i++
		return lower(p.textOf(t))
	case t.op == "-" && p.peek(1).kind == kNumber:
		p.i += 2
		return p.since(t.start).Fragment()
	}
	e := p.exprNow()
	if lit, ok := e.(*tree.Literal); ok {
		if v, ok := lit.Value.(string); ok {
			return v
		}
	}
	p.fail(p.since(t.start), "INVALID_SQL_SYNTAX.OPTION_IS_INVALID", "key", p.since(t.start).Fragment(), "supported", "a constant")
	return ""
}

// path reads a string.
func (p *front) path() string {
	if p.tok().kind != kString {
		p.unexpected("")
	}
	return p.stringLit()
}
