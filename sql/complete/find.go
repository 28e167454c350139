package complete

import (
	"strings"

	"sparksql/sql/parse"
	"sparksql/sql/types"
)

// Keywords that may follow, by what stands before. They are few on purpose: a list of everything helps nobody.
const (
	atStart = "SELECT, WITH, FROM, VALUES, INSERT INTO, INSERT OVERWRITE, CREATE TABLE, CREATE TEMPORARY VIEW, CREATE OR REPLACE TEMPORARY VIEW, CREATE VIEW, " +
		"CREATE DATABASE, CREATE FUNCTION, DROP TABLE, DROP VIEW, DROP DATABASE, DESCRIBE, SHOW, EXPLAIN, EXPLAIN ANALYZE, SET, RESET, USE, CACHE TABLE, " +
		"UNCACHE TABLE, TRUNCATE TABLE, DECLARE, REFRESH TABLE"
	asOperand  = "CASE, CAST(, EXISTS, NOT, NULL, TRUE, FALSE, INTERVAL, DATE, TIMESTAMP, DISTINCT"
	asOperator = "AND, OR, NOT, IN, IS NULL, IS NOT NULL, LIKE, ILIKE, RLIKE, BETWEEN, AS, ASC, DESC, NULLS FIRST, NULLS LAST, OVER (, FILTER (, THEN, WHEN, ELSE, END, " +
		"FROM, WHERE, GROUP BY, HAVING, ORDER BY, LIMIT, UNION ALL, UNION, EXCEPT, INTERSECT, WINDOW, QUALIFY, LATERAL VIEW, JOIN, LEFT JOIN, INNER JOIN"
	afterRelation = "AS, WHERE, JOIN, LEFT JOIN, RIGHT JOIN, FULL JOIN, INNER JOIN, CROSS JOIN, LEFT SEMI JOIN, LEFT ANTI JOIN, ON, USING, GROUP BY, HAVING, ORDER BY, " +
		"LIMIT, UNION ALL, UNION, EXCEPT, INTERSECT, LATERAL VIEW, TABLESAMPLE, PIVOT, SELECT, VALUES, PARTITION, SET"
)

// afterWord gives the keywords that follow others, where no name is wanted.
var afterWord = map[string]string{
	"SHOW":      "TABLES, DATABASES, VIEWS, COLUMNS IN, FUNCTIONS, PARTITIONS, CREATE TABLE, TBLPROPERTIES, CATALOGS, CURRENT NAMESPACE",
	"CREATE":    "TABLE, VIEW, TEMPORARY VIEW, OR REPLACE TEMPORARY VIEW, OR REPLACE VIEW, DATABASE, FUNCTION, TEMPORARY FUNCTION",
	"DROP":      "TABLE, VIEW, DATABASE, FUNCTION, TEMPORARY FUNCTION",
	"INSERT":    "INTO, OVERWRITE, OVERWRITE DIRECTORY",
	"GROUP":     "BY",
	"ORDER":     "BY",
	"PARTITION": "BY",
	"SORT":      "BY",
	"LEFT":      "JOIN, SEMI JOIN, ANTI JOIN, OUTER JOIN",
	"RIGHT":     "JOIN, OUTER JOIN",
	"FULL":      "JOIN, OUTER JOIN",
	"INNER":     "JOIN",
	"CROSS":     "JOIN",
	"UNION":     "ALL, SELECT, DISTINCT",
	"EXPLAIN":   "ANALYZE, FORMATTED, EXTENDED, CORE, COST, SELECT, WITH",
	"ANALYZE":   "FORMAT JSON, FORMAT HTML, TABLE, TABLES, SELECT, WITH, INSERT",
	"IS":        "NULL, NOT NULL, TRUE, FALSE, DISTINCT FROM",
	"CACHE":     "TABLE, LAZY TABLE",
	"UNCACHE":   "TABLE",
	"TRUNCATE":  "TABLE",
	"NULLS":     "FIRST, LAST",
}

