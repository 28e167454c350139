package sparksql

import (
	"context"
	"maps"
	"os"
	"slices"
	"strings"

	"sparksql/catalog/files"
	"sparksql/catalog/metastore"
	"sparksql/sql/complete"
	"sparksql/sql/conf"
	"sparksql/sql/errs"
	"sparksql/sql/parse"
	"sparksql/sql/plan"
	"sparksql/sql/render"
	"sparksql/sql/types"
)

// Suggestion is one thing that may be typed at a place in a statement: a column with its type, a function with its
// signature, a table, a setting with its value, a path. Text replaces what is typed of it.
type Suggestion = complete.Suggestion

// Completion is what may stand in place of the bytes [Start,End) of a text, best first.
type Completion = complete.Result

// Complete finds what may be typed at a byte offset of a text of one or more statements. It reads definitions and listings
// of folders, never rows. What cannot be found out gives no suggestions.
func (s *Session) Complete(ctx context.Context, text string, cursor int) (c Completion) {
	defer func() {
		if recover() != nil { // a statement in the making must not end the session
			c = Completion{Start: cursor, End: cursor}
		}
	}()
	return complete.At(text, min(cursor, len(text)), &known{s, ctx, map[string][]types.Field{}, map[string][]*metastore.Table{}, map[string]types.Type{}})
}

// Lexeme is a piece of a statement, for colours; see Lexemes.
type Lexeme = parse.Lexeme

// Kinds of Lexeme.
const (
	LexWord     = parse.Word
	LexKeyword  = parse.Keyword
	LexQuoted   = parse.Quoted
	LexString   = parse.String
	LexNumber   = parse.Number
	LexOperator = parse.Operator
	LexComment  = parse.Comment
	LexMarker   = parse.Marker
	LexVariable = parse.Variable
)

// Lexemes cuts a text, finished or not, into the pieces that the parser sees, comments included.
func Lexemes(text string) []Lexeme { return parse.Lexemes(text) }

// known is what a session knows of names, for package complete.
type known struct {
	s       *Session
	ctx     context.Context
	columns map[string][]types.Field      // asked for already
	tables  map[string][]*metastore.Table // of the databases that were listed
	types   map[string]types.Type         // by their texts
}

func (k *known) Databases() []string {
	names, err := k.s.engine.store.Databases(k.ctx)
	if err != nil {
		return nil
	}
	return names
}

func (k *known) Relations(db string) []complete.Relation {
	var out []complete.Relation
	if db == "" {
		db = k.s.Database()
		k.s.mu.RLock()
		for _, n := range slices.Sorted(maps.Keys(k.s.views)) {
			out = append(out, complete.Relation{Name: n, Kind: complete.View})
		}
		k.s.mu.RUnlock()
	}
	if _, listed := k.tables[db]; !listed {
		k.tables[db], _ = k.s.engine.store.Tables(k.ctx, db) // none when they cannot be read
	}
	for _, t := range k.tables[db] {
		kind := complete.Table
		if t.ViewText != "" {
			kind = complete.View
		}
		out = append(out, complete.Relation{Name: strings.ToLower(t.Name), Kind: kind})
	}
	return out
}

// Columns are those of the stored definition where there is one: no file is opened.
func (k *known) Columns(parts []string) []types.Field {
	key := strings.Join(parts, "\x00")
	if fs, ok := k.columns[key]; ok {
		return fs
	}
	fs := k.find(parts)
	k.columns[key] = fs
	return fs
}

func (k *known) find(parts []string) []types.Field {
	if v := k.s.tempView(parts); v != nil {
		if v.query != nil {
			return v.query.Columns
		}
		return v.table.Schema().Fields
	}
	if db, name, ok := k.s.split(parts); ok {
		if t := k.stored(db, name); t != nil {
			return k.fields(t)
		}
	}
	if len(parts) == 2 {
		if t, ok, err := (*objects)(k.s).Files(k.ctx, parts[0], parts[1], nil, errs.Pos{}); ok && err == nil {
			return t.Schema().Fields
		}
	}
	return nil
}

