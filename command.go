package sparksql

import (
	"context"
	"fmt"
	"strings"

	"sparksql/sql/analyze"
	"sparksql/sql/errs"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// command runs one kind of statement.
type command func(*Session, context.Context, tree.Statement) (*Rows, error)

// on makes a command of a method for one type of statement.
func on[T tree.Statement](f func(*Session, context.Context, T) (*Rows, error)) (string, command) {
	var z T
	return fmt.Sprintf("%T", z), func(s *Session, ctx context.Context, st tree.Statement) (*Rows, error) {
		r, err := f(s, ctx, st.(T))
		if err != nil {
			return nil, errs.At(err, st.Pos())
		}
		return r, nil
	}
}

// commandTable maps the type of a statement to what runs it.
func commandTable() map[string]command {
	m := map[string]command{}
	add := func(name string, c command) { m[name] = c }
	add(on((*Session).explain))
	add(on((*Session).createView))
	add(on((*Session).createTempViewUsing))
	add(on((*Session).createTable))
	add(on((*Session).createLike))
	add(on((*Session).alter))
	add(on((*Session).alterDatabase))
	add(on((*Session).commentOn))
	add(on((*Session).repair))
	add(on((*Session).analyzeTable))
	add(on((*Session).analyzeTables))
	add(on((*Session).insert))
	add(on((*Session).insertDir))
	add(on((*Session).truncate))
	add(on((*Session).multiInsert))
	add(on((*Session).drop))
	add(on((*Session).createDatabase))
	add(on((*Session).use))
	add(on((*Session).useCatalog))
	add(on((*Session).set))
	add(on((*Session).setTimeZone))
	add(on((*Session).reset))
	add(on((*Session).cacheTable))
	add(on((*Session).uncache))
	add(on((*Session).refresh))
	add(on((*Session).show))
	add(on((*Session).describe))
	add(on((*Session).createFunction))
	add(on((*Session).addResource))
	add(on((*Session).declareVar))
	add(on((*Session).setVar))
	return m
}

// name resolves an object name, IDENTIFIER(expr) included.
func (s *Session) name(ctx context.Context, n tree.ObjectName) ([]string, error) {
	if n.Ident == nil {
		return n.Parts, nil
	}
	return s.analyzer().Identifier(ctx, n.Ident)
}

// target gives the database and name of a table, view or function to be made or dropped; the database must exist.
func (s *Session) target(ctx context.Context, n tree.ObjectName) (db, name string, err error) {
	parts, err := s.name(ctx, n)
	if err != nil {
		return "", "", err
	}
	db, name, ok := s.split(parts)
	if !ok {
		return "", "", errs.New(n.P, "REQUIRES_SINGLE_PART_NAMESPACE", "sessionCatalog", "`"+sessionCatalog+"`", "namespace", quoted(parts[:len(parts)-1]))
	}
	if _, err := s.engine.store.Database(ctx, db); err != nil {
		return "", "", errs.At(err, n.P)
	}
	return strings.ToLower(db), name, nil
}

func quoted(parts []string) string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = "`" + strings.ReplaceAll(p, "`", "``") + "`"
	}
	return strings.Join(out, ".")
}

// relation finds what a name refers to, or fails with TABLE_OR_VIEW_NOT_FOUND.
func (s *Session) relation(ctx context.Context, n tree.ObjectName) (*analyze.Object, error) {
	parts, err := s.name(ctx, n)
	if err != nil {
		return nil, err
	}
	o, err := (*objects)(s).Relation(ctx, parts, n.P)
	if err != nil {
		return nil, err
	}
	if o == nil {
		return nil, errs.New(n.P, "TABLE_OR_VIEW_NOT_FOUND", "relationName", quoted(parts))
	}
	return o, nil
}

// like tells whether name matches a SHOW pattern: * any text, | alternatives, without case.
func like(name, pattern string) bool {
	if pattern == "" {
		return true
	}
	for _, p := range strings.Split(strings.ToLower(pattern), "|") {
		if wildcard(strings.ToLower(name), strings.TrimSpace(strings.ReplaceAll(p, "%", "*"))) {
			return true
		}
	}
	return false
}

func wildcard(s, p string) bool {
	parts := strings.Split(p, "*")
	if len(parts) == 1 {
		return s == p
	}
	if !strings.HasPrefix(s, parts[0]) {
		return false
	}
	s = s[len(parts[0]):]
	for _, m := range parts[1 : len(parts)-1] {
		i := strings.Index(s, m)
		if i < 0 {
			return false
		}
		s = s[i+len(m):]
	}
	return strings.HasSuffix(s, parts[len(parts)-1])
}

// field is a column of a command's result.
func field(name string, t types.Type, nullable bool) types.Field {
	return types.Field{Name: name, Type: t, Nullable: nullable}
}
