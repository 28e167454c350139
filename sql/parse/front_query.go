package parse

// query reads a whole query: WITH, set operations, ordering and limits, pipes.
func (p *front) query() {
	p.enter()
	with := p.is("WITH") && p.opAt(1) != "("
	if with {
		p.ctes()
	}
	at := len(p.w.pieces)
	bare := p.body()
	if !p.tail(at, bare) && with && bare {
		p.whole(at)
	}
	p.pipes(at)
	p.leave()
}

// pipes reads |> operators, and the ordering and limits that may follow them.
func (p *front) pipes(at int) {
	if p.tok().op != "|>" {
		return
	}
	for p.tok().op == "|>" {
		p.pipe(at)
	}
	if p.startsTail() {
		p.whole(at)
		p.tail(at, false)
	}
	if p.is("WINDOW") && p.isName(1) && p.wordAt(2) == "AS" {
		p.aside(p.windows) // no operator before it can refer to these
	}
}

// startsTail tells whether ORDER BY, LIMIT or one of their relatives stands next.
func (p *front) startsTail() bool {
	switch p.tok().word {
	case "ORDER", "SORT", "CLUSTER", "DISTRIBUTE":
		return p.wordAt(1) == "BY"
	}
	return p.isOneOf("LIMIT", "OFFSET")
}

// topQuery reads a query that is a whole core statement, which cannot be just a bracketed one.
func (p *front) topQuery() {
	at := len(p.w.pieces)
	if p.tok().op != "(" {
		p.query()
		return
	}
	p.query()
	if p.w.pieces[at].text == "(" && p.w.pieces[at].pre == nil && p.w.pieces[len(p.w.pieces)-1].text == ")" {
		p.whole(at)
	}
}

// whole makes SELECT of what was written since at, as a derived table.
func (p *front) whole(at int) { p.derived(at, mWhole) }

func (p *front) derived(at int, m string) {
	p.w.prefix(at, "SELECT "+mark(m)+") FROM (", 0, 0)
	p.w.raw(") AS " + p.w.keep(&relForm{kind: relPlain}))
}

// cteForm is what a WITH clause says of one name besides its query.
type cteForm struct {
	name    string
	columns []string
	levels  int
	span    span
}

func (p *front) ctes() {
	p.keyword()
	if p.is("RECURSIVE") {
		p.keyword()
	}
	seen := map[string]bool{}
	for {
		f := &cteForm{span: span{p.start(), p.tok().end}}
		f.name = p.strictName()
		if seen[f.name] {
			p.fail(p.at(f.span.start, f.span.end), "DUPLICATED_CTE_NAMES", "duplicateNames", "`"+f.name+"`")
		}
		seen[f.name] = true
		if p.tok().op == "(" {
			f.columns = p.names()
		}
		if p.eat("MAX", "RECURSION", "LEVEL") {
			f.levels = p.integer()
		}
		p.eat("AS")
		p.w.raw(p.w.quote(f.name) + " AS")
		if p.tok().op != "(" {
			p.unexpected("'('")
		}
		at := len(p.w.pieces)
		p.bracketedQuery()
		p.w.slots = append(p.w.slots, f)
		p.w.pieces[at].slot = len(p.w.slots)
		if !p.eatOp(",") {
			return
		}
		p.w.raw(",")
	}
}

// body reads terms joined by set operators; bare: it is one bracketed query.
func (p *front) body() (bare bool) {
	bare = p.term()
	for p.isOneOf("UNION", "EXCEPT", "INTERSECT", "MINUS", "SETMINUS") {
		p.setOperator()
		bare = false
	}
	return bare
}

func (p *front) setOperator() {
	t := p.tok()
	op := t.word
	if op == "MINUS" || op == "SETMINUS" {
		op = "EXCEPT"
	}
	p.w.put(op, t.start, t.end)
	p.i++
	if p.is("ALL") {
		p.keyword()
	} else {
		p.eat("DISTINCT")
	}
	byName := p.eat("BY", "NAME")
	at := len(p.w.pieces)
	p.enter()
	p.term()
	p.leave()
	if byName {
		p.derived(at, mByName)
	}
}

