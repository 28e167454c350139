package analyze

import (
	"slices"
	"strings"

	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// rowScope is the scope of expressions over the rows of a relation: WHERE, ON, and what a query block builds on.
type rowScope struct {
	a       *Analyzer
	b       *block
	cols    []col
	windows []tree.NamedWindow
	// before and after are further places to look for a name; nil: none. They return nil when it is not there.
	before, after func(n *tree.Name) (expr.Expr, error)
	suggest       []col // for errors; nil: cols
}

func (a *Analyzer) rows(cols []col, b *block) *rowScope { return &rowScope{a: a, b: b, cols: cols} }

// constants is the scope of expressions without columns.
func (a *Analyzer) constants(b *block) *rowScope { return a.rows(nil, &block{ctes: b.ctes}) }

func (s *rowScope) Column(n *tree.Name) (expr.Expr, error) {
	look := []func(*tree.Name) (expr.Expr, error){s.before, s.own, s.after, s.fromOuter, s.variable}
	for _, f := range look {
		if f == nil {
			continue
		}
		if e, err := f(n); e != nil || err != nil {
			return e, err
		}
	}
	if s.suggest != nil {
		return nil, unresolved(n.Parts, s.suggest, n.P)
	}
	return nil, unresolved(n.Parts, s.cols, n.P)
}

func (s *rowScope) own(n *tree.Name) (expr.Expr, error) { return s.a.lookup(s.cols, n.Parts, n.P) }

// variable finds a session variable, by its name alone or under system.session or session.
func (s *rowScope) variable(n *tree.Name) (expr.Expr, error) {
	if s.a.Objects == nil {
		return nil, nil
	}
	for k := len(n.Parts); k > 0; k-- {
		if v := s.a.Objects.Variable(n.Parts[:k]); v != nil {
			if p := s.a.Persistent; p != nil {
				return nil, errs.New(n.P, "INVALID_TEMP_OBJ_REFERENCE", "obj", p.Kind, "objName", p.Name,
					"tempObj", "VARIABLE", "tempObjName", quoteParts(v.Name))
			}
			text := "variablereference(" + strings.Join(append([]string{"system", "session"}, v.Name[len(v.Name)-1]), ".") +
				"=" + expr.LiteralText(v.Type, v.Value) + ")"
			return s.a.fields(&expr.Literal{Typ: v.Type, Value: v.Value, At: n.P, Text: text}, n.Parts[k:], n.P)
		}
	}
	return nil, nil
}

func (s *rowScope) fromOuter(n *tree.Name) (expr.Expr, error) { return s.b.outer.column(n) }

func (s *rowScope) Star(x *tree.Star) ([]expr.Expr, error) {
	cols, err := s.a.star(x, s.cols)
	if err != nil {
		return nil, err
	}
	out := make([]expr.Expr, len(cols))
	for i, c := range cols {
		out[i] = c.x
	}
	return out, nil
}

func (s *rowScope) NamedWindow(name string, at errs.Pos) (*tree.Window, error) {
	for _, w := range s.windows {
		if s.a.same(w.Name, name) {
			if w.Spec.Name != "" && len(w.Spec.PartitionBy) == 0 && len(w.Spec.OrderBy) == 0 && w.Spec.Frame == nil {
				return s.NamedWindow(w.Spec.Name, at)
			}
			return w.Spec, nil
		}
	}
	return nil, errs.New(at, "MISSING_WINDOW_SPECIFICATION", "windowName", name, "docroot", docRoot)
}

// starItem is one column that a star stands for.
type starItem struct {
	x    expr.Expr
	name string
	from *col // nil: a struct's field
}

// star expands * and t.*, without the columns of EXCEPT.
func (a *Analyzer) star(x *tree.Star, cols []col) ([]starItem, error) {
	var out []starItem
	for i := range cols {
		c := cols[i]
		if x.Qualifier == nil && c.Hidden || x.Qualifier != nil && !a.qualifies(c.Qualifier, x.Qualifier) {
			continue
		}
		out = append(out, starItem{x: c.ref(x.P), name: c.Name, from: &cols[i]})
	}
	if len(out) == 0 && x.Qualifier != nil {
		fields, err := a.structStar(x, cols)
		if err != nil {
			return nil, err
		}
		out = fields
	}
	if x.Except == nil {
		return out, nil
	}
	return a.starExcept(x, out)
}

// structStar is s.*: the fields of a struct column.
func (a *Analyzer) structStar(x *tree.Star, cols []col) ([]starItem, error) {
	e, err := a.lookup(cols, x.Qualifier, x.P)
	if err == nil && e != nil && e.Type().Kind() == types.Struct {
		var out []starItem
		for _, f := range e.Type().Fields() {
			fx, err := a.field(x.P, e, f.Name)
			if err != nil {
				return nil, err
			}
			out = append(out, starItem{x: fx, name: f.Name})
		}
		return out, nil
	}
	names := make([]string, 0, len(cols))
	for _, c := range cols {
		if !c.Hidden {
			names = append(names, quoteParts([]string{c.Name}))
		}
	}
	return nil, errs.New(x.P, "CANNOT_RESOLVE_STAR_EXPAND", "targetString", quoteParts(x.Qualifier), "columns", strings.Join(names, ", "))
}

func (a *Analyzer) starExcept(x *tree.Star, items []starItem) ([]starItem, error) {
	drop := make([]bool, len(items))
	for _, parts := range x.Except {
		found := false
		for i, it := range items {
			var q []string
			if it.from != nil {
				q = it.from.Qualifier
			}
			if a.same(it.name, parts[len(parts)-1]) && a.qualifies(q, parts[:len(parts)-1]) {
				if drop[i] {
					return nil, errs.New(x.P, "EXCEPT_OVERLAPPING_COLUMNS", "columns", exceptText(x.Except))
				}
				drop[i], found = true, true
			}
		}
		if found {
			continue
		}
		if i := slices.IndexFunc(items, func(it starItem) bool { return a.same(it.name, parts[0]) }); i >= 0 && len(parts) > 1 {
			if err := a.dropField(x, &items[i], parts[1:]); err != nil {
				return nil, err
			}
			continue
		}
		var cols []col
		for _, it := range items {
			if it.from != nil {
				cols = append(cols, *it.from)
			}
		}
		return nil, unresolved(parts, cols, x.P)
	}
	var out []starItem
	for i, it := range items {
		if !drop[i] {
			out = append(out, it)
		}
	}
	return out, nil
}

// dropField rebuilds a struct without one of its fields.
func (a *Analyzer) dropField(x *tree.Star, it *starItem, path []string) error {
	t := it.x.Type()
	if t.Kind() != types.Struct {
		return errs.New(x.P, "EXCEPT_NESTED_COLUMN_INVALID_TYPE", "columnName", quoteParts([]string{it.name}), "dataType", quoteExpr(t.SQL()))
	}
	c := &tree.Call{At: x.At, Func: []string{"named_struct"}}
	var xs []expr.Expr
	found := false
	for _, f := range t.Fields() {
		fx, err := a.field(x.P, it.x, f.Name)
		if err != nil {
			return err
		}
		if a.same(f.Name, path[0]) {
			found = true
			if len(path) == 1 {
				continue
			}
			inner := starItem{x: fx, name: f.Name}
			if err := a.dropField(x, &inner, path[1:]); err != nil {
				return err
			}
			fx = inner.x
		}
		c.Args = append(c.Args, &tree.Literal{At: x.At, Type: types.StringType, Value: f.Name}, arg(len(xs)))
		xs = append(xs, fx)
	}
	if !found {
		return errs.New(x.P, "FIELD_NOT_FOUND", "fieldName", quoteParts(path[:1]), "fields", quoteFields(t.Fields()))
	}
	e, err := a.typeExpr(c, given{xs: xs})
	it.x, it.from = e, nil
	return err
}

func quoteFields(fs []types.Field) string {
	out := make([]string, len(fs))
	for i, f := range fs {
		out[i] = quoteParts([]string{f.Name})
	}
	return strings.Join(out, ", ")
}

func exceptText(parts [][]string) string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = strings.Join(p, ".")
	}
	return strings.Join(out, ", ")
}
