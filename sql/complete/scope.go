package complete

import (
	"strings"

	"sparksql/sql/parse"
	"sparksql/sql/types"
)

// member is a relation in scope: its alias or last name, and its columns.
type member struct {
	name   string
	parts  []string // of a table; nil: a subquery
	fields []types.Field
}

// scope lists the relations that an expression at the cursor sees, those of enclosing queries last.
func (c *context) scope() []member {
	var out []member
	to := c.before
	for {
		open := c.enclosing(to)
		end := len(c.all)
		if open >= 0 && c.mates[open] >= 0 {
			end = c.mates[open]
		}
		from, until := c.block(open+1, end)
		out = append(out, c.members(from, until)...)
		if open < 0 {
			return out
		}
		to = open
	}
}

// enclosing is the bracket that is open before lexeme i, -1 for none.
func (c *context) enclosing(i int) int {
	for i--; i >= 0; i-- {
		switch c.op(i) {
		case ")":
			if c.mates[i] >= 0 {
				i = c.mates[i]
			}
		case "(":
			return i
		}
	}
	return -1
}

// block narrows a range to the part between set operations that holds the cursor.
func (c *context) block(from, to int) (int, int) {
	for i := from; i < to; i = c.next(i) {
		switch c.keyword(i) {
		case "UNION", "EXCEPT", "INTERSECT", "MINUS":
			if i < c.before {
				from = i + 1
			} else {
				return from, i
			}
		}
	}
	return from, to
}

// next steps over a lexeme or a pair of brackets with what is in them.
func (c *context) next(i int) int {
	if c.op(i) == "(" && c.mates[i] > i {
		return c.mates[i] + 1
	}
	return i + 1
}

// members collects the relations of one query block.
func (c *context) members(from, to int) []member {
	var out []member
	inFrom := false
	for i := from; i < to; {
		at := c.next(i)
		switch k := c.keyword(i); {
		case k == "FROM", k == "JOIN", k == "INTO", k == "UPDATE", inFrom && c.op(i) == ",":
			inFrom = k == "FROM" || inFrom
			for k == "INTO" && c.keyword(at) == "TABLE" || c.keyword(at) == "LATERAL" {
				at++
			}
			if m, end, ok := c.member(at, to); ok {
				out, at = append(out, m), end
			}
		case k != "" && parse.StartsClause(k) && k != "ON" && k != "AS" && k != "AND" && k != "OR" && !joinWords[k]:
			inFrom = false
		}
		i = at
	}
	return out
}

// joinWords stand between the relations of a FROM clause.
var joinWords = map[string]bool{"LEFT": true, "RIGHT": true, "FULL": true, "INNER": true, "CROSS": true, "NATURAL": true, "SEMI": true, "ANTI": true, "LATERAL": true, "USING": true}

// member reads the relation at lexeme i with its alias, which gives its end.
func (c *context) member(i, to int) (m member, end int, ok bool) {
	switch {
	case i >= to:
		return m, i, false
	case c.op(i) == "(":
		close := c.mates[i]
		if close < 0 || i < c.before && close >= c.before {
			return m, i + 1, false // the cursor is in it
		}
		m.fields = c.src.Query(c.with(i) + "SELECT * FROM " + c.text[c.all[i].Start:c.all[close].End])
		end = close + 1
	case c.isName(i):
		end = i + 1
		m.parts = []string{c.name(i)}
		for c.op(end) == "." && c.isName(end+1) {
			m.parts = append(m.parts, c.name(end+1))
			end += 2
		}
		m.name = m.parts[len(m.parts)-1]
		m.fields = c.fields(i, m.parts)
	default:
		return m, i, false
	}
	if c.keyword(end) == "AS" {
		end++
	}
	if end < to && end != c.before && c.isName(end) && !parse.StartsClause(c.keyword(end)) {
		m.name, end = c.name(end), end+1
	}
	return m, end, true
}

// fields are the columns of a table, or of a common table expression above lexeme i.
func (c *context) fields(i int, parts []string) []types.Field {
	if len(parts) == 1 {
		if with := c.with(i); with != "" {
			if fs := c.src.Query(with + "SELECT * FROM " + types.QuoteIdent(parts[0])); fs != nil {
				return fs
			}
		}
	}
	return c.src.Columns(parts)
}

// with is the WITH clauses whose names can be seen at lexeme i, as text before a query; "" when there are none.
func (c *context) with(i int) string {
	if len(c.all) == 0 {
		return ""
	}
	start := -1
	for k := 0; k < i; k = c.next(k) {
		if c.keyword(k) == "WITH" {
			start = k
			break
		}
	}
	if start < 0 {
		return ""
	}
	end := -1
	for k := start + 1; k < i; k = c.next(k) {
		if c.keyword(k) == "SELECT" {
			break
		}
		if c.op(k) == "(" && c.keyword(k-1) == "AS" && c.mates[k] >= 0 && c.mates[k] < i {
			end = c.mates[k]
		}
	}
	if end < 0 {
		return ""
	}
	return c.text[c.all[start].Start:c.all[end].End] + " "
}

// addColumns suggests the columns in scope; after a qualifier those of the relation, or the fields of the struct, that it names.
func (c *context) addColumns(scope []member) {
	if len(c.parts) > 0 {
		for _, f := range qualified(scope, c.parts) {
			c.addName(f.Name, Column, f.Type.String())
		}
		return
	}
	count := map[string]int{}
	for _, m := range scope {
		for _, f := range m.fields {
			if c.fits(f.Name) {
				count[strings.ToLower(f.Name)]++
			}
		}
	}
	for _, m := range scope {
		for _, f := range m.fields {
			if count[strings.ToLower(f.Name)] > 1 && m.name != "" && !c.quoted {
				c.add(f.Name, Suggestion{types.QuoteIdent(m.name) + "." + types.QuoteIdent(f.Name), Column, f.Type.String()})
			} else {
				c.addName(f.Name, Column, f.Type.String())
			}
		}
		if m.name != "" {
			c.addName(m.name, Table, "in this query")
		}
	}
}

// qualified are the fields behind a qualifier: of a relation, of a relation's column, or of a column.
func qualified(scope []member, parts []string) []types.Field {
	for _, m := range scope {
		if strings.EqualFold(m.name, parts[0]) {
			return within(m.fields, parts[1:])
		}
		if n := len(m.parts); n > 1 && len(parts) >= n && strings.EqualFold(strings.Join(m.parts, "."), strings.Join(parts[:n], ".")) {
			return within(m.fields, parts[n:])
		}
	}
	for _, m := range scope {
		if fs := within(m.fields, parts); fs != nil {
			return fs
		}
	}
	return nil
}

// within follows the names of struct fields; an array stands for its elements.
func within(fields []types.Field, parts []string) []types.Field {
	for _, p := range parts {
		var inner []types.Field
		for _, f := range fields {
			if !strings.EqualFold(f.Name, p) {
				continue
			}
			t := f.Type
			if t.Kind() == types.Array {
				t = t.Elem()
			}
			if t.Kind() == types.Struct {
				inner = t.Fields()
			}
		}
		fields = inner
	}
	return fields
}
