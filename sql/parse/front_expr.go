package parse

import (
	"sparksql/sql/tree"
)

// level is how tightly an operator of core SQL binds, from comparisons to primaries.
type level int

const (
	lComparison level = iota + 1
	lBitOr
	lXor
	lBitAnd
	lShift
	lAdd
	lMul
	lUnary
	lPrimary
)

// infix are Spark's binary operators with their level and how they are written: as they are, or as a mark.
var infix = map[string]struct {
	level      level
	text, mark string
}{
	"=": {lComparison, "=", ""}, "==": {lComparison, "=", ""}, "<=>": {lComparison, "<=>", ""},
	"<>": {lComparison, "!=", ""}, "!=": {lComparison, "!=", ""}, "<": {lComparison, "<", ""}, "<=": {lComparison, "<=", ""},
	"!>": {lComparison, "<=", ""}, ">": {lComparison, ">", ""}, ">=": {lComparison, ">=", ""}, "!<": {lComparison, ">=", ""},
	"|": {lBitOr, "|", ""}, "^": {lXor, ",", mXor}, "&": {lBitAnd, "&", ""},
	"<<": {lShift, "<<", ""}, ">>": {lShift, ">>", ""}, ">>>": {lShift, ",", mUshr},
	"+": {lAdd, "+", ""}, "-": {lAdd, "-", ""}, "||": {lAdd, ",", mConcat},
	"*": {lMul, "*", ""}, "/": {lMul, "/", ""}, "%": {lMul, "%", ""}, "DIV": {lMul, "DIV", ""},
}

// expr reads a boolean expression, the widest.
func (p *front) expr() {
	p.enter()
	p.and()
	for p.is("OR") {
		p.keyword()
		p.and()
	}
	p.leave()
}

// keyword copies the next token, a keyword that core SQL shares.
func (p *front) keyword() {
	t := p.tok()
	p.w.put(t.word, t.start, t.end)
	p.i++
}

func (p *front) and() {
	p.not()
	for p.is("AND") {
		p.keyword()
		p.not()
	}
}

func (p *front) not() {
	if p.tok().op == "!" || p.is("NOT") && p.startsOperand(1) {
		t := p.tok()
		p.w.put("NOT", t.start, t.end)
		p.i++
		at := len(p.w.pieces)
		nested := p.tok().op == "!" || p.is("NOT")
		p.enter()
		p.not()
		p.leave()
		if nested {
			p.wrap(at)
		}
		return
	}
	at, s := len(p.w.pieces), p.start()
	p.predicate(at, s, p.value(lComparison))
}

// startsOperand tells whether NOT, with the token n ahead after it, is the operator and not a name.
func (p *front) startsOperand(n int) bool {
	t := p.peek(n)
	switch t.kind {
	case kEOF:
		return false
	case kOp:
		switch t.op {
		case "(", "-", "+", "~", "!", "?", ":", "*":
			return true
		}
		return false
	case kWord:
		return !binaryWords()[t.word] || t.word == "NOT"
	}
	return true
}

// wrap puts brackets around what was written since at.
func (p *front) wrap(at int) {
	p.w.prefix(at, "(", 0, 0)
	p.w.raw(")")
}

// operand reads a value and puts it in brackets when core SQL's predicates would not take it bare.
func (p *front) operand() {
	at := len(p.w.pieces)
	if p.value(lComparison) == lComparison {
		p.wrap(at)
	}
}

// predicate reads what may follow a value of the given level which was written at piece at.
func (p *front) predicate(at, start int, l level) {
	save := p.i
	not := p.eat("NOT") || p.tok().op == "!" && p.wordAt(1) != "" && p.eatOp("!")
	n := ""
	if not {
		n = "NOT "
	}
	switch word := p.tok().word; {
	case word == "IS" && !not:
		p.isPredicate(at, start, l)
	case word == "IN":
		if l == lComparison {
			p.wrap(at)
		}
		p.i++
		p.inPredicate(n)
		p.w.reach(at, start, p.prevEnd())
	case word == "BETWEEN":
		if l == lComparison {
			p.wrap(at)
		}
		p.i++
		p.w.raw(n + "BETWEEN")
		p.operand()
		p.need("AND")
		p.w.raw("AND")
		p.operand()
		p.w.reach(at, start, p.prevEnd())
	case word == "LIKE" || word == "ILIKE" || word == "RLIKE" || word == "REGEXP":
		p.i++
		p.likePredicate(at, start, l, word, not)
	case not:
		p.i = save
	}
}

