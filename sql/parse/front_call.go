package parse

import (
	"strings"
	"sync"

	"sparksql/sql/errs"
	"sparksql/sql/tree"
)

// openCall writes the name of a call and its bracket, and gives the piece.
func (p *front) openCall(parts []string, start int) int {
	at := len(p.w.pieces)
	if len(parts) == 1 && parts[0] != "" && !strings.HasPrefix(parts[0], "$") {
		p.w.put(p.w.quote(parts[0])+"(", start, 0)
		return at
	}
	p.w.put(mark(mCall)+p.w.keep(parts), start, 0)
	return at
}

func (p *front) closeCall(at int) {
	p.w.raw(")")
	p.w.pieces[at].end = p.prevEnd()
}

// call reads the arguments of a call and what may follow them; the next token is its bracket.
func (p *front) call(parts []string, start int) {
	p.enter()
	at := p.openCall(parts, start)
	p.i++
	p.arguments(len(parts) > 1, at)
	p.needOp(")")
	p.closeCall(at)
	p.callTail(at, start)
	p.leave()
}

// plainCall is call for places that take no OVER or FILTER.
func (p *front) plainCall(parts []string, start int) {
	p.enter()
	at := p.openCall(parts, start)
	p.i++
	p.arguments(len(parts) > 1, at)
	p.needOp(")")
	p.closeCall(at)
	p.leave()
}

// arguments reads [DISTINCT] a, name => b, ...
func (p *front) arguments(comma bool, at int) {
	comma = comma || strings.HasPrefix(p.w.pieces[at].text, "`$")
	sep := func() {
		if comma {
			p.w.raw(",")
		}
		comma = true
	}
	if p.tok().op == ")" {
		return
	}
	if p.isOneOf("DISTINCT", "ALL") && p.opAt(1) != ")" && p.opAt(1) != "," && p.opAt(1) != "." {
		if p.is("DISTINCT") {
			sep()
			p.w.raw(mark(mDistinct) + ")")
		}
		p.i++
	}
	for {
		sep()
		p.functionArgument()
		if !p.eatOp(",") {
			return
		}
	}
}

func (p *front) functionArgument() {
	switch {
	case p.isName(0) && p.opAt(1) == "=>":
		at, s := len(p.w.pieces), p.start()
		p.w.put(mark(mNamed), s, 0)
		p.ident()
		p.i++
		p.w.raw(",")
		p.functionArgument()
		p.closeCall(at)
	case p.is("TABLE") && (p.opAt(1) == "(" || p.isName(1)) && p.opAt(1) != ".":
		p.tableArgument()
	default:
		p.expr()
	}
}

// tableArgument reads TABLE(query), TABLE(t) or TABLE t with its partitioning, which has no effect.
func (p *front) tableArgument() {
	at, s := len(p.w.pieces), p.start()
	p.i++
	p.w.put(mark(mTableArg), s, 0)
	if p.isQuery(p.i) {
		p.bracketedQuery()
	} else {
		bracket := p.eatOp("(")
		if !bracket {
			p.fail(p.since(s), "INVALID_SQL_SYNTAX.INVALID_TABLE_FUNCTION_IDENTIFIER_ARGUMENT_MISSING_PARENTHESES", "argumentName", quoted(p.multipart()))
		}
		p.w.raw("( SELECT " + mark(mWhole) + ") FROM")
		p.tableName()
		p.w.raw(")")
		p.needOp(")")
	}
	for p.isOneOf("PARTITION", "DISTRIBUTE", "ORDER", "SORT") || p.is("WITH", "SINGLE", "PARTITION") {
		if p.eat("WITH", "SINGLE", "PARTITION") {
			continue
		}
		p.i++
		p.need("BY")
		bracket := p.tok().op == "(" && p.eatOp("(")
		p.aside(func() { p.sortItems(true) })
		if bracket {
			p.needOp(")")
		}
	}
	p.closeCall(at)
}

