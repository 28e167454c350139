package analyze

import (
	"slices"

	"sparksql/sql/conf"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// maxViewDepth is how deep views and SQL functions may nest.
const maxViewDepth = 100

// table finds what a name in FROM stands for: a CTE, a table, a view, or files.
func (a *Analyzer) table(x *tree.Table, b *block) (*rel, error) {
	parts := x.Parts
	if x.Ident != nil {
		var err error
		if parts, err = a.identifier(x.Ident); err != nil {
			return nil, err
		}
	}
	if x.AsOf != nil {
		return nil, errs.New(x.P, "UNSUPPORTED_FEATURE.TIME_TRAVEL", "relationId", quoteParts(parts))
	}
	if len(parts) == 1 {
		if d := b.ctes.find(a, parts[0]); d != nil {
			return a.use(d, x.P)
		}
	}
	if a.Objects == nil {
		return nil, a.notFound(parts, x.P)
	}
	o, err := a.Objects.Relation(a.ctx, parts, x.P)
	if err != nil {
		return nil, errs.At(err, x.P)
	}
	if o == nil {
		return a.files(parts, x)
	}
	if o.View != nil {
		return a.view(o, x.P)
	}
	return a.scan(o.Table.Schema(), o, x)
}

// notFound is the error for a name that no relation has, with a near one where there is one.
func (a *Analyzer) notFound(parts []string, at errs.Pos) error {
	e := errs.New(at, "TABLE_OR_VIEW_NOT_FOUND", "relationName", quoteParts(parts))
	if a.Objects == nil {
		return e
	}
	want := a.fold(parts[len(parts)-1])
	best, near := max(1, len(want)/4)+1, ""
	for _, name := range a.Objects.Names(a.ctx, parts) {
		if d := distance(want, a.fold(name[len(name)-1])); d < best {
			best, near = d, quoteParts(name)
		}
	}
	if near != "" {
		e.Args["proposal"] = " Did you mean " + near + "?"
	}
	return e
}

// files is format.`path`.
func (a *Analyzer) files(parts []string, x *tree.Table) (*rel, error) {
	if len(parts) != 2 {
		return nil, a.notFound(parts, x.P)
	}
	t, ok, err := a.Objects.Files(a.ctx, parts[0], parts[1], x.Options, x.P)
	if err != nil {
		return nil, errs.At(err, x.P)
	}
	if !ok {
		return nil, a.notFound(parts, x.P)
	}
	return a.scan(t.Schema(), &Object{Table: t}, x)
}

// scan reads all columns of a table; char and varchar are strings from here on.
func (a *Analyzer) scan(s *types.Schema, o *Object, x *tree.Table) (*rel, error) {
	name := identText(o.Name)
	if len(o.Name) == 0 {
		name = identText(x.Parts)
	}
	n := &plan.Scan{Table: o.Table, Name: name, Limit: -1}
	for i, f := range s.Fields {
		n.Cols = append(n.Cols, expr.Col{ID: expr.NewID(), Name: f.Name, Qualifier: o.Name, Type: PlainStrings(f.Type),
			Nullable: f.Nullable, Declared: declared(f)})
		n.Ordinals = append(n.Ordinals, i)
	}
	return a.padRead(relOf(n), s)
}

// declared is what a column's type does not say of its declaration: char and varchar, the comment; nil when there is
// no more to say.
func declared(f types.Field) *types.Field {
	if f.Comment == "" && PlainStrings(f.Type) == f.Type {
		return nil
	}
	return &f
}

// view analyses a view's query under the settings with which it was made.
func (a *Analyzer) view(o *Object, at errs.Pos) (*rel, error) {
	v := o.View
	if v.Temp && a.Persistent != nil {
		return nil, errs.New(at, "INVALID_TEMP_OBJ_REFERENCE", "obj", a.Persistent.Kind, "objName", a.Persistent.Name,
			"tempObj", "VIEW", "tempObjName", quoteParts(o.Name))
	}
	sub, err := a.nested(identText(o.Name), v.Conf, v.Database, at)
	if err != nil {
		return nil, err
	}
	in, err := sub.relation(v.Query, &block{})
	if err != nil {
		return nil, err
	}
	a.seed = sub.seed
	in = (&rel{node: in.node, cols: in.shown()}).fix()
	switch {
	case v.Evolves:
		err = distinctNames(in.cols, a.same, at)
	case v.Columns != nil:
		in, err = a.viewColumns(o, in, at)
	}
	if err != nil {
		return nil, err
	}
	for i := range in.cols {
		in.cols[i].Qualifier = o.Name
	}
	return in, nil
}

// distinctNames refuses two columns of one name.
func distinctNames(cols []col, same func(a, b string) bool, at errs.Pos) error {
	for i, c := range cols {
		if slices.ContainsFunc(cols[:i], func(d col) bool { return same(c.Name, d.Name) }) {
			return errs.New(at, "COLUMN_ALREADY_EXISTS", "columnName", quoteParts([]string{c.Name}))
		}
	}
	return nil
}

// nested is an analyzer for the text of a view or function within a's.
func (a *Analyzer) nested(name string, c *conf.Conf, database string, at errs.Pos) (*Analyzer, error) {
	sub := *a
	sub.within = append(slices.Clone(a.within), name)
	if a.depth++; a.depth > maxViewDepth {
		return nil, errs.New(at, "VIEW_EXCEED_MAX_NESTED_DEPTH", "viewName", quoteParts([]string{name}), "maxNestedDepth", itoa(maxViewDepth))
	}
	sub.depth = a.depth
	a.depth--
	sub.Persistent, sub.creating, sub.node = nil, nil, ""
	if c != nil {
		sub.Conf = c
		sub.Env.ANSI = c.Bool("spark.sql.ansi.enabled")
		sub.Env.Conf = c.String
		if zone := c.String("spark.sql.session.timeZone"); c.IsSet("spark.sql.session.timeZone") && zone != a.Env.ZoneName {
			if z, ok := types.LoadZone(zone); ok {
				sub.Env.Zone, sub.Env.ZoneName = z, zone
			}
		}
	}
	if database != "" {
		sub.Database, sub.Env.Database = database, database
	}
	return &sub, nil
}

// viewColumns gives a view's result the names, and a permanent view's the types, that it was made with.
func (a *Analyzer) viewColumns(o *Object, in *rel, at errs.Pos) (*rel, error) {
	want := o.View.Columns
	changed := func(name string) error {
		suggestion := "CREATE OR REPLACE VIEW " + identText(o.Name)
		if o.View.Temp {
			suggestion = "CREATE OR REPLACE TEMPORARY VIEW"
		}
		return errs.New(at, "INCOMPATIBLE_VIEW_SCHEMA_CHANGE", "viewName", quoteParts(o.Name), "colName", name,
			"expectedNum", "1", "actualCols", "[]", "suggestion", suggestion)
	}
	p := &plan.Project{Input: in.node}
	out := &rel{node: p}
	for i, f := range want {
		from, name := a.viewSource(o.View, in, i)
		if from < 0 {
			return nil, changed(name)
		}
		c := in.cols[from]
		var x expr.Expr = c.ref(at)
		if t := PlainStrings(f.Type); !o.View.Temp && !o.View.TypesEvolve && !types.SameType(c.Type, t) {
			x = a.castTo(x, t)
		}
		al := &expr.Alias{X: x, Name: f.Name, ID: expr.NewID(), At: at, Declared: declared(f)}
		p.Items = append(p.Items, al)
		out.cols = append(out.cols, colOf(al.Col()))
	}
	return out, nil
}

// viewSource finds the column of a view's query that its column i is: the one of the same name when it was made, of
// several as many as then stood before it; else the one in its place. It is -1 when name is not there any more.
func (a *Analyzer) viewSource(v *View, in *rel, i int) (from int, name string) {
	names := v.Output
	if len(names) != len(v.Columns) && v.ByName {
		names = make([]string, len(v.Columns))
		for k, f := range v.Columns {
			names[k] = f.Name
		}
	}
	if len(names) != len(v.Columns) {
		if i < len(in.cols) {
			return i, v.Columns[i].Name
		}
		return -1, v.Columns[i].Name
	}
	before := 0
	for _, n := range names[:i] {
		if a.same(n, names[i]) {
			before++
		}
	}
	for k, c := range in.cols {
		if !a.same(c.Name, names[i]) {
			continue
		}
		if before == 0 {
			return k, names[i]
		}
		before--
	}
	return -1, names[i]
}
