package parse

import "sparksql/sql/errs"

// windows reads WINDOW name AS (spec), ...
func (p *front) windows() {
	p.i++
	p.w.raw("WINDOW")
	names, refs := windowNames{}, map[string]errs.Pos{}
	for {
		at, name := p.pos(), p.nameAt(0)
		p.ident()
		p.checkWindow(names, name, at)
		names[lower(name)] = true
		p.need("AS")
		p.w.raw("AS")
		if p.tok().op == "(" {
			if p.isName(1) && p.opAt(2) == ")" {
				names[lower(name)] = false
				refs[p.nameAt(1)] = p.pos()
			}
			p.windowSpec()
		} else {
			names[lower(name)] = false
			refs[p.nameAt(0)] = p.pos()
			p.w.raw("(")
			p.ident()
			p.w.raw(")")
		}
		if !p.eatOp(",") {
			break
		}
		p.w.raw(",")
	}
	p.checkReferences(names, refs)
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
	s := p.start()
	e := p.exprNow()
	if !foldable(e) {
		p.invalid(p.since(s), "a frame bound must be a constant")
	}
	p.w.value(e, s, p.prevEnd())
	if !p.isOneOf("PRECEDING", "FOLLOWING") {
		p.unexpected("")
	}
	following = p.is("FOLLOWING")
	p.keyword()
	return following
}