// callTail reads WITHIN GROUP, FILTER, IGNORE NULLS and OVER after a call that was written at piece at.
func (p *front) callTail(at, start int) {
	if p.is("WITHIN", "GROUP") {
		p.i += 2
		p.needOp("(")
		p.need("ORDER", "BY")
		p.w.raw(",")
		p.sortItems(true)
		p.needOp(")")
		p.w.prefix(at, mark(mWithinGroup), start, p.prevEnd())
		p.w.raw(")")
	}
	if p.is("FILTER") && p.opAt(1) == "(" && p.wordAt(2) == "WHERE" {
		p.i += 3
		p.w.raw(",")
		p.expr()
		p.needOp(")")
		p.w.prefix(at, mark(mFilter), start, p.prevEnd())
		p.w.raw(")")
	}
	if p.isOneOf("IGNORE", "RESPECT") && p.wordAt(1) == "NULLS" {
		m := mIgnoreNulls
		if p.is("RESPECT") {
			m = mRespect
		}
		p.i += 2
		p.w.prefix(at, mark(m), start, p.prevEnd())
		p.w.raw(")")
	}
	if p.is("OVER") && (p.opAt(1) == "(" || p.isName(1)) {
		p.i++
		p.w.raw(", row_number() OVER")
		p.windowSpec()
		p.w.prefix(at, mark(mOver), start, p.prevEnd())
		p.w.raw(")")
	}
}

// specialCalls are the calls with a grammar of their own; false: it is an ordinary call after all.
var specialCalls struct {
	once  sync.Once
	table map[string]func(*front) bool
}

func specialCall(word string) func(*front) bool {
	specialCalls.once.Do(func() { specialCalls.table = specialCallTable() })
	return specialCalls.table[word]
}

func specialCallTable() map[string]func(*front) bool {
	unit := func(name string) func(*front) bool {
		return func(p *front) bool { return p.unitCall(name) }
	}
	return map[string]func(*front) bool{
		"CAST": (*front).castCall, "TRY_CAST": (*front).castCall, "STRUCT": (*front).structCall, "EXISTS": (*front).existsCall,
		"FIRST": (*front).firstCall, "LAST": (*front).firstCall, "ANY_VALUE": (*front).firstCall,
		"POSITION": (*front).positionCall, "EXTRACT": (*front).extractCall, "SUBSTR": (*front).substringCall,
		"SUBSTRING": (*front).substringCall, "TRIM": (*front).trimCall, "OVERLAY": (*front).overlayCall,
		"TIMESTAMPADD": unit("timestampadd"), "DATEADD": unit("timestampadd"), "DATE_ADD": unit("timestampadd"),
		"TIMESTAMPDIFF": unit("timestampdiff"), "DATEDIFF": unit("timestampdiff"), "DATE_DIFF": unit("timestampdiff"),
		"TIMEDIFF": unit("timestampdiff"), "IDENTIFIER": (*front).identifierCall,
	}
}

func (p *front) castCall() bool {
	at, s := len(p.w.pieces), p.start()
	m := mCast
	if p.is("TRY_CAST") {
		m = mTryCast
	}
	p.w.put(mark(m), s, 0)
	p.i += 2
	p.expr()
	p.need("AS")
	p.w.raw(",")
	ts := p.start()
	ty := p.dataType()
	p.w.value(ty, ts, p.prevEnd())
	p.needOp(")")
	p.closeCall(at)
	return true
}

func (p *front) structCall() bool {
	s := p.start()
	at := p.openCall([]string{p.nameAt(0)}, s)
	p.i += 2
	for n := 0; p.tok().op != ")"; n++ {
		if n > 0 {
			p.needOp(",")
			p.w.raw(",")
		}
		p.argument()
	}
	p.i++
	p.closeCall(at)
	p.callTail(at, s)
	return true
}

func (p *front) existsCall() bool {
	if !p.isQuery(p.i + 1) {
		return false
	}
	at, s := len(p.w.pieces), p.start()
	p.w.put("EXISTS", s, 0)
	p.i++
	p.bracketedQuery()
	p.w.pieces[at].end = p.prevEnd()
	return true
}