func (p *front) isPredicate(at, start int, l level) {
	p.i++
	not := p.eat("NOT") || p.eatOp("!")
	if p.eat("DISTINCT") {
		p.need("FROM")
		m := mDistinctTo
		if not {
			m = mSameAs
		}
		p.w.raw(",")
		p.value(lComparison)
		p.w.prefix(at, mark(m), start, p.prevEnd())
		p.w.raw(")")
		return
	}
	if !p.isOneOf("NULL", "TRUE", "FALSE", "UNKNOWN") {
		p.unexpected("")
	}
	if p.eat("UNKNOWN") {
		m := mIsUnknown
		if not {
			m = mNotUnknown
		}
		p.w.prefix(at, mark(m), start, p.prevEnd())
		p.w.raw(")")
		return
	}
	if l == lComparison {
		p.wrap(at)
	}
	if not {
		p.w.raw("IS NOT")
	} else {
		p.w.raw("IS")
	}
	p.keyword()
	p.w.reach(at, start, p.prevEnd())
}

func (p *front) inPredicate(not string) {
	p.w.raw(not + "IN")
	if p.isQuery(p.i) {
		p.bracketedQuery()
		return
	}
	p.needOp("(")
	p.w.raw("(")
	p.exprList()
	p.needOp(")")
	p.w.raw(")")
}

// exprList reads expressions with commas between.
func (p *front) exprList() {
	p.expr()
	for p.eatOp(",") {
		p.w.raw(",")
		p.expr()
	}
}

func (p *front) likePredicate(at, start int, l level, word string, not bool) {
	if word == "REGEXP" {
		word = "RLIKE"
	}
	f := &likeForm{kind: word, not: not}
	if p.isOneOf("ANY", "ALL", "SOME") && p.opAt(1) == "(" && word != "RLIKE" {
		f.quant, f.all = true, p.is("ALL")
		p.i += 2
		if p.tok().op == ")" {
			p.invalid(p.pos(), "LIKE "+p.toks[p.i-2].word+" needs at least one pattern")
		}
		p.w.raw(",")
		p.exprList()
		p.needOp(")")
	} else {
		comma := len(p.w.pieces)
		p.w.raw(",")
		r := p.value(lComparison)
		if word == "LIKE" && !p.is("ESCAPE") && r == lPrimary {
			p.w.pieces[comma].text = "LIKE"
			if not {
				p.w.pieces[comma].text = "NOT LIKE"
			}
			if l == lComparison {
				p.w.prefix(at, "(", 0, 0)
				p.w.pieces[comma].text = ") " + p.w.pieces[comma].text
			}
			p.w.reach(at, start, p.prevEnd())
			return
		}
		if word != "RLIKE" && p.eat("ESCAPE") {
			if p.tok().kind != kString {
				p.unexpected("")
			}
			f.escape = unquote(p.textOf(p.tok()))
			p.i++
			if len([]rune(f.escape)) != 1 {
				p.fail(p.since(start), "INVALID_ESC", "invalidEscape", p.textOf(&p.toks[p.i-1]))
			}
		}
	}
	p.w.prefix(at, mark(mLike)+p.w.keep(f)+",", start, p.prevEnd())
	p.w.raw(")")
}

// value reads operators of level min and above, and gives the level of what it wrote, by core SQL's order.
func (p *front) value(min level) level {
	at, start := len(p.w.pieces), p.start()
	l := p.unary()
	for {
		t := p.tok()
		name := t.op
		if t.kind == kWord && t.word == "DIV" {
			name = "DIV"
		}
		op, ok := infix[name]
		if !ok || op.level < min {
			return l
		}
		p.w.put(op.text, t.start, t.end)
		p.i++
		p.value(op.level + 1)
		if op.mark != "" {
			p.w.prefix(at, mark(op.mark), start, p.prevEnd())
			p.w.raw(")")
			l = lPrimary
		} else {
			l = op.level
		}
	}
}

func (p *front) unary() level {
	t := p.tok()
	switch t.op {
	case "-", "+", "~":
		if t.op == "-" && p.peek(1).kind == kNumber {
			at := len(p.w.pieces)
			p.i++
			p.number(t.start, "-")
			p.postfix(at, t.start)
			return lPrimary
		}
		p.w.put(t.op, t.start, t.end)
		p.i++
		if p.is("NOT") {
			p.unexpected("")
		}
		p.enter()
		p.unary()
		p.leave()
		return lUnary
	}
	at, start := len(p.w.pieces), p.start()
	p.primary()
	p.postfix(at, start)
	return lPrimary
}

