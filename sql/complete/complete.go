// Package complete finds what may be typed at a place in a statement: tables after FROM, the columns of the tables in scope
// with their types, struct fields after a dot, functions with their signatures, settings and their values, paths.
//
// Its one idea: the statement need not parse. Its lexemes around the cursor say which kind of name is wanted and which
// relations are in scope; what those hold is asked of a Source. The package knows nothing of sessions or tables.
package complete

import (
	"strings"

	"sparksql/sql/parse"
	"sparksql/sql/types"
)

// Kind is what a suggestion is.
type Kind string

const (
	Column   Kind = "column"
	Table    Kind = "table"
	View     Kind = "view"
	Database Kind = "database"
	Function Kind = "function"
	Setting  Kind = "setting"
	Value    Kind = "value"
	Path     Kind = "path"
	Keyword  Kind = "keyword"
)

// Suggestion is one thing that may be typed. Text replaces what is typed of it; Detail is its type, signature or value.
type Suggestion struct {
	Text   string
	Kind   Kind
	Detail string
}

// Result is what may stand in place of the bytes [Start,End) of the text, best first.
type Result struct {
	Start, End  int
	Suggestions []Suggestion
}

// Relation is a table or view by its name within a database.
type Relation struct {
	Name string
	Kind Kind // Table or View
}

// Entry is a name in a folder; those of folders end in a slash.
type Entry struct{ Name, Detail string }

// Source is what is known of the names that a statement may use. Names that are not known give nothing.
type Source interface {
	Databases() []string
	// Relations lists a database's; "" is the current one, temporary views included.
	Relations(database string) []Relation
	// Columns are those of a table, a view or format.`path`.
	Columns(parts []string) []types.Field
	// Query gives the columns of a query, which may not be finished.
	Query(sql string) []types.Field
	// Functions lists names; Signature is how one is called: "round(expr, d)".
	Functions() []string
	Signature(function string) string
	// Settings lists keys with their meaning; Values the values that one takes, the present one first.
	Settings() []Suggestion
	Values(setting string) []Suggestion
	// Partitions lists partitions of a table as name=value/name=value.
	Partitions(parts []string) []string
	// List lists the folder of a path that is being typed.
	List(dir string) []Entry
	// Formats lists the formats of format.`path`.
	Formats() []string
}

// At finds what may be typed at a byte offset of a text of one or more statements.
func At(text string, cursor int, src Source) Result {
	c := newContext(text, cursor, src)
	c.find()
	return Result{Start: c.start, End: c.cursor, Suggestions: c.sorted()}
}

// context is a statement with a cursor in it.
type context struct {
	src    Source
	text   string
	cursor int
	all    []parse.Lexeme // of the statement
	before int            // lexemes that end before the word at the cursor, without its qualifier
	start  int            // of the word
	word   string         // typed of it so far, without its backquote
	quoted bool           // it begins with a backquote
	parts  []string       // its qualifier: a.b. gives a, b
	open   *parse.Lexeme  // the string that the cursor is in
	silent bool           // in a comment or a number
	mates  []int          // by lexeme: the matching bracket, or -1
	found  []Suggestion
	seen   map[string]bool
}

func newContext(text string, cursor int, src Source) *context {
	c := &context{src: src, text: text, cursor: cursor, start: cursor, seen: map[string]bool{}}
	c.cut()
	c.match()
	c.before = len(c.all)
	for i, x := range c.all {
		if x.End >= cursor && (x.Start < cursor || x.Start == cursor && x.End > cursor) || x.Start >= cursor {
			c.before = i
			c.at(x)
			break
		}
	}
	c.qualify()
	return c
}

// cut keeps the lexemes of the statement that the cursor is in.
func (c *context) cut() {
	c.all = parse.Lexemes(c.text)
	from, to := 0, len(c.all)
	for i, x := range c.all {
		if c.text[x.Start:x.End] != ";" {
			continue
		}
		if x.End <= c.cursor {
			from = i + 1
		} else {
			to = i
			break
		}
	}
	c.all = c.all[from:to]
}

// match finds the brackets that belong together.
func (c *context) match() {
	var open []int
	c.mates = make([]int, len(c.all))
	for i := range c.all {
		c.mates[i] = -1
		switch c.op(i) {
		case "(":
			open = append(open, i)
		case ")":
			if n := len(open); n > 0 {
				c.mates[i], c.mates[open[n-1]] = open[n-1], i
				open = open[:n-1]
			}
		}
	}
}

// at takes in the lexeme that the cursor touches.
func (c *context) at(x parse.Lexeme) {
	if x.Start >= c.cursor {
		return
	}
	inside := x.End > c.cursor || !x.Closed
	switch x.Kind {
	case parse.Comment:
		c.silent = inside || strings.HasPrefix(c.text[x.Start:], "--")
		c.before++
	case parse.Number:
		c.silent = true
	case parse.String:
		if inside {
			c.open = &x
		} else {
			c.before++
		}
	case parse.Quoted:
		if !inside {
			c.before++
			return
		}
		c.start, c.quoted = x.Start, true
		c.word = strings.ReplaceAll(c.text[x.Start+1:c.cursor], "``", "`")
	case parse.Word, parse.Keyword:
		c.start, c.word = x.Start, c.text[x.Start:c.cursor]
	default:
		if x.End <= c.cursor {
			c.before++
		}
	}
}

// qualify takes the names with dots before the word.
func (c *context) qualify() {
	for c.before >= 2 && c.op(c.before-1) == "." && c.isName(c.before-2) {
		c.parts = append([]string{c.name(c.before - 2)}, c.parts...)
		c.before -= 2
	}
}

// op is the text of an operator or bracket, "" for other lexemes.
func (c *context) op(i int) string {
	if i < 0 || i >= len(c.all) || c.all[i].Kind != parse.Operator {
		return ""
	}
	return c.text[c.all[i].Start:c.all[i].End]
}

// keyword is a keyword in upper case, "" for other lexemes.
func (c *context) keyword(i int) string {
	if i < 0 || i >= len(c.all) || c.all[i].Kind != parse.Keyword || c.op(i-1) == "." && c.all[i-1].End == c.all[i].Start {
		return ""
	}
	return strings.ToUpper(c.text[c.all[i].Start:c.all[i].End])
}

func (c *context) isName(i int) bool {
	if i < 0 || i >= len(c.all) {
		return false
	}
	k := c.all[i].Kind
	return k == parse.Word || k == parse.Keyword || k == parse.Quoted
}

// name is an identifier without its quotes.
func (c *context) name(i int) string {
	s := c.text[c.all[i].Start:c.all[i].End]
	if c.all[i].Kind == parse.Quoted {
		s = strings.ReplaceAll(strings.TrimSuffix(s[1:], s[:1]), "``", "`")
	}
	return s
}
