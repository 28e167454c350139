package parse

import (
	"strconv"
	"strings"

	"github.com/pingcap/tidb/pkg/parser"

	"sparksql/sql/errs"
	"sparksql/sql/tree"
)

func itoa(n int) string     { return strconv.Itoa(n) }
func lower(s string) string { return strings.ToLower(s) }

// front walks the tokens of one text by Spark's grammar and writes core SQL into w.
type front struct {
	text   *errs.Text
	src    string
	toks   []token
	i      int
	w      *writer
	opts   Options
	depth  int
	params int // ? markers so far

	typeAlone bool // the whole text is one type
}

// span is a byte range of the source.
type span struct{ start, end int }

func (p *front) at(s, e int) errs.Pos   { return errs.Pos{Text: p.text, Start: s, End: e} }
func (p *front) tok() *token            { return &p.toks[p.i] }
func (p *front) atEnd() bool            { return p.toks[p.i].kind == kEOF }
func (p *front) pos() errs.Pos          { return p.at(p.tok().start, p.tok().end) }
func (p *front) start() int             { return p.toks[p.i].start }
func (p *front) since(s int) errs.Pos   { return p.at(s, p.prevEnd()) }
func (p *front) stmt(s int) tree.Stmt   { return tree.Stmt{P: p.since(s)} }
func (p *front) textOf(t *token) string { return p.src[t.start:t.end] }

func (p *front) prevEnd() int {
	if p.i == 0 {
		return 0
	}
	return p.toks[p.i-1].end
}

// peek is the token n places ahead; past the end it is the last one.
func (p *front) peek(n int) *token { return &p.toks[min(p.i+n, len(p.toks)-1)] }

// wordAt is the keyword n tokens ahead, "" when there is none; opAt is likewise the operator.
func (p *front) wordAt(n int) string { return p.peek(n).word }
func (p *front) opAt(n int) string   { return p.peek(n).op }

// is tells whether the next tokens are these keywords.
func (p *front) is(words ...string) bool {
	for n, w := range words {
		if p.peek(n).word != w {
			return false
		}
	}
	return true
}

// isOneOf gives the next keyword when it is in the list.
func (p *front) isOneOf(words ...string) bool {
	for _, w := range words {
		if p.tok().word == w {
			return true
		}
	}
	return false
}

func (p *front) eat(words ...string) bool {
	if p.is(words...) {
		p.i += len(words)
		return true
	}
	return false
}

func (p *front) eatOp(op string) bool {
	if p.tok().op == op {
		p.i++
		return true
	}
	return false
}

func (p *front) need(words ...string) {
	for _, w := range words {
		if !p.eat(w) {
			p.unexpected(w)
		}
	}
}

func (p *front) needOp(op string) {
	if !p.eatOp(op) {
		p.unexpected("'" + op + "'")
	}
}

// enter counts nesting; call leave when the nested form is read.
func (p *front) enter() {
	if p.depth++; p.depth > maxDepth {
		panic(bail{errs.New(p.pos(), "FAILED_TO_PARSE_TOO_COMPLEX")})
	}
}
func (p *front) leave() { p.depth-- }

func (p *front) fail(at errs.Pos, cond string, args ...string) {
	panic(bail{errs.New(at, cond, args...)})
}

func syntaxAt(at errs.Pos, near, hint string) *errs.Error {
	return errs.New(at, "PARSE_SYNTAX_ERROR", "error", near, "hint", hint)
}

func (p *front) near() string {
	if p.atEnd() {
		return "end of input"
	}
	return "'" + p.textOf(p.tok()) + "'"
}

// unexpected reports the next token as a syntax error; wanted is the only thing that could stand there, or "".
// Like Spark's parser it speaks of a missing bracket only where the next clause begins.
func (p *front) unexpected(wanted string) {
	hint := ""
	if wanted == "')'" && p.is("FROM") {
		hint = ": missing ')'"
	}
	if w := p.toks[max(p.i-1, 0)].word; p.tok().kind == kString && (w == "FROM" || w == "JOIN") {
		hint = ": files are read as format.`path`, such as parquet.`" + unquote(p.textOf(p.tok())) + "`"
	}
	panic(bail{syntaxAt(p.pos(), p.near(), hint)})
}

// extra reports a token after the end of the statement, as one too many when it is the last.
func (p *front) extra() {
	hint := ""
	if p.peek(1).kind == kEOF {
		hint = ": extra input " + p.near()
	}
	panic(bail{syntaxAt(p.pos(), p.near(), hint)})
}

