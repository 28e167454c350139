package parse

import "sparksql/sql/tree"

// insert reads INSERT; with is the token of a WITH clause that stood before it, -1 for none.
func (p *front) insert(s, with int) tree.Statement {
	st := p.insertTarget(s)
	q := p.insertQuery(with)
	switch st := st.(type) {
	case *tree.Insert:
		st.Query = q
		st.Stmt = p.stmt(s)
	case *tree.InsertDir:
		st.Query = q
		st.Stmt = p.stmt(s)
	}
	return st
}

// insertQuery reads the query of an INSERT, where DEFAULT is a value.
func (p *front) insertQuery(with int) tree.Relation {
	defer func(v bool) { p.opts.defaultAsValue = v }(p.opts.defaultAsValue)
	p.opts.defaultAsValue = true
	if with < 0 {
		r, _ := p.queryNow()
		return r
	}
	w := p.aside(func() {
		body := p.i
		p.i = with
		p.ctes()
		p.i = body
		at := len(p.w.pieces)
		bare := p.body()
		if !p.tail(at, bare) && bare {
			p.whole(at)
		}
		p.pipes(at)
	})
	return lowered(p, w, (*lowering).query)
}

// insertTarget reads what stands between INSERT and the query.
func (p *front) insertTarget(s int) tree.Statement {
	p.need("INSERT")
	overwrite := p.eat("OVERWRITE")
	if overwrite && (p.is("DIRECTORY") || p.is("LOCAL", "DIRECTORY")) {
		return p.insertDirectory()
	}
	if !overwrite {
		p.need("INTO")
	}
	in := &tree.Insert{Overwrite: overwrite}
	p.eat("TABLE")
	in.Table = p.objectName()
	if p.is("WITH") && p.opAt(1) == "(" {
		p.unsupported("INSERT ... WITH options")
	}
	in.Partition = p.partitionSpec()
	if in.IfNotExists = p.ifNotExists(); in.IfNotExists {
		p.checkIfNotExists(in, s)
	}
	switch {
	case p.eat("BY", "NAME"):
		in.ByName = true
	case p.tok().op == "(" && !p.isQuery(p.i):
		in.Columns = p.names()
	case p.eat("REPLACE", "WHERE"):
		in.ReplaceWhere = p.exprNow()
	}
	return in
}

func (p *front) insertDirectory() tree.Statement {
	d := &tree.InsertDir{Local: p.eat("LOCAL")}
	p.need("DIRECTORY")
	if p.tok().kind == kString {
		d.Path = p.path()
	}
	switch {
	case p.eat("USING"):
		d.Provider = p.providerName()
		if p.eat("OPTIONS") {
			d.Options = p.properties()
		}
	case p.eat("STORED", "AS"):
		d.Provider = p.name()
	case p.is("ROW", "FORMAT"):
		p.unsupported("ROW FORMAT")
	}
	return d
}

// multiInsert reads FROM relations INSERT ... SELECT ... INSERT ...; every insert reads the relations again, and the
// WITH clause at token with, if any.
func (p *front) multiInsert(s, with int) tree.Statement {
	from := p.i
	p.aside(func() {
		p.i++
		p.from()
	})
	out := &tree.MultiInsert{}
	for p.is("INSERT") {
		is := p.start()
		st := p.insertTarget(is)
		w := p.aside(func() {
			body := p.i
			if with >= 0 {
				p.i = with
				p.ctes()
			}
			at := len(p.w.pieces)
			p.i = from + 1
			p.w.raw("FROM")
			p.from()
			mid := len(p.w.pieces)
			p.i = body
			if !p.is("SELECT") {
				p.unexpected("'SELECT'")
			}
			p.selectList()
			p.w.rotate(at, mid)
			p.afterFrom()
			p.tail(at, false)
		})
		q := lowered(p, w, (*lowering).query)
		switch st := st.(type) {
		case *tree.Insert:
			st.Query, st.Stmt = q, p.stmt(is)
		case *tree.InsertDir:
			st.Query, st.Stmt = q, p.stmt(is)
		}
		out.Inserts = append(out.Inserts, st)
	}
	out.Stmt = p.stmt(s)
	if len(out.Inserts) == 1 {
		return out.Inserts[0]
	}
	return out
}