// wanted gives the kind of name that follows a word.
var wanted = map[string]func(*context){
	"FROM": relationOrQuery, "JOIN": relationOrQuery, "INTO": relationOrQuery, "OVERWRITE": relationOrQuery, "TABLE": (*context).addRelations,
	"UPDATE": (*context).addRelations, "VIEW": (*context).addRelations, "DESCRIBE": describable, "PARTITIONS": (*context).addRelations,
	"TBLPROPERTIES": (*context).addRelations, "USE": (*context).addDatabases, "DATABASE": (*context).addDatabases, "SCHEMA": (*context).addDatabases,
	"FUNCTION": func(c *context) { c.addFunctions() },
}

func relationOrQuery(c *context) {
	c.addRelations()
	c.addWords("TABLE, LATERAL, VALUES, DIRECTORY")
}

func describable(c *context) {
	c.addRelations()
	c.addWords("TABLE, EXTENDED, FUNCTION, FUNCTION EXTENDED, DATABASE, QUERY, FORMATTED")
}

// find fills the list of suggestions.
func (c *context) find() {
	first, prev := c.keyword(0), c.keyword(c.before-1)
	switch {
	case c.silent:
	case c.open != nil:
		c.inString()
	case c.quoted && len(c.parts) == 1 && c.isFormat(c.parts[0]):
		c.addPaths(c.word)
	case c.before == 0 && len(c.parts) == 0:
		c.addWords(atStart)
	case first == "SET" || first == "RESET":
		c.inSet()
	case c.before == 1 && first == "DESC":
		describable(c)
	case wanted[prev] != nil:
		wanted[prev](c)
	case afterWord[prev] != "":
		c.addWords(afterWord[prev])
	case c.inFrom():
		c.inFromClause()
	default:
		c.inExpression()
	}
}

func (c *context) isFormat(name string) bool {
	for _, f := range c.src.Formats() {
		if strings.EqualFold(f, name) {
			return true
		}
	}
	return false
}

// inString completes paths after LOCATION, DIRECTORY, PATH and the like, and partition values elsewhere.
func (c *context) inString() {
	if !c.addPartitionValues(c.before, c.open.Start) {
		c.addPaths(c.text[c.open.Start+1 : c.cursor])
	}
}

// inSet completes SET key = value. Keys have dots, so the word is all up to a blank.
func (c *context) inSet() {
	for i := range c.all {
		if c.all[i].End <= c.cursor && c.op(i) == "=" {
			key := strings.TrimSpace(c.text[c.all[0].End:c.all[i].Start])
			c.start = c.all[i].End + len(c.text[c.all[i].End:c.cursor]) - len(strings.TrimLeft(c.text[c.all[i].End:c.cursor], " \t\n"))
			c.word = c.text[c.start:c.cursor]
			for _, s := range c.src.Values(key) {
				c.add(s.Text, s)
			}
			return
		}
	}
	c.start = strings.LastIndexAny(c.text[:c.cursor], " \t\n") + 1
	c.word, c.parts = c.text[c.start:c.cursor], nil
	for _, s := range c.src.Settings() {
		c.add(s.Text, s)
	}
	if c.keyword(0) == "SET" {
		c.addWords("TIME ZONE, VARIABLE")
	}
}

// inFrom tells whether the cursor is in a FROM clause and no expression of it.
func (c *context) inFrom() bool {
	for i := c.before - 1; i >= 0; i-- {
		if c.op(i) == ")" && c.mates[i] >= 0 {
			i = c.mates[i]
			continue
		}
		if c.op(i) == "(" {
			return false
		}
		switch k := c.keyword(i); {
		case k == "FROM" || k == "JOIN" || k == "INTO":
			return true
		case k == "ON" || parse.StartsClause(k) && !joinWords[k] && k != "AS" || k == "SELECT" || k == "VALUES" || k == "SET":
			return false
		}
	}
	return false
}

func (c *context) inFromClause() {
	if c.op(c.before-1) == "," {
		relationOrQuery(c)
		return
	}
	if c.keyword(c.before-1) == "AS" {
		return
	}
	c.addWords(afterRelation)
}

