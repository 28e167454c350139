package parse

import (
	"regexp"
	"strings"

	"sparksql/sql/tree"
	"sparksql/sql/types"
)

func (p *front) use(s int) tree.Statement {
	p.i++
	if p.isOneOf("NAMESPACE", "DATABASE", "SCHEMA") && p.isName(1) {
		p.i++
	} else if p.nameAt(0) != "" && p.is("CATALOG") && p.isName(1) {
		p.i++
		n := p.name()
		return &tree.UseCatalog{Stmt: p.stmt(s), Name: n}
	}
	n := p.objectName()
	return &tree.Use{Stmt: p.stmt(s), Name: n}
}

var (
	setPair   = regexp.MustCompile(`^([a-zA-Z_\d\\.:]+)\s*=([^;]*);*$`)
	setKey    = regexp.MustCompile(`^([a-zA-Z_\d\\.:]+)$`)
	setQuoted = regexp.MustCompile("^(`(?:[^`]|``)*`|[^`=]*?)\\s*(?:=\\s*((?s).*))?$")
)

func (p *front) set(s int) tree.Statement {
	p.i++
	switch {
	case p.is("TIME", "ZONE"):
		return p.setTimeZone(s)
	case p.isOneOf("VAR", "VARIABLE") && (p.isName(1) || p.opAt(1) == "("):
		return p.setVariable(s)
	case p.is("CATALOG") && (p.isName(1) || p.peek(1).kind == kString):
		p.i++
		name := ""
		if p.tok().kind == kString {
			name = p.path()
		} else {
			name = p.name()
		}
		return &tree.UseCatalog{Stmt: p.stmt(s), Name: name}
	case p.is("ROLE"):
		return p.noStatement(s, "SET ROLE")
	}
	from, last := p.start(), p.toks[len(p.toks)-2].end
	if p.atEnd() {
		return &tree.Set{Stmt: p.stmt(s)}
	}
	raw := strings.TrimSpace(p.src[from:last])
	p.i = len(p.toks) - 1
	out := &tree.Set{Stmt: p.stmt(s)}
	if raw == "-v" {
		out.All = true
		return out
	}
	if m := setPair.FindStringSubmatch(raw); m != nil {
		v := strings.TrimSpace(m[2])
		if strings.HasPrefix(v, "`") && strings.HasSuffix(v, "`") && len(v) > 1 {
			v = strings.ReplaceAll(v[1:len(v)-1], "``", "`")
		}
		out.Key, out.Value = m[1], &v
		return out
	}
	if m := setKey.FindStringSubmatch(raw); m != nil {
		out.Key = m[1]
		return out
	}
	if m := setQuoted.FindStringSubmatch(raw); m != nil && strings.HasPrefix(raw, "`") {
		out.Key = strings.ReplaceAll(strings.Trim(m[1], "`"), "``", "`")
		if strings.Contains(raw[len(m[1]):], "=") {
			v := strings.TrimSpace(m[2])
			if strings.HasPrefix(v, "`") && strings.HasSuffix(v, "`") && len(v) > 1 {
				v = strings.ReplaceAll(v[1:len(v)-1], "``", "`")
			}
			out.Value = &v
		}
		return out
	}
	if key, value, ok := strings.Cut(raw, "="); ok && strings.HasPrefix(strings.TrimSpace(value), "`") && strings.HasSuffix(value, "`") {
		p.fail(p.at(s, last), "INVALID_PROPERTY_KEY", "key", `"`+strings.TrimSpace(key)+`"`, "value", `"`+strings.Trim(strings.TrimSpace(value), "`")+`"`)
	}
	p.fail(p.at(s, last), "INVALID_SET_SYNTAX")
	return nil
}

func (p *front) setTimeZone(s int) tree.Statement {
	p.i += 2
	out := &tree.SetTimeZone{}
	switch {
	case p.eat("LOCAL"):
		out.Value = "LOCAL"
	case p.tok().kind == kString:
		out.Value = p.path()
	case p.is("INTERVAL"):
		out.Offset = p.exprNow()
		l, ok := out.Offset.(*tree.Literal)
		if !ok || l.Type.Kind() != types.DayTimeInterval {
			p.fail(p.since(s), "INVALID_INTERVAL_FORMAT.TIMEZONE_INTERVAL_OUT_OF_RANGE", "input", p.since(s).Fragment())
		}
		if v := l.Value.(int64); v > 18*3600e6 || v < -18*3600e6 || v%1e6 != 0 {
			p.fail(p.since(s), "INVALID_INTERVAL_FORMAT.TIMEZONE_INTERVAL_OUT_OF_RANGE", "input", p.since(s).Fragment())
		}
	default:
		p.fail(p.pos(), "_LEGACY_ERROR_TEMP_0045")
	}
	out.Stmt = p.stmt(s)
	return out
}