// firstCall reads first(x IGNORE NULLS).
func (p *front) firstCall() bool {
	s, save, pieces, slots := p.start(), p.i, len(p.w.pieces), len(p.w.slots)
	if p.opAt(2) == ")" || p.isOneOf("DISTINCT") || p.wordAt(2) == "DISTINCT" || p.peek(1).mate == 0 {
		return false
	}
	if m := p.peek(1).mate; p.toks[m-1].word != "NULLS" || p.toks[m-2].word != "IGNORE" && p.toks[m-2].word != "RESPECT" {
		return false
	}
	at := p.openCall([]string{p.nameAt(0)}, s)
	p.i += 2
	p.expr()
	m := mIgnoreNulls
	if p.is("RESPECT") {
		m = mRespect
	}
	if !p.eat("IGNORE", "NULLS") && !p.eat("RESPECT", "NULLS") || p.tok().op != ")" {
		p.i, p.w.pieces, p.w.slots = save, p.w.pieces[:pieces], p.w.slots[:slots]
		return false
	}
	p.i++
	p.closeCall(at)
	p.w.prefix(at, mark(m), s, p.prevEnd())
	p.w.raw(")")
	p.callTail(at, s)
	return true
}

// positionCall reads position(a IN b), which is locate(a, b).
func (p *front) positionCall() bool {
	if !p.hasWord("IN") {
		return false
	}
	at := p.openCall([]string{"locate"}, p.start())
	p.i += 2
	p.value(lComparison)
	p.need("IN")
	p.w.raw(",")
	p.value(lComparison)
	p.needOp(")")
	p.closeCall(at)
	return true
}

// hasWord tells whether the brackets of the call at hand hold one of the words at their top level.
func (p *front) hasWord(words ...string) bool {
	end := p.peek(1).mate
	for k := p.i + 2; k < end; k++ {
		t := &p.toks[k]
		if t.op == "(" || t.op == "[" {
			if t.mate == 0 {
				return false
			}
			k = t.mate
			continue
		}
		for _, w := range words {
			if t.word == w {
				return true
			}
		}
	}
	return false
}

func (p *front) extractCall() bool {
	if p.wordAt(3) != "FROM" {
		return false
	}
	at := p.openCall([]string{"extract"}, p.start())
	p.i += 2
	s := p.start()
	field := p.name()
	p.literal(stringType, field, s)
	p.need("FROM")
	p.w.raw(",")
	p.value(lComparison)
	p.needOp(")")
	p.closeCall(at)
	return true
}

// substringCall reads substring(s FROM a FOR b) and the form with commas, both substring(s, a, b).
func (p *front) substringCall() bool {
	if n := p.commas(); !p.hasWord("FROM") && n != 1 && n != 2 || p.hasWord("DISTINCT") {
		return false
	}
	name := "substring"
	if !p.hasWord("FROM") {
		name = p.nameAt(0) // shown as it was called
	}
	at := p.openCall([]string{name}, p.start())
	p.i += 2
	p.value(lComparison)
	if !p.eat("FROM") {
		p.needOp(",")
	}
	p.w.raw(",")
	p.value(lComparison)
	if p.eat("FOR") || p.eatOp(",") {
		p.w.raw(",")
		p.value(lComparison)
	}
	p.needOp(")")
	p.closeCall(at)
	return true
}

// trimCall reads trim([BOTH|LEADING|TRAILING] [x] FROM s): trim, ltrim or rtrim of (x, s).
func (p *front) trimCall() bool {
	side := p.wordAt(2)
	if side != "BOTH" && side != "LEADING" && side != "TRAILING" || p.opAt(3) == ")" || p.opAt(3) == "," || p.opAt(3) == "." {
		if !p.hasWord("FROM") {
			return false
		}
		side = ""
	}
	name := map[string]string{"": "trim", "BOTH": "trim", "LEADING": "ltrim", "TRAILING": "rtrim"}[side]
	at := p.openCall([]string{name}, p.start())
	p.i += 2
	if side != "" {
		p.i++
	}
	if !p.is("FROM") {
		p.value(lComparison)
		p.w.raw(",")
	}
	p.need("FROM")
	p.value(lComparison)
	p.needOp(")")
	p.closeCall(at)
	return true
}

func (p *front) overlayCall() bool {
	if !p.hasWord("PLACING") {
		return false
	}
	at := p.openCall([]string{"overlay"}, p.start())
	p.i += 2
	p.value(lComparison)
	p.need("PLACING")
	p.w.raw(",")
	p.value(lComparison)
	p.need("FROM")
	p.w.raw(",")
	p.value(lComparison)
	if p.eat("FOR") {
		p.w.raw(",")
		p.value(lComparison)
	}
	p.needOp(")")
	p.closeCall(at)
	return true
}

