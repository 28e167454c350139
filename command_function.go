package sparksql

import (
	"context"
	"strings"

	"sparksql/sql/analyze"
	"sparksql/sql/errs"
	"sparksql/sql/parse"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

func parseRelation(text string, o parse.Options) (tree.Relation, error) {
	return parse.Relation(&errs.Text{SQL: text}, o)
}

// createFunction makes a SQL function of the session. Its body is analysed anew at every call.
func (s *Session) createFunction(ctx context.Context, st *tree.CreateFunction) (*Rows, error) {
	if st.Class != "" {
		return nil, errs.Unsupported(st.P, "functions of a class: "+st.Class)
	}
	parts, err := s.name(ctx, st.Name)
	if err != nil {
		return nil, err
	}
	name := parts[len(parts)-1]
	key := strings.ToLower(name)
	f := &analyze.SQLFunction{Name: []string{sessionCatalog, s.Database(), key}, Params: st.Params, Expr: st.BodyExpr, Query: st.Body,
		IsTable: st.ReturnsIsTable, Conf: s.conf.Clone(), Database: s.Database(), Text: &errs.Text{SQL: st.BodyText, Kind: "FUNCTION", Name: quoted(parts)}}
	if st.Temp {
		f.Name = []string{key}
	}
	if st.Returns != nil {
		f.Returns = st.Returns.Type
	}
	for _, c := range st.ReturnsTable {
		f.Table = append(f.Table, types.Field{Name: c.Name, Type: c.Type, Nullable: true, Comment: c.Comment})
	}
	f.NotDet = strings.EqualFold(st.Options["DETERMINISTIC"], "false")
	if err := s.analyzer().CheckFunction(ctx, f); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.sqlFuncs[key]; ok && !st.Replace {
		if st.IfNotExists {
			return s.done(), nil
		}
		return nil, errs.New(st.P, "ROUTINE_ALREADY_EXISTS", "routineName", "`"+name+"`", "newRoutineType", "routine", "existingRoutineType", "routine")
	}
	s.sqlFuncs[key] = f
	return s.done(), nil
}

func (s *Session) dropFunction(ctx context.Context, st *tree.Drop) error {
	parts, err := s.name(ctx, st.Name)
	if err != nil {
		return err
	}
	key := strings.ToLower(parts[len(parts)-1])
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.sqlFuncs[key]; !ok {
		if s.funcs.Remove(key) || st.IfExists {
			return nil
		}
		return errs.New(st.P, "ROUTINE_NOT_FOUND", "routineName", quoted(parts))
	}
	delete(s.sqlFuncs, key)
	return nil
}
