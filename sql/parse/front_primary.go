package parse

import (
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

var stringType = types.StringType

// literal writes a ? for a constant.
func (p *front) literal(t types.Type, v any, start int) {
	p.w.value(&tree.Literal{At: tree.At{P: p.since(start)}, Type: t, Value: v}, start, p.prevEnd())
}

func (p *front) primary() {
	t := p.tok()
	switch t.kind {
	case kString:
		s := p.stringLit()
		p.literal(stringType, s, t.start)
	case kNumber:
		p.number(t.start, "")
	case kQuoted:
		p.nameOrCall()
	case kOp:
		p.primaryOp(t)
	case kWord:
		p.primaryWord(t)
	default:
		p.unexpected("")
	}
}

// stringLit reads a string with those that follow it, which are joined.
func (p *front) stringLit() string {
	if p.tok().kind != kString {
		p.unexpected("")
	}
	s := ""
	for p.tok().kind == kString {
		s += unquote(p.textOf(p.tok()))
		p.i++
	}
	return s
}

// param is a marker's value where it is given one.
func (p *front) param(m *tree.Param) tree.Expr {
	name := m.Name
	if name == "" {
		name = itoa(m.N)
	}
	if l := p.opts.Params[name]; l != nil {
		c := *l
		c.At = m.At
		return &c
	}
	return m
}

func (p *front) primaryOp(t *token) {
	switch t.op {
	case "*":
		p.i++
		p.starTail(t.start, nil)
	case "?":
		p.i++
		p.params++
		p.w.value(p.param(&tree.Param{At: tree.At{P: p.since(t.start)}, N: p.params}), t.start, t.end)
	case ":":
		if !p.isName(1) {
			p.unexpected("")
		}
		p.i++
		n := p.name()
		p.w.value(p.param(&tree.Param{At: tree.At{P: p.since(t.start)}, Name: n}), t.start, p.prevEnd())
	case "(":
		if p.isQuery(p.i) {
			p.bracketedQuery()
			return
		}
		if t.mate > 0 && p.toks[t.mate+1].op == "->" {
			names := p.names()
			p.lambda(t.start, names)
			return
		}
		p.bracketed()
	default:
		p.unexpected("")
	}
}

// bracketed reads (a) or the row (a AS x, b).
func (p *front) bracketed() {
	at, s := len(p.w.pieces), p.start()
	p.w.put("(", s, 0)
	p.i++
	p.enter()
	p.argument()
	for p.eatOp(",") {
		p.w.raw(",")
		p.argument()
	}
	p.leave()
	p.needOp(")")
	p.w.raw(")")
	p.w.pieces[at].end = p.prevEnd()
}

// argument reads an expression with an optional alias, as struct() and rows take them.
func (p *front) argument() {
	at, s := len(p.w.pieces), p.start()
	p.expr()
	if p.is("AS") && p.isName(1) {
		p.i++
	} else if !p.canAlias() {
		return
	}
	p.w.raw(",")
	p.ident()
	p.w.prefix(at, mark(mAs), s, p.prevEnd())
	p.w.raw(")")
}

// canAlias tells whether the next token can be an alias without AS.
func (p *front) canAlias() bool {
	t := p.tok()
	if t.kind == kQuoted {
		return true
	}
	switch t.word {
	case "FOR":
		return !p.isName(1) && p.opAt(1) != "("
	case "INSERT":
		return p.wordAt(1) != "INTO" && p.wordAt(1) != "OVERWRITE"
	}
	return p.isName(0) && !stopWords()[t.word] && !binaryWords()[t.word]
}

func (p *front) lambda(start int, params []string) {
	p.needOp("->")
	at := len(p.w.pieces)
	p.w.put(mark(mLambda), start, 0)
	for _, n := range params {
		p.w.ident(n, 0, 0)
		p.w.raw(",")
	}
	p.expr()
	p.w.raw(")")
	p.w.pieces[at].end = p.prevEnd()
}

// starTail writes a star that began at start, with its EXCEPT list.
func (p *front) starTail(start int, qualifier []string) {
	f := &starForm{qualifier: qualifier}
	if p.is("EXCEPT") && p.opAt(1) == "(" && !p.isQuery(p.i+1) {
		p.i += 2
		f.except = append(f.except, p.multipart())
		for p.eatOp(",") {
			f.except = append(f.except, p.multipart())
		}
		p.needOp(")")
	}
	p.w.put(mark(mStar)+p.w.keep(f)+")", start, p.prevEnd())
}

func (p *front) primaryWord(t *token) {
	next := p.peek(1)
	if next.op == "." {
		p.nameOrCall()
		return
	}
	if next.op == "->" {
		n := p.name()
		p.lambda(t.start, []string{n})
		return
	}
	switch t.word {
	case "NULL", "TRUE", "FALSE":
		if next.op != "(" {
			p.keyword()
			return
		}
	case "CASE":
		if next.op != "," && next.op != ")" && next.kind != kEOF {
			p.caseExpr()
			return
		}
	case "INTERVAL":
		if p.interval() {
			return
		}
	case "CURRENT_DATE", "CURRENT_TIMESTAMP", "CURRENT_USER", "USER", "SESSION_USER":
		if p.opts.EnforceReserved && next.op != "(" {
			p.i++
			p.w.put("`"+lower(t.word)+"`()", t.start, t.end)
			return
		}
	case "LEFT", "RIGHT", "FILTER":
		if p.opts.EnforceReserved && next.op == "(" {
			p.i++
			p.call([]string{p.textOf(t)}, t.start)
			return
		}
	case "DEFAULT":
		if p.opts.defaultAsValue && next.op != "(" {
			p.i++
			p.w.value(&tree.Default{At: tree.At{P: p.since(t.start)}}, t.start, t.end)
			return
		}
	}
	switch {
	case next.op == "(":
		if f := specialCall(t.word); f != nil && f(p) {
			return
		}
		p.nameOrCall()
	case next.kind == kString && p.isName(0):
		p.typedLiteral()
	default:
		p.nameOrCall()
	}
}

func (p *front) caseExpr() {
	at, s := len(p.w.pieces), p.start()
	p.w.put("CASE", s, 0)
	p.i++
	p.enter()
	if !p.is("WHEN") {
		p.expr()
	}
	if !p.is("WHEN") {
		p.unexpected("")
	}
	for p.is("WHEN") {
		p.keyword()
		p.expr()
		p.need("THEN")
		p.w.raw("THEN")
		p.expr()
	}
	if p.is("ELSE") {
		p.keyword()
		p.expr()
	}
	p.need("END")
	p.w.raw("END")
	p.w.pieces[at].end = p.prevEnd()
	p.leave()
}

// nameOrCall reads a, a.b.c, a.b.*, f(...) or a.f(...).
func (p *front) nameOrCall() {
	s := p.start()
	if !p.isName(0) {
		p.unexpected("")
	}
	n := 0
	for p.isName(2*n) && p.opAt(2*n+1) == "." && p.isName(2*n+2) {
		n++
	}
	if p.opAt(2*n+1) == "." && p.opAt(2*n+2) == "*" {
		parts := p.multipart()
		p.i += 2
		p.starTail(s, parts)
		return
	}
	if p.opAt(2*n+1) == "(" {
		var parts []string
		for k := 0; k <= n; k++ {
			parts = append(parts, p.nameAt(2*k))
		}
		p.i += 2*n + 1
		p.call(parts, s)
		return
	}
	at := len(p.w.pieces)
	for k := 0; k <= n; k++ {
		t := p.tok()
		if k > 0 {
			sep := "."
			if k > 2 {
				sep = ","
			}
			p.w.raw(sep)
		}
		p.w.ident(p.name(), t.start, t.end)
		if k > 2 {
			p.w.raw(")")
			p.w.prefix(at, mark(mField), s, p.prevEnd())
		}
		if k < n {
			p.i++
		}
	}
	if p.w.pieces[at].pre == nil {
		p.w.pieces[at].end = p.prevEnd()
	}
}
