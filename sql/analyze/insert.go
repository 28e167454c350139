package analyze

import (
	"context"
	"slices"
	"strings"

	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// InsertTarget is the table that an INSERT writes to. Defaults are the texts of the columns' DEFAULT expressions,
// "" for none; the list may be shorter than the schema.
type InsertTarget struct {
	Name        []string
	Schema      *types.Schema
	PartitionBy []string
	Defaults    []string
}

// insertion is an INSERT on its way.
type insertion struct {
	a      *Analyzer
	st     *tree.Insert
	t      InsertTarget
	static map[string]any
	given  []int // the target's columns that the query's columns go to, in the query's order
}

// Insert analyses INSERT: the plan puts out the target's columns in its order and types, static partition values
// included, under the rules of store assignment. static are the values of PARTITION (a = 1), in Go form.
func (a *Analyzer) Insert(ctx context.Context, st *tree.Insert, t InsertTarget) (n plan.Node, static map[string]any, err error) {
	a.ctx = ctx
	ins := &insertion{a: a, st: st, t: t, static: map[string]any{}}
	if err := ins.partition(); err != nil {
		return nil, nil, err
	}
	if err := ins.columns(); err != nil {
		return nil, nil, err
	}
	query, err := ins.withDefaults(st.Query)
	if err != nil {
		return nil, nil, err
	}
	in, err := a.relation(query, &block{})
	if err != nil {
		return nil, nil, err
	}
	in = (&rel{node: in.node, cols: in.shown()}).fix()
	if st.ByName {
		err = ins.byName(in)
	} else {
		err = ins.checkCount(in)
	}
	if err != nil {
		return nil, nil, err
	}
	n, err = ins.build(in)
	return n, ins.static, err
}

func (ins *insertion) find(name string) int {
	return slices.IndexFunc(ins.t.Schema.Fields, func(f types.Field) bool { return ins.a.same(f.Name, name) })
}

// partition takes the static values of the PARTITION clause.
func (ins *insertion) partition() error {
	p := ins.st.Partition
	if p == nil {
		return nil
	}
	for i, name := range p.Names {
		k := ins.find(name)
		if k < 0 || !slices.ContainsFunc(ins.t.PartitionBy, func(c string) bool { return ins.a.same(c, name) }) {
			return errs.New(ins.st.P, "NON_PARTITION_COLUMN", "columnName", quoteParts([]string{name}))
		}
		if p.Values[i] == nil {
			continue
		}
		f := ins.t.Schema.Fields[k]
		v, err := ins.a.Constant(ins.a.ctx, p.Values[i], f.Type)
		if err != nil {
			return err
		}
		ins.static[f.Name] = v
	}
	return nil
}

// columns finds what the query's columns go to: the listed columns, else all without static values.
func (ins *insertion) columns() error {
	for _, name := range ins.st.Columns {
		k := ins.find(name)
		if k < 0 {
			var cols []col
			for _, f := range ins.t.Schema.Fields {
				cols = append(cols, col{Col: expr.Col{Name: f.Name}})
			}
			return unresolved([]string{name}, cols, ins.st.P)
		}
		if slices.Contains(ins.given, k) {
			return errs.New(ins.st.P, "COLUMN_ALREADY_EXISTS", "columnName", quoteParts([]string{name}))
		}
		ins.given = append(ins.given, k)
	}
	if ins.st.Columns != nil {
		return nil
	}
	for k, f := range ins.t.Schema.Fields {
		if _, ok := ins.static[f.Name]; !ok {
			ins.given = append(ins.given, k)
		}
	}
	return nil
}

// withDefaults puts the columns' defaults in the place of the word DEFAULT in VALUES and in a plain select list.
func (ins *insertion) withDefaults(r tree.Relation) (tree.Relation, error) {
	replace := func(es []tree.Expr) ([]tree.Expr, error) {
		out := slices.Clone(es)
		for i, e := range es {
			d, ok := e.(*tree.Default)
			if !ok || i >= len(ins.given) {
				continue
			}
			v, err := ins.defaultOf(ins.given[i], d.P)
			if err != nil {
				return nil, err
			}
			out[i] = v
		}
		return out, nil
	}
	switch x := r.(type) {
	case *tree.Inline:
		c := *x
		c.Rows = slices.Clone(x.Rows)
		for i, row := range x.Rows {
			var err error
			if c.Rows[i], err = replace(row); err != nil {
				return nil, err
			}
		}
		return &c, nil
	case *tree.Aliased:
		in, err := ins.withDefaults(x.Input)
		c := *x
		c.Input = in
		return &c, err
	case *tree.Brackets:
		in, err := ins.withDefaults(x.Input)
		c := *x
		c.Input = in
		return &c, err
	case *tree.Select:
		c := *x
		var err error
		c.Items, err = replace(x.Items)
		if _, star := first(x.Items).(*tree.Star); star && err == nil {
			c.From, err = ins.withDefaults(x.From)
		}
		return &c, err
	}
	return r, nil
}

func first(es []tree.Expr) tree.Expr {
	if len(es) == 0 {
		return nil
	}
	return es[0]
}

// defaultOf is the default of column k: its text, parsed, cast to the column's type; NULL when it has none.
func (ins *insertion) defaultOf(k int, at errs.Pos) (tree.Expr, error) {
	f := ins.t.Schema.Fields[k]
	if ins.noDefault(k) {
		return &tree.Cast{At: tree.At{P: at}, X: &tree.Literal{Type: types.NullType}, To: PlainStrings(f.Type)}, nil
	}
	e, err := ins.a.parseDefault(ins.t.Defaults[k])
	if err != nil {
		return nil, err
	}
	return &tree.Cast{At: tree.At{P: at}, X: e, To: PlainStrings(f.Type)}, nil
}

func (ins *insertion) noDefault(k int) bool {
	return k >= len(ins.t.Defaults) || ins.t.Defaults[k] == ""
}

// byName matches the query's columns to the target's by their names.
func (ins *insertion) byName(in *rel) error {
	want := ins.given
	ins.given = make([]int, len(in.cols))
	var extra []string
	for i, c := range in.cols {
		k := slices.IndexFunc(want, func(k int) bool { return ins.a.same(ins.t.Schema.Fields[k].Name, c.Name) })
		if k < 0 {
			extra = append(extra, quoteParts([]string{c.Name}))
			continue
		}
		if slices.Contains(ins.given[:i], want[k]) {
			return errs.New(ins.st.P, "AMBIGUOUS_COLUMN_NAME", "name", quoteParts([]string{c.Name}))
		}
		ins.given[i] = want[k]
	}
	switch {
	case extra != nil && len(in.cols) > len(want):
		return errs.New(ins.st.P, "INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS", "tableName", quoteParts(ins.t.Name),
			"tableColumns", ins.names(want), "dataColumns", relNames(in))
	case extra != nil:
		return errs.New(ins.st.P, "INCOMPATIBLE_DATA_FOR_TABLE.EXTRA_COLUMNS", "tableName", quoteParts(ins.t.Name), "extraColumns", strings.Join(extra, ", "))
	}
	return nil
}

func (ins *insertion) names(ks []int) string {
	out := make([]string, len(ks))
	for i, k := range ks {
		out[i] = quoteParts([]string{ins.t.Schema.Fields[k].Name})
	}
	return strings.Join(out, ", ")
}

func relNames(in *rel) string {
	out := make([]string, len(in.cols))
	for i, c := range in.cols {
		out[i] = quoteParts([]string{c.Name})
	}
	return strings.Join(out, ", ")
}

// checkCount compares the number of the query's columns with the target's.
func (ins *insertion) checkCount(in *rel) error {
	if len(in.cols) == len(ins.given) {
		return nil
	}
	var all []int
	for k := range ins.t.Schema.Fields {
		all = append(all, k)
	}
	if len(ins.static) > 0 {
		var parts []string
		for _, f := range ins.t.Schema.Fields {
			if _, ok := ins.static[f.Name]; ok {
				parts = append(parts, quoteParts([]string{f.Name}))
			}
		}
		return errs.New(ins.st.P, "INSERT_PARTITION_COLUMN_ARITY_MISMATCH", "tableName", quoteParts(ins.t.Name),
			"tableColumns", ins.names(all), "dataColumns", relNames(in), "staticPartCols", strings.Join(parts, ", "))
	}
	cond := "INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS"
	if len(in.cols) > len(ins.given) {
		cond = "INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS"
	}
	if ins.st.Columns != nil {
		all = ins.given
	}
	return errs.New(ins.st.P, cond, "tableName", quoteParts(ins.t.Name), "tableColumns", ins.names(all), "dataColumns", relNames(in))
}

// build makes the projection to the target's columns.
func (ins *insertion) build(in *rel) (plan.Node, error) {
	p := &plan.Project{Input: in.node}
	for k, f := range ins.t.Schema.Fields {
		x, err := ins.value(k, in)
		if err != nil {
			return nil, err
		}
		p.Items = append(p.Items, &expr.Alias{X: x, Name: f.Name, ID: expr.NewID()})
	}
	return p, nil
}

func (ins *insertion) value(k int, in *rel) (expr.Expr, error) {
	a, f := ins.a, ins.t.Schema.Fields[k]
	t := PlainStrings(f.Type)
	if v, ok := ins.static[f.Name]; ok {
		return &expr.Literal{Typ: t, Value: v}, nil
	}
	i := slices.Index(ins.given, k)
	if i < 0 {
		if ins.noDefault(k) && !a.Conf.Bool("spark.sql.defaultColumn.useNullsForMissingDefaultValues") {
			return nil, errs.New(ins.st.P, "INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_FIND_DATA", "tableName", quoteParts(ins.t.Name), "colName", quoteParts([]string{f.Name}))
		}
		e, err := ins.defaultOf(k, ins.st.P)
		if err != nil {
			return nil, err
		}
		x, err := a.typeExpr(e, noColumns{})
		if err != nil {
			return nil, err
		}
		return a.checkLength(ins.st.P, x, f.Type)
	}
	c := in.cols[i]
	if !types.CanStoreAssign(c.Type, t) {
		return nil, errs.New(ins.st.P, "INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST", "tableName", quoteParts(ins.t.Name),
			"colName", quoteParts([]string{f.Name}), "srcType", quoteExpr(c.Type.SQL()), "targetType", quoteExpr(t.SQL()))
	}
	x := a.castTo(c.ref(ins.st.P), t)
	return a.checkLength(ins.st.P, x, f.Type)
}