// term reads one operand of a set operator; bracketed says that it is a query in brackets.
func (p *front) term() (bracketed bool) {
	switch {
	case p.tok().op == "(":
		p.bracketedQuery()
		return true
	case p.is("SELECT"):
		p.selectBlock()
	case p.is("VALUES"):
		p.w.raw("SELECT " + mark(mWhole) + ") FROM")
		p.values(&relForm{})
	case p.is("TABLE"):
		p.i++
		p.w.raw("SELECT " + mark(mWhole) + ") FROM")
		p.tableName()
	case p.is("FROM"):
		p.fromFirst()
	case p.is("MAP"), p.is("REDUCE"):
		p.unsupported("TRANSFORM")
	default:
		p.unexpected("")
	}
	return false
}

// fromFirst reads FROM relations [SELECT ...], whose list goes before.
func (p *front) fromFirst() {
	at := len(p.w.pieces)
	p.w.raw("FROM")
	p.i++
	p.from()
	mid := len(p.w.pieces)
	if p.is("SELECT") {
		p.selectList()
		p.w.rotate(at, mid)
		p.afterFrom()
		return
	}
	if p.isOneOf("MAP", "REDUCE") {
		p.unsupported("TRANSFORM")
	}
	p.w.raw("SELECT " + mark(mWhole) + ")")
	p.w.rotate(at, mid)
}

func (p *front) selectBlock() {
	p.selectList()
	switch {
	case p.is("FROM"):
		p.keyword()
		p.from()
	case p.isOneOf("WHERE", "HAVING", "WINDOW") || p.is("GROUP", "BY"):
		p.w.raw("FROM `$none`")
	case p.is("LATERAL", "VIEW"):
		p.w.raw("FROM `$none`")
		p.lateralViews()
	}
	p.afterFrom()
}

// selectList reads SELECT, its hints, DISTINCT and the items.
func (p *front) selectList() {
	t := p.tok()
	p.w.put("SELECT", t.start, t.end)
	p.i++
	hints := p.hints()
	if p.is("DISTINCT") && p.opAt(1) != "," && p.opAt(1) != "." {
		p.keyword()
	} else if p.is("ALL") && p.opAt(1) != "." && p.opAt(1) != "," && p.peek(1).kind != kEOF && p.wordAt(1) != "FROM" {
		p.i++
	}
	if len(hints) > 0 {
		p.w.raw(mark(mHint) + p.w.keep(hints) + "),")
	}
	if p.is("TRANSFORM") && p.opAt(1) == "(" {
		if m := p.peek(1).mate; m > 0 {
			switch p.toks[m+1].word {
			case "USING", "ROW", "RECORDWRITER":
				p.unsupported("TRANSFORM")
			}
		}
	}
	p.items()
}

func (p *front) items() {
	p.item()
	for p.eatOp(",") {
		p.w.raw(",")
		p.item()
	}
}

// item reads expr [[AS] name | AS (name, ...)].
func (p *front) item() {
	at, s := len(p.w.pieces), p.start()
	if p.plainStar() {
		p.w.put("*", s, p.tok().end)
		p.i++
		return
	}
	p.expr()
	as := p.is("AS") && (p.isName(1) || p.opAt(1) == "(")
	if as {
		p.i++
	}
	switch {
	case p.tok().op == "(" && (as || p.peek(-1).op == ")"):
		names := p.names()
		for _, n := range names {
			p.w.raw(",")
			p.w.ident(n, 0, 0)
		}
		p.w.prefix(at, mark(mAs), s, p.prevEnd())
		p.w.raw(")")
	case as || p.canAlias() || p.stopAsAlias():
		t := p.tok()
		name := p.strictName()
		p.w.raw("AS")
		p.w.ident(name, t.start, t.end)
	}
}