// inExpression completes columns, functions and the words of expressions.
func (c *context) inExpression() {
	if c.op(c.before-1) == "(" {
		if c.insertColumns() {
			return
		}
		c.addWords("SELECT, WITH")
	}
	if len(c.parts) == 0 && c.endsOperand(c.before-1) {
		c.addWords(asOperator)
		return
	}
	if c.addPartitionValues(c.before, c.start) {
		return
	}
	scope := c.scope()
	if len(scope) == 0 {
		scope = c.everything()
	}
	c.addColumns(scope)
	c.addFunctions()
	c.addWords(asOperand)
	if len(c.parts) > 0 && len(c.found) == 0 {
		c.addRelations() // db.table.column
	}
}

// insertColumns completes INSERT INTO table (columns.
func (c *context) insertColumns() bool {
	i := c.before - 2
	for i >= 2 && c.isName(i) && c.op(i-1) == "." {
		i -= 2
	}
	if !c.isName(i) || c.keyword(i-1) != "INTO" && !(c.keyword(i-1) == "TABLE" && c.keyword(i-2) == "INTO") {
		return false
	}
	m, _, _ := c.member(i, c.before-1)
	c.addColumns([]member{m})
	return true
}

// endsOperand tells whether an operator or the next clause follows lexeme i rather than an operand.
func (c *context) endsOperand(i int) bool {
	if i < 0 {
		return false
	}
	if k := c.keyword(i); k != "" {
		return k == "END" || k == "NULL" || k == "TRUE" || k == "FALSE" || !parse.StartsClause(k) && !startsOperand[k]
	}
	return c.all[i].Kind != parse.Operator || c.op(i) == ")" || c.op(i) == "]" || c.op(i) == "*" && (c.keyword(i-1) == "SELECT" || c.op(i-1) == "." || c.op(i-1) == ",")
}

// startsOperand are the words, besides those that start clauses, after which an operand stands.
var startsOperand = map[string]bool{"SELECT": true, "DISTINCT": true, "ALL": true, "BY": true, "NOT": true, "IN": true, "LIKE": true, "ILIKE": true, "RLIKE": true,
	"BETWEEN": true, "CASE": true, "VALUES": true, "SET": true, "ESCAPE": true, "INTERVAL": true, "COLUMNS": true}

// everything is the columns of all relations in the current database: no FROM is written yet.
func (c *context) everything() []member {
	var out []member
	for _, r := range c.src.Relations("") {
		m := member{fields: c.src.Columns([]string{r.Name})}
		if len(c.parts) > 0 {
			m.name = r.Name
		}
		out = append(out, m)
	}
	return out
}

// addPartitionValues completes column = value and column IN (value for columns that a table is partitioned by: k is the
// lexeme of the value, start where it begins.
func (c *context) addPartitionValues(k, start int) bool {
	i := k - 1
	for c.op(i) == "," || c.op(i) == "(" || c.keyword(i) == "IN" || c.op(i) == "=" || c.op(i) == "<>" || c.op(i) == "!=" ||
		i >= 0 && (c.all[i].Kind == parse.String || c.all[i].Kind == parse.Number) {
		i--
	}
	if i == k-1 || !c.isName(i) || c.keyword(i) != "" && parse.StartsClause(c.keyword(i)) {
		return false
	}
	column := c.name(i)
	for _, m := range c.scope() {
		if m.parts == nil {
			continue
		}
		text := len(m.fields) > 0 && isText(m.fields, column)
		for _, v := range partitionValues(c.src.Partitions(m.parts), column) {
			if text {
				v = "'" + strings.ReplaceAll(v, "'", `\'`) + "'"
			}
			c.start, c.word = start, c.text[start:c.cursor]
			c.add(v, Suggestion{v, Value, "partition"})
		}
	}
	return len(c.found) > 0
}

func isText(fields []types.Field, column string) bool {
	for _, f := range fields {
		if strings.EqualFold(f.Name, column) {
			return !f.Type.IsNumeric()
		}
	}
	return true
}

// partitionValues are a column's values among partitions.
func partitionValues(partitions []string, column string) []string {
	var out []string
	for _, p := range partitions {
		for _, kv := range strings.Split(p, "/") {
			if k, v, ok := strings.Cut(kv, "="); ok && strings.EqualFold(k, column) {
				out = append(out, v)
			}
		}
	}
	return out
}