// isName tells whether the token n ahead can be an identifier.
func (p *front) isName(n int) bool {
	t := p.peek(n)
	switch t.kind {
	case kQuoted:
		return true
	case kWord:
		return t.word == "" || !p.opts.EnforceReserved || !reservedWords()[t.word]
	}
	return false
}

// nameAt is the identifier n tokens ahead.
func (p *front) nameAt(n int) string {
	t := p.peek(n)
	s := p.src[t.start:t.end]
	if t.kind == kQuoted {
		q := s[:1]
		return strings.ReplaceAll(s[1:len(s)-1], q+q, q)
	}
	return s
}

// name reads an identifier.
func (p *front) name() string {
	if !p.isName(0) {
		p.unexpected("")
	}
	s := p.nameAt(0)
	p.i++
	return s
}

// ident reads an identifier and writes it.
func (p *front) ident() {
	t := p.tok()
	p.w.ident(p.name(), t.start, t.end)
}

// multipart reads a.b.c.
func (p *front) multipart() []string {
	parts := []string{p.strictName()}
	for p.tok().op == "." && p.isName(1) {
		p.i++
		parts = append(parts, p.strictName())
	}
	return parts
}

// strictName is a name after which a-b is refused by name rather than as a syntax error.
func (p *front) strictName() string {
	s := p.start()
	n := p.name()
	if p.tok().op == "-" && p.peek(1).kind == kWord && p.peek(0).start == p.prevEnd() && p.peek(1).start == p.tok().end {
		for p.tok().op == "-" && p.peek(1).kind == kWord {
			p.i += 2
		}
		at := p.since(s)
		p.fail(at, "INVALID_IDENTIFIER", "ident", at.Fragment())
	}
	return n
}

// names reads (a, b, c).
func (p *front) names() []string {
	p.needOp("(")
	out := []string{p.strictName()}
	for p.eatOp(",") {
		out = append(out, p.strictName())
	}
	p.needOp(")")
	return out
}

// aside reads something with a writer of its own and gives what it wrote.
func (p *front) aside(f func()) *writer {
	outer := p.w
	p.w = &writer{}
	f()
	w := p.w
	p.w = outer
	return w
}

// exprNow reads an expression apart and gives its tree.
func (p *front) exprNow() tree.Expr {
	w := p.aside(p.expr)
	if len(w.pieces) == 1 && w.pieces[0].slot > 0 && w.pieces[0].pre == nil {
		if e, ok := w.slots[0].(tree.Expr); ok {
			return e
		}
	}
	w.prefix(0, "SELECT", 0, 0)
	return lowered(p, w, (*lowering).expr)
}

// argumentNow is exprNow with an optional alias.
func (p *front) argumentNow() tree.Expr {
	w := p.aside(p.argument)
	w.prefix(0, "SELECT", 0, 0)
	return lowered(p, w, (*lowering).expr)
}

// queryNow reads a query apart and gives its tree and its core text.
func (p *front) queryNow() (tree.Relation, string) {
	w := p.aside(p.topQuery)
	core := ""
	r := lowered(p, w, func(l *lowering) tree.Relation {
		core = l.core.sql
		return l.query()
	})
	return r, core
}

// queryText reads a query and gives its text as well.
func (p *front) queryText() (tree.Relation, string) {
	s := p.start()
	r, _ := p.queryNow()
	return r, p.since(s).Fragment()
}

// lowered gives what f makes of the core SQL in w. The inner parser is not given back before: it keeps hold of the nodes that
// it made, and writes to them when it parses again.
func lowered[T any](p *front, w *writer, f func(*lowering) T) T {
	inner := parsers.Get().(*parser.Parser)
	c := w.render()
	st, err := parseCore(inner, p.text, c)
	if err != nil {
		panic(bail{err})
	}
	out := f(&lowering{core: c, text: p.text, stmt: st})
	parsers.Put(inner)
	return out
}

// unsupported says that what stands here parses in Spark but means nothing yet.
func (p *front) unsupported(what string) { panic(bail{errs.Unsupported(p.pos(), what)}) }

// integer reads a plain integer.
func (p *front) integer() int {
	n, err := strconv.Atoi(p.textOf(p.tok()))
	if p.tok().kind != kNumber || err != nil {
		p.unexpected("")
	}
	p.i++
	return n
}
