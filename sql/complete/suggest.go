package complete

import (
	"cmp"
	"slices"
	"strings"

	"sparksql/sql/types"
)

// order is the order of kinds in a list.
var order = []Kind{Value, Path, Column, Table, View, Database, Setting, Function, Keyword}

// sorted gives what was found, by kind, then by name.
func (c *context) sorted() []Suggestion {
	slices.SortStableFunc(c.found, func(a, b Suggestion) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Kind), slices.Index(order, b.Kind)), strings.Compare(strings.ToLower(a.Text), strings.ToLower(b.Text)))
	})
	return c.found
}

// fits tells whether a name begins as the word does.
func (c *context) fits(name string) bool {
	return len(name) >= len(c.word) && strings.EqualFold(name[:len(c.word)], c.word)
}

// add suggests a text that stands for a name.
func (c *context) add(name string, s Suggestion) {
	key := string(s.Kind) + " " + strings.ToLower(s.Text)
	if !c.fits(name) || c.seen[key] {
		return
	}
	c.seen[key] = true
	c.found = append(c.found, s)
}

// addName suggests an identifier, in backquotes where it needs them.
func (c *context) addName(name string, kind Kind, detail string) {
	text := types.QuoteIdent(name)
	if c.quoted {
		text = "`" + strings.ReplaceAll(name, "`", "``") + "`"
	}
	c.add(name, Suggestion{text, kind, detail})
}

// addWords suggests keywords, written as the user writes.
func (c *context) addWords(words string) {
	if c.quoted || len(c.parts) > 0 {
		return
	}
	for _, w := range strings.Split(words, ",") {
		w = strings.TrimSpace(w)
		if strings.ToLower(c.word) == c.word && c.word != "" {
			w = strings.ToLower(w)
		}
		c.add(w, Suggestion{w, Keyword, ""})
	}
}

// addFunctions suggests functions once something is typed: there are hundreds.
func (c *context) addFunctions() {
	if c.word == "" || c.quoted || len(c.parts) > 0 {
		return
	}
	for _, f := range c.src.Functions() {
		if !c.fits(f) {
			continue
		}
		sig := c.src.Signature(f)
		text := f + "("
		if strings.HasPrefix(sig, f+"()") {
			text = f + "()"
		}
		c.add(f, Suggestion{text, Function, sig})
	}
}

// addRelations suggests tables and views: those of the qualifier's database, or the current one's and the databases.
func (c *context) addRelations() {
	db := ""
	if n := len(c.parts); n > 0 {
		db = c.parts[n-1]
	}
	for _, r := range c.src.Relations(db) {
		c.addName(r.Name, r.Kind, string(r.Kind))
	}
	if db == "" {
		c.addDatabases()
		for _, f := range c.src.Formats() {
			c.add(f, Suggestion{f + ".`", Path, "files: " + f + ".`path`"})
		}
	}
}

func (c *context) addDatabases() {
	for _, d := range c.src.Databases() {
		c.addName(d, Database, string(Database))
	}
}

// addPaths suggests the names in the folder of a path that is being typed.
func (c *context) addPaths(typed string) {
	dir := typed[:strings.LastIndexByte(typed, '/')+1]
	c.start, c.word = c.cursor-(len(typed)-len(dir)), typed[len(dir):]
	for _, e := range c.src.List(dir) {
		if strings.HasPrefix(e.Name, c.word) && (c.word != "" || e.Name[0] != '.' && e.Name[0] != '_') {
			c.add(e.Name, Suggestion{e.Name, Path, e.Detail})
		}
	}
}
