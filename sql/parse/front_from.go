package parse

import (
	"path"
	"strings"

	"sparksql/sql/tree"
)

type relKind uint8

const (
	relTable relKind = iota
	relQuery         // a query in brackets
	relJoins         // relations in brackets that have an alias
	relFunc
	relValues
	relLateralView
	relPivot
	relUnpivot
	relPlain // a query that stands for itself
	relPipe  // the input of a pipe operator
)

// relForm is what a relation says besides its expressions and queries. In core SQL its number is the schema
// of a table's name, or the alias of a derived table.
type relForm struct {
	kind    relKind
	span    span
	nameEnd int // where the table's name ends
	parts   []string
	ident   tree.Expr
	options map[string]string
	asOf    tree.Expr
	alias   string
	columns []string
	sample  *tree.Sample
	lateral bool
	outer   bool   // LATERAL VIEW OUTER
	word    string // the pipe operator
	unpivot *tree.Unpivot
}

// from reads what follows FROM: relations with commas, then LATERAL VIEWs.
func (p *front) from() {
	p.relation()
	for p.eatOp(",") {
		p.w.raw(",")
		p.relation()
	}
	if p.lateralViews() && p.isOneOf("PIVOT", "UNPIVOT") {
		p.fail(p.pos(), "NOT_ALLOWED_IN_FROM.LATERAL_WITH_"+p.tok().word)
	}
}

func (p *front) relation() {
	p.enter()
	at := len(p.w.pieces)
	p.relationPrimary()
	for p.pivots(at) || p.join() {
	}
	p.leave()
}

// joinWords reads the words up to JOIN; false: no join stands here.
func (p *front) joinWords() (kind string, natural, ok bool) {
	k := 0
	if p.is("NATURAL") {
		natural, k = true, 1
	}
	kind = mOnInner
	switch w := p.wordAt(k); w {
	case "INNER":
		k++
	case "CROSS":
		kind = mOnCross
		k++
	case "LEFT":
		kind = mOnLeft
		k++
		switch p.wordAt(k) {
		case "SEMI":
			kind = mOnSemi
			k++
		case "ANTI":
			kind = mOnAnti
			k++
		case "OUTER":
			k++
		}
	case "RIGHT", "FULL":
		kind = mOnRight
		if w == "FULL" {
			kind = mOnFull
		}
		k++
		if p.wordAt(k) == "OUTER" {
			k++
		}
	case "SEMI":
		kind = mOnSemi
		k++
	case "ANTI":
		kind = mOnAnti
		k++
	}
	if p.wordAt(k) != "JOIN" {
		return "", false, false
	}
	p.i += k + 1
	return kind, natural, true
}

// join reads one JOIN after the relations to its left.
func (p *front) join() bool {
	s := p.start()
	kind, natural, ok := p.joinWords()
	if !ok {
		return false
	}
	text := map[string]string{mOnInner: "JOIN", mOnCross: "JOIN", mOnRight: "RIGHT JOIN"}[kind]
	if text == "" {
		text = "LEFT JOIN"
	}
	p.w.put(text, s, p.prevEnd())
	lateral := p.is("LATERAL")
	p.relationPrimary()
	p.checkJoin(kind, natural, lateral, p.is("USING"), p.since(s))
	native := kind == mOnInner || kind == mOnLeft || kind == mOnRight
	switch {
	case natural:
		p.w.raw("ON " + mark(kind) + mark(mOnNatural) + "))")
	case p.is("ON") && native:
		p.keyword()
		p.expr()
	case p.eat("ON"):
		p.w.raw("ON " + mark(kind))
		p.expr()
		p.w.raw(")")
	case p.eat("USING"):
		cols := p.names()
		for i, c := range cols {
			cols[i] = p.w.quote(c)
		}
		list := strings.Join(cols, ", ")
		if native {
			p.w.raw("USING (" + list + ")")
		} else {
			p.w.raw("ON " + mark(kind) + mark(mOnUsing) + list + "))")
		}
	default:
		p.w.raw("ON " + mark(kind) + ")")
	}
	return true
}