// setVariable reads SET VAR a = 1, b = 2 and SET VAR (a, b) = (query).
func (p *front) setVariable(s int) tree.Statement {
	p.i++
	out := &tree.SetVar{}
	if p.tok().op == "(" && p.opAt(1) == ")" {
		p.fail(p.since(s), "INVALID_SET_SYNTAX")
	}
	if p.eatOp("(") {
		out.Names = append(out.Names, p.multipart())
		for p.eatOp(",") {
			out.Names = append(out.Names, p.multipart())
		}
		p.needOp(")")
		p.needOp("=")
		p.needOp("(")
		out.Query, _ = p.queryNow()
		p.needOp(")")
	} else {
		for {
			out.Names = append(out.Names, p.multipart())
			if !p.eatOp("=") {
				p.needOp("==")
			}
			if t := p.tok(); p.is("DEFAULT") && p.endsAssignment(1) {
				p.i++
				out.Values = append(out.Values, &tree.Default{At: tree.At{P: p.since(t.start)}})
			} else {
				out.Values = append(out.Values, p.exprNow())
			}
			if !p.eatOp(",") {
				break
			}
		}
	}
	out.Stmt = p.stmt(s)
	return out
}

func (p *front) endsAssignment(n int) bool { return p.peek(n).kind == kEOF || p.opAt(n) == "," }

func (p *front) declare(s int) tree.Statement {
	p.i++
	out := &tree.DeclareVar{Replace: p.eat("OR", "REPLACE")}
	if p.isOneOf("VARIABLE", "VAR") && p.isName(1) && p.wordAt(1) != "DEFAULT" {
		p.i++
	}
	if p.is("IF", "NOT", "EXISTS") {
		p.i++
		p.unexpected("")
	}
	out.Names = append(out.Names, p.multipart())
	for p.eatOp(",") {
		out.Names = append(out.Names, p.multipart())
	}
	if p.isName(0) && !p.is("DEFAULT") {
		at := p.pos()
		out.Type = &tree.ColumnDef{Type: p.dataType(), P: at}
	}
	if p.eat("DEFAULT") || p.eatOp("=") {
		out.Default = p.exprNow()
	}
	if out.Type == nil && out.Default == nil {
		p.fail(p.since(s), "INVALID_SQL_SYNTAX.VARIABLE_TYPE_OR_DEFAULT_REQUIRED")
	}
	out.Stmt = p.stmt(s)
	return out
}

func (p *front) reset(s int) tree.Statement {
	p.i++
	out := &tree.Reset{}
	if !p.atEnd() {
		raw := p.src[p.start():p.toks[len(p.toks)-2].end]
		if p.tok().kind == kQuoted && p.peek(1).kind == kEOF {
			raw = p.nameAt(0)
		} else if !setKey.MatchString(raw) {
			p.fail(p.at(s, p.toks[len(p.toks)-2].end), "INVALID_RESET_COMMAND_FORMAT")
		}
		out.Key = raw
		p.i = len(p.toks) - 1
	}
	out.Stmt = p.stmt(s)
	return out
}

func (p *front) cache(s int) tree.Statement {
	p.i++
	out := &tree.Cache{Lazy: p.eat("LAZY")}
	p.need("TABLE")
	out.Name = p.objectName()
	if p.eat("OPTIONS") {
		out.Options = p.properties()
	}
	if p.eat("AS") || p.startsQuery() {
		out.Query, out.Text = p.queryText()
	}
	out.Stmt = p.stmt(s)
	return out
}

func (p *front) uncache(s int) tree.Statement {
	p.i++
	p.need("TABLE")
	out := &tree.Uncache{IfExists: p.ifExists()}
	out.Name = p.objectName()
	out.Stmt = p.stmt(s)
	return out
}

func (p *front) clear(s int) tree.Statement {
	p.i++
	p.need("CACHE")
	return &tree.Uncache{Stmt: p.stmt(s), All: true}
}

func (p *front) refresh(s int) tree.Statement {
	p.i++
	out := &tree.Refresh{}
	switch {
	case p.is("TABLE") && p.isName(1):
		p.i++
		out.Name = p.objectName()
	case p.is("FUNCTION") && p.isName(1):
		p.i++
		out.Function = true
		out.Name = p.objectName()
	case p.tok().kind == kString:
		out.Path = p.path()
	case p.atEnd():
		p.unexpected("")
	default:
		out.Path = strings.TrimSpace(p.src[p.start():p.toks[len(p.toks)-2].end])
		p.i = len(p.toks) - 1
	}
	out.Stmt = p.stmt(s)
	return out
}