// dateUnits are the units of timestampadd and timestampdiff.
var dateUnits = setOf(`YEAR QUARTER MONTH WEEK DAY DAYOFYEAR HOUR MINUTE SECOND MILLISECOND MICROSECOND`)

// unitCall reads timestampadd(UNIT, a, b) and its like: the unit becomes a string. With two arguments it
// is an ordinary call (date_add, datediff).
func (p *front) unitCall(name string) bool {
	t := p.peek(2)
	if p.peek(3).op != "," || t.kind != kString && t.kind != kWord || p.commas() != 2 {
		return false
	}
	if !dateUnits()[t.word] {
		if t.kind != kString {
			return false
		}
		p.fail(p.at(p.start(), p.toks[p.peek(1).mate].end), "INVALID_PARAMETER_VALUE.DATETIME_UNIT",
			"functionName", "`"+p.textOf(p.tok())+"`", "parameter", "`unit`", "invalidValue", p.textOf(t))
	}
	at := p.openCall([]string{name}, p.start())
	p.i += 2
	s := p.start()
	p.i++
	p.literal(stringType, p.textOf(t), s)
	p.i++
	p.w.raw(",")
	p.value(lComparison)
	p.needOp(",")
	p.w.raw(",")
	p.value(lComparison)
	p.needOp(")")
	p.closeCall(at)
	return true
}

// commas counts the commas at the top level of the brackets of the call at hand.
func (p *front) commas() int {
	end, commas := p.peek(1).mate, 0
	for k := p.i + 2; k < end; k++ {
		switch t := &p.toks[k]; {
		case (t.op == "(" || t.op == "[") && t.mate > 0:
			k = t.mate
		case t.op == ",":
			commas++
		}
	}
	return commas
}

// identifierCall reads IDENTIFIER(x) as a column, or as the name of a call. A constant name is read at once.
func (p *front) identifierCall() bool {
	s, at := p.start(), len(p.w.pieces)
	parts, x := p.identifierClause()
	if p.tok().op == "(" {
		if parts != nil {
			p.call(parts, s)
			return true
		}
		p.w.put(mark(mIdentCall)+p.w.keep(x), s, 0)
		p.i++
		p.arguments(true, at)
		p.needOp(")")
		p.closeCall(at)
		p.callTail(at, s)
		return true
	}
	if parts == nil {
		p.w.put(mark(mIdentifier)+p.w.keep(x)+")", s, p.prevEnd())
		return true
	}
	if p.tok().op == "." && p.opAt(1) == "*" {
		p.i += 2
		p.starTail(s, parts)
		return true
	}
	for k, n := range parts {
		if k > 0 && k <= 2 {
			p.w.raw(".")
		} else if k > 2 {
			p.w.raw(",")
		}
		p.w.ident(n, s, p.prevEnd())
		if k > 2 {
			p.w.raw(")")
			p.w.prefix(at, mark(mField), s, p.prevEnd())
		}
	}
	return true
}

// identifierClause reads IDENTIFIER(x): the parts of the name when x is a string, else its expression.
func (p *front) identifierClause() ([]string, tree.Expr) {
	p.i++
	p.needOp("(")
	x := p.exprNow()
	p.needOp(")")
	name, ok := constantText(x)
	if !ok {
		return nil, x
	}
	if name == "" {
		p.fail(x.Pos(), "PARSE_EMPTY_STATEMENT")
	}
	parts, err := Identifier(&errs.Text{SQL: name})
	if err != nil {
		panic(bail{errs.At(err, x.Pos())})
	}
	return parts, nil
}

// constantText is the value of string literals, also joined by ||.
func constantText(x tree.Expr) (string, bool) {
	switch x := x.(type) {
	case *tree.Literal:
		s, ok := x.Value.(string)
		return s, ok
	case *tree.Binary:
		if x.Op != tree.Concat {
			return "", false
		}
		a, ok1 := constantText(x.L)
		b, ok2 := constantText(x.R)
		return a + b, ok1 && ok2
	}
	return "", false
}

// startsIdentifierClause tells whether IDENTIFIER(...) stands next.
func (p *front) startsIdentifierClause() bool { return p.is("IDENTIFIER") && p.opAt(1) == "(" }
