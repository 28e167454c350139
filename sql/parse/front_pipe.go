package parse

// pipe reads one |> operator over the query written since at, which becomes its derived table.
func (p *front) pipe(at int) {
	p.i++
	s, mid := p.start(), len(p.w.pieces)
	f := &relForm{kind: relPipe, word: p.tok().word, span: span{s, s}}
	// over puts what was written since mid before the input, closes the input and names it.
	over := func() {
		p.w.raw("FROM (")
		p.w.rotate(at, mid)
		p.w.raw(") AS " + p.w.keep(f))
	}
	bare := func() {
		p.w.raw("SELECT " + mark(mWhole) + ")")
		over()
	}
	switch {
	case p.is("SELECT"):
		p.selectList()
		over()
		p.pipeWindow()
	case p.is("EXTEND"):
		p.i++
		p.w.raw("SELECT")
		p.items()
		over()
		p.pipeWindow()
	case p.is("SET"):
		p.i++
		p.w.raw("SELECT")
		p.assignments()
		over()
		p.pipeWindow()
	case p.is("DROP"):
		p.i++
		f.columns = []string{p.strictName()}
		for p.eatOp(",") {
			f.columns = append(f.columns, p.strictName())
		}
		bare()
	case p.is("AS"):
		p.i++
		f.alias = p.strictName()
		bare()
	case p.is("WHERE"):
		bare()
		p.keyword()
		p.expr()
		if p.is("WINDOW") {
			p.fail(p.pos(), "NOT_ALLOWED_IN_PIPE_OPERATOR_WHERE.WINDOW_CLAUSE")
		}
	case p.is("AGGREGATE"):
		p.aggregate(over)
	case p.isOneOf("PIVOT", "UNPIVOT"):
		f.word = "RELATION"
		p.w.prefix(at, "(", 0, 0)
		p.w.raw(") AS " + p.w.keep(f))
		word := p.tok().word
		if word == "PIVOT" {
			p.pivot(at)
		} else {
			p.unpivot(at)
		}
		if p.isOneOf("PIVOT", "UNPIVOT") && !p.is(word) {
			p.fail(p.pos(), "NOT_ALLOWED_IN_FROM.UNPIVOT_WITH_PIVOT")
		}
		p.w.prefix(at, "SELECT "+mark(mWhole)+") FROM", 0, 0)
	case p.isOneOf("UNION", "EXCEPT", "INTERSECT", "MINUS", "SETMINUS"):
		p.w.prefix(at, "(", 0, 0)
		p.w.raw(")")
		p.setOperator()
		p.tail(at, false)
	case p.is("TABLESAMPLE"):
		f.word = "RELATION"
		p.sampleClause(f)
		bare()
	default:
		f.word = "RELATION"
		p.pipeRelation(bare)
	}
	f.span.end = p.prevEnd()
}

// pipeRelation reads the operators that keep the input as it is: joins, LATERAL VIEW, ordering and limits.
func (p *front) pipeRelation(bare func()) {
	s := p.start()
	k := p.i
	_, _, isJoin := p.joinWords()
	p.i = k
	switch {
	case isJoin:
		bare()
		p.join()
	case p.is("LATERAL", "VIEW"):
		bare()
		p.lateralViews()
	case p.startsTail():
		bare()
		first := p.tok().word
		p.tail(0, false)
		p.checkPipeTail(first, s)
	default:
		p.unexpected("")
	}
}

func (p *front) pipeWindow() {
	if p.is("WINDOW") && p.isName(1) {
		p.windows()
	}
}

// assignments reads a = x, b = y as items with aliases.
func (p *front) assignments() {
	for {
		if p.peek(1).op == "." {
			p.notAllowed(p.pos(), "|> SET of a qualified name")
		}
		t := p.tok()
		name := p.strictName()
		if p.tok().op != "=" {
			p.unexpected("'='")
		}
		p.i++
		p.expr()
		p.w.raw("AS")
		p.w.ident(name, t.start, t.end)
		if !p.eatOp(",") {
			return
		}
		p.w.raw(",")
	}
}

func (p *front) aggregate(over func()) {
	s, from := p.start(), p.i
	p.i++
	if p.atEnd() {
		p.notAllowed(p.since(s), "|> AGGREGATE without expressions")
	}
	p.w.raw("SELECT")
	if p.is("GROUP", "BY") && p.peek(2).kind != kEOF {
		p.w.raw(mark(mWhole) + ")")
	} else {
		p.items()
	}
	over()
	if p.eat("GROUP", "BY") {
		if p.tok().op == "(" && p.opAt(1) == ")" {
			p.i++
			p.unexpected("")
		}
		if p.is("ALL") && p.endsItem(1) {
			p.fail(p.pos(), "UNSUPPORTED_FEATURE.PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE", "case", "GROUP BY ALL")
		}
		p.w.raw("GROUP BY")
		p.groupBy(true)
	}
	p.checkPipeAggregate(from, p.i)
}

// clause is the name of the clause that a word begins.
func clause(w string) string {
	if w == "LIMIT" || w == "OFFSET" {
		return w
	}
	return w + " BY"
}

// checkPipeTail refuses two clauses of ordering and limit in one operator.
func (p *front) checkPipeTail(first string, s int) {
	depth := 0
	for k := p.i - 1; p.toks[k].start > s; k-- {
		switch p.toks[k].op {
		case ")":
			depth++
		case "(":
			depth--
		}
		if w := p.toks[k].word; depth == 0 && (w == "LIMIT" && first != w || w == "OFFSET" && first != "LIMIT" && first != w || p.toks[k+1].word == "BY" && stopWords()[w]) {
			p.fail(p.since(s), "MULTIPLE_QUERY_RESULT_CLAUSES_WITH_PIPE_OPERATORS", "clause1", clause(first), "clause2", clause(w))
		}
	}
}
