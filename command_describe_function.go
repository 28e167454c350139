package sparksql

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"sparksql/functions"
	"sparksql/sql/analyze"
	"sparksql/sql/tree"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// showFunctions is SHOW [USER | SYSTEM | ALL] FUNCTIONS: those of the session by their names, those of the database by their
// full names. A user's is what is no built-in.
func (s *Session) showFunctions(ctx context.Context, st *tree.Show) (*Rows, error) {
	var names []string
	for _, n := range s.funcs.Names() {
		d, _ := s.funcs.Lookup(n)
		b, _ := functions.Builtins().Lookup(n)
		if user := d != b; st.Scope == "ALL" || user == (st.Scope == "USER") {
			names = append(names, n)
		}
	}
	if st.Scope != "SYSTEM" {
		own, err := s.userFunctions(ctx, st)
		if err != nil {
			return nil, err
		}
		names = append(names, own...)
	}
	slices.Sort(names)
	var rows [][]any
	for _, n := range slices.Compact(names) {
		if like(n[strings.LastIndexByte(n, '.')+1:], st.Pattern) {
			rows = append(rows, []any{n})
		}
	}
	return s.valueRows(stringSchema("function"), rows), nil
}

// userFunctions are the SQL functions of the session, those of the database that SHOW names, and those on the path.
func (s *Session) userFunctions(ctx context.Context, st *tree.Show) ([]string, error) {
	db, err := s.showDatabase(ctx, st.Name)
	if err != nil {
		return nil, err
	}
	if _, err := s.engine.store.Database(ctx, db); err != nil {
		return nil, err
	}
	stored, err := s.engine.store.Functions(ctx, db)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, f := range stored {
		out = append(out, sessionCatalog+"."+f.Database+"."+strings.ToLower(f.Name))
	}
	if found := s.engine.library.onPath(); found != nil {
		for _, n := range found.Names() {
			if _, ok := found.Own(n); ok {
				out = append(out, n)
			}
		}
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	for n := range s.sqlFuncs {
		out = append(out, n)
	}
	return out, nil
}

// describeFunction is DESCRIBE FUNCTION [EXTENDED].
func (s *Session) describeFunction(ctx context.Context, st *tree.Describe) (*Rows, error) {
	parts, err := s.name(ctx, st.Name)
	if err != nil {
		return nil, err
	}
	lines := []string(nil)
	if d, ok := s.function(parts); ok {
		lines = describeDef(d, st.Extended)
	} else {
		f, err := (*objects)(s).Function(ctx, parts)
		if err != nil {
			return nil, err
		}
		if f == nil {
			return nil, s.noRoutine(st.Name.P, parts)
		}
		lines = describeSQLFunction(f, st.Extended)
	}
	var rows [][]any
	for _, l := range lines {
		rows = append(rows, []any{l})
	}
	return s.valueRows(stringSchema("function_desc"), rows), nil
}

func describeDef(d *udfs.Def, extended bool) []string {
	out := []string{"Function: " + d.Name, "Usage: " + d.Usage}
	if !extended {
		return out
	}
	text := "Extended Usage:\n" + strings.Join(sections(d), "\n")
	if d.Source == "" {
		return append(out, text)
	}
	for _, o := range d.Overloads {
		out = append(out, "Signature: "+signature(d.Name, o))
	}
	return append(out, "Source: "+d.Source, text)
}

// sections are what is known of a function beyond its usage, as Spark lays it out.
func sections(d *udfs.Def) (out []string) {
	add := func(heading string, lines ...string) {
		if len(lines) > 0 {
			out = append(out, "    "+heading+":\n      "+strings.Join(lines, "\n      ")+"\n")
		}
	}
	var args, examples, notes []string
	for _, a := range d.Args {
		args = append(args, "* "+strings.TrimSuffix(a.Name+" - "+a.Doc, " - "))
	}
	for _, e := range d.Examples {
		examples = append(examples, "> "+e.SQL+";", " "+strings.ReplaceAll(e.Out, "\n", "\n       "))
	}
	if d.Note != "" {
		notes = []string{d.Note}
	}
	add("Arguments", args...)
	add("Examples", examples...)
	add("Note", notes...)
	if d.Since != "" {
		out = append(out, "    Since: "+d.Since+"\n")
	}
	if len(out) == 0 {
		out = append(out, "    No example/argument for "+d.Name+".\n")
	}
	return out
}

// signature is an overload as it is called.
func signature(name string, o udfs.Overload) string {
	in := make([]string, len(o.In))
	for i, t := range o.In {
		in[i] = t.SQL()
	}
	more := ""
	if o.Variadic {
		more = ", ..."
	}
	return fmt.Sprintf("%s(%s%s) -> %s", name, strings.Join(in, ", "), more, o.Out.SQL())
}

func describeSQLFunction(f *analyze.SQLFunction, extended bool) []string {
	kind, returns := "SCALAR", f.Returns.SQL()
	if f.Returns.Kind() == types.Null {
		returns = "" // found at each call
	}
	if f.IsTable {
		kind, returns = "TABLE", columnList(f.Table)
	}
	var params []string
	for _, p := range f.Params {
		params = append(params, p.Name+" "+p.Type.SQL())
	}
	out := []string{"Function: " + strings.Join(f.Name, "."), "Type: " + kind, "Input: " + strings.Join(params, ", "), "Returns: " + returns}
	if f.Comment != "" {
		out = append(out, "Comment: "+f.Comment)
	}
	if extended {
		out = append(out, fmt.Sprintf("Deterministic: %t", !f.NotDet), "Body: "+f.BodyText)
	}
	return out
}

func columnList(fields []types.Field) string {
	var out []string
	for _, f := range fields {
		out = append(out, f.Name+" "+f.Type.SQL())
	}
	return strings.Join(out, ", ")
}