// postfix reads [i], ::type, .name, COLLATE and : path after the primary written at piece at.
func (p *front) postfix(at, start int) {
	for {
		switch t := p.tok(); {
		case t.op == "[":
			p.i++
			p.w.raw(",")
			p.value(lComparison)
			p.needOp("]")
			p.w.prefix(at, mark(mItem), start, p.prevEnd())
		case t.op == "::":
			p.i++
			s := p.start()
			ty := p.dataType()
			p.w.raw(",")
			p.w.value(ty, s, p.prevEnd())
			p.w.prefix(at, mark(mCast), start, p.prevEnd())
		case t.op == "." && p.isName(1):
			p.i++
			p.w.raw(",")
			p.ident()
			p.w.prefix(at, mark(mField), start, p.prevEnd())
		case t.op == ":" && (p.isName(1) || p.opAt(1) == "[") && t.start == p.prevEnd():
			p.i++
			s := p.start()
			path := p.variantPath()
			p.w.raw(",")
			p.w.value(&tree.Literal{At: tree.At{P: p.at(s, p.prevEnd())}, Type: stringType, Value: path}, s, p.prevEnd())
			p.w.raw(",")
			p.w.value(&tree.Literal{At: tree.At{P: p.at(s, p.prevEnd())}, Type: stringType, Value: "variant"}, s, p.prevEnd())
			p.w.prefix(at, "`variant_get`(", start, p.prevEnd())
		case t.word == "COLLATE" && p.isName(1):
			p.i++
			s := p.start()
			name := p.multipart()
			p.w.raw(",")
			p.w.value(name[len(name)-1], s, p.prevEnd())
			p.w.prefix(at, mark(mCollate), start, p.prevEnd())
		default:
			return
		}
		p.w.raw(")")
	}
}

// variantPath reads the path of v:a.b[0] as the JSON path $.a.b[0].
func (p *front) variantPath() string {
	path := "$"
	if p.isName(0) {
		path += "." + p.name()
	}
	for {
		switch {
		case p.tok().op == "." && p.isName(1):
			p.i++
			path += "." + p.name()
		case p.tok().op == "[" && p.opAt(2) == "]" && p.peek(1).kind == kNumber:
			path += "[" + p.textOf(p.peek(1)) + "]"
			p.i += 3
		case p.tok().op == "[" && p.opAt(2) == "]" && p.peek(1).kind == kString:
			path += "[" + p.textOf(p.peek(1)) + "]"
			p.i += 3
		default:
			return path
		}
	}
}

// isQuery tells whether the bracket at token k opens a query rather than an expression or a relation. The verdict on
// all the brackets that open here is kept, so that nesting is looked at once.
func (p *front) isQuery(k int) bool {
	if p.toks[k].op != "(" {
		return false
	}
	if v := p.toks[k].holds; v != unknownHold {
		return v == holdsQuery
	}
	last := k
	for p.toks[last+1].op == "(" && p.toks[last+1].holds == unknownHold {
		last++
	}
	verdict := p.queryWord(last + 1)
	if inner := &p.toks[last+1]; inner.op == "(" {
		verdict = inner.holds == holdsQuery && p.continuesQuery(inner.mate)
	}
	for n := last; n >= k; n-- {
		p.toks[n].holds = holdsOther
		if verdict {
			p.toks[n].holds = holdsQuery
		}
		// From the inside out: a bracket holds a query when the query inside it is followed by what continues one.
		verdict = verdict && p.continuesQuery(p.toks[n].mate)
	}
	return p.toks[k].holds == holdsQuery
}

// continuesQuery tells whether a query in brackets that close at token mate is part of a larger query.
func (p *front) continuesQuery(mate int) bool {
	if mate == 0 {
		return true // not closed: a syntax error in any case
	}
	next := &p.toks[mate+1]
	switch next.word {
	case "UNION", "EXCEPT", "INTERSECT", "MINUS", "SETMINUS", "ORDER", "SORT", "CLUSTER", "DISTRIBUTE", "LIMIT", "OFFSET", "WINDOW":
		return true
	}
	return next.op == ")" || next.op == "|>"
}

// queryWord tells whether a query starts at token k.
func (p *front) queryWord(k int) bool {
	t, next := &p.toks[k], &p.toks[min(k+1, len(p.toks)-1)]
	switch t.word {
	case "SELECT":
		return next.op != "." && next.op != "," && next.op != ")"
	case "WITH":
		return next.kind == kWord || next.kind == kQuoted
	case "VALUES":
		return next.op != "." && next.op != "," && next.op != ")" && next.op != "=" && next.kind != kEOF &&
			!(next.kind == kWord && stopWords()[next.word])
	case "TABLE":
		return next.kind == kWord || next.kind == kQuoted
	case "FROM":
		return next.kind == kWord || next.kind == kQuoted || next.op == "("
	case "MAP", "REDUCE":
		return next.kind == kWord && next.word != "AS" && !binaryWords()[next.word] && !stopWords()[next.word]
	}
	return false
}

// startsQuery tells whether a query starts at the next token.
func (p *front) startsQuery() bool {
	return p.queryWord(p.i) || p.isQuery(p.i)
}

// bracketedQuery reads ( query ).
func (p *front) bracketedQuery() {
	p.enter()
	at := len(p.w.pieces)
	s := p.start()
	p.needOp("(")
	p.w.put("(", s, 0)
	p.query()
	p.needOp(")")
	p.w.raw(")")
	p.w.pieces[at].end = p.prevEnd()
	p.leave()
}