func (p *front) relationPrimary() {
	lateral := p.is("LATERAL") && p.wordAt(1) != "VIEW" && p.eat("LATERAL")
	f := &relForm{lateral: lateral, span: span{p.start(), 0}}
	switch {
	case p.tok().op == "(" && p.isQuery(p.i):
		f.kind = relQuery
		p.bracketedQuery()
		p.sampleClause(f)
		p.alias(f)
		p.w.raw("AS " + p.w.keep(f))
	case p.tok().op == "(":
		p.bracketedRelation(f)
	case p.is("VALUES") && p.queryWord(p.i):
		p.values(f)
	default:
		p.namedRelation(f)
	}
	f.span.end = p.prevEnd()
}

func (p *front) bracketedRelation(f *relForm) {
	at := len(p.w.pieces)
	p.w.raw("(")
	p.needOp("(")
	p.relation()
	p.needOp(")")
	p.w.raw(")")
	p.sampleClause(f)
	p.alias(f)
	if f.alias != "" || f.sample != nil {
		f.kind = relJoins
		p.w.prefix(at, "( SELECT "+mark(mWhole)+") FROM", 0, 0)
		p.w.raw(") AS " + p.w.keep(f))
	}
}

// alias reads [[AS] name [(columns)]] into f.
func (p *front) alias(f *relForm) {
	if p.is("AS") && p.opAt(1) == "(" {
		f.alias = p.name() // Spark reads the word as the name
		f.columns = p.names()
		return
	}
	if p.is("AS") {
		p.i++
	} else if !p.canAliasTable() {
		return
	}
	f.alias = p.strictName()
	if p.tok().op == "(" {
		f.columns = p.names()
	}
}

func (p *front) canAliasTable() bool {
	t := p.tok()
	if t.kind == kQuoted {
		return true
	}
	if !p.isName(0) || stopWords()[t.word] || strictWords()[t.word] {
		return false
	}
	switch t.word {
	case "SELECT", "SET", "VALUES", "INSERT", "WITH", "MAP", "REDUCE", "WHEN", "THEN":
		return false
	case "FOR":
		return !p.isName(1)
	case "TIMESTAMP", "VERSION", "SYSTEM_TIME", "SYSTEM_VERSION":
		return !(p.wordAt(1) == "AS" && p.wordAt(2) == "OF")
	}
	return true
}

// values reads VALUES (a, b), ... with its alias, as a derived table.
func (p *front) values(f *relForm) {
	f.kind = relValues
	f.span.start = p.start()
	p.i++
	p.w.raw("( VALUES")
	for {
		p.valuesRow()
		if !p.eatOp(",") {
			break
		}
		p.w.raw(",")
	}
	p.w.raw(")")
	p.alias(f)
	f.span.end = p.prevEnd()
	p.w.raw("AS " + p.w.keep(f))
}

func (p *front) valuesRow() {
	at, from := len(p.w.pieces), p.i
	mate := p.tok().mate
	bracket := p.tok().op == "(" && !p.isQuery(p.i)
	p.expr()
	if bracket && p.i == mate+1 && p.w.pieces[at].pre == nil && p.toks[from].op == "(" {
		p.w.pieces[at].text = "ROW("
		return
	}
	p.w.prefix(at, "ROW(", 0, 0)
	p.w.raw(")")
}

// namedRelation reads a table or a table function.
func (p *front) namedRelation(f *relForm) {
	s := p.start()
	if p.startsIdentifierClause() {
		f.parts, f.ident = p.identifierClause()
		if p.tok().op == "(" {
			if f.parts == nil {
				p.unsupported("IDENTIFIER as the name of a table function")
			}
			p.tableFunction(f, f.parts, s)
			return
		}
		p.tableTail(f)
		return
	}
	if p.tok().kind == kString && !f.lateral {
		if f.parts = fileParts(unquote(p.textOf(p.tok()))); f.parts != nil {
			p.i++
			p.tableTail(f)
			return
		}
	}
	if !p.isName(0) {
		p.unexpected("")
	}
	if p.is("STREAM") && p.isName(1) && p.wordAt(1) == "" {
		p.unsupported("STREAM")
	}
	n := 0
	for p.isName(2*n) && p.opAt(2*n+1) == "." && p.isName(2*n+2) {
		n++
	}
	f.parts = p.multipart()
	if p.tok().op == "(" {
		if n := len(f.parts); n > 1 && lower(f.parts[n-1]) == "identifier" {
			p.fail(p.since(s), "INVALID_SQL_SYNTAX.INVALID_TABLE_VALUED_FUNC_NAME", "funcName", quoted(f.parts))
		}
		p.tableFunction(f, f.parts, s)
		return
	}
	if f.lateral {
		p.fail(p.since(s), "INVALID_SQL_SYNTAX.LATERAL_WITHOUT_SUBQUERY_OR_TABLE_VALUED_FUNC")
	}
	p.tableTail(f)
}

