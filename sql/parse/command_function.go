package parse

import (
	"strings"

	"sparksql/sql/tree"
)

func (p *front) createFunction(s int, replace, temp bool) tree.Statement {
	f := &tree.CreateFunction{Replace: replace, Temp: temp, Options: map[string]string{}}
	f.IfNotExists = p.ifNotExists()
	f.Name = p.objectName()
	p.checkFunction(f, p.since(s))
	if p.is("AS") || p.is("USING") {
		if p.eat("AS") {
			f.Class = p.path()
		}
		if p.eat("USING") {
			f.Resources = append(f.Resources, p.resource())
			for p.eatOp(",") {
				f.Resources = append(f.Resources, p.resource())
			}
		}
		f.Stmt = p.stmt(s)
		return f
	}
	p.needOp("(")
	if p.tok().op != ")" {
		f.Params = p.parameters()
	}
	p.needOp(")")
	if p.eat("RETURNS") {
		if p.eat("TABLE") {
			f.ReturnsIsTable = true
			if p.eatOp("(") {
				for _, c := range p.schema().Fields {
					f.ReturnsTable = append(f.ReturnsTable, tree.ColumnDef{Name: c.Name, Type: c.Type, NotNull: !c.Nullable, Comment: c.Comment})
				}
				p.needOp(")")
			}
		} else {
			at := p.pos()
			f.Returns = &tree.ColumnDef{Type: p.dataType(), P: at}
		}
	}
	p.characteristics(f)
	p.need("RETURN")
	b := p.start()
	if p.startsQuery() && !p.is("TABLE") {
		f.Body, _ = p.queryNow()
		f.BodyText = p.since(b).Fragment()
	} else {
		f.BodyExpr = p.exprNow()
		f.BodyText = p.since(b).Fragment()
	}
	f.Stmt = p.stmt(s)
	return f
}

// resource reads PLUGIN 'file' and its like.
func (p *front) resource() tree.Resource {
	s := p.start()
	r := tree.Resource{Kind: upper(p.name()), Path: p.path()}
	r.P = p.since(s)
	return r
}

// addResource reads ADD and RELOAD with a file of functions; ADD of other things has no meaning here.
func (p *front) addResource(s int) tree.Statement {
	reload := !p.is("ADD")
	if kind := upper(p.nameAt(1)); kind != "PLUGIN" && kind != "WASM" {
		if reload {
			p.unexpected("")
		}
		return p.skip(s, "ADD resource")
	}
	p.i++
	out := &tree.AddResource{File: p.resource(), Reload: reload}
	out.Stmt = p.stmt(s)
	return out
}

// characteristics reads LANGUAGE SQL, DETERMINISTIC and the like into the options.
func (p *front) characteristics(f *tree.CreateFunction) {
	put := func(k, v string) {
		if _, ok := f.Options[k]; ok {
			p.fail(p.pos(), "CREATE_ROUTINE_DUPLICATE_CLAUSE", "clause", k)
		}
		f.Options[k] = v
	}
	for {
		switch {
		case p.eat("LANGUAGE"):
			put("LANGUAGE", strings.ToUpper(p.name()))
		case p.eat("NOT", "DETERMINISTIC"):
			put("DETERMINISTIC", "false")
		case p.eat("DETERMINISTIC"):
			put("DETERMINISTIC", "true")
		case p.eat("COMMENT"):
			put("COMMENT", p.path())
		case p.eat("CONTAINS", "SQL"):
			put("DATA", "CONTAINS SQL")
		case p.eat("READS", "SQL", "DATA"):
			put("DATA", "READS SQL DATA")
		case p.eat("SQL", "SECURITY", "INVOKER"):
			put("SECURITY", "INVOKER")
		case p.eat("SQL", "SECURITY", "DEFINER"):
			put("SECURITY", "DEFINER")
		case p.eat("SPECIFIC"):
			put("SPECIFIC", p.name())
		default:
			return
		}
	}
}

// parameters reads those of a function, which are columns without constraints.
func (p *front) parameters() []tree.ColumnDef {
	var out []tree.ColumnDef
	for {
		s := p.start()
		c := tree.ColumnDef{Name: p.strictName(), Type: p.dataType()}
		if p.is("GENERATED") {
			p.fail(p.since(s), "INVALID_SQL_SYNTAX.CREATE_FUNC_WITH_GENERATED_COLUMNS_AS_PARAMETERS")
		}
		p.columnOptions(&c)
		if c.NotNull {
			p.fail(p.since(s), "USER_DEFINED_FUNCTIONS.NOT_NULL_ON_FUNCTION_PARAMETERS", "input", p.src[s:p.prevEnd()])
		}
		c.P = p.since(s)
		out = append(out, c)
		if !p.eatOp(",") {
			return out
		}
	}
}
