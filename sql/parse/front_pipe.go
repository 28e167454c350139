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
	case p.is("AGGREGATE"):
		p.aggregate(over)
	case p.isOneOf("PIVOT", "UNPIVOT"):
		f.word = "RELATION"
		p.w.prefix(at, "(", 0, 0)
		p.w.raw(") AS " + p.w.keep(f))
		p.pivots(at)
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
		p.tail(0, false)
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
			p.unexpected("")
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
	p.i++
	p.w.raw("SELECT")
	if p.is("GROUP", "BY") && p.peek(2).kind != kEOF || p.atEnd() {
		p.w.raw(mark(mWhole) + ")")
	} else {
		p.items()
	}
	over()
	if p.eat("GROUP", "BY") {
		p.w.raw("GROUP BY")
		p.groupBy(true)
	}
}