func (p *front) tableFunction(f *relForm, parts []string, s int) {
	f.kind = relFunc
	p.w.raw("( SELECT")
	p.plainCall(parts, s)
	p.w.raw(")")
	p.alias(f)
	p.w.raw("AS " + p.w.keep(f))
}

// tableTail reads what follows a table's name: time travel, options, sample, alias.
func (p *front) tableTail(f *relForm) {
	f.span.end = p.prevEnd()
	f.nameEnd = f.span.end
	p.timeTravel(f)
	if p.is("WITH") && p.opAt(1) == "(" {
		p.i++
		f.options = p.properties()
	}
	p.sampleClause(f)
	p.alias(f)
	last := "identifier"
	if len(f.parts) > 0 {
		last = f.parts[len(f.parts)-1]
	}
	text := p.w.keep(f) + "." + p.w.quote(last)
	if f.alias != "" {
		text += " AS " + p.w.quote(f.alias)
	}
	p.w.put(text, f.span.start, f.nameEnd)
	f.span.end = p.prevEnd()
}

// tableName reads a bare table name, as after TABLE.
func (p *front) tableName() {
	f := &relForm{span: span{p.start(), 0}}
	if p.startsIdentifierClause() {
		f.parts, f.ident = p.identifierClause()
	} else {
		f.parts = p.multipart()
	}
	f.span.end = p.prevEnd()
	f.nameEnd = f.span.end
	last := "identifier"
	if len(f.parts) > 0 {
		last = f.parts[len(f.parts)-1]
	}
	p.w.put(p.w.keep(f)+"."+p.w.quote(last), f.span.start, f.span.end)
}

func (p *front) timeTravel(f *relForm) {
	k := 0
	if p.is("FOR") {
		k = 1
	}
	switch p.wordAt(k) {
	case "TIMESTAMP", "VERSION", "SYSTEM_TIME", "SYSTEM_VERSION":
		if p.wordAt(k+1) == "AS" && p.wordAt(k+2) == "OF" {
			p.i += k + 3
			f.asOf = p.exprNow()
		}
	}
}

func (p *front) lateralViews() (some bool) {
	for p.is("LATERAL", "VIEW") {
		some = true
		f := &relForm{kind: relLateralView, span: span{p.start(), 0}}
		p.i += 2
		f.outer = p.is("OUTER") && p.opAt(1) != "(" && p.eat("OUTER")
		p.w.raw(", LATERAL ( SELECT")
		s := p.start()
		var parts []string
		if p.startsIdentifierClause() {
			if parts, _ = p.identifierClause(); parts == nil {
				p.unsupported("IDENTIFIER as the name of a generator")
			}
		} else {
			parts = p.multipart()
		}
		if p.tok().op != "(" {
			p.unexpected("'('")
		}
		p.plainCall(parts, s)
		if p.canAliasTable() {
			f.alias = p.strictName()
		}
		if p.eat("AS") || p.canAliasTable() {
			f.columns = append(f.columns, p.strictName())
			for p.eatOp(",") {
				f.columns = append(f.columns, p.strictName())
			}
		}
		f.span.end = p.prevEnd()
		p.w.raw(") AS " + p.w.keep(f))
	}
	return some
}

// formatsByName are the formats of files by the ends of their names.
var formatsByName = map[string]string{".parquet": "parquet", ".csv": "csv", ".json": "json", ".jsonl": "json", ".ndjson": "json",
	".txt": "text", ".avro": "avro"}

// fileParts is format.`path` for a path that stands as a string where a table is read: the format is that of the name's end,
// before the end of a compressed file; of a folder it is parquet, Spark's default source. Nil: it is no path.
func fileParts(text string) []string {
	name := strings.TrimRight(text, "/*")
	for _, codec := range []string{".gz", ".gzip", ".bz2", ".zst", ".snappy", ".lz4", ".deflate"} {
		name = strings.TrimSuffix(name, codec)
	}
	if format := formatsByName[strings.ToLower(path.Ext(name))]; format != "" {
		return []string{format, text}
	}
	if strings.Contains(text, "/") {
		return []string{"parquet", text}
	}
	return nil
}
