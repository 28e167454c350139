package sparksql

import (
	"context"
	"maps"
	"slices"
	"strings"

	"sparksql/exec/eval"
	"sparksql/sql/analyze"
	"sparksql/sql/conf"
	"sparksql/sql/errs"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

func (s *Session) set(_ context.Context, st *tree.Set) (*Rows, error) {
	schema := &types.Schema{Fields: []types.Field{field("key", types.StringType, false), field("value", types.StringType, false)}}
	switch {
	case st.All:
		return s.listSettings(), nil
	case st.Key == "":
		all := s.conf.All()
		var rows [][]any
		for _, k := range slices.Sorted(maps.Keys(all)) {
			rows = append(rows, []any{k, all[k]})
		}
		return s.valueRows(schema, rows), nil
	case st.Value == nil:
		v, ok := s.conf.Get(st.Key)
		if !ok {
			v = "<undefined>"
		}
		return s.valueRows(schema, [][]any{{st.Key, v}}), nil
	}
	if name, ok := strings.CutPrefix(st.Key, "hivevar:"); ok {
		s.Define(name, *st.Value)
	} else if err := s.Set(st.Key, *st.Value); err != nil {
		return nil, err
	}
	return s.valueRows(schema, [][]any{{st.Key, *st.Value}}), nil
}

// listSettings is SET -v: every known setting with its value, its meaning, and what it does here.
func (s *Session) listSettings() *Rows {
	effects := map[conf.Effect]string{conf.Effective: "effective", conf.Accepted: "accepted, without effect", conf.Static: "fixed at start"}
	var rows [][]any
	for _, k := range conf.Keys() {
		v, _ := s.conf.Get(k.Name)
		rows = append(rows, []any{k.Name, v, k.Doc, effects[k.Effect]})
	}
	return s.valueRows(stringSchema("key", "value", "meaning", "effect"), rows)
}

func (s *Session) setTimeZone(ctx context.Context, st *tree.SetTimeZone) (*Rows, error) {
	zone := st.Value
	if st.Offset != nil {
		v, err := s.constant(ctx, st.Offset)
		if err != nil {
			return nil, err
		}
		micros, ok := v.(int64)
		if iv, isCal := v.(types.Interval); isCal {
			micros, ok = iv.Micros, iv.Months == 0 && iv.Days == 0
		}
		if !ok || micros%1_000_000 != 0 || micros > 18*3600e6 || micros < -18*3600e6 {
			return nil, errs.New(st.P, "INVALID_INTERVAL_FORMAT.TIMEZONE_INTERVAL_OUT_OF_RANGE", "input", st.P.Fragment())
		}
		zone = offsetName(micros / 1_000_000)
	}
	if strings.EqualFold(zone, "LOCAL") {
		s.conf.Reset("spark.sql.session.timeZone")
		return s.done(), nil
	}
	return s.done(), s.Set("spark.sql.session.timeZone", zone)
}

// offsetName is a zone offset in seconds as +hh:mm[:ss].
func offsetName(sec int64) string {
	sign := "+"
	if sec < 0 {
		sign, sec = "-", -sec
	}
	two := func(n int64) string { return string([]byte{byte('0' + n/10), byte('0' + n%10)}) }
	out := sign + two(sec/3600) + ":" + two(sec/60%60)
	if sec%60 != 0 {
		out += ":" + two(sec%60)
	}
	return out
}

func (s *Session) reset(_ context.Context, st *tree.Reset) (*Rows, error) {
	s.conf.Reset(st.Key)
	for k, v := range s.engine.opts.conf {
		if st.Key == "" || st.Key == k {
			s.conf.Set(k, v)
		}
	}
	return s.done(), nil
}

// constant evaluates an expression that refers to no columns.
func (s *Session) constant(ctx context.Context, e tree.Expr) (any, error) {
	x, err := s.analyzer().Expr(ctx, e)
	if err != nil {
		return nil, err
	}
	return eval.Constant(x)
}

func (s *Session) use(ctx context.Context, st *tree.Use) (*Rows, error) {
	parts, err := s.name(ctx, st.Name)
	if err != nil {
		return nil, err
	}
	if len(parts) == 2 && strings.EqualFold(parts[0], sessionCatalog) {
		parts = parts[1:]
	}
	if len(parts) != 1 {
		return nil, errs.New(st.P, "REQUIRES_SINGLE_PART_NAMESPACE", "sessionCatalog", "`"+sessionCatalog+"`", "namespace", quoted(parts))
	}
	if _, err := s.engine.store.Database(ctx, parts[0]); err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.database = strings.ToLower(parts[0])
	s.mu.Unlock()
	return s.done(), nil
}

func (s *Session) useCatalog(_ context.Context, st *tree.UseCatalog) (*Rows, error) {
	if !strings.EqualFold(st.Name, sessionCatalog) {
		return nil, errs.New(st.P, "CATALOG_NOT_FOUND", "catalogName", "`"+st.Name+"`", "config", "\"spark.sql.catalog."+st.Name+"\"")
	}
	return s.done(), nil
}

// declareVar is DECLARE [OR REPLACE] VARIABLE name type DEFAULT expr.
func (s *Session) declareVar(ctx context.Context, st *tree.DeclareVar) (*Rows, error) {
	t := types.NullType
	var v any
	if st.Default != nil {
		x, err := s.analyzer().Expr(ctx, st.Default)
		if err != nil {
			return nil, err
		}
		t = x.Type()
		if st.Type != nil {
			t = st.Type.Type
			if x, err = s.analyzer().Expr(ctx, &tree.Cast{At: tree.At{P: st.Default.Pos()}, X: st.Default, To: t}); err != nil {
				return nil, err
			}
		}
		if v, err = eval.Constant(x); err != nil {
			return nil, err
		}
	} else if st.Type != nil {
		t = st.Type.Type
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, parts := range st.Names {
		name := parts[len(parts)-1]
		key := strings.ToLower(name)
		if _, ok := s.variables[key]; ok && !st.Replace {
			return nil, errs.New(st.P, "VARIABLE_ALREADY_EXISTS", "variableName", quoted([]string{"system", "session", name}))
		}
		s.variables[key] = &analyze.Variable{Name: []string{name}, Type: t, Value: v}
	}
	return s.done(), nil
}

// setVar is SET VARIABLE name = expr, ... or (a, b) = (query).
func (s *Session) setVar(ctx context.Context, st *tree.SetVar) (*Rows, error) {
	vars := make([]*analyze.Variable, len(st.Names))
	for i, parts := range st.Names {
		if vars[i] = (*objects)(s).Variable(parts); vars[i] == nil {
			return nil, errs.New(st.P, "UNRESOLVED_VARIABLE", "variableName", quoted(parts), "searchPath", "`system`.`session`")
		}
	}
	values := make([]any, len(vars))
	if st.Query != nil {
		return nil, errs.Unsupported(st.P, "SET VARIABLE from a query")
	}
	for i, e := range st.Values {
		if _, ok := e.(*tree.Default); ok {
			return nil, errs.Unsupported(st.P, "SET VARIABLE to DEFAULT")
		}
		v, err := s.constant(ctx, &tree.Cast{At: tree.At{P: e.Pos()}, X: e, To: vars[i].Type})
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, v := range vars {
		c := *v
		c.Value = values[i]
		s.variables[strings.ToLower(v.Name[0])] = &c
	}
	return s.done(), nil
}
