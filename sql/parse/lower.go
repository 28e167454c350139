package parse

import (
	"strconv"
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"sparksql/sql/errs"
	"sparksql/sql/tree"
)

// lowering turns the inner parser's tree of one core text into sql/tree.
type lowering struct {
	core *core
	text *errs.Text
	stmt ast.StmtNode
}

// expr lowers SELECT expr.
func (l *lowering) expr() tree.Expr {
	sel, ok := l.stmt.(*ast.SelectStmt)
	if !ok || len(sel.Fields.Fields) != 1 || sel.Fields.Fields[0].Expr == nil {
		panic(bail{l.broken("expression", l.stmt)})
	}
	e, _ := l.value(sel.Fields.Fields[0].Expr)
	return e
}

// query lowers the statement as a query.
func (l *lowering) query() tree.Relation { return l.relation(l.stmt) }

func (l *lowering) broken(what string, n any) error {
	return errs.Internal("core SQL has an unknown %s: %T in %s", what, n, l.core.sql)
}

func (l *lowering) pos(s span) errs.Pos {
	if s.end == 0 {
		return errs.Pos{}
	}
	return errs.Pos{Text: l.text, Start: s.start, End: s.end}
}

func (l *lowering) at(s span) tree.At   { return tree.At{P: l.pos(s)} }
func (l *lowering) rel(s span) tree.Rel { return tree.Rel{P: l.pos(s)} }

// join is the span from a to the end of b.
func (a span) join(b span) span {
	switch {
	case a.end == 0:
		return b
	case b.end == 0:
		return a
	}
	return span{min(a.start, b.start), max(a.end, b.end)}
}

// place is where the form that begins at a core offset stands in the source.
func (l *lowering) place(off int) span {
	if p := find(l.core.places, off); p != nil {
		return span{p.start, p.end}
	}
	return span{}
}

// reach extends s to the end noted for the predicate that begins at off.
func (l *lowering) reach(off int, s span) span {
	if p := find(l.core.ends, off); p != nil {
		return span{p.start, p.end}
	}
	return s
}

// slot is the value kept for the ? at a core offset.
func (l *lowering) slot(n ast.Node) any {
	m, ok := n.(*marker)
	if !ok {
		panic(bail{l.broken("value", n)})
	}
	p := find(l.core.places, m.at)
	if p == nil || p.slot == 0 {
		panic(bail{l.broken("value", n)})
	}
	return l.core.slots[p.slot-1]
}

// kept is the value to which a name like $3 refers; ok is false for other names.
func (l *lowering) kept(name string) (v any, ok bool) {
	if len(name) < 2 || name[0] != '$' {
		return nil, false
	}
	i, err := strconv.Atoi(name[1:])
	if err != nil || i < 0 || i >= len(l.core.slots) {
		return nil, false
	}
	return l.core.slots[i], true
}

// name is the identifier as the user wrote it.
func (l *lowering) name(s string) string {
	if v, ok := l.kept(s); ok {
		if n, ok := v.(string); ok {
			return n
		}
	}
	return s
}

// parts are those of a column name.
func (l *lowering) parts(c *ast.ColumnName) []string {
	var out []string
	if c.Schema.O != "" {
		out = append(out, l.name(c.Schema.O))
	}
	if c.Table.O != "" {
		out = append(out, l.name(c.Table.O))
	}
	return append(out, l.name(c.Name.O))
}

// bareName is the name in an argument that is just a name.
func (l *lowering) bareName(n ast.ExprNode) string {
	if c, ok := n.(*ast.ColumnNameExpr); ok {
		return l.name(c.Name.Name.O)
	}
	panic(bail{l.broken("name", n)})
}

// form is the value to which a bare name argument refers.
func (l *lowering) form(n ast.ExprNode) any {
	if c, ok := n.(*ast.ColumnNameExpr); ok {
		if v, ok := l.kept(c.Name.Name.O); ok {
			return v
		}
	}
	panic(bail{l.broken("form", n)})
}

// markOf is the mark that a node calls, "" for anything else.
func markOf(n ast.ExprNode) (string, []ast.ExprNode) {
	if f, ok := n.(*ast.FuncCallExpr); ok && strings.HasPrefix(f.FnName.O, "$") {
		return f.FnName.O, f.Args
	}
	return "", nil
}