// fields are a stored definition's columns; each type is read once, however many columns have it.
func (k *known) fields(t *metastore.Table) []types.Field {
	out := make([]types.Field, 0, len(t.Columns))
	for _, c := range t.Columns {
		typ, ok := k.types[c.Type]
		if !ok {
			var err error
			if typ, err = parse.DataType(&errs.Text{SQL: c.Type}); err != nil {
				continue
			}
			k.types[c.Type] = typ
		}
		out = append(out, types.Field{Name: c.Name, Type: typ, Nullable: c.Nullable})
	}
	return out
}

// stored finds a definition, among those listed when its database was.
func (k *known) stored(db, name string) *metastore.Table {
	for _, t := range k.tables[db] {
		if strings.EqualFold(t.Name, name) {
			return t
		}
	}
	if k.tables[db] != nil {
		return nil
	}
	t, err := k.s.engine.store.Table(k.ctx, db, name)
	if err != nil {
		return nil
	}
	return t
}

func (k *known) Query(sql string) []types.Field {
	rel, err := parse.Relation(&errs.Text{SQL: sql}, k.s.parseOptions())
	if err != nil {
		return nil
	}
	n, err := k.s.analyzer().Query(k.ctx, rel)
	if err != nil {
		return nil
	}
	return plan.Schema(n).Fields
}

func (k *known) Functions() []string { return k.s.funcs.Names() }

// Signature is the part of a function's usage before its description.
func (k *known) Signature(name string) string {
	d, ok := k.s.funcs.Lookup(name)
	if !ok {
		return ""
	}
	usage := d.Usage
	if i := strings.Index(usage, name+"("); i > 0 { // an alias, or the second form
		usage = usage[i:]
	}
	sig, _, _ := strings.Cut(strings.SplitN(usage, "\n", 2)[0], " - ")
	return strings.TrimSpace(sig)
}

func (k *known) Settings() []Suggestion {
	var out []Suggestion
	for _, key := range conf.Keys() {
		v, _ := k.s.conf.Get(key.Name)
		out = append(out, Suggestion{Text: key.Name, Kind: complete.Setting, Detail: strings.TrimSpace(v + "  " + key.Doc)})
	}
	return out
}

func (k *known) Values(name string) []Suggestion {
	key := conf.Lookup(name)
	if key == nil {
		return nil
	}
	now, _ := k.s.conf.Get(name)
	values := key.Values
	if key.Kind == "boolean" {
		values = []string{"true", "false"}
	}
	if !slices.Contains(values, now) && now != "" {
		values = append([]string{now}, values...)
	}
	var out []Suggestion
	for _, v := range values {
		detail := ""
		switch {
		case strings.EqualFold(v, now):
			detail = "now"
		case v == key.Default:
			detail = "default"
		}
		out = append(out, Suggestion{Text: v, Kind: complete.Value, Detail: detail})
	}
	return out
}

func (k *known) Partitions(parts []string) []string {
	o, err := (*objects)(k.s).Relation(k.ctx, parts, errs.Pos{})
	if err != nil {
		return nil
	}
	var table any
	switch {
	case o != nil && o.Table != nil:
		table = o.Table
	case o == nil && len(parts) == 2:
		t, ok, err := (*objects)(k.s).Files(k.ctx, parts[0], parts[1], nil, errs.Pos{})
		if !ok || err != nil {
			return nil
		}
		table = t
	}
	if p, ok := table.(interface{ Partitions() []string }); ok {
		return p.Partitions()
	}
	return nil
}

func (k *known) List(dir string) []complete.Entry {
	if dir == "" {
		dir = "."
	}
	entries, err := os.ReadDir(strings.TrimPrefix(dir, "file:"))
	if err != nil {
		return nil
	}
	var out []complete.Entry
	for _, e := range entries {
		name, detail := e.Name(), "file"
		if e.IsDir() {
			name, detail = name+"/", "folder"
			if key, _, ok := strings.Cut(e.Name(), "="); ok {
				detail = "partition of " + key
			}
		}
		out = append(out, complete.Entry{Name: name, Detail: detail})
	}
	return out
}

func (k *known) Formats() []string { return files.Formats() }

// JSONError is an error as the golden format prints it, one line.
func JSONError(class, state, message string) string { return render.JSONError(class, state, message) }
