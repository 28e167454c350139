package sparksql

import (
	"context"
	"slices"
	"strings"

	"sparksql/functions"
	"sparksql/sql/tree"
	"sparksql/udfs"
)

// UserFunction is a function that is no built-in.
type UserFunction struct {
	Name       string   // full for one of a database
	Signatures []string // name(TYPE, TYPE) -> TYPE
	From       string   // "compiled in", "SQL", or the file; why it cannot be loaded
}

// UserFunctions lists the functions that are no built-ins: of the session, of the current database, and of the folders of
// spark.sparksql.udf.path.
func (s *Session) UserFunctions(ctx context.Context) []UserFunction {
	names, err := s.userFunctions(ctx, &tree.Show{})
	if err != nil {
		names = nil
	}
	for _, d := range s.funcs.Defs() {
		if b, _ := functions.Builtins().Lookup(d.Name); b != d {
			names = append(names, d.Name)
		}
	}
	slices.Sort(names)
	var out []UserFunction
	for _, n := range slices.Compact(names) {
		out = append(out, s.userFunction(ctx, n))
	}
	return out
}

func (s *Session) userFunction(ctx context.Context, name string) UserFunction {
	parts := strings.Split(name, ".")
	if d, ok := s.function(parts); ok {
		return UserFunction{Name: name, Signatures: signatures(name, d), From: origin(d)}
	}
	f, err := (*objects)(s).Function(ctx, parts)
	switch {
	case err != nil:
		return UserFunction{Name: name, Signatures: []string{name}, From: err.Error()}
	case f == nil:
		return UserFunction{Name: name, Signatures: []string{name}}
	}
	var in []string
	for _, p := range f.Params {
		in = append(in, p.Type.SQL())
	}
	sig := name + "(" + strings.Join(in, ", ") + ")"
	if f.IsTable {
		sig += " -> TABLE (" + columnList(f.Table) + ")"
	} else {
		sig += " -> " + f.Returns.SQL()
	}
	return UserFunction{Name: name, Signatures: []string{sig}, From: "SQL"}
}

func origin(d *udfs.Def) string {
	if d.Source == "" {
		return "compiled in"
	}
	return d.Source
}

func signatures(name string, d *udfs.Def) []string {
	var out []string
	for _, o := range d.Overloads {
		out = append(out, signature(name, o))
	}
	if len(out) == 0 {
		out = []string{name + "(...)"}
	}
	return out
}