// plainStar tells whether the next item is just a star, which core SQL has too.
func (p *front) plainStar() bool {
	if p.tok().op != "*" {
		return false
	}
	switch t := p.peek(1); t.kind {
	case kEOF:
		return true
	case kOp:
		return t.op == "," || t.op == ")" || t.op == "|>"
	case kWord:
		return stopWords()[t.word] && t.word != "EXCEPT" && !binaryWords()[t.word] && t.word != "AS"
	}
	return false
}

// stopAsAlias tells whether a word that begins a clause elsewhere is an alias here, since the item ends behind it.
func (p *front) stopAsAlias() bool {
	w := p.tok().word
	if !stopWords()[w] || w == "FROM" || w == "AS" || w == "AND" || w == "OR" || !p.isName(0) {
		return false
	}
	return p.opAt(1) == "," || p.wordAt(1) == "FROM" || p.peek(1).kind == kEOF && strictWords()[w]
}

func (p *front) hints() hintForm {
	var out hintForm
	for p.eatOp("/*+") {
		for p.tok().op != "*/" {
			h := hintItem{span: span{p.start(), 0}}
			h.name = p.name()
			if p.eatOp("(") {
				for p.tok().op != ")" {
					h.args = append(h.args, p.exprNow())
					if !p.eatOp(",") {
						break
					}
				}
				p.needOp(")")
			}
			h.span.end = p.prevEnd()
			out = append(out, h)
			p.eatOp(",")
		}
		p.i++
	}
	return out
}

// afterFrom reads WHERE, GROUP BY, HAVING and WINDOW.
func (p *front) afterFrom() {
	if p.is("WHERE") {
		p.keyword()
		p.expr()
	}
	if p.is("GROUP", "BY") {
		p.i += 2
		p.w.raw("GROUP BY")
		p.groupBy(false)
	}
	if p.is("HAVING") {
		p.keyword()
		p.expr()
	}
	if p.is("WINDOW") && p.isName(1) && p.wordAt(2) == "AS" {
		p.windows()
	}
}

// groupBy reads what follows GROUP BY; aliases are allowed in pipes.
func (p *front) groupBy(aliases bool) {
	at := len(p.w.pieces)
	if p.is("ALL") && p.endsItem(1) {
		t := p.tok()
		p.w.put(mark(mGroupAll)+")", t.start, t.end)
		p.i++
		return
	}
	for {
		p.groupItem(aliases)
		if !p.eatOp(",") {
			break
		}
		p.w.raw(",")
	}
	switch {
	case p.eat("WITH", "CUBE"):
		p.w.prefix(at, mark(mCube), 0, 0)
		p.w.raw(")")
	case p.eat("WITH", "ROLLUP"):
		p.w.prefix(at, mark(mRollup), 0, 0)
		p.w.raw(")")
	case p.is("GROUPING", "SETS"):
		p.w.raw(",")
		p.groupItem(false)
		p.w.prefix(at, mark(mOldSets), 0, 0)
		p.w.raw(")")
	}
}

// endsItem tells whether the token n ahead cannot continue an expression that ends before it.
func (p *front) endsItem(n int) bool {
	t := p.peek(n)
	return t.kind == kEOF || t.op == ")" || t.op == "|>" || t.op == ";" || t.kind == kWord && t.op == "" && t.word != "" && stopWords()[t.word] || t.word == "ASC" || t.word == "DESC"
}

func (p *front) groupItem(aliases bool) {
	s, at := p.start(), len(p.w.pieces)
	switch {
	case p.is("GROUPING", "SETS") && p.opAt(2) == "(":
		p.i += 2
		p.w.put(mark(mSets), s, 0)
	case p.isOneOf("CUBE", "ROLLUP") && p.opAt(1) == "(":
		m := mCube
		if p.is("ROLLUP") {
			m = mRollup
		}
		p.i++
		p.w.put(mark(m), s, 0)
	case p.tok().op == "(" && p.opAt(1) == ")":
		p.i += 2
		p.w.put(mark(mSet)+")", s, p.prevEnd())
		return
	case aliases:
		p.argument()
		return
	default:
		p.expr()
		return
	}
	p.needOp("(")
	p.groupSet()
	for p.eatOp(",") {
		p.w.raw(",")
		p.groupSet()
	}
	if text := p.w.pieces[at].text; text != mark(mSets) {
		p.checkNoEmptySet(at, s)
	}
	p.needOp(")")
	p.closeCall(at)
}

