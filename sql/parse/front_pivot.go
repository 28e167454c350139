package parse

import (
	"math"
	"strconv"
	"strings"

	"sparksql/sql/tree"
)

// pivots reads PIVOT and UNPIVOT of the relations written since at.
func (p *front) pivots(at int) bool {
	some := false
	for p.isOneOf("PIVOT", "UNPIVOT") {
		some = true
		if p.is("PIVOT") {
			p.pivot(at)
		} else {
			p.unpivot(at)
		}
	}
	return some
}

func (p *front) pivot(at int) {
	mid := len(p.w.pieces)
	f := &relForm{kind: relPivot, span: span{p.start(), 0}}
	p.i++
	p.needOp("(")
	p.w.raw("( SELECT " + mark(mPivot) + mark(mSet))
	p.argument()
	for p.eatOp(",") {
		p.w.raw(",")
		p.argument()
	}
	p.need("FOR")
	p.w.raw(") , " + mark(mSet))
	if p.eatOp("(") {
		p.ident()
		for p.eatOp(",") {
			p.w.raw(",")
			p.ident()
		}
		p.needOp(")")
	} else {
		p.ident()
	}
	p.need("IN")
	p.needOp("(")
	p.w.raw(") , " + mark(mSet))
	p.argument()
	for p.eatOp(",") {
		p.w.raw(",")
		p.argument()
	}
	p.needOp(")")
	p.needOp(")")
	p.w.raw(") ) FROM")
	p.w.rotate(at, mid)
	f.span.end = p.prevEnd()
	if p.is("AS") || p.canAliasTable() {
		p.alias(f)
	}
	p.w.raw(") AS " + p.w.keep(f))
}

func (p *front) unpivot(at int) {
	u := &tree.Unpivot{}
	f := &relForm{kind: relUnpivot, span: span{p.start(), 0}, unpivot: u}
	p.i++
	if p.eat("INCLUDE", "NULLS") {
		u.IncludeNulls = true
	} else {
		p.eat("EXCLUDE", "NULLS")
	}
	p.needOp("(")
	multi := p.tok().op == "("
	if multi {
		u.ValueNames = p.names()
	} else {
		u.ValueNames = []string{p.strictName()}
	}
	p.need("FOR")
	u.NameColumn = p.strictName()
	p.need("IN")
	p.needOp("(")
	for {
		var g tree.UnpivotGroup
		if multi {
			p.needOp("(")
		}
		g.Columns = append(g.Columns, p.multipart())
		for multi && p.eatOp(",") {
			g.Columns = append(g.Columns, p.multipart())
		}
		if multi {
			p.needOp(")")
		}
		if p.eat("AS") || p.isName(0) {
			g.Alias = p.strictName()
		}
		if len(g.Columns) != len(u.ValueNames) {
			p.fail(p.since(f.span.start), "UNPIVOT_VALUE_SIZE_MISMATCH", "names", itoa(len(u.ValueNames)))
		}
		u.Groups = append(u.Groups, g)
		if !p.eatOp(",") {
			break
		}
	}
	p.needOp(")")
	p.needOp(")")
	f.span.end = p.prevEnd()
	p.alias(f)
	p.w.prefix(at, "( SELECT "+mark(mUnpivot)+") FROM", 0, 0)
	p.w.raw(") AS " + p.w.keep(f))
}

// sampleClause reads TABLESAMPLE (...) [REPEATABLE (n)] into f.
func (p *front) sampleClause(f *relForm) {
	if !p.is("TABLESAMPLE") {
		return
	}
	s := p.start()
	p.i++
	if p.eat("SYSTEM") {
		p.unsupported("TABLESAMPLE SYSTEM")
	}
	sample := &tree.Sample{}
	p.needOp("(")
	if p.tok().op == ")" {
		p.fail(p.since(s), "_LEGACY_ERROR_TEMP_0014")
	}
	p.sampleMethod(sample)
	p.needOp(")")
	if p.eat("REPEATABLE") {
		p.needOp("(")
		seed := int64(p.integer())
		sample.Seed = &seed
		p.needOp(")")
	}
	sample.P = p.since(s)
	f.sample = sample
}

func (p *front) sampleMethod(sample *tree.Sample) {
	s := p.start()
	if p.eat("BUCKET") {
		sample.Bucket = p.integer()
		p.need("OUT", "OF")
		sample.Buckets = p.integer()
		if p.eat("ON") {
			p.fail(p.since(s), "_LEGACY_ERROR_TEMP_0015", "msg", "BUCKET x OUT OF y ON column")
		}
		p.checkFraction(s, float64(sample.Bucket)/float64(sample.Buckets))
		return
	}
	k := 0
	if p.tok().op == "-" || p.tok().op == "+" {
		k = 1
	}
	if p.peek(k).kind == kNumber && p.wordAt(k+1) == "PERCENT" {
		n, err := strconv.ParseFloat(strings.TrimRight(p.textOf(p.peek(k)), "dDfFlLsSyYbB"), 64)
		if err != nil {
			n = math.NaN()
		}
		if k == 1 && p.tok().op == "-" {
			n = -n
		}
		p.i += k + 2
		sample.Percent = n
		p.checkFraction(s, n/100)
		return
	}
	x := p.exprNow()
	if !p.eat("ROWS") {
		if p.tok().op != ")" {
			p.unexpected("")
		}
		if text := lower(p.since(s).Fragment()); len(text) > 1 && strings.ContainsAny(text[len(text)-1:], "bkmg") {
			p.fail(p.since(s), "_LEGACY_ERROR_TEMP_0015", "msg", "byteLengthLiteral")
		}
		p.fail(p.since(s), "_LEGACY_ERROR_TEMP_0016", "bytesStr", p.since(s).Fragment())
	}
	sample.Rows = x
}

// checkFraction refuses a sampling fraction outside 0..1, give or take a rounding error.
func (p *front) checkFraction(s int, f float64) {
	const eps = 1e-6
	if !(f >= -eps && f <= 1+eps) {
		p.invalid(p.since(s), "the sampling fraction "+strconv.FormatFloat(f, 'g', -1, 64)+" must be between 0 and 1")
	}
}
