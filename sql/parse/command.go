package parse

import "sparksql/sql/tree"

// statement reads a query or a command.
func (p *front) statement() tree.Statement {
	s := p.start()
	if p.startsQuery() {
		rel, coreText := p.queryNow()
		return &tree.Query{Stmt: p.stmt(s), Rel: rel, Core: coreText}
	}
	p.unexpected("")
	return nil
}

// properties reads (k = v, 'k' 'v', a.b = v).
func (p *front) properties() map[string]string {
	out := map[string]string{}
	p.needOp("(")
	for {
		key := p.propertyKey()
		p.eatOp("=")
		if t := p.tok(); t.op == "," || t.op == ")" {
			out[key] = ""
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
	case t.kind == kNumber || t.word == "TRUE" || t.word == "FALSE":
		p.i++
		return lower(p.textOf(t))
	case t.op == "-" && p.peek(1).kind == kNumber:
		p.i += 2
		return p.since(t.start).Fragment()
	}
	p.unexpected("")
	return ""
}