// groupSet reads one grouping set: (), (a, b), a, or a nested ROLLUP and the like.
func (p *front) groupSet() {
	if t := p.tok(); t.op != "(" || t.mate == 0 || p.toks[t.mate+1].op != "," && p.toks[t.mate+1].op != ")" || p.isQuery(p.i) {
		p.groupItem(false)
		return
	}
	at := len(p.w.pieces)
	p.w.put(mark(mSet), p.start(), 0)
	p.i++
	if p.tok().op != ")" {
		p.exprList()
	}
	p.needOp(")")
	p.closeCall(at)
}

// tail reads ORDER BY, SORT BY, DISTRIBUTE BY, CLUSTER BY, WINDOW, LIMIT and OFFSET after the query written
// since at.
func (p *front) tail(at int, bare bool) bool {
	if !p.startsTail() {
		return false
	}
	if bare {
		p.whole(at)
	}
	order := len(p.w.pieces)
	p.ordering()
	if p.is("WINDOW") {
		mid := len(p.w.pieces)
		p.windows()
		p.w.rotate(order, mid)
	}
	limited := false
	if p.is("LIMIT") {
		p.i++
		limited = true
		p.w.raw("LIMIT")
		if p.is("ALL") {
			t := p.tok()
			p.i++
			p.w.value(limitAll{}, t.start, t.end)
		} else {
			p.asideValue()
		}
	}
	if p.eat("OFFSET") {
		if !limited {
			p.w.raw("LIMIT")
			p.w.value(limitAll{}, 0, 0)
		}
		p.w.raw("OFFSET")
		p.asideValue()
	}
	return true
}

// limitAll stands for no limit before OFFSET.
type limitAll struct{}

// asideValue reads an expression apart and writes a ? for it, where core SQL takes only that.
func (p *front) asideValue() {
	s := p.start()
	e := p.exprNow()
	p.w.value(e, s, p.prevEnd())
}

func (p *front) ordering() {
	first, clauses, s := true, "", p.start()
	item := func(word, m string) {
		if !p.is(word, "BY") {
			return
		}
		p.i += 2
		clauses += word[:1]
		if first {
			p.w.raw("ORDER BY")
		} else {
			p.w.raw(",")
		}
		first = false
		if m == "" {
			p.sortItems(false)
			return
		}
		p.w.raw(mark(m))
		p.sortItems(true)
		p.w.raw(")")
	}
	item("ORDER", "")
	item("CLUSTER", mCluster)
	item("DISTRIBUTE", mDistribute)
	item("SORT", mSortBy)
	if len(clauses) > 1 && clauses != "DS" {
		p.fail(p.since(s), "UNSUPPORTED_FEATURE.COMBINATION_QUERY_RESULT_CLAUSES")
	}
}

// sortItems reads sort keys; inside a mark even DESC is one.
func (p *front) sortItems(inMark bool) {
	for {
		at, s := len(p.w.pieces), p.start()
		if p.is("ALL") && (p.endsItem(1) || p.wordAt(1) == "NULLS") && !inMark {
			p.i++
			p.w.put(mark(mOrderAll)+")", s, p.prevEnd())
		} else {
			p.expr()
		}
		dir := ""
		if p.isOneOf("ASC", "DESC") {
			dir = p.tok().word
			p.i++
		}
		if p.eat("NULLS") {
			m := mNullsFirst
			if p.is("LAST") {
				m = mNullsLast
			} else if !p.is("FIRST") {
				p.unexpected("")
			}
			p.i++
			p.w.prefix(at, mark(m), s, p.prevEnd())
			p.w.raw(")")
		}
		if dir == "DESC" && inMark {
			p.w.prefix(at, mark(mDesc), s, p.prevEnd())
			p.w.raw(")")
		} else if dir == "DESC" {
			p.w.raw("DESC")
		}
		if !p.eatOp(",") {
			return
		}
		p.w.raw(",")
	}
}
