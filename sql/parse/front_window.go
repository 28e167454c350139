package parse

// windows reads WINDOW name AS (spec), ...
func (p *front) windows() {
	p.i++
	p.w.raw("WINDOW")
	for {
		p.ident()
		p.need("AS")
		p.w.raw("AS")
		if p.tok().op == "(" {
			p.windowSpec()
		} else {
			p.w.raw("(")
			p.ident()
			p.w.raw(")")
		}
		if !p.eatOp(",") {
			return
		}
		p.w.raw(",")
	}
}

// windowSpec reads a name, (name) or (PARTITION BY ... ORDER BY ... frame).
func (p *front) windowSpec() {
	if p.tok().op != "(" {
		p.ident()
		return
	}
	p.i++
	p.w.raw("(")
	if p.isName(0) && p.opAt(1) == ")" {
		p.ident()
		p.needOp(")")
		p.w.raw(")")
		return
	}
	if p.isOneOf("PARTITION", "DISTRIBUTE", "CLUSTER") && p.wordAt(1) == "BY" {
		p.i += 2
		p.w.raw("PARTITION BY")
		p.exprList()
	}
	if p.isOneOf("ORDER", "SORT") && p.wordAt(1) == "BY" {
		p.i += 2
		p.w.raw("ORDER BY")
		p.sortItems(false)
	}
	if p.isOneOf("ROWS", "RANGE") {
		p.keyword()
		if p.is("BETWEEN") {
			p.keyword()
			p.bound()
			p.need("AND")
			p.w.raw("AND")
			p.bound()
		} else if at := len(p.w.pieces); p.bound() {
			p.w.prefix(at, "BETWEEN", 0, 0)
			p.w.raw("AND CURRENT ROW")
		}
	}
	p.needOp(")")
	p.w.raw(")")
}

// bound reads one end of a frame, and tells whether it lies after the row.
func (p *front) bound() (following bool) {
	switch {
	case p.is("UNBOUNDED", "PRECEDING"), p.is("UNBOUNDED", "FOLLOWING"), p.is("CURRENT", "ROW"):
		p.keyword()
		following = p.is("FOLLOWING")
		p.keyword()
		return following
	}
	p.asideValue()
	if !p.isOneOf("PRECEDING", "FOLLOWING") {
		p.unexpected("")
	}
	following = p.is("FOLLOWING")
	p.keyword()
	return following
}
